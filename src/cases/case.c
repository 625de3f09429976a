#include "cases/case.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cases/record.h"
#include "cases/stub.h"

struct words {
    const char *word, *nl, *en;
};

static const struct words states[CASE_STATES] = {
    [CASE_RECEIVED] = { "received", "ontvangen", "received" },
    [CASE_TRIAGE] = { "triage", "in beoordeling", "being assessed" },
    [CASE_CONFIRMED] = { "confirmed", "bevestigd", "confirmed" },
    [CASE_FIXING] = { "fixing", "wordt opgelost", "being fixed" },
    [CASE_FIXED] = { "fixed", "opgelost", "fixed" },
    [CASE_DISCLOSED] = { "disclosed", "openbaar gemaakt", "disclosed" },
    [CASE_CLOSED] = { "closed", "gesloten", "closed" },
    [CASE_NOT_REPRODUCED] = { "not_reproduced", "niet gereproduceerd", "not reproduced" },
    [CASE_DUPLICATE] = { "duplicate", "dubbel", "duplicate" },
    [CASE_OUT_OF_SCOPE] = { "out_of_scope", "buiten het bereik", "out of scope" },
    [CASE_NOT_A_REPORT] = { "not_a_report", "geen melding", "not a report" },
    [CASE_ERASED] = { "erased", "gewist", "erased" },
};

static const struct words kinds[CASE_KINDS] = {
    [KIND_ASIDE] = { "aside", "onleesbaar", "unreadable" },
    [KIND_REPORT] = { "report", "melding", "report" },
    [KIND_FOLLOW_UP] = { "follow_up", "aanvulling", "follow-up" },
    [KIND_CISO] = { "ciso", "mail van de CISO", "mail of the CISO" },
    [KIND_ORDER] = { "order", "opdracht van de CISO", "command of the CISO" },
    [KIND_IBD] = { "ibd", "antwoord van de IBD", "answer of the IBD" },
    [KIND_BOUNCE] = { "bounce", "onbestelbaar", "undeliverable" },
    [KIND_AUTO_REPLY] = { "auto_reply", "automatisch antwoord", "automatic answer" },
    [KIND_LIST] = { "list", "lijst- of massamail", "list or bulk mail" },
    [KIND_SPAM] = { "spam", "spam of leeg", "spam or empty" },
    [KIND_DUPLICATE] = { "duplicate", "zelfde bericht nog eens", "the same message again" },
    [KIND_OWN] = { "own", "eigen brief", "letter of ours" },
};

static const char *const breaches[] = { "undecided", "yes", "no" };
static const char *const ibds[] = { "none", "held", "queued", "sent", "updated" };
static const char *const levels[] = { "unknown", "low", "medium", "high" };
static const char *const parties[] = { "none", "researcher", "ciso", "ibd" };
static const char *const directions[] = { "in", "out" };
static const char *const consents[CONSENT_KINDS] = { "name to IBD", "contact to IBD", "credit" };
static const char *const clock_states[] = { "idle", "running", "paused", "stopped" };
static const char *const stages[] = { "quiet", "soon", "last", "over", "escalated" };
static const char *const units[] = { "working_days", "days", "hours" };

const char *case_state_word(enum case_state state)
{
    return states[state].word;
}

const char *case_state_name(enum case_state state, const char *language)
{
    return strcmp(language, "en") ? states[state].nl : states[state].en;
}

bool case_state_of(const char *word, enum case_state *state)
{
    for (int i = 0; i < CASE_STATES; i++)
        if (strcmp(states[i].word, word) == 0) {
            *state = (enum case_state)i;
            return true;
        }
    return false;
}

const char *case_kind_word(enum case_kind kind)
{
    return kinds[kind].word;
}

const char *case_kind_name(enum case_kind kind, const char *language)
{
    return strcmp(language, "en") ? kinds[kind].nl : kinds[kind].en;
}

const char *case_breach_word(enum case_breach breach)
{
    return breaches[breach];
}

const char *case_ibd_word(enum case_ibd ibd)
{
    return ibds[ibd];
}

const char *case_level_word(enum case_level level)
{
    return levels[level];
}

const char *case_party_word(enum case_party party)
{
    return parties[party];
}

const char *consent_word(enum consent_kind kind)
{
    return consents[kind];
}

/* The same for the table of fields. */
#define WORD_OF(name, array)                                                                       \
    static const char *name(int value)                                                             \
    {                                                                                              \
        return (array)[value];                                                                     \
    }
#define WORD_OF_CALL(name, call, type)                                                             \
    static const char *name(int value)                                                             \
    {                                                                                              \
        return call((type)value);                                                                  \
    }

