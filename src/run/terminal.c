#include "run/terminal.h"

#include "base/buf.h"

#include <unistr.h>

/* U+200B to 200F, 2028 to 202E, 2060 to 206F, FEFF, FFF9 to FFFB, and tags: Unicode 15, 23. */
static const struct {
    ucs4_t from, to;
} hidden[] = { { 0x00, 0x08 }, { 0x0B, 0x1F }, { 0x7F, 0x9F }, { 0xAD, 0xAD }, { 0x61C, 0x61C },
    { 0x180E, 0x180E }, { 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F },
    { 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE0FFF } };

static bool is_hidden(ucs4_t c)
{
    for (size_t i = 0; i < COUNT(hidden); i++)
        if (c >= hidden[i].from && c <= hidden[i].to)
            return true;
    return false;
}

const char *terminal_safe(struct span text, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t at = 0; at < text.len;) {
        ucs4_t c = 0;
        int step = u8_mbtoucr(&c, (const uint8_t *)text.at + at, text.len - at);
        bool line_end = at + 1 < text.len && text.at[at] == '\r' && text.at[at + 1] == '\n';

        if (step < 1 || (is_hidden(c) && !line_end))
            buf_text(&buf, "\uFFFD");
        else if (!line_end)
            buf_add(&buf, span_part(text, at, at + (size_t)step));
        at += step < 1 ? 1 : (size_t)step;
    }
    return buf_string(&buf);
}
