/* netaddr.h - IP and MAC addresses of people; those of servers and networks stay. */
#ifndef NETADDR_H
#define NETADDR_H

#include "redact/search.h"

void netaddr_find(struct search *search);

/* Addresses that only a name beside them tells: after names were found. */
void netaddr_find_beside(struct search *search);
bool netaddr_take(struct search *search, uint32_t from, uint32_t to); /* the value of a field */
bool netaddr_take_mac(struct search *search, uint32_t from, uint32_t to);

#endif
