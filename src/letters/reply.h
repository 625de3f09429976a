/* reply.h - whether a message may be answered by a program. */
#ifndef REPLY_H
#define REPLY_H

#include "config/settings.h"
#include "message/message.h"

/* In the order in which they are looked for; zero is never an answer. */
enum reply {
    REPLY_NO_ADDRESS, /* From names nobody, several, or what is no address */
    REPLY_OWN, /* from our own mailbox, the CISO or the IBD */
    REPLY_BOUNCE, /* RFC 3834, 2: the null sender, a delivery report */
    REPLY_AUTO, /* by a program */
    REPLY_LIST,
    REPLY_BULK,
    REPLY_SPAM,
    REPLY_NOREPLY, /* an address that nobody reads */
    REPLY_FINE,
};

/* The answer goes to the From address and nowhere else: Reply-To and Sender could name a stranger.
 */
enum reply reply_decide(const struct message *message, const struct settings *settings);

const char *reply_why(enum reply reply); /* one plain English sentence; "" for FINE */

/* An address that by its name is not read by a person: noreply@, mailer-daemon@. */
bool reply_nobody(const char *address);

#endif
