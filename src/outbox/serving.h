/*
 * serving.h - the body of a courier's worker: connects, logs in, sends what it is given. What the
 * two say to each other, as frames.
 */
#ifndef SERVING_H
#define SERVING_H

#include "base/module.h"
#include "outbox/parcel.h"

enum serving {
    SERVING_READY, /* from the child: connected and logged in; struct certificate */
    SERVING_FAILED, /* from the child: an error */
    SERVING_LETTER, /* to the child: struct serving_letter */
    SERVING_TEXT, /* to the child: a piece of it */
    SERVING_SEND, /* to the child: that was all of it */
    SERVING_ANSWER, /* from the child: struct delivery_answer */
};

/* What is beyond this is no letter of ours. */
enum { SERVING_LARGEST = 64 * 1024 * 1024 };

struct serving_letter {
    char from[PARCEL_ADDRESS + 1], to[PARCEL_ADDRESS + 1];
    uint64_t size;
};

/* context is a struct courier_settings. */
MODULE_ENTRY int serving_run(struct frames *frames, void *context);

#endif
