#include "redact/phone.h"

#include "redact/birth.h"
#include "redact/keyname.h"
#include "redact/proof.h"

#include <string.h>

enum { DIGITS_MOST = 24 };

/* A number as it stands: tokens [from, to), digits without separators, a plus or not. */
struct number {
    uint32_t from, to;
    char digits[DIGITS_MOST];
    size_t count;
    bool plus, seps;
};

/* Letters that are written, or misread, for digits: O and o, I, l. */
static bool is_o(const struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];

    if (token->kind != TOKEN_WORD || token->len > 2)
        return false;
    for (uint32_t k = 0; k < token->len; k++)
        if (!strchr("oOIl", search->view.ch[token->pos + k])
            || search->view.ch[token->pos + k] >= 0x80)
            return false;
    return true;
}

static void add_digits(struct number *n, const struct search *search, const struct token *token)
{
    for (uint32_t k = 0; k < token->len; k++) {
        uint8_t c = search->view.ch[token->pos + k];

        if (n->count + 1 < sizeof n->digits)
            n->digits[n->count] = view_digit(c) ? (char)c : c == 'I' || c == 'l' ? '1' : '0';
        n->count++;
    }
}

/* Reads the longest number that starts at token i: digits parted by single separators; where it is
 * told to be a telephone's, by any signs. */
static bool read_number(const struct search *search, uint32_t i, bool told, struct number *n)
{
    uint32_t k = i, last = i;
    unsigned open = 0;

    *n = (struct number) { .from = i };
    if (search_sign(search, k, '(')
        && (search_sign(search, k + 1, '+') || search->token[k + 1].kind == TOKEN_NUMBER)
        && !search->token[k + 1].gap) {
        open = 1;
        k++;
    }
    if (search_sign(search, k, '+') || search_word(search, k, "plus")) {
        n->plus = true;
        k++;
        if (search->token[k].gap > (told ? GAP_BLANK : GAP_NONE)
            || search->token[k].kind != TOKEN_NUMBER)
            return false;
    }
    if (search->token[k].kind != TOKEN_NUMBER
        && !(is_o(search, k) && search->token[k + 1].kind == TOKEN_NUMBER
            && !search->token[k + 1].gap))
        return false;
    while (k < search->count && k - i < 48 && n->count < 20) {
        const struct token *token = &search->token[k];

        if (token->kind == TOKEN_NUMBER
            || (is_o(search, k) && (k == last || search->token[k].gap == GAP_NONE || n->count))) {
            if (is_o(search, k) && search->token[k + 1].kind != TOKEN_NUMBER
                && !(n->count && !token->gap))
                break;
            if (n->count && token->gap >= GAP_LINE && n->count >= 9)
                break;
            if (n->count && token->gap == GAP_PARAGRAPH)
                break;
            add_digits(n, search, token);
            last = ++k;
            continue;
        }
        if (token->kind != TOKEN_SIGN
            || (!strchr("-./(),_+", token->sign)
                && !((n->plus || told) && n->count < (n->plus ? 11u : 9u + (n->digits[0] == '0'))
                    && (strchr("*$~#[]{}|;=\"'", token->sign) || token->sign == FOLD_OTHER))))
            break;
        /* a blank of a query string, or "06 + 12345678" */
        if (token->sign == '+' && (token->gap || search->token[k + 1].gap || !n->count)
            && !(told && n->count == 2))
            break;
        if (token->gap >= GAP_LINE
            || (token->sign == ',' && !n->plus && (token->gap || search->token[k + 1].gap)))
            break;
        if (token->sign == '(' && open)
            break;
        open += token->sign == '(';
        if (token->sign == ')' && !open)
            break;
        if (token->sign == ')')
            open--;
        n->seps = true;
        k++;
        /* at most two separators in a row: "(0)", " - "; three when told: 06","12 */
        if (k < search->count && search->token[k].kind == TOKEN_SIGN && k + 1 < search->count
            && search->token[k + 1].kind == TOKEN_SIGN
            && !(told && search->token[k + 2].kind == TOKEN_NUMBER))
            break;
    }
    n->to = last;
    if (open && search_sign(search, i, '('))
        n->from = i + 1; /* the bracket closes behind the number: it is the sentence's */
    n->digits[n->count < DIGITS_MOST ? n->count : DIGITS_MOST - 1] = 0;
    return n->count >= 3;
}

