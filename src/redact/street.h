/* street.h - streets with house numbers, post boxes, postcodes. */
#ifndef STREET_H
#define STREET_H

#include "redact/search.h"

/* A Dutch postcode starts at token i; *end is one past it. */
bool street_is_postcode(const struct search *search, uint32_t i, uint32_t *end);

/* Word i ends as only streets do, and a number follows: "Bijenkorfstraat 101". */
bool street_is_sure(const struct search *search, uint32_t i);

/* What stands before is a firm: the address is its office. */
bool street_of_firm(const struct search *search, uint32_t i);

/* One past a house number with its addition that starts at token i ("23a", "6-1", "50 bus 2"). */
uint32_t street_number_end(const struct search *search, uint32_t i, uint32_t to);

/* Claims a postcode among the first of tokens [from, to), which a key says holds one. */
bool street_take_postcode(struct search *search, uint32_t from, uint32_t to);

void street_find(struct search *search);

/* After names are known: a capital with a number beside one. */
void street_find_beside(struct search *search);

#endif
