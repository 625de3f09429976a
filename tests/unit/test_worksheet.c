#include "cases/worksheet.h"

#include "base/buf.h"
#include "lib/rows.h"

enum { NOW = 1795536685, HOUR = 3600 };

static const struct calendar law = { 0 };

static void fill(struct case_file *file, struct arena *arena)
{
    struct case_message *message;

    case_empty(file);
    file->number = "ZBR-2026-0012";
    file->name = "Alice Ontdekker";
    file->address = "alice@finder.example";
    file->received_at = NOW - 24 * HOUR;
    file->first_read_at = NOW - 20 * HOUR;
    file->facts.weakness = "sql injection";
    file->severity = "high/high";
    texts_add(&file->facts.urls, arena, "https://loket.zbr.example/zoek?naam=");
    texts_add(&file->facts.urls, arena, "https://blog.alice.example/poc");
    texts_add(&file->facts.hosts, arena, "loket.zbr.example");
    texts_add(&file->facts.hosts, arena, "blog.alice.example");
    texts_add(&file->facts.hosts, arena, "notzbr.example");
    message = case_add_message(file, arena);
    message->redacted = "Ik ben student in Delft en vond dit.";
    message->from = file->address;
    case_add_note(file, arena)->text = "Alice belde";
    file->summary = "Ik ben student in Delft en vond dit.";
    clock_start(
        &file->clocks[CLOCK_AP_72H], CLOCK_AP_72H, &clock_terms_default, &law, file->received_at);
}

static const char *sheet(struct case_file *file, struct arena *arena)
{
    struct texts office = { 0 }, domains = { 0 };
    const struct worksheet_house house = { "gemeente Zuiderbroek", "CISO", "(053) 000 00 00",
        &office, &domains };

    texts_add(&office, arena, "Plein 1");
    texts_add(&domains, arena, "zbr.example");
    return worksheet_text(file, &house, NOW, arena);
}

static const struct {
    const char *label, *text;
    bool there;
} rows[] = {
    { "number", "Zaak ZBR-2026-0012", true },
    { "municipality", "gemeente Zuiderbroek", true },
    { "received", "maandag 23 november 2026 om 17:11", true },
    { "the last moment", "donderdag 26 november 2026 om 17:11 (nog 2 dagen)", true },
    { "undecided", "Nog niet beslist", true },
    { "first read", "voor het eerst gelezen     maandag 23 november 2026 om 21:11", true },
    { "not confirmed", "kwetsbaarheid bevestigd    nog niet", true },
    { "the URL of the municipality", "https://loket.zbr.example/zoek?naam=", true },
    { "weakness", "sql injection", true },
    { "the order of the form", "1. Contact", true },
    { "its end", "8. Vervolg", true },
    { "register",
        "\nZBR-2026-0012;2026-11-23 17:11 CET;onbeslist;;\"sql injection\";"
        "\"loket.zbr.example\";\"\";\"\";;\n",
        true },
    { "no reason for being late yet", "Reden van melding na 72 uur", false },
    { "no name", "Alice", false },
    { "no address", "finder", false },
    { "no host of the researcher", "alice", false },
    { "no host that only ends alike", "notzbr", false },
    { "no text of the researcher", "student", false },
    { "no summary", "Delft", false },
    { "no notes", "belde", false },
};

static void knows_the_case_and_nobody(void **state)
{
    struct arena *arena = arena_new();
    struct case_file file;
    const char *text;

    (void)state;
    fill(&file, arena);
    text = sheet(&file, arena);
    for (size_t i = 0; i < COUNT(rows); i++)
        if ((strstr(text, rows[i].text) != NULL) != rows[i].there)
            fail_msg("%s: \"%s\" is %s in:\n%s", rows[i].label, rows[i].text,
                rows[i].there ? "not" : "", text);
    arena_free(&arena);
}

static void tells_decisions(void **state)
{
    struct arena *arena = arena_new();
    struct case_file file;

    (void)state;
    fill(&file, arena);
    file.received_at = NOW - 80 * HOUR;
    file.breach = BREACH_YES;
    file.breach_at = NOW - HOUR;
    assert_non_null(strstr(sheet(&file, arena), "dit is een datalek"));
    assert_non_null(strstr(sheet(&file, arena), "Reden van melding na 72 uur"));
    assert_non_null(strstr(sheet(&file, arena), "+72 uur: 8 uur te laat"));
    clock_stop(&file.clocks[CLOCK_AP_72H], NOW, "reported to the AP");
    case_add_disclosure(&file, arena)->ground = "ap";
    file.disclosures.at[0].at = NOW;
    assert_non_null(strstr(sheet(&file, arena), "gemeld bij de AP"));
    assert_non_null(strstr(sheet(&file, arena), ";ja;2026-11-24 16:11 CET;"));
    assert_non_null(strstr(sheet(&file, arena), ";2026-11-24 17:11 CET\n"));
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_case_and_nobody),
        cmocka_unit_test(tells_decisions),
    };

    return cmocka_run_group_tests_name("worksheet", tests, NULL, NULL);
}
