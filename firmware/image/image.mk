# The device's side of the Makefile: the cross build, the firmware image, tests as ARM programs.
# All that is fetched and unpacked is kept in $(CROSS); `make clean` takes it away too.

# Needed by the targets of this file beside PACKAGES; their short form in `make test` is skipped where these cannot be had.
FIRMWARE_PACKAGES := gcc-arm-linux-gnueabihf g++-arm-linux-gnueabihf libc6-dev-armhf-cross qemu-user-static tcl \
  qemu-system-arm cpio kmod mtools dosfstools e2fsprogs fdisk squashfs-tools xz-utils bzip2

CROSS   := $(abspath $(BUILD))/cross
SYSROOT := $(CROSS)/sysroot
TRIPLE  := arm-linux-gnueabihf
FETCH   := firmware/image/packages.sh $(CROSS)/apt

# ---- cross build ------------------------------------------------------------------------------------
# One sysroot serves the static programs of the device and the unit tests.
SYSROOT_PACKAGES := libc6-dev libfreetype-dev zlib1g-dev libsqlite3-dev libfribidi-dev libpng-dev libsodium-dev \
  libutf8proc-dev libqrencode-dev libzopfli-dev libmd4c-dev libjpeg62-turbo-dev libexttextcat-dev libcmocka-dev
$(SYSROOT)/.made: firmware/image/packages.sh firmware/image/libraries.sh
	@rm -rf $(SYSROOT) $(CROSS)/source $(CROSS)/static
	@echo "fetching armhf packages and sources, building the static libraries"
	@$(FETCH) unpack $(SYSROOT) $(SYSROOT_PACKAGES)
	@$(FETCH) source $(CROSS)/source freetype harfbuzz qrencode sqlite3
	@nice firmware/image/libraries.sh $(SYSROOT) $(CROSS)/source $(CROSS)/static
	@touch $@
sysroot: $(SYSROOT)/.made

# This same Makefile, with the other machine's compiler and libraries.
ARM = PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(TRIPLE)/pkgconfig PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
  $(NESTED) CC="$(TRIPLE)-gcc --sysroot=$(SYSROOT)" AR=$(TRIPLE)-ar
ARM_SMALL := CFLAGS="-Os -ffunction-sections -fdata-sections" LDFLAGS="-static -Wl,--gc-sections -L$(CROSS)/static"
arm-programs: $(SYSROOT)/.made
	@$(ARM) BUILD=$(BUILD)/armhf $(ARM_SMALL) $(BUILD)/armhf/kite-boot