WORD_OF(breach_of, breaches)
WORD_OF(ibd_of, ibds)
WORD_OF(level_of, levels)
WORD_OF(party_of, parties)
WORD_OF(direction_of, directions)
WORD_OF(consent_of, consents)
WORD_OF(clock_state_of, clock_states)
WORD_OF(stage_of, stages)
WORD_OF(unit_of, units)
WORD_OF_CALL(state_of, case_state_word, enum case_state)
WORD_OF_CALL(kind_of, case_kind_word, enum case_kind)
WORD_OF_CALL(clock_of_value, clock_word, enum clock_kind)
WORD_OF_CALL(parse_of_value, parse_word, enum parse)
WORD_OF_CALL(crypt_of_value, crypt_word, enum crypt)
WORD_OF_CALL(scope_of_value, scope_word, enum scope)
WORD_OF_CALL(signature_of_value, signature_word, enum signature)
WORD_OF_CALL(continuity_of_value, continuity_word, enum continuity)

#define AT(field) offsetof(struct STRUCT, field)
#define TEXT(field)                                                                                \
    {                                                                                              \
#field, AT(field), NULL, NULL, FIELD_TEXT, 0                                               \
    }
#define TIME(field)                                                                                \
    {                                                                                              \
#field, AT(field), NULL, NULL, FIELD_TIME, 0                                               \
    }
#define INT(field)                                                                                 \
    {                                                                                              \
#field, AT(field), NULL, NULL, FIELD_INT, 0                                                \
    }
#define FLAGS(field)                                                                               \
    {                                                                                              \
#field, AT(field), NULL, NULL, FIELD_FLAGS, 0                                              \
    }
#define BOOL(field)                                                                                \
    {                                                                                              \
#field, AT(field), NULL, NULL, FIELD_BOOL, 0                                               \
    }
#define TEXTS(field)                                                                               \
    {                                                                                              \
#field, AT(field), NULL, NULL, FIELD_TEXTS, 0                                              \
    }
#define WORD(field, of, count)                                                                     \
    {                                                                                              \
#field, AT(field), of, NULL, FIELD_WORD, count                                             \
    }
#define RECORD(field, of)                                                                          \
    {                                                                                              \
#field, AT(field), NULL, of, FIELD_RECORD, 0                                               \
    }
#define LIST(field, of)                                                                            \
    {                                                                                              \
#field, AT(field), NULL, of, FIELD_LIST, 0                                                 \
    }
#define SLOTS(field, word, count, of)                                                              \
    {                                                                                              \
#field, AT(field), word, of, FIELD_SLOTS, count                                            \
    }
#define RECORD_OF(name, rows)                                                                      \
    {                                                                                              \
        sizeof(struct name), rows, COUNT(rows)                                                     \
    }

#define STRUCT case_key
static const struct field key_fields[] = { TEXT(fingerprint), TIME(first_seen_at), TEXT(how),
    TEXT(material), TIME(accepted_at), TIME(refused_at) };
static const struct record key_record = RECORD_OF(case_key, key_fields);
#undef STRUCT

#define STRUCT case_attachment
static const struct field attachment_fields[] = { TEXT(name), TEXT(type), TIME(size_bytes),
    TEXT(sha256), TEXT(md5), TEXT(withheld) };
static const struct record attachment_record = RECORD_OF(case_attachment, attachment_fields);
#undef STRUCT

#define STRUCT case_message
static const struct field message_fields[] = { TEXT(vault), TEXT(row), TEXT(hash), TEXT(message_id),
    TIME(received_at), WORD(kind, kind_of, CASE_KINDS),
    WORD(direction, direction_of, COUNT(directions)), TEXT(from), TEXT(from_name),
    WORD(parse, parse_of_value, PARSE_OK + 1), WORD(crypt, crypt_of_value, CRYPT_ENC + 1),
    WORD(scope, scope_of_value, SCOPE_ALL + 1),
    WORD(signature, signature_of_value, SIGNATURE_GOOD + 1),
    WORD(signature_scope, scope_of_value, SCOPE_ALL + 1),
    WORD(continuity, continuity_of_value, CONTINUITY_PINNED + 1), TEXT(signer), TIME(signed_at),
    FLAGS(flags), TEXT(sentence_nl), TEXT(sentence_en), TEXTS(reasons), TEXT(subject),
    TEXT(redacted), TEXT(receipt), LIST(attachments, &attachment_record) };
static const struct record message_record = RECORD_OF(case_message, message_fields);
#undef STRUCT

#define STRUCT case_letter
static const struct field letter_fields[] = { TEXT(kind), WORD(to, party_of, COUNT(parties)),
    TEXT(message_id), TIME(queued_at), TIME(sent_at), TIME(bounced_at), TEXT(hash),
    TEXT(why_bounced), TEXT(meant), TEXT(words), TEXT(text), BOOL(settled) };
static const struct record letter_record = RECORD_OF(case_letter, letter_fields);
#undef STRUCT

