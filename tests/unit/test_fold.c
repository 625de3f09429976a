#include "base/fold.h"

#include "base/buf.h"
#include "lib/rows.h"

static const struct {
    const char *label, *text, *word;
    const char *want; /* what is found, each between brackets */
} rows[] = {
    { "as it stands", "een lek in zaaksysteem", "lek", "[lek]" },
    { "capitals", "LEK, Lek, lek", "lEk", "[LEK][Lek][lek]" },
    { "an accent in the text", "geüpload, één", "geupload", "[geüpload]" },
    { "an accent in the word", "een en één", "één", "[een][één]" },
    { "accents as marks of their own", "re\u0301sume\u0301", "résumé", "[re\u0301sume\u0301]" },
    { "a capital with an accent", "ÉÉN", "een", "[ÉÉN]" },
    { "sharp s", "Straße", "strasse", "[Straße]" },
    { "half of a sharp s", "Straße", "stras", "[Straß]" },
    { "the ligature ij", "Ĳsselstein en ĳs", "ijs", "[Ĳs][ĳs]" },
    { "and the two letters", "IJsselstein", "ĳssel", "[IJssel]" },
    { "Scandinavian letters", "Ærøskøbing", "aeroskobing", "[Ærøskøbing]" },
    { "Polish", "Łódź", "lodz", "[Łódź]" },
    { "full width", "\uFF21\uFF22", "ab", "[\uFF21\uFF22]" },
    { "Greek", "ΟΔΟΣ", "οδος", "[ΟΔΟΣ]" },
    { "bytes that are no text",
        "a\xff\xfe"
        "b",
        "b", "[b]" },
    { "nothing", "lek", "lak", "" },
    { "an empty word", "lek", "", "" },
    { "a word of marks alone", "lek", "\u0301", "" },
    { "not twice in one place", "aaa", "aa", "[aa]" },
};

static void finds_as_a_reader_does(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct span text = span_of(rows[i].text);
        struct folded folded = fold_text(text, arena);
        struct span word = fold_text(span_of(rows[i].word), arena).text;
        struct buf buf = { .arena = arena };
        size_t at = 0, from, to;

        while (fold_find(&folded, word, &at, &from, &to)) {
            struct span found = span_part(text, from, to);

            buf_printf(&buf, "[%.*s]", (int)found.len, found.at);
        }
        row_text(rows[i].label, buf_string(&buf), rows[i].want);
    }
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(finds_as_a_reader_does) };

    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
