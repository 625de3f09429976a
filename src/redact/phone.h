/* phone.h - telephone numbers, in digits and in words; the municipality's own stay. */
#ifndef PHONE_H
#define PHONE_H

#include "redact/search.h"

void phone_find(struct search *search);

/* The value of a field that is a telephone number. */
bool phone_take(struct search *search, uint32_t from, uint32_t to);

#endif
