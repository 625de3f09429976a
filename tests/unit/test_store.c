#include "base/hash.h"
#include "lib/statedir.h"
#include "store/inside.h"
#include "store/store.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

static void has_its_modes_whatever_the_umask(void **state)
{
    static const struct {
        const char *name;
        mode_t mode;
    } rows[] = {
        { ".", 0700 },
        { "index", 0700 },
        { "vault", 0700 },
        { "audit", 0700 },
        { "index/data.mdb", 0600 },
        { "index/lock.mdb", 0600 },
        { "index/commits.mark", 0600 },
        { "audit/log", 0600 },
        { "lock", 0600 },
        { "seal.pub", 0600 },
        { "keys.pgp", 0600 },
        { "outbox.pub", 0600 },
        { "outbox.key", 0600 },
    };
    static const mode_t masks[] = { 0, 0022, 0777 };

    (void)state;
    for (size_t m = 0; m < COUNT(masks); m++) {
        struct statedir dir;
        mode_t before = umask(masks[m] == 0777 ? 0277 : masks[m]);

        statedir_new(&dir, 0);
        must(seal_outbox_new(dir.store, statedir_path(&dir, "outbox.key"), &err));
        must(store_compact(dir.store, &err));
        statedir_put(&dir, TABLE_CASES, "HB-2026-0001", "a case");
        umask(before);
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct stat facts;

            if (stat(statedir_path(&dir, rows[i].name), &facts) != 0)
                fail_msg("%s: missing", rows[i].name);
            row_number(rows[i].name, facts.st_mode & 07777, rows[i].mode);
        }
        statedir_free(&dir);
    }
}

static void keeps_rows_of_each_kind(void **state)
{
    static const struct {
        enum table table;
        const char *key, *value;
    } rows[] = {
        { TABLE_CURSORS, "INBOX", "1 4711" },
        { TABLE_CURSORS, "Junk", "" },
        { TABLE_DUE, "2026-11-27 HB-2026-0001", "first_response" },
        { TABLE_CASES, "HB-2026-0001", "{\"state\":\"received\"}" },
        { TABLE_CASES, "HB-2026-0002", "" },
        { TABLE_THREADS,
            "<a-very-long-message-id-that-is-longer-than-lmdb-would-take-as-a-key@"
            "example.example>",
            "HB-2026-0001" },
    };
    struct statedir dir;
    struct txn *txn;

    (void)state;
    statedir_new(&dir, 0);
    for (size_t i = 0; i < COUNT(rows); i++)
        statedir_put(&dir, rows[i].table, rows[i].key, rows[i].value);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT(rows); i++)
            row_text(rows[i].key, statedir_get(&dir, rows[i].table, rows[i].key), rows[i].value);
        row_text("absent", statedir_get(&dir, TABLE_CURSORS, "inbox"), NULL);
        row_text("absent", statedir_get(&dir, TABLE_CASES, "HB-2026-0003"), NULL);
        store_close(&dir.store);
        statedir_open(&dir, round ? STORE_WRITE : STORE_READ);
    }
    statedir_put(&dir, TABLE_CASES, "HB-2026-0001", "changed");
    row_text("changed", statedir_get(&dir, TABLE_CASES, "HB-2026-0001"), "changed");
    txn = txn_begin(dir.store, TXN_WRITE);
    assert_int_equal(txn_count(txn, TABLE_CASES), 2);
    assert_true(txn_delete(txn, TABLE_CASES, SPAN("HB-2026-0001")));
    assert_false(txn_delete(txn, TABLE_CASES, SPAN("HB-2026-0001")));
    assert_false(txn_have(txn, TABLE_CASES, SPAN("HB-2026-0001")));
    must(txn_end(&txn, &err));
    row_text("deleted", statedir_get(&dir, TABLE_CASES, "HB-2026-0001"), NULL);
    statedir_free(&dir);
}

static void is_all_or_nothing(void **state)
{
    struct statedir dir;
    struct err why = { 0 };
    struct txn *txn;
    char key[600];

    (void)state;
    statedir_new(&dir, 0);
    statedir_put(&dir, TABLE_CURSORS, "INBOX", "1");

    txn = txn_begin(dir.store, TXN_WRITE);
    txn_put(txn, TABLE_CURSORS, SPAN("INBOX"), SPAN("2"));
    txn_drop(&txn);
    row_text("dropped", statedir_get(&dir, TABLE_CURSORS, "INBOX"), "1");

    txn = txn_begin(dir.store, TXN_WRITE);
    txn_put(txn, TABLE_CURSORS, SPAN("INBOX"), SPAN("3"));
    err_set(&why, ERR_MESSAGE, "the caller's reason");
    txn_fail(txn, &why);
    txn_put(txn, TABLE_CURSORS, SPAN("INBOX"), SPAN("4"));
    must_fail(txn_end(&txn, &err), EX_DATAERR, "the caller's reason");
    row_text("failed", statedir_get(&dir, TABLE_CURSORS, "INBOX"), "1");

    memset(key, 'k', sizeof key);
    txn = txn_begin(dir.store, TXN_WRITE);
    txn_put(txn, TABLE_CURSORS, SPAN("INBOX"), SPAN("5"));
    txn_put(txn, TABLE_CURSORS, (struct span) { key, 501 }, SPAN("long"));
    txn_put(txn, TABLE_CURSORS, SPAN("INBOX"), SPAN("6"));
    must_fail(txn_end(&txn, &err), EX_SOFTWARE, "501 bytes");
    row_text("long key", statedir_get(&dir, TABLE_CURSORS, "INBOX"), "1");

    txn = txn_begin(dir.store, TXN_WRITE);
    txn_put(txn, TABLE_CURSORS, (struct span) { key, 500 }, SPAN("long"));
    must(txn_end(&txn, &err));
    statedir_free(&dir);
}

