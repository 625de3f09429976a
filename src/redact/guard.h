/* guard.h - marks what stays: addresses of pages, hosts, versions, the municipality's own data. */
#ifndef GUARD_H
#define GUARD_H

#include "redact/search.h"

void guard_find(struct search *search);

#endif
