#include "run/forget.h"

#include "cases/cabinet.h"

static bool is_house_key(const struct settings *settings, const char *fingerprint)
{
    const char *const keys[] = { settings->mailbox_key, settings->ciso_key, settings->ibd_key,
        settings->recovery_key };

    for (size_t i = 0; i < COUNT(keys); i++)
        if (keys[i] && span_equal_nocase(span_of(keys[i]), span_of(fingerprint)))
            return true;
    return false;
}

static bool forget_key(const struct office *office, const char *fingerprint, struct err *err)
{
    struct err why = { 0 };
    struct txn *txn;

    if (!is_house_key(&office->settings, fingerprint)
        && !pgp_key_delete(office->pgp, fingerprint, &why) && why.scope != ERR_MESSAGE) {
        *err = why;
        return err_at(err, "erase");
    }
    txn = txn_begin(office->store, TXN_WRITE);
    cabinet_key_left(txn, fingerprint);
    return txn_end(&txn, err);
}

bool forget_keys(const struct office *office, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(office->store, TXN_READ);
    struct texts keys = cabinet_unneeded_keys(txn, arena);

    if (!txn_end(&txn, err))
        return false;
    for (size_t i = 0; i < keys.count; i++)
        if (!forget_key(office, keys.at[i], err))
            return false;
    return true;
}
