#include "run/command.h"
#include "run/office.h"
#include "run/options.h"

#include "cases/cabinet.h"
#include "store/verify.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { MOST_SHOWN = 10000 };

/* Findings are kept until the walk is over: which case they are about needs an open store. */
struct kept {
    struct arena *arena;
    struct verify_finding *at;
    size_t count;
    bool harm;
};

static void keep(void *context, const struct verify_finding *finding)
{
    struct kept *kept = context;

    kept->harm = kept->harm || verify_is_harm(finding->kind);
    if (kept->count == MOST_SHOWN)
        return;
    if ((kept->count & (kept->count - 1)) == 0)
        kept->at = arena_grow(kept->arena, kept->at, kept->count * sizeof *kept->at,
            (kept->count ? kept->count * 2 : 1) * sizeof *kept->at);
    kept->at[kept->count++] = (struct verify_finding) { finding->kind,
        arena_text(kept->arena, span_of(finding->place)),
        arena_text(kept->arena, span_of(finding->key)),
        arena_text(kept->arena, span_of(finding->case_mark)),
        arena_text(kept->arena, span_of(finding->words)) };
}

/* The cases of a store that can still be opened, to name them; none of one that cannot. */
struct names {
    struct store *store;
    struct arena *arena;
    struct case_stub *stubs;
    size_t count;
};

static void names_open(struct names *names, const struct store_options *options,
    const struct seal_secrets *secrets, struct arena *arena)
{
    struct err ignored = { 0 };
    struct txn *txn;

    *names = (struct names) { .arena = arena };
    if (!store_open(options, &names->store, &ignored)
        || !store_unlock(names->store, secrets, &ignored)) {
        store_close(&names->store);
        return;
    }
    txn = txn_begin(names->store, TXN_READ);
    cabinet_stubs(txn, arena, &names->stubs, &names->count);
    if (!txn_end(&txn, &ignored))
        names->count = 0;
}

static const char *case_of_vault(const struct names *names, const char *vault)
{
    struct txn *txn = txn_begin(names->store, TXN_READ);
    struct cabinet_message message;
    const char *number = cabinet_message(txn, vault, names->arena, &message) ? message.number : "";

    txn_drop(&txn);
    return number;
}

/* The number of the case that a finding is about, where it can be told; "" otherwise. */
static const char *case_of(const struct names *names, const struct verify_finding *finding)
{
    char mark[VERIFY_MARK];

    if (!names->store)
        return "";
    if (finding->kind == VERIFY_VAULT_DAMAGED || finding->kind == VERIFY_VAULT_LOST)
        return case_of_vault(names, finding->place);
    for (size_t i = 0; i < names->count; i++) {
        struct span number = span_of(names->stubs[i].number);

        verify_case_mark(names->store, number, mark);
        if (strcmp(mark, finding->case_mark) == 0)
            return names->stubs[i].number;
        verify_mark(names->store, TABLE_CASES, number, mark);
        if (strcmp(mark, finding->key) == 0)
            return names->stubs[i].number;
    }
    return "";
}

static void tell(const struct verify_finding *finding, const char *number, bool as_json)
{
    bool harm = verify_is_harm(finding->kind);
    json_t *line;

    if (as_json) {
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

static bool verify(
    struct office *office, const struct seal_secrets *secrets, bool as_json, struct err *err)
{
    struct store_options options = office_store_options(office, STORE_READ);
    struct kept kept = { .arena = office->arena };
    struct verify_totals totals;
    struct names names;

    if (!verify_store(&options, secrets, keep, &kept, &totals, err))
        return false;
    names_open(&names, &options, secrets, office->arena);
    for (size_t i = 0; i < kept.count; i++)
        tell(&kept.at[i], case_of(&names, &kept.at[i]), as_json);
    store_close(&names.store);
    if (!as_json)
        printf("%llu values, %llu raw messages (%llu bytes), %llu audit records: %s\n",
            (unsigned long long)totals.values, (unsigned long long)totals.vault_files,
            (unsigned long long)totals.vault_bytes, (unsigned long long)totals.audit_records,
            kept.harm ? "DAMAGED; put a backup in its place, or: meldpost rebuild" : "sound");
    err->exit_code = kept.harm ? EX_IOERR : 0;
    return true;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(office_close) struct office office = { 0 };
    const char *config = NULL;
    bool as_json = false, done;
    const struct option_row rows[] = { { "--config", &config, NULL },
        { "--json", NULL, &as_json } };
    struct seal_secrets secrets;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err)
        || !office_open(config, OFFICE_KEYS, &office, err)
        || !office_secrets(&office, &secrets, err))
        return false;
    done = verify(&office, &secrets, as_json, err);
    seal_secrets_wipe(&secrets);
    return done;
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
