#include "run/posting.h"

#include "base/buf.h"
#include "base/date.h"
#include "cases/consent.h"
#include "cases/reminder.h"
#include "cases/undelivered.h"
#include "ibd/ibd.h"
#include "outbox/pgpmime.h"
#include "outbox/queue.h"
#include "store/random.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Whom a letter goes to, and with which key it is sealed. */
struct addressee {
    enum case_party party;
    const char *address;
    const char *key; /* "" when none is known */
    const char *language;
};

static void put_date(struct letters_values *values, const char *name, int64_t at_s,
    const char *language, struct arena *arena)
{
    char text[DATE_TEXT], clock[DATE_TEXT];

    if (at_s == 0)
        return;
    if (strcmp(language, "nl") == 0)
        date_words_nl(at_s, text);
    else
        date_words_en(at_s, text);
    date_clock(at_s, clock);
    letters_set(values, name,
        strcmp(name, "received") == 0 ? arena_printf(arena, "%s, %s", text, clock)
                                      : arena_text(arena, span_of(text)));
}

static void put_missing(struct letters_values *values, const struct case_file *file)
{
    static const char *const items[][2] = { { "application", "missing_application" },
        { "url", "missing_url" }, { "steps", "missing_steps" } };

    for (size_t i = 0; i < COUNT(items); i++)
        if (texts_have(&file->missing, items[i][0])) {
            letters_set(values, items[i][1], "x");
            letters_set(values, "missing", "x");
        }
}

/* Each value that the letter may use; letters_set refuses names that are not the kind's own. */
static void put_values(struct desk *desk, const char *kind, const struct case_file *file,
    const struct effect *effect, const char *language, struct arena *arena,
    struct letters_values *values)
{
    const struct settings *settings = &desk->office->settings;
    const struct clock *first = &file->clocks[CLOCK_FIRST_RESPONSE];
    bool acknowledges = strcmp(kind, "acknowledgement") == 0;

    letters_set(values, "case", file->number);
    letters_set(values, "fingerprint", letters_fingerprint(settings->mailbox_key, arena));
    put_date(values, "received", file->received_at, language, arena);
    if (first->state == CLOCK_RUNNING)
        put_date(values, "first_response", first->due_at, language, arena);
    if (acknowledges || strcmp(kind, "fixed") == 0) {
        letters_set(values, "consent_name", consent_line(CONSENT_NAME_IBD, true, language));
        letters_set(values, "consent_contact", consent_line(CONSENT_CONTACT_IBD, true, language));
        letters_set(values, "consent_credit", consent_line(CONSENT_CREDIT, true, language));
    }
    if (acknowledges) {
        letters_set(values, "ibd_always", settings->ibd == IBD_ALWAYS ? "x" : "");
        put_missing(values, file);
    }
    if (strcmp(kind, "confirm") == 0 || strcmp(kind, "fixing") == 0) {
        put_date(values, "fix", file->clocks[CLOCK_FIX].due_at, language, arena);
        put_date(values, "progress", file->clocks[CLOCK_PROGRESS].due_at, language, arena);
    }
    if (strcmp(kind, "fixed") == 0 || strcmp(kind, "disclosed") == 0)
        letters_set(values, "credit", consent_credit(file));
    if (strcmp(kind, "reject") == 0) {
        letters_set(values, "not_reproduced", file->state == CASE_NOT_REPRODUCED ? "x" : "");
        letters_set(values, "out_of_scope", file->state == CASE_OUT_OF_SCOPE ? "x" : "");
    }
    if (strcmp(kind, "reject") == 0 || strcmp(kind, "closed") == 0
        || strcmp(kind, "duplicate") == 0)
        letters_set(values, "reason", effect->text);
    if (strcmp(kind, "reply") == 0)
        letters_set(values, "text", effect->text);
}

/*
 * The key to answer with: one in our ring with the address in a user id, first of all one that has
 * signed in this case, then one that the CISO accepted. Keys that only came along with a mail are
 * not in the ring.
 */
