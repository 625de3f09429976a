#include "run/redacting.h"

#include "base/buf.h"
#include "redact/redact.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/*
 * The question to the child and its answer are one JSON object each:
 *   {"language", "town": {…}, "known": {…}, "memory", "texts": […]}
 *   {"texts": […], "memory", "receipt"}
 * The texts are subject, text of the message, then name and text of each attachment.
 */

enum { DOUBTFUL_BELOW = 50 };

static void release_json(json_t **json)
{
    json_decref(*json);
}

static json_t *texts_json(const struct texts *texts)
{
    json_t *list = json_array();

    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(list, json_string(texts->at[i]));
    return list;
}

/* Text that was read, and not what is left of a seal that nobody could open. */
static const char *text_of(const struct attachment *attachment)
{
    bool read = attachment->crypt == CRYPT_NONE || attachment->crypt == CRYPT_ENC;

    return read ? attachment->text : NULL;
}

static json_t *question_json(
    const struct settings *settings, const struct message *message, const char *memory)
{
    json_t *names = texts_json(&message->signer_uids), *texts = json_array(), *town;

    for (size_t i = 0; i < message->to.count; i++)
        json_array_append_new(names, json_string(message->to.at[i]));
    for (size_t i = 0; i < message->cc.count; i++)
        json_array_append_new(names, json_string(message->cc.at[i]));
    for (size_t i = 0; i < message->reply_to.count; i++)
        json_array_append_new(names, json_string(message->reply_to.at[i]));
    json_array_append_new(texts, json_string(message->subject));
    json_array_append_new(texts, json_string(message->text));
    for (size_t i = 0; i < message->attachment_count; i++) {
        const struct attachment *attachment = &message->attachments[i];

        json_array_append_new(texts, json_string(attachment->name));
        json_array_append_new(texts, json_string(text_of(attachment) ? text_of(attachment) : ""));
    }
    town = json_pack("{s:o, s:o, s:o, s:o, s:o}", "own_domains", texts_json(&settings->own_domains),
        "functional", texts_json(&settings->functional), "public_phones",
        texts_json(&settings->public_phones), "office", texts_json(&settings->office), "keep",
        texts_json(&settings->keep));
    return json_pack("{s:s, s:o, s:s, s:s, s:o, s:s, s:o}", "language", message->language, "town",
        town, "from_name", message->from_name, "from_email",
        message->from.count ? message->from.at[0] : "", "names", names, "memory", memory, "texts",
        texts);
}

/* --- in the child --- */

static struct redact_list list_of(json_t *array, struct arena *arena)
{
    size_t count = json_array_size(array);
    const char **at = arena_array(arena, count + 1, sizeof *at);

    for (size_t i = 0; i < count; i++)
        at[i] = json_string_value(json_array_get(array, i));
    return (struct redact_list) { at, count };
}

static struct span string_of(json_t *json, const char *name)
{
    json_t *string = json_object_get(json, name);

    return (struct span) { json_string_value(string), json_string_length(string) };
}

/* What the receipt counts over all texts of the message. */
struct counts {
    uint32_t by_type[REDACT_TYPES], by_rule[REDACT_RULES];
    uint32_t doubtful;
    uint8_t least;
    const char *version;
};

static void count_up(struct counts *counts, const struct redacted *redacted)
{
    for (size_t i = 0; i < REDACT_TYPES; i++)
        counts->by_type[i] += redacted->by_type[i];
    for (size_t i = 0; i < REDACT_RULES; i++)
        counts->by_rule[i] += redacted->by_rule[i];
    for (size_t i = 0; i < redacted->count; i++)
        counts->doubtful += redacted->spans[i].certainty < DOUBTFUL_BELOW;
    if (redacted->least_certainty < counts->least)
        counts->least = redacted->least_certainty;
    counts->version = redacted->version;
}

static json_t *receipt_json(const struct counts *counts)
{
    json_t *types = json_object(), *rules = json_object();

    for (size_t i = 1; i < REDACT_TYPES; i++)
        if (counts->by_type[i])
            json_object_set_new(
                types, redact_type_name((enum redact_type)i), json_integer(counts->by_type[i]));
    for (size_t i = 1; i < REDACT_RULES; i++)
        if (counts->by_rule[i])
            json_object_set_new(
                rules, redact_rule_name((enum redact_rule)i), json_integer(counts->by_rule[i]));
    return json_pack("{s:o, s:o, s:i, s:i, s:s}", "counts", types, "rules", rules, "certainty",
        (int)counts->least, "doubtful", (int)counts->doubtful, "version", counts->version);
}

static bool work(void *prepared, struct span question, struct jail_line *line, struct arena *arena,
    struct span *reply, struct err *err)
{
    AUTO(release_json) json_t *json = json_loadb(question.at, question.len, JSON_ALLOW_NUL, NULL);
    AUTO(release_json) json_t *texts = json_array();
    AUTO(release_json) json_t *out = NULL;
    json_t *lists = json_object_get(json, "town"), *all = json_object_get(json, "texts");
    struct redact_town town = { list_of(json_object_get(lists, "own_domains"), arena),
        list_of(json_object_get(lists, "public_phones"), arena),
        list_of(json_object_get(lists, "office"), arena),
        list_of(json_object_get(lists, "functional"), arena),
        list_of(json_object_get(lists, "keep"), arena) };
    struct redact_known known = { string_of(json, "from_name"), string_of(json, "from_email"),
        list_of(json_object_get(json, "names"), arena) };
    struct redact_memory memory = { .arena = arena };
    struct counts counts = { .least = 100, .version = "" };
    bool dutch = !span_equal(string_of(json, "language"), SPAN("en"));
    struct span saved;
    char *dumped;

