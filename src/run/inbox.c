#include "run/inbox.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 8, LONGEST_FOLDER = 400 };

static const char *const states[] = { [INBOX_NEW] = "new",
    [INBOX_FILED] = "filed",
    [INBOX_ASIDE] = "aside",
    [INBOX_DUPLICATE] = "duplicate" };

/* The folder stands last, since it alone may hold blanks. */
struct span inbox_line(const struct inbox_row *row, struct arena *arena)
{
    return span_of(arena_printf(arena, "%s %u %u %llu %lld %lld %s %.*s", states[row->state],
        (unsigned)row->uidvalidity, (unsigned)row->uid, (unsigned long long)row->size_bytes,
        (long long)row->received_s, (long long)row->fetched_s, row->head_only ? "head" : "whole",
        (int)LONGEST_FOLDER, row->folder));
}

static bool number_of(struct span word, uint64_t most, uint64_t *number)
{
    char digits[24];

    if (word.len == 0 || word.len >= sizeof digits)
        return false;
    memcpy(digits, word.at, word.len);
    digits[word.len] = '\0';
    if (strspn(digits, "0123456789") != word.len)
        return false;
    *number = strtoull(digits, NULL, 10);
    return *number <= most;
}

static bool state_of(struct span word, enum inbox_state *state)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (span_equal(word, span_of(states[i]))) {
            *state = (enum inbox_state)i;
            return true;
        }
    return false;
}

bool inbox_read(struct span line, struct arena *arena, struct inbox_row *row, struct err *err)
{
    struct span words[FIELDS] = { { 0 } };
    uint64_t numbers[5];

    for (size_t i = 0; i < FIELDS; i++) {
        size_t blank = i + 1 < FIELDS ? span_find_char(line, ' ', 0) : line.len;

        if (blank == SPAN_NOWHERE)
            return err_set(err, ERR_MESSAGE, "a row of a message ends after %zu words", i);
        words[i] = span_part(line, 0, blank);
        line = span_part(line, blank + 1, line.len);
    }
    if (!state_of(words[0], &row->state))
        return err_set(err, ERR_MESSAGE, "a row of a message is in no known state");
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (!number_of(words[i + 1], i < 2 ? UINT32_MAX : INT64_MAX, &numbers[i]))
            return err_set(
                err, ERR_MESSAGE, "word %zu of the row of a message is no number", i + 2);
    row->uidvalidity = (uint32_t)numbers[0];
    row->uid = (uint32_t)numbers[1];
    row->size_bytes = numbers[2];
    row->received_s = (int64_t)numbers[3];
    row->fetched_s = (int64_t)numbers[4];
    row->head_only = span_equal(words[6], SPAN("head"));
    row->folder = arena_text(arena, words[7]);
    return true;
}

/* The key in TABLE_FETCHED; numbers in hex of one width, so that rows sort as the UIDs do. */
static struct span place(
    const char *folder, uint32_t uidvalidity, uint32_t uid, char key[static 512])
{
    int len = snprintf(key, 512, "%.*s %08x %08x", (int)LONGEST_FOLDER, folder,
        (unsigned)uidvalidity, (unsigned)uid);

    return (struct span) { key, (size_t)len };
}

/* The key in TABLE_INBOX: state, then when the mail server got it, then UID and id, so that the
 * rows of a state come in the order in which they were sent to us. Only messages that wait for
 * something have one: what is done costs nothing, however much it is.
 */
static struct span waiting(const struct inbox_row *row, char key[static 512])
{
    int len = snprintf(key, 512, "%s %016llx %08x %s", states[row->state],
        (unsigned long long)row->received_s, (unsigned)row->uid, row->vault);

    return (struct span) { key, (size_t)len };
}

static void put_file(struct txn *txn, const struct inbox_row *row, struct span line)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct inbox_row before = { 0 };
    char key[512];

    if (inbox_get(txn, row->vault, arena, &before))
        txn_delete(txn, TABLE_INBOX, waiting(&before, key));
    if (row->state == INBOX_NEW || row->state == INBOX_ASIDE)
        txn_put(txn, TABLE_INBOX, waiting(row, key), SPAN("1"));
    txn_put(txn, TABLE_VAULT, span_of(row->vault), line);
}

static void put_place(
    struct txn *txn, const struct inbox_row *row, const char *vault, struct span line)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct buf value = { .arena = arena };
    char key[512];

    buf_printf(&value, "%s ", vault);
    buf_add(&value, line);
    txn_put(
        txn, TABLE_FETCHED, place(row->folder, row->uidvalidity, row->uid, key), buf_span(&value));
}

void inbox_put(struct txn *txn, const struct inbox_row *row)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct span line = inbox_line(row, arena);

    put_file(txn, row, line);
    put_place(txn, row, row->vault, line);
}

void inbox_take(struct txn *txn, const struct inbox_row *row)
{
    if (inbox_have(txn, row->folder, row->uidvalidity, row->uid)) {
        AUTO(arena_free) struct arena *arena = arena_new();

        put_file(txn, row, inbox_line(row, arena));
    } else {
        inbox_put(txn, row);
    }
}

