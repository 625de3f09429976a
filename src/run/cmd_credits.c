#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"

#include "cases/consent.h"

#include <stdio.h>

/* Each case in its own arena: only the names that may be told stay longer than a moment. */
static bool print_all(struct casework *work, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(work->office.store, TXN_READ);
    struct case_stub *stubs;
    size_t count, named = 0;

    cabinet_stubs(txn, work->office.arena, &stubs, &count);
    for (size_t i = 0; i < count; i++) {
        struct case_file file;

        arena_reset(arena);
        if (!cabinet_get(txn, stubs[i].number, arena, &file) || !consent_credit(&file))
            continue;
        named++;
        printf("%s  %-18s  %s\n", file.number, case_state_name(file.state, work->language),
            consent_credit(&file));
    }
    if (!named && !txn_failed(txn))
        puts(work->dutch ? "Niemand gaf toestemming om genoemd te worden."
                         : "Nobody gave consent to be named.");
    return txn_end(&txn, err);
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL, *language = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL },
        { "--language", &language, NULL } };

    return options_read(&argc, argv, rows, COUNT(rows), 0, 0, err)
        && casework_open(config, language, OFFICE_READ, &work, err) && print_all(&work, err);
}

const struct command command_credits = {
    .name = "credits",
    .arguments = "[--language nl|en]",
    .line = "list who may be named as a discoverer",
    .help = "Only those who gave consent for it (meldpost consent CASE credit yes …), under the\n"
            "name that they asked for. Not in the list is: not to be named.\n",
    .options = CASEWORK_OPTIONS,
    .run = run,
};
