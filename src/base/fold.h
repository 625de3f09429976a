/* fold.h - text as a reader looks for it: capitals, accents and ligatures make no difference. */
#ifndef FOLD_H
#define FOLD_H

#include "base/arena.h"

struct folded {
    struct span text; /* UTF-8, in small letters without marks: é is e, ß is ss, Ĳ is ij, ø is o */
    const size_t *at; /* for each byte, and for the end, where it comes from in the original */
};

/* Folds UTF-8; bytes that are none stay as they are. */
struct folded fold_text(struct span text, struct arena *arena);

/* The next place from *at on, in the folded text; false when there is none. *from and *to are whole
 * characters of the original. */
bool fold_find(
    const struct folded *folded, struct span folded_word, size_t *at, size_t *from, size_t *to);

#endif
