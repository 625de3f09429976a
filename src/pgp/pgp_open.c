/* Decrypts and verifies: from what gpgme says to a verdict, by the rules of what proves what. */
#include "pgp/pgp_armor.h"
#include "pgp/pgp_clear.h"
#include "pgp/pgp_engine.h"
#include "pgp/pgp_packets.h"

#include <gpgme.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ATTEMPTS = 2 };

enum job_kind { DECRYPT_AND_VERIFY, DECRYPT_ALONE, VERIFY_INSIDE, VERIFY_DETACHED };

struct job {
    enum job_kind kind;
    gpgme_data_t in, text, out;
};

static unsigned run_job(struct gpgme_context *context, void *work)
{
    struct job *job = work;

    switch (job->kind) {
    case DECRYPT_AND_VERIFY:
        return gpgme_op_decrypt_ext(context, GPGME_DECRYPT_VERIFY, job->in, job->out);
    case DECRYPT_ALONE:
        return gpgme_op_decrypt_ext(context, 0, job->in, job->out);
    case VERIFY_INSIDE:
        return gpgme_op_verify(context, job->in, NULL, job->out);
    case VERIFY_DETACHED:
        return gpgme_op_verify(context, job->in, job->text, NULL);
    }
    return gpgme_error(GPG_ERR_INV_ARG);
}

/* Output ends up in pgp->scratch. */
static bool do_job(struct pgp *pgp, enum job_kind kind, struct span in, struct span text,
    struct pgp_end *end, struct err *err)
{
    AUTO(pgp_data_release) struct gpgme_data *in_data = pgp_data_of(in);
    AUTO(pgp_data_release) struct gpgme_data *text_data = pgp_data_of(text);
    AUTO(pgp_data_release) struct gpgme_data *out_data = pgp_scratch_open(pgp, pgp->largest_plain);
    struct job job = { kind, in_data, text_data, out_data };

    if (!in_data || !text_data || !out_data)
        return err_set(err, ERR_RUN, "gpgme: cannot hold data");
    return pgp_call_in(pgp, kind == DECRYPT_ALONE ? PGP_ALONE : PGP_HERE, run_job, &job, end, err);
}

LIKE_PRINTF(2, 3) static void explain(struct pgp_opened *opened, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(opened->reason, sizeof opened->reason, format, args);
    va_end(args);
}

static void crypt_is(struct pgp_opened *opened, enum crypt crypt, const char *reason)
{
    opened->crypt = crypt;
    explain(opened, "%s", reason);
}

/* ---- signatures ---- */

static const struct {
    gpg_err_code_t code;
    enum signature verdict;
} signature_codes[] = {
    { GPG_ERR_BAD_SIGNATURE, SIGNATURE_BAD },
    { GPG_ERR_NO_PUBKEY, SIGNATURE_NOKEY },
    { GPG_ERR_SIG_EXPIRED, SIGNATURE_EXPIRED },
    { GPG_ERR_KEY_EXPIRED, SIGNATURE_EXPIRED },
    { GPG_ERR_CERT_REVOKED, SIGNATURE_REVOKED },
    { GPG_ERR_UNSUPPORTED_ALGORITHM, SIGNATURE_UNSUPPORTED },
    { GPG_ERR_DIGEST_ALGO, SIGNATURE_UNSUPPORTED },
    { GPG_ERR_PUBKEY_ALGO, SIGNATURE_UNSUPPORTED },
    { GPG_ERR_UNKNOWN_VERSION, SIGNATURE_UNSUPPORTED },
};

enum { SHA1_UNTIL = 1547856000 }; /* 19 January 2019, as in other OpenPGP programs */

/* Two texts with the same SHA-1 can be made (Leurent and Peyrin, 2020): who signs one of them has
 * signed the other too. gpg takes such signatures, so we do not. */
static bool is_weak(const struct _gpgme_signature *signature)
{
    return signature->timestamp >= SHA1_UNTIL
        && (signature->hash_algo == GPGME_MD_SHA1 || signature->hash_algo == GPGME_MD_RMD160);
}

static enum signature verdict_of(const struct _gpgme_signature *signature)
{
    gpg_err_code_t code = gpgme_err_code(signature->status);

