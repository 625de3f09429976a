#include "fetch/fetch.h"

#include "fetch/session.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* How many UIDs are listed at once: at first, and at most when the mailbox has holes. The most
 * keeps the list of a full window within a few MB. */
enum { WINDOW = 1024, WINDOW_MOST = 16 * 1024 };

/* How many UIDs before the cursor are looked at again, to see whether they are still the same. */
enum { LOOK_BACK = 16 };

/* One commit takes what comes first: FETCH_GROUP messages or this many bytes. */
#define GROUP_BYTES ((uint64_t)32 * 1024 * 1024)

enum fate {
    FATE_OPEN, /* not received yet */
    FATE_HEAD, /* it is larger than allowed: the head will do */
    FATE_TAKEN,
    FATE_GONE, /* somebody took it away */
    FATE_FAILED, /* the server gives no text for it */
};

struct member {
    const struct fetch_listed *message;
    enum fate fate;
    bool head; /* only that of it was taken: the rest stays where it is */
    bool answered; /* the server said something about it */
};

/* One folder's round. */
struct round {
    const struct fetch_settings *settings;
    const struct fetch_sink *sink;
    struct fetch_result *result;
    struct session *session;
    struct fetch_folder folder;
    struct session_folder facts;
    bool wanted; /* the settings say: the server is told about what was taken */
    bool change; /* and it can be told */
    struct err *complaint; /* what did not go as the settings say, but keeps no mail from us */
    struct err err; /* of the sink, within a callback */

    struct arena *arena; /* of a window */
    uint32_t from, to; /* the window */
    struct fetch_listed *rows;
    size_t count, size;
    bool empty; /* the server listed nothing */

    struct member group[FETCH_GROUP];
    size_t members;

    uint32_t asked[FETCH_GROUP]; /* what the running command asks for: indexes into group */
    size_t asked_count, next; /* next: the one whose text we expect */
    bool head_only;
    bool begun, overflow;
    uint64_t len; /* of the text so far */

    uint32_t cursor, told;
    uint32_t committed_cursor, committed_told;
    bool reused; /* a UID that we know stands for another message now */
    bool hole; /* something before failed: the cursor stays */
};

/* --- one command: texts stream in, what they belong to is said after them --- */

static bool begin(struct round *round, const struct fetch_listed *message)
{
    struct fetch_message facts = {
        .folder = &round->folder,
        .uid = message->uid,
        .size = message->size,
        .received_s = message->received_s,
        .head_only = round->head_only,
    };

    round->begun = true;
    round->overflow = false;
    round->len = 0;
    return round->sink->begin(round->sink->context, &facts, &round->err);
}

static bool add(struct round *round, struct span bytes)
{
    const struct fetch_sink *sink = round->sink;

    if (round->overflow)
        return true;
    round->len += bytes.len;
    if (round->len > round->settings->max_message) {
        round->overflow = true; /* the size it listed was wrong; the rest passes by */
        return sink->drop(sink->context, &round->err);
    }
    return sink->bytes(sink->context, bytes, &round->err);
}

static bool take_bytes(void *context, struct span bytes)
{
    struct round *round = context;

    if (!round->begun) {
        size_t next = round->next < round->asked_count ? round->next : round->asked_count - 1;

        if (!begin(round, round->group[round->asked[next]].message))
            return false;
    }
    return add(round, bytes);
}

static bool let_go(struct round *round)
{
    const struct fetch_sink *sink = round->sink;
    bool begun = round->begun && !round->overflow;

    round->begun = false;
    return !begun || sink->drop(sink->context, &round->err);
}

static bool keep(struct round *round, struct member *member)
{
    struct fetch_result *result = round->result;
    const struct fetch_sink *sink = round->sink;

    round->begun = false;
    if (!sink->keep(sink->context, &round->err))
        return false;
    member->fate = FATE_TAKEN;
    member->head = round->head_only;
    *(round->head_only ? &result->heads : &result->fetched) += 1;
    result->bytes += round->len;
    return sink->progress(sink->context, result->fetched + result->heads, result->bytes,
        round->count - (size_t)(member->message - round->rows) - 1, &round->err);
}

