/* plate.h - licence plates: Dutch sidecodes by form, others by their context. */
#ifndef PLATE_H
#define PLATE_H

#include "redact/search.h"

void plate_find(struct search *search);
bool plate_take(struct search *search, uint32_t from, uint32_t to); /* the value of a field */

/* Tokens [from, to) are a plate without dashes, as cells have it: 4ZKJ71. */
bool plate_is_glued(const struct search *search, uint32_t from, uint32_t to);

#endif
