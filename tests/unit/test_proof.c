#include "lib/rows.h"
#include "redact/proof.h"

enum check { BSN, ANUM, CARD, IBAN, VAT };

static const struct {
    const char *label, *text;
    enum check check;
    bool want;
} rows[] = {
    { "nine digits that pass the eleven test", "111222333", BSN, true },
    { "one digit off", "111222334", BSN, false },
    { "eight digits, of the first series", "96364440", BSN, true },
    { "nine nines are no number", "000000000", BSN, false },
    { "ten digits are none", "1112223330", BSN, false },
    { "an A-number", "5306267375", ANUM, true },
    { "two neighbours alike", "5506267375", ANUM, false },
    { "starts with a zero", "0306267375", ANUM, false },
    { "a card", "4131139407451053", CARD, true },
    { "Luhn fails", "4131139407451054", CARD, false },
    { "no card starts with a nine", "9131139407451055", CARD, false },
    { "Dutch account", "NL07INGB0926118646", IBAN, true },
    { "Belgian account", "BE69424095803078", IBAN, true },
    { "check digits off", "NL08INGB0926118646", IBAN, false },
    { "length of another country", "NL69424095803078", IBAN, false },
    { "no such country", "XX07INGB0926118646", IBAN, false },
    { "a sole trader", "NL742180153B68", VAT, true },
    { "a company", "NL111222333B01", VAT, false },
};

static void proves(void **state)
{
    static bool (*const checks[])(const char *) = { [BSN] = proof_bsn,
        [ANUM] = proof_anum,
        [CARD] = proof_card,
        [IBAN] = proof_iban,
        [VAT] = proof_dutch_vat };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        row_number(rows[i].label, checks[rows[i].check](rows[i].text), rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(proves) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
