#include "base/verdict.h"
#include "lib/rows.h"

/* The words of the contract, worst first: an order that is changed by accident turns bad into good.
 */
static const char *const crypts[] = { "spoof", "bomb", "integrity", "broken", "unsupported",
    "smime", "pass", "nokey", "none", "enc" };
static const char *const signatures[] = { "bad", "broken", "revoked", "expired", "unsupported",
    "mismatch", "nokey", "smime", "none", "good" };

static void words_are_worst_first(void **state)
{
    enum crypt crypt;
    enum signature signature;

    (void)state;
    for (size_t i = 0; i < COUNT(crypts); i++) {
        row_text("crypt", crypt_word((enum crypt)i), crypts[i]);
        assert_true(crypt_of(crypts[i], &crypt));
        row_number(crypts[i], crypt, i);
    }
    for (size_t i = 0; i < COUNT(signatures); i++) {
        row_text("signature", signature_word((enum signature)i), signatures[i]);
        assert_true(signature_of(signatures[i], &signature));
        row_number(signatures[i], signature, i);
    }
}

static void zero_is_never_good_news(void **state)
{
    (void)state;
    row_text("parse", parse_word(0), "broken");
    row_text("scope", scope_word(0), "part");
    row_text("continuity", continuity_word(0), "changed");
}

static void unknown_words_are_refused(void **state)
{
    enum signature signature = SIGNATURE_BAD;

    (void)state;
    assert_false(signature_of("fine", &signature));
    assert_false(signature_of("", &signature));
    assert_false(signature_of(NULL, &signature));
    row_number("left as it was", signature, SIGNATURE_BAD);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(words_are_worst_first),
        cmocka_unit_test(zero_is_never_good_news), cmocka_unit_test(unknown_words_are_refused) };

    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
