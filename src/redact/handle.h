/* handle.h - user names of people, where systems and people put them. */
#ifndef HANDLE_H
#define HANDLE_H

#include "redact/search.h"

void handle_find(struct search *search);

/* After names are known: an identifier beside a person or an address of one. */
void handle_find_beside(struct search *search);

/* Takes in the short rest of a name that was found in part: "lu_robles", "kaya01". */
void handle_find_rest(struct search *search);

#endif
