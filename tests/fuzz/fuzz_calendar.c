/* The file of closing days: nothing may crash; what is taken says why for each of its days. */
#include "clocks/calendar.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_new();
    struct calendar calendar;
    struct err err = { 0 };

    if (calendar_parse((struct span) { (const char *)bytes, len }, "days", arena, &calendar, &err))
        for (size_t i = 0; i < calendar.closing_count; i++)
            if (!calendar_free(&calendar, calendar.closings[i].day, "nl"))
                abort();
    arena_free(&arena);
    return 0;
}
