#include "run/command.h"
#include "run/log.h"
#include "run/options.h"
#include "run/pass_send.h"

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    const char *config = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL } };
    struct settings settings;
    struct send_result result;
    bool done;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err)
        || !settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    done = pass_send(&settings, &result, err);
    log_line(done ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING, "send", "",
        "%llu letters due: %llu sent, %llu to be tried later, %llu refused",
        (unsigned long long)result.due, (unsigned long long)result.sent,
        (unsigned long long)result.later, (unsigned long long)result.refused);
    return done;
}

const struct command command_send = {
    .name = "send",
    .arguments = "[--config FILE]",
    .line = "send the letters that wait in the outbox",
    .help
    = "Hands each letter that is due to the mail server of the settings (or to sendmail) and "
      "notes\n"
      "what became of it. A letter counts as sent only after the server has said so; one that was\n"
      "cut off is sent again with the same Message-ID. What the server puts off is tried again\n"
      "after 5 minutes, then at growing distances for five days. What it refuses stands in the\n"
      "CISO's digest. No PGP key is used.\n"
      "\n"
      "  --config FILE  settings, in place of /etc/meldpost/meldpost.conf\n"
      "\n"
      "Exit codes: 0 done; 74 disk; 75 the server is down, or another run is active;\n"
      "77 certificate or login refused; 78 settings.\n",
    .options = "--config",
    .run = run,
};