/* The index in asked of a UID; asked_count when we did not ask for it. */
static size_t find_asked(const struct round *round, uint32_t uid)
{
    for (size_t i = 0; i < round->asked_count; i++) {
        size_t at = (round->next + i) % round->asked_count; /* it is the next one, mostly */

        if (round->group[round->asked[at]].message->uid == uid)
            return at;
    }
    return round->asked_count;
}

/* Servers may tell of other messages at any time, and in any order (RFC 3501, 7.4.2): a text counts
 * only together with a UID we asked for, and only as the one it was begun for. */
static bool take_item(void *context, const struct session_item *item)
{
    struct round *round = context;
    size_t at = find_asked(round, item->uid);
    struct member *member = at < round->asked_count ? &round->group[round->asked[at]] : NULL;
    bool expected = at == round->next;

    if (member)
        member->answered = true;
    if (!item->has_text)
        return true;
    if (!member || member->fate == FATE_TAKEN)
        return let_go(round);
    round->next = at + 1;
    if (round->begun && round->overflow) {
        member->fate = FATE_HEAD;
        return let_go(round);
    }
    if (round->begun)
        return expected ? keep(round, member) : let_go(round);
    if (!item->text.at && member->message->size > 0)
        return true; /* NIL: no text for a message that has one */
    return begin(round, member->message) && add(round, item->text)
        && (round->overflow ? let_go(round) : keep(round, member));
}

/* Asks for the texts of the members that stand in asked. */
static bool ask(struct round *round, bool head_only, struct err *err)
{
    uint32_t uids[FETCH_GROUP];

    if (round->asked_count == 0)
        return true;
    for (size_t i = 0; i < round->asked_count; i++)
        uids[i] = round->group[round->asked[i]].message->uid;
    round->next = 0;
    round->begun = false;
    round->head_only = head_only;
    round->err = (struct err) { 0 };
    if (session_fetch(round->session, (struct session_uids) { uids, round->asked_count }, head_only,
            take_bytes, take_item, round, err))
        return let_go(round) || (*err = round->err, false);
    if (err->scope == ERR_NONE)
        *err = round->err;
    return false;
}

static void choose(struct round *round, enum fate fate)
{
    round->asked_count = 0;
    for (size_t i = 0; i < round->members; i++)
        if (round->group[i].fate == fate)
            round->asked[round->asked_count++] = (uint32_t)i;
}

/* One by one: what did not come with the others. What the server then is silent about is gone. */
static bool ask_again(struct round *round, enum fate fate, struct err *err)
{
    for (size_t i = 0; i < round->members; i++) {
        struct member *member = &round->group[i];

        if (member->fate != fate)
            continue;
        member->answered = false;
        round->asked[0] = (uint32_t)i;
        round->asked_count = 1;
        if (!ask(round, fate == FATE_HEAD, err))
            return false;
        if (member->fate == FATE_OPEN || (fate == FATE_HEAD && member->fate == FATE_HEAD))
            member->fate = member->answered ? FATE_FAILED : FATE_GONE;
    }
    return true;
}

/* --- a group: fetched, committed, told --- */

/* after_fetch. A server that declines it is no reason to leave the other messages there. */
static bool tell(struct round *round, struct session_uids uids, struct err *err)
{
    const struct fetch_settings *settings = round->settings;
    bool done;

    if (uids.count == 0 || !round->change)
        return true;
    done = settings->after_fetch == AFTER_KEYWORD
        ? session_flag(round->session, uids, settings->after_fetch_name, err)
        : session_move(round->session, uids, settings->after_fetch_name, err);
    round->result->told += done ? uids.count : 0;
    if (done || !session_declined(round->session))
        return done;
    *round->complaint = *err;
    *err = (struct err) { 0 };
    round->change = false;
    return true;
}

static bool commit(struct round *round, struct err *err)
{
    const struct fetch_sink *sink = round->sink;

    if (!round->wanted)
        round->told = round->cursor;
    if (!sink->commit(sink->context, &round->folder, round->cursor, round->told, err))
        return false;
    round->committed_cursor = round->cursor;
    round->committed_told = round->told;
    return true;
}

