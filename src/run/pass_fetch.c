#include "run/pass_fetch.h"

#include "base/date.h"
#include "base/module.h"
#include "base/steady.h"
#include "base/worker.h"
#include "run/hand_over.h"
#include "run/health.h"
#include "run/inbox.h"
#include "run/log.h"
#include "run/office.h"
#include "run/progress.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

enum { LOCK_WAIT_S = 60, GRACE_MS = 5000, ATTEMPTS = 3 };

/* Address room of the child: libraries and trust store take most of it. */
#define CHILD_MEMORY ((size_t)384 * 1024 * 1024)

struct taker {
    const struct settings *settings;
    struct fetch_settings fetch;
    struct lock *lock;
    struct store *store;
    struct worker child;
    struct progress progress;
    struct arena *arena; /* of one frame */

    struct vault_file *file; /* the message that comes in */
    struct inbox_row row; /* of it */
    uint64_t len;
    struct inbox_row group[FETCH_GROUP]; /* kept and not yet committed */
    size_t count;

    struct fetch_result result;
    struct err said; /* why the child gave up */
    bool done;
};

/* --- what the child asks and gives --- */

/* A child that breaks the rules has been taken over or has lost its way: nothing of it is used. */
static bool nonsense(struct err *err)
{
    return err_set(err, ERR_SERVICE, "imap: the dialogue hands over what makes no sense");
}

static bool read_frame(struct span bytes, void *into, size_t size, struct err *err)
{
    if (bytes.len != size)
        return nonsense(err);
    memcpy(into, bytes.at, size);
    return true;
}

static bool folder_of(const struct taker *taker, const struct hand_folder *hand,
    struct fetch_folder *folder, struct err *err)
{
    folder->name = hand_over_folder(&taker->fetch, hand->index);
    folder->uidvalidity = hand->uidvalidity;
    return (folder->name && folder->uidvalidity > 0) || nonsense(err);
}

static bool answer(struct taker *taker, enum hand_over kind, const void *bytes, size_t len)
{
    /* A child that is gone is noticed when it is listened to. */
    (void)!frames_put(taker->child.frames, (uint8_t)kind, (struct span) { bytes, len });
    return true;
}

static bool on_cursor(struct taker *taker, struct span bytes, struct err *err)
{
    struct hand_cursor hand = { 0 };
    struct inbox_cursor cursor;
    struct fetch_folder folder;
    struct txn *txn;

    if (!read_frame(bytes, &hand.folder, sizeof(hand.folder), err)
        || !folder_of(taker, &hand.folder, &folder, err))
        return false;
    txn = txn_begin(taker->store, TXN_READ);
    inbox_cursor_get(txn, folder.name, folder.uidvalidity, &cursor);
    if (!txn_end(&txn, err))
        return false;
    hand.cursor = cursor.last;
    hand.told = cursor.told;
    return answer(taker, HAND_CURSOR, &hand, sizeof(hand));
}

static enum fetch_known known_as(struct txn *txn, const struct fetch_folder *folder,
    const struct fetch_listed *listed, struct arena *arena)
{
    struct inbox_row row = { 0 };

    if (!inbox_find(txn, folder->name, folder->uidvalidity, listed->uid, arena, &row))
        return FETCH_NEW;
    if (row.size_bytes != listed->size && row.received_s != listed->received_s)
        return FETCH_REUSED;
    return row.head_only ? FETCH_KNOWN_HEAD : FETCH_KNOWN;
}

static bool on_known(struct taker *taker, struct span bytes, struct err *err)
{
    struct hand_folder hand = { 0 };
    struct fetch_listed listed;
    struct fetch_folder folder;
    uint8_t known[FETCH_GROUP];
    size_t count = bytes.len < sizeof(hand) ? 0 : (bytes.len - sizeof(hand)) / sizeof(listed);
    struct txn *txn;

    if (count > FETCH_GROUP || bytes.len != sizeof(hand) + count * sizeof(listed))
        return nonsense(err);
    memcpy(&hand, bytes.at, sizeof(hand));
    if (!folder_of(taker, &hand, &folder, err))
        return false;
    txn = txn_begin(taker->store, TXN_READ);
    for (size_t i = 0; i < count; i++) {
        memcpy(&listed, bytes.at + sizeof(hand) + i * sizeof(listed), sizeof(listed));
        known[i] = (uint8_t)known_as(txn, &folder, &listed, taker->arena);
    }
    return txn_end(&txn, err) && answer(taker, HAND_KNOWN, known, count);
}

