#include "redact/birth.h"

#include "redact/keyname.h"
#include "redact/proof.h"

#include <string.h>

static int century(int year, uint32_t len)
{
    return len == 4 ? year : len == 2 ? (year > 26 ? 1900 : 2000) + year : 0;
}

static int number_of(const struct search *search, uint32_t i)
{
    int n = 0;

    if (i >= search->count || search->token[i].kind != TOKEN_NUMBER || search->token[i].len > 8)
        return -1;
    for (uint32_t k = 0; k < search->token[i].len; k++)
        n = n * 10 + search->view.ch[search->token[i].pos + k] - '0';
    return n;
}

static bool is_month(const struct search *search, uint32_t i)
{
    return i < search->count && search->token[i].kind == TOKEN_WORD
        && FEATURE_CLASS(search->token[i].feature) == CLASS_MONTH;
}

/* Six or eight digits in one: 19470930, 30091947, 710215. */
static bool is_packed(const struct search *search, uint32_t i)
{
    int n = number_of(search, i);

    if (n < 0)
        return false;
    if (search->token[i].len == 8)
        return proof_date(n / 10000, n / 100 % 100, n % 100)
            || proof_date(n % 10000, n / 10000 % 100, n / 1000000);
    if (search->token[i].len == 6)
        return proof_date(century(n / 10000, 2), n / 100 % 100, n % 100)
            || proof_date(century(n % 100, 2), n / 100 % 100, n / 10000);
    return false;
}

/* 14-08-1965, 1965/08/14, 3.10.2000, "14 - 08 - 1965" */
static uint32_t numeric_end(const struct search *search, uint32_t i, uint32_t to)
{
    int a = number_of(search, i), b, c;
    uint8_t sign;

    if (a < 0 || i + 4 >= to + 0 + 1 || search->token[i + 1].kind != TOKEN_SIGN)
        return i;
    sign = search->token[i + 1].sign;
    if (!strchr("-/. ", sign) || !search_sign(search, i + 3, sign) || i + 5 > to)
        return i;
    b = number_of(search, i + 2);
    if (search_sign(search, i + 4, '\'') && search->token[i + 5].len == 2 && i + 6 <= to && b > 0
        && number_of(search, i + 5) >= 0 && proof_date(century(number_of(search, i + 5), 2), b, a))
        return i + 6; /* 4-5-'76 */
    c = number_of(search, i + 4);
    if (b < 0 || c < 0 || search->token[i + 2].len > 2)
        return i;
    /* part of something longer: 10.20.5.77, 2021-04-17773 */
    if (i > 0 && search->token[i].gap == GAP_NONE
        && (search_sign(search, i - 1, '.') || search_sign(search, i - 1, '-')
            || search->token[i - 1].kind != TOKEN_SIGN))
        return i;
    if (search->token[i + 5].gap == GAP_NONE && i + 5 < search->count
        && (search->token[i + 5].kind != TOKEN_SIGN
            || (search->token[i + 5].sign == sign && search->token[i + 6].kind == TOKEN_NUMBER
                && !search->token[i + 6].gap)))
        if (!(search_word(search, i + 5, "t") && search->token[i].len == 4))
            return i;
    if (search->token[i].len == 4 && search->token[i + 4].len <= 2 && proof_date(a, b, c))
        return i + 5;
    if (search->token[i].len <= 2
        && (search->token[i + 4].len == 4 || search->token[i + 4].len == 2)) {
        int year = century(c, search->token[i + 4].len);

        if (proof_date(year, b, a) || proof_date(year, a, b))
            return i + 5;
    }
    return i;
}

/* 9 maart 1951, 27th of January 2001, January 27, 2001, 9-mrt-1951 */
static uint32_t worded_end(const struct search *search, uint32_t i, uint32_t to)
{
    int day = number_of(search, i);
    uint32_t k = i + 1;

    if (day >= 1 && day <= 31) {
        if (search_word(search, k, "st") || search_word(search, k, "nd")
            || search_word(search, k, "rd") || search_word(search, k, "th")
            || search_word(search, k, "e") || search_word(search, k, "ste")
            || search_word(search, k, "de"))
            k++;
        if (search_word(search, k, "of") || search_sign(search, k, '-')
            || search_sign(search, k, '/') || search_sign(search, k, '.')
            || search_sign(search, k, '+'))
            k++;
        if (!is_month(search, k))
            return i;
        k++;
        while (k < to
            && (search_sign(search, k, '.') || search_sign(search, k, ',')
                || search_sign(search, k, '-') || search_sign(search, k, '/')
                || search_sign(search, k, '\'') || search_sign(search, k, '+')))
            k++;
        if (k < to && search->token[k].kind == TOKEN_NUMBER
            && (search->token[k].len == 4 || search->token[k].len == 2)
            && century(number_of(search, k), search->token[k].len) >= 1895
            && !search_sign(search, k + 1, ':'))
            return k + 1;
        return i;
    }
    if (is_month(search, i) && number_of(search, i + 1) >= 1 && number_of(search, i + 1) <= 31) {
        k = i + 2;
        if (search_word(search, k, "st") || search_word(search, k, "nd")
            || search_word(search, k, "rd") || search_word(search, k, "th"))
            k++;
        if (search_sign(search, k, ','))
            k++;
        if (k < to && search->token[k].kind == TOKEN_NUMBER && search->token[k].len == 4
            && number_of(search, k) >= 1895)
            return k + 1;
    }
    return i;
}

