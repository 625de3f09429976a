#include "cases/case.h"

#include <stdlib.h>

#include "cases/record.h"
#include "lib/rows.h"

struct world {
    struct arena *arena;
};

static int begin(void **state)
{
    static struct world world;

    world.arena = arena_new();
    *state = &world;
    return 0;
}

static int end(void **state)
{
    arena_free(&((struct world *)*state)->arena);
    return 0;
}

static void fill(struct case_file *file, struct arena *arena)
{
    struct case_message *message;
    struct case_attachment *attachment;

    case_empty(file);
    file->number = "ZBR-2026-0012";
    file->state = CASE_CONFIRMED;
    file->language = "en";
    file->address = "finder@example.org";
    file->name = "Finder \"the\" Ünïcode\n\\";
    file->received_at = 1795536685;
    file->breach = BREACH_NO;
    file->ibd = IBD_HELD;
    texts_add(&file->ibd_reasons, arena, "a picture was withheld");
    texts_add(&file->thread, arena, "a@b");
    texts_add(&file->thread, arena, "c@d");
    clock_start(&file->clocks[CLOCK_AP_72H], CLOCK_AP_72H, &clock_terms_default,
        &(struct calendar) { 0 }, 1795536685);
    file->clocks[CLOCK_AP_72H].told = CLOCK_OVER;
    file->consents[CONSENT_CREDIT].given = true;
    file->consents[CONSENT_CREDIT].how = "telephone";
    case_add_key(file, arena)->fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567";
    message = case_add_message(file, arena);
    message->kind = KIND_REPORT;
    message->signature = SIGNATURE_GOOD;
    message->continuity = CONTINUITY_SAME;
    message->flags = 1U << 12;
    message->redacted = "mail [PERSOON-1]";
    attachment = case_add_attachment(message, arena);
    attachment->size_bytes = 5000000000;
    attachment = case_add_attachment(message, arena);
    attachment->withheld = "picture";
    message = case_add_message(file, arena);
    message->kind = KIND_BOUNCE;
    message->parse = PARSE_BROKEN;
    case_add_letter(file, arena)->to = PARTY_IBD;
    case_add_disclosure(file, arena)->ground = "ap";
    case_add_decision(file, arena)->to = CASE_ERASED;
    case_add_note(file, arena)->text = "called";
    texts_add(&file->facts.cves, arena, "CVE-2026-12345");
}

static void goes_there_and_back(void **state)
{
    const struct world *world = *state;
    struct case_file file, back;
    struct span json, again;
    struct err err = { 0 };

    fill(&file, world->arena);
    assert_true(case_to_json(&file, world->arena, &json, &err));
    if (!case_from_json(json, world->arena, &back, &err))
        fail_msg("%s", err.text);
    assert_true(case_to_json(&back, world->arena, &again, &err));
    row_text("the same record", again.at, json.at);
    row_text("name", back.name, file.name);
    row_number("state", back.state, CASE_CONFIRMED);
    row_number("clock", back.clocks[CLOCK_AP_72H].due_at, 1795536685 + 72 * 3600);
    row_number("told", back.clocks[CLOCK_AP_72H].told, CLOCK_OVER);
    row_number("amount", back.clocks[CLOCK_AP_72H].amount, 72);
    row_number("messages", (int)back.messages.count, 2);
    row_number("attachments", (int)back.messages.at[0].attachments.count, 2);
    row_number("size", back.messages.at[0].attachments.at[0].size_bytes, 5000000000);
    row_text("withheld", back.messages.at[0].attachments.at[1].withheld, "picture");
    row_number("signature", back.messages.at[0].signature, SIGNATURE_GOOD);
    row_number("flags", back.messages.at[0].flags, 1U << 12);
    row_text("thread", back.thread.at[1], "c@d");
    row_text("consent", back.consents[CONSENT_CREDIT].how, "telephone");
    row_number("severity", back.severity_tenths, -1);
    row_text("the report", case_report(&back)->redacted, "mail [PERSOON-1]");
}

