#include "run/replay.h"

#include "cases/reminder.h"
#include "cases/undelivered.h"
#include "run/health.h"
#include "run/log.h"
#include "run/posting.h"

#include <stdlib.h>
#include <string.h>

/* A vault file with its label. */
struct mail {
    struct inbox_row row;
    const char *place; /* "INBOX 1700000000 42" */
    bool named; /* a record tells of a message at this place */
    bool used;
};

struct note {
    struct ledger_entry entry;
    bool done;
};

struct replay {
    struct hall *hall;
    struct desk *desk;
    struct store *store;
    struct arena *arena;
    struct replay_facts *facts;
    struct mail *mails; /* in the order in which a run takes them */
    size_t mail_count;
    struct note *notes;
    size_t note_count, note_room;
    struct texts erased, opened; /* numbers of cases */
    size_t mail_from, mail_to; /* decisions whose mail has not come yet: notes from, up to */
    int64_t last_at; /* of the log; 0 when there is none */
    bool lossy; /* records are lost: a message without one may have been handled */
};

/* All that follows happens at that time. */
static void set_clock(struct replay *replay, int64_t at_s)
{
    replay->desk->office->now_s = at_s;
    replay->desk->filing.now_s = at_s;
}

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* --- what there is --- */

static bool keep_note(
    void *context, uint64_t number, const struct ledger_entry *entry, struct err *err)
{
    struct replay *replay = context;
    struct arena *arena = replay->arena;
    struct note *note;

    (void)number;
    (void)err;
    if (replay->note_count == replay->note_room) {
        size_t more = replay->note_room ? replay->note_room * 2 : 64;

        replay->notes = arena_grow(
            arena, replay->notes, replay->note_room * sizeof *note, more * sizeof *note);
        replay->note_room = more;
    }
    note = &replay->notes[replay->note_count++];
    *note = (struct note) { .entry = *entry };
    note->entry.by = arena_text(arena, span_of(entry->by));
    note->entry.how = arena_text(arena, span_of(entry->how));
    note->entry.number = arena_text(arena, span_of(entry->number));
    note->entry.what = arena_text(arena, span_of(entry->what));
    note->entry.text = arena_text(arena, span_of(entry->text));
    note->entry.hash = arena_text(arena, span_of(entry->hash));
    note->entry.words = arena_text(arena, span_of(entry->words));
    if (entry->at > replay->last_at)
        replay->last_at = entry->at;
    if (is(entry->what, "erase") && case_number_valid(span_of(entry->number)))
        texts_add(&replay->erased, arena, note->entry.number);
    return true;
}

static bool read_log(struct replay *replay, struct err *err)
{
    struct txn *txn = txn_begin(replay->store, TXN_READ);
    bool walked = ledger_walk(txn, "", keep_note, replay, err);

    return txn_end(&txn, err) && walked;
}

/* As a run takes them: by the time at which the mail server got them. */
static int by_arrival(const void *a, const void *b)
{
    const struct inbox_row *left = &((const struct mail *)a)->row;
    const struct inbox_row *right = &((const struct mail *)b)->row;

    if (left->received_s != right->received_s)
        return left->received_s < right->received_s ? -1 : 1;
    if (left->uid != right->uid)
        return left->uid < right->uid ? -1 : 1;
    return strcmp(left->vault, right->vault);
}