    if (code == GPG_ERR_NO_ERROR) {
        if (signature->wrong_key_usage
            || signature->summary & (GPGME_SIGSUM_RED | GPGME_SIGSUM_SYS_ERROR))
            return SIGNATURE_BAD;
        if (is_weak(signature))
            return SIGNATURE_UNSUPPORTED;
        return strlen(signature->fpr) >= PGP_FINGERPRINT - 1 ? SIGNATURE_GOOD : SIGNATURE_BROKEN;
    }
    for (size_t i = 0; i < COUNT(signature_codes); i++)
        if (code == signature_codes[i].code)
            return signature_codes[i].verdict;
    return SIGNATURE_BROKEN;
}

static const char *const signature_reasons[] = {
    [SIGNATURE_BAD] = "A signature does not verify: what it covers was changed or is forged.",
    [SIGNATURE_BROKEN] = "A signature cannot be read.",
    [SIGNATURE_REVOKED] = "A signature was made with a key that is revoked.",
    [SIGNATURE_EXPIRED] = "A signature or the key that made it has expired.",
    [SIGNATURE_UNSUPPORTED] = "A signature is of a version or algorithm that is not accepted.",
    [SIGNATURE_NOKEY] = "The key that made a signature is not known.",
    [SIGNATURE_GOOD] = NULL,
};

static void add_signature(struct pgp_opened *opened, const struct pgp_signature *signature)
{
    struct pgp_signature *last = &opened->signatures[PGP_SIGNATURES - 1];

    if (!opened->reason[0] && signature_reasons[signature->verdict])
        explain(opened, "%s", signature_reasons[signature->verdict]);
    if (opened->signature_count < PGP_SIGNATURES)
        opened->signatures[opened->signature_count++] = *signature;
    else if (signature->verdict < last->verdict)
        *last = *signature;
}

static void add_broken(struct pgp_opened *opened, enum signature verdict)
{
    add_signature(opened, &(struct pgp_signature) { .verdict = verdict });
}

/*
 * Looks up whose it is. A good one by a key that the ring does not hold any more proves nothing.
 */
static bool name_signer(
    struct pgp *pgp, struct arena *arena, struct pgp_signature *signature, struct err *err)
{
    const struct pgp_known *known;

    if (signature->verdict == SIGNATURE_NOKEY || !signature->key_id[0])
        return true;
    if (!pgp_known_find(pgp, signature->key_id, &known, err))
        return false;
    snprintf(signature->fingerprint, sizeof signature->fingerprint, "%s", known->fingerprint);
    if (!known->fingerprint[0] && signature->verdict == SIGNATURE_GOOD)
        signature->verdict = SIGNATURE_NOKEY;
    for (size_t i = 0; i < known->addresses.count; i++)
        texts_add(&signature->addresses, arena, arena_text(arena, span_of(known->addresses.at[i])));
    for (size_t i = 0; i < known->uids.count; i++)
        texts_add(&signature->uids, arena, arena_text(arena, span_of(known->uids.at[i])));
    return true;
}

/* What gpgme said of the signatures of the last call, before another call makes it forget. */
struct heard {
    struct pgp_signature *signatures;
    size_t count;
};

static struct heard hear_signatures(struct pgp *pgp, struct arena *arena)
{
    gpgme_verify_result_t result = gpgme_op_verify_result(pgp->context);
    struct heard heard = { 0 };
    size_t count = 0;

    for (gpgme_signature_t s = result ? result->signatures : NULL; s; s = s->next)
        count++;
    heard.signatures = arena_array(arena, count, sizeof *heard.signatures);
    for (gpgme_signature_t s = count ? result->signatures : NULL; s; s = s->next) {
        struct pgp_signature *signature = &heard.signatures[heard.count++];

        signature->verdict = verdict_of(s);
        signature->made_at = (int64_t)s->timestamp;
        snprintf(signature->key_id, sizeof signature->key_id, "%s", s->fpr ? s->fpr : "");
    }
    return heard;
}

/*
 * Takes over what was heard. sound: the call as a whole returned success; otherwise no signature
 * counts as good, whatever its own status says.
 */
static bool take_signatures(struct pgp *pgp, struct heard heard, bool sound, struct arena *arena,
    struct pgp_opened *opened, struct err *err)
{
    for (size_t i = 0; i < heard.count; i++) {
        struct pgp_signature *signature = &heard.signatures[i];

        if (!sound && signature->verdict == SIGNATURE_GOOD)
            signature->verdict = SIGNATURE_BROKEN;
        if (!name_signer(pgp, arena, signature, err))
            return false;
        add_signature(opened, signature);
    }
    return true;
}

