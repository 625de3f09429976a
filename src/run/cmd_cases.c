#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct wish {
    const char *config, *language, *state, *sort;
    bool open, overdue, json;
};

/* The running clock that ends first; CLOCK_KINDS when none runs. */
static int first_clock(const struct case_stub *stub)
{
    int first = CLOCK_KINDS;

    for (int kind = 0; kind < CLOCK_KINDS; kind++)
        if (stub->clocks[kind].state == CLOCK_RUNNING
            && (first == CLOCK_KINDS || stub->clocks[kind].due_at < stub->clocks[first].due_at))
            first = kind;
    return first;
}

static int64_t due_of(const struct case_stub *stub)
{
    int first = first_clock(stub);

    return first == CLOCK_KINDS ? INT64_MAX : stub->clocks[first].due_at;
}

static int by_due(const void *a, const void *b)
{
    int64_t left = due_of(a), right = due_of(b);

    return (left > right) - (left < right);
}

static int by_received(const void *a, const void *b)
{
    const struct case_stub *left = a, *right = b;

    return (left->received_at > right->received_at) - (left->received_at < right->received_at);
}

static int by_changed(const void *a, const void *b) /* the newest first */
{
    const struct case_stub *left = a, *right = b;

    return (left->changed_at < right->changed_at) - (left->changed_at > right->changed_at);
}

static const struct {
    const char *word;
    int (*compare)(const void *, const void *); /* NULL: as they come, by number */
} sorts[] = { { "number", NULL }, { "due", by_due }, { "received", by_received },
    { "changed", by_changed } };

static bool is_wanted(
    const struct wish *wish, enum case_state state, const struct case_stub *stub, int64_t now_s)
{
    if (wish->state && stub->state != state)
        return false;
    if (wish->open && !case_is_open(stub->state))
        return false;
    return !wish->overdue || due_of(stub) < now_s;
}

static bool print_json(const struct case_stub *stub, struct arena *arena, struct err *err)
{
    struct span json;

    if (!stub_to_json(stub, arena, &json, err))
        return false;
    printf("%.*s\n", (int)json.len, json.at);
    return true;
}

static void print_line(
    const struct casework *work, const struct case_stub *stub, struct arena *arena)
{
    int first = first_clock(stub);
    const char *left = first == CLOCK_KINDS
        ? ""
        : clock_left(stub->clocks[first].due_at, work->office.now_s, work->language, arena);

    printf("%-15s  %-18s  %-16s  %-10s  %s%s%s\n", stub->number,
        case_state_name(stub->state, work->language), casework_moment(stub->received_at, arena),
        *stub->severity ? stub->severity : "-",
        first == CLOCK_KINDS ? "" : clock_name((enum clock_kind)first, work->language),
        first == CLOCK_KINDS ? "" : ": ", left);
}

static bool list(struct casework *work, const struct wish *wish, enum case_state state,
    int (*compare)(const void *, const void *), struct err *err)
{
    struct arena *arena = work->office.arena;
    struct txn *txn = txn_begin(work->office.store, TXN_READ);
    struct case_stub *stubs;
    size_t count, shown = 0;

    cabinet_stubs(txn, arena, &stubs, &count);
    if (!txn_end(&txn, err))
        return false;
    if (compare)
        qsort(stubs, count, sizeof *stubs, compare);
    for (size_t i = 0; i < count; i++) {
        if (!is_wanted(wish, state, &stubs[i], work->office.now_s))
            continue;
        shown++;
        if (!wish->json)
            print_line(work, &stubs[i], arena);
        else if (!print_json(&stubs[i], arena, err))
            return false;
    }
    if (!shown && !wish->json)
        puts(work->dutch ? "Geen zaken." : "No cases.");
    return true;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    struct wish wish = { .sort = "number" };
    const struct option_row rows[] = { { "--config", &wish.config, NULL },
        { "--language", &wish.language, NULL }, { "--state", &wish.state, NULL },
        { "--sort", &wish.sort, NULL }, { "--open", NULL, &wish.open },
        { "--overdue", NULL, &wish.overdue }, { "--json", NULL, &wish.json } };
    enum case_state state = CASE_RECEIVED;
    size_t sort = 0;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err))
        return false;
    if (wish.state && !case_state_of(wish.state, &state))
        return err_exit(err, ERR_RUN, EX_USAGE,
            "--state: there is no state '%.30s'; see meldpost cases --help", wish.state);
    while (sort < COUNT(sorts) && strcmp(sorts[sort].word, wish.sort) != 0)
        sort++;
    if (sort == COUNT(sorts))
        return err_exit(err, ERR_RUN, EX_USAGE, "--sort is number, due, received or changed");
    return casework_open(wish.config, wish.language, OFFICE_READ, &work, err)
        && list(&work, &wish, state, sorts[sort].compare, err);
}

const struct command command_cases = {
    .name = "cases",
    .arguments = "[--open] [--overdue] [--state STATE] [--sort ORDER] [--json]",
    .line = "list the cases, with the clock that ends first",
    .help = "  --open         without those that ended\n"
            "  --overdue      only those with a clock that is over\n"
            "  --state STATE  received, triage, confirmed, fixing, fixed, disclosed, closed,\n"
            "                 not_reproduced, duplicate, out_of_scope, not_a_report, erased\n"
            "  --sort ORDER   number (as it is), due, received, changed\n"
            "  --json         one object a line\n"
            "  --language nl|en, --config FILE\n\n"
            "No personal data is shown.\n",
    .options = CASEWORK_OPTIONS " --open --overdue --state --sort --json",
    .run = run,
};
