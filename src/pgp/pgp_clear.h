/* pgp_clear.h - the cleartext signature framework (RFC 9580, 7): which text a block claims. */
#ifndef PGP_CLEAR_H
#define PGP_CLEAR_H

#include "base/arena.h"

struct pgp_clear {
    struct span text; /* in the arena: dashes unescaped, line ends as they were */
    struct span signature; /* the armor block at the end, in the block's memory */
};

/*
 * Splits one block. Gives false when it is none: no header line, fields other than Hash (7: others
 * must not be there), no signature, or something behind it.
 */
bool pgp_clear_split(struct span block, struct arena *arena, struct pgp_clear *clear) MUST_USE;

/* Is it the same text, line by line, but for line ends and blanks before them (7.2)? */
bool pgp_clear_same(struct span a, struct span b);

#endif
