/* trial.h - the body of a worker that tries a server: connects and logs in as the passes do it. */
#ifndef TRIAL_H
#define TRIAL_H

#include "base/module.h"
#include "config/settings.h"

/* What it says, in one frame. */
enum trial_end { TRIAL_FINE /* struct certificate */, TRIAL_FAILED /* an error */ };

struct trial {
    const struct settings *settings;
    bool smtp; /* else IMAP: its folders are opened too */
    const char *secret;
    bool is_token;
    int64_t until_ms; /* of steady_ms */
};

/* context is a struct trial. */
MODULE_ENTRY int trial_run(struct frames *frames, void *context);

#endif
