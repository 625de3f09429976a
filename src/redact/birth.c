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

/* 9 maart 1951, 27th of January 2001, January 27, 2001, 9-mrt-1951 */
static uint32_t worded_end(const struct search *search, uint32_t i, uint32_t to)
{
    int day = number_of(search, i);
    uint32_t k = i + 1;

    if (day >= 1 && day <= 31) {
        if (search_word(search, k, "st") || search_word(search, k, "nd")
            || search_word(search, k, "rd") || search_word(search, k, "th")
            || search_word(search, k, "e") || search_word(search, k, "ste")
            || search_word(search, k, "sten") || search_word(search, k, "de"))
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
    static const char *const seconds[26] = { ['a' - 'a'] = "cn",
        ['d' - 'a'] = "eru",
        ['e' - 'a'] = "eiln",
        ['f' - 'a'] = "io",
        ['h' - 'a'] = "ou",
        ['n' - 'a'] = "eiu",
        ['o' - 'a'] = "hn",
        ['s' - 'a'] = "eit",
        ['t' - 'a'] = "aehitw",
        ['v' - 'a'] = "ie",
        ['z' - 'a'] = "e" };
    const char *with = (uint8_t)(first - 'a') < 26 ? seconds[first - 'a'] : NULL;

    return with && second && strchr(with, second);
}

/* Parts of Dutch and English number words: "negentieneenenvijftig", "twenty-seventh". */
bool birth_number_word(const char *word)
{
    static const char *const parts[] = { "honderd", "hundred", "duizend", "thousand", "tig", "teen",
        "tien", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "elf",
        "twaalf", "nul", "zero", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
        "ninety", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "first", "second", "third", "fourth", "fifth", "sixth", "seventh",
        "eighth", "ninth", "tenth", "eleventh", "twelfth", "tieth", "teenth", "eerste", "tweede",
        "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende", "elfde",
        "twaalfde", "tigste", "ste", "twin", "der", "veer", "der", "tach", "en", "and", "de", "oh",
        "vijf", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig",
        "negentig", "th" };
    size_t len = strlen(word), at = 0;

    if (len < 2 || len > 44 || !may_start((uint8_t)word[0], (uint8_t)word[1]))
        return false;
    while (at < len) {
        size_t best = 0;

        for (size_t p = 0; p < COUNT(parts); p++) {
            size_t k = 0;

            while (parts[p][k] && word[at + k] == parts[p][k])
                k++;
            if (!parts[p][k] && k > best)
                best = k;
        }
        if (!best)
            return false;
        at += best;
    }
    return true;
}

/* Months of the neighbours, and short ones that are words or names elsewhere. */
static bool is_foreign_month(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "januar", "janvier", "enero", "gennaio", "stycznia",
        "ocak", "jannewaris", "februar", "fevrier", "febrero", "febbraio", "lutego", "subat",
        "febrewaris", "marz", "mars", "marzo", "marca", "mart", "maa", "mrz", "avril", "abril",
        "aprile", "kwietnia", "nisan", "mai", "mayo", "maggio", "maja", "mayis", "maaie", "juin",
        "junio", "giugno", "czerwca", "haziran", "juny", "juillet", "julio", "luglio", "lipca",
        "temmuz", "july", "aout", "agosto", "sierpnia", "agustos", "septembre", "septiembre",
        "settembre", "wrzesnia", "eylul", "septimber", "octobre", "octubre", "ottobre",
        "pazdziernika", "ekim", "novembre", "noviembre", "listopada", "kasim", "novimber",
        "dezember", "dez", "decembre", "diciembre", "dicembre", "grudnia", "aralik", "desimber" };

    if (search->token[i].kind == TOKEN_WORD && search->token[i].len > 2)
        for (size_t k = 0; k < COUNT(words); k++)
            if (search_word(search, i, words[k]))
                return true;
    return false;
}

/* A day that has a name and a date: eerste kerstdag, Sinterklaasdag, bevrijdingsdag. */
static bool is_feast(const struct search *search, uint32_t i)
{
    static const char *const starts[] = { "kerst", "nieuwjaar", "oudjaar", "pinkster", "paas",
        "hemelvaart", "konings", "koninginn", "bevrijdings", "sinterklaas", "prinsjes", "valentijn",
        "dieren", "christmas" };

    for (size_t k = 0;
         k < COUNT(starts) && (search_ends(search, i, "dag") || search_ends(search, i, "avond"));
         k++)
        if (search_starts(search, i, starts[k]))
            return true;
    return (search_word(search, i, "christmas") && search_word(search, i + 1, "day"))
        || search_word(search, i, "kerstavond") || search_word(search, i, "oudejaarsdag");
}

