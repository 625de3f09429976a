#include "lib/statedir.h"
#include "run/health.h"
#include "run/inbox.h"

#include <stdlib.h>
#include <unistd.h>

static void end(struct txn *txn)
{
    struct err err = { 0 };

    if (!txn_end(&txn, &err))
        fail_msg("%s", err.text);
}

static void remembers_success_and_failure(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct statedir dir;
    struct err failure = { .scope = ERR_SERVICE, .exit_code = 77, .text = "imap: no, never" };
    struct health health;
    struct txn *txn;

    (void)state;
    statedir_new(&dir, 0);
    txn = txn_begin(dir.store, TXN_WRITE);
    health_get(txn, "fetch", arena, &health);
    row_number("never run", health.success_s + health.failing_s + health.failure_s, 0);
    row_text("never run", health.words, "");
    health_put(txn, "fetch", 100, 3, 9, NULL);
    health_get(txn, "fetch", arena, &health);
    row_number("success", health.success_s, 100);
    row_number("count", health.count, 3);
    row_number("seen", health.seen, 9);
    health_put(txn, "fetch", 200, 0, 0, &failure);
    health_put(txn, "fetch", 300, 0, 0, &failure);
    health_get(txn, "fetch", arena, &health);
    row_number("last success", health.success_s, 100);
    row_number("failing since", health.failing_s, 200);
    row_number("last failure", health.failure_s, 300);
    row_number("code", health.exit_code, 77);
    row_text("words", health.words, "imap: no, never");
    health_put(txn, "fetch", 400, 1, 1, NULL);
    health_get(txn, "fetch", arena, &health);
    row_number("fine again", health.failing_s, 0);
    row_number("the failure is remembered", health.failure_s, 300);
    row_text("its words too", health.words, "imap: no, never");
    health_get(txn, "send", arena, &health);
    row_number("another pass", health.success_s, 0);
    row_number("no certificate yet", health_certificate(txn, "imap").until_s, 0);
    health_certificate_put(txn, "imap", &(struct certificate) { 1000, 5000 });
    health_certificate_put(txn, "imap", &(struct certificate) { 0, 0 });
    row_number("the last that was seen", health_certificate(txn, "imap").until_s, 5000);
    row_number("from when", health_certificate(txn, "imap").from_s, 1000);
    row_number("of the other server", health_certificate(txn, "smtp").until_s, 0);
    txn_put(txn, TABLE_HEALTH, SPAN("fetch"), SPAN("1 2 x 4 5 6 words"));
    health_get(txn, "fetch", arena, &health);
    row_number("a damaged row counts as none", health.success_s, 0);
    end(txn);
    statedir_free(&dir);
}

static void remembers_where_fetching_ended(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct statedir dir;
    struct inbox_row row = { .folder = "INBOX", .uidvalidity = 7, .uid = 5, .size_bytes = 10 }, got;
    struct inbox_cursor cursor;
    struct txn *txn;

    (void)state;
    statedir_new(&dir, 0);
    txn = txn_begin(dir.store, TXN_WRITE);
    inbox_cursor_get(txn, "INBOX", 7, &cursor);
    row_number("new", cursor.last, 0);
    inbox_cursor_put(txn, "INBOX", 7, &(struct inbox_cursor) { 4294967295u, 4000000000u });
    inbox_cursor_get(txn, "INBOX", 7, &cursor);
    row_number("last", cursor.last, 4294967295u);
    row_number("told", cursor.told, 4000000000u);
    inbox_cursor_get(txn, "INBOX", 8, &cursor);
    row_number("another UIDVALIDITY", cursor.last + cursor.told, 0);
    inbox_cursor_get(txn, "INBOX 2", 7, &cursor);
    row_number("another folder", cursor.last + cursor.told, 0);

    strcpy(row.vault, "0123456789abcdef0123456789abcdef");
    inbox_put(txn, &row);
    assert_true(inbox_find(txn, "INBOX", 7, 5, arena, &got));
    row_text("found", got.vault, row.vault);
    assert_false(inbox_find(txn, "INBOX", 7, 6, arena, &got));
    assert_false(inbox_find(txn, "INBOX", 8, 5, arena, &got));
    row.uidvalidity = 8;
    strcpy(row.vault, "1123456789abcdef0123456789abcdef");
    inbox_put(txn, &row);
    row.folder = "INBOX 00000007 00000005";
    strcpy(row.vault, "2123456789abcdef0123456789abcdef");
    inbox_put(txn, &row);
    inbox_put_erased(txn,
        &(struct inbox_row) {
            .folder = "INBOX", .uidvalidity = 8, .uid = 9, .received_s = 1700000000 });
    assert_true(inbox_find(txn, "INBOX", 8, 9, arena, &got));
    row_text("erased: no vault id", got.vault, "");
    row_number("erased: when it came", got.received_s, 1700000000);
    txn_delete(txn, TABLE_VAULT, SPAN("1123456789abcdef0123456789abcdef"));
    assert_true(inbox_find(txn, "INBOX", 8, 5, arena, &got));
    row_text("erased with its row: no vault id", got.vault, "");
    row_number("erased with its row: size", got.size_bytes, 10);
    inbox_forget(txn, "INBOX", 7);
    assert_false(inbox_find(txn, "INBOX", 7, 5, arena, &got));
    assert_true(inbox_find(txn, "INBOX", 8, 5, arena, &got));
    assert_true(inbox_find(txn, row.folder, 8, 5, arena, &got));
    assert_true(inbox_get(txn, "0123456789abcdef0123456789abcdef", arena, &got));
    inbox_cursor_get(txn, "INBOX", 7, &cursor);
    row_number("forgotten", cursor.last + cursor.told, 0);
    end(txn);
    statedir_free(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_success_and_failure),
        cmocka_unit_test(remembers_where_fetching_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