/* ---- decryption ---- */

/*
 * A whole decryption. err == 0 alone proves nothing: gpg also says so of what was only signed, and
 * status words alone prove nothing either.
 */
static bool is_whole(struct pgp *pgp, const struct pgp_packets *packets, const struct pgp_end *end)
{
    gpgme_decrypt_result_t result = gpgme_op_decrypt_result(pgp->context);
    unsigned recipients = 0;

    if (gpgme_err_code(end->error) != GPG_ERR_NO_ERROR || !result || !result->recipients)
        return false;
    for (gpgme_recipient_t r = result->recipients; r; r = r->next)
        recipients++;
    return !result->legacy_cipher_nomdc && !result->wrong_key_usage
        && !result->unsupported_algorithm && result->symkey_algo
        && strcmp(result->symkey_algo, "?.?") != 0 && !pgp->scratch.overflow
        && packets->encrypted != PGP_TAG_ENCRYPTED_BARE && !packets->after_encrypted
        && !packets->cut && !packets->rubbish && recipients == packets->tags[PGP_TAG_PKESK]
        && pgp->seen.decryptions == 1 && pgp->seen.plaintexts == 1 && pgp->seen.good_mdc == 1
        && pgp->seen.bad_mdc == 0;
}

/* Does one of the keys that it is encrypted to lie here? *own too when it merely cannot be used. */
static bool find_own(struct pgp *pgp, struct pgp_opened *opened, bool *own, struct err *err)
{
    gpgme_decrypt_result_t result = gpgme_op_decrypt_result(pgp->context);
    char ids[PGP_SIGNATURES][65];
    size_t count = 0;

    *own = false;
    for (gpgme_recipient_t r = result ? result->recipients : NULL; r && count < COUNT(ids);
         r = r->next)
        if (r->keyid && strspn(r->keyid, "0") != strlen(r->keyid))
            snprintf(ids[count++], sizeof ids[0], "%s", r->keyid);
    for (size_t i = 0; i < count; i++) {
        const struct pgp_known *known;

        if (!pgp_known_find(pgp, ids[i], &known, err))
            return false;
        *own |= known->has_secret;
        opened->own_key_expired |= known->has_secret && known->expired;
        opened->own_key_revoked |= known->has_secret && known->revoked;
    }
    return true;
}

static bool is_code(const struct pgp_end *end, gpg_err_code_t code)
{
    return gpgme_err_code(end->error) == code;
}

/* Why it did not open. has_key: gpg got as far as decrypting the content. */
static bool judge_failure(struct pgp *pgp, const struct pgp_packets *packets,
    const struct pgp_end *end, struct pgp_opened *opened, struct err *err)
{
    gpgme_decrypt_result_t result = gpgme_op_decrypt_result(pgp->context);
    bool unsupported = (result && result->unsupported_algorithm)
        || is_code(end, GPG_ERR_UNSUPPORTED_ALGORITHM) || is_code(end, GPG_ERR_CIPHER_ALGO);
    bool no_integrity = result && result->legacy_cipher_nomdc;
    bool locked = pgp->wrong_passphrase || pgp->seen.locked || is_code(end, GPG_ERR_BAD_PASSPHRASE);
    bool bad_mdc = pgp->seen.bad_mdc > 0, wrong_usage = result && result->wrong_key_usage;
    bool too_deep = pgp->seen.too_deep > 0;
    bool decrypting = pgp->seen.decryptions > 0, twice = pgp->seen.decryptions > 1;
    bool literals = pgp->seen.plaintexts > 1 || pgp->seen.errors;
    bool own;

    if (!find_own(pgp, opened, &own, err))
        return false;
    if (!decrypting && packets->encrypted == PGP_TAG_ENCRYPTED_AEAD)
        crypt_is(opened, CRYPT_UNSUPPORTED, "It is encrypted with packets that gpg cannot read.");
    else if (unsupported || (!own && packets->unknown_keys && !packets->known_keys))
        crypt_is(opened, CRYPT_UNSUPPORTED, "It is encrypted in a way that gpg does not know.");
    else if (!decrypting && packets->tags[PGP_TAG_SKESK] && !own)
        crypt_is(opened, CRYPT_PASS, "Only a passphrase would open it.");
    else if (!decrypting && own && locked)
        crypt_is(opened, CRYPT_NOKEY,
            "Our secret key is locked: its passphrase is missing or "
            "wrong.");
    else if (!decrypting && own && packets->cut)
        crypt_is(opened, CRYPT_INTEGRITY, "It is cut short.");
    else if (!decrypting && own)
        crypt_is(opened, CRYPT_BROKEN,
            "It is encrypted to a key of ours, but the part that holds "
            "the session key is damaged.");
    else if (!decrypting)
        crypt_is(opened, CRYPT_NOKEY, "It is encrypted to keys that are not here.");
    else if (no_integrity || packets->encrypted == PGP_TAG_ENCRYPTED_BARE)
        crypt_is(opened, CRYPT_INTEGRITY,
            "It is encrypted without integrity protection, so its "
            "content may have been changed by anyone.");
    else if (too_deep)
        crypt_is(opened, CRYPT_BOMB, "It is compressed more often than is allowed.");
    else if (packets->cut)
        crypt_is(opened, CRYPT_INTEGRITY, "It is cut short.");
    else if (bad_mdc)
        crypt_is(opened, CRYPT_INTEGRITY,
            "Its integrity check fails: it is damaged or was "
            "changed.");
    else if (packets->after_encrypted || packets->rubbish)
        crypt_is(opened, CRYPT_BROKEN, "Something else stands behind the encrypted message.");
    else if (twice || literals)
        crypt_is(opened, CRYPT_BROKEN, "It holds more than one message.");
    else if (wrong_usage)
        crypt_is(opened, CRYPT_BROKEN, "It is encrypted to a key that is not for encryption.");
    else
        crypt_is(opened, CRYPT_INTEGRITY, "It is damaged: what is inside cannot be trusted.");
    return true;
}

