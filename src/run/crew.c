#include "run/crew.h"

#include "base/file.h"
#include "run/wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    MOST_WORKERS = 16,
    USUAL_MOST = 4,
    WAITING = 8, /* results for each worker that may wait for an earlier one */
    AHEAD = 3, /* mails that a worker has been given at most, with the one that it reads */
    AHEAD_BYTES = 64 * 1024, /* all but the first: these fit into a socket that nobody reads */
    START = 'S', /* to a worker: the keys */
    WORK = 'W', /* to it: a mail */
    READ = 'R', /* from it: the message */
    FAILED = 'F', /* from it: an error */
};

struct worker {
    pid_t pid;
    int fd; /* -1 once it is gone */
    size_t mails[AHEAD], given; /* what it reads, and what lies ready for it */
    size_t ahead_bytes; /* of those but the first */
};

struct crew {
    struct worker workers[MOST_WORKERS];
    size_t count;
    size_t started; /* the first ones, which have the keys */
};

/* ---- frames: a length, a kind and bytes ---- */

static bool send_frame(int fd, char kind, struct span bytes)
{
    struct arena *arena = arena_new();
    struct buf head = { .arena = arena };
    bool done;

    wire_put_number(&head, bytes.len + 1);
    buf_char(&head, kind);
    done = file_write_all(fd, buf_span(&head)) && file_write_all(fd, bytes);
    arena_free(&arena);
    return done;
}

