/* pass_process.h - the process pass: each sealed message is opened, read, redacted and filed, and
 * the letters that follow from it are queued. Holds the PGP key and needs no network. */
#ifndef PASS_PROCESS_H
#define PASS_PROCESS_H

#include "base/err.h"
#include "run/recheck.h"

struct process_result {
    unsigned filed, aside, duplicates, reminders;
    bool digest; /* today's digest was queued */
    unsigned waiting; /* messages that could not be handled this time: the engine did not work */
};

/*
 * Handles all messages that wait. A message that cannot be read is put aside and the next one goes
 * on. Fails with ERR_RUN when the store or settings are wrong, ERR_SERVICE when the engine does
 * not work; what was filed by then stays filed, the rest waits for the next run.
 */
bool pass_process(const char *config, struct process_result *result, struct err *err) MUST_USE;

/*
 * Notes in the cases what became of the letters that were sent since: what the next run would do
 * first, done at once after a run by hand. Opens no key when there is nothing to note.
 */
bool pass_settle(const char *config, struct err *err) MUST_USE;

/* One line in the log of what was done. */
void process_tell(const struct process_result *result, bool done);

/*
 * Looks again at signatures whose key was not known: in the case that a person typed, or in all for
 * "" (recheck.h). Fails as pass_process, and with EX_DATAERR when there is no such case.
 */
bool pass_recheck(
    const char *config, const char *typed, struct recheck_result *result, struct err *err) MUST_USE;

#endif
