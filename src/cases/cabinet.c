#include "cases/cabinet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/date.h"
#include "cases/record.h"
#include "store/vault.h"

enum { CODE_LEN = 4 };

#define SEEN_ERASED "erased" /* in TABLE_CONTENTS, in the place of a case and a vault file */
#define ERASE "erase " /* in TABLE_DUE, before the id of a vault file that has to go */

void cabinet_new(
    struct txn *txn, const char *prefix, int64_t now_s, char number[static CASE_NUMBER])
{
    char name[32];
    int year = date_civil_at(now_s).year;

    snprintf(name, sizeof name, "cases %d", year);
    case_number_make(prefix, year, (int64_t)txn_next_number(txn, span_of(name)), number);
    txn_case_new(txn, span_of(number));
}

void cabinet_new_as(struct txn *txn, const char *number)
{
    const char *year = strchr(number, '-');
    int64_t serial = year ? strtoll(year + 6, NULL, 10) : 0;
    char name[32];

    assert(year && case_number_valid(span_of(number)));
    snprintf(name, sizeof name, "cases %d", (int)strtol(year + 1, NULL, 10));
    txn_raise_number(txn, span_of(name), (uint64_t)serial);
    txn_case_new(txn, span_of(number));
}

/* Crockford's alphabet: no letter in it is taken for a digit. */
const char *cabinet_code(struct txn *txn, const char *number, struct arena *arena)
{
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint8_t hash[SEAL_HASH];
    char code[CODE_LEN + 1] = "";

    txn_hash(txn, "order code", span_of(number), hash);
    for (size_t i = 0; i < CODE_LEN; i++)
        code[i] = alphabet[hash[i] % 32];
    return arena_text(arena, span_of(code));
}

bool cabinet_get(struct txn *txn, const char *number, struct arena *arena, struct case_file *file)
{
    struct span json;
    struct err err = { 0 };

    if (!txn_get(txn, TABLE_FILES, span_of(number), arena, &json))
        return false;
    if (case_from_json(json, arena, file, &err)) {
        file->code = cabinet_code(txn, number, arena);
        return true;
    }
    err_at(&err, "%s", number);
    txn_fail(txn, &err);
    return false;
}

bool cabinet_stub(struct txn *txn, const char *number, struct arena *arena, struct case_stub *stub)
{
    struct span json;
    struct err err = { 0 };

    if (!txn_get(txn, TABLE_CASES, span_of(number), arena, &json))
        return false;
    if (stub_from_json(json, arena, stub, &err))
        return true;
    err_at(&err, "%s", number);
    txn_fail(txn, &err);
    return false;
}

bool cabinet_find(struct txn *txn, const char *typed, struct arena *arena, struct case_file *file,
    struct err *err)
{
    char *number = arena_text(arena, span_trim(span_of(typed)));
    struct case_stub stub;

