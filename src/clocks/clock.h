/* clock.h - the terms that run in a case: when each starts, ends, and what is told meanwhile. */
#ifndef CLOCK_H
#define CLOCK_H

#include "base/arena.h"
#include "clocks/calendar.h"

enum clock_kind {
    CLOCK_FIRST_RESPONSE, /* working days; the CISO's first answer to the researcher */
    CLOCK_IBD_COPY, /* hours; the redacted copy has gone to the IBD */
    CLOCK_AP_72H, /* strict hours; a data breach is reported to the AP */
    CLOCK_MITIGATE, /* days; only where the CISO set chance and damage both high */
    CLOCK_FIX, /* days */
    CLOCK_PROGRESS, /* days since the researcher last heard of us */
    CLOCK_RETENTION, /* days after the end of the case; then it is erased */
    CLOCK_KINDS,
};

enum clock_state {
    CLOCK_IDLE, /* never started */
    CLOCK_RUNNING,
    CLOCK_PAUSED,
    CLOCK_STOPPED, /* what it waited for has happened, or no longer has to */
};

/* What is to be told of a clock now; the later, the worse. */
enum clock_stage {
    CLOCK_QUIET,
    CLOCK_SOON, /* a working day or more before the end: see clock.c for each kind */
    CLOCK_LAST, /* the last day, the last hours */
    CLOCK_OVER, /* the end has passed */
    CLOCK_ESCALATED, /* and by the end of the next working day still nothing was done */
};

enum clock_unit { CLOCK_WORKING_DAYS, CLOCK_DAYS, CLOCK_HOURS };

/* The amount is kept with the clock: a changed setting never changes a promise already made. */
struct clock {
    enum clock_state state;
    int64_t started_at; /* the event that the term counts from */
    int64_t due_at; /* the last second in which it is still in time */
    int64_t stopped_at; /* 0 unless stopped */
    int64_t paused_at; /* 0 unless paused */
    int64_t paused_s; /* in all, of the pauses that ended */
    int amount;
    enum clock_unit unit;
    bool provisional; /* ap_72h before the CISO said whether it is a breach */
    enum clock_stage told; /* the worst stage of which the CISO was told */
    const char *why; /* why it stopped or pauses, one plain word or sentence; "" */
};

/* The terms, from the settings. */
struct clock_terms {
    int first_response; /* working days: 3 */
    int ibd_copy; /* hours: 24 */
    int mitigate; /* days: 7 */
    int fix; /* days: 60 */
    int progress; /* days: 14 */
    int retention; /* days after the end: 365 */
};

extern const struct clock_terms clock_terms_default;

const char *clock_word(enum clock_kind kind); /* "first_response", as in the design */
bool clock_of(const char *word, enum clock_kind *kind) MUST_USE;
const char *clock_name(enum clock_kind kind, const char *language); /* "eerste reactie" */

/* The last second of a term that counts from the event at at_s. A term of 0 ends with the event's
 * own day (hours: at once). */
int64_t clock_end(const struct calendar *calendar, int64_t at_s, int amount, enum clock_unit unit);

/*
 * Starts the clock, or starts it afresh; what it counts from is at_s. Pausing is refused (false)
 * for terms that the law or a promise to the researcher does not let pause: all but ibd_copy, fix
 * and retention. A pause adds its length to the end, in whole days where days count.
 */
void clock_start(struct clock *clock, enum clock_kind kind, const struct clock_terms *terms,
    const struct calendar *calendar, int64_t at_s);
bool clock_pause(struct clock *clock, enum clock_kind kind, int64_t at_s, const char *why) MUST_USE;
void clock_resume(struct clock *clock, int64_t at_s);
void clock_stop(struct clock *clock, int64_t at_s, const char *why);
void clock_go_on(struct clock *clock); /* what stopped it turned out not to have happened */

/* The stage at that moment; CLOCK_QUIET for a clock that does not run. */
enum clock_stage clock_stage_at(const struct clock *clock, enum clock_kind kind,
    const struct calendar *calendar, int64_t now_s);

/* The first moment after now_s at which the stage gets worse; 0 if there is none. */
int64_t clock_next_at(const struct clock *clock, enum clock_kind kind,
    const struct calendar *calendar, int64_t now_s);

/* Whether it was in time: stopped at or before its end, or not yet ended. */
bool clock_in_time(const struct clock *clock, int64_t now_s);

/* In words, "nl" or "en": what it is for, from when, which days were left out and why, when it
 * ends, how long that is from now, and the rule with its source. Several sentences, one line each.
 */
const char *clock_explain(const struct clock *clock, enum clock_kind kind,
    const struct calendar *calendar, int64_t now_s, const char *language, struct arena *arena);

/* "nog 2 dagen en 3 uur", "5 uur te laat": from now_s to then_s. */
const char *clock_left(int64_t then_s, int64_t now_s, const char *language, struct arena *arena);

#endif
