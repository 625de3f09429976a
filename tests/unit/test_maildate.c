#include "lib/rows.h"
#include "mime/maildate.h"

static const struct {
    const char *label, *value;
    int64_t want; /* -1: no date */
} rows[] = {
    { "RFC 5322", "Tue, 24 Nov 2026 17:11:25 +0100", 1795536685 },
    { "without the day", "24 Nov 2026 16:11:25 +0000", 1795536685 },
    { "without seconds", "24 Nov 2026 16:11 +0000", 1795536660 },
    { "negative zone", "24 Nov 2026 11:11:25 -0500", 1795536685 },
    { "comment", "Tue, 24 Nov 2026 17:11:25 +0100 (CET)", 1795536685 },
    { "zone of letters", "Tue, 24 Nov 2026 11:11:25 EST", 1795536685 },
    { "GMT", "Tue, 24 Nov 2026 16:11:25 GMT", 1795536685 },
    { "GMT with an offset", "Tue, 24 Nov 2026 17:11:25 GMT+0100", 1795536685 },
    { "offset with a colon", "Tue, 24 Nov 2026 17:11:25 +01:00", 1795536685 },
    { "year of two digits", "24 Nov 26 16:11:25 +0000", 1795536685 },
    { "year of two digits, last century", "24 Nov 99 16:11:25 +0000", 943459885 },
    { "month in full", "24 November 2026 16:11:25 +0000", 1795536685 },
    { "dashes", "24-Nov-2026 16:11:25 +0000", 1795536685 },
    { "asctime", "Tue Nov 24 16:11:25 2026", 1795536685 },
    { "ISO 8601", "2026-11-24T16:11:25Z", 1795536685 },
    { "ISO 8601 with a fraction", "2026-11-24 17:11:25.123 +0100", 1795536685 },
    { "no zone", "Tue, 24 Nov 2026 16:11:25", 1795536685 },
    { "leap second", "Sat, 31 Dec 2016 23:59:60 +0000", 1483228799 },
    { "impossible day", "Tue, 42 Nov 2026 16:11:25 +0000", -1 },
    { "no month", "24 2026 16:11:25", -1 },
    { "before 1970", "24 Nov 1960 16:11:25 +0000", -1 },
    { "no date", "yesterday", -1 },
    { "huge number", "99999999999 Nov 2026", -1 },
    { "empty", "", -1 },
};

static void reads_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t at_s = -1;

        if (!maildate_parse(span_of(rows[i].value), &at_s))
            at_s = -1;
        row_number(rows[i].label, at_s, rows[i].want);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(reads_dates) };

    return cmocka_run_group_tests_name("maildate", tests, NULL, NULL);
}
