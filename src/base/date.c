#include "base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const days_nl[] = { "zondag", "maandag", "dinsdag", "woensdag", "donderdag",
    "vrijdag", "zaterdag" };
static const char *const days_en[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
    "Friday", "Saturday" };
static const char *const months_nl[] = { "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december" };
static const char *const months_en[] = { "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December" };

int64_t date_now(void)
{
    const char *pinned = getenv("MELDPOST_NOW");

    if (pinned && *pinned && strspn(pinned, "0123456789") == strlen(pinned) && strlen(pinned) <= 12)
        return strtoll(pinned, NULL, 10);
    return time(NULL);
}

/*
 * The Netherlands since 1996 (directive 2000/84/EC, article 2 and 3): CET, and CEST from 01:00 UTC
 * on the last Sunday of March to 01:00 UTC on the last Sunday of October. Computed here, since a
 * jailed child cannot read the zone files and a machine without tzdata would say UTC unnoticed.
 */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    int64_t era, year_of_era, day_of_year;

    year -= month <= 2;
    era = (year >= 0 ? year : year - 399) / 400;
    year_of_era = year - era * 400;
    day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
        - 719468;
}

static int64_t last_sunday(int year, int month) /* of a month with 31 days */
{
    int64_t last = days_from_civil(year, month, 31);

    return last - (last + 4) % 7;
}

static int year_of(int64_t at_s)
{
    time_t at = (time_t)at_s;
    struct tm tm;

    return gmtime_r(&at, &tm) ? tm.tm_year + 1900 : 1970;
}

static bool is_summer(int64_t at_s)
{
    int year = year_of(at_s);

    return at_s >= last_sunday(year, 3) * 86400 + 3600
        && at_s < last_sunday(year, 10) * 86400 + 3600;
}

static int offset_at(int64_t at_s)
{
    return is_summer(at_s) ? 7200 : 3600;
}

struct date_civil date_civil_at(int64_t at_s)
{
    time_t local = (time_t)(at_s + offset_at(at_s));
    struct tm tm = { 0 };

    gmtime_r(&local, &tm);
    return (struct date_civil) { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
        tm.tm_min, tm.tm_sec, tm.tm_wday };
}

int64_t date_instant(const struct date_civil *civil)
{
    struct tm tm = { .tm_year = civil->year - 1900,
        .tm_mon = civil->month - 1,
        .tm_mday = civil->day,
        .tm_hour = civil->hour,
        .tm_min = civil->minute,
        .tm_sec = civil->second };
    int64_t wall = timegm(&tm);
    int64_t winter = wall - 3600;

    /* The later reading is winter time; where that instant is still summer, there is only summer.
     */
    return is_summer(winter) ? wall - 7200 + (is_summer(wall - 7200) ? 0 : 3600) : winter;
}

void date_local(int64_t at_s, char *text)
{
    struct date_civil c = date_civil_at(at_s);

    snprintf(text, DATE_TEXT, "%04d-%02d-%02d %02d:%02d %s", c.year, c.month, c.day, c.hour,
        c.minute, is_summer(at_s) ? "CEST" : "CET");
}

void date_day(int64_t at_s, char *text)
{
    struct date_civil c = date_civil_at(at_s);

    snprintf(text, DATE_TEXT, "%04d-%02d-%02d", c.year, c.month, c.day);
}

void date_clock(int64_t at_s, char *text)
{
    struct date_civil c = date_civil_at(at_s);

    snprintf(text, DATE_TEXT, "%02d:%02d", c.hour, c.minute);
}

void date_words_nl(int64_t at_s, char *text)
{
    struct date_civil c = date_civil_at(at_s);

    snprintf(
        text, DATE_TEXT, "%s %d %s %d", days_nl[c.weekday], c.day, months_nl[c.month - 1], c.year);
}

void date_words_en(int64_t at_s, char *text)
{
    struct date_civil c = date_civil_at(at_s);

    snprintf(
        text, DATE_TEXT, "%s %d %s %d", days_en[c.weekday], c.day, months_en[c.month - 1], c.year);
}

void date_mail(int64_t at_s, char *text)
{
    struct date_civil c = date_civil_at(at_s);

    snprintf(text, DATE_TEXT, "%.3s, %d %.3s %04d %02d:%02d:%02d +0%d00", days_en[c.weekday], c.day,
        months_en[c.month - 1], c.year, c.hour, c.minute, c.second, offset_at(at_s) / 3600);
}
