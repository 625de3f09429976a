#include "cases/ledger.h"

#include <string.h>

#include "cases/record.h"

#define TEXT(field)                                                                                \
    {                                                                                              \
#field, offsetof(struct ledger_entry, field), NULL, NULL, FIELD_TEXT, 0                    \
    }

static const struct field fields[]
    = { { "at", offsetof(struct ledger_entry, at), NULL, NULL, FIELD_TIME, 0 }, TEXT(by), TEXT(how),
          TEXT(number), TEXT(what), TEXT(text), TEXT(hash) };
static const struct record record = { sizeof(struct ledger_entry), fields, COUNT(fields) };

void ledger_add(struct txn *txn, const struct ledger_entry *entry)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct err err = { 0 };
    struct span json;

    if (record_to_json(&record, entry, arena, &json, &err))
        audit_add(txn, json);
    else
        txn_fail(txn, &err);
}

bool ledger_read(
    struct span bytes, struct arena *arena, struct ledger_entry *entry, struct err *err)
{
    return record_from_json(&record, bytes, true, arena, entry, err) || err_at(err, "audit");
}

struct walk {
    const char *number;
    ledger_each *each;
    void *context;
    struct arena *arena;
    struct err *err;
    bool stopped;
};

static bool walk_one(void *context, uint64_t number, struct span bytes)
{
    struct walk *walk = context;
    struct ledger_entry entry;

    arena_reset(walk->arena);
    if (!ledger_read(bytes, walk->arena, &entry, walk->err))
        walk->stopped = true;
    else if (!*walk->number || strcmp(walk->number, entry.number) == 0)
        walk->stopped = !walk->each(walk->context, number, &entry, walk->err);
    return !walk->stopped;
}

bool ledger_walk(
    struct txn *txn, const char *number, ledger_each *each, void *context, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct walk walk = { number, each, context, arena, err, false };

    return audit_walk(txn, 1, walk_one, &walk) && !walk.stopped;
}
