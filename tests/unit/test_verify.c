#include "base/buf.h"
#include "base/hash.h"
#include "lib/statedir.h"
#include "store/verify.h"

#include <signal.h>
#include <sys/mman.h>

struct heard {
    size_t count, harm;
    char all[4000]; /* "kind place key; " … */
    char case_mark[VERIFY_MARK];
    struct verify_totals totals;
};

static void hear(void *context, const struct verify_finding *finding)
{
    struct heard *heard = context;
    size_t len = strlen(heard->all);

    heard->count++;
    heard->harm += verify_is_harm(finding->kind);
    snprintf(heard->all + len, sizeof heard->all - len, "%d %s %s: %s; ", (int)finding->kind,
        finding->place, finding->key, finding->words);
    if (*finding->case_mark)
        snprintf(heard->case_mark, sizeof heard->case_mark, "%s", finding->case_mark);
}

static struct heard verify(const struct statedir *dir)
{
    struct store_options options = statedir_options(dir, STORE_READ);
    struct heard heard = { 0 };

    must(verify_store(&options, &dir->secrets, hear, &heard, &heard.totals, &err));
    row_number(heard.all, heard.totals.findings, heard.count);
    return heard;
}

static void fill(struct statedir *dir, int cases, char ids[][VAULT_ID])
{
    for (int i = 0; i < cases; i++) {
        struct txn *txn;
        char name[32];

        snprintf(name, sizeof name, "HB-2026-%04d", i);
        statedir_keep(dir, name, span_of(name), ids[i]);
        txn = txn_begin(dir->store, TXN_WRITE);
        txn_case_new(txn, span_of(name));
        txn_put(txn, TABLE_CASES, span_of(name), SPAN("{\"state\":\"received\"}"));
        txn_put(txn, TABLE_FETCHED, span_of(name), span_of(ids[i]));
        txn_put_case(txn, TABLE_TEXTS, span_of(name), span_of(ids[i]), SPAN("text"));
        audit_add(txn, span_of(name));
        must(txn_end(&txn, &err));
    }
}

static void finds_nothing_in_a_whole_store(void **state)
{
    struct statedir dir;
    char ids[20][VAULT_ID];
    struct heard heard;

    (void)state;
    statedir_new(&dir, 0);
    heard = verify(&dir);
    row_text("new", heard.all, "");
    fill(&dir, 20, ids);
    must(seal_outbox_new(dir.store, statedir_path(&dir, "outbox.key"), &err));
    heard = verify(&dir); /* while it is open for writing */
    row_text("filled", heard.all, "");
    assert_int_equal(heard.totals.vault_files, 20);
    assert_int_equal(heard.totals.vault_bytes, 20 * strlen("HB-2026-0000"));
    assert_int_equal(heard.totals.audit_records, 20);
    assert_int_equal(heard.totals.values, 20 * 6 + 1 + 4);
    statedir_free(&dir);
}

