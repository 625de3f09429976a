/*
 * worker.h - a process of its own for a dialogue with a server: it has what it was given, and may
 * die at any byte. What it says is input to be checked.
 */
#ifndef WORKER_H
#define WORKER_H

#include "base/err.h"
#include "base/frame.h"

#include <sys/types.h>

struct worker {
    pid_t pid;
    struct frames *frames; /* to it and from it */
};

struct worker_limits {
    size_t memory; /* bytes of address room; 0: no limit */
    bool writes_files; /* it may write to files and start programs */
};

/*
 * Starts it: body runs with its end of the frames and the context, and its result is the exit code.
 * It dies with its parent, leaves no core, and has no other descriptors but standard error and the
 * frames. To be called before keys are loaded and the store is opened: it is a copy of its parent.
 * Fails with ERR_RUN, EX_OSERR.
 */
bool worker_start(struct worker *child, int (*body)(struct frames *frames, void *context),
    void *context, const struct worker_limits *limits, struct err *err) MUST_USE;

/*
 * Lets go of it: it has grace_ms to end by itself, then it is killed. Gives how it ended: the exit
 * code, or minus the signal. A child that was not started, or has ended, gives 0.
 */
int worker_end(struct worker *child, int64_t grace_ms);

/* An error as it goes over frames; false when the bytes are not one. */
bool worker_put_err(struct frames *frames, uint8_t kind, const struct err *err) MUST_USE;
bool worker_read_err(struct span bytes, struct err *err) MUST_USE;

#endif