static void settle(struct round *round)
{
    for (size_t i = 0; i < round->members; i++) {
        const struct member *member = &round->group[i];

        round->result->gone += member->fate == FATE_GONE;
        if (member->fate == FATE_FAILED) {
            round->result->failed++;
            round->hole = true;
        }
        if (!round->hole)
            round->cursor = member->message->uid;
    }
}

static bool run_group(struct round *round, struct err *err)
{
    uint32_t uids[FETCH_GROUP];
    size_t taken = 0;

    choose(round, FATE_OPEN);
    if (!ask(round, false, err) || !ask_again(round, FATE_OPEN, err))
        return false;
    choose(round, FATE_HEAD);
    if (!ask(round, true, err) || !ask_again(round, FATE_HEAD, err))
        return false;
    settle(round);
    for (size_t i = 0; i < round->members; i++)
        if (round->group[i].fate == FATE_TAKEN && !round->group[i].head)
            uids[taken++] = round->group[i].message->uid;
    if (!commit(round, err) || (round->change && !round->sink->committed(round->sink->context, err))
        || !tell(round, (struct session_uids) { uids, taken }, err))
        return false;
    if (round->change)
        round->told = round->cursor;
    return true;
}

/* --- a window of UIDs --- */

static bool take_row(void *context, const struct session_item *item)
{
    struct round *round = context;

    if (item->uid < round->from || (round->to && item->uid > round->to))
        return true;
    if (round->count == round->size) {
        size_t size = round->size ? round->size * 2 : WINDOW;

        round->rows = arena_grow(round->arena, round->rows, round->size * sizeof(*round->rows),
            size * sizeof(*round->rows));
        round->size = size;
    }
    round->rows[round->count++] = (struct fetch_listed) {
        .uid = item->uid, .size = item->size, .received_s = item->received_s
    };
    return true;
}

static int by_uid(const void *a, const void *b)
{
    uint32_t left = ((const struct fetch_listed *)a)->uid,
             right = ((const struct fetch_listed *)b)->uid;

    return (left > right) - (left < right);
}

/* Takes out what is known already, and what a server lists twice. */
static bool sift(struct round *round, struct err *err)
{
    size_t left = 0;

    if (round->count > 1)
        qsort(round->rows, round->count, sizeof(*round->rows), by_uid);
    for (size_t i = 0; i < round->count; i += FETCH_GROUP) {
        size_t count = round->count - i < FETCH_GROUP ? round->count - i : FETCH_GROUP;
        enum fetch_known known[FETCH_GROUP] = { FETCH_NEW };

        if (!round->sink->known(
                round->sink->context, &round->folder, round->rows + i, count, known, err))
            return false;
        for (size_t k = 0; k < count; k++) {
            const struct fetch_listed *row = &round->rows[i + k];

            round->reused = round->reused || known[k] == FETCH_REUSED;
            if (known[k] == FETCH_NEW && (left == 0 || round->rows[left - 1].uid != row->uid))
                round->rows[left++] = *row;
        }
    }
    round->count = left;
    return true;
}

static bool show(struct round *round, struct err *err)
{
    for (size_t i = 0; i < round->count; i++) {
        struct fetch_message message = {
            .folder = &round->folder,
            .uid = round->rows[i].uid,
            .size = round->rows[i].size,
            .received_s = round->rows[i].received_s,
            .head_only = round->rows[i].size > round->settings->max_message,
        };

        if (!round->sink->list(round->sink->context, &message, err))
            return false;
    }
    return true;
}

static bool take_rows(struct round *round, struct err *err)
{
    for (size_t i = 0; i < round->count;) {
        uint64_t bytes = 0;

        round->members = 0;
        while (i < round->count && round->members < FETCH_GROUP && bytes < GROUP_BYTES) {
            bool large = round->rows[i].size > round->settings->max_message;

            bytes += large ? 0 : round->rows[i].size;
            round->group[round->members++] = (struct member) {
                .message = &round->rows[i++],
                .fate = large ? FATE_HEAD : FATE_OPEN,
            };
        }
        if (!run_group(round, err))
            return false;
    }
    return true;
}

