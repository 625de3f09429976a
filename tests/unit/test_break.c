/*
 * Breaks the work of a store off at each durable step: this program runs itself under strace, which
 * kills it on entering the n-th call of a kind, or lets that call fail; then everything is looked
 * at, the work is done again, and must end as if nothing had happened.
 */
#include "base/file.h"
#include "lib/statedir.h"
#include "store/verify.h"

#include <signal.h>

enum { MAILS = 3, ERASED = 2 };

static const char self[] = "/proc/self/exe";

static struct span mail_name(char *text, int i)
{
    sprintf(text, "mail %d", i);
    return span_of(text);
}

static bool has_row(struct store *store, enum table table, struct span key)
{
    struct txn *txn = txn_begin(store, TXN_READ);
    bool have = txn_have(txn, table, key);

    txn_drop(&txn);
    return have;
}

/* One mail: sealed and synced; then all that it causes is one step. */
static bool take_in(struct store *store, int i, struct err *err)
{
    char name[32], id[VAULT_ID];
    struct span key = mail_name(name, i);
    struct vault_file *file;
    struct txn *txn;

    if (has_row(store, TABLE_FETCHED, key))
        return true;
    if (!vault_new(store, key, &file, err))
        return false;
    if (!vault_add(file, SPAN("the mail itself"), err)) {
        vault_drop(&file);
        return false;
    }
    if (!vault_keep(&file, id, err) || !vault_sync(store, err))
        return false;
    txn = txn_begin(store, TXN_WRITE);
    txn_put(txn, TABLE_VAULT, span_of(id), key);
    txn_put(txn, TABLE_FETCHED, key, span_of(id));
    txn_case_new(txn, key);
    txn_put(txn, TABLE_CASES, key, SPAN("received"));
    txn_put_case(txn, TABLE_TEXTS, key, key, SPAN("redacted text"));
    txn_next_number(txn, SPAN("cases"));
    audit_add(txn, key);
    return txn_end(&txn, err);
}

/* Files of a run that was cut off before its step: the mail is fetched again, they go. */
static bool sweep(struct store *store, struct err *err)
{
    struct arena *arena = arena_new();
    const char **ids;
    size_t count;
    bool good = vault_list(store, arena, &ids, &count, err);

    for (size_t i = 0; good && i < count; i++)
        if (!has_row(store, TABLE_VAULT, span_of(ids[i])))
            good = vault_erase(store, ids[i], err);
    arena_free(&arena);
    return good;
}

static bool erase(struct store *store, struct err *err)
{
    char name[32], id[VAULT_ID] = "";
    struct span key = mail_name(name, ERASED), value;
    struct arena *arena = arena_new();
    struct txn *txn = txn_begin(store, TXN_WRITE);

    if (!txn_case_have(txn, key)) {
        arena_free(&arena);
        return txn_end(&txn, err);
    }
    if (txn_get(txn, TABLE_FETCHED, key, arena, &value))
        snprintf(id, sizeof id, "%.*s", (int)value.len, value.at);
    txn_delete(txn, TABLE_VAULT, span_of(id));
    txn_put(txn, TABLE_CASES, key, SPAN("erased"));
    txn_case_erase(txn, key);
    audit_add(txn, SPAN("erased"));
    arena_free(&arena);
    return txn_end(&txn, err) && vault_erase(store, id, err);
}

/* Does everything that is not yet done; how far it came says the index alone. */
static bool work(struct statedir *dir, struct err *err)
{
    struct store_options options = statedir_options(dir, STORE_WRITE);
    bool good = store_open(&options, &dir->store, err)
        && store_unlock(dir->store, &dir->secrets, err) && sweep(dir->store, err);

    for (int i = 1; i <= MAILS && good; i++)
        good = take_in(dir->store, i, err);
    good = good && erase(dir->store, err);
    if (good && store_compact_due(dir->store))
        good = store_compact(dir->store, err);
    store_close(&dir->store);
    return good;
}

static int be_child(const char *path, const char *secrets)
{
    struct statedir dir = { .schema = 1 };
    struct arena *arena = arena_new();
    struct err err = { 0 };
    struct span bytes;
    bool good;

    signal(SIGXFSZ, SIG_IGN);
    snprintf(dir.dir, sizeof dir.dir, "%s", path);
    good = file_read(secrets, sizeof dir.secrets, arena, &bytes, &err);
    if (good)
        memcpy(&dir.secrets, bytes.at, sizeof dir.secrets);
    good = good && lock_take(path, 0, &dir.lock, &err) && work(&dir, &err);
    lock_release(&dir.lock);
    arena_free(&arena);
    if (!good)
        fprintf(stderr, "%s\n", err.text);
    return good ? 0 : err_exit_code(&err);
}

