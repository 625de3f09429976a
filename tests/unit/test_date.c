#include "base/date.h"
#include "lib/rows.h"

static const struct {
    const char *label;
    int64_t at_s;
    const char *local, *mail;
} rows[] = {
    { "winter", 1795536685, "2026-11-24 17:11 CET", "Tue, 24 Nov 2026 17:11:25 +0100" },
    { "a second before summer time", 1774745999, "2026-03-29 01:59 CET",
        "Sun, 29 Mar 2026 01:59:59 +0100" },
    { "summer time starts", 1774746000, "2026-03-29 03:00 CEST",
        "Sun, 29 Mar 2026 03:00:00 +0200" },
    { "the last second of summer time", 1792889999, "2026-10-25 02:59 CEST",
        "Sun, 25 Oct 2026 02:59:59 +0200" },
    { "summer time ends", 1792890000, "2026-10-25 02:00 CET", "Sun, 25 Oct 2026 02:00:00 +0100" },
    { "new year begins in UTC's old year", 1798758000, "2027-01-01 00:00 CET",
        "Fri, 1 Jan 2027 00:00:00 +0100" },
    { "leap day", 1835434800, "2028-02-29 12:00 CET", "Tue, 29 Feb 2028 12:00:00 +0100" },
};

static void writes_dutch_time(void **state)
{
    char text[DATE_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        date_local(rows[i].at_s, text);
        row_text(rows[i].label, text, rows[i].local);
        date_mail(rows[i].at_s, text);
        row_text(rows[i].label, text, rows[i].mail);
    }
}

static void goes_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct date_civil civil = date_civil_at(rows[i].at_s);

        if (rows[i].at_s != 1792889999) /* an hour that comes twice reads as the later one */
            row_number(rows[i].label, date_instant(&civil), rows[i].at_s);
    }
}

static const struct {
    const char *label;
    struct date_civil civil;
    int64_t want;
} civils[] = {
    { "an hour that comes twice is the later one", { 2026, 10, 25, 2, 30, 0, 0 }, 1792891800 },
    { "an hour that is skipped", { 2026, 3, 29, 2, 30, 0, 0 }, 1774747800 },
    { "the 32nd is the 1st of the next month", { 2026, 12, 32, 0, 0, 0, 0 }, 1798758000 },
    { "summer noon", { 2026, 7, 1, 12, 0, 0, 0 }, 1782900000 },
};

static void reads_civil_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(civils); i++)
        row_number(civils[i].label, date_instant(&civils[i].civil), civils[i].want);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_dutch_time),
        cmocka_unit_test(goes_there_and_back),
        cmocka_unit_test(reads_civil_dates),
    };

    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
