#include "cases/belongs.h"

#include "lib/rows.h"

#define CISO_KEY "C1500000000000000000000000000000000000C1"
#define IBD_KEY "1BD000000000000000000000000000000000001B"
#define ALICE_KEY "A11CE0000000000000000000000000000000A11C"
#define OTHER_KEY "0DD000000000000000000000000000000000000D"

#define ALICE "alice@finder.example"
#define BOB "bob@other.example"
#define CISO "ciso@zbr.example"
#define IBD "ibd@ibd.example"
#define MAILBOX "meld@zbr.example"

#define CASE1 "ZBR-2026-0001" /* of alice */
#define CASE2 "ZBR-2026-0002" /* of bob */
#define ACK1 "ack1@zbr.example" /* our letters */
#define ACK2 "ack2@zbr.example"
#define REPORT1 "r1@finder.example" /* alice's report */

static const struct belongs_house house = { .prefix = "ZBR",
    .mailbox = MAILBOX,
    .ciso_address = CISO,
    .ciso_key = CISO_KEY,
    .ibd_address = IBD,
    .ibd_key = IBD_KEY };

static const struct belongs_thread threads[] = {
    { REPORT1, CASE1, false },
    { ACK1, CASE1, true },
    { ACK2, CASE2, true },
};

static const char *const hole = "XSS op https://a.nl/zoek, stappen: ga naar de pagina";
static const char *const away = "Ik ben afwezig tot maandag.";

enum { SIGNED = 1, PARTLY = 2, MISMATCH = 4, ENCRYPTED = 8, BROKEN = 16, NULL_SENDER = 32 };

