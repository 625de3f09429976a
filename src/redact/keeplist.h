/* keeplist.h - marks what stays: addresses of pages, hosts, versions, the municipality's own data.
 */
#ifndef KEEPLIST_H
#define KEEPLIST_H

#include "redact/search.h"

void keeplist_find(struct search *search);

#endif
