/* buf.h - bytes that grow at their end, in an arena. */
#ifndef BUF_H
#define BUF_H

#include "base/arena.h"

/* Starts as { .arena = arena }. What it holds is always followed by a NUL once something was added.
 */
struct buf {
    struct arena *arena;
    char *at;
    size_t len, size;
};

void buf_add(struct buf *buf, struct span bytes);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) LIKE_PRINTF(2, 3);
struct span buf_span(const struct buf *buf); /* valid until the next addition */
const char *buf_string(struct buf *buf); /* the same as a C string, "" when empty */

#endif