static bool on_forget(struct taker *taker, struct span bytes, struct err *err)
{
    struct hand_folder hand = { 0 };
    struct fetch_folder folder;
    struct txn *txn;

    if (!read_frame(bytes, &hand, sizeof(hand), err) || !folder_of(taker, &hand, &folder, err))
        return false;
    log_line(LOG_LEVEL_WARNING, "fetch", "",
        "the server uses UIDs again without a new UIDVALIDITY: a folder is fetched anew");
    txn = txn_begin(taker->store, TXN_WRITE);
    inbox_forget(txn, folder.name, folder.uidvalidity);
    return txn_end(&txn, err) && answer(taker, HAND_FORGET, NULL, 0);
}

static bool on_begin(struct taker *taker, struct span bytes, struct err *err)
{
    struct hand_message hand = { 0 };
    struct fetch_folder folder;

    if (!read_frame(bytes, &hand, sizeof(hand), err)
        || !folder_of(taker, &hand.folder, &folder, err))
        return false;
    if (taker->file || taker->count == FETCH_GROUP || hand.uid == 0 || hand.size > INT64_MAX
        || hand.received_s < 0)
        return nonsense(err);
    taker->len = 0;
    taker->row = (struct inbox_row) {
        .state = INBOX_NEW,
        .folder = folder.name,
        .uidvalidity = folder.uidvalidity,
        .uid = hand.uid,
        .size_bytes = hand.size,
        .received_s = hand.received_s,
        .fetched_s = date_now(),
        .head_only = hand.head_only != 0,
    };
    return vault_new(taker->store, inbox_line(&taker->row, taker->arena), &taker->file, err);
}

static bool on_bytes(struct taker *taker, struct span bytes, struct err *err)
{
    if (!taker->file || bytes.len > taker->fetch.max_message - taker->len)
        return nonsense(err);
    taker->len += bytes.len;
    return vault_add(taker->file, bytes, err);
}

static bool on_keep(struct taker *taker, struct span bytes, struct err *err)
{
    if (!taker->file || bytes.len > 0)
        return nonsense(err);
    if (!vault_keep(&taker->file, taker->row.vault, err))
        return false;
    taker->group[taker->count++] = taker->row;
    return true;
}

static bool on_drop(struct taker *taker, struct span bytes, struct err *err)
{
    if (!taker->file || bytes.len > 0)
        return nonsense(err);
    vault_drop(&taker->file);
    return true;
}

/* Sealed, synced, then one transaction for all of them and the cursor. */
static bool commit(struct taker *taker, const struct fetch_folder *folder,
    const struct inbox_cursor *cursor, struct err *err)
{
    for (int attempt = 0;; attempt++) {
        struct txn *txn = txn_begin(taker->store, TXN_WRITE);

        for (size_t i = 0; i < taker->count; i++)
            inbox_put(txn, &taker->group[i]);
        inbox_cursor_put(txn, folder->name, folder->uidvalidity, cursor);
        if (txn_end(&txn, err))
            return true;
        /* The index has grown: the same once more (txn.h). */
        if (attempt > 0 || !txn_was_full(err))
            return false;
        *err = (struct err) { 0 };
    }
}

static bool on_commit(struct taker *taker, struct span bytes, struct err *err)
{
    struct hand_cursor hand = { 0 };
    struct buf lines = { .arena = taker->arena };
    struct inbox_cursor cursor;
    struct fetch_folder folder;

    if (!read_frame(bytes, &hand, sizeof(hand), err)
        || !folder_of(taker, &hand.folder, &folder, err))
        return false;
    if (taker->file || hand.told > hand.cursor)
        return nonsense(err);
    cursor = (struct inbox_cursor) { .last = hand.cursor, .told = hand.told };
    if ((taker->count > 0 && !vault_sync(taker->store, err))
        || !commit(taker, &folder, &cursor, err))
        return false;
    vault_committed(taker->store);
    for (size_t i = 0; i < taker->count; i++)
        log_add(&lines, LOG_LEVEL_INFO, "fetch", taker->group[i].vault, "%s, %llu bytes",
            taker->group[i].head_only ? "too large: head only" : "fetched",
            (unsigned long long)taker->group[i].size_bytes);
    log_tell(&lines);
    taker->count = 0;
    return answer(taker, HAND_COMMIT, NULL, 0);
}