static bool researcher_key(struct desk *desk, const struct case_file *file, struct arena *arena,
    const char **key, struct err *err)
{
    struct pgp_key keys[8];
    size_t count = 0;

    *key = "";
    if (!pgp_keys_for(desk->office->pgp, file->address, arena, keys, COUNT(keys), &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (keys[i].encrypts != PGP_KEY_USABLE)
            continue;
        if (!**key)
            *key = arena_text(arena, span_of(keys[i].fingerprint));
        for (size_t k = 0; k < file->keys.count; k++) {
            if (strcmp(file->keys.at[k].fingerprint, keys[i].fingerprint) != 0)
                continue;
            if (file->keys.at[k].accepted_at)
                *key = file->keys.at[k].fingerprint;
            if (strcmp(file->keys.at[k].how, "signed") == 0) {
                *key = file->keys.at[k].fingerprint;
                return true;
            }
        }
    }
    return true;
}

/* By itself the program writes so many letters to one address in a day; what the CISO decides is
 * told whatever came before. */
static bool is_automatic(const char *kind)
{
    return strcmp(kind, "acknowledgement") == 0 || strcmp(kind, "follow_up") == 0
        || strcmp(kind, "unreadable") == 0;
}

static bool addressee_of(struct desk *desk, const struct case_file *file, enum case_party party,
    struct arena *arena, struct addressee *addressee, struct err *err)
{
    const struct settings *settings = &desk->office->settings;

    addressee->party = party;
    addressee->language = desk->filing.language;
    switch (party) {
    case PARTY_CISO:
        addressee->address = settings->ciso_address;
        addressee->key = settings->ciso_key;
        return true;
    case PARTY_IBD:
        addressee->address = settings->ibd_address;
        addressee->key = settings->ibd_key;
        addressee->language = "nl";
        return true;
    default:
        addressee->address = file->address;
        addressee->language = file->language;
        return researcher_key(desk, file, arena, &addressee->key, err);
    }
}

static bool attach_our_key(
    struct desk *desk, struct outgoing *outgoing, struct arena *arena, struct err *err)
{
    struct span armored;

    if (!pgp_key_export(
            desk->office->pgp, desk->office->settings.mailbox_key, arena, &armored, err))
        return false;
    outgoing_attach(outgoing, arena, "mailbox-key.asc", "application/pgp-keys", armored);
    return true;
}

/* What the researcher wrote or got, and no other mail of the case: a Message-ID of the CISO or the
 * IBD names machines and people of theirs. */
static struct texts thread_of_researcher(const struct case_file *file, struct arena *arena)
{
    struct texts thread = { 0 };

    for (size_t i = 0; i < file->thread.count; i++) {
        bool theirs = false;

        for (size_t k = 0; k < file->messages.count && !theirs; k++)
            theirs = (file->messages.at[k].kind == KIND_REPORT
                         || file->messages.at[k].kind == KIND_FOLLOW_UP)
                && strcmp(file->messages.at[k].message_id, file->thread.at[i]) == 0;
        for (size_t k = 0; k < file->letters.count && !theirs; k++)
            theirs = file->letters.at[k].to == PARTY_RESEARCHER
                && strcmp(file->letters.at[k].message_id, file->thread.at[i]) == 0;
        if (theirs)
            texts_add(&thread, arena, file->thread.at[i]);
    }
    return thread;
}

/* Composes, seals and queues one mail; gives its Message-ID. */
static bool queue_mail(struct desk *desk, struct txn *txn, const char *kind,
    const struct case_file *file, const struct addressee *to, const struct outgoing *outgoing,
    struct arena *arena, const char **message_id, struct err *err)
{
    const struct settings *settings = &desk->office->settings;
    struct pgpmime_envelope envelope = { .from_name = settings->municipality,
        .from = settings->address,
        .to = to->address,
        .message_id = queue_message_id(settings->address, desk->office->now_s, arena),
        .in_reply_to = "",
        .date_s = desk->office->now_s,
        .signer = settings->mailbox_key,
        .recipients = &to->key,
        .recipient_count = to->key[0] ? 1 : 0 };
    struct queue_letter letter = { .kind = kind,
        .number = file ? file->number : "",
        .party = case_party_word(to->party),
        .message_id = envelope.message_id,
        .from = settings->address,
        .to = to->address,
        .queued_at = desk->office->now_s };
    struct queue_sealed sealed;

    if (file && to->party == PARTY_RESEARCHER)
        envelope.references = thread_of_researcher(file, arena);
    if (envelope.references.count)
        envelope.in_reply_to = envelope.references.at[envelope.references.count - 1];
    if (!pgpmime_write(
            desk->office->pgp, &envelope, outgoing, random_bytes, arena, &letter.bytes, err))
        return false;
    if (!queue_seal(desk->office->store, &letter, arena, &sealed, err))
        return false;
    queue_put(txn, &sealed);
    ledger_add(txn,
        &(struct ledger_entry) { .at = desk->office->now_s,
            .by = "program",
            .how = "program",
            .number = letter.number,
            .what = "letter",
            .text = arena_printf(arena, "%s to the %s", kind, letter.party),
            .hash = "",
            .words = arena_printf(arena, "%s %s %s", kind, letter.party, letter.message_id) });
    *message_id = envelope.message_id;
    return true;
}

/* Queues the letter and keeps it in the case's file, so that answers and bounces find it. */
static bool post(struct desk *desk, struct txn *txn, const char *kind, struct case_file *file,
    const struct addressee *to, const struct outgoing *outgoing, struct arena *arena,
    struct err *err)
{
    const char *message_id;

    if (!queue_mail(desk, txn, kind, file, to, outgoing, arena, &message_id, err))
        return err_at(err, "letter %s", kind);
    filing_letter(file, arena, kind, to->party, message_id, desk->office->now_s);
    return true;
}

/* So that it can be read and sent once more, should it not arrive. */
static void keep_text(struct case_file *file, const struct effect *effect,
    const struct outgoing *outgoing, struct arena *arena)
{
    struct case_letter *letter = &file->letters.at[file->letters.count - 1];

    letter->meant = effect->what;
    letter->words = effect->text;
    letter->text = arena_printf(arena, "%s\n\n%s", outgoing->subject, outgoing->text);
}

static bool write_to_researcher(struct desk *desk, struct txn *txn, const struct effect *effect,
    struct case_file *file, const struct addressee *to, struct arena *arena, struct err *err)
{
    /* Without a key nothing of the content; that a mail cannot be opened says nothing of it. */
    bool open = to->key[0] || strcmp(effect->what, "unreadable") == 0;
    const char *kind = open ? effect->what : "clear";
    struct letters_values values = { 0 };
    struct outgoing outgoing;

    put_values(desk, kind, file, effect, to->language, arena, &values);
    if (!letters_write(&desk->letters, kind, to->language, &values, arena, &outgoing, err))
        return false;
    if ((strcmp(kind, "acknowledgement") == 0 || strcmp(kind, "clear") == 0
            || strcmp(kind, "unreadable") == 0)
        && !attach_our_key(desk, &outgoing, arena, err))
        return false;
    if (!post(desk, txn, kind, file, to, &outgoing, arena, err))
        return false;
    keep_text(file, effect, &outgoing, arena);
    return true;
}

/* Nobody can be written to: a decision that promises a letter has to be seen to have none. */
static void note_no_letter(struct desk *desk, struct case_file *file, struct arena *arena)
{
    struct case_note *note = case_add_note(file, arena);

    note->at = desk->office->now_s;
    note->by = "program";
    note->text = strcmp(desk->filing.language, "en") == 0
        ? "No letter went out: the report names no single address that mail can go to."
        : "Er ging geen brief uit: de melding noemt niet één adres waar mail heen kan.";
}

/* A letter to the researcher: as it should be when a key is known, else without content. A key
 * that gpg refuses is as good as none. */
static bool post_to_researcher(struct desk *desk, struct txn *txn, const struct effect *effect,
    struct case_file *file, struct arena *arena, struct err *err)
{
    struct addressee to;
    struct err refused = { 0 };

    if (!outgoing_address(file->address)) {
        if (!is_automatic(effect->what))
            note_no_letter(desk, file, arena);
        return true;
    }
    if (is_automatic(effect->what) && effect->kind != EFFECT_LETTER_AGAIN
        && !queue_within_limit(
            txn, file->address, desk->office->now_s, desk->office->settings.letters_per_day))
        return true;
    if (!addressee_of(desk, file, PARTY_RESEARCHER, arena, &to, err))
        return false;
    file->no_key = !to.key[0];
    if (to.key[0]) {
        if (write_to_researcher(desk, txn, effect, file, &to, arena, &refused))
            return true;
        if (refused.scope != ERR_MESSAGE) {
            *err = refused;
            return false;
        }
        to.key = "";
        file->no_key = true;
    }
    return write_to_researcher(desk, txn, effect, file, &to, arena, err);
}

static const char *lines_of(const struct filed *filed, bool done, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < filed->answer_count; i++)
        if (filed->answers[i].done == done)
            buf_printf(
                &buf, "    %s\n    = %s\n\n", filed->answers[i].said, filed->answers[i].text);
    return buf_string(&buf);
}

