/* folder_name.h - names of folders as IMAP writes them (RFC 3501, 5.1.3: modified UTF-7). */
#ifndef FOLDER_NAME_H
#define FOLDER_NAME_H

#include "base/arena.h"
#include "base/err.h"

/* Fails with ERR_RUN, EX_CONFIG for control characters, bytes that are not UTF-8, and "". */
bool folder_name_imap(
    const char *name, struct arena *arena, const char **imap, struct err *err) MUST_USE;

#endif
