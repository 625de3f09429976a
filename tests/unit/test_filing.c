#include "cases/filing.h"

#include "cases/reminder.h"
#include "lib/statedir.h"

#define CISO_KEY "C1500000000000000000000000000000000000C1"
#define ALICE_KEY "A11CE0000000000000000000000000000000A11C"

enum { NOW = 1795536685, HOUR = 3600 };

static const struct calendar law = { 0 };

struct world {
    struct statedir dir;
    struct arena *arena;
    struct filing_office office;
    int serial;
};

static int begin(void **state)
{
    static struct world world;

    world = (struct world) { .arena = arena_new(),
        .office = { .house = { "ZBR", "meld@zbr.example", "ciso@zbr.example", CISO_KEY,
                        "ibd@ibd.example", "1BD000000000000000000000000000000000001B" },
            .calendar = &law,
            .terms = &clock_terms_default,
            .fresh_s = 48 * HOUR,
            .now_s = NOW,
            .language = "en" } };
    statedir_new(&world.dir, 0);
    *state = &world;
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;

    statedir_free(&world->dir);
    arena_free(&world->arena);
    return 0;
}

/* A mail as it comes out of reading and redacting. */
struct mail {
    const char *from, *to, *subject, *text;
    const char *message_id, *reply_to_id, *reports_on;
    const char *signer; /* NULL: not signed */
    unsigned flags;
    int64_t signed_at; /* 0: now */
    const char *signed_to; /* in header fields that are signed; NULL: as to; "": none */
    const char *key, *material; /* that came along; NULL: none */
    const char *hash; /* NULL: its own */
};

static struct message *message_of(struct world *world, const struct mail *mail)
{
    struct message *message = arena_alloc(world->arena, sizeof *message);
    int64_t signed_at = mail->signed_at ? mail->signed_at : world->office.now_s - 60;

    message_empty(message);
    message->parse = PARSE_OK;
    message->crypt = CRYPT_ENC;
    message->scope = SCOPE_ALL;
    message->signature = mail->signer ? SIGNATURE_GOOD : SIGNATURE_NONE;
    message->signature_scope = mail->signer ? SCOPE_ALL : SCOPE_PART;
    message->signer = mail->signer ? mail->signer : "";
    message->signed_at = mail->signer ? signed_at : 0;
    message->date = signed_at;
    message->subject = mail->subject ? mail->subject : "";
    message->text = mail->text;
    message->language = "nl";
    message->from_name = "A. Finder";
    message->message_id = mail->message_id ? mail->message_id : "";
    message->flags = mail->flags;
    if (mail->key) {
        texts_add(&message->keys_attached, world->arena, mail->key);
        message->key_material = mail->material;
    }
    texts_add(&message->from, world->arena, mail->from);
    texts_add(&message->to, world->arena, mail->to ? mail->to : "meld@zbr.example");
    if (mail->signer && (!mail->signed_to || *mail->signed_to))
        texts_add(&message->signed_to, world->arena,
            mail->signed_to ? mail->signed_to
                : mail->to  ? mail->to
                            : "meld@zbr.example");
    if (mail->reply_to_id)
        texts_add(&message->in_reply_to, world->arena, mail->reply_to_id);
    if (mail->reports_on)
        texts_add(&message->reports_on, world->arena, mail->reports_on);
    message->pieces = arena_alloc(world->arena, sizeof *message->pieces);
    message->piece_count = 1;
    message->pieces[0] = (struct piece) { mail->text, CRYPT_ENC, message->signature,
        message->signer, strlen(mail->text), strlen(mail->text) };
    return message;
}

static struct filed file_as(struct world *world, const struct mail *mail, const char *vault)
{
    struct message *message = message_of(world, mail);
    const char *hash = mail->hash ? mail->hash : arena_printf(world->arena, "hash-%s", vault);
    struct filing_mail filing = { .message = message,
        .vault = vault,
        .row = "INBOX 1 1",
        .hash = hash,
        .received_at = world->office.now_s,
        .subject = "",
        .redacted = mail->text,
        .receipt = "{}",
        .memory = "memory" };
    struct txn *txn = txn_begin(world->dir.store, TXN_WRITE);
    struct belongs_known known;
    struct belongs belongs;
    struct filed filed;

    cabinet_known(txn, message, &world->office.house, hash, world->arena, &known);
    belongs = belongs_decide(message, &world->office.house, &known, world->arena);
    filing_file(txn, &world->office, &belongs, &filing, world->arena, &filed);
    must(txn_end(&txn, &err));
    return filed;
}

static struct filed take(struct world *world, struct mail mail)
{
    char id[VAULT_ID];

    statedir_keep(&world->dir, "label", SPAN("raw bytes"), id);
    return file_as(world, &mail, arena_text(world->arena, span_of(id)));
}

static struct case_file case_of(struct world *world, const char *number)
{
    struct txn *txn = txn_begin(world->dir.store, TXN_READ);
    struct case_file file;

    case_empty(&file);
    if (!cabinet_get(txn, number, world->arena, &file))
        fail_msg("no case %s", number);
    must(txn_end(&txn, &err));
    return file;
}