static void hear(void *context, const struct verify_finding *finding)
{
    char *all = context;
    size_t len = strlen(all);

    if (verify_is_harm(finding->kind))
        snprintf(
            all + len, 1000 - len, "%s %s: %s; ", finding->place, finding->key, finding->words);
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

/* Each mail is there with all that it caused, or not at all. */
static void check_halves(struct statedir *dir, const char *label)
{
    struct txn *txn = txn_begin(dir->store, TXN_READ);
    uint64_t fetched = txn_count(txn, TABLE_FETCHED);
    bool erased = false;
    struct arena *arena = arena_new();
    struct span value;
    char name[32];

    for (int i = 1; i <= MAILS; i++) {
        struct span key = mail_name(name, i);
        bool here = txn_have(txn, TABLE_FETCHED, key);
        bool gone = txn_get(txn, TABLE_CASES, key, arena, &value)
            && span_equal(value, SPAN("erased"));

        row_number(label, txn_have(txn, TABLE_CASES, key), here);
        row_number(label, txn_have(txn, TABLE_TEXTS, key), here && !gone);
        row_number(label, txn_case_have(txn, key), here && !gone);
        erased = erased || gone;
    }
    row_number(label, txn_count(txn, TABLE_CASES), fetched);
    row_number(label, txn_count(txn, TABLE_VAULT), fetched - erased);
    row_number(label, audit_count(txn), fetched + erased);
    must(txn_end(&txn, &err));
    arena_free(&arena);
}

static void check_end(struct statedir *dir, const char *label)
{
    struct arena *arena = arena_new();
    struct txn *txn;
    const char **ids;
    size_t count;

    statedir_open(dir, STORE_WRITE);
    check_halves(dir, label);
    txn = txn_begin(dir->store, TXN_WRITE);
    row_number(label, txn_count(txn, TABLE_FETCHED), MAILS);
    row_number(label, audit_count(txn), MAILS + 1);
    row_number(label, txn_next_number(txn, SPAN("cases")), MAILS + 1);
    txn_drop(&txn);
    row_number(label, store_compact_due(dir->store), false);
    must(vault_list(dir->store, arena, &ids, &count, &err));
    row_number(label, count, MAILS - 1);
    for (size_t i = 0; i < count; i++) {
        struct vault_facts facts;

        must(vault_stream(dir->store, ids[i], NULL, NULL, arena, &facts, &err));
    }
    store_close(&dir->store);
    row_text(label, verify(dir), "");
    arena_free(&arena);
}

/* The exit code of the child, or -1 when it was killed. */
static int run(const struct statedir *dir, const char *call, const char *what, int n)
{
    char program[300], secrets[100], trace[64], inject[100];
    ssize_t len = readlink(self, program, sizeof program - 1);
    pid_t pid;
    int status;

    assert_true(len > 0);
    program[len] = '\0';
    snprintf(secrets, sizeof secrets, "%s/secrets", dir->top);
    snprintf(trace, sizeof trace, "trace=%s", call);
    snprintf(inject, sizeof inject, "inject=%s:%s:when=%d", call, what, n);
    pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);

        dup2(null, STDERR_FILENO);
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* which a traced program cannot look for */
        execlp("strace", "strace", "-f", "-qq", "-o", "/dev/null", "-e", trace, "-e", inject,
            program, "--child", dir->dir, secrets, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 127);
    return WIFSIGNALED(status) ? -1 : WEXITSTATUS(status);
}

static void fresh(struct statedir *dir)
{
    char path[100];

    statedir_new(dir, 0);
    store_close(&dir->store);
    lock_release(&dir->lock);
    snprintf(path, sizeof path, "%s/secrets", dir->top);
    statedir_write(path, (struct span) { (const char *)&dir->secrets, sizeof dir->secrets });
}

static void go_on(struct statedir *dir, const char *label)
{
    must(lock_take(dir->dir, 0, &dir->lock, &err));
    statedir_open(dir, STORE_WRITE);
    check_halves(dir, label);
    store_close(&dir->store);
    row_text(label, verify(dir), "");
    must(work(dir, &err));
    check_end(dir, label);
}

/* The number of calls of this kind that the work makes: at each it was killed. */
static int kill_at_each(const char *call)
{
    for (int n = 1;; n++) {
        struct statedir dir;
        char label[64];
        int code;

        snprintf(label, sizeof label, "killed at %s %d", call, n);
        fresh(&dir);
        code = run(&dir, call, "signal=SIGKILL", n);
        if (code > 0)
            fail_msg("%s: ended with %d", label, code);
        go_on(&dir, label);
        statedir_free(&dir);
        if (code == 0)
            return n - 1; /* it makes fewer calls than that */
    }
}

/* The number of failures: a few errors are no harm (the pid in the lock, the mark of a commit). */
static int fail_at_each(const char *call, int calls)
{
    static const char *const errors[] = { "error=ENOSPC", "error=EIO" };
    int failures = 0;

    for (int n = 1; n <= calls; n++) {
        struct statedir dir;
        char label[64];
        int code;

        snprintf(label, sizeof label, "%s %d: %s", call, n, errors[n % 2]);
        fresh(&dir);
        code = run(&dir, call, errors[n % 2], n);
        if (code != 0 && code != EX_IOERR && code != EX_CANTCREAT)
            fail_msg("%s: ended with %d", label, code);
        failures += code != 0;
        go_on(&dir, label);
        statedir_free(&dir);
    }
    return failures;
}

static void ends_the_same_wherever_it_breaks_off(void **state)
{
    static const char *const calls[] = { "fsync", "fdatasync", "rename", "renameat", "renameat2",
        "unlink", "unlinkat", "ftruncate", "mkdir", "write", "pwrite64", "pwritev", "writev" };
    int kills = 0, failures = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        int points = kill_at_each(calls[i]);

        kills += points;
        failures += fail_at_each(calls[i], points);
    }
    print_message("killed at %d points, failed cleanly at %d\n", kills, failures);
    assert_true(kills > 60);
    assert_true(failures > 30);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_the_same_wherever_it_breaks_off),
    };

    if (argc == 4 && strcmp(argv[1], "--child") == 0)
        return be_child(argv[2], argv[3]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
