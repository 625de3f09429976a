#include "run/command.h"
#include "run/options.h"

#include "config/settings.h"
#include "run/office.h"
#include "store/backup.h"

#include <stdio.h>

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    const char *config = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL } };
    struct store_options options = { .mode = STORE_READ, .schema = OFFICE_SCHEMA };
    AUTO(store_close) struct store *store = NULL;
    struct settings settings;
    struct backup_totals totals;

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, 1, err)
        || !settings_read(config ? config : SETTINGS_FILE, arena, &settings, err))
        return false;
    options.dir = settings.state;
    if (!store_open(&options, &store, err) || !backup_store(store, argv[1], &totals, err))
        return false;
    printf("%s: a whole copy of the store (%llu new messages, %llu kept, %llu erased)\n", argv[1],
        (unsigned long long)totals.copied, (unsigned long long)totals.kept,
        (unsigned long long)totals.removed);
    return true;
}

const struct command command_backup = {
    .name = "backup",
    .arguments = "[--config FILE] FOLDER",
    .line = "copy the store to a folder while it is in use",
    .help
    = "The copy is sealed as the store is, and consistent whatever a run does meanwhile. The\n"
      "folder is absent, empty, or an earlier copy, which is then brought up to date. To\n"
      "restore, put the copy in the place of the state directory. No key is needed.\n",
    .options = "--config",
    .run = run,
};
