#include "cases/reminder.h"

size_t reminder_take(struct case_file *file, const struct calendar *calendar, int64_t now_s,
    struct reminder reminders[static CLOCK_KINDS])
{
    size_t count = 0;

    for (int kind = 0; kind < CLOCK_KINDS; kind++) {
        struct clock *clock = &file->clocks[kind];
        enum clock_stage stage = clock_stage_at(clock, (enum clock_kind)kind, calendar, now_s);

        if (stage <= clock->told)
            continue;
        clock->told = stage;
        reminders[count++] = (struct reminder) { (enum clock_kind)kind, stage };
    }
    return count;
}
