/* One table of fields serves both ways, so that what is written and what is accepted are the same.
 */
#include "message/message.h"

#include "base/buf.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum kind {
    KIND_TEXT, /* const char *, of any length */
    KIND_TEXT_OR_NULL,
    KIND_LINE, /* const char *, bounded */
    KIND_LINE_OR_NULL,
    KIND_LINES, /* struct texts */
    KIND_SIGNER, /* const char *, a fingerprint; "" is null */
    KIND_MD5, /* char [33] */
    KIND_SHA256, /* char [65] */
    KIND_TIME, /* int64_t; 0 is null */
    KIND_SIZE, /* size_t */
    KIND_LANGUAGE,
    KIND_PARSE,
    KIND_CRYPT,
    KIND_SIGNATURE,
    KIND_SCOPE,
    KIND_INNER, /* bool: "inner" or "outer" */
    KIND_FLAGS, /* unsigned */
    KIND_ROWS, /* pointer to rows, and how many */
};

struct field {
    const char *name;
    enum kind kind;
    size_t at;
    /* KIND_ROWS only */
    const struct field *row;
    size_t row_size, count_at;
};

#define PIECE(member) offsetof(struct piece, member)
#define ATTACHMENT(member) offsetof(struct attachment, member)
#define MESSAGE(member) offsetof(struct message, member)

static const struct field piece_fields[] = {
    { .name = "text", .kind = KIND_TEXT, .at = PIECE(text) },
    { .name = "crypt", .kind = KIND_CRYPT, .at = PIECE(crypt) },
    { .name = "signature", .kind = KIND_SIGNATURE, .at = PIECE(signature) },
    { .name = "signer", .kind = KIND_SIGNER, .at = PIECE(signer) },
    { .name = "quote_at", .kind = KIND_SIZE, .at = PIECE(quote_at) },
    { .name = "signoff_at", .kind = KIND_SIZE, .at = PIECE(signoff_at) },
    { .name = NULL },
};

static const struct field attachment_fields[] = {
    { .name = "name", .kind = KIND_LINE, .at = ATTACHMENT(name) },
    { .name = "type", .kind = KIND_LINE, .at = ATTACHMENT(type) },
    { .name = "size", .kind = KIND_SIZE, .at = ATTACHMENT(size) },
    { .name = "md5", .kind = KIND_MD5, .at = ATTACHMENT(md5) },
    { .name = "sha256", .kind = KIND_SHA256, .at = ATTACHMENT(sha256) },
    { .name = "crypt", .kind = KIND_CRYPT, .at = ATTACHMENT(crypt) },
    { .name = "text", .kind = KIND_TEXT_OR_NULL, .at = ATTACHMENT(text) },
    { .name = "signature", .kind = KIND_SIGNATURE, .at = ATTACHMENT(signature) },
    { .name = NULL },
};

