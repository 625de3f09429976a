#include "run/options.h"

#include <string.h>
#include <sysexits.h>

static const struct option_row *row_for(
    const char *word, const struct option_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(rows[i].name);

        if (strncmp(word, rows[i].name, len) == 0
            && (word[len] == '\0' || (word[len] == '=' && rows[i].value)))
            return &rows[i];
    }
    return NULL;
}

static bool usage(struct err *err, const char *command, const char *what, const char *word)
{
    return err_exit(err, ERR_RUN, EX_USAGE, "%s: %s%.60s; see meldpost %s --help", command, what,
        word, command);
}

bool options_read(int *argc, char **argv, const struct option_row *rows, size_t count, int least,
    int most, struct err *err)
{
    bool options = true;
    int kept = 1;

    for (int i = 1; i < *argc; i++) {
        const struct option_row *row;
        char *word = argv[i];

        if (!options || word[0] != '-' || word[1] == '\0') {
            argv[kept++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            options = false;
            continue;
        }
        row = row_for(word, rows, count);
        if (!row)
            return usage(err, argv[0], "there is no option ", word);
        if (row->flag)
            *row->flag = true;
        if (!row->value)
            continue;
        if (strchr(word, '='))
            *row->value = strchr(word, '=') + 1;
        else if (i + 1 < *argc)
            *row->value = argv[++i];
        else
            return usage(err, argv[0], "a value is missing after ", word);
    }
    *argc = kept;
    if (kept - 1 < least)
        return usage(err, argv[0], "an argument is missing", "");
    if (most >= 0 && kept - 1 > most)
        return usage(err, argv[0], "too many arguments: ", argv[most + 1]);
    return true;
}
