/* record.h - structs as JSON and back, by a table of their fields. */
#ifndef RECORD_H
#define RECORD_H

#include "base/arena.h"
#include "base/err.h"

enum field_type {
    FIELD_TEXT, /* const char *, never NULL */
    FIELD_TIME, /* int64_t */
    FIELD_INT, /* int */
    FIELD_FLAGS, /* unsigned */
    FIELD_BOOL, /* bool */
    FIELD_WORD, /* an enum, written as a word */
    FIELD_TEXTS, /* struct texts */
    FIELD_RECORD, /* a struct inside */
    FIELD_LIST, /* struct { T *at; size_t count; } */
    FIELD_SLOTS, /* T[count], an object with one word for each */
};

struct record;

struct field {
    const char *name;
    size_t offset;
    const char *(*word)(int value); /* of WORD and SLOTS: the word of each value */
    const struct record *of; /* of RECORD, LIST and SLOTS */
    enum field_type type;
    int count; /* of WORD and SLOTS: how many values there are */
};

struct record {
    size_t size;
    const struct field *fields;
    size_t count;
};

/* Sets everything to zero, texts to "". */
void record_empty(const struct record *record, void *at);

/* One line of JSON. Fails with ERR_RUN, naming the field, when a text is not UTF-8. */
bool record_to_json(const struct record *record, const void *at, struct arena *arena,
    struct span *json, struct err *err) MUST_USE;

/*
 * Reads it. Every field has to be there, unless partial, and none beside them. Fails with ERR_RUN,
 * EX_DATAERR, naming the field and never its content.
 */
bool record_from_json(const struct record *record, struct span json, bool partial,
    struct arena *arena, void *at, struct err *err) MUST_USE;

/* Makes room for one more at the end of a list, all empty, and gives it. */
void *record_add(const struct record *record, struct arena *arena, void **at, size_t *count);

#endif
