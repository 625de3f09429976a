/* inside.h - what the files of the store share: the handle, its keys, a transaction. For store/
 * only. */
#ifndef INSIDE_H
#define INSIDE_H

#include "base/buf.h"
#include "store/audit.h"
#include "store/db.h"
#include "store/random.h"
#include "store/txn.h"

#include <sys/types.h>

enum { BOX_SEAL = 48, SESSION_BOX = SEAL_KEY + BOX_SEAL, AUDIT_HASH = 32 };

/*
 * In memory that is locked where the system allows it, fenced, and wiped when freed; a child that
 * is forked from a process that holds them finds zeros in their place (what parses mail is such a
 * child).
 */
struct keys {
    uint8_t row_name[SEAL_KEY], row_seal[SEAL_KEY], case_name[SEAL_KEY];
    uint8_t hash[SEAL_KEY], audit_chain[SEAL_KEY], audit_line[SEAL_KEY];
    uint8_t check[SEAL_KEY]; /* lies plain in META: tells the right master key from a wrong one */
    uint8_t seal_public[SEAL_KEY], seal_secret[SEAL_KEY];
    uint8_t outbox_public[SEAL_KEY], outbox_secret[SEAL_KEY];
    /* The key of all vault files that this process makes, and the same sealed to seal_public: one
     * agreement on a key costs as much as sealing 50 kB. Each file has its own 192 random bits that
     * make its own key of it, so that wiping these wipes the file. */
    uint8_t session[SEAL_KEY], session_box[SESSION_BOX];
    uint8_t opened[SEAL_KEY], opened_box[SESSION_BOX]; /* the last one that was opened */
};

struct store {
    pid_t owner; /* the process that opened it */
    char *dir;
    const char *index, *log; /* names in dir: "index", "audit/log"; others while it is rebuilt */
    enum store_mode mode;
    unsigned wanted, schema; /* of the program, of the store */
    size_t map_bytes;
    struct db *db;
    struct keys *keys;
    bool unlocked, has_outbox_public, has_outbox_secret, has_session, has_opened;
    bool migrating;
    bool quiet; /* see rebuild_quiet */
    unsigned open; /* transactions */
    bool writing; /* one of them writes */

    bool log_behind; /* records were committed that the file audit/log lacks */

    struct vault_file *spare; /* memory of the last vault file, for the next */
    struct vault_reading *spare_reading;
    bool vault_swept;
    bool vault_marked; /* by us: see make_mark */
    char (*kept)[RANDOM_ID]; /* vault files that wait for vault_sync */
    size_t kept_count, kept_room;
    int vault_fd; /* the folder, opened before the first file of a group was written; or -1 */
};

struct txn {
    struct store *store;
    enum txn_mode mode;
    struct db_txn *db;
    struct err err; /* the first failure */
    bool changed;
    struct arena *own; /* holds the transaction itself and its lines */
    struct arena *scratch; /* for one call */
    struct buf lines; /* for audit/log, after the commit */
};

/* In a child of the owner the keys are zeros: nothing may be sealed with them. */
bool store_is_ours(const struct store *store);

/* Joins dir and name into path, which holds FOLDER_PATH bytes. */
bool store_path(const struct store *store, const char *name, char *path, struct err *err) MUST_USE;

/* The parts of opening that rebuild.c and verify.c put together in another order. */
struct store *store_handle(const struct store_options *options, struct err *err); /* or NULL */
void store_derive(struct store *store, const struct seal_secrets *secrets);
bool store_begin(
    const struct store_options *options, struct store **store, struct err *err) MUST_USE;
bool store_new_index(
    struct store *store, const struct seal_secrets *secrets, struct err *err) MUST_USE;
bool store_open_index(struct store *store, struct err *err) MUST_USE;
bool store_take_keys(
    struct store *store, const struct seal_secrets *secrets, struct err *err) MUST_USE;
/* A copy of the whole index, with the mark of its last commit, in a new folder dir/name. */
bool store_copy_index(struct store *store, const char *dir, const char *name, struct span without,
    struct err *err) MUST_USE;
/* The number of the last commit: what the index says, and the file beside it (0: not there). */
bool store_read_mark(const struct store *store, uint64_t *mark, struct err *err) MUST_USE;
bool store_commits(struct txn *txn, uint64_t *commits);
uint64_t store_next_commit(struct txn *txn); /* counts this one */
void store_mark(const struct store *store, uint64_t commits); /* after it */
void store_note_compact(struct txn *txn);

/* Rows of META and other tables of the store's own, without the checks meant for callers. */
void txn_put_own(struct txn *txn, enum table table, struct span key, struct span value);
void txn_damaged(struct txn *txn, enum table table, const char *words);

/* The file audit/log is brought up to what the index holds. */
bool audit_catch_up(struct store *store, struct err *err) MUST_USE;
void audit_after_commit(struct txn *txn); /* a failure is told by the next transaction */

/* One line of audit/log, without its line end: false unless it is authentic. */
bool audit_open_line(const struct store *store, struct span line, struct arena *arena,
    uint64_t *number, uint8_t hash[static AUDIT_HASH], struct span *record);
/* A record with its place in the chain; false: the transaction has failed, or there is none. */
bool audit_find(struct txn *txn, uint64_t number, struct arena *arena,
    uint8_t hash[static AUDIT_HASH], struct span *record);
void audit_hash(const struct store *store, uint64_t number, const uint8_t before[static AUDIT_HASH],
    struct span record, uint8_t hash[static AUDIT_HASH]);

#define VAULT_UNSETTLED "unsettled" /* a mark among the files of the vault: see vault_unsettled */
void vault_forget(struct store *store); /* what store_close frees of the vault */

#endif
