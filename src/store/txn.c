#include "store/txn.h"

#include "store/cell.h"
#include "store/inside.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { LONGEST_KEY = 500 };

/* Values of the rows of CASE_KEYS: a letter, then the key. */
enum { CASE_ALIVE = 'k', CASE_ERASED = 'x' };

static struct span span_of_bytes(const uint8_t *bytes, size_t len)
{
    return (struct span) { (const char *)bytes, len };
}

struct txn *txn_begin(struct store *store, enum txn_mode mode)
{
    struct arena *own = arena_new();
    struct txn *txn = arena_alloc(own, sizeof *txn);

    assert(store_is_ours(store));
    txn->own = txn->lines.arena = own;
    txn->store = store;
    txn->mode = mode;
    txn->scratch = arena_new();
    if (mode == TXN_WRITE) {
        assert(store->mode == STORE_WRITE && !store->writing);
        store->writing = true;
    }
    store->open++;
    if (!store->db)
        err_exit(&txn->err, ERR_RUN, EX_IOERR, "%s: the index is not open", store->dir);
    else if (store->schema < store->wanted && !store->migrating)
        err_exit(&txn->err, ERR_RUN, EX_TEMPFAIL,
            "%s: made by an older version; it is brought up to date by: meldpost process",
            store->dir);
    else if (mode != TXN_WRITE || !store->log_behind || audit_catch_up(store, &txn->err))
        (void)!db_begin(store->db, mode == TXN_WRITE, &txn->db, &txn->err);
    return txn;
}

static void release(struct txn **txn)
{
    struct txn *old = *txn;
    struct arena *own = old->own;

    db_abort(&old->db);
    old->store->open--;
    if (old->mode == TXN_WRITE)
        old->store->writing = false;
    arena_free(&old->scratch);
    arena_free(&own);
    *txn = NULL;
}

void txn_drop(struct txn **txn)
{
    if (*txn)
        release(txn);
}

bool txn_end(struct txn **txn, struct err *err)
{
    struct txn *old = *txn;
    uint64_t commits = 0;
    bool good;

    if (old->changed && !txn_failed(old))
        commits = store_next_commit(old);
    if (old->changed && !txn_failed(old) && db_commit(&old->db, &old->err)) {
        store_mark(old->store, commits);
        audit_after_commit(old);
    }
    good = !txn_failed(old);
    if (!good)
        *err = old->err;
    release(txn);
    return good;
}

bool txn_was_full(const struct err *err)
{
    return db_was_full(err);
}

void txn_fail(struct txn *txn, const struct err *err)
{
    if (!txn_failed(txn))
        txn->err = *err;
}

bool txn_failed(const struct txn *txn)
{
    return txn->err.scope != ERR_NONE;
}

void txn_damaged(struct txn *txn, enum table table, const char *words)
{
    if (!txn_failed(txn))
        err_exit(&txn->err, ERR_RUN, EX_IOERR, "%s/%s: table %s: %s; run: meldpost verify",
            txn->store->dir, txn->store->index, table_name(table), words);
}

/* The key as it is on the disk: for sealed tables the hash, which then lies in hash. */
static struct span disk_key(
    struct txn *txn, enum table table, struct span key, uint8_t hash[static CELL_HASH])
{
    if (table_kind(table) != TABLE_PLAIN) {
        assert(key.len);
        cell_hash(txn->store, table, key, hash);
        return span_of_bytes(hash, CELL_HASH);
    }
    if (key.len == 0 || key.len > LONGEST_KEY)
        err_exit(&txn->err, ERR_RUN, EX_SOFTWARE,
            "index: table %s: a key of %zu bytes (1 to %d are possible)", table_name(table),
            key.len, LONGEST_KEY);
    return key;
}

/* A row of CASE_KEYS is found by the tag, which is all that a value of the case tells. */
static bool case_key(
    struct txn *txn, const uint8_t *tag, uint8_t key[static SEAL_KEY], bool *erased)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span value;

    *erased = false;
    if (!txn_get(txn, TABLE_CASE_KEYS, span_of_bytes(tag, CELL_TAG), arena, &value))
        return false;
    if (value.len == 1 && value.at[0] == CASE_ERASED) {
        *erased = true;
        return false;
    }
    if (value.len != 1 + SEAL_KEY || value.at[0] != CASE_ALIVE) {
        txn_damaged(txn, TABLE_CASE_KEYS, "damaged value");
        return false;
    }
    memcpy(key, value.at + 1, SEAL_KEY);
    return true;
}

