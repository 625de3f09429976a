#include "redact/hint.h"

#include "redact/keyname.h"
#include "redact/recall.h"

#include <string.h>

enum { LEAST = 3, PIECE_LONGEST = 60, BACK = 8, AHEAD = 4, CUE_BACK = 14, LINE_LOOK = 60 };

static bool parts(const struct token *token)
{
    static const bool signs[256] = { ['"'] = true,
        ['('] = true,
        [')'] = true,
        ['{'] = true,
        ['}'] = true,
        ['['] = true,
        [']'] = true,
        ['<'] = true,
        ['>'] = true,
        [','] = true,
        [';'] = true,
        ['|'] = true,
        ['='] = true,
        [':'] = true,
        ['/'] = true,
        ['\\'] = true,
        ['\t'] = true,
        [FOLD_MARK] = true };

    return signs[token->sign]; /* no word or number starts with them */
}

/* A word that promises a secret or a user name. */
bool hint_cue_word(const char *word)
{
    static const char *const words[26] = {
        ['a' - 'a'] = "account alias as",
        ['b' - 'a'] = "bijnaam by",
        ['c' - 'a'] = "cijfers code combination combinatie community",
        ['d' - 'a'] = "door",
        ['h' - 'a'] = "hash hek hekje",
        ['i' - 'a'] = "id inlog ingelogd",
        ['k' - 'a'] = "kluis key kast",
        ['l' - 'a'] = "luidt login logged",
        ['m' - 'a'] = "mention",
        ['n' - 'a'] = "nick nickname",
        ['p' - 'a'] = "phrase plain poort profiel profile psk",
        ['r' - 'a'] = "reads",
        ['s' - 'a'] = "safe schuilnaam secret sleutel slot",
        ['u' - 'a'] = "user",
        ['w' - 'a'] = "wachtw wie wifi wpa",
        ['z' - 'a'] = "zin",
    };

    return search_listed(word, words);
}

static bool is_cue(const struct token *token)
{
    return (token->len > 1)
        & (((token->uses & USE_CUE) > 0) | (token->word_key == KEY_CREDENTIAL)
            | (token->word_key == KEY_HANDLE));
}

static uint32_t claim_of(const struct token *token)
{
    return token->claim == REDACT_CREDENTIAL || token->claim == REDACT_HANDLE ? 0 : token->claim;
}

/* Written unlike a word of the language: digits or signs inside, capitals inside, unknown. */
static bool is_odd(const struct search *search, const struct hint_piece *piece)
{
    uint32_t words = 0, unknown = 0;
    bool digits = false, signs = false, mixed = false;

    for (uint32_t i = piece->from; i < piece->to; i++) {
        const struct token *token = &search->token[i];

        digits |= token->kind == TOKEN_NUMBER;
        signs |= token->kind == TOKEN_SIGN && token->sign != '-' && token->sign != '\'';
        if (token->kind == TOKEN_WORD) {
            words++;
            mixed |= token->shape == SHAPE_MIXED;
            unknown += !token->feature && token->len > 2;
        }
    }
    return words && (digits || signs || mixed || unknown);
}

static bool is_possible(const struct search *search, const struct hint_piece *piece)
{
    bool some = false;

    if (search_end_pos(search, piece->to - 1) - search->token[piece->from].pos < LEAST)
        return false;
    for (uint32_t i = piece->from; i < piece->to; i++) {
        const struct token *token = &search->token[i];

        if (claim_of(token) || token->guard == GUARD_HARD || token->sign == FOLD_MARK)
            return false;
        some |= token->kind == TOKEN_NUMBER || (token->kind == TOKEN_WORD && token->len > 1);
    }
    return (some || piece->to - piece->from > 3)
        && (piece->cue != UINT32_MAX || is_odd(search, piece));
}

static bool take_piece(const struct search *search, struct hint_piece *piece)
{
    uint32_t i = piece->to, end;

    while (i < search->count && parts(&search->token[i]))
        i++;
    while (i < search->count && search->token[i].kind == TOKEN_SIGN
        && strchr("'.-!?*>", search->token[i].sign) && search->token[i + 1].gap)
        i++;
    if (search_sign(search, i, '\'') || search_sign(search, i, '`'))
        i++;
    if (i >= search->count)
        return false;
    end = i + 1;
    while (end < search->count && !search->token[end].gap && !parts(&search->token[end])
        && end - i < PIECE_LONGEST)
        end++;
    for (; piece->seen < i; piece->seen++) {
        if (search->token[piece->seen].gap == GAP_PARAGRAPH)
            piece->cue = UINT32_MAX;
        if (is_cue(&search->token[piece->seen]))
            piece->cue = piece->seen;
    }
    if (piece->cue != UINT32_MAX && i - piece->cue > CUE_BACK)
        piece->cue = UINT32_MAX;
    piece->from = i;
    piece->to = end;
    while (piece->to > i + 1 && search->token[piece->to - 1].kind == TOKEN_SIGN
        && strchr(".'`", search->token[piece->to - 1].sign))
        piece->to--;
    return true;
}

