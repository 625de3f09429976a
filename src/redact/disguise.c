#include "redact/disguise.h"

#include "redact/lexicon.h"

#include <string.h>

enum { LONGEST = 48, HEX_LEAST = 6, CODE_LEAST = 12, CODE_MOST = 120, CERTAINTY = 72 };

/* How much a word without its disguise is a name. */
enum sense { SENSE_WORD, SENSE_UNKNOWN, SENSE_SURNAME, SENSE_NAME };

static enum sense sense_of(const uint8_t *word, size_t len)
{
    uint32_t f = lexicon_word(word, len), common = FEATURE_COMMON(f);

    if (!f)
        return SENSE_UNKNOWN;
    if (FEATURE_CLASS(f) == CLASS_TUSS)
        return SENSE_UNKNOWN;
    if (f & (FEATURE_NOTNAME | FEATURE_TECH | FEATURE_ORG))
        return SENSE_WORD;
    if (FEATURE_GIVEN(f) > 1 ? common < 4 : FEATURE_GIVEN(f) && common < 2)
        return SENSE_NAME;
    if (FEATURE_SURNAME(f))
        return common < 2 ? SENSE_NAME : SENSE_SURNAME;
    return SENSE_WORD;
}

static bool is_open(const struct search *search, uint32_t i)
{
    return i < search->count && search->token[i].kind != TOKEN_SIGN && !search->token[i].claim
        && search->token[i].guard == GUARD_NONE;
}

/* The start of a run of letters and digits. */
static bool starts_run(const struct search *search, uint32_t i)
{
    return is_open(search, i)
        && (i == 0 || search->token[i].gap || search->token[i - 1].kind == TOKEN_SIGN);
}

static uint32_t run_end(const struct search *search, uint32_t i)
{
    do
        i++;
    while (is_open(search, i) && !search->token[i].gap);
    return i;
}

/* S-p-e-l-l-e-d, with the same few signs between all letters. Gives one past its last token. */
static uint32_t read_spelled(const struct search *search, uint32_t i, uint8_t *out, size_t *len)
{
    const uint8_t *text = search->view.ch;
    uint32_t wide = 0, to = i;

    *len = 0;
    for (uint32_t k = i; is_open(search, k) && search->token[k].kind == TOKEN_WORD
         && search->token[k].len == 1 && *len < LONGEST;) {
        uint32_t end = search_end_pos(search, k), next = k + 1;

        out[(*len)++] = view_lower(search->token[k].sign);
        to = k + 1;
        while (next < search->count && search->token[next].kind == TOKEN_SIGN && next - k < 4)
            next++;
        if (next >= search->count || search->token[next].gap == GAP_PARAGRAPH)
            break;
        if (!wide)
            wide = search->token[next].pos - end;
        if (wide > 3 || search->token[next].pos - end != wide
            || memcmp(text + end, text + search_end_pos(search, i), wide) != 0)
            break;
        k = next;
    }
    return to;
}

/* One past the run that starts at token i, in which @, ! and $ stand for letters too. */
static uint32_t signs_end(const struct search *search, uint32_t i)
{
    uint32_t to = run_end(search, i);

    while (to + 1 < search->count && search->token[to].kind == TOKEN_SIGN && !search->token[to].gap
        && !search->token[to].claim && strchr("@!$", search->token[to].sign)
        && is_open(search, to + 1) && !search->token[to + 1].gap)
        to = run_end(search, to + 1);
    return to;
}

/* A word whose letters stood apart, which the view has drawn together. */
static bool is_drawn(const struct search *search, const struct token *token)
{
    const struct view *view = &search->view;
    uint32_t last = token->pos + token->len - 1u, gaps = 0;

    if (token->kind != TOKEN_WORD || token->len < 3
        || view->at[last] - view->at[token->pos] < 2u * token->len - 3)
        return false;
    for (uint32_t k = token->pos; k < last; k++)
        gaps += view->at[k] + view->width[k] < view->at[k + 1];
    return gaps + 2 >= token->len;
}

/* What is spelled must be got right: a name more often than a word, and no word that lists lack. */
static enum sense spelled_sense(const uint8_t *word, size_t len)
{
    uint32_t f = lexicon_word(word, len), common = FEATURE_COMMON(f);
    enum sense sense = sense_of(word, len);

    if (len < 4)
        return sense == SENSE_NAME && FEATURE_GIVEN(f) > 1 ? sense : SENSE_WORD;
    if (sense == SENSE_UNKNOWN)
        return len > 4 && len < 13 ? SENSE_NAME : sense;
    return (FEATURE_GIVEN(f) > 1 || FEATURE_SURNAME(f) > 1) && common < 6 ? SENSE_NAME : sense;
}

