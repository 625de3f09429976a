/* feature.h - what the word table says of a word; the program that makes the table shares it. */
#ifndef FEATURE_H
#define FEATURE_H

#include "base/base.h"

/* Bytes of the normalised view that stand for what ASCII does not have. */
enum {
    FOLD_DROP = 0,
    FOLD_LETTER = 0x80,
    FOLD_UPPER = 0x81,
    FOLD_IDEOGRAPH = 0x82,
    FOLD_OTHER = 0x83,
    FOLD_MARK = 0x84 /* a placeholder of an earlier redaction */
};

/* What a key (of JSON, a form, a column, a header, a sentence) says of its value. */
enum key {
    KEY_NONE,
    KEY_PERSON,
    KEY_HANDLE,
    KEY_CREDENTIAL,
    KEY_PHONE,
    KEY_BSN,
    KEY_IBAN,
    KEY_CARD,
    KEY_DOB,
    KEY_ADDRESS,
    KEY_HOUSENR,
    KEY_POSTCODE,
    KEY_PLACE,
    KEY_PLATE,
    KEY_IDDOC,
    KEY_VNUM,
    KEY_ANUM,
    KEY_VATID,
    KEY_IP,
    KEY_MAC,
    KEY_EMAIL,
    KEY_NOT, /* an order, a file, a version: its value is no personal number */
    KEY_NOKEY, /* looks like a key of a person and is not: hostname, bestandsnaam */
};

/* What a word does in a sentence. */
enum word_class {
    CLASS_NONE,
    CLASS_TUSS, /* van, de, 't: between given name and surname */
    CLASS_TITLE, /* mevrouw, dr.: a name follows */
    CLASS_RELATION, /* broer, collega: a name may follow */
    CLASS_GREET,
    CLASS_SIGN, /* groet, regards: a name follows on the next line */
    CLASS_SAY, /* schreef, wrote: a name stands before or after */
    CLASS_INTRO, /* heet, named */
    CLASS_MONTH,
    CLASS_NUMBER,
    CLASS_DEVICE, /* iPhone: of a person */
    CLASS_INFRA, /* server, switch: of nobody */
    CLASS_STREET, /* road, lane, straat as a word of its own */
    CLASS_AT,
    CLASS_DOT,
};

/*
 * Bits of a feature word. Levels grow with the strength of the evidence:
 * given and surname 0..3, common 0..7 (logarithm of the count in a corpus of running text),
 * seen 0 never, 1 mostly something else, 2 mixed, 3 mostly a person (in news text).
 */
#define FEATURE_GIVEN(f) ((f)&3u)
#define FEATURE_SURNAME(f) ((f) >> 2 & 3u)
#define FEATURE_COMMON(f) ((f) >> 4 & 7u)
#define FEATURE_SEEN(f) ((f) >> 7 & 3u)
#define FEATURE_PLACE (1u << 9)
#define FEATURE_STREET (1u << 10)
#define FEATURE_TECH (1u << 11)
#define FEATURE_ROLE (1u << 12)
#define FEATURE_ORG (1u << 13)
#define FEATURE_LEGAL (1u << 14)
#define FEATURE_VALUE(f) ((f) >> 15 & 15u)
#define FEATURE_CLASS(f) ((enum word_class)((f) >> 19 & 31u))
#define FEATURE_KEY(f) ((enum key)((f) >> 24 & 31u))
#define FEATURE_NOTNAME (1u << 29)

/* Hash of a folded lower-case word: start, one byte, end (FNV-1a, 64 bits, folded). */
#define WORD_HASH_START 14695981039346656037ull
static inline uint64_t word_hash_byte(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * 1099511628211ull;
}
static inline uint64_t word_hash_end(uint64_t hash)
{
    return hash ^ hash >> 29;
}
/* What stands in a small table before the large one, so that words that are in none cost little;
 * never zero. */
static inline uint8_t word_hash_tag(uint64_t hash)
{
    return (uint8_t)(hash >> 24) | 1;
}

#endif
