/* transfer.h - Content-Transfer-Encoding off: base64, quoted-printable and uuencode, as mangled as
 * real mail has them. */
#ifndef TRANSFER_H
#define TRANSFER_H

#include "base/arena.h"

enum transfer {
    TRANSFER_NONE, /* 7bit, 8bit, binary, or none stated */
    TRANSFER_BASE64,
    TRANSFER_QP,
    TRANSFER_UU,
    TRANSFER_UNKNOWN, /* stated, and not a word that means anything: taken as it is */
};

enum transfer transfer_of(struct span word); /* of a Content-Transfer-Encoding value */

/*
 * The bytes without their encoding; TRANSFER_NONE gives the bytes themselves. Sets *odd (and never
 * clears it) where something had to be skipped or guessed. What cannot be decoded is left out
 * (base64) or kept as it stands (quoted-printable).
 */
struct span transfer_decode(
    struct span bytes, enum transfer transfer, struct arena *arena, bool *odd);

/* Whether what is called base64 never was: an armored block, or words. */
bool transfer_is_plain(struct span bytes);

/* The plain lines that a list or a gateway put behind base64; empty when there are none. */
struct span transfer_tail(struct span bytes);

#endif