    for (char *c = number; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    if (!case_number_valid(span_of(number)))
        return err_exit(err, ERR_RUN, EX_USAGE,
            "'%.40s' is no case number; it looks like ABC-2026-0001 (meldpost cases lists them)",
            typed);
    if (cabinet_get(txn, number, arena, file))
        return true;
    if (txn_failed(txn))
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: cannot be read; run meldpost verify", number);
    if (cabinet_stub(txn, number, arena, &stub) && stub.state == CASE_ERASED)
        return err_exit(err, ERR_RUN, EX_DATAERR,
            "%s is erased; meldpost log shows what was decided in it", number);
    return err_exit(
        err, ERR_RUN, EX_DATAERR, "there is no case %s; meldpost cases lists them", number);
}

bool cabinet_have(void *context, const char *number)
{
    return txn_case_have(context, span_of(number));
}

/* Keys of the due rows sort by time: 20 digits, a blank, the number. */
static struct span due_key(int64_t at_s, const char *number, char key[static 64])
{
    snprintf(key, 64, "%020lld %s", (long long)(at_s < 0 ? 0 : at_s), number);
    return span_of(key);
}

/* The first moment at which a clock has something to tell that was not told yet. */
static int64_t next_due(
    const struct case_file *file, const struct calendar *calendar, int64_t now_s)
{
    int64_t first = 0;

    for (int kind = 0; kind < CLOCK_KINDS; kind++) {
        const struct clock *clock = &file->clocks[kind];
        enum clock_kind which = (enum clock_kind)kind;
        int64_t at_s = clock_stage_at(clock, which, calendar, now_s) > clock->told
            ? now_s
            : clock_next_at(clock, which, calendar, now_s);

        if (at_s && (!first || at_s < first))
            first = at_s;
    }
    return first;
}

static void put_stub(struct txn *txn, const struct case_stub *stub, struct arena *arena)
{
    struct span json;
    struct err err = { 0 };

    if (stub_to_json(stub, arena, &json, &err))
        txn_put(txn, TABLE_CASES, span_of(stub->number), json);
    else
        txn_fail(txn, &err);
}

static void put_due(struct txn *txn, const struct case_stub *before, struct case_stub *stub)
{
    char key[64];

    if (before && before->due_at)
        txn_delete(txn, TABLE_DUE, due_key(before->due_at, stub->number, key));
    if (stub->due_at)
        txn_put(txn, TABLE_DUE, due_key(stub->due_at, stub->number, key), SPAN("case"));
}

static const char *lower(const char *text, struct arena *arena)
{
    char *copy = arena_text(arena, span_of(text));

    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

/* Addresses and fingerprints are looked up in small letters, apart from each other. */
static struct span person_key(const char *kind, const char *person, struct arena *arena)
{
    return span_of(arena_printf(arena, "%s %s", kind, lower(person, arena)));
}

static struct texts cases_of(
    struct txn *txn, const char *kind, const char *person, struct arena *arena)
{
    struct texts numbers = { 0 };
    struct span list, line;

    if (*person && txn_get(txn, TABLE_SENDERS, person_key(kind, person, arena), arena, &list))
        while (span_line(&list, &line))
            texts_add(&numbers, arena, arena_text(arena, line));
    return numbers;
}

static void put_cases_of(struct txn *txn, const char *kind, const char *person,
    const struct texts *numbers, const char *but, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < numbers->count; i++)
        if (strcmp(numbers->at[i], but) != 0)
            buf_printf(&buf, "%s\n", numbers->at[i]);
    if (buf.len)
        txn_put(txn, TABLE_SENDERS, person_key(kind, person, arena), buf_span(&buf));
    else
        txn_delete(txn, TABLE_SENDERS, person_key(kind, person, arena));
}

static void add_person(
    struct txn *txn, const char *kind, const char *person, const char *number, struct arena *arena)
{
    struct texts numbers = cases_of(txn, kind, person, arena);

    if (!*person || texts_have(&numbers, number))
        return;
    texts_add(&numbers, arena, number);
    put_cases_of(txn, kind, person, &numbers, "", arena);
}

static void take_person(
    struct txn *txn, const char *kind, const char *person, const char *number, struct arena *arena)
{
    struct texts numbers = cases_of(txn, kind, person, arena);

    if (texts_have(&numbers, number))
        put_cases_of(txn, kind, person, &numbers, number, arena);
}

/* A list beside those of people: "FINGERPRINT address" of keys that have to leave the ring. */
#define FORGET "forget", "keys"

/* Who has no case needs no key: neither to be known by nor to be written to. */
static bool is_needed(
    struct txn *txn, struct span fingerprint, struct span address, struct arena *arena)
{
    return cases_of(txn, "key", arena_text(arena, fingerprint), arena).count > 0
        || cases_of(txn, "address", arena_text(arena, address), arena).count > 0;
}

struct texts cabinet_unneeded_keys(struct txn *txn, struct arena *arena)
{
    struct texts marked = cases_of(txn, FORGET, arena), keys = { 0 };

