#include "pgp/pgp_packets.h"

enum { MOST_PACKETS = 10000 };

struct walk {
    struct span bytes;
    size_t at;
};

static bool byte(struct walk *walk, unsigned *value)
{
    if (walk->at >= walk->bytes.len)
        return false;
    *value = (unsigned char)walk->bytes.at[walk->at++];
    return true;
}

static bool number(struct walk *walk, int octets, size_t *value)
{
    unsigned next;

    *value = 0;
    while (octets-- > 0) {
        if (!byte(walk, &next))
            return false;
        *value = *value << 8 | next;
    }
    return true;
}

static bool skip(struct walk *walk, size_t len)
{
    if (len > walk->bytes.len - walk->at) {
        walk->at = walk->bytes.len;
        return false;
    }
    walk->at += len;
    return true;
}

/* A length of the new format; *partial when another one follows behind that many bytes. */
static bool new_length(struct walk *walk, size_t *len, bool *partial)
{
    unsigned first, second;

    *partial = false;
    if (!byte(walk, &first))
        return false;
    if (first < 192) {
        *len = first;
        return true;
    }
    if (first < 224) {
        if (!byte(walk, &second))
            return false;
        *len = ((size_t)(first - 192) << 8) + second + 192;
        return true;
    }
    if (first == 255)
        return number(walk, 4, len);
    *partial = true;
    *len = (size_t)1 << (first & 31);
    return true;
}

/*
 * Goes over one packet's length and body; *body is the first stretch of it. Gives false when the
 * bytes end too early.
 */
static bool pass_new(struct walk *walk, struct span *body)
{
    bool first = true, partial, whole;
    size_t len;

    do {
        if (!new_length(walk, &len, &partial))
            return false;
        if (first)
            *body = span_part(walk->bytes, walk->at, walk->at + len);
        first = false;
        whole = skip(walk, len);
    } while (whole && partial);
    return whole;
}

static bool pass_old(struct walk *walk, unsigned length_type, struct span *body)
{
    size_t len;

    if (length_type == 3)
        len = walk->bytes.len - walk->at;
    else if (!number(walk, 1 << length_type, &len))
        return false;
    *body = span_part(walk->bytes, walk->at, walk->at + len);
    return skip(walk, len);
}

static bool only_blanks(struct span bytes)
{
    return span_trim(bytes).len == 0;
}

static unsigned octet(struct span body, size_t at)
{
    return at < body.len ? (unsigned char)body.at[at] : 0;
}

/* RSA, Elgamal, ECDH: what RFC 4880 and 6637 encrypt with; in a version 3 packet behind the key id.
 */
static bool is_known_key(struct span body)
{
    unsigned algorithm = octet(body, 9);

    return octet(body, 0) == 3
        && (algorithm == 1 || algorithm == 2 || algorithm == 16 || algorithm == 18
            || algorithm == 20);
}

static void count_packet(struct pgp_packets *packets, enum pgp_tag tag, struct span body)
{
    packets->count++;
    packets->tags[tag]++;
    if (!packets->first && tag != PGP_TAG_MARKER)
        packets->first = tag;
    if (packets->encrypted && tag != PGP_TAG_MARKER && tag != PGP_TAG_PADDING)
        packets->after_encrypted = true;
    switch (tag) {
    case PGP_TAG_ENCRYPTED:
    case PGP_TAG_ENCRYPTED_BARE:
    case PGP_TAG_ENCRYPTED_AEAD:
        if (!packets->encrypted) {
            packets->encrypted = tag;
            packets->encrypted_version = (int)octet(body, 0);
        }
        break;
    case PGP_TAG_PKESK:
        packets->known_keys += is_known_key(body);
        packets->unknown_keys += !is_known_key(body);
        break;
    case PGP_TAG_SIGNATURE:
        packets->signatures++;
        packets->old_signatures += octet(body, 0) == 3 || octet(body, 0) == 4;
        break;
    default:
        break;
    }
}

/* Goes over one packet from its head on, which has its first bit set. */
static bool pass(struct walk *walk, unsigned head, enum pgp_tag *tag, struct span *body)
{
    *tag = head & 0x40 ? head & 63 : head >> 2 & 15;
    return head & 0x40 ? pass_new(walk, body) : pass_old(walk, head & 3, body);
}

bool pgp_packets_take(struct span *rest, struct pgp_packet *packet)
{
    struct walk walk = { .bytes = *rest };
    struct span body = { 0 };
    enum pgp_tag tag;
    unsigned head;

    if (!byte(&walk, &head) || !(head & 0x80) || !pass(&walk, head, &tag, &body) || tag == 0)
        return false;
    *packet = (struct pgp_packet) { tag, span_part(*rest, 0, walk.at), body };
    *rest = span_part(*rest, walk.at, rest->len);
    return true;
}

void pgp_packets_look(struct span bytes, struct pgp_packets *packets)
{
    struct walk walk = { .bytes = bytes };
    unsigned head;

    *packets = (struct pgp_packets) { .end = bytes.len };
    while (packets->count < MOST_PACKETS) {
        struct span body = { 0 };
        size_t start = walk.at;
        enum pgp_tag tag;
        bool whole;

        if (!byte(&walk, &head))
            return;
        if (!(head & 0x80)) {
            packets->rubbish = !only_blanks(span_part(bytes, start, bytes.len));
            packets->end = packets->rubbish ? bytes.len : start;
            return;
        }
        whole = pass(&walk, head, &tag, &body);
        if (tag == 0) {
            packets->rubbish = true;
            return;
        }
        count_packet(packets, tag, body);
        if (!whole) {
            packets->cut = true;
            return;
        }
    }
    packets->rubbish = true;
}