/* All rows as new ones first: what the log tells changes them, the rest is work. */
static bool read_vault(struct replay *replay, struct err *err)
{
    struct txn *txn;
    const char **ids;
    size_t count;

    if (!vault_list(replay->store, replay->arena, &ids, &count, err))
        return false;
    replay->mails = arena_array(replay->arena, count + 1, sizeof *replay->mails);
    for (size_t i = 0; i < count; i++) {
        struct mail *mail = &replay->mails[replay->mail_count];
        struct err why = { 0 };
        struct span label;

        if (!vault_label(replay->store, ids[i], replay->arena, &label, &why)
            || !inbox_read(label, replay->arena, &mail->row, &why)) {
            if (why.scope != ERR_MESSAGE) {
                *err = why;
                return false;
            }
            log_line(LOG_LEVEL_WARNING, "rebuild", ids[i], "%s", why.text);
            replay->facts->damaged++;
            continue;
        }
        memcpy(mail->row.vault, ids[i], sizeof mail->row.vault);
        mail->row.state = INBOX_NEW;
        mail->place = walk_of(replay->hall, &mail->row, replay->arena).place;
        replay->mail_count++;
    }
    if (replay->mail_count)
        qsort(replay->mails, replay->mail_count, sizeof *replay->mails, by_arrival);
    txn = txn_begin(replay->store, TXN_WRITE);
    for (size_t i = 0; i < replay->mail_count; i++)
        inbox_put(txn, &replay->mails[i].row);
    return txn_end(&txn, err);
}

/* What a record keeps of a message: "report 1700000000 INBOX 1600000000 42". */
struct kept {
    enum case_kind kind;
    int64_t received_s;
    const char *place; /* the last three words */
};

static bool read_words(const char *words, struct kept *kept)
{
    const char *blank = strchr(words, ' ');
    char *end;

    for (int i = 0; blank && i < CASE_KINDS; i++) {
        if (!span_equal((struct span) { words, (size_t)(blank - words) },
                span_of(case_kind_word((enum case_kind)i))))
            continue;
        kept->kind = (enum case_kind)i;
        kept->received_s = strtoll(blank + 1, &end, 10);
        kept->place = end + 1;
        return *end == ' ';
    }
    return false;
}

static bool is_message(const struct ledger_entry *entry)
{
    return is(entry->what, "received") || is(entry->what, "filed");
}

static void name_mails(struct replay *replay)
{
    for (size_t i = 0; i < replay->note_count; i++) {
        struct kept kept;

        if (!is_message(&replay->notes[i].entry)
            || !read_words(replay->notes[i].entry.words, &kept))
            continue;
        for (size_t k = 0; k < replay->mail_count; k++)
            replay->mails[k].named = replay->mails[k].named
                || is(replay->mails[k].place, kept.place);
    }
}

/* --- where fetching goes on --- */

struct reached {
    const char *folder;
    uint32_t uidvalidity, last;
    size_t from; /* the note at which the UIDs were counted anew */
};

static bool read_place(const char *place, struct arena *arena, struct reached *at)
{
    const char *uid = strrchr(place, ' '), *validity = uid;

    while (uid && validity > place && validity[-1] != ' ')
        validity--;
    if (!uid || validity - 1 <= place)
        return false;
    at->folder = arena_text(arena, (struct span) { place, (size_t)(validity - 1 - place) });
    at->uidvalidity = (uint32_t)strtoul(validity, NULL, 10);
    at->last = (uint32_t)strtoul(uid + 1, NULL, 10);
    return at->uidvalidity > 0 && at->last > 0;
}

/* Its place in the mailbox stays known: fetching does not bring it back. */
static void put_place(struct txn *txn, const struct kept *kept, struct arena *arena)
{
    struct inbox_row row = { .state = INBOX_FILED, .received_s = kept->received_s };
    struct reached at;

    if (!read_place(kept->place, arena, &at))
        return;
    row.folder = at.folder;
    row.uidvalidity = at.uidvalidity;
    row.uid = at.last;
    inbox_put_erased(txn, &row);
}

static bool came_before(const struct replay *replay, size_t from, size_t to, const char *place)
{
    for (size_t i = from; i < to; i++) {
        struct kept kept;

        if (is_message(&replay->notes[i].entry) && read_words(replay->notes[i].entry.words, &kept)
            && is(kept.place, place))
            return true;
    }
    return false;
}

/*
 * What was handled had been committed with a cursor at or after it. A place that comes again means
 * that the server counts anew; without a cursor each UID is asked for once, and known ones are not
 * fetched again, so a lower one only costs time.
 */