static void walks_rows(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    struct span key, value;
    struct txn_rows rows;
    struct txn *txn;
    char all[200] = "";
    int count = 0;

    (void)state;
    statedir_new(&dir, 0);
    statedir_put(&dir, TABLE_DUE, "2026-11-27 b", "2");
    statedir_put(&dir, TABLE_DUE, "2026-11-27 a", "1");
    statedir_put(&dir, TABLE_DUE, "2026-11-28 c", "3");
    statedir_put(&dir, TABLE_DUE, "2027-01-01 d", "4");
    txn = txn_begin(dir.store, TXN_WRITE);
    rows = txn_rows(txn, TABLE_DUE, SPAN("2026-11-2"));
    while (txn_next(&rows, arena, &key, &value)) {
        strncat(all, value.at, value.len);
        assert_true(txn_delete(txn, TABLE_DUE, key));
    }
    must(txn_end(&txn, &err));
    row_text("in order, of the prefix", all, "123");
    row_text("deleted", statedir_get(&dir, TABLE_DUE, "2026-11-28 c"), NULL);
    row_text("beyond the prefix", statedir_get(&dir, TABLE_DUE, "2027-01-01 d"), "4");

    for (int i = 0; i < 300; i++) {
        char text[32];

        snprintf(text, sizeof text, "message %d", i);
        statedir_put(&dir, TABLE_MESSAGES, text, text);
    }
    txn = txn_begin(dir.store, TXN_READ);
    rows = txn_rows(txn, TABLE_MESSAGES, (struct span) { 0 });
    while (txn_next(&rows, arena, &key, &value)) {
        assert_true(span_equal(key, value) && span_starts(key, SPAN("message ")));
        count++;
    }
    must(txn_end(&txn, &err));
    assert_int_equal(count, 300);
    arena_free(&arena);
    statedir_free(&dir);
}

static void counts(void **state)
{
    struct statedir dir;
    struct txn *txn;

    (void)state;
    statedir_new(&dir, 0);
    for (uint64_t want = 1; want <= 3; want++) {
        txn = txn_begin(dir.store, TXN_WRITE);
        assert_int_equal(txn_next_number(txn, SPAN("HB-2026")), 2 * want - 1);
        assert_int_equal(txn_next_number(txn, SPAN("HB-2026")), 2 * want);
        assert_int_equal(txn_next_number(txn, SPAN("HB-2027")), want);
        must(txn_end(&txn, &err));
        txn = txn_begin(dir.store, TXN_WRITE);
        txn_next_number(txn, SPAN("HB-2026"));
        txn_drop(&txn); /* leaves no gap */
    }
    statedir_free(&dir);
}

