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

/* I to XII, as months are written: 21 ii '88 */
static bool is_roman_month(const struct search *search, uint32_t i)
{
    static const char *const months[] = { "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix",
        "x", "xi", "xii" };

    for (size_t k = 0; k < COUNT(months); k++)
        if (search_word(search, i, months[k]))
            return true;
    return false;
}

/* Any signs or blanks that part the numbers of a date; gives the next token. */
static uint32_t skip_parts(const struct search *search, uint32_t i, uint32_t to)
{
    uint32_t n = 0;

    while (i < to && n < 3 && search->token[i].kind == TOKEN_SIGN
        && strchr("-/.,_+'|:", search->token[i].sign)) {
        i++;
        n++;
    }
    return i;
}

/* "23 6 62", "2015, 4, 18", "26 - 01 - 1991", "21 ii '88", "19.62.11.30": behind a word for birth.
 */
static uint32_t loose_end(const struct search *search, uint32_t i, uint32_t to)
{
    int part[3];
    uint32_t len[3], k = i;

    if (i > 0 && !search->token[i].gap && search->token[i - 1].kind == TOKEN_NUMBER)
        return i;
    for (int n = 0; n < 3; n++) {
        if (n) {
            uint32_t next = skip_parts(search, k, to);

            if (next == k && (k >= to || !search->token[k].gap))
                return i;
            k = next;
        }
        if (k >= to || (k > i && search->token[k].gap >= GAP_PARAGRAPH))
            return i;
        if (n == 1 && (is_month(search, k) || is_roman_month(search, k)))
            part[n] = 1;
        else
            part[n] = number_of(search, k);
        len[n] = search->token[k].len;
        if (part[n] < 0 || len[n] > 4)
            return i;
        k++;
    }
    if (len[0] == 2 && len[1] == 2 && len[2] == 2 && (part[0] == 19 || part[0] == 20)
        && search_sign(search, k, search->token[k - 2].sign)
        && proof_date(part[0] * 100 + part[1], part[2], number_of(search, k + 1)))
        return k + 2 <= to ? k + 2 : i;
    if (k < to && !search->token[k].gap && search->token[k].kind != TOKEN_SIGN)
        return i;
    if ((len[2] == 2 || len[2] == 4)
        && (proof_date(century(part[2], len[2]), part[1], part[0])
            || proof_date(century(part[2], len[2]), part[0], part[1])))
        return k;
    return len[0] == 4 && proof_date(part[0], part[1], part[2]) ? k : i;
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
        if (!is_month(search, k)
            && !(is_roman_month(search, k)
                && (search_sign(search, k + 1, '\'') || search->token[k + 1].len == 4
                    || (search_sign(search, k + 1, '.') && search_sign(search, k - 1, '.')
                        && !search->token[k + 1].gap))))
            return i;
        k++;
        /* "11 AUG/AUG 1979", as passports have it */
        if (search_sign(search, k, '/') && is_month(search, k + 1))
            k += 2;
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

/* The two letters that number words begin with, so that most others are told at once. */
static bool may_start(uint8_t first, uint8_t second)
{
#define LETTER(c) (1u << ((c) - 'a'))
    static const uint32_t pairs[26] = {
        ['a' - 'a'] = LETTER('c') | LETTER('n'),
        ['d' - 'a'] = LETTER('e') | LETTER('r') | LETTER('u'),
        ['e' - 'a'] = LETTER('e') | LETTER('i') | LETTER('l') | LETTER('n'),
        ['f' - 'a'] = LETTER('i') | LETTER('o'),
        ['h' - 'a'] = LETTER('o') | LETTER('u'),
        ['n' - 'a'] = LETTER('e') | LETTER('i') | LETTER('u'),
        ['o' - 'a'] = LETTER('h') | LETTER('n'),
        ['s' - 'a'] = LETTER('e') | LETTER('i') | LETTER('t'),
        ['t' - 'a'] = LETTER('a') | LETTER('e') | LETTER('h') | LETTER('i') | LETTER('w'),
        ['v' - 'a'] = LETTER('e') | LETTER('i'),
        ['z' - 'a'] = LETTER('e'),
    };
#undef LETTER
    uint8_t row = first - 'a', column = second - 'a';

    return row < 26 && column < 26 && pairs[row] >> column & 1;
}

/* Parts of Dutch and English number words: "negentieneenenvijftig", "twenty-seventh". */
bool birth_is_number_word(const struct search *search, uint32_t i)
{
    static const char *const parts[] = { "honderd", "hundred", "duizend", "thousand", "tig", "teen",
        "tien", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "elf",
        "twaalf", "entw", "nul", "zero", "twenty", "thirty", "forty", "fifty", "sixty", "seventy",
        "eighty", "ninety", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
        "ten", "eleven", "twelve", "first", "second", "third", "fourth", "fifth", "sixth",
        "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "tieth", "teenth", "eerste",
        "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende",
        "elfde", "twaalfde", "tigste", "ste", "twin", "der", "veer", "der", "tach", "en", "and",
        "de", "oh", "vijf", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig",
        "tachtig", "negentig", "th" };
    const struct token *token = &search->token[i];
    uint32_t at = 0;

    if (i >= search->count || token->kind != TOKEN_WORD || token->len < 2 || token->len > 44
        || !may_start(view_lower(token->sign), view_lower(search->view.ch[token->pos + 1])))
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

    if (search_word(search, i, "of") || search_word(search, i, "van")
        || search_word(search, i, "en") || search_word(search, i, "and")
        || search->token[i].kind == TOKEN_SIGN)
        return i;
    while (k < to && words < 6
        && (birth_is_number_word(search, k) || search_sign(search, k, '-')
            || search_word(search, k, "of") || search_word(search, k, "the")
            || search_word(search, k, "van") || search_sign(search, k, '+')
            || search_sign(search, k, '/'))) {
        words += search->token[k].kind == TOKEN_WORD && !search_word(search, k, "of")
            && !search_word(search, k, "the") && !search_word(search, k, "van")
            && !search_word(search, k, "de");
        k++;
    }
    if (!words)
        return i;
    /* "de zevende van de tweede 1982", "vier/vier/vierendertig" */
    if (!is_month(search, k)) {
        if (words >= 2 && k < to && search->token[k].kind == TOKEN_NUMBER
            && search->token[k].len == 4)
            return k + 1;
        return words >= 3 && search->token[k - 1].kind == TOKEN_WORD ? k : i;
    }
    words = 0;
    for (k++; k < to && words < 7
         && (birth_is_number_word(search, k) || search_sign(search, k, '-')
             || search_sign(search, k, ',') || search_sign(search, k, '+')
             || search_sign(search, k, '\''));
         k++)
        words += search->token[k].kind == TOKEN_WORD;
    if (!words && k < to && search->token[k].kind == TOKEN_NUMBER
        && (search->token[k].len == 4
            || (search->token[k].len == 2 && search_sign(search, k - 1, '\''))))
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
    if (end == from && any)
        end = loose_end(search, from, to);
    return end > to ? from : end;
}

int birth_year(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].kind == TOKEN_NUMBER && search->token[i].len == 4)
            return number_of(search, i);
    return 9999;
}

