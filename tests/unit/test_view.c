#include "lib/rows.h"
#include "redact/view.h"

static const struct {
    const char *label, *text, *want;
} rows[] = {
    { "diacritics", "Wi\u015bniewska \u00d6ZKAN \u0142\u00f8", "Wisniewska OZKAN lo" },
    { "other digits", "\uff18\uff19 \u0661", "89 1" },
    { "Cyrillic that looks Latin", "\u0430\u0435\u043e", "aeo" },
    { "invisible characters", "d\u200bi\u00ade", "die" },
    { "entities", "a&#347;b&nbsp;&eacute;&#x26;", "asb e&" },
    { "entity twice encoded", "&amp;#64;", "@" },
    { "an ampersand in a query", "a=1&b=2", "a=1&b=2" },
    { "percent", "gao%40x%2Enl %C3%A1", "gao@x.nl a" },
    { "percent twice encoded", "gao%2540x", "gao@x" },
    { "percent that is none", "100% zeker", "100% zeker" },
    { "JSON escapes", "\\u0041\\\"b\\/", "A\"b/" },
    { "half a surrogate pair", "\\ud83dx", "\x83x" },
    { "a Windows path", "C:\\nora", "C:\\nora" },
    { "quoted-printable", "Herm=C3=ADne <h=40x.exam=\nple>", "Hermine <h@x.example>" },
    { "base64 padding is no soft break", "Zm9vCg==\nb", "Zm9vCg==\nb" },
    { "encoded word Q", "=?utf-8?Q?J=C3=B6rg_B?=", "Jorg B" },
    { "encoded word B", "=?utf-8?B?UGlldA==?=", "Piet" },
    { "quote marks", "> > ik\n> zag\n||| dit", "ik\nzag\ndit" },
    { "quote marks of bars apart", "| | ik\n| | zag", "ik\nzag" },
    { "a soft break behind a quote mark", "> Herm=C3=ADn=\n> e", "Hermine" },
    { "a wrap shown by an arrow", "9092 \u21b5\n HX", "9092 HX" },
    { "a calendar goes on behind a blank", "BEGIN:VEVENT\nX:ab\n c\nEND:VEVENT\nd\n e",
        "BEGIN:VEVENT\nX:abc\nEND:VEVENT\nd\n e" },
    { "a comment inside a word", "26<!-- x -->-<!-- y -->01", "26-01" },
    { "a long comment stays", "a<!-- het wachtwoord is x -->b", "a<!-- het wachtwoord is x -->b" },
    { "digits spaced by dots", "7.0.6.7.3.6.7.7.1 en 10.1.2.3", "706736771 en 10.1.2.3" },
    { "a plate spaced out with dots", "4 4 . K T B . 8", "44.KTB.8" },
    { "an abbreviation stays", "a.d.h.v. dit", "a.d.h.v. dit" },
    { "letters for digits", "O6-l2 198o, Io en los", "06-12 1980, Io en los" },
    { "the frame of a key", "0\ufe0f\u20e36\ufe0f\u20e3", "06" },
    { "base64 of a text", "x: MDU4OC00NzExMDI= y", "x: 0588-471102 y" },
    { "base64 of a secret stays closed",
        "Ym9zd2FjaHRlcjpFaWszbmIwMG0=", "Ym9zd2FjaHRlcjpFaWszbmIwMG0=" },
    { "a token is no text", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9" },
    { "a table keeps its bars", "| a | b |", "| a | b |" },
    { "inline tags", "Ja<b>n</b>sen", "Jansen" },
    { "cells", "<tr><td>a</td><td>b</td></tr>", "|a|b\n" },
    { "spaced out", "J a n s e n", "Jansen" },
    { "two words spaced out", "H A R M  D O L F I N", "HARM DOLFIN" },
    { "initials stay", "J. T. M. de", "J. T. M. de" },
    { "placeholder", "x [PERSOON-12] y", "x \x84 y" },
    { "bytes that are no UTF-8", "a\xff\xc3", "ayA" },
};

static void reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct view view = { 0 };
        char got[200] = "";

        view_make(&view, span_of(rows[i].text), arena);
        memcpy(got, view.ch, view.len);
        row_text(rows[i].label, got, rows[i].want);
        for (uint32_t k = 0; k < view.len; k++)
            if (view.at[k] + view.width[k] > strlen(rows[i].text))
                fail_msg("%s: the map points outside", rows[i].label);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reads) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
