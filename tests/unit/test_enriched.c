#include "lib/rows.h"
#include "read/enriched.h"

static const struct {
    const char *label, *text;
    bool rich;
    const char *want;
} rows[] = {
    { "commands", "<bold>Now</bold> is the time", false, "Now is the time\n" },
    { "line feeds", "one\ntwo\r\n\r\nthree\n\n\nfour", false, "one two\nthree\n\nfour\n" },
    { "doubled bracket", "a <<b> c", false, "a <b> c\n" },
    { "parameter", "<color><param>red</param>x</color>", false, "x\n" },
    { "a parameter without end swallows nothing", "<color><param>red x", false, "red x\n" },
    { "no command", "1 < 2 > 0 <a b>", false, "1 < 2 > 0 <a b>\n" },
    { "richtext", "<bold>Now</bold> is<nl>the <lt>time\nnow", true, "Now is\nthe <time now\n" },
    { "empty", "", false, "\n" },
};

static void reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };

        enriched_to_text(span_of(rows[i].text), rows[i].rich, &out);
        row_text(rows[i].label, buf_string(&out), rows[i].want);
        arena_free(&arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(reads) };

    return cmocka_run_group_tests_name("enriched", tests, NULL, NULL);
}
