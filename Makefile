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
  libexttextcat-data libseccomp-dev libcmocka-dev libmupdf-dev python3 python3-fonttools fonts-noto-core fonts-sil-andika \
  fonts-opendyslexic fonts-noto-mono fonts-dejavu-core unicode-data valgrind libclang-rt-14-dev \
  libharfbuzz-bin man-db libmujs-dev libopenjp2-7-dev libjbig2dec0-dev libgumbo-dev libexpat1-dev libminizip-dev libuchardet-dev libwebp-dev \
  libsqlite3-dev libqrencode-dev libsdl2-dev xvfb xdotool zsh fish mupdf-tools time minisign afl++

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wvla -Wstrict-prototypes \
  -Wmissing-prototypes -Wformat=2 -Wcast-qual
# Third-party headers come in as system headers, so that our warnings speak of our code.
system = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(1) 2>/dev/null))

ENGINE_LIBS := freetype2 harfbuzz fribidi zlib libpng libsodium
PRESS_LIBS  := md4c libjpeg libutf8proc libexttextcat libseccomp expat minizip gumbo uchardet libwebp
# Fonts that come with a document are cut down by HarfBuzz's subsetter, or, as on a device, which it is too large for, taken whole: none.
PRESS_SUBSET ?= hb
LEFT_OUT := firmware/press/subset_$(if $(filter hb,$(PRESS_SUBSET)),none,hb).c
PRESS_LIBS += $(if $(filter hb,$(PRESS_SUBSET)),harfbuzz-subset)
LIBRARY_LIBS := sqlite3
READER_LIBS := libqrencode
WINDOW_LIBS := sdl2

STD := -std=c11 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -ffp-contract=off -Ifirmware -DKITE_VERSION='"$(VERSION)"'
# One by one, as a cross build has no use for some, and pkg-config says nothing when one is missing.
SYS := $(foreach lib,$(sort $(ENGINE_LIBS) $(PRESS_LIBS) libopenjp2 $(LIBRARY_LIBS) $(READER_LIBS) $(WINDOW_LIBS)),$(call system,$(lib)))
# What a mistake meets that gets past all checks. The C library checks bounds only in code that is optimised, and the sanitizers
# do so better; a static program of the device cannot move (its C library comes without what that takes).
SANITIZED := $(filter -fsanitize%,$(EXTRA))
HARDEN := $(if $(SANITIZED),,-Wframe-larger-than=49152 $(if $(filter -O1 -O2 -O3 -Os,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)) \
  $(if $(filter -static,$(LDFLAGS)),-fno-pie,-fPIE)
HARDEN_LD := $(if $(filter -static,$(LDFLAGS)),-no-pie,-pie) -Wl,-z,relro,-z,now,-z,noexecstack
ALL_CFLAGS = $(STD) $(WARN) $(SYS) $(HARDEN) $(CFLAGS) $(EXTRA)
ENGINE_LD := $(shell pkg-config --libs $(ENGINE_LIBS) 2>/dev/null) -lzopfli -lm
# Debian's MuPDF is a static library; these are what it was built with.
MUPDF_LD := -lmupdf -lmupdf-third $(shell pkg-config --libs freetype2 harfbuzz zlib libpng libjpeg libopenjp2 2>/dev/null) \
  -lmujs -ljbig2dec -lgumbo -lm
# firmware/press/jpx.c bounds what MuPDF has decoded.
LDLIBS := -Wl,--wrap=opj_decode $(shell pkg-config --libs $(PRESS_LIBS) $(LIBRARY_LIBS) $(READER_LIBS) 2>/dev/null) $(MUPDF_LD) $(ENGINE_LD)
# What the programs of the device link: nothing that only a desk needs.
DEVICE_LD := $(shell pkg-config --libs $(ENGINE_LIBS) $(LIBRARY_LIBS) $(READER_LIBS) 2>/dev/null) -lm

# Rooms, lowest first; an archive each. A test links the rooms up to and including its own.
ENGINE_ROOMS := base bundle text page render panel
ROOMS := $(ENGINE_ROOMS) trust press sandbox library shelf sideload host boot converter reader machine device emulator cli
sources = $(filter-out $(LEFT_OUT),$(wildcard firmware/$(1)/*.c firmware/$(1)/*/*.c))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(call sources,$(1)))
archive = $(BUILD)/lib/lib$(1).a
needs_base := base
needs_bundle := bundle base
needs_text := text base
needs_page := page text bundle base
needs_render := render page text bundle base
# panel stands on base alone; its tests turn the pages of real books.
needs_panel := panel render page text bundle base
needs_trust := trust bundle base
needs_press := press bundle base
needs_sandbox := sandbox press bundle base
needs_library := library trust host text bundle base
needs_shelf := shelf library trust host text bundle base
needs_host := host text base
needs_boot := boot trust host text base
needs_sideload := sideload boot library trust host text bundle base
needs_converter := converter sideload boot library trust sandbox press host text bundle base
needs_reader := reader shelf sideload boot library trust host panel render page text bundle base
needs_machine := machine reader shelf sideload boot library trust host panel render page text bundle base
needs_device := device machine converter reader shelf sideload boot library trust sandbox host panel render page text bundle base
needs_emulator := emulator machine converter reader shelf sideload boot library trust sandbox host panel render page text bundle base
needs_cli := cli sideload boot library trust host sandbox press render page text bundle base
EVERY_ROOM := host sandbox press panel render page text bundle base