/* What stands between the parts of a date that is told to somebody: "de 12e van de 3e", 12;3;1980.
 */
static bool is_filler(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "of", "the", "van", "de", "het", "jaar", "maand", "dag",
        "day", "month", "year", "in", "di", "del", "d", "en", "and", "anno", "st", "nd", "rd", "th",
        "e", "ste", "sten", "er", "des", "jaars" };
    const struct token *token = &search->token[i];

    if (token->kind == TOKEN_SIGN)
        return strchr("-/.,_+'|;()^\"", token->sign) || search_sign(search, i - 1, '|');
    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return token->sign == FOLD_IDEOGRAPH && token->len == 1;
}

/* "00:00:00 CET", as Java prints it inside of a date. */
static uint32_t skip_time(const struct search *search, uint32_t i)
{
    if (number_of(search, i) < 0 || !search_sign(search, i + 1, ':')
        || !search_sign(search, i + 3, ':') || number_of(search, i + 4) < 0)
        return i;
    i += 5;
    return search->token[i].shape == SHAPE_UPPER && search->token[i].len <= 4 ? i + 1 : i;
}

/* The parts of a date in any order and with anything between that a context allows. */
struct scan {
    int number[3];
    uint32_t len[3];
    uint32_t numbers, months, feasts, words;
    bool comma; /* behind the first number: "she is 60, 26 March 1966" */
};

static bool is_year(int number, uint32_t len)
{
    return len == 2 || (len == 4 && number >= 1895 && number < 2036);
}

static bool scan_is_date(const struct scan *scan)
{
    const int *n = scan->number;
    const uint32_t *len = scan->len;

    if (scan->feasts)
        return scan->numbers && is_year(n[scan->numbers - 1], len[scan->numbers - 1])
            && (len[scan->numbers - 1] == 4 || scan->numbers > 1);
    if (scan->months)
        return scan->months == 1
            && (scan->words ? scan->words + scan->numbers >= 2
                            : scan->numbers == 2
                        && ((n[0] <= 31 && n[0] > 0 && is_year(n[1], len[1]))
                            || (n[1] <= 31 && n[1] > 0 && is_year(n[0], len[0])
                                && (len[0] == 4 || (n[0] > 31 && !scan->comma)))));
    if (scan->words)
        return scan->words + scan->numbers >= 3;
    return scan->numbers == 3
        && (((len[2] == 2 || len[2] == 4)
                && (proof_date(century(n[2], len[2]), n[1], n[0])
                    || proof_date(century(n[2], len[2]), n[0], n[1])))
            || ((len[0] == 4 || n[0] > 31)
                && (proof_date(century(n[0], len[0]), n[1], n[2])
                    || proof_date(century(n[0], len[0]), n[2], n[1]))));
}

