#include "lib/rows.h"
#include "outbox/parcel.h"

#define TO "a@x.example"
#define TEXT "Subject: x\r\n\r\nbody\r\n"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X250 X50 X50 X50 X50 X50
#define X1000 X250 X250 X250 X250

static const struct {
    const char *label, *from, *to, *text, *want; /* want "": fine */
} rows[] = {
    { "whole", "m@y.example", TO, TEXT, "" },
    { "no sender", "", TO, TEXT, "" },
    { "no recipient", "m@y.example", "", TEXT, "the recipient's address cannot be sent" },
    { "no domain", "m@y.example", "a", TEXT, "the recipient's address cannot be sent" },
    { "a second command", "m@y.example", "c@d>\r\nRCPT TO:<evil@x", TEXT,
        "the recipient's address cannot be sent" },
    { "a second address", "m@y.example", "c@d>,<e@f", TEXT,
        "the recipient's address cannot be sent" },
    { "a parameter", "m@y.example", "c@d NOTIFY=NEVER", TEXT,
        "the recipient's address cannot be sent" },
    { "an option of sendmail", "m@y.example", "-bi@x", TEXT,
        "the recipient's address cannot be sent" },
    { "8-bit address", "m@y.example", "\u00e9@x.example", TEXT,
        "the recipient's address cannot be sent" },
    { "254 bytes", "m@y.example", X250 "@b.c", TEXT, "" },
    { "255 bytes", "m@y.example", X250 "@bb.c", TEXT, "the recipient's address cannot be sent" },
    { "line end in the sender", "m@y.example>\r\nRCPT TO:<e@f", TO, TEXT,
        "the sender's address cannot be sent" },
    { "empty letter", "", TO, "", "the letter is empty" },
    { "LF alone", "", TO, "a\nb\r\n", "a line of the letter does not end in CRLF" },
    { "LF first", "", TO, "\nb\r\n", "a line of the letter does not end in CRLF" },
    { "CR alone", "", TO, "a\rb\r\n", "the letter holds bytes that are not 7-bit text" },
    { "no end", "", TO, "a\r\nb", "a line of the letter does not end in CRLF" },
    { "8-bit", "", TO, "a\x80\r\n", "the letter holds bytes that are not 7-bit text" },
    { "a long line", "", TO, X1000 "\r\n", "a line of the letter is longer than 998 bytes" },
};

static void checks_before_sending(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct parcel parcel = { rows[i].from, rows[i].to, span_of(rows[i].text) };
        struct err err = { 0 };
        bool fine = parcel_check(&parcel, &err);

        row_text(rows[i].label, err.text, rows[i].want);
        row_number(rows[i].label, fine, !*rows[i].want);
        row_number(rows[i].label, err.scope, *rows[i].want ? ERR_MESSAGE : ERR_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(checks_before_sending) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
