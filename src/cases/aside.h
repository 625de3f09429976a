/* aside.h - why a message was put aside, in words for people. */
#ifndef ASIDE_H
#define ASIDE_H

enum aside {
    ASIDE_UNREADABLE, /* nothing more is known */
    ASIDE_DAMAGED, /* its sealed bytes */
    ASIDE_LIMIT, /* of time or memory */
    ASIDE_CRASH, /* of what reads it */
    ASIDE_REDACT,
    ASIDE_FILE,
    ASIDES,
};

const char *aside_word(int aside); /* for the record */
const char *aside_sentence(enum aside aside, const char *language);

#endif
