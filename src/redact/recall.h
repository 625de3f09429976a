/* recall.h - what is known of people: from the sender, and from certain finds; looked for
 * everywhere. */
#ifndef RECALL_H
#define RECALL_H

#include "redact/search.h"

struct recall;

/* Knows the sender and the others of `known`, for a text of so many bytes. The arena owns it. */
struct recall *recall_new(const struct redact_known *known, size_t len, struct arena *arena);

/* Learns the names that were found with certainty. */
void recall_learn(struct recall *recall, const struct search *search);

/* Claims what is known, in any case and order, in user names and file names too. */
void recall_find(struct search *search);

/* Whether the word is part of a known name; *surname when it is no given name alone. */
PURE bool recall_has(const struct recall *recall, uint32_t hash);

#endif
