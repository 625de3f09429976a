#include "cases/filing.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cases/consent.h"
#include "cases/facts.h"
#include "cases/missing.h"
#include "cases/undelivered.h"
#include "message/signoff.h"

enum {
    SUMMARY_MOST = 400,
    /* What is kept of keys that came along: of one mail, and of a case; each holds several keys. */
    MATERIAL_MOST = 64 * 1024,
    MATERIALS_MOST = 256 * 1024,
};

static bool same(const char *a, const char *b)
{
    return *a && span_equal_nocase(span_of(a), span_of(b));
}

const char *filing_summary(struct span redacted, size_t most, struct arena *arena)
{
    struct buf buf = { .arena = arena };
    struct span text = redacted, line;
    struct signoff signoff = { 0, 0 };

    while (buf.len < most && span_line(&redacted, &line)) {
        size_t room = most - buf.len, at = (size_t)(line.at - text.at);

        if (at >= signoff.end && !signoff_find(text, at, &signoff))
            signoff.start = signoff.end = SPAN_NOWHERE;
        if (at >= signoff.start && at < signoff.end)
            continue;
        line = span_trim(line);
        if (line.len == 0 || span_starts(line, SPAN(">")))
            continue;
        if (buf.len)
            buf_char(&buf, ' ');
        if (line.len <= room) {
            buf_add(&buf, line);
            continue;
        }
        while (room > 0 && line.at[room] != ' ')
            room--;
        buf_add(&buf, span_trim(span_part(line, 0, room)));
        buf_text(&buf, " …");
        break;
    }
    return buf_string(&buf);
}

static int64_t received_at(const struct filing_office *office, const struct filing_mail *mail)
{
    if (mail->received_at <= 0 || mail->received_at > office->now_s)
        return office->now_s;
    return mail->received_at;
}

static void add_key(struct case_file *file, struct arena *arena, const char *fingerprint,
    const char *how, int64_t at_s)
{
    struct case_key *key;

    for (size_t i = 0; i < file->keys.count; i++)
        if (same(file->keys.at[i].fingerprint, fingerprint)) {
            if (strcmp(how, "signed") == 0)
                file->keys.at[i].how = "signed";
            return;
        }
    key = case_add_key(file, arena);
    key->fingerprint = fingerprint;
    key->first_seen_at = at_s;
    key->how = how;
}

/* Kept until the CISO accepts it or the case is erased; never imported by itself. */
static void offer_key(struct case_file *file, struct arena *arena, const char *fingerprint,
    const char *material, int64_t at_s)
{
    size_t kept = strlen(material);

    add_key(file, arena, fingerprint, "attached", at_s);
    for (size_t i = 0; i < file->keys.count; i++)
        kept += strlen(file->keys.at[i].material);
    if (strlen(material) > MATERIAL_MOST || kept > MATERIALS_MOST)
        return;
    for (size_t i = 0; i < file->keys.count; i++) {
        struct case_key *key = &file->keys.at[i];

        if (same(key->fingerprint, fingerprint) && strcmp(key->how, "attached") == 0
            && !key->accepted_at && !key->refused_at && !*key->material)
            key->material = material;
    }
}

static bool verifies(const struct message *message)
{
    return message->signature == SIGNATURE_GOOD || message->signature == SIGNATURE_MISMATCH;
}

/* A key that has no part in the case gets none by a From that is not its own: who forges the
 * researcher's address over his own signature would be taken for the researcher ever after. */
static void add_keys(
    struct case_file *file, struct arena *arena, const struct message *message, int64_t at_s)
{
    bool first = file->messages.count <= 1;

    if (*message->signer && verifies(message) && (message->signature == SIGNATURE_GOOD || first))
        add_key(file, arena, message->signer, "signed", at_s);
    for (size_t i = 0; i < message->keys_attached.count; i++)
        offer_key(file, arena, message->keys_attached.at[i], message->key_material, at_s);
}

