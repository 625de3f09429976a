#include "redact/plate.h"

#include "redact/keyname.h"

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

/* The shape of tokens from i on: groups parted by single dashes (or blanks, dots). */
static uint32_t read_shape(const struct search *search, uint32_t i, char shape[12], bool blanks)
{
    uint32_t k = i, n = 0, groups = 0;

    while (k < search->count && groups < 3) {
        const struct token *token = &search->token[k];

        if (token->kind == TOKEN_SIGN || token->len > 3 || n + token->len > 9
            || (k > i && token->gap && !(blanks && token->gap == GAP_BLANK)))
            break;
        for (uint32_t c = 0; c < token->len; c++)
            shape[n++] = token->kind == TOKEN_WORD ? 'X' : '9';
        groups++;
        k++;
        if (groups == 3)
            break;
        if (k < search->count && search->token[k].kind == TOKEN_SIGN
            && strchr("-.+", search->token[k].sign) && (!search->token[k].gap || blanks)) {
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

static bool near_plate_word(const struct search *search, uint32_t i)
{
    for (uint32_t k = i, n = 0; k > 0 && n < 9 && search->token[k].gap < GAP_PARAGRAPH; k--, n++)
        if (search->token[k - 1].kind == TOKEN_WORD && keyname_word(search, k - 1) == KEY_PLATE)
            return true;
    return false;
}

static bool bounded(const struct search *search, uint32_t from, uint32_t to)
{
    if (from > 0 && search->token[from].gap == GAP_NONE
        && (search->token[from - 1].kind != TOKEN_SIGN
            || strchr("-_./", search->token[from - 1].sign)))
        return false;
    return to >= search->count || search->token[to].gap
        || (search->token[to].kind == TOKEN_SIGN && !strchr("-_/", search->token[to].sign))
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

static bool try_at(struct search *search, uint32_t i, bool context)
{
    char shape[12];
    uint32_t end = read_shape(search, i, shape, context);
    bool dashed = end > i && search_sign(search, i + 1, '-');

    if (end == i || !is_sidecode(shape) || !bounded(search, i, end))
        return false;
    if (!context) {
        if (!dashed || !all_upper(search, i, end))
            return false;
        /* 01-02-XX is more often a part of something else than a plate: letters of the series
         * decide */
        if (!modern_letters(search, i, end))
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
    return search_claim(search, i, k, REDACT_PLATE, RULE_CONTEXT, 80, GUARD_HARD);
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
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (!may_start(token) || token->claim
            || (token->gap == GAP_NONE && i > 0 && search->token[i - 1].kind != TOKEN_SIGN))
            continue;
        if (search_sign(search, i + 1, '-') && try_at(search, i, false))
            continue;
        if (search->token[i + 1].kind == TOKEN_SIGN && !strchr("-. ", search->token[i + 1].sign))
            continue;
        if ((token->kind == TOKEN_NUMBER || token->len <= 3) && near_plate_word(search, i)
            && (token->kind == TOKEN_NUMBER || token->shape == SHAPE_UPPER || token->len == 1
                || search->token[i + 1].gap == GAP_NONE)
            && !try_at(search, i, true))
            try_foreign(search, i);
    }
}

bool plate_take(struct search *search, uint32_t from, uint32_t to)
{
    while (from < to && search->token[from].kind == TOKEN_SIGN)
        from++;
    return from < to && !search->token[from].claim
        && (try_at(search, from, true) || try_foreign(search, from));
}
