#include "redact/stays.h"

#include "redact/lexicon.h"

#include <string.h>

enum { PHRASE_WORDS = 24, PHRASES_MOST = 256 };

static void guard(struct search *search, uint32_t from, uint32_t to, uint8_t how)
{
    for (uint32_t i = from; i < to && i < search->count; i++)
        if (search->token[i].guard < how)
            search->token[i].guard = how;
}

/* scheme://user:pass@host:port/path?query: host and path stay, the query's values may not. */
static uint32_t guard_url(struct search *search, uint32_t colon)
{
    uint32_t from = colon > 0 ? colon - 1 : 0, k = colon + 3, at = 0;

    for (; k < search->count && !search->token[k].gap && k - colon < 60; k++) {
        if (search_sign(search, k, '@'))
            at = k;
        if (search->token[k].kind == TOKEN_SIGN && strchr("/?#\"'<>|,;)", search->token[k].sign))
            break;
    }
    guard(search, from, colon + 3, GUARD_SOFT);
    guard(search, at ? at + 1 : colon + 3, k, GUARD_SOFT);
    for (; k < search->count && !search->token[k].gap
         && !(search->token[k].kind == TOKEN_SIGN && strchr("?#\"'<>|;", search->token[k].sign));
         k++)
        guard(search, k, k + 1, GUARD_SOFT);
    return k;
}

/* CVE-2021-41773, CVSS:3.1/AV:N/..., nginx/1.14.2 */
static void guard_technical(struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];

    if (token[1].gap)
        return;
    if (token->kind == TOKEN_WORD && token->len <= 5
        && (token->gap || i == 0 || search->token[i - 1].kind == TOKEN_SIGN)
        && (token[1].kind == TOKEN_NUMBER
            || (token[1].kind == TOKEN_SIGN && (token[1].sign == '-' || token[1].sign == ':')))
        && (search_word(search, i, "cve") || search_word(search, i, "cwe")
            || search_word(search, i, "cvss") || search_word(search, i, "ghsa")
            || search_word(search, i, "capec") || search_word(search, i, "ncsc")
            || search_word(search, i, "kb") || search_word(search, i, "rfc")
            || search_word(search, i, "ms"))) {
        guard(search, i, search_glued_end(search, i), GUARD_HARD);
        return;
    }
    if (token->kind == TOKEN_WORD && search_sign(search, i + 1, '/') && !search->token[i + 1].gap
        && search->token[i + 2].kind == TOKEN_NUMBER && !search->token[i + 2].gap
        && search_sign(search, i + 3, '.')) {
        uint32_t k = i + 2;

        while (k < search->count && !search->token[k].gap
            && (search->token[k].kind == TOKEN_NUMBER || search_sign(search, k, '.')))
            k++;
        guard(search, i, k, GUARD_SOFT);
    }
}

/* A phrase of the settings, as hashes of its words. */
struct phrase {
    uint32_t hash[PHRASE_WORDS];
    uint32_t count;
};

static void add_phrase(
    struct phrase *phrases, uint32_t *count, const char *text, struct arena *arena)
{
    struct search part = { .arena = arena, .room = arena };
    struct phrase *phrase = &phrases[*count];

    if (*count >= PHRASES_MOST || strlen(text) > 400)
        return;
    view_make(&part.view, span_of(text), arena);
    search_tokens(&part);
    phrase->count = 0;
    for (uint32_t i = 0; i < part.count && phrase->count < PHRASE_WORDS; i++)
        if (part.token[i].kind != TOKEN_SIGN)
            phrase->hash[phrase->count++] = part.token[i].hash;
    *count += phrase->count > 0;
}

/* The words of a phrase from token i on, whatever signs stand between them. */
static uint32_t phrase_end(const struct search *search, uint32_t i, const struct phrase *phrase)
{
    uint32_t k = i, n = 0;

    while (k < search->count && n < phrase->count && k - i < 3 * PHRASE_WORDS) {
        if (search->token[k].kind != TOKEN_SIGN) {
            if (search->token[k].hash != phrase->hash[n])
                return i;
            n++;
        }
        k++;
    }
    return n == phrase->count ? k : i;
}

static void guard_phrases(struct search *search)
{
    const struct redact_town *town = search->town;
    struct phrase *phrases;
    uint32_t count = 0, hosts;
    uint64_t bloom = 0;
    size_t most;

    if (!town->office.count && !town->keep.count && !town->own_domains.count)
        return;
    most = town->office.count + town->keep.count + town->own_domains.count;
    phrases = arena_array(
        search->arena, most < PHRASES_MOST ? most : PHRASES_MOST, sizeof *phrases);
    for (size_t i = 0; i < town->own_domains.count; i++)
        add_phrase(phrases, &count, town->own_domains.at[i], search->arena);
    hosts = count;
    for (size_t i = 0; i < town->office.count; i++)
        add_phrase(phrases, &count, town->office.at[i], search->arena);
    for (size_t i = 0; i < town->keep.count; i++)
        add_phrase(phrases, &count, town->keep.at[i], search->arena);
    for (uint32_t p = 0; p < count; p++)
        bloom |= (uint64_t)1 << (phrases[p].hash[0] & 63);
    for (uint32_t i = 0; i < search->count; i++) {
        if (search->token[i].kind == TOKEN_SIGN || !(bloom >> (search->token[i].hash & 63) & 1))
            continue;
        for (uint32_t p = 0; p < count; p++) {
            uint32_t end = phrase_end(search, i, &phrases[p]), from = i;

            if (end == i)
                continue;
            if (p < hosts) {
                /* the labels before the own domain: mijn2.zandmeer.nl */
                while (from > 0 && !search->token[from].gap
                    && (search->token[from - 1].kind != TOKEN_SIGN
                        || strchr(".-", search->token[from - 1].sign)))
                    from--;
                guard(search, from, end, GUARD_SOFT);
                continue;
            }
            guard(search, from, end, GUARD_HARD);
        }
    }
}

void stays_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (token->kind == TOKEN_SIGN) {
            if (token->sign == ':' && search_sign(search, i + 1, '/')
                && search_sign(search, i + 2, '/') && i > 0
                && search->token[i - 1].kind == TOKEN_WORD)
                i = guard_url(search, i) - 1;
            continue;
        }
        guard_technical(search, i);
    }
    guard_phrases(search);
}