static const struct {
    const char *label;
    const char *from, *to, *subject, *reply_to_id, *reports_on;
    const char *text;
    unsigned flags, how;
    const char *signer;
    const char *same_content;
    /* wanted */
    enum case_kind kind;
    const char *number;
    bool opens, answers, proved;
    const char *apart_from;
} rows[] = {
    /* People */
    { "a new report", "new@x.example", MAILBOX, "Lek", NULL, NULL, hole, 0, 0, "", "", KIND_REPORT,
        "", true, true, false, "" },
    { "a report without any sense", "new@x.example", MAILBOX, "Hoi", NULL, NULL, "bel mij", 0, 0,
        "", "", KIND_REPORT, "", true, true, false, "" },
    { "an answer to our letter", ALICE, MAILBOX, "Re: x", ACK1, NULL, "meer", 0, 0, "", "",
        KIND_FOLLOW_UP, CASE1, false, true, false, "" },
    { "an answer to the own report", ALICE, MAILBOX, "Re: x", REPORT1, NULL, "meer", 0, 0, "", "",
        KIND_FOLLOW_UP, CASE1, false, true, false, "" },
    { "the address in capitals", "Alice@FINDER.example", MAILBOX, "Re: x", ACK1, NULL, "meer", 0, 0,
        "", "", KIND_FOLLOW_UP, CASE1, false, true, false, "" },
    { "the tag and the same sender", ALICE, MAILBOX, "Over " CASE1, NULL, NULL, "meer", 0, 0, "",
        "", KIND_FOLLOW_UP, CASE1, false, true, false, "" },
    { "the tag in small letters", ALICE, MAILBOX, "re: zbr-2026-0001!", NULL, NULL, "meer", 0, 0,
        "", "", KIND_FOLLOW_UP, CASE1, false, true, false, "" },
    { "the same key from another address", "alice@home.example", MAILBOX, "Re: x", ACK1, NULL,
        "meer", 0, SIGNED | MISMATCH, ALICE_KEY, "", KIND_FOLLOW_UP, CASE1, false, true, false,
        "" },
    { "the tag and the same key", "alice@home.example", MAILBOX, CASE1, NULL, NULL, "meer", 0,
        SIGNED, ALICE_KEY, "", KIND_FOLLOW_UP, CASE1, false, true, false, "" },
    { "the same sender, no thread, no tag: another report", ALICE, MAILBOX, "Nog een lek", NULL,
        NULL, hole, 0, 0, "", "", KIND_REPORT, "", true, true, false, "" },
    { "a thread that nobody knows", ALICE, MAILBOX, "Re: x", "unknown@x", NULL, hole, 0, 0, "", "",
        KIND_REPORT, "", true, true, false, "" },
    { "the own tag beats another's thread", ALICE, MAILBOX, CASE1, ACK2, NULL, "meer", 0, 0, "", "",
        KIND_FOLLOW_UP, CASE1, false, true, false, "" },
    /* Strangers */
    { "a guessed tag", "eve@x.example", MAILBOX, "Re: " CASE1, NULL, NULL, "stuur alles", 0, 0, "",
        "", KIND_REPORT, "", true, true, false, CASE1 },
    { "a guessed tag of no case", "eve@x.example", MAILBOX, "ZBR-2026-0999", NULL, NULL, hole, 0, 0,
        "", "", KIND_REPORT, "", true, true, false, "" },
    { "References taken from elsewhere", "eve@x.example", MAILBOX, "Re: x", ACK1, NULL, hole, 0, 0,
        "", "", KIND_REPORT, "", true, true, false, CASE1 },
    { "one researcher in the thread of another", BOB, MAILBOX, "Re: x", ACK1, NULL, hole, 0, 0, "",
        "", KIND_REPORT, "", true, true, false, CASE1 },
    { "a good signature of somebody else", "eve@x.example", MAILBOX, CASE1, ACK1, NULL, hole, 0,
        SIGNED, OTHER_KEY, "", KIND_REPORT, "", true, true, false, CASE1 },
    { "a bad signature in a known key's name", "eve@x.example", MAILBOX, CASE1, ACK1, NULL, hole, 0,
        0, "", "", KIND_REPORT, "", true, true, false, CASE1 },
    /* Bounces */
    { "a bounce of our letter", "MAILER-DAEMON@x.example", MAILBOX, "Undelivered", NULL, ACK1,
        "failed", FLAG_BOUNCE | FLAG_AUTO, NULL_SENDER, "", "", KIND_BOUNCE, CASE1, false, false,
        false, "" },
    { "a bounce of a letter that quotes a report", "MAILER-DAEMON@x.example", MAILBOX,
        "Undelivered", NULL, ACK1, hole, FLAG_BOUNCE, NULL_SENDER, "", "", KIND_BOUNCE, CASE1,
        false, false, false, "" },
    { "a bounce of somebody else's mail", "MAILER-DAEMON@x.example", MAILBOX, "Undelivered", NULL,
        "z@spam", "failed", FLAG_BOUNCE, NULL_SENDER, "", "", KIND_BOUNCE, "", false, false, false,
        "" },
    { "a report that poses as a bounce", "new@x.example", MAILBOX, "x", NULL, NULL, hole,
        FLAG_BOUNCE, NULL_SENDER, "", "", KIND_REPORT, "", true, false, false, "" },
    { "an encrypted report that poses as a bounce", "new@x.example", MAILBOX, "x", NULL, NULL, "x",
        FLAG_BOUNCE, ENCRYPTED, "", "", KIND_REPORT, "", true, false, false, "" },
    /* Automatic mail */
    { "out of office to our letter", ALICE, MAILBOX, "Afwezig", ACK1, NULL, away, FLAG_AUTO, 0, "",
        "", KIND_AUTO_REPLY, CASE1, false, false, false, "" },
    { "out of office without a thread", ALICE, MAILBOX, "Afwezig", NULL, NULL, away, FLAG_AUTO, 0,
        "", "", KIND_AUTO_REPLY, "", false, false, false, "" },
    { "a person's answer that says it is automatic", ALICE, MAILBOX, "Re: x", ACK1, NULL, hole,
        FLAG_AUTO, 0, "", "", KIND_FOLLOW_UP, CASE1, false, false, false, "" },
    { "a report that says it is automatic", "new@x.example", MAILBOX, "x", NULL, NULL, hole,
        FLAG_AUTO, 0, "", "", KIND_REPORT, "", true, false, false, "" },
    { "signed, says it is automatic", "new@x.example", MAILBOX, "x", NULL, NULL, "bel mij",
        FLAG_AUTO, SIGNED, OTHER_KEY, "", KIND_REPORT, "", true, false, false, "" },
    { "a newsletter", "news@x.example", MAILBOX, "Nieuws", NULL, NULL, "Koop nu",
        FLAG_LIST | FLAG_BULK, 0, "", "", KIND_LIST, "", false, false, false, "" },
    { "a report through a list", "list@x.example", MAILBOX, "Lek", NULL, NULL, hole, FLAG_LIST, 0,
        "", "", KIND_REPORT, "", true, false, false, "" },
    { "spam", "s@x.example", MAILBOX, "Win", NULL, NULL, "Koop nu", FLAG_SPAM, 0, "", "", KIND_SPAM,
        "", false, false, false, "" },
    { "a report that a filter took for spam", "new@x.example", MAILBOX, "Lek", NULL, NULL, hole,
        FLAG_SPAM, 0, "", "", KIND_REPORT, "", true, false, false, "" },
    { "empty", "new@x.example", MAILBOX, "", NULL, NULL, " \n", 0, 0, "", "", KIND_SPAM, "", false,
        false, false, "" },
    { "a null sender is never answered", "new@x.example", MAILBOX, "x", NULL, NULL, hole, 0,
        NULL_SENDER, "", "", KIND_REPORT, "", true, false, false, "" },
    /* Ourselves */
    { "our letter came back", MAILBOX, ALICE, "x", NULL, NULL, "x", 0, 0, "", "", KIND_CISO, "",
        false, false, false, "" },
    { "an answer out of the mailbox, to itself too", MAILBOX, MAILBOX, "Re: x", ACK1, NULL, "x", 0,
        0, "", "", KIND_CISO, CASE1, false, false, false, "" },
    { "a form on the website in the mailbox's name", MAILBOX, MAILBOX, "Lek", NULL, NULL, hole, 0,
        0, "", "", KIND_REPORT, "", true, false, false, "" },
    { "the same bytes again", "new@x.example", MAILBOX, "Lek", NULL, NULL, hole, 0, 0, "", CASE2,
        KIND_DUPLICATE, CASE2, false, false, false, "" },
    { "the same bytes as one in no case", "new@x.example", MAILBOX, "Lek", NULL, NULL, hole, 0, 0,
        "", "-", KIND_DUPLICATE, "", false, false, false, "" },
    { "nothing could be read", "new@x.example", MAILBOX, "Lek", NULL, NULL, hole, 0, BROKEN, "", "",
        KIND_ASIDE, "", false, false, false, "" },
    /* The CISO */
    { "the CISO in the thread, signed", CISO, ALICE, "Re: x", ACK1, NULL, "Dag", 0, SIGNED,
        CISO_KEY, "", KIND_CISO, CASE1, false, false, true, "" },
    { "the CISO by the tag, signed", CISO, ALICE, CASE2, NULL, NULL, "Dag", 0, SIGNED, CISO_KEY, "",
        KIND_CISO, CASE2, false, false, true, "" },
    { "the CISO, not signed", CISO, ALICE, "Re: x", ACK1, NULL, "Dag", 0, 0, "", "", KIND_CISO,
        CASE1, false, false, false, "" },
    { "the CISO, signed by another key", CISO, ALICE, "Re: x", ACK1, NULL, "Dag", 0, SIGNED,
        OTHER_KEY, "", KIND_CISO, CASE1, false, false, false, "" },
    { "the CISO, signed in part", CISO, ALICE, "Re: x", ACK1, NULL, "Dag", 0, SIGNED | PARTLY,
        CISO_KEY, "", KIND_CISO, CASE1, false, false, false, "" },
    { "the CISO's key from another address", "jan@home.example", ALICE, "Re: x", ACK1, NULL, "Dag",
        0, SIGNED | MISMATCH, CISO_KEY, "", KIND_CISO, CASE1, false, false, true, "" },
    { "the CISO in no case opens none", CISO, MAILBOX, "Vraag", NULL, NULL, hole, 0, SIGNED,
        CISO_KEY, "", KIND_CISO, "", false, false, true, "" },
    { "in the CISO's name, in no case", CISO, MAILBOX, "Vraag", NULL, NULL, hole, 0, 0, "", "",
        KIND_CISO, "", false, false, false, "" },
    { "the CISO's out of office", CISO, MAILBOX, "Afwezig", ACK1, NULL, away, FLAG_AUTO, 0, "", "",
        KIND_AUTO_REPLY, CASE1, false, false, false, "" },
    /* The IBD */
    { "the IBD in the thread, signed", IBD, MAILBOX, "Re: x", ACK2, NULL, "Dank", 0, SIGNED,
        IBD_KEY, "", KIND_IBD, CASE2, false, false, true, "" },
    { "the IBD in the thread, not signed", IBD, MAILBOX, "Re: x", ACK2, NULL, "Dank", 0, 0, "", "",
        KIND_IBD, CASE2, false, false, false, "" },
    { "the IBD reports a hole itself", IBD, MAILBOX, "Lek", NULL, NULL, hole, 0, SIGNED, IBD_KEY,
        "", KIND_REPORT, "", true, false, false, "" },
    { "the IBD's ticket system", IBD, MAILBOX, "Ontvangen: " CASE2, NULL, NULL, "Dank u", FLAG_AUTO,
        0, "", "", KIND_AUTO_REPLY, CASE2, false, false, false, "" },
    { "the IBD's ticket system, encrypted", IBD, MAILBOX, "Re: x", ACK2, NULL, "Dank u", FLAG_AUTO,
        ENCRYPTED, "", "", KIND_AUTO_REPLY, CASE2, false, false, false, "" },
};