/* Digits without the prefix for the Netherlands: +31 6.., 0031 6.., 06.. are 6.... */
static const char *national(const struct number *n, bool *dutch)
{
    const char *d = n->digits;

    *dutch = true;
    if (n->plus) {
        if (strncmp(d, "31", 2) == 0)
            return d[2] == '0' ? d + 3 : d + 2;
        *dutch = false;
        return d;
    }
    if (strncmp(d, "0031", 4) == 0)
        return d[4] == '0' ? d + 5 : d + 4;
    if (d[0] == '0' && d[1] == '0') {
        *dutch = false;
        return d + 2;
    }
    if (d[0] == '0')
        return d + 1;
    if (n->count == 11 && strncmp(d, "316", 3) == 0)
        return d + 2;
    *dutch = false;
    return d;
}

static bool is_public(const struct search *search, const struct number *n)
{
    bool dutch;
    const char *mine = national(n, &dutch);

    for (size_t i = 0; i < search->town->public_phones.count; i++) {
        const char *text = search->town->public_phones.at[i];
        struct number other = { .plus = *text == '+' };

        for (; *text; text++)
            if (*text >= '0' && *text <= '9' && other.count + 1 < DIGITS_MOST)
                other.digits[other.count++] = *text;
        if (strcmp(national(&other, &(bool) { 0 }), mine) == 0
            || strcmp(other.digits, n->digits) == 0)
            return true;
    }
    /* service numbers of organisations */
    return dutch
        && (strncmp(mine, "800", 3) == 0 || strncmp(mine, "900", 3) == 0
            || strncmp(mine, "906", 3) == 0 || strncmp(mine, "909", 3) == 0
            || strncmp(mine, "85", 2) == 0 || strncmp(mine, "88", 2) == 0)
        && n->count <= 13 && mine[1] == '0';
}

/* A key close before, on the same line or the line before: "bel", "tel.", "mobiel". */
static enum key key_near(const struct search *search, uint32_t i)
{
    for (uint32_t k = i, n = 0; k > 0 && n < 7; k--, n++) {
        const struct token *token = &search->token[k - 1];
        enum key key;

        if (search->token[k].gap >= GAP_PARAGRAPH)
            break;
        if (token->kind == TOKEN_NUMBER && token->len >= 5 && !search->token[k - 1].claim)
            break; /* what stands before is that number's */
        if (token->kind != TOKEN_WORD)
            continue;
        if (token->len == 1 && n < 3
            && (token->sign == 'T' || token->sign == 'M' || token->sign == 't'
                || token->sign == 'm')
            && (k == 1 || token->gap >= GAP_BLANK))
            return KEY_PHONE;
        key = keyname_word(search, k - 1);
        if (!key && k > 1
            && (search_word(search, k - 1, "nummer") || search_word(search, k - 1, "number"))
            && (search_word(search, k - 2, "mijn") || search_word(search, k - 2, "my")
                || search_word(search, k - 2, "zijn") || search_word(search, k - 2, "haar")
                || search_word(search, k - 2, "his") || search_word(search, k - 2, "her")))
            return KEY_PHONE;
        if (key)
            return key;
    }
    return KEY_NONE;
}

/* Whether the number reads as one of the plan; sure when its form alone tells. */
static bool in_plan(const struct number *n, bool *sure)
{
    bool dutch;
    const char *d = national(n, &dutch);
    size_t len = strlen(d);

    *sure = false;
    if (n->count >= DIGITS_MOST)
        return false;
    if (dutch && (n->plus || n->digits[0] == '0' || n->count == 11)) {
        if (len == 9 && d[0] != '0') {
            *sure = true;
            return true;
        }
        /* foreign national notation: 07700 900177, 0486 55 21 07 (Belgium has nine) */
        *sure = len == 10 && n->digits[1] == '7' && n->to > n->from + 1; /* British mobile */
        return len >= 8 && len <= 10 && d[0] != '0';
    }
    if (n->count == 9 && n->digits[0] == '6')
        return !n->plus; /* the zero left out */
    if (n->plus) {
        *sure = len >= 8 && len <= 15;
        return len >= 7 && len <= 15 && d[0] != '0';
    }
    if (n->digits[0] == '0' && n->digits[1] == '0') {
        *sure = n->seps && len >= 9;
        return len >= 8 && len <= 15;
    }
    return false;
}

