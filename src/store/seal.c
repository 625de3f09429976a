#include "store/seal.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "store/folder.h"
#include "store/inside.h"
#include "store/random.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

_Static_assert(BOX_SEAL == crypto_box_SEALBYTES, "libsodium's own number");
_Static_assert((int)SEAL_KEY == crypto_box_SECRETKEYBYTES, "libsodium's own number");

void seal_secrets_new(struct seal_secrets *secrets)
{
    random_bytes(secrets, sizeof *secrets);
}

void seal_secrets_wipe(struct seal_secrets *secrets)
{
    sodium_memzero(secrets, sizeof *secrets);
}

static const char first_line[] = "meldpost store keys, version 1";

struct span seal_secrets_text(const struct seal_secrets *secrets, struct arena *arena)
{
    struct buf buf = { .arena = arena };
    char master[2 * SEAL_KEY + 1], seal[2 * SEAL_KEY + 1];

    hash_hex(secrets->master, SEAL_KEY, master);
    hash_hex(secrets->seal, SEAL_KEY, seal);
    buf_printf(&buf, "%s\nmaster %s\nseal %s\n", first_line, master, seal);
    sodium_memzero(master, sizeof master);
    sodium_memzero(seal, sizeof seal);
    return buf_span(&buf);
}

static bool read_key(struct span *text, struct span name, uint8_t *key)
{
    struct span line;
    size_t len;

    if (!span_line(text, &line) || !span_starts(line, name))
        return false;
    line = span_part(line, name.len, line.len);
    return line.len == 2 * SEAL_KEY
        && sodium_hex2bin(key, SEAL_KEY, line.at, line.len, NULL, &len, NULL) == 0
        && len == SEAL_KEY;
}

bool seal_secrets_read(struct span text, struct seal_secrets *secrets, struct err *err)
{
    struct seal_secrets read = { { 0 }, { 0 } };
    struct span line;
    bool good = span_line(&text, &line) && span_equal(line, span_of(first_line))
        && read_key(&text, SPAN("master "), read.master)
        && read_key(&text, SPAN("seal "), read.seal);

    if (good)
        *secrets = read;
    seal_secrets_wipe(&read);
    return good ? true
                : err_exit(err, ERR_RUN, EX_CONFIG,
                    "keys.pgp does not hold the keys of a store (or those of a newer version)");
}

/*
 * A file that only its owner can read. systemd shows a credential as 0440 where it gives the unit
 * its right to read by an access list: nobody can write it then, and the group bits are the mask.
 */
static bool is_private(const struct stat *facts)
{
    mode_t mode = facts->st_mode & 07777;

    return (mode & 077) == 0 || mode == 0440;
}

enum outbox_file { OUTBOX_FAILED, OUTBOX_ABSENT, OUTBOX_READ };

static enum outbox_file read_seed(const char *path, uint8_t *seed, struct err *err)
{
    AUTO(file_close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span bytes;
    struct stat facts;

    if (fd < 0 && errno == ENOENT)
        return OUTBOX_ABSENT;
    if (fd < 0 || fstat(fd, &facts) != 0)
        err_exit(err, ERR_RUN, EX_CONFIG, "%s: %s", path, strerror(errno));
    else if (!S_ISREG(facts.st_mode) || !is_private(&facts))
        err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: the outbox key must be a file that only its owner can read; do: chmod 600 %s",
            path, path);
    else if (!file_read_fd(fd, path, SEAL_KEY, arena, &bytes, err) || bytes.len != SEAL_KEY)
        err_exit(err, ERR_RUN, EX_CONFIG, "%s: not an outbox key (32 bytes)", path);
    else {
        memcpy(seed, bytes.at, SEAL_KEY);
        return OUTBOX_READ;
    }
    return OUTBOX_FAILED;
}

static bool read_public(struct store *store, bool *there, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    char path[FOLDER_PATH];
    struct span bytes;
    struct stat facts;

    *there = store->has_outbox_public;
    if (*there)
        return true;
    if (!store_path(store, "outbox.pub", path, err))
        return false;
    if (lstat(path, &facts) != 0 && errno == ENOENT)
        return true;
    if (!file_read(path, SEAL_KEY, arena, &bytes, err))
        return false;
    if (bytes.len != SEAL_KEY)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: damaged (32 bytes are right)", path);
    memcpy(store->keys->outbox_public, bytes.at, SEAL_KEY);
    store->has_outbox_public = *there = true;
    return true;
}