/* A reader sees the state of its beginning while another process writes. */
static void reads_while_another_writes(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    struct span value;
    struct txn *txn;
    pid_t pid;
    int status;

    (void)state;
    statedir_new(&dir, 0);
    statedir_put(&dir, TABLE_CASES, "case", "old");
    store_close(&dir.store);
    statedir_open(&dir, STORE_READ);
    txn = txn_begin(dir.store, TXN_READ);
    pid = fork();
    if (pid == 0) {
        struct store_options options = statedir_options(&dir, STORE_WRITE);
        struct store *own;
        struct err err = { 0 };
        struct txn *put;

        if (!store_open(&options, &own, &err) || !store_unlock(own, &dir.secrets, &err))
            _exit(2);
        put = txn_begin(own, TXN_WRITE);
        txn_put(put, TABLE_CASES, SPAN("case"), SPAN("new"));
        _exit(txn_end(&put, &err) ? 0 : 3);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_true(txn_get(txn, TABLE_CASES, SPAN("case"), arena, &value));
    row_text("before", arena_text(arena, value), "old");
    must(txn_end(&txn, &err));
    row_text("after", statedir_get(&dir, TABLE_CASES, "case"), "new");
    arena_free(&arena);
    statedir_free(&dir);
}

/* From a map of 256 kB to 30 MB of rows; one step that is larger than the room is told, and works.
 */
static void grows_by_itself(void **state)
{
    enum { ROWS = 120, VALUE = 256 * 1024 };
    struct statedir dir;
    char *value = calloc(1, VALUE), *large = calloc(1, 40 * VALUE), key[16];
    struct err why = { 0 };
    struct txn *txn;
    int tries;

    (void)state;
    assert_non_null(value);
    assert_non_null(large);
    statedir_new(&dir, 256 * 1024);
    for (int i = 0; i < ROWS; i++) {
        snprintf(key, sizeof key, "%d", i);
        for (tries = 0; tries < 3; tries++) {
            txn = txn_begin(dir.store, TXN_WRITE);
            txn_put(txn, TABLE_MESSAGES, span_of(key), (struct span) { value, VALUE });
            if (txn_end(&txn, &why))
                break;
            row_number(why.text, err_exit_code(&why), EX_TEMPFAIL);
        }
        assert_true(tries < 3);
    }
    for (tries = 0; tries < 8; tries++) {
        txn = txn_begin(dir.store, TXN_WRITE);
        txn_put(txn, TABLE_MESSAGES, SPAN("large"), (struct span) { large, 40 * VALUE });
        if (txn_end(&txn, &why))
            break;
        row_number(why.text, err_exit_code(&why), EX_TEMPFAIL);
    }
    assert_true(tries < 8);
    txn = txn_begin(dir.store, TXN_READ);
    assert_int_equal(txn_count(txn, TABLE_MESSAGES), ROWS + 1);
    must(txn_end(&txn, &err));
    store_close(&dir.store);
    statedir_open(&dir, STORE_WRITE); /* with the small map again, on a large file */
    assert_non_null(statedir_get(&dir, TABLE_MESSAGES, "7"));
    free(value);
    free(large);
    statedir_free(&dir);
}

/* A reader whose map is smaller than what another process has written since. */
static void follows_growth_of_another(void **state)
{
    struct statedir dir;
    pid_t pid;
    int status;

    (void)state;
    statedir_new(&dir, 256 * 1024);
    store_close(&dir.store);
    statedir_open(&dir, STORE_READ);
    pid = fork();
    if (pid == 0) {
        struct store_options options = statedir_options(&dir, STORE_WRITE);
        char *value = calloc(1, 3000000);
        struct err err = { 0 };
        struct store *own;
        struct txn *txn;

        options.map_bytes = 0;
        if (!value || !store_open(&options, &own, &err) || !store_unlock(own, &dir.secrets, &err))
            _exit(2);
        txn = txn_begin(own, TXN_WRITE);
        txn_put(txn, TABLE_CASES, SPAN("large"), (struct span) { value, 3000000 });
        txn_put(txn, TABLE_CASES, SPAN("small"), SPAN("here"));
        _exit(txn_end(&txn, &err) ? 0 : 3);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    row_text("seen", statedir_get(&dir, TABLE_CASES, "small"), "here");
    statedir_free(&dir);
}

static void refuses(void **state)
{
    struct statedir dir, other;
    struct seal_secrets wrong, mixed;
    struct store_options options;
    struct store *store = NULL;
    struct arena *arena = arena_new();
    struct span bytes;

    (void)state;
    statedir_new(&dir, 0);
    statedir_new(&other, 0);
    options = statedir_options(&dir, STORE_WRITE);
    must_fail(store_create(&options, &dir.secrets, SPAN("x"), &err), EX_CONFIG, "a store already");
    must(store_load_keys(dir.dir, arena, &bytes, &err));
    row_text("keys.pgp", arena_text(arena, bytes), "-----BEGIN PGP MESSAGE-----\n");
    must(store_save_keys(dir.store, SPAN("other recipients"), &err));
    must(store_load_keys(dir.dir, arena, &bytes, &err));
    row_text("keys.pgp", arena_text(arena, bytes), "other recipients");
    store_close(&dir.store);

    must(store_open(&options, &store, &err));
    seal_secrets_new(&wrong);
    must_fail(store_unlock(store, &wrong, &err), EX_CONFIG, "does not belong to seal.pub");
    mixed = dir.secrets;
    mixed.master[31] ^= 1;
    must_fail(store_unlock(store, &mixed, &err), EX_CONFIG, "does not belong to this index");
    assert_false(store_unlocked(store));
    store_close(&store);

    assert_int_equal(chmod(dir.dir, 0750), 0);
    must_fail(store_open(&options, &store, &err), EX_CONFIG, "chmod 700");
    assert_int_equal(chmod(dir.dir, 0700), 0);

    options.dir = other.top; /* 0700, but no store */
    must_fail(store_open(&options, &store, &err), EX_CONFIG, "no store there");
    options.dir = "/nonexistent/meldpost";
    must_fail(store_open(&options, &store, &err), EX_CONFIG, "/nonexistent/meldpost");
    options.dir = dir.dir;

    statedir_remove(statedir_path(&dir, "index"));
    must_fail(store_open(&options, &store, &err), EX_IOERR, "meldpost rebuild");
    assert_int_equal(mkdir(statedir_path(&dir, "index"), 0700), 0);
    statedir_write(statedir_path(&dir, "index/data.mdb"), SPAN("not a database of anyone's"));
    must_fail(store_open(&options, &store, &err), EX_IOERR, "index");
    assert_null(store);
    arena_free(&arena);
    statedir_free(&other);
    statedir_free(&dir);
}

static bool step_two(struct txn *txn, struct err *err)
{
    (void)err;
    txn_put(txn, TABLE_CASES, SPAN("case"), SPAN("migrated to 2"));
    return true;
}

static bool step_three(struct txn *txn, struct err *err)
{
    struct arena *arena = arena_new();
    struct span value;
    bool good = txn_get(txn, TABLE_CASES, SPAN("case"), arena, &value)
        && span_equal(value, SPAN("migrated to 2"));

    arena_free(&arena);
    txn_put(txn, TABLE_CASES, SPAN("case"), SPAN("migrated to 3"));
    return good ? true : err_set(err, ERR_RUN, "step two came not before step three");
}

static bool step_fails(struct txn *txn, struct err *err)
{
    txn_put(txn, TABLE_CASES, SPAN("case"), SPAN("half migrated"));
    return err_set(err, ERR_RUN, "cannot");
}

static void migrates_forward_only(void **state)
{
    static store_step *const steps[] = { step_two, step_three };
    static store_step *const failing[] = { step_two, step_fails };
    struct statedir dir;
    struct store_options options;
    struct store *store = NULL;
    struct txn *txn;

    (void)state;
    statedir_new(&dir, 0);
    statedir_put(&dir, TABLE_CASES, "case", "of version 1");
    must(store_migrate(dir.store, steps, 0, &err));
    store_close(&dir.store);

    dir.schema = 3;
    options = statedir_options(&dir, STORE_READ);
    must_fail(store_open(&options, &store, &err), EX_TEMPFAIL, "older version");
    statedir_open(&dir, STORE_WRITE);
    assert_int_equal(store_schema(dir.store), 1);
    txn = txn_begin(dir.store, TXN_WRITE);
    must_fail(txn_end(&txn, &err), EX_TEMPFAIL, "older version");
    must_fail(store_migrate(dir.store, failing, 2, &err), EX_SOFTWARE, "cannot");
    assert_int_equal(store_schema(dir.store), 2); /* each step is its own */
    must(store_migrate(dir.store, steps, 2, &err));
    assert_int_equal(store_schema(dir.store), 3);
    row_text("migrated", statedir_get(&dir, TABLE_CASES, "case"), "migrated to 3");
    assert_int_equal(access(statedir_path(&dir, "index.v1/data.mdb"), F_OK), 0);
    assert_int_equal(access(statedir_path(&dir, "index.v2/data.mdb"), F_OK), 0);
    store_close(&dir.store);

    options = statedir_options(&dir, STORE_WRITE);
    options.schema = 2;
    must_fail(store_open(&options, &store, &err), EX_CONFIG, "made by a newer version");
    options.mode = STORE_READ;
    options.lock = NULL;
    must_fail(store_open(&options, &store, &err), EX_CONFIG, "made by a newer version");

    /* The copy is the index as it was. */
    statedir_remove(statedir_path(&dir, "index"));
    assert_int_equal(rename(statedir_path(&dir, "index.v1"), statedir_path(&dir, "index")), 0);
    dir.schema = 1;
    statedir_open(&dir, STORE_WRITE);
    row_text("as it was", statedir_get(&dir, TABLE_CASES, "case"), "of version 1");
    statedir_free(&dir);
}

/* Does any file of the folder hold these bytes? */
static bool folder_holds(const char *path, struct span needle)
{
    struct arena *arena = arena_new();
    DIR *dir = opendir(path);
    struct dirent *entry;
    bool holds = false;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char name[600];

        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_type == DT_REG)
            holds = holds || span_find(statedir_read(name, arena), needle, 0) != SPAN_NOWHERE;
        else if (entry->d_name[0] != '.')
            holds = holds || folder_holds(name, needle);
    }
    closedir(dir);
    arena_free(&arena);
    return holds;
}

