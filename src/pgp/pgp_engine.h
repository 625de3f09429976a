/* pgp_engine.h - what the files of this room share: one gpgme context and one way to call it. */
#ifndef PGP_ENGINE_H
#define PGP_ENGINE_H

#include "pgp/pgp.h"
#include "pgp/pgp_home.h"

struct gpgme_context;
struct gpgme_data;
struct _gpgme_key;
struct pgp_listed;

/* Counts of gpg's status lines in one call. They can make a verdict worse, never better. */
struct pgp_seen {
    unsigned begins, decryptions, good_mdc, bad_mdc, plaintexts, ends, complaints, errors, too_deep,
        locked, symmetric;
};

/* Where output goes until the call has returned and passed; wiped before it is used again. */
struct pgp_scratch {
    char *at;
    size_t len, size, most;
    bool overflow; /* more than most bytes came */
};

/* Which folder of the home gpg works in (pgp_home.h). */
enum pgp_place { PGP_HERE, PGP_IMPORT, PGP_ALONE, PGP_PLACES };

struct pgp {
    struct pgp_home home;
    struct gpgme_context *contexts[PGP_PLACES]; /* NULL until used: each costs a start of gpg */
    struct gpgme_context *context; /* of the last call, with its results */
    char *passphrase; /* NULL when there is none */
    int timeout_s;
    size_t largest_plain;
    bool foreign, wrong_passphrase;
    bool refused; /* a passphrase was asked for that is not ours to give: the job was called off */
    struct pgp_seen seen;
    struct pgp_scratch scratch;
    struct arena *known_arena; /* keys that were looked up, until one is imported or deleted */
    struct pgp_known *known;
    struct pgp_listed *listed;
    size_t listed_count;
};

/* How a call to gpgme ended; error is a gpgme_error_t. */
struct pgp_end {
    unsigned error;
    bool timed_out;
    bool agent_answered; /* when the time was over */
};

/*
 * Runs call(context, work) with the agent awake and ends it after the time limit.
 * Fails with ERR_SERVICE when the agent cannot be started.
 */
bool pgp_call(struct pgp *pgp, unsigned (*call)(struct gpgme_context *context, void *work),
    void *work, struct pgp_end *end, struct err *err) MUST_USE;

/* The same with gpg working in another folder of the home. */
bool pgp_call_in(struct pgp *pgp, enum pgp_place place,
    unsigned (*call)(struct gpgme_context *context, void *work), void *work, struct pgp_end *end,
    struct err *err) MUST_USE;

/* Output into pgp->scratch, at most most bytes. */
struct gpgme_data *pgp_scratch_open(struct pgp *pgp, size_t most);
void pgp_scratch_wipe(struct pgp *pgp);

struct gpgme_data *pgp_data_of(struct span bytes); /* reads from bytes, which stay the caller's */
void pgp_data_release(struct gpgme_data **data);

/* ERR_SERVICE: the call timed out, or ended in a way that has nothing to do with its input. */
bool pgp_gave_up(struct pgp *pgp, const struct pgp_end *end, const char *what, struct err *err);

/* The key with this full fingerprint, for the caller to unref. ERR_MESSAGE: it is not there. */
bool pgp_ring_key(
    struct pgp *pgp, const char *fingerprint, struct _gpgme_key **key, struct err *err) MUST_USE;

/* A key that was looked up by fingerprint or long key id; cached until the next import. */
struct pgp_known {
    struct pgp_known *next;
    char asked[65]; /* what it was looked up by */
    char fingerprint[65]; /* of the primary key; "" when there is no such key */
    bool revoked, expired; /* the primary key, or the subkey that was asked for */
    bool has_secret; /* of the subkey that was asked for */
    struct texts addresses, uids;
};

bool pgp_known_find(
    struct pgp *pgp, const char *id, const struct pgp_known **known, struct err *err) MUST_USE;
void pgp_known_forget(struct pgp *pgp);

#endif