/* A word with digits for letters, one of them inside; 1 stands for `one`. */
static bool read_digits(
    const struct search *search, uint32_t i, uint32_t to, uint8_t one, uint8_t *out, size_t *len)
{
    static const uint8_t letters[] = "oizeasbtbg", signs[] = "@a!i$s";
    uint32_t from = search->token[i].pos, digits = 0, inside = 0;

    *len = search_end_pos(search, to - 1) - from;
    if (*len < 3 || *len > 20)
        return false;
    for (uint32_t k = 0; k < *len; k++) {
        uint8_t c = search->view.ch[from + k];
        const char *sign = c && !view_letter(c) ? strchr((const char *)signs, c) : NULL;
        bool stands = view_digit(c) || sign;

        digits += stands;
        inside += k && stands && view_letter(search->view.ch[from + k + 1]) && k + 1 < *len;
        out[k] = c == '1'   ? one
            : view_digit(c) ? letters[c - '0']
            : sign          ? (uint8_t)sign[1]
                            : view_lower(c);
    }
    return inside && digits * 5 <= *len * 3;
}

static enum sense digits_sense(const struct search *search, uint32_t i, uint32_t to, size_t least)
{
    uint8_t word[LONGEST];
    size_t len;
    enum sense best = SENSE_WORD;

    for (int k = 0; k < 2; k++)
        if (read_digits(search, i, to, (uint8_t) "il"[k], word, &len) && len >= least) {
            enum sense sense = sense_of(word, len);

            best = sense > best ? sense : best;
        }
    return best;
}

/* Small letters and a capital at the end: read from the back. */
static enum sense reversed_sense(const struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];
    const uint8_t *text = search->view.ch + token->pos;
    uint8_t word[LONGEST];

    if (token->kind != TOKEN_WORD || token->shape != SHAPE_MIXED || token->len < 3
        || token->len >= LONGEST || !view_upper(text[token->len - 1]) || view_upper(text[0]))
        return SENSE_WORD;
    for (uint32_t k = 0; k < token->len; k++) {
        word[k] = view_lower(text[token->len - 1u - k]);
        if (k && view_upper(text[token->len - 1u - k]))
            return SENSE_WORD;
    }
    return sense_of(word, token->len);
}

/* Decoded text that is a name, or has given name and surname side by side. */
static bool reads_like_name(const struct search *search, const char *text, size_t len)
{
    struct search part = { .arena = search->arena, .room = search->arena };
    uint32_t words = 0, names = 0, others = 0, given = UINT32_MAX;

    view_make(&part.view, (struct span) { text, len }, search->arena);
    search_tokens(&part);
    for (uint32_t i = 0; i < part.count; i++) {
        const struct token *token = &part.token[i];
        uint32_t f = token->feature;

        if (token->kind != TOKEN_WORD || token->len < 3 || FEATURE_CLASS(f) == CLASS_TUSS)
            continue;
        if (given != UINT32_MAX && i - given <= 3 && token->shape != SHAPE_LOWER
            && (FEATURE_SURNAME(f) || !f))
            return true;
        words++;
        names += FEATURE_GIVEN(f) || FEATURE_SURNAME(f);
        others += !FEATURE_GIVEN(f) && !FEATURE_SURNAME(f) && f;
        if (FEATURE_GIVEN(f) && token->shape != SHAPE_LOWER)
            given = i;
    }
    return words && words <= 4 && names && !others;
}

/* Bytes in hex, in pairs with at most one sign between. Gives one past its last token. */
static uint32_t read_hex(const struct search *search, uint32_t i, char *out, size_t *len)
{
    const struct view *view = &search->view;
    uint32_t at = search->token[i].pos, to = i;
    size_t letters = 0;

    *len = 0;
    if (view->ch[at] == '0' && at + 1 < view->len && view->ch[at + 1] == 'x')
        at += 2;
    while (at + 1 < view->len && *len < LONGEST) {
        unsigned value = 0;

        for (int k = 0; k < 2; k++) {
            uint8_t c = view_lower(view->ch[at + (uint32_t)k]);

            if (!view_digit(c) && !(c >= 'a' && c <= 'f'))
                return i;
            value = value << 4 | (unsigned)(view_digit(c) ? c - '0' : c - 'a' + 10);
        }
        if (value < ' ' || value > 0x7e)
            return i;
        out[(*len)++] = (char)value;
        letters += view_letter((uint8_t)value);
        at += 2;
        if (at + 1 < view->len && strchr(" :-", view->ch[at])
            && (view_digit(view->ch[at + 1]) || (view_lower(view->ch[at + 1]) - 'a' + 0u) < 6)
            && at + 2 < view->len
            && (view_digit(view->ch[at + 2]) || (view_lower(view->ch[at + 2]) - 'a' + 0u) < 6))
            at++;
        else if (at >= view->len || !(view_digit(view->ch[at]) || view_letter(view->ch[at])))
            break;
    }
    if (*len < HEX_LEAST || letters * 3 < *len * 2)
        return i;
    while (to < search->count && search->token[to].pos < at)
        to++;
    return search_end_pos(search, to - 1) == at ? to : i;
}

