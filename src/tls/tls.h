/*
 * tls.h - the only door to GnuTLS: a connection to one mail server that is verified before anything
 * of ours goes over it, as a stream for libetpan.
 *
 *     tls_connect, tls_start                            implicit TLS
 *     tls_connect, talk to ask for STARTTLS, tls_start  the same stream goes on, in TLS
 *
 * TLS 1.2 or newer; the chain against the system's trust store or ca_file, and the name, are
 * checked within the handshake. A pin stands for both, unless ca_file is given too: then all hold.
 *
 * Errors say HOST:PORT and what it was. ERR_SERVICE: EX_TEMPFAIL for a server that is down, drops
 * the line, is too slow or talks nonsense; EX_NOPERM for one whose certificate, key, name or TLS
 * version is refused.
 */
#ifndef TLS_H
#define TLS_H

#include "base/err.h"
#include "tls/bounds.h"

struct tls;
struct _mailstream_low; /* of libetpan */

struct tls_peer {
    const char *host;
    int port;
    const char *ca_file; /* PEM; "": the system's trust store */
    const char *pin; /* SHA-256 of the public key (SPKI) in hex; "": none */
    int connect_timeout_s; /* for the connection, and again for the handshake */
    int answer_timeout_s; /* how long nothing, or next to nothing, may come */
    int64_t until_ms; /* of tls_clock_ms: nothing goes on after it */
    enum bounds_protocol protocol;
};

int64_t tls_clock_ms(void); /* a clock that only goes forward */

/* Opens the connection, in clear. Keeps the texts of peer until tls_close. */
bool tls_connect(const struct tls_peer *peer, struct tls **tls, struct err *err) MUST_USE;

/* The handshake. What was received before it and not yet read must be gone: see tls_quiet. */
bool tls_start(struct tls *tls, struct err *err) MUST_USE;
bool tls_started(const struct tls *tls);

/* "TLS1.3 AES-256-GCM", for people. */
const char *tls_words(const struct tls *tls);

/* True when nothing has come that was not read yet (a server that talks ahead of TLS injects). */
bool tls_quiet(const struct tls *tls);

/* We are about to say goodbye: that the server does so too is no failure. */
void tls_leave(struct tls *tls);

/*
 * The stream for mailstream_new, which owns it; it works on tls, which must live longer. One call
 * for each connection. NULL only when memory is out.
 */
struct _mailstream_low *tls_low(struct tls *tls);

/* True, with the first failure, when the stream has failed: the reason behind a library's error. */
bool tls_failed(const struct tls *tls, struct err *err);

void tls_close(struct tls **tls); /* NULL inside is fine */

#endif