static const char *effects_of(const struct filed *filed, struct arena *arena)
{
    struct buf {
        char text[400];
    } *buf = arena_alloc(arena, sizeof *buf);

    for (size_t i = 0; i < filed->effects.count; i++) {
        const struct effect *effect = &filed->effects.at[i];

        snprintf(buf->text + strlen(buf->text), sizeof buf->text - strlen(buf->text), "%d:%s:%s ",
            (int)effect->kind, effect->number, effect->what);
    }
    return buf->text;
}

static const char *const hole = "XSS op https://a.nl/zoek?naam=jan, CVE-2026-12345. Groet";

static struct filed report(struct world *world, const char *from, const char *message_id)
{
    return take(world, (struct mail) { .from = from, .text = hole, .message_id = message_id });
}

static void opens_a_case(void **state)
{
    struct world *world = *state;
    struct mail mail = {
        .from = "alice@finder.example", .text = hole, .message_id = "r1@finder", .signer = ALICE_KEY
    };
    struct filed filed = take(world, mail), again;
    struct case_file file = case_of(world, "ZBR-2026-0001");

    row_text("number", filed.number, "ZBR-2026-0001");
    row_number("opened", filed.opened, true);
    row_text("effects", effects_of(&filed, world->arena),
        "0:ZBR-2026-0001:acknowledgement 1:ZBR-2026-0001:new ");
    row_text("address", file.address, "alice@finder.example");
    row_text("key", file.keys.at[0].fingerprint, ALICE_KEY);
    row_text("URL", file.facts.urls.at[0], "https://a.nl/zoek?naam=");
    row_text("CVE", file.facts.cves.at[0], "CVE-2026-12345");
    row_text("missing", file.missing.at[0], "steps");
    row_number("missing", (int)file.missing.count, 1);
    row_text("summary", file.summary, hole);
    row_text("memory", file.memory, "memory");
    row_number("continuity", file.messages.at[0].continuity, CONTINUITY_FIRST);
    assert_true(*file.messages.at[0].sentence_nl);
    row_number("72 hours", file.clocks[CLOCK_AP_72H].due_at, NOW + 72 * HOUR);
    row_number("provisional", file.clocks[CLOCK_AP_72H].provisional, true);
    row_number("no retention yet", file.clocks[CLOCK_RETENTION].state, CLOCK_IDLE);

    again = file_as(world, &mail, file.messages.at[0].vault);
    row_text("the same message again", again.number, "ZBR-2026-0001");
    row_number("does nothing", (int)again.effects.count, 0);
    row_number("one message", (int)case_of(world, "ZBR-2026-0001").messages.count, 1);
}

static void follows_threads(void **state)
{
    struct world *world = *state;
    struct filed filed;
    struct case_file file;

    report(world, "alice@finder.example", "r1@finder");
    filed = take(world,
        (struct mail) { .from = "ALICE@finder.example",
            .text = "Stappen: ga naar de pagina.\nconsent credit yes",
            .message_id = "r2@finder",
            .reply_to_id = "r1@finder" });
    row_text("its case", filed.number, "ZBR-2026-0001");
    row_text("effects", effects_of(&filed, world->arena),
        "0:ZBR-2026-0001:follow_up 1:ZBR-2026-0001:follow_up ");
    file = case_of(world, "ZBR-2026-0001");
    row_number("nothing is missing any more", (int)file.missing.count, 0);
    row_number("consent is offered", file.consents[CONSENT_CREDIT].offered, true);
    row_number("and not given", file.consents[CONSENT_CREDIT].given, false);

    filed = take(world,
        (struct mail) { .from = "eve@x.example",
            .text = "stuur mij alles",
            .subject = "Re: ZBR-2026-0001",
            .reply_to_id = "r2@finder" });
    row_text("a stranger has a case of her own", filed.number, "ZBR-2026-0002");
    file = case_of(world, "ZBR-2026-0002");
    row_text("with a note", file.apart_from, "ZBR-2026-0001");
    row_number("and nothing of the other", (int)file.messages.count, 1);
    row_number("which did not change", (int)case_of(world, "ZBR-2026-0001").messages.count, 2);
}

static void knows_the_same_bytes(void **state)
{
    struct world *world = *state;
    struct mail mail = { .from = "alice@finder.example", .text = hole, .hash = "h1" };
    struct filed filed;

    take(world, mail);
    filed = take(world, mail);
    row_text("kind", case_kind_word(filed.kind), "duplicate");
    row_text("case", filed.number, "ZBR-2026-0001");
    row_number("no letter", (int)filed.effects.count, 0);
}

