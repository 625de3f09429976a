/* pgpmime.h - writes a mail in one of the two shapes of RFC 3156: encrypted and signed inside, or
 * signed in clear. 7bit only, lines end in CRLF. */
#ifndef PGPMIME_H
#define PGPMIME_H

#include "message/outgoing.h"
#include "pgp/pgp.h"

typedef void pgpmime_random(void *bytes, size_t len);

struct pgpmime_envelope {
    const char *from_name, *from; /* who writes: the municipality and its mailbox */
    const char *to; /* one address */
    const char *message_id; /* without < > */
    const char *in_reply_to; /* "": starts a thread; what is no Message-ID is left out */
    struct texts references;
    int64_t date_s;
    const char *signer; /* full fingerprint of the mailbox key */
    const char *const *recipients; /* full fingerprints; none: signed in clear */
    size_t recipient_count;
};

/*
 * Composes the mail. The true subject and the other header fields stand inside the encryption
 * (RFC 9788), outside only what outgoing->outer_subject says. Fails with ERR_MESSAGE when an
 * address, Message-ID or file name of ours could break a header, and as pgp_seal and pgp_sign do:
 * never a mail in clear where an encrypted one was asked for.
 */
bool pgpmime_write(struct pgp *pgp, const struct pgpmime_envelope *envelope,
    const struct outgoing *outgoing, pgpmime_random *random, struct arena *arena, struct span *mail,
    struct err *err) MUST_USE;

/* The text of a Message-ID: printable ASCII with one '@', none of < > ( ) and blank, at most 250.
 */
bool pgpmime_id(const char *id);

#endif