static int code_value(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A'
        : c >= 'a' && c <= 'z'  ? c - 'a' + 26
        : view_digit(c)         ? c - '0' + 52
        : c == '+' || c == '-'  ? 62
        : c == '/' || c == '_'  ? 63
                                : -1;
}

/* Base64 (RFC 4648) of printable text. Gives one past its last token. */
static uint32_t read_code(const struct search *search, uint32_t i, char *out, size_t *len)
{
    const struct view *view = &search->view;
    uint32_t at = search->token[i].pos, from = at, to = i, bits = 0;
    unsigned held = 0;
    bool upper = false, lower = false;

    *len = 0;
    for (; at < view->len && code_value(view->ch[at]) >= 0 && at - from < CODE_MOST; at++) {
        held = held << 6 | (unsigned)code_value(view->ch[at]);
        upper |= view_upper(view->ch[at]);
        lower |= view->ch[at] >= 'a' && view->ch[at] <= 'z';
        bits += 6;
        if (bits >= 8) {
            uint8_t c = (uint8_t)(held >> (bits - 8));

            bits -= 8;
            if (c < ' ' || c == 0x7f)
                return i;
            out[(*len)++] = (char)c;
        }
    }
    if (at - from < CODE_LEAST || !upper || !lower)
        return i;
    while (to < search->count && search->token[to].pos < at)
        to++;
    return search_end_pos(search, to - 1) == at ? to : i;
}

static bool is_free(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].claim || search->token[i].guard)
            return false;
    return true;
}

static bool take(struct search *search, uint32_t from, uint32_t to)
{
    return search_claim(search, from, to, REDACT_PERSON, RULE_SCORE, CERTAINTY, GUARD_SOFT);
}

static bool is_all(const struct search *search, const struct token *token, uint8_t byte)
{
    for (uint32_t k = 0; k < token->len; k++)
        if (search->view.ch[token->pos + k] != byte)
            return false;
    return token->kind == TOKEN_WORD && !token->claim && !token->guard;
}

/*
 * One past a few ideographs, or two to four words of another script without capitals: in a Dutch
 * or English report that is who somebody is. Gives i when it is not so, or a whole sentence.
 */
static uint32_t foreign_end(const struct search *search, uint32_t i)
{
    uint8_t byte = search->token[i].sign;
    uint32_t to = i, letters = 0;

    if (byte != FOLD_LETTER && byte != FOLD_IDEOGRAPH)
        return i;
    while (to < search->count && is_all(search, &search->token[to], byte)
        && (to == i || search->token[to].gap <= GAP_BLANK))
        letters += search->token[to++].len;
    return byte == FOLD_IDEOGRAPH                  ? letters > 1 && letters < 7 ? to : i
        : to - i > 1 && to - i < 5 && letters < 30 ? to
                                                   : i;
}

