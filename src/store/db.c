#include "store/db.h"

#include "base/file.h"
#include "store/mapguard.h"

#include <assert.h>
#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

enum { ABSENT = -1, SMALLEST_MAP = 64 * 1024 * 1024, BATCH = 16 * 1024 * 1024 };

/* In META: the names of all tables that were made, so that a lost one is not taken for a new one.
 */
static const struct span made = { "tables", 6 };

struct db {
    MDB_env *env;
    enum db_mode mode;
    unsigned open; /* transactions */
    long long dbi[TABLE_COUNT]; /* ABSENT for a reader of an index that lacks it */
    char path[4096];
};

struct db_txn {
    struct db *db;
    MDB_txn *txn;
    bool write, full;
};

/* Both say false themselves, for those who read the program without err.c at hand. */
static bool no_memory(struct err *err)
{
    err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    return false;
}

static bool fails(const struct db *db, int code, struct err *err)
{
    switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        err_exit(err, ERR_RUN, EX_IOERR, "%s: the index cannot grow: %s; make room", db->path,
            strerror(code));
        break;
    case MDB_MAP_RESIZED:
        err_exit(err, ERR_RUN, EX_TEMPFAIL,
            "%s: the index grew under an open transaction; try again", db->path);
        break;
    case MDB_READERS_FULL:
        err_exit(err, ERR_RUN, EX_TEMPFAIL, "%s: too many readers at once; try again", db->path);
        break;
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE:
        err_exit(err, ERR_RUN, EX_IOERR,
            "%s: the index is damaged (%s); run: meldpost verify, then meldpost rebuild", db->path,
            mdb_strerror(code));
        break;
    default:
        err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", db->path, mdb_strerror(code));
    }
    return false;
}

static MDB_val val_of(struct span span)
{
    union {
        const char *in;
        void *out; /* LMDB writes to no key or value of ours, its type just cannot say so */
    } at = { .in = span.at };

    return (MDB_val) { .mv_size = span.len, .mv_data = at.out };
}

static struct span span_val(MDB_val val)
{
    return (struct span) { val.mv_data, val.mv_size };
}

static void give_up(MDB_env *env, const char *words)
{
    (void)env;
    (void)words;
    mapguard_give_up();
}

static int try_open(struct db *db, size_t map_bytes)
{
    unsigned flags = MDB_NOTLS | (db->mode == DB_READ ? MDB_RDONLY : 0);
    int code = mdb_env_create(&db->env);

    if (code)
        return code;
    mdb_env_set_assert(db->env, give_up);
    if (!(code = mdb_env_set_maxdbs(db->env, TABLE_COUNT))
        && !(code = mdb_env_set_mapsize(db->env, map_bytes)))
        code = mdb_env_open(db->env, db->path, flags, 0600);
    if (code) {
        mdb_env_close(db->env);
        db->env = NULL;
    }
    return code;
}

/* LMDB makes its files within the umask, which may take bits that we need. */
static int set_modes(const struct db *db)
{
    static const char *const names[] = { "data.mdb", "lock.mdb" };
    char path[4200];

    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", db->path, names[i]);
        if (chmod(path, 0600) != 0)
            return errno;
    }
    return 0;
}

static int open_env(struct db *db, size_t map_bytes)
{
    int code, dead;

    /* A process with a bound on its address space still gets an index, only a smaller map. */
    while ((code = try_open(db, map_bytes)) == ENOMEM && map_bytes > SMALLEST_MAP)
        map_bytes /= 2;
    if (!code && db->mode != DB_READ)
        code = set_modes(db);
    if (!code) /* a reader that was killed would keep all older pages from being used again */
        code = mdb_reader_check(db->env, &dead);
    return code;
}

static bool is_made(struct span names, const char *name)
{
    struct span line;

    while (span_line(&names, &line))
        if (span_equal(line, span_of(name)))
            return true;
    return false;
}

