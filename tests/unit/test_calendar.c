#include "clocks/calendar.h"

#include <stdio.h>

#include "base/date.h"
#include "lib/rows.h"

/* Easter Sundays: the earliest and latest possible ones (22 March 1818 and 2285, 25 April 1943 and
 * 2038), the two exceptions of Gauss's rule (1981, 2049 and 2076), and others; from another
 * algorithm (Gauss, with Kinkelin's corrections) than the program's. */
static const struct {
    int year;
    const char *want;
} easters[] = {
    { 1818, "1818-03-22" },
    { 1943, "1943-04-25" },
    { 1961, "1961-04-02" },
    { 1981, "1981-04-19" },
    { 2008, "2008-03-23" },
    { 2019, "2019-04-21" },
    { 2038, "2038-04-25" },
    { 2049, "2049-04-18" },
    { 2076, "2076-04-19" },
    { 2100, "2100-03-28" },
    { 2285, "2285-03-22" },
    { 2353, "2353-03-22" },
};

static const char *text_of(int day, char text[static 40])
{
    int year, month, day_of_month;

    calendar_date(day, &year, &month, &day_of_month);
    snprintf(text, 40, "%04d-%02d-%02d", year, month, day_of_month);
    return text;
}

static int day_of(const char *text)
{
    int year, month, day;

    assert_int_equal(sscanf(text, "%d-%d-%d", &year, &month, &day), 3);
    return calendar_day(year, month, day);
}

static void computes_easter(void **state)
{
    char text[40];

    (void)state;
    for (size_t i = 0; i < COUNT(easters); i++)
        row_text(easters[i].want, text_of(calendar_easter(easters[i].year), text), easters[i].want);
}

/* All days of article 3 of the Algemene termijnenwet in eight years; the dates agree with the lists
 * of holidays that rijksoverheid.nl publishes for each year. */
static const struct {
    const char *day, *want;
} holidays[] = {
    { "2023-01-01", "nieuwjaarsdag" },
    { "2023-04-07", "Goede Vrijdag" },
    { "2023-04-10", "tweede paasdag" },
    { "2023-04-27", "Koningsdag" },
    { "2023-05-05", "Bevrijdingsdag" },
    { "2023-05-18", "Hemelvaartsdag" },
    { "2023-05-29", "tweede pinksterdag" },
    { "2023-12-25", "eerste kerstdag" },
    { "2023-12-26", "tweede kerstdag" },
    { "2024-01-01", "nieuwjaarsdag" },
    { "2024-03-29", "Goede Vrijdag" },
    { "2024-04-01", "tweede paasdag" },
    { "2024-04-27", "Koningsdag" },
    { "2024-05-05", "Bevrijdingsdag" },
    { "2024-05-09", "Hemelvaartsdag" },
    { "2024-05-20", "tweede pinksterdag" },
    { "2024-12-25", "eerste kerstdag" },
    { "2024-12-26", "tweede kerstdag" },
    { "2025-01-01", "nieuwjaarsdag" },
    { "2025-04-18", "Goede Vrijdag" },
    { "2025-04-21", "tweede paasdag" },
    { "2025-04-26", "Koningsdag" },
    { "2025-05-05", "Bevrijdingsdag" },
    { "2025-05-29", "Hemelvaartsdag" },
    { "2025-06-09", "tweede pinksterdag" },
    { "2025-12-25", "eerste kerstdag" },
    { "2025-12-26", "tweede kerstdag" },
    { "2026-01-01", "nieuwjaarsdag" },
    { "2026-04-03", "Goede Vrijdag" },
    { "2026-04-06", "tweede paasdag" },
    { "2026-04-27", "Koningsdag" },
    { "2026-05-05", "Bevrijdingsdag" },
    { "2026-05-14", "Hemelvaartsdag" },
    { "2026-05-25", "tweede pinksterdag" },
    { "2026-12-25", "eerste kerstdag" },
    { "2026-12-26", "tweede kerstdag" },
    { "2027-01-01", "nieuwjaarsdag" },
    { "2027-03-26", "Goede Vrijdag" },
    { "2027-03-29", "tweede paasdag" },
    { "2027-04-27", "Koningsdag" },
    { "2027-05-05", "Bevrijdingsdag" },
    { "2027-05-06", "Hemelvaartsdag" },
    { "2027-05-17", "tweede pinksterdag" },
    { "2027-12-25", "eerste kerstdag" },
    { "2027-12-26", "tweede kerstdag" },
    { "2028-01-01", "nieuwjaarsdag" },
    { "2028-04-14", "Goede Vrijdag" },
    { "2028-04-17", "tweede paasdag" },
    { "2028-04-27", "Koningsdag" },
    { "2028-05-05", "Bevrijdingsdag" },
    { "2028-05-25", "Hemelvaartsdag" },
    { "2028-06-05", "tweede pinksterdag" },
    { "2028-12-25", "eerste kerstdag" },
    { "2028-12-26", "tweede kerstdag" },
    { "2029-01-01", "nieuwjaarsdag" },
    { "2029-03-30", "Goede Vrijdag" },
    { "2029-04-02", "tweede paasdag" },
    { "2029-04-27", "Koningsdag" },
    { "2029-05-05", "Bevrijdingsdag" },
    { "2029-05-10", "Hemelvaartsdag" },
    { "2029-05-21", "tweede pinksterdag" },
    { "2029-12-25", "eerste kerstdag" },
    { "2029-12-26", "tweede kerstdag" },
    { "2030-01-01", "nieuwjaarsdag" },
    { "2030-04-19", "Goede Vrijdag" },
    { "2030-04-22", "tweede paasdag" },
    { "2030-04-27", "Koningsdag" },
    { "2030-05-05", "Bevrijdingsdag" },
    { "2030-05-30", "Hemelvaartsdag" },
    { "2030-06-10", "tweede pinksterdag" },
    { "2030-12-25", "eerste kerstdag" },
    { "2030-12-26", "tweede kerstdag" },
};

