/* calendar.h - which days are working days in the Netherlands, and in this town hall. */
#ifndef CALENDAR_H
#define CALENDAR_H

#include "base/arena.h"
#include "base/err.h"

/* A day as days since 1 January 1970, whatever the hour: no zone, no summer time. */
int calendar_day(int year, int month, int day);
void calendar_date(int day, int *year, int *month, int *day_of_month);
int calendar_weekday(int day); /* 0 is Sunday */
int calendar_day_at(int64_t at_s); /* the day in Europe/Amsterdam at that instant */
int64_t calendar_end_of(int day); /* its last second, 23:59:59 in Europe/Amsterdam */
int calendar_easter(int year); /* Easter Sunday, Gregorian */

/* One line of the data file. */
struct closing {
    int day;
    bool decreed; /* by royal decree (Algemene termijnenwet, article 3, third paragraph) */
    const char *reason;
};

/* All zero is a calendar that knows the law but no data file. */
struct calendar {
    const char *path; /* of the data file, for messages; NULL without one */
    struct closing *closings;
    size_t closing_count;
    int *years; /* that the data file covers */
    size_t year_count;
};

/*
 * Reads the data file: lines `covers = 2026`, `2026-05-15 = decreed: brugdag na Hemelvaart`,
 * `2026-12-24 = closed: gemeentehuis dicht`; # starts a comment. Fails with ERR_RUN, EX_CONFIG,
 * naming file, line and what is allowed.
 */
bool calendar_parse(struct span text, const char *path, struct arena *arena,
    struct calendar *calendar, struct err *err) MUST_USE;
bool calendar_read(
    const char *path, struct arena *arena, struct calendar *calendar, struct err *err) MUST_USE;

bool calendar_covers(const struct calendar *calendar, int year);

/* Why this is no working day: "zaterdag", "Koningsdag", the file's reason; NULL for a working day.
 */
const char *calendar_free(const struct calendar *calendar, int day, const char *language);

/* The last of count working days after the day; with 0 the day itself. */
int calendar_add(const struct calendar *calendar, int day, int count);

/* Working days after from up to and including to; negative when to lies before from. */
int calendar_between(const struct calendar *calendar, int from, int to);

#endif
