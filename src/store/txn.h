/*
 * txn.h - transactions on the index: all of it, or nothing.
 *
 *     struct txn *txn = txn_begin(store, TXN_WRITE);
 *
 *     txn_put(txn, TABLE_CASES, number, record);
 *     txn_put_case(txn, TABLE_TEXTS, number, message, text);
 *     return txn_end(&txn, err);
 *
 * A transaction remembers its first failure: later calls on it do nothing and find nothing, txn_end
 * tells it. One write transaction at a time; a second one in the same process is a programming
 * mistake (it would wait for itself). Read transactions see the state of their beginning; keep them
 * short, never across gpg or the network: while one is open the index cannot reuse room.
 *
 * Using a SEALED or CASE table on a store that is not unlocked is a programming mistake (assert).
 */
#ifndef TXN_H
#define TXN_H

#include "store/seal.h"
#include "store/store.h"

struct txn;

enum txn_mode { TXN_READ, TXN_WRITE };

struct txn *txn_begin(struct store *store, enum txn_mode mode); /* never NULL */

/*
 * Commits and syncs a write transaction, ends a read transaction; frees it and sets *txn to NULL in
 * any case. False, with the first failure, when nothing was changed: ERR_RUN, EX_IOERR for a disk
 * that is full, read-only or damaged; EX_TEMPFAIL when a single transaction was larger than the
 * room that the index had: it has grown since, the same transaction works when done again
 * (txn_was_full tells this from other failures; with the map's 4 GiB to start with, and growth at
 * half, it takes a step of 2 GiB).
 */
bool txn_end(struct txn **txn, struct err *err) MUST_USE;
bool txn_was_full(const struct err *err);
void txn_drop(struct txn **txn); /* changes nothing; NULL inside is fine; for AUTO(txn_drop) */

/* Makes the transaction fail with the caller's reason, unless it has failed already. */
void txn_fail(struct txn *txn, const struct err *err);
bool txn_failed(const struct txn *txn);

/* Replaces what the key held. In a CASE table only through txn_put_case. */
void txn_put(struct txn *txn, enum table table, struct span key, struct span value);

/* False when there is no such key, or the transaction has failed. value is a copy in the arena. */
bool txn_get(
    struct txn *txn, enum table table, struct span key, struct arena *arena, struct span *value);
bool txn_have(struct txn *txn, enum table table, struct span key);
bool txn_delete(struct txn *txn, enum table table, struct span key); /* false: was not there */
uint64_t txn_count(struct txn *txn, enum table table); /* rows in the table */

/*
 * All rows of a table, or of a PLAIN table those whose key starts with prefix (else it is empty):
 *
 *     struct txn_rows rows = txn_rows(txn, TABLE_DUE, prefix);
 *     while (txn_next(&rows, arena, &key, &value))
 *         …
 *
 * PLAIN tables come in byte order of their keys, others in none. Key and value are copies in the
 * arena. Rows may be put and deleted meanwhile; whether a row put meanwhile comes by is not said.
 */
struct txn_rows {
    struct txn *txn;
    enum table table;
    struct span prefix;
    size_t len; /* of the key of the last row given; 0 at first */
    char at[512];
};
struct txn_rows txn_rows(struct txn *txn, enum table table, struct span prefix); /* keeps prefix */
bool txn_next(struct txn_rows *rows, struct arena *arena, struct span *key, struct span *value);

/* 1, 2, 3 … for each name, without gaps for what was committed. */
uint64_t txn_next_number(struct txn *txn, struct span name);
void txn_raise_number(struct txn *txn, struct span name, uint64_t least); /* next: greater */

/* How many commits were made with the store unlocked: while it stays, no sealed table has changed.
 */
uint64_t txn_keyed(struct txn *txn);

/* As seal_hash, for who has a transaction; zeros when it has failed. */
void txn_hash(
    struct txn *txn, const char *purpose, struct span bytes, uint8_t hash[static SEAL_HASH]);

/*
 * Keys of cases. The name of a case is any span. A key is made once, by txn_case_new (nothing
 * happens when there is one). txn_put_case to a case without a key fails the transaction with
 * ERR_MESSAGE. txn_case_erase deletes the key and every value sealed with it, and notes that
 * store_compact is due; the name may not be used again: txn_case_new fails with ERR_MESSAGE.
 */
void txn_case_new(struct txn *txn, struct span name);
bool txn_case_have(struct txn *txn, struct span name);
void txn_put_case(
    struct txn *txn, enum table table, struct span name, struct span key, struct span value);
void txn_case_erase(struct txn *txn, struct span name);

#endif
