#include "base/texts.h"

#include <string.h>
#include <strings.h>

void texts_add(struct texts *texts, struct arena *arena, const char *text)
{
    /* Grows in powers of two: the list is full whenever its count is one. */
    if ((texts->count & (texts->count - 1)) == 0)
        texts->at = arena_grow(arena, texts->at, texts->count * sizeof *texts->at,
            (texts->count ? texts->count * 2 : 1) * sizeof *texts->at);
    texts->at[texts->count++] = text;
}

bool texts_have(const struct texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->at[i], text) == 0)
            return true;
    return false;
}

bool texts_have_nocase(const struct texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcasecmp(texts->at[i], text) == 0)
            return true;
    return false;
}
