#include "run/command.h"
#include "run/crew.h"
#include "run/options.h"

#include "base/date.h"
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { MOST_BYTES = 128 * 1024 * 1024, ENGINE_S = 60, SHOWN_SUBJECT = 200 };

/* A home without keys, when none is named. */
struct home {
    char path[64];
};

static bool home_make(struct home *home, struct err *err)
{
    snprintf(home->path, sizeof home->path, "/tmp/meldpost-XXXXXX");
    if (mkdtemp(home->path))
        return true;
    home->path[0] = '\0';
    return err_exit(err, ERR_RUN, EX_CANTCREAT, "/tmp: %s", strerror(errno));
}

static void home_drop(struct home *home)
{
    if (home->path[0])
        rmdir(home->path);
}

struct inspection {
    char **files;
    bool as_json;
};

/* ---- for people ---- */

static void tell_list(const char *what, const struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        printf("%-12s%s\n", i ? "" : what, texts->at[i]);
}

static void tell_words(const struct message *message, struct arena *arena)
{
    struct texts flags = message_flag_words(message->flags, arena);

    printf("%-12sparse %s, crypt %s (%s), signature %s (%s)\n", "verdict",
        parse_word(message->parse), crypt_word(message->crypt), scope_word(message->scope),
        signature_word(message->signature), scope_word(message->signature_scope));
    if (*message->signer)
        printf("%-12s%s\n", "signer", message->signer);
    tell_list("", &message->signer_uids);
    for (size_t i = 0; i < flags.count; i++)
        printf("%s%s", i ? ", " : "flags       ", flags.at[i]);
    if (flags.count)
        putchar('\n');
}

static void tell_attachments(const struct message *message)
{
    for (size_t i = 0; i < message->attachment_count; i++) {
        const struct attachment *a = &message->attachments[i];

        printf("%-12s%s (%s, %zu bytes, crypt %s, signature %s)\n", i ? "" : "attached",
            *a->name ? a->name : "without a name", a->type, a->size, crypt_word(a->crypt),
            signature_word(a->signature));
    }
}

static void tell(const char *file, const struct message *message, struct arena *arena)
{
    char date[DATE_TEXT];

    printf("%s\n%s\n", file, message_sentence(message, CONTINUITY_NONE, "en"));
    tell_words(message, arena);
    tell_list("because", &message->reasons);
    tell_list("from", &message->from);
    tell_list("answer to", &message->reply_to);
    if (*message->subject)
        printf("%-12s%.*s\n", message->subject_inner ? "subject in" : "subject", SHOWN_SUBJECT,
            message->subject);
    if (message->date) {
        date_local(message->date, date);
        printf("%-12s%s\n", "date", date);
    }
    tell_attachments(message);
    tell_list("keys", &message->keys_attached);
    if (*message->text)
        printf(
            "\n%s%s", message->text, message->text[strlen(message->text) - 1] == '\n' ? "" : "\n");
    putchar('\n');
}

/* ---- one file ---- */

/* Nothing is known of it but why. */
static void unread(struct message *message, const char *why, struct arena *arena)
{
    message_empty(message);
    message->crypt = CRYPT_BROKEN;
    message->signature = SIGNATURE_NONE;
    texts_add(&message->reasons, arena, arena_text(arena, span_of(why)));
}

static bool load(void *ctx, size_t i, struct arena *arena, struct span *raw, struct err *why)
{
    struct inspection *inspection = ctx;

    return file_read(inspection->files[i], MOST_BYTES, arena, raw, why)
        || (why->scope = ERR_MESSAGE, false);
}

/*
 * Every file gets its line. A file that cannot be read or spoils its child says so there; only an
 * engine that does not work ends the command.
 */
static bool take(void *ctx, size_t i, struct arena *arena, const struct message *message,
    const struct err *why, struct err *err)
{
    struct inspection *inspection = ctx;
    struct message nothing;
    struct span line;

    if (!message) {
        unread(&nothing, why->text, arena);
        message = &nothing;
    }
    if (inspection->as_json) {
        line = message_to_json(message, inspection->files[i], arena);
        fwrite(line.at, 1, line.len, stdout);
        putchar('\n');
    } else {
        tell(inspection->files[i], message, arena);
    }
    if (why->scope == ERR_RUN)
        *err = *why;
    return why->scope != ERR_RUN;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(home_drop) struct home home = { "" };
    AUTO(crew_close) struct crew *crew = NULL;
    struct inspection inspection = { .files = argv + 1 };
    const char *gnupg_home = NULL;
    const struct option_row rows[] = { { "--json", NULL, &inspection.as_json },
        { "--gnupg-home", &gnupg_home, NULL } };
    struct pgp_options options = { .timeout_s = ENGINE_S,
        .largest_plain = jailed_limits_usual.plain_bytes };
    struct crew_errand errand = { .ctx = &inspection, .load = load, .take = take };

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, -1, err)
        || !crew_open(0, (size_t)argc - 1, &jailed_limits_usual, &crew, err)
        || (!gnupg_home && !home_make(&home, err)))
        return false;
    options.home = gnupg_home ? gnupg_home : home.path;
    options.foreign = gnupg_home != NULL;
    errand.count = (size_t)argc - 1;
    return crew_start(crew, &options, errand.count, err) && crew_run(crew, &errand, err);
}

const struct command command_inspect = {
    .name = "inspect",
    .arguments = "[--json] [--gnupg-home DIR] FILE.eml…",
    .line = "open mails as process does and tell what they are worth",
    .help
    = "Says of each mail what was encrypted, what a signature covers and whose it is, and why\n"
      "something is not plain good. Use it to find out why a message was put aside. Touches\n"
      "no store, no network, and of the key rings only that in DIR, which is only read.\n"
      "FILE may be - for standard input.\n\n"
      "  --json            one JSON object a line for each file, also for unreadable ones\n"
      "  --gnupg-home DIR  the GnuPG home with the keys; the options in it do not count.\n"
      "                    Without it there are no keys. Secret keys need to be without a\n"
      "                    passphrase.\n",
    .options = "--json --gnupg-home",
    .run = run,
};