static void add_attachments(
    struct case_message *added, struct arena *arena, const struct filing_mail *mail)
{
    for (size_t i = 0; i < mail->message->attachment_count; i++) {
        const struct attachment *from = &mail->message->attachments[i];
        struct case_attachment *to = case_add_attachment(added, arena);

        to->name = mail->attachments[i].name;
        to->withheld = mail->attachments[i].withheld;
        to->type = from->type;
        to->size_bytes = (int64_t)from->size;
        to->sha256 = from->sha256;
        to->md5 = from->md5;
    }
}

/* What was read of the one that is kept stands for both. */
static bool add_copy(struct case_file *file, struct arena *arena,
    const struct filing_office *office, const struct filing_mail *mail)
{
    for (size_t i = 0; i < file->messages.count; i++) {
        struct case_message copy = file->messages.at[i];

        if (strcmp(copy.hash, mail->hash) != 0)
            continue;
        copy.vault = "";
        copy.row = mail->row;
        copy.received_at = received_at(office, mail);
        copy.kind = KIND_DUPLICATE;
        *case_add_message(file, arena) = copy;
        file->changed_at = office->now_s;
        return true;
    }
    return false;
}

static void take_verdict(
    struct case_message *kept, const struct message *message, enum continuity continuity)
{
    kept->parse = message->parse;
    kept->crypt = message->crypt;
    kept->scope = message->scope;
    kept->signature = message->signature;
    kept->signature_scope = message->signature_scope;
    kept->continuity = continuity;
    kept->signer = message->signer;
    kept->signed_at = message->signed_at;
    kept->flags = message->flags;
    kept->sentence_nl = message_sentence(message, continuity, "nl");
    kept->sentence_en = message_sentence(message, continuity, "en");
    kept->reasons = message->reasons;
}

static struct case_message *add_message(struct case_file *file, struct arena *arena,
    const struct filing_office *office, const struct filing_mail *mail,
    const struct belongs *belongs)
{
    const struct message *message = mail->message;
    enum continuity continuity = belongs_continuity(message, &office->house, file);
    struct case_message *added = case_add_message(file, arena);

    added->vault = mail->vault;
    added->row = mail->row;
    added->hash = mail->hash;
    added->message_id = message->message_id;
    added->received_at = received_at(office, mail);
    added->kind = belongs->kind;
    added->direction = belongs->direction;
    added->from = message->from.count ? message->from.at[0] : "";
    added->from_name = message->from_name;
    take_verdict(added, message, continuity);
    added->subject = mail->subject;
    added->redacted = mail->redacted;
    added->receipt = mail->receipt;
    add_attachments(added, arena, mail);
    if (*message->message_id && !texts_have(&file->thread, message->message_id))
        texts_add(&file->thread, arena, message->message_id);
    file->changed_at = office->now_s;
    return added;
}

bool filing_recheck(struct case_file *file, size_t index, const struct message *message,
    const struct filing_office *office, struct arena *arena)
{
    struct case_message *kept = &file->messages.at[index];
    enum continuity continuity = belongs_continuity(message, &office->house, file);

    if (kept->signature != SIGNATURE_NOKEY || message->signature == SIGNATURE_NOKEY
        || message->signature == SIGNATURE_NONE || message->parse != kept->parse
        || message->crypt != kept->crypt || message->scope != kept->scope)
        return false;
    take_verdict(kept, message, continuity);
    if (message->signature == SIGNATURE_GOOD && *message->signer
        && (kept->kind == KIND_REPORT || kept->kind == KIND_FOLLOW_UP))
        add_key(file, arena, message->signer, "signed", kept->received_at);
    file->changed_at = office->now_s;
    return true;
}

static void merge(struct texts *into, const struct texts *from, struct arena *arena)
{
    for (size_t i = 0; i < from->count; i++)
        if (!texts_have_nocase(into, from->at[i]))
            texts_add(into, arena, from->at[i]);
}

/* A place under the domain of the sender's address tells who the sender is. */
static void leave_out(struct texts *places, const char *address)
{
    const char *at = strrchr(address, '@');
    size_t kept = 0;

    for (size_t i = 0; at && at[1] && i < places->count; i++) {
        struct span place = span_of(places->at[i]), domain = span_of(at + 1);
        size_t found = span_find_nocase(place, domain, 0);

        if (found == SPAN_NOWHERE || (found > 0 && !strchr("./", place.at[found - 1])))
            places->at[kept++] = places->at[i];
    }
    if (at && at[1])
        places->count = kept;
}

