#include "run/pass_process.h"

#include "base/date.h"
#include "base/hash.h"
#include "letters/reply.h"
#include "outbox/queue.h"
#include "run/crew.h"
#include "run/daily.h"
#include "run/health.h"
#include "run/inbox.h"
#include "run/log.h"
#include "run/posting.h"
#include "run/progress.h"
#include "run/redacting.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { MIB = 1024 * 1024 };

/* What every message needs: the desk, the workers that open it, the jail for what redacts it. */
struct hall {
    struct desk *desk;
    struct crew *crew;
    struct jail *redacting;
    struct jailed_limits limits;
};

/* One message on its way from the sealed bytes to its case. */
struct walk {
    const struct hall *hall;
    struct desk *desk;
    struct arena *arena; /* wiped when the walk ends */
    struct inbox_row row;
    const char *place; /* "INBOX 1700000000 42", for the case */
    const char *hash; /* of the raw bytes */
    struct message message;
    struct belongs belongs;
    struct redacting redacted;
    struct filed filed;
};

/* Which case it belongs to, by what the store knows now; the directory lock keeps it so. */
static bool step_place(struct walk *walk, struct err *err)
{
    struct txn *txn = txn_begin(walk->desk->office->store, TXN_READ);
    struct belongs_known known;
    struct case_file file;

    cabinet_known(txn, &walk->message, &walk->desk->filing.house, walk->hash, walk->arena, &known);
    walk->belongs = belongs_decide(&walk->message, &walk->desk->filing.house, &known, walk->arena);
    walk->redacted.memory = "";
    if (walk->belongs.number[0] && cabinet_get(txn, walk->belongs.number, walk->arena, &file))
        walk->redacted.memory = file.memory;
    return txn_end(&txn, err);
}

static bool step_redact(struct walk *walk, struct err *err)
{
    return redacting_message(walk->hall->redacting, &walk->desk->office->settings, &walk->message,
        walk->redacted.memory, walk->arena, &walk->redacted, err);
}

/* Bounces, lists and kin are never answered, whatever the case work would like to say. What the
 * CISO orders is no answer to the mail with the order in it, and goes out. */
static void keep_quiet(struct walk *walk)
{
    struct effects *effects = &walk->filed.effects;
    size_t kept = 0;

    if (walk->filed.has_orders)
        return;
    if (reply_decide(&walk->message, &walk->desk->office->settings) == REPLY_FINE)
        return;
    for (size_t i = 0; i < effects->count; i++)
        if (effects->at[i].kind != EFFECT_LETTER || effects->at[i].to != PARTY_RESEARCHER)
            effects->at[kept++] = effects->at[i];
    effects->count = kept;
}

/* Sealed, and nothing of it could be opened: there is no report yet to thank for. */
static bool is_unreadable(const struct message *message)
{
    if (message->crypt == CRYPT_NONE || message->crypt == CRYPT_ENC)
        return false;
    for (size_t i = 0; i < message->piece_count; i++)
        if ((message->pieces[i].crypt == CRYPT_NONE || message->pieces[i].crypt == CRYPT_ENC)
            && span_trim(span_of(message->pieces[i].text)).len)
            return false;
    return true;
}

static void say_unreadable(struct walk *walk)
{
    if (!is_unreadable(&walk->message))
        return;
    for (size_t i = 0; i < walk->filed.effects.count; i++) {
        struct effect *effect = &walk->filed.effects.at[i];

        if (effect->kind == EFFECT_LETTER && effect->to == PARTY_RESEARCHER)
            effect->what = "unreadable";
    }
}

static struct filing_attachment *attachments_of(const struct walk *walk)
{
    const struct message *message = &walk->message;
    struct filing_attachment *list = arena_array(
        walk->arena, message->attachment_count + 1, sizeof *list);

    for (size_t i = 0; i < message->attachment_count; i++)
        list[i] = (struct filing_attachment) { walk->redacted.names[i],
            redacting_has_text(&message->attachments[i]) ? "" : "not machine-readable" };
    return list;
}

static bool step_file(struct walk *walk, struct err *err)
{
    struct txn *txn = txn_begin(walk->desk->office->store, TXN_WRITE);
    struct filing_mail mail = { .message = &walk->message,
        .vault = walk->row.vault,
        .row = walk->place,
        .hash = walk->hash,
        .received_at = walk->row.received_s,
        .subject = walk->redacted.subject,
        .redacted = walk->redacted.text,
        .receipt = walk->redacted.receipt,
        .memory = walk->redacted.memory,
        .attachments = attachments_of(walk) };

    filing_file(txn, &walk->desk->filing, &walk->belongs, &mail, walk->arena, &walk->filed);
    keep_quiet(walk);
    say_unreadable(walk);
    walk->row.state = walk->filed.kind == KIND_DUPLICATE ? INBOX_DUPLICATE : INBOX_FILED;
    inbox_put(txn, &walk->row);
    if (!posting_do(walk->desk, txn, &walk->filed.effects, &walk->filed, walk->arena, err)) {
        txn_drop(&txn);
        return false;
    }
    return txn_end(&txn, err);
}

