#include "lib/rows.h"
#include "run/inbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *label, *line;
    bool fine;
} lines[] = {
    { "whole", "new 1700000000 42 1234 1795536000 1795536001 whole INBOX", true },
    { "a folder with blanks", "aside 1 2 3 0 5 head Ongewenste e-mail", true },
    { "unknown state", "old 1 2 3 4 5 whole INBOX", false },
    { "UID too large", "new 1 4294967296 3 4 5 whole INBOX", false },
    { "no number", "new 1 x 3 4 5 whole INBOX", false },
    { "negative", "new 1 2 -3 4 5 whole INBOX", false },
    { "cut", "new 1 2 3", false },
    { "empty", "", false },
};

static void reads_only_what_it_wrote(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct inbox_row row = { 0 };
        struct err err = { 0 };

        row_number(
            lines[i].label, inbox_read(span_of(lines[i].line), arena, &row, &err), lines[i].fine);
        if (lines[i].fine)
            row_text(lines[i].label, inbox_line(&row, arena).at, lines[i].line);
    }
}

static void lists_what_waits(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    char folder[] = "/tmp/test_inbox.XXXXXX";
    struct store_options options = { .dir = folder, .mode = STORE_WRITE, .schema = 1 };
    AUTO(lock_release) struct lock *lock = NULL;
    AUTO(store_close) struct store *store = NULL;
    struct seal_secrets secrets;
    struct inbox_row row = { .folder = "INBOX", .uidvalidity = 7 }, filed, *rows;
    struct err err = { 0 };
    struct txn *txn;
    size_t count;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_true(lock_take(folder, 0, &lock, &err));
    options.lock = lock;
    seal_secrets_new(&secrets);
    assert_true(store_create(&options, &secrets, SPAN("keys"), &err));
    assert_true(store_open(&options, &store, &err));

    txn = txn_begin(store, TXN_WRITE);
    for (uint32_t uid = 1; uid <= 3; uid++) {
        memset(row.vault, 'a' + (int)uid, sizeof row.vault - 1);
        row.uid = uid;
        row.received_s = 100 - uid % 3; /* the second arrived first */
        inbox_put(txn, &row);
    }
    row.state = INBOX_FILED; /* uid 3 */
    inbox_put(txn, &row);
    assert_true(txn_end(&txn, &err));

    txn = txn_begin(store, TXN_READ);
    inbox_list(txn, INBOX_NEW, arena, &rows, &count);
    row_number("new ones", count, 2);
    row_number("oldest first", rows[0].uid, 2);
    row_number("then the younger", rows[1].uid, 1);
    row_number("known", inbox_have(txn, "INBOX", 7, 3), true);
    row_number("another folder", inbox_have(txn, "Junk", 7, 3), false);
    row_number("another UIDVALIDITY", inbox_have(txn, "INBOX", 8, 3), false);
    row_number("a filed one is still there", inbox_get(txn, row.vault, arena, &filed), true);
    row_number("as filed", filed.state, INBOX_FILED);
    txn_drop(&txn);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(reads_only_what_it_wrote),
        cmocka_unit_test(lists_what_waits) };

    return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
}
