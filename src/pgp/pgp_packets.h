/* pgp_packets.h - the outer packets of OpenPGP bytes, without looking inside them: what the
 * engine's codes leave open (RFC 9580, 4.2). Facts from here can make a verdict worse, never
 * better. */
#ifndef PGP_PACKETS_H
#define PGP_PACKETS_H

#include "base/span.h"

enum pgp_tag {
    PGP_TAG_PKESK = 1, /* session key, encrypted to a public key */
    PGP_TAG_SIGNATURE = 2,
    PGP_TAG_SKESK = 3, /* session key, encrypted with a passphrase */
    PGP_TAG_ONE_PASS = 4,
    PGP_TAG_SECRET_KEY = 5,
    PGP_TAG_PUBLIC_KEY = 6,
    PGP_TAG_SECRET_SUBKEY = 7,
    PGP_TAG_COMPRESSED = 8,
    PGP_TAG_ENCRYPTED_BARE = 9, /* without any integrity protection */
    PGP_TAG_MARKER = 10,
    PGP_TAG_LITERAL = 11,
    PGP_TAG_USER_ID = 13,
    PGP_TAG_PUBLIC_SUBKEY = 14,
    PGP_TAG_ENCRYPTED = 18,
    PGP_TAG_ENCRYPTED_AEAD = 20, /* GnuPG 2.3 and its kin; never standardised */
    PGP_TAG_PADDING = 21,
};

struct pgp_packets {
    unsigned tags[64]; /* how many of each */
    size_t count, end; /* how many; where the bytes end but for blanks */
    enum pgp_tag first; /* but for markers */
    enum pgp_tag encrypted; /* the first encrypted packet's tag; 0 when there is none */
    int encrypted_version; /* of PGP_TAG_ENCRYPTED */
    unsigned known_keys, unknown_keys; /* PKESK of version 3 and an algorithm of RFC 4880 or 6637 */
    unsigned signatures, old_signatures; /* all; those of version 3 and 4 */
    bool after_encrypted; /* packets behind the first encrypted one */
    bool cut; /* the last packet is shorter than it says */
    bool rubbish; /* bytes that are no packet, but for blanks at the end */
};

/* One packet: all of it, and its body (the first stretch, where it comes in several). */
struct pgp_packet {
    enum pgp_tag tag;
    struct span whole, body;
};

/* Takes the packet at the start of *rest. False at the end, and where no whole packet stands. */
bool pgp_packets_take(struct span *rest, struct pgp_packet *packet);

void pgp_packets_look(struct span bytes, struct pgp_packets *packets);

#endif
