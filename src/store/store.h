/*
 * store.h - the state directory: made, opened, unlocked, compacted, closed.
 *
 *   index/      LMDB: the tables of tables.h; commits.mark, the number of the last commit
 *   vault/      sealed files, see vault.h
 *   audit/log   the sealed records of audit.h once more, so that a lost index can be rebuilt
 *   seal.pub    public half of the seal pair: what fetch seals to
 *   outbox.pub  public half of the outbox key: what letters are sealed to
 *   keys.pgp    a PGP message, made and opened by the caller, with seal_secrets_text inside
 *   lock        see lock.h
 *
 * Folders are 0700 and files 0600 whatever the umask. On a local disk, not on NFS.
 *
 * Errors: ERR_RUN with EX_IOERR and the path for a disk that is full, read-only or damaged, also
 * for a value in the index that fails its seal ("index: table cases: damaged value"): run `meldpost
 * verify`. Signal SIGXFSZ must be ignored by a program that runs under a file-size limit.
 *
 * One store per process. A child that was forked while it is open must not touch it (it finds zeros
 * where the keys were; only closing is fine there), and opens its own when it needs one. Not for
 * several threads at once.
 */
#ifndef STORE_H
#define STORE_H

#include "store/lock.h"
#include "store/seal.h"
#include "store/tables.h"

struct store;

enum store_mode {
    STORE_READ, /* while another process writes; no lock; nothing in the directory changes but
                   LMDB's table of readers */
    STORE_WRITE, /* needs the directory lock */
};

struct store_options {
    const char *dir;
    enum store_mode mode;
    const struct lock *lock; /* of this directory; needed for STORE_WRITE, NULL for STORE_READ */
    unsigned schema; /* version of the records that this program writes, 1 or more */
    size_t map_bytes; /* address room of the index at first; 0 for 4 GiB. It grows by itself */
};

/*
 * True when dir holds a store (seal.pub is there), false when there is none yet. A store is made
 * by the caller like this: lock_take, seal_secrets_new, seal_secrets_text, encrypt, store_create.
 */
bool store_exists(const char *dir);

/* Makes the state directory itself (0700) and what is missing above it (0755), for lock_take. */
bool store_make_dir(const char *dir, struct err *err) MUST_USE;

/*
 * Makes a new store. keys_pgp is written and synced before seal.pub, so that nothing is ever sealed
 * to a pair whose secret half is lost; a run that was cut off in between may call this again with
 * fresh secrets. Fails with ERR_RUN, EX_CONFIG when there is a store already.
 * options->mode is STORE_WRITE.
 */
bool store_create(const struct store_options *options, const struct seal_secrets *secrets,
    struct span keys_pgp, struct err *err) MUST_USE;

/*
 * Opens the store: plain tables and sealing into the vault are at hand. What an interrupted swap of
 * the index left is put right (STORE_WRITE). Fails with ERR_RUN: EX_CONFIG when there is no store,
 * modes let others in, or a newer program made it ("made by a newer version"); EX_TEMPFAIL, for
 * STORE_READ, when the index is older than this program and store_migrate has to run first.
 */
bool store_open(
    const struct store_options *options, struct store **store, struct err *err) MUST_USE;
void store_close(struct store **store); /* wipes keys; no transaction may be open; NULL is fine */

/* The bytes of keys.pgp, for the caller to decrypt; and new ones, wrapped to other recipients. */
bool store_load_keys(
    const char *dir, struct arena *arena, struct span *keys_pgp, struct err *err) MUST_USE;
bool store_save_keys(struct store *store, struct span keys_pgp, struct err *err) MUST_USE;

/*
 * Opens the sealed tables, the vault for reading, and the audit log. Copies what it needs (locked
 * in memory where the system allows it); the caller wipes its own. For STORE_WRITE the file
 * audit/log catches up with the index. Fails with ERR_RUN: EX_CONFIG when these are not the secrets
 * of this store; EX_IOERR when audit/log holds records that the index lacks, that is: the index is
 * an older copy ("run `meldpost rebuild`").
 */
bool store_unlock(
    struct store *store, const struct seal_secrets *secrets, struct err *err) MUST_USE;
bool store_unlocked(const struct store *store);

const char *store_dir(const struct store *store);

/*
 * Migrations: row i takes records from version i + 1 to i + 2, so the program's schema is
 * count + 1. Needs STORE_WRITE and an unlocked store. When the store is older, the index is copied
 * to index.v<N> first, then each step is one transaction with its new version. Until then every
 * transaction on an older store fails with ERR_RUN, EX_TEMPFAIL. With the same version it does
 * nothing.
 */
struct txn;
typedef bool store_step(struct txn *txn, struct err *err);
bool store_migrate(
    struct store *store, store_step *const *steps, size_t count, struct err *err) MUST_USE;
unsigned store_schema(const struct store *store); /* the version that the store has now */

/*
 * Writes the index anew without anything that was deleted or overwritten, and puts it in the place
 * of the old one; index.v<N> and index.damaged go too. After txn_case_erase neither the case's key
 * nor its values are in the file then. No transaction may be open, and no other process may have it
 * open for writing. Readers in other processes go on with the old file until they close it. The
 * disk itself may keep old blocks: that is what full disk encryption is for. An interrupted one is
 * told by store_compact_due at the next open. (Records are copied one by one: mdb_env_copy2 with
 * MDB_CP_COMPACT copies pages whole, and the gaps in them still hold what was deleted.)
 */
bool store_compact(struct store *store, struct err *err) MUST_USE;
bool store_compact_due(struct store *store);

/* ERR_RUN, EX_IOERR when the disk has less than need_bytes left for us; says how much there is. */
bool store_room(const struct store *store, uint64_t need_bytes, struct err *err) MUST_USE;

#endif
