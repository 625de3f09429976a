#include "clocks/clock.h"

#include <stdio.h>

#include "base/date.h"
#include "lib/rows.h"

static const char *const closings = "covers = 2023\ncovers = 2024\ncovers = 2025\ncovers = 2026\n"
                                    "covers = 2027\ncovers = 2028\n"
                                    "2023-04-28 = decreed: vrijdag na Koningsdag\n"
                                    "2024-05-10 = decreed: vrijdag na Hemelvaartsdag\n"
                                    "2024-12-27 = decreed: vrijdag na tweede kerstdag\n"
                                    "2025-05-30 = decreed: vrijdag na Hemelvaartsdag\n"
                                    "2026-01-02 = decreed: vrijdag na nieuwjaarsdag\n"
                                    "2026-05-15 = decreed: vrijdag na Hemelvaartsdag\n"
                                    "2027-05-07 = decreed: vrijdag na Hemelvaartsdag\n"
                                    "2028-04-28 = decreed: vrijdag na Koningsdag\n"
                                    "2028-05-26 = decreed: vrijdag na Hemelvaartsdag\n"
                                    "2026-12-24 = closed: gemeentehuis dicht\n";

struct world {
    struct arena *arena;
    struct calendar calendar;
};

static int begin(void **state)
{
    static struct world world;
    struct err err = { 0 };

    world.arena = arena_new();
    *state = &world;
    return calendar_parse(span_of(closings), "days", world.arena, &world.calendar, &err) ? 0 : 1;
}

static int end(void **state)
{
    arena_free(&((struct world *)*state)->arena);
    return 0;
}

static int64_t instant(const char *text)
{
    struct date_civil c = { 0 };

    if (sscanf(text, "%d-%d-%d %d:%d:%d", &c.year, &c.month, &c.day, &c.hour, &c.minute, &c.second)
        < 5)
        fail_msg("no time: %s", text);
    return date_instant(&c);
}

static const char *local(int64_t at_s)
{
    static char text[80];
    struct date_civil c = date_civil_at(at_s);

    snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour,
        c.minute, c.second);
    return text;
}

/*
 * Ends of terms. The days that do not count: Algemene termijnenwet, article 3, and the decrees
 * ("Besluit gelijkstelling …") of 2023 to 2025 and 2026 to 2028. The day of receipt does not count
 * and the last day counts to its end: the policy, as Regulation 1182/71, article 3, does it. Hours
 * run from the instant: GDPR, article 33. The wanted values come from another program over the
 * system's zone files.
 */
