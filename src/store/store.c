#include "store/store.h"

#include "base/file.h"
#include "store/folder.h"
#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

enum { LARGEST_KEYS = 256 * 1024, ATTEMPTS = 10 };

#define DEFAULT_MAP ((size_t)4 << (sizeof(size_t) > 4 ? 30 : 26))

static const struct span row_schema = { "schema", 6 }, row_commits = { "commits", 7 },
                         row_keyed = { "commits with keys", 17 }, row_check = { "check", 5 },
                         row_compact = { "compact", 7 };

bool store_path(const struct store *store, const char *name, char *path, struct err *err)
{
    return folder_join(store->dir, name, path, err);
}

bool store_is_ours(const struct store *store)
{
    return store->owner == getpid();
}

const char *store_dir(const struct store *store)
{
    return store->dir;
}

bool store_unlocked(const struct store *store)
{
    return store->unlocked;
}

unsigned store_schema(const struct store *store)
{
    return store->schema;
}

bool store_exists(const char *dir)
{
    char path[FOLDER_PATH];
    struct err err = { 0 };
    struct stat facts;

    return folder_join(dir, "seal.pub", path, &err) && lstat(path, &facts) == 0;
}

bool store_make_dir(const char *dir, struct err *err)
{
    char path[FOLDER_PATH];

    if (folder_is(dir))
        return true;
    if (snprintf(path, sizeof path, "%s", dir) >= (int)sizeof path)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%.100s…: path too long", dir);
    for (char *at = path + 1; *at; at++)
        if (*at == '/') {
            *at = '\0';
            if (mkdir(path, 0755) != 0 && errno != EEXIST)
                return err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", path, strerror(errno));
            *at = '/';
        }
    return folder_make(dir, err);
}

/* Numbers in rows of META: 8 bytes, big-endian. */
static struct span number_span(uint64_t number, uint8_t *bytes)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    return (struct span) { (const char *)bytes, 8 };
}

static uint64_t span_number(struct span span)
{
    uint64_t number = 0;

    for (size_t i = 0; i < span.len && i < 8; i++)
        number = number << 8 | (uint8_t)span.at[i];
    return number;
}

static void put_number(struct txn *txn, struct span row, uint64_t number)
{
    uint8_t bytes[8];

    txn_put_own(txn, TABLE_META, row, number_span(number, bytes));
}

static bool get_number(struct txn *txn, struct span row, uint64_t *number)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span value;

    *number = 0;
    if (!txn_get(txn, TABLE_META, row, arena, &value))
        return false;
    *number = span_number(value);
    return true;
}

bool store_commits(struct txn *txn, uint64_t *commits)
{
    return get_number(txn, row_commits, commits);
}

/* The mark needs no sync: it is written after the commit is on the disk, so it is never ahead of an
 * index that is whole, and behind only after a power cut. */
static bool write_mark(const char *index, uint64_t mark, struct err *err)
{
    AUTO(file_close_fd) int fd = -1;
    char path[FOLDER_PATH];
    uint8_t bytes[8];

    if (!folder_join(index, "commits.mark", path, err))
        return false;
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    number_span(mark, bytes);
    if (fd < 0 || fchmod(fd, 0600) != 0 || pwrite(fd, bytes, sizeof bytes, 0) != sizeof bytes)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return true;
}

bool store_read_mark(const struct store *store, uint64_t *mark, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    char index[FOLDER_PATH], path[FOLDER_PATH];
    struct span bytes;
    struct stat facts;

    *mark = 0;
    if (!store_path(store, store->index, index, err)
        || !folder_join(index, "commits.mark", path, err))
        return false;
    if (lstat(path, &facts) != 0 && errno == ENOENT)
        return true;
    if (!file_read(path, 8, arena, &bytes, err))
        return false;
    *mark = span_number(bytes);
    return true;
}

void store_mark(const struct store *store, uint64_t commits)
{
    struct err err = { 0 };
    char path[FOLDER_PATH];

    /* One that is behind is no harm: the next commit writes it again. */
    if (store_path(store, store->index, path, &err))
        (void)!write_mark(path, commits, &err);
}

uint64_t store_next_commit(struct txn *txn)
{
    uint64_t commits;

    store_commits(txn, &commits);
    put_number(txn, row_commits, commits + 1);
    if (txn->store->unlocked)
        put_number(txn, row_keyed, txn_keyed(txn) + 1);
    return commits + 1;
}

uint64_t txn_keyed(struct txn *txn)
{
    uint64_t commits;

    get_number(txn, row_keyed, &commits);
    return commits;
}

void store_note_compact(struct txn *txn)
{
    put_number(txn, row_compact, 1);
}