/* The order in which they are written; "file" stands before all of them. */
static const struct field message_fields[] = {
    { .name = "parse", .kind = KIND_PARSE, .at = MESSAGE(parse) },
    { .name = "crypt", .kind = KIND_CRYPT, .at = MESSAGE(crypt) },
    { .name = "scope", .kind = KIND_SCOPE, .at = MESSAGE(scope) },
    { .name = "signature", .kind = KIND_SIGNATURE, .at = MESSAGE(signature) },
    { .name = "signature_scope", .kind = KIND_SCOPE, .at = MESSAGE(signature_scope) },
    { .name = "signer", .kind = KIND_SIGNER, .at = MESSAGE(signer) },
    { .name = "signer_uids", .kind = KIND_LINES, .at = MESSAGE(signer_uids) },
    { .name = "from", .kind = KIND_LINES, .at = MESSAGE(from) },
    { .name = "from_name", .kind = KIND_LINE, .at = MESSAGE(from_name) },
    { .name = "reply_to", .kind = KIND_LINES, .at = MESSAGE(reply_to) },
    { .name = "subject", .kind = KIND_LINE, .at = MESSAGE(subject) },
    { .name = "subject_from", .kind = KIND_INNER, .at = MESSAGE(subject_inner) },
    { .name = "date", .kind = KIND_TIME, .at = MESSAGE(date) },
    { .name = "message_id", .kind = KIND_LINE, .at = MESSAGE(message_id) },
    { .name = "text", .kind = KIND_TEXT, .at = MESSAGE(text) },
    { .name = "language", .kind = KIND_LANGUAGE, .at = MESSAGE(language) },
    { .name = "pieces",
        .kind = KIND_ROWS,
        .at = MESSAGE(pieces),
        .row = piece_fields,
        .row_size = sizeof(struct piece),
        .count_at = MESSAGE(piece_count) },
    { .name = "attachments",
        .kind = KIND_ROWS,
        .at = MESSAGE(attachments),
        .row = attachment_fields,
        .row_size = sizeof(struct attachment),
        .count_at = MESSAGE(attachment_count) },
    { .name = "keys_attached", .kind = KIND_LINES, .at = MESSAGE(keys_attached) },
    { .name = "flags", .kind = KIND_FLAGS, .at = MESSAGE(flags) },
    { .name = "reasons", .kind = KIND_LINES, .at = MESSAGE(reasons) },
    { .name = "signed_at", .kind = KIND_TIME, .at = MESSAGE(signed_at) },
    { .name = "sender", .kind = KIND_LINES, .at = MESSAGE(sender) },
    { .name = "to", .kind = KIND_LINES, .at = MESSAGE(to) },
    { .name = "cc", .kind = KIND_LINES, .at = MESSAGE(cc) },
    { .name = "signed_to", .kind = KIND_LINES, .at = MESSAGE(signed_to) },
    { .name = "return_path", .kind = KIND_LINE_OR_NULL, .at = MESSAGE(return_path) },
    { .name = "in_reply_to", .kind = KIND_LINES, .at = MESSAGE(in_reply_to) },
    { .name = "references", .kind = KIND_LINES, .at = MESSAGE(references) },
    { .name = "key_material", .kind = KIND_TEXT, .at = MESSAGE(key_material) },
    { .name = "reports_on", .kind = KIND_LINES, .at = MESSAGE(reports_on) },
    { .name = NULL },
};

static const char *const languages[] = { "nl", "en", "other" };

static const int64_t LATEST = 253402300799; /* 9999-12-31T23:59:59Z */

static size_t fields_count(const struct field *fields)
{
    size_t count = 0;

    while (fields[count].name)
        count++;
    return count;
}