static const struct {
    const char *label, *received;
    int amount;
    enum clock_unit unit;
    const char *want;
} terms[] = {
    { "an ordinary Tuesday", "2026-11-24 09:00:00", 3, CLOCK_WORKING_DAYS, "2026-11-27 23:59:59" },
    { "received in the first second of a day", "2026-11-24 00:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-11-27 23:59:59" },
    { "received in the last second of a day", "2026-11-24 23:59:59", 3, CLOCK_WORKING_DAYS,
        "2026-11-27 23:59:59" },
    { "a second later: a day later", "2026-11-25 00:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-11-30 23:59:59" },
    { "Wednesday: over the weekend", "2026-11-25 12:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-11-30 23:59:59" },
    { "Thursday: over the weekend", "2026-11-26 12:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-12-01 23:59:59" },
    { "Friday: over the weekend", "2026-11-27 12:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-12-02 23:59:59" },
    { "Saturday", "2026-11-28 12:00:00", 3, CLOCK_WORKING_DAYS, "2026-12-02 23:59:59" },
    { "Sunday", "2026-11-29 12:00:00", 3, CLOCK_WORKING_DAYS, "2026-12-02 23:59:59" },
    { "Sunday, last second", "2026-11-29 23:59:59", 3, CLOCK_WORKING_DAYS, "2026-12-02 23:59:59" },
    { "Monday, first second", "2026-11-30 00:00:00", 3, CLOCK_WORKING_DAYS, "2026-12-03 23:59:59" },
    { "no days: the day itself", "2026-11-24 09:00:00", 0, CLOCK_WORKING_DAYS,
        "2026-11-24 23:59:59" },
    { "no days on a Saturday: that day", "2026-11-28 09:00:00", 0, CLOCK_WORKING_DAYS,
        "2026-11-28 23:59:59" },
    { "one working day", "2026-11-24 09:00:00", 1, CLOCK_WORKING_DAYS, "2026-11-25 23:59:59" },
    { "one working day from a Friday", "2026-11-27 09:00:00", 1, CLOCK_WORKING_DAYS,
        "2026-11-30 23:59:59" },
    { "five working days: the term of other municipalities", "2026-11-24 09:00:00", 5,
        CLOCK_WORKING_DAYS, "2026-12-01 23:59:59" },
    { "five working days from a Friday afternoon", "2026-11-27 17:30:00", 5, CLOCK_WORKING_DAYS,
        "2026-12-04 23:59:59" },
    { "ten working days", "2026-11-24 09:00:00", 10, CLOCK_WORKING_DAYS, "2026-12-08 23:59:59" },
    { "Wednesday before Easter 2026: Good Friday and Easter Monday are out", "2026-04-01 10:00:00",
        3, CLOCK_WORKING_DAYS, "2026-04-08 23:59:59" },
    { "Maundy Thursday 2026", "2026-04-02 10:00:00", 3, CLOCK_WORKING_DAYS, "2026-04-09 23:59:59" },
    { "received on Good Friday 2026", "2026-04-03 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-04-09 23:59:59" },
    { "received on Easter Sunday 2026", "2026-04-05 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-04-09 23:59:59" },
    { "received on Easter Monday 2026", "2026-04-06 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-04-09 23:59:59" },
    { "Maundy Thursday 2027: Easter and summer time together", "2027-03-25 10:00:00", 3,
        CLOCK_WORKING_DAYS, "2027-04-01 23:59:59" },
    { "Maundy Thursday 2028", "2028-04-13 10:00:00", 3, CLOCK_WORKING_DAYS, "2028-04-20 23:59:59" },
    { "Maundy Thursday 2024: Easter Sunday is the last of March", "2024-03-28 10:00:00", 3,
        CLOCK_WORKING_DAYS, "2024-04-04 23:59:59" },
    { "Friday before King's Day 2026 (Monday 27 April)", "2026-04-24 10:00:00", 3,
        CLOCK_WORKING_DAYS, "2026-04-30 23:59:59" },
    { "received on King's Day 2026", "2026-04-27 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-04-30 23:59:59" },
    { "King's Day 2025 is Saturday the 26th: no working day is lost", "2025-04-25 10:00:00", 3,
        CLOCK_WORKING_DAYS, "2025-04-30 23:59:59" },
    { "received on King's Day 2025", "2025-04-26 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2025-04-28 23:59:59" },
    { "Sunday 27 April 2025", "2025-04-27 10:00:00", 1, CLOCK_WORKING_DAYS, "2025-04-28 23:59:59" },
    { "King's Day 2031 is Saturday the 26th too", "2031-04-25 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2031-04-28 23:59:59" },
    { "King's Day 2024 is a Saturday", "2024-04-26 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2024-04-29 23:59:59" },
    { "King's Day 2023, a Thursday, and the decreed Friday after it", "2023-04-26 10:00:00", 1,
        CLOCK_WORKING_DAYS, "2023-05-01 23:59:59" },
    { "King's Day 2028, a Thursday, and the decreed Friday after it", "2028-04-26 10:00:00", 1,
        CLOCK_WORKING_DAYS, "2028-05-01 23:59:59" },
    { "King's Day 2027 is a Tuesday; the Monday before was not decreed", "2027-04-26 10:00:00", 1,
        CLOCK_WORKING_DAYS, "2027-04-28 23:59:59" },
    { "5 May 2026: every year, not each fifth", "2026-05-04 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2026-05-06 23:59:59" },
    { "5 May 2027, then Ascension Day and its decreed Friday", "2027-05-04 10:00:00", 1,
        CLOCK_WORKING_DAYS, "2027-05-10 23:59:59" },
    { "received on 5 May 2027", "2027-05-05 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2027-05-12 23:59:59" },
    { "5 May 2024 is a Sunday; Ascension Day and the decreed Friday follow", "2024-05-03 10:00:00",
        3, CLOCK_WORKING_DAYS, "2024-05-08 23:59:59" },
    { "Wednesday before Ascension Day 2024", "2024-05-08 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2024-05-15 23:59:59" },
    { "5 May 2025 is a Monday", "2025-05-02 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2025-05-06 23:59:59" },
    { "Ascension Day 2026 and the decreed 15 May", "2026-05-13 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2026-05-18 23:59:59" },
    { "three days from there", "2026-05-13 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-05-20 23:59:59" },
    { "received on Ascension Day 2026", "2026-05-14 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-05-20 23:59:59" },
    { "received on the decreed bridge day", "2026-05-15 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-05-20 23:59:59" },
    { "Ascension Day 2025 and the decreed 30 May", "2025-05-28 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2025-06-02 23:59:59" },
    { "Ascension Day 2028 and the decreed 26 May", "2028-05-24 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2028-05-29 23:59:59" },
    { "Ascension Day 2029: no decree known, so the Friday is a working day", "2029-05-09 10:00:00",
        1, CLOCK_WORKING_DAYS, "2029-05-11 23:59:59" },
    { "Whit Monday 2026", "2026-05-22 10:00:00", 1, CLOCK_WORKING_DAYS, "2026-05-26 23:59:59" },
    { "three days over Whit Monday 2026", "2026-05-22 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-05-28 23:59:59" },
    { "Whit Monday 2027", "2027-05-14 10:00:00", 1, CLOCK_WORKING_DAYS, "2027-05-18 23:59:59" },
    { "Whit Monday 2028 is in June", "2028-06-02 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2028-06-06 23:59:59" },
    { "closed on 24 December 2026 by the data file, then Christmas, a Saturday and a Sunday",
        "2026-12-23 10:00:00", 1, CLOCK_WORKING_DAYS, "2026-12-28 23:59:59" },
    { "three days from there", "2026-12-23 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-12-30 23:59:59" },
    { "received on a day that the town hall is closed", "2026-12-24 10:00:00", 3,
        CLOCK_WORKING_DAYS, "2026-12-30 23:59:59" },
    { "received on Christmas Day 2026", "2026-12-25 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-12-30 23:59:59" },
    { "Christmas 2025, and the new year after it", "2025-12-24 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2025-12-31 23:59:59" },
    { "New Year's Day 2026 and the decreed 2 January", "2025-12-31 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2026-01-05 23:59:59" },
    { "last second of 2025", "2025-12-31 23:59:59", 3, CLOCK_WORKING_DAYS, "2026-01-07 23:59:59" },
    { "first second of 2026", "2026-01-01 00:00:00", 3, CLOCK_WORKING_DAYS, "2026-01-07 23:59:59" },
    { "Christmas 2024 and the decreed 27 December", "2024-12-24 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2024-12-30 23:59:59" },
    { "New Year's Day 2025", "2024-12-31 10:00:00", 1, CLOCK_WORKING_DAYS, "2025-01-02 23:59:59" },
    { "New Year's Day 2027 is a Friday", "2026-12-30 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2027-01-05 23:59:59" },
    { "an hour before the year ends, in UTC too", "2026-12-31 23:30:00", 3, CLOCK_WORKING_DAYS,
        "2027-01-06 23:59:59" },
    { "Christmas 2027 on Saturday and Sunday: nothing is made up for", "2027-12-24 10:00:00", 1,
        CLOCK_WORKING_DAYS, "2027-12-27 23:59:59" },
    { "New Year's Day 2028 is a Saturday", "2027-12-31 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2028-01-03 23:59:59" },
    { "New Year's Day 2029 is a Monday", "2028-12-29 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2029-01-04 23:59:59" },
    { "leap day 2028", "2028-02-28 10:00:00", 1, CLOCK_WORKING_DAYS, "2028-02-29 23:59:59" },
    { "received on leap day", "2028-02-29 10:00:00", 3, CLOCK_WORKING_DAYS, "2028-03-03 23:59:59" },
    { "February of 28 days", "2026-02-26 10:00:00", 3, CLOCK_WORKING_DAYS, "2026-03-03 23:59:59" },
    { "the weekend that summer time starts", "2026-03-27 10:00:00", 1, CLOCK_WORKING_DAYS,
        "2026-03-30 23:59:59" },
    { "the second before summer time starts", "2026-03-29 01:59:59", 3, CLOCK_WORKING_DAYS,
        "2026-04-01 23:59:59" },
    { "the second that summer time starts", "2026-03-29 03:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-04-01 23:59:59" },
    { "the weekend that summer time ends", "2026-10-23 10:00:00", 3, CLOCK_WORKING_DAYS,
        "2026-10-28 23:59:59" },
    { "half past midnight in summer is the day before in UTC", "2026-07-01 00:30:00", 1,
        CLOCK_WORKING_DAYS, "2026-07-02 23:59:59" },
    { "still the day before in UTC", "2026-07-01 01:59:59", 1, CLOCK_WORKING_DAYS,
        "2026-07-02 23:59:59" },
    { "late on a summer Friday", "2026-07-03 23:30:00", 1, CLOCK_WORKING_DAYS,
        "2026-07-06 23:59:59" },
    { "72 hours, in the week", "2026-11-24 09:00:00", 72, CLOCK_HOURS, "2026-11-27 09:00:00" },
    { "72 hours end on a Sunday and are not extended", "2026-11-26 16:59:00", 72, CLOCK_HOURS,
        "2026-11-29 16:59:00" },
    { "72 hours end on a Saturday and are not extended", "2026-11-25 16:59:00", 72, CLOCK_HOURS,
        "2026-11-28 16:59:00" },
    { "72 hours from a Friday afternoon", "2026-11-27 17:00:00", 72, CLOCK_HOURS,
        "2026-11-30 17:00:00" },
    { "72 hours to the second", "2026-11-28 03:15:27", 72, CLOCK_HOURS, "2026-12-01 03:15:27" },
    { "Good Friday: all three days are free, and it runs", "2026-04-03 09:00:00", 72, CLOCK_HOURS,
        "2026-04-06 09:00:00" },
    { "Christmas Eve", "2026-12-24 18:00:00", 72, CLOCK_HOURS, "2026-12-27 18:00:00" },
    { "ends on a decreed day", "2025-12-30 12:00:00", 72, CLOCK_HOURS, "2026-01-02 12:00:00" },
    { "ends on King's Day", "2026-04-24 12:00:00", 72, CLOCK_HOURS, "2026-04-27 12:00:00" },
    { "72 real hours when summer time starts: an hour later by the clock", "2026-03-28 12:00:00",
        72, CLOCK_HOURS, "2026-03-31 13:00:00" },
    { "72 real hours when summer time ends: an hour earlier by the clock", "2026-10-24 12:00:00",
        72, CLOCK_HOURS, "2026-10-27 11:00:00" },
    { "from the second before summer time", "2026-03-29 01:59:59", 72, CLOCK_HOURS,
        "2026-04-01 02:59:59" },
    { "over leap day", "2028-02-27 12:00:00", 72, CLOCK_HOURS, "2028-03-01 12:00:00" },
    { "over the new year", "2026-12-30 23:59:59", 72, CLOCK_HOURS, "2027-01-02 23:59:59" },
    { "24 hours", "2026-11-24 09:00:00", 24, CLOCK_HOURS, "2026-11-25 09:00:00" },
    { "24 hours into a Saturday", "2026-11-27 20:00:00", 24, CLOCK_HOURS, "2026-11-28 20:00:00" },
    { "24 real hours when summer time starts", "2026-03-28 20:00:00", 24, CLOCK_HOURS,
        "2026-03-29 21:00:00" },
    { "no hours: at once", "2026-11-24 09:00:00", 0, CLOCK_HOURS, "2026-11-24 09:00:00" },
    { "one hour", "2026-11-24 09:00:00", 1, CLOCK_HOURS, "2026-11-24 10:00:00" },
    { "a week", "2026-11-24 09:00:00", 7, CLOCK_DAYS, "2026-12-01 23:59:59" },
    { "a week from the last second of a day", "2026-11-24 23:59:59", 7, CLOCK_DAYS,
        "2026-12-01 23:59:59" },
    { "a week from the first second of a day", "2026-11-25 00:00:00", 7, CLOCK_DAYS,
        "2026-12-02 23:59:59" },
    { "a week that ends on a Saturday is not extended", "2026-11-21 12:00:00", 7, CLOCK_DAYS,
        "2026-11-28 23:59:59" },
    { "a week that ends on Christmas Day is not extended", "2026-12-18 12:00:00", 7, CLOCK_DAYS,
        "2026-12-25 23:59:59" },
    { "a week in which summer time starts", "2026-03-25 12:00:00", 7, CLOCK_DAYS,
        "2026-04-01 23:59:59" },
    { "a week in which summer time ends", "2026-10-20 12:00:00", 7, CLOCK_DAYS,
        "2026-10-27 23:59:59" },
    { "sixty days over the new year", "2026-11-24 09:00:00", 60, CLOCK_DAYS,
        "2027-01-23 23:59:59" },
    { "sixty days over February", "2026-01-15 09:00:00", 60, CLOCK_DAYS, "2026-03-16 23:59:59" },
    { "sixty days over a leap day", "2028-01-15 09:00:00", 60, CLOCK_DAYS, "2028-03-15 23:59:59" },
    { "sixty days from the end of a month, into winter time", "2026-08-31 09:00:00", 60, CLOCK_DAYS,
        "2026-10-30 23:59:59" },
    { "two weeks", "2026-11-24 09:00:00", 14, CLOCK_DAYS, "2026-12-08 23:59:59" },
    { "two weeks from the last day of the year", "2026-12-31 12:00:00", 14, CLOCK_DAYS,
        "2027-01-14 23:59:59" },
    { "a year of days", "2026-11-24 09:00:00", 365, CLOCK_DAYS, "2027-11-24 23:59:59" },
    { "a year of days over a leap day", "2027-11-24 09:00:00", 365, CLOCK_DAYS,
        "2028-11-23 23:59:59" },
    { "a year of days from leap day", "2028-02-29 09:00:00", 365, CLOCK_DAYS,
        "2029-02-28 23:59:59" },
    { "no days: the day itself", "2026-11-24 09:00:00", 0, CLOCK_DAYS, "2026-11-24 23:59:59" },
    { "one day", "2026-11-24 09:00:00", 1, CLOCK_DAYS, "2026-11-25 23:59:59" },
};

