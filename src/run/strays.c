#include "run/strays.h"

#include "base/hash.h"
#include "run/inbox.h"
#include "run/log.h"
#include "run/walk.h"

#include <string.h>

/* False with a scope: the disk does not read. False without one: it stays, and verify tells it. */
static bool read_row(struct store *store, const char *id, struct arena *arena,
    struct inbox_row *row, struct err *err)
{
    struct err why = { 0 };
    struct span label;

    if (vault_label(store, id, arena, &label, &why) && inbox_read(label, arena, row, &why)) {
        memcpy(row->vault, id, sizeof row->vault);
        row->state = INBOX_NEW;
        return true;
    }
    if (why.scope == ERR_MESSAGE)
        log_line(LOG_LEVEL_WARNING, "process", id, "not taken in: %s", why.text);
    else
        *err = why;
    return false;
}

static bool take_all(
    struct store *store, struct arena *arena, struct txn *txn, size_t *taken, struct err *err)
{
    const char **ids;
    size_t count;

    if (!vault_list(store, arena, &ids, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct inbox_row row = { 0 };

        if (txn_have(txn, TABLE_VAULT, span_of(ids[i])) || txn_failed(txn))
            continue;
        if (read_row(store, ids[i], arena, &row, err)) {
            inbox_take(txn, &row);
            log_line(LOG_LEVEL_NOTICE, "process", row.vault, "taken in: a run was cut off");
            ++*taken;
        } else if (err->scope != ERR_NONE) {
            return false;
        }
    }
    return true;
}

bool strays_take(struct store *store, bool anyway, size_t *taken, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn;

    *taken = 0;
    if (!anyway && !vault_unsettled(store))
        return true;
    txn = txn_begin(store, TXN_WRITE);
    if (!take_all(store, arena, txn, taken, err)) {
        txn_drop(&txn);
        return false;
    }
    return txn_end(&txn, err) && vault_settle(store, err);
}

static bool drop_if_erased(struct desk *desk, struct inbox_row *row, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    size_t most = (size_t)desk->office->settings.max_message_mb * 1024 * 1024;
    struct message message;
    struct belongs belongs = { .kind = KIND_DUPLICATE,
        .number = "",
        .apart_from = "",
        .letter = "",
        .why = "the same bytes as a message that was erased" };
    struct filing_mail mail = { .message = &message,
        .vault = row->vault,
        .row = walk_place(row, arena),
        .received_at = row->received_s,
        .copy = true };
    char hash[HASH_SHA256_HEX];
    struct vault_facts facts;
    struct err why = { 0 };
    struct filed filed;
    struct span bytes;
    struct txn *txn;

    if (!vault_read(desk->office->store, row->vault, most, arena, &bytes, &facts, &why)) {
        if (why.scope == ERR_MESSAGE)
            return true; /* the next run says so */
        *err = why;
        return false;
    }
    hash_sha256(bytes, hash);
    mail.hash = hash;
    txn = txn_begin(desk->office->store, TXN_WRITE);
    if (!cabinet_seen_erased(txn, hash)) {
        txn_drop(&txn);
        return true;
    }
    message_empty(&message);
    filing_file(txn, &desk->filing, &belongs, &mail, arena, &filed);
    row->state = INBOX_DUPLICATE;
    inbox_put(txn, row);
    return txn_end(&txn, err);
}

bool strays_drop_erased(struct desk *desk, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(desk->office->store, TXN_READ);
    struct inbox_row *rows;
    size_t count;

    inbox_list(txn, INBOX_NEW, arena, &rows, &count);
    if (!txn_end(&txn, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!drop_if_erased(desk, &rows[i], err))
            return err_at(err, "%s", rows[i].vault);
    return true;
}