static void set_one(struct texts *texts, struct arena *arena, const char *text)
{
    if (text)
        texts_add(texts, arena, text);
}

static void make(size_t i, struct arena *arena, struct message *message)
{
    unsigned how = rows[i].how;

    *message = (struct message) { .parse = how & BROKEN ? PARSE_BROKEN : PARSE_OK,
        .crypt = how & ENCRYPTED ? CRYPT_ENC : CRYPT_NONE,
        .signature = how & MISMATCH ? SIGNATURE_MISMATCH
            : how & SIGNED          ? SIGNATURE_GOOD
                                    : SIGNATURE_NONE,
        .signature_scope = how & PARTLY ? SCOPE_PART : SCOPE_ALL,
        .signer = rows[i].signer,
        .from_name = "",
        .subject = rows[i].subject,
        .message_id = "m@x.example",
        .return_path = how & NULL_SENDER ? "" : NULL,
        .text = rows[i].text,
        .flags = rows[i].flags };
    set_one(&message->from, arena, rows[i].from);
    set_one(&message->to, arena, rows[i].to);
    set_one(&message->in_reply_to, arena, rows[i].reply_to_id);
    set_one(&message->reports_on, arena, rows[i].reports_on);
}

/* As the store would answer. */
static struct belongs_known known_of(size_t i, const struct message *message, struct arena *arena)
{
    struct belongs_known known = {
        .threads = threads, .thread_count = COUNT(threads), .same_content = rows[i].same_content
    };
    struct texts tags = belongs_tags(message->subject, house.prefix, arena);

