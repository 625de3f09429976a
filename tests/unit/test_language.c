#include "lib/rows.h"
#include "read/language.h"

static const struct {
    const char *label, *text, *want;
} rows[] = {
    { "Dutch", "Beste, ik heb een lek gevonden in de website van uw gemeente.", "nl" },
    { "English", "Dear team, I have found a vulnerability in your website.", "en" },
    { "Dutch with English terms",
        "Hierbij meld ik een cross site scripting vulnerability in het formulier; de payload is "
        "<script>alert(document.cookie)</script> en die wordt niet gefilterd.",
        "nl" },
    { "English with code", "The id parameter is not escaped: SELECT * FROM users WHERE id = 1",
        "en" },
    { "German", "Sehr geehrte Damen und Herren, ich habe eine Lücke gefunden, die nicht gut ist.",
        "other" },
    { "French", "Bonjour, je vous écris pour une faille dans votre site, merci.", "other" },
    { "Russian", "Здравствуйте, я нашёл уязвимость на вашем сайте", "other" },
    { "short Dutch", "Hallo, bedankt!", "nl" },
    { "short English", "Hello, thanks!", "en" },
    { "code alone", "GET /index.php?id=1 HTTP/1.1", "other" },
    { "empty", "", "other" },
};

static void guesses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        row_text(rows[i].label, language_guess(span_of(rows[i].text)), rows[i].want);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(guesses) };

    return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}
