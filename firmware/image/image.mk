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
# One sysroot serves the static programs of the device and the unit tests: what PACKAGES has to develop with, but for
# what only windows and fuzzing need, and HarfBuzz, which comes as source.
SYSROOT_PACKAGES := libc6-dev $(filter-out libharfbuzz-dev libclang% libsdl2-dev,$(filter %-dev,$(PACKAGES)))
# Made anew when what makes it says something else, not when a file merely looks newer.
sum_of = $(firstword $(shell echo $(2) | cat - $(1) | cksum))
SYSROOT_FILLED := $(SYSROOT)/.filled-$(call sum_of,firmware/image/packages.sh,$(SYSROOT_PACKAGES))
SYSROOT_MADE := $(SYSROOT)/.made-$(call sum_of,firmware/image/packages.sh firmware/image/libraries.sh firmware/image/cid_unicode.h)
$(SYSROOT_FILLED):
	@echo "fetching armhf packages"
	@$(FETCH) unpack $(SYSROOT) $(SYSROOT_PACKAGES)
	@touch $@
$(SYSROOT_MADE): | $(SYSROOT_FILLED)
	@echo "fetching sources and building the static libraries"
	@$(FETCH) source $(CROSS)/source freetype harfbuzz libwebp md4c mupdf qrencode sqlite3 uchardet
	@nice firmware/image/libraries.sh $(SYSROOT) $(CROSS)/source $(CROSS)/static
	@touch $@
sysroot: $(SYSROOT_MADE) $(SYSROOT_FILLED)

# This same Makefile, with the other machine's compiler and libraries.
ARM = PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(TRIPLE)/pkgconfig PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
  $(NESTED) CC="$(TRIPLE)-gcc --sysroot=$(SYSROOT)" AR=$(TRIPLE)-ar PRESS_SUBSET=none
ARM_SMALL := CFLAGS="-Os -ffunction-sections -fdata-sections" LDFLAGS="-static -Wl,--gc-sections -L$(CROSS)/static" \
  PRESS_LDFLAGS="-L$(CROSS)/static/press"
ARM_PROGRAMS := $(BUILD)/armhf/kite-reader $(BUILD)/armhf/kite-press $(BUILD)/armhf/kite-boot
arm-programs: sysroot
	@$(ARM) BUILD=$(BUILD)/armhf $(ARM_SMALL) $(ARM_PROGRAMS)
	@mkdir -p $(BUILD)/armhf/programs
	@for p in $(ARM_PROGRAMS); do to=$(BUILD)/armhf/programs/$$(basename $$p); \
	  [ $$to -nt $$p ] || $(TRIPLE)-strip -s $$p -o $$to || exit 1; done

# ---- kernel: Debian's, and what it takes to build modules for it -------------------------------------
# All four packages in one version, as a module loads only into the kernel that it was built for.
KERNEL := $(CROSS)/kernel
KERNEL_MADE := $(KERNEL)/.made-$(call sum_of,firmware/image/kernel.sh firmware/image/packages.sh)
$(KERNEL_MADE):
	@echo "fetching the armhf kernel"
	@firmware/image/kernel.sh $(CROSS)/apt $(KERNEL)
	@touch $@

# ---- the image ---------------------------------------------------------------------------------------
BOARD ?= virt
# KEY=NAME.pub: devices with this image take only updates that are signed by it (kite keygen NAME, kite sign).
KEY ?=
IMAGE := $(BUILD)/firmware
UPDATE_FILE := $(IMAGE)/kite-$(VERSION)-$(BOARD).update
.PHONY: sysroot arm-programs firmware do-firmware image firmware-setup
firmware-setup: setup
	@$(MAKE) --no-print-directory setup PACKAGES="$(FIRMWARE_PACKAGES)"
firmware: firmware-setup ## the image of a device: static armhf programs, slot, disk and update file
	@$(MAKE) --no-print-directory do-firmware
