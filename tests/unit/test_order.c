#include "cases/order.h"

#include "base/buf.h"
#include "lib/rows.h"

#define CISO_KEY "C1500000000000000000000000000000000000C1"
#define OTHER_KEY "0DD000000000000000000000000000000000000D"

enum { NOW = 1795536685, HOUR = 3600, FRESH = 48 * HOUR };

/* A whole, good, fresh order; each row changes one thing. */
struct change {
    enum parse parse;
    enum crypt crypt;
    enum scope scope;
    enum signature signature;
    enum scope signature_scope;
    const char *signer, *pinned;
    int from_count, pieces;
    enum signature second_piece;
    const char *second_signer;
    int64_t signed_at, date;
    bool replayed;
};

#define GOOD_ORDER                                                                                 \
    .parse = PARSE_OK, .crypt = CRYPT_ENC, .scope = SCOPE_ALL, .signature = SIGNATURE_GOOD,        \
    .signature_scope = SCOPE_ALL, .signer = CISO_KEY, .pinned = CISO_KEY, .from_count = 1,         \
    .pieces = 1, .second_piece = SIGNATURE_GOOD, .second_signer = CISO_KEY,                        \
    .signed_at = NOW - HOUR, .date = NOW - HOUR

#pragma GCC diagnostic ignored "-Woverride-init"

static const struct {
    const char *label;
    struct change change;
    enum order_trust want;
} rows[] = {
    { "as it should be", { GOOD_ORDER }, ORDER_TRUSTED },
    { "signed and not encrypted", { GOOD_ORDER, .crypt = CRYPT_NONE, .scope = SCOPE_PART },
        ORDER_TRUSTED },
    { "the fingerprint in small letters",
        { GOOD_ORDER, .signer = "c1500000000000000000000000000000000000c1" }, ORDER_TRUSTED },
    { "two pieces, both signed", { GOOD_ORDER, .pieces = 2 }, ORDER_TRUSTED },
    { "repaired on the way", { GOOD_ORDER, .parse = PARSE_ODD }, ORDER_TRUSTED },
    /* forged */
    { "no signature", { GOOD_ORDER, .signature = SIGNATURE_NONE, .signer = "" }, ORDER_UNSIGNED },
    { "a bad signature", { GOOD_ORDER, .signature = SIGNATURE_BAD }, ORDER_UNSIGNED },
    { "a broken signature", { GOOD_ORDER, .signature = SIGNATURE_BROKEN }, ORDER_UNSIGNED },
    { "a revoked key", { GOOD_ORDER, .signature = SIGNATURE_REVOKED }, ORDER_UNSIGNED },
    { "an expired key", { GOOD_ORDER, .signature = SIGNATURE_EXPIRED }, ORDER_UNSIGNED },
    { "an algorithm that is refused", { GOOD_ORDER, .signature = SIGNATURE_UNSUPPORTED },
        ORDER_UNSIGNED },
    { "an unknown key", { GOOD_ORDER, .signature = SIGNATURE_NOKEY }, ORDER_UNSIGNED },
    { "S/MIME", { GOOD_ORDER, .signature = SIGNATURE_SMIME }, ORDER_UNSIGNED },
    { "nothing could be read", { GOOD_ORDER, .parse = PARSE_BROKEN }, ORDER_UNSIGNED },
    /* by somebody else */
    { "another key, good", { GOOD_ORDER, .signer = OTHER_KEY }, ORDER_STRANGER },
    { "no signer told", { GOOD_ORDER, .signer = "" }, ORDER_STRANGER },
    { "a fingerprint cut short", { GOOD_ORDER, .signer = "C15000000000" }, ORDER_STRANGER },
    { "no key is pinned", { GOOD_ORDER, .pinned = "", .signer = "" }, ORDER_STRANGER },
    { "another key and a mismatch",
        { GOOD_ORDER, .signer = OTHER_KEY, .signature = SIGNATURE_MISMATCH }, ORDER_STRANGER },
    { "the right key from another address", { GOOD_ORDER, .signature = SIGNATURE_MISMATCH },
        ORDER_MISMATCH },
    { "two From addresses", { GOOD_ORDER, .from_count = 2 }, ORDER_MISMATCH },
    { "no From address", { GOOD_ORDER, .from_count = 0 }, ORDER_MISMATCH },
    /* signed in part */
    { "the signature covers a part", { GOOD_ORDER, .signature_scope = SCOPE_PART }, ORDER_PARTLY },
    { "a part is not encrypted", { GOOD_ORDER, .scope = SCOPE_PART }, ORDER_PARTLY },
    { "the encryption is damaged", { GOOD_ORDER, .crypt = CRYPT_INTEGRITY }, ORDER_PARTLY },
    { "poses as encrypted", { GOOD_ORDER, .crypt = CRYPT_SPOOF }, ORDER_PARTLY },
    { "a second piece without a signature",
        { GOOD_ORDER, .pieces = 2, .second_piece = SIGNATURE_NONE, .second_signer = "" },
        ORDER_PARTLY },
    { "a second piece by another key", { GOOD_ORDER, .pieces = 2, .second_signer = OTHER_KEY },
        ORDER_PARTLY },
    { "no text at all", { GOOD_ORDER, .pieces = 0 }, ORDER_PARTLY },
    /* dates */
    { "no date of the signature", { GOOD_ORDER, .signed_at = 0 }, ORDER_UNDATED },
    { "no Date", { GOOD_ORDER, .date = 0 }, ORDER_UNDATED },
    { "a clock a little ahead", { GOOD_ORDER, .signed_at = NOW + 600, .date = NOW },
        ORDER_TRUSTED },
    { "signed in the future", { GOOD_ORDER, .signed_at = NOW + 601, .date = NOW }, ORDER_FUTURE },
    { "just fresh", { GOOD_ORDER, .signed_at = NOW - FRESH, .date = NOW - FRESH }, ORDER_TRUSTED },
    { "stale", { GOOD_ORDER, .signed_at = NOW - FRESH - 1, .date = NOW - FRESH }, ORDER_STALE },
    { "years old", { GOOD_ORDER, .signed_at = NOW - 3 * 365 * 86400, .date = NOW }, ORDER_STALE },
    { "a new Date on it", { GOOD_ORDER, .signed_at = NOW - FRESH, .date = NOW + 1 },
        ORDER_REDATED },
    { "an old Date on it", { GOOD_ORDER, .date = NOW - FRESH - 2 * HOUR }, ORDER_REDATED },
    { "seen before", { GOOD_ORDER, .replayed = true }, ORDER_REPLAYED },
    { "seen before and stale", { GOOD_ORDER, .replayed = true, .signed_at = NOW - 2 * FRESH },
        ORDER_STALE },
};

