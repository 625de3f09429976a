#include "run/manual.h"

#include "config/settings.h"
#include "run/command.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* A text in a man page: no line starts with a macro, no backslash is an escape. */
static void put(const char *text)
{
    bool start = true;

    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
        start = *text == '\n';
    }
}

static void put_command(const struct command *command)
{
    fputs(".TP\n\\fB", stdout);
    put(command->name);
    fputs("\\fR ", stdout);
    put(command->arguments);
    putchar('\n');
    put(command->line);
    puts(".");
    if (*command->help) {
        fputs(".IP\n.nf\n", stdout);
        put(command->help);
        puts(".fi");
    }
}

bool manual_print(const char *chapter, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span rows;

    if (strcmp(chapter, "commands") == 0) {
        for (size_t i = 0; commands[i]; i++)
            put_command(commands[i]);
        return true;
    }
    if (strcmp(chapter, "settings") == 0) {
        rows = settings_manual(arena);
        fwrite(rows.at, 1, rows.len, stdout);
        return true;
    }
    return err_exit(err, ERR_RUN, EX_USAGE, "--manual: commands or settings");
}
