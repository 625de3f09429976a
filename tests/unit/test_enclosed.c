#include "lib/rows.h"
#include "mime/enclosed.h"

static const struct {
    const char *label, *text, *name, *bytes, *behind; /* behind: the text that follows it */
    bool cut;
} rows[] = {
    { "uuencode", "see\nbegin 644 a.txt\n#0V%T\n`\nend\nbye\n", "a.txt", "Cat", "bye\n", false },
    { "CRLF, blank for zero", "begin 644 a b.txt\r\n#0V%T\r\n \r\nend\r\n", "a b.txt", "Cat", "",
        false },
    { "with a folder", "begin 0755 ../../etc/x\n#0V%T\n`\nend\n", "../../etc/x", "Cat", "", false },
    { "cut", "begin 644 a\n#0V%T\n", "a", "Cat", "", true },
    { "words within stay", "begin 644 a\n#0V%T\nplease pay now\nend\n", "a", "Cat",
        "please pay now\nend\n", true },
    { "base64", "begin-base64 644 a\nQ2F0\n====\nbye\n", "a", "Cat", "bye\n", false },
    { "yEnc", "=ybegin line=128 size=4 name=a b\nm\x8B\x9E=J\n=yend size=4\nbye\n", "a b",
        "Cat\xE0", "bye\n", false },
    { "a sentence", "begin 644 reasons why\nthis is wrong\nend\n", NULL, NULL, NULL, false },
    { "no mode", "begin now\n#0V%T\nend\n", NULL, NULL, NULL, false },
    { "within a line", "x begin 644 a\n#0V%T\nend\n", NULL, NULL, NULL, false },
    { "empty", "", NULL, NULL, NULL, false },
};

static void finds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct span text = span_of(rows[i].text);
        struct enclosed got;
        bool found = enclosed_find(text, 0, arena, &got);

        row_number(rows[i].label, found, rows[i].name != NULL);
        if (found && rows[i].name) {
            row_text(rows[i].label, arena_text(arena, got.name), rows[i].name);
            row_text(rows[i].label, arena_text(arena, got.bytes), rows[i].bytes);
            row_text(rows[i].label, rows[i].text + got.end, rows[i].behind);
            row_number(rows[i].label, got.cut, rows[i].cut);
        }
        arena_free(&arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(finds) };

    return cmocka_run_group_tests_name("enclosed", tests, NULL, NULL);
}
