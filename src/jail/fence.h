/* fence.h - what a process that talks to a mail server can no longer do. */
#ifndef FENCE_H
#define FENCE_H

#include "base/base.h"

/*
 * Takes from this process, for good: starting programs and processes, writing or changing files,
 * reaching into other processes, listening, sockets other than those of TCP, UDP and the local
 * services that look up names, and calls that only attacks on the kernel need. It is a list of what
 * is refused and not of what is allowed, since looking up a name and loading what TLS and SASL need
 * differ from one C library to the next: a good dialogue never fails by it. Refused calls fail with
 * EPERM, EACCES or ENOSYS, so that whoever only tries goes on without.
 *
 * Call it when what has to be executed was. False where the kernel has no filters: the dialogue
 * goes on with the limits of worker.h alone.
 */
bool fence_dialogue(void);

#endif
