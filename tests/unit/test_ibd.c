#include "base/buf.h"
#include "base/file.h"
#include "ibd/ibd.h"
#include "lib/rows.h"
#include "message/message.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define NOW 1795532400
#define RECEIPT(doubtful)                                                                          \
    "{\"version\":\"1\",\"certainty\":0.91,\"doubtful\":" doubtful                                 \
    ",\"counts\":{\"PERSON\":2,\"EMAIL\":1}}"
#define REPORT "Kwetsbaarheid: SQL-injectie op https://a.example/zoek. Stappen: 1. open 2. typ '"

static const char *domains[] = { "zandmeer.example" };
static const char *office_lines[] = { "Raadhuisplein 1" };

static struct settings house(void)
{
    return (struct settings) { .municipality = "gemeente Zandmeer",
        .ciso_title = "CISO",
        .address = "meldingen@zandmeer.example",
        .telephone = "",
        .website = "",
        .letters = "",
        .office = { office_lines, 1 },
        .own_domains = { domains, 1 } };
}

/* One report, as good as it gets; the rows spoil it. */
static struct case_message *report(struct case_file *file, struct arena *arena)
{
    struct case_message *message;

    case_empty(file);
    file->number = "ZDM-2026-0001";
    file->received_at = NOW;
    file->name = "Jan de Vries";
    file->address = "jan@melder.example";
    file->facts.weakness = "sql injection";
    texts_add(&file->facts.urls, arena, "https://parkeren.zandmeer.example/zoek?straat=");
    texts_add(&file->facts.hosts, arena, "parkeren.zandmeer.example");
    texts_add(&file->facts.cves, arena, "CVE-2024-12345");
    texts_add(&file->facts.cwes, arena, "CWE-89");
    message = case_add_message(file, arena);
    message->kind = KIND_REPORT;
    message->received_at = NOW;
    message->parse = PARSE_OK;
    message->crypt = CRYPT_ENC;
    message->subject = "SQL-injectie";
    message->redacted = REPORT;
    message->receipt = RECEIPT("0");
    message->from_name = "Jan de Vries";
    message->from = "jan@melder.example";
    return message;
}

static void attach(struct case_message *message, struct arena *arena, const char *type)
{
    struct case_attachment *attachment = case_add_attachment(message, arena);

    attachment->name = "[PERSOON-1].png";
    attachment->type = type;
    attachment->size_bytes = 1234;
    attachment->sha256 = "abc123";
    attachment->withheld = "a picture";
}

