#include "lib/statedir.h"
#include "store/backup.h"
#include "store/verify.h"

static void hear(void *context, const struct verify_finding *finding)
{
    char *all = context;
    size_t len = strlen(all);

    snprintf(all + len, 1000 - len, "%s %s: %s; ", finding->place, finding->key, finding->words);
}

/* What verify says of a folder. */
static const char *verify(const struct statedir *dir, const char *path)
{
    static char all[1000];
    struct store_options options = statedir_options(dir, STORE_READ);
    struct verify_totals totals;

    options.dir = path;
    all[0] = '\0';
    must(verify_store(&options, &dir->secrets, hear, all, &totals, &err));
    return all;
}

static void fill(struct statedir *dir, int from, int to, char ids[][VAULT_ID])
{
    for (int i = from; i < to; i++) {
        struct txn *txn;
        char name[32];

        snprintf(name, sizeof name, "HB-2026-%04d", i);
        statedir_keep(dir, name, span_of(name), ids[i]);
        txn = txn_begin(dir->store, TXN_WRITE);
        txn_put(txn, TABLE_CASES, span_of(name), span_of(ids[i]));
        audit_add(txn, span_of(name));
        must(txn_end(&txn, &err));
    }
}

static void copies_and_brings_up_to_date(void **state)
{
    struct statedir dir, restored;
    struct backup_totals totals;
    char ids[20][VAULT_ID], to[200];
    struct arena *arena = arena_new();
    struct vault_facts facts;
    struct span got;
    struct txn *txn;

    (void)state;
    statedir_new(&dir, 0);
    must(seal_outbox_new(dir.store, statedir_path(&dir, "outbox.key"), &err));
    fill(&dir, 0, 10, ids);
    snprintf(to, sizeof to, "%s/backup", dir.top);
    must(backup_store(dir.store, to, &totals, &err));
    assert_int_equal(totals.copied, 10);
    assert_int_equal(totals.kept + totals.removed, 0);
    row_text("first", verify(&dir, to), "");

    fill(&dir, 10, 12, ids);
    must(vault_erase(dir.store, ids[3], &err));
    txn = txn_begin(dir.store, TXN_WRITE);
    txn_delete(txn, TABLE_VAULT, span_of(ids[3]));
    must(txn_end(&txn, &err));
    must(backup_store(dir.store, to, &totals, &err));
    assert_int_equal(totals.copied, 2);
    assert_int_equal(totals.kept, 9);
    assert_int_equal(totals.removed, 1);
    row_text("second", verify(&dir, to), "");

    /* Restored: put in the place of the original. */
    restored = dir;
    restored.store = NULL;
    restored.lock = NULL;
    snprintf(restored.dir, sizeof restored.dir, "%s", to);
    must(lock_take(to, 0, &restored.lock, &err));
    statedir_open(&restored, STORE_WRITE);
    row_text("case", statedir_get(&restored, TABLE_CASES, "HB-2026-0011"), ids[11]);
    must(vault_read(restored.store, ids[11], 100, arena, &got, &facts, &err));
    row_text("mail", arena_text(arena, got), "HB-2026-0011");
    must(seal_outbox_load(restored.store, statedir_path(&restored, "outbox.key"), &err));
    statedir_put(&restored, TABLE_CURSORS, "goes", "on");
    store_close(&restored.store);
    lock_release(&restored.lock);
    arena_free(&arena);
    statedir_free(&dir);
}

static void refuses_other_folders(void **state)
{
    struct statedir dir, other;
    struct backup_totals totals;
    char place[300];
    struct stat facts;

    (void)state;
    statedir_new(&dir, 0);
    statedir_new(&other, 0);
    must_fail(backup_store(dir.store, other.dir, &totals, &err), EX_CANTCREAT, "neither empty");
    must_fail(backup_store(dir.store, dir.dir, &totals, &err), EX_CANTCREAT, "inside the store");
    must_fail(backup_store(dir.store, statedir_path(&dir, "vault"), &totals, &err), EX_CANTCREAT,
        "inside the store");
    must_fail(backup_store(dir.store, statedir_path(&dir, "new"), &totals, &err), EX_CANTCREAT,
        "inside the store");
    assert_int_not_equal(access(statedir_path(&dir, "new"), F_OK), 0);
    must_fail(
        backup_store(dir.store, "/nonexistent/backup", &totals, &err), EX_CANTCREAT, "backup to");
    snprintf(place, sizeof place, "%s/full", dir.top);
    assert_int_equal(mkdir(place, 0755), 0);
    assert_int_equal(chmod(place, 0755), 0);
    snprintf(place, sizeof place, "%s/full/holiday.jpg", dir.top);
    statedir_write(place, SPAN("x"));
    snprintf(place, sizeof place, "%s/full", dir.top);
    must_fail(backup_store(dir.store, place, &totals, &err), EX_CANTCREAT, "neither empty");
    assert_int_equal(stat(place, &facts), 0);
    row_number("mode of a stranger's folder", facts.st_mode & 07777, 0755);
    statedir_free(&other);
    statedir_free(&dir);
}

/* Copies while another process writes, erases and compacts: each copy is whole. */
static void copies_while_another_writes(void **state)
{
    struct statedir dir;
    struct backup_totals totals;
    char ids[300][VAULT_ID], to[200];
    int status, copies = 0;
    pid_t pid;

    (void)state;
    statedir_new(&dir, 0);
    fill(&dir, 0, 5, ids);
    store_close(&dir.store);
    snprintf(to, sizeof to, "%s/backup", dir.top);
    pid = fork();
    if (pid == 0) {
        statedir_open(&dir, STORE_WRITE);
        for (int i = 5; i < 60; i++) {
            struct txn *txn;

            fill(&dir, i, i + 1, ids);
            if (i % 5)
                continue;
            txn = txn_begin(dir.store, TXN_WRITE);
            txn_delete(txn, TABLE_VAULT, span_of(ids[i - 3]));
            must(txn_end(&txn, &err));
            must(vault_erase(dir.store, ids[i - 3], &err));
            if (i % 20 == 0)
                must(store_compact(dir.store, &err));
        }
        store_close(&dir.store);
        _exit(0);
    }
    while (waitpid(pid, &status, WNOHANG) == 0 || copies == 0) {
        const char *words;

        statedir_open(&dir, STORE_READ);
        must(backup_store(dir.store, to, &totals, &err));
        store_close(&dir.store);
        words = verify(&dir, to);
        if (strstr(words, "damaged") || strstr(words, "has not") || strstr(words, "differs"))
            fail_msg("copy %d: %s", copies, words);
        copies++;
    }
    row_number("the writer", status, 0);
    print_message("%d copies\n", copies);
    statedir_open(&dir, STORE_READ);
    must(backup_store(dir.store, to, &totals, &err));
    row_text("at rest", verify(&dir, to), "");
    statedir_free(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_and_brings_up_to_date),
        cmocka_unit_test(refuses_other_folders),
        cmocka_unit_test(copies_while_another_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
