/* case.h - the file of one case: all that is known of a report, as one record that is sealed with
 * the case's own key. */
#ifndef CASE_H
#define CASE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/texts.h"
#include "base/verdict.h"
#include "clocks/clock.h"

/* All texts are valid UTF-8 in the arena of the case; never NULL, "" where there is nothing. Times
 * are 0 where something has not happened. */

enum { CASE_SCHEMA = 3, CASE_NUMBER = 32 };

enum case_state {
    CASE_RECEIVED,
    CASE_TRIAGE,
    CASE_CONFIRMED,
    CASE_FIXING,
    CASE_FIXED,
    CASE_DISCLOSED,
    CASE_CLOSED,
    CASE_NOT_REPRODUCED, /* from here on: ends without a fix */
    CASE_DUPLICATE,
    CASE_OUT_OF_SCOPE,
    CASE_NOT_A_REPORT,
    CASE_ERASED,
    CASE_STATES,
};

/* What a message in a case is. */
enum case_kind {
    KIND_ASIDE, /* could not be read; the raw bytes are in the vault */
    KIND_REPORT, /* opened the case */
    KIND_FOLLOW_UP, /* a later mail of the researcher */
    KIND_CISO, /* a mail of the CISO, Cc or Bcc to the mailbox */
    KIND_ORDER, /* verbs, signed by the CISO */
    KIND_IBD, /* an answer of the IBD */
    KIND_BOUNCE, /* of a letter of ours */
    KIND_AUTO_REPLY,
    KIND_LIST, /* list, bulk */
    KIND_SPAM, /* marked as such on the way, or empty */
    KIND_DUPLICATE, /* the same bytes as an earlier message */
    KIND_OWN, /* a letter of ours that came back to us */
    CASE_KINDS,
};

enum case_direction {
    DIRECTION_IN, /* to the municipality */
    DIRECTION_OUT, /* by the CISO to the researcher */
};

enum case_breach { BREACH_UNDECIDED, BREACH_YES, BREACH_NO };

enum case_ibd {
    IBD_NONE, /* not composed yet, or nothing to send (not a report) */
    IBD_HELD, /* waits for the CISO; see the reasons */
    IBD_QUEUED,
    IBD_SENT,
    IBD_UPDATED, /* a later state was sent after the first copy */
};

enum case_level { LEVEL_UNKNOWN, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH };

enum consent_kind { CONSENT_NAME_IBD, CONSENT_CONTACT_IBD, CONSENT_CREDIT, CONSENT_KINDS };

enum case_party { PARTY_NONE, PARTY_RESEARCHER, PARTY_CISO, PARTY_IBD };

/* Each of the lists: at[0] to at[count - 1]. */
struct case_key {
    const char *fingerprint; /* upper-case hex, primary key */
    int64_t first_seen_at;
    const char *how; /* "signed" the report or a follow-up, "attached" only */
    const char *material; /* armor that the attached key came in, until it is accepted; "" */
    int64_t accepted_at,
        refused_at; /* by the CISO, for letters; refused: it cannot be used either */
};

struct case_attachment {
    const char *name, *type; /* the name is redacted */
    int64_t size_bytes;
    const char *sha256, *md5;
    const char *withheld; /* why it is not in the IBD copy; "" when its text is in it */
};

struct case_message {
    const char *vault; /* id of the sealed raw message */
    const char *row; /* mailbox, UIDVALIDITY and UID: "INBOX 1700000000 42" */
    const char *hash; /* sha256 of the raw bytes, hex */
    const char *message_id; /* without < > */
    int64_t received_at; /* INTERNALDATE, not the sender's Date */
    enum case_kind kind;
    enum case_direction direction;
    const char *from, *from_name; /* personal */
    /* The verdict, and its one sentence. */
    enum parse parse;
    enum crypt crypt;
    enum scope scope;
    enum signature signature;
    enum scope signature_scope;
    enum continuity continuity;
    const char *signer;
    int64_t signed_at;
    unsigned flags; /* FLAG_… of message/message.h */
    const char *sentence_nl, *sentence_en; /* message_sentence() */
    struct texts reasons;
    /* What may be shown. */
    const char *subject; /* redacted */
    const char *redacted; /* text without personal data; "" when there is none */
    const char *receipt; /* JSON of the redactor: counts, certainty, version; "" */
    struct {
        struct case_attachment *at;
        size_t count;
    } attachments;
};

/* A letter of ours, from the moment it is queued. */
struct case_letter {
    const char *kind; /* "acknowledgement", "confirm", …: the name of its template */
    enum case_party to;
    const char *message_id;
    int64_t queued_at, sent_at, bounced_at;
    const char *hash; /* sha256 of the bytes as sent, hex; "" before */
    const char *why_bounced; /* as undelivered.h reads it */
    const char *meant; /* the letter that was asked for: kind, or what a "clear" one stands for */
    const char *words; /* what the CISO wrote in it: a reply, a reason */
    const char *text; /* as its reader has it, to the researcher only */
    bool settled; /* came back, and was sent again or given up */
};

struct case_consent {
    bool given;
    bool offered; /* a signed mail of the researcher gives it; the CISO has not applied it */
    int64_t at; /* of the last change */
    const char *by; /* who recorded it */
    const char *how; /* "mail 12 of 2026-11-24", "telephone" */
};