static void note_reached(
    struct replay *replay, struct reached *list, size_t *count, size_t at_note, const char *place)
{
    struct reached now;
    size_t i = 0;

    if (!read_place(place, replay->arena, &now))
        return;
    now.from = at_note;
    while (i < *count && !is(list[i].folder, now.folder))
        i++;
    if (i == *count)
        list[(*count)++] = now;
    else if (list[i].uidvalidity != now.uidvalidity
        || came_before(replay, list[i].from, at_note, place))
        list[i] = now;
    else if (now.last > list[i].last)
        list[i].last = now.last;
}

static bool put_cursors(struct replay *replay, struct err *err)
{
    struct reached *list = arena_array(replay->arena, replay->note_count + 1, sizeof *list);
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);
    size_t count = 0;

    for (size_t i = 0; i < replay->note_count; i++) {
        struct kept kept;

        if (is_message(&replay->notes[i].entry) && read_words(replay->notes[i].entry.words, &kept))
            note_reached(replay, list, &count, i, kept.place);
    }
    for (size_t i = 0; i < count; i++)
        inbox_cursor_put(txn, list[i].folder, list[i].uidvalidity,
            &(struct inbox_cursor) { .last = list[i].last });
    return txn_end(&txn, err);
}

/* --- messages --- */

static void note_opened(struct replay *replay, const char *number)
{
    if (!texts_have(&replay->opened, number))
        texts_add(&replay->opened, replay->arena, number);
}

/* The case, and the message where its row is known, without anything that was read of it. */
static bool file_bare(struct replay *replay, const struct ledger_entry *entry,
    const struct walk_again *again, const char *place, struct mail *mail, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);
    struct belongs belongs = { .kind = again->kind,
        .number = again->number,
        .opens = again->opens,
        .apart_from = "",
        .letter = "",
        .why = entry->text };
    struct message message;
    struct filing_mail bare = { .message = &message,
        .vault = mail ? mail->row.vault : "",
        .row = place,
        .hash = entry->hash,
        .received_at = mail ? mail->row.received_s : entry->at,
        .subject = "",
        .redacted = "",
        .receipt = "",
        .memory = "" };
    struct case_file file;
    struct filed filed;

    bare.copy = again->kind == KIND_DUPLICATE && !mail;
    message_empty(&message);
    texts_add(&message.reasons, arena,
        mail ? "It was read before the index was lost, but cannot be read now."
             : "Its original is lost.");
    if (*again->number && !again->opens && cabinet_get(txn, again->number, arena, &file))
        bare.memory = file.memory; /* names keep their placeholders */
    if (mail || *again->number)
        filing_file(txn, &replay->desk->filing, &belongs, &bare, arena, &filed);
    else if (again->kind != KIND_DUPLICATE)
        cabinet_seen(txn, entry->hash, "", "");
    if (mail) {
        mail->used = true;
        mail->row.state = INBOX_ASIDE;
        inbox_put(txn, &mail->row);
    }
    return txn_end(&txn, err);
}

static bool put_aside(
    struct replay *replay, const struct ledger_entry *entry, struct mail *mail, struct err *err)
{
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);

    filing_aside(txn, &replay->desk->filing, mail->row.vault, mail->place, entry->hash,
        mail->row.received_s, ASIDE_UNREADABLE, entry->text);
    mail->used = true;
    mail->row.state = INBOX_ASIDE;
    inbox_put(txn, &mail->row);
    return txn_end(&txn, err);
}

enum took { TOOK_FAILED, TOOK_OTHER, TOOK_IT };

