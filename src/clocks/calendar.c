#include "clocks/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/date.h"
#include "base/file.h"

enum { SATURDAY = 6, SUNDAY = 0, FILE_MOST = 1024 * 1024 };

int calendar_day(int year, int month, int day)
{
    int era, year_of_era, day_of_year;

    year -= month <= 2;
    era = (year >= 0 ? year : year - 399) / 400;
    year_of_era = year - era * 400;
    day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
        - 719468;
}

void calendar_date(int day, int *year, int *month, int *day_of_month)
{
    int since = day + 719468;
    int era = (since >= 0 ? since : since - 146096) / 146097;
    int day_of_era = since - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096)
        / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153; /* months from March */

    *day_of_month = day_of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

int calendar_weekday(int day)
{
    return ((day + 4) % 7 + 7) % 7;
}

int calendar_day_at(int64_t at_s)
{
    struct date_civil civil = date_civil_at(at_s);

    return calendar_day(civil.year, civil.month, civil.day);
}

int64_t calendar_end_of(int day)
{
    struct date_civil civil = { .hour = 23, .minute = 59, .second = 59 };

    calendar_date(day, &civil.year, &civil.month, &civil.day);
    return date_instant(&civil);
}

/* The anonymous Gregorian algorithm, as in Meeus, Astronomical Algorithms, chapter 8. */
int calendar_easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int sum = h + l - 7 * m + 114;

    return calendar_day(year, sum / 31, sum % 31 + 1);
}

/* Algemene termijnenwet, article 3: first paragraph, and Good Friday by the second. The day on
 * which the King's birthday is celebrated is 27 April, or the 26th when that is a Sunday. */
enum { NEW_YEAR, GOOD_FRIDAY, EASTER_MONDAY, KINGS_DAY, FIFTH_OF_MAY, ASCENSION, WHIT_MONDAY };
enum { CHRISTMAS = WHIT_MONDAY + 1, BOXING_DAY, HOLIDAYS };

static const struct {
    const char *nl, *en;
} holidays[HOLIDAYS] = {
    [NEW_YEAR] = { "nieuwjaarsdag", "New Year's Day" },
    [GOOD_FRIDAY] = { "Goede Vrijdag", "Good Friday" },
    [EASTER_MONDAY] = { "tweede paasdag", "Easter Monday" },
    [KINGS_DAY] = { "Koningsdag", "King's Day" },
    [FIFTH_OF_MAY] = { "Bevrijdingsdag", "Liberation Day" },
    [ASCENSION] = { "Hemelvaartsdag", "Ascension Day" },
    [WHIT_MONDAY] = { "tweede pinksterdag", "Whit Monday" },
    [CHRISTMAS] = { "eerste kerstdag", "Christmas Day" },
    [BOXING_DAY] = { "tweede kerstdag", "Boxing Day" },
};

static int holiday_in(int year, int which)
{
    int kings_day = calendar_day(year, 4, 27);

    switch (which) {
    case NEW_YEAR:
        return calendar_day(year, 1, 1);
    case GOOD_FRIDAY:
        return calendar_easter(year) - 2;
    case EASTER_MONDAY:
        return calendar_easter(year) + 1;
    case KINGS_DAY:
        return kings_day - (calendar_weekday(kings_day) == SUNDAY);
    case FIFTH_OF_MAY:
        return calendar_day(year, 5, 5);
    case ASCENSION:
        return calendar_easter(year) + 39;
    case WHIT_MONDAY:
        return calendar_easter(year) + 50;
    case CHRISTMAS:
        return calendar_day(year, 12, 25);
    default:
        return calendar_day(year, 12, 26);
    }
}

static const struct closing *closing_on(const struct calendar *calendar, int day)
{
    for (size_t i = 0; i < calendar->closing_count; i++)
        if (calendar->closings[i].day == day)
            return &calendar->closings[i];
    return NULL;
}

const char *calendar_free(const struct calendar *calendar, int day, const char *language)
{
    bool dutch = strcmp(language, "en") != 0;
    const struct closing *closing;
    int year, month, day_of_month;

    calendar_date(day, &year, &month, &day_of_month);
    for (int i = 0; i < HOLIDAYS; i++)
        if (holiday_in(year, i) == day)
            return dutch ? holidays[i].nl : holidays[i].en;
    if (calendar_weekday(day) == SATURDAY)
        return dutch ? "zaterdag" : "Saturday";
    if (calendar_weekday(day) == SUNDAY)
        return dutch ? "zondag" : "Sunday";
    closing = closing_on(calendar, day);
    return closing ? closing->reason : NULL;
}

bool calendar_covers(const struct calendar *calendar, int year)
{
    for (size_t i = 0; i < calendar->year_count; i++)
        if (calendar->years[i] == year)
            return true;
    return false;
}