.DEFAULT_GOAL := all
.PHONY: sbom all setup fonts books run test check bench quality corpus fuzz fuzz-afl assure install uninstall clean help format tests fuzzers do-run do-test do-check do-bench do-quality do-corpus do-fuzz do-fuzz-afl do-assure soak do-soak

# ---- set-up -----------------------------------------------------------------------------------------
# Goals that set up the machine first and then start make anew, as pkg-config has more to say by then.
SET_UP := run test check bench quality corpus fuzz fuzz-afl assure soak
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

setup: ## install the Debian packages that are missing
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "installing:" $$missing; \
	  $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; fi

run: ## pack books/ and open the emulator on them; without a display, play a demo into PNG files
test: ## build and run every test
check: ## tests under AddressSanitizer and UBSan only
assure: ## what is promised about trust and loss, as one table: make assure MINUTES=30 (of fuzzing), COVERAGE=1, WHOLE=1 too
bench: ## time, instructions and memory beside MuPDF and a floor program; ghosts and flashes; TEXTS=FILES
quality: ## figures of lines, pages, grays and fonts, also of TEXTS=FILES
corpus: ## pack real documents, a row for each: words kept, time, memory, what is in it; TEXTS=FILES
fuzz: ## long fuzzing, a share of the time for each parser: make fuzz MINUTES=30
fuzz-afl: ## the same by AFL++ instead of libFuzzer
soak: ## the tests of cuts, faults and kills at every point that is tried (two hours): make soak ROUNDS=10000
$(SET_UP): setup
	@$(MAKE) --no-print-directory do-$@

all: $(BUILD)/kite $(BUILD)/kite-emulator $(BUILD)/kite-reader $(BUILD)/kite-press fonts books ## build everything (packages must be there: make setup)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# What speaks to the kernel by more than POSIX.
$(call objects,boot) $(call objects,sandbox): STD += -D_GNU_SOURCE

# What takes bytes of others has a guard on its stack. The engine's rooms that set and draw have none: they see only what was checked,
# and it would cost 1.3 % of the instructions that set a book.
$(foreach room,$(filter-out base text page render panel,$(ROOMS)),$(call objects,$(room))): STD += -fstack-protector-strong

