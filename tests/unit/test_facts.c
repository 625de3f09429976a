#include "cases/facts.h"

#include "base/buf.h"
#include "cases/missing.h"
#include "lib/rows.h"

static const char *joined(const struct texts *texts, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < texts->count; i++) {
        buf_text(&buf, i ? " " : "");
        buf_text(&buf, texts->at[i]);
    }
    return buf_string(&buf);
}

static const struct {
    const char *label, *text, *urls, *hosts, *cves, *cwes, *weakness;
} rows[] = {
    { "nothing", "Beste lezer, groet.", "", "", "", "", "" },
    { "a URL", "Zie https://Portaal.Example.nl/zaak/Open.", "https://portaal.example.nl/zaak/Open",
        "portaal.example.nl", "", "", "" },
    { "query values are a person's", "https://a.nl/x?bsn=111222333&q=jan&leeg#jan",
        "https://a.nl/x?bsn=&q=", "a.nl", "", "", "" },
    { "a user part", "http://jan:geheim@a.nl:8443/x", "http://a.nl:8443/x", "a.nl", "", "", "" },
    { "two @ in it", "http://a@b@c.nl/", "http://c.nl/", "c.nl", "", "", "" },
    { "a query without a path", "https://a.nl?x=1", "https://a.nl?x=", "a.nl", "", "", "" },
    { "in brackets", "(https://a.nl/x) <https://b.nl/y>", "https://a.nl/x https://b.nl/y",
        "a.nl b.nl", "", "", "" },
    { "the same twice", "https://a.nl/x https://a.nl/x", "https://a.nl/x", "a.nl", "", "", "" },
    { "a bare host", "op www.voorbeeld.nl staat", "", "www.voorbeeld.nl", "", "", "" },
    { "an address is no host", "mail aan jan@voorbeeld.nl", "", "", "", "", "" },
    { "a file is no host", "in index.php en a.md", "", "", "", "", "" },
    { "an IPv4 address", "poort 22 van 192.0.2.7 open", "", "192.0.2.7", "", "", "" },
    { "a version is no address", "versie 1.2.3 en 1.2.3.4.5", "", "", "", "", "" },
    { "numbers", "cve-2026-12345, CVE-2026-123, CWE-79 en cwe-89", "", "", "CVE-2026-12345",
        "CWE-79 CWE-89", "" },
    { "an unfinished number", "CVE-2026", "", "", "", "", "" },
    { "the first weakness", "een SQL-injectie en later XSS", "", "", "", "", "sql injection" },
    { "a word in a word is none", "force en resource", "", "", "", "", "" },
    { "short words", "RCE!", "", "", "", "", "remote code execution" },
    { "a scheme alone", "https:// en http://", "", "", "", "", "" },
    { "hyphens and dots", "-a.nl a-.nl a..nl .nl a.nl-", "", "a.nl", "", "", "" },
};

static void finds_facts(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct case_facts facts;

        facts_find(span_of(rows[i].text), arena, &facts);
        row_text(rows[i].label, joined(&facts.urls, arena), rows[i].urls);
        row_text(rows[i].label, joined(&facts.hosts, arena), rows[i].hosts);
        row_text(rows[i].label, joined(&facts.cves, arena), rows[i].cves);
        row_text(rows[i].label, joined(&facts.cwes, arena), rows[i].cwes);
        row_text(rows[i].label, facts.weakness, rows[i].weakness);
    }
    arena_free(&arena);
}

static const struct {
    const char *label, *text, *missing;
    bool report;
} reports[] = {
    { "all there", "XSS op https://a.nl/zoek. Stappen: ga naar de pagina en vul <script> in.", "",
        true },
    { "no steps", "Er zit een kwetsbaarheid in https://a.nl/zoek, groet", "steps", true },
    { "no URL", "De website heeft een SQL injection.\n1. log in\n2. typ een quote", "url", true },
    { "nothing", "Jullie beveiliging is slecht.", "application url steps", false },
    { "English, all there",
        "The login page at portal.example.nl is vulnerable. Steps to reproduce: visit it.", "",
        true },
    { "an advertisement", "Buy cheap shoes at https://shoes.example", "steps", false },
    { "out of office", "Ik ben afwezig tot maandag. Bel 053 1234567.", "application url steps",
        false },
    { "a CVE alone", "CVE-2026-12345 geldt voor jullie", "url steps", true },
    { "empty", "", "application url steps", false },
};

static void knows_what_is_missing(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(reports); i++) {
        struct span text = span_of(reports[i].text);
        struct case_facts facts;
        struct texts missing;

        facts_find(text, arena, &facts);
        missing = missing_items(text, &facts, arena);
        row_text(reports[i].label, joined(&missing, arena), reports[i].missing);
        row_number(reports[i].label, missing_looks_like_report(text, &facts), reports[i].report);
        for (size_t k = 0; k < missing.count; k++)
            assert_true(*missing_name(missing.at[k], "nl") && *missing_name(missing.at[k], "en"));
    }
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_facts),
        cmocka_unit_test(knows_what_is_missing),
    };

    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
