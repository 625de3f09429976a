/*
 * db.h - the only door to LMDB: an environment that holds the tables of tables.h as bytes.
 *
 * Inside the store only: keys and values are what txn.c makes of them. Flags are LMDB's safe ones
 * (synced commits, no writable map, locks); MDB_NOTLS so that a thread may have several readers.
 */
#ifndef DB_H
#define DB_H

#include "base/err.h"
#include "base/span.h"
#include "store/tables.h"

struct db;
struct db_txn;

enum db_mode {
    DB_READ,
    DB_WRITE, /* tables that an older program did not know are added */
    DB_CREATE, /* a new folder's worth: all tables are made */
};

enum db_got { DB_FAILED, DB_NONE, DB_FOUND };

/*
 * path is the folder, which exists. map_bytes is the address room at first. ERR_RUN, EX_IOERR when
 * it cannot be read or written or is not LMDB's; "table X is missing" when one is gone that was
 * made.
 */
bool db_open(const char *path, enum db_mode mode, size_t map_bytes, struct db **db,
    struct err *err) MUST_USE;
void db_close(struct db **db); /* no transaction is open */

/* Grows the map first when more than half of it is used and no other transaction is open. */
bool db_begin(struct db *db, bool write, struct db_txn **txn, struct err *err) MUST_USE;

/* Both free the transaction and set *txn to NULL. */
bool db_commit(struct db_txn **txn, struct err *err) MUST_USE;
void db_abort(struct db_txn **txn);

/* Spans stay valid until the next change in the transaction, or its end. */
enum db_got db_get(struct db_txn *txn, enum table table, struct span key, struct span *value,
    struct err *err) MUST_USE;
bool db_put(struct db_txn *txn, enum table table, struct span key, struct span value,
    struct err *err) MUST_USE;
enum db_got db_delete(
    struct db_txn *txn, enum table table, struct span key, struct err *err) MUST_USE;

/* The first row whose key is greater than after, or, with equal, not less; empty after: the first.
 */
enum db_got db_next(struct db_txn *txn, enum table table, struct span after, bool equal,
    struct span *key, struct span *value, struct err *err) MUST_USE;

bool db_count(struct db_txn *txn, enum table table, uint64_t *count, struct err *err) MUST_USE;

/* True when the failure was that the map was too small: it has grown, the same works again. */
bool db_was_full(const struct err *err);

/*
 * Reads a table row by row along the leaves and gives each to each (false stops), then compares the
 * number of rows with what the table says of itself. False with *words (static) when rows are out
 * of order, cannot be found by their key, or are more or fewer. Damage may end the process.
 */
typedef bool db_each(void *context, struct span key, struct span value);
bool db_check(
    struct db_txn *txn, enum table table, db_each *each, void *context, const char **words);

/*
 * Writes all rows, but the one in META with the key without, to a new environment in the folder to,
 * which exists and is empty; synced. Consistent while others write. Not a copy of pages: these
 * keep in their gaps what was deleted.
 */
bool db_copy_rows(struct db *db, const char *to, struct span without, struct err *err) MUST_USE;

#endif
