# make help says what there is to make.

NAME := meldpost
PREFIX ?= /usr/local
BUILD ?= build
CC ?= gcc

PACKAGES := gnutls gpgme libsodium lmdb libseccomp jansson libconfuse gumbo libsystemd nettle
# libetpan and libunistring by hand: Debian's libetpan.pc asks for non-pie specs, and
# libunistring has no .pc file.
LIBS := -letpan -lunistring $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

WARNINGS := -Wall -Wextra -Wshadow -Wformat=2 -Wundef -Wstrict-prototypes -Wmissing-prototypes \
  -Wpointer-arith -Wvla -Wcast-qual -Wwrite-strings -Wno-format-truncation -Werror
CFLAGS ?= -O2 -g
CFLAGS += -D_FORTIFY_SOURCE=2
# Hidden: a function of ours never stands in for one of the same name in a library.
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE $(WARNINGS) -fPIE -fvisibility=hidden -fstack-protector-strong -Isrc -MMD -MP
CHECK_CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS += -pie -Wl,-z,relro,-z,now -Wl,--as-needed

SOURCES := $(sort $(wildcard src/*/*.c))
UNITS := $(sort $(wildcard tests/unit/test_*.c))
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))

GENERATED := $(BUILD)/gen

PROGRAM := $(BUILD)/$(NAME)
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/main.o
CHECKED := $(BUILD)/check/$(NAME)
CHECK_OBJECTS := $(SOURCES:src/%.c=$(BUILD)/check/obj/%.o)
CHECK_ARCHIVE := $(BUILD)/check/meldpost.a
UNIT_PROGRAMS := $(UNITS:tests/unit/%.c=$(BUILD)/check/unit/%)

.DEFAULT_GOAL := all
.PHONY: generated all check lint demo bench fuzz install clean help packages units

all: packages ## build the program
	@$(MAKE) --no-print-directory $(PROGRAM)

packages: ## install the Debian packages that are missing
	@scripts/packages.sh

# Rooms that write sources at build time add them to GENERATED_FILES.
GENERATED_FILES :=
-include $(wildcard src/*/*.mk)

$(PROGRAM): $(OBJECTS)
	@echo '  link    $@'
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/obj/%.o: src/%.c | $(GENERATED_FILES)
	@mkdir -p $(@D)
	@echo '  compile $<'
	@$(CC) $(ALL_CFLAGS) $(CFLAGS) -I$(GENERATED) -c -o $@ $<

$(CHECKED): $(CHECK_OBJECTS) $(BUILD)/check/obj/main.o
	@echo '  link    $@'
	@$(CC) $(CHECK_CFLAGS) -pie -o $@ $^ $(LIBS)

$(BUILD)/check/obj/%.o: src/%.c | $(GENERATED_FILES)
	@mkdir -p $(@D)
	@echo '  compile $< (checked)'
	@$(CC) $(ALL_CFLAGS) $(CHECK_CFLAGS) -I$(GENERATED) -c -o $@ $<

# An archive, so that a test is linked with what it uses and not with everything.
$(CHECK_ARCHIVE): $(CHECK_OBJECTS)
	@rm -f $@
	@ar rcsT $@ $^

$(BUILD)/check/unit/%: tests/unit/%.c $(CHECK_ARCHIVE)
	@mkdir -p $(@D)
	@echo '  test    $<'
	@$(CC) $(ALL_CFLAGS) $(CHECK_CFLAGS) -I$(GENERATED) -Itests -o $@ $< $(CHECK_ARCHIVE) $(LIBS) -lcmocka

units: $(UNIT_PROGRAMS)

generated: $(GENERATED_FILES)
	@true

check: packages ## run all tests, under the address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory $(CHECKED) $(PROGRAM) units
	@tests/run $(BUILD)

lint: packages ## hold the include rule, the format, clang-tidy and cppcheck
	@scripts/lint.sh $(BUILD)

demo: packages ## run the main job on a throw-away mailbox and show the digest
	@$(MAKE) --no-print-directory $(PROGRAM)
	@scripts/demo.py $(PROGRAM)

bench: packages ## measure speed, memory and redaction against peers in the same run
	@$(MAKE) --no-print-directory $(PROGRAM)
	@scripts/bench.sh $(PROGRAM)

fuzz: packages ## fuzz each parser (FUZZ_SECONDS=60 each)
	@scripts/fuzz.sh $(BUILD) $(FUZZERS)

install: packages ## install under $(DESTDIR)$(PREFIX): program, man pages, units, example settings
	@$(MAKE) --no-print-directory $(PROGRAM)
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/install.sh $(PROGRAM)

clean: ## take away what was built
	rm -rf $(BUILD)

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

-include $(OBJECTS:.o=.d) $(CHECK_OBJECTS:.o=.d)