static void ends_terms(void **state)
{
    const struct world *world = *state;

    for (size_t i = 0; i < COUNT(terms); i++)
        row_text(terms[i].label,
            local(clock_end(
                &world->calendar, instant(terms[i].received), terms[i].amount, terms[i].unit)),
            terms[i].want);
}

/* When the CISO is told: from is the first second of the stage. */
static const struct {
    const char *label;
    enum clock_kind kind;
    const char *received;
    enum clock_stage stage;
    const char *from;
} stages[] = {
    { "first response: the working day before the last", CLOCK_FIRST_RESPONSE,
        "2026-11-24 09:00:00", CLOCK_SOON, "2026-11-26 00:00:00" },
    { "the last day", CLOCK_FIRST_RESPONSE, "2026-11-24 09:00:00", CLOCK_LAST,
        "2026-11-27 00:00:00" },
    { "over", CLOCK_FIRST_RESPONSE, "2026-11-24 09:00:00", CLOCK_OVER, "2026-11-28 00:00:00" },
    { "escalated after the next working day", CLOCK_FIRST_RESPONSE, "2026-11-24 09:00:00",
        CLOCK_ESCALATED, "2026-12-01 00:00:00" },
    { "soon is a Friday when the last day is a Monday", CLOCK_FIRST_RESPONSE, "2026-11-25 09:00:00",
        CLOCK_SOON, "2026-11-27 00:00:00" },
    { "soon skips Easter", CLOCK_FIRST_RESPONSE, "2026-03-31 09:00:00", CLOCK_SOON,
        "2026-04-02 00:00:00" },
    { "72 hours that end on a Sunday are told on the Friday", CLOCK_AP_72H, "2026-11-26 16:59:00",
        CLOCK_SOON, "2026-11-27 00:00:00" },
    { "72 hours that end in the week are told the working day before", CLOCK_AP_72H,
        "2026-11-24 09:00:00", CLOCK_SOON, "2026-11-26 00:00:00" },
    { "and six hours before", CLOCK_AP_72H, "2026-11-24 09:00:00", CLOCK_LAST,
        "2026-11-27 03:00:00" },
    { "and the second after", CLOCK_AP_72H, "2026-11-24 09:00:00", CLOCK_OVER,
        "2026-11-27 09:00:01" },
    { "over Christmas it is told before Christmas", CLOCK_AP_72H, "2026-12-23 18:00:00", CLOCK_SOON,
        "2026-12-23 18:00:00" },
    { "copy to the IBD: six hours", CLOCK_IBD_COPY, "2026-11-24 09:00:00", CLOCK_SOON,
        "2026-11-25 03:00:00" },
    { "copy to the IBD: two hours", CLOCK_IBD_COPY, "2026-11-24 09:00:00", CLOCK_LAST,
        "2026-11-25 07:00:00" },
    { "fix: a week", CLOCK_FIX, "2026-11-24 09:00:00", CLOCK_SOON, "2027-01-16 00:00:00" },
    { "fix ends on a Saturday: last is the Friday", CLOCK_FIX, "2026-11-24 09:00:00", CLOCK_LAST,
        "2027-01-22 00:00:00" },
    { "fix over", CLOCK_FIX, "2026-11-24 09:00:00", CLOCK_OVER, "2027-01-24 00:00:00" },
    { "mitigate: two days", CLOCK_MITIGATE, "2026-11-24 09:00:00", CLOCK_SOON,
        "2026-11-29 00:00:00" },
    { "mitigate ends on Christmas: told the last day that is worked", CLOCK_MITIGATE,
        "2026-12-18 09:00:00", CLOCK_LAST, "2026-12-23 00:00:00" },
    { "progress: two weeks", CLOCK_PROGRESS, "2026-11-24 09:00:00", CLOCK_LAST,
        "2026-12-08 00:00:00" },
    { "retention: two weeks before a year", CLOCK_RETENTION, "2026-11-24 09:00:00", CLOCK_SOON,
        "2027-11-10 00:00:00" },
};

