# make help says what there is to make.

NAME := meldpost
PREFIX ?= /usr/local
BUILD ?= build
CC ?= gcc

PACKAGES := gpgme libsodium lmdb libseccomp jansson libconfuse gumbo nettle
# libunistring and libetpan by hand: the one has no .pc file, and Debian's libetpan.pc asks for
# non-pie specs. --as-needed takes from them what the program and the module need.
LIBS := -lunistring $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
NETWORK_LIBS := -letpan $(shell pkg-config --libs gnutls 2>/dev/null)
# What a worker calls in the module (src/base/module.h); the rest of it follows from these.
ENTRIES := giver_run serving_run trial_run

WARNINGS := -Wall -Wextra -Wshadow -Wformat=2 -Wundef -Wstrict-prototypes -Wmissing-prototypes \
  -Wpointer-arith -Wvla -Wcast-qual -Wwrite-strings -Wno-format-truncation -Werror
CFLAGS ?= -O2 -g
CFLAGS += -D_FORTIFY_SOURCE=2
# Hidden: a function of ours never stands in for one of the same name in a library.
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE $(WARNINGS) -fPIC -fvisibility=hidden -fstack-protector-strong -Isrc -MMD -MP
CHECK_CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS += -Wl,-z,relro,-z,now -Wl,--as-needed
MODULE_FLAGS := -shared $(ENTRIES:%=-Wl,-u,%)

SOURCES := $(sort $(wildcard src/*/*.c))
UNITS := $(sort $(wildcard tests/unit/test_*.c))
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))

GENERATED := $(BUILD)/gen

PROGRAM := $(BUILD)/$(NAME)
MODULE := $(BUILD)/$(NAME)-network.so
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
CHECKED := $(BUILD)/check/$(NAME)
CHECKED_MODULE := $(BUILD)/check/$(NAME)-network.so
CHECK_OBJECTS := $(SOURCES:src/%.c=$(BUILD)/check/obj/%.o)
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

# Both are linked from one archive, each with what it uses.
$(PROGRAM): $(BUILD)/obj/main.o $(BUILD)/obj.a $(BUILD)/obj-stamp.o | $(MODULE)
	@echo '  link    $@'
	@$(CC) -pie $(LDFLAGS) -o $@ $^ $(LIBS)

$(MODULE): $(BUILD)/obj-stamp.o $(BUILD)/obj.a
	@echo '  link    $@'
	@$(CC) $(MODULE_FLAGS) -Wl,-z,defs $(LDFLAGS) -o $@ $^ $(LIBS) $(NETWORK_LIBS)

$(BUILD)/obj.a: $(OBJECTS)
$(BUILD)/check/obj.a: $(CHECK_OBJECTS)
%/obj.a:
	@rm -f $@
	@ar rcsT $@ $^

# So that a program never calls the module of another build.
%/obj-stamp.o: %/obj.a
	@printf 'const char module_stamp[] __attribute__((visibility("default"))) = "%.16s";\n' \
	  "$$(ar t $< | xargs cat | sha256sum)" | $(CC) -fPIC -x c -c -o $@ -

$(BUILD)/obj/%.o: src/%.c | $(GENERATED_FILES)
	@mkdir -p $(@D)
	@echo '  compile $<'
	@$(CC) $(ALL_CFLAGS) $(CFLAGS) -I$(GENERATED) -c -o $@ $<

$(CHECKED): $(BUILD)/check/obj/main.o $(BUILD)/check/obj.a $(BUILD)/check/obj-stamp.o | $(CHECKED_MODULE)
	@echo '  link    $@'
	@$(CC) $(CHECK_CFLAGS) -pie $(LDFLAGS) -o $@ $^ $(LIBS)

$(CHECKED_MODULE): $(BUILD)/check/obj-stamp.o $(BUILD)/check/obj.a
	@echo '  link    $@'
	@$(CC) $(CHECK_CFLAGS) $(MODULE_FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(NETWORK_LIBS)

$(BUILD)/check/obj/%.o: src/%.c | $(GENERATED_FILES)
	@mkdir -p $(@D)
	@echo '  compile $< (checked)'
	@$(CC) $(ALL_CFLAGS) $(CHECK_CFLAGS) -I$(GENERATED) -c -o $@ $<

# From the archive too: what it uses and not everything.
$(BUILD)/check/unit/%: tests/unit/%.c $(BUILD)/check/obj.a $(BUILD)/check/obj-stamp.o
	@mkdir -p $(@D)
	@echo '  test    $<'
	@$(CC) $(ALL_CFLAGS) $(CHECK_CFLAGS) -I$(GENERATED) -Itests -Wl,--as-needed -o $@ $^ $(LIBS) $(NETWORK_LIBS) -lcmocka

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
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/install.sh $(PROGRAM) $(MODULE)

clean: ## take away what was built
	rm -rf $(BUILD)

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

-include $(OBJECTS:.o=.d) $(CHECK_OBJECTS:.o=.d) $(BUILD)/obj/main.d $(BUILD)/check/obj/main.d