/* Parts of Dutch and English number words: "negentieneenenvijftig", "twenty-seventh". */
bool birth_is_number_word(const struct search *search, uint32_t i)
{
    static const char *const parts[] = { "honderd", "hundred", "duizend", "thousand", "tig", "teen",
        "tien", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "elf",
        "twaalf", "entw", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
        "ninety", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "first", "second", "third", "fourth", "fifth", "sixth", "seventh",
        "eighth", "ninth", "tenth", "eleventh", "twelfth", "tieth", "teenth", "eerste", "tweede",
        "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende", "elfde",
        "twaalfde", "tigste", "ste", "twin", "der", "veer", "der", "tach", "en", "and", "de", "oh",
        "vijf", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig",
        "negentig", "th" };
    const struct token *token = &search->token[i];
    uint32_t at = 0;

    if (i >= search->count || token->kind != TOKEN_WORD || token->len < 2 || token->len > 44)
        return false;
    while (at < token->len) {
        uint32_t best = 0;

        for (size_t p = 0; p < COUNT(parts); p++) {
            uint32_t len = (uint32_t)strlen(parts[p]), k = 0;

            if (len <= best || at + len > token->len)
                continue;
            while (
                k < len && view_lower(search->view.ch[token->pos + at + k]) == (uint8_t)parts[p][k])
                k++;
            if (k == len)
                best = len;
        }
        if (!best)
            return false;
        at += best;
    }
    return true;
}

/* "negen maart negentienhonderd eenenvijftig", "the twenty-seventh of January two thousand and one"
 */
static uint32_t spelled_end(const struct search *search, uint32_t i, uint32_t to)
{
    uint32_t k = i, words = 0;

    while (k < to && words < 4
        && (birth_is_number_word(search, k) || search_sign(search, k, '-')
            || search_word(search, k, "of") || search_word(search, k, "the"))) {
        words += search->token[k].kind == TOKEN_WORD;
        k++;
    }
    if (!words || !is_month(search, k))
        return i;
    words = 0;
    for (k++; k < to && words < 7
         && (birth_is_number_word(search, k) || search_sign(search, k, '-')
             || search_sign(search, k, ','));
         k++)
        words += search->token[k].kind == TOKEN_WORD;
    if (!words && k < to && search->token[k].kind == TOKEN_NUMBER && search->token[k].len == 4)
        return k + 1;
    while (k > i
        && (search->token[k - 1].kind == TOKEN_SIGN || search_word(search, k - 1, "en")
            || search_word(search, k - 1, "de") || search_word(search, k - 1, "and")))
        k--;
    return words ? k : i;
}

uint32_t birth_date_end(const struct search *search, uint32_t from, uint32_t to, bool any)
{
    uint32_t end;

    if (from >= to)
        return from;
    end = numeric_end(search, from, to);
    if (end == from)
        end = worded_end(search, from, to);
    if (end == from && any && is_packed(search, from))
        end = from + 1;
    if (end == from && any)
        end = spelled_end(search, from, to);
    if (end == from && any && search->token[from].kind == TOKEN_NUMBER
        && search->token[from].len <= 4 && to - from >= 5) {
        /* "14 08 1965" */
        int a = number_of(search, from), b = number_of(search, from + 1),
            c = number_of(search, from + 2);

        if (a > 0 && b > 0 && c > 1895 && proof_date(c, b, a))
            end = from + 3;
    } else if (end == from && any && to - from == 3) {
        int a = number_of(search, from), b = number_of(search, from + 1),
            c = number_of(search, from + 2);

        if (a > 0 && b > 0 && c > 0 && (proof_date(c, b, a) || proof_date(a, b, c)))
            end = from + 3;
    }
    return end > to ? from : end;
}

int birth_year(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].kind == TOKEN_NUMBER && search->token[i].len == 4)
            return number_of(search, i);
    return 9999;
}

void birth_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t k, end;

        if (token->kind == TOKEN_WORD && FEATURE_KEY(token->feature) == KEY_DOB) {
            for (k = i + 1; k < search->count && k < i + 10; k++) {
                if (search->token[k].gap >= GAP_PARAGRAPH || search->token[k].sign == FOLD_MARK)
                    break;
                end = birth_date_end(search, k, search->count, true);
                if (end > k) {
                    search_claim(search, k, end, REDACT_DOB, RULE_CONTEXT, 90, GUARD_SOFT);
                    break;
                }
            }
            /* "op 9 maart 1951 geboren" */
            for (k = i > 5 ? i - 5 : 0; k < i; k++) {
                end = birth_date_end(search, k, i, true);
                if (end == i || (end > k && end + 1 == i)) {
                    search_claim(search, k, end, REDACT_DOB, RULE_CONTEXT, 85, GUARD_SOFT);
                    break;
                }
            }
            continue;
        }
        /* "hij is van 30-05-1949", "(30-05-1949)" behind a name is left to the name's rules */
        if (token->kind != TOKEN_SIGN
            && (search_word(search, i, "van") || search_word(search, i, "from")
                || search_sign(search, i, '*'))) {
            bool person = false;

            for (k = i > 4 ? i - 4 : 0; k < i; k++)
                person |= search_word(search, k, "hij") || search_word(search, k, "zij")
                    || search_word(search, k, "ze") || search_word(search, k, "ben")
                    || search_word(search, k, "jarig");
            end = birth_date_end(search, i + 1, search->count, false);
            if (person && end > i + 1 && birth_year(search, i + 1, end) < 2015)
                search_claim(search, i + 1, end, REDACT_DOB, RULE_CONTEXT, 75, GUARD_SOFT);
        }
    }
}