do-firmware:
	@$(NESTED) $(BUILD)/kite fonts books
	@$(MAKE) --no-print-directory $(KERNEL_MADE) arm-programs
	@$(MAKE) --no-print-directory image
	@firmware/image/sizes.py $(BUILD)/armhf/programs $(BUILD)/fonts $(IMAGE)
	@echo "in $(IMAGE): disk.img, initramfs.gz, slot.squashfs and the update file $(notdir $(UPDATE_FILE))"
# All of it in another folder, from nothing but what was fetched: the bytes must be the same.
.PHONY: firmware-twice
firmware-twice: firmware-setup ## build the firmware image a second time and compare every byte
	@$(MAKE) --no-print-directory do-firmware
	@rm -rf $(BUILD)/again
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/again CROSS=$(CROSS) do-firmware
	@cd $(IMAGE) && for f in disk.img initramfs.gz slot.squashfs $(notdir $(UPDATE_FILE)); do \
	  cmp $$f $(abspath $(BUILD))/again/firmware/$$f || exit 1; done && echo "the same bytes twice"
image: $(IMAGE)/disk.img
$(IMAGE)/disk.img: $(wildcard firmware/image/*) $(ARM_PROGRAMS:$(BUILD)/armhf/%=$(BUILD)/armhf/programs/%) \
  $(BUILD)/fonts/.made $(BOOKS) $(KERNEL_MADE) $(KEY)
	firmware/image/image.py $(IMAGE) --board $(BOARD) --version $(VERSION) --programs $(BUILD)/armhf/programs \
	  --kernel $(KERNEL) --fonts $(BUILD)/fonts --books $(BUILD)/books \
	  --languages /usr/share/libexttextcat $(if $(KEY),--key $(KEY))

# ---- unit tests as ARM programs -----------------------------------------------------------------------
# They are linked with the libraries of the device. qemu-user is stricter than the kernel: it stops at an unaligned access that the kernel would mend, slowly.
# Leaks are looked for on this machine's own; under qemu-user they cannot be.
ARM_RUN := env ASAN_OPTIONS=detect_leaks=0 qemu-arm-static -L $(SYSROOT)
# Not as ARM programs: what needs SDL, what starts build/kite by itself, what measures looks, devices with a root of theirs.
ARM_TEST_ROOMS := base bundle text page render panel press library host boot sideload reader machine device
# The watchdog's test starts itself anew, which under qemu-user is QEMU.
ARM_TESTS := $(filter-out tests/device/test_watchdog,$(foreach room,$(ARM_TEST_ROOMS),$(patsubst tests/%.c,tests/%,$(wildcard tests/$(room)/test_*.c))))
ARM_ASAN_TESTS := $(filter-out $(PLAIN:%=tests/%),$(ARM_TESTS))
ARM_PLAIN := CFLAGS=-O2 LDFLAGS=-L$(CROSS)/static
ARM_ASAN := CFLAGS="-O1 -g" EXTRA="$(SANITIZE)" LDFLAGS="-static-libasan -static-libubsan -L$(CROSS)/static $(CROSS)/low_memory.o"
$(CROSS)/low_memory.o: tests/armhf/low_memory.c $(SYSROOT_MADE)
	$(TRIPLE)-gcc --sysroot=$(SYSROOT) -std=c11 -Wall -Wextra -O1 -c -o $@ $<
# $(1): the folder, $(2): more for make, $(3): targets
arm_tests = mkdir -p $(1) && ln -sfn $(abspath $(BUILD))/fonts $(1)/fonts && $(ARM) BUILD=$(1) PACK="$(ARM_RUN) $(1)/kite pack --fast" $(2) $(3)
.PHONY: arm-check do-arm-check arm-golden
arm-check: firmware-setup ## the unit tests and golden pages as armhf programs under qemu-user, plain and with ASan and UBSan
	@$(MAKE) --no-print-directory do-arm-check
do-arm-check: sysroot $(CROSS)/low_memory.o
	@$(NESTED) fonts
	@$(call arm_tests,$(BUILD)/armhf-plain,$(ARM_PLAIN),$(ARM_TESTS:%=$(BUILD)/armhf-plain/%) $(BUILD)/armhf-plain/kite)
	@$(call arm_tests,$(BUILD)/armhf-asan,$(ARM_ASAN),$(ARM_ASAN_TESTS:%=$(BUILD)/armhf-asan/%) $(BUILD)/armhf-asan/kite)
	@tests/run.py $(BUILD)/logs $(foreach t,$(ARM_TESTS),"armhf $(t:tests/%=%)=$(ARM_RUN) $(BUILD)/armhf-plain/$(t)") \
	  $(foreach t,$(ARM_ASAN_TESTS),"armhf, sanitizers $(t:tests/%=%)=$(ARM_RUN) $(BUILD)/armhf-asan/$(t)") \
	  "golden, armhf=tests/whole/golden.py $(BUILD)/armhf-plain $(BUILD)/fonts --under '$(ARM_RUN)'" \
	  "golden, armhf, sanitizers=tests/whole/golden.py $(BUILD)/armhf-asan $(BUILD)/fonts --under '$(ARM_RUN)'"

# ---- the lab: virtual hardware and the hand inside the machine (tests/device/lab) ---------------------
LAB := $(abspath $(BUILD))/lab
LAB_SOURCES := $(wildcard tests/device/lab/modules/*)
$(LAB)/modules/.made: $(LAB_SOURCES) $(KERNEL_MADE)
	@mkdir -p $(@D)
	@cp $(LAB_SOURCES) $(@D)
	@$(MAKE) -s -C $(KERNEL)/headers/usr/src/linux-headers-$$(cat $(KERNEL)/version) M=$(@D) ARCH=arm \
	  CROSS_COMPILE=$(TRIPLE)- CC=$(TRIPLE)-gcc modules
	@$(TRIPLE)-strip -g $(@D)/*.ko
	@touch $@
$(LAB)/agent: tests/device/lab/agent.c $(SYSROOT_MADE)
	@mkdir -p $(@D)
	$(TRIPLE)-gcc --sysroot=$(SYSROOT) -std=gnu11 -Wall -Wextra -Os -static -s -o $@ $<
# What the computer at the cable has to give: a whole text, and one that was cut off.
$(LAB)/files/.made: tests/device/lab/parcel.md $(BUILD)/kite
	@mkdir -p $(@D)
	@$(BUILD)/kite pack --fast $< -o $(@D)/parcel.kite 2> /dev/null
	@head -c 300 $(@D)/parcel.kite > $(@D)/broken.kite
	@touch $@
$(LAB)/initramfs.gz: $(IMAGE)/disk.img $(LAB)/modules/.made $(LAB)/agent $(LAB)/files/.made tests/device/lab/add_lab.py
	@tests/device/lab/add_lab.py $(IMAGE)/initramfs.gz $(LAB) $@
$(LAB)/initramfs-gpu.gz: $(LAB)/initramfs.gz
	@tests/device/lab/add_lab.py $(IMAGE)/initramfs.gz $(LAB) $@ $(KERNEL) virtio_gpu
$(LAB)/initramfs-held.gz: $(LAB)/initramfs.gz
	@tests/device/lab/add_lab.py $(IMAGE)/initramfs.gz $(LAB) $@ --held $(IMAGE)/slot
# A system that dies at once, for the roll-back.
$(LAB)/dies: $(SYSROOT_MADE)
	@mkdir -p $(@D)
	@echo 'int main(void) { return 1; }' | $(TRIPLE)-gcc --sysroot=$(SYSROOT) -Os -static -s -x c -o $@ -
# The program as it is, but for its waits for the disk.
$(LAB)/unsynced/kite-reader: tests/device/lab/unsynced.c $(IMAGE)/disk.img
	@mkdir -p $(@D) && ln -sfn $(abspath $(BUILD))/armhf/obj $(abspath $(BUILD))/armhf/lib $(@D)
	$(TRIPLE)-gcc --sysroot=$(SYSROOT) -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Os -c -o $(@D)/unsynced.o $<
	@$(ARM) BUILD=$(@D) $(ARM_SMALL) LDFLAGS="-static -Wl,--gc-sections -s -L$(CROSS)/static $(@D)/unsynced.o" $@
$(LAB)/torn_disk: tests/device/lab/torn_disk.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -Wall -Wextra -O2 -o $@ $<

.PHONY: qemu do-qemu lab do-device-soak device-test-ready
lab: $(LAB)/initramfs.gz $(LAB)/initramfs-gpu.gz $(LAB)/initramfs-held.gz $(LAB)/torn_disk $(LAB)/dies
qemu: firmware-setup ## boot the image on an emulated ARM machine with an e-ink controller, and try it as people use it
	@$(MAKE) --no-print-directory do-qemu
do-qemu:
	@$(MAKE) --no-print-directory do-firmware
	@$(NESTED) $(BUILD)/kite-emulator $(BUILD)/kite-press
	@$(MAKE) --no-print-directory lab
	@tests/device/lab/qemu.py $(BUILD)

CUTS ?= 200
PULLS ?= 50
TURNS ?= 500
SEED ?= 1
do-device-soak:
	@$(MAKE) --no-print-directory do-firmware
	@$(NESTED) $(BUILD)/kite-emulator $(BUILD)/kite-press
	@$(MAKE) --no-print-directory lab $(LAB)/unsynced/kite-reader
	@tests/device/lab/soak.py $(BUILD) --cuts $(CUTS) --pulls $(PULLS) --turns $(TURNS) --seed $(SEED)

# ---- in `make test` -----------------------------------------------------------------------------------
# One boot, a few cuts, pages and some unit tests as ARM programs, of which `make arm-check` has all. Where the packages
# cannot be had, the tests say so and are skipped; anything else that goes wrong is a failure.
DEVICE_ASAN_TESTS := $(filter tests/base/% tests/text/test_lines,$(ARM_TESTS))
device-test-ready:
	@mkdir -p $(LAB) && rm -f $(LAB)/skip
	@$(MAKE) --no-print-directory setup PACKAGES="$(FIRMWARE_PACKAGES)" > $(LAB)/setup.log 2>&1 || \
	  echo "tests of the device: packages cannot be installed: $$(tail -n 1 $(LAB)/setup.log)" > $(LAB)/skip
	@[ -e $(LAB)/skip ] || $(MAKE) --no-print-directory sysroot $(KERNEL_MADE) > $(LAB)/fetch.log 2>&1 || \
	  { sed -n 's/^packages.sh: /tests of the device: /p' $(LAB)/fetch.log > $(LAB)/skip; \
	    [ -s $(LAB)/skip ] || { cat $(LAB)/fetch.log; rm $(LAB)/skip; exit 1; }; }
	@[ -e $(LAB)/skip ] || { $(MAKE) --no-print-directory do-firmware lab $(CROSS)/low_memory.o && \
	  $(call arm_tests,$(BUILD)/armhf-plain,$(ARM_PLAIN),$(BUILD)/armhf-plain/kite) && \
	  $(call arm_tests,$(BUILD)/armhf-asan,$(ARM_ASAN),$(DEVICE_ASAN_TESTS:%=$(BUILD)/armhf-asan/%)); }
IF_READY := tests/device/lab/if_ready.sh $(LAB)
DEVICE_TESTS = \
  "golden, armhf=$(IF_READY) tests/whole/golden.py $(BUILD)/armhf-plain $(BUILD)/fonts --under '$(ARM_RUN)'" \
  $(foreach t,$(DEVICE_ASAN_TESTS),"armhf, sanitizers $(t:tests/%=%)=$(IF_READY) $(ARM_RUN) $(BUILD)/armhf-asan/$(t)") \
  "device, one boot=$(IF_READY) tests/device/lab/qemu.py $(BUILD) --short" \
  "device, power cuts=$(IF_READY) tests/device/lab/soak.py $(BUILD) --cuts 2 --pulls 2 --turns 0"
