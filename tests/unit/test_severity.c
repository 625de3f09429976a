#include "cases/severity.h"

#include "lib/rows.h"

/* Vectors and base scores as the CVSS 3.1 examples document and the NVD give them. */
static const struct {
    const char *text;
    int tenths; /* -2: refused */
    enum case_level chance, damage;
    const char *kept;
} rows[] = {
    { "high/high", -1, LEVEL_HIGH, LEVEL_HIGH, "high/high" },
    { "Hoog/Laag", -1, LEVEL_HIGH, LEVEL_LOW, "high/low" },
    { "midden/gemiddeld", -1, LEVEL_MEDIUM, LEVEL_MEDIUM, "medium/medium" },
    { "low/medium", -1, LEVEL_LOW, LEVEL_MEDIUM, "low/medium" },
    { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100, 0, 0, NULL },
    { "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 64, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:N", 48, 0, 0, NULL },
    { "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 78, 0, 0, NULL },
    { "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N", 46, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, 0, 0, NULL },
    { "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:H", 74, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H", 91, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 98, 0, 0, NULL },
    { "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", -1, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", -2, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", -2, 0, 0, NULL },
    { "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", -2, 0, 0, NULL },
    { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", -2, 0, 0, NULL },
    { "CVSS:3.1/", -2, 0, 0, NULL },
    { "CVSS:4.0/AV:N", -2, 0, 0, NULL },
    { "CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P", -2, 0, 0, NULL },
    { "AV:N/AC:L/Au:N/C:P/I:P/A:P", -2, 0, 0, NULL },
    { "high", -2, 0, 0, NULL },
    { "high/huge", -2, 0, 0, NULL },
    { "high/high/high", -2, 0, 0, NULL },
    { "", -2, 0, 0, NULL },
};

static void reads_severities(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct severity severity;
        bool good = severity_parse(span_of(rows[i].text), arena, &severity);

        row_number(rows[i].text, good, rows[i].tenths != -2);
        if (!good)
            continue;
        row_number(rows[i].text, severity.tenths, rows[i].tenths);
        row_number(rows[i].text, severity.chance, rows[i].chance);
        row_number(rows[i].text, severity.damage, rows[i].damage);
        row_text(rows[i].text, severity.text, rows[i].kept ? rows[i].kept : rows[i].text);
    }
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(reads_severities) };

    return cmocka_run_group_tests_name("severity", tests, NULL, NULL);
}
