#include "store/random.h"

#include "base/hash.h"

#include <sodium.h>
#include <sysexits.h>
#include <unistd.h>

static void start(void)
{
    static const char words[] = "meldpost: the system gives no random bytes\n";

    if (sodium_init() < 0) {
        ssize_t written = write(STDERR_FILENO, words, sizeof words - 1);

        (void)written;
        _exit(EX_OSERR);
    }
}

void random_bytes(void *bytes, size_t len)
{
    start();
    randombytes_buf(bytes, len);
}

void random_id(char id[static RANDOM_ID])
{
    uint8_t bytes[RANDOM_ID / 2];

    random_bytes(bytes, sizeof bytes);
    hash_hex(bytes, sizeof bytes, id);
}

uint32_t random_below(uint32_t limit)
{
    assert(limit);
    start();
    return randombytes_uniform(limit);
}