/* One vault file at the place of the record: it, or another one that had the same UID. */
static enum took take_mail(struct replay *replay, const struct ledger_entry *entry,
    const struct walk_again *again, struct mail *mail, bool *orders_done, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct walk walk = walk_of(replay->hall, &mail->row, arena);
    struct err trouble = { 0 };

    walk.again = again;
    if (walk_read(&walk, &trouble) && walk_take(&walk, &trouble)) {
        mail->used = true;
        replay->facts->messages++;
        *orders_done = walk.filed.has_orders && walk.filed.trust == ORDER_TRUSTED;
        return TOOK_IT;
    }
    if (trouble.scope != ERR_MESSAGE) {
        *err = trouble;
        err_at(err, "%s", mail->row.vault);
        return TOOK_FAILED;
    }
    if (walk.hash[0] && *entry->hash && !is(walk.hash, entry->hash))
        return TOOK_OTHER;
    log_line(LOG_LEVEL_WARNING, "rebuild", mail->row.vault, "%s: cannot be read any more: %s",
        *entry->number ? entry->number : "no case", trouble.text);
    replay->facts->unreadable++;
    return file_bare(replay, entry, again, mail->place, mail, err) ? TOOK_IT : TOOK_FAILED;
}

static bool note_place(struct replay *replay, const struct kept *kept, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);

    put_place(txn, kept, arena);
    return txn_end(&txn, err);
}

static bool repeat_message(
    struct replay *replay, const struct ledger_entry *entry, bool *orders_done, struct err *err)
{
    struct walk_again again
        = { .number = entry->number, .opens = is(entry->what, "received"), .hash = entry->hash };
    struct kept kept = { KIND_REPORT, entry->at, "" };
    const char *place;

    *orders_done = false;
    (void)!read_words(entry->words, &kept);
    again.kind = kept.kind;
    place = kept.place;
    if (again.opens)
        note_opened(replay, entry->number);
    for (size_t i = 0; i < replay->mail_count; i++) {
        struct mail *mail = &replay->mails[i];
        enum took took;

        if (mail->used || !is(mail->place, place))
            continue;
        if (again.kind == KIND_ASIDE)
            return put_aside(replay, entry, mail, err);
        took = take_mail(replay, entry, &again, mail, orders_done, err);
        if (took != TOOK_OTHER)
            return took == TOOK_IT;
    }
    /* Of a second copy the vault keeps nothing; its place is known all the same. */
    if (again.kind == KIND_DUPLICATE) {
        if (!note_place(replay, &kept, err))
            return false;
    } else if (*entry->number) {
        log_line(
            LOG_LEVEL_WARNING, "rebuild", entry->number, "a message of it is not in the vault");
        replay->facts->gone++;
    }
    return file_bare(replay, entry, &again, place, NULL, err);
}

/* --- messages without a record, where records are lost --- */

static struct mail *next_unknown(struct replay *replay, int64_t until_s)
{
    for (size_t i = 0; i < replay->mail_count; i++)
        if (!replay->mails[i].used && !replay->mails[i].named
            && replay->mails[i].row.fetched_s <= until_s)
            return &replay->mails[i];
    return NULL;
}

/* Its record is written anew; *number is the case that it opened, or "". */
static bool file_unknown(
    struct replay *replay, struct mail *mail, char number[static CASE_NUMBER], struct err *err)
{
    static const struct walk_again quietly = { .hash = "" };
    AUTO(arena_free) struct arena *arena = arena_new();
    struct walk walk = walk_of(replay->hall, &mail->row, arena);
    struct err trouble = { 0 };
    bool done;

    number[0] = '\0';
    walk.again = &quietly;
    mail->used = true;
    replay->facts->quiet++;
    rebuild_quiet(replay->store, false);
    done = walk_read(&walk, &trouble) && walk_take(&walk, &trouble);
    if (done && walk.filed.opened) {
        memcpy(number, walk.filed.number, strlen(walk.filed.number) + 1);
        note_opened(replay, arena_text(replay->arena, span_of(number)));
    }
    if (!done && trouble.scope == ERR_MESSAGE)
        done = walk_aside(&walk, &trouble, err);
    else if (!done)
        *err = trouble;
    rebuild_quiet(replay->store, true);
    log_line(LOG_LEVEL_WARNING, "rebuild", mail->row.vault,
        "its record may be lost: filed without a letter%s%s", *number ? " as " : "", number);
    return done;
}