/* Opens those tables that are there; *missing tells whether some are new to this index. */
static int open_known(
    struct db *db, MDB_txn *txn, bool *missing, const char **lost, size_t room, char *names)
{
    MDB_val key = val_of(made), value = { 0 };
    struct span known = { 0 };
    int code;

    for (int i = 0; i < TABLE_COUNT; i++) {
        MDB_dbi dbi;

        code = mdb_dbi_open(txn, table_name((enum table)i), 0, &dbi);
        if (code && code != MDB_NOTFOUND)
            return code;
        db->dbi[i] = code ? ABSENT : (long long)dbi;
        if (code && i == TABLE_META) {
            *lost = table_name(TABLE_META);
            return MDB_CORRUPTED;
        }
        if (i == TABLE_META) {
            code = mdb_get(txn, dbi, &key, &value);
            if (code || value.mv_size >= room) {
                *lost = "tables";
                return code && code != MDB_NOTFOUND ? code : MDB_CORRUPTED;
            }
            memcpy(names, value.mv_data, value.mv_size);
            known = (struct span) { names, value.mv_size };
        } else if (code && is_made(known, table_name((enum table)i))) {
            *lost = table_name((enum table)i);
            return MDB_CORRUPTED;
        } else if (code) {
            *missing = true;
        }
    }
    return 0;
}

static int create_missing(struct db *db, MDB_txn *txn)
{
    char names[TABLE_COUNT * 32];
    size_t len = 0;
    MDB_val key = val_of(made), value;

    for (int i = 0; i < TABLE_COUNT; i++) {
        MDB_dbi dbi;
        int code = mdb_dbi_open(txn, table_name((enum table)i), MDB_CREATE, &dbi);

        if (code)
            return code;
        db->dbi[i] = dbi;
        len += (size_t)snprintf(names + len, sizeof names - len, "%s\n", table_name((enum table)i));
        assert(len < sizeof names);
    }
    value = val_of((struct span) { names, len });
    return mdb_put(txn, (MDB_dbi)db->dbi[TABLE_META], &key, &value, 0);
}

static bool open_tables(struct db *db, struct err *err)
{
    bool missing = db->mode == DB_CREATE;
    const char *lost = NULL;
    char names[TABLE_COUNT * 64];
    MDB_txn *txn;
    int code;

    if (db->mode != DB_CREATE) {
        code = mdb_txn_begin(db->env, NULL, MDB_RDONLY, &txn);
        if (code == MDB_MAP_RESIZED && !(code = mdb_env_set_mapsize(db->env, 0)))
            code = mdb_txn_begin(db->env, NULL, MDB_RDONLY, &txn);
        if (code)
            return fails(db, code, err);
        code = open_known(db, txn, &missing, &lost, sizeof names, names);
        if (code) {
            mdb_txn_abort(txn);
            if (lost)
                return err_exit(err, ERR_RUN, EX_IOERR,
                    "%s: the index is damaged (table %s is missing); run: meldpost rebuild",
                    db->path, lost);
            return fails(db, code, err);
        }
        code = mdb_txn_commit(txn); /* keeps the handles, as an abort would not */
        if (code)
            return fails(db, code, err);
    }
    if (!missing || db->mode == DB_READ)
        return true;
    code = mdb_txn_begin(db->env, NULL, 0, &txn);
    if (code)
        return fails(db, code, err);
    code = create_missing(db, txn);
    if (code) {
        mdb_txn_abort(txn);
        return fails(db, code, err);
    }
    code = mdb_txn_commit(txn);
    return code ? fails(db, code, err) : true;
}

static size_t room_for(const char *path, size_t map_bytes)
{
    char data[4200];
    struct stat facts;

    snprintf(data, sizeof data, "%s/data.mdb", path);
    if (stat(data, &facts) == 0 && (uintmax_t)facts.st_size < SIZE_MAX / 4)
        while (map_bytes < (size_t)facts.st_size * 2)
            map_bytes *= 2;
    return map_bytes;
}

