/*
 * module.h - the part of the program that talks to servers is a shared object of its own, which a
 * worker loads after its fork and nobody else: a process that holds keys has neither its code nor
 * the libraries for TLS, IMAP and SMTP, and a command without a network does not load them.
 */
#ifndef MODULE_H
#define MODULE_H

#include "base/frame.h"

#define MODULE_FILE "meldpost-network.so"

/* Marks what a worker may call: int x(struct frames *frames, void *context). */
#define MODULE_ENTRY __attribute__((visibility("default")))

/* Of which build this is; written by the Makefile into the program and into the module. */
extern const char module_stamp[];

/*
 * For the body of a worker: loads the module from the folder of the program, or from
 * ../lib/meldpost seen from there, calls its entry of that name and gives its result. A module that
 * is not there, or of another build, is told as a frame of the kind failed (worker_put_err), with
 * ERR_RUN, EX_OSFILE.
 */
int module_serve(const char *entry, uint8_t failed, struct frames *frames, void *context);

#endif