static bool list_window(struct round *round, struct err *err)
{
    arena_reset(round->arena);
    round->rows = NULL;
    round->count = round->size = 0;
    return session_list(round->session, round->from, round->to, take_row, round, err);
}

static bool run_window(struct round *round, struct err *err)
{
    if (!list_window(round, err))
        return false;
    round->empty = round->count == 0;
    if (!sift(round, err))
        return false;
    if (round->reused)
        return true;
    if (round->settings->dry_run)
        return show(round, err);
    if (!take_rows(round, err))
        return false;
    if (!round->hole && round->to > round->cursor)
        round->cursor = round->to;
    return true;
}

/* The lowest UID from from on, found by halving: numbers of messages rise with their UIDs (RFC
 * 3501, 2.3.1.2). *from is one more than last when there is none. */
static bool skip_hole(struct round *round, uint64_t *from, uint32_t last, struct err *err)
{
    uint32_t low = 1, high = round->facts.exists + 1, uid;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (!session_uid_at(round->session, middle, &uid, err))
            return false;
        if (uid == 0)
            return true; /* it does not say: step by step, then */
        if (uid < *from)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > round->facts.exists) {
        *from = (uint64_t)last + 1;
        return true;
    }
    if (!session_uid_at(round->session, low, &uid, err))
        return false;
    if (uid > *from)
        *from = uid;
    return true;
}

/* From from on to the end, until a UID turns out to be used again. */
static bool run_windows(struct round *round, uint64_t from, struct err *err)
{
    uint32_t last = round->facts.uidnext - 1;
    bool few = round->facts.exists <= WINDOW;

    round->reused = false;
    if (round->facts.uidnext == 0) { /* it does not say: all in one list */
        round->from = (uint32_t)from;
        round->to = 0;
        return run_window(round, err);
    }
    while (from <= last && !round->reused) {
        round->from = (uint32_t)from;
        round->to = few || last - round->from < WINDOW ? last : round->from + WINDOW - 1;
        if (!run_window(round, err))
            return false;
        from = (uint64_t)round->to + 1;
        if (round->empty && from <= last && !skip_hole(round, &from, last, err))
            return false;
    }
    if (!round->hole && !round->reused && last > round->cursor)
        round->cursor = last;
    return true;
}

/*
 * UIDs only grow (RFC 3501, 2.3.1.1), so what is new lies between the cursor and UIDNEXT. A server
 * that was restored from a backup breaks that without a new UIDVALIDITY: UIDNEXT lies before our
 * cursor, or a UID shortly before it stands for another message. Then everything is new.
 */
static bool run_all(struct round *round, struct err *err)
{
    uint32_t uidnext = round->facts.uidnext;
    bool shrunk = uidnext != 0 && uidnext - 1 < round->cursor;

    if (!shrunk && round->facts.exists == 0)
        return true;
    if (!shrunk) {
        uint32_t back = round->cursor < LOOK_BACK ? round->cursor : LOOK_BACK;

        if (!run_windows(round, (uint64_t)round->cursor - back + 1, err))
            return false;
        if (!round->reused)
            return true;
    }
    round->result->restored++;
    round->cursor = round->told = 0;
    round->hole = false;
    if (!round->settings->dry_run
        && !round->sink->forget(round->sink->context, &round->folder, err))
        return false;
    return run_windows(round, 1, err);
}

/* --- a folder --- */

/* Whether the server can be told; a complaint when the settings ask for what it cannot do. */
static bool may_change(const struct round *round, struct err *complaint)
{
    const struct fetch_settings *settings = round->settings;
    const char *name = settings->after_fetch_name;

    if (settings->after_fetch == AFTER_KEYWORD && !session_keeps(round->session, name)) {
        err_exit(complaint, ERR_SERVICE, EX_CONFIG,
            "imap: folder '%.60s' does not keep the keyword %.40s: after_fetch is not done",
            round->folder.name, name);
        return false;
    }
    if (settings->after_fetch == AFTER_MOVE && !session_moves(round->session)) {
        err_exit(complaint, ERR_SERVICE, EX_CONFIG,
            "imap: the server has neither MOVE nor UIDPLUS: after_fetch is not done");
        return false;
    }
    return true;
}

