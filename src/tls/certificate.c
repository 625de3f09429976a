#include "tls/certificate.h"

#include <string.h>

enum { SOON_S = 14 * 24 * 3600 };

bool certificate_read(struct span bytes, struct certificate *certificate)
{
    if (bytes.len != sizeof(*certificate))
        return false;
    memcpy(certificate, bytes.at, sizeof(*certificate));
    return certificate->from_s >= 0 && certificate->until_s >= certificate->from_s;
}

int64_t certificate_soon_s(const struct certificate *certificate)
{
    int64_t quarter = (certificate->until_s - certificate->from_s) / 4;

    return quarter > 0 && quarter < SOON_S ? quarter : SOON_S;
}
