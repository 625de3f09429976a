#include "store/rebuild.h"

#include "base/file.h"
#include "store/folder.h"
#include "store/inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { BATCH = 1000 }; /* records a transaction */

/* The new index has a log of its own, so that the old pair stays whole until both are swapped. */
static const char new_index[] = "index.new", new_log[] = "audit/log.new", old_log[] = "audit/log";

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

static void free_line(char **line)
{
    free(*line);
}

static bool remove_file(const struct store *store, const char *name, struct err *err)
{
    char path[FOLDER_PATH];

    if (!store_path(store, name, path, err))
        return false;
    if (unlink(path) != 0 && errno != ENOENT)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return true;
}

struct taking {
    uint64_t last; /* number that the last usable line had */
    uint64_t unreadable; /* lines since then */
    uint8_t hash[AUDIT_HASH];
    struct rebuild_facts *facts;
};

/* A line counts when it is authentic and later than the one before; a gap is counted as lost. */
static void take_line(struct txn *txn, struct taking *taking, struct span line, struct arena *arena)
{
    uint8_t hash[AUDIT_HASH], want[AUDIT_HASH];
    struct span record;
    uint64_t number;

    if (!audit_open_line(txn->store, line, arena, &number, hash, &record)) {
        taking->unreadable++;
        return;
    }
    if (number <= taking->last) { /* a line put in a second time */
        taking->facts->audit_lost++;
        return;
    }
    audit_hash(txn->store, number, taking->hash, record, want);
    if (number != taking->last + 1)
        taking->facts->audit_lost += number - taking->last - 1;
    else if (memcmp(want, hash, AUDIT_HASH) != 0)
        taking->facts->audit_lost++;
    taking->unreadable = 0; /* the gap in the numbers told of them */
    taking->last = number;
    memcpy(taking->hash, hash, AUDIT_HASH);
    taking->facts->audit_records++;
    audit_add(txn, record);
}

static bool take_log(struct store *store, FILE *log, struct rebuild_facts *facts, struct err *err)
{
    struct taking taking = { .facts = facts };
    AUTO(arena_free) struct arena *arena = arena_new();
    AUTO(free_line) char *line = NULL;
    size_t room = 0;
    ssize_t len = 0;

    while (len >= 0) {
        struct txn *txn = txn_begin(store, TXN_WRITE);

        for (int i = 0; i < BATCH && (len = getline(&line, &room, log)) >= 0; i++) {
            take_line(txn, &taking,
                (struct span) { line, (size_t)len - (len && line[len - 1] == '\n') }, arena);
            arena_reset(arena);
        }
        if (!txn_end(&txn, err))
            return false;
    }
    facts->audit_lost += taking.unreadable;
    return true;
}

static bool take_audit(struct store *store, struct rebuild_facts *facts, struct err *err)
{
    AUTO(close_file) FILE *log = NULL;
    char path[FOLDER_PATH];

    if (!store_path(store, old_log, path, err))
        return false;
    log = fopen(path, "re");
    if (!log)
        return errno == ENOENT ? true
                               : err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    if (!take_log(store, log, facts, err))
        return false;
    if (ferror(log))
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: cannot be read to its end", path);
    return true;
}

bool rebuild_begin(const struct store_options *options, const struct seal_secrets *secrets,
    struct store **store, struct rebuild_facts *facts, struct err *err)
{
    struct store *new;

    assert(options->mode == STORE_WRITE);
    *facts = (struct rebuild_facts) { 0 };
    if (!store_begin(options, &new, err))
        return false;
    new->index = new_index;
    new->log = new_log;
    if (!folder_mend(new->dir, "index", new_index, err) || !remove_file(new, new_log, err)
        || !store_take_keys(new, secrets, err) || !store_new_index(new, secrets, err)) {
        store_close(&new);
        return false;
    }
    new->unlocked = true;
    if (!take_audit(new, facts, err)) {
        rebuild_drop(&new);
        return false;
    }
    *store = new;
    return true;
}

void rebuild_quiet(struct store *store, bool quiet)
{
    assert(store->index == new_index);
    store->quiet = quiet;
}

/* When the log lost something, the old one stays beside for whoever wants to know what. */
static bool swap_log(const struct store *store, struct err *err)
{
    char from[FOLDER_PATH], to[FOLDER_PATH], keep[FOLDER_PATH], folder[FOLDER_PATH];
    struct stat facts;

    if (!store_path(store, new_log, from, err) || !store_path(store, old_log, to, err)
        || !store_path(store, "audit/log.before-rebuild", keep, err)
        || !store_path(store, "audit", folder, err))
        return false;
    if (lstat(to, &facts) == 0 && rename(to, keep) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", to, strerror(errno));
    if (lstat(from, &facts) == 0 && rename(from, to) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", to, strerror(errno));
    return file_sync_folder(folder, err);
}

bool rebuild_end(struct store **store, struct err *err)
{
    struct store *new = *store;
    bool good;

    assert(new->index == new_index &&new->open == 0);
    if (!audit_catch_up(new, err)) {
        rebuild_drop(store);
        return false;
    }
    db_close(&new->db);
    good = folder_swap(new->dir, "index", new_index, "index.damaged", err) && swap_log(new, err);
    store_close(store);
    return good;
}

void rebuild_drop(struct store **store)
{
    struct err err = { 0 };
    char path[FOLDER_PATH];

    if (!*store)
        return;
    assert((*store)->open == 0);
    db_close(&(*store)->db);
    if (store_path(*store, new_index, path, &err))
        (void)!folder_remove(path, &err);
    (void)!remove_file(*store, new_log, &err);
    store_close(store);
}
