#include "outbox/queue.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/hash.h"
#include "store/random.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GIVE_UP_S = 5 * 24 * 3600, /* RFC 5321, 4.5.4.1: four to five days */
    LARGEST_ROW = 64 * 1024,
};

static const char *const words[] = {
    [QUEUE_WAITS] = "queued",
    [QUEUE_SENDING] = "sending",
    [QUEUE_LATER] = "later",
    [QUEUE_REFUSED] = "refused",
    [QUEUE_SENT] = "sent",
};

const char *queue_word(enum queue_state state)
{
    return words[state];
}

static bool state_of(const char *word, enum queue_state *state)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (word && strcmp(word, words[i]) == 0) {
            *state = (enum queue_state)i;
            return true;
        }
    return false;
}

const char *queue_message_id(const char *mailbox, int64_t now_s, struct arena *arena)
{
    const char *at = strrchr(mailbox, '@');
    char id[RANDOM_ID];

    random_id(id);
    return arena_printf(arena, "%lld.%s@%s", (long long)now_s, id, at ? at + 1 : mailbox);
}

static void release_json(json_t **json)
{
    json_decref(*json);
}

/* One line of JSON with its texts as they are; what is not UTF-8 is a mistake of ours. */
static struct span json_line(json_t *json, struct arena *arena)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);
    struct span line;

    assert(text);
    line = arena_copy(arena, span_of(text));
    explicit_bzero(text, strlen(text));
    free(text);
    return line;
}

static const char *text_of(json_t *json, const char *name, struct arena *arena)
{
    const char *text = json_string_value(json_object_get(json, name));

    return text ? arena_text(arena, span_of(text)) : NULL;
}

static struct span record_json(const struct queue_record *record, struct arena *arena)
{
    AUTO(release_json)
    json_t *json = json_pack("{ss ss ss ss ss sI sI ss si si}", "kind", record->kind, "number",
        record->number, "party", record->party, "message_id", record->message_id, "sha256",
        record->sha256, "queued_at", (json_int_t)record->queued_at, "ended_at",
        (json_int_t)record->ended_at, "state", words[record->state], "tries", record->tries, "code",
        record->code);

    assert(json);
    return json_line(json, arena);
}

static bool record_read(
    struct span id, struct span value, struct arena *arena, struct queue_record *record)
{
    AUTO(release_json) json_t *json = json_loadb(value.at, value.len, 0, NULL);
    const char *state = json_string_value(json_object_get(json, "state"));

    *record = (struct queue_record) {
        .id = arena_text(arena, id),
        .kind = text_of(json, "kind", arena),
        .number = text_of(json, "number", arena),
        .party = text_of(json, "party", arena),
        .message_id = text_of(json, "message_id", arena),
        .sha256 = text_of(json, "sha256", arena),
        .queued_at = json_integer_value(json_object_get(json, "queued_at")),
        .ended_at = json_integer_value(json_object_get(json, "ended_at")),
        .tries = (int)json_integer_value(json_object_get(json, "tries")),
        .code = (int)json_integer_value(json_object_get(json, "code")),
    };
    return state_of(state, &record->state) && record->kind && record->number && record->party
        && record->message_id && record->sha256;
}

/* A line of JSON for the envelope, then the bytes of the mail. */
static struct span letter_bytes(const struct queue_letter *letter, struct arena *arena)
{
    AUTO(release_json)
    json_t *json = json_pack("{ss ss ss ss ss ss sI}", "kind", letter->kind, "number",
        letter->number, "party", letter->party, "message_id", letter->message_id, "from",
        letter->from, "to", letter->to, "queued_at", (json_int_t)letter->queued_at);
    struct buf buf = { .arena = arena };

    assert(json);
    buf_add(&buf, json_line(json, arena));
    buf_char(&buf, '\n');
    buf_add(&buf, letter->bytes);
    return buf_span(&buf);
}

static bool letter_read(struct span plain, struct arena *arena, struct queue_letter *letter)
{
    size_t end = span_find_char(plain, '\n', 0);
    AUTO(release_json)
    json_t *json = end < LARGEST_ROW ? json_loadb(plain.at, end, 0, NULL) : NULL;

    *letter = (struct queue_letter) {
        .kind = text_of(json, "kind", arena),
        .number = text_of(json, "number", arena),
        .party = text_of(json, "party", arena),
        .message_id = text_of(json, "message_id", arena),
        .from = text_of(json, "from", arena),
        .to = text_of(json, "to", arena),
        .queued_at = json_integer_value(json_object_get(json, "queued_at")),
    };
    if (!letter->kind || !letter->number || !letter->party || !letter->message_id || !letter->from
        || !letter->to)
        return false;
    letter->bytes = span_part(plain, end + 1, plain.len);
    return true;
}

bool queue_seal(struct store *store, struct queue_letter *letter, struct arena *arena,
    struct queue_sealed *sealed, struct err *err)
{
    char sha256[HASH_SHA256_HEX], random[RANDOM_ID];
    struct queue_record record = { .kind = letter->kind,
        .number = letter->number,
        .party = letter->party,
        .message_id = letter->message_id,
        .sha256 = sha256,
        .queued_at = letter->queued_at };

