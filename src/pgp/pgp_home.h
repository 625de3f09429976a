/* pgp_home.h - the folder that gpg really works in, with an agent that is our child. */
#ifndef PGP_HOME_H
#define PGP_HOME_H

#include "base/err.h"

#include <sys/types.h>

/*
 * gpg never works in the home that holds the keys but in a private one of this run: our gpg.conf
 * and gpg-agent.conf (a foreign one may hold ignore-mdc-error), locks and random_seed, and links to
 * the key ring and the secret keys. So a home may be read-only, several workers have an agent each
 * over the same keys, and no agent of somebody else is used or ended.
 *
 * The agent's socket lies where gpg looks for it: in the folder, or, where the user has a
 * /run/user/UID, in a folder of its own there, which is taken away again.
 */
enum { PGP_HOME_PATH = 86 }; /* with the NUL; the agent's socket names have to fit behind it */
enum { PGP_HOME_SOCKET = 108 }; /* with the NUL: what sockaddr_un holds */

struct pgp_home {
    char path[PGP_HOME_PATH]; /* "" when there is none */
    char import_path[PGP_HOME_PATH + 8]; /* for importing: works on the real key ring */
    char alone_path[PGP_HOME_PATH + 8]; /* for decrypting alone: signatures are not looked at */
    char socket[PGP_HOME_SOCKET]; /* where gpg in path looks for the agent */
    char import_socket[PGP_HOME_SOCKET], alone_socket[PGP_HOME_SOCKET]; /* and in the others */
    pid_t agent; /* 0 when none runs */
};

/* Makes the folder for the keys in keys_home. Fails with ERR_RUN. */
bool pgp_home_make(struct pgp_home *home, const char *keys_home, struct err *err) MUST_USE;

/* Size of the key ring; 0 when there is none. */
size_t pgp_home_ring_bytes(const struct pgp_home *home);

/* Sees to it that the agent runs. Fails with ERR_SERVICE. */
bool pgp_home_wake(struct pgp_home *home, struct err *err) MUST_USE;

/* Does the agent live and answer within five seconds? */
bool pgp_home_answers(struct pgp_home *home);

/* Ends every process that works in our folder, gpg too, at once. May be called by any thread. */
void pgp_home_kill(const struct pgp_home *home);

void pgp_home_stop(struct pgp_home *home); /* ends the agent */
void pgp_home_drop(struct pgp_home *home); /* ends the agent and takes the folder away */

#endif