static const struct {
    const char *label;
    unsigned flags;
    const char *receipt, *redacted, *attachment, *lacks;
    enum parse parse;
    enum crypt crypt;
    enum ibd_mode mode;
    enum ibd_release release;
    const char *want; /* the reasons, each ended by '|'; "" when it goes by itself */
} rows[] = {
    { "a plain report", 0, RECEIPT("0"), REPORT, "", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS,
        RELEASE_AUTO, "" },
    { "not encrypted", 0, RECEIPT("0"), REPORT, "", "", PARSE_OK, CRYPT_NONE, IBD_ALWAYS,
        RELEASE_AUTO, "" },
    { "repaired", FLAG_REPAIRED, RECEIPT("0"), REPORT, "", "", PARSE_ODD, CRYPT_ENC, IBD_ALWAYS,
        RELEASE_AUTO, "" },
    { "mode ask", 0, RECEIPT("0"), REPORT, "", "", PARSE_OK, CRYPT_ENC, IBD_ASK, RELEASE_AUTO,
        "By the settings you decide for each report whether the IBD gets it.|" },
    { "release ask", 0, RECEIPT("0"), REPORT, "", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS, RELEASE_ASK,
        "By the settings you look at each copy first.|" },
    { "a doubtful decision", 0, RECEIPT("1"), REPORT, "", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS,
        RELEASE_AUTO, "Something was doubtful in taking out personal data.|" },
    { "no receipt", 0, "", REPORT, "", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS, RELEASE_AUTO,
        "It is not known of a message what was left out.|" },
    { "a receipt that says too little", 0, "{\"version\":\"1\",\"counts\":{}}", REPORT, "", "",
        PARSE_OK, CRYPT_ENC, IBD_ALWAYS, RELEASE_AUTO,
        "It is not known of a message what was left out.|" },
    { "spam", FLAG_SPAM, RECEIPT("0"), REPORT, "", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS,
        RELEASE_AUTO, "The message was marked as spam on the way.|" },
    { "list and bulk are one reason", FLAG_LIST | FLAG_BULK, RECEIPT("0"), REPORT, "", "", PARSE_OK,
        CRYPT_ENC, IBD_ALWAYS, RELEASE_AUTO,
        "The message came over a mailing list or as bulk mail.|" },
    { "truncated", FLAG_TRUNCATED, RECEIPT("0"), REPORT, "", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS,
        RELEASE_AUTO, "The message was too large to be read whole.|" },
    { "hidden part", FLAG_MALFORMED, RECEIPT("0"), REPORT, "", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS,
        RELEASE_AUTO, "An attachment that cannot be read may hide in the message.|" },
    { "a part is sealed for others", 0, RECEIPT("0"), REPORT, "", "", PARSE_OK, CRYPT_NOKEY,
        IBD_ALWAYS, RELEASE_AUTO, "A part of the message could not be decrypted or read.|" },
    { "no text", 0, RECEIPT("0"), "", "", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS, RELEASE_AUTO,
        "There is no text to share.|" },
    { "a screenshot beside a whole report", 0, RECEIPT("0"), REPORT, "image/png", "", PARSE_OK,
        CRYPT_ENC, IBD_ALWAYS, RELEASE_AUTO, "" },
    { "a screenshot in place of the steps", 0, RECEIPT("0"), REPORT, "image/png", "steps", PARSE_OK,
        CRYPT_ENC, IBD_ALWAYS, RELEASE_AUTO,
        "An attachment that could matter was withheld: a computer cannot check it.|" },
    { "a document", 0, RECEIPT("0"), REPORT, "application/pdf", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS,
        RELEASE_AUTO,
        "An attachment that could matter was withheld: a computer cannot check it.|" },
    { "a key", 0, RECEIPT("0"), REPORT, "application/pgp-keys", "", PARSE_OK, CRYPT_ENC, IBD_ALWAYS,
        RELEASE_AUTO, "" },
};

static void goes_by_itself_only_when_nothing_is_in_doubt(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct buf got = { .arena = arena };
        struct case_file file;
        struct case_message *message = report(&file, arena);
        struct ibd_verdict verdict;

        message->flags = rows[i].flags;
        message->receipt = rows[i].receipt;
        message->redacted = rows[i].redacted;
        message->parse = rows[i].parse;
        message->crypt = rows[i].crypt;
        if (rows[i].attachment[0])
            attach(message, arena, rows[i].attachment);
        if (rows[i].lacks[0])
            texts_add(&file.missing, arena, rows[i].lacks);
        verdict = ibd_decide(&file, rows[i].mode, rows[i].release, "en", arena);
        for (size_t j = 0; j < verdict.reasons.count; j++)
            buf_printf(&got, "%s|", verdict.reasons.at[j]);
        row_text(rows[i].label, buf_string(&got), rows[i].want);
        row_number(rows[i].label, verdict.goes, rows[i].want[0] == '\0');
    }
}

static void holds_what_is_no_report(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct case_message *message;
    struct ibd_verdict verdict;
    struct case_file file;

    (void)state;
    message = report(&file, arena);
    file.facts = (struct case_facts) { .weakness = "" };
    texts_add(&file.facts.hosts, arena, "www.zandmeer.example");
    texts_add(&file.missing, arena, "steps");
    message->redacted = "Wanneer wordt mijn afval opgehaald?";
    verdict = ibd_decide(&file, IBD_ALWAYS, RELEASE_AUTO, "nl", arena);
    row_number("held", verdict.goes, false);
    row_text(
        "why", verdict.reasons.at[0], "Het bericht lijkt niet op een melding van een zwakke plek.");
}

