#include "mime/maildate.h"

#include <string.h>
#include <time.h>

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static const struct {
    const char *word;
    int minutes;
} zones[] = { { "ut", 0 }, { "gmt", 0 }, { "utc", 0 }, { "z", 0 }, { "est", -300 }, { "edt", -240 },
    { "cst", -360 }, { "cdt", -300 }, { "mst", -420 }, { "mdt", -360 }, { "pst", -480 },
    { "pdt", -420 }, { "cet", 60 }, { "met", 60 }, { "mez", 60 }, { "cest", 120 }, { "mest", 120 },
    { "mesz", 120 }, { "wet", 0 }, { "west", 60 }, { "bst", 60 }, { "eet", 120 }, { "eest", 180 },
    { "msk", 180 }, { "ist", 330 }, { "jst", 540 } };

struct reading {
    int day, month, year, hour, minute, second, zone;
    bool has_day, has_month, has_year, has_time;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Blanks, commas, comments. */
static size_t skip(struct span value, size_t at)
{
    size_t depth = 0;

    for (; at < value.len; at++) {
        if (value.at[at] == '(')
            depth++;
        else if (depth && value.at[at] == ')')
            depth--;
        else if (!depth && !strchr(" \t\r\n,", value.at[at] ? value.at[at] : 'x'))
            return at;
    }
    return at;
}

static int number(struct span value, size_t *at, int most_digits)
{
    int n = 0, digits = 0;

    for (; *at < value.len && is_digit(value.at[*at]) && digits < most_digits; ++*at, digits++)
        n = n * 10 + (value.at[*at] - '0');
    return digits ? n : -1;
}

/* hh:mm[:ss], dots in the place of colons too. */
static bool read_time(struct span value, size_t *at, int hour, struct reading *r)
{
    size_t i = *at + 1;

    r->hour = hour;
    r->minute = number(value, &i, 2);
    if (r->minute < 0)
        return false;
    if (i + 1 < value.len && (value.at[i] == ':' || value.at[i] == '.')
        && is_digit(value.at[i + 1])) {
        i++;
        r->second = number(value, &i, 2);
        if (i < value.len && value.at[i] == '.') /* a fraction */
            for (i++; i < value.len && is_digit(value.at[i]);)
                i++;
    }
    r->has_time = true;
    *at = i;
    return true;
}

static void read_offset(struct span value, size_t *at, struct reading *r)
{
    int sign = value.at[*at] == '-' ? -1 : 1, n, digits;
    size_t start = ++*at;

    n = number(value, at, 4);
    digits = (int)(*at - start);
    if (digits == 2 && *at < value.len && value.at[*at] == ':') {
        ++*at;
        n = n * 100 + number(value, at, 2);
    } else if (digits <= 2)
        n *= 100;
    if (n >= 0 && n / 100 <= 24 && n % 100 < 60)
        r->zone = sign * (n / 100 * 60 + n % 100);
}

static void read_word(struct span word, struct reading *r)
{
    if (word.len >= 3 && !r->has_month)
        for (int m = 0; m < 12; m++)
            if (span_equal_nocase(span_part(word, 0, 3), (struct span) { months + m * 3, 3 })) {
                r->month = m + 1;
                r->has_month = true;
                return;
            }
    for (size_t i = 0; i < COUNT(zones); i++)
        if (span_equal_nocase(word, span_of(zones[i].word)))
            r->zone = zones[i].minutes;
    if (span_equal_nocase(word, SPAN("pm")) && r->has_time && r->hour < 12)
        r->hour += 12;
    if (span_equal_nocase(word, SPAN("am")) && r->has_time && r->hour == 12)
        r->hour = 0;
}

/* 2026-11-24T16:11:25 as programs write it */
static bool read_iso(struct span value, size_t *at, int year, struct reading *r)
{
    size_t i = *at + 1;
    int month = number(value, &i, 2), day;

    if (month < 1 || i >= value.len || value.at[i] != '-')
        return false;
    i++;
    day = number(value, &i, 2);
    if (day < 1)
        return false;
    r->year = year;
    r->month = month;
    r->day = day;
    r->has_year = r->has_month = r->has_day = true;
    if (i < value.len && (value.at[i] == 'T' || value.at[i] == 't'))
        i++;
    *at = i;
    return true;
}

static bool read_number(struct span value, size_t *at, struct reading *r)
{
    size_t start = *at;
    int n = number(value, at, 5);
    size_t digits = *at - start;
    char next = *at < value.len ? value.at[*at] : ' ';

    if (digits > 4)
        return false;
    if (digits == 4 && next == '-' && !r->has_year)
        return read_iso(value, at, n, r);
    if (!r->has_time && digits <= 2 && (next == ':' || (next == '.' && r->has_year)))
        return read_time(value, at, n, r);
    if (!r->has_day && digits <= 2) {
        r->day = n;
        r->has_day = true;
        return true;
    }
    if (r->has_year)
        return true;
    /* RFC 5322, 4.3 */
    r->year = digits == 2 ? n + (n < 50 ? 2000 : 1900) : digits == 3 ? n + 1900 : n;
    r->has_year = true;
    return true;
}

static bool to_seconds(const struct reading *r, int64_t *at_s)
{
    struct tm tm = { .tm_year = r->year - 1900,
        .tm_mon = r->month - 1,
        .tm_mday = r->day,
        .tm_hour = r->hour,
        .tm_min = r->minute,
        .tm_sec = r->second > 59 ? 59 : r->second };

    if (!r->has_day || !r->has_month || !r->has_year || r->day < 1 || r->day > 31 || r->month > 12
        || r->year < 1970 || r->year > 9999 || r->hour > 24 || r->minute > 59 || r->second > 60)
        return false;
    *at_s = (int64_t)timegm(&tm) - (int64_t)r->zone * 60;
    return *at_s >= 0;
}

bool maildate_parse(struct span value, int64_t *at_s)
{
    struct reading r = { .year = 0 };

    value = span_part(value, 0, 200);
    for (size_t at = skip(value, 0); at < value.len; at = skip(value, at)) {
        char c = value.at[at];

        if (is_digit(c)) {
            if (!read_number(value, &at, &r))
                return false;
        } else if ((c == '+' || c == '-') && at + 1 < value.len && is_digit(value.at[at + 1])
            && r.has_time)
            read_offset(value, &at, &r);
        else if (is_letter(c)) {
            size_t start = at;

            while (at < value.len && is_letter(value.at[at]))
                at++;
            read_word(span_part(value, start, at), &r);
        } else
            at++;
    }
    return to_seconds(&r, at_s);
}
