#include "run/office.h"

#include "base/date.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { LOCK_WAIT_S = 60, MIB = 1024 * 1024 };

bool office_pgp_options(const struct settings *settings, struct arena *arena,
    struct pgp_options *options, char **passphrase, struct err *err)
{
    *passphrase = NULL;
    if (settings->passphrase_file[0]
        && !settings_secret(settings->passphrase_file, arena, passphrase, err))
        return err_at(err, "passphrase_file");
    *options = (struct pgp_options) { .home = settings->gnupg_home,
        .passphrase = *passphrase,
        .timeout_s = settings->max_seconds,
        .largest_plain = (size_t)settings->max_plain_mb * MIB };
    return true;
}

bool office_pgp(
    const struct settings *settings, struct arena *arena, struct pgp **pgp, struct err *err)
{
    struct pgp_options options;
    char *passphrase;
    bool done;

    if (!office_pgp_options(settings, arena, &options, &passphrase, err))
        return false;
    done = pgp_open(&options, pgp, err);
    if (passphrase)
        explicit_bzero(passphrase, strlen(passphrase));
    return done;
}

bool office_secrets(struct office *office, struct seal_secrets *secrets, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct pgp_opened opened;
    struct span sealed;

    if (!store_load_keys(office->settings.state, arena, &sealed, err)
        || !pgp_decrypt(office->pgp, sealed, arena, &opened, err))
        return err_at(err, "%s/keys.pgp", office->settings.state);
    if (opened.crypt != CRYPT_ENC)
        return err_exit(err, ERR_RUN, EX_NOPERM,
            "%s/keys.pgp: cannot be opened (%s); it needs the secret part of mailbox_key in %s, and"
            " its passphrase",
            office->settings.state, crypt_word(opened.crypt), office->settings.gnupg_home);
    return seal_secrets_read(opened.plain, secrets, err)
        || err_at(err, "%s/keys.pgp", office->settings.state);
}

static bool unlock(struct office *office, struct err *err)
{
    struct seal_secrets secrets;
    bool done;

    if (!office_secrets(office, &secrets, err))
        return false;
    done = store_unlock(office->store, &secrets, err);
    seal_secrets_wipe(&secrets);
    return done;
}

struct store_options office_store_options(const struct office *office, enum store_mode mode)
{
    return (struct store_options) { .dir = office->settings.state,
        .mode = mode,
        .lock = mode == STORE_WRITE ? office->lock : NULL,
        .schema = OFFICE_SCHEMA };
}

bool office_open(const char *config, enum office_mode mode, struct office *office, struct err *err)
{
    bool writes = mode == OFFICE_WRITE || mode == OFFICE_WRITE_NOW;
    bool locks = writes || mode == OFFICE_REPAIR, opens = writes || mode == OFFICE_READ;
    int wait_s = mode == OFFICE_WRITE_NOW ? 0 : LOCK_WAIT_S;
    struct store_options options;

    office->arena = arena_new();
    office->now_s = date_now();
    if (!settings_read(config ? config : SETTINGS_FILE, office->arena, &office->settings, err))
        return false;
    if (!store_exists(office->settings.state))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: no store here yet; make one: meldpost init",
            office->settings.state);
    if (locks && !lock_take(office->settings.state, wait_s, &office->lock, err))
        return false;
    options = office_store_options(office, locks ? STORE_WRITE : STORE_READ);
    return office_pgp(&office->settings, office->arena, &office->pgp, err)
        && (!opens || (store_open(&options, &office->store, err) && unlock(office, err)));
}

void office_close(struct office *office)
{
    store_close(&office->store);
    pgp_close(&office->pgp);
    lock_release(&office->lock);
    arena_free(&office->arena);
}

/* Nothing is sealed to a key that could not open it again. */
static bool check_own_keys(
    struct pgp *pgp, const struct settings *settings, struct arena *arena, struct err *err)
{
    struct pgp_key key;

    if (!pgp_key_facts(pgp, settings->mailbox_key, arena, &key, err))
        return false;
    if (!key.has_secret || key.encrypts != PGP_KEY_USABLE)
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "mailbox_key: %s has no usable secret key in %s; import it there: gpg --homedir %s"
            " --import FILE",
            settings->mailbox_key, settings->gnupg_home, settings->gnupg_home);
    if (!pgp_key_facts(pgp, settings->recovery_key, arena, &key, err))
        return false;
    if (key.encrypts != PGP_KEY_USABLE)
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "recovery_key: %s cannot be encrypted to; import a usable key: gpg --homedir %s"
            " --import FILE",
            settings->recovery_key, settings->gnupg_home);
    return true;
}

bool office_init(const char *config, struct err *err)
{
    AUTO(office_close) struct office office = { .arena = arena_new() };
    const struct settings *settings = &office.settings;
    const char *recipients[2];
    struct store_options options;
    struct seal_secrets secrets;
    struct span text, sealed;
    bool done;

    if (!settings_read(config ? config : SETTINGS_FILE, office.arena, &office.settings, err)
        || !office_pgp(settings, office.arena, &office.pgp, err)
        || !check_own_keys(office.pgp, settings, office.arena, err)
        || !store_make_dir(settings->state, err)
        || !lock_take(settings->state, 0, &office.lock, err))
        return false;
    recipients[0] = settings->mailbox_key;
    recipients[1] = settings->recovery_key;
    seal_secrets_new(&secrets);
    text = seal_secrets_text(&secrets, office.arena);
    options = office_store_options(&office, STORE_WRITE);
    done = pgp_seal(
               office.pgp, text, recipients, COUNT(recipients), NULL, office.arena, &sealed, err)
        && store_create(&options, &secrets, sealed, err);
    seal_secrets_wipe(&secrets);
    return done && store_open(&options, &office.store, err)
        && seal_outbox_new(office.store, settings->outbox_key, err);
}