    (void)prepared;
    (void)line; /* it has nothing to ask */
    if (!redact_memory_load(&memory, string_of(json, "memory"), err))
        return false;
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *text = json_array_get(all, i);
        struct span bytes = { json_string_value(text), json_string_length(text) };
        struct redacted redacted;

        if (!redact_text(&town, &known, &memory, dutch ? REDACT_DUTCH : REDACT_ENGLISH, bytes,
                arena, &redacted, err))
            return false;
        count_up(&counts, &redacted);
        json_array_append_new(texts, json_stringn(redacted.text.at, redacted.text.len));
    }
    saved = redact_memory_save(&memory, arena);
    out = json_pack("{s:O, s:s%, s:o}", "texts", texts, "memory", saved.at ? saved.at : "",
        saved.len, "receipt", receipt_json(&counts));
    dumped = json_dumps(out, JSON_COMPACT);
    if (!dumped)
        return err_set(err, ERR_MESSAGE, "the redacted text is no UTF-8");
    *reply = arena_copy(arena, span_of(dumped));
    free(dumped);
    return true;
}

/* --- back in the parent --- */

/* Line by line, since a reader of the copy has to see where an attachment begins. */
static const char *whole_text(
    json_t *texts, const struct message *message, const char *language, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    buf_text(&buf, json_string_value(json_array_get(texts, 1)));
    for (size_t i = 0; i < message->attachment_count; i++) {
        if (!text_of(&message->attachments[i]))
            continue;
        buf_printf(&buf, "\n\n--- %s: %s ---\n\n",
            strcmp(language, "nl") == 0 ? "bijlage" : "attachment",
            json_string_value(json_array_get(texts, 2 + 2 * i)));
        buf_text(&buf, json_string_value(json_array_get(texts, 3 + 2 * i)));
    }
    return buf_string(&buf);
}

static bool take_answer(struct span reply, const struct message *message, struct arena *arena,
    struct redacting *redacting, struct err *err)
{
    AUTO(release_json) json_t *json = json_loadb(reply.at, reply.len, 0, NULL);
    json_t *texts = json_object_get(json, "texts"), *receipt = json_object_get(json, "receipt");
    const char *memory = json_string_value(json_object_get(json, "memory"));
    char *dumped;

    if (json_array_size(texts) != 2 + 2 * message->attachment_count || !memory
        || !json_is_object(receipt))
        return err_set(err, ERR_MESSAGE, "the redacting child gave no whole answer");
    for (size_t i = 0; i < json_array_size(texts); i++)
        if (!json_is_string(json_array_get(texts, i)))
            return err_set(err, ERR_MESSAGE, "the redacting child gave no whole answer");
    redacting->subject = arena_text(arena, span_of(json_string_value(json_array_get(texts, 0))));
    redacting->text = whole_text(texts, message, message->language, arena);
    redacting->names = arena_array(arena, message->attachment_count + 1, sizeof *redacting->names);
    for (size_t i = 0; i < message->attachment_count; i++)
        redacting->names[i] = arena_text(
            arena, span_of(json_string_value(json_array_get(texts, 2 + 2 * i))));
    redacting->memory = arena_text(arena, span_of(memory));
    dumped = json_dumps(receipt, JSON_COMPACT);
    redacting->receipt = arena_text(arena, span_of(dumped ? dumped : "{}"));
    free(dumped);
    return true;
}

bool redacting_has_text(const struct attachment *attachment)
{
    return text_of(attachment) != NULL;
}

bool redacting_open(const struct settings *settings, struct jail **jail, struct err *err)
{
    static const struct jail_job job = { .work = work };
    struct jail_limits limits = jail_limits_usual;

    limits.memory_bytes = (size_t)settings->max_memory_mb << 20;
    limits.cpu_s = limits.wall_s = settings->max_seconds;
    limits.questions = 0;
    return jail_open(&job, &limits, jail, err);
}

bool redacting_message(struct jail *jail, const struct settings *settings,
    const struct message *message, const char *memory, struct arena *arena,
    struct redacting *redacting, struct err *err)
{
    AUTO(release_json) json_t *json = question_json(settings, message, memory);
    char *dumped = json ? json_dumps(json, JSON_COMPACT) : NULL;
    struct span question, reply;

    if (!dumped)
        return err_set(err, ERR_MESSAGE, "redact: a text of the message is no UTF-8");
    question = arena_copy(arena, span_of(dumped));
    explicit_bzero(dumped, strlen(dumped));
    free(dumped);
    return jail_run(jail, question, NULL, NULL, arena, &reply, err)
        && take_answer(reply, message, arena, redacting, err);
}
