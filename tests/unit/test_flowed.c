#include "lib/rows.h"
#include "lib/spell.h"
#include "read/flowed.h"

static const struct {
    const char *label, *text;
    bool delsp;
    const char *want;
} rows[] = {
    { "fixed", "one\ntwo\n", false, "one\\ntwo\\n" },
    { "soft break", "one \ntwo\n", false, "one two\\n" },
    { "DelSp", "one \ntwo\n", true, "onetwo\\n" },
    { "space-stuffed", " From here\n >x\n", false, "From here\\n>x\\n" },
    { "signature mark", "-- \nBob\n", false, "-- \\nBob\\n" },
    { "signature mark ends a paragraph", "one \n-- \nBob\n", false, "one \\n-- \\nBob\\n" },
    { "quoted", "> one \n> two\n", false, "> one two\\n" },
    { "depth ends a paragraph", "> one \ntwo\n", false, "> one \\ntwo\\n" },
    { "no last line end", "one ", false, "one \\n" },
};

static void joins(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };

        flowed_join(span_of(rows[i].text), rows[i].delsp, &out);
        row_text(rows[i].label, spell(buf_span(&out), arena), rows[i].want);
        arena_free(&arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(joins) };

    return cmocka_run_group_tests_name("flowed", tests, NULL, NULL);
}