    if (span_equal_nocase(span_of(message->from.at[0]), span_of(ALICE)))
        texts_add(&known.cases_of_sender, arena, CASE1);
    if (span_equal_nocase(span_of(message->from.at[0]), span_of(BOB)))
        texts_add(&known.cases_of_sender, arena, CASE2);
    if (strcmp(message->signer, ALICE_KEY) == 0)
        texts_add(&known.cases_of_signer, arena, CASE1);
    for (size_t k = 0; k < tags.count; k++)
        if (strcmp(tags.at[k], CASE1) == 0 || strcmp(tags.at[k], CASE2) == 0)
            texts_add(&known.numbers, arena, tags.at[k]);
    return known;
}

static void decides(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct message message;
        struct belongs_known known;
        struct belongs got;

        make(i, arena, &message);
        known = known_of(i, &message, arena);
        got = belongs_decide(&message, &house, &known, arena);
        row_text(rows[i].label, case_kind_word(got.kind), case_kind_word(rows[i].kind));
        row_text(rows[i].label, got.number, rows[i].number);
        row_number(rows[i].label, got.opens, rows[i].opens);
        row_number(rows[i].label, got.answers, rows[i].answers);
        row_number(rows[i].label, got.proved, rows[i].proved);
        row_text(rows[i].label, got.apart_from, rows[i].apart_from);
        assert_true(*got.why);
        if (got.opens)
            row_text(rows[i].label, got.number, "");
    }
    arena_free(&arena);
}

