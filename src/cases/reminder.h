/* reminder.h - which clocks of a case have something to tell that was not told yet. */
#ifndef REMINDER_H
#define REMINDER_H

#include "cases/case.h"

struct reminder {
    enum clock_kind kind;
    enum clock_stage stage; /* CLOCK_SOON and worse; CLOCK_ESCALATED: nothing was done about it */
};

/*
 * Gives those whose stage is worse than the one told, at most CLOCK_KINDS, and counts them as told.
 * Call it for the cases of cabinet_due, send what it gives, and keep the file.
 */
size_t reminder_take(struct case_file *file, const struct calendar *calendar, int64_t now_s,
    struct reminder reminders[static CLOCK_KINDS]);

#endif
