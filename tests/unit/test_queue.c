#include "lib/statedir.h"

#include "outbox/queue.h"
#include "run/daily.h"

#define NOW 1795532400 /* Tuesday 24 November 2026, 16:00 in Amsterdam */

enum { MINUTE = 60, HOUR = 3600, DAY = 24 * HOUR };

static const struct {
    const char *label;
    int tries;
    int64_t age_s;
    enum delivery delivery;
    int code;
    enum queue_state want;
    int64_t wait_s; /* until the next try */
} answers[] = {
    { "250", 1, 0, DELIVERY_SENT, 250, QUEUE_SENT, 0 },
    { "250 after six days", 9, 6 * DAY, DELIVERY_SENT, 250, QUEUE_SENT, 0 },
    { "550", 1, 0, DELIVERY_REFUSED, 550, QUEUE_REFUSED, 0 },
    { "451", 1, 0, DELIVERY_LATER, 451, QUEUE_LATER, 5 * MINUTE },
    { "451 again", 2, HOUR, DELIVERY_LATER, 451, QUEUE_LATER, 15 * MINUTE },
    { "451 for the seventh time", 7, DAY, DELIVERY_LATER, 451, QUEUE_LATER, 8 * HOUR },
    { "451 for the hundredth time", 100, 4 * DAY, DELIVERY_LATER, 451, QUEUE_LATER, 8 * HOUR },
    { "451 for five days", 15, 5 * DAY, DELIVERY_LATER, 451, QUEUE_REFUSED, 0 },
    { "unknown end", 1, 0, DELIVERY_UNKNOWN, 0, QUEUE_LATER, 5 * MINUTE },
};

static void follows_from_the_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        const struct queue_delivery before = {
            .state = QUEUE_SENDING, .tries = answers[i].tries, .queued_at = NOW - answers[i].age_s
        };
        const struct delivery_answer answer = { .delivery = answers[i].delivery,
            .code = answers[i].code };
        struct queue_delivery after = queue_after(&before, &answer, NOW);

        row_text(answers[i].label, queue_word(after.state), queue_word(answers[i].want));
        row_number(
            answers[i].label, after.next_try_at ? after.next_try_at - NOW : 0, answers[i].wait_s);
        row_number(answers[i].label, after.code, answers[i].code);
        row_number(answers[i].label, queue_due(&after, NOW), false);
        row_number(answers[i].label, queue_due(&after, NOW + answers[i].wait_s),
            answers[i].want == QUEUE_LATER);
    }
}

static struct queue_letter letter(int64_t queued_at, const char *number, const char *id)
{
    return (struct queue_letter) { .kind = "confirm",
        .number = number,
        .party = "researcher",
        .message_id = id,
        .from = "meldingen@zandmeer.example",
        .to = "jan.de.vries@melder.example",
        .bytes = SPAN("Subject: x\r\n\r\nGEHEIM\r\n"),
        .queued_at = queued_at };
}

static void put(struct statedir *dir, struct arena *arena, struct queue_letter *letter)
{
    struct queue_sealed sealed;
    struct txn *txn;

    must(queue_seal(dir->store, letter, arena, &sealed, &err));
    txn = txn_begin(dir->store, TXN_WRITE);
    queue_put(txn, &sealed);
    must(txn_end(&txn, &err));
}

static bool file_holds(const char *path, const char *words, struct arena *arena)
{
    return span_find(statedir_read(path, arena), span_of(words), 0) != SPAN_NOWHERE;
}

