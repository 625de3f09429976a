#include "pgp/pgp_armor.h"

#include <string.h>

#define BEGIN SPAN("-----BEGIN PGP ")
#define END SPAN("-----END PGP ")
#define DASHES SPAN("-----")

bool pgp_armor_is(struct span text)
{
    return span_starts(span_trim(text), BEGIN);
}

/* "Version: x", "Comment:": a header field of the armor, which base64 cannot look like. */
static bool is_header(struct span line)
{
    return span_find_char(line, ':', 0) != SPAN_NOWHERE;
}

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct decoder {
    char *at;
    size_t len;
    uint32_t bits;
    unsigned digits;
    bool ended; /* padding was there; nothing may follow */
};

static bool decode_line(struct decoder *decoder, struct span line)
{
    for (size_t i = 0; i < line.len; i++) {
        int digit = digit_of(line.at[i]);

        if (line.at[i] == ' ' || line.at[i] == '\t')
            continue;
        if (line.at[i] == '=') {
            decoder->ended = true;
            continue;
        }
        if (digit < 0 || decoder->ended)
            return false;
        decoder->bits = (decoder->bits << 6 | (uint32_t)digit) & 0xffffff;
        decoder->digits++;
        if (decoder->digits % 4 == 0) {
            decoder->at[decoder->len++] = (char)(decoder->bits >> 16);
            decoder->at[decoder->len++] = (char)(decoder->bits >> 8);
            decoder->at[decoder->len++] = (char)decoder->bits;
        }
    }
    return true;
}

static bool decode_end(struct decoder *decoder)
{
    switch (decoder->digits % 4) {
    case 2:
        decoder->at[decoder->len++] = (char)(decoder->bits >> 4);
        return true;
    case 3:
        decoder->at[decoder->len++] = (char)(decoder->bits >> 10);
        decoder->at[decoder->len++] = (char)(decoder->bits >> 2);
        return true;
    default:
        return decoder->digits % 4 == 0;
    }
}

/* "=njUN" alone on a line: the checksum, or the padding that a gateway put on a line of its own. */
static bool is_checksum(struct span line)
{
    return line.len == 5 && line.at[0] == '=';
}

bool pgp_armor_decode(struct span text, struct arena *arena, struct pgp_armor *armor)
{
    struct span rest = span_trim(text), line, next;
    struct decoder decoder = { 0 };
    bool in_header = true;

    *armor = (struct pgp_armor) { .cut = true };
    if (!span_line(&rest, &line) || !span_starts(line, BEGIN))
        return false;
    line = span_trim(line);
    if (!span_ends_nocase(line, DASHES) || line.len < BEGIN.len + DASHES.len)
        return false;
    armor->label = span_part(line, BEGIN.len, line.len - DASHES.len);
    decoder.at = arena_alloc(arena, rest.len / 4 * 3 + 3);
    next = rest;
    while (span_line(&next, &line)) {
        line = span_trim(line);
        if (span_starts(line, DASHES)) {
            armor->cut = !span_starts(line, END);
            rest = next;
            break;
        }
        rest = next;
        if (in_header && line.len && is_header(line))
            continue;
        if (in_header && !line.len) {
            in_header = decoder.digits > 0;
            continue;
        }
        in_header = false;
        if (!is_checksum(line) && !decode_line(&decoder, line))
            return false;
    }
    if (!decode_end(&decoder))
        return false;
    armor->bytes = (struct span) { decoder.at, decoder.len };
    armor->rest = rest;
    return true;
}
