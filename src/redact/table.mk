# The word table of redact/: made when the program is built, from Debian's frogdata (names, places,
# streets, word counts), wdutch and wamerican-small (common words) and words.txt (what those lack).
GENERATED_FILES += $(GENERATED)/word_table.h
WORD_LISTS ?= /usr/share/frog/nld
WORD_DICTIONARIES ?= /usr/share/dict/dutch /usr/share/dict/american-english-small

$(GENERATED)/word_table.h: $(BUILD)/word-table src/redact/words.txt
	@echo '  table   $@'
	@mkdir -p $(@D)
	@$(BUILD)/word-table $(WORD_LISTS) src/redact/words.txt $(WORD_DICTIONARIES) >$@.new
	@mv $@.new $@

$(BUILD)/word-table: scripts/word-table.c src/redact/feature.h
	@mkdir -p $(@D)
	@echo '  compile $<'
	@$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -O2 -Isrc -o $@ $< -lunistring