static bool take_seed(struct store *store, const char *path, uint8_t *seed, struct err *err)
{
    uint8_t public[SEAL_KEY], secret[SEAL_KEY];
    char public_path[FOLDER_PATH];
    bool there;

    crypto_box_seed_keypair(public, secret, seed);
    sodium_memzero(seed, SEAL_KEY);
    memcpy(store->keys->outbox_secret, secret, SEAL_KEY);
    sodium_memzero(secret, sizeof secret);
    if (!read_public(store, &there, err) || !store_path(store, "outbox.pub", public_path, err))
        return false;
    if (there && memcmp(public, store->keys->outbox_public, SEAL_KEY) != 0)
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: not the outbox key of this store: it does not fit %s", path, public_path);
    if (!there) {
        if (store->mode != STORE_WRITE)
            return err_exit(
                err, ERR_RUN, EX_CONFIG, "%s: missing; run: meldpost process", public_path);
        if (!file_write_durable(
                public_path, (struct span) { (const char *)public, SEAL_KEY }, 0600, err))
            return false;
        memcpy(store->keys->outbox_public, public, SEAL_KEY);
        store->has_outbox_public = true;
    }
    store->has_outbox_secret = true;
    return true;
}

bool seal_outbox_new(struct store *store, const char *path, struct err *err)
{
    uint8_t seed[SEAL_KEY];
    bool there;

    switch (read_seed(path, seed, err)) {
    case OUTBOX_FAILED:
        return false;
    case OUTBOX_READ:
        return take_seed(store, path, seed, err);
    case OUTBOX_ABSENT:
        break;
    }
    if (!read_public(store, &there, err))
        return false;
    if (there)
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: missing, and letters were sealed to it; put it back, or give it up with them: rm "
            "%s/outbox.pub",
            path, store->dir);
    random_bytes(seed, sizeof seed);
    if (!file_write_durable(path, (struct span) { (const char *)seed, SEAL_KEY }, 0600, err))
        return false;
    return take_seed(store, path, seed, err);
}

bool seal_outbox_load(struct store *store, const char *path, struct err *err)
{
    uint8_t seed[SEAL_KEY];

    switch (read_seed(path, seed, err)) {
    case OUTBOX_READ:
        return take_seed(store, path, seed, err);
    case OUTBOX_ABSENT:
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: the outbox key is missing", path);
    case OUTBOX_FAILED:
        break;
    }
    return false;
}

bool seal_to_outbox(struct store *store, struct span plain, struct arena *arena,
    struct span *sealed, struct err *err)
{
    size_t len = plain.len + crypto_box_SEALBYTES;
    uint8_t *at;
    bool there;

    assert(store_is_ours(store));
    if (!read_public(store, &there, err))
        return false;
    if (!there)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s/outbox.pub: missing", store->dir);
    at = arena_alloc(arena, len);
    if (crypto_box_seal(at, (const uint8_t *)plain.at, plain.len, store->keys->outbox_public) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s/outbox.pub: damaged", store->dir);
    *sealed = (struct span) { (const char *)at, len };
    return true;
}

bool seal_from_outbox(struct store *store, struct span sealed, struct arena *arena,
    struct span *plain, struct err *err)
{
    uint8_t *at;

    assert(store->has_outbox_secret && store_is_ours(store));
    if (sealed.len < crypto_box_SEALBYTES)
        return err_set(err, ERR_MESSAGE, "outbox: damaged letter");
    at = arena_alloc(arena, sealed.len - crypto_box_SEALBYTES + 1);
    if (crypto_box_seal_open(at, (const uint8_t *)sealed.at, sealed.len, store->keys->outbox_public,
            store->keys->outbox_secret)
        != 0)
        return err_set(err, ERR_MESSAGE, "outbox: damaged letter");
    *plain = (struct span) { (const char *)at, sealed.len - crypto_box_SEALBYTES };
    return true;
}

void seal_hash(
    struct store *store, const char *purpose, struct span bytes, uint8_t hash[static SEAL_HASH])
{
    crypto_generichash_state state;

    assert(store->unlocked && store_is_ours(store));
    crypto_generichash_init(&state, store->keys->hash, SEAL_KEY, SEAL_HASH);
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, (const uint8_t *)bytes.at, bytes.len);
    crypto_generichash_final(&state, hash, SEAL_HASH);
}

bool seal_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || sodium_memcmp(a.at, b.at, a.len) == 0);
}
