/* spell.h - a list as one text, for rows. */
#ifndef SPELL_H
#define SPELL_H

#include "base/buf.h"

/* Bytes as a row can hold them: control characters as \r \n \t \0, what is not UTF-8 kept. */
static inline const char *spell(struct span bytes, struct arena *arena)
{
    struct buf out = { .arena = arena };

    for (size_t i = 0; i < bytes.len; i++)
        switch (bytes.at[i]) {
        case '\r':
            buf_text(&out, "\\r");
            break;
        case '\n':
            buf_text(&out, "\\n");
            break;
        case '\0':
            buf_text(&out, "\\0");
            break;
        default:
            buf_char(&out, bytes.at[i]);
        }
    return buf_string(&out);
}

#endif
