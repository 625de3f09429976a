#include "lib/rows.h"
#include "mime/params.h"

static const struct {
    const char *label, *value, *want;
    bool odd;
} rows[] = {
    { "word only", " Text/HTML ", "text/html", false },
    { "plain", "a/b; x=y; Z=w", "a/b x=y z=w", false },
    { "quoted", "a/b; x=\"y; z\"", "a/b x=y; z", false },
    { "escaped quote", "a/b; x=\"say \\\"hi\\\"\"", "a/b x=say \"hi\"", false },
    { "a path of Windows", "a/b; name=\"C:\\dir\\file.txt\"", "a/b name=C:\\dir\\file.txt", false },
    { "blanks without quotes", "a/b; name=my file.pdf; x=1", "a/b name=my file.pdf x=1", false },
    { "comments", "a/b (what); (x) x=y (z)", "a/b x=y", false },
    { "folded", "a/b;\r\n\tx=y;\r\n z=w\r\n", "a/b x=y z=w", false },
    { "RFC 2231, charset", "a/b; name*=iso-8859-1'en'caf%e9", "a/b name=café", false },
    { "RFC 2231, pieces", "a/b; name*0=one; name*1=\" two\"", "a/b name=one two", false },
    { "RFC 2231, pieces out of order", "a/b; name*1=two; name*0=one", "a/b name=onetwo", false },
    { "RFC 2231, pieces of both kinds", "a/b; name*0*=utf-8''%c3%a9; name*1=\" x\"", "a/b name=é x",
        false },
    { "RFC 2231, a character over two pieces", "a/b; name*0*=utf-8''%c3; name*1*=%a9", "a/b name=é",
        false },
    { "RFC 2231 wins over the plain one", "a/b; name=x; name*=utf-8''y", "a/b name=y", false },
    { "RFC 2231, first piece missing", "a/b; name*1=x", "a/b name=", true },
    { "RFC 2231 under a plain name", "a/b; name=\"utf-8''%e2%82%ac.pdf\"", "a/b name=€.pdf",
        false },
    { "RFC 2047 in quotes", "a/b; name=\"=?utf-8?Q?=E2=82=AC?=.pdf\"", "a/b name=€.pdf", false },
    { "RFC 2047 without quotes", "a/b; name==?utf-8?B?4oKs?=", "a/b name=€", false },
    { "raw UTF-8", "a/b; name=\"€\"", "a/b name=€", false },
    { "raw latin-1", "a/b; name=\"caf\xE9\"", "a/b name=café", false },
    { "twice, the same", "a/b; x=1; x=1", "a/b x=1", false },
    { "twice, different", "a/b; x=1; x=2", "a/b x=1", true },
    { "quote that never ends", "a/b; x=\"y", "a/b x=y", true },
    { "rubbish behind a quote", "a/b; x=\"y\" z", "a/b x=y", true },
    { "a word without a value", "a/b; rubbish; x=y", "a/b x=y", true },
    { "comma for a semicolon", "a/b, x=y", "a/b x=y", true },
    { "direction characters", "a/b; name=\"a\xE2\x80\xAEgpj.exe\"", "a/b name=a<U+202E>gpj.exe",
        false },
    { "empty", "", "", false },
};

static void reads_parameters(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        struct params params;

        params_parse(charsets, span_of(rows[i].value), arena, &params);
        buf_text(&out, params.word);
        for (size_t j = 0; j < params.count; j++)
            buf_printf(&out, " %s=%s", params.at[j].name, params.at[j].value);
        row_text(rows[i].label, buf_string(&out), rows[i].want);
        row_number(rows[i].label, params.odd, rows[i].odd);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(reads_parameters) };

    return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
