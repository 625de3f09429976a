#include "run/command.h"
#include "run/options.h"

#include "config/settings.h"
#include "run/log.h"
#include "run/pass_fetch.h"

static void tell(const struct fetch_result *result, bool done)
{
    uint64_t taken = result->fetched + result->heads;

    log_line(done ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING, "fetch", "",
        "%llu new messages, %llu bytes; %llu too large, %llu gone meanwhile, %llu marked or moved;"
        " %llu in the mailbox",
        (unsigned long long)taken, (unsigned long long)result->bytes,
        (unsigned long long)result->heads, (unsigned long long)result->gone,
        (unsigned long long)result->told, (unsigned long long)result->seen);
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    const char *config = NULL;
    bool dry_run = false, done;
    const struct option_row rows[] = {
        { "--config", &config, NULL },
        { "--dry-run", NULL, &dry_run },
    };
    struct settings settings;
    struct fetch_result result;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err)
        || !settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    done = pass_fetch(&settings, dry_run, &result, err);
    if (!dry_run && (done || result.seen > 0)) /* else it never came to the mailbox */
        tell(&result, done);
    return done;
}

const struct command command_fetch = {
    .name = "fetch",
    .arguments = "[--dry-run] [--config FILE]",
    .line = "bring new messages from the mailbox into the sealed vault",
    .help
    = "Takes what is new in the folders of the settings, seals it, and only then does what\n"
      "after_fetch says; without that setting the mailbox stays as it is. What is cut off\n"
      "goes on at the next run. No PGP key is used.\n"
      "\n"
      "  --dry-run      list what would be fetched: folder, UIDVALIDITY, UID, bytes, date;\n"
      "                 changes nothing here or there\n"
      "  --config FILE  settings, in place of /etc/meldpost/meldpost.conf\n"
      "\n"
      "Exit codes: 0 done; 69 the server declined something; 74 disk; 75 the server is down,\n"
      "or another run is active; 77 certificate or login refused; 78 settings.\n",
    .options = "--dry-run --config",
    .run = run,
};