/* "geboren", "geb.", "geboortedag", "jarig": a date of birth stands beside. */
static bool is_birth_word(const struct search *search, uint32_t i)
{
    return search->token[i].kind == TOKEN_WORD
        && (FEATURE_KEY(search->token[i].feature) == KEY_DOB || search_starts(search, i, "geboorte")
            || search_starts(search, i, "verjaard"));
}

/* A date of something else, by the words before it: a death, a letter, a permit. */
static bool is_other_date(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "overleden", "overlijden", "died", "deceased", "gehuwd",
        "getrouwd", "married", "huwelijk", "sinds", "since", "opgericht", "founded", "bouwjaar",
        "gebouwd", "built", "vergunning", "besluit", "akte", "dd", "date", "datum", "released",
        "release", "version", "versie", "wet", "law", "copyright", "expires", "verloopt", "geldig",
        "valid", "until", "tot", "per", "vanaf", "from", "created", "updated", "modified",
        "ingediend", "aangevraagd", "verzonden", "sent", "expire", "uitgegeven", "issued" };

    for (uint32_t k = i, n = 0; k > 0 && n < 5 && search->token[k].gap < GAP_LINE; k--, n++) {
        if (search->token[k - 1].claim)
            return false;
        for (size_t w = 0; w < COUNT(words); w++)
            if (search_word(search, k - 1, words[w]))
                return true;
    }
    return false;
}

