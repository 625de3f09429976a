#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"

#include "cases/worksheet.h"

#include <stdio.h>

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL;
    bool line = false;
    const struct option_row rows[] = { { "--config", &config, NULL },
        { "--register", NULL, &line } };
    const struct settings *settings = &work.office.settings;
    struct worksheet_house house;
    struct case_file file;
    struct txn *txn;
    bool found;

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, 1, err)
        || !casework_open(config, NULL, OFFICE_READ, &work, err))
        return false;
    txn = txn_begin(work.office.store, TXN_READ);
    found = cabinet_find(txn, argv[1], work.office.arena, &file, err);
    txn_drop(&txn);
    if (!found)
        return false;
    house = (struct worksheet_house) { .municipality = settings->municipality,
        .ciso_title = settings->ciso_title,
        .telephone = settings->telephone,
        .office = &settings->office,
        .own_domains = &settings->own_domains };
    if (line)
        printf("%s\n%s\n", worksheet_register_head(),
            worksheet_register(&file, &house, work.office.arena));
    else
        fputs(worksheet_text(&file, &house, work.office.now_s, work.office.arena), stdout);
    return true;
}

const struct command command_worksheet = {
    .name = "worksheet",
    .arguments = "CASE [--register]",
    .line = "print what the web form of the AP asks for a data breach",
    .help
    = "In Dutch, in the order of AVG article 33(3) and of the form of the Autoriteit\n"
      "Persoonsgegevens, filled in as far as the case knows, with the moments of awareness and\n"
      "the time left. Nothing about the researcher is in it. It is never sent by the program.\n\n"
      "  --register   only the line for the internal register of article 33(5)\n",
    .options = "--config --register",
    .run = run,
};
