/* lexicon.h - the table made from word lists: what is known of a word, and how characters fold. */
#ifndef LEXICON_H
#define LEXICON_H

#include "redact/feature.h"

/* Features of the folded, lower-case word with this hash (word_hash_end); 0 when unknown. */
PURE uint32_t lexicon_find(uint64_t hash);

/* Features of len folded bytes, lower-cased here. */
PURE uint32_t lexicon_word(const uint8_t *word, size_t len);

uint8_t lexicon_fold(uint32_t code_point);

#define LEXICON_RULES "1"
const char *lexicon_version(void);

#endif
