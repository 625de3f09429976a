#include "run/command.h"
#include "run/office.h"
#include "run/options.h"

#include "cases/cabinet.h"
#include "store/verify.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* What the walk over the store found, told as it is found. */
struct telling {
    struct store *store;
    struct arena *arena;
    struct case_stub *stubs; /* of all cases that can still be read */
    size_t count;
    bool json, harm;
};

/* The number of the case that a finding is about, where its mark tells; "" otherwise. */
static const char *case_of(const struct telling *telling, const struct verify_finding *finding)
{
    char mark[VERIFY_MARK];

    for (size_t i = 0; i < telling->count; i++) {
        struct span number = span_of(telling->stubs[i].number);

        if (finding->case_mark[0]) {
            verify_case_mark(telling->store, number, mark);
            if (strcmp(mark, finding->case_mark) == 0)
                return telling->stubs[i].number;
        }
        if (finding->key[0] && finding->kind == VERIFY_VALUE) {
            verify_mark(telling->store, TABLE_CASES, number, mark);
            if (strcmp(mark, finding->key) == 0)
                return telling->stubs[i].number;
        }
    }
    return "";
}

/* Of a damaged raw message: the case that it was filed in. */
static const char *case_of_vault(const struct telling *telling, const char *vault)
{
    struct txn *txn = txn_begin(telling->store, TXN_READ);
    struct cabinet_message message;
    const char *number = cabinet_message(txn, vault, telling->arena, &message) ? message.number
                                                                               : "";

    txn_drop(&txn);
    return number;
}

static void tell(void *context, const struct verify_finding *finding)
{
    struct telling *telling = context;
    bool harm = verify_is_harm(finding->kind);
    const char *number = case_of(telling, finding);
    json_t *line;

    if (!*number && (finding->kind == VERIFY_VAULT_DAMAGED || finding->kind == VERIFY_VAULT_LOST))
        number = case_of_vault(telling, finding->place);
    telling->harm = telling->harm || harm;
    if (telling->json) {
        line = json_pack("{s:b, s:s, s:s, s:s, s:s}", "harm", harm, "place", finding->place, "key",
            finding->key, "case", number, "words", finding->words);
        json_dumpf(line, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(line);
        return;
    }
    printf("%s: %s%s%s: %s%s%s\n", harm ? "DAMAGE" : "note", finding->place,
        *finding->key ? " " : "", finding->key, finding->words, *number ? "; case " : "", number);
}

static bool load_cases(struct telling *telling)
{
    struct txn *txn = txn_begin(telling->store, TXN_READ);
    struct err ignored = { 0 };

    cabinet_stubs(txn, telling->arena, &telling->stubs, &telling->count);
    return txn_end(&txn, &ignored);
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(office_close) struct office office = { 0 };
    const char *config = NULL;
    struct telling telling = { 0 };
    const struct option_row rows[] = { { "--config", &config, NULL },
        { "--json", NULL, &telling.json } };
    struct verify_totals totals;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err)
        || !office_open(config, OFFICE_READ, &office, err))
        return false;
    telling.store = office.store;
    telling.arena = office.arena;
    if (!load_cases(&telling))
        telling.count = 0; /* the walk tells why; it only cannot name the cases */
    if (!verify_store(office.store, tell, &telling, &totals, err))
        return false;
    if (!telling.json)
        printf("%llu values, %llu raw messages (%llu bytes), %llu audit records: %s\n",
            (unsigned long long)totals.values, (unsigned long long)totals.vault_files,
            (unsigned long long)totals.vault_bytes, (unsigned long long)totals.audit_records,
            telling.harm ? "DAMAGED; put a backup in its place, or: meldpost rebuild" : "sound");
    err->exit_code = telling.harm ? EX_IOERR : 0;
    return true;
}

const struct command command_verify = {
    .name = "verify",
    .arguments = "[--json] [--config FILE]",
    .line = "check every seal, the audit log and all references of the store",
    .help = "Reads everything that the store keeps and tells what is wrong where, with the case\n"
            "that it belongs to. Changes nothing; may run beside a run. Ends with 74 when\n"
            "something is damaged.\n\n"
            "  --json  one JSON object a line for each finding\n",
    .options = "--json --config",
    .run = run,
};
