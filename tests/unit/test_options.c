#include "lib/rows.h"
#include "run/options.h"

#include <string.h>

static const struct {
    const char *label, *words; /* blank between */
    int least, most;
    const char *config, *left, *error; /* left: the arguments, blank between */
    bool json;
} rows[] = {
    { "nothing", "x", 0, 0, "", "", "", false },
    { "flag and value", "x --json --config f", 0, 0, "f", "", "", true },
    { "value with =", "x --config=f", 0, 0, "f", "", "", false },
    { "empty value", "x --config= a", 1, 1, "", "a", "", false },
    { "options between arguments", "x a --json b", 2, 2, "", "a b", "", true },
    { "after -- all are arguments", "x -- --json", 1, 1, "", "--json", "", false },
    { "a lone dash is an argument", "x -", 1, 1, "", "-", "", false },
    { "any number", "x a b c", 0, -1, "", "a b c", "", false },
    { "unknown", "x --colour", 0, 0, "", "",
        "x: there is no option --colour; see meldpost x --help", false },
    { "longer than an option", "x --jsonlines", 0, 0, "", "",
        "x: there is no option --jsonlines; see meldpost x --help", false },
    { "a flag takes no value", "x --json=1", 0, 0, "", "",
        "x: there is no option --json=1; see meldpost x --help", false },
    { "value is missing", "x --config", 0, 0, "", "",
        "x: a value is missing after --config; see meldpost x --help", false },
    { "too few", "x a", 2, 2, "", "", "x: an argument is missing; see meldpost x --help", false },
    { "too many", "x a b", 0, 1, "", "", "x: too many arguments: b; see meldpost x --help", false },
};

static void reads_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char words[100], left[100] = "", *argv[10];
        const char *config = "";
        bool json = false;
        const struct option_row options[] = { { "--config", &config, NULL },
            { "--json", NULL, &json } };
        struct err err = { 0 };
        int argc = 0;

        strcpy(words, rows[i].words);
        for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
            argv[argc++] = word;
        if (options_read(&argc, argv, options, COUNT(options), rows[i].least, rows[i].most, &err)) {
            for (int k = 1; k < argc; k++)
                strcat(strcat(left, k > 1 ? " " : ""), argv[k]);
            row_text(rows[i].label, config, rows[i].config);
            row_text(rows[i].label, left, rows[i].left);
            row_number(rows[i].label, json, rows[i].json);
        }
        row_text(rows[i].label, err.text, rows[i].error);
        row_number(rows[i].label, err_exit_code(&err), *rows[i].error ? 64 : 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(reads_options) };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