struct case_disclosure {
    int64_t at;
    const char *ground; /* "ap": a word of the table in consent.c, or free text */
    const char *to, *what, *by;
};

/* One decision, in order. */
struct case_decision {
    int64_t at;
    const char *by; /* login name on the command line, the pinned fingerprint by mail */
    const char *how; /* "cli", "mail", "program" */
    const char *verb;
    const char *text; /* its arguments */
    enum case_state from, to;
};

struct case_note {
    int64_t at;
    const char *by, *text;
};

/* What a machine can tell of the hole; nothing personal in it. */
struct case_facts {
    struct texts urls; /* query values and user parts taken out */
    struct texts hosts;
    struct texts cves, cwes;
    const char *weakness; /* a word as stated: "sql injection", "xss"; "" */
};

struct case_file {
    int schema;
    const char *number; /* PREFIX-YEAR-NNNN */
    const char *code; /* order.h; not kept: cabinet_get gives it, else "" */
    enum case_state state;
    int64_t state_at;
    const char *language; /* "nl" or "en": of the letters */
    int64_t received_at; /* of the report; all clocks count from it */
    int64_t changed_at;

    const char *address, *name; /* of the researcher: personal */
    struct {
        struct case_key *at;
        size_t count;
    } keys;
    bool no_key; /* the last letter to the researcher could not be encrypted */
    struct texts thread; /* Message-IDs sent or received in this case, ours and theirs */
    const char *duplicate_of; /* a case number, or "" */
    const char *apart_from; /* the case that this mail named without a right to; "" */

    struct clock clocks[CLOCK_KINDS];
    struct case_consent consents[CONSENT_KINDS];
    const char *credit_name; /* as the researcher wants to be named; "" for the sender's name */
    struct {
        struct case_disclosure *at;
        size_t count;
    } disclosures;

    const char *severity; /* the vector or "high/high" as given; "" */
    int severity_tenths; /* CVSS base score times ten where computed; -1 */
    enum case_level chance, damage;

    enum case_breach breach;
    int64_t breach_at;
    int64_t first_read_at, confirmed_at, mitigated_at, fixed_at, closed_at; /* as decided */
    int64_t wiped_at; /* the researcher answered that what was obtained is erased */
    const char *wiped; /* the answer: "yes", "no", "" for none yet */

    enum case_ibd ibd;
    struct texts ibd_reasons; /* why it is held: plain sentences, nothing personal */
    int64_t ibd_at; /* of the last change of ibd */
    const char *ibd_text; /* the redacted text as the CISO edited it; "" for that of the messages */
    bool ibd_stale; /* something moved since the last copy */

    const char *memory; /* of the redactor: placeholders used so far, personal */
    const char *summary; /* some redacted lines for the digest */
    struct texts missing; /* words of missing.h: "application", "url", "steps" */
    struct case_facts facts;

    struct {
        struct case_message *at;
        size_t count;
    } messages;
    struct {
        struct case_letter *at;
        size_t count;
    } letters;
    struct {
        struct case_decision *at;
        size_t count;
    } decisions;
    struct {
        struct case_note *at;
        size_t count;
    } notes;
};

/* An empty file: schema set, no NULL texts, language "nl", severity_tenths -1. */
void case_empty(struct case_file *file);

/* Each adds one all empty (no NULL text) and gives it, until the next addition to that list. */
struct case_key *case_add_key(struct case_file *file, struct arena *arena);
struct case_message *case_add_message(struct case_file *file, struct arena *arena);
struct case_attachment *case_add_attachment(struct case_message *message, struct arena *arena);
struct case_letter *case_add_letter(struct case_file *file, struct arena *arena);
struct case_disclosure *case_add_disclosure(struct case_file *file, struct arena *arena);
struct case_decision *case_add_decision(struct case_file *file, struct arena *arena);
struct case_note *case_add_note(struct case_file *file, struct arena *arena);

/* The message that opened the case; NULL when there is none (erased). */
const struct case_message *case_report(const struct case_file *file);

bool case_is_open(enum case_state state); /* not closed, ended or erased */

/* The record as one line of JSON. Fails with ERR_RUN when a text is not UTF-8. */
bool case_to_json(
    const struct case_file *file, struct arena *arena, struct span *json, struct err *err) MUST_USE;

/*
 * Reads it back. Fails with ERR_RUN, EX_DATAERR, when a field is missing, unknown or of another
 * type, or when the schema is newer than ours. Of an older schema fields may be missing: empty.
 */
bool case_from_json(
    struct span json, struct arena *arena, struct case_file *file, struct err *err) MUST_USE;

/* The words of the enums, as in the design; and plain names for people, "nl" or "en". */
const char *case_state_word(enum case_state state);
const char *case_state_name(enum case_state state, const char *language);
bool case_state_of(const char *word, enum case_state *state) MUST_USE;
const char *case_kind_word(enum case_kind kind);
const char *case_kind_name(enum case_kind kind, const char *language);
const char *case_breach_word(enum case_breach breach);
const char *case_ibd_word(enum case_ibd ibd);
const char *case_level_word(enum case_level level);
const char *case_party_word(enum case_party party);
const char *consent_word(enum consent_kind kind); /* "name to IBD" */

/* PREFIX-YEAR-NNNN: letters A to Z (2 to 8), four digits, four digits or more. */
bool case_number_valid(struct span text);
void case_number_make(
    const char *prefix, int year, int64_t serial, char number[static CASE_NUMBER]);

#endif
