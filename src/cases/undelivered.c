#include "cases/undelivered.h"

#include <stdlib.h>
#include <string.h>

/* RFC 5321, 4.2.3, and what mail servers mean by it. The first row that fits. */
static const struct {
    int from, to;
    const char *nl, *en;
} replies[] = {
    { 0, 0, "Vijf dagen geprobeerd, maar er was geen mailserver te bereiken",
        "Tried for five days, but no mail server could be reached" },
    { 400, 499, "Vijf dagen geprobeerd, maar de mailserver stelde het steeds uit",
        "Tried for five days, but the mail server put it off each time" },
    { 550, 551, "De mailserver weigert dit adres: het bestaat niet, of neemt geen post aan",
        "The mail server refuses this address: it does not exist, or takes no mail" },
    { 552, 552, "Het postvak is vol, of de brief is te groot",
        "The mailbox is full, or the letter is too large" },
    { 553, 553, "De mailserver kent dit adres niet", "The mail server does not know this address" },
    { 500, 599, "De mailserver weigert de brief", "The mail server refuses the letter" },
};

const char *undelivered_words(const char *why, const char *language, struct arena *arena)
{
    bool nl = strcmp(language, "en") != 0;
    const char *code = strstr(why, "SMTP ");

    if (strcmp(why, UNDELIVERED_BOUNCED) == 0)
        return nl ? "De brief kwam terug als onbestelbaar."
                  : "The letter came back as undeliverable.";
    if (strcmp(why, UNDELIVERED_LOST) == 0)
        return nl ? "De index ging verloren: of de brief weg is, is niet bekend."
                  : "The index was lost: whether the letter went is not known.";
    for (size_t i = 0; code && i < COUNT(replies); i++) {
        int reply = (int)strtol(code + 5, NULL, 10);

        if (reply < replies[i].from || reply > replies[i].to)
            continue;
        if (!reply)
            return arena_printf(arena, "%s.", nl ? replies[i].nl : replies[i].en);
        return arena_printf(arena, "%s (SMTP %d).", nl ? replies[i].nl : replies[i].en, reply);
    }
    return why;
}

/* From at on, whole characters. */
static size_t char_len(struct span text)
{
    size_t len = text.len ? 1 : 0;

    while (len < text.len && ((unsigned char)text.at[len] & 0xc0) == 0x80)
        len++;
    return len;
}

static size_t last_char(struct span text)
{
    size_t at = text.len ? text.len - 1 : 0;

    while (at > 0 && ((unsigned char)text.at[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static const char *masked(struct span word, struct arena *arena)
{
    size_t first = char_len(word), last = last_char(word);

    if (word.len < 4 || last <= first)
        return arena_printf(arena, "%.*s…", (int)first, word.at);
    return arena_printf(
        arena, "%.*s…%.*s", (int)first, word.at, (int)(word.len - last), word.at + last);
}

const char *undelivered_address(const char *address, struct arena *arena)
{
    struct span all = span_of(address);
    size_t at = span_find_char(all, '@', 0);
    struct span domain, rest;
    size_t dot = SPAN_NOWHERE, found = 0;

    if (at == SPAN_NOWHERE)
        return "…";
    domain = span_part(all, at + 1, all.len);
    while ((found = span_find_char(domain, '.', found)) != SPAN_NOWHERE)
        dot = found++;
    rest = dot == SPAN_NOWHERE ? SPAN("") : span_part(domain, dot, domain.len);
    return arena_printf(arena, "%s@%s%.*s", masked(span_part(all, 0, at), arena),
        masked(span_part(domain, 0, domain.len - rest.len), arena), (int)rest.len, rest.at);
}

bool undelivered_waits(const struct case_file *file, const struct case_letter *letter)
{
    if (letter->to != PARTY_RESEARCHER || letter->settled || !*letter->meant)
        return false;
    return letter->bounced_at || (strcmp(letter->kind, "clear") == 0 && !file->no_key);
}
