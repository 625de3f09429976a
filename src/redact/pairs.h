/* pairs.h - keys with their values: JSON, XML, forms, query strings, headers, cookies, settings. */
#ifndef PAIRS_H
#define PAIRS_H

#include "redact/search.h"

void pairs_find(struct search *search);

#endif