    for (size_t i = 0; i < marked.count; i++) {
        struct span line = span_of(marked.at[i]);
        size_t blank = span_find_char(line, ' ', 0);
        struct span fingerprint = span_part(line, 0, blank);

        if (!is_needed(txn, fingerprint, span_trim(span_part(line, blank, line.len)), arena))
            texts_add(&keys, arena, arena_text(arena, fingerprint));
    }
    return keys;
}

void cabinet_key_left(struct txn *txn, const char *fingerprint)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct texts marked = cases_of(txn, FORGET, arena);

    for (size_t i = 0; i < marked.count; i++)
        if (span_starts(span_of(marked.at[i]), span_of(fingerprint)))
            take_person(txn, FORGET, marked.at[i], arena);
}

void cabinet_link(struct txn *txn, const char *number, const char *message_id, bool letter)
{
    AUTO(arena_free) struct arena *arena = arena_new();

    if (!*message_id || txn_have(txn, TABLE_THREADS, span_of(message_id)))
        return;
    txn_put(txn, TABLE_THREADS, span_of(message_id),
        span_of(arena_printf(arena, "%s %s", letter ? "letter" : "mail", number)));
}

static void link_all(struct txn *txn, const struct case_file *file, struct arena *arena)
{
    /* Letters first: a Message-ID that is both is a letter of ours. */
    for (size_t i = 0; i < file->letters.count; i++)
        cabinet_link(txn, file->number, file->letters.at[i].message_id, true);
    for (size_t i = 0; i < file->thread.count; i++)
        cabinet_link(txn, file->number, file->thread.at[i], false);
    add_person(txn, "address", file->address, file->number, arena);
    for (size_t i = 0; i < file->keys.count; i++)
        if (strcmp(file->keys.at[i].how, "signed") == 0)
            add_person(txn, "key", file->keys.at[i].fingerprint, file->number, arena);
}

void cabinet_put(struct txn *txn, const struct case_file *file, const struct calendar *calendar,
    int64_t now_s, struct arena *arena)
{
    struct case_stub before, stub;
    struct err err = { 0 };
    struct span json;
    bool known = cabinet_stub(txn, file->number, arena, &before);

    if (!case_to_json(file, arena, &json, &err)) {
        txn_fail(txn, &err);
        return;
    }
    txn_put_case(txn, TABLE_FILES, span_of(file->number), span_of(file->number), json);
    stub_of(file, &stub);
    stub.due_at = next_due(file, calendar, now_s);
    put_due(txn, known ? &before : NULL, &stub);
    put_stub(txn, &stub, arena);
    link_all(txn, file, arena);
}

static int by_number(const void *a, const void *b)
{
    const struct case_stub *left = a, *right = b;
    size_t left_len = strlen(left->number), right_len = strlen(right->number);
    /* Past 9999 a number is longer: the year first, then the length, then the digits. */
    const char *left_year = strchr(left->number, '-'), *right_year = strchr(right->number, '-');
    int order = strncmp(left_year, right_year, 5);

    if (order == 0 && left_len != right_len)
        order = left_len < right_len ? -1 : 1;
    return order ? order : strcmp(left->number, right->number);
}

void cabinet_stubs(struct txn *txn, struct arena *arena, struct case_stub **stubs, size_t *count)
{
    struct txn_rows rows = txn_rows(txn, TABLE_CASES, SPAN(""));
    size_t room = txn_count(txn, TABLE_CASES);
    struct span key, json;
    struct err err = { 0 };

    *stubs = arena_array(arena, room + 1, sizeof **stubs);
    *count = 0;
    while (*count < room && txn_next(&rows, arena, &key, &json)) {
        if (!stub_from_json(json, arena, &(*stubs)[*count], &err)) {
            txn_fail(txn, &err);
            return;
        }
        (*count)++;
    }
    qsort(*stubs, *count, sizeof **stubs, by_number);
}

struct texts cabinet_due(struct txn *txn, int64_t now_s, struct arena *arena)
{
    struct txn_rows rows = txn_rows(txn, TABLE_DUE, SPAN(""));
    struct texts numbers = { 0 };
    struct span key, value;

