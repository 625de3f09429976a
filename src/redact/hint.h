/* hint.h - what a piece of text and what stands around it tell of its being a password or a user
 * name: the numbers of the weights that speak on it. The program that learns them shares this. */
#ifndef HINT_H
#define HINT_H

#include "redact/search.h"

enum { HINT_BITS = 15, HINT_WEIGHTS = 1 << HINT_BITS, HINTS_MOST = 112 };

/* How a piece is joined to the one before. */
enum hint_link { HINT_FAR, HINT_LINE, HINT_BLANK, HINT_GLUED, HINT_LINKS };

/* Tokens [from, to) without blanks and quotes inside, and without what ends a sentence. */
struct hint_piece {
    uint32_t from, to;
    uint32_t cue; /* token of the last word before it that promises one; UINT32_MAX: none near */
    uint32_t seen; /* tokens before it were looked at for cues */
};

/* A word in small letters that promises a secret or a user name. */
bool hint_cue_word(const char *word);

/* The next piece from token piece->to on that can be a secret or a user name, whoever claims it;
 * false at the end. Starts with {0}. */
bool hint_next(const struct search *search, struct hint_piece *piece);

/* The weights that speak on it, into `at`; gives how many. */
uint32_t hint_collect(
    const struct search *search, const struct hint_piece *piece, uint32_t at[static HINTS_MOST]);

enum hint_link hint_link(
    const struct search *search, const struct hint_piece *before, const struct hint_piece *piece);

#endif
