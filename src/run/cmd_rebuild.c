#include "run/command.h"
#include "run/options.h"
#include "run/replay.h"

#include <stdio.h>

static bool begin(struct office *office, struct rebuild_facts *log, struct err *err)
{
    struct store_options options = office_store_options(office, STORE_WRITE);
    struct seal_secrets secrets;
    bool done;

    if (!office_secrets(office, &secrets, err))
        return false;
    done = rebuild_begin(&options, &secrets, &office->store, log, err);
    seal_secrets_wipe(&secrets);
    return done;
}

static void tell_count(size_t count, const char *words)
{
    if (count)
        printf("%6zu  %s\n", count, words);
}

static void tell(const struct rebuild_facts *log, const struct replay_facts *facts)
{
    printf("A new index, from %llu audit records:\n", (unsigned long long)log->audit_records);
    tell_count(facts->cases, "cases");
    tell_count(facts->erased, "erased cases; their numbers are not used again");
    tell_count(facts->messages, "messages in their places");
    tell_count(facts->decisions, "decisions");
    tell_count(facts->letters, "letters, none of which is sent again");
    tell_count(facts->fresh, "messages that nobody has handled: work for the next run");
    if (log->audit_lost || facts->quiet || facts->unreadable || facts->gone || facts->damaged
        || facts->refused || facts->texts || facts->unknown)
        printf("Not restored, or in doubt (the log above says where):\n");
    tell_count((size_t)log->audit_lost, "audit records that cannot be read");
    tell_count(facts->quiet,
        "messages whose record may be among these: filed without a letter, see to them yourself");
    tell_count(facts->unreadable, "messages that cannot be read any more");
    tell_count(facts->gone, "messages that are not in the vault");
    tell_count(facts->damaged, "damaged files in the vault, left where they are");
    tell_count(facts->refused, "decisions");
    tell_count(facts->texts, "texts of notes, replies and edited copies");
    tell_count(facts->unknown, "letters of which nobody knows whether they went");
    printf("The old index is kept as index.damaged until the next run compacts.\n");
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(hall_close) struct hall hall = { 0 };
    AUTO(office_close) struct office office = { 0 };
    const char *config = NULL;
    const struct option_row rows[] = { { "--config", &config, NULL } };
    struct rebuild_facts log;
    struct replay_facts facts;
    struct desk desk;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err) || !hall_open(config, &hall, err)
        || !office_open(config, OFFICE_REPAIR, &office, err) || !desk_open(&office, &desk, err)
        || !begin(&office, &log, err))
        return false;
    hall.desk = &desk;
    if (!replay_all(&hall, &log, &facts, err)) {
        rebuild_drop(&office.store);
        return false;
    }
    if (!rebuild_end(&office.store, err))
        return false;
    tell(&log, &facts);
    return true;
}

const struct command command_rebuild = {
    .name = "rebuild",
    .arguments = "[--config FILE]",
    .line = "make a new index from the vault and the audit log",
    .help
    = "For an index that is lost or damaged (meldpost verify tells) when there is no backup. What\n"
      "the audit log tells is done once more, in its order and with its times: the same cases\n"
      "with the same numbers, each message in its case, decisions, terms from the first receipt.\n"
      "Nobody is written to. Erased cases stay erased. A message that no record tells of is work\n"
      "for the next run. The old index stays in place until the new one is whole.\n\n"
      "The audit log holds nothing personal, so what stood in the index alone is lost: texts of\n"
      "notes, letters and edited copies, reasons in your own words, names to be credited by (no\n"
      "credit is given then), letters that had not gone yet, and how often a pass has failed.\n"
      "Copies for the IBD whose end is not known are held: release them when they are missing.\n"
      "Decisions that came by mail are read from the mail again, with their texts.\n\n"
      "Where the audit log is damaged too, messages that may have been answered are filed without\n"
      "a letter, and the output says how many: see to these cases yourself.\n",
    .options = "--config",
    .run = run,
};
