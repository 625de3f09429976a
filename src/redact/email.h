/* email.h - mail addresses of people, obfuscated ones too; those of functions stay. */
#ifndef EMAIL_H
#define EMAIL_H

#include "redact/search.h"

void email_find(struct search *search);

/* The value of a field that is a mail address, even when its at sign is odd ("jan#x.nl"). */
bool email_take(struct search *search, uint32_t from, uint32_t to);

#endif
