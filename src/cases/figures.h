/* figures.h - the numbers of a month, for the digest and for the security baseline. */
#ifndef FIGURES_H
#define FIGURES_H

#include "cases/stub.h"

/* Everything is counted from stubs: erased cases still count, and no name is in it. */
struct figures {
    int64_t from_s, to_s; /* from the first second to the last */
    int received; /* in the time */
    int rejected, duplicates, not_reports; /* of those received */
    int confirmed, fixed, closed; /* in the time, whenever received */
    int open; /* at the end of the time */
    int overdue; /* open now, with a clock that is over */
    int answered, answered_in_time; /* first responses that ended in the time */
    int fix_ended, fix_in_time; /* fixes that ended in the time */
    int median_fix_days; /* of those; -1 for none */
    int breaches, breaches_undecided, reported_in_time; /* of those received */
    int ibd_copies; /* of those received: sent by now */
    int high; /* of those received: chance and damage high, or a score of 9.0 or more */
};

/* The month (1 to 12; 0 for the whole year) in Europe/Amsterdam. */
void figures_span(int year, int month, int64_t *from_s, int64_t *to_s);

void figures_count(const struct case_stub *stubs, size_t count, int64_t from_s, int64_t to_s,
    int64_t now_s, struct arena *arena, struct figures *figures);

/* One line each, "nl" or "en"; and as JSON, with the months that were asked for as a list. */
const char *figures_text(const struct figures *figures, const char *language, struct arena *arena);
bool figures_json(const struct figures *figures, size_t count, struct arena *arena,
    struct span *json, struct err *err) MUST_USE;

#endif
