/* What Outlook packs, and RTF: nothing may crash, what is found lies within bounds, names and words
 * are UTF-8. */
#include "mime/tnef.h"
#include "read/rtf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_rtf(struct span rtf, struct charsets *charsets, struct arena *arena)
{
    struct buf out = { .arena = arena };

    rtf_to_text(rtf, charsets, &out);
    if (!charset_is_utf8(buf_span(&out)) || out.len > rtf.len * 4)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct charsets *charsets;
    struct arena *arena = arena_new();
    struct tnef *tnef = arena_alloc(arena, sizeof *tnef);
    struct span all = { (const char *)bytes, len };
    size_t size = 0;

    if (!charsets)
        charsets = charset_warm();
    tnef_open(all, charsets, arena, tnef);
    for (size_t i = 0; i < tnef->text_count; i++) {
        if (tnef->texts[i].bytes.len > len * 9)
            abort();
        read_rtf(tnef->texts[i].bytes, charsets, arena);
    }
    for (size_t i = 0; i < tnef->file_count; i++) {
        size += tnef->files[i].bytes.len;
        if (!charset_is_utf8(span_of(tnef->files[i].name)))
            abort();
    }
    if (size > len)
        abort();
    read_rtf(all, charsets, arena);
    arena_free(&arena);
    return 0;
}
