/* command.h - one row for each command of the program. */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/err.h"

struct command {
    const char *name; /* "redact" */
    const char *arguments; /* "[--json-lines] < report.txt" */
    const char *line; /* what it does, in one line */
    const char *help; /* what --help shows after that: options, examples */
    const char *options; /* long options for tab completion, blank between: "--json --explain" */
    /*
     * argv[0] is the command's name. Prints to standard output, complains through *err.
     * Gives false when it failed; main prints the error and exits with its code. A command that
     * worked but has to end with another code gives true and sets err->exit_code alone.
     */
    bool (*run)(int argc, char **argv, struct err *err);
};

/* All commands, in the order of --help; ends with a row without a name. */
extern const struct command *const commands[];

#endif
