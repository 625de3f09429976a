#include "run/command.h"
#include "run/options.h"

#include "letters/letters.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static bool run(int argc, char **argv, struct err *err)
{
    if (!options_read(&argc, argv, NULL, 0, 0, 1, err))
        return false;
    for (size_t i = 0; i < letters_count(); i++) {
        if (argc == 1)
            puts(letters_file(i));
        if (argc == 2 && strcmp(argv[1], letters_file(i)) == 0) {
            fputs(letters_default(i), stdout);
            return true;
        }
    }
    return argc == 1
        || err_exit(err, ERR_RUN, EX_USAGE,
            "there is no letter '%s'; meldpost letters lists them all", argv[1]);
}

const struct command command_letters = {
    .name = "letters",
    .arguments = "[KIND.LANGUAGE.txt]",
    .line = "list the letter texts, or show one, to change it",
    .help
    = "The texts that come with the program. To use your own, put a changed copy under the same\n"
      "name in a folder and name that folder in the settings: letters = "
      "\"/etc/meldpost/letters\".\n"
      "\n"
      "  {case}                     the value of that name; each letter has its own list\n"
      "  {if missing} ... {end}     only when there is such a value; {if not missing} when not\n"
      "  - text                     an item of a list\n"
      "  \\ at the end of a line     the line ends here; others are joined to a paragraph\n"
      "\n"
      "meldpost check names file and line of what is wrong in them.\n"
      "\n"
      "Example:\n"
      "  meldpost letters fixed.nl.txt > /etc/meldpost/letters/fixed.nl.txt\n",
    .options = "",
    .run = run,
};
