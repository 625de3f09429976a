#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"
#include "run/terminal.h"

#include "base/fold.h"

#include <stdio.h>
#include <sysexits.h>

enum { AROUND = 40 };

/* A byte offset moved to the start of a UTF-8 character, towards at. */
static size_t whole_from(struct span text, size_t from, size_t at)
{
    while (from < at && ((unsigned char)text.at[from] & 0xc0) == 0x80)
        from++;
    return from;
}

static size_t whole_to(struct span text, size_t to)
{
    while (to < text.len && ((unsigned char)text.at[to] & 0xc0) == 0x80)
        to++;
    return to;
}

static void print_hit(const char *number, size_t message, struct span text, size_t from, size_t to,
    struct arena *arena)
{
    size_t start = whole_from(text, from > AROUND ? from - AROUND : 0, from);
    size_t end = to + AROUND < text.len ? whole_to(text, to + AROUND) : text.len;
    char *shown = arena_text(arena, span_part(text, start, end));

    for (char *c = shown; *c; c++)
        if (*c == '\n' || *c == '\r' || *c == '\t')
            *c = ' ';
    printf("%s  %2zu  %s%s%s\n", number, message, start ? "…" : "",
        terminal_safe(span_of(shown), arena), end < text.len ? "…" : "");
}

static size_t find_in(
    const char *number, size_t message, const char *shown, struct span word, struct arena *arena)
{
    struct folded folded = fold_text(span_of(shown), arena);
    size_t hits = 0, at = 0, from, to;

    while (fold_find(&folded, word, &at, &from, &to)) {
        print_hit(number, message, span_of(shown), from, to, arena);
        hits++;
    }
    return hits;
}

static bool find(struct casework *work, const char *word, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(work->office.store, TXN_READ);
    struct span folded = fold_text(span_of(word), work->office.arena).text;
    struct case_stub *stubs;
    size_t count, hits = 0;

    cabinet_stubs(txn, work->office.arena, &stubs, &count);
    for (size_t i = 0; i < count; i++) {
        struct case_file file;

        arena_reset(arena);
        if (!cabinet_get(txn, stubs[i].number, arena, &file))
            continue;
        for (size_t k = 0; k < file.messages.count; k++) {
            hits += find_in(file.number, k + 1, file.messages.at[k].subject, folded, arena);
            hits += find_in(file.number, k + 1, file.messages.at[k].redacted, folded, arena);
        }
    }
    if (!txn_end(&txn, err))
        return false;
    if (!hits)
        err->exit_code = 1; /* as grep: nothing found is no failure of the program */
    return true;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL } };

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, 1, err))
        return false;
    if (!span_trim(span_of(argv[1])).len)
        return err_exit(err, ERR_RUN, EX_USAGE, "find: the word is empty");
    return casework_open(config, NULL, OFFICE_READ, &work, err) && find(&work, argv[1], err);
}

const struct command command_find = {
    .name = "find",
    .arguments = "WORD",
    .line = "search the redacted texts of all cases",
    .help
    = "Prints case, number of the message, and the words around. Capitals, accents and ligatures\n"
      "make no difference: een finds Eén, ijs finds Ĳs. Ends with 1 when nothing was found.\n"
      "Originals are not searched.\n",
    .options = "--config",
    .run = run,
};
