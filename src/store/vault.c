#include "store/vault.h"

#include "base/buf.h"
#include "base/file.h"
#include "store/folder.h"
#include "store/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/*
 * A file: magic (16 bytes), stream key sealed to seal.pub (80), head of the stream (24), length of
 * the label (2, big-endian); then the messages of the stream: the label, pieces of PIECE bytes, and
 * a last piece of 0 to PIECE bytes that is tagged final. The magic, the length and the file's id
 * are authenticated with the label. The length of the label is not secret.
 */
#define MAGIC "meldpost vault 1"

enum {
    MAGIC_LEN = sizeof MAGIC - 1,
    STREAM = MAGIC_LEN + SESSION_BOX,
    LABEL_LEN = STREAM + crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    HEAD = LABEL_LEN + 2,
    MAC = crypto_secretstream_xchacha20poly1305_ABYTES,
    PIECE = 64 * 1024,
    SEALED = PIECE + MAC,
    ID_LEN = VAULT_ID - 1,
    AD = MAGIC_LEN + 2 + ID_LEN,
    ALL_AT_ONCE = 8, /* from so many files on, one sync of the file system costs less */
};

#define PART ".part"

_Static_assert((int)SEAL_KEY == crypto_secretstream_xchacha20poly1305_KEYBYTES, "its own number");

struct vault_file {
    struct store *store;
    crypto_secretstream_xchacha20poly1305_state state;
    char id[VAULT_ID];
    int fd;
    bool failed;
    size_t plain_len, out_len;
    uint8_t plain[PIECE];
    uint8_t out[HEAD + VAULT_LABEL + MAC + SEALED]; /* sealed, not yet written */
};

static void bound(const uint8_t *head, const char *id, uint8_t ad[static AD])
{
    memcpy(ad, head, MAGIC_LEN);
    memcpy(ad + MAGIC_LEN, head + LABEL_LEN, 2);
    memcpy(ad + MAGIC_LEN + 2, id, ID_LEN);
}

/* The path of a file in the vault; suffix is "" or PART. */
static bool path_of(
    const struct store *store, const char *id, const char *suffix, char *path, struct err *err)
{
    char name[64];

    snprintf(name, sizeof name, "vault/%.32s%s", id, suffix);
    return store_path(store, name, path, err);
}

