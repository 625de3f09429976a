/* proof.h - checks that numbers carry within themselves. */
#ifndef PROOF_H
#define PROOF_H

#include "base/base.h"

bool proof_bsn(const char *digits); /* 8 or 9 digits */
bool proof_anum(const char *digits); /* 10 digits */
bool proof_card(const char *digits); /* 13 to 19 digits */
bool proof_iban(const char *text); /* letters and digits only, lengths by country */
bool proof_dutch_vat(const char *text); /* NL + 9 digits + B + 2 digits: a sole trader's */
size_t proof_iban_length(const char *country); /* 0 when no such country has one */
bool proof_date(int year, int month, int day); /* a birth date: 1895 to 2035 */

#endif
