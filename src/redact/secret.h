/* secret.h - passwords, tokens and keys: by their form, or by what the sentence says. */
#ifndef SECRET_H
#define SECRET_H

#include "redact/search.h"

void secret_find(struct search *search);

#endif