bool db_open(const char *path, enum db_mode mode, size_t map_bytes, struct db **db, struct err *err)
{
    struct db *new = calloc(1, sizeof *new);
    int code;

    if (!new)
        return no_memory(err);
    new->mode = mode;
    if (snprintf(new->path, sizeof new->path, "%s", path) >= (int)sizeof new->path) {
        free(new);
        err_exit(err, ERR_RUN, EX_CONFIG, "%.100s…: path too long", path);
        return false;
    }
    mapguard_begin(new->path);
    code = open_env(new, room_for(path, map_bytes));
    if (code ? !fails(new, code, err) : !open_tables(new, err)) {
        db_close(&new);
        return false;
    }
    *db = new;
    return true;
}

void db_close(struct db **db)
{
    if (!*db)
        return;
    assert((*db)->open == 0);
    if ((*db)->env)
        mdb_env_close((*db)->env);
    mapguard_end();
    free(*db);
    *db = NULL;
}

static int grow(struct db *db)
{
    MDB_envinfo info;

    mdb_env_info(db->env, &info);
    if (info.me_mapsize > SIZE_MAX / 4)
        return ENOMEM;
    return mdb_env_set_mapsize(db->env, info.me_mapsize * 2);
}

static bool is_half_used(const struct db *db)
{
    MDB_envinfo info;
    MDB_stat stat;

    mdb_env_info(db->env, &info);
    mdb_env_stat(db->env, &stat);
    return (info.me_last_pgno + 1) * stat.ms_psize > info.me_mapsize / 2;
}

bool db_begin(struct db *db, bool write, struct db_txn **txn, struct err *err)
{
    struct db_txn *new = calloc(1, sizeof *new);
    int code = 0;

    if (!new)
        return no_memory(err);
    *new = (struct db_txn) { .db = db, .write = write };
    /* A map that cannot grow is told by the put that finds no room, not here. */
    if (write && db->open == 0 && is_half_used(db))
        (void)grow(db);
    code = mdb_txn_begin(db->env, NULL, write ? 0 : MDB_RDONLY, &new->txn);
    if (code == MDB_MAP_RESIZED && db->open == 0 && !(code = mdb_env_set_mapsize(db->env, 0)))
        code = mdb_txn_begin(db->env, NULL, write ? 0 : MDB_RDONLY, &new->txn);
    if (code) {
        free(new);
        return fails(db, code, err);
    }
    db->open++;
    *txn = new;
    return true;
}

void db_abort(struct db_txn **txn)
{
    struct db *db;
    bool full;

    if (!*txn)
        return;
    db = (*txn)->db;
    full = (*txn)->full;
    mdb_txn_abort((*txn)->txn);
    free(*txn);
    *txn = NULL;
    db->open--;
    if (full && db->open == 0)
        (void)grow(db); /* else the next try says once more that there is no room */
}

static const char full_words[] = "one step was larger than the room in the index; try again";

bool db_was_full(const struct err *err)
{
    return err->exit_code == EX_TEMPFAIL && strstr(err->text, full_words);
}

static bool txn_fails(struct db_txn *txn, int code, struct err *err)
{
    if (code == MDB_MAP_FULL || code == MDB_TXN_FULL)
        txn->full = true;
    if (code == MDB_MAP_FULL)
        return err_exit(err, ERR_RUN, EX_TEMPFAIL, "%s: %s", txn->db->path, full_words);
    return fails(txn->db, code, err);
}

bool db_commit(struct db_txn **txn, struct err *err)
{
    struct db *db = (*txn)->db;
    int code = mdb_txn_commit((*txn)->txn); /* frees it, also when it fails */
    bool good = !code || txn_fails(*txn, code, err);

    free(*txn);
    *txn = NULL;
    db->open--;
    if (code == MDB_MAP_FULL && db->open == 0)
        (void)grow(db);
    return good;
}

static bool dbi_of(const struct db_txn *txn, enum table table, MDB_dbi *dbi)
{
    assert(txn);
    if (txn->db->dbi[table] == ABSENT)
        return false;
    *dbi = (MDB_dbi)txn->db->dbi[table];
    return true;
}

