/* enclosed.h - files that stand in a text itself, from before MIME: uuencode, its base64 kin, yEnc.
 */
#ifndef ENCLOSED_H
#define ENCLOSED_H

#include "base/arena.h"

struct enclosed {
    size_t start, end; /* its lines in the text */
    struct span name; /* as written */
    struct span bytes;
    bool cut; /* its last line is missing */
};

/*
 * The first such file at or after from. Only lines that are of its encoding belong to it: words
 * that somebody writes between its first and its last line stay in the text.
 */
bool enclosed_find(struct span text, size_t from, struct arena *arena, struct enclosed *enclosed);

#endif