/* gpg ended in the middle of its work without a word. (A bad signature ends it too.) */
static bool died(struct pgp *pgp, const struct pgp_end *end)
{
    return end->error && pgp->seen.begins > pgp->seen.ends && !pgp->seen.complaints
        && !pgp->scratch.overflow && !pgp->refused; /* gpgme ends a job that is called off */
}

static bool is_missing_key(struct pgp *pgp, const struct pgp_end *end)
{
    return end->error && pgp->seen.decryptions == 0;
}

/*
 * Runs the job until its end says something of the message: an engine that died, or "no secret
 * key" from an agent that is gone, is tried once more and then is the engine's failure. What takes
 * too long while the agent answers is the message's doing, and so is a gpg that dies of the same
 * message twice (as it does of damaged compressed data, without a word). With some RSA keys one
 * decryption in sixty fails (gpg 2.2.40: "Wrong secret key used") and works the next time.
 */
static bool run_decryption(struct pgp *pgp, enum job_kind kind, struct span bytes,
    struct pgp_end *end, bool *too_long, struct err *err)
{
    int deaths = 0;

    *too_long = false;
    for (int i = 0; i < ATTEMPTS; i++) {
        if (!do_job(pgp, kind, bytes, (struct span) { 0 }, end, err))
            return false;
        *too_long = end->timed_out && end->agent_answered;
        if (*too_long || (pgp->refused && !end->timed_out))
            return true;
        if (i == 0 && is_code(end, GPG_ERR_WRONG_SECKEY))
            continue;
        if (!end->timed_out && !died(pgp, end)
            && !(is_missing_key(pgp, end) && !pgp_home_answers(&pgp->home)))
            return true;
        if (died(pgp, end) && pgp_home_answers(&pgp->home)) {
            if (++deaths == ATTEMPTS)
                return true;
            continue;
        }
        pgp_home_stop(&pgp->home);
    }
    return pgp_gave_up(pgp, end, "decrypting", err);
}

static void take_plain(struct pgp *pgp, struct arena *arena, struct pgp_opened *opened)
{
    opened->plain = arena_copy(arena, (struct span) { pgp->scratch.at, pgp->scratch.len });
}

static bool succeed(struct pgp *pgp, struct heard heard, bool sound, struct arena *arena,
    struct pgp_opened *opened, struct err *err)
{
    bool own;

    opened->crypt = CRYPT_ENC;
    take_plain(pgp, arena, opened);
    pgp_scratch_wipe(pgp);
    if (!find_own(pgp, opened, &own, err)
        || !take_signatures(pgp, heard, sound, arena, opened, err))
        return false;
    if (!sound && !heard.count)
        add_broken(opened, SIGNATURE_BROKEN);
    return true;
}

