/* maildate.h - Date fields of RFC 5322 with its obsolete forms, and those of common programs. */
#ifndef MAILDATE_H
#define MAILDATE_H

#include "base/span.h"

/* Seconds since 1970, UTC. False when it is no date; years from 1970 to 9999. */
bool maildate_parse(struct span value, int64_t *at_s) MUST_USE;

#endif
