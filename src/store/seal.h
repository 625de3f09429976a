/*
 * seal.h - the secrets of a store and what they do to bytes outside a table.
 *
 * Who holds what:
 *   fetch    seal.pub only: what it seals into the vault it cannot open again
 *   process  the secrets (index master key and seal secret key), from keys.pgp
 *   send     the outbox key: opens queued letters, and nothing else
 */
#ifndef SEAL_H
#define SEAL_H

#include "base/arena.h"
#include "base/err.h"

struct store;

enum { SEAL_KEY = 32, SEAL_HASH = 32 };

/* Held by the caller for as short as it can: wiped by seal_secrets_wipe. */
struct seal_secrets {
    uint8_t master[SEAL_KEY]; /* of the index: every other key of it is derived from this one */
    uint8_t seal[SEAL_KEY]; /* secret half of the pair whose public half is seal.pub */
};

void seal_secrets_new(struct seal_secrets *secrets); /* fresh random ones */
void seal_secrets_wipe(struct seal_secrets *secrets);

/*
 * The secrets as the text that belongs inside keys.pgp, and back. Encrypting it (to the mailbox key
 * and the recovery key) and decrypting it is the caller's. Reading fails with ERR_RUN, EX_CONFIG
 * when the text is not what seal_secrets_text wrote.
 */
struct span seal_secrets_text(const struct seal_secrets *secrets, struct arena *arena);
bool seal_secrets_read(struct span text, struct seal_secrets *secrets, struct err *err) MUST_USE;

/*
 * Makes the outbox key: a 32-byte seed at path (mode 0600; a systemd credential or a file), and its
 * public half as outbox.pub in the state directory. Made before keys are needed, once: a second
 * call checks that both belong together. Fails with ERR_RUN, EX_CONFIG when they do not.
 */
bool seal_outbox_new(struct store *store, const char *path, struct err *err) MUST_USE;

/* Loads the outbox key (send). ERR_RUN, EX_CONFIG: missing, readable by others, not of this store.
 */
bool seal_outbox_load(struct store *store, const char *path, struct err *err) MUST_USE;

/*
 * Seals bytes so that only the holder of the outbox key reads them (crypto_box_seal); needs
 * outbox.pub, no secret. ERR_RUN, EX_CONFIG when there is no outbox.pub yet.
 */
bool seal_to_outbox(struct store *store, struct span plain, struct arena *arena,
    struct span *sealed, struct err *err) MUST_USE;

/* Opens what seal_to_outbox made; needs seal_outbox_load. ERR_MESSAGE "damaged" if a bit differs.
 */
bool seal_from_outbox(struct store *store, struct span sealed, struct arena *arena,
    struct span *plain, struct err *err) MUST_USE;

/*
 * Keyed hash of bytes, for identities that may lie on disk: without the master key nobody can test
 * whether a text that he knows is ours. purpose ("content", "address") keeps hashes of different
 * things apart; the same purpose and bytes give the same hash for the life of the store.
 * The store must be unlocked.
 */
void seal_hash(
    struct store *store, const char *purpose, struct span bytes, uint8_t hash[static SEAL_HASH]);

/* Compares in a time that does not tell where they differ; unequal lengths are unequal. */
bool seal_equal(struct span a, struct span b);

#endif