    while (txn_next(&rows, arena, &key, &value)) {
        const char *text = arena_text(arena, key);

        if (key.len < 22 || *text < '0' || *text > '9' || strtoll(text, NULL, 10) > now_s)
            break;
        texts_add(&numbers, arena, text + 21);
    }
    return numbers;
}

/* "NUMBER VAULT", with "-" for no case; or SEEN_ERASED. */
static void read_content(const char *text, struct arena *arena, struct belongs_known *known)
{
    const char *blank = strchr(text, ' ');

    known->same_erased = strcmp(text, SEEN_ERASED) == 0;
    known->same_vault = blank ? blank + 1 : "";
    known->same_content = known->same_erased
        ? "-"
        : arena_text(arena, span_part(span_of(text), 0, strcspn(text, " ")));
}

void cabinet_known(struct txn *txn, const struct message *message,
    const struct belongs_house *house, const char *hash, struct arena *arena,
    struct belongs_known *known)
{
    struct texts names = belongs_names(message, arena);
    struct texts tags = belongs_tags(message->subject, house->prefix, arena);
    struct belongs_thread *threads = arena_array(
        arena, names.count + 1, sizeof(struct belongs_thread));
    struct span value;

    *known = (struct belongs_known) { .threads = threads, .same_content = "", .same_vault = "" };
    if (*message->message_id)
        texts_add(&names, arena, message->message_id);
    for (size_t i = 0; i < names.count; i++) {
        struct belongs_thread *thread = &threads[known->thread_count];
        const char *text, *blank;

        if (!*names.at[i] || !txn_get(txn, TABLE_THREADS, span_of(names.at[i]), arena, &value))
            continue;
        text = arena_text(arena, value);
        blank = strchr(text, ' ');
        if (!blank)
            continue;
        *thread = (struct belongs_thread) { names.at[i], blank + 1, text[0] == 'l' };
        known->thread_count++;
    }
    for (size_t i = 0; i < message->from.count; i++) {
        struct texts numbers = cases_of(txn, "address", message->from.at[i], arena);

        for (size_t k = 0; k < numbers.count; k++)
            texts_add(&known->cases_of_sender, arena, numbers.at[k]);
    }
    if (message->signature == SIGNATURE_GOOD || message->signature == SIGNATURE_MISMATCH)
        known->cases_of_signer = cases_of(txn, "key", message->signer, arena);
    for (size_t i = 0; i < tags.count; i++)
        if (txn_case_have(txn, span_of(tags.at[i])))
            texts_add(&known->numbers, arena, tags.at[i]);
    if (*hash && txn_get(txn, TABLE_CONTENTS, span_of(hash), arena, &value))
        read_content(arena_text(arena, value), arena, known);
}

void cabinet_seen(struct txn *txn, const char *hash, const char *number, const char *vault)
{
    AUTO(arena_free) struct arena *arena = arena_new();

    if (*hash)
        txn_put(txn, TABLE_CONTENTS, span_of(hash),
            span_of(arena_printf(arena, "%s %s", *number ? number : "-", vault)));
}

bool cabinet_seen_erased(struct txn *txn, const char *hash)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span value;

    return *hash && txn_get(txn, TABLE_CONTENTS, span_of(hash), arena, &value)
        && span_equal(value, SPAN(SEEN_ERASED));
}

bool cabinet_replayed(struct txn *txn, const char *token)
{
    return txn_have(txn, TABLE_ORDERS, span_of(token));
}

void cabinet_taken(struct txn *txn, const char *token, int64_t now_s)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)now_s);
    txn_put(txn, TABLE_ORDERS, span_of(token), span_of(text));
}

static struct span erase_key(const char *vault, struct arena *arena)
{
    return span_of(arena_printf(arena, ERASE "%s", vault));
}

void cabinet_take_file(struct txn *txn, const char *vault)
{
    AUTO(arena_free) struct arena *arena = arena_new();

    txn_put(txn, TABLE_DUE, erase_key(vault, arena), SPAN("vault"));
}

