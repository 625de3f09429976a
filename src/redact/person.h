/* person.h - names of people in running text, by score. */
#ifndef PERSON_H
#define PERSON_H

#include "redact/search.h"

void person_find(struct search *search);

#endif