static void make(const struct change *change, struct arena *arena, struct message *message)
{
    *message = (struct message) { .parse = change->parse,
        .crypt = change->crypt,
        .scope = change->scope,
        .signature = change->signature,
        .signature_scope = change->signature_scope,
        .signer = change->signer,
        .signed_at = change->signed_at,
        .date = change->date,
        .text = "ZBR-2026-0001 breach no" };
    for (int i = 0; i < change->from_count; i++)
        texts_add(&message->from, arena, i ? "x@x.example" : "ciso@zbr.example");
    message->pieces = arena_array(arena, 2, sizeof *message->pieces);
    message->piece_count = (size_t)change->pieces;
    message->pieces[0] = (struct piece) { message->text, CRYPT_ENC, SIGNATURE_GOOD, CISO_KEY, 23,
        23 };
    message->pieces[1] = (struct piece) { "ZBR-2026-0002 erase", CRYPT_ENC, change->second_piece,
        change->second_signer, 19, 19 };
}

static void trusts_only_whole_orders(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct change *change = &rows[i].change;
        struct message message;

        make(change, arena, &message);
        row_text(rows[i].label,
            order_trust_word(order_trust(&message, change->pinned, NOW, FRESH, change->replayed)),
            order_trust_word(rows[i].want));
    }
    assert_int_equal(ORDER_UNSIGNED, 0);
    arena_free(&arena);
}

/* The bytes under a signature can be read in another way by a header around them: what a replay
 * cannot change is who signed when, and which verbs stand there for which case. */
