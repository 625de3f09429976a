#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"

#include <stdio.h>

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL } };
    struct case_file file;
    struct span json;
    struct txn *txn;
    bool found;

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, 1, err)
        || !casework_open(config, NULL, OFFICE_WRITE, &work, err))
        return false;
    txn = txn_begin(work.office.store, TXN_READ);
    found = cabinet_find(txn, argv[1], work.office.arena, &file, err);
    txn_drop(&txn);
    if (!found || !casework_read(&work, &file, "exported", "the whole record", "", err)
        || !case_to_json(&file, work.office.arena, &json, err))
        return false;
    printf("%.*s\n", (int)json.len, json.at);
    return true;
}

const struct command command_export = {
    .name = "export",
    .arguments = "CASE > case.json",
    .line = "write all that is known of a case as JSON, with who reported it",
    .help
    = "For the archive, or when a researcher asks what is kept (AVG article 15). It holds\n"
      "personal data in the plain: keep it accordingly. Originals are not in it (meldpost open).\n"
      "Who asked is written to the audit log.\n",
    .options = "--config",
    .run = run,
};
