#include "redact/plate.h"

#include "redact/keyname.h"
#include "redact/spell.h"

#include <string.h>

/* Sidecodes of the RDW, 1 to 14: X a letter, 9 a digit. */
static const char *const sidecodes[] = { "XX-99-99", "99-99-XX", "99-XX-99", "XX-99-XX", "XX-XX-99",
    "99-XX-XX", "99-XXX-9", "9-XXX-99", "XX-999-X", "X-999-XX", "XXX-99-X", "X-99-XXX", "9-XX-999",
    "999-XX-9" };

static bool is_sidecode(const char *shape)
{
    for (size_t i = 0; i < COUNT(sidecodes); i++)
        if (strcmp(shape, sidecodes[i]) == 0)
            return true;
    return false;
}

/* The same without what parts its groups. */
static bool is_glued_sidecode(const char *shape)
{
    for (size_t i = 0; i < COUNT(sidecodes); i++) {
        const char *code = sidecodes[i], *at = shape;

        for (; *code; code++)
            if (*code != '-' && *at++ != *code)
                break;
        if (!*code && !*at)
            return true;
    }
    return false;
}

/* The shape of tokens from i on: groups parted by single dashes (or blanks, dots). */
static uint32_t read_shape(const struct search *search, uint32_t i, char shape[12], bool blanks)
{
    uint32_t k = i, n = 0, groups = 0;

    while (k < search->count && groups < 3) {
        const struct token *token = &search->token[k];

        if (token->kind == TOKEN_SIGN || token->len > 4 || n + token->len > 9
            || (k > i && token->gap && !(blanks && token->gap == GAP_BLANK)))
            break;
        for (uint32_t c = 0; c < token->len; c++)
            shape[n++] = token->kind == TOKEN_WORD ? 'X' : '9';
        groups++;
        k++;
        if (groups == 3)
            break;
        if (k < search->count && search->token[k].kind == TOKEN_SIGN
            && strchr(blanks ? "-.+/_,|" : "-.+", search->token[k].sign)
            && (!search->token[k].gap || blanks)) {
            k++;
            shape[n++] = '-';
        } else if (blanks || (k < search->count && !search->token[k].gap))
            shape[n++] = '-';
        else
            break;
    }
    shape[n] = 0;
    return groups == 3 ? k : i;
}

static bool all_upper(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].kind == TOKEN_WORD)
            for (uint32_t k = 0; k < search->token[i].len; k++)
                if (!view_upper(search->view.ch[search->token[i].pos + k]))
                    return false;
    return true;
}

/* A word for a vehicle, where it stands in a sentence. */
static bool is_vehicle(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "bus", "busje", "bestelbus", "wagen", "auto", "car",
        "taxi", "scooter", "aanhanger", "trailer", "motorfiets", "camper", "caravan", "bestelauto",
        "lease", "leaseauto", "scanauto", "volvo", "renault", "toyota", "tesla", "opel", "peugeot",
        "volkswagen", "skoda", "fiat", "rijdt", "reed", "geparkeerd", "parkeert", "bestuurder",
        "rdw", "apk", "boete", "oprit", "garage", "parkeervergunning", "parked", "driver", "drives",
        "wagenpark", "laadpaal", "laadpas", "naheffing", "bekeuring", "slagboom", "parkeerplaats",
        "seat", "kia", "hyundai", "bmw", "audi" };

    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return false;
}

enum near { NEAR_NOTHING, NEAR_PLATE_BEFORE, NEAR_PLATE };

/* Whether the word for a plate stands before, on this line or the one before. */
static enum near near_plate_word(const struct search *search, uint32_t i)
{
    bool line = true;

    for (uint32_t k = i, n = 0; k > 0 && n < 9 && search->token[k].gap < GAP_PARAGRAPH; k--, n++) {
        line &= search->token[k].gap < GAP_LINE;
        if (search->token[k - 1].kind == TOKEN_WORD && !search->token[k - 1].guard
            && keyname_word(search, k - 1) == KEY_PLATE)
            return line ? NEAR_PLATE : NEAR_PLATE_BEFORE;
    }
    return NEAR_NOTHING;
}

static bool near_vehicle(const struct search *search, uint32_t i)
{
    for (uint32_t k = i, n = 0; k > 0 && n < 9 && search->token[k].gap < GAP_LINE; k--, n++)
        if (search->token[k - 1].kind == TOKEN_WORD && is_vehicle(search, k - 1))
            return true;
    return false;
}

