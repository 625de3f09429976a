/* jail_frame.h - the frames between child and parent: a type, a kind, a length, bytes. */
#ifndef JAIL_FRAME_H
#define JAIL_FRAME_H

#include "base/span.h"

enum {
    JAIL_INPUT = 'I', /* to the child, once */
    JAIL_ANSWER = 'A', /* to the child, for each question */
    JAIL_QUESTION = 'Q', /* to the parent */
    JAIL_OUTPUT = 'O', /* to the parent, once, the last */
    JAIL_REFUSAL = 'R', /* to the parent in place of it: a text */
    JAIL_HEAD = 10, /* bytes before the payload */
};

struct jail_head {
    unsigned char type, kind;
    uint64_t len;
};

void jail_frame_pack(const struct jail_head *head, unsigned char bytes[static JAIL_HEAD]);
void jail_frame_unpack(const unsigned char bytes[static JAIL_HEAD], struct jail_head *head);

#endif
