#include "run/recheck.h"

#include "cases/filing.h"
#include "run/health.h"
#include "store/vault.h"

#include <sys/stat.h>

#define PASS "recheck"

/* One message of a case, read anew. False with ERR_MESSAGE where it cannot be read. */
static bool read_again(const struct recheck_work *work, const struct case_message *kept,
    struct arena *arena, struct message *message, struct err *err)
{
    const struct office *office = work->desk->office;
    struct vault_facts facts;
    struct span raw;

    return vault_read(office->store, kept->vault,
               (size_t)office->settings.max_message_mb * 1024 * 1024, arena, &raw, &facts, err)
        && jailed_read(work->jail, office->pgp, work->limits, raw, arena, message, err);
}

static bool keep_verdict(const struct recheck_work *work, const char *number, size_t index,
    const struct message *message, struct arena *arena, bool *changed, struct err *err)
{
    struct desk *desk = work->desk;
    struct txn *txn = txn_begin(desk->office->store, TXN_WRITE);
    struct case_file file;

    *changed = cabinet_get(txn, number, arena, &file) && index < file.messages.count
        && filing_recheck(&file, index, message, &desk->filing, arena);
    if (!*changed) {
        txn_drop(&txn);
        return true;
    }
    cabinet_put(txn, &file, &desk->calendar, desk->office->now_s, arena);
    ledger_add(txn,
        &(struct ledger_entry) { .at = desk->office->now_s,
            .by = work->by,
            .how = work->how,
            .number = number,
            .what = "rechecked",
            .text = arena_printf(arena, "message %zu: signature %s, was %s", index + 1,
                signature_word(message->signature), signature_word(SIGNATURE_NOKEY)),
            .hash = file.messages.at[index].hash });
    return txn_end(&txn, err);
}

static bool recheck_message(const struct recheck_work *work, const char *number,
    const struct case_message *kept, size_t index, struct recheck_result *result, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct err trouble = { 0 };
    struct message message;
    bool changed;

    if (!read_again(work, kept, arena, &message, &trouble)) {
        if (trouble.scope == ERR_MESSAGE)
            return true;
        *err = trouble;
        return err_at(err, "%s", kept->vault);
    }
    result->looked++;
    if (!keep_verdict(work, number, index, &message, arena, &changed, err))
        return false;
    result->changed += changed;
    return true;
}

/* A key that an administrator imported ends the offer of one that came along. */
static bool look_for_key(
    const struct recheck_work *work, const char *number, struct arena *arena, struct err *err)
{
    struct desk *desk = work->desk;
    struct pgp_key key;
    struct case_file file;
    struct txn *txn = txn_begin(desk->office->store, TXN_READ);
    bool asks = cabinet_get(txn, number, arena, &file) && file.no_key && *file.address;
    size_t count = 0;

    if (!txn_end(&txn, err))
        return false;
    if (!asks)
        return true;
    if (!pgp_keys_for(desk->office->pgp, file.address, arena, &key, 1, &count, err))
        return false;
    if (!count)
        return true;
    txn = txn_begin(desk->office->store, TXN_WRITE);
    if (cabinet_get(txn, number, arena, &file)) {
        file.no_key = false;
        cabinet_put(txn, &file, &desk->calendar, desk->office->now_s, arena);
    }
    return txn_end(&txn, err);
}

static bool recheck_case(const struct recheck_work *work, const char *number,
    struct recheck_result *result, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(work->desk->office->store, TXN_READ);
    struct case_file file;
    bool found = cabinet_get(txn, number, arena, &file);

    if (!txn_end(&txn, err))
        return false;
    for (size_t i = 0; found && i < file.messages.count; i++)
        if (file.messages.at[i].signature == SIGNATURE_NOKEY && *file.messages.at[i].vault
            && !recheck_message(work, number, &file.messages.at[i], i, result, err))
            return err_at(err, "%s", number);
    return !found || look_for_key(work, number, arena, err);
}

bool recheck_cases(const struct recheck_work *work, const char *number,
    struct recheck_result *result, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct case_stub *stubs;
    struct txn *txn;
    size_t count;

    *result = (struct recheck_result) { 0 };
    if (*number)
        return recheck_case(work, number, result, err);
    txn = txn_begin(work->desk->office->store, TXN_READ);
    cabinet_stubs(txn, arena, &stubs, &count);
    if (!txn_end(&txn, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (stubs[i].state != CASE_ERASED && !recheck_case(work, stubs[i].number, result, err))
            return false;
    return true;
}

/* When the key ring was last written, and its size: in the row of this pass they stand for the
 * counts of the others. */
static void ring_facts(const char *home, struct arena *arena, uint64_t *written, uint64_t *bytes)
{
    static const char *const rings[] = { "pubring.kbx", "pubring.gpg" };
    struct stat facts;

    *written = *bytes = 0;
    for (size_t i = 0; i < COUNT(rings); i++)
        if (stat(arena_printf(arena, "%s/%s", home, rings[i]), &facts) == 0) {
            *written ^= (uint64_t)facts.st_mtim.tv_sec * 1000000000U
                + (uint64_t)facts.st_mtim.tv_nsec;
            *bytes += (uint64_t)facts.st_size;
        }
}

bool recheck_if_keys_came(
    const struct recheck_work *work, struct recheck_result *result, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    const struct office *office = work->desk->office;
    struct txn *txn = txn_begin(office->store, TXN_READ);
    uint64_t written, bytes;
    struct health last;

    *result = (struct recheck_result) { 0 };
    health_get(txn, PASS, arena, &last);
    if (!txn_end(&txn, err))
        return false;
    /* Before the look: a key that comes meanwhile is for the next time. */
    ring_facts(office->settings.gnupg_home, arena, &written, &bytes);
    if (last.success_s && last.count == written && last.seen == bytes)
        return true;
    if (!recheck_cases(work, "", result, err))
        return false;
    txn = txn_begin(office->store, TXN_WRITE);
    health_put(txn, PASS, office->now_s, written, bytes, NULL);
    return txn_end(&txn, err);
}
