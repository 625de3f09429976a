/*
 * tls.h - the only door to GnuTLS: a connection to one mail server that is verified before anything
 * of ours goes over it, as a stream for libetpan.
 *
 *     tls_open                                       implicit TLS
 *     tls_open, talk to ask for STARTTLS, tls_start  the same stream goes on, in TLS
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

#include "config/settings.h"
#include "tls/bounds.h"
#include "tls/certificate.h"

struct tls;
struct _mailstream_low; /* of libetpan */

/*
 * Opens the connection: with the handshake for implicit TLS, in clear for STARTTLS. The connection
 * has connect_timeout_s, and the handshake again; answer_timeout_s is how long nothing, or next to
 * nothing, may come; nothing goes on after until_ms of steady_ms. Keeps server until tls_close.
 * *tls is to be closed in any case.
 */
bool tls_open(const struct server_settings *server, int64_t until_ms, enum bounds_protocol protocol,
    struct tls **tls, struct err *err) MUST_USE;

/* The handshake. What was received before it and not yet read must be gone: see tls_quiet. */
bool tls_start(struct tls *tls, struct err *err) MUST_USE;
bool tls_started(const struct tls *tls);

/* Zeros before the handshake, and where it does not say. */
struct certificate tls_certificate(const struct tls *tls);

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