static void tells_stages(void **state)
{
    const struct world *world = *state;
    const struct calendar *calendar = &world->calendar;

    for (size_t i = 0; i < COUNT(stages); i++) {
        int64_t from = instant(stages[i].from), received = instant(stages[i].received);
        enum clock_kind kind = stages[i].kind;
        struct clock clock;

        clock_start(&clock, kind, &clock_terms_default, calendar, received);
        row_number(stages[i].label, clock_stage_at(&clock, kind, calendar, from), stages[i].stage);
        if (from <= received)
            continue;
        row_number(stages[i].label,
            clock_stage_at(&clock, kind, calendar, from - 1) < stages[i].stage, true);
        row_text(stages[i].label, local(clock_next_at(&clock, kind, calendar, from - 1)),
            stages[i].from);
    }
}

static void pauses_only_what_may(void **state)
{
    static const bool may[CLOCK_KINDS]
        = { [CLOCK_IBD_COPY] = true, [CLOCK_FIX] = true, [CLOCK_RETENTION] = true };
    const struct world *world = *state;

    for (int kind = 0; kind < CLOCK_KINDS; kind++) {
        struct clock clock;

        clock_start(
            &clock, (enum clock_kind)kind, &clock_terms_default, &world->calendar, 1795536685);
        row_number(clock_word((enum clock_kind)kind),
            clock_pause(&clock, (enum clock_kind)kind, 1795536685, "x"), may[kind]);
    }
}