/*
 * What an earlier run committed and did not tell. The UIDs are asked for once more and told one by
 * one, only those that we know: nothing that we do not have is moved away.
 */
static bool tell_untold(struct round *round, struct err *err)
{
    uint32_t told = round->told;

    while (round->change && told < round->cursor) {
        uint32_t uids[FETCH_GROUP];
        size_t count = 0;

        round->from = told + 1;
        round->to = round->cursor - told < WINDOW ? round->cursor : told + WINDOW;
        if (!list_window(round, err))
            return false;
        for (size_t i = 0; i < round->count; i++) {
            enum fetch_known known = FETCH_NEW;

            if (!round->sink->known(
                    round->sink->context, &round->folder, &round->rows[i], 1, &known, err))
                return false;
            if (known == FETCH_KNOWN)
                uids[count++] = round->rows[i].uid;
            if (count < FETCH_GROUP && i + 1 < round->count)
                continue;
            if (!tell(round, (struct session_uids) { uids, count }, err))
                return false;
            count = 0;
        }
        told = round->to;
        if (round->change)
            round->told = told;
    }
    return true;
}

/* What a run without a new message leaves to be noted. */
static bool finish(struct round *round, struct err *err)
{
    bool changed = round->cursor != round->committed_cursor || round->told != round->committed_told;

    if (round->settings->dry_run)
        return true;
    return (!changed || commit(round, err)) && round->sink->committed(round->sink->context, err);
}

static bool run_folder(struct round *round, bool junk, struct err *err)
{
    const struct fetch_settings *settings = round->settings;

    round->wanted = !junk && settings->after_fetch != AFTER_NOTHING
        && !(settings->after_fetch == AFTER_MOVE
            && strcmp(round->folder.name, settings->after_fetch_name) == 0);
    round->change = round->wanted && !settings->dry_run;
    if (!session_select(round->session, round->folder.name, round->change, &round->facts, err)) {
        if (err->exit_code != EX_CONFIG || err->scope != ERR_SERVICE)
            return false;
        *round->complaint = *err; /* the other folders are fetched all the same */
        *err = (struct err) { 0 };
        return true;
    }
    round->folder.uidvalidity = round->facts.uidvalidity;
    round->result->seen += round->facts.exists;
    round->change = round->change && may_change(round, round->complaint);
    if (!round->sink->cursor(
            round->sink->context, &round->folder, &round->cursor, &round->told, err))
        return false;
    round->committed_cursor = round->cursor;
    round->committed_told = round->told;
    return tell_untold(round, err) && run_all(round, err) && finish(round, err);
}

static bool run_folders(
    const struct round *start, const struct texts *folders, bool junk, struct err *err)
{
    for (size_t i = 0; i < folders->count; i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct round round = *start;

        round.folder = (struct fetch_folder) { .name = folders->at[i] };
        round.arena = arena;
        if (!run_folder(&round, junk, err))
            return false;
    }
    return true;
}

bool fetch_run(const struct fetch_settings *settings, const struct fetch_sink *sink,
    struct fetch_result *result, struct err *err)
{
    AUTO(session_close) struct session *session = NULL;
    struct err complaint = { 0 };
    struct round start = {
        .settings = settings,
        .sink = sink,
        .result = result,
        .complaint = &complaint,
    };
    bool done;

    *result = (struct fetch_result) { 0 };
    done = session_open(settings, &session, err);
    start.session = session;
    if (session)
        result->certificate = session_certificate(session);
    done = done && run_folders(&start, settings->folders, false, err)
        && run_folders(&start, settings->junk_folders, true, err);
    result->curable = !done && session && session_curable(session);
    if (done && complaint.scope != ERR_NONE) {
        *err = complaint;
        return false;
    }
    if (done && result->failed > 0)
        return err_set(err, ERR_SERVICE,
            "imap: the server gives no text for %llu messages; they are tried again next time",
            (unsigned long long)result->failed);
    return done;
}
