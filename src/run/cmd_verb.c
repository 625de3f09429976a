#include "run/casework.h"
#include "run/command.h"
#include "run/forget.h"
#include "run/options.h"
#include "run/posting.h"
#include "run/strays.h"

#include "base/buf.h"
#include "base/file.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistr.h>

/* The commands for the verbs: one for all, told apart by its name. */

enum { TEXT_MOST = 256 * 1024 };

static bool is_text(struct span span)
{
    return u8_check((const uint8_t *)span.at, span.len) == NULL;
}

static bool read_words(int argc, char **argv, const struct verb *verb, struct arena *arena,
    struct span *arguments, struct span *text, struct err *err)
{
    struct buf buf = { .arena = arena };
    int last = argc;

    *text = SPAN("");
    if (verb->takes_text) {
        if (argc != 3)
            return err_exit(err, ERR_RUN, EX_USAGE,
                "%s takes a case and a file (- is standard input)", verb->name);
        if (!file_read(argv[2], TEXT_MOST, arena, text, err))
            return false;
        last = 2;
    }
    for (int i = 2; i < last; i++) {
        buf_text(&buf, buf.len ? " " : "");
        buf_text(&buf, argv[i]);
    }
    *arguments = buf_span(&buf);
    if (!is_text(*arguments) || !is_text(*text))
        return err_exit(err, ERR_RUN, EX_DATAERR, "%s: the text is not UTF-8", verb->name);
    return true;
}

/* What the refusal of a verb means on a command line: the command was wrong, not the setup. */
static bool refused(const char *number, struct err *err)
{
    int exit_code = err_exit_code(err);

    err_at(err, "%s", number);
    err->scope = ERR_RUN;
    err->exit_code = exit_code;
    return false;
}

static bool decide(struct casework *work, const struct verb *verb, const char *typed,
    struct span arguments, struct span text, struct verb_done *done, struct err *err)
{
    struct txn *txn = txn_begin(work->office.store, TXN_WRITE);
    struct verb_act act = { .arena = work->office.arena,
        .calendar = &work->desk.calendar,
        .terms = &work->desk.terms,
        .now_s = work->office.now_s,
        .by = work->actor,
        .how = "cli",
        .language = work->language,
        .have = cabinet_have,
        .context = txn };
    struct case_file file;

    if (!cabinet_find(txn, typed, work->office.arena, &file, err)) {
        txn_drop(&txn);
        return false;
    }
    if (!cabinet_decide(txn, file.number, verb, &act, arguments, text, done, err)
        || !posting_do(&work->desk, txn, &done->effects, NULL, work->office.arena, err)) {
        txn_drop(&txn);
        return refused(file.number, err);
    }
    if (!txn_end(&txn, err))
        return false;
    printf("%s: %s\n", file.number, done->answer);
    return true;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL, *language = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL },
        { "--language", &language, NULL } };
    const struct verb *verb = verb_named(span_of(argv[0]));
    struct verb_done done = { 0 };
    struct span arguments = SPAN(""), text = SPAN("");
    size_t erased, taken;

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, -1, err)
        || !casework_open(config, language, OFFICE_WRITE, &work, err)
        || !read_words(argc, argv, verb, work.office.arena, &arguments, &text, err)
        || !decide(&work, verb, argv[1], arguments, text, &done, err))
        return false;
    for (size_t i = 0; i < done.effects.count; i++)
        if (done.effects.at[i].kind == EFFECT_ERASE)
            return strays_take(work.office.store, true, &taken, err)
                && strays_drop_erased(&work.desk, err)
                && cabinet_sweep(work.office.store, &erased, err) && forget_keys(&work.office, err);
    return true;
}

#define HELP                                                                                       \
    "A decision on a case, written to the audit log. The same line without 'meldpost', case\n"     \
    "first (ABC-2026-0001 confirm), does it in a mail to the mailbox that is signed by the "       \
    "CISO's\n"                                                                                     \
    "key.\n\n"                                                                                     \
    "  --language nl|en, --config FILE\n"

#define VERB(verb, words, nl, en, takes_text, states)                                              \
    const struct command command_##verb = { .name = #verb,                                         \
        .arguments = "CASE " words,                                                                \
        .line = en,                                                                                \
        .help = HELP,                                                                              \
        .options = CASEWORK_OPTIONS,                                                               \
        .run = run };
#include "cases/verbs.def"
#undef VERB
