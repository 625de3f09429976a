#include "lib/rows.h"
#include "read/quote.h"

static const struct {
    const char *label, *text, *kept; /* what stands before the quotation */
} rows[] = {
    { "none", "hello\nworld\n", "hello\nworld\n" },
    { "quoted below", "yes\n\nOn 1 Jan 2026 Bob wrote:\n> did you?\n> really?\n", "yes\n\n" },
    { "Dutch", "ja\n\nOp 1 jan 2026 schreef Bob:\n> echt?\n", "ja\n\n" },
    { "wrapped introduction",
        "yes\nOn Mon, 5 Jan 2026 at 10:00, Bob\n<b@c.nl> wrote:\n\n> really?\n", "yes\n" },
    { "without an introduction", "yes\n> really?\n", "yes\n" },
    { "answers between", "> one?\nyes\n> two?\nno\n", "> one?\nyes\n> two?\nno\n" },
    { "signature below", "yes\n> really?\n\n-- \nBob\n", "yes\n" },
    { "Outlook", "yes\n\n-----Original Message-----\nFrom: b@c.nl\nhello\n", "yes\n\n" },
    { "Outlook in Dutch",
        "ja\n\nVan: Bob <b@c.nl>\nVerzonden: maandag 5 januari\nAan: x\n\nhallo\n", "ja\n\n" },
    { "a line that starts with From:", "hi\nFrom: the start it was wrong\nmore\n",
        "hi\nFrom: the start it was wrong\nmore\n" },
    { "forwarded mail is no quotation", "see:\n---------- Forwarded message ---------\nFrom: x\n",
        "see:\n---------- Forwarded message ---------\nFrom: x\n" },
    { "empty", "", "" },
};

static void finds_quotations(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        row_number(rows[i].label, quote_at(span_of(rows[i].text)), strlen(rows[i].kept));
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(finds_quotations) };

    return cmocka_run_group_tests_name("quote", tests, NULL, NULL);
}