static const char *verbs_help(const char *language, struct arena *arena)
{
    struct buf buf = { .arena = arena };
    bool nl = strcmp(language, "en") != 0;
    const struct verb *verbs;
    size_t count;

    verbs = verb_table(&count);
    for (size_t i = 0; i < count; i++)
        buf_printf(&buf, "    %s %s%s%s: %s\n", nl ? "ZAAK/CODE" : "CASE/CODE", verbs[i].name,
            *verbs[i].arguments ? " " : "", verbs[i].arguments, nl ? verbs[i].nl : verbs[i].en);
    return buf_string(&buf);
}

/* What became of the CISO's commands. */
static bool post_answer(struct desk *desk, struct txn *txn, const struct filed *filed,
    struct arena *arena, struct err *err)
{
    struct letters_values values = { 0 };
    struct addressee to;
    struct outgoing outgoing;
    const char *message_id, *refused = lines_of(filed, false, arena);
    size_t done = 0;
    char summary[80];

    for (size_t i = 0; i < filed->answer_count; i++)
        done += filed->answers[i].done;
    snprintf(summary, sizeof summary, "%zu/%zu", done, filed->answer_count);
    if (!addressee_of(desk, NULL, PARTY_CISO, arena, &to, err))
        return false;
    letters_set(&values, "summary", summary);
    letters_set(&values, "lines", lines_of(filed, true, arena));
    letters_set(&values, "not_understood",
        filed->trust == ORDER_TRUSTED ? refused : order_trust_sentence(filed->trust, to.language));
    if (*refused)
        letters_set(&values, "verbs", verbs_help(to.language, arena));
    return letters_write(&desk->letters, "answer", to.language, &values, arena, &outgoing, err)
        && queue_mail(desk, txn, "answer", NULL, &to, &outgoing, arena, &message_id, err);
}

