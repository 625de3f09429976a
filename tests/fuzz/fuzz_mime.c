/* A mail as a part tree, and every field and name in it: nothing may crash, the tree stays within
 * its limits, and each part lies within the one around it. */
#include "mime/addresses.h"
#include "mime/maildate.h"
#include "mime/mime.h"
#include "mime/words.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_fields(
    const struct mime_part *part, struct charsets *charsets, struct arena *arena)
{
    for (size_t i = 0; i < part->field_count; i++) {
        struct addresses list = { .count = 0 };
        struct params params;
        int64_t at_s;

        if (!charset_is_utf8(span_of(words_decode(charsets, part->fields[i].value, arena))))
            abort();
        addresses_parse(charsets, part->fields[i].value, arena, &list);
        params_parse(charsets, part->fields[i].value, arena, &params);
        if (maildate_parse(part->fields[i].value, &at_s) && at_s < 0)
            abort();
    }
}

static bool is_within(struct span inner, struct span outer)
{
    return inner.at >= outer.at && inner.at + inner.len <= outer.at + outer.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct charsets *charsets;
    struct arena *arena = arena_new();
    struct mime_tree tree;
    size_t parts = 0;

    if (!charsets)
        charsets = charset_warm();
    mime_parse(
        (struct span) { (const char *)bytes, len }, &mime_limits_usual, charsets, arena, &tree);
    for (struct mime_part *part = tree.root; part; part = mime_next(part, tree.root)) {
        bool odd = false;

        parts++;
        if (part->depth > mime_limits_usual.depth
            || (part->parent && !is_within(part->whole, part->parent->body))
            || (part->body.len && !is_within(part->body, part->whole)))
            abort();
        mime_body(part, arena, &odd);
        read_fields(part, charsets, arena);
    }
    if (parts != tree.parts || parts > mime_limits_usual.parts)
        abort();
    arena_free(&arena);
    return 0;
}