static bool holds(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void copy_of(struct case_file *file, struct arena *arena, struct outgoing *outgoing)
{
    struct settings settings = house();
    struct letters letters;
    struct err err = { 0 };

    if (!letters_open(&settings, arena, &letters, &err)
        || !ibd_copy(&letters, file, NOW, arena, outgoing, &err))
        fail_msg("%s", err.text);
}

static void names_nobody_without_consent(void **state)
{
    static const struct {
        const char *label;
        bool name, contact;
    } consents[] = { { "none", false, false }, { "name", true, false }, { "contact", false, true },
        { "both", true, true } };

    (void)state;
    for (size_t i = 0; i < COUNT(consents); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct outgoing outgoing;
        struct case_file file;
        const char *facts;

        attach(report(&file, arena), arena, "image/png");
        file.consents[CONSENT_NAME_IBD].given = consents[i].name;
        file.consents[CONSENT_CONTACT_IBD].given = consents[i].contact;
        copy_of(&file, arena, &outgoing);
        facts = arena_text(arena, outgoing.files[0].bytes);
        row_number(consents[i].label, holds(outgoing.text, "Jan de Vries"), consents[i].name);
        row_number(
            consents[i].label, holds(outgoing.text, "jan@melder.example"), consents[i].contact);
        row_number(consents[i].label, holds(facts, "Vries") || holds(facts, "melder.ex"), false);
        row_number("the report", holds(outgoing.text, REPORT), true);
        row_number("what was withheld",
            holds(outgoing.text, "- image/png, 1234 bytes, sha256 abc123"), true);
        row_number("the receipt", holds(outgoing.text, "- namen: 2\n- mailadressen: 1\n"), true);
        row_text("outside", outgoing.outer_subject, "[ZDM-2026-0001] gemeente Zandmeer");
    }
}

static void adds_up_receipts(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct case_message *message;
    struct ibd_receipt all;
    struct case_file file;

    (void)state;
    report(&file, arena)->receipt = "{\"counts\":{\"PERSON\":2,\"IP\":1},\"rules\":{\"score\":3},"
                                    "\"certainty\":0.64,\"doubtful\":1,\"version\":\"3\"}";
    message = case_add_message(&file, arena);
    message->kind = KIND_FOLLOW_UP;
    message->receipt = "{\"counts\":{\"IP\":4},\"certainty\":1,\"doubtful\":0,\"version\":\"3\"}";
    message = case_add_message(&file, arena);
    message->kind = KIND_CISO; /* goes into no copy */
    all = ibd_receipt_of(&file, arena);
    row_number("messages", all.messages, 2);
    row_number("unread", all.unread, 0);
    row_number("types", all.type_count, 2);
    row_number("doubtful", all.doubtful, 1);
    row_number("certainty in percent", all.certainty * 100, 64);
    for (size_t i = 0; i < all.type_count; i++)
        row_number(
            all.types[i].type, all.types[i].count, strcmp(all.types[i].type, "IP") == 0 ? 5 : 2);
}

static void is_an_update_once_the_ibd_has_a_copy(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct case_letter *letter;
    struct outgoing outgoing;
    struct case_file file;

    (void)state;
    report(&file, arena);
    letter = case_add_letter(&file, arena);
    letter->kind = "ibd_copy";
    letter->to = PARTY_IBD;
    letter->queued_at = NOW;
    file.state = CASE_FIXED;
    file.ibd_text = "Tekst van de CISO.";
    copy_of(&file, arena, &outgoing);
    row_text("subject", outgoing.subject, "TLP:AMBER ZDM-2026-0001: aanvulling, stand: opgelost");
    row_number("replaces", holds(outgoing.text, "van dinsdag 24 november 2026."), true);
    row_number("as edited", holds(outgoing.text, "Tekst van de CISO."), true);
    row_number("and nothing else", holds(outgoing.text, REPORT), false);
}

static void release_json(json_t **json)
{
    json_decref(*json);
}

static bool holds_file(const char *path, const char *words)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct err err = { 0 };
    struct span page;

    assert_true(file_read(path, 64 * 1024, arena, &page, &err));
    return span_find(page, span_of(words), 0) != SPAN_NOWHERE;
}