static void keeps_machines_out(void **state)
{
    struct world *world = *state;
    struct cabinet_message *loose;
    struct txn *txn;
    size_t count;
    struct mail mail = { .from = "news@x.example", .text = "Koop nu", .flags = FLAG_BULK };
    struct message *message = message_of(world, &mail);
    struct belongs_known known = { .same_content = "" };
    struct belongs belongs;
    struct filed filed;

    message->crypt = CRYPT_NONE;
    belongs = belongs_decide(message, &world->office.house, &known, world->arena);
    txn = txn_begin(world->dir.store, TXN_WRITE);
    filing_file(txn, &world->office, &belongs,
        &(struct filing_mail) { .message = message,
            .vault = "v1",
            .row = "INBOX 1 1",
            .hash = "h1",
            .received_at = NOW,
            .subject = "",
            .redacted = "",
            .receipt = "",
            .memory = "" },
        world->arena, &filed);
    filing_aside(
        txn, &world->office, "v2", "INBOX 1 2", "h2", NOW - 5, ASIDE_CRASH, "the child died");
    must(txn_end(&txn, &err));
    row_text("no case", filed.number, "");
    row_number("no effects", (int)filed.effects.count, 0);
    txn = txn_begin(world->dir.store, TXN_READ);
    cabinet_loose(txn, NOW - HOUR, world->arena, &loose, &count);
    must(txn_end(&txn, &err));
    row_number("both are told", (int)count, 2);
    row_text("newest first", case_kind_word(loose[0].kind), "list");
    row_text("why", loose[1].why, "the child died");
}

/* The CISO writes to the researcher, with a copy to the mailbox. */
static void stops_the_first_response(void **state)
{
    static const struct {
        const char *label;
        const char *signer, *to;
        int64_t signed_at;
        enum clock_state want;
    } rows[] = {
        { "signed by the pinned key", CISO_KEY, "alice@finder.example", 0, CLOCK_STOPPED },
        { "not signed", NULL, "alice@finder.example", 0, CLOCK_RUNNING },
        { "signed by another", ALICE_KEY, "alice@finder.example", 0, CLOCK_RUNNING },
        { "stale", CISO_KEY, "alice@finder.example", NOW - 49 * HOUR, CLOCK_RUNNING },
        { "older than the case", CISO_KEY, "alice@finder.example", NOW - HOUR, CLOCK_RUNNING },
        { "to somebody else", CISO_KEY, "bob@other.example", 0, CLOCK_RUNNING },
    };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *id = arena_printf(world->arena, "report%zu@finder", i);
        struct filed opened = report(world, "alice@finder.example", id), filed;

        filed = take(world,
            (struct mail) { .from = "ciso@zbr.example",
                .to = rows[i].to,
                .text = arena_printf(world->arena, "Dag %zu", i),
                .reply_to_id = id,
                .signer = rows[i].signer,
                .signed_at = rows[i].signed_at });
        row_text(rows[i].label, filed.number, opened.number);
        row_text(rows[i].label, case_kind_word(filed.kind), "ciso");
        row_number(rows[i].label, (int)filed.effects.count, 0);
        row_number(rows[i].label, case_of(world, opened.number).clocks[CLOCK_FIRST_RESPONSE].state,
            rows[i].want);
    }
}

static void carries_out_orders(void **state)
{
    struct world *world = *state;
    struct mail mail = { .from = "ciso@zbr.example",
        .signer = CISO_KEY,
        .text = "Hallo\nZBR-2026-0001 confirm\nZBR-2026-0001 breach no geen gegevens\n"
                "ZBR-2026-0001 explode\nZBR-2026-0099 confirm\nZBR-2026-0001 confirm\n"
                "ZBR-2026-0002 reply\nBeste Bob,\ndank.\n" };
    struct filed filed;
    struct case_file file;
    static const bool done[] = { true, true, false, false, false, true };

    report(world, "alice@finder.example", "r1@finder");
    report(world, "bob@other.example", "r2@other");
    filed = take(world, mail);
    row_text("kind", case_kind_word(filed.kind), "order");
    row_text("trust", order_trust_word(filed.trust), "trusted");
    row_number("answers", (int)filed.answer_count, COUNT(done));
    for (size_t i = 0; i < COUNT(done); i++)
        row_number(filed.answers[i].said, filed.answers[i].done, done[i]);
    row_text("effects", effects_of(&filed, world->arena),
        "0:ZBR-2026-0001:confirm 0:ZBR-2026-0002:reply 0::answer ");
    row_text("the text of the reply", filed.effects.at[1].text, "Beste Bob,\ndank.");
    file = case_of(world, "ZBR-2026-0001");
    row_number("state", file.state, CASE_CONFIRMED);
    row_number("breach", file.breach, BREACH_NO);
    row_text("by", file.decisions.at[0].by, CISO_KEY);
    row_text("how", file.decisions.at[0].how, "mail");
    row_number("decisions", (int)file.decisions.count, 2);
    row_text("the mail stands in the case", case_kind_word(file.messages.at[1].kind), "order");

    mail.message_id = "another@zbr"; /* other header fields, the same signed text */
    filed = take(world, mail);
    row_text("a replay", order_trust_word(filed.trust), "replayed");
    for (size_t i = 0; i < filed.answer_count; i++)
        row_number("does nothing", filed.answers[i].done, false);
    row_text("and is told", effects_of(&filed, world->arena), "0::answer ");
    row_number("decisions", (int)case_of(world, "ZBR-2026-0001").decisions.count, 2);
}

