#include "base/hash.h"

#include <nettle/md5.h>
#include <nettle/sha2.h>

void hash_hex(const uint8_t *bytes, size_t len, char *hex)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        *hex++ = digits[bytes[i] >> 4];
        *hex++ = digits[bytes[i] & 15];
    }
    *hex = '\0';
}

void hash_sha256(struct span bytes, char hex[static HASH_SHA256_HEX])
{
    struct sha256_ctx context;
    uint8_t hash[SHA256_DIGEST_SIZE];

    sha256_init(&context);
    sha256_update(&context, bytes.len, (const uint8_t *)bytes.at);
    sha256_digest(&context, sizeof hash, hash);
    hash_hex(hash, sizeof hash, hex);
}

void hash_md5(struct span bytes, char hex[static HASH_MD5_HEX])
{
    struct md5_ctx context;
    uint8_t hash[MD5_DIGEST_SIZE];

    md5_init(&context);
    md5_update(&context, bytes.len, (const uint8_t *)bytes.at);
    md5_digest(&context, sizeof hash, hash);
    hash_hex(hash, sizeof hash, hex);
}
