#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"
#include "run/terminal.h"
#include "run/walk.h"

#include "store/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
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

/* As process reads it: in a jail that was started before any secret was read. */
static bool read_text(struct casework *work, struct jail *jail, const struct jailed_limits *limits,
    struct span raw, struct span *text, struct err *err)
{
    struct arena *arena = work->office.arena;
    struct buf buf = { .arena = arena };
    struct message message;

    if (!jailed_read(jail, work->office.pgp, limits, raw, arena, &message, err))
        return err_at(err, "open");
    buf_printf(&buf, "%s\n", message_sentence(&message, CONTINUITY_NONE, work->language));
    for (size_t i = 0; i < message.reasons.count; i++)
        buf_printf(&buf, "- %s\n", message.reasons.at[i]);
    buf_printf(&buf, "\n%s\n\n%s", message.subject, message.text);
    for (size_t i = 0; i < message.attachment_count; i++) {
        const struct attachment *one = &message.attachments[i];

        buf_printf(&buf, "\n--- %s, %s, %zu bytes, sha256 %s\n", *one->name ? one->name : "-",
            one->type, one->size, one->sha256);
        if (one->text)
            buf_text(&buf, one->text);
    }
    if (buf.at[buf.len - 1] != '\n')
        buf_char(&buf, '\n');
    *text = span_of(terminal_safe(buf_span(&buf), arena));
    return true;
}

static bool start_jail(
    const char *config, struct jailed_limits *limits, struct jail **jail, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings;

    if (!settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    *limits = hall_limits(&settings);
    return jailed_start(limits, jail, err);
}

/* A message of a case, or by its id one that is in none. */
static bool find_message(struct casework *work, const char *typed, const char *which,
    struct case_file *file, const char **vault, const char **log_text, const char **hash,
    struct err *err)
{
    AUTO(txn_drop) struct txn *txn = txn_begin(work->office.store, TXN_READ);
    const struct case_message *message;
    struct cabinet_message loose;

    if (!which && cabinet_message(txn, typed, work->office.arena, &loose) && !*loose.number) {
        case_empty(file);
        *vault = loose.vault;
        *log_text = arena_printf(work->office.arena, "the original of %s, in no case", typed);
        *hash = "";
        return true;
    }
    if (!cabinet_find(txn, typed, work->office.arena, file, err))
        return false;
    message = message_of(file, which, err);
    if (!message)
        return false;
    *vault = message->vault;
    *hash = message->hash;
    *log_text = arena_printf(work->office.arena, "the original of message %zu",
        (size_t)(message - file->messages.at) + 1);
    return true;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(jail_close) struct jail *jail = NULL;
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL, *language = NULL, *which = NULL, *output = NULL, *vault, *text,
               *hash;
    bool as_text = false;
    const struct option_row rows[] = { { "--config", &config, NULL },
        { "--language", &language, NULL }, { "--message", &which, NULL },
        { "--output", &output, NULL }, { "--text", NULL, &as_text } };
    struct jailed_limits limits;
    struct case_file file;
    struct vault_facts facts;
    struct span bytes;

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, 1, err))
        return false;
    if (!as_text && !output && isatty(STDOUT_FILENO))
        return err_exit(err, ERR_RUN, EX_USAGE,
            "what strangers wrote does not belong on a terminal: name a file with --output, or ask "
            "for --text");
    if (as_text && !start_jail(config, &limits, &jail, err))
        return false;
    /* Who looks at an original, and when, stands in the log before it is shown. */
    return casework_open(config, language, OFFICE_WRITE, &work, err)
        && find_message(&work, argv[1], which, &file, &vault, &text, &hash, err)
        && vault_read(work.office.store, vault,
            (size_t)work.office.settings.max_message_mb * 1024 * 1024, work.office.arena, &bytes,
            &facts, err)
        && casework_read(&work, &file, "opened", text, hash, err)
        && (!as_text || read_text(&work, jail, &limits, bytes, &bytes, err))
        && write_out(output, bytes, err);
}

const struct command command_open = {
    .name = "open",
    .arguments = "CASE|ID [--text] [--message N] [--output FILE]",
    .line = "take an original message out of the vault",
    .help
    = "The mail as it came, still encrypted if it came so: a mail program that has the\n"
      "mailbox key opens it. With --text it is decrypted here. Who asked is written to the\n"
      "audit log. ID is that of a message in no case, as the digest gives it for what was put\n"
      "aside.\n\n"
      "  --text          what is to be read in it, decrypted, with what the signature proves;\n"
      "                  safe on a terminal. It names people\n"
      "  --message N     the N-th of the case, as meldpost show numbers them; else the first\n"
      "  --output FILE   a new file, mode 0600; else standard output (the mail itself only if\n"
      "                  that is no terminal)\n"
      "  --language nl|en\n",
    .options = CASEWORK_OPTIONS " --text --message --output",
    .run = run,
};