static void obeys_nobody_else(void **state)
{
    static const struct {
        const char *label, *from, *signer;
        int64_t signed_at;
    } rows[] = {
        { "not signed", "ciso@zbr.example", NULL, 0 },
        { "by the researcher", "alice@finder.example", ALICE_KEY, 0 },
        { "by the researcher in the CISO's name", "ciso@zbr.example", ALICE_KEY, 0 },
        { "stale", "ciso@zbr.example", CISO_KEY, NOW - 49 * HOUR },
        { "from the future", "ciso@zbr.example", CISO_KEY, NOW + HOUR },
    };
    struct world *world = *state;

    report(world, "alice@finder.example", "r1@finder");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct filed filed = take(world,
            (struct mail) { .from = rows[i].from,
                .signer = rows[i].signer,
                .signed_at = rows[i].signed_at,
                .text = "ZBR-2026-0001 reject not_a_report\n" });
        struct case_file file = case_of(world, "ZBR-2026-0001");

        row_number(rows[i].label, file.state, CASE_RECEIVED);
        row_number(rows[i].label, (int)file.decisions.count, 0);
        for (size_t k = 0; k < filed.answer_count; k++)
            row_number(rows[i].label, filed.answers[k].done, false);
    }
}

static void marks_bounces(void **state)
{
    struct world *world = *state;
    struct case_file file;
    struct filed filed;
    struct txn *txn;

    report(world, "alice@finder.example", "r1@finder");
    file = case_of(world, "ZBR-2026-0001");
    filing_letter(&file, world->arena, "acknowledgement", PARTY_RESEARCHER, "l1@zbr", NOW);
    txn = txn_begin(world->dir.store, TXN_WRITE);
    cabinet_put(txn, &file, &law, NOW, world->arena);
    must(txn_end(&txn, &err));
    filed = take(world,
        (struct mail) { .from = "mailer-daemon@x",
            .text = "failed",
            .reports_on = "l1@zbr",
            .flags = FLAG_BOUNCE });
    row_text("kind", case_kind_word(filed.kind), "bounce");
    row_number("one letter", (int)filed.effects.count, 1);
    row_text("to the CISO", case_party_word(filed.effects.at[0].to), "ciso");
    row_text("of the kind", filed.effects.at[0].what, "undelivered");
    row_text("on", filed.effects.at[0].text, "l1@zbr");
    file = case_of(world, "ZBR-2026-0001");
    row_number("the letter", file.letters.at[0].bounced_at, NOW);
    filed = take(world,
        (struct mail) { .from = "mailer-daemon@x",
            .text = "failed again",
            .reports_on = "l1@zbr",
            .flags = FLAG_BOUNCE });
    row_number("a second bounce of it tells nothing", (int)filed.effects.count, 0);
    filed = take(world,
        (struct mail) { .from = "alice@finder.example", .text = "dank", .reply_to_id = "l1@zbr" });
    row_text("an answer to a letter", filed.number, "ZBR-2026-0001");
}

static void counts_copies(void **state)
{
    struct world *world = *state;
    struct case_file file;

    case_empty(&file);
    clock_start(&file.clocks[CLOCK_IBD_COPY], CLOCK_IBD_COPY, &clock_terms_default, &law, NOW);
    filing_letter(&file, world->arena, "ibd_copy", PARTY_IBD, "c1@zbr", NOW);
    filing_letter(&file, world->arena, "ibd_update", PARTY_IBD, "c2@zbr", NOW);
    assert_false(filing_sent(&file, "c3@zbr", "", NOW));
    assert_false(filing_sent(&file, "", "", NOW));
    assert_true(filing_sent(&file, "c1@zbr", "abc", NOW + 60));
    row_text("sent", case_ibd_word(file.ibd), "sent");
    row_number("clock", file.clocks[CLOCK_IBD_COPY].state, CLOCK_STOPPED);
    assert_true(filing_sent(&file, "c2@zbr", "abd", NOW + 120));
    row_text("updated", case_ibd_word(file.ibd), "updated");
    row_text("hash", file.letters.at[0].hash, "abc");
}

/* The first copy came back: it was never there. A later one: the first is. */
static void holds_copies_that_came_back(void **state)
{
    struct world *world = *state;
    struct case_file file;

    case_empty(&file);
    clock_start(&file.clocks[CLOCK_IBD_COPY], CLOCK_IBD_COPY, &clock_terms_default, &law, NOW);
    filing_letter(&file, world->arena, "ibd_copy", PARTY_IBD, "c1@zbr", NOW);
    filing_letter(&file, world->arena, "ibd_update", PARTY_IBD, "c2@zbr", NOW);
    file.ibd = IBD_QUEUED;
    assert_true(filing_refused(&file, "c1@zbr", "SMTP 554", NOW + 60, "nl", world->arena));
    row_text("refused", case_ibd_word(file.ibd), "held");
    row_text("why", file.ibd_reasons.at[0], "De mailserver weigert de brief (SMTP 554).");
    row_number("the clock runs", file.clocks[CLOCK_IBD_COPY].state, CLOCK_RUNNING);
    assert_false(filing_refused(&file, "c1@zbr", "bounced", NOW + 70, "nl", world->arena));
    file.letters.at[0].bounced_at = 0;
    assert_true(filing_sent(&file, "c1@zbr", "abc", NOW + 60));
    assert_true(filing_refused(&file, "c1@zbr", "bounced", NOW + 90, "en", world->arena));
    row_text("came back", case_ibd_word(file.ibd), "held");
    row_text("in English", file.ibd_reasons.at[0], "The letter came back as undeliverable.");
    row_number("the clock runs again", file.clocks[CLOCK_IBD_COPY].state, CLOCK_RUNNING);
    file.letters.at[0].bounced_at = 0;
    assert_true(filing_sent(&file, "c1@zbr", "abc", NOW + 100));
    assert_true(filing_refused(&file, "c2@zbr", "SMTP 554", NOW + 120, "nl", world->arena));
    row_text("an update refused", case_ibd_word(file.ibd), "sent");
    row_number("may be released", file.ibd_stale && file.ibd_reasons.count == 1, true);
    row_number("the clock stays stopped", file.clocks[CLOCK_IBD_COPY].state, CLOCK_STOPPED);
}

