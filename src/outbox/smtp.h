/*
 * smtp.h - an SMTP session: verified TLS, login, letters. Meant for a process of its own
 * (courier.h).
 */
#ifndef SMTP_H
#define SMTP_H

#include "config/settings.h"
#include "outbox/parcel.h"
#include "tls/certificate.h"

enum { SMTP_PASSWORD = 200 }; /* longer ones do not fit in the library's command */

struct smtp_settings {
    const struct server_settings *server;
    const char *secret; /* the password, or the token; "": no login (user is "" too) */
    bool is_token;
    const char *ehlo; /* the name we give; not that of this machine */
    int64_t until_ms; /* of steady_ms */
};

struct smtp;

/*
 * Connects, starts TLS, logs in; nothing of ours is sent before TLS is verified. Fails with
 * ERR_SERVICE: EX_TEMPFAIL for a server that is down or busy, EX_NOPERM for one that is refused or
 * refuses us; ERR_RUN for settings that cannot be sent. *smtp is to be closed in any case.
 */
bool smtp_open(const struct smtp_settings *settings, struct smtp **smtp, struct err *err) MUST_USE;

struct certificate smtp_certificate(const struct smtp *smtp); /* after smtp_open */

/* Hands over one letter. The session goes on for the next one if *answer holds a code. */
void smtp_deliver(struct smtp *smtp, const struct parcel *parcel, struct delivery_answer *answer);

void smtp_close(struct smtp **smtp); /* NULL inside is fine */

#endif