/* All 24-byte windows of one file's bytes that are random enough to be sealed, as a sorted sample
 * is too much: every cell that was in the old file and belongs to the case must be gone. */
static size_t cells_left(struct span old, struct span new, struct span tag)
{
    size_t left = 0;

    for (size_t at = span_find(old, tag, 0); at != SPAN_NOWHERE; at = span_find(old, tag, at + 1))
        if (span_find(new, span_part(old, at + 16, at + 16 + 48), 0) != SPAN_NOWHERE)
            left++;
    return left;
}

static void forgets_an_erased_case(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    struct span old, new, value, tag;
    const char *data;
    struct txn *txn;
    size_t tags = 0;

    (void)state;
    statedir_new(&dir, 0);
    txn = txn_begin(dir.store, TXN_WRITE);
    txn_case_new(txn, SPAN("one"));
    txn_case_new(txn, SPAN("two"));
    txn_case_new(txn, SPAN("one")); /* has its key already */
    for (int i = 0; i < 50; i++) {
        char key[32];

        snprintf(key, sizeof key, "%d of one", i);
        txn_put_case(txn, TABLE_TEXTS, SPAN("one"), span_of(key), SPAN("the text of case one"));
        txn_put_case(txn, TABLE_PEOPLE, SPAN("one"), span_of(key), SPAN("someone in case one"));
        snprintf(key, sizeof key, "%d of two", i);
        txn_put_case(txn, TABLE_TEXTS, SPAN("two"), span_of(key), SPAN("the text of case two"));
    }
    must(txn_end(&txn, &err));
    row_text("before", statedir_get(&dir, TABLE_TEXTS, "7 of one"), "the text of case one");

    /* The tag of case one: what follows the length in the cells that vanish with it. Found by
     * erasing it in a transaction that is dropped would tell nothing; so by its only occurrence in
     * 100 cells: two tags are in the file, and each stands before many different nonces. */
    data = statedir_path(&dir, "index/data.mdb");
    old = statedir_read(data, arena);
    tag = (struct span) { 0 };
    for (size_t at = 0; at + 200 < old.len; at++) {
        /* version 3, a length of a few hundred at most */
        if (old.at[at] != 3 || old.at[at + 1] || old.at[at + 2] || old.at[at + 3])
            continue;
        if ((unsigned char)old.at[at + 4] != 5 + 16 + 24 + 4 + 16 + 20 + strlen("7 of one")
            && (unsigned char)old.at[at + 4] != 5 + 16 + 24 + 4 + 16 + 19 + strlen("7 of one"))
            continue;
        tags++;
        if ((unsigned char)old.at[at + 4] == 5 + 16 + 24 + 4 + 16 + 19 + strlen("7 of one"))
            tag = span_part(old, at + 5, at + 21); /* 19: "someone in case one" */
    }
    assert_true(tags >= 25 && tag.len == 16);
    assert_true(cells_left(old, old, tag) >= 100);

    txn = txn_begin(dir.store, TXN_WRITE);
    txn_case_erase(txn, SPAN("one"));
    must(txn_end(&txn, &err));
    row_text("erased", statedir_get(&dir, TABLE_TEXTS, "7 of one"), NULL);
    row_text("the other", statedir_get(&dir, TABLE_TEXTS, "7 of two"), "the text of case two");
    assert_true(store_compact_due(dir.store));
    new = statedir_read(data, arena);
    assert_true(cells_left(old, new, tag) > 0); /* still in free pages: that is why */

    /* An interrupted run finds the same. */
    store_close(&dir.store);
    statedir_open(&dir, STORE_WRITE);
    assert_true(store_compact_due(dir.store));
    must(store_compact(dir.store, &err));
    assert_false(store_compact_due(dir.store));
    new = statedir_read(data, arena);
    assert_int_equal(cells_left(old, new, tag), 0);
    assert_false(folder_holds(dir.dir, tag));
    row_text("the other", statedir_get(&dir, TABLE_TEXTS, "7 of two"), "the text of case two");
    assert_int_not_equal(access(statedir_path(&dir, "index.new"), F_OK), 0);

    txn = txn_begin(dir.store, TXN_WRITE);
    assert_false(txn_case_have(txn, SPAN("one")));
    assert_true(txn_case_have(txn, SPAN("two")));
    txn_put_case(txn, TABLE_TEXTS, SPAN("one"), SPAN("again"), SPAN("x"));
    must_fail(txn_end(&txn, &err), EX_DATAERR, "was erased");
    txn = txn_begin(dir.store, TXN_WRITE);
    txn_case_new(txn, SPAN("one"));
    must_fail(txn_end(&txn, &err), EX_DATAERR, "was erased");
    txn = txn_begin(dir.store, TXN_WRITE);
    txn_put_case(txn, TABLE_TEXTS, SPAN("three"), SPAN("key"), SPAN("x"));
    must_fail(txn_end(&txn, &err), EX_DATAERR, "no such case");
    txn = txn_begin(dir.store, TXN_READ);
    assert_false(txn_get(txn, TABLE_TEXTS, SPAN("7 of one"), arena, &value));
    must(txn_end(&txn, &err));
    arena_free(&arena);
    statedir_free(&dir);
}

