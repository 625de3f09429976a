#include "outbox/encode.h"

#include <string.h>

enum {
    QUOTED_LINE = 76, /* RFC 2045, 6.7, rule 5, with the '=' of a soft line break */
    BASE64_LINE = 76,
    WORD_BYTES = 42, /* of text in one encoded word: base64 makes 56 of it, at most 75 in all */
    FLOWED_LINE = 72,
};

static const char base64_digits[]
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void quoted_line(struct buf *buf, struct span line)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t column = 0;

    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.at[i];
        bool last = i + 1 == line.len;
        bool plain = (c > ' ' && c < 127 && c != '=') || (!last && (c == ' ' || c == '\t'));

        if (i == 0 && (c == '.' || span_starts(line, SPAN("From "))))
            plain = false;
        if (column + (plain ? 1 : 3) > QUOTED_LINE - (last ? 0 : 1)) {
            buf_text(buf, "=\r\n");
            column = 0;
            if (c == '.')
                plain = false;
        }
        if (plain) {
            buf_char(buf, (char)c);
            column++;
        } else {
            char code[] = { '=', hex[c >> 4], hex[c & 15] };

            buf_add(buf, (struct span) { code, sizeof code });
            column += sizeof code;
        }
    }
    buf_text(buf, "\r\n");
}

void encode_quoted(struct buf *buf, struct span text)
{
    struct span line;

    while (span_line(&text, &line))
        quoted_line(buf, line);
}

static void base64_group(const unsigned char *at, size_t len, char group[static 4])
{
    unsigned bits = (unsigned)at[0] << 16 | (len > 1 ? (unsigned)at[1] << 8 : 0)
        | (len > 2 ? (unsigned)at[2] : 0);

    group[0] = base64_digits[bits >> 18];
    group[1] = base64_digits[bits >> 12 & 63];
    group[2] = '=';
    group[3] = '=';
    if (len > 1)
        group[2] = base64_digits[bits >> 6 & 63];
    if (len > 2)
        group[3] = base64_digits[bits & 63];
}

static void base64_run(struct buf *buf, struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t len = bytes.len - i < 3 ? bytes.len - i : 3;
        char group[4];

        base64_group((const unsigned char *)bytes.at + i, len, group);
        buf_add(buf, (struct span) { group, sizeof group });
    }
}

void encode_base64(struct buf *buf, struct span bytes)
{
    enum { LINE_BYTES = BASE64_LINE / 4 * 3 };

    for (size_t i = 0; i < bytes.len; i += LINE_BYTES) {
        base64_run(buf, span_part(bytes, i, i + LINE_BYTES));
        buf_text(buf, "\r\n");
    }
}

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 127;
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (is_control(*text) || (unsigned char)*text > 127)
            return false;
    return true;
}

/* A copy in which no line can end. */
static char *without_controls(struct arena *arena, const char *text)
{
    char *copy = arena_text(arena, span_of(text));

    for (char *at = copy; *at; at++)
        if (is_control(*at))
            *at = ' ';
    return copy;
}

/* Words of whole characters: RFC 2047, 5 forbids to cut one in two. */
static void encoded_words(struct buf *buf, struct span text)
{
    bool first = true;

    for (size_t at = 0; at < text.len;) {
        size_t to = at + WORD_BYTES < text.len ? at + WORD_BYTES : text.len;

        while (to < text.len && to > at + 1 && ((unsigned char)text.at[to] & 0xC0) == 0x80)
            to--;
        buf_text(buf, first ? "=?utf-8?B?" : "\r\n =?utf-8?B?");
        base64_run(buf, span_part(text, at, to));
        buf_text(buf, "?=");
        first = false;
        at = to;
    }
}

/* Plain words, folded before one that would make the line longer than 78 with "References: ". */
static void folded_words(struct buf *buf, struct span text)
{
    size_t column = 0;

    while (text.len) {
        size_t to = span_find_char(text, ' ', 0);
        struct span word = span_part(text, 0, to == SPAN_NOWHERE ? text.len : to);

        if (column && column + word.len > 60) {
            buf_text(buf, "\r\n ");
            column = 0;
        } else if (column) {
            buf_char(buf, ' ');
        }
        buf_add(buf, word);
        column += word.len + 1;
        text = span_part(text, word.len + 1, text.len);
    }
}

static bool has_long_word(const char *text)
{
    return strlen(text) > 900; /* RFC 5322, 2.1.1: a word that long could break a line of 998 */
}

void encode_text(struct buf *buf, const char *text)
{
    char *copy = without_controls(buf->arena, text);
    struct span span = span_trim(span_of(copy));

    if (!is_plain(copy) || has_long_word(copy) || strstr(copy, "=?"))
        encoded_words(buf, span);
    else
        folded_words(buf, span);
}

void encode_phrase(struct buf *buf, const char *text)
{
    char *copy = without_controls(buf->arena, text);

    if (!is_plain(copy) || strlen(copy) > 60) {
        encoded_words(buf, span_of(copy));
        return;
    }
    buf_char(buf, '"');
    for (; *copy; copy++) {
        if (*copy == '"' || *copy == '\\')
            buf_char(buf, '\\');
        buf_char(buf, *copy);
    }
    buf_char(buf, '"');
}

/* How many characters, not bytes: continuation bytes of UTF-8 take no room. */
static size_t columns(struct span text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return count;
}

/* Where a line is broken: behind the last blank that fits, or behind the first one there is. */
static size_t break_at(struct span line)
{
    size_t best = line.len;

    for (size_t i = 0; i < line.len; i++) {
        if (line.at[i] != ' ')
            continue;
        if (columns(span_part(line, 0, i + 1)) > FLOWED_LINE && best != line.len)
            return best;
        best = i + 1;
        if (columns(span_part(line, 0, i + 1)) > FLOWED_LINE)
            return best;
    }
    return columns(line) > FLOWED_LINE ? best : line.len;
}

static void stuffed(struct buf *buf, struct span line)
{
    if (span_starts(line, SPAN(" ")) || span_starts(line, SPAN(">"))
        || span_starts(line, SPAN("From ")))
        buf_char(buf, ' ');
    buf_add(buf, line);
    buf_char(buf, '\n');
}

static struct span without_end_blanks(struct span line)
{
    while (line.len && (line.at[line.len - 1] == ' ' || line.at[line.len - 1] == '\t'))
        line.len--;
    return line;
}

void encode_flowed(struct buf *buf, struct span text)
{
    struct span line;

    while (span_line(&text, &line)) {
        bool first = true;

        if (span_equal(line, SPAN("-- "))) { /* the signature line keeps its blank: 4.3 */
            stuffed(buf, line);
            continue;
        }
        line = without_end_blanks(line);
        while (line.len || first) {
            size_t to = break_at(line);

            stuffed(buf, span_part(line, 0, to));
            line = span_part(line, to, line.len);
            first = false;
        }
    }
}

void encode_lines(struct buf *buf, struct span text)
{
    struct span line;

    while (span_line(&text, &line)) {
        buf_add(buf, line);
        buf_text(buf, "\r\n");
    }
}
