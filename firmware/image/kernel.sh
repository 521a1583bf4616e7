#!/bin/sh
# Fetch Debian's ARM kernel, its modules and its headers: FOLDER/vmlinuz, FOLDER/modules/lib/modules/VERSION (with
# dependencies worked out), FOLDER/headers, which builds modules, and FOLDER/version. The number in the package's
# name changes with each update of Debian, so it is asked for.
#
# usage: kernel.sh STATE FOLDER   STATE as packages.sh has it
set -eu
fetch="$(dirname "$0")/packages.sh $1"
folder=$2
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

image=$($fetch depends linux-image-armmp)
release=${image#linux-image-}
package=$($fetch version "$image")
series=$(echo "$release" | cut -d. -f1,2)
$fetch only "$folder/modules" "$image=$package"
# kbuild holds programs that run here, not on the device
$fetch only "$folder/headers" "linux-headers-$release=$package" "linux-headers-${release%-armmp}-common=$package" \
    "linux-kbuild-$series:$(dpkg --print-architecture)=$package"
mv "$folder/modules/boot/vmlinuz-$release" "$folder/vmlinuz"
rm -rf "$folder/modules/boot" "$folder/modules/usr"
/sbin/depmod -b "$folder/modules" "$release"

# The headers name the common ones by an absolute path.
makefile=$folder/headers/usr/src/linux-headers-$release/Makefile
sed -i "s,/usr/src/,$folder/headers/usr/src/," "$makefile"
echo "$release" > "$folder/version"