void inbox_put_erased(struct txn *txn, const struct inbox_row *row)
{
    AUTO(arena_free) struct arena *arena = arena_new();

    put_place(txn, row, "-", inbox_line(row, arena));
}

bool inbox_have(struct txn *txn, const char *folder, uint32_t uidvalidity, uint32_t uid)
{
    char key[512];

    return txn_have(txn, TABLE_FETCHED, place(folder, uidvalidity, uid, key));
}

bool inbox_get(struct txn *txn, const char *vault, struct arena *arena, struct inbox_row *row)
{
    struct err err = { 0 };
    struct span line;

    snprintf(row->vault, sizeof row->vault, "%s", vault);
    return txn_get(txn, TABLE_VAULT, span_of(vault), arena, &line)
        && inbox_read(line, arena, row, &err);
}

void inbox_list(struct txn *txn, enum inbox_state state, struct arena *arena,
    struct inbox_row **rows, size_t *count)
{
    AUTO(arena_free) struct arena *passing = arena_new();
    struct span prefix = span_of(arena_printf(arena, "%s ", states[state])), key, value;
    struct txn_rows all = txn_rows(txn, TABLE_INBOX, prefix);
    size_t room = 0;

    *rows = NULL;
    *count = 0;
    while (txn_next(&all, passing, &key, &value)) {
        struct inbox_row row = { 0 };
        const char *vault = arena_text(passing, span_part(key, prefix.len + 26, key.len));

        if (inbox_get(txn, vault, arena, &row)) {
            if (*count == room) {
                size_t more = room ? room * 2 : 16;

                *rows = arena_grow(arena, *rows, room * sizeof row, more * sizeof row);
                room = more;
            }
            (*rows)[(*count)++] = row;
        }
        arena_reset(passing);
    }
}

bool inbox_find(struct txn *txn, const char *folder, uint32_t uidvalidity, uint32_t uid,
    struct arena *arena, struct inbox_row *row)
{
    char key[512];
    struct span value;
    size_t blank;
    struct err err = { 0 };

    if (!txn_get(txn, TABLE_FETCHED, place(folder, uidvalidity, uid, key), arena, &value))
        return false;
    blank = span_find_char(value, ' ', 0);
    if (blank == SPAN_NOWHERE)
        return false;
    if (inbox_get(txn, arena_text(arena, span_part(value, 0, blank)), arena, row))
        return true;
    row->vault[0] = '\0';
    return inbox_read(span_part(value, blank + 1, value.len), arena, row, &err);
}

/* One row a folder in TABLE_CURSORS: UIDVALIDITY, last and told, in hex. */
enum { CURSOR_NUMBERS = 3, CURSOR_TEXT = 3 * 8 + 2 };

static struct span cursor_key(const char *folder, char key[static 512])
{
    int len = snprintf(key, 512, "%.*s", (int)LONGEST_FOLDER, folder);

    return (struct span) { key, (size_t)len };
}

void inbox_cursor_get(
    struct txn *txn, const char *folder, uint32_t uidvalidity, struct inbox_cursor *cursor)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    uint32_t numbers[CURSOR_NUMBERS];
    struct span value;
    char key[512];

    *cursor = (struct inbox_cursor) { 0 };
    if (!txn_get(txn, TABLE_CURSORS, cursor_key(folder, key), arena, &value)
        || value.len != CURSOR_TEXT)
        return;
    for (size_t i = 0; i < CURSOR_NUMBERS; i++)
        numbers[i] = (uint32_t)strtoul(
            arena_text(arena, span_part(value, 9 * i, 9 * i + 8)), NULL, 16);
    if (numbers[0] == uidvalidity)
        *cursor = (struct inbox_cursor) { .last = numbers[1], .told = numbers[2] };
}

void inbox_cursor_put(
    struct txn *txn, const char *folder, uint32_t uidvalidity, const struct inbox_cursor *cursor)
{
    char key[512], text[CURSOR_TEXT + 1];

    snprintf(text, sizeof text, "%08x %08x %08x", (unsigned)uidvalidity, (unsigned)cursor->last,
        (unsigned)cursor->told);
    txn_put(txn, TABLE_CURSORS, cursor_key(folder, key), span_of(text));
}

void inbox_forget(struct txn *txn, const char *folder, uint32_t uidvalidity)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    char prefix[512];
    int len = snprintf(
        prefix, sizeof prefix, "%.*s %08x ", (int)LONGEST_FOLDER, folder, (unsigned)uidvalidity);
    struct txn_rows rows = txn_rows(txn, TABLE_FETCHED, (struct span) { prefix, (size_t)len });
    struct span key, value;

    while (txn_next(&rows, arena, &key, &value))
        if (key.len == (size_t)len + 8) /* not one of a folder whose name goes on like this */
            txn_delete(txn, TABLE_FETCHED, key);
    inbox_cursor_put(txn, folder, uidvalidity, &(struct inbox_cursor) { 0 });
}