/* A signature says who wrote, not to whom: what the CISO wrote to another and was sent on to us,
 * sealed by whoever did that, decides nothing. */
static void takes_no_orders_meant_for_others(void **state)
{
    static const struct {
        const char *label, *to, *signed_to;
        bool coded, done;
    } rows[] = {
        { "to us, and signed so", "meld@zbr.example", "meld@zbr.example", false, true },
        { "in capitals", "meld@zbr.example", "Meld@ZBR.example", false, true },
        { "to another, sent on", "meld@zbr.example", "jan@zbr.example", false, false },
        { "to another, sent on, with the code", "meld@zbr.example", "jan@zbr.example", true,
            false },
        { "to the CISO alone, sent on", "meld@zbr.example", "ciso@zbr.example", true, false },
        { "nothing signed says to whom", "meld@zbr.example", "", false, false },
        { "but the code does", "meld@zbr.example", "", true, true },
        { "to another outside, to us within", "jan@zbr.example", "meld@zbr.example", false, false },
    };

    (void)state;
    for (size_t k = 0; k < 2 * COUNT(rows); k++) {
        struct world *world;
        struct filed filed;
        struct txn *txn;
        void *fresh;
        const char *line;
        size_t i = k / 2;
        bool needs_code = k % 2, done = rows[i].done || (!needs_code && !*rows[i].signed_to);

        begin(&fresh);
        world = fresh;
        world->office.needs_code = needs_code;
        report(world, "alice@finder.example", "r1@finder");
        txn = txn_begin(world->dir.store, TXN_READ);
        line = order_line("ZBR-2026-0001",
            rows[i].coded ? cabinet_code(txn, "ZBR-2026-0001", world->arena) : "", "breach no",
            world->arena);
        txn_drop(&txn);
        filed = take(world,
            (struct mail) { .from = "ciso@zbr.example",
                .to = rows[i].to,
                .signed_to = rows[i].signed_to,
                .signer = CISO_KEY,
                .text = line });
        row_number(rows[i].label, case_of(world, "ZBR-2026-0001").breach,
            done ? BREACH_NO : BREACH_UNDECIDED);
        for (size_t a = 0; a < filed.answer_count; a++)
            row_number(rows[i].label, filed.answers[a].done, done);
        if (!done && !*rows[i].signed_to) { /* the answer tells the line that is taken */
            const char *told = strstr(filed.answers[0].text, "ZBR-2026-0001/");

            assert_non_null(told);
            filed = take(world,
                (struct mail) { .from = "ciso@zbr.example",
                    .signed_to = "",
                    .signer = CISO_KEY,
                    .signed_at = NOW - 30,
                    .text = told });
            row_number("that line", case_of(world, "ZBR-2026-0001").breach, BREACH_NO);
        }
        end(&fresh);
    }
}

