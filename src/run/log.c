#include "run/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* The macro would add our file and line as fields, which nobody reads. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

void log_line(enum log_level level, const char *pass, const char *id, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (getenv("JOURNAL_STREAM")
        && sd_journal_send("MESSAGE=%s: %s%s%s", pass, id, *id ? ": " : "", text, "PRIORITY=%d",
               (int)level, "MELDPOST_PASS=%s", pass, "MELDPOST_ID=%s", id, NULL)
            == 0)
        return;
    fprintf(stderr, "%s: %s%s%s\n", pass, id, *id ? ": " : "", text);
}