/* The fields that facts.md tells: what stands between backticks in the first column of its table.
 */
static struct texts told_fields(struct arena *arena)
{
    struct texts fields = { 0 };
    struct span page, line;
    struct err err = { 0 };

    assert_true(file_read("src/ibd/facts.md", 64 * 1024, arena, &page, &err));
    while (span_line(&page, &line)) {
        size_t end = span_starts(line, SPAN("| `")) ? span_find_char(line, '|', 1) : 0, at = 0;

        while ((at = span_find_char(span_part(line, 0, end), '`', at)) != SPAN_NOWHERE) {
            size_t to = span_find_char(line, '`', at + 1);

            texts_add(&fields, arena, arena_text(arena, span_part(line, at + 1, to)));
            at = to + 1;
        }
    }
    return fields;
}

/* One that is not told is as bad as one that is missing: the reader at the IBD has that page alone.
 */
static void says_facts_for_a_machine(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    AUTO(release_json) json_t *json = NULL;
    struct texts fields = told_fields(arena);
    struct settings settings = house();
    struct case_file file;
    struct span text;

    (void)state;
    attach(report(&file, arena), arena, "x/y\nevil: z");
    text = ibd_facts(&file, &settings, NOW, arena);
    json = json_loadb(text.at, text.len, 0, NULL);
    assert_non_null(json);
    for (size_t i = 0; i < fields.count; i++)
        row_number(fields.at[i], json_object_get(json, fields.at[i]) != NULL, true);
    row_number("no others", (int)json_object_size(json), (int)fields.count);
    row_number("the version told",
        holds_file(
            "src/ibd/facts.md", arena_printf(arena, "of this table: %d |", IBD_FACTS_VERSION)),
        true);
    row_text(
        "time", json_string_value(json_object_get(json, "written_at")), "2026-11-24T15:00:00Z");
    row_text("an odd type",
        json_string_value(
            json_object_get(json_array_get(json_object_get(json, "withheld"), 0), "type")),
        "application/octet-stream");
    row_number("counts",
        json_integer_value(json_object_get(
            json_object_get(json_object_get(json, "redaction"), "counts"), "PERSON")),
        2);
}

static const struct {
    const char *label, *one, *other;
    bool same;
} places[] = {
    { "host", "https://parkeren.zandmeer.example/zoek", "https://p.elders.example/zoek", true },
    { "our name", "https://saas.example/zandmeer/zoek", "https://saas.example/zandmeer/zoek",
        true },
    { "numbers", "https://a.example/doc/123", "https://b.example/doc/7", true },
    { "capitals", "https://a.example/Zoek", "https://b.example/zoek/", true },
    { "another path", "https://a.example/zoek", "https://a.example/login", false },
};

static void gives_tokens_that_match_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(places); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct settings settings = house();
        struct texts tokens[2];

        for (int side = 0; side < 2; side++) {
            struct case_file file;

            case_empty(&file);
            file.facts.weakness = "xss";
            texts_add(&file.facts.urls, arena, side ? places[i].other : places[i].one);
            tokens[side] = ibd_tokens(&file, &settings, arena);
            row_number(places[i].label, tokens[side].count, 1);
            row_number(places[i].label, strlen(tokens[side].at[0]), 32);
        }
        row_number(places[i].label, strcmp(tokens[0].at[0], tokens[1].at[0]) == 0, places[i].same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_by_itself_only_when_nothing_is_in_doubt),
        cmocka_unit_test(holds_what_is_no_report),
        cmocka_unit_test(names_nobody_without_consent),
        cmocka_unit_test(adds_up_receipts),
        cmocka_unit_test(is_an_update_once_the_ibd_has_a_copy),
        cmocka_unit_test(says_facts_for_a_machine),
        cmocka_unit_test(gives_tokens_that_match_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
