/* outgoing.h - what one mail of ours says: the rooms that write fill it, the outbox composes it. */
#ifndef OUTGOING_H
#define OUTGOING_H

#include "base/arena.h"

struct outgoing_file {
    const char *name; /* letters, digits, '.', '_' and '-' only */
    const char *type; /* "application/json" */
    struct span bytes;
};

/* Texts are UTF-8, lines end in LF; a paragraph is one line however long. Never NULL but html. */
struct outgoing {
    const char *subject; /* stands inside the encryption */
    const char *outer_subject; /* for everybody to read: no content */
    const char *text;
    const char *html; /* the same as text for who prefers it; NULL: none */
    const char *language; /* "nl" or "en" */
    const char *auto_submitted; /* RFC 3834: "auto-replied", "auto-generated"; "": by a person */
    struct outgoing_file *files;
    size_t file_count;
};

/* All empty, no NULL texts, language "nl". */
void outgoing_empty(struct outgoing *outgoing);

/* Adds one; keeps the texts and bytes. */
void outgoing_attach(struct outgoing *outgoing, struct arena *arena, const char *name,
    const char *type, struct span bytes);

/* An address that can stand in a header and in an SMTP command: one '@', 254 printable ASCII
 * characters at most, none of < > , ; : " ( ) [ ] \ and blank. */
bool outgoing_address(const char *address);

#endif
