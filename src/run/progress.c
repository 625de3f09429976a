#include "run/progress.h"

#include "base/steady.h"

#include <stdio.h>
#include <unistd.h>

enum { REDRAW_MS = 100 };

void progress_start(struct progress *progress, const char *what, uint64_t total)
{
    *progress = (struct progress) {
        .what = what, .total = total, .started_ms = steady_ms(), .shows = isatty(STDERR_FILENO)
    };
}

void progress_step(struct progress *progress, uint64_t done)
{
    int64_t now = steady_ms();
    double seconds = (double)(now - progress->started_ms) / 1000.0;

    progress->done = done;
    if (!progress->shows || now - progress->shown_ms < REDRAW_MS)
        return;
    progress->shown_ms = now;
    fprintf(stderr, "\r\033[K%s: %llu", progress->what, (unsigned long long)done);
    if (progress->total)
        fprintf(stderr, " of %llu", (unsigned long long)progress->total);
    if (seconds > 0.5)
        fprintf(stderr, ", %.1f a second", (double)done / seconds);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->shows && progress->shown_ms)
        fputs("\r\033[K", stderr);
}