static bool read_exactly(int fd, char *to, size_t len)
{
    while (len) {
        ssize_t got = read(fd, to, len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        len -= (size_t)got;
    }
    return true;
}

static bool receive_frame(int fd, struct arena *arena, char *kind, struct span *bytes)
{
    char head[9], *at;
    struct wire wire = { .rest = { head, sizeof head } };
    size_t len;

    if (!read_exactly(fd, head, sizeof head))
        return false;
    len = (size_t)wire_take_number(&wire) - 1;
    *kind = head[sizeof head - 1];
    at = arena_alloc(arena, len + 1);
    *bytes = (struct span) { at, len };
    return read_exactly(fd, at, len);
}

/* ---- a worker ---- */

struct desk_of_worker {
    const struct jailed_limits *limits;
    struct jail *jail;
    struct pgp *pgp;
    struct err broken; /* why jail or pgp could not be opened */
};

static void put_err(struct buf *buf, const struct err *err)
{
    wire_put_number(buf, err->scope);
    wire_put_number(buf, (uint64_t)err->exit_code);
    wire_put_span(buf, span_of(err->text));
}

static const char *text_or_null(struct wire *wire)
{
    struct span text = wire_take_span(wire);

    return text.len ? arena_text(wire->arena, text) : NULL;
}

static void take_keys(struct desk_of_worker *desk, struct wire *wire)
{
    struct pgp_options options = { 0 };

    options.home = text_or_null(wire);
    options.passphrase = text_or_null(wire);
    options.foreign = wire_take_number(wire) != 0;
    options.timeout_s = (int)wire_take_number(wire);
    options.largest_plain = (size_t)wire_take_number(wire);
    if (desk->jail && !pgp_open(&options, &desk->pgp, &desk->broken))
        desk->pgp = NULL;
}

static bool do_work(struct desk_of_worker *desk, struct span raw, struct arena *arena, int fd)
{
    struct buf reply = { .arena = arena };
    struct message message;
    struct err err = desk->broken;

    if (desk->pgp && jailed_read(desk->jail, desk->pgp, desk->limits, raw, arena, &message, &err))
        return send_frame(fd, READ, message_to_json(&message, NULL, arena));
    err_at(&err, "open");
    put_err(&reply, &err);
    return send_frame(fd, FAILED, buf_span(&reply));
}

/* Works until the parent hangs up, however that comes: then it still puts its things away. */
static _Noreturn void be_worker(const struct jailed_limits *limits, int fd)
{
    struct desk_of_worker desk = { .limits = limits };
    struct arena *arena = arena_new();
    struct span bytes;
    char kind;

    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    if (!jailed_start(limits, &desk.jail, &desk.broken))
        desk.jail = NULL;
    while (receive_frame(fd, arena, &kind, &bytes)) {
        if (kind == START)
            take_keys(&desk, &(struct wire) { .rest = bytes, .arena = arena });
        else if (!do_work(&desk, bytes, arena, fd))
            break;
        arena_reset(arena);
    }
    pgp_close(&desk.pgp);
    jail_close(&desk.jail);
    arena_free(&arena);
    _exit(0);
}

/* ---- the crew ---- */

/* One more than there are processors, since each waits now and then for its gpg and its agent to
 * hand over to one another. */
static size_t usual_workers(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    return 1 + (processors < 1 ? 1 : processors > USUAL_MOST ? USUAL_MOST : (size_t)processors);
}

static bool hire(struct crew *crew, const struct jailed_limits *limits, struct err *err)
{
    struct worker *worker = &crew->workers[crew->count];
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return err_exit(err, ERR_RUN, EX_OSERR, "worker: %s", strerror(errno));
    *worker = (struct worker) { .fd = ends[0], .pid = fork() };
    if (worker->pid == 0) {
        /* The others would not see the parent hang up while a copy of its end is open here. */
        for (size_t i = 0; i <= crew->count; i++)
            close(crew->workers[i].fd);
        be_worker(limits, ends[1]);
    }
    close(ends[1]);
    if (worker->pid < 0) {
        close(ends[0]);
        return err_exit(err, ERR_RUN, EX_OSERR, "worker: %s", strerror(errno));
    }
    crew->count++;
    return true;
}

bool crew_open(unsigned workers, size_t most, const struct jailed_limits *limits,
    struct crew **crew, struct err *err)
{
    size_t wanted = workers ? workers : usual_workers();
    struct crew *made = calloc(1, sizeof *made);

    assert(made);
    if (most && wanted > most)
        wanted = most;
    if (wanted > MOST_WORKERS)
        wanted = MOST_WORKERS;
    while (made->count < wanted)
        if (!hire(made, limits, err)) {
            crew_close(&made);
            return false;
        }
    *crew = made;
    return true;
}

void crew_close(struct crew **crew)
{
    struct crew *old = *crew;

    *crew = NULL;
    if (!old)
        return;
    for (size_t i = 0; i < old->count; i++)
        file_close_fd(&old->workers[i].fd);
    for (size_t i = 0; i < old->count; i++)
        while (waitpid(old->workers[i].pid, NULL, 0) < 0 && errno == EINTR)
            ;
    free(old);
}

bool crew_start(struct crew *crew, const struct pgp_options *options, size_t mails, struct err *err)
{
    struct arena *arena = arena_new();
    struct buf frame = { .arena = arena };
    bool done = true;

    wire_put_span(&frame, span_of(options->home));
    wire_put_span(&frame, span_of(options->passphrase));
    wire_put_number(&frame, options->foreign);
    wire_put_number(&frame, (uint64_t)options->timeout_s);
    wire_put_number(&frame, options->largest_plain);
    crew->started = mails < crew->count ? mails : crew->count;
    for (size_t i = 0; i < crew->started; i++)
        done = send_frame(crew->workers[i].fd, START, buf_span(&frame)) && done;
    arena_free(&arena);
    return done || err_exit(err, ERR_RUN, EX_OSERR, "worker: %s", strerror(errno));
}

/* ---- an errand ---- */

/* The result of one mail while an earlier one is not there yet. */
struct result {
    bool there;
    struct arena *arena;
    struct span raw; /* the mail, until a worker reads it */
    char kind; /* of the reply; 0 when there is none */
    struct span reply;
    struct err why; /* when it was not read */
};

struct errand {
    struct crew *crew;
    const struct crew_errand *what;
    struct result *results; /* a ring of window */
    size_t window, next, taken; /* mails loaded, mails taken */
    size_t held[MOST_WORKERS * AHEAD]; /* mails that are loaded and with no worker */
    size_t held_count;
};

static struct result *result_of(struct errand *errand, size_t mail)
{
    return &errand->results[mail % errand->window];
}

static void fail_mail(struct errand *errand, size_t mail, const struct err *why)
{
    struct result *result = result_of(errand, mail);

    result->why = *why;
    result->kind = 0;
    result->there = true;
}

/* Only the mail that it was reading is lost with a worker: the others go to the next one. */
static void lose(struct errand *errand, struct worker *worker)
{
    struct err why = { 0 };

    err_set(&why, ERR_SERVICE, "the worker that read it ended");
    file_close_fd(&worker->fd);
    if (worker->given)
        fail_mail(errand, worker->mails[0], &why);
    for (size_t i = worker->given; i-- > 1;)
        errand->held[errand->held_count++] = worker->mails[i];
    worker->given = 0;
}

/* The mail to be given out next, loaded. */
static bool hold_one(struct errand *errand)
{
    while (!errand->held_count && errand->next < errand->what->count
        && errand->next < errand->taken + errand->window) {
        size_t mail = errand->next++;
        struct result *result = result_of(errand, mail);
        struct err why = { 0 };

        *result = (struct result) { .arena = arena_new() };
        if (errand->what->load(errand->what->ctx, mail, result->arena, &result->raw, &why))
            errand->held[errand->held_count++] = mail;
        else
            fail_mail(errand, mail, &why);
    }
    return errand->held_count > 0;
}

/* The worker reads it now: what was kept of it can go. */
static void let_go(struct result *result)
{
    result->raw = (struct span) { 0 };
    arena_reset(result->arena);
}

/* Gives it the mail that is held, unless it would have to wait until the worker reads it. */
static bool give_out(struct errand *errand, struct worker *worker)
{
    size_t mail = errand->held[errand->held_count - 1];
    struct result *result = result_of(errand, mail);

    if (worker->given && worker->ahead_bytes + result->raw.len > AHEAD_BYTES)
        return false;
    errand->held_count--;
    worker->mails[worker->given++] = mail;
    if (!send_frame(worker->fd, WORK, result->raw)) {
        lose(errand, worker);
        return true;
    }
    if (worker->given == 1)
        let_go(result);
    else
        worker->ahead_bytes += result->raw.len;
    return true;
}

static void hear(struct errand *errand, struct worker *worker)
{
    struct result *result = result_of(errand, worker->mails[0]);

    if (!receive_frame(worker->fd, result->arena, &result->kind, &result->reply)) {
        lose(errand, worker);
        return;
    }
    result->there = true;
    worker->given--;
    memmove(worker->mails, worker->mails + 1, worker->given * sizeof *worker->mails);
    if (!worker->given)
        return;
    worker->ahead_bytes -= result_of(errand, worker->mails[0])->raw.len;
    let_go(result_of(errand, worker->mails[0]));
}

static void take_err(struct wire *wire, struct err *err)
{
    enum err_scope scope = (enum err_scope)wire_take_number(wire);
    int exit_code = (int)wire_take_number(wire);

    err_exit(err, scope, exit_code, "%s", arena_text(wire->arena, wire_take_span(wire)));
}

static bool hand_over(struct errand *errand, struct result *result, struct err *err)
{
    struct wire wire = { .rest = result->reply, .arena = result->arena };
    struct message message;
    bool done = result->kind == READ
        && message_from_json(result->reply, result->arena, &message, &result->why);

    if (result->kind == FAILED)
        take_err(&wire, &result->why);
    return errand->what->take(
        errand->what->ctx, errand->taken, result->arena, done ? &message : NULL, &result->why, err);
}

/* Hands over the next one in order. */
static bool take_result(struct errand *errand, struct err *err)
{
    struct result *result = result_of(errand, errand->taken);
    bool done = hand_over(errand, result, err);

    arena_free(&result->arena);
    *result = (struct result) { 0 };
    errand->taken++;
    return done;
}

/* Every worker has one before anyone has two; without any worker, mails fail. */
static void give_to_all(struct errand *errand)
{
    struct err why = { 0 };
    size_t alive = 0;

    for (size_t given = 0; given < AHEAD; given++)
        for (size_t i = 0; i < errand->crew->started; i++) {
            struct worker *worker = &errand->crew->workers[i];

            if (worker->fd >= 0 && worker->given == given
                && (!hold_one(errand) || !give_out(errand, worker)))
                return;
        }
    for (size_t i = 0; i < errand->crew->started; i++)
        alive += errand->crew->workers[i].fd >= 0;
    err_set(&why, ERR_SERVICE, "all workers have ended");
    while (!alive && hold_one(errand))
        fail_mail(errand, errand->held[--errand->held_count], &why);
}

/* Takes what workers have ready; waits until one has, if told so. */
static void hear_all(struct errand *errand, bool wait)
{
    struct pollfd ready[MOST_WORKERS];
    struct worker *busy[MOST_WORKERS];
    nfds_t count = 0;

    for (size_t i = 0; i < errand->crew->started; i++)
        if (errand->crew->workers[i].given) {
            busy[count] = &errand->crew->workers[i];
            ready[count] = (struct pollfd) { .fd = busy[count]->fd, .events = POLLIN };
            count++;
        }
    if (!count || poll(ready, count, wait ? -1 : 0) <= 0)
        return;
    for (nfds_t i = 0; i < count; i++)
        if (ready[i].revents)
            hear(errand, busy[i]);
}

bool crew_run(struct crew *crew, const struct crew_errand *what, struct err *err)
{
    struct errand errand = { .crew = crew, .what = what, .window = crew->count * WAITING };
    bool done = true;

    errand.results = calloc(errand.window, sizeof *errand.results);
    assert(errand.results);
    while (done && errand.taken < what->count) {
        bool there;

        give_to_all(&errand);
        there = result_of(&errand, errand.taken)->there;
        hear_all(&errand, !there);
        if (there)
            done = take_result(&errand, err);
    }
    for (size_t i = 0; i < errand.window; i++)
        arena_free(&errand.results[i].arena);
    free(errand.results);
    return done;
}
