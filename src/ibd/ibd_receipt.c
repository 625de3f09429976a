#include "ibd/ibd.h"

#include <jansson.h>
#include <string.h>

static void release_json(json_t **json)
{
    json_decref(*json);
}

static void count_type(
    struct ibd_receipt *all, const char *type, int64_t count, struct arena *arena)
{
    size_t i = 0;

    while (i < all->type_count && strcmp(all->types[i].type, type) != 0)
        i++;
    if (i == COUNT(all->types))
        return;
    if (i == all->type_count)
        all->types[all->type_count++] = (struct ibd_count) { arena_text(arena, span_of(type)), 0 };
    all->types[i].count += count;
}

static bool add(struct ibd_receipt *all, const char *receipt, struct arena *arena)
{
    AUTO(release_json) json_t *json = json_loads(receipt, 0, NULL);
    json_t *counts = json_object_get(json, "counts");
    const json_t *certainty = json_object_get(json, "certainty");
    const json_t *doubtful = json_object_get(json, "doubtful");
    const char *version = json_string_value(json_object_get(json, "version"));

    if (!json_is_object(counts) || !json_is_number(certainty) || !json_is_integer(doubtful)
        || !version)
        return false;
    for (void *row = json_object_iter(counts); row; row = json_object_iter_next(counts, row))
        count_type(
            all, json_object_iter_key(row), json_integer_value(json_object_iter_value(row)), arena);
    if (json_number_value(certainty) < all->certainty)
        all->certainty = json_number_value(certainty);
    all->doubtful += json_integer_value(doubtful);
    all->version = arena_text(arena, span_of(version));
    return true;
}

struct ibd_receipt ibd_receipt_of(const struct case_file *file, struct arena *arena)
{
    struct ibd_receipt all = { .certainty = 1, .version = "" };

    for (size_t i = 0; i < file->messages.count; i++) {
        const struct case_message *message = &file->messages.at[i];

        if (message->kind != KIND_REPORT && message->kind != KIND_FOLLOW_UP)
            continue;
        if (add(&all, message->receipt, arena))
            all.messages++;
        else
            all.unread++;
    }
    return all;
}
