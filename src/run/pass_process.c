#include "run/pass_process.h"

#include "base/date.h"
#include "base/hash.h"
#include "outbox/queue.h"
#include "run/casework.h"
#include "run/crew.h"
#include "run/daily.h"
#include "run/forget.h"
#include "run/health.h"
#include "run/inbox.h"
#include "run/log.h"
#include "run/posting.h"
#include "run/progress.h"
#include "run/quiet.h"
#include "run/strays.h"
#include "run/walk.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { MIB = 1024 * 1024 };

/* The messages that wait, while the crew opens them. */
struct queue {
    const struct hall *hall;
    struct crew *crew;
    struct inbox_row *rows;
    char (*hashes)[HASH_SHA256_HEX]; /* of those that were given to the crew */
    size_t count, done;
    struct process_result *result;
    struct progress progress;
};

/* Which part of the run goes on after what happened to one message: the one place that decides. */
static bool settle_walk(
    struct walk *walk, const struct err *trouble, struct process_result *result, struct err *err)
{
    const char *vault = walk->row.vault;

    switch (trouble->scope) {
    case ERR_NONE:
        if (walk->filed.kind == KIND_DUPLICATE)
            result->duplicates++;
        else
            result->filed++;
        log_line(LOG_LEVEL_INFO, "process", vault, "filed as %s%s%s",
            case_kind_word(walk->filed.kind), walk->filed.number[0] ? " in " : "",
            walk->filed.number);
        return true;
    case ERR_MESSAGE:
        log_line(LOG_LEVEL_WARNING, "process", vault, "put aside: %s", trouble->text);
        result->aside++;
        return walk_aside(walk, trouble, err);
    default:
        *err = *trouble;
        return err_at(err, "%s", vault);
    }
}

static bool unseal(void *ctx, size_t i, struct arena *arena, struct span *raw, struct err *why)
{
    struct queue *queue = ctx;
    struct office *office = queue->hall->desk->office;
    size_t most = (size_t)office->settings.max_message_mb * MIB;
    struct vault_facts facts;

    if (!vault_read(office->store, queue->rows[i].vault, most, arena, raw, &facts, why)) {
        if (why->scope == ERR_MESSAGE)
            why->exit_code = EX_IOERR; /* for walk_aside */
        return err_at(why, "unseal");
    }
    hash_sha256(*raw, queue->hashes[i]);
    return true;
}

/* message is NULL when it could not be unsealed or opened, and trouble says why. */
static bool handle(void *ctx, size_t i, struct arena *arena, const struct message *message,
    const struct err *trouble, struct err *err)
{
    struct queue *queue = ctx;
    struct walk walk = walk_of(queue->hall, &queue->rows[i], arena);
    struct err walk_trouble = *trouble;

    walk.hash = queue->hashes[i];
    if (message) {
        walk.message = *message;
        if (walk_take(&walk, &walk_trouble))
            walk_trouble.scope = ERR_NONE;
    }
    if (!settle_walk(&walk, &walk_trouble, queue->result, err))
        return false;
    progress_step(&queue->progress, ++queue->done);
    return true;
}

static bool hand_out(struct queue *queue, struct err *err)
{
    struct office *office = queue->hall->desk->office;
    const struct crew_errand errand
        = { .count = queue->count, .ctx = queue, .load = unseal, .take = handle };
    struct pgp_options options;
    char *passphrase;
    bool done;

    if (!queue->count)
        return true;
    if (!office_pgp_options(&office->settings, office->arena, &options, &passphrase, err))
        return false;
    done = crew_start(queue->crew, &options, queue->count, err);
    if (passphrase)
        explicit_bzero(passphrase, strlen(passphrase));
    return done && crew_run(queue->crew, &errand, err);
}

static bool handle_all(
    const struct hall *hall, struct crew *crew, struct process_result *result, struct err *err)
{
    struct arena *arena = hall->desk->office->arena;
    struct txn *txn = txn_begin(hall->desk->office->store, TXN_READ);
    struct queue queue = { .hall = hall, .crew = crew, .result = result };
    bool done;

    inbox_list(txn, INBOX_NEW, arena, &queue.rows, &queue.count);
    if (!txn_end(&txn, err))
        return false;
    queue.hashes = arena_array(arena, queue.count, sizeof *queue.hashes);
    progress_start(&queue.progress, "process", queue.count);
    done = hand_out(&queue, err);
    progress_end(&queue.progress);
    result->waiting = (unsigned)(queue.count - queue.done);
    return done;
}

/* What came of letters since the last run, before anything new is decided. */
static bool settle(struct desk *desk, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(desk->office->store, TXN_WRITE);

    if (!posting_settle(desk, txn, arena, err)) {
        txn_drop(&txn);
        return false;
    }
    return txn_end(&txn, err);
}

static bool remind(struct desk *desk, struct process_result *result, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(desk->office->store, TXN_WRITE);
    size_t count;

    if (!posting_remind(desk, txn, arena, &count, err)) {
        txn_drop(&txn);
        return false;
    }
    result->reminders = (unsigned)count;
    return txn_end(&txn, err) && daily_queue(desk, true, arena, &result->digest, err);
}

static bool note_health(struct desk *desk, const struct process_result *result,
    const struct err *trouble, struct err *err)
{
    struct txn *txn = txn_begin(desk->office->store, TXN_WRITE);

    health_put(txn, "process", desk->office->now_s, result->filed + result->aside,
        result->filed + result->aside + result->duplicates + result->waiting, trouble);
    return txn_end(&txn, err);
}

