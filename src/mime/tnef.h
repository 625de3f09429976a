/* tnef.h - what Outlook packs into winmail.dat (MS-OXTNEF): the text of a mail and its files. */
#ifndef TNEF_H
#define TNEF_H

#include "mime/charset.h"

enum { TNEF_FILES_MOST = 100, TNEF_TEXTS_MOST = 4 };

struct tnef_file {
    const char *name; /* UTF-8, "" when none */
    struct span bytes; /* of a packed mail: TNEF again */
};

struct tnef_text {
    const char *type; /* "text/plain", "text/html" or "text/rtf" */
    const char *charset;
    struct span bytes;
};

struct tnef {
    struct tnef_text texts[TNEF_TEXTS_MOST]; /* versions of one text */
    struct tnef_file files[TNEF_FILES_MOST];
    size_t text_count, file_count;
    bool cut; /* damaged, or more than is kept: something may not be here */
};

bool tnef_is(struct span bytes); /* starts like TNEF */

/* What is in it points into bytes and the arena. */
void tnef_open(
    struct span bytes, struct charsets *charsets, struct arena *arena, struct tnef *tnef);

#endif
