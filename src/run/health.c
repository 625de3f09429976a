#include "run/health.h"

#include <stdlib.h>

/* Six numbers, then the words to the end. A row that is not like that counts as none: health is
 * news, and the next run writes it anew. */
enum { NUMBERS = 6 };

static bool read_numbers(struct span *rest, size_t count, int64_t *numbers)
{
    for (size_t i = 0; i < count; i++) {
        size_t blank = span_find_char(*rest, ' ', 0);
        char digits[24] = "", *end;

        if (blank == SPAN_NOWHERE || blank == 0 || blank >= sizeof(digits))
            return false;
        for (size_t k = 0; k < blank; k++)
            digits[k] = rest->at[k];
        numbers[i] = strtoll(digits, &end, 10);
        if (*end || numbers[i] < 0)
            return false;
        *rest = span_part(*rest, blank + 1, rest->len);
    }
    return true;
}

void health_get(struct txn *txn, const char *pass, struct arena *arena, struct health *health)
{
    int64_t numbers[NUMBERS];
    struct span value;

    *health = (struct health) { .words = "" };
    if (!txn_get(txn, TABLE_HEALTH, span_of(pass), arena, &value)
        || !read_numbers(&value, NUMBERS, numbers))
        return;
    *health = (struct health) {
        .success_s = numbers[0],
        .failing_s = numbers[1],
        .failure_s = numbers[2],
        .exit_code = (int)(numbers[3] & 0xff),
        .count = (uint64_t)numbers[4],
        .seen = (uint64_t)numbers[5],
        .words = arena_text(arena, value),
    };
}

void health_put(struct txn *txn, const char *pass, int64_t now_s, uint64_t count, uint64_t seen,
    const struct err *failure)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct health health;
    const char *text;

    health_get(txn, pass, arena, &health);
    if (failure) {
        health.failing_s = health.failing_s ? health.failing_s : now_s;
        health.failure_s = now_s;
        health.exit_code = err_exit_code(failure);
        health.words = failure->text;
    } else {
        health.success_s = now_s;
        health.failing_s = 0;
    }
    text = arena_printf(arena, "%lld %lld %lld %d %llu %llu %s", (long long)health.success_s,
        (long long)health.failing_s, (long long)health.failure_s, health.exit_code,
        (unsigned long long)count, (unsigned long long)seen, health.words);
    txn_put(txn, TABLE_HEALTH, span_of(pass), span_of(text));
}

static struct span certificate_key(const char *server, struct arena *arena)
{
    return span_of(arena_printf(arena, "%s certificate", server));
}

struct certificate health_certificate(struct txn *txn, const char *server)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct certificate none = { 0 };
    int64_t numbers[2];
    struct span value;

    if (!txn_get(txn, TABLE_HEALTH, certificate_key(server, arena), arena, &value)
        || !read_numbers(&value, COUNT(numbers), numbers))
        return none;
    return (struct certificate) { numbers[0], numbers[1] };
}

void health_certificate_put(
    struct txn *txn, const char *server, const struct certificate *certificate)
{
    AUTO(arena_free) struct arena *arena = arena_new();

    if (certificate->until_s > 0)
        txn_put(txn, TABLE_HEALTH, certificate_key(server, arena),
            span_of(arena_printf(arena, "%lld %lld ", (long long)certificate->from_s,
                (long long)certificate->until_s)));
}
