#!/bin/sh
# Unpack Debian packages of the device's architecture into a folder. Needs no root; the host's apt and dpkg are left
# as they are (a foreign architecture on the host would drag in packages of unequal versions, or throw some out).
#
# usage: packages.sh STATE unpack FOLDER PACKAGE...   packages and all that they depend on
#        packages.sh STATE only FOLDER PACKAGE...     just these; NAME:ARCH and NAME=VERSION are understood
#        packages.sh STATE source FOLDER PACKAGE...   their sources as released, each to FOLDER/PACKAGE
#        packages.sh STATE depends PACKAGE            the first package that this one stands for
#        packages.sh STATE version PACKAGE            its version
#
# STATE is a folder for apt's lists and downloads, kept between calls. The mirror is the one that the host uses, its
# signatures are checked. Exit code 5: there is no armhf index to be had here.
set -eu
export LC_ALL=C
state=$1 verb=$2
shift 2
host=$(dpkg --print-architecture)

no_index() {
    echo "packages.sh: no armhf package index can be reached: $1" >&2
    exit 5
}

# Two suites only: the index of the security suite is not always whole for armhf.
make_state() {
    . /etc/os-release
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    : > "$state/status"
    mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $VERSION_CODENAME" 'Created-By: Packages' | sort -u | head -n 1)
    [ -n "$mirror" ] || no_index "apt knows no mirror of $VERSION_CODENAME (try apt-get update)"
    for suite in "$VERSION_CODENAME" "$VERSION_CODENAME-updates"; do
        echo "deb [arch=armhf,$host] $mirror $suite main"
        echo "deb-src $mirror $suite main"
    done > "$state/sources.list"
    cat > "$state/apt.conf" <<CONF
APT::Architecture "armhf";
APT::Architectures { "armhf"; "$host"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
Dir::State "$state";
Dir::State::Lists "$state/lists";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Etc::SourceList "$state/sources.list";
Dir::Etc::SourceParts "/dev/null";
CONF
    APT_CONFIG="$state/apt.conf" apt-get -qq update > "$state/update.log" 2>&1 ||
        no_index "$(tail -n 1 "$state/update.log")"
    touch "$state/.made"
}

# Links that are absolute would lead out of the folder.
turn_links_inward() {
    find "$1" -type l -lname '/*' | while read -r link; do
        ln -snf "$(realpath -m --relative-to="$(dirname "$link")" "$1$(readlink "$link")")" "$link"
    done
}

mkdir -p "$state"
state=$(cd "$state" && pwd)
[ -e "$state/.made" ] || make_state
export APT_CONFIG="$state/apt.conf"

case $verb in
unpack | only)
    folder=$1
    shift
    mkdir -p "$folder"
    archives=$(mktemp -d "$state/archives.XXXXXX")
    trap 'rm -rf "$archives"' EXIT
    if [ "$verb" = unpack ]; then
        apt-get -qq -y --download-only install "$@" > /dev/null || no_index "a package cannot be fetched"
        for name in "$state"/cache/archives/*.deb; do dpkg -x "$name" "$folder"; done
    else
        (cd "$archives" && apt-get -qq download "$@") || no_index "a package cannot be fetched"
        for name in "$archives"/*.deb; do dpkg -x "$name" "$folder"; done
    fi
    turn_links_inward "$folder"
    ;;
source)
    folder=$1
    shift
    mkdir -p "$folder"
    for package; do
        download=$(mktemp -d "$state/source.XXXXXX")
        (cd "$download" && apt-get -qq source --download-only --tar-only "$package" > /dev/null) || no_index "a source cannot be fetched"
        rm -rf "${folder:?}/$package"
        mkdir "$folder/$package"
        tar -x -f "$download"/*.orig.tar.* --strip-components=1 -C "$folder/$package"
        rm -rf "$download"
    done
    ;;
depends)
    apt-cache depends "$1" | sed -n 's/^ *Depends: //p' | head -n 1
    ;;
version)
    apt-cache policy "$1" | sed -n 's/^ *Candidate: //p'
    ;;
esac
