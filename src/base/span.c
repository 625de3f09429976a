#include "base/span.h"

#include <string.h>
#include <strings.h>

struct span span_of(const char *text)
{
    return (struct span) { text, text ? strlen(text) : 0 };
}

struct span span_part(struct span span, size_t from, size_t to)
{
    if (to > span.len)
        to = span.len;
    if (from > to)
        from = to;
    return (struct span) { span.at ? span.at + from : NULL, to - from };
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span span_trim(struct span span)
{
    while (span.len && is_blank(span.at[0])) {
        span.at++;
        span.len--;
    }
    while (span.len && is_blank(span.at[span.len - 1]))
        span.len--;
    return span;
}

bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Not strncasecmp: that one stops at a NUL and looks at the locale. */
static bool same_nocase(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];

        if (x >= 'A' && x <= 'Z')
            x += 'a' - 'A';
        if (y >= 'A' && y <= 'Z')
            y += 'a' - 'A';
        if (x != y)
            return false;
    }
    return true;
}

bool span_equal_nocase(struct span a, struct span b)
{
    return a.len == b.len && same_nocase(a.at, b.at, a.len);
}

bool span_starts(struct span span, struct span start)
{
    return span.len >= start.len && (start.len == 0 || memcmp(span.at, start.at, start.len) == 0);
}

bool span_starts_nocase(struct span span, struct span start)
{
    return span_equal_nocase(span_part(span, 0, start.len), start);
}

bool span_ends_nocase(struct span span, struct span end)
{
    return span.len >= end.len
        && span_equal_nocase(span_part(span, span.len - end.len, span.len), end);
}

size_t span_find(struct span span, struct span needle, size_t from)
{
    const char *hit;

    if (from > span.len || needle.len > span.len - from)
        return SPAN_NOWHERE;
    if (needle.len == 0 || !span.at)
        return from;
    hit = memmem(span.at + from, span.len - from, needle.at, needle.len);
    return hit ? (size_t)(hit - span.at) : SPAN_NOWHERE;
}

size_t span_find_nocase(struct span span, struct span needle, size_t from)
{
    for (; from <= span.len && needle.len <= span.len - from; from++)
        if (same_nocase(span.at + from, needle.at, needle.len))
            return from;
    return SPAN_NOWHERE;
}

size_t span_find_char(struct span span, char c, size_t from)
{
    const char *hit;

    if (from >= span.len || !span.at)
        return SPAN_NOWHERE;
    hit = memchr(span.at + from, c, span.len - from);
    return hit ? (size_t)(hit - span.at) : SPAN_NOWHERE;
}

bool span_line(struct span *rest, struct span *line)
{
    size_t end;

    if (rest->len == 0)
        return false;
    end = span_find_char(*rest, '\n', 0);
    if (end == SPAN_NOWHERE) {
        *line = *rest;
        *rest = span_part(*rest, rest->len, rest->len);
        return true;
    }
    *line = span_part(*rest, 0, end);
    if (line->len && line->at[line->len - 1] == '\r')
        line->len--;
    *rest = span_part(*rest, end + 1, rest->len);
    return true;
}