enum db_got db_get(
    struct db_txn *txn, enum table table, struct span key, struct span *value, struct err *err)
{
    MDB_val at = val_of(key), got;
    MDB_dbi dbi;
    int code;

    if (!dbi_of(txn, table, &dbi))
        return DB_NONE;
    code = mdb_get(txn->txn, dbi, &at, &got);
    if (code == MDB_NOTFOUND)
        return DB_NONE;
    if (code) {
        txn_fails(txn, code, err);
        return DB_FAILED;
    }
    *value = span_val(got);
    return DB_FOUND;
}

bool db_put(
    struct db_txn *txn, enum table table, struct span key, struct span value, struct err *err)
{
    MDB_val at = val_of(key), what = val_of(value);
    MDB_dbi dbi;
    int code;

    if (!dbi_of(txn, table, &dbi))
        return txn_fails(txn, MDB_BAD_DBI, err);
    code = mdb_put(txn->txn, dbi, &at, &what, 0);
    return code ? txn_fails(txn, code, err) : true;
}

enum db_got db_delete(struct db_txn *txn, enum table table, struct span key, struct err *err)
{
    MDB_val at = val_of(key);
    MDB_dbi dbi;
    int code;

    if (!dbi_of(txn, table, &dbi))
        return DB_NONE;
    code = mdb_del(txn->txn, dbi, &at, NULL);
    if (code == MDB_NOTFOUND)
        return DB_NONE;
    if (code) {
        txn_fails(txn, code, err);
        return DB_FAILED;
    }
    return DB_FOUND;
}

enum db_got db_next(struct db_txn *txn, enum table table, struct span after, bool equal,
    struct span *key, struct span *value, struct err *err)
{
    MDB_val at = val_of(after), got = { 0 };
    MDB_cursor *cursor;
    MDB_dbi dbi;
    int code;

    if (!dbi_of(txn, table, &dbi))
        return DB_NONE;
    /* A cursor for each step, so that rows may be put and deleted in between. */
    code = mdb_cursor_open(txn->txn, dbi, &cursor);
    if (code) {
        txn_fails(txn, code, err);
        return DB_FAILED;
    }
    code = mdb_cursor_get(cursor, &at, &got, after.len ? MDB_SET_RANGE : MDB_FIRST);
    if (!code && after.len && !equal && span_equal(span_val(at), after))
        code = mdb_cursor_get(cursor, &at, &got, MDB_NEXT);
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND)
        return DB_NONE;
    if (code) {
        txn_fails(txn, code, err);
        return DB_FAILED;
    }
    *key = span_val(at);
    *value = span_val(got);
    return DB_FOUND;
}

bool db_count(struct db_txn *txn, enum table table, uint64_t *count, struct err *err)
{
    MDB_stat stat;
    MDB_dbi dbi;
    int code;

    *count = 0;
    if (!dbi_of(txn, table, &dbi))
        return true;
    code = mdb_stat(txn->txn, dbi, &stat);
    if (code)
        return txn_fails(txn, code, err);
    *count = stat.ms_entries;
    return true;
}

static int compare(MDB_val a, MDB_val b)
{
    size_t least = a.mv_size < b.mv_size ? a.mv_size : b.mv_size;
    int order = memcmp(a.mv_data, b.mv_data, least);

    return order ? order : (a.mv_size > b.mv_size) - (a.mv_size < b.mv_size);
}

/* The list of tables carries no checksum: it must say exactly what is there. */
static const char *check_made(const struct db *db, struct span names)
{
    struct span rest = names, line;
    size_t lines = 0, present = 0;

    while (span_line(&rest, &line))
        lines++;
    for (int i = 0; i < TABLE_COUNT; i++) {
        if (db->dbi[i] == ABSENT)
            continue;
        present++;
        if (!is_made(names, table_name((enum table)i)))
            return "the list of tables lacks one";
    }
    return lines == present ? NULL : "the list of tables has one too many";
}

