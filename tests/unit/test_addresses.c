#include "lib/rows.h"
#include "mime/addresses.h"

static const struct {
    const char *label, *value, *want; /* name|address, joined by blanks and commas */
    bool odd;
} rows[] = {
    { "bare", "a@b.nl", "|a@b.nl", false },
    { "domain in lower case", "Jan@B.NL", "|Jan@b.nl", false },
    { "name", "Jan Jansen <a@b.nl>", "Jan Jansen|a@b.nl", false },
    { "quoted name", "\"Jansen, Jan\" <a@b.nl>", "Jansen, Jan|a@b.nl", false },
    { "encoded name", "=?utf-8?Q?J=C3=A1n?= <a@b.nl>", "Ján|a@b.nl", false },
    { "comment as name", "a@b.nl (Jan)", "Jan|a@b.nl", false },
    { "nested comment", "a@b.nl (Jan (of (Piet)))", "Jan (of (Piet))|a@b.nl", false },
    { "two", "a@b.nl, C <c@d.nl>", "|a@b.nl, C|c@d.nl", false },
    { "group", "friends: a@b.nl, c@d.nl;", "|a@b.nl, |c@d.nl", false },
    { "empty group", "undisclosed-recipients:;", "", false },
    { "quoted local part", "\"a b\"@c.nl", "|\"a b\"@c.nl", false },
    { "obsolete blanks", "a . b @ c . nl", "|a.b@c.nl", false },
    { "obsolete route", "<@x.nl,@y.nl:a@b.nl>", "|a@b.nl", true },
    { "raw UTF-8", "Ján <ján@b.nl>", "Ján|ján@b.nl", false },
    { "address as its own name", "a@b.nl <a@b.nl>", "a@b.nl|a@b.nl", false },
    { "another address as name", "a@b.nl <c@d.nl>", "a@b.nl|c@d.nl", true },
    { "another address as quoted name", "\"a@b.nl\" <c@d.nl>", "a@b.nl|c@d.nl", false },
    { "two in angles", "<a@b.nl> <c@d.nl>", "|a@b.nl, |c@d.nl", true },
    { "one behind the angles", "<a@b.nl> c@d.nl", "|a@b.nl, |c@d.nl", true },
    { "two with a blank", "a@b.nl c@d.nl", "|a@b.nl, |c@d.nl", true },
    { "two within the angles", "<a@b.nl, c@d.nl>", "|a@b.nl, |c@d.nl", true },
    { "angle in angle", "<<a@b.nl>>", "|a@b.nl", true },
    { "angle that never ends", "Jan <a@b.nl", "Jan|a@b.nl", true },
    { "quote that never ends", "\"Jan <a@b.nl>", "|a@b.nl", true },
    { "encoded address", "=?utf-8?Q?a=40b.nl?=", "|a@b.nl", true },
    { "encoded mailbox", "=?utf-8?Q?Jan_=3Ca=40b.nl=3E?=", "Jan|a@b.nl", true },
    { "encoded address within another", "=?utf-8?Q?a=40b.nl?=@d.nl", "|a@b.nl@d.nl", true },
    { "semicolons", "a@b.nl; c@d.nl", "|a@b.nl, |c@d.nl", true },
    { "no address", "Jan", "Jan|Jan", true },
    { "empty", "", "", false },
    { "empty angles", "<>", "|", false },
    { "mailto", "<mailto:a@b.nl>", "|a@b.nl", true },
    { "quoted as a whole", "'a@b.nl'", "|a@b.nl", true },
    { "a group that poses as an address", "a@b.nl: c@d.nl;", "|a@b.nl:, |c@d.nl", true },
};

static void reads_addresses(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        struct addresses list = { .count = 0 };

        addresses_parse(charsets, span_of(rows[i].value), arena, &list);
        for (size_t j = 0; j < list.count; j++)
            buf_printf(&out, "%s%s|%s", j ? ", " : "", list.at[j].name, list.at[j].address);
        row_text(rows[i].label, buf_string(&out), rows[i].want);
        row_number(rows[i].label, list.odd, rows[i].odd);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

static void compares(void **state)
{
    static const struct {
        const char *label, *a, *b;
        bool same;
    } pairs[] = {
        { "the same", "a@b.nl", "a@b.nl", true },
        { "case", "A@B.nl", "a@b.NL", true },
        { "final dot", "a@b.nl.", "a@b.nl", true },
        { "another domain", "a@b.nl", "a@b.nl.evil.example", false },
        { "another local part", "a@b.nl", "aa@b.nl", false },
        { "nothing is nobody", "", "", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++)
        row_number(pairs[i].label, addresses_same(pairs[i].a, pairs[i].b), pairs[i].same);
}

static void finds_addresses_in_names(void **state)
{
    static const struct {
        const char *label, *text, *want;
    } names[] = {
        { "none", "Jan Jansen", "" },
        { "one", "Jan <a@b.nl> x", "a@b.nl" },
        { "handle", "Jan @twitter", "" },
        { "at the end", "via a@b.nl.", "a@b.nl" },
        { "no dot", "root@host", "" },
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        row_text(names[i].label, addresses_in_text(names[i].text, arena), names[i].want);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(compares),
        cmocka_unit_test(finds_addresses_in_names),
    };

    return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