/* The facts of all its texts; what is missing is what none of them gives. */
static void take_facts(struct case_file *file, struct arena *arena)
{
    struct buf all = { .arena = arena };

    for (size_t i = 0; i < file->messages.count; i++) {
        const struct case_message *message = &file->messages.at[i];
        struct case_facts facts;

        if (message->kind != KIND_REPORT && message->kind != KIND_FOLLOW_UP)
            continue;
        facts_find(span_of(message->redacted), arena, &facts);
        leave_out(&facts.urls, file->address);
        leave_out(&facts.hosts, file->address);
        merge(&file->facts.urls, &facts.urls, arena);
        merge(&file->facts.hosts, &facts.hosts, arena);
        merge(&file->facts.cves, &facts.cves, arena);
        merge(&file->facts.cwes, &facts.cwes, arena);
        if (!*file->facts.weakness)
            file->facts.weakness = facts.weakness;
        buf_printf(&all, "%s\n", message->redacted);
    }
    file->missing = missing_items(buf_span(&all), &file->facts, arena);
}

/* The text that the person wrote now, without the earlier mail below it. */
static struct span own_text(const struct message *message, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < message->piece_count; i++) {
        buf_add(&buf, span_part(span_of(message->pieces[i].text), 0, message->pieces[i].quote_at));
        buf_char(&buf, '\n');
    }
    return buf_span(&buf);
}

static void start_clocks(struct case_file *file, const struct filing_office *office)
{
    static const enum clock_kind first[] = { CLOCK_FIRST_RESPONSE, CLOCK_IBD_COPY, CLOCK_AP_72H,
        CLOCK_FIX, CLOCK_PROGRESS };

    for (size_t i = 0; i < COUNT(first); i++)
        clock_start(
            &file->clocks[first[i]], first[i], office->terms, office->calendar, file->received_at);
}

static void note(struct case_file *file, struct arena *arena, int64_t at_s, const char *text)
{
    struct case_note *added = case_add_note(file, arena);

    added->at = at_s;
    added->by = "program";
    added->text = text;
}

static void open_case(struct case_file *file, struct arena *arena, const char *number,
    const struct filing_office *office, const struct filing_mail *mail,
    const struct belongs *belongs)
{
    const struct message *message = mail->message;

    case_empty(file);
    file->number = number;
    file->received_at = received_at(office, mail);
    file->state_at = office->now_s;
    file->language = strcmp(message->language, "nl") == 0 ? "nl" : "en";
    /* Of several authors nobody knows whom to answer: letters to the first could go to a stranger.
     */
    file->address = message->from.count == 1 && !same(message->from.at[0], office->house.mailbox)
        ? message->from.at[0]
        : "";
    file->name = message->from_name;
    file->apart_from = belongs->apart_from;
    start_clocks(file, office);
    if (*belongs->apart_from)
        note(file, arena, office->now_s,
            arena_printf(arena,
                "This mail named %s, but neither its sender nor its key has a part in that case: "
                "it was kept apart, and its sender was told nothing of it.",
                belongs->apart_from));
}

static void take_text(struct case_file *file, struct arena *arena,
    const struct filing_office *office, const struct filing_mail *mail)
{
    add_keys(file, arena, mail->message, received_at(office, mail));
    file->memory = mail->memory;
    take_facts(file, arena);
    consent_take(file, own_text(mail->message, arena), file->messages.count,
        verifies(mail->message) && mail->message->signature_scope == SCOPE_ALL, office->now_s,
        arena);
    if (!*file->summary)
        file->summary = filing_summary(span_of(mail->redacted), SUMMARY_MOST, arena);
}

static void letter_to_researcher(
    struct filed *filed, struct arena *arena, const char *number, const char *what)
{
    effect_add(&filed->effects, arena,
        (struct effect) { number, EFFECT_LETTER, what, PARTY_RESEARCHER, "" });
}

