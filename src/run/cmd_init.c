#include "run/command.h"
#include "run/office.h"
#include "run/options.h"

#include <stdio.h>

static bool run(int argc, char **argv, struct err *err)
{
    const char *config = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL } };

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err) || !office_init(config, err))
        return false;
    puts("The store is there. Next: meldpost check");
    return true;
}

const struct command command_init = {
    .name = "init",
    .arguments = "[--config FILE]",
    .line = "make the store of a mailbox, once",
    .help = "Makes the state directory with an empty store. Its keys are encrypted to mailbox_key\n"
            "and recovery_key, which must be in gnupg_home before. A store that is there already\n"
            "is left alone, and that is an error (exit 78).\n",
    .options = "--config",
    .run = run,
};
