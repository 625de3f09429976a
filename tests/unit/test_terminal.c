#include "run/terminal.h"

#include "lib/rows.h"

#define X "\uFFFD"

static const struct {
    const char *label, *text, *want;
} rows[] = {
    { "plain text", "één regel\n\tnog een €\n", "één regel\n\tnog een €\n" },
    { "a colour", "\033[31mrood\033[0m", X "[31mrood" X "[0m" },
    { "a title of the window", "\033]0;x\007", X "]0;x" X },
    { "C1 as a character",
        "\xc2\x9b"
        "31m",
        X "31m" },
    { "C1 as a bare byte",
        "\x9b"
        "31m",
        X "31m" },
    { "backspaces over what stood there", "a\b\bx", "a" X X "x" },
    { "a bare carriage return", "veilig\rkwaad", "veilig" X "kwaad" },
    { "line ends of mail", "a\r\nb\r\n", "a\nb\n" },
    { "a line turned around", "\u202Egpj.exe", X "gpj.exe" },
    { "nothing to see", "a\u200B\uFEFF\u2066", "a" X X X },
    { "a form feed", "a\fb", "a" X "b" },
    { "delete", "a\x7f", "a" X },
    { "cut UTF-8", "a\xe2\x82", "a" X X },
};

static void shows_and_does_not_obey(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        row_text(rows[i].label, terminal_safe(span_of(rows[i].text), arena), rows[i].want);
    row_text("a NUL", terminal_safe((struct span) { "a\0b", 3 }, arena), "a" X "b");
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(shows_and_does_not_obey) };

    return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