bool hint_next(const struct search *search, struct hint_piece *piece)
{
    if (piece->seen == 0)
        piece->cue = UINT32_MAX;
    while (take_piece(search, piece))
        if (is_possible(search, piece))
            return true;
    return false;
}

struct list {
    uint32_t *at, count;
};

__attribute__((always_inline)) static inline void add(
    struct list *list, uint32_t kind, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t hash = kind * 0x9e3779b1u;

    hash = (hash ^ a) * 0x85ebca6bu;
    hash = (hash ^ hash >> 15 ^ b) * 0xc2b2ae35u;
    hash = (hash ^ hash >> 13 ^ c) * 0x27d4eb2fu;
    if (list->count < HINTS_MOST)
        list->at[list->count++] = (hash ^ hash >> 16) & (HINT_WEIGHTS - 1);
}

/* How much a word is a name, a word of the language, a thing. */
static uint32_t nature(const struct token *token)
{
    uint32_t f = token->feature, common = FEATURE_COMMON(f);

    if (!f)
        return 1;
    return 2 + (FEATURE_GIVEN(f) > 0) + 2 * (FEATURE_SURNAME(f) > 0)
        + 4
        * (common > 4        ? 3
                : common > 2 ? 2
                : common     ? 1
                             : 0)
        + 16 * !!(f & (FEATURE_TECH | FEATURE_ORG | FEATURE_ROLE | FEATURE_NOTNAME));
}

/* A word by itself where a list knows it, else what kind of thing stands there. */
static uint32_t identity(const struct search *search, uint32_t i)
{
    const struct token *token;

    if (i >= search->count)
        return 1;
    token = &search->token[i];
    if (claim_of(token))
        return 2 + token->claim;
    if (token->kind == TOKEN_NUMBER)
        return 30 + (token->len < 6 ? token->len : 6);
    if (token->kind == TOKEN_SIGN)
        return 40 + token->sign;
    if (token->feature && token->len > 1)
        return token->hash | 1024;
    return 300 + token->shape;
}

/* The word before token i, or after it, in its paragraph; count when there is none. */
static uint32_t word_beside(const struct search *search, uint32_t i, int step)
{
    for (uint32_t n = 0; n < 10; n++) {
        if (step < 0 ? i == 0 || search->token[i].gap == GAP_PARAGRAPH
                     : i + 1 >= search->count || search->token[i + 1].gap == GAP_PARAGRAPH)
            break;
        i += (uint32_t)step;
        if (search->token[i].kind == TOKEN_WORD)
            return i;
    }
    return search->count;
}

struct form {
    uint32_t pattern, letters, digits, signs, uppers, words, unknown, names, len, hard;
    bool hex;
};

/* What is written: letters as a or A, digits as 0, signs as they are, runs as one. */
static struct form read_form(const struct search *search, const struct hint_piece *piece)
{
    struct form form = { .pattern = 7, .hex = true };
    uint32_t from = search->token[piece->from].pos, end = search_end_pos(search, piece->to - 1);
    uint8_t last = 0;

    form.len = end - from;
    for (uint32_t p = from; p < end; p++) {
        uint8_t c = search->view.ch[p];
        uint8_t kind = view_upper(c) ? 'A' : view_letter(c) ? 'a' : view_digit(c) ? '0' : c;

        form.letters += view_letter(c);
        form.digits += view_digit(c);
        form.uppers += view_upper(c);
        form.signs += kind == c && !view_digit(c) && c != 'a' && c != 'A';
        form.hex &= view_digit(c) || (view_lower(c) >= 'a' && view_lower(c) <= 'f');
        if (kind != last && p - from < 40)
            form.pattern = form.pattern * 31 + kind;
        last = kind;
    }
    for (uint32_t i = piece->from; i < piece->to; i++) {
        const struct token *token = &search->token[i];

        if (token->kind != TOKEN_WORD || token->len < 2)
            continue;
        form.words++;
        form.unknown += !token->feature;
        form.names += FEATURE_GIVEN(token->feature) > 0 || FEATURE_SURNAME(token->feature) > 1
            || (search->recall && recall_has(search->recall, token->hash));
    }
    return form;
}

