/* texts.h - a list of C strings in an arena. */
#ifndef TEXTS_H
#define TEXTS_H

#include "base/arena.h"

struct texts {
    const char **at;
    size_t count;
};

void texts_add(struct texts *texts, struct arena *arena, const char *text); /* keeps the pointer */
bool texts_have(const struct texts *texts, const char *text);
bool texts_have_nocase(const struct texts *texts, const char *text); /* ASCII only */

#endif
