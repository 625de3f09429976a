/* daily.h - the daily digest: gathered from the store, shown or queued for the CISO. */
#ifndef DAILY_H
#define DAILY_H

#include "digest/digest.h"
#include "run/desk.h"

/*
 * Whether a digest is to go out now: the hour of the day (0 to 23, Europe/Amsterdam) has come since
 * the last one at last_s (0: never). One that was missed goes out late, once.
 */
bool daily_due(int64_t last_s, int64_t now_s, int hour);

/* The same, by the note of the last one that was made. */
bool daily_is_due(struct txn *txn, const struct settings *settings, int64_t now_s);

/* Gathers all and decides what to show. No transaction may be open. */
bool daily_make(
    struct desk *desk, struct arena *arena, struct digest *digest, struct err *err) MUST_USE;

/*
 * Makes the digest and queues it for the CISO, in one transaction with the note that it was made.
 * With only_due nothing happens unless daily_due. The office is open for writing.
 */
bool daily_queue(
    struct desk *desk, bool only_due, struct arena *arena, bool *queued, struct err *err) MUST_USE;

#endif