/* What the IBD writes is not sent back to it: two programs would answer each other for ever. */
static bool is_of_ibd(const struct filing_office *office, const struct message *message)
{
    return (verifies(message) && same(office->house.ibd_key, message->signer))
        || (*office->house.ibd_address
            && texts_have_nocase(&message->from, office->house.ibd_address));
}

static void file_report(struct case_file *file, struct arena *arena,
    const struct filing_office *office, const struct filing_mail *mail,
    const struct belongs *belongs, struct filed *filed)
{
    add_message(file, arena, office, mail, belongs);
    take_text(file, arena, office, mail);
    if (belongs->answers)
        letter_to_researcher(
            filed, arena, file->number, belongs->opens ? "acknowledgement" : "follow_up");
    if (file->state == CASE_NOT_A_REPORT)
        return;
    if (is_of_ibd(office, mail->message)) {
        clock_stop(&file->clocks[CLOCK_IBD_COPY], office->now_s, "came in the IBD's name");
        return;
    }
    if (file->ibd >= IBD_SENT)
        file->ibd_stale = true;
    effect_add(&filed->effects, arena,
        (struct effect) {
            file->number, EFFECT_IBD_SEND, belongs->opens ? "new" : "follow_up", PARTY_IBD, "" });
}

/* Told once: whoever has a letter can make bounces of it without end. */
static void file_bounce(struct case_file *file, struct arena *arena,
    const struct filing_office *office, const struct filing_mail *mail,
    const struct belongs *belongs, struct filed *filed)
{
    bool dutch = strcmp(office->language, "en") != 0;

    add_message(file, arena, office, mail, belongs);
    if (filing_refused(file, belongs->letter, UNDELIVERED_BOUNCED, received_at(office, mail),
            office->language, arena))
        effect_add(&filed->effects, arena,
            (struct effect) {
                file->number, EFFECT_LETTER, "undelivered", PARTY_CISO, belongs->letter });
    else if (!*belongs->letter)
        note(file, arena, office->now_s,
            dutch ? "Er kwam een brief van deze zaak terug, maar welke is niet bekend."
                  : "A letter of this case came back, but which is not known.");
}

/* What the signature covers of it counts, where it covers whom the mail goes to. */
static bool is_addressed(const struct message *message, const char *address)
{
    if (message->signed_to.count)
        return texts_have_nocase(&message->signed_to, address);
    return texts_have_nocase(&message->to, address) || texts_have_nocase(&message->cc, address);
}

/* A mail of the CISO to the researcher is the answer that was promised; only one that is signed by
 * the pinned key, whole and fresh, for anybody can write a From. */
static void file_ciso(struct case_file *file, struct arena *arena,
    const struct filing_office *office, const struct filing_mail *mail,
    const struct belongs *belongs, enum order_trust trust)
{
    struct case_decision *decision;

    add_message(file, arena, office, mail, belongs);
    if (belongs->direction != DIRECTION_OUT || trust != ORDER_TRUSTED || !*file->address
        || !is_addressed(mail->message, file->address)
        || mail->message->signed_at < file->received_at - ORDER_SKEW_S)
        return;
    clock_stop(&file->clocks[CLOCK_FIRST_RESPONSE], received_at(office, mail), "mail of the CISO");
    if (case_is_open(file->state))
        clock_start(&file->clocks[CLOCK_PROGRESS], CLOCK_PROGRESS, office->terms, office->calendar,
            received_at(office, mail));
    if (!file->first_read_at)
        file->first_read_at = office->now_s;
    decision = case_add_decision(file, arena);
    decision->at = office->now_s;
    decision->by = mail->message->signer;
    decision->how = "mail";
    decision->verb = "contacted";
    decision->text = "mail of the CISO to the researcher";
    decision->from = decision->to = file->state;
}

static void audit(struct txn *txn, const struct filing_office *office, const struct filed *filed,
    const struct filing_mail *mail, const char *why)
{
    AUTO(arena_free) struct arena *arena = arena_new();

    ledger_add(txn,
        &(struct ledger_entry) { .at = office->now_s,
            .by = "program",
            .how = "program",
            .number = filed->number,
            .what = filed->opened ? "received" : "filed",
            .text = why,
            .hash = mail->hash,
            .words = arena_printf(arena, "%s %lld %s", case_kind_word(filed->kind),
                (long long)mail->received_at, mail->row) });
}

