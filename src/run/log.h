/* log.h - one line for each message and run: to standard error, with its priority where that is the
 * journal. Our own ids and words only: never a subject, address, file name or text of a message. */
#ifndef LOG_H
#define LOG_H

#include "base/buf.h"

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5,
    LOG_LEVEL_INFO = 6
};

/* id is our number of a message, case or letter, or "" for the run itself. */
void log_line(enum log_level level, const char *pass, const char *id, const char *format, ...)
    LIKE_PRINTF(4, 5);

/* The same for many, told at once. */
void log_add(struct buf *lines, enum log_level level, const char *pass, const char *id,
    const char *format, ...) LIKE_PRINTF(5, 6);
void log_tell(const struct buf *lines);

#endif
