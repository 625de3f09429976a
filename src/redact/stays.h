/* stays.h - marks what stays: addresses of pages, hosts, versions, the municipality's own data. */
#ifndef STAYS_H
#define STAYS_H

#include "redact/search.h"

void stays_find(struct search *search);

#endif
