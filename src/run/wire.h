/* wire.h - questions about OpenPGP and their answers as bytes, between the jailed child and its
 * parent. Every take checks: what does not fit gives empty values and sets failed. */
#ifndef WIRE_H
#define WIRE_H

#include "base/buf.h"
#include "pgp/pgp.h"

enum wire_question {
    WIRE_DECRYPT = 'd', /* the sealed bytes */
    WIRE_VERIFY = 'v', /* two spans: the bytes, the signature */
    WIRE_VERIFY_CLEAR = 'c', /* the block */
    WIRE_KEY_LOOK = 'k', /* the material */
};

struct wire {
    struct span rest; /* what has not been taken yet */
    struct arena *arena;
    bool failed;
};

void wire_put_number(struct buf *buf, uint64_t number);
void wire_put_span(struct buf *buf, struct span bytes);
uint64_t wire_take_number(struct wire *wire);
struct span wire_take_span(struct wire *wire); /* points into what is taken from */

void wire_put_opened(struct buf *buf, const struct pgp_opened *opened);
void wire_take_opened(struct wire *wire, struct pgp_opened *opened);

/* The answer to WIRE_KEY_LOOK: the keys, or none and why. */
void wire_put_keys(struct buf *buf, const struct pgp_key *keys, size_t count, const char *why);
size_t wire_take_keys(struct wire *wire, struct pgp_key *keys, size_t most, const char **why);

#endif