/* What the proposed lines carry. */
static const char *code_of(const struct desk *desk, const struct case_file *file)
{
    return desk->filing.needs_code ? file->code : "";
}

/* The text of a letter of theirs that did not arrive goes to the CISO, who may have no shell. */
static bool post_undelivered(struct desk *desk, struct txn *txn, struct case_file *file,
    const char *message_id, struct arena *arena, struct err *err)
{
    const char *code = code_of(desk, file);
    const struct case_letter *letter = NULL;
    struct letters_values values = { 0 };
    struct addressee to;
    struct outgoing outgoing;
    size_t number = 0;

    for (size_t i = 0; i < file->letters.count && !letter; i++)
        if (strcmp(file->letters.at[i].message_id, message_id) == 0) {
            letter = &file->letters.at[i];
            number = i + 1;
        }
    if (!letter || letter->to != PARTY_RESEARCHER)
        return true;
    if (!addressee_of(desk, file, PARTY_CISO, arena, &to, err))
        return false;
    letters_set(&values, "case", file->number);
    letters_set(&values, "recipient", undelivered_address(file->address, arena));
    letters_set(&values, "why", undelivered_words(letter->why_bounced, to.language, arena));
    letters_set(&values, "text", letter->text);
    letters_set(&values, "words", strcmp(letter->kind, "clear") == 0 ? letter->words : "");
    letters_set(&values, "command",
        order_line(file->number, code, arena_printf(arena, "resend %zu", number), arena));
    letters_set(&values, "leave", order_line(file->number, code, "resend no", arena));
    return letters_write(&desk->letters, "undelivered", to.language, &values, arena, &outgoing, err)
        && post(desk, txn, "undelivered", file, &to, &outgoing, arena, err);
}

