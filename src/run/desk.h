/* desk.h - what working on cases needs beside the office: calendar, terms, letters, whose mail is
 * whose. */
#ifndef DESK_H
#define DESK_H

#include "cases/filing.h"
#include "letters/letters.h"
#include "run/office.h"

struct desk {
    struct office *office;
    struct calendar calendar;
    struct clock_terms terms;
    struct filing_office filing;
    struct letters letters;
};

/*
 * Sets the desk up for an open office; both live as long as office->arena. Fails with ERR_RUN,
 * EX_CONFIG, for letter texts or closing days that cannot be read.
 */
bool desk_open(struct office *office, struct desk *desk, struct err *err) MUST_USE;

/* The parts that need settings alone. */
bool desk_calendar(const struct settings *settings, struct arena *arena, struct calendar *calendar,
    struct err *err) MUST_USE;
struct clock_terms desk_terms(const struct settings *settings);

#endif