/* A reader that has the old index open goes on with it, and a new one gets the new index. */
static void compacts_under_a_reader(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    struct span value;
    struct txn *txn;
    pid_t pid;
    int status;

    (void)state;
    statedir_new(&dir, 0);
    statedir_put(&dir, TABLE_CASES, "case", "value");
    store_close(&dir.store);
    statedir_open(&dir, STORE_READ);
    txn = txn_begin(dir.store, TXN_READ);
    pid = fork();
    if (pid == 0) {
        struct store_options options = statedir_options(&dir, STORE_WRITE);
        struct store *own;
        struct err err = { 0 };
        struct txn *put;

        if (!store_open(&options, &own, &err) || !store_unlock(own, &dir.secrets, &err)
            || !store_compact(own, &err))
            _exit(2);
        put = txn_begin(own, TXN_WRITE);
        txn_put(put, TABLE_CASES, SPAN("case"), SPAN("after"));
        _exit(txn_end(&put, &err) ? 0 : 3);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_true(txn_get(txn, TABLE_CASES, SPAN("case"), arena, &value));
    row_text("the old index", arena_text(arena, value), "value");
    must(txn_end(&txn, &err));
    store_close(&dir.store);
    statedir_open(&dir, STORE_WRITE);
    row_text("the new index", statedir_get(&dir, TABLE_CASES, "case"), "after");
    arena_free(&arena);
    statedir_free(&dir);
}

/* What was kept shows nowhere in the folder: not as text, hex or base64. */
static void shows_nothing(void **state)
{
    static const char *const words[] = { "Kwetsbaarheid in het zaaksysteem", "Jansen-de-Wit",
        "onderzoeker@example.example", "HB-2026-0001", "zaak.gemeente.example" };
    struct statedir dir;
    struct txn *txn;
    char id[VAULT_ID];

    (void)state;
    statedir_new(&dir, 0);
    txn = txn_begin(dir.store, TXN_WRITE);
    txn_case_new(txn, span_of(words[3]));
    for (size_t i = 0; i < COUNT(words); i++) {
        txn_put(txn, TABLE_CASES, span_of(words[i]), span_of(words[(i + 1) % COUNT(words)]));
        txn_put_case(txn, TABLE_TEXTS, span_of(words[3]), span_of(words[i]), span_of(words[i]));
        audit_add(txn, span_of(words[i]));
    }
    must(txn_end(&txn, &err));
    for (size_t i = 0; i < COUNT(words); i++)
        statedir_keep(&dir, words[i], span_of(words[i]), id);
    for (size_t i = 0; i < COUNT(words); i++) {
        char hex[200];

        hash_hex((const uint8_t *)words[i], strlen(words[i]), hex);
        if (folder_holds(dir.dir, span_of(words[i])) || folder_holds(dir.dir, span_of(hex)))
            fail_msg("\"%s\" lies readable in the folder", words[i]);
    }
    assert_true(folder_holds(dir.dir, span_of(id))); /* a plain key is found by this search */
    statedir_free(&dir);
}

/* Killed before, in and after a commit: one state or the other, and no acknowledged one is lost. */
static void survives_kills(void **state)
{
    struct statedir dir;

    (void)state;
    statedir_new(&dir, 0);
    statedir_put(&dir, TABLE_CURSORS, "a", "0");
    statedir_put(&dir, TABLE_CASES, "b", "0");
    store_close(&dir.store);
    for (int round = 1; round <= 40; round++) {
        int ends[2], status, acknowledged = 0, a, b;
        char said[16] = "";
        pid_t pid;

        assert_int_equal(pipe(ends), 0);
        pid = fork();
        if (pid == 0) {
            struct store_options options = statedir_options(&dir, STORE_WRITE);
            struct err err = { 0 };
            char text[16];

            close(ends[0]);
            if (!store_open(&options, &dir.store, &err)
                || !store_unlock(dir.store, &dir.secrets, &err))
                _exit(2);
            for (int n = 1;; n++) {
                struct txn *txn = txn_begin(dir.store, TXN_WRITE);

                snprintf(text, sizeof text, "%d.%d", round, n);
                txn_put(txn, TABLE_CURSORS, SPAN("a"), span_of(text));
                txn_put(txn, TABLE_CASES, SPAN("b"), span_of(text));
                audit_add(txn, span_of(text));
                if (!txn_end(&txn, &err))
                    _exit(3);
                if (write(ends[1], &n, sizeof n) != sizeof n)
                    _exit(4);
            }
        }
        close(ends[1]);
        for (int i = 0; i <= round % 5; i++) /* so it is somewhere in its next step */
            assert_int_equal(
                read(ends[0], &acknowledged, sizeof acknowledged), sizeof acknowledged);
        usleep((useconds_t)(round * 37));
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        while (read(ends[0], &a, sizeof a) == sizeof a)
            acknowledged = a;
        close(ends[0]);
        statedir_open(&dir, STORE_WRITE);
        snprintf(said, sizeof said, "%s", statedir_get(&dir, TABLE_CURSORS, "a"));
        row_text("both or none", statedir_get(&dir, TABLE_CASES, "b"), said);
        assert_int_equal(sscanf(said, "%d.%d", &a, &b), 2);
        row_number("round", a, round);
        if (b != acknowledged && b != acknowledged + 1)
            fail_msg("%d was acknowledged, %d is there", acknowledged, b);
        store_close(&dir.store);
    }
    statedir_free(&dir);
}

/* Killed at each step of a compaction, by a limit on the calls it makes: see the walk test; here
 * the states that a cut between two names leaves. */
static void mends_an_interrupted_swap(void **state)
{
    struct statedir dir;

    (void)state;
    statedir_new(&dir, 0);
    statedir_put(&dir, TABLE_CASES, "case", "value");
    store_close(&dir.store);
    assert_int_equal(mkdir(statedir_path(&dir, "index.new"), 0700), 0);
    statedir_write(statedir_path(&dir, "index.new/data.mdb"), SPAN("half a copy"));
    statedir_open(&dir, STORE_WRITE);
    row_text("half a copy", statedir_get(&dir, TABLE_CASES, "case"), "value");
    assert_int_not_equal(access(statedir_path(&dir, "index.new"), F_OK), 0);
    store_close(&dir.store);
    assert_int_equal(rename(statedir_path(&dir, "index"), statedir_path(&dir, "index.old")), 0);
    assert_int_equal(mkdir(statedir_path(&dir, "index.new"), 0700), 0);
    statedir_open(&dir, STORE_WRITE);
    row_text("between two renames", statedir_get(&dir, TABLE_CASES, "case"), "value");
    assert_int_not_equal(access(statedir_path(&dir, "index.old"), F_OK), 0);
    statedir_free(&dir);
}

/* A limit on the size of files stands for a full disk where there is no right to mount one. */
static void stops_cleanly_when_nothing_fits(void **state)
{
    struct statedir dir;
    pid_t pid;
    int status;

    (void)state;
    statedir_new(&dir, 0);
    statedir_put(&dir, TABLE_CASES, "case", "value");
    store_close(&dir.store);
    pid = fork();
    if (pid == 0) {
        struct rlimit limit = { 400 * 1024, 400 * 1024 };
        struct store_options options = statedir_options(&dir, STORE_WRITE);
        char *large = calloc(1, 1000000), id[VAULT_ID];
        struct vault_file *file;
        struct err err = { 0 };
        struct txn *txn;

        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        if (!large || !store_open(&options, &dir.store, &err)
            || !store_unlock(dir.store, &dir.secrets, &err))
            _exit(2);
        txn = txn_begin(dir.store, TXN_WRITE);
        txn_put(txn, TABLE_CASES, SPAN("case"), SPAN("changed"));
        txn_put(txn, TABLE_CASES, SPAN("large"), (struct span) { large, 1000000 });
        if (txn_end(&txn, &err) || err.scope != ERR_RUN || err.exit_code != EX_IOERR)
            _exit(3);
        err = (struct err) { 0 };
        if (!vault_new(dir.store, SPAN("label"), &file, &err))
            _exit(4);
        if (vault_add(file, (struct span) { large, 1000000 }, &err) || err.exit_code != EX_IOERR)
            _exit(5);
        vault_drop(&file);
        txn = txn_begin(dir.store, TXN_WRITE); /* what fits still works */
        txn_put(txn, TABLE_CASES, SPAN("small"), SPAN("fits"));
        if (!txn_end(&txn, &err) || !vault_new(dir.store, SPAN("label"), &file, &err)
            || !vault_keep(&file, id, &err) || !vault_sync(dir.store, &err))
            _exit(6);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    row_number("child", status, 0);
    statedir_open(&dir, STORE_WRITE);
    row_text("unchanged", statedir_get(&dir, TABLE_CASES, "case"), "value");
    row_text("fits", statedir_get(&dir, TABLE_CASES, "small"), "fits");
    statedir_free(&dir);
}

/* The same on a file system of 3 MB, filled to the last byte; needs the right to mount. */
static void stops_cleanly_on_a_full_disk(void **state)
{
    struct statedir dir;
    struct store_options options;
    char place[300], *large = calloc(1, 1000000), key[16];
    struct vault_file *file;
    struct err why = { 0 };
    struct txn *txn;
    int kept = 0;

    (void)state;
    dir = (struct statedir) { .schema = 1 };
    strcpy(dir.top, "/tmp/meldpost-store-XXXXXX");
    assert_non_null(mkdtemp(dir.top));
    assert_non_null(large);
    snprintf(place, sizeof place, "%s", dir.top);
    if (mount("tmpfs", place, "tmpfs", 0, "size=3m,mode=0700") != 0) {
        rmdir(place);
        free(large);
        skip();
    }
    snprintf(dir.dir, sizeof dir.dir, "%s/state", place);
    must(store_make_dir(dir.dir, &err));
    must(lock_take(dir.dir, 0, &dir.lock, &err));
    seal_secrets_new(&dir.secrets);
    options = statedir_options(&dir, STORE_WRITE);
    must(store_create(&options, &dir.secrets, SPAN("keys"), &err));
    statedir_open(&dir, STORE_WRITE);
    must_fail(store_room(dir.store, 100 << 20, &err), EX_IOERR, "make room");
    for (int i = 0; i < 400; i++) { /* until it is full */
        snprintf(key, sizeof key, "%d", i);
        txn = txn_begin(dir.store, TXN_WRITE);
        txn_put(txn, TABLE_CASES, span_of(key), (struct span) { large, 10000 });
        audit_add(txn, span_of(key));
        if (!txn_end(&txn, &why))
            break;
        kept++;
    }
    row_number(why.text, why.exit_code, EX_IOERR);
    assert_true(kept > 50 && kept < 400);
    why = (struct err) { 0 };
    if (vault_new(dir.store, SPAN("label"), &file, &why)) {
        assert_false(vault_add(file, (struct span) { large, 1000000 }, &why));
        vault_drop(&file);
    }
    row_number(why.text, why.exit_code, EX_IOERR);
    store_close(&dir.store);
    assert_int_equal(mount(NULL, place, NULL, MS_REMOUNT, "size=20m"), 0); /* someone made room */
    statedir_open(&dir, STORE_WRITE);
    txn = txn_begin(dir.store, TXN_READ);
    assert_int_equal(txn_count(txn, TABLE_CASES), kept);
    assert_int_equal(audit_count(txn), kept);
    must(txn_end(&txn, &err));
    statedir_put(&dir, TABLE_CASES, "goes", "on");
    store_close(&dir.store);

    lock_release(&dir.lock);
    assert_int_equal(mount(NULL, place, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    must_fail(lock_take(dir.dir, 0, &dir.lock, &err), EX_IOERR, "ead-only");
    statedir_open(&dir, STORE_READ); /* who only looks still can */
    row_text("read-only", statedir_get(&dir, TABLE_CASES, "goes"), "on");
    must_fail(store_room(dir.store, 1, &err), EX_IOERR, "read-only");
    store_close(&dir.store);
    lock_release(&dir.lock);
    assert_int_equal(umount(place), 0);
    rmdir(place);
    free(large);
}

/* The file is cut while it is open, as a failing disk would have it: words and 74, no signal. */
static void says_so_when_it_cannot_be_read(void **state)
{
    struct statedir dir;
    char value[3000] = "", key[16], words[600] = "";
    int ends[2], status;
    ssize_t len;
    pid_t pid;

    (void)state;
    statedir_new(&dir, 0);
    memset(value, 'v', sizeof value - 1);
    for (int i = 0; i < 50; i++) {
        snprintf(key, sizeof key, "%d", i);
        statedir_put(&dir, TABLE_CASES, key, value);
    }
    store_close(&dir.store);
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        statedir_open(&dir, STORE_READ);
        if (truncate(statedir_path(&dir, "index/data.mdb"), 3 * 4096) != 0)
            _exit(2);
        for (int i = 0; i < 50; i++) {
            snprintf(key, sizeof key, "%d", i);
            statedir_get(&dir, TABLE_CASES, key);
        }
        _exit(3);
    }
    close(ends[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    len = read(ends[0], words, sizeof words - 1);
    close(ends[0]);
    assert_true(len > 0 && WIFEXITED(status));
    row_number(words, WEXITSTATUS(status), EX_IOERR);
    assert_non_null(strstr(words, "state/index: cannot be read"));
    assert_non_null(strstr(words, "meldpost verify"));
    statedir_free(&dir);
}

static bool is_zero(const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < len; i++)
        if (at[i])
            return false;
    return true;
}

/* What parses mail is forked from the process that holds the keys. */
static void hides_keys_from_children(void **state)
{
    struct statedir dir;
    char id[VAULT_ID], other[VAULT_ID];
    struct vault_file *file;
    pid_t pid;
    int status;

    (void)state;
    statedir_new(&dir, 0);
    assert_false(is_zero(dir.store->keys->seal_secret, SEAL_KEY));
    pid = fork();
    if (pid == 0)
        _exit(is_zero(dir.store->keys, sizeof *dir.store->keys) ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    row_number("a child", status, 0);
    assert_false(is_zero(dir.store->keys->row_seal, SEAL_KEY));

    /* One that cleans up what it inherited takes nothing from its parent. */
    must(vault_new(dir.store, SPAN("label"), &file, &err));
    must(vault_keep(&file, id, &err));
    must(vault_new(dir.store, SPAN("label"), &file, &err));
    pid = fork();
    if (pid == 0) {
        vault_drop(&file);
        store_close(&dir.store);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    row_number("a child that closes", status, 0);
    must(vault_add(file, SPAN("mail"), &err));
    must(vault_keep(&file, other, &err));
    must(vault_sync(dir.store, &err));
    assert_true(vault_have(dir.store, id) && vault_have(dir.store, other));
    statedir_put(&dir, TABLE_CASES, "goes", "on");
    row_text("after it", statedir_get(&dir, TABLE_CASES, "goes"), "on");
    statedir_free(&dir);
}

static void locks_out_a_second_run(void **state)
{
    struct statedir dir;
    struct lock *second = NULL;
    char words[64];
    pid_t pid;
    int status;

    (void)state;
    statedir_new(&dir, 0);
    snprintf(words, sizeof words, "another run is active (pid %ld)", (long)getpid());
    must_fail(lock_take(dir.dir, 0, &second, &err), EX_TEMPFAIL, words);
    must_fail(lock_take(dir.dir, 1, &second, &err), EX_TEMPFAIL, words);
    pid = fork();
    if (pid == 0) { /* one that waits gets it when the first one ends */
        struct err err = { 0 };

        lock_release(&dir.lock); /* its share of the first one's */
        _exit(lock_take(dir.dir, 20, &second, &err) ? 0 : 1);
    }
    usleep(300 * 1000);
    assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
    store_close(&dir.store);
    lock_release(&dir.lock);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    row_number("the one that waited", status, 0);
    must(lock_take(dir.dir, 0, &dir.lock, &err)); /* a holder that died holds nothing */
    statedir_free(&dir);
}

/* What root wrote into it the service's user could not read. */
static void is_not_taken_by_another_user(void **state)
{
    char dir[] = "/tmp/test-store-XXXXXX", path[64];
    struct lock *lock = NULL;
    struct stat facts;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/lock", dir);
    if (chown(dir, 12345, 12345) == 0) { /* as root, who could write there all the same */
        must_fail(lock_take(dir, 0, &lock, &err), EX_NOPERM, "another user (uid 12345)");
        assert_int_equal(stat(path, &facts), -1);
        assert_int_equal(chown(dir, geteuid(), getegid()), 0);
    }
    must(lock_take(dir, 0, &lock, &err));
    lock_release(&lock);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_its_modes_whatever_the_umask),
        cmocka_unit_test(keeps_rows_of_each_kind),
        cmocka_unit_test(is_all_or_nothing),
        cmocka_unit_test(walks_rows),
        cmocka_unit_test(counts),
        cmocka_unit_test(reads_while_another_writes),
        cmocka_unit_test(grows_by_itself),
        cmocka_unit_test(follows_growth_of_another),
        cmocka_unit_test(refuses),
        cmocka_unit_test(migrates_forward_only),
        cmocka_unit_test(forgets_an_erased_case),
        cmocka_unit_test(compacts_under_a_reader),
        cmocka_unit_test(shows_nothing),
        cmocka_unit_test(survives_kills),
        cmocka_unit_test(mends_an_interrupted_swap),
        cmocka_unit_test(stops_cleanly_when_nothing_fits),
        cmocka_unit_test(stops_cleanly_on_a_full_disk),
        cmocka_unit_test(says_so_when_it_cannot_be_read),
        cmocka_unit_test(hides_keys_from_children),
        cmocka_unit_test(locks_out_a_second_run),
        cmocka_unit_test(is_not_taken_by_another_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