static void try_cue(struct search *search, uint32_t i)
{
    for (uint32_t k = i + 1; k < search->count && k < i + 10; k++) {
        uint32_t end;

        if (search->token[k].sign == FOLD_MARK)
            return; /* it was told before */
        if (search->token[k].gap >= GAP_PARAGRAPH)
            break;
        end = birth_date_end(search, k, search->count, true);
        if (end > k) {
            search_claim(search, k, end, REDACT_DOB, RULE_CONTEXT, 90, GUARD_SOFT);
            return;
        }
    }
    /* "op 9 maart 1951 geboren" */
    for (uint32_t k = i > 7 ? i - 7 : 0; k < i; k++) {
        uint32_t end = birth_date_end(search, k, i, true);

        if (end == i || (end > k && end + 1 == i)) {
            search_claim(search, k, end, REDACT_DOB, RULE_CONTEXT, 85, GUARD_SOFT);
            return;
        }
    }
}

void birth_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t end;

        if (token->kind == TOKEN_WORD && is_birth_word(search, i)) {
            try_cue(search, i);
            continue;
        }
        /* "hij is van 30-05-1949", "* 30-05-1949" */
        if (token->kind != TOKEN_NUMBER
            && (search_word(search, i, "van") || search_word(search, i, "from")
                || search_sign(search, i, '*'))) {
            bool person = false;

            for (uint32_t k = i > 4 ? i - 4 : 0; k < i; k++)
                person |= search_word(search, k, "hij") || search_word(search, k, "zij")
                    || search_word(search, k, "ze") || search_word(search, k, "ben")
                    || search_word(search, k, "jarig");
            end = birth_date_end(search, i + 1, search->count, false);
            if (person && end > i + 1 && birth_year(search, i + 1, end) < 2015)
                search_claim(search, i + 1, end, REDACT_DOB, RULE_CONTEXT, 75, GUARD_SOFT);
        }
    }
}

/* Whose data a line holds, so that an old date in it is a birthday. */
static bool is_of_person(uint8_t claim)
{
    return claim == REDACT_PERSON || claim == REDACT_BSN || claim == REDACT_ADDRESS
        || claim == REDACT_POSTCODE || claim == REDACT_PHONE || claim == REDACT_EMAIL
        || claim == REDACT_ANUM || claim == REDACT_VNUM || claim == REDACT_IDDOC;
}

/* "Jan Jansen (9-9-'36)", "mw. Kortlever is 28/11/1970": the name stands directly before. */
static bool behind_person(const struct search *search, uint32_t i)
{
    for (uint32_t k = i, n = 0; k > 0 && n < 4; k--, n++) {
        const struct token *before = &search->token[k - 1];

        if (search->token[k].gap >= GAP_PARAGRAPH)
            return false;
        if (before->claim)
            return before->claim == REDACT_PERSON || before->claim == REDACT_BSN;
        if (before->kind == TOKEN_SIGN ? !strchr("(,;|*-:\"'\t", before->sign)
                                       : !search_word(search, k - 1, "is")
                    && !search_word(search, k - 1, "was") && !search_word(search, k - 1, "van"))
            return false;
    }
    return false;
}

