/* secret.h - passwords, tokens and keys: by their form, or by what the sentence says. */
#ifndef SECRET_H
#define SECRET_H

#include "redact/search.h"

/* In addresses of pages: before mail addresses are looked for, of which they hold the sign. */
void secret_find_userinfo(struct search *search);

void secret_find(struct search *search);

#endif