static void knows_the_holidays(void **state)
{
    const struct calendar law = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(holidays); i++)
        row_text(
            holidays[i].day, calendar_free(&law, day_of(holidays[i].day), "nl"), holidays[i].want);
}

/* And no other weekday of those years is one. */
static void knows_no_other_holiday(void **state)
{
    const struct calendar law = { 0 };
    int free_days = 0, weekend = 0;

    (void)state;
    for (int day = day_of("2023-01-01"); day <= day_of("2030-12-31"); day++) {
        int weekday = calendar_weekday(day);

        free_days += calendar_free(&law, day, "nl") != NULL;
        weekend += weekday == 0 || weekday == 6;
    }
    for (size_t i = 0; i < COUNT(holidays); i++) {
        int weekday = calendar_weekday(day_of(holidays[i].day));

        weekend += weekday != 0 && weekday != 6;
        for (size_t k = 0; k < i; k++) /* two holidays on one weekday are one free day */
            if (weekday != 0 && weekday != 6 && strcmp(holidays[i].day, holidays[k].day) == 0)
                weekend--;
    }
    row_number("free days of eight years", free_days, weekend);
}

static const struct {
    const char *label, *day, *language, *want; /* NULL: a working day */
} days[] = {
    { "a Tuesday", "2026-11-24", "nl", NULL },
    { "a Saturday", "2026-11-28", "nl", "zaterdag" },
    { "a Sunday in English", "2026-11-29", "en", "Sunday" },
    { "a holiday in English", "2026-05-05", "en", "Liberation Day" },
    { "King's Day moves to the Saturday", "2025-04-26", "nl", "Koningsdag" },
    { "and the Sunday is a Sunday", "2025-04-27", "nl", "zondag" },
    { "Good Friday", "2026-04-03", "nl", "Goede Vrijdag" },
    { "Easter Sunday is a Sunday", "2026-04-05", "nl", "zondag" },
    { "Christmas Eve works", "2025-12-24", "nl", NULL },
    { "New Year's Eve works", "2026-12-31", "nl", NULL },
    { "Carnival works", "2026-02-16", "nl", NULL },
    { "1 May works", "2026-05-01", "nl", NULL },
    { "4 May works", "2026-05-04", "nl", NULL },
    { "Prinsjesdag works", "2026-09-15", "nl", NULL },
    { "a bridge day works without a decree", "2026-04-24", "nl", NULL },
    { "a decreed bridge day", "2026-05-15", "nl", "vrijdag na Hemelvaartsdag" },
    { "a decreed day after new year", "2026-01-02", "nl", "vrijdag na nieuwjaarsdag" },
    { "a day of our own", "2026-12-24", "nl", "gemeentehuis dicht" },
    { "the same day a year later", "2027-12-24", "nl", NULL },
};

static const char *const with_own_day = "covers = 2026\n"
                                        "2026-01-02 = decreed: vrijdag na nieuwjaarsdag # KB\n"
                                        "2026-05-15=decreed:vrijdag na Hemelvaartsdag\r\n"
                                        "\n"
                                        "# a comment\n"
                                        "  2026-12-24 = closed: gemeentehuis dicht  ";