static bool bounded(const struct search *search, uint32_t from, uint32_t to)
{
    bool dashed = search_sign(search, from + 1, '-');

    if (from > 0 && search->token[from].gap == GAP_NONE
        && (search->token[from - 1].kind != TOKEN_SIGN
            || strchr(dashed ? "-." : "-_./", search->token[from - 1].sign)))
        return false;
    return to >= search->count || search->token[to].gap
        || (search->token[to].kind == TOKEN_SIGN
            && !strchr(dashed ? "-" : "-_/", search->token[to].sign))
        || (search->token[to].kind == TOKEN_SIGN && search->token[to + 1].gap);
}

/* Letters that the RDW gives out since 1978; older plates and vans have a few more. */
static bool modern_letters(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].kind == TOKEN_WORD)
            for (uint32_t k = 0; k < search->token[i].len; k++)
                if (!strchr("BDFGHJKLMNPRSTVWXZ", search->view.ch[search->token[i].pos + k] & 0xdf))
                    return false;
    return true;
}

/* "model RG-455-T", "sensor NW-315-D": the word before says what it is. */
static bool is_thing(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "model", "form", "formulier", "paal", "sensor", "camera",
        "type", "versie", "version", "kaart", "zone", "lokaal", "kamer", "room", "code", "serie",
        "dessin", "kad", "perceel", "parcel", "part", "artikel", "order", "unit", "ref", "sheet",
        "norm", "document", "rapport", "report", "projekt", "project", "bestek", "tekening", "kast",
        "rack", "switch", "zaal", "vak", "plaats", "bak", "bin", "meter", "sluis", "brug", "boei" };

    if (i == 0 || search->token[i].gap > GAP_BLANK)
        return false;
    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i - 1, words[k]))
            return true;
    return false;
}

static bool try_at(struct search *search, uint32_t i, bool context)
{
    char shape[12];
    uint32_t end = read_shape(search, i, shape, context);
    bool dashed = end > i && search_sign(search, i + 1, '-');

    if (end == i || !is_sidecode(shape) || !bounded(search, i, end))
        return false;
    if (!context) {
        /* letters that were spaced out: V 8 8 0 R K */
        bool spaced = end > i
            && search->view.at[search_end_pos(search, end - 1) - 1]
                    - search->view.at[search->token[i].pos]
                > search_end_pos(search, end - 1) - search->token[i].pos + 3;

        if (!spaced && (!dashed || !all_upper(search, i, end)))
            return false;
        /* 01-02-XX is more often a part of something else than a plate: letters of the series
         * decide */
        if (!modern_letters(search, i, end) || is_thing(search, i))
            return false;
    }
    return search_claim(search, i, end, REDACT_PLATE, context ? RULE_CONTEXT : RULE_GRAMMAR,
        context ? 92 : 85, GUARD_HARD);
}

/* "TBX926", "AB12 CDE", "1-ABC-123", "B-MW 1234": only where a plate is spoken of. */
static bool try_foreign(struct search *search, uint32_t i)
{
    uint32_t k = i, letters = 0, digits = 0, groups = 0;

    while (k < search->count && groups < 4) {
        const struct token *token = &search->token[k];

        if (k > i && token->gap > GAP_BLANK)
            break;
        if (token->kind == TOKEN_SIGN) {
            if (token->sign != '-' || token->gap || k == i)
                break;
            k++;
            continue;
        }
        if (token->kind == TOKEN_WORD ? token->len > 3
                    || (token->shape != SHAPE_UPPER
                        && !(token->len == 1 && view_upper(token->sign)))
                                      : token->len > 4)
            break;
        letters += token->kind == TOKEN_WORD ? token->len : 0;
        digits += token->kind == TOKEN_NUMBER ? token->len : 0;
        groups++;
        k++;
    }
    while (k > i && search->token[k - 1].kind == TOKEN_SIGN)
        k--;
    if (groups < 2 || letters < 1 || digits < 1 || letters + digits < 5 || letters + digits > 8
        || !bounded(search, i, k))
        return false;
    if (i > 1 && search_sign(search, i - 1, ')') && search->token[i - 2].shape != SHAPE_LOWER
        && search->token[i - 2].len <= 2 && search_sign(search, i - 3, '('))
        i -= 3; /* (D) M-AB 4410 */
    return search_claim(search, i, k, REDACT_PLATE, RULE_CONTEXT, 80, GUARD_HARD);
}

