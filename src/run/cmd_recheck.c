#include "run/command.h"
#include "run/options.h"
#include "run/pass_process.h"

#include <stdio.h>

static bool run(int argc, char **argv, struct err *err)
{
    const char *config = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL } };
    struct recheck_result result;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 1, err)
        || !pass_recheck(config, argc > 1 ? argv[1] : "", &result, err))
        return false;
    printf("%zu opened again, %zu with another verdict now\n", result.looked, result.changed);
    return true;
}

const struct command command_recheck = {
    .name = "recheck",
    .arguments = "[CASE] [--config FILE]",
    .line = "check signatures again whose key was not known",
    .help
    = "Messages whose signature could not be checked for want of the key are opened once more,\n"
      "in one case or in all. Verdict and sentence in the case become those of now, and the\n"
      "audit log tells so; no letter goes out, and orders in old mail are not carried out.\n"
      "Each run does the same by itself once the key ring has changed.\n"
      "\n"
      "Example:\n"
      "  gpg --homedir /var/lib/meldpost/gnupg --import researcher.asc && meldpost recheck\n",
    .options = "--config",
    .run = run,
};