static bool open_sealed(struct pgp *pgp, struct span bytes, const struct pgp_packets *packets,
    struct arena *arena, struct pgp_opened *opened, struct err *err)
{
    struct heard heard;
    struct pgp_end end;
    bool too_long, whole;

    if (!run_decryption(pgp, DECRYPT_AND_VERIFY, bytes, &end, &too_long, err))
        return false;
    heard = hear_signatures(pgp, arena);
    if (!too_long && is_whole(pgp, packets, &end))
        return succeed(pgp, heard, true, arena, opened, err);
    whole = false;
    /* A bad signature makes the combined call fail: decrypting alone decides on the encryption. */
    if (!too_long && !pgp->scratch.overflow && pgp->seen.decryptions && heard.count) {
        if (!run_decryption(pgp, DECRYPT_ALONE, bytes, &end, &too_long, err))
            return false;
        whole = !too_long && is_whole(pgp, packets, &end);
    }
    if (whole)
        return succeed(pgp, heard, false, arena, opened, err);
    if (too_long)
        crypt_is(opened, CRYPT_BOMB, "It takes longer to open than is allowed.");
    else if (pgp->scratch.overflow)
        crypt_is(opened, CRYPT_BOMB, "What is inside is larger than is allowed.");
    else if (!judge_failure(pgp, packets, &end, opened, err))
        return false;
    return true;
}

/* Signed, compressed or literal packets only: nothing of it is encrypted. */
static bool open_bare(struct pgp *pgp, struct span bytes, const struct pgp_packets *packets,
    struct arena *arena, struct pgp_opened *opened, struct err *err)
{
    struct heard heard;
    struct pgp_end end;
    bool sound, several;

    if (!do_job(pgp, VERIFY_INSIDE, bytes, (struct span) { 0 }, &end, err))
        return false;
    if (end.timed_out && !end.agent_answered)
        return pgp_gave_up(pgp, &end, "verifying", err);
    if (end.timed_out || pgp->scratch.overflow || pgp->seen.too_deep) {
        crypt_is(opened, CRYPT_BOMB, "What is inside is larger or deeper than is allowed.");
        return true;
    }
    opened->crypt = CRYPT_NONE;
    several = packets->tags[PGP_TAG_COMPRESSED] + packets->tags[PGP_TAG_LITERAL] > 1;
    if (several) /* gpg reads the first and is content, when that is compressed */
        explain(opened, "%s", "It holds more than one message, of which only the first was read.");
    sound = is_code(&end, GPG_ERR_NO_ERROR) && pgp->seen.plaintexts == 1 && !packets->cut
        && !packets->rubbish && !several;
    heard = hear_signatures(pgp, arena);
    /* At a signature of no use gpgme stops reading, with the text or without it. */
    if (!is_code(&end, GPG_ERR_NO_ERROR) && pgp->seen.plaintexts == 1
        && !do_job(pgp, DECRYPT_ALONE, bytes, (struct span) { 0 }, &end, err))
        return false;
    if (pgp->seen.plaintexts == 1 && !pgp->seen.errors && !packets->rubbish)
        take_plain(pgp, arena, opened);
    if (!take_signatures(pgp, heard, sound, arena, opened, err))
        return false;
    if (!opened->signature_count && (packets->tags[PGP_TAG_ONE_PASS] || packets->signatures))
        add_broken(opened,
            packets->signatures > packets->old_signatures ? SIGNATURE_UNSUPPORTED
                                                          : SIGNATURE_BROKEN);
    return true;
}

static bool is_bare(const struct pgp_packets *packets)
{
    return packets->first == PGP_TAG_SIGNATURE || packets->first == PGP_TAG_ONE_PASS
        || packets->first == PGP_TAG_COMPRESSED || packets->first == PGP_TAG_LITERAL;
}

/* Bytes of an armor block, or the bytes themselves when they are not armored. */
static bool unarmored(struct span text, struct arena *arena, struct span *bytes)
{
    struct pgp_armor armor;

    *bytes = text;
    if (!pgp_armor_is(text))
        return true;
    if (!pgp_armor_decode(text, arena, &armor) || span_trim(armor.rest).len)
        return false;
    *bytes = armor.bytes;
    return true;
}

bool pgp_decrypt(struct pgp *pgp, struct span sealed, struct arena *arena,
    struct pgp_opened *opened, struct err *err)
{
    struct pgp_opened built = { .crypt = CRYPT_BROKEN };
    struct pgp_packets packets;
    struct span bytes;
    bool done = true;

