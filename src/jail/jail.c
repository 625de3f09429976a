#include "jail/jail.h"

#include "base/file.h"
#include "jail/jail_child.h"
#include "jail/jail_frame.h"
#include "jail/jail_spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { STEP = 64 * 1024, LONGEST_REFUSAL = 200, MEBI = 1024 * 1024 };

const struct jail_limits jail_limits_usual = {
    .memory_bytes = (size_t)512 * MEBI,
    .cpu_s = 10,
    .wall_s = 20,
    .question_bytes = (size_t)96 * MEBI,
    .output_bytes = (size_t)64 * MEBI,
    .questions = 200,
};

struct jail {
    int fd; /* to the spawner */
    pid_t spawner;
    struct jail_limits limits;
};

bool jail_open(const struct jail_job *job, const struct jail_limits *limits, struct jail **jail,
    struct err *err)
{
    pid_t parent = getpid();
    struct jail *made;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return err_exit(err, ERR_RUN, EX_OSERR, "jail: %s", strerror(errno));
    made = calloc(1, sizeof *made);
    assert(made);
    *made = (struct jail) { .fd = ends[0], .limits = *limits };
    made->spawner = fork();
    if (made->spawner == 0)
        jail_spawner_run(job, limits, ends[1], parent);
    close(ends[1]);
    *jail = made;
    if (made->spawner > 0)
        return true;
    err_exit(err, ERR_RUN, EX_OSERR, "jail: %s", strerror(errno));
    jail_close(jail);
    return false;
}

void jail_close(struct jail **jail)
{
    struct jail *old = *jail;

    *jail = NULL;
    if (!old)
        return;
    file_close_fd(&old->fd);
    if (old->spawner > 0)
        while (waitpid(old->spawner, NULL, 0) < 0 && errno == EINTR)
            ;
    free(old);
}

/* ---- one child, seen from the parent ---- */

