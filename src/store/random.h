/* random.h - bytes that nobody can guess: identities, boundaries, Message-IDs, keys. */
#ifndef RANDOM_H
#define RANDOM_H

#include "base/base.h"

enum { RANDOM_ID = 33 }; /* 128 bits in lower-case hex, and the NUL */

/* From the system's generator; a system that has none ends the program (exit 71, EX_OSERR). */
void random_bytes(void *bytes, size_t len);
void random_id(char id[static RANDOM_ID]);
uint32_t random_below(uint32_t limit); /* 0 to limit - 1, each as likely; limit is at least 1 */

#endif
