/* Whatever another process of ours writes in place of frames: it is read in bounds, and what
 * frames_put makes of what was read comes back the same. */
#include "base/frame.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Sends the bytes and closes that end, so that nothing is waited for. */
static struct frames *frames_of(const void *bytes, size_t len, int *other)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        abort();
    if (len && write(ends[1], bytes, len) != (ssize_t)len)
        abort();
    if (other)
        *other = ends[1];
    else
        close(ends[1]);
    return frames_new(ends[0]);
}

/* Over one line that stays: making one costs more than all else here. */
static void put_and_get(uint8_t kind, struct span bytes)
{
    static struct frames *from, *to;
    struct span got;
    uint8_t got_kind;
    int other;

    if (!from) {
        from = frames_of(NULL, 0, &other);
        to = frames_new(other);
    }
    if (!frames_put(from, kind, bytes) || !frames_flush(from)
        || frames_get(to, 1000, &got_kind, &got) != FRAMES_ONE || got_kind != kind
        || !span_equal(got, bytes))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct frames *frames;
    struct span got;
    uint8_t kind;
    size_t seen = 0;
    enum frames_got end;

    if (len > 64 * 1024) /* what the socket holds without a reader */
        return 0;
    frames = frames_of(bytes, len, NULL);
    while ((end = frames_get(frames, 1000, &kind, &got)) == FRAMES_ONE) {
        if (got.len > FRAME_MOST || seen + 5 + got.len > len || bytes[seen] != kind
            || (got.len && memcmp(bytes + seen + 5, got.at, got.len) != 0))
            abort();
        seen += 5 + got.len;
        put_and_get(kind, got);
    }
    if (end == FRAMES_LATE)
        abort();
    frames_free(&frames);
    return 0;
}