static void add_answer(
    struct filed *filed, struct arena *arena, const char *said, bool done, const char *text)
{
    size_t size = sizeof *filed->answers;

    filed->answers = arena_grow(
        arena, filed->answers, filed->answer_count * size, (filed->answer_count + 1) * size);
    filed->answers[filed->answer_count++] = (struct filing_answer) { said, done, text };
}

/* Nothing that is signed says that the line was meant for us. The answer goes to the CISO alone, so
 * it may tell the line that is taken. */
static const char *ask_for_code(
    struct txn *txn, const struct order *order, bool dutch, struct arena *arena)
{
    return arena_printf(arena,
        dutch
            ? "niet uitgevoerd: uit de handtekening blijkt niet dat deze regel voor het postvak is "
              "bedoeld. Met de code van de zaak erin wel; stuur dus: %s"
            : "not carried out: the signature does not show that this line was meant for the "
              "mailbox. With the code of the case in it, it does; so send: %s",
        order_line(order->number, cabinet_code(txn, order->number, arena), order->words, arena));
}

static void take_order(struct txn *txn, const struct order *order, const struct verb_act *act,
    bool addressed, struct filed *filed)
{
    bool dutch = strcmp(act->language, "en") != 0;
    struct verb_done done = { 0 };
    struct err err = { 0 };

    if (!*order->number || !order->verb) {
        add_answer(filed, act->arena, order->said, false,
            !*order->number ? (dutch ? "dit is geen zaaknummer" : "this is no case number")
                            : (dutch ? "dit werkwoord is er niet" : "there is no such verb"));
        return;
    }
    if ((!addressed || *order->code) && cabinet_have(txn, order->number)
        && !same(order->code, cabinet_code(txn, order->number, act->arena))) {
        add_answer(
            filed, act->arena, order->said, false, ask_for_code(txn, order, dutch, act->arena));
        return;
    }
    if (!cabinet_decide(txn, order->number, order->verb, act, span_of(order->arguments),
            span_of(order->text), &done, &err)) {
        add_answer(
            filed, act->arena, order->said, false, arena_text(act->arena, span_of(err.text)));
        return;
    }
    for (size_t i = 0; i < done.effects.count; i++)
        effect_add(&filed->effects, act->arena, done.effects.at[i]);
    add_answer(filed, act->arena, order->said, true, done.answer);
}

/* The mail stands in each case that it decided something in, while that is there. */
static void file_orders(struct txn *txn, const struct filing_office *office,
    const struct filing_mail *mail, const struct orders *orders, struct arena *arena)
{
    struct belongs belongs = { .kind = KIND_ORDER, .number = "", .apart_from = "", .letter = "" };
    struct filing_mail bare = *mail;
    struct texts seen = { 0 };

    bare.subject = bare.redacted = bare.receipt = "";
    for (size_t i = 0; i < orders->count; i++) {
        const char *number = orders->at[i].number;
        struct case_file file;

        if (!*number || texts_have(&seen, number) || !cabinet_get(txn, number, arena, &file))
            continue;
        texts_add(&seen, arena, number);
        add_message(&file, arena, office, &bare, &belongs);
        cabinet_put(txn, &file, office->calendar, office->now_s, arena);
    }
}

static enum order_address address_of(
    const struct filing_office *office, const struct message *message)
{
    return order_address(message, office->house.mailbox, office->house.ciso_address);
}

static void take_orders(struct txn *txn, const struct filing_office *office,
    const struct filing_mail *mail, const struct orders *orders, struct arena *arena,
    struct filed *filed)
{
    struct verb_act act = { .arena = arena,
        .calendar = office->calendar,
        .terms = office->terms,
        .now_s = office->now_s,
        .by = mail->message->signer,
        .how = "mail",
        .language = office->language,
        .have = cabinet_have,
        .context = txn };
    bool addressed = !office->needs_code || address_of(office, mail->message) == ORDER_TO_US;

