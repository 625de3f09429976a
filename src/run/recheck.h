/* recheck.h - messages whose signature could not be checked for want of the key, opened once more:
 * verdicts follow the keys that came since. */
#ifndef RECHECK_H
#define RECHECK_H

#include "run/desk.h"
#include "run/jailed.h"

struct recheck_work {
    struct desk *desk;
    struct jail *jail; /* of jailed_start */
    const struct jailed_limits *limits;
    const char *by, *how; /* for the audit log: "program", or a login name and "cli" */
};

struct recheck_result {
    size_t looked, changed; /* messages opened again; those with another verdict now */
};

/*
 * Opens them from the vault, in the case number, or in all for "". Verdict and sentence in the case
 * change, with a record in the audit log; no letter, no case and no order comes of it. A message
 * that cannot be read any more stays as it is. Fails with ERR_SERVICE or ERR_RUN, as jailed_read.
 */
bool recheck_cases(const struct recheck_work *work, const char *number,
    struct recheck_result *result, struct err *err) MUST_USE;

/* The same for all cases, once each time the key ring has changed. */
bool recheck_if_keys_came(
    const struct recheck_work *work, struct recheck_result *result, struct err *err) MUST_USE;

#endif