void cabinet_forget(struct txn *txn, const char *vault, const char *hash)
{
    if (*vault) {
        cabinet_take_file(txn, vault);
        txn_delete(txn, TABLE_MESSAGES, span_of(vault));
    }
    if (*hash)
        txn_put(txn, TABLE_CONTENTS, span_of(hash), SPAN(SEEN_ERASED));
}

void cabinet_erased(struct txn *txn, const char *number, struct span json, struct arena *arena)
{
    struct case_file bare;
    struct case_stub stub;
    struct err ignored = { 0 };

    if (!txn_case_have(txn, span_of(number)))
        cabinet_new_as(txn, number);
    txn_case_erase(txn, span_of(number));
    if (!stub_from_json(json, arena, &stub, &ignored) || strcmp(stub.number, number) != 0) {
        case_empty(&bare);
        bare.number = number;
        bare.state = CASE_ERASED;
        stub_of(&bare, &stub);
    }
    stub.due_at = 0;
    put_stub(txn, &stub, arena);
}

/* The bytes stay known as those of an erased case: the mail is still in the mailbox, and must not
 * open a new case should it be fetched once more. The hash is keyed: it tells nobody what it is of.
 */
static void erase(struct txn *txn, const struct case_file *file, struct arena *arena)
{
    struct case_stub before, stub;
    bool known = cabinet_stub(txn, file->number, arena, &before);

    for (size_t i = 0; i < file->messages.count; i++) {
        const struct case_message *message = &file->messages.at[i];

        cabinet_forget(txn, message->vault, message->hash);
        if (*message->message_id)
            txn_delete(txn, TABLE_THREADS, span_of(message->message_id));
    }
    for (size_t i = 0; i < file->letters.count; i++)
        if (*file->letters.at[i].message_id)
            txn_delete(txn, TABLE_THREADS, span_of(file->letters.at[i].message_id));
    for (size_t i = 0; i < file->thread.count; i++)
        if (*file->thread.at[i])
            txn_delete(txn, TABLE_THREADS, span_of(file->thread.at[i]));
    take_person(txn, "address", file->address, file->number, arena);
    for (size_t i = 0; i < file->keys.count; i++) {
        take_person(txn, "key", file->keys.at[i].fingerprint, file->number, arena);
        if (file->keys.at[i].accepted_at)
            add_person(txn, FORGET,
                arena_printf(arena, "%s %s", file->keys.at[i].fingerprint, file->address), arena);
    }
    txn_case_erase(txn, span_of(file->number));
    stub_of(file, &stub);
    put_due(txn, known ? &before : NULL, &stub);
    put_stub(txn, &stub, arena);
}

/* What stays of an erased case goes into the log too: nothing of it is personal. */
static const char *stub_words(struct txn *txn, const struct case_file *file, struct arena *arena)
{
    struct case_stub stub;
    struct err err = { 0 };
    struct span json;

    stub_of(file, &stub);
    if (stub_to_json(&stub, arena, &json, &err))
        return arena_text(arena, json);
    txn_fail(txn, &err);
    return "";
}

bool cabinet_decide(struct txn *txn, const char *number, const struct verb *verb,
    const struct verb_act *act, struct span arguments, struct span text, struct verb_done *done,
    struct err *err)
{
    struct case_file file;
    struct ledger_entry entry = { .at = act->now_s,
        .by = act->by,
        .how = act->how,
        .number = number,
        .what = verb->name,
        .hash = "" };

    if (!cabinet_get(txn, number, act->arena, &file))
        return err_exit(err, ERR_MESSAGE, EX_DATAERR,
            strcmp(act->language, "en") ? "er is geen zaak %s" : "there is no case %s", number);
    if (!verb_apply(verb, &file, act, arguments, text, done, err))
        return false;
    entry.text = done->audit;
    entry.words = file.state == CASE_ERASED ? stub_words(txn, &file, act->arena) : done->words;
    ledger_add(txn, &entry);
    if (file.state == CASE_ERASED)
        erase(txn, &file, act->arena);
    else
        cabinet_put(txn, &file, act->calendar, act->now_s, act->arena);
    return true;
}

