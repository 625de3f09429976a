#include "lib/statedir.h"
#include "store/rebuild.h"
#include "store/verify.h"

static void hear(void *context, const struct verify_finding *finding)
{
    char *all = context;
    size_t len = strlen(all);

    snprintf(all + len, 1000 - len, "%s %s: %s; ", finding->place, finding->key, finding->words);
}

static const char *verify(const struct statedir *dir)
{
    static char all[1000];
    struct store_options options = statedir_options(dir, STORE_READ);
    struct verify_totals totals;

    all[0] = '\0';
    must(verify_store(&options, &dir->secrets, hear, all, &totals, &err));
    return all;
}

enum { MAILS = 6 };

static void fill(struct statedir *dir)
{
    for (int i = 1; i <= MAILS; i++) {
        struct txn *txn;
        char name[32], id[VAULT_ID];

        snprintf(name, sizeof name, "mail %d", i);
        statedir_keep(dir, name, span_of(name), id);
        txn = txn_begin(dir->store, TXN_WRITE);
        txn_put(txn, TABLE_CASES, span_of(name), span_of(id));
        audit_add(txn, span_of(name));
        must(txn_end(&txn, &err));
    }
}

/* What the caller does: rows from the labels of the vault. */
static void replay(struct store *store)
{
    struct arena *arena = arena_new();
    const char **ids;
    size_t count;

    must(vault_list(store, arena, &ids, &count, &err));
    for (size_t i = 0; i < count; i++) {
        struct txn *txn = txn_begin(store, TXN_WRITE);
        struct span label;

        must(vault_label(store, ids[i], arena, &label, &err));
        txn_put(txn, TABLE_VAULT, span_of(ids[i]), SPAN("fetched"));
        txn_put(txn, TABLE_CASES, label, span_of(ids[i]));
        audit_add(txn, SPAN("rebuilt"));
        must(txn_end(&txn, &err));
    }
    arena_free(&arena);
}

static bool gather(void *context, uint64_t number, struct span record)
{
    char *all = context;

    (void)number;
    strncat(all, record.at, record.len);
    strcat(all, ",");
    return true;
}

static const char *records(struct statedir *dir)
{
    static char all[1000];
    struct txn *txn = txn_begin(dir->store, TXN_READ);

    all[0] = '\0';
    assert_true(audit_walk(txn, 1, gather, all));
    must(txn_end(&txn, &err));
    return all;
}

enum harm {
    INDEX_GONE,
    INDEX_GARBAGE,
    INDEX_WHOLE,
    INDEX_OLDER,
    LINE_DAMAGED,
    LINE_TWICE,
    LOG_GONE
};

static void makes_a_new_index(void **state)
{
    static const char rebuilt[] = "rebuilt,rebuilt,rebuilt,rebuilt,rebuilt,rebuilt,";
    static const struct {
        const char *label;
        enum harm harm;
        unsigned records, lost;
        const char *want;
    } rows[] = {
        { "the index is gone", INDEX_GONE, 6, 0, "mail 1,mail 2,mail 3,mail 4,mail 5,mail 6," },
        { "it cannot be opened", INDEX_GARBAGE, 6, 0,
            "mail 1,mail 2,mail 3,mail 4,mail 5,mail 6," },
        { "it is whole", INDEX_WHOLE, 6, 0, "mail 1,mail 2,mail 3,mail 4,mail 5,mail 6," },
        { "it is an older copy", INDEX_OLDER, 6, 0, "mail 1,mail 2,mail 3,mail 4,mail 5,mail 6," },
        { "a line of the log is damaged", LINE_DAMAGED, 5, 1,
            "mail 1,mail 3,mail 4,mail 5,mail 6," },
        { "a line was put in twice", LINE_TWICE, 6, 1,
            "mail 1,mail 2,mail 3,mail 4,mail 5,mail 6," },
        { "the log is gone as well", LOG_GONE, 0, 0, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct statedir dir;
        struct arena *arena = arena_new();
        struct store_options options;
        struct rebuild_facts facts;
        struct span old = { 0 }, log;
        char want[200];
        size_t first;

        statedir_new(&dir, 0);
        old = statedir_read(statedir_path(&dir, "index/data.mdb"), arena);
        fill(&dir);
        store_close(&dir.store);
        log = statedir_read(statedir_path(&dir, "audit/log"), arena);
        first = span_find_char(log, '\n', 0) + 1;
        switch (rows[i].harm) {
        case INDEX_WHOLE:
            break;
        case LOG_GONE:
            assert_int_equal(unlink(statedir_path(&dir, "audit/log")), 0);
            /* fall through */
        case INDEX_GONE:
            statedir_remove(statedir_path(&dir, "index"));
            break;
        case INDEX_GARBAGE:
            statedir_write(statedir_path(&dir, "index/data.mdb"), log);
            break;
        case INDEX_OLDER:
            statedir_write(statedir_path(&dir, "index/data.mdb"), old);
            break;
        case LINE_DAMAGED:
            statedir_flip(statedir_path(&dir, "audit/log"), (off_t)first + 20, 1);
            break;
        case LINE_TWICE: {
            char *bytes = arena_alloc(arena, log.len + first);

            memcpy(bytes, log.at, log.len);
            memcpy(bytes + log.len, log.at, first);
            statedir_write(
                statedir_path(&dir, "audit/log"), (struct span) { bytes, log.len + first });
            break;
        }
        }
        options = statedir_options(&dir, STORE_WRITE);
        must(rebuild_begin(&options, &dir.secrets, &dir.store, &facts, &err));
        row_number(rows[i].label, facts.audit_records, rows[i].records);
        row_number(rows[i].label, facts.audit_lost, rows[i].lost);
        replay(dir.store);
        must(rebuild_end(&dir.store, &err));
        assert_null(dir.store);
        statedir_open(&dir, STORE_WRITE);
        snprintf(want, sizeof want, "%s%s", rows[i].want, rebuilt);
        row_text(rows[i].label, records(&dir), want);
        for (int m = 1; m <= MAILS; m++) {
            char name[32];

            snprintf(name, sizeof name, "mail %d", m);
            assert_non_null(statedir_get(&dir, TABLE_CASES, name));
        }
        row_text(rows[i].label, verify(&dir), "");
        must(store_compact(dir.store, &err));
        assert_int_not_equal(access(statedir_path(&dir, "index.damaged"), F_OK), 0);
        arena_free(&arena);
        statedir_free(&dir);
    }
}

static void leaves_the_old_one_when_dropped(void **state)
{
    struct statedir dir;
    struct store_options options;
    struct rebuild_facts facts;
    struct seal_secrets wrong;

    (void)state;
    statedir_new(&dir, 0);
    fill(&dir);
    store_close(&dir.store);
    options = statedir_options(&dir, STORE_WRITE);
    seal_secrets_new(&wrong);
    must_fail(
        rebuild_begin(&options, &wrong, &dir.store, &facts, &err), EX_CONFIG, "does not belong");
    must(rebuild_begin(&options, &dir.secrets, &dir.store, &facts, &err));
    replay(dir.store);
    rebuild_drop(&dir.store);
    rebuild_drop(&dir.store);
    statedir_open(&dir, STORE_WRITE);
    row_text("records", records(&dir), "mail 1,mail 2,mail 3,mail 4,mail 5,mail 6,");
    row_text("verify", verify(&dir), "");
    assert_int_not_equal(access(statedir_path(&dir, "audit/log.new"), F_OK), 0);
    statedir_free(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_a_new_index),
        cmocka_unit_test(leaves_the_old_one_when_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