static uint32_t few(uint32_t n, uint32_t most)
{
    return n < most ? n : most;
}

static uint32_t step_of(uint32_t n)
{
    return n < 5 ? n : n < 7 ? 5 : n < 9 ? 6 : n < 13 ? 7 : n < 21 ? 8 : n < 41 ? 9 : 10;
}

static void add_form(struct list *list, const struct search *search, const struct hint_piece *piece,
    const struct form *form)
{
    const struct token *first = &search->token[piece->from], *last = &search->token[piece->to - 1];
    uint32_t guard = 0,
             mix = (form->letters > 0) + 2 * (form->digits > 0) + 4 * (form->signs > 0)
        + 8 * (form->uppers > 0) + 16 * (form->uppers > 1 && form->uppers < form->letters);

    for (uint32_t i = piece->from; i < piece->to; i++)
        guard |= search->token[i].guard;
    add(list, 1, form->pattern, 0, 0);
    add(list, 2, step_of(form->len), mix, 0);
    add(list, 3, mix, few(form->words, 4), few(form->unknown, 3));
    add(list, 4, first->kind == TOKEN_SIGN ? first->sign : first->kind, mix, 0);
    add(list, 5, last->kind == TOKEN_SIGN ? last->sign : last->kind, mix, 0);
    add(list, 6, few(form->names, 2), few(form->unknown, 2), mix);
    add(list, 7, guard, mix, 0);
    add(list, 8, first->key, 0, 0);
    add(list, 9, first->key, mix, 0);
    add(list, 10, form->hex && form->digits ? few(form->len, 130) : 0, form->letters > 0, 0);
    add(list, 11, form->pattern, step_of(form->len), 0);
    if (!form->letters && !form->signs)
        add(list, 12, form->len, first->sign == '0', 0);
    if (piece->to == piece->from + 1 && first->kind == TOKEN_WORD) {
        add(list, 13, nature(first), first->shape, 0);
        add(list, 14, identity(search, piece->from), 0, 0);
        add(list, 15, FEATURE_CLASS(first->feature), FEATURE_KEY(first->feature), 0);
        add(list, 16, first->word_key, 0, 0);
        add(list, 17, step_of(first->len), first->shape, first->feature != 0);
    } else {
        add(list, 18, identity(search, piece->to - 1), mix, 0);
        add(list, 19, identity(search, piece->from), mix, 0);
        add(list, 20, first->kind == TOKEN_WORD ? nature(first) : 99,
            last->kind == TOKEN_WORD ? nature(last) : 99, mix);
        for (uint32_t i = piece->from; i < piece->to && i < piece->from + 6; i++)
            if (search->token[i].kind == TOKEN_SIGN)
                add(list, 21, search->token[i].sign, form->digits > 0, form->unknown > 0);
    }
}

