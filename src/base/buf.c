#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void make_room(struct buf *buf, size_t more)
{
    size_t need = buf->len + more + 1;
    size_t size = buf->size ? buf->size : 64;

    if (need <= buf->size)
        return;
    while (size < need)
        size *= 2;
    buf->at = arena_grow(buf->arena, buf->at, buf->size, size);
    buf->size = size;
}

void buf_add(struct buf *buf, struct span bytes)
{
    make_room(buf, bytes.len);
    if (bytes.len)
        memcpy(buf->at + buf->len, bytes.at, bytes.len);
    buf->len += bytes.len;
    buf->at[buf->len] = '\0';
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, span_of(text));
}

void buf_char(struct buf *buf, char c)
{
    buf_add(buf, (struct span) { &c, 1 });
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    make_room(buf, (size_t)len);
    vsnprintf(buf->at + buf->len, (size_t)len + 1, format, again);
    va_end(again);
    buf->len += (size_t)len;
}

struct span buf_span(const struct buf *buf)
{
    return (struct span) { buf->at, buf->len };
}

const char *buf_string(struct buf *buf)
{
    make_room(buf, 0);
    return buf->at;
}