static bool check_modes(const char *dir, struct err *err)
{
    struct stat facts;

    if (stat(dir, &facts) != 0)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: %s", dir, strerror(errno));
    if (!S_ISDIR(facts.st_mode))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: not a folder", dir);
    if (facts.st_mode & 077)
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: others can look into it (mode %03o); do: chmod 700 %s", dir,
            (unsigned)facts.st_mode & 0777, dir);
    return true;
}

static bool read_seal_public(struct store *store, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    char path[FOLDER_PATH];
    struct span bytes;

    if (!store_path(store, "seal.pub", path, err))
        return false;
    if (!store_exists(store->dir))
        return err_exit(
            err, ERR_RUN, EX_CONFIG, "%s: no store there; run: meldpost init", store->dir);
    if (!file_read(path, SEAL_KEY, arena, &bytes, err) || bytes.len != SEAL_KEY)
        return err_exit(err, ERR_RUN, EX_IOERR,
            "%s: damaged (32 bytes are right); take it from a backup", path);
    memcpy(store->keys->seal_public, bytes.at, SEAL_KEY);
    return true;
}

struct store *store_handle(const struct store_options *options, struct err *err)
{
    struct store *store = calloc(1, sizeof *store);

    assert(options->schema >= 1);
    assert(options->mode == STORE_READ || options->lock);
    if (sodium_init() < 0 || !store) {
        free(store);
        err_exit(err, ERR_RUN, EX_OSERR, "no memory, or no random bytes");
        return NULL;
    }
    store->owner = getpid();
    store->dir = strdup(options->dir);
    store->keys = sodium_malloc(sizeof *store->keys); /* locks it where the system allows it */
    store->vault_fd = -1;
    if (!store->dir || !store->keys) {
        store_close(&store);
        err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
        return NULL;
    }
    store->index = "index";
    store->log = "audit/log";
    store->mode = options->mode;
    store->wanted = store->schema = options->schema;
    store->map_bytes = options->map_bytes ? options->map_bytes : DEFAULT_MAP;
    return store;
}

/* Best effort: an older kernel (before 4.14) leaves a child its copy. */
static void hide_from_children(struct keys *keys)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)keys & ~(page - 1);

    (void)madvise((void *)from, (uintptr_t)(keys + 1) - from, MADV_WIPEONFORK);
}

bool store_begin(const struct store_options *options, struct store **store, struct err *err)
{
    struct store *new = store_handle(options, err);

    if (!new)
        return false;
    hide_from_children(new->keys);
    if (!check_modes(new->dir, err) || !read_seal_public(new, err)) {
        store_close(&new);
        return false;
    }
    *store = new;
    return true;
}

void store_close(struct store **store)
{
    struct store *old = *store;

    if (!old)
        return;
    if (store_is_ours(old)) { /* a child leaves alone what it inherited */
        assert(old->open == 0);
        vault_forget(old);
        db_close(&old->db);
        if (old->keys)
            sodium_free(old->keys);
    }
    free(old->dir);
    free(old);
    *store = NULL;
}

/*
 * LMDB opens its two files one after the other. If the folder was swapped in between, lock and data
 * would be of different indexes: then the folder is another one after opening than before.
 */
bool store_open_index(struct store *store, struct err *err)
{
    enum db_mode mode = store->mode == STORE_WRITE ? DB_WRITE : DB_READ;
    char path[FOLDER_PATH];
    struct stat before, after;

    if (!store_path(store, store->index, path, err))
        return false;
    for (int i = 0; i < ATTEMPTS; i++) {
        if (stat(path, &before) != 0)
            return err_exit(err, ERR_RUN, EX_IOERR,
                "%s: the index is missing; restore a backup, or run: meldpost rebuild", path);
        if (!db_open(path, mode, store->map_bytes, &store->db, err))
            return false;
        if (stat(path, &after) == 0 && before.st_ino == after.st_ino)
            return true;
        db_close(&store->db);
    }
    return err_exit(err, ERR_RUN, EX_TEMPFAIL, "%s: is being replaced; try again", path);
}

static bool read_schema(struct store *store, struct err *err)
{
    struct txn *txn;
    uint64_t schema;

    store->migrating = true; /* the version is not known yet */
    txn = txn_begin(store, TXN_READ);
    if (!get_number(txn, row_schema, &schema))
        txn_damaged(txn, TABLE_META, "no schema version");
    store->migrating = false;
    if (!txn_end(&txn, err))
        return false;
    if (schema > store->wanted)
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: made by a newer version (its records are of version %llu, this program knows %u); "
            "install that version",
            store->dir, (unsigned long long)schema, store->wanted);
    store->schema = (unsigned)schema;
    if (schema < store->wanted && store->mode == STORE_READ)
        return err_exit(err, ERR_RUN, EX_TEMPFAIL,
            "%s: made by an older version; it is brought up to date by: meldpost run", store->dir);
    return true;
}