#define STRUCT case_consent
static const struct field consent_fields[] = { BOOL(given), BOOL(offered), TIME(at), TEXT(by),
    TEXT(how) };
static const struct record consent_record = RECORD_OF(case_consent, consent_fields);
#undef STRUCT

#define STRUCT case_disclosure
static const struct field disclosure_fields[] = { TIME(at), TEXT(ground), TEXT(to), TEXT(what),
    TEXT(by) };
static const struct record disclosure_record = RECORD_OF(case_disclosure, disclosure_fields);
#undef STRUCT

#define STRUCT case_decision
static const struct field decision_fields[] = { TIME(at), TEXT(by), TEXT(how), TEXT(verb),
    TEXT(text), WORD(from, state_of, CASE_STATES), WORD(to, state_of, CASE_STATES) };
static const struct record decision_record = RECORD_OF(case_decision, decision_fields);
#undef STRUCT

#define STRUCT case_note
static const struct field note_fields[] = { TIME(at), TEXT(by), TEXT(text) };
static const struct record note_record = RECORD_OF(case_note, note_fields);
#undef STRUCT

#define STRUCT case_facts
static const struct field facts_fields[] = { TEXTS(urls), TEXTS(hosts), TEXTS(cves), TEXTS(cwes),
    TEXT(weakness) };
static const struct record facts_record = RECORD_OF(case_facts, facts_fields);
#undef STRUCT

#define STRUCT clock
static const struct field clock_fields[] = { WORD(state, clock_state_of, COUNT(clock_states)),
    TIME(started_at), TIME(due_at), TIME(stopped_at), TIME(paused_at), TIME(paused_s), INT(amount),
    WORD(unit, unit_of, COUNT(units)), BOOL(provisional), WORD(told, stage_of, COUNT(stages)),
    TEXT(why) };
static const struct record clock_record = RECORD_OF(clock, clock_fields);
#undef STRUCT

#define STRUCT case_file
static const struct field file_fields[] = { INT(schema), TEXT(number),
    WORD(state, state_of, CASE_STATES), TIME(state_at), TEXT(language), TIME(received_at),
    TIME(changed_at), TEXT(address), TEXT(name), LIST(keys, &key_record), BOOL(no_key),
    TEXTS(thread), TEXT(duplicate_of), TEXT(apart_from),
    SLOTS(clocks, clock_of_value, CLOCK_KINDS, &clock_record),
    SLOTS(consents, consent_of, CONSENT_KINDS, &consent_record), TEXT(credit_name),
    LIST(disclosures, &disclosure_record), TEXT(severity), INT(severity_tenths),
    WORD(chance, level_of, COUNT(levels)), WORD(damage, level_of, COUNT(levels)),
    WORD(breach, breach_of, COUNT(breaches)), TIME(breach_at), TIME(first_read_at),
    TIME(confirmed_at), TIME(mitigated_at), TIME(fixed_at), TIME(closed_at), TIME(wiped_at),
    TEXT(wiped), WORD(ibd, ibd_of, COUNT(ibds)), TEXTS(ibd_reasons), TIME(ibd_at), TEXT(ibd_text),
    BOOL(ibd_stale), TEXT(memory), TEXT(summary), TEXTS(missing), RECORD(facts, &facts_record),
    LIST(messages, &message_record), LIST(letters, &letter_record),
    LIST(decisions, &decision_record), LIST(notes, &note_record) };
static const struct record file_record = RECORD_OF(case_file, file_fields);
#undef STRUCT

#define STRUCT case_stub
static const struct field stub_fields[] = { TEXT(number), WORD(state, state_of, CASE_STATES),
    TIME(received_at), TIME(state_at), TIME(changed_at), TIME(confirmed_at), TIME(fixed_at),
    TIME(closed_at), SLOTS(clocks, clock_of_value, CLOCK_KINDS, &clock_record),
    WORD(breach, breach_of, COUNT(breaches)), WORD(ibd, ibd_of, COUNT(ibds)), TEXT(severity),
    INT(severity_tenths), WORD(chance, level_of, COUNT(levels)),
    WORD(damage, level_of, COUNT(levels)), TEXT(weakness), INT(messages), BOOL(apart),
    TIME(due_at) };
static const struct record stub_record = RECORD_OF(case_stub, stub_fields);
#undef STRUCT

void stub_of(const struct case_file *file, struct case_stub *stub)
{
    *stub = (struct case_stub) { .number = file->number,
        .state = file->state,
        .received_at = file->received_at,
        .state_at = file->state_at,
        .changed_at = file->changed_at,
        .confirmed_at = file->confirmed_at,
        .fixed_at = file->fixed_at,
        .closed_at = file->closed_at,
        .breach = file->breach,
        .ibd = file->ibd,
        .severity = file->severity,
        .severity_tenths = file->severity_tenths,
        .chance = file->chance,
        .damage = file->damage,
        .weakness = file->facts.weakness,
        .messages = (int)file->messages.count,
        .apart = *file->apart_from != '\0' };
    memcpy(stub->clocks, file->clocks, sizeof stub->clocks);
}

