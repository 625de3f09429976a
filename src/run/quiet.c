#include "run/quiet.h"

#include "base/date.h"
#include "cases/cabinet.h"
#include "outbox/queue.h"
#include "run/daily.h"
#include "run/health.h"
#include "run/inbox.h"

#include <sys/stat.h>
#include <sysexits.h>

#define PASS "whole process"

/* However quiet it is, once an hour keys and store are looked at. */
enum { LOCK_WAIT_S = 60, WHOLE_S = 3600 };

/* FNV-1a: whether something is as it was, not who says so. */
static void mix(uint64_t *sum, uint64_t number)
{
    for (int i = 0; i < 64; i += 8)
        *sum = (*sum ^ (number >> i & 0xff)) * UINT64_C(1099511628211);
}

/* Files whose change may give a pass something to do or to complain of. */
static uint64_t surroundings_of(
    const char *config, const struct settings *settings, struct arena *arena)
{
    const char *const paths[] = {
        config ? config : SETTINGS_FILE,
        settings->closing_days,
        settings->letters,
        arena_printf(arena, "%s/pubring.kbx", settings->gnupg_home),
        arena_printf(arena, "%s/pubring.gpg", settings->gnupg_home),
        arena_printf(arena, "%s/private-keys-v1.d", settings->gnupg_home),
    };
    uint64_t sum = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < COUNT(paths); i++) {
        struct stat facts = { 0 };

        if (stat(paths[i], &facts) != 0)
            facts.st_mode = 0;
        mix(&sum, facts.st_mode);
        mix(&sum, (uint64_t)facts.st_size);
        mix(&sum, (uint64_t)facts.st_mtim.tv_sec);
        mix(&sum, (uint64_t)facts.st_mtim.tv_nsec);
    }
    return sum >> 1; /* a row of health keeps 63 bits */
}

static bool has_waiting(struct txn *txn, struct arena *arena)
{
    struct inbox_row *rows;
    size_t count;

    inbox_list(txn, INBOX_NEW, arena, &rows, &count);
    return count > 0;
}

static bool is_as_it_was(struct txn *txn, uint64_t surroundings, int64_t now_s, struct arena *arena)
{
    struct health whole, last;

    health_get(txn, PASS, arena, &whole);
    health_get(txn, "process", arena, &last);
    return whole.success_s > 0 && now_s >= whole.success_s && now_s - whole.success_s < WHOLE_S
        && whole.count == txn_keyed(txn) && whole.seen == surroundings && last.failing_s == 0;
}

static bool nothing_due(struct store *store, const struct settings *settings, uint64_t surroundings,
    int64_t now_s, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn;
    bool nothing;

    if (vault_unsettled(store) || store_compact_due(store))
        return false;
    txn = txn_begin(store, TXN_READ);
    nothing = is_as_it_was(txn, surroundings, now_s, arena) && !has_waiting(txn, arena)
        && !queue_unsettled(txn) && cabinet_due(txn, now_s, arena).count == 0
        && !daily_is_due(txn, settings, now_s);
    return txn_end(&txn, err) && nothing;
}

static bool note_health(struct store *store, int64_t now_s, struct err *err)
{
    struct txn *txn = txn_begin(store, TXN_WRITE);

    health_put(txn, "process", now_s, 0, 0, NULL);
    return txn_end(&txn, err);
}

bool quiet_look(const char *config, struct quiet *quiet, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    AUTO(lock_release) struct lock *lock = NULL;
    AUTO(store_close) struct store *store = NULL;
    struct store_options options = { .mode = STORE_WRITE, .schema = OFFICE_SCHEMA };
    struct err untold = { 0 }; /* the whole pass meets it again */
    int64_t now_s = date_now();
    struct settings settings;

    *quiet = (struct quiet) { 0 };
    if (!settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    if (!store_exists(settings.state))
        return true; /* for the pass to complain of */
    if (!lock_take(settings.state, LOCK_WAIT_S, &lock, err))
        return false;
    options.dir = settings.state;
    options.lock = lock;
    quiet->surroundings = surroundings_of(config, &settings, arena);
    quiet->is_quiet = store_open(&options, &store, &untold)
        && nothing_due(store, &settings, quiet->surroundings, now_s, &untold)
        && note_health(store, now_s, &untold);
    return true;
}

bool quiet_note(const struct office *office, const struct quiet *quiet, struct err *err)
{
    struct txn *txn = txn_begin(office->store, TXN_WRITE);

    /* This commit counts itself. */
    health_put(txn, PASS, office->now_s, txn_keyed(txn) + 1, quiet->surroundings, NULL);
    return txn_end(&txn, err);
}