/* The mail to the researcher that stops the clock: whom the signature names counts there too. */
static void first_response_needs_the_right_recipient(void **state)
{
    static const struct {
        const char *label, *signed_to;
        enum clock_state want;
    } rows[] = {
        { "to the researcher", "alice@finder.example", CLOCK_STOPPED },
        { "to another, sent on as if to her", "jan@zbr.example", CLOCK_RUNNING },
        { "a program that signs no fields", "", CLOCK_STOPPED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world *world;
        struct case_file file;
        void *fresh;

        begin(&fresh);
        world = fresh;
        report(world, "alice@finder.example", "r1@finder");
        row_number("nobody has read it", case_of(world, "ZBR-2026-0001").first_read_at, 0);
        take(world,
            (struct mail) { .from = "ciso@zbr.example",
                .to = "alice@finder.example",
                .signed_to = rows[i].signed_to,
                .signer = CISO_KEY,
                .reply_to_id = "r1@finder",
                .text = "Dank" });
        file = case_of(world, "ZBR-2026-0001");
        row_number(rows[i].label, file.clocks[CLOCK_FIRST_RESPONSE].state, rows[i].want);
        row_number("read", file.first_read_at, rows[i].want == CLOCK_STOPPED ? NOW : 0);
        end(&fresh);
    }
}

static const char *vault_of(struct world *world, const char *number)
{
    return case_of(world, number).messages.at[0].vault;
}

static void decide(struct world *world, const char *number, const char *verb, const char *arguments)
{
    struct txn *txn = txn_begin(world->dir.store, TXN_WRITE);
    struct verb_act act = { .arena = world->arena,
        .calendar = &law,
        .terms = &clock_terms_default,
        .now_s = world->office.now_s,
        .by = "ada",
        .how = "cli",
        .language = "en",
        .have = cabinet_have,
        .context = txn };
    struct verb_done done;

    must(cabinet_decide(
        txn, number, verb_named(span_of(verb)), &act, span_of(arguments), SPAN(""), &done, &err));
    must(txn_end(&txn, &err));
}

static void erases_whole_cases(void **state)
{
    struct world *world = *state;
    const char *vault, *kept;
    struct case_stub stub;
    struct filed filed;
    struct txn *txn;
    size_t erased;
    struct mail mail = { .from = "alice@finder.example",
        .text = hole,
        .message_id = "r1@finder",
        .signer = ALICE_KEY,
        .hash = "h1" };

    take(world, mail);
    report(world, "bob@other.example", "r2@other");
    vault = vault_of(world, "ZBR-2026-0001");
    kept = vault_of(world, "ZBR-2026-0002");
    decide(world, "ZBR-2026-0001", "reject", "out_of_scope");
    decide(world, "ZBR-2026-0001", "erase", "");
    must(cabinet_sweep(world->dir.store, &erased, &err));
    row_number("vault files", (int)erased, 1);
    row_number("its mail is gone", vault_have(world->dir.store, vault), false);
    row_number("the other's is there", vault_have(world->dir.store, kept), true);
    must(cabinet_sweep(world->dir.store, &erased, &err));
    row_number("a second time there is nothing to do", (int)erased, 0);

    txn = txn_begin(world->dir.store, TXN_READ);
    row_number("no key", txn_case_have(txn, SPAN("ZBR-2026-0001")), false);
    row_number("no file", txn_have(txn, TABLE_FILES, SPAN("ZBR-2026-0001")), false);
    row_number("no thread", txn_have(txn, TABLE_THREADS, SPAN("r1@finder")), false);
    row_number(
        "no address", txn_have(txn, TABLE_SENDERS, SPAN("address alice@finder.example")), false);
    row_number("vault row", txn_have(txn, TABLE_VAULT, span_of(vault)), false);
    assert_true(cabinet_stub(txn, "ZBR-2026-0001", world->arena, &stub));
    row_text("number and state stay", case_state_word(stub.state), "erased");
    must(txn_end(&txn, &err));

    filed = take(world, mail);
    row_text("the same mail, fetched again", case_kind_word(filed.kind), "duplicate");
    row_text("opens nothing", filed.number, "");
    filed = take(world,
        (struct mail) { .from = "alice@finder.example",
            .text = hole,
            .subject = "ZBR-2026-0001",
            .reply_to_id = "r1@finder" });
    row_text("a later mail is a new case", filed.number, "ZBR-2026-0003");
    row_text("apart from none", case_of(world, "ZBR-2026-0003").apart_from, "");
}

struct told {
    char text[2000];
};

static bool tell(void *context, uint64_t number, const struct ledger_entry *entry, struct err *err)
{
    struct told *told = context;

    (void)number;
    (void)err;
    snprintf(told->text + strlen(told->text), sizeof told->text - strlen(told->text), "%s %s|",
        entry->what, entry->by);
    return true;
}

static void leaves_an_audit_trail(void **state)
{
    struct world *world = *state;
    struct told told = { "" };
    struct err walk_err = { 0 };
    struct txn *txn;

    report(world, "alice@finder.example", "r1@finder");
    report(world, "bob@other.example", "r2@other");
    decide(world, "ZBR-2026-0001", "note", "alice@finder.example called");
    decide(world, "ZBR-2026-0001", "reject", "not_a_report");
    decide(world, "ZBR-2026-0001", "erase", "");
    txn = txn_begin(world->dir.store, TXN_READ);
    assert_true(ledger_walk(txn, "ZBR-2026-0001", tell, &told, &walk_err));
    row_text("of one case", told.text, "received program|note ada|reject ada|erase ada|");
    told.text[0] = '\0';
    assert_true(ledger_walk(txn, "", tell, &told, &walk_err));
    row_text(
        "of all", told.text, "received program|received program|note ada|reject ada|erase ada|");
    for (uint64_t i = 1; i <= audit_count(txn); i++) {
        struct span record;

        assert_true(audit_get(txn, i, world->arena, &record));
        if (span_find(record, SPAN("alice"), 0) != SPAN_NOWHERE)
            fail_msg("a name in the audit log: %.*s", (int)record.len, record.at);
    }
    must(txn_end(&txn, &err));
}

static void tells_what_is_due(void **state)
{
    struct world *world = *state;
    struct reminder reminders[CLOCK_KINDS];
    struct case_file file;
    struct texts due;
    struct txn *txn;
    int64_t late = NOW + 73 * HOUR;

    report(world, "alice@finder.example", "r1@finder");
    txn = txn_begin(world->dir.store, TXN_WRITE);
    due = cabinet_due(txn, NOW, world->arena);
    row_number("nothing yet", (int)due.count, 0);
    due = cabinet_due(txn, late, world->arena);
    row_number("the case", (int)due.count, 1);
    row_text("its number", due.at[0], "ZBR-2026-0001");
    assert_true(cabinet_get(txn, due.at[0], world->arena, &file));
    /* Friday evening: the 72 hours and the copy to the IBD are over, the first response ends. */
    row_number("clocks", (int)reminder_take(&file, &law, late, reminders), 3);
    row_number("first response", reminders[0].stage, CLOCK_LAST);
    row_number("copy to the IBD", reminders[1].stage, CLOCK_ESCALATED);
    row_number("72 hours", reminders[2].stage, CLOCK_OVER);
    row_number("told once", (int)reminder_take(&file, &law, late, reminders), 0);
    cabinet_put(txn, &file, &law, late, world->arena);
    due = cabinet_due(txn, late, world->arena);
    row_number("nothing more", (int)due.count, 0);
    must(txn_end(&txn, &err));
}

static void finds_what_people_type(void **state)
{
    struct world *world = *state;
    struct case_file file;
    struct txn *txn;

    report(world, "alice@finder.example", "r1@finder");
    report(world, "bob@other.example", "r2@other");
    decide(world, "ZBR-2026-0002", "reject", "not_a_report");
    decide(world, "ZBR-2026-0002", "erase", "");
    txn = txn_begin(world->dir.store, TXN_READ);
    must(cabinet_find(txn, " zbr-2026-0001", world->arena, &file, &err));
    row_text("found", file.number, "ZBR-2026-0001");
    must_fail(cabinet_find(txn, "1", world->arena, &file, &err), EX_USAGE, "no case number");
    must_fail(
        cabinet_find(txn, "ZBR-2026-0002", world->arena, &file, &err), EX_DATAERR, "is erased");
    must_fail(cabinet_find(txn, "ZBR-2026-0003", world->arena, &file, &err), EX_DATAERR, "no case");
    must(txn_end(&txn, &err));
}

static const char *bytes(struct world *world, size_t count)
{
    char *text = arena_alloc(world->arena, count + 1);

    memset(text, 'k', count);
    return text;
}

/* Keys of later mails of the same sender; what is kept of each. */
static void keeps_keys_within_bounds(void **state)
{
    static const struct {
        const char *label, *key;
        size_t size, kept;
    } rows[] = {
        { "a key", "K1", 2000, 2000 },
        { "the same key again", "K1", 3000, 2000 },
        { "one that is too large", "K2", 64 * 1024 + 1, 0 },
        { "the same, smaller", "K2", 64 * 1024, 64 * 1024 },
        { "another", "K3", 64 * 1024, 64 * 1024 },
        { "another", "K4", 64 * 1024, 64 * 1024 },
        { "more than a case may hold", "K5", 64 * 1024, 0 },
        { "what there is room for", "K6", 1000, 1000 },
    };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct filed filed = take(world,
            (struct mail) { .from = "a@example.org",
                .text = "a report",
                .message_id = arena_printf(world->arena, "k%zu@example.org", i),
                .reply_to_id = i ? "k0@example.org" : NULL,
                .key = rows[i].key,
                .material = bytes(world, rows[i].size) });
        struct case_file file = case_of(world, filed.number);
        size_t kept = SIZE_MAX;

        for (size_t k = 0; k < file.keys.count; k++)
            if (strcmp(file.keys.at[k].fingerprint, rows[i].key) == 0)
                kept = strlen(file.keys.at[k].material);
        row_number(rows[i].label, (long long)kept, (long long)rows[i].kept);
    }
}

