/* params.h - "word; name=value; …" as in Content-Type and Content-Disposition, values decoded from
 * RFC 2231, RFC 2047, raw UTF-8 and what mail programs made of them. */
#ifndef PARAMS_H
#define PARAMS_H

#include "mime/charset.h"

struct param {
    const char *name; /* lower case, without the marks of RFC 2231 */
    const char *value; /* UTF-8, control characters shown */
    struct span raw; /* the value as it stands, quotes off; of the first part of RFC 2231 */
};

struct params {
    const char *word; /* what stands before the first semicolon, lower case, no blanks */
    struct param *at;
    size_t count;
    bool odd; /* a name twice with different values, rubbish between, a quote that never ends */
    bool two_boundaries; /* "boundary" is among those with different values */
};

enum { PARAMS_MOST = 64 };

void params_parse(
    struct charsets *charsets, struct span value, struct arena *arena, struct params *params);

const char *params_get(const struct params *params, const char *name); /* "" when missing */

#endif
