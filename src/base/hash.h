/* hash.h - hashes of bytes in hex, as other programs print them; nothing secret rests on them. */
#ifndef HASH_H
#define HASH_H

#include "base/span.h"

enum { HASH_SHA256_HEX = 65, HASH_MD5_HEX = 33 }; /* with the NUL */

void hash_sha256(struct span bytes, char hex[static HASH_SHA256_HEX]);
void hash_md5(struct span bytes, char hex[static HASH_MD5_HEX]); /* a name tag, proves nothing */

/* len bytes as 2 * len lower case hex digits and a NUL. */
void hash_hex(const uint8_t *bytes, size_t len, char *hex);

#endif