/* A message that was kept with the first verdict, and opened again. */
static void rechecks_only_what_was_unknown(void **state)
{
    static const struct {
        const char *label;
        enum signature was, is;
        enum crypt crypt;
        enum case_kind kind;
        bool changes, part; /* has the signer a part in the case then? */
    } rows[] = {
        { "the key came", SIGNATURE_NOKEY, SIGNATURE_GOOD, CRYPT_ENC, KIND_REPORT, true, true },
        { "a follow-up", SIGNATURE_NOKEY, SIGNATURE_GOOD, CRYPT_ENC, KIND_FOLLOW_UP, true, true },
        { "a mail of the CISO", SIGNATURE_NOKEY, SIGNATURE_GOOD, CRYPT_ENC, KIND_CISO, true,
            false },
        { "of another address", SIGNATURE_NOKEY, SIGNATURE_MISMATCH, CRYPT_ENC, KIND_REPORT, true,
            false },
        { "it does not verify", SIGNATURE_NOKEY, SIGNATURE_BAD, CRYPT_ENC, KIND_REPORT, true,
            false },
        { "still unknown", SIGNATURE_NOKEY, SIGNATURE_NOKEY, CRYPT_ENC, KIND_REPORT, false, false },
        { "bad stays bad", SIGNATURE_BAD, SIGNATURE_GOOD, CRYPT_ENC, KIND_REPORT, false, false },
        { "good stays good", SIGNATURE_GOOD, SIGNATURE_BAD, CRYPT_ENC, KIND_REPORT, false, false },
        { "it cannot be decrypted any more", SIGNATURE_NOKEY, SIGNATURE_GOOD, CRYPT_NOKEY,
            KIND_REPORT, false, false },
    };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct message *message = message_of(world,
            &(struct mail) { .from = "a@example.org", .text = "a report", .signer = ALICE_KEY });
        struct case_message *kept;
        struct case_file file;

        message->signature = rows[i].is;
        message->crypt = rows[i].crypt;
        case_empty(&file);
        kept = case_add_message(&file, world->arena);
        kept->kind = rows[i].kind;
        kept->parse = PARSE_OK;
        kept->crypt = CRYPT_ENC;
        kept->scope = SCOPE_ALL;
        kept->signature = rows[i].was;
        row_number(rows[i].label, filing_recheck(&file, 0, message, &world->office, world->arena),
            rows[i].changes);
        row_number(rows[i].label, kept->signature, rows[i].changes ? rows[i].is : rows[i].was);
        row_number(rows[i].label, *kept->sentence_nl && *kept->sentence_en, rows[i].changes);
        row_number(rows[i].label, (long long)file.keys.count, rows[i].part);
    }
}

