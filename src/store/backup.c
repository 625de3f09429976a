#include "store/backup.h"

#include "base/file.h"
#include "store/folder.h"
#include "store/inside.h"
#include "store/vault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { ATTEMPTS = 10 };

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

static bool is_inside(const char *dir, const char *to)
{
    char *real_dir = realpath(dir, NULL), *real_to = realpath(to, NULL);
    size_t len = real_dir ? strlen(real_dir) : 0;
    bool inside = real_dir && real_to && strncmp(real_dir, real_to, len) == 0
        && (real_to[len] == '\0' || real_to[len] == '/');

    free(real_dir);
    free(real_to);
    return inside;
}

static bool is_empty(const char *path, bool *empty, struct err *err)
{
    AUTO(close_dir) DIR *dir = opendir(path);
    struct dirent *entry;

    if (!dir)
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", path, strerror(errno));
    *empty = true;
    while ((entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            *empty = false;
    return true;
}

/* An earlier copy of the same store is known by its seal.pub. */
static bool is_ours(const struct store *store, const char *to)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    char path[FOLDER_PATH];
    struct err err = { 0 };
    struct span bytes;

    return folder_join(to, "seal.pub", path, &err) && file_read(path, SEAL_KEY, arena, &bytes, &err)
        && span_equal(bytes, (struct span) { (const char *)store->keys->seal_public, SEAL_KEY });
}

/* Nothing of a folder that is not ours is changed, its mode least of all. */
static bool is_fit(const struct store *store, const char *to, struct err *err)
{
    bool empty = false;

    if (!folder_is(to))
        return true;
    if (is_inside(store->dir, to))
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "it lies inside the store itself");
    if (!is_empty(to, &empty, err))
        return false;
    if (!empty && !is_ours(store, to))
        return err_exit(
            err, ERR_RUN, EX_CANTCREAT, "it is neither empty nor an earlier backup of this store");
    return true;
}

static bool prepare(const struct store *store, const char *to, struct err *err)
{
    static const char *const names[] = { "vault", "audit" };
    char path[FOLDER_PATH];

    if (!is_fit(store, to, err) || !folder_make(to, err))
        return false;
    if (is_inside(store->dir, to)) {
        rmdir(to);
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "it lies inside the store itself");
    }
    for (size_t i = 0; i < COUNT(names); i++)
        if (!folder_join(to, names[i], path, err) || !folder_make(path, err))
            return false;
    return true;
}

/* A copy of a file that may not be there; the lines of audit/log that are whole by now. */
static bool copy_file(
    const struct store *store, const char *to, const char *name, bool needed, struct err *err)
{
    char from[FOLDER_PATH], into[FOLDER_PATH];
    struct stat facts;

    if (!store_path(store, name, from, err) || !folder_join(to, name, into, err))
        return false;
    if (!needed && lstat(from, &facts) != 0 && errno == ENOENT)
        return true;
    return folder_copy_file(from, into, UINT64_MAX, err);
}

