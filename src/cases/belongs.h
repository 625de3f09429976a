/* belongs.h - what an incoming message is, and which case it belongs to. */
#ifndef BELONGS_H
#define BELONGS_H

#include "cases/case.h"
#include "message/message.h"

/* Whose mail is recognised. Addresses in any case, fingerprints in any case; "" for none. */
struct belongs_house {
    const char *prefix; /* of case numbers */
    const char *mailbox; /* our own address */
    const char *ciso_address, *ciso_key;
    const char *ibd_address, *ibd_key;
};

/* A Message-ID that the message names and that we know. */
struct belongs_thread {
    const char *message_id;
    const char *number; /* the case */
    bool letter; /* a letter of ours */
};

/* What the store knows of the message's Message-IDs, its people and its content. */
struct belongs_known {
    const struct belongs_thread *threads;
    size_t thread_count;
    struct texts cases_of_sender; /* numbers of the cases of its From address, */
    struct texts cases_of_signer; /* and of the key that signed it */
    struct texts numbers; /* of the tags in its subject, those that are cases */
    const char *same_content; /* case of an earlier message with the same bytes; "" none; "-" for
                                 one that is in no case */
    const char *same_vault; /* the vault file of that message; "" when it is lost */
    bool same_erased; /* with its case: it may not stay in another file */
};

struct belongs {
    enum case_kind kind;
    enum case_direction direction;
    const char *number; /* the case; "" for a new one (but after a rebuild, which knows), or none */
    bool opens; /* a new case is made for it */
    bool answers; /* an acknowledgement may go to its From address */
    bool proved; /* signed by the pinned key of the CISO or the IBD, all of it */
    const char *apart_from; /* the case that it named, but by somebody else; "" */
    const char *letter; /* Message-ID of the letter of ours that it is about; "" */
    const char *why; /* one plain English sentence, nothing personal in it */
};

/* All case numbers with this prefix in a text, in capitals, each once, at most 10. */
struct texts belongs_tags(const char *text, const char *prefix, struct arena *arena);

/* All Message-IDs that a message names, in the order in which they count: In-Reply-To, References
 * from the last to the first, what a bounce reports on. For the look-up. */
struct texts belongs_names(const struct message *message, struct arena *arena);

/*
 * Decides. Header fields and verdicts of the message are the sender's word but for signatures that
 * verify; so a From address alone files a message in a case of that address, and never anything
 * more: it stops no clock, gives no order and shows nothing.
 */
struct belongs belongs_decide(const struct message *message, const struct belongs_house *house,
    const struct belongs_known *known, struct arena *arena);

/* How the signer is known in this case (NULL for a new one). */
enum continuity belongs_continuity(
    const struct message *message, const struct belongs_house *house, const struct case_file *file);

#endif
