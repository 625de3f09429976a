/* office.h - what a command that works with the cases has at hand: settings, keys, open store. */
#ifndef OFFICE_H
#define OFFICE_H

#include "config/settings.h"
#include "pgp/pgp.h"
#include "store/store.h"

enum office_mode {
    OFFICE_READ, /* beside a run that writes */
    OFFICE_WRITE, /* takes the directory lock, waits a minute for it */
    OFFICE_WRITE_NOW, /* the same, but does not wait for a run that writes: EX_TEMPFAIL */
    OFFICE_KEYS, /* settings and keys; the store stays closed, as its index may be damaged */
    OFFICE_REPAIR, /* the same, with the directory lock */
};

struct office {
    struct arena *arena; /* owns settings; lives as long as the office */
    struct settings settings;
    struct lock *lock;
    struct store *store; /* unlocked */
    struct pgp *pgp;
    int64_t now_s;
};

/*
 * Reads the settings, opens keys and store, unlocks the store with the mailbox key. Starts as {0}.
 * config NULL: SETTINGS_FILE. Fails with ERR_RUN: EX_CONFIG settings, no store yet (meldpost init),
 * EX_NOPERM no usable secret key, EX_TEMPFAIL when another run keeps the lock.
 */
bool office_open(
    const char *config, enum office_mode mode, struct office *office, struct err *err) MUST_USE;
void office_close(struct office *office); /* for AUTO; an office of {0} is fine */

/* The secrets of the store, opened with the mailbox key; for the caller to wipe. Fails as
 * office_open. */
bool office_secrets(struct office *office, struct seal_secrets *secrets, struct err *err) MUST_USE;

/* How this office opens its store. */
struct store_options office_store_options(const struct office *office, enum store_mode mode);

/*
 * Makes state directory, store and outbox key for these settings; the secrets of the store go
 * encrypted to the mailbox key and the recovery key. Gives false with EX_CONFIG when a store is
 * there already.
 */
bool office_init(const char *config, struct err *err) MUST_USE;

/*
 * What the settings say of the engine. *passphrase is in the arena, NULL when there is none; the
 * caller wipes it.
 */
bool office_pgp_options(const struct settings *settings, struct arena *arena,
    struct pgp_options *options, char **passphrase, struct err *err) MUST_USE;

/* The engine alone, with the passphrase of the settings. */
bool office_pgp(const struct settings *settings, struct arena *arena, struct pgp **pgp,
    struct err *err) MUST_USE;

/* The version of the records that this program writes. */
enum { OFFICE_SCHEMA = 1 };

#endif
