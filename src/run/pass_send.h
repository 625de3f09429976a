/*
 * pass_send.h - the send pass: letters that wait go to the mail server.
 *
 * It holds the outbox key and the SMTP password, no PGP key; the dialogue with the server runs in a
 * child that has the password and one letter at a time. A letter is noted as being sent before the
 * server hears of it, and as sent only after the server's word; whatever is cut off in between is
 * sent again with the same Message-ID.
 */
#ifndef PASS_SEND_H
#define PASS_SEND_H

#include "config/settings.h"

struct send_result {
    uint64_t due; /* letters that were to be tried */
    uint64_t sent, later, refused;
};

/*
 * Takes the lock, waiting a minute for it. Connects only when a letter is due. result holds what
 * was done also on failure. Fails with what the server, the store or the lock say; the failure is
 * noted as the health of "send" when the store can be written.
 */
bool pass_send(
    const struct settings *settings, struct send_result *result, struct err *err) MUST_USE;

#endif
