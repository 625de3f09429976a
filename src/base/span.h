/* span.h - bytes of somebody else's memory: a start and a length, may hold NUL. */
#ifndef SPAN_H
#define SPAN_H

#include "base/base.h"

struct span {
    const char *at; /* may be NULL when len is 0 */
    size_t len;
};

#define SPAN(literal) ((struct span) { (literal), sizeof(literal) - 1 })

struct span span_of(const char *text); /* the bytes of a C string; NULL gives an empty span */
struct span span_part(struct span span, size_t from, size_t to); /* clamped to the span */
struct span span_trim(struct span span); /* without ASCII white space at both ends */
bool span_equal(struct span a, struct span b);
bool span_equal_nocase(struct span a, struct span b); /* ASCII only */
bool span_starts(struct span span, struct span start);
bool span_starts_nocase(struct span span, struct span start);
bool span_ends_nocase(struct span span, struct span end);

#define SPAN_NOWHERE ((size_t)-1)

/* Offset of needle in span at or after from; SPAN_NOWHERE if there is none. */
size_t span_find(struct span span, struct span needle, size_t from);
size_t span_find_nocase(struct span span, struct span needle, size_t from);
size_t span_find_char(struct span span, char c, size_t from);

/*
 * The next line of *rest, without its line end (LF or CRLF), which is taken off *rest.
 * Gives false when *rest is empty.
 */
bool span_line(struct span *rest, struct span *line);

#endif