static bool bounded(const struct search *search, const struct number *n)
{
    const struct token *after = &search->token[n->to];

    if (n->from > 0 && search->token[n->from].gap == GAP_NONE) {
        const struct token *before = &search->token[n->from - 1];

        if (before->kind != TOKEN_SIGN)
            return false;
        if (strchr("./-#", before->sign) && !n->plus)
            return false;
    }
    return n->to >= search->count || after->gap || after->kind == TOKEN_SIGN;
}

/* 31612345678, 31 6 1234 5678, 316 1234 5678 */
static bool is_country(const struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i], *next = token + 1;

    if (token->kind != TOKEN_NUMBER || search->view.ch[token->pos + 1] != '1')
        return false;
    return token->len == 11
        || (next->kind == TOKEN_NUMBER && next->gap == GAP_BLANK
            && ((token->len == 2 && next->sign == '6')
                || (token->len == 3 && search->view.ch[token->pos + 2] == '6')));
}

/* "toestel 12", "ext. 44" */
static uint32_t extension_end(const struct search *search, uint32_t i)
{
    uint32_t k = i + 1;

    if (search_sign(search, i, ','))
        i = k++;
    if (!(search_word(search, i, "toestel") || search_word(search, i, "tst")
            || search_word(search, i, "ext") || search_word(search, i, "extension")
            || search_word(search, i, "doorkies")))
        return 0;
    k += search_sign(search, k, '.');
    return search->token[k].kind == TOKEN_NUMBER && search->token[k].len <= 5
            && search->token[k].gap <= GAP_BLANK
        ? k + 1
        : 0;
}

/* "03-02-2025 07:41", "01.02.10 1949", "06:25:03 2025": no telephone has these groups. */
static bool is_time(const struct search *search, const struct number *n)
{
    const struct token *token = &search->token[n->from];
    bool apart = !n->plus && n->to - n->from > 4 && token[0].len == 2 && token[2].len == 2
        && token[1].kind == TOKEN_SIGN && token[3].kind == TOKEN_SIGN
        && token[3].sign == token[1].sign;

    return apart
        && (token[4].len == 4
                ? search_sign(search, n->to, ':') || search_sign(search, n->from + 6, ':')
                : token[4].len == 2 && n->to - n->from == 6 && token[5].len == 4
                    && strchr(".:", token[1].sign));
}

static bool take(
    struct search *search, const struct number *n, unsigned certainty, enum redact_rule rule)
{
    uint32_t extension;

    if (is_time(search, n))
        return false;
    if (is_public(search, n)) {
        for (uint32_t i = n->from; i < n->to; i++)
            search->token[i].guard = GUARD_HARD;
        return false;
    }
    extension = extension_end(search, n->to);
    return search_claim(
        search, n->from, extension ? extension : n->to, REDACT_PHONE, rule, certainty, GUARD_HARD);
}

/* "belmij06-15...": the words before ran into the number. */
static bool is_run_in(const struct search *search, const struct number *n)
{
    return n->count == 10 && n->digits[0] == '0' && n->digits[1] == '6' && n->seps
        && search->token[n->from - 1].kind == TOKEN_WORD
        && search->token[n->from - 1].shape == SHAPE_LOWER && search->token[n->from - 1].len > 2;
}

