/* clue.h - what a word and what stands around it tell of its being part of a name: the numbers of
 * the weights that speak on it. The program that learns the weights shares this file. */
#ifndef CLUE_H
#define CLUE_H

#include "redact/search.h"

enum { CLUE_BITS = 20, CLUE_WEIGHTS = 1 << CLUE_BITS, CLUES_MOST = 112 };

/* How two candidates that follow each other are joined. */
enum clue_link {
    LINK_NONE, /* too far apart to be one name */
    LINK_GLUED,
    LINK_DASH,
    LINK_DOT, /* glued by a dot: j.jansen */
    LINK_JOINER, /* glued by another sign: jan_jansen */
    LINK_BLANK,
    LINK_INITIAL, /* a dot and a blank: J. Jansen */
    LINK_COMMA,
    LINK_LINE,
    LINK_AND,
    LINK_OTHER,
    CLUE_LINKS
};

struct clue_paper;

/* Looks once over the whole window, at what repeats and at its lines. The search's arena owns it.
 */
struct clue_paper *clue_read(struct search *search);

/* Whether token i can be a part of a name at all. Ask in order of i. */
bool clue_candidate(const struct search *search, const struct clue_paper *paper, uint32_t i);

/* The weights that speak on candidate i, into `at`; gives how many. Ask in order of i. */
uint32_t clue_collect(const struct search *search, struct clue_paper *paper, uint32_t i,
    uint32_t at[static CLUES_MOST]);

enum clue_link clue_link(const struct search *search, uint32_t before, uint32_t i);

#endif
