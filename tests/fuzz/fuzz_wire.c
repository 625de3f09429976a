/* The answers about OpenPGP that a jailed child reads, from whatever bytes: in bounds, and once
 * taken they are put as what is taken again the same. */
#include "run/wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { MOST = 8 };

static struct span opened_of(struct span bytes, struct arena *arena, bool *failed)
{
    struct wire wire = { .rest = bytes, .arena = arena };
    struct buf buf = { .arena = arena };
    struct pgp_opened opened;

    wire_take_opened(&wire, &opened);
    *failed = wire.failed;
    if (opened.signature_count > PGP_SIGNATURES || opened.crypt > CRYPT_ENC)
        abort();
    wire_put_opened(&buf, &opened);
    return buf_span(&buf);
}

static struct span keys_of(struct span bytes, struct arena *arena, bool *failed)
{
    struct wire wire = { .rest = bytes, .arena = arena };
    struct buf buf = { .arena = arena };
    struct pgp_key keys[MOST];
    const char *why;
    size_t count;

    memset(keys, 0, sizeof keys);
    count = wire_take_keys(&wire, keys, MOST, &why);
    *failed = wire.failed;
    if (count > MOST)
        abort();
    wire_put_keys(&buf, keys, count, why);
    return buf_span(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct span (*const takes[])(struct span, struct arena *, bool *) = { opened_of, keys_of };
    struct arena *arena;
    bool failed;

    if (len < 1)
        return 0;
    arena = arena_new();
    for (size_t i = 0; i < COUNT(takes); i++) {
        struct span once = takes[i]((struct span) { (const char *)bytes, len }, arena, &failed);

        if (!failed) {
            struct span twice = takes[i](once, arena, &failed);

            if (failed || !span_equal(once, twice))
                abort();
        }
    }
    arena_free(&arena);
    return 0;
}
