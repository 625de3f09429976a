/* The text of a mail with commands: whatever is in it, a decision leaves a record that can be kept
 * and read again, and a refusal leaves the case as it was. */
#include "cases/order.h"

#include <stdlib.h>
#include <string.h>
#include <unistr.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool have(void *context, const char *number)
{
    (void)context;
    return number[0] == 'Z';
}

static void take(const struct order *order, struct case_file *file, struct arena *arena)
{
    const struct calendar law = { 0 };
    const struct verb_act act = { .arena = arena,
        .calendar = &law,
        .terms = &clock_terms_default,
        .now_s = 1795536685,
        .by = "x",
        .how = "mail",
        .language = "nl",
        .have = have };
    struct span before, after;
    struct verb_done done;
    struct case_file again;
    struct err err = { 0 };

    if (!case_to_json(file, arena, &before, &err))
        abort();
    if (!order->verb)
        return;
    if (verb_apply(order->verb, file, &act, span_of(order->arguments), span_of(order->text), &done,
            &err)) {
        if (!case_to_json(file, arena, &after, &err) || !case_from_json(after, arena, &again, &err))
            abort();
    } else if (!case_to_json(file, arena, &after, &err) || !span_equal(before, after)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena;
    struct orders orders;
    struct case_file file;

    if (u8_check(bytes, len) || (len && memchr(bytes, 0, len)))
        return 0; /* texts of a message are UTF-8 without NUL */
    arena = arena_new();
    case_empty(&file);
    file.number = "ZBR-2026-0001";
    orders = order_parse((struct span) { (const char *)bytes, len }, "ZBR", arena);
    for (size_t i = 0; i < orders.count; i++)
        take(&orders.at[i], &file, arena);
    arena_free(&arena);
    return 0;
}
