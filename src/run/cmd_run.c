#include "run/command.h"
#include "run/options.h"
#include "run/pass_process.h"

#include "config/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

extern const struct command command_fetch, command_process, command_send;

/* After the three passes, so that the cases know at once what has left. Not a command: the next
 * process pass does it anyway. */
static bool run_settle(int argc, char **argv, struct err *err)
{
    (void)argc;
    return pass_settle(argv[2], err);
}

static const struct command settle = { .name = "settle", .run = run_settle };

static const struct command *const passes[] = { &command_fetch, &command_process, &command_send,
    &settle };

/* In the child: the pass as the command of that name does it. */
static _Noreturn void run_pass(const struct command *pass, const char *config)
{
    char name[16], option[] = "--config", path[4096];
    char *argv[] = { name, option, path, NULL };
    struct err err = { 0 };
    bool done;

    snprintf(name, sizeof name, "%s", pass->name);
    snprintf(path, sizeof path, "%s", config);
    done = pass->run(3, argv, &err);
    fflush(stdout);
    if (!done)
        fprintf(stderr, "meldpost: %s: %s\n", pass->name, err.text);
    _exit(done ? err.exit_code : err_exit_code(&err));
}

/* A process of its own for each pass, so that none of them ever holds what is another's: the PGP
 * key never meets the network. Gives the exit code. */
static int run_apart(const struct command *pass, const char *config, struct err *err)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        run_pass(pass, config);
    if (child < 0)
        return err_exit(err, ERR_RUN, EX_OSERR, "%s: %s", pass->name, strerror(errno)), EX_OSERR;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return EX_OSERR;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

static bool run(int argc, char **argv, struct err *err)
{
    const char *config = SETTINGS_FILE;
    const struct option_row rows[] = { { "--config", &config, NULL } };
    int worst = 0;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err))
        return false;
    /* A pass that fails does not keep the next one: what is in the vault can be filed while the
     * mailbox is out, and letters can leave. Wrong settings would only be told three times. */
    for (size_t i = 0; i < COUNT(passes); i++) {
        int code = run_apart(passes[i], config, err);

        if (code && !worst)
            worst = code;
        if (code == EX_CONFIG)
            break;
    }
    err->exit_code = worst;
    return true;
}

const struct command command_run = {
    .name = "run",
    .arguments = "[--config FILE]",
    .line = "fetch, process and send, once",
    .help
    = "The three passes one after the other, each in a process of its own: fetch has the\n"
      "network and no PGP key, process the PGP key and no password, send the network and no\n"
      "PGP key. Ends with the exit code of the first pass that failed, else 0. Under systemd\n"
      "each pass is a unit of its own; see man meldpost, SERVICE.\n",
    .options = "--config",
    .run = run,
};
