/* pgp.h - the only door to gpgme: opens what came in, seals what goes out, knows the keys. */
#ifndef PGP_H
#define PGP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/texts.h"
#include "base/verdict.h"

struct pgp;

struct pgp_options {
    const char *home; /* GNUPGHOME: the keys in it are used, nothing but imports changes it */
    bool foreign; /* home is somebody else's, whatever its mode: read only, imports refused */
    const char *passphrase; /* of the secret keys; NULL when they have none */
    int timeout_s; /* for each operation; the engine is stopped after it */
    size_t largest_plain; /* bytes that one message may decrypt to; more is a bomb */
};

/*
 * Opens the engine over the keys in a home. gpg works in a private folder with our own gpg.conf and
 * gpg-agent.conf (no network, no pinentry, no import by itself; see pgp_home.h), so the options in
 * home do not count. Several engines over one home have an agent each. The caller ignores SIGPIPE.
 * Fails with ERR_RUN, EX_CONFIG: home missing, or readable by others and not foreign.
 */
bool pgp_open(const struct pgp_options *options, struct pgp **pgp, struct err *err) MUST_USE;
void pgp_close(struct pgp **pgp); /* ends the agent that we started; NULL inside is fine */

enum { PGP_FINGERPRINT = 41, PGP_SIGNATURES = 16 };

struct pgp_signature {
    enum signature
        verdict; /* GOOD: verifies; whether the signer is the sender is not judged here */
    char fingerprint[65]; /* of the primary key, upper-case hex; "" when the key is not known */
    char key_id[65]; /* what the signature itself names, fingerprint or long id */
    int64_t made_at; /* as the signature claims; 0 when unknown */
    struct texts addresses, uids; /* of the key, those neither revoked nor invalid */
};

struct pgp_opened {
    enum crypt crypt; /* CRYPT_ENC only under the full test of integrity */
    struct span plain; /* in the arena; empty unless crypt is ENC, or NONE for signed-only data */
    struct pgp_signature signatures[PGP_SIGNATURES];
    size_t signature_count; /* more than PGP_SIGNATURES: the rest counts as the worst */
    bool own_key_expired, own_key_revoked;
    char reason[160]; /* one plain sentence when crypt or a signature is not plain good; or "" */
};

/*
 * Decrypts and verifies one OpenPGP message, armored or binary, that the caller cut out (one armor
 * block, blanks around it at most). What is wrong with the message is a verdict in *opened, not an
 * error. Fails with ERR_SERVICE when the engine or agent is dead or hangs (worth a retry), ERR_RUN
 * when gpgme does not work at all.
 */
bool pgp_decrypt(struct pgp *pgp, struct span sealed, struct arena *arena,
    struct pgp_opened *opened, struct err *err) MUST_USE;

/* Verifies a detached signature over exactly these bytes; opened->crypt is NONE, plain empty. */
bool pgp_verify(struct pgp *pgp, struct span bytes, struct span signature, struct arena *arena,
    struct pgp_opened *opened, struct err *err) MUST_USE;

/* Verifies one cleartext-signed block (RFC 4880, 7); plain is the text that is covered. */
bool pgp_verify_clear(struct pgp *pgp, struct span block, struct arena *arena,
    struct pgp_opened *opened, struct err *err) MUST_USE;

/*
 * Encrypts to the keys with these full fingerprints (and never to an address), signed by signer
 * when that is not NULL. Armored. Fails with ERR_MESSAGE, naming the fingerprint, when a key is
 * missing, expired, revoked or cannot encrypt; no output then.
 */
bool pgp_seal(struct pgp *pgp, struct span plain, const char *const *recipients, size_t count,
    const char *signer, struct arena *arena, struct span *sealed, struct err *err) MUST_USE;

/* A detached, armored signature; micalg for RFC 3156, "pgp-sha512". */
bool pgp_sign(struct pgp *pgp, struct span bytes, const char *signer, struct arena *arena,
    struct span *signature, char micalg[static 32], struct err *err) MUST_USE;

enum pgp_usable {
    PGP_KEY_MISSING,
    PGP_KEY_REVOKED,
    PGP_KEY_EXPIRED,
    PGP_KEY_CANNOT, /* no usable subkey for what it is for */
    PGP_KEY_USABLE,
};

struct pgp_key {
    enum pgp_usable encrypts, signs; /* signs asks for the secret key */
    bool has_secret;
    char fingerprint[65];
    int64_t expires_at; /* the first of primary and usable subkeys; 0 never */
    const char *uid; /* the first user id */
    struct texts addresses;
};

/* Facts about the key with this full fingerprint. A key that is missing is a fact, not an error. */
bool pgp_key_facts(struct pgp *pgp, const char *fingerprint, struct arena *arena,
    struct pgp_key *key, struct err *err) MUST_USE;

/* The usable keys in the ring with this address in a user id, newest first; at most most. */
bool pgp_keys_for(struct pgp *pgp, const char *address, struct arena *arena, struct pgp_key *keys,
    size_t most, size_t *count, struct err *err) MUST_USE;

/* Looks at key material without importing it. Gives false with ERR_MESSAGE for what holds secret
 * keys, no key, more than 16 keys, or over 256 kB. */
bool pgp_key_look(struct pgp *pgp, struct span material, struct arena *arena, struct pgp_key *keys,
    size_t most, size_t *count, struct err *err) MUST_USE;

/*
 * Takes one key out of material: the one with this fingerprint, with those user ids alone that have
 * this address, so that it can pose as nobody else once it is imported. Gives false with
 * ERR_MESSAGE, a reason without the address in it: as pgp_key_look, no such key, no such user id,
 * or it cannot be encrypted to.
 */
bool pgp_key_pick(struct pgp *pgp, struct span material, const char *fingerprint,
    const char *address, struct arena *arena, struct span *picked, struct err *err) MUST_USE;

/* Imports public keys: an operator's act (or the researcher's own key for answering them, kept as a
 * candidate that proves nothing). Secret keys are refused. imported counts those that were there
 * already too. */
bool pgp_key_import(struct pgp *pgp, struct span material, struct arena *arena, size_t *imported,
    struct err *err) MUST_USE;

/* Takes a public key out of the ring; one that is not there is fine. Fails with ERR_MESSAGE when
 * its secret key is there. */
bool pgp_key_delete(struct pgp *pgp, const char *fingerprint, struct err *err) MUST_USE;

bool pgp_key_export(struct pgp *pgp, const char *fingerprint, struct arena *arena,
    struct span *armored, struct err *err) MUST_USE;

#endif
