/* folder.h - the folders of a store: made, emptied, swapped, their files copied. */
#ifndef FOLDER_H
#define FOLDER_H

#include "base/err.h"

/* dir/name in text, which holds FOLDER_PATH bytes; false, ERR_RUN, EX_CONFIG when it does not fit.
 */
enum { FOLDER_PATH = 4096 };
bool folder_join(const char *dir, const char *name, char *text, struct err *err) MUST_USE;

bool folder_is(const char *path); /* a folder, not a link to one */

/* Makes a folder of mode 0700 whatever the umask; one that is there gets that mode. */
bool folder_make(const char *path, struct err *err) MUST_USE;

/* Takes away a folder that holds files only; one that is not there is fine. */
bool folder_remove(const char *path, struct err *err) MUST_USE;

/*
 * Puts dir/new in the place of dir/name; what was there is then called dir/old (an older one of
 * that name goes), or taken away when old is NULL. All at once where the file system can exchange
 * two names; else folder_mend puts right what a power cut left.
 */
bool folder_swap(
    const char *dir, const char *name, const char *new, const char *old, struct err *err) MUST_USE;
bool folder_mend(const char *dir, const char *name, const char *new, struct err *err) MUST_USE;

/* Copies a file to a new one of mode 0600, synced, put in place by rename; at most most bytes. */
bool folder_copy_file(const char *from, const char *to, uint64_t most, struct err *err) MUST_USE;

#endif