static void hold_copy(struct desk *desk, struct case_file *file, struct texts reasons)
{
    if (file->ibd < IBD_SENT) {
        file->ibd = IBD_HELD;
        file->ibd_at = desk->office->now_s;
    }
    file->ibd_reasons = reasons;
}

/* A copy that has not left is replaced by the one that follows, as if it had never been queued. */
static void forget_copy(struct case_file *file)
{
    size_t kept = 0;

    for (size_t i = 0; i < file->letters.count; i++)
        if (file->letters.at[i].to != PARTY_IBD || file->letters.at[i].sent_at)
            file->letters.at[kept++] = file->letters.at[i];
    file->letters.count = kept;
}

static void take_back_copy(struct txn *txn, struct case_file *file)
{
    queue_take_back(txn, file->number, case_party_word(PARTY_IBD));
    forget_copy(file);
}

static void copy_is_queued(struct case_file *file, int64_t now_s)
{
    if (file->ibd < IBD_SENT) {
        file->ibd = IBD_QUEUED;
        file->ibd_at = now_s;
    }
    file->ibd_reasons = (struct texts) { 0 };
    file->ibd_stale = false;
}

/*
 * An update that a decision asked for, when the IBD has the text already and nothing waits for the
 * CISO since: it tells the new state and nothing else, so what was doubtful of the text is settled.
 */
static bool is_known_there(
    const struct settings *settings, const struct case_file *file, const struct effect *effect)
{
    return strcmp(effect->what, "update") == 0 && file->ibd >= IBD_SENT
        && file->ibd_reasons.count == 0 && settings->ibd == IBD_ALWAYS
        && settings->ibd_release == RELEASE_AUTO;
}

/*
 * The copy for the IBD. By itself it goes only when nothing in the whole case is doubtful; one that
 * is held waits for the CISO's `release`, whatever comes in meanwhile.
 */
static bool post_to_ibd(struct desk *desk, struct txn *txn, const struct effect *effect,
    struct case_file *file, struct arena *arena, struct err *err)
{
    const struct settings *settings = &desk->office->settings;
    bool released = strcmp(effect->what, "release") == 0 || is_known_there(settings, file, effect);
    struct ibd_verdict verdict;
    struct outgoing outgoing;
    struct addressee to;

    if (!released) {
        verdict = ibd_decide(file, (enum ibd_mode)settings->ibd,
            (enum ibd_release)settings->ibd_release, desk->filing.language, arena);
        if (file->ibd == IBD_HELD)
            return true;
        if (!verdict.goes) {
            hold_copy(desk, file, verdict.reasons);
            return true;
        }
    }
    take_back_copy(txn, file);
    if (!addressee_of(desk, file, PARTY_IBD, arena, &to, err)
        || !ibd_copy(&desk->letters, file, desk->office->now_s, arena, &outgoing, err)
        || !post(desk, txn, file->ibd >= IBD_SENT ? "ibd_update" : "ibd_copy", file, &to, &outgoing,
            arena, err))
        return false;
    copy_is_queued(file, desk->office->now_s);
    return true;
}

static const char *why_no_copy(enum pgp_usable key, const char *language)
{
    bool nl = strcmp(language, "en") != 0;

    if (key == PGP_KEY_USABLE)
        return nl ? "Er is geen tekst zonder persoonsgegevens om te delen."
                  : "There is no text without personal data to share.";
    return nl ? "De sleutel van de IBD is niet te gebruiken: zie onderaan het overzicht."
              : "The key of the IBD cannot be used: see the end of the digest.";
}

/* A copy that cannot be made, for the IBD's key has expired say, keeps no report from its case: it
 * waits, and the digest asks for it. Who releases it by hand is told at once. */
static bool try_post_to_ibd(struct desk *desk, struct txn *txn, const struct effect *effect,
    struct case_file *file, bool by_mail, struct arena *arena, struct err *err)
{
    struct texts reasons = { 0 };
    struct err why = { 0 };
    struct pgp_key key;