static void keeps_letters_sealed_until_they_are_sent(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct queue_letter first = letter(NOW, "VBD-2026-0001", "1@zandmeer.example"), got;
    struct queue_letter second = letter(NOW - 1, "VBD-2026-0002", "2@zandmeer.example");
    struct queue_delivery *all;
    struct queue_record *records;
    struct statedir dir;
    struct txn *txn;
    size_t count;

    (void)state;
    statedir_new(&dir, 0);
    must(seal_outbox_new(dir.store, statedir_path(&dir, "outbox.key"), &err));
    put(&dir, arena, &first);
    put(&dir, arena, &second);
    row_number("address not on the disk",
        file_holds(statedir_path(&dir, "index/data.mdb"), "melder", arena), false);
    row_number(
        "nor text", file_holds(statedir_path(&dir, "index/data.mdb"), "GEHEIM", arena), false);

    /* Who sends has the outbox key and nothing else. */
    store_close(&dir.store);
    {
        struct store_options options = statedir_options(&dir, STORE_WRITE);

        must(store_open(&options, &dir.store, &err));
    }
    must(seal_outbox_load(dir.store, statedir_path(&dir, "outbox.key"), &err));
    txn = txn_begin(dir.store, TXN_READ);
    queue_list(txn, arena, &all, &count);
    row_number("both are there", count, 2);
    row_text("the older one first", all[0].id, second.id);
    must(queue_open(dir.store, txn, all[1].id, arena, &got, &err));
    must_fail(queue_open(dir.store, txn, "none", arena, &got, &err), 65, "not in the outbox");
    must(queue_open(dir.store, txn, all[1].id, arena, &got, &err));
    must(txn_end(&txn, &err));
    row_text("to", got.to, first.to);
    row_text("Message-ID", got.message_id, "1@zandmeer.example");
    row_number("bytes", span_equal(got.bytes, first.bytes), true);
    all[1].state = QUEUE_SENT;
    all[1].changed_at = NOW + 5;
    all[1].code = 250;
    txn = txn_begin(dir.store, TXN_WRITE);
    queue_mark(txn, &all[1]);
    must(txn_end(&txn, &err));

    /* Who keeps the cases notes it. */
    must(store_unlock(dir.store, &dir.secrets, &err));
    txn = txn_begin(dir.store, TXN_WRITE);
    queue_settle(txn, arena, &records, &count);
    row_number("one has ended", count, 1);
    row_text("the one that was sent", records[0].message_id, "1@zandmeer.example");
    row_text("its case", records[0].number, "VBD-2026-0001");
    row_number("its time", records[0].ended_at, NOW + 5);
    row_number("its text is gone", txn_count(txn, TABLE_OUTBOX), 1);
    must(txn_end(&txn, &err));
    txn = txn_begin(dir.store, TXN_WRITE);
    queue_settle(txn, arena, &records, &count);
    row_number("told once", count, 0);
    queue_records(txn, NOW, arena, &records, &count);
    row_number("known for ever", count, 1);
    row_text("as sent", queue_word(records[0].state), "sent");
    queue_erase_case(txn, "VBD-2026-0002");
    row_number("an erased case sends nothing more", txn_count(txn, TABLE_OUTBOX), 0);
    row_number("nor is tried", txn_count(txn, TABLE_DELIVERY), 0);
    row_number("the other one's record stays", txn_count(txn, TABLE_LETTERS), 1);
    must(txn_end(&txn, &err));
    statedir_free(&dir);
}

static void limits_letters_by_address_and_day(void **state)
{
    struct statedir dir;
    struct txn *txn;

    (void)state;
    statedir_new(&dir, 0);
    txn = txn_begin(dir.store, TXN_WRITE);
    row_number("first", queue_within_limit(txn, "a@b.example", NOW, 2), true);
    row_number("second, other letters", queue_within_limit(txn, "A@B.example", NOW, 2), true);
    row_number("third", queue_within_limit(txn, "a@b.example", NOW, 2), false);
    row_number("another address", queue_within_limit(txn, "c@b.example", NOW, 2), true);
    row_number("just before midnight",
        queue_within_limit(txn, "a@b.example", NOW + 8 * HOUR - 1, 2), false);
    row_number("midnight", queue_within_limit(txn, "a@b.example", NOW + 8 * HOUR, 2), true);
    row_number("one row an address", txn_count(txn, TABLE_LIMITS), 2);
    must(txn_end(&txn, &err));
    statedir_free(&dir);
}

static const struct {
    const char *label;
    int64_t last_s;
    int hour;
    bool want;
} digests[] = {
    { "never before", 0, 8, true },
    { "already today", NOW - 7 * HOUR, 8, false },
    { "last one yesterday", NOW - DAY, 8, true },
    { "today's hour is still to come", NOW - 20 * HOUR, 17, false },
    { "yesterday's was missed", NOW - 30 * HOUR, 17, true },
    { "at this very hour", NOW - DAY, 16, true },
    { "sent at this very hour", NOW, 16, false },
    { "at midnight", NOW - 17 * HOUR, 0, true },
};

static void sends_a_digest_a_day(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(digests); i++)
        row_number(
            digests[i].label, daily_due(digests[i].last_s, NOW, digests[i].hour), digests[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_from_the_answer),
        cmocka_unit_test(keeps_letters_sealed_until_they_are_sent),
        cmocka_unit_test(limits_letters_by_address_and_day),
        cmocka_unit_test(sends_a_digest_a_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