static const struct {
    const char *name;
    bool (*take)(struct walk *walk, struct err *err);
} steps[] = {
    { "place", step_place },
    { "redact", step_redact },
    { "file", step_file },
};

static bool walk_message(struct walk *walk, struct err *err)
{
    for (size_t i = 0; i < COUNT(steps); i++)
        if (!steps[i].take(walk, err))
            return err_at(err, "%s", steps[i].name);
    return true;
}

/* The message stays sealed where it is; a person hears of it through the digest. */
static bool put_aside(struct walk *walk, const char *why, struct err *err)
{
    struct txn *txn = txn_begin(walk->desk->office->store, TXN_WRITE);

    filing_aside(txn, &walk->desk->filing, walk->row.vault, walk->place, walk->hash,
        walk->row.received_s, why);
    walk->row.state = INBOX_ASIDE;
    inbox_put(txn, &walk->row);
    return txn_end(&txn, err);
}

/* The messages that wait, while the crew opens them. */
struct queue {
    const struct hall *hall;
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
        return put_aside(walk, trouble->text, err);
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

    if (!vault_read(office->store, queue->rows[i].vault, most, arena, raw, &facts, why))
        return err_at(why, "unseal");
    hash_sha256(*raw, queue->hashes[i]);
    return true;
}

/* message is NULL when it could not be unsealed or opened, and trouble says why. */
static bool handle(void *ctx, size_t i, struct arena *arena, const struct message *message,
    const struct err *trouble, struct err *err)
{
    struct queue *queue = ctx;
    const struct inbox_row *row = &queue->rows[i];
    struct walk walk = { .hall = queue->hall,
        .desk = queue->hall->desk,
        .arena = arena,
        .row = *row,
        .hash = queue->hashes[i] };
    struct err walk_trouble = *trouble;

    walk.place = arena_printf(
        arena, "%s %u %u", row->folder, (unsigned)row->uidvalidity, (unsigned)row->uid);
    if (message) {
        walk.message = *message;
        if (walk_message(&walk, &walk_trouble))
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
    done = crew_start(queue->hall->crew, &options, err);
    if (passphrase)
        explicit_bzero(passphrase, strlen(passphrase));
    return done && crew_run(queue->hall->crew, &errand, err);
}

static bool handle_all(const struct hall *hall, struct process_result *result, struct err *err)
{
    struct arena *arena = hall->desk->office->arena;
    struct txn *txn = txn_begin(hall->desk->office->store, TXN_READ);
    struct queue queue = { .hall = hall, .result = result };
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
static bool open_jails(const char *config, struct hall *hall, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings;

    if (!settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    hall->limits = jailed_limits_usual;
    hall->limits.plain_bytes = (size_t)settings.max_plain_mb * MIB;
    hall->limits.engine_s = settings.max_seconds;
    hall->limits.jail.memory_bytes = (size_t)settings.max_memory_mb * MIB;
    hall->limits.jail.cpu_s = hall->limits.jail.wall_s = settings.max_seconds;
    hall->limits.jail.questions = (unsigned)settings.max_questions;
    return crew_open(0, 0, &hall->limits, &hall->crew, err)
        && redacting_open(&settings, &hall->redacting, err);
}

static void close_jails(struct hall *hall)
{
    crew_close(&hall->crew);
    jail_close(&hall->redacting);
}

bool pass_process(const char *config, struct process_result *result, struct err *err)
{
    AUTO(close_jails) struct hall hall = { 0 };
    AUTO(office_close) struct office office = { 0 };
    struct err noting = { 0 };
    struct desk desk;
    size_t erased;
    bool done;

    *result = (struct process_result) { 0 };
    if (!open_jails(config, &hall, err) || !office_open(config, OFFICE_WRITE, &office, err)
        || !desk_open(&office, &desk, err))
        return false;
    hall.desk = &desk;
    done = check_own_key(&office, err) && cabinet_sweep(office.store, &erased, err)
        && settle(&desk, err) && handle_all(&hall, result, err) && remind(&desk, result, err);
    if (!note_health(&desk, result, done ? NULL : err, &noting) && done) {
        *err = noting;
        return false;
    }
    return done;
}

/* Whether a letter has left, or was refused, and its case does not know. Needs no key. */
static bool anything_to_settle(const char *config, bool *anything, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    AUTO(store_close) struct store *store = NULL;
    struct store_options options = { .mode = STORE_READ, .schema = OFFICE_SCHEMA };
    struct queue_delivery *deliveries;
    struct settings settings;
    struct txn *txn;
    size_t count;

    *anything = false;
    if (!settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    options.dir = settings.state;
    if (!store_open(&options, &store, err))
        return false;
    txn = txn_begin(store, TXN_READ);
    queue_list(txn, arena, &deliveries, &count);
    for (size_t i = 0; i < count; i++)
        *anything = *anything || deliveries[i].state == QUEUE_SENT
            || deliveries[i].state == QUEUE_REFUSED;
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
