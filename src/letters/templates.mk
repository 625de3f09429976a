# The letter texts as a table in C: compiled in, so that the program writes without any file.
LETTER_TEMPLATES := $(sort $(wildcard src/letters/templates/*.txt))
LETTER_TABLE := $(GENERATED)/letters/templates.inc
GENERATED_FILES += $(LETTER_TABLE)

$(LETTER_TABLE): $(LETTER_TEMPLATES) src/letters/templates.awk
	@mkdir -p $(@D)
	@echo '  write   $@'
	@awk -f src/letters/templates.awk $(LETTER_TEMPLATES) > $@.new && mv $@.new $@