static const struct {
    const char *label, *text;
    int later_s;
    bool replay;
} replays[] = {
    { "the same", "ZBR-2026-0001 breach no\n", 0, true },
    { "other words around it", "Content-Type: text/plain\n\nZBR-2026-0001 breach no\n", 0, true },
    { "other arguments by another charset", "ZBR-2026-0001 breach no ge\303\251n\n", 0, true },
    { "one of two", "ZBR-2026-0002 confirm\nZBR-2026-0001 breach no\n", 0, true },
    { "signed a second later", "ZBR-2026-0001 breach no\n", 1, false },
    { "another verb", "ZBR-2026-0001 confirm\n", 0, false },
    { "another case", "ZBR-2026-0003 breach no\n", 0, false },
    { "no order", "Beste collega,\n", 0, false },
};

static struct texts tokens_of(struct message *message, const char *text, struct arena *arena)
{
    struct orders orders = order_parse(span_of(text), "ZBR", arena);

    return order_tokens(message, &orders, arena);
}

static void knows_replays(void **state)
{
    const struct change good = { GOOD_ORDER };
    struct arena *arena = arena_new();
    struct message message;
    struct texts first;

    (void)state;
    make(&good, arena, &message);
    first = tokens_of(&message, "ZBR-2026-0001 breach no\n", arena);
    assert_int_equal(first.count, 1);
    for (size_t i = 0; i < COUNT(replays); i++) {
        struct texts again;
        bool replay = false;

        message.signed_at += replays[i].later_s;
        again = tokens_of(&message, replays[i].text, arena);
        message.signed_at -= replays[i].later_s;
        for (size_t k = 0; k < again.count; k++)
            replay = replay || texts_have(&first, again.at[k]);
        row_text(replays[i].label, replay ? "replay" : "new", replays[i].replay ? "replay" : "new");
    }
    arena_free(&arena);
}

static const struct {
    const char *label, *text;
    const char *want; /* "line number verb arguments[=text]", one a line */
} mails[] = {
    { "one", "ZBR-2026-0012 breach no", "1 ZBR-2026-0012 breach no\n" },
    { "small letters and a colon", "zbr-2026-0012: BREACH no", "1 ZBR-2026-0012 breach no\n" },
    { "with its code", "ZBR-2026-0012/k7qm breach no", "1 ZBR-2026-0012/k7qm breach no\n" },
    { "code in capitals, and a colon", "zbr-2026-0012/K7QM: breach no",
        "1 ZBR-2026-0012/K7QM breach no\n" },
    { "an empty code", "ZBR-2026-0012/ breach no", "1 ZBR-2026-0012 breach no\n" },
    { "between other lines", "Hallo,\r\n\r\n  ZBR-2026-0012 confirm  \r\nGroet, Ada\r\n",
        "3 ZBR-2026-0012 confirm \n" },
    { "several", "ZBR-2026-0012 confirm\nZBR-2026-0013 reject out_of_scope x y",
        "1 ZBR-2026-0012 confirm \n2 ZBR-2026-0013 reject out_of_scope x y\n" },
    { "quoted lines", "> ZBR-2026-0012 breach no\n>> ZBR-2026-0012 erase\n", "" },
    { "behind the signature's line", "ok\n-- \nZBR-2026-0012 erase\n", "" },
    { "a forwarded mail", "zie\n-------- Forwarded Message --------\nZBR-2026-0012 erase\n", "" },
    { "in Dutch", "zie\n----- Doorgestuurd bericht -----\nZBR-2026-0012 erase\n", "" },
    { "as Gmail does", "---------- Forwarded message ---------\nVan: x\n\nZBR-2026-0012 erase",
        "" },
    { "as Apple does", "Begin doorgestuurd bericht:\n\nZBR-2026-0012 erase\n", "" },
    { "a line of dashes is none", "-------------\nZBR-2026-0012 erase\n",
        "2 ZBR-2026-0012 erase \n" },
    { "in the middle of a line", "graag ZBR-2026-0012 erase", "" },
    { "another prefix", "HKB-2026-0012 erase", "" },
    { "an unknown verb", "ZBR-2026-0012 explode now", "1 ZBR-2026-0012 ? now\n" },
    { "no verb", "ZBR-2026-0012", "1 ZBR-2026-0012 ? \n" },
    { "a mistyped number is told", "ZBR-2026-12 breach no", "1 - breach no\n" },
    { "a number with a tail", "ZBR-2026-0012x breach no", "1 - breach no\n" },
    { "the prefix in a word", "ZBRA breach no", "" },
    { "a reply takes what follows", "ZBR-2026-0012 reply\nBeste,\n\nDank.\n",
        "1 ZBR-2026-0012 reply =Beste,\n\nDank.\n" },
    { "up to the next order", "ZBR-2026-0012 reply\nDank.\nZBR-2026-0013 fixed\nx",
        "1 ZBR-2026-0012 reply =Dank.\n3 ZBR-2026-0013 fixed \n" },
    { "without quoted lines and signature", "ZBR-2026-0012 reply\nDank.\n> oud\n-- \nAda",
        "1 ZBR-2026-0012 reply =Dank.\n" },
    { "a note takes its line", "ZBR-2026-0012 note belde om 9:00\nmeer",
        "1 ZBR-2026-0012 note belde om 9:00\n" },
    { "nothing", "", "" },
};

