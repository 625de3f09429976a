/* jail.h - runs what parses bytes of a message in a child process that has nothing: no file, no
 * network, no key, no exec; only its two pipes. */
#ifndef JAIL_H
#define JAIL_H

#include "base/arena.h"
#include "base/err.h"

/*
 * "No key" has to be true of the child's memory too, so it is not forked from the process that
 * holds the keys: jail_open() forks a spawner at program start, before any secret is read, and each
 * child is forked from that (0.4 ms a child; executing ourselves anew would take ten times that).
 * Each message gets a fresh child, so none sees what was left of another. When a child crashes,
 * loops, floods or breaks the protocol, only its message fails.
 */
struct jail;

/* In the child: the line to the parent. */
struct jail_line;

struct jail_job {
    /* Runs once in the spawner, with files still open to it: warms what work needs. May be NULL. */
    void *(*prepare)(void);
    /*
     * Runs in the child. Gives the result in *output; false with err->text when the input cannot be
     * worked on.
     */
    bool (*work)(void *prepared, struct span input, struct jail_line *line, struct arena *arena,
        struct span *output, struct err *err);
};

struct jail_limits {
    size_t memory_bytes; /* address space beyond what the spawner has */
    int cpu_s; /* processor time of a child */
    int wall_s; /* time of a child without the time that answers take */
    size_t question_bytes; /* the largest question */
    size_t output_bytes; /* the largest result */
    unsigned questions; /* for one input */
};

extern const struct jail_limits jail_limits_usual;

/*
 * Forks the spawner. Call it first thing: before secrets are read, before threads start. The caller
 * ignores SIGPIPE. Fails with ERR_RUN.
 */
bool jail_open(const struct jail_job *job, const struct jail_limits *limits, struct jail **jail,
    struct err *err) MUST_USE;
void jail_close(struct jail **jail); /* NULL inside is fine */

/*
 * Answers one question in the parent. The question is the child's word, to be checked like any
 * input. false ends the child, and jail_run fails with the same err.
 */
typedef bool jail_answer(void *ctx, unsigned char kind, struct span question, struct arena *arena,
    struct span *answer, struct err *err);

/*
 * Runs job->work on input in a new child. *output is in the arena, and input to be checked too.
 * Fails with ERR_MESSAGE when the child could not do it, crashed (EX_SOFTWARE) or broke a limit
 * (EX_UNAVAILABLE); with ERR_SERVICE
 * when no child can be started.
 */
bool jail_run(struct jail *jail, struct span input, jail_answer *answer, void *ctx,
    struct arena *arena, struct span *output, struct err *err) MUST_USE;

/*
 * Asks the parent from within work; the answer is in the arena. Does not return when the parent has
 * hung up: the child ends.
 */
struct span jail_ask(
    struct jail_line *line, unsigned char kind, struct span question, struct arena *arena);

#endif
