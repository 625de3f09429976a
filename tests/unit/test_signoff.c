#include "lib/rows.h"
#include "message/signoff.h"

#define TEN "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"

static const struct {
    const char *label, *text, *before, *behind; /* before NULL: there is none */
} rows[] = {
    { "none", "hello\n", NULL, NULL },
    { "a mark", "hello\n-- \nBob\n", "hello\n", "" },
    { "the blank of the mark is lost", "hello\n--\nBob\n", "hello\n", "" },
    { "the last mark", "a\n-- \nb\n-- \nc\n", "a\n-- \nb\n", "" },
    { "a ruler is no mark", "hello\n-----\nBob\n", NULL, NULL },
    { "a mark above much text", "x\n-- \n" TEN TEN TEN TEN, NULL, NULL },
    { "a Dutch formula", "hallo\n\nMet vriendelijke groet,\n\nJan\n06-12345678\n", "hallo\n\n",
        "" },
    { "with a name on its line", "hallo\nGroeten, Jan\n", "hallo\n", "" },
    { "an English formula", "hello\n\nKind regards,\nTom\n", "hello\n\n", "" },
    { "a telephone", "ok\n\nSent from my phone\n", "ok\n\n", "" },
    { "a formula above more text", "regards to all\n" TEN "k\n", NULL, NULL },
    { "a formula above a long line",
        "Regards,\n0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
        "0123456789 0123456789 xyz\n",
        NULL, NULL },
    { "a sentence that starts like one",
        "Regards the server: it is down, and this line is longer than any formula.\n", NULL, NULL },
    { "a quotation below", "yes\n-- \nBob\n> was it?\n", "yes\n", "> was it?\n" },
    { "another piece below", "yes\nCheers,\nBob\n\n-----[ not signed ]-----\nx\n", "yes\n",
        "-----[ not signed ]-----\nx\n" },
    { "empty", "", NULL, NULL },
};

static void finds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct signoff got;
        bool found = signoff_find(span_of(rows[i].text), 0, &got);

        row_number(rows[i].label, found, rows[i].before != NULL);
        if (found && rows[i].before) {
            row_number(rows[i].label, got.start, strlen(rows[i].before));
            row_text(rows[i].label, rows[i].text + got.end, rows[i].behind);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(finds) };

    return cmocka_run_group_tests_name("signoff", tests, NULL, NULL);
}