    if (post_to_ibd(desk, txn, effect, file, arena, &why))
        return true;
    if (!by_mail || why.scope != ERR_MESSAGE) {
        *err = why;
        return false;
    }
    if (!pgp_key_facts(desk->office->pgp, desk->office->settings.ibd_key, arena, &key, err))
        return false;
    texts_add(&reasons, arena, why_no_copy(key.encrypts, desk->filing.language));
    hold_copy(desk, file, reasons);
    return true;
}

static struct case_key *key_of(struct case_file *file, const char *fingerprint)
{
    for (size_t i = 0; i < file->keys.count; i++)
        if (strcmp(file->keys.at[i].fingerprint, fingerprint) == 0)
            return &file->keys.at[i];
    return NULL;
}

/* The key into the ring: that one alone, with no other user id than the researcher's address. */
static bool import_key(struct desk *desk, const struct case_file *file, const struct case_key *key,
    struct arena *arena, struct err *err)
{
    struct pgp *pgp = desk->office->pgp;
    struct pgp_key facts;
    struct span picked;
    size_t imported;

    if (!*file->address)
        return err_set(err, ERR_MESSAGE, "key: the report names no single address");
    if (!pgp_key_pick(
            pgp, span_of(key->material), key->fingerprint, file->address, arena, &picked, err)
        || !pgp_key_import(pgp, picked, arena, &imported, err)
        || !pgp_key_facts(pgp, key->fingerprint, arena, &facts, err))
        return false;
    return (facts.encrypts == PGP_KEY_USABLE && texts_have_nocase(&facts.addresses, file->address))
        || err_set(err, ERR_MESSAGE, "key: cannot be used as it stands in the key ring");
}

static void audit_key(struct desk *desk, struct txn *txn, const char *number, const char *text)
{
    ledger_add(txn,
        &(struct ledger_entry) { .at = desk->office->now_s,
            .by = "program",
            .how = "program",
            .number = number,
            .what = "key",
            .text = text,
            .hash = "" });
}

/* A key that cannot be used: told at once on the command line, by the answer to a mail. */
static bool take_key(struct desk *desk, struct txn *txn, const struct effect *effect,
    struct case_file *file, struct filed *filed, struct arena *arena, struct err *err)
{
    struct case_key *key = key_of(file, effect->text);
    struct err why = { 0 };

    if (!key || key->accepted_at)
        return true;
    if (import_key(desk, file, key, arena, &why)) {
        key->accepted_at = desk->office->now_s;
        key->material = "";
        file->no_key = false;
        audit_key(desk, txn, file->number, "the key was imported, for letters");
        return true;
    }
    if (!filed || why.scope != ERR_MESSAGE) {
        *err = why;
        return false;
    }
    for (size_t i = 0; i < filed->answer_count; i++)
        if (filed->answers[i].text == effect->what) {
            filed->answers[i].done = false;
            filed->answers[i].text = arena_printf(arena,
                strcmp(desk->filing.language, "en") == 0 ? "this key cannot be used: %s"
                                                         : "deze sleutel is niet te gebruiken: %s",
                why.text);
        }
    key->refused_at = desk->office->now_s; /* nothing to decide on any more */
    audit_key(desk, txn, file->number, "the key was not imported: it cannot be used");
    return true;
}

static bool do_effect(struct desk *desk, struct txn *txn, const struct effect *effect,
    struct filed *filed, struct arena *arena, struct err *err)
{
    struct case_file file;

