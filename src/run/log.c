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

static void add(struct buf *lines, enum log_level level, const char *pass, const char *id,
    const char *format, va_list args)
{
    char text[512];

    vsnprintf(text, sizeof text, format, args);
    if (goes_to_journal())
        buf_printf(lines, "<%d>", (int)level); /* sd-daemon(3) */
    buf_printf(lines, "%s: %s%s%s\n", pass, id, *id ? ": " : "", text);
}

void log_add(struct buf *lines, enum log_level level, const char *pass, const char *id,
    const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(lines, level, pass, id, format, args);
    va_end(args);
}

void log_tell(const struct buf *lines)
{
    if (lines->len > 0)
        fwrite(lines->at, 1, lines->len, stderr);
}

void log_line(enum log_level level, const char *pass, const char *id, const char *format, ...)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct buf line = { .arena = arena };
    va_list args;

    va_start(args, format);
    add(&line, level, pass, id, format, args);
    va_end(args);
    log_tell(&line);
}
