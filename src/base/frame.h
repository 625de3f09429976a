/*
 * frame.h - numbered pieces of bytes between two processes of ours, over a socket or pipe.
 *
 * Small ones are gathered and go out together, at the latest before the next one is waited for.
 * Who reads checks: a kind and a length are given, what they mean is the reader's to judge.
 */
#ifndef FRAME_H
#define FRAME_H

#include "base/span.h"

enum { FRAME_MOST = 64 * 1024 }; /* bytes in one */

struct frames;

struct frames *frames_new(int fd); /* keeps fd, which frames_free closes */
void frames_free(struct frames **frames); /* what was not flushed is lost; NULL inside is fine */

/* False when the other end is gone. At most FRAME_MOST bytes. */
bool frames_put(struct frames *frames, uint8_t kind, struct span bytes) MUST_USE;
bool frames_flush(struct frames *frames) MUST_USE;

enum frames_got {
    FRAMES_BROKEN, /* it says what no frame looks like */
    FRAMES_END, /* the other end is gone, at whatever byte */
    FRAMES_LATE, /* nothing whole within the time */
    FRAMES_ONE,
};

/* Flushes, then waits at most wait_ms for a frame; bytes are valid until the next call. */
enum frames_got frames_get(
    struct frames *frames, int64_t wait_ms, uint8_t *kind, struct span *bytes);

#endif
