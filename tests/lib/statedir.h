/* statedir.h - a store in a throw-away folder, and a hand to damage it with. */
#ifndef STATEDIR_H
#define STATEDIR_H

#include "lib/rows.h"

#include "store/audit.h"
#include "store/txn.h"
#include "store/vault.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

struct statedir {
    char top[64], dir[80];
    struct lock *lock;
    struct seal_secrets secrets;
    struct store *store;
    size_t map_bytes;
    unsigned schema;
};

#define must(call)                                                                                 \
    do {                                                                                           \
        struct err err = { 0 };                                                                    \
        if (!(call))                                                                               \
            fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, err.text);                        \
    } while (0)

/* Fails, with this exit code, and says this. */
#define must_fail(call, code, words)                                                               \
    do {                                                                                           \
        struct err err = { 0 };                                                                    \
        if (call)                                                                                  \
            fail_msg("%s:%d: %s: was a success", __FILE__, __LINE__, #call);                       \
        row_number(err.text, err_exit_code(&err), code);                                           \
        if (!strstr(err.text, words))                                                              \
            fail_msg("%s:%d: got \"%s\", want \"…%s…\"", __FILE__, __LINE__, err.text, words);     \
    } while (0)

static inline void statedir_remove(const char *path)
{
    char command[512];

    snprintf(command, sizeof command, "chmod -R u+rwX '%s' && rm -rf '%s'", path, path);
    assert_int_equal(system(command), 0);
}

static inline struct store_options statedir_options(
    const struct statedir *dir, enum store_mode mode)
{
    return (struct store_options) { .dir = dir->dir,
        .mode = mode,
        .lock = mode == STORE_WRITE ? dir->lock : NULL,
        .schema = dir->schema,
        .map_bytes = dir->map_bytes };
}

static inline void statedir_open(struct statedir *dir, enum store_mode mode)
{
    struct store_options options = statedir_options(dir, mode);

    must(store_open(&options, &dir->store, &err));
    must(store_unlock(dir->store, &dir->secrets, &err));
}

/* A new store, open for writing and unlocked. */
static inline void statedir_new(struct statedir *dir, size_t map_bytes)
{
    struct store_options options;

    *dir = (struct statedir) { .map_bytes = map_bytes, .schema = 1 };
    strcpy(dir->top, "/tmp/meldpost-store-XXXXXX");
    assert_non_null(mkdtemp(dir->top));
    snprintf(dir->dir, sizeof dir->dir, "%s/state", dir->top);
    must(store_make_dir(dir->dir, &err));
    must(lock_take(dir->dir, 0, &dir->lock, &err));
    seal_secrets_new(&dir->secrets);
    options = statedir_options(dir, STORE_WRITE);
    must(store_create(&options, &dir->secrets, SPAN("-----BEGIN PGP MESSAGE-----\n"), &err));
    statedir_open(dir, STORE_WRITE);
}

static inline void statedir_free(struct statedir *dir)
{
    store_close(&dir->store);
    lock_release(&dir->lock);
    statedir_remove(dir->top);
}

static inline const char *statedir_path(const struct statedir *dir, const char *name)
{
    static char path[4][300];
    static unsigned turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", dir->dir, name);
    return path[turn];
}

static inline void statedir_put(
    struct statedir *dir, enum table table, const char *key, const char *value)
{
    struct txn *txn = txn_begin(dir->store, TXN_WRITE);

    txn_put(txn, table, span_of(key), span_of(value));
    must(txn_end(&txn, &err));
}

/* The value as text; NULL when there is none; "!" and the error when it cannot be had. */
static inline const char *statedir_get(struct statedir *dir, enum table table, const char *key)
{
    static char text[600];
    struct arena *arena = arena_new();
    struct txn *txn = txn_begin(dir->store, TXN_READ);
    struct err err = { 0 };
    struct span value;
    const char *got = NULL;

    if (txn_get(txn, table, span_of(key), arena, &value)) {
        snprintf(text, sizeof text, "%.*s", (int)value.len, value.at);
        got = text;
    }
    if (!txn_end(&txn, &err)) {
        snprintf(text, sizeof text, "!%s", err.text);
        got = text;
    }
    arena_free(&arena);
    return got;
}

static inline struct span statedir_read(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "r");
    struct stat facts;
    char *bytes;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &facts), 0);
    bytes = arena_alloc(arena, (size_t)facts.st_size + 1);
    assert_int_equal(fread(bytes, 1, (size_t)facts.st_size, file), facts.st_size);
    fclose(file);
    return (struct span) { bytes, (size_t)facts.st_size };
}

static inline void statedir_write(const char *path, struct span bytes)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
    fclose(file);
}

static inline void statedir_flip(const char *path, off_t at, unsigned char bits)
{
    int fd = open(path, O_RDWR);
    unsigned char byte;

    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= bits;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static inline off_t statedir_size(const char *path)
{
    struct stat facts;

    assert_int_equal(stat(path, &facts), 0);
    return facts.st_size;
}

/* One sealed file with these bytes, and its row. */
static inline void statedir_keep(
    struct statedir *dir, const char *label, struct span bytes, char id[static VAULT_ID])
{
    struct vault_file *file;
    struct txn *txn;

    must(vault_new(dir->store, span_of(label), &file, &err));
    must(vault_add(file, bytes, &err));
    must(vault_keep(&file, id, &err));
    must(vault_sync(dir->store, &err));
    txn = txn_begin(dir->store, TXN_WRITE);
    txn_put(txn, TABLE_VAULT, span_of(id), SPAN("fetched"));
    must(txn_end(&txn, &err));
}

#endif
