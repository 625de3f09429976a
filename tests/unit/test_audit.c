#include "lib/statedir.h"
#include "store/audit.h"

static void add(struct statedir *dir, const char *record)
{
    struct txn *txn = txn_begin(dir->store, TXN_WRITE);

    audit_add(txn, span_of(record));
    must(txn_end(&txn, &err));
}

struct told {
    char text[400];
    uint64_t next;
};

static bool tell(void *context, uint64_t number, struct span record)
{
    struct told *told = context;

    row_number("number", number, told->next);
    told->next++;
    strncat(told->text, record.at, record.len);
    strcat(told->text, " ");
    return !span_equal(record, SPAN("stop"));
}

/* All records from first on, in a row; or "!" and the error. */
static const char *walk(struct statedir *dir, uint64_t first)
{
    static struct told told;
    struct txn *txn = txn_begin(dir->store, TXN_READ);
    struct err err = { 0 };
    bool good;

    told = (struct told) { .next = first };
    good = audit_walk(txn, first, tell, &told);
    if (!txn_end(&txn, &err))
        snprintf(told.text, sizeof told.text, "!%s", err.text);
    else
        assert_true(good);
    return told.text;
}

static uint64_t count(struct statedir *dir)
{
    struct txn *txn = txn_begin(dir->store, TXN_READ);
    uint64_t number = audit_count(txn);

    must(txn_end(&txn, &err));
    return number;
}

static void adds_and_walks(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    struct span record;
    struct txn *txn;

    (void)state;
    statedir_new(&dir, 0);
    row_text("none", walk(&dir, 1), "");
    add(&dir, "one");
    txn = txn_begin(dir.store, TXN_WRITE);
    audit_add(txn, SPAN("two"));
    audit_add(txn, SPAN("three"));
    assert_int_equal(audit_count(txn), 3);
    must(txn_end(&txn, &err));
    txn = txn_begin(dir.store, TXN_WRITE);
    audit_add(txn, SPAN("never"));
    txn_drop(&txn);
    add(&dir, "stop");
    add(&dir, "five");
    row_text("until stopped", walk(&dir, 1), "one two three stop ");
    row_text("from three", walk(&dir, 3), "three stop ");
    row_text("from five", walk(&dir, 5), "five ");
    row_text("beyond", walk(&dir, 6), "");
    assert_int_equal(count(&dir), 5);
    txn = txn_begin(dir.store, TXN_READ);
    assert_true(audit_get(txn, 2, arena, &record));
    row_text("two", arena_text(arena, record), "two");
    assert_false(audit_get(txn, 6, arena, &record));
    must(txn_end(&txn, &err));
    arena_free(&arena);
    statedir_free(&dir);
}

static struct span log_of(struct statedir *dir, struct arena *arena)
{
    return statedir_read(statedir_path(dir, "audit/log"), arena);
}

static size_t lines_of(struct span span)
{
    size_t lines = 0;

    for (size_t i = 0; i < span.len; i++)
        lines += span.at[i] == '\n';
    return lines;
}

/* What a crash, a full disk or a hand does to the file, and how the next unlock takes it. */
enum harm { NOTHING, CUT_LAST, TEAR_LAST, GARBAGE, REMOVE, EMPTY, ALL_GARBAGE };