static void lists_by_number(void **state)
{
    static const char *const want[] = { "ZBR-2025-0001", "ZBR-2026-0001", "ZBR-2026-9999",
        "ZBR-2026-10000", "ZBR-2027-0001" };
    static const char *const put[] = { "ZBR-2026-10000", "ZBR-2027-0001", "ZBR-2026-0001",
        "ZBR-2025-0001", "ZBR-2026-9999" };
    struct world *world = *state;
    struct txn *txn = txn_begin(world->dir.store, TXN_WRITE);
    struct case_stub *stubs;
    size_t count;

    for (size_t i = 0; i < COUNT(put); i++) {
        struct case_file file;

        case_empty(&file);
        file.number = put[i];
        txn_case_new(txn, span_of(put[i]));
        cabinet_put(txn, &file, &law, NOW, world->arena);
    }
    cabinet_stubs(txn, world->arena, &stubs, &count);
    row_number("all", (int)count, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++)
        row_text("in order", stubs[i].number, want[i]);
    must(txn_end(&txn, &err));
}

static void numbers_by_year(void **state)
{
    struct world *world = *state;
    struct txn *txn = txn_begin(world->dir.store, TXN_WRITE);
    char number[CASE_NUMBER];

    cabinet_new(txn, "ZBR", 1798757999, number); /* the last second of 2026, Dutch time */
    row_text("2026", number, "ZBR-2026-0001");
    cabinet_new(txn, "ZBR", 1798758000, number);
    row_text("2027", number, "ZBR-2027-0001");
    cabinet_new(txn, "ZBR", 1798758001, number);
    row_text("2027", number, "ZBR-2027-0002");
    txn_drop(&txn);
    txn = txn_begin(world->dir.store, TXN_WRITE);
    cabinet_new(txn, "ZBR", 1798758001, number);
    row_text("what was not committed leaves no gap", number, "ZBR-2027-0001");
    must(txn_end(&txn, &err));
}

static void sums_up(void **state)
{
    static const struct {
        const char *label, *text, *want;
    } sums[] = {
        { "lines", "one\n\ntwo\n", "one two" },
        { "cut at a word", "0123456789 0123456789 0123456789\n", "0123456789 0123456789 …" },
        { "quotation", "one\n> two\nthree\n", "one three" },
        { "signature block", "one\n\nMet vriendelijke groet,\n[PERSOON-1]\n", "one" },
        { "signature block of a first piece", "one\n-- \nBob\n-----[ x ]-----\nmore\n",
            "one -----[ x ]----- more" },
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(sums); i++)
        row_text(sums[i].label, filing_summary(span_of(sums[i].text), 30, arena), sums[i].want);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_a_case, begin, end),
        cmocka_unit_test_setup_teardown(follows_threads, begin, end),
        cmocka_unit_test_setup_teardown(knows_the_same_bytes, begin, end),
        cmocka_unit_test_setup_teardown(keeps_machines_out, begin, end),
        cmocka_unit_test_setup_teardown(stops_the_first_response, begin, end),
        cmocka_unit_test_setup_teardown(carries_out_orders, begin, end),
        cmocka_unit_test_setup_teardown(obeys_nobody_else, begin, end),
        cmocka_unit_test_setup_teardown(marks_bounces, begin, end),
        cmocka_unit_test_setup_teardown(counts_copies, begin, end),
        cmocka_unit_test_setup_teardown(holds_copies_that_came_back, begin, end),
        cmocka_unit_test(takes_no_orders_meant_for_others),
        cmocka_unit_test(first_response_needs_the_right_recipient),
        cmocka_unit_test_setup_teardown(erases_whole_cases, begin, end),
        cmocka_unit_test_setup_teardown(leaves_an_audit_trail, begin, end),
        cmocka_unit_test_setup_teardown(tells_what_is_due, begin, end),
        cmocka_unit_test_setup_teardown(finds_what_people_type, begin, end),
        cmocka_unit_test_setup_teardown(keeps_keys_within_bounds, begin, end),
        cmocka_unit_test_setup_teardown(rechecks_only_what_was_unknown, begin, end),
        cmocka_unit_test_setup_teardown(lists_by_number, begin, end),
        cmocka_unit_test_setup_teardown(numbers_by_year, begin, end),
        cmocka_unit_test(sums_up),
    };

    return cmocka_run_group_tests_name("filing", tests, NULL, NULL);
}
