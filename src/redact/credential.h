/* credential.h - passwords, tokens and keys: by their form, or by what the sentence says. */
#ifndef CREDENTIAL_H
#define CREDENTIAL_H

#include "redact/search.h"

/* In addresses of pages: before mail addresses are looked for, of which they hold the sign. */
void credential_find_userinfo(struct search *search);

void credential_find(struct search *search);

/* A word in small letters for what is locked, or locks: a secret may follow. */
bool credential_thing_word(const char *word);

#endif
