#include "base/buf.h"
#include "base/hash.h"
#include "ibd/ibd.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOKEN_HEX = 32, MOST_TOKENS = 20 };

const char *ibd_tlp(const struct case_file *file)
{
    return file->state == CASE_DISCLOSED ? "TLP:GREEN" : "TLP:AMBER";
}

const char *ibd_type(const struct case_attachment *attachment)
{
    size_t len = strspn(attachment->type, "abcdefghijklmnopqrstuvwxyz0123456789.+-/");

    if (attachment->type[len] || len > 80 || !strchr(attachment->type, '/'))
        return "application/octet-stream";
    return attachment->type;
}

/* RFC 3339, in UTC; JSON null for what has not happened. */
static json_t *json_time(int64_t at_s)
{
    time_t at = (time_t)at_s;
    struct tm tm;
    char text[32];

    if (!at_s)
        return json_null();
    gmtime_r(&at, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return json_string(text);
}

static json_t *json_texts(const struct texts *texts)
{
    json_t *array = json_array();

    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(array, json_string(texts->at[i]));
    return array;
}

/* The name of the municipality as it stands in host names: "haaksbergen" of haaksbergen.nl. */
static struct span own_label(const struct settings *settings, size_t index)
{
    struct span domain = span_of(settings->own_domains.at[index]);

    return span_part(domain, 0, span_find_char(domain, '.', 0));
}

static size_t own_label_at(struct span rest, const struct settings *settings)
{
    for (size_t i = 0; i < settings->own_domains.count; i++) {
        struct span label = own_label(settings, i);

        if (label.len > 2 && span_starts_nocase(rest, label))
            return label.len;
    }
    return 0;
}

/* Path and names of the query, lower case, numbers as 0, our own name as *. "" for the root. */
static const char *path_of(const char *url, const struct settings *settings, struct arena *arena)
{
    struct span rest = span_of(url);
    size_t scheme = span_find(rest, SPAN("://"), 0), at;
    struct buf buf = { .arena = arena };

    if (scheme != SPAN_NOWHERE)
        rest = span_part(rest, scheme + 3, rest.len);
    at = span_find_char(rest, '/', 0);
    if (at == SPAN_NOWHERE)
        return "";
    rest = span_part(rest, at, rest.len);
    while (rest.len) {
        size_t own = own_label_at(rest, settings);
        char c = rest.at[0];

        if (own) {
            buf_char(&buf, '*');
            rest = span_part(rest, own, rest.len);
            continue;
        }
        if (c >= '0' && c <= '9') {
            if (!buf.len || buf.at[buf.len - 1] != '0')
                buf_char(&buf, '0');
        } else {
            buf_char(&buf, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
        }
        rest = span_part(rest, 1, rest.len);
    }
    while (buf.len && buf.at[buf.len - 1] == '/')
        buf.at[--buf.len] = '\0';
    return buf_string(&buf);
}

static void add_token(struct texts *tokens, const char *normal, struct arena *arena)
{
    char hex[HASH_SHA256_HEX];
    const char *token;

    hash_sha256(span_of(normal), hex);
    token = arena_printf(arena, "%.*s", TOKEN_HEX, hex);
    if (tokens->count < MOST_TOKENS && !texts_have(tokens, token))
        texts_add(tokens, arena, token);
}

struct texts ibd_tokens(
    const struct case_file *file, const struct settings *settings, struct arena *arena)
{
    const struct case_facts *facts = &file->facts;
    struct texts tokens = { 0 };

    for (size_t i = 0; i < facts->cves.count; i++)
        add_token(&tokens, arena_printf(arena, "cve %s", facts->cves.at[i]), arena);
    for (size_t i = 0; i < facts->urls.count; i++) {
        const char *path = path_of(facts->urls.at[i], settings, arena);

        if (path[0] && facts->weakness[0])
            add_token(&tokens, arena_printf(arena, "path %s %s", facts->weakness, path), arena);
        for (size_t j = 0; path[0] && j < facts->cwes.count; j++)
            add_token(&tokens, arena_printf(arena, "path %s %s", facts->cwes.at[j], path), arena);
    }
    return tokens;
}

static json_t *json_withheld(const struct case_file *file)
{
    json_t *array = json_array();

    for (size_t i = 0; i < file->messages.count; i++)
        for (size_t j = 0; j < file->messages.at[i].attachments.count; j++) {
            const struct case_attachment *attachment = &file->messages.at[i].attachments.at[j];

            if (attachment->withheld[0])
                json_array_append_new(array,
                    json_pack("{ss sI ss ss}", "type", ibd_type(attachment), "size",
                        (json_int_t)attachment->size_bytes, "sha256", attachment->sha256, "why",
                        attachment->withheld));
        }
    return array;
}

static json_t *json_redaction(const struct case_file *file, struct arena *arena)
{
    struct ibd_receipt receipt = ibd_receipt_of(file, arena);
    json_t *counts = json_object();

    for (size_t i = 0; i < receipt.type_count; i++)
        json_object_set_new(counts, receipt.types[i].type, json_integer(receipt.types[i].count));
    return json_pack("{so ss sI sf sb}", "counts", counts, "version", receipt.version, "doubtful",
        (json_int_t)receipt.doubtful, "least_certain", receipt.certainty, "edited_by_hand",
        file->ibd_text[0] != '\0');
}

static json_t *json_severity(const struct case_file *file)
{
    if (!file->severity[0])
        return json_null();
    return json_pack("{ss so}", "given", file->severity, "cvss_base",
        file->severity_tenths < 0 ? json_null() : json_real(file->severity_tenths / 10.0));
}

static void release_json(json_t **json)
{
    json_decref(*json);
}

struct span ibd_facts(const struct case_file *file, const struct settings *settings, int64_t now_s,
    struct arena *arena)
{
    const struct case_facts *facts = &file->facts;
    struct texts tokens = ibd_tokens(file, settings, arena);
    AUTO(release_json)
    json_t *json = json_pack(
        "{ss si ss ss ss ss ss so so so so so so so so s{so so so so} so so so so}", "schema",
        "meldpost-ibd-facts", "version", IBD_FACTS_VERSION, "case", file->number, "municipality",
        settings->municipality, "tlp", ibd_tlp(file), "state", case_state_word(file->state),
        "language", file->language, "hosts", json_texts(&facts->hosts), "urls",
        json_texts(&facts->urls), "weakness",
        facts->weakness[0] ? json_string(facts->weakness) : json_null(), "cve",
        json_texts(&facts->cves), "cwe", json_texts(&facts->cwes), "severity", json_severity(file),
        "match_tokens", json_texts(&tokens), "written_at", json_time(now_s), "dates", "received",
        json_time(file->received_at), "confirmed", json_time(file->confirmed_at), "mitigated",
        json_time(file->mitigated_at), "fixed", json_time(file->fixed_at), "withheld",
        json_withheld(file), "redaction", json_redaction(file, arena), "duplicate_of",
        file->duplicate_of[0] ? json_string(file->duplicate_of) : json_null(), "researcher_named",
        json_boolean(file->consents[CONSENT_NAME_IBD].given));
    char *text;
    struct span span;

    assert(json);
    text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(4));
    assert(text);
    span = arena_copy(arena, span_of(arena_printf(arena, "%s\n", text)));
    free(text);
    return span;
}