/* The year and the serial of a number, as one that grows. */
static int64_t order_of(const char *number)
{
    const char *year = strchr(number, '-');

    return year ? strtoll(year + 1, NULL, 10) * 1000000000 + strtoll(year + 6, NULL, 10) : 0;
}

/* A number that was given before this one, and no record tells of: its message comes first. */
static bool fill_gap(struct replay *replay, const char *number, struct err *err)
{
    char opened[CASE_NUMBER];
    struct mail *mail;
    int64_t last = 0;

    for (size_t i = 0; i < replay->opened.count; i++)
        if (order_of(replay->opened.at[i]) > last)
            last = order_of(replay->opened.at[i]);
    if (last / 1000000000 != order_of(number) / 1000000000)
        last = order_of(number) / 1000000000 * 1000000000;
    while (replay->lossy && order_of(number) > last + 1
        && (mail = next_unknown(replay, replay->desk->office->now_s))) {
        if (!file_unknown(replay, mail, opened, err))
            return false;
        last += *opened != '\0';
    }
    return true;
}

static bool repeat(struct replay *replay, size_t at, struct err *err);

/* A record about a case whose first one is missing, or stands later in the log. */
static bool ensure_open(
    struct replay *replay, size_t at, const struct ledger_entry *entry, struct err *err)
{
    char opened[CASE_NUMBER];
    struct mail *mail;

    if (texts_have(&replay->opened, entry->number))
        return true;
    for (size_t i = at + 1; i < replay->note_count; i++)
        if (is(replay->notes[i].entry.what, "received")
            && is(replay->notes[i].entry.number, entry->number))
            return repeat(replay, i, err);
    if (!fill_gap(replay, entry->number, err))
        return false;
    while (!texts_have(&replay->opened, entry->number) && (mail = next_unknown(replay, entry->at)))
        if (!file_unknown(replay, mail, opened, err))
            return false;
    if (texts_have(&replay->opened, entry->number))
        return true;
    log_line(LOG_LEVEL_WARNING, "rebuild", entry->number, "the record of its report is lost");
    replay->facts->gone++;
    note_opened(replay, entry->number);
    return file_bare(replay, &(struct ledger_entry) { .at = entry->at, .text = "", .hash = "" },
        &(struct walk_again) {
            .number = entry->number, .opens = true, .kind = KIND_REPORT, .hash = "" },
        "", NULL, err);
}

/* --- decisions --- */

/* Nothing that the CISO took out of a text goes to the IBD because the edited one is lost. */
static void hold_edited(struct desk *desk, struct txn *txn, const char *number, struct arena *arena)
{
    bool english = is(desk->filing.language, "en");
    struct case_file file;

    if (!cabinet_get(txn, number, arena, &file) || file.ibd >= IBD_SENT)
        return;
    file.ibd = IBD_HELD;
    file.ibd_reasons = (struct texts) { 0 };
    texts_add(&file.ibd_reasons, arena,
        english ? "the edited text was lost with the index; edit it again"
                : "de bewerkte tekst ging met de index verloren; bewerk haar opnieuw");
    cabinet_put(txn, &file, &desk->calendar, desk->office->now_s, arena);
}

static bool any_case(void *context, const char *number)
{
    (void)context;
    (void)number;
    return true; /* it was there then; it may be erased since */
}

static bool repeat_decision(struct replay *replay, const struct verb *verb,
    const struct ledger_entry *entry, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct desk *desk = replay->desk;
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);
    struct verb_act act = { .arena = arena,
        .calendar = &desk->calendar,
        .terms = &desk->terms,
        .now_s = entry->at,
        .by = entry->by,
        .how = entry->how,
        .language = "en",
        .have = any_case };
    struct span arguments, text;
    struct verb_done done;
    struct err refusal = { 0 };

    verb_again(verb, entry->words, arena, &arguments, &text);
    if (!cabinet_decide(txn, entry->number, verb, &act, arguments, text, &done, &refusal)) {
        log_line(LOG_LEVEL_WARNING, "rebuild", entry->number, "%s could not be repeated: %s",
            verb->name, refusal.text);
        replay->facts->refused++;
        return txn_end(&txn, err);
    }
    posting_again(desk, txn, &done.effects, arena);
    if (is(verb->name, "edit"))
        hold_edited(desk, txn, entry->number, arena);
    replay->facts->texts += verb->takes_text || is(verb->name, "note");
    replay->facts->decisions++;
    return txn_end(&txn, err);
}