static void adds_pauses(void **state)
{
    const struct world *world = *state;
    struct clock clock;

    clock_start(&clock, CLOCK_IBD_COPY, &clock_terms_default, &world->calendar,
        instant("2026-11-24 09:00:00"));
    assert_true(clock_pause(&clock, CLOCK_IBD_COPY, instant("2026-11-24 10:00:00"), "x"));
    row_number("a paused clock tells nothing",
        clock_stage_at(&clock, CLOCK_IBD_COPY, &world->calendar, instant("2026-12-24 10:00:00")),
        CLOCK_QUIET);
    clock_resume(&clock, instant("2026-11-24 15:30:00"));
    row_text("hours", local(clock.due_at), "2026-11-25 14:30:00");

    clock_start(
        &clock, CLOCK_FIX, &clock_terms_default, &world->calendar, instant("2026-11-24 09:00:00"));
    assert_true(clock_pause(&clock, CLOCK_FIX, instant("2026-11-25 10:00:00"), "x"));
    assert_false(clock_pause(&clock, CLOCK_FIX, instant("2026-11-26 10:00:00"), "x"));
    clock_resume(&clock, instant("2026-11-27 11:00:00"));
    row_text("days, rounded up", local(clock.due_at), "2027-01-26 23:59:59");
    clock_resume(&clock, instant("2026-12-27 11:00:00"));
    row_text("resumed twice is resumed once", local(clock.due_at), "2027-01-26 23:59:59");
}

