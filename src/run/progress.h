/* progress.h - how far a long pass is, on a terminal and nowhere else. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "base/base.h"

struct progress {
    const char *what; /* "process" */
    uint64_t done, total; /* total 0: not known */
    int64_t started_ms, shown_ms;
    bool shows; /* standard error is a terminal */
};

void progress_start(struct progress *progress, const char *what, uint64_t total);
void progress_step(
    struct progress *progress, uint64_t done); /* redraws at most 10 times a second */
void progress_end(struct progress *progress); /* takes the line away */

#endif