static void try_digits(struct search *search, uint32_t i)
{
    struct number n;
    enum key key = key_near(search, i);
    bool sure;

    if (!read_number(search, i, key == KEY_PHONE, &n) || n.count < 7) {
        /* 06~1234~5678: the form is so strong that any signs may part it */
        if (!(search->token[i].len == 2 && search_digits(search, i, i + 1, n.digits, 3) == 2
                && n.digits[1] == '6' && read_number(search, i, true, &n) && n.count == 10))
            return;
    }
    /* blanks may tie two numbers together: give up groups from the end until it fits */
    while (n.to > n.from + 1 && !in_plan(&n, &sure) && n.count > 9) {
        uint32_t to = n.to - 1;

        while (to > n.from && search->token[to - 1].kind == TOKEN_SIGN)
            to--;
        if (to <= n.from)
            break;
        n.count -= search->token[n.to - 1].len;
        n.to = to;
        n.digits[n.count < DIGITS_MOST ? n.count : DIGITS_MOST - 1] = 0;
    }
    if (!in_plan(&n, &sure)
        || (!bounded(search, &n)
            && !(n.from > 0 && !search->token[n.from].gap && is_run_in(search, &n))))
        return;
    if (search->token[n.from].key == KEY_NOT)
        return;
    if (!sure && key != KEY_PHONE)
        return;
    if (!n.plus && key != KEY_PHONE
        && (key == KEY_NOT || key == KEY_IDDOC || key == KEY_VNUM || key == KEY_ANUM
            || key == KEY_BSN || key == KEY_IBAN))
        return;
    /* 0266350145 may be a V-number or a file: no separators, and no zone that exists */
    if (!n.plus && !n.seps && n.to == n.from + 1 && n.count == 10 && key != KEY_PHONE
        && n.digits[0] == '0' && (n.digits[1] == '0' || n.digits[1] == '9'))
        return;
    take(search, &n, sure ? 94 : 82, sure ? RULE_GRAMMAR : RULE_CONTEXT);
}

/* How many digits a word stands for: "zes" 1, "twaalf" 2, "nulzes" 2; 0 when it is none. */
static uint32_t word_digits(const struct search *search, uint32_t i, bool *unit)
{
    const struct token *token = &search->token[i];

    *unit = false;
    if (token->kind != TOKEN_WORD)
        return 0;
    if (FEATURE_CLASS(token->feature) == CLASS_NUMBER) {
        uint32_t value = FEATURE_VALUE(token->feature);

        *unit = value < 10;
        return value < 10 || value == 15 ? 1 : 2;
    }
    if (token->feature && FEATURE_COMMON(token->feature) > 4 && token->len < 8)
        return 0;
    return token->len >= 5 && token->len < 20 && birth_is_number_word(search, i) ? 2 : 0;
}

/* "en dan", "plus": what may stand between the words of a number. */
static bool is_between(const struct search *search, uint32_t i)
{
    return search_word(search, i, "en") || search_word(search, i, "and")
        || search_word(search, i, "dan") || search_word(search, i, "then")
        || search_word(search, i, "plus") || search_word(search, i, "komma");
}

static bool bsn_near(const struct search *search, uint32_t i)
{
    for (uint32_t k = i, n = 0; k > 0 && n < 3 && search->token[k].gap < GAP_LINE; k--, n++)
        if (search->token[k - 1].kind == TOKEN_WORD && keyname_word(search, k - 1) == KEY_BSN)
            return true;
    return false;
}

/* "nul zes twaalf vierendertig ...", "zes-een-acht-...", "(nul)(zes) vijf ...", "+31 [six] 54-64"
 */