static void names_what_is_wrong(void **state)
{
    struct statedir dir;
    char ids[20][VAULT_ID], name[64], want[200];
    struct arena *arena = arena_new();
    struct vault_file *file;
    struct heard heard;
    struct span log;

    (void)state;
    statedir_new(&dir, 0);
    fill(&dir, 20, ids);
    store_close(&dir.store);

    snprintf(name, sizeof name, "vault/%s", ids[4]);
    statedir_flip(statedir_path(&dir, name), 130, 4);
    snprintf(want, sizeof want, "%d %s : damaged; ", VERIFY_VAULT_DAMAGED, ids[4]);
    heard = verify(&dir);
    row_text("a vault file", heard.all, want);
    statedir_flip(statedir_path(&dir, name), 130, 4);

    assert_int_equal(rename(statedir_path(&dir, name), statedir_path(&dir, "vault/elsewhere")), 0);
    heard = verify(&dir);
    snprintf(want, sizeof want, "%d vault %s: ", VERIFY_VAULT_LOST, ids[4]);
    snprintf(want, sizeof want, "%d %s ", VERIFY_VAULT_LOST, ids[4]);
    assert_non_null(strstr(heard.all, want));
    assert_int_equal(heard.harm, 1);
    assert_int_equal(rename(statedir_path(&dir, "vault/elsewhere"), statedir_path(&dir, name)), 0);

    statedir_open(&dir, STORE_WRITE);
    must(vault_new(dir.store, SPAN("label"), &file, &err));
    must(vault_keep(&file, ids[19], &err));
    must(vault_sync(dir.store, &err));
    store_close(&dir.store);
    heard = verify(&dir);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.harm, 0); /* a stray file is no harm */
    assert_non_null(strstr(heard.all, ids[19]));
    statedir_open(&dir, STORE_WRITE);
    must(vault_erase(dir.store, ids[19], &err));
    store_close(&dir.store);

    log = statedir_read(statedir_path(&dir, "audit/log"), arena);
    statedir_flip(statedir_path(&dir, "audit/log"), (off_t)log.len / 2, 1);
    heard = verify(&dir);
    assert_int_equal(heard.harm, 1);
    assert_non_null(strstr(heard.all, "audit/log 1"));
    statedir_write(statedir_path(&dir, "audit/log"), log);

    statedir_flip(statedir_path(&dir, "seal.pub"), 3, 1);
    heard = verify(&dir);
    assert_int_equal(heard.harm, 1);
    assert_non_null(strstr(heard.all, "seal.pub"));
    statedir_flip(statedir_path(&dir, "seal.pub"), 3, 1);

    assert_int_equal(chmod(statedir_path(&dir, "index/data.mdb"), 0640), 0);
    assert_int_equal(chmod(statedir_path(&dir, "vault"), 0755), 0);
    heard = verify(&dir);
    assert_int_equal(heard.count, 2);
    assert_non_null(strstr(heard.all, "index/data.mdb"));
    assert_int_equal(chmod(statedir_path(&dir, "index/data.mdb"), 0600), 0);
    assert_int_equal(chmod(statedir_path(&dir, "vault"), 0700), 0);

    assert_int_equal(unlink(statedir_path(&dir, "keys.pgp")), 0);
    heard = verify(&dir);
    assert_int_equal(heard.count, 1);
    assert_non_null(strstr(heard.all, "keys.pgp : missing"));
    arena_free(&arena);
    statedir_free(&dir);
}

/* A value is damaged in the file itself: the finding's mark says which key and which case it is. */
static void marks_the_key_and_the_case(void **state)
{
    struct statedir dir;
    char ids[5][VAULT_ID], mark[VERIFY_MARK], case_mark[VERIFY_MARK];
    struct arena *arena = arena_new();
    struct heard heard;
    const char *path;
    struct span data;
    struct txn *txn;
    int found = 0;

    (void)state;
    statedir_new(&dir, 0);
    fill(&dir, 5, ids);
    txn = txn_begin(dir.store, TXN_WRITE);
    txn_put_case(txn, TABLE_PEOPLE, SPAN("HB-2026-0003"), SPAN("who"),
        SPAN("a value of 200 bytes ........................................................"
             "............................................................................."
             "............................................"));
    must(txn_end(&txn, &err));
    must(store_compact(dir.store, &err)); /* so that each cell is in the file once */
    verify_mark(dir.store, TABLE_PEOPLE, SPAN("who"), mark);
    verify_case_mark(dir.store, SPAN("HB-2026-0003"), case_mark);
    store_close(&dir.store);
    path = statedir_path(&dir, "index/data.mdb");
    data = statedir_read(path, arena);
    for (size_t at = 0; at + 300 < data.len; at++) {
        if (data.at[at] != 3 || data.at[at + 1] || data.at[at + 2] || data.at[at + 3] != 1)
            continue; /* a case cell of 256 bytes and some: there is only one */
        statedir_flip(path, (off_t)at + 100, 1);
        found++;
    }
    assert_int_equal(found, 1);
    heard = verify(&dir);
    assert_int_equal(heard.harm, 1);
    assert_non_null(strstr(heard.all, mark));
    assert_non_null(strstr(heard.all, "people"));
    row_text("case", heard.case_mark, case_mark);
    arena_free(&arena);
    statedir_free(&dir);
}