static bool erase_marked(struct store *store, struct arena *arena, size_t *erased, struct err *err)
{
    struct txn *txn = txn_begin(store, TXN_READ);
    struct txn_rows rows = txn_rows(txn, TABLE_DUE, SPAN(ERASE));
    struct texts ids = { 0 };
    struct span key, value;

    while (txn_next(&rows, arena, &key, &value))
        texts_add(&ids, arena, arena_text(arena, span_part(key, strlen(ERASE), key.len)));
    if (!txn_end(&txn, err))
        return false;
    for (size_t i = 0; i < ids.count; i++)
        if (!vault_erase(store, ids.at[i], err))
            return false;
    if (ids.count == 0)
        return true;
    txn = txn_begin(store, TXN_WRITE);
    for (size_t i = 0; i < ids.count; i++) {
        txn_delete(txn, TABLE_DUE, erase_key(ids.at[i], arena));
        txn_delete(txn, TABLE_VAULT, span_of(ids.at[i]));
    }
    *erased = ids.count;
    return txn_end(&txn, err);
}

bool cabinet_sweep(struct store *store, size_t *erased, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();

    *erased = 0;
    if (!erase_marked(store, arena, erased, err))
        return err_at(err, "erase");
    return !store_compact_due(store) || store_compact(store, err);
}

static const char *kind_of(int value)
{
    return case_kind_word((enum case_kind)value);
}

#define AT(field) offsetof(struct cabinet_message, field)

static const struct field message_fields[] = {
    { "vault", AT(vault), NULL, NULL, FIELD_TEXT, 0 },
    { "row", AT(row), NULL, NULL, FIELD_TEXT, 0 },
    { "kind", AT(kind), kind_of, NULL, FIELD_WORD, CASE_KINDS },
    { "number", AT(number), NULL, NULL, FIELD_TEXT, 0 },
    { "received_at", AT(received_at), NULL, NULL, FIELD_TIME, 0 },
    { "handled_at", AT(handled_at), NULL, NULL, FIELD_TIME, 0 },
    { "why", AT(why), NULL, NULL, FIELD_TEXT, 0 },
    { "aside", AT(aside), aside_word, NULL, FIELD_WORD, ASIDES },
};
static const struct record message_record = { sizeof(struct cabinet_message), message_fields,
    COUNT(message_fields) };

void cabinet_handled(struct txn *txn, const struct cabinet_message *message)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct err err = { 0 };
    struct span json;

    if (record_to_json(&message_record, message, arena, &json, &err))
        txn_put(txn, TABLE_MESSAGES, span_of(message->vault), json);
    else
        txn_fail(txn, &err);
}

static bool read_message(
    struct txn *txn, struct span json, struct arena *arena, struct cabinet_message *message)
{
    struct err err = { 0 };

    if (record_from_json(&message_record, json, true, arena, message, &err))
        return true;
    txn_fail(txn, &err);
    return false;
}

bool cabinet_message(
    struct txn *txn, const char *vault, struct arena *arena, struct cabinet_message *message)
{
    struct span json;

    return txn_get(txn, TABLE_MESSAGES, span_of(vault), arena, &json)
        && read_message(txn, json, arena, message);
}

static int newest_first(const void *a, const void *b)
{
    const struct cabinet_message *left = a, *right = b;

    return (left->received_at < right->received_at) - (left->received_at > right->received_at);
}

void cabinet_loose(struct txn *txn, int64_t from_s, struct arena *arena,
    struct cabinet_message **messages, size_t *count)
{
    struct txn_rows rows = txn_rows(txn, TABLE_MESSAGES, SPAN(""));
    size_t room = txn_count(txn, TABLE_MESSAGES);
    struct span key, json;

    *messages = arena_array(arena, room + 1, sizeof **messages);
    *count = 0;
    while (*count < room && txn_next(&rows, arena, &key, &json)) {
        struct cabinet_message *message = &(*messages)[*count];

        if (!read_message(txn, json, arena, message))
            return;
        *count += !*message->number && message->received_at >= from_s;
    }
    qsort(*messages, *count, sizeof **messages, newest_first);
}
