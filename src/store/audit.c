#include "store/audit.h"

#include "base/file.h"
#include "store/folder.h"
#include "store/inside.h"

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
 * The index holds, under the number of a record (8 bytes), its place in the chain and the record;
 * under "head" the number of the last one and its place. A line of audit/log is "NUMBER BASE64":
 * nonce, and the same sealed with a key of its own, bound to its number.
 */
enum {
    NUMBER = 8,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    MAC = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BASE64 = sodium_base64_VARIANT_ORIGINAL,
    LONGEST_LINE = 24 + (NONCE + AUDIT_HASH + AUDIT_LARGEST + MAC + 2) / 3 * 4 + 2,
    TAIL = 2 * LONGEST_LINE, /* what is read of the end of audit/log: one whole line at least */
};

static const struct span row_head = { "head", 4 };

static struct span number_span(uint64_t number, uint8_t *bytes)
{
    for (int i = 0; i < NUMBER; i++)
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    return (struct span) { (const char *)bytes, NUMBER };
}

static uint64_t span_number(struct span span)
{
    uint64_t number = 0;

    for (size_t i = 0; i < NUMBER; i++)
        number = number << 8 | (uint8_t)span.at[i];
    return number;
}

void audit_hash(const struct store *store, uint64_t number, const uint8_t before[static AUDIT_HASH],
    struct span record, uint8_t hash[static AUDIT_HASH])
{
    crypto_generichash_state state;
    uint8_t bytes[NUMBER];

    number_span(number, bytes);
    crypto_generichash_init(&state, store->keys->audit_chain, SEAL_KEY, AUDIT_HASH);
    crypto_generichash_update(&state, bytes, sizeof bytes);
    crypto_generichash_update(&state, before, AUDIT_HASH);
    crypto_generichash_update(&state, (const uint8_t *)record.at, record.len);
    crypto_generichash_final(&state, hash, AUDIT_HASH);
}

static uint64_t read_head(struct txn *txn, uint8_t hash[static AUDIT_HASH])
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span value;

    memset(hash, 0, AUDIT_HASH);
    if (!txn_get(txn, TABLE_AUDIT, row_head, arena, &value))
        return 0;
    if (value.len != NUMBER + AUDIT_HASH) {
        txn_damaged(txn, TABLE_AUDIT, "damaged head");
        return 0;
    }
    memcpy(hash, value.at + NUMBER, AUDIT_HASH);
    return span_number(value);
}

uint64_t audit_count(struct txn *txn)
{
    uint8_t hash[AUDIT_HASH];

    return read_head(txn, hash);
}

bool audit_find(struct txn *txn, uint64_t number, struct arena *arena,
    uint8_t hash[static AUDIT_HASH], struct span *record)
{
    uint8_t bytes[NUMBER];
    struct span value;

    if (!txn_get(txn, TABLE_AUDIT, number_span(number, bytes), arena, &value))
        return false;
    if (value.len < AUDIT_HASH) {
        txn_damaged(txn, TABLE_AUDIT, "damaged value");
        return false;
    }
    memcpy(hash, value.at, AUDIT_HASH);
    *record = span_part(value, AUDIT_HASH, value.len);
    return true;
}

bool audit_get(struct txn *txn, uint64_t number, struct arena *arena, struct span *record)
{
    uint8_t hash[AUDIT_HASH];

    return audit_find(txn, number, arena, hash, record);
}

bool audit_walk(struct txn *txn, uint64_t first, audit_each *each, void *context)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    uint8_t before[AUDIT_HASH] = { 0 }, want[AUDIT_HASH], hash[AUDIT_HASH], head[AUDIT_HASH];
    uint64_t last = read_head(txn, head);
    struct span record;

    assert(first >= 1);
    if (first > 1 && first <= last && !audit_find(txn, first - 1, arena, before, &record))
        txn_damaged(txn, TABLE_AUDIT, "a record is missing");
    for (uint64_t number = first; number <= last && !txn_failed(txn); number++) {
        arena_reset(arena);
        if (!audit_find(txn, number, arena, hash, &record)) {
            txn_damaged(txn, TABLE_AUDIT, "a record is missing");
            return false;
        }
        audit_hash(txn->store, number, before, record, want);
        if (memcmp(want, hash, AUDIT_HASH) != 0
            || (number == last && memcmp(hash, head, AUDIT_HASH) != 0)) {
            txn_damaged(txn, TABLE_AUDIT, "a record does not follow from the one before it");
            return false;
        }
        memcpy(before, hash, AUDIT_HASH);
        if (!each(context, number, record))
            break;
    }
    return !txn_failed(txn);
}

