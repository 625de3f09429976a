#include "lib/rows.h"
#include "lib/spell.h"
#include "read/rtf.h"

static const struct {
    const char *label, *rtf, *want;
    bool html;
} rows[] = {
    { "text", "{\\rtf1\\ansi Hello \\b big\\b0  world\\par next}", "Hello big world\\nnext",
        false },
    { "tables are no text",
        "{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red0;}{\\*\\generator Word;}x}", "x", false },
    { "signs by number", "{\\rtf1\\ansi\\ansicpg1252 caf\\'e9 \\'93x\\'94}", "café “x”", false },
    { "signs of another codepage", "{\\rtf1\\ansi\\ansicpg1251 \\'ef\\'f0\\'e8}", "при", false },
    { "Unicode with a stand-in", "{\\rtf1\\uc1 \\u8364?5 \\u-10179?\\u-8704?!}",
        "€5 \xF0\x9F\x98\x80!", false },
    { "Unicode without a stand-in", "{\\rtf1{\\uc0 \\u233 t\\u233 }}", "été", false },
    { "escaped signs", "{\\rtf1 a\\{b\\}c\\\\d\\~e}", "a{b}c\\d e", false },
    { "link", "{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"https://x.nl/\"}{\\fldrslt here}}}",
        "HYPERLINK \"https://x.nl/\"here", false },
    { "HTML of Outlook",
        "{\\rtf1\\ansi\\fromhtml1{\\*\\htmltag <p>}\\htmlrtf \\par\\b x\\htmlrtf0 "
        "words{\\*\\htmltag </p>}"
        "{\\*\\mhtmltag <q>}}",
        "<p>words</p>", true },
    { "groups that never end", "{\\rtf1{{{{x", "x", false },
    { "groups that end too often", "{\\rtf1 x}}}}y", "xy", false },
    { "ends in a backslash", "{\\rtf1 x\\", "x", false },
};

static void reads_rtf(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        bool html = rtf_to_text(span_of(rows[i].rtf), charsets, &out);

        row_text(rows[i].label, spell(buf_span(&out), arena), rows[i].want);
        row_number(rows[i].label, html, rows[i].html);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

static void bounds_groups(void **state)
{
    struct charsets *charsets = charset_warm();
    struct arena *arena = arena_new();
    struct buf rtf = { .arena = arena }, out = { .arena = arena };

    (void)state;
    for (int i = 0; i < 10000; i++)
        buf_text(&rtf, "{\\b ");
    buf_text(&rtf, "words");
    for (int i = 0; i < 10000; i++)
        buf_text(&rtf, "}");
    buf_text(&rtf, " more");
    rtf_to_text(buf_span(&rtf), charsets, &out);
    row_text("10,000 groups", buf_string(&out), "words more");
    arena_free(&arena);
    charset_free(&charsets);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(reads_rtf),
        cmocka_unit_test(bounds_groups) };

    return cmocka_run_group_tests_name("rtf", tests, NULL, NULL);
}
