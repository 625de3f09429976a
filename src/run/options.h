/* options.h - the words after a command: options by a table, the rest as arguments. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/err.h"

struct option_row {
    const char *name; /* "--config" */
    const char **value; /* where its value goes ("--config FILE" or "--config=FILE"), or NULL */
    bool *flag; /* set to true when it is there, or NULL */
};

/*
 * Takes the options of the rows out of argv and leaves the arguments as argv[1] to argv[*argc - 1].
 * "--" ends the options; a lone "-" is an argument. Fails with ERR_RUN, EX_USAGE for an unknown
 * option, a missing value, or fewer or more arguments than allowed (most < 0: any number).
 */
bool options_read(int *argc, char **argv, const struct option_row *rows, size_t count, int least,
    int most, struct err *err) MUST_USE;

#endif
