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

# What names weigh is learnt when the labelled reports or the clues change, not at each build: make names
.PHONY: names
names: $(BUILD)/name-model ## learn the weights of names anew from the labelled reports
	@python3 scripts/name-corpus.py tests/redaction/dev.jsonl tests/redaction/news-nl.jsonl tests/redaction/traps.jsonl | $(BUILD)/name-model >src/redact/name_weights.new
	@mv src/redact/name_weights.new src/redact/name_weights.inc

$(BUILD)/name-model: scripts/name-model.c scripts/learning.h $(BUILD)/obj.a $(BUILD)/obj-stamp.o
	@echo '  link    $@'
	@$(CC) $(ALL_CFLAGS) -O2 -I$(GENERATED) -o $@ $(filter-out %.h,$^) $(LIBS) -lm

# The same for passwords and user names.
.PHONY: guesses
guesses: $(BUILD)/guess-model ## learn the weights of passwords and user names anew
	@python3 scripts/guess-corpus.py tests/redaction/dev.jsonl | $(BUILD)/guess-model >src/redact/guess_weights.new
	@mv src/redact/guess_weights.new src/redact/guess_weights.inc

$(BUILD)/guess-model: scripts/guess-model.c scripts/learning.h $(BUILD)/obj.a $(BUILD)/obj-stamp.o
	@echo '  link    $@'
	@$(CC) $(ALL_CFLAGS) -O2 -I$(GENERATED) -o $@ $(filter-out %.h,$^) $(LIBS) -lm
