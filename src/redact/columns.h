/* columns.h - tables: a head line types its columns, a row with personal data types its names. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "redact/search.h"

/* Heads and INSERT lists type the cells below or after them. */
void columns_find(struct search *search);

/* In rows without a head: names, dates and numbers beside personal data of certain form. */
void columns_find_rows(struct search *search);

#endif