static void try_words(struct search *search, uint32_t i)
{
    uint32_t k = i, last = i, words = 0, digits = 0, units = 0, from = i;
    bool start;

    while (k < search->count && k - i < 60) {
        const struct token *token = &search->token[k];
        bool unit;
        uint32_t n = word_digits(search, k, &unit);

        if (token->claim || (k > i && token->gap >= GAP_PARAGRAPH))
            break;
        if (n) {
            words++;
            digits += n;
            units += unit;
            last = ++k;
        } else if (token->kind == TOKEN_NUMBER && words && token->len <= (digits < 4 ? 9 : 4)) {
            digits += token->len;
            last = ++k;
        } else if ((token->kind == TOKEN_SIGN && strchr(",-./()*[]_{};|~", token->sign))
            || (words && is_between(search, k)) || search_word(search, k, "plus"))
            k++;
        else
            break;
    }
    /* "+31 [six] ...", "(0588) one-zero-two ...", "06 12 34 vijf zes 78": digits before */
    for (uint32_t n = 0, before = 0; from == i && n < 10; n++) {
        k = i - n;
        if (k == 0 || search->token[k].gap > GAP_BLANK || search->token[k - 1].claim)
            break;
        if (search->token[k - 1].kind == TOKEN_SIGN
                ? !strchr("()[]-{./+,*", search->token[k - 1].sign)
                : search->token[k - 1].kind == TOKEN_WORD || search->token[k - 1].len > 4)
            break;
        if (search->token[k - 1].kind != TOKEN_NUMBER)
            continue;
        before += search->token[k - 1].len;
        if (k > 1 && search_sign(search, k - 2, '+'))
            from = k - 2;
        else if (search->token[k - 1].sign == '0')
            from = k - 1;
        digits += from < i ? before : 0;
    }
    start = from < i || search_word(search, i, "nul") || search_word(search, i, "zero")
        || search_word(search, i, "plus") || search_starts(search, i, "nul");
    if (digits < 8 || digits > 18 || (words < 2 && !(start && digits < 14)))
        return;
    if ((digits == 8 || digits == 9) && words < 5 && bsn_near(search, from)) {
        search_claim(search, from, last, REDACT_BSN, RULE_CONTEXT, 80, GUARD_SOFT);
        return;
    }
    if ((words < 4 || (units < 5 && units * 2 < words && words < 5))
        && !(digits >= 9 && digits <= 13 && (start || key_near(search, from) == KEY_PHONE)))
        return;
    search_claim(search, from, last, REDACT_PHONE, RULE_GRAMMAR, 85, GUARD_SOFT);
}

void phone_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (token->claim || token->guard == GUARD_HARD)
            continue;
        if (token->kind == TOKEN_NUMBER) {
            if (token->sign == '0' || (token->sign == '3' && is_country(search, i))
                || (token->sign == '6'
                    && (token->len == 9 || (token->len == 1 && token[1].gap == GAP_BLANK))))
                try_digits(search, i);
        } else if (token->kind == TOKEN_SIGN) {
            if (token->sign == '+'
                || (token->sign == '(' && !search->token[i + 1].gap
                    && (search_sign(search, i + 1, '+')
                        || (search->token[i + 1].kind == TOKEN_NUMBER
                            && search->token[i + 1].sign == '0'))))
                try_digits(search, i);
        } else if (is_o(search, i))
            try_digits(search, i);
        else if (search_word(search, i, "plus") && token[1].kind == TOKEN_NUMBER)
            try_digits(search, i);
        else if (FEATURE_CLASS(token->feature) == CLASS_NUMBER || search_word(search, i, "plus")
            || (!token->feature && token->len >= 5 && search_starts(search, i, "nul"))
            || (i > 0 && token->len > 7 && search->token[i - 1].kind == TOKEN_NUMBER
                && birth_is_number_word(search, i)))
            try_words(search, i);
        else if (FEATURE_KEY(token->feature) == KEY_PHONE) {
            /* "tel 202-555-0143", "bel 6 12345678": after the word any notation does */
            uint32_t k = i + 1;
            struct number n;

            while (k < search->count && k < i + 5 && search->token[k].gap < GAP_PARAGRAPH
                && search->token[k].kind == TOKEN_SIGN && strchr(".:([=", search->token[k].sign)
                && !search_sign(search, k, '+'))
                k++;
            if (k < search->count && search->token[k].kind == TOKEN_NUMBER
                && !search->token[k].claim && read_number(search, k, true, &n) && n.count >= 9
                && (n.seps || n.count < 10 || search->token[k].sign == '0' || k == i + 2)
                && n.count <= 15 && bounded(search, &n) && search->token[k].guard != GUARD_HARD)
                take(search, &n, 78, RULE_CONTEXT);
        }
    }
}

bool phone_take(struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to && i < from + 6; i++) {
        struct number n;

        if (search->token[i].claim)
            return false;
        if (word_digits(search, i, &(bool) { false })) {
            try_words(search, i);
            if (search->token[i].claim)
                return true;
        }
        if (!read_number(search, i, true, &n))
            continue;
        if (n.to > to) /* the cell ends here */
            return false;
        if (n.count < 6 || n.count > 16)
            return false;
        return take(search, &n, 92, RULE_KEY);
    }
    return false;
}