static bool is_id(const char *name)
{
    return strlen(name) == ID_LEN && strspn(name, "0123456789abcdef") == ID_LEN;
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

static DIR *open_vault(const struct store *store, struct err *err)
{
    char path[FOLDER_PATH];
    DIR *dir;

    if (!store_path(store, "vault", path, err))
        return NULL;
    dir = opendir(path);
    if (!dir)
        err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return dir;
}

/* The head makes the key of a file: without it nothing opens the rest. */
static bool overwrite(const char *path, struct err *err)
{
    AUTO(file_close_fd) int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    uint8_t noise[HEAD];

    if (fd < 0 && errno == ENOENT)
        return true;
    random_bytes(noise, sizeof noise);
    if (fd < 0 || pwrite(fd, noise, sizeof noise, 0) != sizeof noise || fsync(fd) != 0
        || (unlink(path) != 0 && errno != ENOENT))
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return true;
}

static bool sweep(struct store *store, struct err *err)
{
    AUTO(close_dir) DIR *dir = open_vault(store, err);
    struct dirent *entry;

    if (!dir)
        return false;
    while ((entry = readdir(dir))) {
        char path[FOLDER_PATH], name[300];

        if (!span_ends_nocase(span_of(entry->d_name), SPAN(PART)))
            continue;
        snprintf(name, sizeof name, "vault/%s", entry->d_name);
        if (!store_path(store, name, path, err) || !overwrite(path, err))
            return false;
    }
    store->vault_swept = true;
    return true;
}

/*
 * Made before the first file of a group, so that the sync of the folder that brings their names to
 * the disk brings it too. One that is there already is of a run that was cut off: it stays.
 */
static bool make_mark(const char *folder, bool *made, struct err *err)
{
    AUTO(file_close_fd) int fd = -1;
    char path[FOLDER_PATH];

    if (!folder_join(folder, VAULT_UNSETTLED, path, err))
        return false;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    *made = fd >= 0;
    if (fd < 0 && errno != EEXIST)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return true;
}

bool vault_mark_copy(const char *folder, struct err *err)
{
    bool made;

    return make_mark(folder, &made, err) && (!made || file_sync_folder(folder, err));
}

static bool take_mark(struct store *store, struct err *err)
{
    char path[FOLDER_PATH];

    if (!store_path(store, "vault/" VAULT_UNSETTLED, path, err))
        return false;
    store->vault_marked = false;
    if (unlink(path) != 0 && errno != ENOENT)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return true;
}

void vault_committed(struct store *store)
{
    struct err ignored = { 0 }; /* a mark too many costs one look */

    assert(store->kept_count == 0);
    if (store->vault_marked)
        (void)!take_mark(store, &ignored);
}

bool vault_unsettled(const struct store *store)
{
    char path[FOLDER_PATH];
    struct err ignored = { 0 };

    return store_path(store, "vault/" VAULT_UNSETTLED, path, &ignored) && access(path, F_OK) == 0;
}

bool vault_settle(struct store *store, struct err *err)
{
    assert(store->mode == STORE_WRITE && store->kept_count == 0);
    return sweep(store, err) && take_mark(store, err);
}

/*
 * Errors of writing back are told to those who had the folder open before (syncfs(2)): it is opened
 * before the first file of a group is made.
 */
static bool start_group(struct store *store, struct err *err)
{
    char path[FOLDER_PATH];

    if (store->vault_fd >= 0)
        return true;
    if (!store_path(store, "vault", path, err))
        return false;
    store->vault_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->vault_fd < 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return store->vault_marked || make_mark(path, &store->vault_marked, err);
}

static void start_session(struct store *store)
{
    if (store->has_session)
        return;
    crypto_secretstream_xchacha20poly1305_keygen(store->keys->session);
    if (crypto_box_seal(
            store->keys->session_box, store->keys->session, SEAL_KEY, store->keys->seal_public)
        != 0)
        abort(); /* store_create made the public key of a secret one: it is a point of the curve */
    store->has_session = true;
}

static struct vault_file *take_memory(struct store *store)
{
    struct vault_file *file = store->spare;

    store->spare = NULL;
    if (!file)
        file = sodium_malloc(sizeof *file);
    if (!file)
        return NULL;
    file->store = store;
    file->fd = -1;
    file->failed = false;
    file->plain_len = file->out_len = 0;
    return file;
}

/* Memory goes to the next file; what it held of the last one is wiped. */
static void give_memory(struct vault_file **file)
{
    struct vault_file *old = *file;
    struct store *store = old->store;

    *file = NULL;
    file_close_fd(&old->fd);
    sodium_memzero(&old->state, sizeof old->state);
    sodium_memzero(old->plain, sizeof old->plain);
    if (store->spare)
        sodium_free(old);
    else
        store->spare = old;
}

void vault_forget(struct store *store)
{
    char path[FOLDER_PATH];
    struct err err = { 0 };

    for (size_t i = 0; i < store->kept_count; i++)
        if (path_of(store, store->kept[i], PART, path, &err))
            unlink(path);
    free(store->kept);
    if (store->spare)
        sodium_free(store->spare);
    if (store->spare_reading)
        sodium_free(store->spare_reading);
    file_close_fd(&store->vault_fd);
}

static void write_head(struct vault_file *file, struct span label)
{
    uint8_t *head = file->out, ad[AD];

    memcpy(head, MAGIC, MAGIC_LEN);
    memcpy(head + MAGIC_LEN, file->store->keys->session_box, SESSION_BOX);
    crypto_secretstream_xchacha20poly1305_init_push(
        &file->state, head + STREAM, file->store->keys->session);
    head[LABEL_LEN] = (uint8_t)(label.len >> 8);
    head[LABEL_LEN + 1] = (uint8_t)label.len;
    bound(head, file->id, ad);
    crypto_secretstream_xchacha20poly1305_push(&file->state, head + HEAD, NULL,
        (const uint8_t *)label.at, label.len, ad, sizeof ad,
        crypto_secretstream_xchacha20poly1305_TAG_PUSH);
    file->out_len = HEAD + label.len + MAC;
}

bool vault_new(struct store *store, struct span label, struct vault_file **file, struct err *err)
{
    struct vault_file *new;
    char path[FOLDER_PATH];

    assert(store->mode == STORE_WRITE && label.len <= VAULT_LABEL && store_is_ours(store));
    if ((!store->vault_swept && !sweep(store, err)) || !start_group(store, err))
        return false;
    start_session(store);
    new = take_memory(store);
    if (!new)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    random_id(new->id);
    if (!path_of(store, new->id, PART, path, err)) {
        give_memory(&new);
        return false;
    }
    new->fd = openat(store->vault_fd, strrchr(path, '/') + 1,
        O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (new->fd < 0 || fchmod(new->fd, 0600) != 0) {
        err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
        vault_drop(&new);
        return false;
    }
    write_head(new, label);
    *file = new;
    return true;
}

/* Seals what has come together and writes it. */
static bool flush(struct vault_file *file, bool last, struct err *err)
{
    crypto_secretstream_xchacha20poly1305_push(&file->state, file->out + file->out_len, NULL,
        file->plain, file->plain_len, NULL, 0,
        last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
             : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    file->out_len += file->plain_len + MAC;
    file->plain_len = 0;
    if (!file_write_all(file->fd, (struct span) { (const char *)file->out, file->out_len })) {
        file->failed = true;
        return err_exit(err, ERR_RUN, EX_IOERR, "%s/vault: %s", file->store->dir, strerror(errno));
    }
    file->out_len = 0;
    return true;
}

bool vault_add(struct vault_file *file, struct span bytes, struct err *err)
{
    assert(!file->failed);
    while (bytes.len) {
        size_t len = PIECE - file->plain_len;

        /* A full piece waits for the next byte: the last one may be full, and is tagged final. */
        if (len == 0 && !flush(file, false, err))
            return false;
        len = PIECE - file->plain_len;
        if (len > bytes.len)
            len = bytes.len;
        memcpy(file->plain + file->plain_len, bytes.at, len);
        file->plain_len += len;
        bytes = span_part(bytes, len, bytes.len);
    }
    return true;
}

static bool remember(struct store *store, const char *id, struct err *err)
{
    if (store->kept_count == store->kept_room) {
        size_t room = store->kept_room ? 2 * store->kept_room : 128;
        char(*kept)[RANDOM_ID] = realloc(store->kept, room * sizeof *kept);

        if (!kept)
            return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
        store->kept = kept;
        store->kept_room = room;
    }
    memcpy(store->kept[store->kept_count++], id, RANDOM_ID);
    return true;
}

bool vault_keep(struct vault_file **file, char id[static VAULT_ID], struct err *err)
{
    struct vault_file *old = *file;

    assert(!old->failed);
    if (!flush(old, true, err) || !remember(old->store, old->id, err)) {
        vault_drop(file);
        return false;
    }
    memcpy(id, old->id, VAULT_ID);
    give_memory(file);
    return true;
}

void vault_drop(struct vault_file **file)
{
    struct err err = { 0 };
    char path[FOLDER_PATH];

    if (!*file)
        return;
    if (!store_is_ours((*file)->store)) { /* the owner still writes to it */
        *file = NULL;
        return;
    }
    if ((*file)->fd >= 0 && path_of((*file)->store, (*file)->id, PART, path, &err))
        unlink(path);
    give_memory(file);
}

static bool sync_one(const char *path, struct err *err)
{
    AUTO(file_close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0 || fsync(fd) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return true;
}

static bool sync_group(struct store *store, struct err *err)
{
    char path[FOLDER_PATH];

    if (store->kept_count >= ALL_AT_ONCE && syncfs(store->vault_fd) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s/vault: %s", store->dir, strerror(errno));
    for (size_t i = 0; store->kept_count < ALL_AT_ONCE && i < store->kept_count; i++)
        if (!path_of(store, store->kept[i], PART, path, err) || !sync_one(path, err))
            return false;
    return true;
}

static bool name_group(struct store *store, struct err *err)
{
    char from[FOLDER_PATH], to[FOLDER_PATH];

    for (size_t i = 0; i < store->kept_count; i++) {
        if (!path_of(store, store->kept[i], PART, from, err)
            || !path_of(store, store->kept[i], "", to, err))
            return false;
        if (renameat(store->vault_fd, strrchr(from, '/') + 1, store->vault_fd, strrchr(to, '/') + 1)
            != 0)
            return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", to, strerror(errno));
    }
    if (fsync(store->vault_fd) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s/vault: %s", store->dir, strerror(errno));
    return true;
}

bool vault_sync(struct store *store, struct err *err)
{
    char path[FOLDER_PATH];
    struct err ignored = { 0 };
    bool good;

    assert(store_is_ours(store));
    if (store->kept_count == 0)
        return true;
    good = sync_group(store, err) && name_group(store, err);
    for (size_t i = 0; !good && i < store->kept_count; i++)
        if (path_of(store, store->kept[i], PART, path, &ignored))
            unlink(path);
    store->kept_count = 0;
    file_close_fd(&store->vault_fd);
    return good;
}

/* One that is being read. */
struct vault_reading {
    crypto_secretstream_xchacha20poly1305_state state;
    crypto_generichash_state hash;
    struct store *store;
    const char *id;
    int fd;
    uint8_t head[HEAD];
    uint8_t sealed[SEALED];
    uint8_t plain[PIECE];
};

/* As give_memory. */
static void free_reading(struct vault_reading **reading)
{
    struct vault_reading *old = *reading;

    if (!old)
        return;
    *reading = NULL;
    file_close_fd(&old->fd);
    sodium_memzero(&old->state, sizeof old->state);
    sodium_memzero(&old->hash, sizeof old->hash);
    sodium_memzero(old->plain, sizeof old->plain);
    if (old->store->spare_reading)
        sodium_free(old);
    else
        old->store->spare_reading = old;
}

static bool damaged(const struct vault_reading *reading, struct err *err)
{
    err_set(err, ERR_MESSAGE, "vault %s: damaged", reading->id);
    return false;
}

/* Up to len bytes, fewer only at the end of the file. */
static bool read_bytes(
    struct vault_reading *reading, void *bytes, size_t len, size_t *have, struct err *err)
{
    for (*have = 0; *have < len;) {
        ssize_t got = read(reading->fd, (char *)bytes + *have, len - *have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_exit(err, ERR_RUN, EX_IOERR, "vault %s: %s", reading->id, strerror(errno));
        if (got == 0)
            break;
        *have += (size_t)got;
    }
    return true;
}

/* The files of one run share their sealed key: it is opened once. */
static bool open_box(struct store *store, const struct vault_reading *reading, struct err *err)
{
    struct keys *keys = store->keys;
    const uint8_t *box = reading->head + MAGIC_LEN;

    if (store->has_opened && memcmp(keys->opened_box, box, SESSION_BOX) == 0)
        return true;
    store->has_opened = false;
    if (crypto_box_seal_open(keys->opened, box, SESSION_BOX, keys->seal_public, keys->seal_secret)
        != 0)
        return damaged(reading, err);
    memcpy(keys->opened_box, box, SESSION_BOX);
    store->has_opened = true;
    return true;
}

static bool pull(struct vault_reading *reading, size_t len, const uint8_t *ad, size_t ad_len,
    unsigned char *tag, size_t *plain_len, struct err *err)
{
    unsigned long long out;

    if (len < MAC
        || crypto_secretstream_xchacha20poly1305_pull(
               &reading->state, reading->plain, &out, tag, reading->sealed, len, ad, ad_len)
            != 0)
        return damaged(reading, err);
    *plain_len = (size_t)out;
    return true;
}

static bool read_label(struct store *store, struct vault_reading *reading, struct arena *arena,
    struct span *label, struct err *err)
{
    uint8_t ad[AD];
    size_t have, len, plain_len = 0;
    unsigned char tag;

    if (!read_bytes(reading, reading->head, HEAD, &have, err))
        return false;
    if (have < HEAD || memcmp(reading->head, MAGIC, MAGIC_LEN) != 0)
        return damaged(reading, err);
    len = (size_t)reading->head[LABEL_LEN] << 8 | reading->head[LABEL_LEN + 1];
    if (len > VAULT_LABEL || !open_box(store, reading, err)
        || crypto_secretstream_xchacha20poly1305_init_pull(
               &reading->state, reading->head + STREAM, store->keys->opened)
            != 0)
        return damaged(reading, err);
    if (!read_bytes(reading, reading->sealed, len + MAC, &have, err))
        return false;
    bound(reading->head, reading->id, ad);
    if (have < len + MAC || !pull(reading, have, ad, sizeof ad, &tag, &plain_len, err)
        || tag != crypto_secretstream_xchacha20poly1305_TAG_PUSH)
        return damaged(reading, err);
    *label = arena_copy(arena, (struct span) { (const char *)reading->plain, plain_len });
    return true;
}

static bool open_file(
    struct store *store, const char *id, struct vault_reading **reading, struct err *err)
{
    struct vault_reading *new;
    char path[FOLDER_PATH];

    assert(store->unlocked && store_is_ours(store));
    if (!is_id(id))
        err_set(err, ERR_MESSAGE, "vault: no such file");
    if (!is_id(id) || !path_of(store, id, "", path, err))
        return false;
    new = store->spare_reading ? store->spare_reading : sodium_malloc(sizeof *new);
    store->spare_reading = NULL;
    if (!new) {
        err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
        return false;
    }
    new->store = store;
    new->id = id;
    new->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (new->fd < 0) {
        if (errno == ENOENT)
            err_set(err, ERR_MESSAGE, "vault %s: no such file", id);
        else
            err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
        free_reading(&new);
        return false;
    }
    *reading = new;
    return true;
}

static bool read_pieces(struct store *store, struct vault_reading *reading, vault_each *each,
    void *context, struct vault_facts *facts, struct err *err)
{
    static const char purpose[] = "content";
    unsigned char tag = 0, beyond;
    size_t have, len = 0;

    crypto_generichash_init(&reading->hash, store->keys->hash, SEAL_KEY, SEAL_HASH);
    crypto_generichash_update(&reading->hash, (const uint8_t *)purpose, sizeof purpose);
    while (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
        if (!read_bytes(reading, reading->sealed, SEALED, &have, err)
            || !pull(reading, have, NULL, 0, &tag, &len, err))
            return false;
        if (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL
            && (tag != crypto_secretstream_xchacha20poly1305_TAG_MESSAGE || len != PIECE))
            return damaged(reading, err);
        crypto_generichash_update(&reading->hash, reading->plain, len);
        facts->size += len;
        if (each && len && !each(context, (struct span) { (const char *)reading->plain, len }, err))
            return false;
    }
    if (!read_bytes(reading, &beyond, 1, &have, err))
        return false;
    if (have)
        return damaged(reading, err);
    crypto_generichash_final(&reading->hash, facts->hash, SEAL_HASH);
    return true;
}

bool vault_stream(struct store *store, const char *id, vault_each *each, void *context,
    struct arena *arena, struct vault_facts *facts, struct err *err)
{
    AUTO(free_reading) struct vault_reading *reading = NULL;

    *facts = (struct vault_facts) { 0 };
    return open_file(store, id, &reading, err)
        && read_label(store, reading, arena, &facts->label, err)
        && read_pieces(store, reading, each, context, facts, err);
}

struct gather {
    struct buf buf;
    size_t most;
    const char *id;
};

static bool gather(void *context, struct span piece, struct err *err)
{
    struct gather *into = context;

    if (piece.len > into->most - into->buf.len)
        return err_set(err, ERR_MESSAGE, "vault %s: larger than %zu bytes", into->id, into->most);
    buf_add(&into->buf, piece);
    return true;
}

bool vault_read(struct store *store, const char *id, size_t most, struct arena *arena,
    struct span *bytes, struct vault_facts *facts, struct err *err)
{
    struct gather into = { .buf = { .arena = arena }, .most = most, .id = id };
    struct vault_facts found;

    if (!vault_stream(store, id, gather, &into, arena, &found, err))
        return false;
    *facts = found;
    *bytes = buf_span(&into.buf);
    return true;
}

bool vault_label(
    struct store *store, const char *id, struct arena *arena, struct span *label, struct err *err)
{
    AUTO(free_reading) struct vault_reading *reading = NULL;

    return open_file(store, id, &reading, err) && read_label(store, reading, arena, label, err);
}

bool vault_have(const struct store *store, const char *id)
{
    char path[FOLDER_PATH];
    struct err err = { 0 };
    struct stat facts;

    return is_id(id) && path_of(store, id, "", path, &err) && lstat(path, &facts) == 0;
}

bool vault_list(const struct store *store, struct arena *arena, const char ***ids, size_t *count,
    struct err *err)
{
    AUTO(close_dir) DIR *dir = open_vault(store, err);
    const char **list = NULL;
    size_t have = 0, room = 0;
    struct dirent *entry;

    if (!dir)
        return false;
    errno = 0;
    while ((entry = readdir(dir))) {
        if (!is_id(entry->d_name))
            continue;
        if (have == room) {
            size_t more = room ? 2 * room : 64;

            list = arena_grow(arena, list, room * sizeof *list, more * sizeof *list);
            room = more;
        }
        list[have++] = arena_text(arena, span_of(entry->d_name));
        errno = 0;
    }
    if (errno)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s/vault: %s", store->dir, strerror(errno));
    *ids = list;
    *count = have;
    return true;
}

/*
 * First to a name that says so: between the overwriting and the end of it the file would look like
 * a damaged one. What a power cut leaves under that name is swept.
 */
static bool set_aside(
    const struct store *store, const char *path, const char *part, struct err *err)
{
    char folder[FOLDER_PATH];

    if (rename(path, part) != 0 && errno != ENOENT)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return store_path(store, "vault", folder, err) && file_sync_folder(folder, err);
}

bool vault_erase(struct store *store, const char *id, struct err *err)
{
    char path[FOLDER_PATH], part[FOLDER_PATH], folder[FOLDER_PATH];

    assert(store_is_ours(store));
    assert(store->mode == STORE_WRITE);
    if (!is_id(id))
        return err_set(err, ERR_MESSAGE, "vault: no such file");
    return path_of(store, id, "", path, err) && path_of(store, id, PART, part, err)
        && set_aside(store, path, part, err) && overwrite(part, err)
        && store_path(store, "vault", folder, err) && file_sync_folder(folder, err);
}
