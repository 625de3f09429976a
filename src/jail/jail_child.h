/* jail_child.h - the child: gives up all rights, works, ends. */
#ifndef JAIL_CHILD_H
#define JAIL_CHILD_H

#include "jail/jail.h"

/* How a child ends, besides signals; EX_OSERR is the arena's end when memory is out. */
enum { JAIL_END_FINE = 0, JAIL_END_SETUP = 40, JAIL_END_HUNG_UP = 41 };

struct sock_fprog;

/* Builds the system call filter of all children, in the spawner. */
bool jail_child_filter(struct sock_fprog *program) MUST_USE;

/* The address space that a child may have: what the spawner has, and the limit on top. */
size_t jail_child_room(const struct jail_limits *limits);

/* Becomes the child: in and out are its pipes, everything else is closed. Never returns. */
_Noreturn void jail_child_run(const struct jail_job *job, const struct jail_limits *limits,
    size_t room, const struct sock_fprog *filter, void *prepared, int in, int out);

#endif
