/* sendmail.h - hands a letter to the sendmail program of this machine. */
#ifndef SENDMAIL_H
#define SENDMAIL_H

#include "outbox/parcel.h"

/* Waits at most wait_ms for it; what it was handed by then has an unknown end. */
void sendmail_deliver(
    const char *path, const struct parcel *parcel, int64_t wait_ms, struct delivery_answer *answer);

#endif
