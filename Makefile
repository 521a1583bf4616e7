# Kite. `make run` and `make test` do all their own set-up on a fresh Debian 12; `make help` lists the rest.
# CC, CFLAGS, PREFIX, DESTDIR and BUILD are yours to set. All output stays in $(BUILD).

BUILD   ?= build
PREFIX  ?= /usr/local
CC      ?= cc
CFLAGS  ?= -O2 -g
VERSION := 0.1.0

# The one list of packages: to build, to make the fonts, to test.
PACKAGES := gcc clang make pkg-config zlib1g-dev libfreetype-dev libharfbuzz-dev libfribidi-dev libmd4c-dev \
  libpng-dev libjpeg62-turbo-dev libsodium-dev libzopfli-dev libutf8proc-dev libexttextcat-dev \
  libexttextcat-data libcmocka-dev libmupdf-dev python3 python3-fonttools fonts-noto-core fonts-sil-andika \
  fonts-opendyslexic fonts-noto-mono fonts-dejavu-core unicode-data valgrind libclang-rt-14-dev \
  libharfbuzz-bin man-db

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wvla -Wstrict-prototypes \
  -Wmissing-prototypes -Wformat=2 -Wcast-qual
# Third-party headers come in as system headers, so that our warnings speak of our code.
system = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(1) 2>/dev/null))

ENGINE_LIBS := freetype2 harfbuzz fribidi zlib libsodium
PRESS_LIBS  := md4c libpng libjpeg libutf8proc libexttextcat

STD := -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -Ifirmware -DKITE_VERSION='"$(VERSION)"'
SYS := $(call system,$(ENGINE_LIBS) $(PRESS_LIBS))
ALL_CFLAGS = $(STD) $(WARN) $(SYS) $(CFLAGS) $(EXTRA)
ENGINE_LD := $(shell pkg-config --libs $(ENGINE_LIBS) 2>/dev/null)
LDLIBS = $(shell pkg-config --libs $(PRESS_LIBS) 2>/dev/null) -lzopfli $(ENGINE_LD) -lm

# Rooms, lowest first; an archive each. A test links the rooms up to and including its own.
ENGINE_ROOMS := base bundle text page render
ROOMS := base bundle text page render press cli
sources = $(wildcard firmware/$(1)/*.c firmware/$(1)/*/*.c)
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(call sources,$(1)))
archive = $(BUILD)/lib/lib$(1).a
needs_base := base
needs_bundle := bundle base
needs_text := text base
needs_page := page text bundle base
needs_render := render page text bundle base
needs_press := press text bundle base
needs_cli := press render page text bundle base

.DEFAULT_GOAL := all
.PHONY: all setup fonts books run test check bench fuzz install uninstall clean help format

all: $(BUILD)/kite fonts books ## build everything

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

define room_rule
$(call archive,$(1)): $(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(AR) rcsD $$@ $$^
endef
$(foreach room,$(ROOMS),$(eval $(call room_rule,$(room))))

$(BUILD)/kite: $(call objects,cli) $(foreach room,$(needs_cli),$(call archive,$(room)))
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# ---- tests: tests/<room>/test_*.c becomes $(BUILD)/tests/<room>/test_* -------------------------------
TESTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/*/test_*.c))
define test_rule
$(BUILD)/tests/$(1)/%: tests/$(1)/%.c $(foreach room,$(needs_$(1)),$(call archive,$(room)))
	@mkdir -p $$(@D)
	$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -MT $$@ -MF $$@.d $(LDFLAGS) -o $$@ $$(filter %.c %.a,$$^) $(LDLIBS) -lcmocka
endef
$(foreach room,$(ROOMS),$(eval $(call test_rule,$(room))))

clean: ## remove all output
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