static uint32_t scan_end(const struct search *search, uint32_t i, uint32_t to)
{
    struct scan scan = { 0 };
    uint32_t end = i, fillers = 0, blanks = 0;

    if (i > 0 && !search->token[i].gap && search->token[i - 1].kind == TOKEN_NUMBER)
        return i;
    for (uint32_t k = i, next; k < to && k - i < 28 && fillers < 5; k = next) {
        const struct token *token = &search->token[k];

        next = k + 1;
        if (k > i
            && (token->gap >= GAP_PARAGRAPH
                || (token->gap == GAP_LINE && search->token[k - 1].kind == TOKEN_NUMBER
                    && search->token[k - 1].len == 4)
                || (end > i && search_sign(search, k, '('))))
            break;
        if (token->kind == TOKEN_NUMBER) {
            if (k > i && skip_time(search, k) > k) {
                next = skip_time(search, k);
                continue;
            }
            /* 19.62.11.30 */
            if (scan.numbers == 3 && scan.len[1] == 2 && end == i
                && (scan.number[0] == 19 || scan.number[0] == 20)
                && proof_date(
                    scan.number[0] * 100 + scan.number[1], scan.number[2], number_of(search, k)))
                return k + 1;
            if (scan.numbers == 3 || (token->len > 2 && !is_year(number_of(search, k), token->len)))
                break;
            scan.len[scan.numbers] = token->len;
            scan.number[scan.numbers++] = number_of(search, k);
        } else if (is_month(search, k) || is_roman_month(search, k)
            || (k > i && is_foreign_month(search, k)))
            scan.months += !(k > i && search_sign(search, k - 1, '/') && is_month(search, k)
                && is_month(search, k - 2));
        else if (is_feast(search, k)) {
            scan.feasts++;
            next += search_word(search, k, "christmas");
        } else if (k > i && is_filler(search, k)) {
            fillers++;
            scan.comma |= scan.numbers == 1 && !scan.months && search_sign(search, k, ',');
            blanks += token->gap != GAP_NONE;
            continue;
        } else if (birth_is_number_word(search, k))
            scan.words++;
        else
            break;
        fillers = 0;
        /* "12 maart een brief" */
        if (token->kind == TOKEN_WORD && token->len <= 3 && !is_month(search, k)
            && !(k > i && birth_is_number_word(search, k - 1) && search->token[k - 1].len > 5)
            && scan.months && search->token[k].gap)
            continue;
        if (scan_is_date(&scan))
            end = next;
        else if (end > i && !scan.words)
            break;
    }
    end += end > i && search_word(search, end, "r")
        && search_sign(search, end + 1, '.'); /* Polish */
    /* more digits or letters are glued to it: a number of something else */
    if (end > i && end < search->count && !search->token[end].gap
        && search->token[end].kind != TOKEN_SIGN && search->token[end - 1].kind == TOKEN_NUMBER
        && search->token[end].sign != FOLD_IDEOGRAPH && !search_word(search, end, "t"))
        return i;
    return end + (end > i && end < to && search->token[end].sign == FOLD_IDEOGRAPH);
}

/* "the 5th of", "het jaar 1979", "Sat May 03": words before the first part belong to it. */
static bool is_lead(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "the", "de", "den", "het", "jaar", "year", "dag", "day",
        "anno", "dia", "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return false;
}

uint32_t birth_date_end(const struct search *search, uint32_t from, uint32_t to, bool any)
{
    uint32_t end, lead = from;

    if (from >= to)
        return from;
    end = numeric_end(search, from, to);
    if (end == from)
        end = worded_end(search, from, to);
    if (end == from && any && is_packed(search, from))
        end = from + 1;
    if (end > from || !any || search->token[from].kind == TOKEN_SIGN)
        return end > to ? from : end;
    while (lead < to && lead - from < 3 && is_lead(search, lead))
        lead++;
    if (lead < to && (search->token[lead].kind == TOKEN_NUMBER || !is_filler(search, lead)))
        end = scan_end(search, lead, to);
    return end > lead && end <= to ? end : from;
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
    if (search_word(search, i, "wereld"))
        return i > 0 && search_word(search, i - 1, "ter");
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

    for (uint32_t k = i, n = 0; k > 0 && n < 8 && search->token[k].gap < GAP_LINE; k--, n++) {
        if (search->token[k - 1].claim)
            return false;
        if (search_ends(search, k - 1, "vergunning") || search_ends(search, k - 1, "akte")
            || search_ends(search, k - 1, "besluit") || search_ends(search, k - 1, "plan"))
            return true;
        if (n > 4)
            continue;
        for (size_t w = 0; w < COUNT(words); w++)
            if (search_word(search, k - 1, words[w]))
                return true;
    }
    return false;
}