static const char *check_rows(struct db_txn *txn, MDB_dbi dbi, MDB_cursor *cursor, size_t entries,
    db_each *each, void *context)
{
    MDB_val key, value, before = { 0 }, again;
    size_t rows = 0;
    int code;

    while (!(code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) {
        if (++rows > entries)
            return "holds more rows than it says";
        if (rows > 1 && compare(before, key) >= 0)
            return "rows are out of order";
        before = key;
        if (mdb_get(txn->txn, dbi, &key, &again) || again.mv_data != value.mv_data)
            return "a row cannot be found by its key";
        if (dbi == (MDB_dbi)txn->db->dbi[TABLE_META] && span_equal(span_val(key), made)) {
            const char *words = check_made(txn->db, span_val(value));

            if (words)
                return words;
            continue;
        }
        if (!each(context, span_val(key), span_val(value)))
            return NULL;
    }
    if (code != MDB_NOTFOUND)
        return mdb_strerror(code);
    return rows < entries ? "rows are missing" : NULL;
}

bool db_check(
    struct db_txn *txn, enum table table, db_each *each, void *context, const char **words)
{
    MDB_cursor *cursor;
    MDB_stat stat;
    MDB_dbi dbi;
    int code;

    if (!dbi_of(txn, table, &dbi))
        return true;
    if ((code = mdb_stat(txn->txn, dbi, &stat))
        || (code = mdb_cursor_open(txn->txn, dbi, &cursor))) {
        *words = mdb_strerror(code);
        return false;
    }
    *words = check_rows(txn, dbi, cursor, stat.ms_entries, each, context);
    mdb_cursor_close(cursor);
    return !*words;
}

struct copying {
    struct db *to;
    MDB_txn *txn;
    size_t bytes; /* since the last commit */
};

static int copy_row(struct copying *copying, enum table table, MDB_val *key, MDB_val *value)
{
    int code;

    if (copying->bytes > BATCH) {
        code = mdb_txn_commit(copying->txn);
        copying->txn = NULL;
        if (code || (code = mdb_txn_begin(copying->to->env, NULL, 0, &copying->txn)))
            return code;
        copying->bytes = 0;
    }
    copying->bytes += key->mv_size + value->mv_size;
    return mdb_put(copying->txn, (MDB_dbi)copying->to->dbi[table], key, value,
        table == TABLE_META ? 0 : MDB_APPEND); /* META has its list of tables already */
}

static int copy_table(
    struct copying *copying, struct db_txn *from, enum table table, struct span without)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    MDB_dbi dbi;
    int code;

    if (!dbi_of(from, table, &dbi))
        return 0;
    code = mdb_cursor_open(from->txn, dbi, &cursor);
    if (code)
        return code;
    while (!(code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) {
        bool leave = table == TABLE_META
            && (span_equal(span_val(key), made) || span_equal(span_val(key), without));

        if (!leave && (code = copy_row(copying, table, &key, &value)))
            break;
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : code;
}

bool db_copy_rows(struct db *db, const char *to, struct span without, struct err *err)
{
    struct copying copying = { 0 };
    struct db_txn *from = NULL;
    MDB_envinfo info;
    int code;

    mdb_env_info(db->env, &info);
    if (!db_open(to, DB_CREATE, info.me_mapsize, &copying.to, err))
        return false;
    if (!db_begin(db, false, &from, err)) {
        db_close(&copying.to);
        return false;
    }
    code = mdb_txn_begin(copying.to->env, NULL, 0, &copying.txn);
    for (int i = 0; i < TABLE_COUNT && !code; i++)
        code = copy_table(&copying, from, (enum table)i, without);
    if (!code) {
        code = mdb_txn_commit(copying.txn);
        copying.txn = NULL;
    }
    if (copying.txn)
        mdb_txn_abort(copying.txn);
    db_abort(&from);
    if (code)
        fails(copying.to, code, err);
    db_close(&copying.to);
    return code ? false : file_sync_folder(to, err);
}