# Tables of languages stand in the archive that is linked last, those of one language side by side: reading a book then brings
# little of the other languages into memory, which comes in pieces of 64 KiB.
TABLES := $(foreach language,en es fr pt,firmware/text/hyphen/hyphen_$(language).c firmware/bundle/lexicons/$(language).c)
TABLES += $(filter-out $(TABLES),$(wildcard firmware/text/hyphen/hyphen_*.c))
TABLES := $(patsubst %.c,$(BUILD)/obj/%.o,$(TABLES))

define room_rule
$(call archive,$(1)): $(filter-out $(TABLES),$(call objects,$(1))) $(if $(filter base,$(1)),$(TABLES))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(AR) rcsD $$@ $$^
endef
$(foreach room,$(ROOMS),$(eval $(call room_rule,$(room))))

$(BUILD)/kite: $(call objects,cli) $(foreach room,sideload boot library trust $(EVERY_ROOM),$(call archive,$(room)))
	$(CC) $(CFLAGS) $(EXTRA) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $(LDLIBS)

WINDOW_LD := $(shell pkg-config --libs $(WINDOW_LIBS) 2>/dev/null)
$(BUILD)/kite-emulator: $(foreach room,$(needs_emulator),$(call archive,$(room)))
	$(CC) $(CFLAGS) $(EXTRA) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(WINDOW_LD)

$(BUILD)/kite-boot: $(foreach room,$(needs_boot),$(call archive,$(room)))
	$(CC) $(CFLAGS) $(EXTRA) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $(DEVICE_LD)

$(BUILD)/kite-reader: $(foreach room,$(needs_device),$(call archive,$(room)))
	$(CC) $(CFLAGS) $(EXTRA) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $(DEVICE_LD)

