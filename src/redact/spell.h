/* spell.h - codes that are told letter by letter: "hotel, one oh seven, lima", "G van Gerard". */
#ifndef SPELL_H
#define SPELL_H

#include "redact/search.h"

/*
 * Reads from token i on into shape: 'X' a letter, '9' a digit, at most `most` (then NUL). Letters
 * stand alone, by the words of the NATO alphabet or as "A van Anton"; digits as they are or in
 * words. Gives one past the last token of it; i when nothing is told there.
 */
uint32_t spell_end(const struct search *search, uint32_t i, char *shape, size_t most);

#endif
