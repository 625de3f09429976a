#include "base/fold.h"

#include "base/buf.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum { FOLDED_MOST = 64 }; /* bytes of one character: the longest decomposition has 18 letters */

/* Letters that Unicode does not take apart, as people type them who lack the key. */
static const struct {
    ucs4_t letter;
    const char *as;
} alone[] = { { 0xE6, "ae" }, { 0xF8, "o" }, { 0x111, "d" }, { 0x127, "h" }, { 0x131, "i" },
    { 0x142, "l" }, { 0x153, "oe" } };

static void add(struct buf *buf, ucs4_t letter, const uint8_t *bytes, size_t len)
{
    if (uc_is_general_category_withtable(letter, UC_CATEGORY_MASK_Mn))
        return;
    for (size_t i = 0; i < COUNT(alone); i++)
        if (alone[i].letter == letter) {
            buf_text(buf, alone[i].as);
            return;
        }
    buf_add(buf, (struct span) { (const char *)bytes, len });
}

static void fold_char(struct buf *buf, const uint8_t *bytes, size_t len)
{
    uint8_t room[FOLDED_MOST], *folded;
    size_t folded_len = sizeof room, at = 0;

    folded = u8_casefold(bytes, len, NULL, UNINORM_NFKD, room, &folded_len);
    if (folded != room) { /* too long for the room, or no memory: as it is */
        free(folded);
        buf_add(buf, (struct span) { (const char *)bytes, len });
        return;
    }
    while (at < folded_len) {
        ucs4_t letter;
        int step = u8_mbtouc(&letter, folded + at, folded_len - at);

        add(buf, letter, folded + at, (size_t)step);
        at += (size_t)step;
    }
}

struct folded fold_text(struct span text, struct arena *arena)
{
    struct buf buf = { .arena = arena };
    size_t room = text.len + 1, count = 0, *map = arena_array(arena, room, sizeof *map);

    for (size_t at = 0; at < text.len;) {
        const uint8_t *bytes = (const uint8_t *)text.at + at;
        ucs4_t letter;
        int step = u8_mbtoucr(&letter, bytes, text.len - at);

        if (step < 1) {
            step = 1;
            buf_char(&buf, text.at[at]);
        } else if (letter < 0x80) {
            buf_char(&buf, letter >= 'A' && letter <= 'Z' ? (char)(letter + 32) : (char)letter);
        } else {
            fold_char(&buf, bytes, (size_t)step);
        }
        if (buf.len >= room) {
            map = arena_grow(arena, map, room * sizeof *map, 2 * (buf.len + 1) * sizeof *map);
            room = 2 * (buf.len + 1);
        }
        while (count < buf.len)
            map[count++] = at;
        at += (size_t)step;
    }
    map[count] = text.len;
    return (struct folded) { buf_span(&buf), map };
}

bool fold_find(
    const struct folded *folded, struct span folded_word, size_t *at, size_t *from, size_t *to)
{
    size_t found = folded_word.len ? span_find(folded->text, folded_word, *at) : SPAN_NOWHERE;
    size_t end;

    if (found == SPAN_NOWHERE)
        return false;
    end = found + folded_word.len;
    *at = end;
    *from = folded->at[found];
    while (end < folded->text.len && folded->at[end] == folded->at[end - 1])
        end++;
    *to = folded->at[end];
    return true;
}
