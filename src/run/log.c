#include "run/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* systemd.exec(5): the variable names the device and inode of what it connected to the journal;
 * standard error may have been sent elsewhere since. */
static bool goes_to_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat facts;

    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2
        && fstat(STDERR_FILENO, &facts) == 0 && facts.st_dev == device && facts.st_ino == inode;
}

void log_line(enum log_level level, const char *pass, const char *id, const char *format, ...)
{
    char text[512], priority[8] = "";
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (goes_to_journal())
        snprintf(priority, sizeof priority, "<%d>", (int)level); /* sd-daemon(3) */
    fprintf(stderr, "%s%s: %s%s%s\n", priority, pass, id, *id ? ": " : "", text);
}