    filed->kind = KIND_ORDER;
    if (filed->trust == ORDER_TRUSTED) {
        file_orders(txn, office, mail, orders, arena);
        for (size_t i = 0; i < orders->count; i++)
            take_order(txn, &orders->at[i], &act, addressed, filed);
    } else {
        for (size_t i = 0; i < orders->count; i++)
            add_answer(filed, arena, orders->at[i].said, false,
                order_trust_sentence(filed->trust, office->language));
    }
    effect_add(
        &filed->effects, arena, (struct effect) { "", EFFECT_LETTER, "answer", PARTY_CISO, "" });
}

/* What a mail of the CISO's key proves; a token is taken once, whatever it was good for. */
static enum order_trust trust_of(struct txn *txn, const struct filing_office *office,
    const struct message *message, const struct orders *orders, struct arena *arena)
{
    struct texts tokens = order_tokens(message, orders, arena);
    enum order_trust trust;
    bool replayed = false;

    for (size_t i = 0; i < tokens.count; i++)
        replayed = replayed || cabinet_replayed(txn, tokens.at[i]);
    trust = order_trust(message, office->house.ciso_key, office->now_s, office->fresh_s, replayed);
    if (trust >= ORDER_REPLAYED && orders->count && address_of(office, message) == ORDER_TO_OTHERS)
        trust = ORDER_ELSEWHERE;
    for (size_t i = 0; trust == ORDER_TRUSTED && i < tokens.count; i++)
        cabinet_taken(txn, tokens.at[i], office->now_s);
    return trust;
}

static struct orders orders_of(const struct filing_office *office, const struct belongs *belongs,
    const struct message *message, struct arena *arena)
{
    if (belongs->kind != KIND_CISO || !belongs->proved || belongs->direction != DIRECTION_IN)
        return (struct orders) { 0 };
    return order_parse(
        order_text(message, office->house.ciso_key, arena), office->house.prefix, arena);
}

static void file_in_case(struct txn *txn, const struct filing_office *office,
    const struct belongs *belongs, const struct filing_mail *mail, struct case_file *file,
    struct arena *arena, struct filed *filed)
{
    switch (belongs->kind) {
    case KIND_REPORT:
    case KIND_FOLLOW_UP:
        file_report(file, arena, office, mail, belongs, filed);
        break;
    case KIND_BOUNCE:
        file_bounce(file, arena, office, mail, belongs, filed);
        break;
    case KIND_CISO:
        file_ciso(file, arena, office, mail, belongs, filed->trust);
        break;
    default:
        if (!mail->copy || !add_copy(file, arena, office, mail))
            add_message(file, arena, office, mail, belongs);
        break;
    }
    cabinet_put(txn, file, office->calendar, office->now_s, arena);
}

static void end(struct txn *txn, const struct filing_office *office, const struct filing_mail *mail,
    const struct filed *filed, enum aside aside, const char *why)
{
    if (*mail->vault)
        cabinet_handled(txn,
            &(struct cabinet_message) { .vault = mail->vault,
                .row = mail->row,
                .kind = filed->kind,
                .number = filed->number,
                .received_at = received_at(office, mail),
                .handled_at = office->now_s,
                .why = why,
                .aside = aside });
    if (filed->kind != KIND_DUPLICATE)
        cabinet_seen(txn, mail->hash, filed->number, mail->vault);
    else if (mail->copy && *mail->vault)
        cabinet_take_file(txn, mail->vault);
    audit(txn, office, filed, mail, why);
}