/* The decisions of a mail stand before its own record. Where the mail itself cannot be taken for
 * an order any more (it is gone, the key has expired), the log's word counts. */
static bool end_mail(struct replay *replay, bool orders_done, struct err *err)
{
    for (size_t i = replay->mail_from; i < replay->mail_to; i++) {
        const struct ledger_entry *entry = &replay->notes[i].entry;
        int64_t now_s = replay->desk->office->now_s;

        if (texts_have(&replay->erased, entry->number))
            continue;
        if (orders_done) {
            replay->facts->decisions++;
            continue;
        }
        set_clock(replay, entry->at);
        if (!repeat_decision(replay, verb_named(span_of(entry->what)), entry, err))
            return false;
        set_clock(replay, now_s);
    }
    replay->mail_from = replay->mail_to = 0;
    return true;
}

/* --- letters --- */

/* The next word of what is left. */
static const char *word_of(const char **rest, struct arena *arena)
{
    size_t len = strcspn(*rest, " ");
    const char *word = arena_text(arena, (struct span) { *rest, len });

    *rest += len + ((*rest)[len] == ' ');
    return word;
}

static enum case_party party_of(const char *word)
{
    for (int i = PARTY_RESEARCHER; i <= PARTY_IBD; i++)
        if (is(case_party_word((enum case_party)i), word))
            return (enum case_party)i;
    return PARTY_NONE;
}

static bool repeat_letter(struct replay *replay, const struct ledger_entry *entry, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);
    const char *rest = entry->words, *kind = word_of(&rest, arena), *party = word_of(&rest, arena),
               *message_id = word_of(&rest, arena);
    struct case_file file;

    replay->facts->letters++;
    if (is(kind, "digest")) /* that day has had its digest */
        health_put(txn, "digest", entry->at, 0, 0, NULL);
    if (*entry->number && *message_id && cabinet_get(txn, entry->number, arena, &file)) {
        posting_letter_again(replay->desk, txn, &file, kind, party_of(party), message_id, arena);
        cabinet_put(txn, &file, &replay->desk->calendar, entry->at, arena);
    }
    return txn_end(&txn, err);
}

static bool repeat_outcome(struct replay *replay, const struct ledger_entry *entry, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);
    const char *rest = entry->words, *message_id = word_of(&rest, arena);
    int64_t ended_at = strtoll(rest, NULL, 10);
    struct case_file file;

    if (*entry->number && cabinet_get(txn, entry->number, arena, &file)) {
        if (is(entry->what, "sent"))
            filing_sent(&file, message_id, entry->hash, ended_at);
        else
            filing_refused(
                &file, message_id, entry->text, ended_at, replay->desk->filing.language, arena);
        cabinet_put(txn, &file, &replay->desk->calendar, entry->at, arena);
    }
    return txn_end(&txn, err);
}

static bool repeat_opened(struct replay *replay, const struct ledger_entry *entry, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);
    struct case_file file;

    if (cabinet_get(txn, entry->number, arena, &file) && !file.first_read_at) {
        file.first_read_at = entry->at;
        cabinet_put(txn, &file, &replay->desk->calendar, entry->at, arena);
    }
    return txn_end(&txn, err);
}

/* --- erased cases --- */

/* The vault file of the record, by its bytes: what would be erased in error is gone for good. */
static bool find_exactly(struct replay *replay, const struct ledger_entry *entry, const char *place,
    struct mail **found, struct err *err)
{
    size_t most = (size_t)replay->desk->office->settings.max_message_mb * 1024 * 1024;