    if (!unarmored(sealed, arena, &bytes))
        crypt_is(&built, CRYPT_BROKEN, "Its armor is damaged, or there is more than one block.");
    else {
        pgp_packets_look(bytes, &packets);
        bytes = span_part(bytes, 0, packets.end);
        if (packets.encrypted == PGP_TAG_ENCRYPTED && packets.encrypted_version != 1)
            crypt_is(&built, CRYPT_UNSUPPORTED,
                "It is encrypted with a newer version of OpenPGP than gpg can read.");
        else if (!packets.encrypted && packets.cut && packets.first == PGP_TAG_PKESK)
            crypt_is(&built, CRYPT_INTEGRITY, "It is cut short.");
        else if (packets.encrypted && (packets.tags[PGP_TAG_PKESK] || packets.tags[PGP_TAG_SKESK]))
            done = open_sealed(pgp, bytes, &packets, arena, &built, err);
        else if (!packets.encrypted && is_bare(&packets))
            done = open_bare(pgp, bytes, &packets, arena, &built, err);
        else
            crypt_is(&built, CRYPT_BROKEN, "There is no encrypted content in it.");
    }
    pgp_scratch_wipe(pgp);
    if (done)
        *opened = built;
    return done;
}

/* ---- signatures beside and around text ---- */

bool pgp_verify(struct pgp *pgp, struct span bytes, struct span signature, struct arena *arena,
    struct pgp_opened *opened, struct err *err)
{
    struct pgp_opened built = { .crypt = CRYPT_NONE };
    struct pgp_packets packets;
    struct pgp_end end;
    struct span binary;

    if (!unarmored(signature, arena, &binary))
        binary = (struct span) { 0 };
    pgp_packets_look(binary, &packets);
    if (!packets.signatures || packets.count != packets.signatures + packets.tags[PGP_TAG_MARKER]
        || packets.cut || packets.rubbish) {
        add_broken(&built, SIGNATURE_BROKEN);
    } else {
        if (!do_job(pgp, VERIFY_DETACHED, binary, bytes, &end, err))
            return false;
        if (end.timed_out)
            return pgp_gave_up(pgp, &end, "verifying", err);
        if (!take_signatures(pgp, hear_signatures(pgp, arena), is_code(&end, GPG_ERR_NO_ERROR),
                arena, &built, err))
            return false;
        while (built.signature_count < packets.signatures && built.signature_count < PGP_SIGNATURES)
            add_broken(&built,
                packets.signatures > packets.old_signatures ? SIGNATURE_UNSUPPORTED
                                                            : SIGNATURE_BROKEN);
    }
    *opened = built;
    return true;
}

bool pgp_verify_clear(struct pgp *pgp, struct span block, struct arena *arena,
    struct pgp_opened *opened, struct err *err)
{
    struct pgp_opened built = { .crypt = CRYPT_NONE };
    struct pgp_packets packets = { 0 };
    struct pgp_clear clear;
    struct pgp_end end;
    struct span binary;
    bool sound;

    if (!pgp_clear_split(block, arena, &clear) || !unarmored(clear.signature, arena, &binary)) {
        add_broken(&built, SIGNATURE_BROKEN);
        *opened = built;
        return true;
    }
    built.plain = clear.text;
    pgp_packets_look(binary, &packets);
    if (packets.count != packets.signatures || !packets.signatures || packets.cut
        || packets.rubbish) {
        add_broken(&built, SIGNATURE_BROKEN);
        *opened = built;
        return true;
    }
    if (!do_job(pgp, VERIFY_INSIDE, block, (struct span) { 0 }, &end, err))
        return false;
    if (end.timed_out)
        return pgp_gave_up(pgp, &end, "verifying", err);
    /* The engine reads the block its own way: its text has to be the one that we show. */
    sound = is_code(&end, GPG_ERR_NO_ERROR) && pgp->seen.plaintexts == 1
        && pgp_clear_same(clear.text, (struct span) { pgp->scratch.at, pgp->scratch.len });
    if (!take_signatures(pgp, hear_signatures(pgp, arena), sound, arena, &built, err))
        return false;
    pgp_scratch_wipe(pgp);
    if (built.signature_count < packets.signatures)
        add_broken(&built,
            packets.signatures > packets.old_signatures ? SIGNATURE_UNSUPPORTED : SIGNATURE_BROKEN);
    *opened = built;
    return true;
}
