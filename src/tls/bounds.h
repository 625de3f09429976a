/*
 * bounds.h - what a mail server says, checked for bounds before a protocol library parses it.
 *
 * The library keeps whole answers in memory, recurses over nested lists, and cannot parse some
 * answers at all without ending the process. So lines, answers and announced sizes have limits
 * here, and what no honest server says ends the connection.
 */
#ifndef BOUNDS_H
#define BOUNDS_H

#include "base/err.h"

enum bounds_protocol { BOUNDS_IMAP, BOUNDS_SMTP };

enum {
    BOUNDS_LINE = 8192, /* of one response, without what its literals hold: ten times the usual */
    BOUNDS_LITERAL = 16 * 1024, /* of a literal that is not the text of a message */
    BOUNDS_ANSWER = 160 * 1024, /* of all answers to one command, without texts of messages: the
                                 * library makes a hundred bytes of two */
};

/* Starts as { .protocol = … }. */
struct bounds {
    enum bounds_protocol protocol;
    bool greeted; /* the first line has passed */
    bool leaving; /* we said goodbye: BYE is fine */
    bool in_response; /* a literal has ended: the next line goes on with the same response */
    bool in_body; /* the literal is the text of a message */
    uint64_t literal; /* bytes of it to come */
    size_t response, answer; /* bytes so far, see the limits */
    size_t len; /* of the line so far */
    char line[BOUNDS_LINE + 1];
};

/* A command was sent: its answers are counted anew. */
void bounds_command(struct bounds *bounds);

/* Takes what the server sent. Fails with ERR_SERVICE; nothing after that may be used. */
bool bounds_take(struct bounds *bounds, const char *bytes, size_t len, struct err *err) MUST_USE;

#endif
