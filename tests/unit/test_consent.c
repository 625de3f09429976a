#include "cases/consent.h"

#include "lib/rows.h"

static const struct {
    const char *label, *text;
    bool given[CONSENT_KINDS], offered[CONSENT_KINDS]; /* after, of credit given before */
    int taken;
} rows[] = {
    { "nothing said", "Hallo, ik vond een lek.", { 0, 0, 1 }, { 0 }, 0 },
    { "yes is only offered", "consent name yes", { 0, 0, 1 }, { 1 }, 1 },
    { "in Dutch, with a colon and a full stop", "Toestemming contact: ja.", { 0, 0, 1 }, { 0, 1 },
        1 },
    { "no holds at once", "toestemming vermelding nee", { 0 }, { 0 }, 1 },
    { "yes to what was given", "consent credit yes", { 0, 0, 1 }, { 0 }, 1 },
    { "several lines", "Hi\nconsent name yes\r\n  consent contact no\nbye", { 0, 0, 1 }, { 1 }, 2 },
    { "quoted lines are no answer", "> consent name yes\n> consent credit no", { 0, 0, 1 }, { 0 },
        0 },
    { "our examples sent back", "consent credit yes\nconsent credit no", { 0, 0, 1 }, { 0 }, 0 },
    { "inside a sentence", "I consent name yes", { 0, 0, 1 }, { 0 }, 0 },
    { "something behind it", "consent name yes if you ask", { 0, 0, 1 }, { 0 }, 0 },
    { "no such kind", "consent everything yes", { 0, 0, 1 }, { 0 }, 0 },
    { "no answer", "consent name", { 0, 0, 1 }, { 0 }, 0 },
};

static void takes_answers(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct case_file file;

        case_empty(&file);
        file.consents[CONSENT_CREDIT].given = true;
        row_number(rows[i].label,
            (int)consent_take(&file, span_of(rows[i].text), 2, true, 1795536685, arena),
            rows[i].taken);
        for (int k = 0; k < CONSENT_KINDS; k++) {
            row_number(rows[i].label, file.consents[k].given, rows[i].given[k]);
            row_number(rows[i].label, file.consents[k].offered, rows[i].offered[k]);
        }
    }
    arena_free(&arena);
}

/* What our letters show is what we understand. */
static void understands_its_own_lines(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (int kind = 0; kind < CONSENT_KINDS; kind++)
        for (int language = 0; language < 2; language++) {
            const char *line = consent_line((enum consent_kind)kind, true, language ? "en" : "nl");
            struct case_file file;

            case_empty(&file);
            row_number(line, (int)consent_take(&file, span_of(line), 1, false, 1, arena), 1);
            row_number(line, file.consents[kind].offered, true);
            line = consent_line((enum consent_kind)kind, false, language ? "en" : "nl");
            file.consents[kind].given = true;
            row_number(line, (int)consent_take(&file, span_of(line), 1, false, 1, arena), 1);
            row_number(line, file.consents[kind].given, false);
        }
    arena_free(&arena);
}

static void names_only_with_consent(void **state)
{
    struct case_file file;

    (void)state;
    case_empty(&file);
    file.name = "A. Finder";
    assert_null(consent_credit(&file));
    file.consents[CONSENT_CREDIT].offered = true;
    assert_null(consent_credit(&file));
    file.consents[CONSENT_NAME_IBD].given = true;
    assert_null(consent_credit(&file));
    file.consents[CONSENT_CREDIT].given = true;
    row_text("the sender's name", consent_credit(&file), "A. Finder");
    file.credit_name = "finder42";
    row_text("the name asked for", consent_credit(&file), "finder42");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_answers),
        cmocka_unit_test(understands_its_own_lines),
        cmocka_unit_test(names_only_with_consent),
    };

    return cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
