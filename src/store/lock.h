/* lock.h - one run at a time on a state directory. */
#ifndef LOCK_H
#define LOCK_H

#include "base/err.h"

struct lock;

/*
 * Takes the lock of the state directory (flock on its file "lock", which then holds our pid),
 * waiting for at most wait_s seconds; 0 does not wait. Whoever writes to the store holds it;
 * readers do not need it. Children that are forked while it is held share it: it is free when the
 * last of them and the parent have let go or died. Fails with ERR_RUN: EX_TEMPFAIL "another run is
 * active (pid N)", EX_NOPERM when the directory is another user's, EX_CANTCREAT or EX_IOERR when
 * the file cannot be made.
 */
bool lock_take(const char *dir, int wait_s, struct lock **lock, struct err *err) MUST_USE;
void lock_release(struct lock **lock); /* NULL inside is fine */

#endif
