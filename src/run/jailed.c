#include "run/jailed.h"

#include "mime/addresses.h"
#include "run/reading.h"
#include "run/wire.h"

#include <string.h>
#include <sysexits.h>
#include <time.h>

enum { MOST_KEYS = 16 };

const struct jailed_limits jailed_limits_usual = {
    .jail = { .memory_bytes = (size_t)512 * 1024 * 1024,
        .cpu_s = 10,
        .wall_s = 30,
        .question_bytes = (size_t)160 * 1024 * 1024,
        .output_bytes = (size_t)64 * 1024 * 1024,
        .questions = 100 },
    .plain_bytes = (size_t)100 * 1024 * 1024,
    .engine_s = 120,
};

/* ---- in the child: the engine asks the parent ---- */

struct asking {
    struct jail_line *line;
};

static bool take_answer(
    struct span answer, struct arena *arena, struct pgp_opened *opened, struct err *err)
{
    struct wire wire = { .rest = answer, .arena = arena };

    wire_take_opened(&wire, opened);
    return !wire.failed || err_set(err, ERR_MESSAGE, "an answer that cannot be read");
}

static bool ask_decrypt(
    void *ctx, struct span sealed, struct arena *arena, struct pgp_opened *opened, struct err *err)
{
    struct asking *asking = ctx;

    return take_answer(jail_ask(asking->line, WIRE_DECRYPT, sealed, arena), arena, opened, err);
}

static bool ask_verify(void *ctx, struct span bytes, struct span signature, struct arena *arena,
    struct pgp_opened *opened, struct err *err)
{
    struct buf question = { .arena = arena };
    struct asking *asking = ctx;

    wire_put_span(&question, bytes);
    wire_put_span(&question, signature);
    return take_answer(
        jail_ask(asking->line, WIRE_VERIFY, buf_span(&question), arena), arena, opened, err);
}

static bool ask_verify_clear(
    void *ctx, struct span block, struct arena *arena, struct pgp_opened *opened, struct err *err)
{
    struct asking *asking = ctx;

    return take_answer(jail_ask(asking->line, WIRE_VERIFY_CLEAR, block, arena), arena, opened, err);
}

static bool ask_key_look(void *ctx, struct span material, struct arena *arena, struct pgp_key *keys,
    size_t most, size_t *count, struct err *err)
{
    struct pgp_key found[MOST_KEYS] = { 0 };
    struct asking *asking = ctx;
    struct wire wire = { .rest = jail_ask(asking->line, WIRE_KEY_LOOK, material, arena),
        .arena = arena };
    const char *why;
    size_t got = wire_take_keys(&wire, found, COUNT(found), &why);

    if (wire.failed)
        return err_set(err, ERR_MESSAGE, "an answer that cannot be read");
    if (*why)
        return err_set(err, ERR_MESSAGE, "%s", why);
    *count = got < most ? got : most;
    memcpy(keys, found, *count * sizeof *keys);
    return true;
}

/* Opens what libraries read from files: charset tables, time zone, and jansson's seed. */
static void *warm(void)
{
    struct arena *arena = arena_new();
    struct message message;

    message_empty(&message);
    message_to_json(&message, NULL, arena);
    arena_free(&arena);
    tzset();
    return charset_warm();
}

static bool read_in_child(void *prepared, struct span input, struct jail_line *line,
    struct arena *arena, struct span *output, struct err *err)
{
    struct asking asking = { line };
    const struct open_engine engine = { .decrypt = ask_decrypt,
        .verify = ask_verify,
        .verify_clear = ask_verify_clear,
        .key_look = ask_key_look,
        .ctx = &asking };
    struct message message;

    if (!reading_mail(input, &engine, &reading_limits_usual, prepared, arena, &message, err))
        return false;
    *output = message_to_json(&message, NULL, arena);
    return true;
}

bool jailed_start(const struct jailed_limits *limits, struct jail **jail, struct err *err)
{
    static const struct jail_job job = { .prepare = warm, .work = read_in_child };

    return jail_open(&job, &limits->jail, jail, err);
}

/* ---- in the parent: answers ---- */

/* What gpg said of one mail. */
struct told {
    struct pgp *pgp;
    const struct jailed_limits *limits;
    struct arena *arena;
    size_t plain; /* bytes so far */
    int64_t until_s;
    bool decrypted; /* something with integrity */
    struct pgp_signature *signers; /* of signatures that verify */
    size_t signer_count;
};

static int64_t now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void remember(struct told *told, const struct pgp_opened *opened)
{
    told->decrypted |= opened->crypt == CRYPT_ENC;
    for (size_t i = 0; i < opened->signature_count; i++) {
        size_t count = told->signer_count;

        if (opened->signatures[i].verdict != SIGNATURE_GOOD)
            continue;
        told->signers = arena_grow(told->arena, told->signers, count * sizeof *told->signers,
            (count + 1) * sizeof *told->signers);
        told->signers[told->signer_count++] = opened->signatures[i];
    }
}

/* More plain text than one mail may have in all: as a single message that is too large. */
static void count_plain(struct told *told, struct pgp_opened *opened)
{
    if (opened->plain.len > told->limits->plain_bytes - told->plain) {
        *opened = (struct pgp_opened) { .crypt = CRYPT_BOMB,
            .reason = "What is inside is larger than is allowed." };
        return;
    }
    told->plain += opened->plain.len;
}

