#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"

#include "store/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"

static const struct case_message *message_of(
    const struct case_file *file, const char *which, struct err *err)
{
    size_t number = which ? strtoul(which, NULL, 10) : 1;

    if (number >= 1 && number <= file->messages.count && *file->messages.at[number - 1].vault)
        return &file->messages.at[number - 1];
    err_exit(err, ERR_RUN, EX_USAGE, "--message is a number from 1 to %zu; see meldpost show %s",
        file->messages.count, file->number);
    return NULL;
}

/* Who looked at an original, and when, stands in the log before it is shown. */
static bool note(struct casework *work, struct case_file *file, const struct case_message *message,
    struct err *err)
{
    struct txn *txn = txn_begin(work->office.store, TXN_WRITE);

    if (!file->first_read_at)
        file->first_read_at = work->office.now_s;
    cabinet_put(txn, file, &work->desk.calendar, work->office.now_s, work->office.arena);
    ledger_add(txn,
        &(struct ledger_entry) { .at = work->office.now_s,
            .by = work->actor,
            .how = "cli",
            .number = file->number,
            .what = "opened",
            .text = arena_printf(work->office.arena, "the original of message %zu",
                (size_t)(message - file->messages.at) + 1),
            .hash = message->hash });
    return txn_end(&txn, err);
}

static bool write_out(const char *path, struct span bytes, struct err *err)
{
    AUTO(file_close_fd) int fd = -1;

    if (path)
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (path && fd < 0)
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", path, strerror(errno));
    if (!file_write_all(path ? fd : STDOUT_FILENO, bytes))
        return err_exit(
            err, ERR_RUN, EX_IOERR, "%s: %s", path ? path : "standard output", strerror(errno));
    return true;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL, *which = NULL, *output = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL }, { "--message", &which, NULL },
        { "--output", &output, NULL } };
    const struct case_message *message;
    struct case_file file;
    struct vault_facts facts;
    struct span raw;
    struct txn *txn;
    bool found;

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, 1, err))
        return false;
    if (!output && isatty(STDOUT_FILENO))
        return err_exit(err, ERR_RUN, EX_USAGE,
            "what strangers wrote does not belong on a terminal: name a file with --output");
    if (!casework_open(config, NULL, OFFICE_WRITE, &work, err))
        return false;
    txn = txn_begin(work.office.store, TXN_READ);
    found = cabinet_find(txn, argv[1], work.office.arena, &file, err);
    txn_drop(&txn);
    return found && (message = message_of(&file, which, err))
        && vault_read(work.office.store, message->vault,
            (size_t)work.office.settings.max_message_mb * 1024 * 1024, work.office.arena, &raw,
            &facts, err)
        && note(&work, &file, message, err) && write_out(output, raw, err);
}

const struct command command_open = {
    .name = "open",
    .arguments = "CASE [--message N] [--output FILE]",
    .line = "take an original message out of the vault",
    .help
    = "The mail as it came, still encrypted if it came so: a mail program that has the\n"
      "mailbox key opens it. Who asked is written to the audit log.\n\n"
      "  --message N     the N-th of the case, as meldpost show numbers them; else the first\n"
      "  --output FILE   a new file, mode 0600; else standard output, if that is no terminal\n",
    .options = "--config --message --output",
    .run = run,
};
