#include "run/wire.h"

#include <string.h>

void wire_put_number(struct buf *buf, uint64_t number)
{
    char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(unsigned char)(number >> (8 * i));
    buf_add(buf, (struct span) { bytes, sizeof bytes });
}

void wire_put_span(struct buf *buf, struct span bytes)
{
    wire_put_number(buf, bytes.len);
    buf_add(buf, bytes);
}

uint64_t wire_take_number(struct wire *wire)
{
    uint64_t number = 0;

    if (wire->rest.len < 8) {
        wire->failed = true;
        return 0;
    }
    for (int i = 0; i < 8; i++)
        number |= (uint64_t)(unsigned char)wire->rest.at[i] << (8 * i);
    wire->rest = span_part(wire->rest, 8, wire->rest.len);
    return number;
}

struct span wire_take_span(struct wire *wire)
{
    uint64_t len = wire_take_number(wire);
    struct span bytes;

    if (len > wire->rest.len) {
        wire->failed = true;
        return (struct span) { 0 };
    }
    bytes = span_part(wire->rest, 0, (size_t)len);
    wire->rest = span_part(wire->rest, (size_t)len, wire->rest.len);
    return bytes;
}

/* At most most; more than that means that the bytes are not what they should be. */
static size_t take_at_most(struct wire *wire, size_t most)
{
    uint64_t number = wire_take_number(wire);

    if (number <= most)
        return (size_t)number;
    wire->failed = true;
    return 0;
}

static const char *take_text(struct wire *wire)
{
    return arena_text(wire->arena, wire_take_span(wire));
}

/* Into an array of size bytes, with its NUL. */
static void take_chars(struct wire *wire, char *chars, size_t size)
{
    struct span bytes = wire_take_span(wire);

    if (bytes.len >= size) {
        wire->failed = true;
        bytes.len = 0;
    }
    if (bytes.len)
        memcpy(chars, bytes.at, bytes.len);
    chars[bytes.len] = '\0';
}

static void put_texts(struct buf *buf, const struct texts *texts)
{
    wire_put_number(buf, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        wire_put_span(buf, span_of(texts->at[i]));
}

static void take_texts(struct wire *wire, struct texts *texts)
{
    size_t count = take_at_most(wire, wire->rest.len / 8);

    *texts = (struct texts) { 0 };
    for (size_t i = 0; i < count && !wire->failed; i++)
        texts_add(texts, wire->arena, take_text(wire));
}

static void put_signature(struct buf *buf, const struct pgp_signature *signature)
{
    wire_put_number(buf, signature->verdict);
    wire_put_span(buf, span_of(signature->fingerprint));
    wire_put_span(buf, span_of(signature->key_id));
    wire_put_number(buf, (uint64_t)signature->made_at);
    put_texts(buf, &signature->addresses);
    put_texts(buf, &signature->uids);
}

static void take_signature(struct wire *wire, struct pgp_signature *signature)
{
    signature->verdict = (enum signature)take_at_most(wire, SIGNATURE_GOOD);
    take_chars(wire, signature->fingerprint, sizeof signature->fingerprint);
    take_chars(wire, signature->key_id, sizeof signature->key_id);
    signature->made_at = (int64_t)wire_take_number(wire);
    take_texts(wire, &signature->addresses);
    take_texts(wire, &signature->uids);
}

void wire_put_opened(struct buf *buf, const struct pgp_opened *opened)
{
    wire_put_number(buf, opened->crypt);
    wire_put_span(buf, opened->plain);
    wire_put_number(buf, opened->own_key_expired);
    wire_put_number(buf, opened->own_key_revoked);
    wire_put_span(buf, span_of(opened->reason));
    wire_put_number(buf, opened->signature_count);
    for (size_t i = 0; i < opened->signature_count; i++)
        put_signature(buf, &opened->signatures[i]);
}

void wire_take_opened(struct wire *wire, struct pgp_opened *opened)
{
    *opened = (struct pgp_opened) { 0 };
    opened->crypt = (enum crypt)take_at_most(wire, CRYPT_ENC);
    opened->plain = wire_take_span(wire);
    opened->own_key_expired = take_at_most(wire, 1) != 0;
    opened->own_key_revoked = take_at_most(wire, 1) != 0;
    take_chars(wire, opened->reason, sizeof opened->reason);
    opened->signature_count = take_at_most(wire, PGP_SIGNATURES);
    for (size_t i = 0; i < opened->signature_count; i++)
        take_signature(wire, &opened->signatures[i]);
}

void wire_put_keys(struct buf *buf, const struct pgp_key *keys, size_t count, const char *why)
{
    wire_put_span(buf, span_of(why));
    wire_put_number(buf, count);
    for (size_t i = 0; i < count; i++) {
        wire_put_number(buf, keys[i].encrypts);
        wire_put_number(buf, keys[i].signs);
        wire_put_number(buf, keys[i].has_secret);
        wire_put_span(buf, span_of(keys[i].fingerprint));
        wire_put_number(buf, (uint64_t)keys[i].expires_at);
        wire_put_span(buf, span_of(keys[i].uid));
        put_texts(buf, &keys[i].addresses);
    }
}

size_t wire_take_keys(struct wire *wire, struct pgp_key *keys, size_t most, const char **why)
{
    size_t count;

    *why = take_text(wire);
    count = take_at_most(wire, most);
    for (size_t i = 0; i < count; i++) {
        keys[i].encrypts = (enum pgp_usable)take_at_most(wire, PGP_KEY_USABLE);
        keys[i].signs = (enum pgp_usable)take_at_most(wire, PGP_KEY_USABLE);
        keys[i].has_secret = take_at_most(wire, 1) != 0;
        take_chars(wire, keys[i].fingerprint, sizeof keys[i].fingerprint);
        keys[i].expires_at = (int64_t)wire_take_number(wire);
        keys[i].uid = take_text(wire);
        take_texts(wire, &keys[i].addresses);
    }
    return count;
}
