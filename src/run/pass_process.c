#include "run/pass_process.h"

#include "base/date.h"
#include "run/daily.h"
#include "run/health.h"
#include "run/inbox.h"
#include "run/log.h"
#include "run/posting.h"
#include "run/progress.h"
#include "run/walk.h"

#include <stdio.h>
#include <string.h>

/* Which part of the run goes on after what happened to one message: the one place that decides. */
static bool handle(const struct hall *hall, const struct inbox_row *row,
    struct process_result *result, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct walk walk = walk_of(hall, row, arena);
    struct err trouble = { 0 };

    if (walk_take(&walk, &trouble)) {
        if (walk.filed.kind == KIND_DUPLICATE)
            result->duplicates++;
        else
            result->filed++;
        log_line(LOG_LEVEL_INFO, "process", row->vault, "filed as %s%s%s",
            case_kind_word(walk.filed.kind), walk.filed.number[0] ? " in " : "", walk.filed.number);
        return true;
    }
    switch (trouble.scope) {
    case ERR_MESSAGE:
        log_line(LOG_LEVEL_WARNING, "process", row->vault, "put aside: %s", trouble.text);
        result->aside++;
        return walk_aside(&walk, trouble.text, err);
    default:
        *err = trouble;
        return err_at(err, "%s", row->vault);
    }
}

static bool handle_all(const struct hall *hall, struct process_result *result, struct err *err)
{
    struct arena *arena = hall->desk->office->arena;
    struct txn *txn = txn_begin(hall->desk->office->store, TXN_READ);
    struct progress progress;
    struct inbox_row *rows;
    size_t count, i;

    inbox_list(txn, INBOX_NEW, arena, &rows, &count);
    if (!txn_end(&txn, err))
        return false;
    progress_start(&progress, "process", count);
    for (i = 0; i < count && handle(hall, &rows[i], result, err); i++)
        progress_step(&progress, i + 1);
    progress_end(&progress);
    result->waiting = (unsigned)(count - i);
    return i == count;
}

/* What came of letters since the last run, before anything new is decided. */
static bool settle(struct desk *desk, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(desk->office->store, TXN_WRITE);

    if (!posting_settle(desk, txn, arena, err)) {
        txn_drop(&txn);
        return false;
    }
    return txn_end(&txn, err);
}

static bool remind(struct desk *desk, struct process_result *result, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(desk->office->store, TXN_WRITE);
    size_t count;

    if (!posting_remind(desk, txn, arena, &count, err)) {
        txn_drop(&txn);
        return false;
    }
    result->reminders = (unsigned)count;
    return txn_end(&txn, err) && daily_queue(desk, true, arena, &result->digest, err);
}

static bool note_health(struct desk *desk, const struct process_result *result,
    const struct err *trouble, struct err *err)
{
    struct txn *txn = txn_begin(desk->office->store, TXN_WRITE);

    health_put(txn, "process", desk->office->now_s, result->filed + result->aside,
        result->filed + result->aside + result->duplicates + result->waiting, trouble);
    return txn_end(&txn, err);
}

bool pass_process(const char *config, struct process_result *result, struct err *err)
{
    AUTO(hall_close) struct hall hall = { 0 };
    AUTO(office_close) struct office office = { 0 };
    struct err noting = { 0 };
    struct desk desk;
    size_t erased;
    bool done;

    *result = (struct process_result) { 0 };
    if (!hall_open(config, &hall, err) || !office_open(config, OFFICE_WRITE, &office, err)
        || !desk_open(&office, &desk, err))
        return false;
    hall.desk = &desk;
    done = cabinet_sweep(office.store, &erased, err) && settle(&desk, err)
        && handle_all(&hall, result, err) && remind(&desk, result, err);
    if (!note_health(&desk, result, done ? NULL : err, &noting) && done) {
        *err = noting;
        return false;
    }
    return done;
}

void process_tell(const struct process_result *result, bool done)
{
    log_line(done ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING, "process", "",
        "%u filed, %u put aside, %u seen before, %u waiting; %u reminders%s", result->filed,
        result->aside, result->duplicates, result->waiting, result->reminders,
        result->digest ? ", the daily digest" : "");
}