/* What jansson holds is plain text of the message too. */
static void wipe_and_free(void *memory)
{
    if (memory)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

static void keep_jansson_clean(void)
{
    json_set_alloc_funcs(malloc, wipe_and_free);
}

static void release_json(json_t **json)
{
    json_decref(*json);
}

/* ---- cutting to the bounds ---- */

/* The longest start of a UTF-8 text with at most most bytes that ends on a character. */
static size_t cut_length(const char *text, size_t most)
{
    while (most && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

static bool cut_line(const char **line, struct arena *arena)
{
    if (!*line || strnlen(*line, MESSAGE_LINE_MOST + 1) <= MESSAGE_LINE_MOST)
        return false;
    *line = arena_text(arena, (struct span) { *line, cut_length(*line, MESSAGE_LINE_MOST) });
    return true;
}

static bool cut_lines(struct texts *lines, struct arena *arena)
{
    const char **copy;
    bool cut = lines->count > MESSAGE_LIST_MOST;

    if (cut)
        lines->count = MESSAGE_LIST_MOST;
    if (!lines->count)
        return cut;
    copy = arena_array(arena, lines->count, sizeof *copy);
    memcpy(copy, lines->at, lines->count * sizeof *copy);
    lines->at = copy;
    for (size_t i = 0; i < lines->count; i++)
        cut |= cut_line(&copy[i], arena);
    return cut;
}

static bool cut_record(const struct field *fields, void *record, struct arena *arena);

static bool cut_rows(const struct field *field, void *record, struct arena *arena)
{
    void **rows = (void **)((char *)record + field->at);
    size_t *count = (size_t *)((char *)record + field->count_at);
    bool cut = *count > MESSAGE_LIST_MOST;
    char *copy;

    if (cut)
        *count = MESSAGE_LIST_MOST;
    if (!*count)
        return cut;
    copy = arena_array(arena, *count, field->row_size);
    memcpy(copy, *rows, *count * field->row_size);
    *rows = copy;
    for (size_t i = 0; i < *count; i++)
        cut |= cut_record(field->row, copy + i * field->row_size, arena);
    return cut;
}

/* Cuts a copy of a record to the bounds; true when something was cut. */
static bool cut_record(const struct field *fields, void *record, struct arena *arena)
{
    bool cut = false;

    for (const struct field *field = fields; field->name; field++) {
        char *at = (char *)record + field->at;

        if (field->kind == KIND_LINE || field->kind == KIND_LINE_OR_NULL)
            cut |= cut_line((const char **)at, arena);
        else if (field->kind == KIND_LINES)
            cut |= cut_lines((struct texts *)at, arena);
        else if (field->kind == KIND_ROWS)
            cut |= cut_rows(field, record, arena);
    }
    return cut;
}

/* ---- writing ---- */

static json_t *write_lines(const struct texts *lines)
{
    json_t *list = json_array();

    for (size_t i = 0; i < lines->count; i++)
        json_array_append_new(list, json_string(lines->at[i]));
    return list;
}

static json_t *write_flags(unsigned flags)
{
    struct arena *arena = arena_new();
    struct texts words = message_flag_words(flags, arena);
    json_t *list = write_lines(&words);

    arena_free(&arena);
    return list;
}

static json_t *write_record(const struct field *fields, const char *record);

static json_t *write_rows(const struct field *field, const char *record)
{
    const char *rows = *(const char *const *)(const void *)(record + field->at);
    size_t count = *(const size_t *)(const void *)(record + field->count_at);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, write_record(field->row, rows + i * field->row_size));
    return list;
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *write_value(const struct field *field, const char *record)
{
    const void *at = record + field->at;

    switch (field->kind) {
    case KIND_TEXT:
    case KIND_LINE:
    case KIND_LANGUAGE:
        return json_string(*(const char *const *)at);
    case KIND_TEXT_OR_NULL:
    case KIND_LINE_OR_NULL:
        return *(const char *const *)at ? json_string(*(const char *const *)at) : json_null();
    case KIND_LINES:
        return write_lines(at);
    case KIND_SIGNER:
        return text_or_null(*(const char *const *)at);
    case KIND_MD5:
    case KIND_SHA256:
        return json_string(at);
    case KIND_TIME:
        return *(const int64_t *)at ? json_integer(*(const int64_t *)at) : json_null();
    case KIND_SIZE:
        return json_integer((json_int_t) * (const size_t *)at);
    case KIND_PARSE:
        return json_string(parse_word(*(const enum parse *)at));
    case KIND_CRYPT:
        return json_string(crypt_word(*(const enum crypt *)at));
    case KIND_SIGNATURE:
        return json_string(signature_word(*(const enum signature *)at));
    case KIND_SCOPE:
        return json_string(scope_word(*(const enum scope *)at));
    case KIND_INNER:
        return json_string(*(const bool *)at ? "inner" : "outer");
    case KIND_FLAGS:
        return write_flags(*(const unsigned *)at);
    case KIND_ROWS:
        return write_rows(field, record);
    }
    return NULL;
}

static json_t *write_record(const struct field *fields, const char *record)
{
    json_t *object = json_object();

    for (const struct field *field = fields; field->name; field++) {
        json_t *value = write_value(field, record);

        assert(value); /* a text that is no UTF-8 breaks the contract of struct message */
        json_object_set_new(object, field->name, value);
    }
    return object;
}

/* A file name is bytes; where they are no UTF-8, those outside ASCII are shown as U+FFFD. */
static json_t *write_file(const char *file, struct arena *arena)
{
    json_t *value = file ? json_string(file) : NULL;
    struct buf shown = { .arena = arena };

    if (!file)
        return json_null();
    if (value)
        return value;
    for (const char *c = file; *c; c++)
        if ((unsigned char)*c < 0x80)
            buf_char(&shown, *c);
        else
            buf_text(&shown, "\xef\xbf\xbd");
    return json_string(buf_string(&shown));
}

static int add_to_buf(const char *bytes, size_t len, void *buf)
{
    buf_add(buf, (struct span) { bytes, len });
    return 0;
}

struct span message_to_json(const struct message *message, const char *file, struct arena *arena)
{
    AUTO(release_json) json_t *object = NULL;
    AUTO(release_json) json_t *fields = NULL;
    struct buf line = { .arena = arena };
    struct message within = *message;

    keep_jansson_clean();
    if (cut_record(message_fields, &within, arena))
        within.flags |= FLAG_TRUNCATED;
    object = json_object();
    json_object_set_new(object, "file", write_file(file, arena));
    fields = write_record(message_fields, (const char *)&within);
    json_object_update(object, fields);
    json_dump_callback(object, add_to_buf, &line, 0);
    return buf_span(&line);
}

/* ---- reading ---- */

static bool refuse(struct err *err, const char *why)
{
    return err_set(err, ERR_MESSAGE, "%s", why);
}

/* jansson refuses what is no UTF-8 and \u0000; the length is compared all the same. */
static bool read_text(
    json_t *value, size_t most, struct arena *arena, const char **text, struct err *err)
{
    size_t len;

    if (!json_is_string(value))
        return refuse(err, "not a text");
    len = json_string_length(value);
    if (len > most)
        return refuse(err, "too long");
    if (strlen(json_string_value(value)) != len)
        return refuse(err, "holds a NUL");
    *text = arena_text(arena, (struct span) { json_string_value(value), len });
    return true;
}

static bool read_lines(json_t *value, struct arena *arena, struct texts *lines, struct err *err)
{
    if (!json_is_array(value))
        return refuse(err, "not a list");
    if (json_array_size(value) > MESSAGE_LIST_MOST)
        return refuse(err, "too many");
    lines->count = json_array_size(value);
    lines->at = arena_array(arena, lines->count, sizeof *lines->at);
    for (size_t i = 0; i < lines->count; i++)
        if (!read_text(json_array_get(value, i), MESSAGE_LINE_MOST, arena, &lines->at[i], err))
            return false;
    return true;
}

static bool is_hex(const char *text, size_t len)
{
    return strlen(text) == len && strspn(text, "0123456789abcdefABCDEF") == len;
}

static bool read_signer(json_t *value, struct arena *arena, const char **signer, struct err *err)
{
    *signer = "";
    if (json_is_null(value))
        return true;
    if (!read_text(value, 64, arena, signer, err))
        return false;
    return is_hex(*signer, 40) || is_hex(*signer, 64) || refuse(err, "not a fingerprint");
}

static bool read_hash(json_t *value, size_t len, char *hash, struct err *err)
{
    const char *text = json_string_value(value);

    if (!text || !is_hex(text, len))
        return refuse(err, "not a hash");
    memcpy(hash, text, len + 1);
    return true;
}

static bool read_time(json_t *value, int64_t *time, struct err *err)
{
    *time = 0;
    if (json_is_null(value))
        return true;
    if (!json_is_integer(value) || json_integer_value(value) < -LATEST
        || json_integer_value(value) > LATEST)
        return refuse(err, "not a time");
    *time = json_integer_value(value);
    return true;
}

static bool read_size(json_t *value, size_t *size, struct err *err)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return refuse(err, "not a size");
    *size = (size_t)json_integer_value(value);
    return true;
}

static bool read_language(json_t *value, const char **language, struct err *err)
{
    const char *word = json_string_value(value);

    for (size_t i = 0; word && i < COUNT(languages); i++)
        if (strcmp(word, languages[i]) == 0) {
            *language = languages[i];
            return true;
        }
    return refuse(err, "no such word");
}

static bool read_inner(json_t *value, bool *inner, struct err *err)
{
    const char *word = json_string_value(value);

    *inner = word && strcmp(word, "inner") == 0;
    return *inner || (word && strcmp(word, "outer") == 0) || refuse(err, "no such word");
}

static bool read_flags(json_t *value, unsigned *flags, struct err *err)
{
    *flags = 0;
    if (!json_is_array(value))
        return refuse(err, "not a list");
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *word = json_string_value(json_array_get(value, i));
        unsigned flag;

        if (!word || !message_flag_of(word, &flag) || *flags & flag)
            return refuse(err, "no such word, or twice");
        *flags |= flag;
    }
    return true;
}

static bool read_record(const struct field *fields, size_t others, json_t *object,
    struct arena *arena, char *record, struct err *err);

static bool read_rows(
    const struct field *field, json_t *value, struct arena *arena, char *record, struct err *err)
{
    size_t count = json_array_size(value);
    char *rows;

    if (!json_is_array(value))
        return refuse(err, "not a list");
    if (count > MESSAGE_LIST_MOST)
        return refuse(err, "too many");
    rows = arena_array(arena, count, field->row_size);
    for (size_t i = 0; i < count; i++)
        if (!read_record(
                field->row, 0, json_array_get(value, i), arena, rows + i * field->row_size, err))
            return err_at(err, "%zu", i + 1);
    *(void **)(void *)(record + field->at) = rows;
    *(size_t *)(void *)(record + field->count_at) = count;
    return true;
}

static bool read_value(
    const struct field *field, json_t *value, struct arena *arena, char *record, struct err *err)
{
    void *at = record + field->at;
    const char *word = json_string_value(value);

    switch (field->kind) {
    case KIND_TEXT:
        return read_text(value, SIZE_MAX, arena, at, err);
    case KIND_TEXT_OR_NULL:
        return json_is_null(value) || read_text(value, SIZE_MAX, arena, at, err);
    case KIND_LINE:
        return read_text(value, MESSAGE_LINE_MOST, arena, at, err);
    case KIND_LINE_OR_NULL:
        return json_is_null(value) || read_text(value, MESSAGE_LINE_MOST, arena, at, err);
    case KIND_LINES:
        return read_lines(value, arena, at, err);
    case KIND_SIGNER:
        return read_signer(value, arena, at, err);
    case KIND_MD5:
        return read_hash(value, 32, at, err);
    case KIND_SHA256:
        return read_hash(value, 64, at, err);
    case KIND_TIME:
        return read_time(value, at, err);
    case KIND_SIZE:
        return read_size(value, at, err);
    case KIND_LANGUAGE:
        return read_language(value, at, err);
    case KIND_PARSE:
        return parse_of(word, at) || refuse(err, "no such word");
    case KIND_CRYPT:
        return crypt_of(word, at) || refuse(err, "no such word");
    case KIND_SIGNATURE:
        return signature_of(word, at) || refuse(err, "no such word");
    case KIND_SCOPE:
        return scope_of(word, at) || refuse(err, "no such word");
    case KIND_INNER:
        return read_inner(value, at, err);
    case KIND_FLAGS:
        return read_flags(value, at, err);
    case KIND_ROWS:
        return read_rows(field, value, arena, record, err);
    }
    return refuse(err, "unknown");
}

/* An object with exactly these fields and others more, which the caller has seen. */
static bool read_record(const struct field *fields, size_t others, json_t *object,
    struct arena *arena, char *record, struct err *err)
{
    if (!json_is_object(object) || json_object_size(object) != fields_count(fields) + others)
        return refuse(err, "not an object with the fields of a record");
    for (const struct field *field = fields; field->name; field++) {
        json_t *value = json_object_get(object, field->name);

        if (!value)
            return err_set(err, ERR_MESSAGE, "%s: missing", field->name);
        if (!read_value(field, value, arena, record, err))
            return err_at(err, "%s", field->name);
    }
    return true;
}

/* What no field can tell alone. */
static bool hangs_together(const struct message *message, struct err *err)
{
    bool verifies = message->signature == SIGNATURE_GOOD
        || message->signature == SIGNATURE_MISMATCH;

    if (verifies && !*message->signer)
        return refuse(err, "signer: missing for a signature that verifies");
    if (message->signature == SIGNATURE_GOOD && message->from.count != 1)
        return refuse(err, "from: a good signature needs one sender");
    for (size_t i = 0; i < message->piece_count; i++) {
        const struct piece *piece = &message->pieces[i];

        if (piece->quote_at > strlen(piece->text)
            || ((unsigned char)piece->text[piece->quote_at] & 0xc0) == 0x80)
            return refuse(err, "pieces: quote_at: outside the text or inside a character");
        if (piece->signoff_at > piece->quote_at
            || ((unsigned char)piece->text[piece->signoff_at] & 0xc0) == 0x80)
            return refuse(err, "pieces: signoff_at: behind the quote or inside a character");
        if (piece->signature == SIGNATURE_GOOD && !*piece->signer)
            return refuse(err, "pieces: signer: missing for a good signature");
    }
    return true;
}

bool message_from_json(
    struct span json, struct arena *arena, struct message *message, struct err *err)
{
    AUTO(release_json) json_t *object = NULL;
    struct message built;
    json_t *file;

    keep_jansson_clean();
    message_empty(&built);
    object = json_loadb(json.len ? json.at : "", json.len, JSON_REJECT_DUPLICATES, NULL);
    if (!object)
        return err_set(err, ERR_MESSAGE, "record: not JSON");
    file = json_object_get(object, "file");
    if (!json_is_string(file) && !json_is_null(file))
        return err_set(err, ERR_MESSAGE, "record: file: not a text");
    if (!read_record(message_fields, 1, object, arena, (char *)&built, err)
        || !hangs_together(&built, err))
        return err_at(err, "record");
    *message = built;
    return true;
}
