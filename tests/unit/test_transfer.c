#include "lib/rows.h"
#include "lib/spell.h"
#include "mime/transfer.h"

static const struct {
    const char *label, *word, *bytes, *want;
    bool odd;
} rows[] = {
    { "none", "7bit", "a=b", "a=b", false },
    { "base64", "base64", "aGVs\r\nbG8=\r\n", "hello", false },
    { "base64 without padding", "BASE64", "aGVsbG8", "hello", true },
    { "base64 with rubbish", "base64", "aG!Vs*bG8=", "hello", true },
    { "base64 with a footer behind", "base64", "aGVsbG8=\n____\nlist footer\n", "hello", true },
    { "base64 in two runs", "base64", "aGVsbG8=\naGVsbG8=\n", "hellohello", true },
    { "base64 for URLs", "base64", "_-8=", "\xFF\xEF", true },
    { "base64, cut", "base64", "aGVsb", "hel", true },
    { "quoted-printable", "quoted-printable", "caf=C3=A9=\nx\n", "caféx\\n", false },
    { "quoted-printable, small letters", "quoted-printable", "=c3=a9", "é", false },
    { "quoted-printable, blanks at a line's end", "quoted-printable", "a \t\r\nb=20\r\n",
        "a\\r\\nb \\r\\n", false },
    { "quoted-printable, soft break with blanks", "quoted-printable", "a= \nb", "ab", false },
    { "quoted-printable, broken", "quoted-printable", "a=XYb", "a=XYb", true },
    { "quoted-printable, ends in =", "quoted-printable", "a=", "a", false },
    { "uuencode", "x-uuencode", "begin 644 x\n#0V%T\n`\nend\n", "Cat", false },
    { "uuencode, cut", "x-uuencode", "begin 644 x\n#0V%T\n", "Cat", true },
    { "unknown", "x-rot13", "abc", "abc", true },
    { "in quotes with a parameter", "\"base64\"; x=y", "aGk=", "hi", false },
};

static void takes_encodings_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        bool odd = false;
        struct span out = transfer_decode(
            span_of(rows[i].bytes), transfer_of(span_of(rows[i].word)), arena, &odd);

        row_text(rows[i].label, spell(out, arena), rows[i].want);
        row_number(rows[i].label, odd, rows[i].odd);
        arena_free(&arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(takes_encodings_off) };

    return cmocka_run_group_tests_name("transfer", tests, NULL, NULL);
}