/* What token i starts, if it is a name in one of the disguises; gives one past it, or i. */
static uint32_t disguised(struct search *search, uint32_t i, enum sense needed)
{
    const struct token *token = &search->token[i];
    uint8_t word[LONGEST];
    char text[CODE_MOST];
    size_t len;
    uint32_t to;

    if (!starts_run(search, i))
        return i;
    if (token->kind == TOKEN_WORD && token->len == 1) {
        enum sense sense;

        to = read_spelled(search, i, word, &len);
        sense = spelled_sense(word, len);
        if ((needed < SENSE_NAME ? len > 1 : len > 2 && sense == SENSE_NAME) && take(search, i, to))
            return to;
    }
    if (is_drawn(search, token) && token->len < LONGEST
        && (needed < SENSE_NAME
            || spelled_sense(search->view.ch + token->pos, token->len) == SENSE_NAME)
        && take(search, i, i + 1))
        return i + 1;
    if (token->sign >= FOLD_LETTER) {
        to = foreign_end(search, i);
        if (to > i && take(search, i, to))
            return to;
    }
    to = run_end(search, i);
    if (token->kind == TOKEN_WORD && to == i + 1 && reversed_sense(search, i) >= needed
        && take(search, i, to))
        return to;
    to = signs_end(search, i);
    if (to > i + 1 && to - i <= 8
        && digits_sense(search, i, to, needed < SENSE_NAME ? 3 : 4) >= needed
        && (to >= search->count || search->token[to].gap || search->token[to].kind == TOKEN_SIGN)
        && take(search, i, to))
        return to;
    if (token->kind == TOKEN_NUMBER || token->len >= 2) {
        to = read_hex(search, i, text, &len);
        if (to > i && is_free(search, i, to) && reads_like_name(search, text, len)
            && take(search, i, to))
            return to;
    }
    if (token->len < CODE_LEAST && (token[1].gap || token[1].kind == TOKEN_SIGN))
        return i;
    to = read_code(search, i, text, &len);
    return to > i && is_free(search, i, to) && reads_like_name(search, text, len)
            && take(search, i, to)
        ? to
        : i;
}

/* A sign, or a word by itself whose capitals stand where they belong, too short for base64. In one
 * test, for most tokens pass it. */
static bool is_plain(const struct token *token)
{
    return (token->kind == TOKEN_SIGN)
        | ((token->kind == TOKEN_WORD) & (token->shape != SHAPE_MIXED) & (token->len > 1)
            & (token->len < CODE_LEAST) & (token->sign < FOLD_LETTER)
            & ((token[1].gap != GAP_NONE) | (token[1].kind == TOKEN_SIGN)));
}

/* The word that was spelled before token i with at most three signs between, of any length. */
static void take_before(struct search *search, uint32_t i, uint32_t least)
{
    uint32_t to = i, from;
    uint8_t word[LONGEST];
    size_t len;

    while (to > least && i - to < 4 && search->token[to - 1].kind == TOKEN_SIGN
        && search->token[to].gap < GAP_LINE)
        to--;
    if (to > least && to < i && is_drawn(search, &search->token[to - 1])
        && is_open(search, to - 1)) {
        take(search, to - 1, to);
        return;
    }
    from = to;
    while (from > least && to - from < LONGEST && is_open(search, from - 1)
        && search->token[from - 1].len == 1 && search->token[from].gap < GAP_LINE)
        from -= from > least + 1 && search_sign(search, from - 2, search->token[to].sign) ? 2 : 1;
    for (; from + 2 < to; from++)
        if (starts_run(search, from) && read_spelled(search, from, word, &len) == to && len > 2
            && sense_of(word, len) > SENSE_WORD) {
            take(search, from, to);
            return;
        }
}

void disguise_find(struct search *search)
{
    uint32_t last = 0;

    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t to, next;

        if (is_plain(token) && !is_drawn(search, token))
            continue;
        to = disguised(search, i, SENSE_NAME);
        if (to == i)
            continue;
        if (token->len == 1 || is_drawn(search, token))
            take_before(search, i, last);
        /* beside one of them less is needed of another */
        for (next = to; next < search->count && next - to < 3 && search->token[next].gap < GAP_LINE;
             next++) {
            uint32_t end = disguised(search, next, SENSE_UNKNOWN);

            if (end > next) {
                to = end;
                next = end - 1;
            }
        }
        last = to;
        i = to - 1;
    }
}

/* Letters or digits of the text that stand between two tokens and are no token of the view. */
static bool hides_code(const struct search *search, uint32_t before, uint32_t i)
{
    const struct view *view = &search->view;
    struct span text = view->text;
    uint32_t last = search_end_pos(search, before) - 1;

    for (size_t k = view->at[last] + view->width[last]; k < view->at[search->token[i].pos]; k++)
        if (k < text.len
            && (view_digit((uint8_t)text.at[k]) || (uint8_t)((text.at[k] | 32) - 'a') < 26))
            return true;
    return false;
}

void disguise_join(struct search *search)
{
    uint32_t last = UINT32_MAX;

    for (uint32_t i = 0; i < search->count; i++) {
        if (search->token[i].claim == REDACT_PERSON) {
            if (last != UINT32_MAX && i - last <= 3 && hides_code(search, last, i))
                search_force(search, last, i + 1, REDACT_PERSON, RULE_SCORE, CERTAINTY);
            last = i;
        } else if (last != UINT32_MAX
            && (search->token[i].claim || search->token[i].kind != TOKEN_SIGN
                || search->token[i].gap >= GAP_PARAGRAPH))
            last = UINT32_MAX;
    }
}
