/* jailed.h - one raw mail to its record, by a jailed child that asks us about OpenPGP. */
#ifndef JAILED_H
#define JAILED_H

#include "jail/jail.h"
#include "message/message.h"
#include "pgp/pgp.h"

struct jailed_limits {
    struct jail_limits jail;
    size_t plain_bytes; /* of all decryptions of one mail together */
    int engine_s; /* the time that gpg may take for one mail in all */
};

extern const struct jailed_limits jailed_limits_usual;

/* Opens the jail; first thing in a program, before it reads a secret (jail.h). */
bool jailed_start(const struct jailed_limits *limits, struct jail **jail, struct err *err) MUST_USE;

/*
 * Opens and reads one mail. The child's record is taken only where it claims no better than what
 * gpg said here: a child that was taken over cannot make up a decryption or a signer. Fails with
 * ERR_MESSAGE: the mail cannot be read and is put aside; ERR_SERVICE or ERR_RUN as pgp.h.
 */
bool jailed_read(struct jail *jail, struct pgp *pgp, const struct jailed_limits *limits,
    struct span raw, struct arena *arena, struct message *message, struct err *err) MUST_USE;

#endif
