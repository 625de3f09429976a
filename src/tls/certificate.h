/* certificate.h - how long the certificate of a mail server is good. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include "base/span.h"

/* Zeros: not known. */
struct certificate {
    int64_t from_s, until_s;
};

/* One that another process hands over, byte for byte; false when it can be none. */
bool certificate_read(struct span bytes, struct certificate *certificate) MUST_USE;

/* How long before its end a certificate should have been renewed: two weeks, or a quarter of its
 * life when that is less. */
int64_t certificate_soon_s(const struct certificate *certificate);

#endif