/* Within a few words from `from` on. */
static bool plate_take_spelled(struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t k = from; k < to && k < from + 6 && search->token[k].gap < GAP_PARAGRAPH; k++) {
        char shape[8];
        uint32_t end = spell_end(search, k, shape, 6);
        bool words = false;

        for (uint32_t i = k; i < end; i++)
            words |= search->token[i].kind == TOKEN_WORD && search->token[i].len > 1
                && search->token[i].shape != SHAPE_UPPER;
        if (words && end <= to && is_glued_sidecode(shape))
            return search_claim(search, k, end, REDACT_PLATE, RULE_CONTEXT, 80, GUARD_SOFT);
    }
    return false;
}

/* Where plates are spoken of they stand without the word too: glued, with blanks, of the
 * neighbours. Capitals only. */
static void find_more(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        char shape[12];
        uint32_t end;

        if (token->kind == TOKEN_SIGN || token->len > 3 || token->claim || token->guard
            || (!token->gap && i > 0 && search->token[i - 1].kind != TOKEN_SIGN)
            || (token->kind == TOKEN_WORD && token->shape != SHAPE_UPPER && token->len > 1))
            continue;
        end = read_shape(search, i, shape, true);
        if (end == i || !all_upper(search, i, end) || !bounded(search, i, end)
            || is_thing(search, i))
            continue;
        if (is_sidecode(shape) ? modern_letters(search, i, end)
                               : strcmp(shape, "9-XXX-999") == 0
                    || (strcmp(shape, "XX-99-XXX") == 0 && !search_sign(search, i + 1, '-'))
                    || (search_sign(search, i + 1, '-') && strncmp(shape, "X", 1) == 0
                        && strcmp(shape + strspn(shape, "X-"), "9999") == 0))
            search_claim(search, i, end, REDACT_PLATE, RULE_ROW, 72, GUARD_SOFT);
    }
}

/* Small letters with a blank behind them start no plate. In one test, for most tokens fail it. */
static bool may_start(const struct token *token)
{
    return (token->kind != TOKEN_SIGN) & (token->len <= 3)
        & ((token->kind == TOKEN_NUMBER) | (token->shape == SHAPE_UPPER) | (token->len == 1)
            | (token[1].gap == GAP_NONE));
}

void plate_find(struct search *search)
{
    bool spoken = false;

    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        enum near near;
        char shape[12];
        uint32_t end;

        if (!may_start(token) || token->claim
            || (token->gap == GAP_NONE && i > 0 && search->token[i - 1].kind != TOKEN_SIGN))
            continue;
        if ((search_sign(search, i + 1, '-') || (!token[1].gap && token[1].kind != TOKEN_SIGN))
            && try_at(search, i, false))
            continue;
        if (search->token[i + 1].kind == TOKEN_SIGN && !strchr("-./_,|", search->token[i + 1].sign))
            continue;
        if (token->kind == TOKEN_WORD && token->shape != SHAPE_UPPER && token->len > 1
            && search->token[i + 1].gap)
            continue;
        near = near_plate_word(search, i);
        if (near && !try_at(search, i, true) && near == NEAR_PLATE)
            try_foreign(search, i);
        else if (!near && (end = read_shape(search, i, shape, token[1].gap)) > i
            && is_sidecode(shape)
            && (!token[1].gap || (all_upper(search, i, end) && modern_letters(search, i, end)))
            && near_vehicle(search, i))
            try_at(search, i, true);
    }
    /* told letter by letter: "plate: hotel, one oh seven, lima juliett" */
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (token->claim == REDACT_PLATE)
            spoken = true;
        if (token->kind != TOKEN_WORD)
            continue;
        if (keyname_word(search, i) == KEY_PLATE) {
            plate_take_spelled(search, i + 1, search->count);
            spoken = true;
        } else if (search_word(search, i, "bus") || search_word(search, i, "auto"))
            plate_take_spelled(search, i + 1, search->count);
        else
            spoken |= search_word(search, i, "anpr") || search_word(search, i, "slagboom");
    }
    if (spoken)
        find_more(search);
}

bool plate_take(struct search *search, uint32_t from, uint32_t to)
{
    while (from < to && search->token[from].kind == TOKEN_SIGN)
        from++;
    return from < to && !search->token[from].claim
        && (try_at(search, from, true) || try_foreign(search, from)
            || plate_take_spelled(search, from, to));
}

bool plate_is_glued(const struct search *search, uint32_t from, uint32_t to)
{
    char shape[12];

    return read_shape(search, from, shape, false) == to && is_sidecode(shape)
        && modern_letters(search, from, to);
}