static void try_cue(struct search *search, uint32_t i)
{
    /* "geboren in 1980": no more is told */
    uint32_t year = i + 1
        + (search_word(search, i + 1, "in") || search_word(search, i + 1, "anno"));

    for (uint32_t k = i + 1; k < search->count && k < i + 10; k++) {
        uint32_t end;

        if (search->token[k].sign == FOLD_MARK)
            return; /* it was told before */
        if (search->token[k].gap >= GAP_PARAGRAPH)
            break;
        /* "geboortejaar van Annet, dus 1968" at the end of a line */
        if (search->token[k].len == 4 && is_year(number_of(search, k), 4)
            && search->token[k + 1].gap >= GAP_LINE && search->token[k].gap) {
            search_claim(search, k, k + 1, REDACT_DOB, RULE_CONTEXT, 70, GUARD_SOFT);
            return;
        }
        end = birth_date_end(search, k, search->count, true);
        if (end > k) {
            search_claim(search, k, end, REDACT_DOB, RULE_CONTEXT, 90, GUARD_SOFT);
            return;
        }
    }
    if (year > i + 1 && search->token[year].len == 4 && is_year(number_of(search, year), 4)
        && (search->token[year + 1].gap || search->token[year + 1].kind == TOKEN_SIGN)) {
        search_claim(search, year, year + 1, REDACT_DOB, RULE_CONTEXT, 70, GUARD_SOFT);
        return;
    }
    /* "jarig op 30 oktober" */
    for (uint32_t k = i + 1;
         k + 1 < search->count && k < i + 6 && search->token[k].gap < GAP_PARAGRAPH; k++)
        if (search->token[k].len <= 2 && number_of(search, k) > 0 && number_of(search, k) <= 31
            && is_month(search, k + 1)) {
            search_claim(search, k, k + 2, REDACT_DOB, RULE_CONTEXT, 70, GUARD_SOFT);
            return;
        }
    /* "op 9 maart 1951 geboren" */
    for (uint32_t k = i > 12 ? i - 12 : 0; k < i; k++) {
        uint32_t end = birth_date_end(search, k, i, true);

        if (end == i || (end > k && end + 1 == i)) {
            search_claim(search, k, end, REDACT_DOB, RULE_CONTEXT, 85, GUARD_SOFT);
            return;
        }
    }
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

static bool holds_month(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (is_month(search, i) || is_feast(search, i))
            return true;
    return false;
}

/* A day or a year that is told in words: nobody writes a report's own date so. */
static bool in_words(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].kind == TOKEN_WORD && search->token[i].len > 3
            && birth_is_number_word(search, i))
            return true;
    return false;
}

static bool closes_element(const struct search *search, uint32_t i)
{
    if (i > 2 && search_sign(search, i - 1, ':'))
        i -= 2;
    return i > 1 && search_sign(search, i - 1, '/') && search_sign(search, i - 2, '<');
}

