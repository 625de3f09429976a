/* crew.h - several workers that open and read mails at the same time, each a process with a jail
 * and a gpg-agent of its own: one agent does one private-key operation at a time. */
#ifndef CREW_H
#define CREW_H

#include "run/jailed.h"

struct crew;

/*
 * Forks the workers, each with its jail. First thing in a program, before it reads a secret or
 * starts a thread. workers 0: one more than there are processors, of which at most 4 count; never
 * more than most (0: no bound).
 */
bool crew_open(unsigned workers, size_t most, const struct jailed_limits *limits,
    struct crew **crew, struct err *err) MUST_USE;
void crew_close(struct crew **crew); /* waits until they have cleaned up; NULL inside is fine */

/* Hands the keys to the workers, to no more than there are mails. What is wrong with options shows
 * in the first mails. */
bool crew_start(
    struct crew *crew, const struct pgp_options *options, size_t mails, struct err *err) MUST_USE;

struct crew_errand {
    size_t count; /* mails */
    void *ctx;
    /* Loads mail i; false: it cannot be loaded, why says the reason, take is told so. */
    bool (*load)(void *ctx, size_t i, struct arena *arena, struct span *raw, struct err *why);
    /*
     * Takes the result of mail i, in order: the message, or NULL and why. The arena ends with the
     * call. false ends the errand with *err.
     */
    bool (*take)(void *ctx, size_t i, struct arena *arena, const struct message *message,
        const struct err *why, struct err *err);
};

/* Reads all mails. Fails with what take fails with. A worker that dies fails its mail with
 * ERR_SERVICE, and all mails once no worker is left. */
bool crew_run(struct crew *crew, const struct crew_errand *errand, struct err *err) MUST_USE;

#endif