bool store_open(const struct store_options *options, struct store **store, struct err *err)
{
    struct store *new;

    if (!store_begin(options, &new, err))
        return false;
    if ((new->mode == STORE_WRITE && !folder_mend(new->dir, "index", "index.new", err))
        || !store_open_index(new, err) || !read_schema(new, err)) {
        store_close(&new);
        return false;
    }
    *store = new;
    return true;
}

void store_derive(struct store *store, const struct seal_secrets *secrets)
{
    struct keys *keys = store->keys;
    uint8_t *const subkeys[] = { keys->row_name, keys->row_seal, keys->case_name, keys->hash,
        keys->audit_chain, keys->audit_line, keys->check };

    /* The numbers are on the disk in all that was sealed: a new key goes to the end. */
    for (size_t i = 0; i < COUNT(subkeys); i++)
        crypto_kdf_derive_from_key(subkeys[i], SEAL_KEY, i + 1, "meldpost", secrets->master);
    memcpy(keys->seal_secret, secrets->seal, SEAL_KEY);
}

bool store_take_keys(struct store *store, const struct seal_secrets *secrets, struct err *err)
{
    uint8_t public[SEAL_KEY];

    crypto_scalarmult_base(public, secrets->seal);
    if (memcmp(public, store->keys->seal_public, SEAL_KEY) != 0)
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: keys.pgp does not belong to seal.pub; one of them is of another store",
            store->dir);
    store_derive(store, secrets);
    return true;
}

bool store_unlock(struct store *store, const struct seal_secrets *secrets, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span check;
    struct txn *txn;
    bool good = false;

    if (store->unlocked)
        return true;
    if (!store_take_keys(store, secrets, err))
        return false;
    store->migrating = true; /* an older store is unlocked too, for store_migrate */
    txn = txn_begin(store, TXN_READ);
    store->migrating = false;
    if (txn_get(txn, TABLE_META, row_check, arena, &check))
        good = seal_equal(check, (struct span) { (const char *)store->keys->check, SEAL_KEY });
    if (!txn_end(&txn, err))
        return false;
    if (!good)
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: keys.pgp does not belong to this index; one of them is of another store",
            store->dir);
    store->unlocked = true;
    if (store->mode == STORE_WRITE && !audit_catch_up(store, err)) {
        store->unlocked = false;
        return false;
    }
    return true;
}

/* The first rows of an index in the folder store->index, which is made anew. */
bool store_new_index(struct store *store, const struct seal_secrets *secrets, struct err *err)
{
    char path[FOLDER_PATH];
    struct txn *txn;

    if (!store_path(store, store->index, path, err) || !folder_remove(path, err)
        || !folder_make(path, err) || !db_open(path, DB_CREATE, store->map_bytes, &store->db, err))
        return false;
    store_derive(store, secrets);
    txn = txn_begin(store, TXN_WRITE);
    put_number(txn, row_schema, store->wanted);
    txn_put_own(
        txn, TABLE_META, row_check, (struct span) { (const char *)store->keys->check, SEAL_KEY });
    return txn_end(&txn, err) && file_sync_folder(path, err);
}

static bool write_file(
    const struct store *store, const char *name, struct span bytes, struct err *err)
{
    char path[FOLDER_PATH];

    return store_path(store, name, path, err) && file_write_durable(path, bytes, 0600, err);
}

static bool make_folders(const struct store *store, struct err *err)
{
    static const char *const names[] = { "vault", "audit" };
    char path[FOLDER_PATH];

    for (size_t i = 0; i < COUNT(names); i++)
        if (!store_path(store, names[i], path, err) || !folder_make(path, err))
            return false;
    return true;
}

static bool create(
    struct store *store, const struct seal_secrets *secrets, struct span keys_pgp, struct err *err)
{
    uint8_t public[SEAL_KEY];

    crypto_scalarmult_base(public, secrets->seal);
    return make_folders(store, err) && write_file(store, "keys.pgp", keys_pgp, err)
        && store_new_index(store, secrets, err) && file_sync_folder(store->dir, err)
        && write_file(store, "seal.pub", (struct span) { (const char *)public, SEAL_KEY }, err);
}

bool store_create(const struct store_options *options, const struct seal_secrets *secrets,
    struct span keys_pgp, struct err *err)
{
    struct store *store;
    bool good;

    assert(options->mode == STORE_WRITE);
    if (store_exists(options->dir))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: holds a store already", options->dir);
    if (!check_modes(options->dir, err) || !(store = store_handle(options, err)))
        return false;
    good = create(store, secrets, keys_pgp, err);
    store_close(&store);
    return good;
}

