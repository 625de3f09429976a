#include "fetch/folder_name.h"
#include "lib/rows.h"

/* The second and third are RFC 3501, section 5.1.3. */
static const struct {
    const char *label, *name, *want; /* want NULL: refused */
} rows[] = {
    { "plain", "INBOX", "INBOX" },
    { "mixed", "~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e", "~peter/mail/&U,BTFw-/&ZeVnLIqe-" },
    { "ampersand", "Zaken & zo", "Zaken &- zo" },
    { "accent", "Gemeld \u00e9n gezien", "Gemeld &AOk-n gezien" },
    { "accent at the end", "caf\u00e9", "caf&AOk-" },
    { "beyond 16 bits", "\U0001f512", "&2D3dEg-" },
    { "blank and quotes", "a \"b\" \\c", "a \"b\" \\c" },
    { "empty", "", NULL },
    { "line end", "INBOX\r\nA1 LOGOUT", NULL },
    { "tab", "a\tb", NULL },
    { "delete", "a\x7f", NULL },
    { "not UTF-8", "a\xff", NULL },
};

static void writes_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        const char *got = NULL;
        struct err err = { 0 };
        bool done = folder_name_imap(rows[i].name, arena, &got, &err);

        row_number(rows[i].label, done, rows[i].want != NULL);
        if (rows[i].want)
            row_text(rows[i].label, got, rows[i].want);
        else
            row_number(rows[i].label, err_exit_code(&err), 78);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(writes_names) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
