#include "lib/rows.h"
#include "lib/spell.h"
#include "mime/charset.h"

static const struct {
    const char *label, *charset, *bytes, *want;
    enum charset_result result;
} rows[] = {
    { "UTF-8", "utf-8", "caf\xC3\xA9", "café", CHARSET_FINE },
    { "UTF-8, misspelt", "UTF8", "caf\xC3\xA9", "café", CHARSET_FINE },
    { "UTF-8, damaged", "utf-8", "a\xC3", "a\xEF\xBF\xBD", CHARSET_DAMAGED },
    { "UTF-8, too long a form", "utf-8", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD", CHARSET_DAMAGED },
    { "latin-1 is windows-1252", "ISO-8859-1", "\x93\xE9\x94", "“é”", CHARSET_FINE },
    { "windows-1252", "windows-1252", "\x80", "€", CHARSET_FINE },
    { "latin-9", "iso-8859-15", "\xA4", "€", CHARSET_FINE },
    { "Cyrillic", "koi8-r", "\xC4\xC1", "да", CHARSET_FINE },
    { "Chinese", "gb2312", "\xC4\xE3", "你", CHARSET_FINE },
    { "Korean", "ks_c_5601-1987", "\xB0\xA1", "가", CHARSET_FINE },
    { "windows by number", "cp-1251", "\xE4\xE0", "да", CHARSET_FINE },
    { "none, UTF-8", "", "caf\xC3\xA9", "café", CHARSET_FINE },
    { "none, windows-1252", "", "caf\xE9", "café", CHARSET_GUESSED },
    { "none, UTF-16 by its mark", "", "\xFE\xFF\x20\xAC", "\xEF\xBB\xBF€", CHARSET_GUESSED },
    { "none, Japanese by its escapes", "", "\x1B$B@H<e@-\x1B(B.", "脆弱性.", CHARSET_GUESSED },
    { "an escape alone is no Japanese", "us-ascii", "\x1B$B red", "\x1B$B red", CHARSET_FINE },
    { "says UTF-8, is windows-1252", "utf-8", "caf\xE9 \x80.", "café €.", CHARSET_GUESSED },
    { "says latin-1, is UTF-8", "iso-8859-1", "caf\xC3\xA9", "café", CHARSET_GUESSED },
    { "says UTF-16, is ASCII", "utf-16", "plain text.", "plain text.", CHARSET_GUESSED },
    { "ASCII with UTF-8 in it", "us-ascii", "caf\xC3\xA9", "café", CHARSET_FINE },
    { "UTF-7 is not obeyed", "utf-7", "+ADw-script+AD4-", "+ADw-script+AD4-", CHARSET_UNKNOWN },
    { "unknown", "x-klingon", "caf\xE9", "café", CHARSET_UNKNOWN },
    { "EBCDIC hides text", "ibm037", "abc", "abc", CHARSET_UNKNOWN },
    { "language of RFC 2231", "utf-8*nl", "\xC3\xA9", "é", CHARSET_FINE },
    { "UTF-16", "utf-16be", "\x20\xAC", "€", CHARSET_FINE },
    { "damaged Shift JIS", "shift_jis", "a\x81", "a\xEF\xBF\xBD", CHARSET_DAMAGED },
};

static void decodes(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        enum charset_result result = charset_decode(
            charsets, rows[i].charset, span_of(rows[i].bytes), &out);

        row_text(rows[i].label, buf_string(&out), rows[i].want);
        row_number(rows[i].label, result, rows[i].result);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

static void shows(void **state)
{
    static const struct {
        const char *label, *text;
        bool in_line;
        const char *want;
    } shown[] = {
        { "plain", "a\nb\tc", false, "a\\nb\tc" },
        { "in a line", "a\nb\tc", true, "a b c" },
        { "CRLF and CR", "a\r\nb\rc", false, "a\\nb\\nc" },
        { "escape", "\x1B[31m", false, "<U+001B>[31m" },
        { "C1",
            "\xC2\x9B"
            "31m",
            false, "<U+009B>31m" },
        { "right to left",
            "a\xE2\x80\xAE"
            "b",
            false, "a<U+202E>b" },
        { "isolates", "\xE2\x81\xA6x\xE2\x81\xA9", false, "<U+2066>x<U+2069>" },
        { "many of them", "\xE2\x80\x8B\xE2\x80\x8B\xE2\x80\x8B", false, "<U+200B>*3" },
        { "byte order mark in front", "\xEF\xBB\xBFx", false, "x" },
        { "joiner in an emoji", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB", false,
            "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB" },
        { "joiner in a Latin word", "pay\xE2\x80\x8Dpal", false, "pay<U+200D>pal" },
        { "tags", "x\xF3\xA0\x81\xA1", false, "x<U+E0061>" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(shown); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };

        charset_show(span_of(shown[i].text), shown[i].in_line, &out);
        row_text(shown[i].label, spell(buf_span(&out), arena), shown[i].want);
        arena_free(&arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(decodes), cmocka_unit_test(shows) };

    return cmocka_run_group_tests_name("charset", tests, NULL, NULL);
}
