/* value.h - takes the value of a key whose name tells the type: a field, a cell, an answer. */
#ifndef VALUE_H
#define VALUE_H

#include "redact/search.h"

enum value_form {
    VALUE_QUOTED, /* between quotes, or an element of XML: the whole of it */
    VALUE_BARE, /* key=value: no blanks inside */
    VALUE_PROSE, /* "key: value" to the end of the line or clause */
    VALUE_CELL, /* a cell of a table */
};

/* Claims what tokens [from, to) hold of that key's type; gives whether something was. */
bool value_take(
    struct search *search, enum key key, uint32_t from, uint32_t to, enum value_form form);

/* A word that stands where a value would, and is none: null, required, hidden. */
bool value_is_nothing(const struct search *search, uint32_t from, uint32_t to);

/* A user name is a person's: has letters, is no role, no placeholder word. */
bool value_is_handle(const struct search *search, uint32_t from, uint32_t to);

/* Something that could be a password or token, and is no ordinary word of a sentence. */
bool value_is_secret(const struct search *search, uint32_t from, uint32_t to);

/* Written like a secret, in such a place, and open: an address of a page, a SID, a time, a version,
 * a cipher suite, a digest of what is public. */
bool value_is_open(const struct search *search, uint32_t from, uint32_t to);

/* Long and without sense: a token, an identifier made by a machine. */
bool value_is_random(const struct search *search, uint32_t from, uint32_t to);

/* Words of a name: letters, initials, joined by blanks, dashes, dots, commas, quotes. */
bool value_is_name(const struct search *search, uint32_t from, uint32_t to, bool sure);

#endif
