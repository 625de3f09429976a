#include "mime/transfer.h"

#include "base/buf.h"

#include <string.h>

static const struct {
    const char *word;
    enum transfer transfer;
} words[] = { { "", TRANSFER_NONE }, { "7bit", TRANSFER_NONE }, { "8bit", TRANSFER_NONE },
    { "binary", TRANSFER_NONE }, { "7-bit", TRANSFER_NONE }, { "8-bit", TRANSFER_NONE },
    { "none", TRANSFER_NONE }, { "base64", TRANSFER_BASE64 }, { "base-64", TRANSFER_BASE64 },
    { "b64", TRANSFER_BASE64 }, { "quoted-printable", TRANSFER_QP },
    { "quotedprintable", TRANSFER_QP }, { "quoted_printable", TRANSFER_QP }, { "qp", TRANSFER_QP },
    { "uuencode", TRANSFER_UU }, { "x-uuencode", TRANSFER_UU }, { "x-uue", TRANSFER_UU },
    { "uue", TRANSFER_UU } };

enum transfer transfer_of(struct span word)
{
    word = span_trim(word);
    for (size_t i = 0; i < word.len; i++)
        if (strchr("; \t\r\n(,", word.at[i]))
            word.len = i;
    if (word.len >= 2 && word.at[0] == '"')
        word = span_part(word, 1, word.len - (word.at[word.len - 1] == '"'));
    for (size_t i = 0; i < COUNT(words); i++)
        if (span_equal_nocase(word, span_of(words[i].word)))
            return words[i].transfer;
    return TRANSFER_UNKNOWN;
}