static bool ask_engine(struct told *told, unsigned char kind, struct span question,
    struct arena *arena, struct pgp_opened *opened, struct err *err)
{
    struct wire wire = { .rest = question, .arena = arena };
    struct span bytes, signature;

    switch (kind) {
    case WIRE_DECRYPT:
        return pgp_decrypt(told->pgp, question, arena, opened, err);
    case WIRE_VERIFY_CLEAR:
        return pgp_verify_clear(told->pgp, question, arena, opened, err);
    case WIRE_VERIFY:
        bytes = wire_take_span(&wire);
        signature = wire_take_span(&wire);
        if (!wire.failed && !wire.rest.len)
            return pgp_verify(told->pgp, bytes, signature, arena, opened, err);
        break;
    default:
        break;
    }
    return err_set(err, ERR_MESSAGE, "jail: what reads it asked an unknown question");
}

/* Refused material is an answer too; an engine that fails is not. */
static bool answer_look(struct told *told, struct span question, struct arena *arena,
    struct buf *reply, struct err *err)
{
    struct pgp_key keys[MOST_KEYS];
    struct err look_err = { 0 };
    size_t count = 0;

    if (pgp_key_look(told->pgp, question, arena, keys, COUNT(keys), &count, &look_err)) {
        wire_put_keys(reply, keys, count, "");
        return true;
    }
    if (look_err.scope == ERR_MESSAGE) {
        wire_put_keys(reply, keys, 0, look_err.text);
        return true;
    }
    *err = look_err;
    return false;
}

static bool answer(void *ctx, unsigned char kind, struct span question, struct arena *arena,
    struct span *reply, struct err *err)
{
    struct buf bytes = { .arena = arena };
    struct told *told = ctx;
    struct pgp_opened opened;

    if (now_s() > told->until_s)
        return err_exit(err, ERR_MESSAGE, EX_UNAVAILABLE, "gpg: takes more than %d s for one mail",
            told->limits->engine_s);
    if (kind == WIRE_KEY_LOOK) {
        if (!answer_look(told, question, arena, &bytes, err))
            return false;
    } else {
        if (!ask_engine(told, kind, question, arena, &opened, err))
            return false;
        count_plain(told, &opened);
        remember(told, &opened);
        wire_put_opened(&bytes, &opened);
    }
    *reply = buf_span(&bytes);
    return true;
}

/* ---- in the parent: the record ---- */

static const struct pgp_signature *signer_of(const struct told *told, const char *fingerprint)
{
    for (size_t i = 0; i < told->signer_count; i++)
        if (strcmp(told->signers[i].fingerprint, fingerprint) == 0)
            return &told->signers[i];
    return NULL;
}

/* The signature that the whole mail is said to have: its date decides whether an order is fresh. */
static const struct pgp_signature *signature_made(
    const struct told *told, const char *fingerprint, int64_t made_at)
{
    for (size_t i = 0; i < told->signer_count; i++)
        if (strcmp(told->signers[i].fingerprint, fingerprint) == 0
            && told->signers[i].made_at == made_at)
            return &told->signers[i];
    return NULL;
}

static bool verifies(enum signature signature)
{
    return signature == SIGNATURE_GOOD || signature == SIGNATURE_MISMATCH;
}

static bool is_address_of(const struct pgp_signature *signer, const char *address)
{
    for (size_t i = 0; i < signer->addresses.count; i++)
        if (addresses_same(signer->addresses.at[i], address))
            return true;
    return false;
}

static bool backs_message(const struct told *told, const struct message *message)
{
    const struct pgp_signature *signer = signature_made(told, message->signer, message->signed_at);

    if (message->crypt == CRYPT_ENC && !told->decrypted)
        return false;
    if (verifies(message->signature) && !signer)
        return false;
    return message->signature != SIGNATURE_GOOD
        || (message->from.count == 1 && is_address_of(signer, message->from.at[0]));
}

static bool backs(const struct told *told, const struct message *message)
{
    if (!backs_message(told, message))
        return false;
    for (size_t i = 0; i < message->piece_count; i++)
        if ((message->pieces[i].crypt == CRYPT_ENC && !told->decrypted)
            || (verifies(message->pieces[i].signature)
                && !signer_of(told, message->pieces[i].signer)))
            return false;
    for (size_t i = 0; i < message->attachment_count; i++)
        if ((message->attachments[i].crypt == CRYPT_ENC && !told->decrypted)
            || (verifies(message->attachments[i].signature) && !told->signer_count))
            return false;
    return true;
}

bool jailed_read(struct jail *jail, struct pgp *pgp, const struct jailed_limits *limits,
    struct span raw, struct arena *arena, struct message *message, struct err *err)
{
    struct told told
        = { .pgp = pgp, .limits = limits, .arena = arena, .until_s = now_s() + limits->engine_s };
    struct message built;
    struct span record;

    if (!jail_run(jail, raw, answer, &told, arena, &record, err)
        || !message_from_json(record, arena, &built, err))
        return false;
    if (!backs(&told, &built))
        return err_set(
            err, ERR_MESSAGE, "jail: what reads it claims a verdict that gpg did not give");
    *message = built;
    return true;
}
