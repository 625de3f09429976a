#include "run/walk.h"

#include "base/hash.h"
#include "letters/reply.h"
#include "run/posting.h"

#include <string.h>
#include <sysexits.h>

enum { MIB = 1024 * 1024 };

const char *walk_place(const struct inbox_row *row, struct arena *arena)
{
    return arena_printf(
        arena, "%s %u %u", row->folder, (unsigned)row->uidvalidity, (unsigned)row->uid);
}

struct walk walk_of(const struct hall *hall, const struct inbox_row *row, struct arena *arena)
{
    struct walk walk
        = { .hall = hall, .desk = hall->desk, .arena = arena, .row = *row, .hash = "" };

    walk.place = walk_place(row, arena);
    return walk;
}

bool walk_read(struct walk *walk, struct err *err)
{
    struct office *office = walk->desk->office;
    size_t most = (size_t)office->settings.max_message_mb * MIB;
    char *hash = arena_alloc(walk->arena, HASH_SHA256_HEX);
    struct vault_facts facts;
    struct span raw;

    if (!vault_read(office->store, walk->row.vault, most, walk->arena, &raw, &facts, err))
        return err_at(err, "unseal");
    hash_sha256(raw, hash);
    walk->hash = hash;
    if (walk->again && *walk->again->hash && strcmp(walk->again->hash, hash) != 0)
        return err_set(err, ERR_MESSAGE, "not the message of the audit log");
    return jailed_read(walk->hall->reading, office->pgp, &walk->hall->limits, raw, walk->arena,
               &walk->message, err)
        || err_at(err, "open");
}

/* The audit log knows; but a mail of the CISO is read for its commands, and proves itself. */
static void place_again(struct walk *walk)
{
    const struct walk_again *again = walk->again;

    walk->belongs.answers = false;
    if (!again->number)
        return;
    walk->belongs.number = again->number;
    walk->belongs.opens = again->opens;
    if (again->kind != KIND_ORDER)
        walk->belongs.kind = again->kind;
}

/* A second copy of the bytes is kept only where the first one cannot be read any more. */
static bool is_copy(const struct walk *walk, const struct belongs_known *known)
{
    struct vault_facts facts;
    struct err ignored = { 0 };

    if (walk->belongs.kind != KIND_DUPLICATE || !*known->same_content)
        return false;
    if (known->same_erased)
        return true;
    return *known->same_vault && strcmp(known->same_vault, walk->row.vault) != 0
        && vault_stream(walk->desk->office->store, known->same_vault, NULL, NULL, walk->arena,
            &facts, &ignored);
}

/* Which case it belongs to, by what the store knows now; the directory lock keeps it so. */
static bool step_place(struct walk *walk, struct err *err)
{
    struct txn *txn = txn_begin(walk->desk->office->store, TXN_READ);
    struct belongs_known known;
    struct case_file file;

    cabinet_known(txn, &walk->message, &walk->desk->filing.house, walk->hash, walk->arena, &known);
    walk->belongs = belongs_decide(&walk->message, &walk->desk->filing.house, &known, walk->arena);
    if (walk->again)
        place_again(walk);
    walk->copy = is_copy(walk, &known);
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
        .copy = walk->copy,
        .row = walk->place,
        .hash = walk->hash,
        .received_at = walk->row.received_s,
        .subject = walk->redacted.subject,
        .redacted = walk->redacted.text,
        .receipt = walk->redacted.receipt,
        .memory = walk->redacted.memory,
        .attachments = attachments_of(walk) };

    filing_file(txn, &walk->desk->filing, &walk->belongs, &mail, walk->arena, &walk->filed);
    if (!walk->again) {
        keep_quiet(walk);
        say_unreadable(walk);
    }
    walk->row.state = walk->filed.kind == KIND_DUPLICATE ? INBOX_DUPLICATE : INBOX_FILED;
    inbox_put(txn, &walk->row);
    if (walk->again)
        posting_again(walk->desk, txn, &walk->filed.effects, walk->arena);
    else if (!posting_do(walk->desk, txn, &walk->filed.effects, &walk->filed, walk->arena, err)) {
        txn_drop(&txn);
        return false;
    }
    return txn_end(&txn, err);
}

static const struct {
    const char *name;
    bool (*take)(struct walk *walk, struct err *err);
    enum aside stuck;
} steps[] = {
    { "place", step_place, ASIDE_FILE },
    { "redact", step_redact, ASIDE_REDACT },
    { "file", step_file, ASIDE_FILE },
};

bool walk_take(struct walk *walk, struct err *err)
{
    for (size_t i = 0; i < COUNT(steps); i++)
        if (!steps[i].take(walk, err)) {
            walk->stuck = steps[i].stuck;
            return err_at(err, "%s", steps[i].name);
        }
    return true;
}

/* By where it failed, and by the exit codes of the jail; never by the words of an error. */
static enum aside aside_of(const struct walk *walk, const struct err *why)
{
    if (walk->stuck != ASIDE_UNREADABLE)
        return walk->stuck;
    if (why->exit_code == EX_UNAVAILABLE)
        return ASIDE_LIMIT;
    if (why->exit_code == EX_SOFTWARE)
        return ASIDE_CRASH;
    return why->exit_code == EX_IOERR ? ASIDE_DAMAGED : ASIDE_UNREADABLE;
}

bool walk_aside(struct walk *walk, const struct err *why, struct err *err)
{
    struct txn *txn = txn_begin(walk->desk->office->store, TXN_WRITE);

    filing_aside(txn, &walk->desk->filing, walk->row.vault, walk->place, walk->hash,
        walk->row.received_s, aside_of(walk, why), why->text);
    walk->row.state = INBOX_ASIDE;
    inbox_put(txn, &walk->row);
    return txn_end(&txn, err);
}

struct jailed_limits hall_limits(const struct settings *settings)
{
    struct jailed_limits limits = jailed_limits_usual;

    limits.plain_bytes = (size_t)settings->max_plain_mb * MIB;
    limits.engine_s = settings->max_seconds;
    limits.jail.memory_bytes = (size_t)settings->max_memory_mb * MIB;
    limits.jail.cpu_s = limits.jail.wall_s = settings->max_seconds;
    limits.jail.questions = (unsigned)settings->max_questions;
    return limits;
}

bool hall_open(const char *config, struct hall *hall, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings;

    if (!settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    hall->limits = hall_limits(&settings);
    return jailed_start(&hall->limits, &hall->reading, err)
        && redacting_open(&settings, &hall->redacting, err);
}

void hall_close(struct hall *hall)
{
    jail_close(&hall->reading);
    jail_close(&hall->redacting);
}
