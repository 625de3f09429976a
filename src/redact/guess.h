/* guess.h - passwords and user names that no rule knows, by what stands around them. */
#ifndef GUESS_H
#define GUESS_H

#include "redact/search.h"

/* After all rules and names: takes what looks like a secret or a user name and nobody claims. */
void guess_find(struct search *search);

#endif