void filing_file(struct txn *txn, const struct filing_office *office, const struct belongs *belongs,
    const struct filing_mail *mail, struct arena *arena, struct filed *filed)
{
    struct filed made = { .kind = belongs->kind, .number = belongs->number };
    struct cabinet_message before;
    struct orders orders;
    struct case_file file;

    *filed = made;
    if (*mail->vault && cabinet_message(txn, mail->vault, arena, &before)) {
        filed->kind = before.kind;
        filed->number = before.number;
        return;
    }
    orders = orders_of(office, belongs, mail->message, arena);
    if (belongs->kind == KIND_CISO && belongs->proved)
        made.trust = trust_of(txn, office, mail->message, &orders, arena);
    if (belongs->opens) {
        char *number = arena_alloc(arena, CASE_NUMBER);

        if (*belongs->number)
            snprintf(number, CASE_NUMBER, "%s", belongs->number);
        if (*belongs->number)
            cabinet_new_as(txn, number);
        else
            cabinet_new(txn, office->house.prefix, office->now_s, number);
        made.number = number;
        made.opened = true;
        open_case(&file, arena, number, office, mail, belongs);
        file_in_case(txn, office, belongs, mail, &file, arena, &made);
    } else if (orders.count) {
        made.has_orders = true;
        made.number = "";
        take_orders(txn, office, mail, &orders, arena, &made);
    } else if (*belongs->number && cabinet_get(txn, belongs->number, arena, &file)) {
        file_in_case(txn, office, belongs, mail, &file, arena, &made);
    } else {
        made.number = "";
    }
    end(txn, office, mail, &made, ASIDE_UNREADABLE, belongs->why);
    *filed = made;
}

void filing_aside(struct txn *txn, const struct filing_office *office, const char *vault,
    const char *row, const char *hash, int64_t received_at_s, enum aside aside, const char *why)
{
    struct filing_mail mail
        = { .vault = vault, .row = row, .hash = hash, .received_at = received_at_s };
    struct filed filed = { .kind = KIND_ASIDE, .number = "" };

    end(txn, office, &mail, &filed, aside, why);
}

void filing_letter(struct case_file *file, struct arena *arena, const char *kind,
    enum case_party to, const char *message_id, int64_t queued_at_s)
{
    struct case_letter *letter = case_add_letter(file, arena);

    letter->kind = kind;
    letter->to = to;
    letter->message_id = message_id;
    letter->queued_at = queued_at_s;
    if (!texts_have(&file->thread, message_id))
        texts_add(&file->thread, arena, message_id);
}

static struct case_letter *letter_of(struct case_file *file, const char *message_id)
{
    for (size_t i = 0; *message_id && i < file->letters.count; i++)
        if (strcmp(file->letters.at[i].message_id, message_id) == 0)
            return &file->letters.at[i];
    return NULL;
}

bool filing_sent(struct case_file *file, const char *message_id, const char *hash, int64_t at_s)
{
    struct case_letter *letter = letter_of(file, message_id);

    if (!letter)
        return false;
    letter->sent_at = at_s;
    letter->hash = hash;
    if (letter->to != PARTY_IBD)
        return true;
    clock_stop(&file->clocks[CLOCK_IBD_COPY], at_s, "sent");
    file->ibd = file->ibd >= IBD_SENT ? IBD_UPDATED : IBD_SENT;
    file->ibd_at = at_s;
    return true;
}

/* A copy that did not arrive waits for `release`, as one that was never sent. */
static void hold_refused(struct case_file *file, const char *why, int64_t at_s,
    const char *language, struct arena *arena)
{
    bool has_one = false;

    for (size_t i = 0; i < file->letters.count; i++)
        has_one |= file->letters.at[i].to == PARTY_IBD && file->letters.at[i].sent_at
            && !file->letters.at[i].bounced_at;
    if (!has_one) {
        file->ibd = IBD_HELD;
        file->ibd_at = at_s;
        clock_go_on(&file->clocks[CLOCK_IBD_COPY]);
    }
    file->ibd_stale = true;
    file->ibd_reasons = (struct texts) { 0 };
    texts_add(&file->ibd_reasons, arena, undelivered_words(why, language, arena));
}

bool filing_refused(struct case_file *file, const char *message_id, const char *why, int64_t at_s,
    const char *language, struct arena *arena)
{
    struct case_letter *letter = letter_of(file, message_id);

    if (!letter || letter->bounced_at)
        return false;
    letter->bounced_at = at_s;
    letter->why_bounced = why;
    if (letter->to == PARTY_IBD)
        hold_refused(file, why, at_s, language, arena);
    return true;
}