/* Opens what lies under a key of the disk; key and value come into the arena. */
static bool open_cell(struct txn *txn, enum table table, struct span at, struct span cell,
    struct arena *arena, struct span *key, struct span *value)
{
    uint8_t of_case[SEAL_KEY];
    const uint8_t *seal = txn->store->keys->row_seal;
    bool erased, good;

    if (table_kind(table) == TABLE_PLAIN) {
        good = cell_open_plain(table, at, cell, value);
        if (good) {
            *key = arena_copy(arena, at);
            *value = arena_copy(arena, *value);
        }
    } else {
        assert(txn->store->unlocked);
        if (table_kind(table) == TABLE_CASE) {
            good = cell_case(cell) && case_key(txn, cell_case(cell), of_case, &erased);
            seal = of_case;
        } else {
            good = !cell_case(cell);
        }
        good = good && at.len == CELL_HASH
            && cell_open_sealed(seal, table, (const uint8_t *)at.at, cell, arena, key, value);
        sodium_memzero(of_case, sizeof of_case);
    }
    if (!good)
        txn_damaged(txn, table, "damaged value");
    return good;
}

bool txn_get(
    struct txn *txn, enum table table, struct span key, struct arena *arena, struct span *value)
{
    uint8_t hash[CELL_HASH];
    struct span at, cell, real;

    if (txn_failed(txn))
        return false;
    at = disk_key(txn, table, key, hash);
    if (txn_failed(txn) || db_get(txn->db, table, at, &cell, &txn->err) != DB_FOUND)
        return false;
    if (!open_cell(txn, table, at, cell, arena, &real, value))
        return false;
    if (!span_equal(real, key))
        txn_damaged(txn, table, "a value under another key");
    return !txn_failed(txn);
}

bool txn_have(struct txn *txn, enum table table, struct span key)
{
    struct span value;
    bool found = txn_get(txn, table, key, txn->scratch, &value);

    arena_reset(txn->scratch);
    return found;
}

void txn_put_own(struct txn *txn, enum table table, struct span key, struct span value)
{
    uint8_t hash[CELL_HASH];
    struct span at, cell;

    assert(txn->mode == TXN_WRITE);
    if (txn_failed(txn))
        return;
    at = disk_key(txn, table, key, hash);
    if (txn_failed(txn))
        return;
    cell = table_kind(table) == TABLE_PLAIN
        ? cell_plain(table, key, value, txn->scratch)
        : cell_sealed(txn->store->keys->row_seal, NULL, table, hash, key, value, txn->scratch);
    txn->changed = db_put(txn->db, table, at, cell, &txn->err);
    arena_reset(txn->scratch);
}

static bool is_own(enum table table)
{
    return table == TABLE_META || table == TABLE_CASE_KEYS || table == TABLE_AUDIT;
}

void txn_put(struct txn *txn, enum table table, struct span key, struct span value)
{
    assert(!is_own(table) && table_kind(table) != TABLE_CASE);
    txn_put_own(txn, table, key, value);
}

bool txn_delete(struct txn *txn, enum table table, struct span key)
{
    uint8_t hash[CELL_HASH];
    struct span at;

    assert(!is_own(table) && txn->mode == TXN_WRITE);
    if (txn_failed(txn))
        return false;
    at = disk_key(txn, table, key, hash);
    if (txn_failed(txn) || db_delete(txn->db, table, at, &txn->err) != DB_FOUND)
        return false;
    txn->changed = true;
    return true;
}

uint64_t txn_count(struct txn *txn, enum table table)
{
    uint64_t count = 0;

    if (!txn_failed(txn))
        (void)!db_count(txn->db, table, &count, &txn->err);
    return count;
}

struct txn_rows txn_rows(struct txn *txn, enum table table, struct span prefix)
{
    assert(prefix.len == 0 || (table_kind(table) == TABLE_PLAIN && prefix.len <= LONGEST_KEY));
    return (struct txn_rows) { .txn = txn, .table = table, .prefix = prefix };
}

bool txn_next(struct txn_rows *rows, struct arena *arena, struct span *key, struct span *value)
{
    struct txn *txn = rows->txn;
    struct span after = { rows->at, rows->len }, at, cell;

    if (txn_failed(txn))
        return false;
    if (rows->len == 0)
        after = rows->prefix;
    if (db_next(txn->db, rows->table, after, rows->len == 0, &at, &cell, &txn->err) != DB_FOUND
        || !span_starts(at, rows->prefix))
        return false;
    if (at.len > sizeof rows->at) {
        txn_damaged(txn, rows->table, "a key that is too long");
        return false;
    }
    memcpy(rows->at, at.at, at.len);
    rows->len = at.len;
    return open_cell(txn, rows->table, at, cell, arena, key, value);
}