    if (effect->kind == EFFECT_LETTER && effect->to == PARTY_CISO && !*effect->number)
        return !filed || post_answer(desk, txn, filed, arena, err);
    if (effect->kind == EFFECT_ERASE) {
        queue_erase_case(txn, effect->number);
        return true;
    }
    if (!cabinet_get(txn, effect->number, arena, &file))
        return true; /* erased by a later line of the same mail, or the transaction has failed */
    if (effect->kind == EFFECT_IBD_HOLD)
        take_back_copy(txn, &file);
    if (effect->kind == EFFECT_LETTER && effect->to == PARTY_CISO
        && !post_undelivered(desk, txn, &file, effect->text, arena, err))
        return false;
    if ((effect->kind == EFFECT_LETTER || effect->kind == EFFECT_LETTER_AGAIN)
        && effect->to == PARTY_RESEARCHER
        && !post_to_researcher(desk, txn, effect, &file, arena, err))
        return false;
    if (effect->kind == EFFECT_IBD_SEND
        && !try_post_to_ibd(desk, txn, effect, &file, filed != NULL, arena, err))
        return false;
    if (effect->kind == EFFECT_KEY && !take_key(desk, txn, effect, &file, filed, arena, err))
        return false;
    cabinet_put(txn, &file, &desk->calendar, desk->office->now_s, arena);
    return true;
}

bool posting_do(struct desk *desk, struct txn *txn, const struct effects *effects,
    struct filed *filed, struct arena *arena, struct err *err)
{
    for (size_t i = 0; i < effects->count; i++)
        if (!do_effect(desk, txn, &effects->at[i], filed, arena, err))
            return err_at(err, "%s", effects->at[i].number[0] ? effects->at[i].number : "answer");
    return true;
}

/* Held, unless a record of the letter follows: the settings of today need not be those of then. */
static void hold_again(
    struct desk *desk, const struct effect *effect, struct case_file *file, struct arena *arena)
{
    const struct settings *settings = &desk->office->settings;
    struct ibd_verdict verdict;

    if (strcmp(effect->what, "release") == 0 || file->ibd == IBD_HELD
        || is_known_there(settings, file, effect))
        return;
    verdict = ibd_decide(file, (enum ibd_mode)settings->ibd,
        (enum ibd_release)settings->ibd_release, desk->filing.language, arena);
    if (verdict.goes)
        texts_add(&verdict.reasons, arena,
            strcmp(desk->filing.language, "en") == 0
                ? "The index was lost, and the audit log knows of no copy."
                : "De index ging verloren, en het logboek weet van geen kopie.");
    hold_copy(desk, file, verdict.reasons);
}

void posting_again(
    struct desk *desk, struct txn *txn, const struct effects *effects, struct arena *arena)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->at[i];
        struct case_file file;

        if ((effect->kind != EFFECT_IBD_SEND && effect->kind != EFFECT_IBD_HOLD)
            || !cabinet_get(txn, effect->number, arena, &file))
            continue;
        if (effect->kind == EFFECT_IBD_HOLD)
            forget_copy(&file);
        else
            hold_again(desk, effect, &file, arena);
        cabinet_put(txn, &file, &desk->calendar, desk->office->now_s, arena);
    }
}

void posting_letter_again(struct desk *desk, struct txn *txn, struct case_file *file,
    const char *kind, enum case_party party, const char *message_id, struct arena *arena)
{
    int64_t now_s = desk->office->now_s;
    struct reminder reminders[CLOCK_KINDS];

    if (strcmp(kind, "reminder") == 0 || strcmp(kind, "escalation") == 0)
        reminder_take(file, &desk->calendar, now_s, reminders);
    if (party == PARTY_IBD)
        forget_copy(file);
    filing_letter(file, arena, kind, party, message_id, now_s);
    if (party == PARTY_IBD)
        copy_is_queued(file, now_s);
    if (party == PARTY_RESEARCHER && *file->address)
        (void)!queue_within_limit(txn, file->address, now_s, INT_MAX);
}

/* The line by which the CISO says that what the clock waits for has been done; "" when there is no
 * one line for it. */
static const char *order_for(
    const struct case_file *file, const char *code, enum clock_kind kind, struct arena *arena)
{
    static const char *const orders[CLOCK_KINDS] = {
        [CLOCK_FIRST_RESPONSE] = "contacted",
        [CLOCK_IBD_COPY] = "release",
        [CLOCK_AP_72H] = "disclosure ap",
        [CLOCK_MITIGATE] = "mitigated",
        [CLOCK_FIX] = "fixed",
    };

    if (!orders[kind] || (kind == CLOCK_AP_72H && file->breach != BREACH_YES))
        return "";
    return order_line(file->number, code, orders[kind], arena);
}

