/* pgp_armor.h - ASCII armor to bytes (RFC 9580, 6), so that the engine only ever sees binary and
 * its own ideas about text around or between blocks never count. */
#ifndef PGP_ARMOR_H
#define PGP_ARMOR_H

#include "base/arena.h"

struct pgp_armor {
    struct span bytes; /* in the arena */
    struct span label; /* "MESSAGE", "SIGNATURE", "PUBLIC KEY BLOCK" */
    bool cut; /* no END line */
    struct span rest; /* what stands behind the block */
};

/* Does text start with an armor block, after blanks? */
bool pgp_armor_is(struct span text);

/*
 * Decodes the block that text starts with, after blanks. Missing header fields, a missing empty
 * line, blanks and a wrong checksum are forgiven: RFC 9580 (6.1) tells to ignore the checksum, and
 * what the bytes are worth is decided by the encryption or the signature itself. Gives false for
 * characters outside base64.
 */
bool pgp_armor_decode(struct span text, struct arena *arena, struct pgp_armor *armor) MUST_USE;

#endif