static void stops(void **state)
{
    const struct world *world = *state;
    struct clock clock = { 0 };

    clock_stop(&clock, 1, "x");
    row_number("what never ran does not stop", clock.state, CLOCK_IDLE);
    clock_start(&clock, CLOCK_FIRST_RESPONSE, &clock_terms_default, &world->calendar,
        instant("2026-11-24 09:00:00"));
    clock_stop(&clock, instant("2026-11-27 23:59:59"), "contacted");
    row_number("in the last second", clock_in_time(&clock, INT64_MAX), true);
    clock_stop(&clock, instant("2026-11-29 00:00:00"), "again");
    row_text("the first stop counts", clock.why, "contacted");
    clock_start(&clock, CLOCK_FIRST_RESPONSE, &clock_terms_default, &world->calendar,
        instant("2026-11-24 09:00:00"));
    clock_stop(&clock, instant("2026-11-28 00:00:00"), "contacted");
    row_number("a second late", clock_in_time(&clock, INT64_MAX), false);
    row_number("a stopped clock tells nothing",
        clock_stage_at(
            &clock, CLOCK_FIRST_RESPONSE, &world->calendar, instant("2026-12-30 00:00:00")),
        CLOCK_QUIET);
}

static const struct {
    const char *label;
    enum clock_kind kind;
    const char *received, *now, *language, *want; /* a line of the explanation */
} sentences[] = {
    { "length", CLOCK_FIRST_RESPONSE, "2026-11-24 23:58:00", "2026-11-25 09:00:00", "nl",
        "Termijn: 3 werkdagen, vanaf dinsdag 24 november 2026 om 23:58; die dag telt niet mee.\n" },
    { "length in English", CLOCK_FIRST_RESPONSE, "2026-11-24 23:58:00", "2026-11-25 09:00:00", "en",
        "Term: 3 working days, from Tuesday 24 November 2026 at 23:58; that day does not "
        "count.\n" },
    { "end", CLOCK_FIRST_RESPONSE, "2026-11-24 23:58:00", "2026-11-25 09:00:00", "nl",
        "Loopt af met het einde van vrijdag 27 november 2026 (23:59:59): nog 2 dagen en 14 "
        "uur.\n" },
    { "days left out", CLOCK_FIRST_RESPONSE, "2026-04-01 10:00:00", "2026-04-01 10:00:00", "nl",
        "Tellen niet mee: vrijdag 3 april 2026 (Goede Vrijdag); zaterdag 4 april 2026; zondag 5 "
        "april 2026; maandag 6 april 2026 (tweede paasdag).\n" },
    { "days left out in English", CLOCK_FIRST_RESPONSE, "2026-05-13 10:00:00",
        "2026-05-13 10:00:00", "en",
        "Not counted: Thursday 14 May 2026 (Ascension Day); Friday 15 May 2026 (vrijdag na "
        "Hemelvaartsdag); Saturday 16 May 2026; Sunday 17 May 2026.\n" },
    { "a year without a data file", CLOCK_FIRST_RESPONSE, "2029-05-09 10:00:00",
        "2029-05-09 10:00:00", "nl", "Let op: het bestand met sluitingsdagen dekt 2029 niet" },
    { "hours", CLOCK_AP_72H, "2026-11-26 16:59:00", "2026-11-29 18:00:00", "nl",
        "Loopt af op zondag 29 november 2026 om 16:59: 1 uur en 1 minuut te laat.\n" },
    { "provisional", CLOCK_AP_72H, "2026-11-26 16:59:00", "2026-11-26 18:00:00", "nl",
        "Voorlopig: loopt tot de CISO beslist" },
    { "its source", CLOCK_AP_72H, "2026-11-26 16:59:00", "2026-11-26 18:00:00", "en",
        "Regulation (EEC, Euratom) 1182/71 article 3(4)" },
    { "days", CLOCK_FIX, "2026-11-24 09:00:00", "2026-11-24 09:00:00", "en",
        "Ends with the end of Saturday 23 January 2027 (23:59:59): 60 days and 14 hours left.\n" },
};