static int sextet(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* What follows the padding: more base64 (pieces that were encoded one by one), or a text that a
 * gateway or list put behind it, which is not ours to decode. */
static bool goes_on(struct span rest)
{
    size_t letters = 0;

    for (size_t i = 0; i < rest.len && i < 256 && letters < 64; i++) {
        unsigned char c = (unsigned char)rest.at[i];

        if (c == '\r' || c == '\n')
            continue;
        if (sextet(c) < 0 && c != '=')
            return false;
        letters++;
    }
    return letters > 0 && letters % 4 == 0;
}

static struct span from_base64(struct span bytes, struct arena *arena, bool *odd)
{
    char *out = arena_alloc(arena, bytes.len / 4 * 3 + 4);
    size_t len = 0;
    uint32_t group = 0;
    int have = 0, pads = 0;

    bytes = span_trim(bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.at[i];
        int value = sextet(c);

        if (value >= 0) {
            group = group << 6 | (uint32_t)value;
            if (c == '-' || c == '_')
                *odd = true;
            if (++have == 4) {
                out[len++] = (char)(group >> 16);
                out[len++] = (char)(group >> 8);
                out[len++] = (char)group;
                group = 0;
                have = 0;
            }
        } else if (c == '=') {
            if (have == 3) {
                out[len++] = (char)(group >> 10);
                out[len++] = (char)(group >> 2);
            } else if (have == 2)
                out[len++] = (char)(group >> 4);
            else
                *odd = true;
            if (have == 2 && i + 1 < bytes.len && bytes.at[i + 1] == '=')
                i++;
            group = 0;
            have = 0;
            if (i + 1 < bytes.len) {
                *odd = true;
                if (++pads > 1000 || !goes_on(span_part(bytes, i + 1, bytes.len)))
                    break;
            }
        } else if (c != '\r' && c != '\n' && c != ' ' && c != '\t')
            *odd = true;
    }
    if (have) {
        *odd = true;
        if (have == 3) {
            out[len++] = (char)(group >> 10);
            out[len++] = (char)(group >> 2);
        } else if (have == 2)
            out[len++] = (char)(group >> 4);
    }
    return (struct span) { out, len };
}

static int hex(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct span from_qp(struct span bytes, struct arena *arena, bool *odd)
{
    char *out = arena_alloc(arena, bytes.len + 1);
    size_t len = 0, kept = 0; /* kept: up to where blanks are not at the end of a line */

    for (size_t i = 0; i < bytes.len;) {
        unsigned char c = (unsigned char)bytes.at[i];

        if (c == '=') {
            size_t end = i + 1;

            if (i + 2 < bytes.len && hex((unsigned char)bytes.at[i + 1]) >= 0
                && hex((unsigned char)bytes.at[i + 2]) >= 0) {
                out[len++] = (char)(hex((unsigned char)bytes.at[i + 1]) << 4
                    | hex((unsigned char)bytes.at[i + 2]));
                kept = len;
                i += 3;
                continue;
            }
            while (end < bytes.len && (bytes.at[end] == ' ' || bytes.at[end] == '\t'))
                end++;
            if (end < bytes.len && bytes.at[end] == '\r')
                end++;
            if (end >= bytes.len || bytes.at[end] == '\n') { /* a soft line break */
                i = end < bytes.len ? end + 1 : end;
                kept = len;
                continue;
            }
            *odd = true;
        } else if (c == '\n') {
            bool cr = len > kept && out[len - 1] == '\r';

            /* RFC 2045, 6.7 (3): blanks at the end of a line were added on the way. */
            len -= cr;
            while (len > kept && (out[len - 1] == ' ' || out[len - 1] == '\t'))
                len--;
            if (cr)
                out[len++] = '\r';
            out[len++] = '\n';
            kept = len;
            i++;
            continue;
        }
        out[len++] = (char)c;
        i++;
        if (c != ' ' && c != '\t' && c != '\r')
            kept = len;
    }
    return (struct span) { out, len };
}

static struct span from_uu(struct span bytes, struct arena *arena, bool *odd)
{
    char *out = arena_alloc(arena, bytes.len + 4);
    size_t len = 0;
    struct span rest = bytes, line;
    bool begun = false, ended = false;

    while (!ended && span_line(&rest, &line)) {
        size_t want, at = 1;

        if (!begun) {
            begun = span_starts(line, SPAN("begin "));
            continue;
        }
        if (span_equal(span_trim(line), SPAN("end"))) {
            ended = true;
            continue;
        }
        if (line.len == 0)
            continue;
        want = ((unsigned char)line.at[0] - 32) & 63;
        for (size_t made = 0; made < want; at += 4) {
            uint32_t group = 0;

            for (size_t j = 0; j < 4; j++)
                group = group << 6
                    | (at + j < line.len ? ((unsigned char)line.at[at + j] - 32U) & 63 : 0);
            if (at >= line.len) {
                *odd = true;
                break;
            }
            for (int shift = 16; shift >= 0 && made < want; shift -= 8, made++)
                out[len++] = (char)(group >> shift);
        }
    }
    if (!begun) {
        *odd = true;
        return bytes;
    }
    if (!ended)
        *odd = true;
    return (struct span) { out, len };
}

struct span transfer_decode(
    struct span bytes, enum transfer transfer, struct arena *arena, bool *odd)
{
    switch (transfer) {
    case TRANSFER_BASE64:
        return from_base64(bytes, arena, odd);
    case TRANSFER_QP:
        return from_qp(bytes, arena, odd);
    case TRANSFER_UU:
        return from_uu(bytes, arena, odd);
    case TRANSFER_UNKNOWN:
        *odd = true;
        return bytes;
    case TRANSFER_NONE:
        break;
    }
    return bytes;
}

static bool is_base64(char c)
{
    return c != '-' && c != '_' && (c == '=' || sextet((unsigned char)c) >= 0);
}

enum { PLAIN_SAMPLE = 4096, LINE_SURE = 40, LINE_LEAST = 8 };

bool transfer_is_plain(struct span bytes)
{
    size_t foreign = 0, i = 0;

    bytes = span_trim(bytes);
    if (span_starts(bytes, SPAN("-----BEGIN PGP ")))
        return true;
    while (i < bytes.len && is_base64(bytes.at[i]))
        i++;
    if (i >= LINE_LEAST && i % 4 == 0 && (i == bytes.len || strchr("\r\n", bytes.at[i])))
        return false;
    for (i = 0; i < bytes.len && i < PLAIN_SAMPLE && bytes.at[i] != '='; i++)
        foreign += !is_base64(bytes.at[i]) && bytes.at[i] != '\r' && bytes.at[i] != '\n';
    return foreign * 12 > i;
}

struct span transfer_tail(struct span bytes)
{
    struct span rest = bytes, line, tail = { NULL, 0 };
    bool begun = false;

    while (span_line(&rest, &line)) {
        struct span text = span_trim(line);
        size_t good = 0;

        while (good < text.len && is_base64(text.at[good]))
            good++;
        if (good == text.len && (text.len >= LINE_SURE || (text.len && !begun))) {
            begun = true;
            tail.len = 0;
        } else if (begun && good < text.len && !tail.len)
            tail = span_part(bytes, (size_t)(line.at - bytes.at), bytes.len);
    }
    return tail;
}