/* What a line seals: the place in the chain, the record. */
static struct span seal_line(
    const struct store *store, uint64_t number, struct span placed, struct arena *arena)
{
    size_t len = NONCE + placed.len + MAC, room = sodium_base64_ENCODED_LEN(len, BASE64);
    uint8_t *sealed = arena_alloc(arena, len), ad[NUMBER];
    char *base64 = arena_alloc(arena, room);
    struct buf buf = { .arena = arena };

    number_span(number, ad);
    randombytes_buf(sealed, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL, (const uint8_t *)placed.at,
        placed.len, ad, sizeof ad, NULL, sealed, store->keys->audit_line);
    buf_printf(&buf, "%llu ", (unsigned long long)number);
    buf_text(&buf, sodium_bin2base64(base64, room, sealed, len, BASE64));
    buf_char(&buf, '\n');
    return buf_span(&buf);
}

static bool read_digits(struct span *line, uint64_t *number)
{
    size_t i = 0;

    *number = 0;
    while (i < line->len && i < 19 && line->at[i] >= '0' && line->at[i] <= '9')
        *number = *number * 10 + (uint64_t)(line->at[i++] - '0');
    if (i == 0 || line->at[0] == '0' || i >= line->len || line->at[i] != ' ')
        return false;
    *line = span_part(*line, i + 1, line->len);
    return true;
}

bool audit_open_line(const struct store *store, struct span line, struct arena *arena,
    uint64_t *number, uint8_t hash[static AUDIT_HASH], struct span *record)
{
    uint8_t *sealed, *plain, ad[NUMBER];
    unsigned long long plain_len;
    size_t len;

    if (line.len > LONGEST_LINE || !read_digits(&line, number))
        return false;
    sealed = arena_alloc(arena, line.len);
    if (sodium_base642bin(sealed, line.len, line.at, line.len, NULL, &len, NULL, BASE64) != 0
        || len < NONCE + AUDIT_HASH + MAC)
        return false;
    number_span(*number, ad);
    plain = arena_alloc(arena, len);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &plain_len, NULL, sealed + NONCE,
            len - NONCE, ad, sizeof ad, sealed, store->keys->audit_line)
        != 0)
        return false;
    memcpy(hash, plain, AUDIT_HASH);
    *record = (struct span) { (const char *)plain + AUDIT_HASH, plain_len - AUDIT_HASH };
    return true;
}

void audit_add(struct txn *txn, struct span record)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    uint8_t before[AUDIT_HASH], hash[AUDIT_HASH], bytes[NUMBER];
    struct buf placed = { .arena = arena }, head = { .arena = arena };
    uint64_t number;

    assert(record.len <= AUDIT_LARGEST && txn->store->unlocked);
    if (txn_failed(txn) || txn->store->quiet)
        return;
    number = read_head(txn, before) + 1;
    audit_hash(txn->store, number, before, record, hash);
    buf_add(&placed, (struct span) { (const char *)hash, AUDIT_HASH });
    buf_add(&placed, record);
    buf_add(&head, number_span(number, bytes));
    buf_add(&head, (struct span) { (const char *)hash, AUDIT_HASH });
    txn_put_own(txn, TABLE_AUDIT, number_span(number, bytes), buf_span(&placed));
    txn_put_own(txn, TABLE_AUDIT, row_head, buf_span(&head));
    buf_add(&txn->lines, seal_line(txn->store, number, buf_span(&placed), arena));
}

static int open_log(const struct store *store, int flags, char *path, struct err *err)
{
    int fd;

    if (!store_path(store, store->log, path, err))
        return -1;
    fd = open(path, flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || fchmod(fd, 0600) != 0) {
        err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
        file_close_fd(&fd);
    }
    return fd;
}

/*
 * Without a sync: a line that a power cut takes is in the index, and is written again at the next
 * unlock. The two are on the same disk; the file is for the case that the index is damaged.
 */
void audit_after_commit(struct txn *txn)
{
    AUTO(file_close_fd) int fd = -1;
    struct err err = { 0 };
    char path[FOLDER_PATH];

    if (txn->lines.len == 0)
        return;
    fd = open_log(txn->store, O_WRONLY | O_APPEND, path, &err);
    if (fd < 0 || !file_write_all(fd, buf_span(&txn->lines)))
        txn->store->log_behind = true;
}

/* The last authentic line of the file: its number (0: none), its place, and where it ends. */
struct last_line {
    uint64_t number;
    uint8_t hash[AUDIT_HASH];
    off_t end;
};