bool store_load_keys(const char *dir, struct arena *arena, struct span *keys_pgp, struct err *err)
{
    char path[FOLDER_PATH];

    if (!folder_join(dir, "keys.pgp", path, err))
        return false;
    if (file_read(path, LARGEST_KEYS, arena, keys_pgp, err))
        return true;
    err->exit_code = EX_CONFIG;
    return false;
}

bool store_save_keys(struct store *store, struct span keys_pgp, struct err *err)
{
    assert(store->mode == STORE_WRITE);
    return write_file(store, "keys.pgp", keys_pgp, err);
}

bool store_copy_index(
    struct store *store, const char *dir, const char *name, struct span without, struct err *err)
{
    char path[FOLDER_PATH];
    struct store copy = *store;
    struct txn *txn;
    uint64_t commits;
    bool good;

    if (!folder_join(dir, name, path, err) || !folder_remove(path, err) || !folder_make(path, err)
        || !db_copy_rows(store->db, path, without, err))
        return false;
    /* The mark says what the copy holds: others may have committed to the original since. */
    copy.db = NULL;
    copy.open = 0;
    copy.writing = false;
    copy.migrating = true;
    if (!db_open(path, DB_READ, store->map_bytes, &copy.db, err))
        return false;
    txn = txn_begin(&copy, TXN_READ);
    store_commits(txn, &commits);
    good = txn_end(&txn, err) && write_mark(path, commits, err);
    db_close(&copy.db);
    return good && file_sync_folder(path, err) && file_sync_folder(dir, err);
}

bool store_migrate(struct store *store, store_step *const *steps, size_t count, struct err *err)
{
    char name[64];

    assert(store->mode == STORE_WRITE && store->unlocked && count + 1 == store->wanted);
    if (store->schema == store->wanted)
        return true;
    snprintf(name, sizeof name, "index.v%u", store->schema);
    if (!store_copy_index(store, store->dir, name, (struct span) { 0 }, err))
        return err_at(err, "copy before migration");
    for (int again = 0; store->schema < store->wanted;) {
        struct err why = { 0 };
        struct txn *txn;

        store->migrating = true;
        txn = txn_begin(store, TXN_WRITE);
        store->migrating = false;
        if (!steps[store->schema - 1](txn, &why))
            txn_fail(txn, &why);
        put_number(txn, row_schema, store->schema + 1);
        if (!txn_end(&txn, err)) {
            if (db_was_full(err) && again++ < ATTEMPTS)
                continue;
            return err_at(err, "migration from version %u", store->schema);
        }
        store->schema++;
    }
    return true;
}

/* Copies that were kept aside hold what the index no longer has. */
static bool remove_older(const struct store *store, struct err *err)
{
    char path[FOLDER_PATH], name[64];

    if (!store_path(store, "index.damaged", path, err) || !folder_remove(path, err))
        return false;
    for (unsigned i = 1; i < store->wanted; i++) {
        snprintf(name, sizeof name, "index.v%u", i);
        if (!store_path(store, name, path, err) || !folder_remove(path, err))
            return false;
    }
    return true;
}

static bool room_for_copy(const struct store *store, struct err *err)
{
    char path[FOLDER_PATH], data[FOLDER_PATH];
    struct stat facts;

    if (!store_path(store, store->index, path, err) || !folder_join(path, "data.mdb", data, err))
        return false;
    if (stat(data, &facts) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", data, strerror(errno));
    return store_room(store, (uint64_t)facts.st_blocks * 512, err);
}

bool store_compact(struct store *store, struct err *err)
{
    assert(store->mode == STORE_WRITE && store->open == 0);
    if (!room_for_copy(store, err) || !remove_older(store, err)
        || !store_copy_index(store, store->dir, "index.new", row_compact, err))
        return err_at(err, "compacting the index");
    db_close(&store->db);
    if (!folder_swap(store->dir, store->index, "index.new", NULL, err)) {
        struct err again = { 0 };

        if (!store_open_index(store, &again))
            *err = again;
        return false;
    }
    return store_open_index(store, err);
}

bool store_compact_due(struct store *store)
{
    struct txn *txn = txn_begin(store, TXN_READ);
    bool due = txn_have(txn, TABLE_META, row_compact);

    txn_drop(&txn);
    return due;
}

bool store_room(const struct store *store, uint64_t need_bytes, struct err *err)
{
    struct statvfs facts;
    uint64_t have;

    if (statvfs(store->dir, &facts) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", store->dir, strerror(errno));
    have = (uint64_t)facts.f_bavail * facts.f_frsize;
    if (facts.f_flag & ST_RDONLY)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: the file system is read-only", store->dir);
    if (have < need_bytes)
        return err_exit(err, ERR_RUN, EX_IOERR,
            "%s: %llu MB left on the disk, %llu MB are needed; make room", store->dir,
            (unsigned long long)(have >> 20), (unsigned long long)((need_bytes + 1048575) >> 20));
    return true;
}
