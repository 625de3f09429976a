/* content.h - what open hands to read: the bytes that a reader would see, in order, each with what
 * protects it. */
#ifndef CONTENT_H
#define CONTENT_H

#include "message/message.h"

enum content_role {
    CONTENT_BODY, /* text of the mail: becomes a piece */
    CONTENT_OTHER_VERSION, /* of the body before it (multipart/alternative): a piece only where it
                              says more than that one */
    CONTENT_ATTACHMENT, /* its text, if any, goes to message->attachments[attachment].text */
};

/* All spans and texts live in the message's arena or in the raw mail. */
struct content {
    enum content_role role;
    size_t attachment; /* place in message->attachments, for CONTENT_ATTACHMENT */
    struct span bytes; /* transfer encoding taken off */
    const char *type; /* lower case, "text/html" */
    const char *charset; /* as stated, lower case; "" when not */
    const char *name; /* as in struct attachment */
    bool flowed, delsp; /* RFC 3676 */
    int layer; /* contents of one layer share one protection; 0 is unprotected */
    enum crypt crypt;
    enum signature signature;
    const char *signer; /* fingerprint, "" when nothing verifies */
};

struct contents {
    struct content *at;
    size_t count;
};

#endif
