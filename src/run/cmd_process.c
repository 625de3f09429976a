#include "run/command.h"
#include "run/options.h"
#include "run/pass_process.h"

static bool run(int argc, char **argv, struct err *err)
{
    const char *config = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL } };
    struct process_result result;
    bool done;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err))
        return false;
    done = pass_process(config, &result, err);
    process_tell(&result, done);
    return done;
}

const struct command command_process = {
    .name = "process",
    .arguments = "[--config FILE]",
    .line = "open, read, redact and file the messages that were fetched",
    .help = "The second pass of meldpost run: needs the PGP key and no network. A message that\n"
            "cannot be read is put aside with its reason; the raw bytes stay sealed.\n",
    .options = "--config",
    .run = run,
};