    *found = NULL;
    for (size_t i = 0; !*found && i < replay->mail_count; i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct mail *mail = &replay->mails[i];
        char hash[HASH_SHA256_HEX];
        struct err why = { 0 };
        struct vault_facts facts;
        struct span bytes;

        if (mail->used || !is(mail->place, place))
            continue;
        if (vault_read(replay->store, mail->row.vault, most, arena, &bytes, &facts, &why)) {
            hash_sha256(bytes, hash);
            *found = is(hash, entry->hash) ? mail : NULL;
        } else if (why.scope != ERR_MESSAGE) {
            *err = why;
            return false;
        }
    }
    return true;
}

/* Nothing of it is read again; what an interrupted erasure left in the vault goes now. */
static bool repeat_erased(struct replay *replay, const struct ledger_entry *entry, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct kept kept = { .place = "" };
    struct mail *mail = NULL;
    struct txn *txn;

    if (is_message(entry) && read_words(entry->words, &kept)
        && !find_exactly(replay, entry, kept.place, &mail, err))
        return false;
    txn = txn_begin(replay->store, TXN_WRITE);
    if (is(entry->what, "received")) {
        cabinet_new_as(txn, entry->number);
        note_opened(replay, entry->number);
    }
    if (mail) {
        mail->used = true;
        mail->row.state = INBOX_FILED;
        inbox_put(txn, &mail->row);
    } else {
        put_place(txn, &kept, arena);
    }
    if (is_message(entry))
        cabinet_forget(txn, mail ? mail->row.vault : "", entry->hash);
    if (is(entry->what, "erase")) {
        cabinet_erased(txn, entry->number, span_of(entry->words), arena);
        note_opened(replay, entry->number);
        replay->facts->erased++;
    }
    return txn_end(&txn, err);
}

/* --- all of it --- */

static bool repeat_of_case(struct replay *replay, const struct ledger_entry *entry, struct err *err)
{
    const struct verb *verb = verb_named(span_of(entry->what));

    if (is(entry->what, "letter"))
        return repeat_letter(replay, entry, err);
    if (is(entry->what, "sent") || is(entry->what, "refused"))
        return repeat_outcome(replay, entry, err);
    if (is(entry->what, "opened") || is(entry->what, "read") || is(entry->what, "exported"))
        return repeat_opened(replay, entry, err);
    return !verb || repeat_decision(replay, verb, entry, err);
}

static bool repeat(struct replay *replay, size_t at, struct err *err)
{
    struct note *note = &replay->notes[at];
    const struct ledger_entry *entry = &note->entry;
    bool by_mail = is(entry->how, "mail") && verb_named(span_of(entry->what)), orders_done;

    if (note->done)
        return true;
    note->done = true;
    set_clock(replay, entry->at);
    if (*entry->number && !case_number_valid(span_of(entry->number)))
        return true;
    if (is(entry->what, "received") && !fill_gap(replay, entry->number, err))
        return false;
    set_clock(replay, entry->at);
    if (*entry->number && texts_have(&replay->erased, entry->number))
        return repeat_erased(replay, entry, err);
    if (*entry->number && !is(entry->what, "received") && !ensure_open(replay, at, entry, err))
        return false;
    set_clock(replay, entry->at);
    if (by_mail) {
        if (replay->mail_to == replay->mail_from)
            replay->mail_from = at;
        replay->mail_to = at + 1;
        return true;
    }
    if (is(entry->what, "received")) /* of another mail than the one with the decisions */
        return repeat_message(replay, entry, &orders_done, err);
    if (is(entry->what, "filed"))
        return repeat_message(replay, entry, &orders_done, err)
            && end_mail(replay, orders_done, err);
    return end_mail(replay, false, err) && repeat_of_case(replay, entry, err);
}

static bool repeat_all(struct replay *replay, struct err *err)
{
    for (size_t i = 0; i < replay->note_count; i++)
        if (!repeat(replay, i, err))
            return err_at(err, "audit record %zu", i + 1);
    return end_mail(replay, false, err);
}

