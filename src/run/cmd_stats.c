#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"

#include "base/date.h"
#include "cases/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { MONTHS_MOST = 120 };

struct span_wish {
    int year, month, count; /* month 0: the whole year; count months, ending with it */
};

static bool number_of(const char *text, size_t digits, int *number)
{
    if (strlen(text) < digits || strspn(text, "0123456789") < digits)
        return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++)
        *number = *number * 10 + text[i] - '0';
    return true;
}

static bool parse(const char *month, const char *year, const char *months, int64_t now_s,
    struct span_wish *wish, struct err *err)
{
    struct date_civil today = date_civil_at(now_s);

    *wish = (struct span_wish) { today.year, today.month, 1 };
    if (month
        && (strlen(month) != 7 || month[4] != '-' || !number_of(month, 4, &wish->year)
            || !number_of(month + 5, 2, &wish->month) || wish->month < 1 || wish->month > 12))
        return err_exit(err, ERR_RUN, EX_USAGE, "--month takes a month as 2026-11");
    if (year) {
        wish->month = 0;
        if (strlen(year) != 4 || !number_of(year, 4, &wish->year))
            return err_exit(err, ERR_RUN, EX_USAGE, "--year takes a year as 2026");
    }
    if (months) {
        wish->count = atoi(months);
        if (wish->month == 0 || wish->count < 1 || wish->count > MONTHS_MOST)
            return err_exit(
                err, ERR_RUN, EX_USAGE, "--months takes a number from 1 to 120, without --year");
    }
    return true;
}

static bool print(
    struct casework *work, const struct span_wish *wish, bool as_json, struct err *err)
{
    struct arena *arena = work->office.arena;
    struct txn *txn = txn_begin(work->office.store, TXN_READ);
    struct figures *figures = arena_array(arena, (size_t)wish->count, sizeof *figures);
    struct case_stub *stubs;
    struct span json;
    size_t count;

    cabinet_stubs(txn, arena, &stubs, &count);
    if (!txn_end(&txn, err))
        return false;
    for (int i = 0; i < wish->count; i++) {
        int64_t from_s, to_s;
        int month = wish->month - (wish->count - 1 - i), year = wish->year;

        for (; wish->month && month < 1; month += 12)
            year--;
        figures_span(year, month, &from_s, &to_s);
        figures_count(stubs, count, from_s, to_s, work->office.now_s, arena, &figures[i]);
    }
    if (as_json) {
        if (!figures_json(figures, (size_t)wish->count, arena, &json, err))
            return false;
        printf("%.*s\n", (int)json.len, json.at);
        return true;
    }
    for (int i = 0; i < wish->count; i++)
        printf("%s%s", i ? "\n" : "", figures_text(&figures[i], work->language, arena));
    return true;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL, *language = NULL, *month = NULL, *year = NULL, *months = NULL;
    bool as_json = false;
    const struct option_row rows[] = { { "--config", &config, NULL },
        { "--language", &language, NULL }, { "--months", &months, NULL },
        { "--month", &month, NULL }, { "--year", &year, NULL }, { "--json", NULL, &as_json } };
    struct span_wish wish;

    return options_read(&argc, argv, rows, COUNT(rows), 0, 0, err)
        && parse(month, year, months, date_now(), &wish, err)
        && casework_open(config, language, OFFICE_READ, &work, err)
        && print(&work, &wish, as_json, err);
}

const struct command command_stats = {
    .name = "stats",
    .arguments = "[--month YYYY-MM | --year YYYY] [--months N] [--json]",
    .line = "the figures of a month: reports, terms kept, breaches, fixes",
    .help = "Of this month, unless another or a year is named. Erased cases count. No name is in\n"
            "it.\n\n"
            "  --months N   the N months that end with it, oldest first\n"
            "  --json       {\"months\": [{\"from_s\": …, \"to_s\": …, \"received\": …, …}]}\n",
    .options = CASEWORK_OPTIONS " --month --year --months --json",
    .run = run,
};