static bool on_list(struct taker *taker, struct span bytes, struct err *err)
{
    struct hand_message hand = { 0 };
    struct fetch_folder folder;
    char when[DATE_TEXT] = "-";

    if (!read_frame(bytes, &hand, sizeof(hand), err)
        || !folder_of(taker, &hand.folder, &folder, err))
        return false;
    if (hand.received_s > 0)
        date_local(hand.received_s, when);
    printf("%s\t%u\t%u\t%llu\t%s%s\n", folder.name, (unsigned)folder.uidvalidity,
        (unsigned)hand.uid, (unsigned long long)hand.size, when,
        hand.head_only ? "\ttoo large: head only" : "");
    return true;
}

static bool on_progress(struct taker *taker, struct span bytes, struct err *err)
{
    uint64_t numbers[3] = { 0 };

    if (!read_frame(bytes, numbers, sizeof(numbers), err))
        return false;
    taker->progress.total = numbers[0] + numbers[2];
    progress_step(&taker->progress, numbers[0]);
    return true;
}

static bool on_done(struct taker *taker, struct span bytes, struct err *err)
{
    struct certificate *certificate = &taker->result.certificate;
    struct span shown = { (const char *)certificate, sizeof(*certificate) };

    taker->done = true;
    return read_frame(bytes, &taker->result, sizeof(taker->result), err)
        && (certificate_read(shown, certificate) || nonsense(err));
}

static bool on_failed(struct taker *taker, struct span bytes, struct err *err)
{
    return worker_read_err(bytes, &taker->said) || nonsense(err);
}

static const struct {
    bool dry_run; /* allowed in one */
    bool (*take)(struct taker *taker, struct span bytes, struct err *err);
} kinds[] = {
    [HAND_CURSOR] = { true, on_cursor },
    [HAND_KNOWN] = { true, on_known },
    [HAND_FORGET] = { false, on_forget },
    [HAND_BEGIN] = { false, on_begin },
    [HAND_BYTES] = { false, on_bytes },
    [HAND_KEEP] = { false, on_keep },
    [HAND_DROP] = { false, on_drop },
    [HAND_COMMIT] = { false, on_commit },
    [HAND_LIST] = { true, on_list },
    [HAND_PROGRESS] = { true, on_progress },
    [HAND_DONE] = { true, on_done },
    [HAND_FAILED] = { true, on_failed },
};

/* --- one attempt --- */

static bool listen_to(struct taker *taker, struct err *err)
{
    while (!taker->done) {
        int64_t left = taker->fetch.until_ms + GRACE_MS - steady_ms();
        struct span bytes;
        uint8_t kind;

        arena_reset(taker->arena);
        switch (frames_get(taker->child.frames, left > 0 ? left : 0, &kind, &bytes)) {
        case FRAMES_LATE:
            return err_set(err, ERR_SERVICE, "imap: the time for this run is over");
        case FRAMES_ONE:
            break;
        default:
            if (taker->said.scope == ERR_NONE)
                return err_set(err, ERR_SERVICE, "imap: the dialogue ended unasked");
            *err = taker->said;
            return false;
        }
        if (kind >= COUNT(kinds) || (taker->fetch.dry_run && !kinds[kind].dry_run))
            return nonsense(err);
        if (!kinds[kind].take(taker, bytes, err))
            return false;
    }
    return true;
}

static int run_dialogue(struct frames *frames, void *context)
{
    return module_serve("giver_run", HAND_FAILED, frames, context);
}

static bool open_store(struct taker *taker, struct err *err)
{
    struct store_options options = {
        .dir = taker->settings->state,
        .mode = taker->fetch.dry_run ? STORE_READ : STORE_WRITE,
        .lock = taker->lock,
        .schema = OFFICE_SCHEMA,
    };

    return store_open(&options, &taker->store, err);
}

/* Adds what an attempt has done; what it has seen is what there is. */
static void add_result(struct fetch_result *all, const struct fetch_result *one)
{
    all->seen = one->seen > all->seen ? one->seen : all->seen;
    all->fetched += one->fetched;
    all->bytes += one->bytes;
    all->heads += one->heads;
    all->gone += one->gone;
    all->restored += one->restored;
    all->told += one->told;
    all->failed = one->failed;
    if (one->certificate.until_s > 0)
        all->certificate = one->certificate;
    all->curable = one->curable;
}