static void knows_its_own_letters(void **state)
{
    struct arena *arena = arena_new();
    struct belongs_known known
        = { .threads = threads, .thread_count = COUNT(threads), .same_content = "" };
    struct message message;
    struct belongs got;

    (void)state;
    make(0, arena, &message);
    message.message_id = ACK1;
    got = belongs_decide(&message, &house, &known, arena);
    row_text("our Message-ID, another sender", case_kind_word(got.kind), "report");
    message.from.count = 0;
    texts_add(&message.from, arena, MAILBOX);
    got = belongs_decide(&message, &house, &known, arena);
    row_text("a letter of ours", case_kind_word(got.kind), "own");
    row_text("its case", got.number, CASE1);
    arena_free(&arena);
}

static void knows_where_the_ciso_writes_to(void **state)
{
    static const struct {
        const char *label, *to;
        enum case_direction want;
    } directions[] = {
        { "to the researcher", ALICE, DIRECTION_OUT },
        { "to the mailbox", MAILBOX, DIRECTION_IN },
        { "to herself", CISO, DIRECTION_IN },
        { "to the IBD", IBD, DIRECTION_IN },
    };
    struct arena *arena = arena_new();
    struct belongs_known known
        = { .threads = threads, .thread_count = COUNT(threads), .same_content = "" };

    (void)state;
    for (size_t i = 0; i < COUNT(directions); i++) {
        struct message message;

        make(0, arena, &message);
        message.from.count = message.to.count = 0;
        texts_add(&message.from, arena, CISO);
        texts_add(&message.to, arena, directions[i].to);
        row_number(directions[i].label, belongs_decide(&message, &house, &known, arena).direction,
            directions[i].want);
    }
    arena_free(&arena);
}

static void finds_tags(void **state)
{
    static const struct {
        const char *text, *want;
    } tags[] = {
        { "Re: [ZBR-2026-0001] lek", "ZBR-2026-0001" },
        { "zbr-2026-0001", "ZBR-2026-0001" },
        { "XZBR-2026-0001", "" },
        { "ZBR-2026-0001x", "" },
        { "ZBR-2026-001", "" },
        { "ZBR-ZBR-2026-0001", "" },
        { "HKB-2026-0001", "" },
        { "ZBR-2026-0001, zbr-2026-0001", "ZBR-2026-0001" },
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(tags); i++) {
        struct texts got = belongs_tags(tags[i].text, "ZBR", arena);

        row_number(tags[i].text, (int)got.count, *tags[i].want ? 1 : 0);
        if (got.count)
            row_text(tags[i].text, got.at[0], tags[i].want);
    }
    arena_free(&arena);
}

static void knows_keys_again(void **state)
{
    static const struct {
        const char *label, *signer;
        enum signature signature;
        const char *known, *how; /* key of the case */
        enum continuity want;
    } keys[] = {
        { "not signed", "", SIGNATURE_NONE, ALICE_KEY, "signed", CONTINUITY_NONE },
        { "does not verify", ALICE_KEY, SIGNATURE_BAD, ALICE_KEY, "signed", CONTINUITY_NONE },
        { "first", ALICE_KEY, SIGNATURE_GOOD, NULL, NULL, CONTINUITY_FIRST },
        { "the same", ALICE_KEY, SIGNATURE_GOOD, ALICE_KEY, "signed", CONTINUITY_SAME },
        { "small letters", "a11ce0000000000000000000000000000000a11c", SIGNATURE_GOOD, ALICE_KEY,
            "signed", CONTINUITY_SAME },
        { "another", OTHER_KEY, SIGNATURE_GOOD, ALICE_KEY, "signed", CONTINUITY_CHANGED },
        { "came along unsigned before: still the first", ALICE_KEY, SIGNATURE_GOOD, ALICE_KEY,
            "attached", CONTINUITY_FIRST },
        { "pinned", CISO_KEY, SIGNATURE_GOOD, ALICE_KEY, "signed", CONTINUITY_PINNED },
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct message message = { .signature = keys[i].signature, .signer = keys[i].signer };
        struct case_file file;

        case_empty(&file);
        if (keys[i].known) {
            struct case_key *key = case_add_key(&file, arena);

            key->fingerprint = keys[i].known;
            key->how = keys[i].how;
        }
        row_number(keys[i].label, belongs_continuity(&message, &house, &file), keys[i].want);
    }
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides),
        cmocka_unit_test(knows_its_own_letters),
        cmocka_unit_test(knows_where_the_ciso_writes_to),
        cmocka_unit_test(finds_tags),
        cmocka_unit_test(knows_keys_again),
    };

    return cmocka_run_group_tests_name("belongs", tests, NULL, NULL);
}
