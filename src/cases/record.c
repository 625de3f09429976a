#include "cases/record.h"

#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <sysexits.h>

#include "base/texts.h"

enum { DEPTH_MOST = 16 };

static_assert(sizeof(enum field_type) == sizeof(int), "enums are read and written as int");

struct list {
    void *at;
    size_t count;
};

static void release_json(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

void record_empty(const struct record *record, void *at)
{
    memset(at, 0, record->size);
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        char *place = (char *)at + field->offset;

        if (field->type == FIELD_TEXT)
            *(const char **)(void *)place = "";
        else if (field->type == FIELD_RECORD)
            record_empty(field->of, place);
        else if (field->type == FIELD_SLOTS)
            for (int k = 0; k < field->count; k++)
                record_empty(field->of, place + (size_t)k * field->of->size);
    }
}

void *record_add(const struct record *record, struct arena *arena, void **at, size_t *count)
{
    char *grown = arena_grow(arena, *at, *count * record->size, (*count + 1) * record->size);

    record_empty(record, grown + *count * record->size);
    *at = grown;
    return grown + (*count)++ * record->size;
}

static json_t *write_record(const struct record *record, const char *at, struct err *err);

static json_t *write_texts(const struct texts *texts)
{
    json_t *array = json_array();

    for (size_t i = 0; i < texts->count; i++)
        if (json_array_append_new(array, json_string(texts->at[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *write_list(const struct field *field, const struct list *list, struct err *err)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++)
        if (json_array_append_new(
                array, write_record(field->of, (const char *)list->at + i * field->of->size, err))
            != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *write_slots(const struct field *field, const char *at, struct err *err)
{
    json_t *object = json_object();

    for (int i = 0; i < field->count; i++)
        if (json_object_set_new(object, field->word(i),
                write_record(field->of, at + (size_t)i * field->of->size, err))
            != 0) {
            json_decref(object);
            return NULL;
        }
    return object;
}

static json_t *write_field(const struct field *field, const char *at, struct err *err)
{
    const void *place = at + field->offset;

    switch (field->type) {
    case FIELD_TEXT:
        return json_string(*(const char *const *)place);
    case FIELD_TIME:
        return json_integer(*(const int64_t *)place);
    case FIELD_INT:
        return json_integer(*(const int *)place);
    case FIELD_FLAGS:
        return json_integer(*(const unsigned *)place);
    case FIELD_BOOL:
        return json_boolean(*(const bool *)place);
    case FIELD_WORD:
        return json_string(field->word(*(const int *)place));
    case FIELD_TEXTS:
        return write_texts(place);
    case FIELD_RECORD:
        return write_record(field->of, place, err);
    case FIELD_LIST:
        return write_list(field, place, err);
    default:
        return write_slots(field, place, err);
    }
}

static json_t *write_record(const struct record *record, const char *at, struct err *err)
{
    json_t *object = json_object();

    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];

        if (json_object_set_new(object, field->name, write_field(field, at, err)) == 0)
            continue;
        if (err->scope == ERR_NONE)
            err_set(err, ERR_RUN, "record: field %s: not UTF-8", field->name);
        json_decref(object);
        return NULL;
    }
    return object;
}

bool record_to_json(const struct record *record, const void *at, struct arena *arena,
    struct span *json, struct err *err)
{
    struct err inner = { 0 };
    AUTO(release_json) json_t *object = write_record(record, at, &inner);
    size_t size;
    char *text;

    if (!object) {
        *err = inner;
        return false;
    }
    size = json_dumpb(object, NULL, 0, JSON_COMPACT);
    text = arena_alloc(arena, size + 1);
    json_dumpb(object, text, size, JSON_COMPACT);
    *json = (struct span) { text, size };
    return true;
}

struct reading {
    struct arena *arena;
    bool partial;
    int depth;
    struct err *err;
};

static bool read_record(
    struct reading *reading, const struct record *record, json_t *json, char *at);

static bool wrong(struct reading *reading, const char *name, const char *what)
{
    return err_exit(reading->err, ERR_RUN, EX_DATAERR, "record: field %.40s: %s", name, what);
}

static bool read_text(struct reading *reading, const char *name, json_t *json, const char **text)
{
    if (!json_is_string(json) || strlen(json_string_value(json)) != json_string_length(json))
        return wrong(reading, name, "not a text");
    *text = arena_text(
        reading->arena, (struct span) { json_string_value(json), json_string_length(json) });
    return true;
}

static bool read_number(struct reading *reading, const char *name, json_t *json, int64_t least,
    int64_t most, int64_t *number)
{
    if (!json_is_integer(json) || json_integer_value(json) < least
        || json_integer_value(json) > most)
        return wrong(reading, name, "not a number in its bounds");
    *number = json_integer_value(json);
    return true;
}

static bool read_word(struct reading *reading, const struct field *field, json_t *json, int *value)
{
    for (int i = 0; json_is_string(json) && i < field->count; i++)
        if (strcmp(field->word(i), json_string_value(json)) == 0) {
            *value = i;
            return true;
        }
    return wrong(reading, field->name, "a word that is not known");
}

static bool read_texts(
    struct reading *reading, const struct field *field, json_t *json, struct texts *texts)
{
    size_t count = json_array_size(json);

    if (!json_is_array(json))
        return wrong(reading, field->name, "not a list");
    *texts = (struct texts) { 0 };
    for (size_t i = 0; i < count; i++) {
        const char *text = "";

        if (!read_text(reading, field->name, json_array_get(json, i), &text))
            return false;
        texts_add(texts, reading->arena, text);
    }
    return true;
}

static bool read_list(
    struct reading *reading, const struct field *field, json_t *json, struct list *list)
{
    size_t size = field->of->size, count = json_array_size(json);

    if (!json_is_array(json))
        return wrong(reading, field->name, "not a list");
    *list = (struct list) { arena_array(reading->arena, count, size), count };
    for (size_t i = 0; i < count; i++)
        if (!read_record(reading, field->of, json_array_get(json, i), (char *)list->at + i * size))
            return false;
    return true;
}

static bool read_slots(struct reading *reading, const struct field *field, json_t *json, char *at)
{
    size_t known = 0;

    if (!json_is_object(json))
        return wrong(reading, field->name, "not an object");
    for (int i = 0; i < field->count; i++) {
        json_t *slot = json_object_get(json, field->word(i));

        if (!slot && reading->partial)
            continue;
        known++;
        if (!read_record(reading, field->of, slot, at + (size_t)i * field->of->size))
            return false;
    }
    return known == json_object_size(json) || wrong(reading, field->name, "an unknown slot");
}

static bool read_field(struct reading *reading, const struct field *field, json_t *json, char *at)
{
    void *place = at + field->offset;
    int64_t number = 0;

    switch (field->type) {
    case FIELD_TEXT:
        return read_text(reading, field->name, json, place);
    case FIELD_TIME:
        return read_number(reading, field->name, json, INT64_MIN, INT64_MAX, place);
    case FIELD_INT:
        if (!read_number(reading, field->name, json, INT_MIN, INT_MAX, &number))
            return false;
        *(int *)place = (int)number;
        return true;
    case FIELD_FLAGS:
        if (!read_number(reading, field->name, json, 0, UINT_MAX, &number))
            return false;
        *(unsigned *)place = (unsigned)number;
        return true;
    case FIELD_BOOL:
        *(bool *)place = json_is_true(json);
        return json_is_boolean(json) || wrong(reading, field->name, "not true or false");
    case FIELD_WORD:
        return read_word(reading, field, json, place);
    case FIELD_TEXTS:
        return read_texts(reading, field, json, place);
    case FIELD_RECORD:
        return read_record(reading, field->of, json, place);
    case FIELD_LIST:
        return read_list(reading, field, json, place);
    default:
        return read_slots(reading, field, json, place);
    }
}

static bool read_record(
    struct reading *reading, const struct record *record, json_t *json, char *at)
{
    size_t known = 0;

    record_empty(record, at);
    if (!json_is_object(json) || ++reading->depth > DEPTH_MOST)
        return err_exit(reading->err, ERR_RUN, EX_DATAERR, "record: no object where one has to be");
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        json_t *value = json_object_get(json, field->name);

        if (!value && reading->partial)
            continue;
        if (!value)
            return wrong(reading, field->name, "missing");
        known++;
        if (!read_field(reading, field, value, at))
            return false;
    }
    reading->depth--;
    if (known != json_object_size(json))
        return err_exit(reading->err, ERR_RUN, EX_DATAERR, "record: a field that is not known");
    return true;
}

bool record_from_json(const struct record *record, struct span json, bool partial,
    struct arena *arena, void *at, struct err *err)
{
    json_error_t error;
    AUTO(release_json)
    json_t *object = json_loadb(json.at, json.len, JSON_REJECT_DUPLICATES, &error);
    struct reading reading = { arena, partial, 0, err };

    if (!object)
        return err_exit(err, ERR_RUN, EX_DATAERR, "record: not JSON (byte %d)", error.position);
    return read_record(&reading, record, object, at);
}
