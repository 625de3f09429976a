/* keyname.h - what a key, a column head or a parameter name says of its value. */
#ifndef KEYNAME_H
#define KEYNAME_H

#include "redact/search.h"

/* The key that tokens [from, to) spell: "geboorte_datum", "X-API-Key", "contactPersoonNaam". */
enum key keyname_of(const struct search *search, uint32_t from, uint32_t to);

/* The personal data that the value of this key is. */
enum redact_type keyname_type(enum key key);

/* The key that one word of a sentence spells: found once, with the token. */
static inline enum key keyname_word(const struct search *search, uint32_t i)
{
    return (enum key)search->token[i].word_key;
}

/* The same, of len letters with these features. */
enum key keyname_ending(const uint8_t *word, size_t len, uint32_t feature);

#endif
