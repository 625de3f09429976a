/* open.h - the message inside the seal: every layout that real mail has, with one verdict on it. */
#ifndef OPEN_H
#define OPEN_H

#include "message/content.h"
#include "mime/charset.h"
#include "mime/mime.h"
#include "pgp/pgp.h"

/*
 * What opening asks of OpenPGP. Function pointers, because the one who asks sits in a jail and
 * holds no key: there they ask the parent, in a test they call pgp/ directly. The contracts are
 * those of pgp_decrypt, pgp_verify, pgp_verify_clear and pgp_key_look. key_look may be NULL: then
 * keys are only noticed.
 */
struct open_engine {
    bool (*decrypt)(void *ctx, struct span sealed, struct arena *arena, struct pgp_opened *opened,
        struct err *err);
    bool (*verify)(void *ctx, struct span bytes, struct span signature, struct arena *arena,
        struct pgp_opened *opened, struct err *err);
    bool (*verify_clear)(void *ctx, struct span block, struct arena *arena,
        struct pgp_opened *opened, struct err *err);
    bool (*key_look)(void *ctx, struct span material, struct arena *arena, struct pgp_key *keys,
        size_t most, size_t *count, struct err *err);
    void *ctx;
};

struct open_limits {
    struct mime_limits mime; /* for each part tree; layers count together for parts */
    int layers; /* seals within seals */
    int questions; /* to the engine, for one message */
    size_t plain; /* bytes of all decryptions of one message together */
};

extern const struct open_limits open_limits_usual;

/*
 * Takes one raw mail apart, asks the engine about each sealed or signed thing in it, and judges.
 * raw       not changed; contents and message point into it
 * message   filled but for the texts: pieces, text, language and the attachments' texts come from
 *           read_message
 * contents  what is to be read, in the order in which a reader meets it
 * What is odd or bad about the mail is a verdict with a reason, not an error. Fails only with what
 * the engine fails with (ERR_SERVICE, ERR_RUN): such a mail is worth another try.
 */
bool open_message(struct span raw, const struct open_engine *engine,
    const struct open_limits *limits, struct charsets *charsets, struct arena *arena,
    struct message *message, struct contents *contents, struct err *err) MUST_USE;

#endif
