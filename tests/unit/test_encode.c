#include "lib/rows.h"
#include "outbox/encode.h"

typedef void encoder(struct buf *buf, struct span text);

static void text_of(struct buf *buf, struct span text)
{
    encode_text(buf, arena_text(buf->arena, text));
}

static void phrase_of(struct buf *buf, struct span text)
{
    encode_phrase(buf, arena_text(buf->arena, text));
}

#define X10 "xxxxxxxxxx"
#define X70 X10 X10 X10 X10 X10 X10 X10
#define W70 "word word word word word word word word word word word word word word"

static const struct {
    const char *label;
    encoder *encode;
    const char *text, *want;
} rows[] = {
    { "plain", encode_quoted, "abc\n", "abc\r\n" },
    { "equals sign and UTF-8", encode_quoted, "a=\xc3\xa9\n", "a=3D=C3=A9\r\n" },
    { "blank at the end", encode_quoted, "a \n", "a=20\r\n" },
    { "tab at the end", encode_quoted, "a\t\n", "a=09\r\n" },
    { "From at the start", encode_quoted, "From me\n", "=46rom me\r\n" },
    { "dot at the start", encode_quoted, ".\n", "=2E\r\n" },
    { "76 fit", encode_quoted, X70 "123456\n", X70 "123456\r\n" },
    { "77 do not", encode_quoted, X70 "1234567\n", X70 "12345=\r\n67\r\n" },
    { "a code is not cut", encode_quoted, X70 "1234\xc3\xa9\n", X70 "1234=\r\n=C3=A9\r\n" },
    { "dot after a soft end", encode_quoted, X70 "12345.6\n", X70 "12345=\r\n=2E6\r\n" },
    { "CRLF", encode_quoted, "a\r\nb\r\n", "a\r\nb\r\n" },
    { "no end", encode_quoted, "a", "a\r\n" },
    { "empty", encode_quoted, "", "" },
    { "base64 of 1", encode_base64, "a", "YQ==\r\n" },
    { "base64 of 2", encode_base64, "ab", "YWI=\r\n" },
    { "base64 of 3", encode_base64, "abc", "YWJj\r\n" },
    { "base64 of a line and one", encode_base64,
        "123456789012345678901234567890123456789012345678901234567a",
        "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3\r\nYQ=="
        "\r\n" },
    { "subject", text_of, "VBD-2026-0001", "VBD-2026-0001" },
    { "subject in UTF-8", text_of, "caf\xc3\xa9", "=?utf-8?B?Y2Fmw6k=?=" },
    { "no second field", text_of, "a\r\nBcc: x@y", "a  Bcc: x@y" },
    { "nor by a lone LF", text_of, "a\nBcc: x@y", "a Bcc: x@y" },
    { "what looks encoded is encoded", text_of,
        "=?utf-8?Q?x?=", "=?utf-8?B?PT91dGYtOD9RP3g/PQ==?=" },
    { "folded", text_of, W70,
        "word word word word word word word word word word word word\r\n word word" },
    { "name", phrase_of, "gemeente X", "\"gemeente X\"" },
    { "name with quotes", phrase_of, "a \"b\" \\", "\"a \\\"b\\\" \\\\\"" },
    { "name in UTF-8", phrase_of,
        "S\xc3\xba"
        "dwest",
        "=?utf-8?B?U8O6ZHdlc3Q=?=" },
    { "name without a new field", phrase_of, "a\r\nTo: b", "\"a  To: b\"" },
    { "short stays", encode_flowed, "abc\n", "abc\n" },
    { "long is broken behind a blank", encode_flowed, W70 " more\n",
        "word word word word word word word word word word word word word word \nmore\n" },
    { "one long word is not", encode_flowed, X70 X10 "\n", X70 X10 "\n" },
    { "nor is a later break forgotten", encode_flowed, X70 X10 " a\n", X70 X10 " \na\n" },
    { "stuffed", encode_flowed, " a\n>b\nFrom c\n", "  a\n >b\n From c\n" },
    { "blanks at the end would join", encode_flowed, "a  \nb\n", "a\nb\n" },
    { "signature line", encode_flowed, "-- \nx\n", "-- \nx\n" },
    { "empty lines", encode_flowed, "a\n\nb\n", "a\n\nb\n" },
    { "accents count once", encode_flowed,
        "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 " X10 X10 X10 X10 X10 X10 " 12345\n",
        "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 " X10 X10 X10 X10 X10 X10 " 12345\n" },
};

static void encodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct buf buf = { .arena = arena };

        rows[i].encode(&buf, span_of(rows[i].text));
        row_text(rows[i].label, buf_string(&buf), rows[i].want);
    }
}

/* RFC 2047, 2: an encoded word has at most 75 characters, and holds whole characters. */
static void cuts_long_subjects_between_characters(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct buf long_text = { .arena = arena }, buf = { .arena = arena };
    struct span rest, line;
    size_t lines = 0;

    (void)state;
    for (int i = 0; i < 100; i++)
        buf_text(&long_text, i % 3 ? "\xe2\x82\xac" : "a");
    encode_text(&buf, buf_string(&long_text));
    rest = buf_span(&buf);
    while (span_line(&rest, &line)) {
        lines++;
        assert_true(line.len <= 76);
        assert_true(span_find(line, SPAN("=?utf-8?B?"), 0) != SPAN_NOWHERE);
    }
    assert_true(lines > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes),
        cmocka_unit_test(cuts_long_subjects_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