/* Everything that a program would read, as one hash; a process that ends by it gives none. */
static void read_all(struct statedir *dir, char hash[static HASH_SHA256_HEX])
{
    struct store_options options = statedir_options(dir, STORE_READ);
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    struct err err = { 0 };
    struct store *store;
    struct txn *txn;
    bool good;

    if (!store_open(&options, &store, &err) || !store_unlock(store, &dir->secrets, &err))
        _exit(3);
    txn = txn_begin(store, TXN_READ);
    for (int i = 0; i < TABLE_COUNT; i++) {
        struct txn_rows rows = txn_rows(txn, (enum table)i, (struct span) { 0 });
        struct span key, value;

        if (i == TABLE_META) /* raw rows of the index's own are not for this */
            continue;
        while (txn_next(&rows, arena, &key, &value)) {
            struct span again;

            if (i != TABLE_CASE_KEYS && !txn_get(txn, (enum table)i, key, arena, &again))
                _exit(4);
            buf_printf(&buf, "%d %zu ", i, key.len);
            buf_add(&buf, key);
            buf_add(&buf, value);
        }
    }
    good = txn_end(&txn, &err);
    store_close(&store);
    hash_sha256(buf_span(&buf), hash);
    if (!good)
        _exit(5);
}

/* True when a reader gets all that was there, and nothing else. */
static bool reads_as(struct statedir *dir, const char *want)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT };
        int null = open("/dev/null", O_WRONLY);
        char hash[HASH_SHA256_HEX];

        for (size_t i = 0; i < COUNT(crashes); i++)
            signal(crashes[i], SIG_DFL);
        dup2(null, STDERR_FILENO);
        read_all(dir, hash);
        _exit(strcmp(hash, want) == 0 ? 0 : 2);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status == 0;
}

/* The hash of a store that is whole; in memory that a child can write, as read_all wants one. */
static char *hash_of(struct statedir *dir)
{
    char *hash = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (fork() == 0) {
        read_all(dir, hash);
        _exit(0);
    }
    wait(NULL);
    assert_int_equal(strlen(hash), HASH_SHA256_HEX - 1);
    return hash;
}

/*
 * One bit, all over the file: what verify does not tell must not change what is read. (Most of the
 * others hit room that is not used.)
 */
static void finds_every_bit_that_matters(void **state)
{
    enum { FLIPS = 140 };
    struct statedir dir;
    char ids[12][VAULT_ID], *hash;
    struct arena *arena = arena_new();
    const char *path;
    struct span whole;
    int told = 0, harmless = 0;
    uint32_t seed = 2026;

    (void)state;
    statedir_new(&dir, 0);
    fill(&dir, 12, ids);
    must(store_compact(dir.store, &err)); /* less unused room, more hits */
    store_close(&dir.store);
    hash = hash_of(&dir);
    assert_true(reads_as(&dir, hash));
    path = statedir_path(&dir, "index/data.mdb");
    whole = statedir_read(path, arena);
    for (int i = 0; i < FLIPS; i++) {
        struct heard heard;
        off_t at;

        seed = seed * 1664525 + 1013904223;
        /* A third of them in the first pages: they say where everything is. */
        at = (off_t)(seed >> 8) % (i % 3 ? (off_t)whole.len : 2 * 4096);
        if (whole.at[at] == 0 && i % 2) /* unused room is mostly zero */
            at = (off_t)(span_find_char(whole, 3, (size_t)at) % whole.len);
        statedir_flip(path, at, (unsigned char)(1 << (seed >> 5 & 7)));
        heard = verify(&dir);
        if (heard.harm)
            told++;
        else if (reads_as(&dir, hash))
            harmless++;
        else
            fail_msg("a flip at %lld changes what is read and is not found", (long long)at);
        statedir_write(path, whole);
    }
    print_message("%d flips told, %d without effect\n", told, harmless);
    assert_true(told > 20);
    munmap(hash, 4096);
    arena_free(&arena);
    statedir_free(&dir);
}