    assert(letter->queued_at >= 0);
    random_id(random);
    hash_sha256(letter->bytes, sha256);
    snprintf(letter->id, sizeof letter->id, "%016lld-%.28s", (long long)letter->queued_at, random);
    memcpy(sealed->id, letter->id, sizeof sealed->id);
    sealed->queued_at = letter->queued_at;
    sealed->row = record_json(&record, arena);
    return seal_to_outbox(store, letter_bytes(letter, arena), arena, &sealed->letter, err);
}

void queue_mark(struct txn *txn, const struct queue_delivery *delivery)
{
    char row[160];

    snprintf(row, sizeof row, "%s %d %lld %lld %lld %d", words[delivery->state], delivery->tries,
        (long long)delivery->queued_at, (long long)delivery->changed_at,
        (long long)delivery->next_try_at, delivery->code);
    txn_put(txn, TABLE_DELIVERY, span_of(delivery->id), span_of(row));
}

void queue_put(struct txn *txn, const struct queue_sealed *sealed)
{
    struct queue_delivery delivery = { .state = QUEUE_WAITS,
        .queued_at = sealed->queued_at,
        .changed_at = sealed->queued_at,
        .next_try_at = sealed->queued_at };

    memcpy(delivery.id, sealed->id, sizeof delivery.id);
    txn_put(txn, TABLE_OUTBOX, span_of(sealed->id), sealed->letter);
    txn_put(txn, TABLE_LETTERS, span_of(sealed->id), sealed->row);
    queue_mark(txn, &delivery);
}

static bool delivery_read(
    struct span key, struct span value, struct arena *arena, struct queue_delivery *delivery)
{
    long long queued, changed, next;
    char word[16];

    *delivery = (struct queue_delivery) { 0 };
    if (key.len >= sizeof delivery->id
        || sscanf(arena_text(arena, value), "%15s %d %lld %lld %lld %d", word, &delivery->tries,
               &queued, &changed, &next, &delivery->code)
            != 6)
        return false;
    memcpy(delivery->id, key.at, key.len);
    delivery->queued_at = queued;
    delivery->changed_at = changed;
    delivery->next_try_at = next;
    return state_of(word, &delivery->state);
}

static void damaged(struct txn *txn, const char *table)
{
    struct err err = { 0 };

    err_set(&err, ERR_RUN,
        "index: table %s: a row that this program cannot have written; run:"
        " meldpost verify",
        table);
    txn_fail(txn, &err);
}

void queue_list(
    struct txn *txn, struct arena *arena, struct queue_delivery **deliveries, size_t *count)
{
    struct txn_rows rows = txn_rows(txn, TABLE_DELIVERY, (struct span) { 0 });
    struct span key, value;
    size_t room = 0;

    *deliveries = NULL;
    *count = 0;
    while (txn_next(&rows, arena, &key, &value)) {
        if (*count == room) {
            size_t size = room * sizeof **deliveries;

            room = room ? 2 * room : 16;
            *deliveries = arena_grow(arena, *deliveries, size, room * sizeof **deliveries);
        }
        if (!delivery_read(key, value, arena, *deliveries + *count)) {
            damaged(txn, "delivery");
            return;
        }
        ++*count;
    }
}

bool queue_due(const struct queue_delivery *delivery, int64_t now_s)
{
    switch (delivery->state) {
    case QUEUE_WAITS:
    case QUEUE_SENDING:
        return true;
    case QUEUE_LATER:
        return delivery->next_try_at <= now_s;
    case QUEUE_REFUSED:
    case QUEUE_SENT:
        break;
    }
    return false;
}

struct queue_delivery queue_after(
    const struct queue_delivery *delivery, const struct delivery_answer *answer, int64_t now_s)
{
    /* Soon at first: greylisting asks for some minutes. */
    static const int wait_minutes[] = { 5, 15, 30, 60, 120, 240, 480 };
    struct queue_delivery after = *delivery;
    size_t step = (size_t)(after.tries > 0 ? after.tries - 1 : 0);

    if (step >= COUNT(wait_minutes))
        step = COUNT(wait_minutes) - 1;
    after.changed_at = now_s;
    after.code = answer->code;
    after.next_try_at = 0;
    if (answer->delivery == DELIVERY_SENT) {
        after.state = QUEUE_SENT;
    } else if (answer->delivery == DELIVERY_REFUSED || now_s - after.queued_at >= GIVE_UP_S) {
        after.state = QUEUE_REFUSED;
    } else {
        after.state = QUEUE_LATER;
        after.next_try_at = now_s + 60 * (int64_t)wait_minutes[step];
    }
    return after;
}

bool queue_open(struct store *store, struct txn *txn, const char *id, struct arena *arena,
    struct queue_letter *letter, struct err *err)
{
    struct span sealed, plain;