static void knows_working_days(void **state)
{
    struct arena *arena = arena_new();
    struct calendar calendar;
    struct err err = { 0 };

    (void)state;
    assert_true(calendar_parse(span_of(with_own_day), "days", arena, &calendar, &err));
    for (size_t i = 0; i < COUNT(days); i++) {
        const char *got = calendar_free(&calendar, day_of(days[i].day), days[i].language);

        row_text(days[i].label, got ? got : "works", days[i].want ? days[i].want : "works");
    }
    assert_true(calendar_covers(&calendar, 2026));
    assert_false(calendar_covers(&calendar, 2027));
    arena_free(&arena);
}

static const struct {
    const char *label, *text, *want; /* part of the error */
} wrong[] = {
    { "no equals sign", "covers 2026\n", "days:1: a line is" },
    { "an unknown word", "\n2026-01-02 = free: x\ncovers = 2026", "days:2: a day is" },
    { "no reason", "covers = 2026\n2026-01-02 = closed\n", "days:2: a reason" },
    { "an empty reason", "covers = 2026\n2026-01-02 = closed:  \n", "days:2: a reason" },
    { "30 February", "covers = 2026\n2026-02-30 = closed: x\n", "days:2: no date" },
    { "29 February of a plain year", "covers = 2026\n2026-02-29 = closed: x\n", "days:2: no date" },
    { "month 13", "covers = 2026\n2026-13-01 = closed: x\n", "days:2: no date" },
    { "Dutch date", "covers = 2026\n02-01-2026 = closed: x\n", "days:2: no date" },
    { "the same day twice", "covers = 2026\n2026-12-24 = closed: x\n2026-12-24 = closed: y\n",
        "days:3: this date" },
    { "a day of a year that is not covered", "covers = 2026\n2027-12-24 = closed: x\n",
        "no line 'covers = 2027'" },
    { "covers a word", "covers = all\n", "days:1: covers" },
    { "covers three digits", "covers = 202\n", "days:1: covers" },
};

static void refuses_wrong_files(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct calendar calendar;
        struct err err = { 0 };

        if (calendar_parse(span_of(wrong[i].text), "days", arena, &calendar, &err)
            || !strstr(err.text, wrong[i].want))
            fail_msg("%s: got \"%s\", want \"%s\"", wrong[i].label, err.text, wrong[i].want);
        row_number(wrong[i].label, err_exit_code(&err), 78);
    }
    arena_free(&arena);
}

static void counts_between(void **state)
{
    const struct calendar law = { 0 };

    (void)state;
    row_number(
        "the same day", calendar_between(&law, day_of("2026-11-24"), day_of("2026-11-24")), 0);
    row_number("a week", calendar_between(&law, day_of("2026-11-24"), day_of("2026-12-01")), 5);
    row_number("backwards", calendar_between(&law, day_of("2026-12-01"), day_of("2026-11-24")), -5);
    row_number("Easter", calendar_between(&law, day_of("2026-04-02"), day_of("2026-04-07")), 1);
}

/* Every day of four centuries goes to its date and back. */
static void goes_there_and_back(void **state)
{
    (void)state;
    for (int day = calendar_day(1900, 1, 1), weekday = 1; day < calendar_day(2300, 1, 1);
         day++, weekday = (weekday + 1) % 7) {
        int year, month, day_of_month;

        calendar_date(day, &year, &month, &day_of_month);
        assert_int_equal(calendar_day(year, month, day_of_month), day);
        assert_int_equal(calendar_weekday(day), weekday);
    }
}

/* What is installed; the days of the two decrees. */
static void reads_the_example(void **state)
{
    struct arena *arena = arena_new();
    struct calendar calendar;
    struct err err = { 0 };

    (void)state;
    if (!calendar_read("src/clocks/closing-days", arena, &calendar, &err))
        fail_msg("%s", err.text);
    row_number("days", (int)calendar.closing_count, 10);
    for (size_t i = 0; i < calendar.closing_count; i++) {
        int weekday = calendar_weekday(calendar.closings[i].day);

        row_number(calendar.closings[i].reason, weekday, 5);
        row_number(calendar.closings[i].reason, calendar.closings[i].decreed, true);
    }
    for (int year = 2023; year <= 2028; year++)
        row_number("covers", calendar_covers(&calendar, year), true);
    assert_false(calendar_read("src/clocks/no-such-file", arena, &calendar, &err));
    row_number("no such file", err_exit_code(&err), 78);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_easter),
        cmocka_unit_test(knows_the_holidays),
        cmocka_unit_test(knows_no_other_holiday),
        cmocka_unit_test(knows_working_days),
        cmocka_unit_test(refuses_wrong_files),
        cmocka_unit_test(counts_between),
        cmocka_unit_test(reads_the_example),
        cmocka_unit_test(goes_there_and_back),
    };

    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
