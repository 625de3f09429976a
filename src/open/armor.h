/* armor.h - OpenPGP in text: finds armored blocks and takes the armor off, as mangled as it is. */
#ifndef ARMOR_H
#define ARMOR_H

#include "base/buf.h"

enum armor_kind {
    ARMOR_MESSAGE,
    ARMOR_CLEAR, /* a cleartext-signed block, from its first line to the end of its signature */
    ARMOR_SIGNATURE,
    ARMOR_PUBLIC,
    ARMOR_PRIVATE,
};

struct armor {
    enum armor_kind kind;
    size_t start, end; /* the lines of the block in the text */
    bool cut; /* its last line is missing */
    bool last; /* no block behind it can have a last line */
};

/* The first block at or after from. Lines may start with the marks of a quotation. */
bool armor_find(struct span text, size_t from, struct armor *armor);

struct armor_bytes {
    struct span bytes; /* binary OpenPGP, in the arena; empty when nothing was there */
    const char *charset; /* of a Charset header, "" when none */
    bool crc_wrong;
    struct span strays; /* lines within that hold something else than armor */
    const char *mended; /* what had to be repaired, a plain sentence; "" when nothing */
};

/* Takes the armor off one block. OpenPGP proves its integrity by itself: a wrong checksum is told,
 * and stops nothing (RFC 9580, 6.1). */
struct armor_bytes armor_off(struct span block, struct arena *arena);

/* A cleartext-signed block as verify_clear wants it: marks of a quotation taken off. *mended is set
 * when there were some. The last lines of the signature's armor are put right. */
struct span armor_clear(struct span block, struct arena *arena, bool *mended);

/* The text of a cleartext-signed block before its signature, dashes unescaped (RFC 4880, 7.1), and
 * what else stands in its head: for comparing, and for a block that is none. It is not what the
 * signature covers. */
struct span armor_clear_text(struct span block, struct arena *arena);

/* Armor for public keys. */
struct span armor_keys(struct span bytes, struct arena *arena);

enum packet {
    PACKET_NONE = -1, /* not OpenPGP */
    PACKET_PKESK = 1,
    PACKET_SIGNATURE = 2,
    PACKET_SKESK = 3,
    PACKET_ONE_PASS = 4,
    PACKET_SECRET_KEY = 5,
    PACKET_PUBLIC_KEY = 6,
    PACKET_COMPRESSED = 8,
    PACKET_SEALED_OLD = 9,
    PACKET_LITERAL = 11,
    PACKET_SEALED = 18,
    PACKET_SEALED_AEAD = 20,
};

/* The type of the first packet of binary OpenPGP, markers and padding skipped: what it poses as.
 * Only the engine says what it is. */
int armor_packet(struct span bytes);

bool armor_is_sealed(int packet); /* starts an encrypted message */

#endif