static bool remind_of_clock(struct desk *desk, struct txn *txn, struct case_file *file,
    const struct reminder *reminder, struct arena *arena, struct err *err)
{
    enum clock_kind kind = reminder->kind;
    const struct clock *clock = &file->clocks[kind];
    const char *letter = reminder->stage >= CLOCK_OVER ? "escalation" : "reminder";
    struct letters_values values = { 0 };
    struct addressee to;
    struct outgoing outgoing;
    char due[DATE_TEXT];

    if (!addressee_of(desk, file, PARTY_CISO, arena, &to, err))
        return false;
    date_local(clock->due_at, due);
    letters_set(&values, "case", file->number);
    letters_set(&values, "clock", clock_name(kind, to.language));
    letters_set(&values, "due", due);
    letters_set(
        &values, "left", clock_left(clock->due_at, desk->office->now_s, to.language, arena));
    letters_set(&values, "state", case_state_name(file->state, to.language));
    letters_set(&values, "command", order_for(file, code_of(desk, file), kind, arena));
    letters_set(&values, "explain",
        clock_explain(clock, kind, &desk->calendar, desk->office->now_s, to.language, arena));
    return letters_write(&desk->letters, letter, to.language, &values, arena, &outgoing, err)
        && post(desk, txn, letter, file, &to, &outgoing, arena, err);
}

bool posting_remind(
    struct desk *desk, struct txn *txn, struct arena *arena, size_t *count, struct err *err)
{
    struct texts due = cabinet_due(txn, desk->office->now_s, arena);

    *count = 0;
    for (size_t i = 0; i < due.count; i++) {
        struct reminder reminders[CLOCK_KINDS];
        struct case_file file;
        size_t told;

        if (!cabinet_get(txn, due.at[i], arena, &file))
            continue;
        told = reminder_take(&file, &desk->calendar, desk->office->now_s, reminders);
        for (size_t k = 0; k < told; k++)
            if (!remind_of_clock(desk, txn, &file, &reminders[k], arena, err))
                return err_at(err, "%s", file.number);
        *count += told;
        cabinet_put(txn, &file, &desk->calendar, desk->office->now_s, arena);
    }
    return true;
}

static void log_outcome(
    struct desk *desk, struct txn *txn, const struct queue_record *record, struct arena *arena)
{
    bool sent = record->state == QUEUE_SENT;

    ledger_add(txn,
        &(struct ledger_entry) { .at = desk->office->now_s,
            .by = "program",
            .how = "program",
            .number = record->number,
            .what = sent ? "sent" : "refused",
            .text = sent ? record->kind
                         : arena_printf(arena, "%s, SMTP %d", record->kind, record->code),
            .hash = record->sha256,
            .words = arena_printf(
                arena, "%s %lld", record->message_id, (long long)record->ended_at) });
}

bool posting_settle(struct desk *desk, struct txn *txn, struct arena *arena, struct err *err)
{
    struct queue_record *records;
    size_t count;

    queue_settle(txn, arena, &records, &count);
    for (size_t i = 0; i < count; i++) {
        const struct queue_record *record = &records[i];
        struct case_file file;

        log_outcome(desk, txn, record, arena);
        if (!record->number[0] || !cabinet_get(txn, record->number, arena, &file))
            continue;
        if (record->state == QUEUE_SENT)
            filing_sent(&file, record->message_id, record->sha256, record->ended_at);
        else if (filing_refused(&file, record->message_id,
                     arena_printf(arena, "SMTP %d", record->code), record->ended_at,
                     desk->filing.language, arena)
            && !post_undelivered(desk, txn, &file, record->message_id, arena, err))
            return false;
        cabinet_put(txn, &file, &desk->calendar, desk->office->now_s, arena);
    }
    return !txn_failed(txn) || err_set(err, ERR_RUN, "letters that were sent");
}

bool posting_digest(struct desk *desk, struct txn *txn, const struct outgoing *outgoing,
    struct arena *arena, struct err *err)
{
    struct addressee to;
    const char *message_id;

    return addressee_of(desk, NULL, PARTY_CISO, arena, &to, err)
        && queue_mail(desk, txn, "digest", NULL, &to, outgoing, arena, &message_id, err);
}