/* Every letter is signed with it: without it no message can be filed with its acknowledgement, so
 * all of them wait, sealed as they are, until the key is in order again. */
static bool check_own_key(const struct office *office, struct err *err)
{
    const char *fingerprint = office->settings.mailbox_key;
    struct pgp_key key;

    if (!pgp_key_facts(office->pgp, fingerprint, office->arena, &key, err))
        return false;
    if (key.signs == PGP_KEY_USABLE)
        return true;
    return err_exit(err, ERR_RUN, EX_NOPERM,
        "mailbox_key: %s %s; messages wait sealed until it can sign: gpg --homedir %s "
        "--quick-set-expire %s 2y, or another key in the settings",
        fingerprint, key.signs == PGP_KEY_EXPIRED ? "has expired" : "cannot sign",
        office->settings.gnupg_home, fingerprint);
}

/* Workers and jails start before any secret is read: their children never had one in memory. */
static bool open_hall(const char *config, struct hall *hall, struct crew **crew, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings;

    if (!settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    hall->limits = hall_limits(&settings);
    return crew_open(0, 0, &hall->limits, crew, err)
        && jailed_start(&hall->limits, &hall->reading, err) /* for recheck */
        && redacting_open(&settings, &hall->redacting, err);
}

static struct recheck_work recheck_work(const struct hall *hall, const char *by, const char *how)
{
    return (struct recheck_work) { hall->desk, hall->reading, &hall->limits, by, how };
}

/* Verdicts follow the keys that came since the last run. */
static bool recheck(const struct hall *hall, struct err *err)
{
    struct recheck_work work = recheck_work(hall, "program", "program");
    struct recheck_result result;

    if (!recheck_if_keys_came(&work, &result, err))
        return err_at(err, "recheck");
    if (result.changed)
        log_line(LOG_LEVEL_NOTICE, "process", "", "%zu of %zu messages have another verdict now",
            result.changed, result.looked);
    return true;
}

bool pass_recheck(
    const char *config, const char *typed, struct recheck_result *result, struct err *err)
{
    AUTO(hall_close) struct hall hall = { 0 };
    AUTO(casework_close) struct casework work = { 0 };
    struct recheck_work recheck_it;
    struct case_file file = { .number = "" };
    bool found = true;

    if (!hall_open(config, &hall, err) || !casework_open(config, NULL, OFFICE_WRITE, &work, err))
        return false;
    hall.desk = &work.desk;
    if (*typed) {
        struct txn *txn = txn_begin(work.office.store, TXN_READ);

        found = cabinet_find(txn, typed, work.office.arena, &file, err);
        txn_drop(&txn);
    }
    recheck_it = recheck_work(&hall, work.actor, "cli");
    return found && recheck_cases(&recheck_it, file.number, result, err);
}

bool pass_process(const char *config, struct process_result *result, struct err *err)
{
    AUTO(crew_close) struct crew *crew = NULL;
    AUTO(hall_close) struct hall hall = { 0 };
    AUTO(office_close) struct office office = { 0 };
    struct err noting = { 0 };
    struct quiet quiet;
    struct desk desk;
    size_t erased, taken;
    bool done;

    *result = (struct process_result) { 0 };
    if (!quiet_look(config, &quiet, err))
        return false;
    if (quiet.is_quiet)
        return true;
    if (!open_hall(config, &hall, &crew, err) || !office_open(config, OFFICE_WRITE, &office, err)
        || !desk_open(&office, &desk, err))
        return false;
    hall.desk = &desk;
    done = check_own_key(&office, err) && cabinet_sweep(office.store, &erased, err)
        && forget_keys(&office, err) && strays_take(office.store, false, &taken, err)
        && settle(&desk, err) && recheck(&hall, err) && handle_all(&hall, crew, result, err)
        && cabinet_sweep(office.store, &erased, err)
        /* Noted before the digest is made, which tells it. */
        && note_health(&desk, result, NULL, err) && remind(&desk, result, err)
        && quiet_note(&office, &quiet, err);
    if (!done && !note_health(&desk, result, err, &noting))
        log_line(LOG_LEVEL_ERROR, "process", "", "%s", noting.text);
    return done;
}

/* Whether a letter has left, or was refused, and its case does not know. Needs no key. */
static bool anything_to_settle(const char *config, bool *anything, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    AUTO(store_close) struct store *store = NULL;
    struct store_options options = { .mode = STORE_READ, .schema = OFFICE_SCHEMA };
    struct settings settings;
    struct txn *txn;

    *anything = false;
    if (!settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    options.dir = settings.state;
    if (!store_open(&options, &store, err))
        return false;
    txn = txn_begin(store, TXN_READ);
    *anything = queue_unsettled(txn);
    return txn_end(&txn, err);
}

bool pass_settle(const char *config, struct err *err)
{
    AUTO(office_close) struct office office = { 0 };
    struct desk desk;
    bool anything;

    if (!anything_to_settle(config, &anything, err))
        return false;
    return !anything
        || (office_open(config, OFFICE_WRITE, &office, err) && desk_open(&office, &desk, err)
            && settle(&desk, err));
}

void process_tell(const struct process_result *result, bool done)
{
    log_line(done ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING, "process", "",
        "%u filed, %u put aside, %u seen before, %u waiting; %u reminders%s", result->filed,
        result->aside, result->duplicates, result->waiting, result->reminders,
        result->digest ? ", the daily digest" : "");
}
