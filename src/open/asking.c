/* Questions to the engine, each once and not too many. */
#include "base/hash.h"
#include "open/armor.h"
#include "open/opening.h"

#include <stdio.h>
#include <string.h>

static struct pgp_opened *find(const struct opening *o, const char *hash)
{
    for (const struct asked *asked = o->asked; asked; asked = asked->before)
        if (strcmp(asked->hash, hash) == 0)
            return asked->opened;
    return NULL;
}

static void keep(struct opening *o, const char *hash, struct pgp_opened *opened)
{
    struct asked *asked = arena_alloc(o->arena, sizeof *asked);

    *asked = (struct asked) { .before = o->asked, .opened = opened };
    memcpy(asked->hash, hash, sizeof asked->hash);
    o->asked = asked;
}

bool asking_was(const struct opening *o, struct span bytes)
{
    char hash[65];

    hash_sha256(bytes, hash);
    return find(o, hash) != NULL;
}

/* Too many questions: what is not asked is not known, which is bad news. */
static bool may_ask(struct opening *o, struct pgp_opened *opened)
{
    if (o->questions++ < o->limits->questions)
        return true;
    o->message->flags |= FLAG_TRUNCATED;
    opened->crypt = CRYPT_BROKEN;
    snprintf(opened->reason, sizeof opened->reason,
        "There are more encrypted or signed things than allowed; the rest was not opened.");
    return false;
}

static struct pgp_opened *answered(
    struct opening *o, bool ok, const char *hash, struct pgp_opened *opened)
{
    if (!ok) {
        o->failed = true;
        return NULL;
    }
    if (opened->own_key_expired)
        o->message->flags |= FLAG_OWN_KEY_EXPIRED;
    if (opened->own_key_revoked)
        o->message->flags |= FLAG_OWN_KEY_REVOKED;
    if (opened->reason[0])
        opening_reason(o, "%s", opened->reason);
    if (hash)
        keep(o, hash, opened);
    return opened;
}

struct pgp_opened *asking_decrypt(struct opening *o, struct span sealed)
{
    struct pgp_opened *opened;
    char hash[65];
    bool ok = true;

    if (o->failed)
        return NULL;
    hash_sha256(sealed, hash);
    opened = find(o, hash);
    if (opened)
        return opened;
    opened = arena_alloc(o->arena, sizeof *opened);
    if (may_ask(o, opened))
        ok = o->engine->decrypt(o->engine->ctx, sealed, o->arena, opened, o->err);
    if (ok) {
        o->plain += opened->plain.len;
        if (o->plain > o->limits->plain) {
            opened->crypt = CRYPT_BOMB;
            opened->plain = (struct span) { NULL, 0 };
            opened->signature_count = 0;
            snprintf(opened->reason, sizeof opened->reason,
                "What is encrypted is larger than allowed once opened.");
        }
    }
    return answered(o, ok, hash, opened);
}

struct pgp_opened *asking_verify(struct opening *o, struct span bytes, struct span signature)
{
    struct pgp_opened *opened;
    bool ok = true;

    if (o->failed)
        return NULL;
    opened = arena_alloc(o->arena, sizeof *opened);
    if (may_ask(o, opened))
        ok = o->engine->verify(o->engine->ctx, bytes, signature, o->arena, opened, o->err);
    return answered(o, ok, NULL, opened);
}

struct pgp_opened *asking_clear(struct opening *o, struct span block)
{
    struct pgp_opened *opened;
    char hash[65];
    bool ok = true;

    if (o->failed)
        return NULL;
    hash_sha256(block, hash);
    opened = find(o, hash);
    if (opened)
        return opened;
    opened = arena_alloc(o->arena, sizeof *opened);
    if (may_ask(o, opened))
        ok = o->engine->verify_clear(o->engine->ctx, block, o->arena, opened, o->err);
    return answered(o, ok, hash, opened);
}

void asking_keys(struct opening *o, struct span material, const char *whence)
{
    enum { MOST = 16 };
    struct pgp_key keys[MOST];
    struct message *message = o->message;
    struct err why = { 0 };
    size_t count = 0;
    bool fresh = false;

    if (o->failed || !o->engine->key_look || !material.len
        || o->questions++ >= o->limits->questions)
        return;
    memset(keys, 0, sizeof keys);
    if (!o->engine->key_look(o->engine->ctx, material, o->arena, keys, MOST, &count, &why)) {
        if (why.scope == ERR_MESSAGE) {
            opening_reason(o, "Key material came along that is not offered: %s.", why.text);
            return;
        }
        *o->err = why;
        o->failed = true;
        return;
    }
    for (size_t i = 0; i < count && i < MOST; i++)
        if (!texts_have(&message->keys_attached, keys[i].fingerprint)) {
            texts_add(&message->keys_attached, o->arena,
                arena_text(o->arena, span_of(keys[i].fingerprint)));
            fresh = true;
        }
    if (!fresh)
        return;
    opening_reason(o, "A public key came along %s: it proves nothing by itself.", whence);
    if (armor_packet(material) != PACKET_NONE)
        material = armor_keys(material, o->arena);
    message->key_material = arena_printf(
        o->arena, "%s%.*s", message->key_material, (int)material.len, material.at);
}