static uint64_t last_number(struct txn *txn, struct span name)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span value;
    uint64_t number = 0;

    if (txn_get(txn, TABLE_COUNTERS, name, arena, &value))
        for (size_t i = 0; i < value.len; i++)
            number = number << 8 | (uint8_t)value.at[i];
    return number;
}

static void put_number(struct txn *txn, struct span name, uint64_t number)
{
    uint8_t bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    txn_put_own(txn, TABLE_COUNTERS, name, span_of_bytes(bytes, sizeof bytes));
}

uint64_t txn_next_number(struct txn *txn, struct span name)
{
    uint64_t number = last_number(txn, name) + 1;

    put_number(txn, name, number);
    return number;
}

void txn_raise_number(struct txn *txn, struct span name, uint64_t least)
{
    if (last_number(txn, name) < least)
        put_number(txn, name, least);
}

void txn_hash(
    struct txn *txn, const char *purpose, struct span bytes, uint8_t hash[static SEAL_HASH])
{
    memset(hash, 0, SEAL_HASH);
    if (!txn_failed(txn))
        seal_hash(txn->store, purpose, bytes, hash);
}

void txn_case_new(struct txn *txn, struct span name)
{
    uint8_t tag[CELL_TAG], value[1 + SEAL_KEY] = { CASE_ALIVE }, key[SEAL_KEY];
    bool erased;

    cell_tag(txn->store, name, tag);
    if (!case_key(txn, tag, key, &erased) && !txn_failed(txn)) {
        if (erased) {
            err_set(&txn->err, ERR_MESSAGE, "this case was erased");
            return;
        }
        randombytes_buf(value + 1, SEAL_KEY);
        txn_put_own(txn, TABLE_CASE_KEYS, span_of_bytes(tag, sizeof tag),
            span_of_bytes(value, sizeof value));
    }
    sodium_memzero(value, sizeof value);
    sodium_memzero(key, sizeof key);
}

bool txn_case_have(struct txn *txn, struct span name)
{
    uint8_t tag[CELL_TAG], key[SEAL_KEY];
    bool erased, have;

    cell_tag(txn->store, name, tag);
    have = case_key(txn, tag, key, &erased);
    sodium_memzero(key, sizeof key);
    return have;
}

void txn_put_case(
    struct txn *txn, enum table table, struct span name, struct span key, struct span value)
{
    uint8_t tag[CELL_TAG], seal[SEAL_KEY], hash[CELL_HASH];
    struct span at, cell;
    bool erased;

    assert(txn->mode == TXN_WRITE && table_kind(table) == TABLE_CASE);
    if (txn_failed(txn))
        return;
    cell_tag(txn->store, name, tag);
    if (!case_key(txn, tag, seal, &erased)) {
        if (!txn_failed(txn))
            err_set(&txn->err, ERR_MESSAGE, erased ? "this case was erased" : "no such case");
        return;
    }
    at = disk_key(txn, table, key, hash);
    cell = cell_sealed(seal, tag, table, hash, key, value, txn->scratch);
    sodium_memzero(seal, sizeof seal);
    txn->changed = db_put(txn->db, table, at, cell, &txn->err);
    arena_reset(txn->scratch);
}

static void erase_values(struct txn *txn, enum table table, const uint8_t *tag)
{
    char before[CELL_HASH];
    struct span after = { 0 }, at, cell;

    while (db_next(txn->db, table, after, false, &at, &cell, &txn->err) == DB_FOUND) {
        const uint8_t *of_case = cell_case(cell);

        if (at.len != sizeof before) {
            txn_damaged(txn, table, "a key of another length");
            return;
        }
        memcpy(before, at.at, sizeof before);
        after = (struct span) { before, sizeof before };
        if (of_case && memcmp(of_case, tag, CELL_TAG) == 0
            && db_delete(txn->db, table, after, &txn->err) == DB_FAILED)
            return;
    }
}

void txn_case_erase(struct txn *txn, struct span name)
{
    static const char erased = CASE_ERASED;
    uint8_t tag[CELL_TAG];

    assert(txn->mode == TXN_WRITE);
    cell_tag(txn->store, name, tag);
    if (txn_failed(txn))
        return;
    for (int i = 0; i < TABLE_COUNT && !txn_failed(txn); i++)
        if (table_kind((enum table)i) == TABLE_CASE)
            erase_values(txn, (enum table)i, tag);
    txn_put_own(txn, TABLE_CASE_KEYS, span_of_bytes(tag, sizeof tag), (struct span) { &erased, 1 });
    store_note_compact(txn);
}
