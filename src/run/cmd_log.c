#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct printing {
    struct arena *arena;
    size_t lines;
};

static bool print_entry(
    void *context, uint64_t number, const struct ledger_entry *entry, struct err *err)
{
    struct printing *printing = context;

    (void)err;
    arena_reset(printing->arena);
    printf("%6llu  %s  %-14s  %s (%s)  %s  %s\n", (unsigned long long)number,
        casework_moment(entry->at, printing->arena), *entry->number ? entry->number : "-",
        entry->by, entry->how, entry->what, entry->text);
    printing->lines++;
    return true;
}

/* A number as a person types it; an erased case has a log too. */
static const char *number_of(const char *typed, struct arena *arena, struct err *err)
{
    char *number = arena_text(arena, span_trim(span_of(typed)));

    for (char *c = number; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    if (case_number_valid(span_of(number)))
        return number;
    err_exit(err, ERR_RUN, EX_USAGE, "'%.40s' is no case number", typed);
    return NULL;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    AUTO(arena_free) struct arena *arena = arena_new();
    struct printing printing = { arena, 0 };
    const char *config = NULL, *number = "";
    const struct option_row rows[] = { { "--config", &config, NULL } };
    struct txn *txn;
    bool walked;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 1, err)
        || !casework_open(config, NULL, OFFICE_READ, &work, err))
        return false;
    if (argc > 1 && !(number = number_of(argv[1], work.office.arena, err)))
        return false;
    txn = txn_begin(work.office.store, TXN_READ);
    walked = ledger_walk(txn, number, print_entry, &printing, err);
    if (!txn_end(&txn, err) || !walked)
        return false;
    if (!printing.lines && *number)
        return err_exit(err, ERR_RUN, EX_DATAERR, "nothing is logged of %s", number);
    return true;
}

const struct command command_log = {
    .name = "log",
    .arguments = "[CASE]",
    .line = "print the audit log, of one case or of all",
    .help
    = "Who did what and when, in order. The chain of the log is checked on the way: a record\n"
      "that was changed or taken out ends it with an error. Erased cases keep their log.\n",
    .options = "--config",
    .run = run,
};
