/* birth.h - dates as people write them, and which of them are dates of birth. */
#ifndef BIRTH_H
#define BIRTH_H

#include "redact/search.h"

/* One past the date that starts at token from, or from when none does. `any` takes forms that
 * only a context makes a date: 710215, 19470930, a year alone is never one. */
uint32_t birth_date_end(const struct search *search, uint32_t from, uint32_t to, bool any);

/* A word made of number words only: "negentieneenenvijftig", "nulzes". */
static inline bool birth_is_number_word(const struct search *search, uint32_t i)
{
    return i < search->count && search->token[i].uses & USE_NUMBER;
}
bool birth_number_word(const char *word); /* the same of a word in small letters */

/* Its year; 9999 when none is told in four digits. */
int birth_year(const struct search *search, uint32_t from, uint32_t to);

/* Claims dates that follow or precede "geboren", "born", "dob". */
void birth_find(struct search *search);

/* Dates that only what stands beside tells: after names were found. */
void birth_find_beside(struct search *search);

#endif
