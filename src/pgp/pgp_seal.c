/* Encrypts and signs what goes out: to full fingerprints only. */
#include "pgp/pgp_engine.h"

#include <ctype.h>
#include <gpgme.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { MOST_RECIPIENTS = 16, MOST_SEALED = 256 * 1024 * 1024 };

struct work {
    gpgme_data_t in, out;
    size_t count;
    gpgme_key_t keys[MOST_RECIPIENTS + 1], signing; /* to whom; NULL when nobody signs */
};

static void release_work(struct work *work)
{
    for (size_t i = 0; i < work->count; i++)
        if (work->keys[i])
            gpgme_key_unref(work->keys[i]);
    if (work->signing)
        gpgme_key_unref(work->signing);
}

static gpgme_error_t set_signer(struct gpgme_context *context, const struct work *work)
{
    gpgme_signers_clear(context);
    return work->signing ? gpgme_signers_add(context, work->signing) : 0;
}

static unsigned run_seal(struct gpgme_context *context, void *hook)
{
    const gpgme_encrypt_flags_t flags = GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_ENCRYPT_TO;
    struct work *work = hook;
    gpgme_error_t error = set_signer(context, work);

    if (error)
        return error;
    return work->signing ? gpgme_op_encrypt_sign(context, work->keys, flags, work->in, work->out)
                         : gpgme_op_encrypt(context, work->keys, flags, work->in, work->out);
}

static unsigned run_sign(struct gpgme_context *context, void *hook)
{
    struct work *work = hook;
    gpgme_error_t error = set_signer(context, work);

    return error ? error : gpgme_op_sign(context, work->in, work->out, GPGME_SIG_MODE_DETACH);
}

static const char *const unusable[] = {
    [PGP_KEY_MISSING] = "not in the key ring",
    [PGP_KEY_REVOKED] = "revoked",
    [PGP_KEY_EXPIRED] = "expired",
    [PGP_KEY_CANNOT] = "has no usable subkey for this",
};

/* The key, if it can be used for that. */
static bool take_key(struct pgp *pgp, const char *fingerprint, bool to_sign, struct arena *arena,
    gpgme_key_t *taken, struct err *err)
{
    struct pgp_key key;
    enum pgp_usable can;

    if (!pgp_key_facts(pgp, fingerprint, arena, &key, err))
        return false;
    can = to_sign ? key.signs : key.encrypts;
    if (can == PGP_KEY_USABLE)
        return pgp_ring_key(pgp, fingerprint, taken, err);
    if (to_sign && can == PGP_KEY_CANNOT && !key.has_secret)
        return err_set(err, ERR_MESSAGE, "key %s: its secret key is not here", fingerprint);
    return err_set(err, ERR_MESSAGE, "key %s: %s", fingerprint, unusable[can]);
}

static bool finish(struct pgp *pgp, const struct pgp_end *end, const char *what,
    struct arena *arena, struct span *out, struct err *err)
{
    if (pgp->wrong_passphrase)
        return err_exit(
            err, ERR_RUN, EX_CONFIG, "gpg: %s: the passphrase of the secret key is wrong", what);
    if (end->error || !pgp->scratch.len)
        return pgp_gave_up(pgp, end, what, err);
    *out = arena_copy(arena, (struct span) { pgp->scratch.at, pgp->scratch.len });
    pgp_scratch_wipe(pgp);
    return true;
}

bool pgp_seal(struct pgp *pgp, struct span plain, const char *const *recipients, size_t count,
    const char *signer, struct arena *arena, struct span *sealed, struct err *err)
{
    AUTO(pgp_data_release) struct gpgme_data *in = pgp_data_of(plain);
    AUTO(pgp_data_release) struct gpgme_data *out = pgp_scratch_open(pgp, MOST_SEALED);
    AUTO(release_work)
    struct work work = { .in = in, .out = out };
    gpgme_encrypt_result_t result;
    struct pgp_end end;

    /* An empty list would mean a passphrase to gpgme. */
    if (count == 0 || count > MOST_RECIPIENTS)
        return err_set(
            err, ERR_MESSAGE, "sealing: 1 to %d recipients, not %zu", MOST_RECIPIENTS, count);
    for (; work.count < count; work.count++)
        if (!take_key(pgp, recipients[work.count], false, arena, &work.keys[work.count], err))
            return false;
    if ((signer && !take_key(pgp, signer, true, arena, &work.signing, err))
        || !pgp_call(pgp, run_seal, &work, &end, err))
        return false;
    result = end.error ? NULL : gpgme_op_encrypt_result(pgp->context);
    if (result && result->invalid_recipients)
        return err_set(err, ERR_MESSAGE, "key %s: refused by gpg", result->invalid_recipients->fpr);
    return finish(pgp, &end, "sealing", arena, sealed, err);
}

bool pgp_sign(struct pgp *pgp, struct span bytes, const char *signer, struct arena *arena,
    struct span *signature, char micalg[static 32], struct err *err)
{
    AUTO(pgp_data_release) struct gpgme_data *in = pgp_data_of(bytes);
    AUTO(pgp_data_release) struct gpgme_data *out = pgp_scratch_open(pgp, MOST_SEALED);
    AUTO(release_work) struct work work = { .in = in, .out = out };
    gpgme_sign_result_t result;
    struct pgp_end end;
    const char *hash;

    if (!take_key(pgp, signer, true, arena, &work.signing, err)
        || !pgp_call(pgp, run_sign, &work, &end, err))
        return false;
    result = end.error ? NULL : gpgme_op_sign_result(pgp->context);
    if (!end.error && (!result || !result->signatures))
        return err_set(err, ERR_SERVICE, "gpg: signing: no signature came out");
    hash = result ? gpgme_hash_algo_name(result->signatures->hash_algo) : NULL;
    snprintf(micalg, 32, "pgp-%s", hash ? hash : "");
    for (char *c = micalg; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return finish(pgp, &end, "signing", arena, signature, err);
}