static bool find_last(const struct store *store, struct span tail, struct last_line *last)
{
    size_t end = tail.len;

    while (end > 0) {
        AUTO(arena_free) struct arena *arena = arena_new();
        size_t start;
        struct span record;

        if (tail.at[end - 1] != '\n') { /* torn, or the rest of a line that was looked at */
            end--;
            continue;
        }
        for (start = end - 1; start > 0 && tail.at[start - 1] != '\n';)
            start--;
        if (audit_open_line(store, span_part(tail, start, end - 1), arena, &last->number,
                last->hash, &record)) {
            last->end = (off_t)end;
            return true;
        }
        end = start;
    }
    last->number = 0;
    return false;
}

static bool read_last(
    const struct store *store, int fd, const char *path, struct last_line *last, struct err *err)
{
    struct stat facts;
    off_t from;
    size_t have = 0, want;
    char *tail;

    if (fstat(fd, &facts) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    from = facts.st_size > TAIL ? facts.st_size - TAIL : 0;
    want = (size_t)(facts.st_size - from);
    tail = malloc(want + 1);
    if (!tail)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    while (have < want) {
        ssize_t got = pread(fd, tail + have, want - have, from + (off_t)have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    if (have < want) {
        free(tail);
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: cannot be read", path);
    }
    if (find_last(store, (struct span) { tail, have }, last))
        last->end += from;
    free(tail);
    return true;
}

/* Lines of the index from number first on, behind the end of the file. */
static bool append_from(
    struct txn *txn, uint64_t first, uint64_t head, int fd, const char *path, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    uint8_t hash[AUDIT_HASH];
    struct span record;

    for (uint64_t number = first; number <= head; number++) {
        struct buf placed = { .arena = arena };

        arena_reset(arena);
        if (!audit_find(txn, number, arena, hash, &record)) {
            txn_damaged(txn, TABLE_AUDIT, "a record is missing");
            return false;
        }
        buf_add(&placed, (struct span) { (const char *)hash, AUDIT_HASH });
        buf_add(&placed, record);
        if (!file_write_all(fd, seal_line(txn->store, number, buf_span(&placed), arena)))
            return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    }
    return true;
}

static bool same_as_index(
    struct txn *txn, const struct last_line *last, uint64_t head, const char *path, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    uint8_t hash[AUDIT_HASH];
    struct span record;

    if (last->number > head)
        return err_exit(err, ERR_RUN, EX_IOERR,
            "%s: holds %llu records and the index %llu: the index is an older copy; run: meldpost "
            "rebuild",
            path, (unsigned long long)last->number, (unsigned long long)head);
    if (last->number && audit_find(txn, last->number, arena, hash, &record)
        && memcmp(hash, last->hash, AUDIT_HASH) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR,
            "%s: record %llu is another one than in the index; run: meldpost verify", path,
            (unsigned long long)last->number);
    return true;
}

static bool catch_up(struct store *store, struct txn *txn, struct err *err)
{
    char path[FOLDER_PATH], aside[FOLDER_PATH];
    AUTO(file_close_fd) int fd = open_log(store, O_RDWR, path, err);
    struct last_line last = { 0 };
    uint8_t hash[AUDIT_HASH];
    uint64_t head = read_head(txn, hash);

    if (fd < 0 || !read_last(store, fd, path, &last, err)
        || !same_as_index(txn, &last, head, path, err))
        return false;
    if (last.number == 0 && lseek(fd, 0, SEEK_END) > 0) {
        /* Nothing of it can be read: kept for whoever asks why, and written anew. */
        if (snprintf(aside, sizeof aside, "%s.damaged", path) >= (int)sizeof aside
            || rename(path, aside) != 0)
            return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
        file_close_fd(&fd);
        fd = open_log(store, O_RDWR, path, err);
        if (fd < 0)
            return false;
    }
    if (ftruncate(fd, last.end) != 0 || lseek(fd, last.end, SEEK_SET) < 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    if (last.number == head)
        return true;
    if (!append_from(txn, last.number + 1, head, fd, path, err))
        return false;
    if (fdatasync(fd) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return true;
}

bool audit_catch_up(struct store *store, struct err *err)
{
    struct txn *txn;
    bool migrating = store->migrating, good;
    struct err why = { 0 };

    store->migrating = true; /* an older store's log catches up as well */
    txn = txn_begin(store, TXN_READ);
    store->migrating = migrating;
    good = catch_up(store, txn, err);
    if (!txn_end(&txn, &why)) { /* what the index says goes before */
        *err = why;
        return false;
    }
    store->log_behind = !good;
    return good;
}
