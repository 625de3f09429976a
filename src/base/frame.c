#include "base/frame.h"

#include "base/file.h"
#include "base/steady.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { HEAD = 5, ROOM = 2 * (FRAME_MOST + HEAD) }; /* kind, length in four bytes */

struct frames {
    int fd;
    size_t out_len;
    size_t in_from, in_to; /* what was read and not yet given */
    char out[ROOM], in[ROOM];
};

struct frames *frames_new(int fd)
{
    struct frames *frames = calloc(1, sizeof(*frames));

    if (!frames) {
        fputs("meldpost: out of memory\n", stderr);
        exit(EX_OSERR);
    }
    frames->fd = fd;
    return frames;
}

void frames_free(struct frames **frames)
{
    if (!*frames)
        return;
    close((*frames)->fd);
    explicit_bzero(*frames, sizeof(**frames));
    free(*frames);
    *frames = NULL;
}

bool frames_flush(struct frames *frames)
{
    struct span out = { frames->out, frames->out_len };

    frames->out_len = 0;
    return out.len == 0 || file_write_all(frames->fd, out);
}

bool frames_put(struct frames *frames, uint8_t kind, struct span bytes)
{
    char *at;

    assert(bytes.len <= FRAME_MOST);
    if (frames->out_len + HEAD + bytes.len > ROOM && !frames_flush(frames))
        return false;
    at = frames->out + frames->out_len;
    at[0] = (char)kind;
    for (int i = 0; i < 4; i++)
        at[1 + i] = (char)(bytes.len >> (24 - 8 * i) & 0xff);
    if (bytes.len > 0)
        memcpy(at + HEAD, bytes.at, bytes.len);
    frames->out_len += HEAD + bytes.len;
    return true;
}

/* Takes a whole frame off what was read, if one is there. */
static enum frames_got take(struct frames *frames, uint8_t *kind, struct span *bytes)
{
    const unsigned char *at = (const unsigned char *)frames->in + frames->in_from;
    size_t have = frames->in_to - frames->in_from, len = 0;

    if (have < HEAD)
        return FRAMES_LATE;
    for (int i = 0; i < 4; i++)
        len = len << 8 | at[1 + i];
    if (len > FRAME_MOST)
        return FRAMES_BROKEN;
    if (have < HEAD + len)
        return FRAMES_LATE;
    *kind = at[0];
    *bytes = (struct span) { (const char *)at + HEAD, len };
    frames->in_from += HEAD + len;
    return FRAMES_ONE;
}

static enum frames_got more(struct frames *frames, int64_t until_ms)
{
    struct pollfd wait = { .fd = frames->fd, .events = POLLIN };
    int64_t left = until_ms - steady_ms();
    ssize_t got;

    if (frames->in_from > 0) {
        memmove(frames->in, frames->in + frames->in_from, frames->in_to - frames->in_from);
        frames->in_to -= frames->in_from;
        frames->in_from = 0;
    }
    if (left <= 0)
        return FRAMES_LATE;
    if (poll(&wait, 1, (int)(left > 60000 ? 60000 : left)) <= 0)
        return FRAMES_ONE;
    got = read(frames->fd, frames->in + frames->in_to, ROOM - frames->in_to);
    if (got > 0)
        frames->in_to += (size_t)got;
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN)) ? FRAMES_ONE : FRAMES_END;
}

enum frames_got frames_get(
    struct frames *frames, int64_t wait_ms, uint8_t *kind, struct span *bytes)
{
    int64_t until_ms = steady_ms() + wait_ms;

    if (!frames_flush(frames))
        return FRAMES_END;
    for (;;) {
        enum frames_got got = take(frames, kind, bytes);

        if (got != FRAMES_LATE)
            return got;
        got = more(frames, until_ms);
        if (got != FRAMES_ONE)
            return got;
    }
}
