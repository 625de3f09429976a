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

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, 1, err)
        || !casework_open(config, NULL, OFFICE_WRITE, &work, err))
        return false;
    txn = txn_begin(work.office.store, TXN_WRITE);
    if (!cabinet_find(txn, argv[1], work.office.arena, &file, err)
        || !case_to_json(&file, work.office.arena, &json, err)) {
        txn_drop(&txn);
        return false;
    }
    ledger_add(txn,
        &(struct ledger_entry) { .at = work.office.now_s,
            .by = work.actor,
            .how = "cli",
            .number = file.number,
            .what = "exported",
            .text = "the whole record",
            .hash = "" });
    if (!txn_end(&txn, err))
        return false;
    printf("%.*s\n", (int)json.len, json.at);
    return true;
}

const struct command command_export = {
    .name = "export",
    .arguments = "CASE > case.json",
    .line = "write all that is known of a case as JSON, with who reported it",
    .help
    = "For the archive, or when the researcher asks what is kept of him (AVG article 15). It "
      "holds\n"
      "personal data in the plain: keep it accordingly. Originals are not in it (meldpost open).\n"
      "Who asked is written to the audit log.\n",
    .options = "--config",
    .run = run,
};