static bool copy_vault(
    const struct store *store, const char *to, struct backup_totals *totals, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    const char **ids;
    size_t count;

    if (!vault_list(store, arena, &ids, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        char name[64], from[FOLDER_PATH], into[FOLDER_PATH];
        struct stat original, copy;

        snprintf(name, sizeof name, "vault/%s", ids[i]);
        if (!store_path(store, name, from, err) || !folder_join(to, name, into, err))
            return false;
        if (stat(from, &original) != 0)
            continue; /* erased meanwhile */
        if (stat(into, &copy) == 0 && copy.st_size == original.st_size) {
            totals->kept++;
            continue;
        }
        if (!folder_copy_file(from, into, UINT64_MAX, err)) {
            if (stat(from, &original) != 0)
                continue;
            return false;
        }
        totals->copied++;
    }
    return true;
}

/* The index in the copy, as a handle for reading. */
static bool open_copy(const struct store *store, const char *to, const char *name,
    struct store *copy, struct err *err)
{
    char path[FOLDER_PATH];

    *copy = *store;
    copy->db = NULL;
    copy->open = 0;
    copy->writing = false;
    copy->migrating = true; /* a copy of an older store is as good */
    return folder_join(to, name, path, err)
        && db_open(path, DB_READ, store->map_bytes, &copy->db, err);
}

/* Every row of the copied index has its file in the copy. */
static bool is_whole(const struct store *store, const char *to, bool *whole, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span key, value;
    struct txn_rows rows;
    struct store copy;
    struct txn *txn;
    bool good;

    if (!open_copy(store, to, "index.new", &copy, err))
        return false;
    *whole = true;
    txn = txn_begin(&copy, TXN_READ);
    rows = txn_rows(txn, TABLE_VAULT, (struct span) { 0 });
    while (txn_next(&rows, arena, &key, &value)) {
        char name[64], path[FOLDER_PATH];
        struct stat facts;

        snprintf(name, sizeof name, "vault/%.*s", (int)(key.len < 40 ? key.len : 40), key.at);
        if (!folder_join(to, name, path, err))
            break;
        if (stat(path, &facts) != 0)
            *whole = false;
        arena_reset(arena);
    }
    good = txn_end(&txn, err);
    db_close(&copy.db);
    return good;
}

/* A file that was erased since the index was copied has its row there: it goes the next time. */
static bool remove_unnamed(const struct store *store, struct txn *copy, const char *path,
    struct backup_totals *totals, struct err *err)
{
    AUTO(close_dir) DIR *dir = opendir(path);
    struct dirent *entry;

    if (!dir)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0
            || strcmp(entry->d_name, VAULT_UNSETTLED) == 0 || vault_have(store, entry->d_name)
            || txn_have(copy, TABLE_VAULT, span_of(entry->d_name)) || txn_failed(copy))
            continue;
        if (unlinkat(dirfd(dir), entry->d_name, 0) != 0)
            return err_exit(
                err, ERR_RUN, EX_IOERR, "%s/%s: %s", path, entry->d_name, strerror(errno));
        totals->removed++;
    }
    return file_sync_folder(path, err);
}

static bool remove_gone(
    const struct store *store, const char *to, struct backup_totals *totals, struct err *err)
{
    char path[FOLDER_PATH];
    struct err why = { 0 };
    struct store copy;
    struct txn *txn;
    bool good;

    if (!folder_join(to, "vault", path, err) || !open_copy(store, to, "index", &copy, err))
        return false;
    txn = txn_begin(&copy, TXN_READ);
    good = remove_unnamed(store, txn, path, totals, err) && vault_mark_copy(path, err);
    if (!txn_end(&txn, &why)) {
        *err = why;
        good = false;
    }
    db_close(&copy.db);
    return good;
}

/*
 * The vault before the index, so that little is left to copy between the index and the files that
 * came meanwhile; audit/log before the index too: it is never ahead of the one that was copied.
 */
static bool copy_once(
    struct store *store, const char *to, struct backup_totals *totals, bool *whole, struct err *err)
{
    struct backup_totals first = { 0 }, later = { 0 };
    bool good = copy_vault(store, to, &first, err) && copy_file(store, to, "audit/log", false, err)
        && store_copy_index(store, to, "index.new", (struct span) { 0 }, err)
        && copy_vault(store, to, &later, err) && is_whole(store, to, whole, err);

    totals->copied += first.copied + later.copied;
    totals->kept = later.kept + later.copied > totals->copied
        ? later.kept + later.copied - totals->copied
        : 0; /* what was there before all this */
    return good;
}

static bool copy_all(
    struct store *store, const char *to, struct backup_totals *totals, struct err *err)
{
    bool whole = false;

    /* A file that was erased just when it was to be copied leaves a row without one: then again,
     * with the index as it is by now, which may be another one (store_compact). A row whose file is
     * missing in the store itself is what verify tells, there and in the copy. */
    for (int i = 0; i < ATTEMPTS && !whole; i++) {
        if (i && store->mode == STORE_READ) {
            db_close(&store->db);
            if (!store_open_index(store, err))
                return false;
        }
        if (!copy_once(store, to, totals, &whole, err))
            return false;
    }
    return copy_file(store, to, "keys.pgp", true, err)
        && copy_file(store, to, "outbox.pub", false, err)
        && copy_file(store, to, "outbox.key", false, err)
        && copy_file(store, to, "seal.pub", true, err)
        && folder_swap(to, "index", "index.new", NULL, err) && remove_gone(store, to, totals, err)
        && file_sync_folder(to, err);
}

bool backup_store(
    struct store *store, const char *to, struct backup_totals *totals, struct err *err)
{
    *totals = (struct backup_totals) { 0 };
    assert(store->open == 0);
    if (!prepare(store, to, err) || !folder_mend(to, "index", "index.new", err)
        || !copy_all(store, to, totals, err))
        return err_at(err, "backup to %s", to);
    return true;
}
