/* What a mail server says, in whatever pieces it comes: the verdict does not depend on how it was
 * cut, and no line, answer or announced size goes beyond its limit. */
#include "tls/bounds.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void within(const struct bounds *bounds)
{
    if (bounds->len > BOUNDS_LINE || bounds->response > BOUNDS_LINE
        || bounds->answer > BOUNDS_ANSWER + BOUNDS_LITERAL || bounds->literal > UINT32_MAX
        || (!bounds->in_body && bounds->literal > BOUNDS_LITERAL))
        abort();
}

/* Pieces of 1 to 64 bytes, by a number that the input gives; 0: all in one. */
static bool take(enum bounds_protocol protocol, const char *bytes, size_t len, unsigned seed,
    struct bounds *bounds, struct err *err)
{
    memset(bounds, 0, sizeof *bounds);
    bounds->protocol = protocol;
    while (len > 0) {
        size_t part = seed ? 1 + seed % 64 : len;

        if (part > len)
            part = len;
        if (!bounds_take(bounds, bytes, part, err))
            return false;
        within(bounds);
        bytes += part;
        len -= part;
        seed = seed * 1103515245u + 12345u;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct bounds whole, cut;
    struct err why_whole = { 0 }, why_cut = { 0 };
    enum bounds_protocol protocol;
    unsigned seed;
    bool good;

    if (len < 2)
        return 0;
    protocol = bytes[0] & 1 ? BOUNDS_SMTP : BOUNDS_IMAP;
    seed = bytes[1] | 256u;
    bytes += 2;
    len -= 2;
    good = take(protocol, (const char *)bytes, len, 0, &whole, &why_whole);
    if (take(protocol, (const char *)bytes, len, seed, &cut, &why_cut) != good)
        abort();
    if (good && memcmp(&whole, &cut, offsetof(struct bounds, line)) != 0)
        abort();
    return 0;
}