static void add_around(struct list *list, const struct search *search,
    const struct hint_piece *piece, const struct form *form)
{
    uint32_t from = piece->from, to = piece->to,
             shape = (form->digits > 0) + 2 * (form->signs > 0) + 4 * (form->uppers > 0)
        + 8 * (form->letters == 0) + 16 * (form->unknown > 0);
    uint32_t left = from ? 2 + identity(search, from - 1) : 0, left2, right, right2, lw, rw, i, n;

    left2 = from > 1 && search->token[from - 1].gap < GAP_PARAGRAPH ? identity(search, from - 2)
                                                                    : 0;
    right = identity(search, to);
    right2 = to + 1 < search->count ? identity(search, to + 1) : 0;
    lw = word_beside(search, from, -1);
    rw = word_beside(search, to - 1, 1);
    add(list, 30, left, search->token[from].gap, 0);
    add(list, 31, right, search->token[to].gap, 0);
    add(list, 32, left, left2, search->token[from].gap);
    add(list, 33, right, right2, 0);
    add(list, 34, left, right, shape);
    add(list, 35, identity(search, lw), 0, 0);
    add(list, 36, identity(search, lw), shape, 0);
    add(list, 37, identity(search, rw), 0, 0);
    add(list, 38, identity(search, rw), shape, 0);
    add(list, 39, left, shape, search->token[from].gap);
    i = from;
    for (n = 0; n < BACK; n++) {
        uint32_t before = word_beside(search, i, -1);

        if (before >= search->count)
            break;
        add(list, 40, identity(search, before), n < 3 ? 1 : 2, 0);
        add(list, 41, identity(search, before), shape, 0);
        if (n == 1) {
            add(list, 42, identity(search, before), identity(search, lw), 0);
            add(list, 43, identity(search, before), shape, 3);
        }
        i = before;
    }
    i = to - 1;
    for (n = 0; n < AHEAD; n++) {
        uint32_t after = word_beside(search, i, 1);

        if (after >= search->count)
            break;
        add(list, 44, identity(search, after), n < 2, 0);
        i = after;
    }
    for (n = 1; n <= CUE_BACK && n <= from; n++) {
        const struct token *token = &search->token[from - n];
        uint32_t key = token->word_key ? token->word_key : (uint32_t)FEATURE_KEY(token->feature);

        if (token->kind == TOKEN_WORD && key) {
            add(list, 45, key, n < 4 ? 1 : n < 8 ? 2 : 3, shape);
            add(list, 46, key, n < 4, 0);
            add(list, 47, key, left, 0);
            break;
        }
        if (search->token[from - n + 1].gap == GAP_PARAGRAPH)
            break;
    }
    if (piece->cue != UINT32_MAX) {
        uint32_t cue = identity(search, piece->cue), between = from - piece->cue - 1;

        add(list, 50, cue, shape, 0);
        add(list, 51, cue, few(between, 6), form->unknown > 0);
        add(list, 52, cue, left, 0);
        add(list, 53, cue, identity(search, piece->cue + 1), 0);
        add(list, 54, left, few(between, 6), shape);
        for (uint32_t k = piece->cue + 1; k < from && k < piece->cue + 6; k++)
            add(list, 55, identity(search, k), left, 0);
    }
    for (n = 1; n <= 4; n++) {
        if (n <= from && claim_of(&search->token[from - n])) {
            add(list, 48, search->token[from - n].claim, n, shape);
            break;
        }
    }
    for (n = 0; n < 4 && to + n < search->count; n++)
        if (claim_of(&search->token[to + n])) {
            add(list, 49, search->token[to + n].claim, n, shape);
            break;
        }
}

/* Its line: how it begins, how much stands on it, which piece of it this is. */
static void add_line(struct list *list, const struct search *search, const struct hint_piece *piece,
    const struct form *form)
{
    uint32_t start = piece->from, head, end = piece->to, words = 0, bars = 0;

    while (start > 0 && search->token[start].gap < GAP_LINE && piece->from - start < LINE_LOOK)
        start--;
    while (end < search->count && search->token[end].gap < GAP_LINE && end - piece->to < LINE_LOOK)
        end++;
    for (uint32_t i = start; i < end; i++) {
        words += search->token[i].kind == TOKEN_WORD;
        bars += search_sign(search, i, '|') || search_sign(search, i, ';')
            || search_sign(search, i, '\t') || search_sign(search, i, ',');
    }
    head = start;
    while (head < piece->from && search->token[head].kind != TOKEN_WORD)
        head++;
    add(list, 60, few(piece->from - start, 3), few(end - piece->to, 2), step_of(words));
    add(list, 61, identity(search, head), piece->from - start < 6, 0);
    add(list, 62, few(bars, 4), form->digits > 0, form->unknown > 0);
    if (search_sign(search, head + 1, ':'))
        add(list, 63, identity(search, head), form->unknown > 0, 0);
}

uint32_t hint_collect(
    const struct search *search, const struct hint_piece *piece, uint32_t at[static HINTS_MOST])
{
    struct form form = read_form(search, piece);
    struct list list = { .at = at };

    add(&list, 0, 0, 0, 0);
    add_form(&list, search, piece, &form);
    add_around(&list, search, piece, &form);
    add_line(&list, search, piece, &form);
    return list.count;
}

enum hint_link hint_link(
    const struct search *search, const struct hint_piece *before, const struct hint_piece *piece)
{
    uint32_t gap = search->token[piece->from].gap;

    if (before->to == 0 || piece->from - before->to > 3 || gap == GAP_PARAGRAPH)
        return HINT_FAR;
    return gap == GAP_LINE ? HINT_LINE : gap == GAP_BLANK ? HINT_BLANK : HINT_GLUED;
}