bool stub_to_json(
    const struct case_stub *stub, struct arena *arena, struct span *json, struct err *err)
{
    return record_to_json(&stub_record, stub, arena, json, err) || err_at(err, "case");
}

bool stub_from_json(struct span json, struct arena *arena, struct case_stub *stub, struct err *err)
{
    struct case_stub read;

    /* Fields that a later version of the program added may be missing. */
    if (!record_from_json(&stub_record, json, true, arena, &read, err))
        return err_at(err, "case");
    *stub = read;
    return true;
}

void case_empty(struct case_file *file)
{
    record_empty(&file_record, file);
    file->schema = CASE_SCHEMA;
    file->code = "";
    file->language = "nl";
    file->severity_tenths = -1;
}

#define ADD(list, record)                                                                          \
    do {                                                                                           \
        void *at = (list).at;                                                                      \
        void *added = record_add(record, arena, &at, &(list).count);                               \
        (list).at = at;                                                                            \
        return added;                                                                              \
    } while (0)

struct case_key *case_add_key(struct case_file *file, struct arena *arena)
{
    ADD(file->keys, &key_record);
}

struct case_message *case_add_message(struct case_file *file, struct arena *arena)
{
    ADD(file->messages, &message_record);
}

struct case_attachment *case_add_attachment(struct case_message *message, struct arena *arena)
{
    ADD(message->attachments, &attachment_record);
}

struct case_letter *case_add_letter(struct case_file *file, struct arena *arena)
{
    ADD(file->letters, &letter_record);
}

struct case_disclosure *case_add_disclosure(struct case_file *file, struct arena *arena)
{
    ADD(file->disclosures, &disclosure_record);
}

struct case_decision *case_add_decision(struct case_file *file, struct arena *arena)
{
    ADD(file->decisions, &decision_record);
}

struct case_note *case_add_note(struct case_file *file, struct arena *arena)
{
    ADD(file->notes, &note_record);
}

const struct case_message *case_report(const struct case_file *file)
{
    for (size_t i = 0; i < file->messages.count; i++)
        if (file->messages.at[i].kind == KIND_REPORT)
            return &file->messages.at[i];
    return file->messages.count ? &file->messages.at[0] : NULL;
}

bool case_is_open(enum case_state state)
{
    return state < CASE_CLOSED;
}

bool case_to_json(
    const struct case_file *file, struct arena *arena, struct span *json, struct err *err)
{
    return record_to_json(&file_record, file, arena, json, err) || err_at(err, "case");
}

static bool read_schema(struct span json, int *schema)
{
    struct span start = SPAN("{\"schema\":");
    size_t at = start.len;

    *schema = 0;
    while (span_starts(json, start) && at < json.len && json.at[at] >= '0' && json.at[at] <= '9'
        && *schema < 100000)
        *schema = *schema * 10 + json.at[at++] - '0';
    return *schema > 0;
}

bool case_from_json(struct span json, struct arena *arena, struct case_file *file, struct err *err)
{
    struct case_file read;
    int schema;

    if (!read_schema(json, &schema))
        return err_exit(err, ERR_RUN, EX_DATAERR, "case: no schema at its start");
    if (schema > CASE_SCHEMA)
        return err_exit(err, ERR_RUN, EX_DATAERR,
            "case: written by a newer version (schema %d, this program knows %d)", schema,
            CASE_SCHEMA);
    if (!record_from_json(&file_record, json, schema < CASE_SCHEMA, arena, &read, err))
        return err_at(err, "case");
    *file = read;
    file->schema = CASE_SCHEMA;
    file->code = "";
    return true;
}

bool case_number_valid(struct span text)
{
    size_t at = 0, letters, digits;

    while (at < text.len && text.at[at] >= 'A' && text.at[at] <= 'Z')
        at++;
    letters = at;
    if (letters < 2 || letters > 8 || text.len < letters + 10 || text.len >= CASE_NUMBER
        || text.at[at] != '-' || text.at[at + 5] != '-')
        return false;
    for (digits = 1; digits <= 4; digits++)
        if (text.at[at + digits] < '0' || text.at[at + digits] > '9')
            return false;
    for (at += 6; at < text.len; at++)
        if (text.at[at] < '0' || text.at[at] > '9')
            return false;
    return true;
}

void case_number_make(const char *prefix, int year, int64_t serial, char number[static CASE_NUMBER])
{
    snprintf(number, CASE_NUMBER, "%.8s-%04d-%04lld", prefix, year, (long long)serial);
}