# What the two before start for a document of another format: nothing of it is in them. PRESS_LDFLAGS: where smaller libraries are.
$(BUILD)/kite-press: $(foreach room,converter sandbox press host bundle base,$(call archive,$(room)))
	$(CC) $(CFLAGS) $(EXTRA) $(HARDEN_LD) $(PRESS_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# ---- fonts and books --------------------------------------------------------------------------------
fonts: $(BUILD)/fonts/.made ## subset the fonts
$(BUILD)/fonts/.made: fonts/build.py fonts/icons.py $(wildcard fonts/licenses/*)
	/usr/bin/python3 fonts/build.py $(@D)
	@touch $@

PACK ?= $(BUILD)/kite pack
BOOKS := $(patsubst books/%.md,$(BUILD)/books/%.kite,$(wildcard books/*.md))
books: $(BOOKS) ## pack books/
$(BUILD)/books/%.kite: books/%.md $(BUILD)/kite
	@mkdir -p $(@D)
	$(PACK) $< -o $@

# ---- tests: tests/<room>/test_*.c becomes $(BUILD)/tests/<room>/test_* -------------------------------
TESTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(foreach room,$(ROOMS) whole quality,$(wildcard tests/$(room)/test_*.c)))
needs_whole := $(EVERY_ROOM)
needs_quality := $(EVERY_ROOM)
define test_rule
$(BUILD)/tests/$(1)/%: tests/$(1)/%.c $(foreach room,$(needs_$(1)),$(call archive,$(room)))
	@mkdir -p $$(@D)
	$(CC) $(ALL_CFLAGS) -DKITE_BUILD='"$(BUILD)"' -Itests -MMD -MP -MT $$@ -MF $$@.d $(LDFLAGS) -o $$@ \
	  $$(filter %.c %.a,$$^) $(LDLIBS) $$(TEST_LD) -lcmocka
endef
$(foreach room,$(ROOMS) whole quality,$(eval $(call test_rule,$(room))))
$(BUILD)/tests/panel/test_turns: | fonts $(BUILD)/books/prison-imperialism.en.kite $(BUILD)/books/sampler.kite
$(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/reader/test_*.c tests/emulator/test_*.c tests/device/test_station.c tests/machine/test_starts.c)): | fonts $(BOOKS)
$(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/whole/test_*.c)): | fonts
$(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/converter/test_*.c tests/emulator/test_*.c)): | $(BUILD)/kite-press
# It calls MuPDF past the press.
$(BUILD)/tests/press/test_cid_unicode: TEST_LD := -Wl,-u,__wrap_opj_decode
$(BUILD)/tests/emulator/test_window: TEST_LD := $(WINDOW_LD)
tests: $(TESTS)

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
NESTED = $(MAKE) --no-print-directory -j2
ASAN := $(NESTED) BUILD=$(BUILD)/asan EXTRA="$(SANITIZE)" CFLAGS="-O1 -g"
# Done without the sanitizers: drawing lines eight times as large, starting a reader four hundred times and opening a library
# ten thousand times, which are slow under them; and the tests with a malloc or a stack of their own, as they have them too.
PLAIN := quality/test_glyphs emulator/test_kill library/test_cuts shelf/test_faults reader/test_cuts reader/test_malloc reader/test_stack press/test_stack
PLAIN_TESTS := $(addprefix $(BUILD)/tests/,$(PLAIN))
# No sanitizer bears a bound on memory, so the sandbox is tested without one as well.
TWICE_TESTS := $(BUILD)/tests/sandbox/test_sandbox
ASAN_TESTS := $(patsubst $(BUILD)/%,$(BUILD)/asan/%,$(filter-out $(PLAIN_TESTS),$(TESTS)))
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

do-check:
	@$(ASAN) all tests
	@tests/run.py $(BUILD)/logs $(ASAN_TESTS)

# Everything: under the sanitizers; the installed library; pages by other compilers and flags; valgrind; some fuzzing.
do-test:
	@$(NESTED) all $(BUILD)/kite-boot $(BUILD)/kite_bench $(BUILD)/feed $(PLAIN_TESTS) $(TWICE_TESTS)
	@$(ASAN) all tests
	@$(NESTED) BUILD=$(BUILD)/O0 CFLAGS=-O0 $(BUILD)/O0/kite
	@$(NESTED) BUILD=$(BUILD)/clang CC=clang CFLAGS=-O3 $(BUILD)/clang/kite
	@$(NESTED) fuzzers
	@$(MAKE) --no-print-directory device-test-ready
	@tests/run.py $(BUILD)/logs $(ASAN_TESTS) $(PLAIN_TESTS) "sandbox, plain=$(TWICE_TESTS)" \
	  "install=tests/whole/install.sh $(BUILD)" \
	  "golden=tests/whole/golden.py $(BUILD) $(BUILD)/fonts" \
	  "golden, gcc -O0=tests/whole/golden.py $(BUILD)/O0 $(BUILD)/fonts" \
	  "golden, clang -O3=tests/whole/golden.py $(BUILD)/clang $(BUILD)/fonts" \
	  "frames=tests/reader/golden_frames.py $(BUILD) $(BUILD)/fonts" \
	  "frames, valgrind=tests/reader/golden_frames.py $(BUILD) $(BUILD)/fonts --under 'valgrind -q --error-exitcode=9 --leak-check=full'" \
	  "completions=tests/cli/completions.py $(BUILD)" \
	  "sbom=firmware/image/sbom.py $(BUILD)" \
	  "built programs=tests/assure/built.py $(BUILD) $(BUILD)/armhf" \
	  "assure=tests/assure/assure.py $(BUILD) --short" \
	  "formats=tests/press/formats.py $(BUILD)" \
	  "formats, paged=tests/press/paged.py $(BUILD)" \
	  "fonts that books bring=tests/press/fonts.py $(BUILD)" \
	  "mutations=tests/fuzz/mutate.py $(BUILD) --cuts 20 --runs 40" \
	  "bombs of pages=tests/fuzz/bombs.py $(BUILD)" \
	  "hostile=tests/fuzz/hostile.py $(BUILD)" \
	  "emulator, replay=tests/emulator/replay.py $(BUILD)" \
	  "emulator, documents=tests/emulator/documents.py $(BUILD)" \
	  "device, program=tests/device/program.py $(BUILD)" \
	  "emulator, window=tests/emulator/window.py $(BUILD)/asan" \
	  "valgrind=valgrind -q --error-exitcode=9 --leak-check=full $(BUILD)/kite render $(BUILD)/books/sampler.kite --pages 1-3 -o $(BUILD)/valgrind" \
	  $(foreach f,$(FUZZERS),"fuzz $(f)=rm -rf $(BUILD)/fuzz/found-$(f) && mkdir $(BUILD)/fuzz/found-$(f) && $(BUILD)/fuzz/fuzz_$(f) -seed=1 -runs=1500 -max_total_time=10 -max_len=4096 -verbosity=0 $(BUILD)/fuzz/found-$(f) $(wildcard tests/fuzz/seeds/$(f))") \
	  $(DEVICE_TESTS)

ROUNDS ?= 2000
# Whole sessions with one fault in each; every allocation fails in reader/test_malloc, which needs none to be played from the start.
SESSIONS ?= 2000
SOAK_TESTS := $(addprefix $(BUILD)/tests/,library/test_cuts reader/test_cuts library/test_faults library/test_migration shelf/test_faults reader/test_malloc emulator/test_kill)
do-soak:
	@$(NESTED) all $(SOAK_TESTS) $(BUILD)/tests/reader/test_faults
	@export ROUNDS=$(ROUNDS) KITE_CUTS=all KITE_FAULTS=0; tests/run.py $(BUILD)/logs $(SOAK_TESTS) \
	  "reader/test_faults=env KITE_FAULTS=$(SESSIONS) $(BUILD)/tests/reader/test_faults"
	@$(MAKE) --no-print-directory firmware-setup do-device-soak

# ---- fuzzing: tests/fuzz/fuzz_*.c by libFuzzer, seeds in tests/fuzz/seeds/ ----------------------------
MINUTES ?= 10
FUZZ_CC := clang
AFL_CC := afl-clang-fast
FUZZ_FLAGS := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
fuzzers:
	@$(NESTED) BUILD=$(BUILD)/fuzz CC="$(FUZZ_CC)" CFLAGS="-O1 -g" EXTRA="$(FUZZ_FLAGS)" \
	  $(foreach f,$(FUZZERS),$(BUILD)/fuzz/fuzz_$(f))
FUZZ_ROOMS := cli emulator device machine converter reader shelf sideload boot library trust $(EVERY_ROOM)
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(foreach room,$(FUZZ_ROOMS),$(call archive,$(room)))
	$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -MT $@ -MF $@.d -fsanitize=fuzzer -o $@ $(filter %.c %.a,$^) $(LDLIBS) -lcmocka
# What mutate.py feeds: one process for many documents, each in its own sandbox.
$(BUILD)/feed: tests/fuzz/feed.c $(foreach room,host sandbox press text bundle base,$(call archive,$(room)))
	$(CC) $(ALL_CFLAGS) -D_GNU_SOURCE -MMD -MP -MT $@ -MF $@.d $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(LDLIBS)
EACH_SECONDS = $$(( $(MINUTES) * 60 / $(words $(FUZZERS)) ))
do-fuzz: fuzzers fonts
	@tests/fuzz/campaign.py $(BUILD) --seconds $(EACH_SECONDS)
	@$(NESTED) $(BUILD)/kite $(BUILD)/feed
	@tests/fuzz/mutate.py $(BUILD) --runs 10000
# The same files, built for AFL++.
do-fuzz-afl: fonts
	@AFL_QUIET=1 $(NESTED) BUILD=$(BUILD)/afl CC=$(AFL_CC) CFLAGS="-O1 -g" EXTRA="$(SANITIZE)" $(foreach f,$(FUZZERS),$(BUILD)/afl/fuzz_$(f))
	@tests/fuzz/campaign.py $(BUILD) --afl --seconds $(EACH_SECONDS)

sbom: all ## what Kite is made of, with versions and licences: a table, and build/sbom.json
	@firmware/image/sbom.py $(BUILD) -o $(BUILD)/sbom.json

# ---- assurance: what is promised about trust and loss, measured --------------------------------------
do-assure: fuzzers
	@$(NESTED) all tests $(BUILD)/kite-boot $(BUILD)/kite_bench
	@tests/assure/assure.py $(BUILD) --seconds $(EACH_SECONDS) $(if $(COVERAGE),--coverage) $(if $(WHOLE),--whole)

# ---- benchmark --------------------------------------------------------------------------------------
$(BUILD)/kite_bench: tests/bench/kite_bench.c $(foreach room,$(needs_render),$(call archive,$(room)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(ENGINE_LD)
$(BUILD)/peer_mupdf: tests/bench/peer_mupdf.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) -o $@ $< $(MUPDF_LD)
$(BUILD)/floor: tests/bench/floor.c tests/bench/floor.h tests/bench/probe.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $< $(ENGINE_LD)
$(BUILD)/floor_pack: tests/bench/floor_pack.c tests/bench/floor.h $(call archive,text) $(call archive,base)
	$(CC) $(ALL_CFLAGS) -o $@ $(filter %.c %.a,$^) $(ENGINE_LD)
$(BUILD)/reader_bench: tests/bench/reader_bench.c $(foreach room,host $(needs_reader),$(call archive,$(room)))
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LDLIBS)
do-bench:
	@$(NESTED) all $(BUILD)/kite_bench $(BUILD)/reader_bench $(BUILD)/peer_mupdf $(BUILD)/floor $(BUILD)/floor_pack $(BUILD)/tests/panel/test_turns
	@tests/bench/bench.py $(BUILD) $(TEXTS)
	@tests/bench/reader_bench.py $(BUILD) $(TEXTS)
	@tests/bench/pack_bench.py $(BUILD) $(TEXTS)
	@$(BUILD)/tests/panel/test_turns 2>&1 | sed '/^\[/d'

# ---- quality: what the tests of tests/quality measure, shown, and of more texts ----------------------
QUALITY_TESTS := $(filter $(BUILD)/tests/quality/%,$(TESTS))
do-quality:
	@$(NESTED) all $(QUALITY_TESTS)
	@mkdir -p $(BUILD)/quality
	@for t in $(TEXTS); do $(BUILD)/kite pack --fast $$t -o $(BUILD)/quality/$$(basename $$t).kite || exit 1; done
	@for t in $(QUALITY_TESTS); do \
	  QUALITY_BOOKS="$(foreach t,$(TEXTS),$(BUILD)/quality/$(notdir $(t)).kite)" $$t || failed=1; done; test -z "$$failed"

# ---- corpus: documents of other people, packed and compared with what another program reads -------------
do-corpus:
	@$(NESTED) $(BUILD)/kite
	@tests/corpus/corpus.py $(BUILD) $(TEXTS)

# ---- run --------------------------------------------------------------------------------------------
DEMO := firmware/emulator/demo.script
do-run:
	@$(NESTED) all
	@code=4; if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  echo "Arrows turn pages, Enter selects, Esc is the menu key, the mouse touches; Ctrl-Q quits."; \
	  $(BUILD)/kite-emulator $(BUILD)/books; code=$$?; fi; \
	if [ $$code != 4 ]; then exit $$code; fi; \
	rm -rf $(BUILD)/frames; \
	echo "There is no display: a demo is played instead of opening the emulator ($(DEMO))."; \
	$(BUILD)/kite-emulator --script $(DEMO) --frames $(BUILD)/frames $(BUILD)/books || exit; \
	echo "What the panel showed, as PNG, is in $(BUILD)/frames/; each frame and each refresh is in $(BUILD)/frames/refresh.log:"; \
	ls $(BUILD)/frames | grep '^[0-9]' | sed 's|^|  $(BUILD)/frames/|'

include firmware/image/image.mk

# ---- install: the program, its manual and completions, the fonts, and the engine as libkite ------------
DIR = $(DESTDIR)$(PREFIX)
HEADERS := base/base.h bundle/bundle.h text/text.h page/page.h render/render.h panel/panel.h
$(BUILD)/lib/libkite.a: $(foreach room,$(ENGINE_ROOMS),$(call objects,$(room)))
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcsD $@ $^

install: all $(BUILD)/lib/libkite.a ## install into PREFIX (/usr/local), under DESTDIR
	install -d $(DIR)/bin $(DIR)/lib/pkgconfig $(DIR)/share/kite/fonts/licenses $(DIR)/share/kite/licenses $(DIR)/share/man/man1
	install -d $(DIR)/share/bash-completion/completions $(DIR)/share/zsh/site-functions $(DIR)/share/fish/vendor_completions.d
	install -m 755 $(BUILD)/kite $(BUILD)/kite-emulator $(BUILD)/kite-reader $(BUILD)/kite-press $(DIR)/bin
	install -m 644 $(BUILD)/lib/libkite.a $(DIR)/lib/libkite.a
	for h in $(HEADERS); do install -D -m 644 firmware/$$h $(DIR)/include/kite/$$h; done
	printf '%s\n' 'prefix=$(PREFIX)' 'Name: kite' 'Description: reading engine of e-ink readers' 'Version: $(VERSION)' \
	  'Requires: $(ENGINE_LIBS)' 'Cflags: -I$${prefix}/include/kite' 'Libs: -L$${prefix}/lib -lkite -lzopfli -lm' \
	  > $(DIR)/lib/pkgconfig/kite.pc
	install -m 644 $(wildcard $(BUILD)/fonts/*.*tf) $(DIR)/share/kite/fonts
	install -m 644 $(wildcard fonts/licenses/*) $(DIR)/share/kite/fonts/licenses
	install -m 644 LICENSE $(wildcard firmware/text/hyphen/NOTICES*.txt firmware/text/hyphen/licenses/*) $(DIR)/share/kite/licenses
	$(BUILD)/kite help --man > $(DIR)/share/man/man1/kite.1
	$(BUILD)/kite help --completion bash > $(DIR)/share/bash-completion/completions/kite
	$(BUILD)/kite help --completion zsh > $(DIR)/share/zsh/site-functions/_kite
	$(BUILD)/kite help --completion fish > $(DIR)/share/fish/vendor_completions.d/kite.fish
	install -D -m 644 firmware/emulator/SCRIPT.md $(DIR)/share/doc/kite/SCRIPT.md
	set -e; for p in kite-emulator kite-reader; do \
	  $(BUILD)/$$p --man > $(DIR)/share/man/man1/$$p.1; \
	  $(BUILD)/$$p --completion bash > $(DIR)/share/bash-completion/completions/$$p; \
	  $(BUILD)/$$p --completion zsh > $(DIR)/share/zsh/site-functions/_$$p; \
	  $(BUILD)/$$p --completion fish > $(DIR)/share/fish/vendor_completions.d/$$p.fish; done

uninstall: ## take away what install put there
	rm -rf $(DIR)/include/kite $(DIR)/share/kite $(DIR)/share/doc/kite
	rm -f $(DIR)/lib/libkite.a $(DIR)/lib/pkgconfig/kite.pc $(DIR)/bin/kite-press
	for p in kite kite-emulator kite-reader; do rm -f $(DIR)/bin/$$p $(DIR)/share/man/man1/$$p.1 $(DIR)/share/bash-completion/completions/$$p \
	  $(DIR)/share/zsh/site-functions/_$$p $(DIR)/share/fish/vendor_completions.d/$$p.fish; done

format: ## clang-format the C (needs clang-format)
	clang-format -i $$(git ls-files '*.c' '*.h' | grep -v -E 'hyphen_|lexicons/|unicode/|entity_names|fold_table')

clean: ## remove all output
	rm -rf $(BUILD)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile firmware/image/image.mk | sed -E 's/:.*## /\t/' | sort -u | expand -t 12

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)
