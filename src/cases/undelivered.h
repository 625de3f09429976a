/* undelivered.h - why a letter did not arrive, in words for people. */
#ifndef UNDELIVERED_H
#define UNDELIVERED_H

#include "cases/case.h"

/* Reasons as a case keeps them, beside "SMTP 550": 0 where no server answered for five days. */
#define UNDELIVERED_BOUNCED "bounced"
#define UNDELIVERED_LOST "lost" /* the index was lost: whether it went is not known */

/* One sentence, "nl" or English. What is no reason of ours is given back as it is. */
const char *undelivered_words(const char *why, const char *language, struct arena *arena);

/* The address of somebody so that who knows it sees a slip, and nobody else who it is:
 * "s…e@d…f.example". */
const char *undelivered_address(const char *address, struct arena *arena);

/* A letter that waits for a decision: it came back, or went out without its content for want of a
 * key that is there now. */
bool undelivered_waits(const struct case_file *file, const struct case_letter *letter);

#endif
