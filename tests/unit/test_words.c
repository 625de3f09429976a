#include "lib/rows.h"
#include "mime/words.h"

static const struct {
    const char *label, *value, *want;
} rows[] = {
    { "plain", " hello world\r\n", "hello world" },
    { "folded", "one\r\n two\n\tthree", "one two three" },
    { "Q", "=?utf-8?Q?caf=C3=A9_x?=", "café x" },
    { "B", "=?UTF-8?b?Y2Fmw6k=?=", "café" },
    { "latin-1", "=?iso-8859-1?q?caf=E9?=", "café" },
    { "language tag", "=?utf-8*nl?Q?caf=C3=A9?=", "café" },
    { "blanks between two words go", "=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab" },
    { "blanks between a word and text stay", "=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c" },
    { "a character over two words", "=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "é" },
    { "B without padding", "=?utf-8?B?Y2Fmw6k?=", "café" },
    { "blanks within a word", "=?utf-8?Q?a b?=", "a b" },
    { "within other text", "x=?utf-8?Q?a?=y", "xay" },
    { "in quotes", "\"=?utf-8?Q?a?=\"", "\"a\"" },
    { "unknown charset", "=?x-klingon?Q?abc?=", "abc" },
    { "never ends", "=?utf-8?Q?abc", "=?utf-8?Q?abc" },
    { "unknown encoding", "=?utf-8?X?abc?=", "=?utf-8?X?abc?=" },
    { "raw UTF-8", "één", "één" },
    { "raw windows-1252", "\x93x\x94", "“x”" },
    { "NUL in a word", "=?utf-8?Q?a=00b?=", "a<U+0000>b" },
    { "line feed in a word", "=?utf-8?Q?a=0Ab?=", "a b" },
    { "direction in a word", "=?utf-8?Q?a=E2=80=AEb?=", "a<U+202E>b" },
    { "UTF-7 is not obeyed", "=?utf-7?Q?+ADw-?=", "+ADw-" },
    { "damaged UTF-8", "=?utf-8?Q?=C3=A9=FFb?=",
        "é\xEF\xBF\xBD"
        "b" },
    { "windows-1252 that is called UTF-8", "=?utf-8?Q?na=EFf?=", "naïf" },
    { "ISO-2022-JP", "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本" },
    { "empty", "", "" },
};

static void decodes_words(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();

        row_text(
            rows[i].label, words_decode(charsets, span_of(rows[i].value), arena), rows[i].want);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(decodes_words) };

    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