void birth_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t end;

        if (token->kind == TOKEN_WORD && is_birth_word(search, i)) {
            /* </geboortedatum> comes after its value */
            if (!closes_element(search, i))
                try_cue(search, i);
            continue;
        }
        /* "hij is van 30-05-1949", "en is van zestien juni negentien tweeëntachtig" */
        if (token->kind != TOKEN_NUMBER
            && (search_word(search, i, "van") || search_word(search, i, "from")
                || search_sign(search, i, '*'))) {
            bool person = false,
                 is = i > 0
                && (search_word(search, i - 1, "is") || search_word(search, i - 1, "ben")
                    || search_word(search, i - 1, "was"));

            for (uint32_t k = i > 4 ? i - 4 : 0; k < i; k++)
                person |= search_word(search, k, "hij") || search_word(search, k, "zij")
                    || search_word(search, k, "ze") || search_word(search, k, "ben")
                    || search_word(search, k, "jarig");
            if (!person && !is)
                continue;
            end = birth_date_end(search, i + 1, search->count, true);
            if (end > i + 1 && (holds_month(search, i + 1, end) || (person && end - i > 5))
                && (person ? year_of(search, i + 1, end) < 2020 || in_words(search, i + 1, end)
                           : in_words(search, i + 1, end)))
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
    for (uint32_t k = i, n = 0; k > 0 && n < 5; k--, n++) {
        const struct token *before = &search->token[k - 1];

        if (search->token[k].gap >= GAP_PARAGRAPH)
            return false;
        if (before->claim)
            return before->claim == REDACT_PERSON
                || (search->token[k].gap < GAP_LINE
                    && (before->claim == REDACT_BSN || before->claim == REDACT_CARD
                        || before->claim == REDACT_POSTCODE || before->claim == REDACT_IDDOC));
        if (before->sign == '.' && before->gap && search->token[k].gap)
            continue; /* a dot in the middle of the line parts fields */
        if (before->kind == TOKEN_SIGN ? !strchr("(,;|*-:\"'\t^~/[{=>_", before->sign)
                                       : !search_word(search, k - 1, "is")
                    && !search_word(search, k - 1, "was") && !search_word(search, k - 1, "van")
                    && !search_word(search, k - 1, "de") && !search_word(search, k - 1, "the")
                    && FEATURE_CLASS(before->feature) != CLASS_NUMBER)
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
    uint32_t end = search_line_end(search, i);

    for (uint32_t k = search_line_start(search, i); k < end; k++)
        if (search->token[k].claim == REDACT_BSN || search->token[k].claim == REDACT_PERSON)
            return true;
    return false;
}

/* A date in a name: no letters glued to it. */
static uint32_t numeric_alone(const struct search *search, uint32_t i)
{
    uint32_t end = i + 5;

    return i + 5 <= search->count && search->token[i].len == 4
            && search->token[i + 1].kind == TOKEN_SIGN && strchr("-._", search->token[i + 1].sign)
            && search_sign(search, i + 3, search->token[i + 1].sign)
            && proof_date(number_of(search, i), number_of(search, i + 2), number_of(search, i + 4))
        ? end
        : i;
}

/* "12-11-1977 is de datum van het plan" */
static bool is_told_other(const struct search *search, uint32_t end)
{
    for (uint32_t k = end; k < end + 4 && k < search->count; k++)
        if (search_word(search, k, "datum") || search_word(search, k, "date"))
            return search_word(search, end, "is") || search_word(search, end, "was");
    return false;
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
        bool full, behind;
        int year;

        if (token->kind == TOKEN_NUMBER && !token->claim && i > 1 && !token->gap
            && search->token[i - 1].kind == TOKEN_SIGN && strchr("_-.", search->token[i - 1].sign)
            && search->token[i - 2].claim == REDACT_PERSON) {
            /* bezwaar_Tirza_19960318.pdf, data/Bjorn-1984.02.29.json */
            end = token->len == 8 && is_packed(search, i) ? i + 1 : numeric_alone(search, i);
            if (end > i && year_of(search, i, end) < 2013)
                search_claim(search, i, end, REDACT_DOB, RULE_ROW, 70, GUARD_HARD);
            continue;
        }
        if (token->claim || token->guard
            || !(token->kind == TOKEN_NUMBER || is_month(search, i)
                || FEATURE_CLASS(token->feature) == CLASS_NUMBER)
            || (i > 0 && !token->gap
                && (search->token[i - 1].kind != TOKEN_SIGN
                    || strchr("-./_@#", search->token[i - 1].sign))))
            continue;
        end = birth_date_end(search, i, search->count, false);
        if (end == i && token->len == 6 && is_packed(search, i)
            && (stands_apart(search, i, i + 1) ? of_number(search, i) || behind_person(search, i)
                                               : behind_person(search, i)
                        && search->token[i + 1].kind == TOKEN_SIGN && search->token[i + 2].gap))
            end = i + 1;
        if (end == i && token->len == 8 && is_packed(search, i)
            && (stands_apart(search, i, i + 1)
                || (token->gap && search->token[i + 1].gap && of_number(search, i)))
            && line_of_person(search, i))
            end = i + 1;
        behind = behind_person(search, i);
        if (end == i
            && (behind
                || (i > 0 && search->token[i - 1].kind == TOKEN_SIGN
                    && strchr("|'\t;", search->token[i - 1].sign) && line_of_person(search, i))))
            end = scan_end(search, i, search->count);
        if (end == i)
            continue;
        year = year_of(search, i, end);
        if (year == 9999 && behind)
            year = 1900; /* in words */
        if (year >= (behind ? 2021 : 2019) || is_told_other(search, end) || is_other_date(search, i)
            || (search->token[end].kind == TOKEN_NUMBER && search_sign(search, end + 1, ':'))
            || search_word(search, end, "t")) {
            i = end - 1;
            continue;
        }
        /* 5.7.33 is a version */
        full = end - i != 5 || !search_sign(search, i + 1, '.') || search->token[i].len == 4
            || search->token[i + 4].len == 4;
        if (behind)
            search_claim(search, i - (is_lead(search, i - 1) && !search->token[i - 1].claim), end,
                REDACT_DOB, RULE_ROW, 74, GUARD_SOFT);
        else if (!full)
            continue;
        else if (year < 2013 && stands_apart(search, i, end) && line_of_person(search, i))
            search_claim(search, i, end, REDACT_DOB, RULE_ROW, 66, GUARD_SOFT);
        else if ((year < 2006 && year != 1970 && birth_year(search, i, end) == year)
            || (year < 2013 && end - i > 4 && search_sign(search, end - 2, '\'')))
            search_claim(search, i, end, REDACT_DOB, RULE_GRAMMAR, 58, GUARD_SOFT);
        i = end - 1;
    }
}
