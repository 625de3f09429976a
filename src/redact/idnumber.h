/* idnumber.h - numbers of people: BSN, IBAN, card, A- and V-number, documents, VAT number. */
#ifndef IDNUMBER_H
#define IDNUMBER_H

#include "redact/search.h"

/* Those whose check leaves no doubt: account numbers. */
void idnumber_find_sure(struct search *search);

void idnumber_find(struct search *search);

#endif