/* What is left was handled before records were lost, or came after the last run. */
static bool take_rest(struct replay *replay, int64_t now_s, struct err *err)
{
    char number[CASE_NUMBER];

    set_clock(replay, now_s);
    for (size_t i = 0; i < replay->mail_count; i++) {
        struct mail *mail = &replay->mails[i];

        if (mail->used)
            continue;
        if (!replay->lossy || (replay->last_at && mail->row.fetched_s > replay->last_at))
            replay->facts->fresh++;
        else if (!file_unknown(replay, mail, number, err))
            return err_at(err, "%s", mail->row.vault);
    }
    return true;
}

/* A letter was queued, but whether it went the lost index alone knew: nobody gets it twice. */
static size_t end_letters(struct desk *desk, struct case_file *file, struct arena *arena)
{
    bool english = is(desk->filing.language, "en");
    size_t count = 0;

    for (size_t i = 0; i < file->letters.count; i++) {
        struct case_letter *letter = &file->letters.at[i];

        if (letter->sent_at || letter->bounced_at)
            continue;
        letter->bounced_at = desk->office->now_s;
        letter->why_bounced = UNDELIVERED_LOST;
        count++;
    }
    if (file->ibd == IBD_QUEUED) {
        file->ibd = IBD_HELD;
        file->ibd_at = desk->office->now_s;
        texts_add(&file->ibd_reasons, arena,
            english ? "The index was lost; whether the copy went is not known."
                    : "De index ging verloren; of de kopie weg is, is niet bekend.");
    }
    return count;
}

static bool end_cases(struct replay *replay, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct desk *desk = replay->desk;
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);
    struct reminder reminders[CLOCK_KINDS];
    struct case_stub *stubs;
    struct case_file file;
    size_t count;

    if (replay->lossy && replay->last_at) /* that of a digest may be lost */
        health_put(txn, "digest", replay->last_at, 0, 0, NULL);
    cabinet_stubs(txn, replay->arena, &stubs, &count);
    for (size_t i = 0; i < count; i++) {
        if (stubs[i].state == CASE_ERASED || !cabinet_get(txn, stubs[i].number, arena, &file))
            continue;
        replay->facts->cases++;
        replay->facts->unknown += end_letters(desk, &file, arena);
        if (replay->lossy) /* the record of a reminder may be lost */
            reminder_take(&file, &desk->calendar, replay->last_at, reminders);
        cabinet_put(txn, &file, &desk->calendar, desk->office->now_s, arena);
        arena_reset(arena);
    }
    return txn_end(&txn, err);
}

static bool note_rebuilt(struct replay *replay, struct err *err)
{
    struct txn *txn = txn_begin(replay->store, TXN_WRITE);

    rebuild_quiet(replay->store, false);
    ledger_add(txn,
        &(struct ledger_entry) { .at = replay->desk->office->now_s,
            .by = "program",
            .how = "program",
            .number = "",
            .what = "rebuilt",
            .text = arena_printf(replay->arena, "the index, from %zu records and %zu messages",
                replay->note_count, replay->mail_count),
            .hash = "" });
    return txn_end(&txn, err);
}

bool replay_all(
    struct hall *hall, const struct rebuild_facts *log, struct replay_facts *facts, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    int64_t now_s = hall->desk->office->now_s;
    struct replay replay = { .hall = hall,
        .desk = hall->desk,
        .store = hall->desk->office->store,
        .arena = arena,
        .facts = facts };

    *facts = (struct replay_facts) { 0 };
    if (!read_log(&replay, err) || !read_vault(&replay, err))
        return false;
    replay.lossy = log->audit_lost > 0 || replay.note_count == 0;
    name_mails(&replay);
    rebuild_quiet(replay.store, true);
    return repeat_all(&replay, err) && put_cursors(&replay, err) && take_rest(&replay, now_s, err)
        && end_cases(&replay, err) && note_rebuilt(&replay, err);
}
