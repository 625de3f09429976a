#include "run/casework.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/date.h"

/* Who called sudo, else who we run as: the audit log names a person where it can. */
static const char *actor_name(struct arena *arena)
{
    const char *sudo = getenv("SUDO_USER");
    const struct passwd *user = getpwuid(getuid());

    if (sudo && *sudo && strspn(sudo, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(sudo))
        return arena_printf(arena, "%.32s", sudo);
    if (user)
        return arena_printf(arena, "%.32s", user->pw_name);
    return arena_printf(arena, "uid %u", (unsigned)getuid());
}

bool casework_open(const char *config, const char *language, enum office_mode mode,
    struct casework *work, struct err *err)
{
    if (language && strcmp(language, "nl") != 0 && strcmp(language, "en") != 0)
        return err_exit(err, ERR_RUN, EX_USAGE, "--language is nl or en");
    if (!office_open(config, mode, &work->office, err)
        || !desk_open(&work->office, &work->desk, err))
        return false;
    if (language)
        work->desk.filing.language = language;
    work->language = work->desk.filing.language;
    work->dutch = strcmp(work->language, "en") != 0;
    work->actor = actor_name(work->office.arena);
    return true;
}

void casework_close(struct casework *work)
{
    office_close(&work->office);
}

bool casework_read(struct casework *work, struct case_file *file, const char *what,
    const char *text, const char *hash, struct err *err)
{
    struct txn *txn = txn_begin(work->office.store, TXN_WRITE);

    if (*file->number && !file->first_read_at) {
        file->first_read_at = work->office.now_s;
        cabinet_put(txn, file, &work->desk.calendar, work->office.now_s, work->office.arena);
    }
    ledger_add(txn,
        &(struct ledger_entry) { .at = work->office.now_s,
            .by = work->actor,
            .how = "cli",
            .number = file->number,
            .what = what,
            .text = text,
            .hash = hash });
    return txn_end(&txn, err);
}

const char *casework_moment(int64_t at_s, struct arena *arena)
{
    struct date_civil c = date_civil_at(at_s);

    if (!at_s)
        return "-";
    return arena_printf(
        arena, "%02d-%02d-%04d %02d:%02d", c.day, c.month, c.year, c.hour, c.minute);
}

void casework_indent(const char *text, int columns)
{
    struct span rest = span_of(text), line;

    while (span_line(&rest, &line))
        printf("%*s%.*s\n", line.len ? columns : 0, "", (int)line.len, line.at);
}
