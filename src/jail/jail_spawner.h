/* jail_spawner.h - the process without secrets that forks the children. */
#ifndef JAIL_SPAWNER_H
#define JAIL_SPAWNER_H

#include "jail/jail.h"

/*
 * The spawner's side of its socket: a message with two pipe ends asks for a child; a byte asks for
 * its end; the answer is its wait status.
 */
_Noreturn void jail_spawner_run(
    const struct jail_job *job, const struct jail_limits *limits, int fd, int parent);

bool jail_spawner_ask(int fd, int in, int out) MUST_USE; /* a child that reads in and writes out */
bool jail_spawner_end(int fd, int *status) MUST_USE; /* ends it if it has not ended yet */

#endif