/* The date is a cell, a value or in brackets: signs stand around it. */
static bool stands_apart(const struct search *search, uint32_t from, uint32_t to)
{
    return (from == 0 || search->token[from].gap >= GAP_LINE
               || (search->token[from - 1].kind == TOKEN_SIGN
                   && strchr("\"'(,;|>\t:=", search->token[from - 1].sign)))
        && (to >= search->count || search->token[to].gap >= GAP_LINE
            || (search->token[to].kind == TOKEN_SIGN
                && strchr("\"'),;|<\t}", search->token[to].sign)));
}

static bool line_of_person(const struct search *search, uint32_t i)
{
    uint32_t from = search_line_start(search, i), to = search_line_end(search, i), found = 0;

    for (uint32_t k = from > i - 60 && i > 60 ? from
             : i > 60 && from < i - 60        ? i - 60
                                              : from;
         k < to && k < i + 60; k++)
        found += is_of_person(search->token[k].claim);
    return found > 0;
}

/* A line with a citizen's number: columns of fixed width have no signs between them. */
static bool of_number(const struct search *search, uint32_t i)
{
    for (uint32_t k = search_line_start(search, i); k < i; k++)
        if (search->token[k].claim == REDACT_BSN || search->token[k].claim == REDACT_PERSON)
            return true;
    return false;
}

static int year_of(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        int n = number_of(search, i);

        if (n < 0)
            continue;
        if (search->token[i].len == 8)
            return n / 10000 >= 1895 && n / 10000 < 2036 ? n / 10000 : n % 10000;
        if (search->token[i].len == 4 && n >= 1895 && n < 2036)
            return n;
    }
    for (uint32_t i = to; i-- > from;)
        if (search->token[i].kind == TOKEN_NUMBER && search->token[i].len == 2)
            return century(number_of(search, i), 2);
    return 9999;
}

/*
 * Dates that no word tells: behind a name, in a line of personal data, or older than what reports
 * of security holes are about.
 */
void birth_find_beside(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t end;
        bool full;
        int year;

        if (token->claim || token->guard || !(token->kind == TOKEN_NUMBER || is_month(search, i))
            || (i > 0 && !token->gap
                && (search->token[i - 1].kind != TOKEN_SIGN
                    || strchr("-./_@#", search->token[i - 1].sign))))
            continue;
        end = birth_date_end(search, i, search->count, false);
        if (end == i && token->len == 8 && is_packed(search, i)
            && (stands_apart(search, i, i + 1)
                || (token->gap && search->token[i + 1].gap && of_number(search, i)))
            && line_of_person(search, i))
            end = i + 1;
        if (end == i)
            continue;
        year = year_of(search, i, end);
        if (year >= 2019 || is_other_date(search, i)
            || (search->token[end].kind == TOKEN_NUMBER && search_sign(search, end + 1, ':'))
            || search_word(search, end, "t")) {
            i = end - 1;
            continue;
        }
        /* 5.7.33 is a version */
        full = end - i != 5 || !search_sign(search, i + 1, '.') || search->token[i].len == 4
            || search->token[i + 4].len == 4;
        if (behind_person(search, i))
            search_claim(search, i, end, REDACT_DOB, RULE_ROW, 74, GUARD_SOFT);
        else if (!full)
            continue;
        else if (year < 2013 && stands_apart(search, i, end) && line_of_person(search, i))
            search_claim(search, i, end, REDACT_DOB, RULE_ROW, 66, GUARD_SOFT);
        else if (year < 2006 && year != 1970 && birth_year(search, i, end) == year)
            search_claim(search, i, end, REDACT_DOB, RULE_GRAMMAR, 58, GUARD_SOFT);
        i = end - 1;
    }
}