/* The record of a filled case with one thing put in the place of another. */
static const struct {
    const char *label, *from, *to, *want;
} wrong[] = {
    { "newer schema", "{\"schema\":3,", "{\"schema\":4,", "newer version" },
    { "no schema", "{\"schema\":3,", "{\"scheme\":3,", "no schema" },
    { "missing field", "\"language\":\"en\",", "", "field language: missing" },
    { "unknown field", "\"language\":\"en\",", "\"language\":\"en\",\"lang\":\"en\",",
        "not known" },
    { "field twice", "\"language\":\"en\",", "\"language\":\"en\",\"language\":\"nl\",",
        "not JSON" },
    { "wrong type", "\"language\":\"en\",", "\"language\":1,", "field language: not a text" },
    { "unknown word", "\"state\":\"confirmed\"", "\"state\":\"conformed\"", "field state: a word" },
    { "number as text", "\"severity_tenths\":-1", "\"severity_tenths\":\"-1\"",
        "field severity_tenths: not a number" },
    { "number too large", "\"severity_tenths\":-1", "\"severity_tenths\":3000000000",
        "field severity_tenths: not a number" },
    { "truth as number", "\"ibd_stale\":false", "\"ibd_stale\":0", "field ibd_stale: not true" },
    { "unknown clock", "\"ap_72h\":", "\"ap_48h\":", "no object" },
    { "list as text", "\"thread\":[\"a@b\",\"c@d\"]", "\"thread\":\"a@b\"",
        "field thread: not a list" },
    { "NUL in a text", "\"a@b\"", "\"a\\u0000b\"", "not JSON" },
};

static void refuses_other_records(void **state)
{
    const struct world *world = *state;
    struct case_file file, back;
    struct span json;
    struct err err = { 0 };

    fill(&file, world->arena);
    assert_true(case_to_json(&file, world->arena, &json, &err));
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const char *at = strstr(json.at, wrong[i].from);
        const char *text;

        if (!at)
            fail_msg("%s: not found in the record", wrong[i].label);
        text = arena_printf(world->arena, "%.*s%s%s", (int)(at - json.at), json.at, wrong[i].to,
            at + strlen(wrong[i].from));
        err = (struct err) { 0 };
        if (case_from_json(span_of(text), world->arena, &back, &err)
            || !strstr(err.text, wrong[i].want))
            fail_msg("%s: got \"%s\", want \"%s\"", wrong[i].label, err.text, wrong[i].want);
        row_number(wrong[i].label, err_exit_code(&err), 65);
    }
    assert_false(case_from_json(span_part(json, 0, json.len / 2), world->arena, &back, &err));
}

static void refuses_text_that_is_not_utf8(void **state)
{
    const struct world *world = *state;
    struct case_file file;
    struct span json;
    struct err err = { 0 };

    fill(&file, world->arena);
    file.letters.at[0].why_bounced = "\xff";
    assert_false(case_to_json(&file, world->arena, &json, &err));
    row_text("says which", err.text, "case: record: field why_bounced: not UTF-8");
}

static const struct {
    const char *text;
    bool want;
} numbers[] = {
    { "ZBR-2026-0012", true },
    { "HKB-2026-12345", true },
    { "ABCDEFGH-2026-0001", true },
    { "AB-2026-0001", true },
    { "A-2026-0001", false },
    { "ABCDEFGHI-2026-0001", false },
    { "ZBR-2026-001", false },
    { "ZBR-226-0012", false },
    { "zbr-2026-0012", false },
    { "ZBR-2026-0012 ", false },
    { "ZBR-2026-0012x", false },
    { "ZBR_2026_0012", false },
    { "ZBR-2026-00120000000000000000000000", false },
    { "", false },
    { "ZBR", false },
};

static void knows_case_numbers(void **state)
{
    char number[CASE_NUMBER];

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++)
        row_number(numbers[i].text, case_number_valid(span_of(numbers[i].text)), numbers[i].want);
    case_number_make("ZBR", 2026, 12, number);
    row_text("made", number, "ZBR-2026-0012");
    case_number_make("ZBR", 2026, 123456, number);
    row_text("more than four digits", number, "ZBR-2026-123456");
}

static void names_everything(void **state)
{
    (void)state;
    for (int i = 0; i < CASE_STATES; i++) {
        enum case_state back = CASE_STATES;

        assert_true(case_state_of(case_state_word((enum case_state)i), &back));
        row_number(case_state_word((enum case_state)i), back, i);
        assert_true(*case_state_name((enum case_state)i, "nl"));
        assert_true(*case_state_name((enum case_state)i, "en"));
        row_number("open", case_is_open((enum case_state)i), i < CASE_CLOSED);
    }
    for (int i = 0; i < CASE_KINDS; i++)
        assert_true(*case_kind_word((enum case_kind)i) && *case_kind_name((enum case_kind)i, "nl"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_there_and_back),
        cmocka_unit_test(refuses_other_records),
        cmocka_unit_test(refuses_text_that_is_not_utf8),
        cmocka_unit_test(knows_case_numbers),
        cmocka_unit_test(names_everything),
    };

    return cmocka_run_group_tests_name("case", tests, begin, end);
}
