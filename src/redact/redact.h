/* redact.h - text to text without personal data: spans, placeholders, and a receipt of what went.
 */
#ifndef REDACT_H
#define REDACT_H

#include "base/arena.h"
#include "base/err.h"

enum redact_type {
    REDACT_NONE,
    REDACT_PERSON,
    REDACT_EMAIL,
    REDACT_PHONE,
    REDACT_BSN,
    REDACT_IBAN,
    REDACT_CARD,
    REDACT_ADDRESS,
    REDACT_POSTCODE,
    REDACT_DOB,
    REDACT_PLATE,
    REDACT_IDDOC,
    REDACT_VNUM,
    REDACT_ANUM,
    REDACT_VATID,
    REDACT_IP,
    REDACT_MAC,
    REDACT_HANDLE,
    REDACT_CREDENTIAL,
    REDACT_TYPES
};

/* How a span was found. */
enum redact_rule {
    RULE_NONE,
    RULE_KEY, /* a key, a column or a form field names the type */
    RULE_PROOF, /* the value passes its own check: 11-proof, mod 97, Luhn */
    RULE_GRAMMAR, /* the form alone tells: e-mail, street with number */
    RULE_CONTEXT, /* words nearby tell: born, plate, password */
    RULE_ROW, /* a field in a row that holds other personal data */
    RULE_SCORE, /* a name, by lists, shape and context */
    RULE_GREETING, /* a name after a salutation, a title or a closing */
    RULE_RECALL, /* known from the sender or from elsewhere in the text */
    REDACT_RULES
};

enum redact_language { REDACT_DUTCH, REDACT_ENGLISH };

/* Largest text that redact_text takes; larger ones are refused whole. */
#define REDACT_MOST ((size_t)256 << 20)

struct redact_list {
    const char *const *at;
    size_t count;
};

/* What is public of the municipality, and stays. All may be empty. */
struct redact_town {
    struct redact_list own_domains; /* "zandmeer.example": its hosts and functional addresses */
    struct redact_list public_phones; /* "14 0588", in any notation */
    struct redact_list office; /* "Raadhuisplein 1", a postcode: lines of its own addresses */
    struct redact_list functional; /* further local parts that are no person: "wijkteam-zuid" */
    struct redact_list keep; /* further strings that stay */
};

/* What the message itself tells of the people in it. All may be empty. */
struct redact_known {
    struct span from_name, from_email;
    struct redact_list names; /* user ids of the signing key, recipients, "Name <a@b>" too */
};

/*
 * The placeholders given so far in a case, so that one person keeps one number through all of its
 * messages. Values are kept as keyed hashes only where the caller saves them sealed: see
 * redact_memory_save. Zeroed memory with an arena is an empty one.
 */
struct redact_memory {
    struct arena *arena;
    struct redact_placeholder *at;
    uint32_t count, size;
    uint32_t *slots;
    uint32_t slot_count;
    uint32_t next[REDACT_TYPES];
};

struct redact_span {
    uint32_t start, end; /* bytes of the text; in order, never overlapping */
    uint32_t number; /* of the placeholder: 2 in [PERSOON-2] */
    uint8_t type; /* enum redact_type */
    uint8_t rule; /* enum redact_rule */
    uint8_t certainty; /* 0 to 100 */
};

struct redacted {
    struct span text;
    const struct redact_span *spans;
    size_t count;
    uint32_t by_type[REDACT_TYPES], by_rule[REDACT_RULES];
    uint8_t least_certainty; /* 100 when nothing was found */
    const char *version; /* of rules and word table */
};

/*
 * Takes personal data out of a text.
 * town, known  what stays, who is known
 * memory       placeholders of the case; grows; its arena must outlive it
 * text         bytes, any; neither changed nor kept
 * arena        owns what redacted points to
 * Works in windows: memory beside text and result is bounded, time grows with the length.
 * Fails with ERR_MESSAGE, EX_DATAERR, when the text is larger than REDACT_MOST; redacted and
 * memory are then as they were.
 */
bool redact_text(const struct redact_town *town, const struct redact_known *known,
    struct redact_memory *memory, enum redact_language language, struct span text,
    struct arena *arena, struct redacted *redacted, struct err *err) MUST_USE;

/* The same, but for the new text, which stays empty: for a caller that writes it piece by piece. */
bool redact_spans(const struct redact_town *town, const struct redact_known *known,
    struct redact_memory *memory, struct span text, struct arena *arena, struct redacted *redacted,
    struct err *err) MUST_USE;

/* The word for a type: "PERSON"; as LABELS, receipts and --json-lines have it. */
const char *redact_type_name(enum redact_type type);
/* The word in a placeholder: "PERSOON" or "PERSON". */
const char *redact_placeholder_name(enum redact_type type, enum redact_language language);
const char *redact_rule_name(enum redact_rule rule);

/*
 * The memory as lines of text "TYPE NUMBER VALUE", and back. It holds the personal data itself:
 * the caller stores it sealed. Loading refuses lines it does not know (ERR_MESSAGE).
 */
struct span redact_memory_save(const struct redact_memory *memory, struct arena *arena);
bool redact_memory_load(struct redact_memory *memory, struct span lines, struct err *err) MUST_USE;

/* The number of the placeholder of a value, new or known before. */
uint32_t redact_memory_number(
    struct redact_memory *memory, enum redact_type type, struct span value);

#endif