static void explains_itself(void **state)
{
    const struct world *world = *state;

    for (size_t i = 0; i < COUNT(sentences); i++) {
        struct clock clock;
        const char *text;

        clock_start(&clock, sentences[i].kind, &clock_terms_default, &world->calendar,
            instant(sentences[i].received));
        text = clock_explain(&clock, sentences[i].kind, &world->calendar, instant(sentences[i].now),
            sentences[i].language, world->arena);
        if (!strstr(text, sentences[i].want))
            fail_msg("%s: got \"%s\", want \"%s\"", sentences[i].label, text, sentences[i].want);
    }
}

static const struct {
    int64_t left_s;
    const char *nl, *en;
} lefts[] = {
    { 0, "nog 0 minuten", "0 minutes left" },
    { 59, "nog 0 minuten", "0 minutes left" },
    { 60, "nog 1 minuut", "1 minute left" },
    { 3600, "nog 1 uur", "1 hour left" },
    { 7260, "nog 2 uur en 1 minuut", "2 hours and 1 minute left" },
    { 86400, "nog 1 dag", "1 day left" },
    { 2 * 86400 + 3 * 3600 + 61, "nog 2 dagen en 3 uur", "2 days and 3 hours left" },
    { -1, "0 minuten te laat", "0 minutes late" },
    { -7200, "2 uur te laat", "2 hours late" },
    { -90000, "1 dag en 1 uur te laat", "1 day and 1 hour late" },
};

static void says_what_is_left(void **state)
{
    const struct world *world = *state;

    for (size_t i = 0; i < COUNT(lefts); i++) {
        int64_t now_s = 1795536685;

        row_text(lefts[i].nl, clock_left(now_s + lefts[i].left_s, now_s, "nl", world->arena),
            lefts[i].nl);
        row_text(lefts[i].en, clock_left(now_s + lefts[i].left_s, now_s, "en", world->arena),
            lefts[i].en);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_terms),
        cmocka_unit_test(tells_stages),
        cmocka_unit_test(pauses_only_what_may),
        cmocka_unit_test(adds_pauses),
        cmocka_unit_test(stops),
        cmocka_unit_test(explains_itself),
        cmocka_unit_test(says_what_is_left),
    };

    return cmocka_run_group_tests_name("clock", tests, begin, end);
}