/* The child is started before the store is opened: it inherits nothing of it. */
static bool run_attempt(struct taker *taker, struct fetch_result *all, struct err *err)
{
    const struct worker_limits limits = { .memory = CHILD_MEMORY };
    bool done;
    int code;

    taker->result = (struct fetch_result) { 0 };
    taker->said = (struct err) { 0 };
    taker->done = false;
    taker->count = 0;
    store_close(&taker->store);
    if (!worker_start(&taker->child, run_dialogue, &taker->fetch, &limits, err))
        return false;
    done = open_store(taker, err) && listen_to(taker, err);
    vault_drop(&taker->file);
    code = worker_end(&taker->child, taker->done ? GRACE_MS : 0);
    add_result(all, &taker->result);
    if (!done && !taker->done && code < 0 && code != -9)
        return err_set(err, ERR_SERVICE,
            "imap: the server's answers ended the dialogue (signal %d); nothing is lost", -code);
    if (done && taker->said.scope != ERR_NONE) {
        *err = taker->said;
        return false;
    }
    return done;
}

/* --- the pass --- */

/* A moment before the next attempt: 1 s, 4 s. */
static void rest(int attempt)
{
    nanosleep(&(struct timespec) { .tv_sec = attempt == 1 ? 1 : 4 }, NULL);
}

/* Only a failure of the line is tried again; an attempt that brought something begins a new count.
 */
static bool run_attempts(struct taker *taker, struct fetch_result *all, struct err *err)
{
    int attempt = 1;

    for (;;) {
        AUTO(arena_free) struct arena *secrets = arena_new();
        uint64_t before = all->fetched + all->heads;

        *err = (struct err) { 0 };
        all->curable = false;
        if (!settings_login(
                &taker->settings->imap, secrets, &taker->fetch.secret, &taker->fetch.is_token, err))
            return err_at(err, "imap");
        if (run_attempt(taker, all, err))
            return true;
        if (!all->curable || steady_ms() >= taker->fetch.until_ms)
            return false;
        attempt = all->fetched + all->heads > before ? 1 : attempt + 1;
        if (attempt > ATTEMPTS)
            return false;
        log_line(LOG_LEVEL_NOTICE, "fetch", "", "%s; trying again", err->text);
        if (attempt > 1)
            rest(attempt - 1);
    }
}

/* Silence is the worst failure: how it went is on the disk, unless the disk is what failed. */
static void note_health(
    struct taker *taker, const struct fetch_result *all, const struct err *failure)
{
    struct err ignored = { 0 };
    struct txn *txn;

    if (!taker->store && !open_store(taker, &ignored))
        return;
    txn = txn_begin(taker->store, TXN_WRITE);
    health_put(txn, "fetch", date_now(), all->fetched + all->heads, all->seen, failure);
    health_certificate_put(txn, "imap", &all->certificate);
    if (!txn_end(&txn, &ignored))
        log_line(LOG_LEVEL_WARNING, "fetch", "", "health is not noted: %s", ignored.text);
}

static bool run_locked(struct taker *taker, struct fetch_result *all, struct err *err)
{
    bool done;

    progress_start(&taker->progress, "fetch", 0);
    done = run_attempts(taker, all, err);
    progress_end(&taker->progress);
    if (!taker->fetch.dry_run)
        note_health(taker, all, done ? NULL : err);
    return done;
}

bool pass_fetch(
    const struct settings *settings, bool dry_run, struct fetch_result *result, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct taker taker = {
        .settings = settings,
        .arena = arena,
        .fetch = {
            .server = &settings->imap,
            .folders = &settings->folders,
            .junk_folders = &settings->junk_folders,
            .after_fetch = settings->after_fetch,
            .after_fetch_name = settings->after_fetch_name,
            .max_message = (uint64_t)settings->max_message_mb * 1024 * 1024,
            .dry_run = dry_run,
            .until_ms = steady_ms() + (int64_t)settings->imap.run_timeout_s * 1000,
        },
    };
    bool done;

    *result = (struct fetch_result) { 0 };
    if (!store_exists(settings->state))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: no store here yet; make one: meldpost init",
            settings->state);
    if (!dry_run && !lock_take(settings->state, LOCK_WAIT_S, &taker.lock, err))
        return false;
    done = run_locked(&taker, result, err);
    store_close(&taker.store);
    lock_release(&taker.lock);
    return done;
}