int calendar_add(const struct calendar *calendar, int day, int count)
{
    for (; count > 0; count--)
        do
            day++;
        while (calendar_free(calendar, day, "nl"));
    return day;
}

int calendar_between(const struct calendar *calendar, int from, int to)
{
    int count = 0;

    for (int day = from + 1; day <= to; day++)
        count += !calendar_free(calendar, day, "nl");
    for (int day = to + 1; day <= from; day++)
        count -= !calendar_free(calendar, day, "nl");
    return count;
}

static bool number_of(struct span text, size_t digits, int *number)
{
    if (text.len != digits)
        return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        *number = *number * 10 + text.at[i] - '0';
    }
    return true;
}

static bool day_of(struct span text, int *day)
{
    int year, month, day_of_month, y, m, d;

    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-'
        || !number_of(span_part(text, 0, 4), 4, &year)
        || !number_of(span_part(text, 5, 7), 2, &month)
        || !number_of(span_part(text, 8, 10), 2, &day_of_month) || year < 1970 || month < 1
        || month > 12)
        return false;
    *day = calendar_day(year, month, day_of_month);
    calendar_date(*day, &y, &m, &d);
    return y == year && m == month && d == day_of_month; /* 2026-02-30 is another day */
}

static void add_year(struct calendar *calendar, struct arena *arena, int year)
{
    calendar->years = arena_grow(arena, calendar->years, calendar->year_count * sizeof(int),
        (calendar->year_count + 1) * sizeof(int));
    calendar->years[calendar->year_count++] = year;
}

static void add_closing(struct calendar *calendar, struct arena *arena, struct closing closing)
{
    calendar->closings = arena_grow(arena, calendar->closings,
        calendar->closing_count * sizeof closing, (calendar->closing_count + 1) * sizeof closing);
    calendar->closings[calendar->closing_count++] = closing;
}

static const char *parse_line(struct span line, struct arena *arena, struct calendar *calendar)
{
    size_t equals = span_find_char(line, '=', 0), colon;
    struct span key, value, word, reason;
    struct closing closing = { 0 };
    int year;

    if (equals == SPAN_NOWHERE)
        return "a line is 'covers = YEAR' or 'YYYY-MM-DD = decreed: REASON' or '… = closed: "
               "REASON'";
    key = span_trim(span_part(line, 0, equals));
    value = span_trim(span_part(line, equals + 1, line.len));
    if (span_equal(key, SPAN("covers"))) {
        if (!number_of(value, 4, &year) || year < 1970)
            return "covers takes one year of four digits";
        add_year(calendar, arena, year);
        return NULL;
    }
    if (!day_of(key, &closing.day))
        return "no date of the calendar; write YYYY-MM-DD";
    colon = span_find_char(value, ':', 0);
    word = span_trim(span_part(value, 0, colon == SPAN_NOWHERE ? value.len : colon));
    reason = span_trim(span_part(value, colon == SPAN_NOWHERE ? value.len : colon + 1, value.len));
    closing.decreed = span_equal(word, SPAN("decreed"));
    if (!closing.decreed && !span_equal(word, SPAN("closed")))
        return "a day is 'decreed' (by royal decree) or 'closed' (town hall)";
    if (reason.len == 0)
        return "a reason has to stand after the colon: it is shown to people";
    if (closing_on(calendar, closing.day))
        return "this date stands in the file already";
    closing.reason = arena_text(arena, reason);
    add_closing(calendar, arena, closing);
    return NULL;
}

bool calendar_parse(struct span text, const char *path, struct arena *arena,
    struct calendar *calendar, struct err *err)
{
    struct calendar read = { .path = arena_text(arena, span_of(path)) };
    struct span line;
    const char *wrong = NULL;
    int number = 0;

    while (span_line(&text, &line)) {
        size_t hash = span_find_char(line, '#', 0);

        number++;
        line = span_trim(hash == SPAN_NOWHERE ? line : span_part(line, 0, hash));
        if (line.len && (wrong = parse_line(line, arena, &read)))
            return err_exit(err, ERR_RUN, EX_CONFIG, "%s:%d: %s", path, number, wrong);
    }
    for (size_t i = 0; i < read.closing_count; i++) {
        int year, month, day;

        calendar_date(read.closings[i].day, &year, &month, &day);
        if (!calendar_covers(&read, year))
            return err_exit(err, ERR_RUN, EX_CONFIG,
                "%s: holds a day of %d, but no line 'covers = %d'", path, year, year);
    }
    *calendar = read;
    return true;
}

bool calendar_read(
    const char *path, struct arena *arena, struct calendar *calendar, struct err *err)
{
    struct span text;

    if (!file_read(path, FILE_MOST, arena, &text, err)) {
        err->exit_code = EX_CONFIG;
        return err_at(err, "closing_days");
    }
    return calendar_parse(text, path, arena, calendar, err);
}
