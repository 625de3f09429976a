/* addresses.h - address lists of RFC 5322 and what is sent instead: groups, comments, quotes,
 * obsolete forms, several mailboxes, other charsets. Iterative: depth of brackets costs no stack.
 */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include "mime/charset.h"

struct address {
    const char *name; /* display name, decoded and shown on one line; "" when there is none */
    const char *address; /* local part as written, domain in lower case; "" when there is none */
};

struct addresses {
    struct address *at;
    size_t count;
    bool odd; /* not as the grammar has it: read as well as can be, and not to be trusted */
    bool cut; /* more than ADDRESSES_MOST */
};

enum { ADDRESSES_MOST = 1000 };

/* Adds the mailboxes in one field's value to the list. */
void addresses_parse(
    struct charsets *charsets, struct span value, struct arena *arena, struct addresses *list);

/* Whether both name the same mailbox: domains without regard to case, local parts too (every
 * provider in use does so), a final dot of the domain left aside. */
bool addresses_same(const char *a, const char *b);

/* The first thing in a text that looks like an address, "" when nothing does: for display names
 * that pose as one. */
const char *addresses_in_text(const char *text, struct arena *arena);

#endif
