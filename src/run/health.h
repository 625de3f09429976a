/* health.h - how each pass fares: its last success, since when it fails, and in which words. Plain
 * rows, so that every pass can write them and `check` and the digest can read them. */
#ifndef HEALTH_H
#define HEALTH_H

#include "store/txn.h"
#include "tls/certificate.h"

struct health {
    int64_t success_s; /* end of the last run that was without failure; 0: never */
    int64_t failing_s; /* end of the first failed run since; 0: the last run was fine */
    int64_t failure_s; /* end of the last failed run; kept after a success; 0: never */
    int exit_code; /* of that failure, as in sysexits.h */
    uint64_t count; /* what the last run handled: messages, letters */
    uint64_t seen; /* what it found: messages in the mailbox, letters in the queue */
    const char *words; /* of the last failure; "" */
};

/* pass: "fetch", "process", "send". All zero and "" when it has never run. */
void health_get(struct txn *txn, const char *pass, struct arena *arena, struct health *health);

/* The certificate that a server last showed; server: "imap", "smtp". Zeros: not known. */
struct certificate health_certificate(struct txn *txn, const char *server);
void health_certificate_put(
    struct txn *txn, const char *server, const struct certificate *certificate);

/* Notes the end of a run; failure NULL: it went well. */
void health_put(struct txn *txn, const char *pass, int64_t now_s, uint64_t count, uint64_t seen,
    const struct err *failure);

#endif