    if (!txn_get(txn, TABLE_OUTBOX, span_of(id), arena, &sealed))
        return err_set(err, ERR_MESSAGE, "letter %s: not in the outbox", id);
    if (!seal_from_outbox(store, sealed, arena, &plain, err))
        return err_at(err, "letter %s", id);
    if (!letter_read(plain, arena, letter))
        return err_set(err, ERR_MESSAGE, "letter %s: not as this program writes it", id);
    snprintf(letter->id, sizeof letter->id, "%s", id);
    return true;
}

static struct queue_record *add_record(
    struct arena *arena, struct queue_record **records, size_t *count)
{
    size_t size = *count * sizeof **records;

    *records = arena_grow(arena, *records, size, size + sizeof **records);
    return *records + (*count)++;
}

static void settle_one(struct txn *txn, const struct queue_delivery *delivery, struct arena *arena,
    struct queue_record **records, size_t *count)
{
    struct span id = arena_copy(arena, span_of(delivery->id)), value;
    struct queue_record record;

    if (!txn_get(txn, TABLE_LETTERS, id, arena, &value))
        return; /* of an erased case */
    if (!record_read(id, value, arena, &record)) {
        damaged(txn, "letters");
        return;
    }
    record.state = delivery->state;
    record.ended_at = delivery->changed_at;
    record.tries = delivery->tries;
    record.code = delivery->code;
    txn_put(txn, TABLE_LETTERS, id, record_json(&record, arena));
    *add_record(arena, records, count) = record;
}

static bool has_ended(const struct queue_delivery *delivery)
{
    return delivery->state == QUEUE_SENT || delivery->state == QUEUE_REFUSED;
}

bool queue_unsettled(struct txn *txn)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct queue_delivery *deliveries;
    bool unsettled = false;
    size_t count;

    queue_list(txn, arena, &deliveries, &count);
    for (size_t i = 0; i < count; i++)
        unsettled = unsettled || has_ended(&deliveries[i]);
    return unsettled;
}

void queue_settle(
    struct txn *txn, struct arena *arena, struct queue_record **records, size_t *count)
{
    struct queue_delivery *deliveries;
    size_t delivery_count;

    *records = NULL;
    *count = 0;
    queue_list(txn, arena, &deliveries, &delivery_count);
    for (size_t i = 0; i < delivery_count; i++) {
        if (!has_ended(&deliveries[i]))
            continue;
        settle_one(txn, &deliveries[i], arena, records, count);
        txn_delete(txn, TABLE_OUTBOX, span_of(deliveries[i].id));
        txn_delete(txn, TABLE_DELIVERY, span_of(deliveries[i].id));
    }
}

/* The letters of a case ("" for all), queued since then. */
static void find_records(struct txn *txn, const char *number, int64_t since_s, struct arena *arena,
    struct queue_record **records, size_t *count)
{
    struct txn_rows rows = txn_rows(txn, TABLE_LETTERS, (struct span) { 0 });
    struct span key, value;

    *records = NULL;
    *count = 0;
    while (txn_next(&rows, arena, &key, &value)) {
        struct queue_record record;

        if (!record_read(key, value, arena, &record)) {
            damaged(txn, "letters");
            return;
        }
        if (record.queued_at >= since_s && (!number[0] || strcmp(number, record.number) == 0))
            *add_record(arena, records, count) = record;
    }
}

void queue_records(struct txn *txn, int64_t since_s, struct arena *arena,
    struct queue_record **records, size_t *count)
{
    find_records(txn, "", since_s, arena, records, count);
}

static void forget(struct txn *txn, const char *id)
{
    txn_delete(txn, TABLE_OUTBOX, span_of(id));
    txn_delete(txn, TABLE_DELIVERY, span_of(id));
    txn_delete(txn, TABLE_LETTERS, span_of(id));
}

void queue_take_back(struct txn *txn, const char *number, const char *party)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct queue_record *records;
    size_t count;

    assert(number[0]);
    find_records(txn, number, 0, arena, &records, &count);
    for (size_t i = 0; i < count; i++)
        if (records[i].ended_at == 0 && strcmp(records[i].party, party) == 0)
            forget(txn, records[i].id);
}

void queue_erase_case(struct txn *txn, const char *number)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct queue_record *records;
    size_t count;

    assert(number[0]);
    find_records(txn, number, 0, arena, &records, &count);
    for (size_t i = 0; i < count; i++)
        forget(txn, records[i].id);
}

bool queue_within_limit(struct txn *txn, const char *address, int64_t now_s, int most)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    char day[DATE_TEXT], *key = arena_text(arena, span_of(address));
    struct span value;
    int sent = 0;

    date_day(now_s, day);
    for (char *at = key; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    /* One row an address: the day stands in the value, so that old days leave nothing behind. */
    if (txn_get(txn, TABLE_LIMITS, span_of(key), arena, &value) && span_starts(value, span_of(day)))
        sent = atoi(arena_text(arena, span_part(value, strlen(day), value.len)));
    if (sent >= most)
        return false;
    txn_put(txn, TABLE_LIMITS, span_of(key), span_of(arena_printf(arena, "%s %d", day, sent + 1)));
    return true;
}
