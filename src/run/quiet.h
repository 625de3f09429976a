/* quiet.h - whether a process pass would find anything to do, told without a key: most do not. */
#ifndef QUIET_H
#define QUIET_H

#include "run/office.h"

struct quiet {
    bool is_quiet; /* nothing is due */
    uint64_t surroundings; /* settings and key ring as they were when it was looked */
};

/*
 * Quiet is it when a whole pass went well within the last hour, and since then nobody changed a
 * sealed table, the settings or the key ring; when no message waits, no letter has left or was
 * refused, no term and no digest has come up, and nothing that was cut off is to be cleaned up.
 * Then the pass has run: its health is noted. Fails when the settings cannot be
 * read or another run keeps the lock; what else is wrong the pass will tell.
 */
bool quiet_look(const char *config, struct quiet *quiet, struct err *err) MUST_USE;

/* A whole pass went well; as the last thing it does. */
bool quiet_note(const struct office *office, const struct quiet *quiet, struct err *err) MUST_USE;

#endif
