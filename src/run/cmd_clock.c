#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"

#include <stdio.h>

static void explain(const struct casework *work, const struct case_file *file)
{
    bool any = false;

    printf("%s\n", file->number);
    for (int kind = 0; kind < CLOCK_KINDS; kind++) {
        const struct clock *clock = &file->clocks[kind];

        if (clock->state == CLOCK_IDLE)
            continue;
        any = true;
        printf("\n%s\n", clock_name((enum clock_kind)kind, work->language));
        casework_indent(clock_explain(clock, (enum clock_kind)kind, &work->desk.calendar,
                            work->office.now_s, work->language, work->office.arena),
            2);
    }
    if (!any)
        puts(work->dutch ? "Geen termijnen." : "No terms.");
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL, *language = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL },
        { "--language", &language, NULL } };
    struct case_file file;
    struct txn *txn;
    bool found;

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, 1, err)
        || !casework_open(config, language, OFFICE_READ, &work, err))
        return false;
    txn = txn_begin(work.office.store, TXN_READ);
    found = cabinet_find(txn, argv[1], work.office.arena, &file, err);
    txn_drop(&txn);
    if (found)
        explain(&work, &file);
    return found;
}

const struct command command_clock = {
    .name = "clock",
    .arguments = "CASE [--language nl|en]",
    .line = "explain in words when each term of a case ends, and why",
    .help
    = "For each clock: what it is for, what it counts from, which days do not count and why,\n"
      "when it ends, and the rule with its source.\n",
    .options = CASEWORK_OPTIONS,
    .run = run,
};
