#include "lib/rows.h"
#include "lib/spell.h"
#include "mime/mime.h"

/* A tree as text: type, then [exact bytes] of a leaf or (children) of a multipart. */
static void spell_tree(const struct mime_part *root, struct arena *arena, struct buf *out)
{
    for (const struct mime_part *part = root; part; part = mime_next(part, root)) {
        for (size_t i = 0; i < part->depth; i++)
            buf_char(out, '.');
        buf_text(out, part->type.word);
        if (*part->name)
            buf_printf(out, " %s", part->name);
        if (!part->multipart)
            buf_printf(out, "[%s]", spell(part->body, arena));
        buf_char(out, ' ');
    }
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static const struct {
    const char *label, *mail, *want;
    bool odd, malformed;
} trees[] = {
    { "no header", "\nhello\n", "text/plain[hello\\n] ", false, false },
    { "empty", "", "text/plain[] ", false, false },
    { "header only", "Subject: x\n", "text/plain[] ", false, false },
    { "one leaf", "Content-Type: text/html\n\n<p>", "text/html[<p>] ", false, false },
    { "two parts", MIXED "pre\n--b\n\none\n--b\nContent-Type: a/b\n\ntwo\n--b--\n",
        "multipart/mixed .text/plain[one] .a/b[two] ", false, false },
    { "CRLF", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b--\r\n",
        "multipart/mixed .text/plain[one] ", false, false },
    { "blank lines before a boundary belong to the part", MIXED "--b\n\none\n\n\n--b--\n",
        "multipart/mixed .text/plain[one\\n\\n] ", false, false },
    { "blanks behind a boundary", MIXED "--b \t\n\none\n--b-- \n",
        "multipart/mixed .text/plain[one] ", false, false },
    { "a longer word is no boundary", MIXED "--b\n\n--bc\n--b--\n",
        "multipart/mixed .text/plain[--bc] ", false, false },
    { "no closing boundary", MIXED "--b\n\none\n", "multipart/mixed .text/plain[one\\n] ", true,
        false },
    { "nested, inner one not closed",
        MIXED
        "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--\n",
        "multipart/mixed .multipart/alternative ..text/plain[one] .text/plain[two] ", true, false },
    { "a nested boundary that starts like the outer one",
        MIXED
        "--b\nContent-Type: multipart/alternative; boundary=b1\n\n--b1\n\none\n--b1--\n--b--\n",
        "multipart/mixed .multipart/alternative ..text/plain[one] ", false, false },
    { "parts behind the closing boundary", MIXED "--b\n\none\n--b--\n--b\n\ntwo\n",
        "multipart/mixed .text/plain[one] .text/plain[two\\n] ", true, true },
    { "text behind the last boundary", MIXED "--b\n\none\n--b--\nmore\n",
        "multipart/mixed .text/plain[one] ", true, false },
    { "no boundary stated", "Content-Type: multipart/mixed\n\n--x1\n\none\n--x1--\n",
        "multipart/mixed .text/plain[one] ", true, true },
    { "another boundary stated",
        "Content-Type: multipart/mixed; boundary=y\n\n--x1\n\none\n--x1--\n",
        "multipart/mixed .text/plain[one] ", true, true },
    { "no part at all", MIXED "text\n", "multipart/mixed[text\\n] ", true, true },
    { "boundary in pieces of RFC 2231",
        "Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\n\n--ab\n\none\n--ab--\n",
        "multipart/mixed .text/plain[one] ", false, false },
    { "boundary in quotes with blanks",
        "Content-Type: multipart/mixed; boundary=\"a b\"\n\n--a b\n\none\n--a b--\n",
        "multipart/mixed .text/plain[one] ", false, false },
    { "line without colon in the header", "Subject: x\nrubbish\nContent-Type: text/html\n\n<p>",
        "text/html[<p>] ", true, false },
    { "no empty line before the body", "Subject: x\nthis is text: yes\nmore text\n",
        "text/plain[this is text: yes\\nmore text\\n] ", true, true },
    { "a line of blanks before the body", "Subject: x\n \n--- hello\nmore: text\n\nend\n",
        "text/plain[--- hello\\nmore: text\\n\\nend\\n] ", true, true },
    { "a line of blanks before the first boundary",
        "Content-Type: multipart/mixed; boundary=b\n\t\n--b\n\none\n--b--\n",
        "multipart/mixed .text/plain[one] ", true, true },
    { "a line of blanks within the header", "Subject: x\n \nContent-Type: text/html\n\n<p>",
        "text/html[<p>] ", true, false },
    { "mbox line", "From a@b Mon Jan 1\nContent-Type: text/html\n\n<p>", "text/html[<p>] ", true,
        false },
    { "two Content-Types, the multipart shows more",
        "Content-Type: text/plain\n" MIXED "--b\n\none\n--b--\n",
        "multipart/mixed .text/plain[one] ", true, true },
    { "Content-Type without a slash", "Content-Type: text\n\nx", "text/plain[x] ", true, true },
    { "folded Content-Type",
        "Content-Type: multipart/mixed;\n\tboundary=\"b\"\n\n--b\n\none\n--b--\n",
        "multipart/mixed .text/plain[one] ", false, false },
    { "blank before the colon", "Content-Type : text/html\n\n<p>", "text/html[<p>] ", false,
        false },
    { "digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\n--b--\n",
        "multipart/digest .message/rfc822[Subject: x\\n] ", false, false },
    { "a name that is a path", "Content-Type: a/b; name=\"../../etc/passwd\"\n\nx",
        "a/b passwd[x] ", false, false },
    { "file name wins over name",
        "Content-Type: a/b; name=one\nContent-Disposition: attachment; filename=\"two.txt\"\n\nx",
        "a/b two.txt[x] ", false, false },
};

static void takes_mail_apart(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(trees); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        struct mime_tree tree;

        mime_parse(span_of(trees[i].mail), &mime_limits_usual, charsets, arena, &tree);
        spell_tree(tree.root, arena, &out);
        row_text(trees[i].label, buf_string(&out), trees[i].want);
        row_number(trees[i].label, tree.odd, trees[i].odd);
        row_number(trees[i].label, tree.malformed, trees[i].malformed);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

static const struct {
    const char *label, *mail, *want;
} strays[] = {
    { "none", "Subject: x\n folded\n\nbody\n", "" },
    { "a line without colon, and what continues it", "Subject: x\nrub bish\n more\nTo: a\n\nbody\n",
        "rub bish\\n more\\n" },
    { "the last lines of the header", "Content-Type: text/html\n<p>text</p>\n\n",
        "<p>text</p>\\n" },
    { "a header that runs into its body", "Subject: x\ntext\n", "" },
};

static void keeps_lines_that_are_no_fields(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(strays); i++) {
        struct arena *arena = arena_new();
        struct mime_tree tree;

        mime_parse(span_of(strays[i].mail), &mime_limits_usual, charsets, arena, &tree);
        row_text(strays[i].label, spell(tree.root->strays, arena), strays[i].want);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

static const struct {
    const char *label, *mail, *body, *text;
} bodies[] = {
    { "base64", "Content-Transfer-Encoding: base64\n\naGVsbG8=\n", "hello", "hello" },
    { "words that are called base64",
        "Content-Transfer-Encoding: base64\n\nHello, these are words\nand more\n",
        "Hello, these are words\\nand more\\n", "Hello, these are words\\nand more\\n" },
    { "armor that is called base64",
        "Content-Transfer-Encoding: base64\n\n-----BEGIN PGP MESSAGE-----\n\nabcdabcd\n",
        "-----BEGIN PGP MESSAGE-----\\n\\nabcdabcd\\n",
        "-----BEGIN PGP MESSAGE-----\\n\\nabcdabcd\\n" },
    { "footer behind base64", "Content-Transfer-Encoding: base64\n\naGVsbG8=\n____\nlist footer\n",
        "hello", "hello\\n____\\nlist footer\\n" },
    { "footer behind base64 that needs no padding",
        "Content-Transfer-Encoding: base64\n\naGVsbG8h\n\n____\nlist: https://x.example/\n", "",
        "hello!\\n____\\nlist: https://x.example/\\n" },
    { "base64 that was quoted",
        "Content-Transfer-Encoding: base64\n\n> aGVsbG8hIGhlbGxvISBoZWxsbyEgaGVsbG8h\n> "
        "IGhlbGxvIQ==\n",
        "hello! hello! hello! hello! hello!", "hello! hello! hello! hello! hello!" },
};

static void takes_encoding_off_bodies(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct arena *arena = arena_new();
        struct mime_tree tree;
        bool odd = false;

        mime_parse(span_of(bodies[i].mail), &mime_limits_usual, charsets, arena, &tree);
        if (*bodies[i].body)
            row_text(
                bodies[i].label, spell(mime_body(tree.root, arena, &odd), arena), bodies[i].body);
        row_text(bodies[i].label, spell(mime_text(tree.root, arena, &odd), arena), bodies[i].text);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

/* RFC 3156, 5: the bytes that a signature counts. */
static const struct {
    const char *label, *mail, *want;
} ranges[] = {
    { "header and body", MIXED "--b\nA: b\n\nbody\n--b--\n", "A: b\\n\\nbody" },
    { "starts with an empty line", MIXED "--b\n\nbody\n--b--\n", "\\nbody" },
    { "trailing blanks", MIXED "--b\n\nbody  \n\t\n--b--\n", "\\nbody  \\n\t" },
    { "CRLF", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nbody\r\n\r\n--b--\r\n",
        "\\r\\nbody\\r\\n" },
    { "CR before the line break belongs to it, once",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\r\r\n--b--\n", "\\nbody\\r" },
    { "nested with preamble and epilogue",
        MIXED
        "--b\nContent-Type: multipart/mixed; boundary=c\n\npre\n--c\n\nx\n--c--\nepi\n\n--b--\n",
        "Content-Type: multipart/mixed; boundary=c\\n\\npre\\n--c\\n\\nx\\n--c--\\nepi\\n" },
    { "empty part", MIXED "--b\n--b--\n", "" },
    { "one empty line", MIXED "--b\n\n--b--\n", "" },
};

static void keeps_exact_bytes(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(ranges); i++) {
        struct arena *arena = arena_new();
        struct mime_tree tree;

        mime_parse(span_of(ranges[i].mail), &mime_limits_usual, charsets, arena, &tree);
        row_text(ranges[i].label, tree.root->first ? spell(tree.root->first->whole, arena) : "none",
            ranges[i].want);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

static void holds_its_limits(void **state)
{
    static const struct mime_limits tight
        = { .depth = 2, .parts = 4, .header = 60, .field = 20, .fields = 3, .boundary = 5 };
    static const struct {
        const char *label, *mail;
        bool truncated;
        size_t parts;
    } rows[] = {
        { "within", MIXED "--b\n\nx\n--b--\n", false, 2 },
        { "parts", MIXED "--b\n\n1\n--b\n\n2\n--b\n\n3\n--b\n\n4\n--b--\n", true, 4 },
        { "fields", "A: 1\nB: 2\nC: 3\nD: 4\n\nx", true, 1 },
        { "a field", "A: 1234567890123456789012345678901234567890\n\nx", true, 1 },
        { "header", "A: 12345678901\nB: 12345678901\nC: 12345678901\nD: 12345678901\n\nx", true,
            1 },
        { "a boundary that is a little long",
            "Content-Type: multipart/mixed;\n boundary=abcdefgh\n\n--abcdefgh\n\nx\n--abcdefgh--\n",
            true, 2 },
    };
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct mime_limits limits = tight;
        struct mime_tree tree;

        if (i == 0 || i == 1 || i == 5)
            limits.field = limits.header = 100;
        mime_parse(span_of(rows[i].mail), &limits, charsets, arena, &tree);
        row_number(rows[i].label, tree.truncated, i == 5 ? false : rows[i].truncated);
        row_number(rows[i].label, tree.parts, rows[i].parts);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

static void finds_fields(void **state)
{
    struct charsets *charsets = charset_warm();
    struct arena *arena = arena_new();
    struct mime_tree tree;
    struct span value;
    size_t at = 0;

    (void)state;
    mime_parse(
        SPAN("To: one\nX: y\nTO: two\n three\n\n"), &mime_limits_usual, charsets, arena, &tree);
    assert_true(mime_field_next(tree.root, "to", &at, &value));
    row_text("first", spell(value, arena), " one\\n");
    assert_true(mime_field_next(tree.root, "to", &at, &value));
    row_text("second", spell(value, arena), " two\\n three\\n");
    assert_false(mime_field_next(tree.root, "to", &at, &value));
    assert_null(mime_field(tree.root, "cc").at);
    arena_free(&arena);
    charset_free(&charsets);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_mail_apart),
        cmocka_unit_test(keeps_lines_that_are_no_fields),
        cmocka_unit_test(takes_encoding_off_bodies),
        cmocka_unit_test(keeps_exact_bytes),
        cmocka_unit_test(holds_its_limits),
        cmocka_unit_test(finds_fields),
    };

    return cmocka_run_group_tests_name("mime", tests, NULL, NULL);
}
