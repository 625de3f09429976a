/*
 * The child's whole way from bytes to its record. The engine of this run decrypts by handing back
 * what stands in the armor and gives each verdict in turn, so that every layout and every answer is
 * met. Nothing may crash, the record is one that the parent takes, and no mail is called good that
 * the engine did not call good.
 */
#include "run/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct answers {
    unsigned at;
    bool good, whole;
};

static enum signature next_signature(struct answers *answers)
{
    enum signature verdict = (enum signature)(answers->at++ * 7 % (SIGNATURE_GOOD + 1));

    return verdict == SIGNATURE_NONE ? SIGNATURE_NOKEY : verdict;
}

static void add_signature(struct answers *answers, struct arena *arena, struct pgp_opened *opened)
{
    struct pgp_signature *signature = &opened->signatures[opened->signature_count++];

    signature->verdict = next_signature(answers);
    signature->made_at = 1700000000;
    strcpy(signature->fingerprint, "0123456789ABCDEF0123456789ABCDEF01234567");
    texts_add(&signature->addresses, arena, "a@b.nl");
    texts_add(&signature->uids, arena, "Jan <a@b.nl>");
    answers->good |= signature->verdict == SIGNATURE_GOOD;
}

static bool decrypt(
    void *ctx, struct span sealed, struct arena *arena, struct pgp_opened *opened, struct err *err)
{
    struct answers *answers = ctx;

    (void)err;
    opened->crypt = (enum crypt)(CRYPT_ENC - answers->at++ % 3 * 4);
    if (opened->crypt == CRYPT_ENC || opened->crypt == CRYPT_NONE)
        opened->plain = arena_copy(arena, sealed);
    answers->whole |= opened->crypt == CRYPT_ENC;
    if (opened->crypt == CRYPT_ENC && answers->at % 2)
        add_signature(answers, arena, opened);
    return true;
}

static bool verify(void *ctx, struct span bytes, struct span signature, struct arena *arena,
    struct pgp_opened *opened, struct err *err)
{
    (void)bytes;
    (void)signature;
    (void)err;
    opened->crypt = CRYPT_NONE;
    add_signature(ctx, arena, opened);
    return true;
}

static bool verify_clear(
    void *ctx, struct span block, struct arena *arena, struct pgp_opened *opened, struct err *err)
{
    opened->plain = arena_copy(arena, block);
    return verify(ctx, block, block, arena, opened, err);
}

static bool key_look(void *ctx, struct span material, struct arena *arena, struct pgp_key *keys,
    size_t most, size_t *count, struct err *err)
{
    (void)ctx;
    (void)arena;
    (void)most;
    if (material.len % 2)
        return err_set(err, ERR_MESSAGE, "no key");
    strcpy(keys[0].fingerprint, "0123456789ABCDEF0123456789ABCDEF01234567");
    *count = 1;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct charsets *charsets;
    struct answers answers = { len ? bytes[0] : 0, false, false };
    const struct open_engine engine = { decrypt, verify, verify_clear, key_look, &answers };
    struct arena *arena = arena_new();
    struct message message, again;
    struct err err = { 0 };

    if (!charsets)
        charsets = charset_warm();
    if (!reading_mail((struct span) { (const char *)bytes, len }, &engine, &reading_limits_usual,
            charsets, arena, &message, &err))
        abort();
    if ((message.signature == SIGNATURE_GOOD && !answers.good)
        || (message.crypt == CRYPT_ENC && !answers.whole))
        abort();
    if (!message_from_json(message_to_json(&message, "x", arena), arena, &again, &err)) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    arena_free(&arena);
    return 0;
}
