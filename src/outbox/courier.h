/*
 * courier.h - hands letters to the mail server, or to sendmail, from a process of its own: it holds
 * the SMTP password and the letters it is given, no key and no store.
 *
 *     courier_open        before keys are loaded and the store is opened
 *     courier_deliver …
 *     courier_close
 */
#ifndef COURIER_H
#define COURIER_H

#include "outbox/smtp.h"

struct courier;

struct courier_settings {
    int transport; /* enum transport */
    const char *sendmail; /* path, for TRANSPORT_SENDMAIL */
    struct smtp_settings smtp; /* for TRANSPORT_SMTP */
};

/* Starts the process, which connects and logs in; failures as smtp_open. */
bool courier_open(
    const struct courier_settings *settings, struct courier **courier, struct err *err) MUST_USE;

/* Of the mail server; zeros for sendmail. */
struct certificate courier_certificate(const struct courier *courier);

/*
 * Delivers one letter. False, ERR_MESSAGE: it is none that can be sent; false, ERR_SERVICE: the
 * session has ended, this letter and those to come wait for the next run. Otherwise *answer says
 * what became of it.
 */
bool courier_deliver(struct courier *courier, const struct parcel *parcel,
    struct delivery_answer *answer, struct err *err) MUST_USE;

void courier_close(struct courier **courier); /* NULL inside is fine */

#endif