static void reads_lines(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(mails); i++) {
        struct orders orders = order_parse(span_of(mails[i].text), "ZBR", arena);
        struct buf buf = { .arena = arena };

        for (size_t k = 0; k < orders.count; k++) {
            const struct order *order = &orders.at[k];

            buf_printf(&buf, "%d %s%s%s %s %s", order->line, *order->number ? order->number : "-",
                *order->code ? "/" : "", order->code, order->verb ? order->verb->name : "?",
                order->arguments);
            if (*order->text)
                buf_printf(&buf, "=%s", order->text);
            buf_char(&buf, '\n');
        }
        row_text(mails[i].label, buf_string(&buf), mails[i].want);
    }
    arena_free(&arena);
}

static const struct {
    const char *label;
    const char *signed_to[3];
    enum order_address want;
} addresses[] = {
    { "nothing signed", { NULL }, ORDER_TO_NOBODY },
    { "the mailbox", { "meld@zbr.example" }, ORDER_TO_US },
    { "in capitals", { "MELD@zbr.example" }, ORDER_TO_US },
    { "and the CISO", { "meld@zbr.example", "ciso@zbr.example" }, ORDER_TO_US },
    { "the CISO alone", { "ciso@zbr.example" }, ORDER_TO_OTHERS },
    { "another", { "jan@zbr.example" }, ORDER_TO_OTHERS },
    { "the mailbox and another", { "meld@zbr.example", "jan@zbr.example" }, ORDER_TO_OTHERS },
    { "an address that ends so", { "xmeld@zbr.example" }, ORDER_TO_OTHERS },
};

static void knows_whom_it_was_written_to(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct message message;

        message_empty(&message);
        for (size_t k = 0; k < 3 && addresses[i].signed_to[k]; k++)
            texts_add(&message.signed_to, arena, addresses[i].signed_to[k]);
        row_number(addresses[i].label,
            order_address(&message, "meld@zbr.example", "ciso@zbr.example"), addresses[i].want);
    }
    arena_free(&arena);
}

static void reads_no_more_than_a_hundred(void **state)
{
    struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };

    (void)state;
    for (int i = 0; i < 300; i++)
        buf_text(&buf, "ZBR-2026-0012 confirm\n");
    row_number("orders", (int)order_parse(buf_span(&buf), "ZBR", arena).count, 100);
    arena_free(&arena);
}

static void takes_only_signed_text(void **state)
{
    struct arena *arena = arena_new();
    struct message message;
    struct change change = { GOOD_ORDER, .pieces = 2, .second_piece = SIGNATURE_NONE };

    (void)state;
    make(&change, arena, &message);
    message.pieces[0].text
        = "ZBR-2026-0001 breach no\nOp 1 januari schreef x:\nZBR-2026-0001 erase";
    message.pieces[0].quote_at = 24;
    row_text("without the second piece and the earlier mail",
        arena_text(arena, order_text(&message, CISO_KEY, arena)), "ZBR-2026-0001 breach no\n\n");
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(trusts_only_whole_orders),
        cmocka_unit_test(knows_replays),
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(knows_whom_it_was_written_to),
        cmocka_unit_test(reads_no_more_than_a_hundred),
        cmocka_unit_test(takes_only_signed_text),
    };

    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
