#include "run/command.h"
#include "run/manual.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define VERSION "0.1.0"

static void help(void)
{
    puts("meldpost: handles the PGP mailbox for reports of security holes\n\n"
         "usage: meldpost COMMAND [OPTION…] [ARGUMENT…]\n");
    for (size_t i = 0; commands[i]; i++)
        printf("  %-12s %s\n", commands[i]->name, commands[i]->line);
    puts("\nmeldpost COMMAND --help tells more of one command; man meldpost tells all.\n"
         "Settings: /etc/meldpost/meldpost.conf, or --config FILE after the command.\n"
         "Exit codes are those of sysexits.h: 0 done, 64 wrong usage, 65 bad input, 74 disk,\n"
         "75 try later, 77 refused, 78 settings.");
}

static void help_of(const struct command *command)
{
    printf("meldpost %s: %s\n\nusage: meldpost %s %s\n", command->name, command->line,
        command->name, command->arguments);
    if (*command->help)
        printf("\n%s", command->help);
}

static const struct command *command_named(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* For the completion script: the names of the commands, or the options of one. */
static int complete(const char *name)
{
    const struct command *command = name ? command_named(name) : NULL;

    if (command)
        printf("%s --help\n", command->options);
    for (size_t i = 0; !name && commands[i]; i++)
        puts(commands[i]->name);
    return EX_OK;
}

/* No core file and no debugger: plain text of messages is in memory. A dead peer is an error of
 * that read or write, not of the program. Nothing of ours is for others to read. */
static void harden(void)
{
    signal(SIGPIPE, SIG_IGN);
    setrlimit(RLIMIT_CORE, &(struct rlimit) { 0, 0 });
    prctl(PR_SET_DUMPABLE, 0);
    umask(077);
}

/* A descriptor from 0 to 2 that was closed would be given to the next file that is opened: plain
 * text meant for standard output would be written into the store. What stands there instead cannot
 * be used either, so that reading and writing fail as they should. */
static bool keep_standard(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0
            && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

/* For make install: a chapter of the man pages. */
static int manual(const char *chapter)
{
    struct err err = { 0 };

    if (!manual_print(chapter, &err))
        fprintf(stderr, "meldpost: %s\n", err.text);
    return err_exit_code(&err);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct err err = { 0 };
    bool done = command->run(argc, argv, &err);

    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "meldpost: standard output: %s\n", strerror(errno));
        return EX_IOERR;
    }
    if (!done)
        fprintf(stderr, "meldpost: %s\n", err.text);
    return done ? err.exit_code : err_exit_code(&err);
}

int main(int argc, char **argv)
{
    const struct command *command;

    if (!keep_standard())
        return EX_OSERR;
    harden();
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0
        || strcmp(argv[1], "help") == 0) {
        command = argc > 2 ? command_named(argv[2]) : NULL;
        command ? help_of(command) : help();
        return argc < 2 ? EX_USAGE : EX_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("meldpost " VERSION);
        return EX_OK;
    }
    if (strcmp(argv[1], "--complete") == 0)
        return complete(argc > 2 ? argv[2] : NULL);
    if (strcmp(argv[1], "--manual") == 0)
        return manual(argc > 2 ? argv[2] : "");
    command = command_named(argv[1]);
    if (!command) {
        fprintf(
            stderr, "meldpost: there is no command '%.40s'; meldpost --help lists them\n", argv[1]);
        return EX_USAGE;
    }
    if (asks_help(argc - 1, argv + 1)) {
        help_of(command);
        return EX_OK;
    }
    return run(command, argc - 1, argv + 1);
}