static void file_catches_up(void **state)
{
    static const struct {
        const char *label;
        enum harm harm;
    } rows[] = {
        { "as it is", NOTHING },
        { "the last line never came", CUT_LAST },
        { "the last line is torn", TEAR_LAST },
        { "zeros at the end", GARBAGE },
        { "the file is gone", REMOVE },
        { "the file is empty", EMPTY },
        { "nothing of it can be read", ALL_GARBAGE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct statedir dir;
        struct arena *arena = arena_new();
        struct span whole, cut;
        const char *path;

        statedir_new(&dir, 0);
        add(&dir, "one");
        add(&dir, "two");
        add(&dir, "three");
        path = statedir_path(&dir, "audit/log");
        whole = log_of(&dir, arena);
        row_number(rows[i].label, lines_of(whole), 3);
        store_close(&dir.store);
        cut = span_part(whole, 0, whole.len - 1);
        while (cut.at[cut.len - 1] != '\n')
            cut.len--;
        switch (rows[i].harm) {
        case NOTHING:
            break;
        case CUT_LAST:
            statedir_write(path, cut);
            break;
        case TEAR_LAST:
            statedir_write(path, span_part(whole, 0, whole.len - 9));
            break;
        case GARBAGE: {
            char *more = arena_alloc(arena, whole.len + 5000);

            memcpy(more, whole.at, whole.len);
            statedir_write(path, (struct span) { more, whole.len + 5000 });
            break;
        }
        case REMOVE:
            assert_int_equal(unlink(path), 0);
            break;
        case EMPTY:
            statedir_write(path, (struct span) { "", 0 });
            break;
        case ALL_GARBAGE:
            statedir_write(path, SPAN("1 AAAA\nnonsense\n\n"));
            break;
        }
        statedir_open(&dir, STORE_WRITE);
        row_number(rows[i].label, lines_of(log_of(&dir, arena)), 3);
        row_number(rows[i].label, log_of(&dir, arena).len, whole.len);
        add(&dir, "four");
        row_number(rows[i].label, lines_of(log_of(&dir, arena)), 4);
        row_text(rows[i].label, walk(&dir, 1), "one two three four ");
        arena_free(&arena);
        statedir_free(&dir);
    }
}

/* An index that is an older copy is refused, not written over. */
static void notices_an_older_index(void **state)
{
    struct statedir dir;
    struct store_options options;
    struct arena *arena = arena_new();
    struct span data;
    struct store *store;

    (void)state;
    statedir_new(&dir, 0);
    add(&dir, "one");
    store_close(&dir.store);
    data = statedir_read(statedir_path(&dir, "index/data.mdb"), arena);
    statedir_open(&dir, STORE_WRITE);
    add(&dir, "two");
    store_close(&dir.store);
    statedir_write(statedir_path(&dir, "index/data.mdb"), data);
    options = statedir_options(&dir, STORE_WRITE);
    must(store_open(&options, &store, &err));
    must_fail(store_unlock(store, &dir.secrets, &err), EX_IOERR, "the index is an older copy");
    store_close(&store);

    /* Another second record than the one that was told to the world. */
    assert_int_equal(rename(statedir_path(&dir, "audit/log"), statedir_path(&dir, "kept")), 0);
    statedir_open(&dir, STORE_WRITE);
    add(&dir, "another two");
    store_close(&dir.store);
    assert_int_equal(rename(statedir_path(&dir, "kept"), statedir_path(&dir, "audit/log")), 0);
    must(store_open(&options, &store, &err));
    must_fail(store_unlock(store, &dir.secrets, &err), EX_IOERR, "record 2 is another one");
    store_close(&store);
    arena_free(&arena);
    statedir_free(&dir);
}

/* The largest record, many of them: lines longer than what is read of the end at once would not do.
 */
static void takes_large_records(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    char *large = arena_alloc(arena, AUDIT_LARGEST);
    struct txn *txn;

    (void)state;
    memset(large, 'x', AUDIT_LARGEST);
    statedir_new(&dir, 0);
    for (int i = 0; i < 6; i++) {
        txn = txn_begin(dir.store, TXN_WRITE);
        audit_add(txn, (struct span) { large, AUDIT_LARGEST });
        must(txn_end(&txn, &err));
    }
    store_close(&dir.store);
    statedir_open(&dir, STORE_WRITE);
    assert_int_equal(count(&dir), 6);
    assert_int_equal(lines_of(log_of(&dir, arena)), 6);
    arena_free(&arena);
    statedir_free(&dir);
}

/* A line that cannot be written does not undo the step; the next step waits for it. */
static void writes_the_file_before_the_next_step(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    const char *path;
    struct txn *txn;

    (void)state;
    statedir_new(&dir, 0);
    add(&dir, "one");
    path = statedir_path(&dir, "audit/log");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0); /* root may write to any file, but not to a folder */
    add(&dir, "two");
    txn = txn_begin(dir.store, TXN_WRITE);
    audit_add(txn, SPAN("three"));
    must_fail(txn_end(&txn, &err), EX_IOERR, "audit/log");
    assert_int_equal(count(&dir), 2);
    assert_int_equal(rmdir(path), 0);
    add(&dir, "three");
    assert_int_equal(lines_of(log_of(&dir, arena)), 3);
    row_text("all", walk(&dir, 1), "one two three ");
    arena_free(&arena);
    statedir_free(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_and_walks),
        cmocka_unit_test(file_catches_up),
        cmocka_unit_test(notices_an_older_index),
        cmocka_unit_test(takes_large_records),
        cmocka_unit_test(writes_the_file_before_the_next_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
