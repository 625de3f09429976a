#include "base/span.h"
#include "lib/rows.h"
#include "tls/bounds.h"

#include <stdlib.h>

#define HI "* OK hi\r\n"

static const struct {
    const char *label, *text, *want; /* want: the start of the refusal; "": it passes */
} imap_rows[] = {
    { "greeting", HI, "" },
    { "greeting in another case", "* ok hi\r\n", "" },
    { "greeting with LF alone", "* OK hi\n", "" },
    { "PREAUTH", "* PREAUTH hi\r\n", "the server logs us in unasked" },
    { "BYE first", "* BYE no\r\n", "the server turns us away" },
    { "SMTP", "220 hi\r\n", "the greeting is not" },
    { "PERMANENTFLAGS in the greeting", "* OK [permanentflags (\\*)] hi\r\n",
        "the greeting is not" },
    { "PERMANENTFLAGS later", HI "* OK [PERMANENTFLAGS (\\*)] fine\r\n", "" },
    { "PERMANENTFLAGS in a continuation", HI "+ [PERMANENTFLAGS (\\*)] x\r\n",
        "the server asks for more" },
    { "a continuation", HI "+ go on\r\n", "" },
    { "BYE later", HI "* BYE enough\r\n", "the server ends the session: * BYE enough" },
    { "a text", HI "* 1 FETCH (UID 1 BODY[] {9}\r\n* BYE\r\nx\0)\r\n", "" },
    { "a head", HI "* 1 FETCH (UID 1 BODY[HEADER] {3}\r\nabc)\r\n* OK\r\n", "" },
    { "a large text", HI "* 1 FETCH (BODY[] {4294967295}\r\nabc", "" },
    { "larger than numbers go", HI "* 1 FETCH (BODY[] {4294967296}\r\n",
        "the server announces a text" },
    { "digits without end", HI "* 1 FETCH (BODY[] {99999999999999999999999999999}\r\n",
        "the server announces a text" },
    { "another large literal", HI "* 1 FETCH (ENVELOPE ({16385}\r\n",
        "the server announces 16385" },
    { "another literal", HI "* 1 FETCH (ENVELOPE ({3}\r\nabc))\r\n", "" },
    { "a literal is not announced in words", HI "* OK {9999999}\r\n* BYE\r\n", "the server ends" },
    { "nor in a tagged answer", HI "1 OK {9999999}\r\n* BYE\r\n", "the server ends" },
    { "nor without digits", HI "* X {}\r\n* BYE\r\n", "the server ends" },
    { "nor by a brace alone", HI "* X 12}\r\n* BYE\r\n", "the server ends" },
    { "empty literal", HI "* 1 FETCH (BODY[] {0}\r\n)\r\n* BYE\r\n", "the server ends" },
    { "BYE as a part of an answer", HI "* 1 FETCH (X {1}\r\na\r\n* OK\r\n", "" },
};

/* Takes the text in pieces of every size from 1 on: where it is cut must not matter. */
static void judges_the_same_in_any_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(imap_rows); i++) {
        const char *text = imap_rows[i].text;
        size_t len = strlen(text);

        /* The one with a NUL in its literal is longer than it looks. */
        if (strcmp(imap_rows[i].label, "a text") == 0)
            len = sizeof(HI "* 1 FETCH (UID 1 BODY[] {9}\r\n* BYE\r\nx\0)\r\n") - 1;
        for (size_t piece = 1; piece <= len; piece++) {
            struct bounds bounds = { .protocol = BOUNDS_IMAP };
            struct err err = { 0 };
            bool passes = true;

            for (size_t at = 0; passes && at < len; at += piece)
                passes = bounds_take(&bounds, text + at, len - at < piece ? len - at : piece, &err);
            err.text[strlen(imap_rows[i].want)] = '\0';
            row_text(imap_rows[i].label, err.text, imap_rows[i].want);
            row_number(imap_rows[i].label, passes, !*imap_rows[i].want);
        }
    }
}

/* Feeds count times piece; gives how many passed. */
static size_t feed(struct bounds *bounds, const char *piece, size_t count)
{
    struct err err = { 0 };

    for (size_t i = 0; i < count; i++)
        if (!bounds_take(bounds, piece, strlen(piece), &err))
            return i;
    return count;
}

static void counts_lines_and_answers(void **state)
{
    struct bounds bounds = { .protocol = BOUNDS_IMAP };

    (void)state;
    row_number("greeting", feed(&bounds, HI, 1), 1);
    row_number("a line", feed(&bounds, "1234567890", 900), BOUNDS_LINE / 10);
    bounds = (struct bounds) { .protocol = BOUNDS_IMAP };
    row_number("greeting", feed(&bounds, HI, 1), 1);
    row_number("a response of many literals", feed(&bounds, "* X {1}\r\na", 1), 1);
    assert_true(feed(&bounds, "{1}\r\na", 10000) < 10000);
    bounds = (struct bounds) { .protocol = BOUNDS_IMAP };
    row_number("greeting", feed(&bounds, HI, 1), 1);
    assert_true(feed(&bounds, "* 5 EXPUNGE\r\n", 100000) < 15000);
    bounds = (struct bounds) { .protocol = BOUNDS_IMAP };
    for (int i = 0; i < 100; i++) {
        row_number("commands begin anew", feed(&bounds, i ? "* 5 EXPUNGE\r\n" : HI, i ? 5000 : 1),
            i ? 5000 : 1);
        bounds_command(&bounds);
    }
    row_number("texts do not count", feed(&bounds, "* 1 FETCH (BODY[] {4000000}\r\n", 1), 1);
    row_number("texts do not count", feed(&bounds, "0123456789", 400000), 400000);
    row_number("and what follows does", feed(&bounds, ")\r\n", 1), 1);
    bounds = (struct bounds) { .protocol = BOUNDS_SMTP };
    row_number("SMTP", feed(&bounds, "250-X {99999999}\r\n", 3), 3);
    assert_true(feed(&bounds, "250-X\r\n", 100000) < 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_the_same_in_any_pieces),
        cmocka_unit_test(counts_lines_and_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