struct child {
    const struct jail_limits *limits;
    int in, out; /* the parent's ends: to the child, from it */
    int64_t left_ms;
    const char *broke; /* how it broke the protocol or a limit; NULL while all is well */
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool broke(struct child *child, const char *how)
{
    if (!child->broke)
        child->broke = how;
    return false;
}

/* Waits for the child; only this time counts as its own. */
static bool wait_for(struct child *child, int fd, short events)
{
    struct pollfd ready = { .fd = fd, .events = events };
    int64_t start = now_ms();
    int got;

    do
        got = poll(&ready, 1, child->left_ms > 0 ? (int)child->left_ms : 0);
    while (got < 0 && errno == EINTR);
    child->left_ms -= now_ms() - start;
    return got == 1 || broke(child, "took longer than it may");
}

/* A child that ended does not read on: that shows in its wait status. */
static bool send_bytes(struct child *child, struct span bytes)
{
    while (bytes.len) {
        ssize_t done;

        if (!wait_for(child, child->in, POLLOUT))
            return false;
        done = write(child->in, bytes.at, bytes.len);
        if (done < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (done < 0)
            return broke(child, "ended too early");
        bytes = span_part(bytes, (size_t)done, bytes.len);
    }
    return true;
}

static bool send_frame(struct child *child, unsigned char type, struct span bytes)
{
    struct jail_head head = { type, 0, bytes.len };
    unsigned char packed[JAIL_HEAD];

    jail_frame_pack(&head, packed);
    return send_bytes(child, (struct span) { (const char *)packed, sizeof packed })
        && send_bytes(child, bytes);
}

/* Up to most bytes; 0 at the end. */
static bool receive_some(struct child *child, char *to, size_t most, size_t *got)
{
    for (;;) {
        ssize_t done;

        if (!wait_for(child, child->out, POLLIN))
            return false;
        done = read(child->out, to, most);
        if (done < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (done < 0)
            return broke(child, "cannot be heard");
        *got = (size_t)done;
        return true;
    }
}

static bool receive_head(struct child *child, struct jail_head *head)
{
    unsigned char packed[JAIL_HEAD];
    size_t len = 0, got = 0;

    while (len < sizeof packed) {
        if (!receive_some(child, (char *)packed + len, sizeof packed - len, &got))
            return false;
        if (!got)
            return broke(child, "ended too early");
        len += got;
    }
    jail_frame_unpack(packed, head);
    return true;
}

/* Memory grows with what really comes. A NUL stands behind it. */
static bool receive_bytes(struct child *child, size_t len, struct arena *arena, struct span *bytes)
{
    char *at = NULL;
    size_t room = 0, have = 0, got = 0;

    do {
        if (have == room || !room) {
            size_t wanted = room ? room * 2 : STEP;

            if (wanted >= len)
                wanted = len + 1;
            at = arena_grow(arena, at, room, wanted);
            room = wanted;
        }
        if (have < len && !receive_some(child, at + have, (room < len ? room : len) - have, &got))
            return false;
        if (have < len && !got)
            return broke(child, "ended too early");
        have += got;
    } while (have < len);
    *bytes = (struct span) { at, len };
    return true;
}

static bool is_at_end(struct child *child)
{
    char byte;
    size_t got;

    return receive_some(child, &byte, 1, &got)
        && (got == 0 || broke(child, "goes on after its result"));
}

/* The most bytes that a frame of this type may have; 0 for a type that a child does not send. */
static size_t most_for(const struct child *child, unsigned char type)
{
    switch (type) {
    case JAIL_QUESTION:
        return child->limits->question_bytes;
    case JAIL_OUTPUT:
        return child->limits->output_bytes;
    case JAIL_REFUSAL:
        return LONGEST_REFUSAL;
    default:
        return 0;
    }
}

static bool receive_frame(
    struct child *child, struct arena *arena, struct jail_head *head, struct span *bytes)
{
    size_t most;

    if (!receive_head(child, head))
        return false;
    most = most_for(child, head->type);
    if (!most)
        return broke(child, "broke the protocol");
    if (head->len > most)
        return broke(child, "gave more than it may");
    return receive_bytes(child, head->len, arena, bytes);
}

/*
 * Talks until the result is there. Gives false with child->broke for what the child did, or with
 * *err when an answer failed or the child refused its input.
 */
static bool talk(struct child *child, struct span input, jail_answer *answer, void *ctx,
    struct arena *arena, struct span *output, struct err *err)
{
    unsigned questions = 0;
    struct jail_head head;
    struct span bytes, reply;

    if (!send_frame(child, JAIL_INPUT, input))
        return false;
    while (receive_frame(child, arena, &head, &bytes)) {
        if (head.type == JAIL_REFUSAL)
            return is_at_end(child) && err_set(err, ERR_MESSAGE, "%.*s", (int)bytes.len, bytes.at);
        if (head.type == JAIL_OUTPUT) {
            *output = bytes;
            return is_at_end(child);
        }
        if (!answer || questions++ >= child->limits->questions)
            return broke(child, "asked more than it may");
        if (!answer(ctx, head.kind, bytes, arena, &reply, err)
            || !send_frame(child, JAIL_ANSWER, reply))
            return false;
    }
    return false;
}

/* What its end tells is told before what the parent saw, which is mostly a consequence. */
static bool explain(const struct child *child, int status, struct err *err)
{
    bool we_ended_it = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return err_exit(err, ERR_MESSAGE, EX_UNAVAILABLE,
            "jail: reading it takes more than %d s of computing", child->limits->cpu_s);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        return err_exit(
            err, ERR_MESSAGE, EX_SOFTWARE, "jail: what reads it tried something forbidden");
    if (WIFSIGNALED(status) && !we_ended_it)
        return err_exit(err, ERR_MESSAGE, EX_SOFTWARE, "jail: what reads it crashed (signal %d)",
            WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status) == EX_OSERR)
        return err_exit(err, ERR_MESSAGE, EX_UNAVAILABLE,
            "jail: reading it takes more than %zu MiB of memory",
            child->limits->memory_bytes / MEBI);
    if (WIFEXITED(status) && WEXITSTATUS(status) == JAIL_END_SETUP)
        return err_set(err, ERR_SERVICE, "jail: a child could not give up its rights");
    return err_exit(err, ERR_MESSAGE, EX_SOFTWARE, "jail: what reads it %s",
        child->broke ? child->broke : "ended in an unknown way");
}

static bool make_pipes(int to_child[2], int from_child[2])
{
    return pipe2(to_child, O_CLOEXEC) == 0 && pipe2(from_child, O_CLOEXEC) == 0
        && fcntl(to_child[1], F_SETFL, O_NONBLOCK) == 0
        && fcntl(from_child[0], F_SETFL, O_NONBLOCK) == 0;
}

static void close_pipe(int (*ends)[2])
{
    file_close_fd(&(*ends)[0]);
    file_close_fd(&(*ends)[1]);
}

bool jail_run(struct jail *jail, struct span input, jail_answer *answer, void *ctx,
    struct arena *arena, struct span *output, struct err *err)
{
    AUTO(close_pipe) int to_child[2] = { -1, -1 };
    AUTO(close_pipe) int from_child[2] = { -1, -1 };
    struct child child = { .limits = &jail->limits, .left_ms = jail->limits.wall_s * 1000LL };
    struct err talk_err = { 0 };
    struct span result = { 0 };
    int status = 0;
    bool done;

    if (!make_pipes(to_child, from_child))
        return err_set(err, ERR_SERVICE, "jail: %s", strerror(errno));
    if (!jail_spawner_ask(jail->fd, to_child[0], from_child[1]))
        return err_set(err, ERR_SERVICE, "jail: the spawner is gone");
    file_close_fd(&to_child[0]);
    file_close_fd(&from_child[1]);
    child.in = to_child[1];
    child.out = from_child[0];
    done = talk(&child, input, answer, ctx, arena, &result, &talk_err);
    if (!jail_spawner_end(jail->fd, &status))
        return err_set(err, ERR_SERVICE, "jail: the spawner is gone");
    if (talk_err.scope) {
        *err = talk_err;
        return false;
    }
    if (!done || !WIFEXITED(status) || WEXITSTATUS(status) != JAIL_END_FINE)
        return explain(&child, status, err);
    *output = result;
    return true;
}