/* Whole pages: zeroed, cut off, of another page. A crash of the reader is a finding. */
static void finds_lost_pages(void **state)
{
    struct statedir dir;
    char ids[12][VAULT_ID], *hash;
    struct arena *arena = arena_new();
    const char *path;
    struct span whole;
    size_t pages, told = 0;

    (void)state;
    statedir_new(&dir, 0);
    fill(&dir, 12, ids);
    must(store_compact(dir.store, &err));
    store_close(&dir.store);
    hash = hash_of(&dir);
    path = statedir_path(&dir, "index/data.mdb");
    whole = statedir_read(path, arena);
    pages = whole.len / 4096;
    for (size_t page = 2; page < pages; page++) {
        char *bytes = arena_text(arena, whole);
        memset(bytes + page * 4096, 0, 4096);
        statedir_write(path, (struct span) { bytes, whole.len });
        if (verify(&dir).harm == 0) /* then nothing needs it: a page freed by the last commits */
            assert_true(reads_as(&dir, hash));
        statedir_write(path, span_part(whole, 0, page * 4096));
        if (verify(&dir).harm == 0)
            assert_true(reads_as(&dir, hash));
        else
            told++;
    }
    assert_true(told > pages / 2);
    statedir_write(path, whole);
    assert_int_equal(verify(&dir).count, 0);
    munmap(hash, 4096);
    statedir_write(path, SPAN(""));
    assert_true(verify(&dir).harm > 0);
    statedir_remove(statedir_path(&dir, "index"));
    assert_true(verify(&dir).harm > 0);
    arena_free(&arena);
    statedir_free(&dir);
}

static void tells_an_older_index(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    struct heard heard;
    struct span data;

    (void)state;
    statedir_new(&dir, 0);
    statedir_put(&dir, TABLE_CURSORS, "INBOX", "1");
    store_close(&dir.store);
    data = statedir_read(statedir_path(&dir, "index/data.mdb"), arena);
    statedir_open(&dir, STORE_WRITE);
    statedir_put(&dir, TABLE_CURSORS, "INBOX", "2");
    store_close(&dir.store);
    assert_int_equal(verify(&dir).count, 0);
    statedir_write(statedir_path(&dir, "index/data.mdb"), data);
    heard = verify(&dir);
    assert_int_equal(heard.harm, 1);
    assert_non_null(strstr(heard.all, "is older than"));
    arena_free(&arena);
    statedir_free(&dir);
}

/* Nothing is told of what another process does meanwhile: it writes, erases and compacts. */
static void tells_nothing_of_work_in_progress(void **state)
{
    struct statedir dir;
    char ids[80][VAULT_ID];
    int status, rounds = 0;
    pid_t pid;

    (void)state;
    statedir_new(&dir, 0);
    store_close(&dir.store);
    pid = fork();
    if (pid == 0) {
        statedir_open(&dir, STORE_WRITE);
        for (int i = 0; i < 80; i++) {
            struct txn *txn;
            char name[32];

            snprintf(name, sizeof name, "case %d", i);
            statedir_keep(&dir, name, span_of(name), ids[i]);
            txn = txn_begin(dir.store, TXN_WRITE);
            txn_case_new(txn, span_of(name));
            txn_put_case(txn, TABLE_TEXTS, span_of(name), span_of(name), SPAN("text"));
            audit_add(txn, span_of(name));
            must(txn_end(&txn, &err));
            if (i % 4)
                continue;
            txn = txn_begin(dir.store, TXN_WRITE);
            txn_delete(txn, TABLE_VAULT, span_of(ids[i]));
            txn_case_erase(txn, span_of(name));
            audit_add(txn, SPAN("erased"));
            must(txn_end(&txn, &err));
            must(vault_erase(dir.store, ids[i], &err));
            if (i % 16 == 0)
                must(store_compact(dir.store, &err));
        }
        store_close(&dir.store);
        _exit(0);
    }
    while (waitpid(pid, &status, WNOHANG) == 0 || rounds == 0) {
        struct heard heard = verify(&dir);

        if (heard.harm)
            fail_msg("round %d: %s", rounds, heard.all);
        rounds++;
    }
    row_number("the writer", status, 0);
    row_text("at rest", verify(&dir).all, "");
    print_message("%d rounds\n", rounds);
    statedir_free(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_nothing_in_a_whole_store),
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(marks_the_key_and_the_case),
        cmocka_unit_test(finds_every_bit_that_matters),
        cmocka_unit_test(finds_lost_pages),
        cmocka_unit_test(tells_an_older_index),
        cmocka_unit_test(tells_nothing_of_work_in_progress),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
