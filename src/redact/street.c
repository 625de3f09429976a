#include "redact/street.h"

#include "redact/birth.h"
#include "redact/keyname.h"
#include "redact/lexicon.h"
#include "redact/spell.h"

#include <string.h>

static bool is_unit(uint8_t a, uint8_t b)
{
    static const char units[] = "mwkwkvhdxlkmhppkccmmcmmlkgvahz";

    for (size_t i = 0; i + 1 < sizeof units; i += 2)
        if ((uint8_t)units[i] == a && (uint8_t)units[i + 1] == b)
            return true;
    return false;
}

bool street_is_postcode(const struct search *search, uint32_t i, uint32_t *end)
{
    const struct token *token = &search->token[i], *letters = token + 1;
    uint8_t a, b;

    if (i + 1 >= search->count || token->kind != TOKEN_NUMBER || token->len != 4
        || token->sign == '0')
        return false;
    for (uint32_t n = 0;
         n < 2 && letters->kind == TOKEN_SIGN && strchr("-+_.^|\t*/~", letters->sign)
         && letters->gap == GAP_NONE && letters[1].gap == GAP_NONE;
         n++)
        letters++;
    /* parkeren_2025_nl.tpl; in tables small letters do */
    if (letters > token + 1 && letters->shape == SHAPE_LOWER && !strchr("\t|-+", letters[-1].sign))
        return false;
    if (letters->kind != TOKEN_WORD || letters->gap > GAP_LINE)
        return false;
    *end = (uint32_t)(letters - search->token) + 1;
    a = search->view.ch[letters->pos];
    if (letters->len == 1) {
        /* "1234 A B" */
        if (letters[1].kind != TOKEN_WORD || letters[1].len != 1 || letters[1].gap != GAP_BLANK
            || letters->shape == SHAPE_LOWER)
            return false;
        b = search->view.ch[letters[1].pos];
        *end += 1;
    } else if (letters->len == 2)
        b = search->view.ch[letters->pos + 1];
    else
        return false;
    if (a >= 0x80 || b >= 0x80)
        return false;
    if (letters->shape != SHAPE_UPPER && letters->len == 2) {
        /* lower case: only glued, or as the end of something ("1234 ab,") */
        if (letters->shape != SHAPE_LOWER || (letters->gap && FEATURE_COMMON(letters->feature) > 3)
            || FEATURE_CLASS(letters->feature) == CLASS_TUSS)
            return false;
        if (letters->gap
            && !(*end >= search->count || search->token[*end].gap >= GAP_LINE
                || (search->token[*end].kind == TOKEN_SIGN && search->token[*end].sign != '.')
                || search->token[*end].shape == SHAPE_CAPITAL))
            return false;
    }
    a = view_lower(a);
    b = view_lower(b);
    /* never given out: SA, SD, SS */
    if (a == 's' && (b == 'a' || b == 'd' || b == 's'))
        return false;
    if (i > 0 && token->gap == GAP_NONE
        && (search->token[i - 1].kind != TOKEN_SIGN || strchr("-./", search->token[i - 1].sign)))
        return false;
    /* 9092VD38: the house number glued to it */
    if (*end < search->count && search->token[*end].kind == TOKEN_NUMBER && !letters->gap
        && letters->shape == SHAPE_UPPER && !search->token[*end].gap && search->token[*end].len <= 4
        && search->token[i].gap)
        return true;
    if (*end < search->count && search->token[*end].gap == GAP_NONE
        && (search->token[*end].kind != TOKEN_SIGN || strchr("-:_", search->token[*end].sign)))
        return false;
    /* 4500 XL, 1080 HD, 1500 MW: a round number before what may be a unit */
    if (letters->gap && search->view.ch[token->pos + 3] == '0' && is_unit(a, b))
        return false;
    /* 2400 KB, 2048 MB */
    if ((a == 'k' || a == 'm' || a == 'g' || a == 't') && b == 'b' && letters->gap
        && (search->view.ch[token->pos + 3] == '0'
            || memmem("1024 1536 2048 3072 4096 8192", 29, search->view.ch + token->pos, 4)))
        return false;
    return true;
}

static bool is_addition_word(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "bis", "hs", "zw", "rd", "ws", "bus", "links", "rechts",
        "boven", "beneden", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "ii", "iii",
        "iv", "v", "vi", "to", "rood", "zwart", "wit", "ac", "bg", "ter", "hoog", "huis", "sous",
        "achterhuis", "tegenover", "naast" };

    return search_one_of(search, i, words, COUNT(words));
}

/* Part of a building: its number or letter follows. */
static bool is_part_word(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "bus", "app", "appt", "apt", "appartement", "apartment",
        "box", "unit", "kamer", "room", "k", "geb", "gebouw", "flat", "suite", "bte", "etage",
        "verdieping", "lokaal", "blok", "huis", "tegenover", "naast", "toev", "toevoeging",
        "letter", "house" };

    return search_one_of(search, i, words, COUNT(words));
}

/* ", app. 12", " geb. F", "/bus 3"; gives `end` when no part of a building is named. */
static uint32_t part_end(const struct search *search, uint32_t end, uint32_t to)
{
    uint32_t k = end;

    if (k < to && search->token[k].gap <= GAP_BLANK
        && (search_sign(search, k, ',') || search_sign(search, k, '/')
            || search_sign(search, k, '-') || search_sign(search, k, '(')))
        k++;
    if (k >= to || search->token[k].gap > GAP_BLANK || !is_part_word(search, k))
        return end;
    k++;
    if (search_sign(search, k, '.'))
        k++;
    if (k < to && search->token[k].gap <= GAP_BLANK && search->token[k].len <= 4
        && (search->token[k].kind == TOKEN_NUMBER
            || (search->token[k].len == 1 && view_letter(search->token[k].sign))))
        return k + 1;
    return end;
}

/* ", bis", " (boven)", " 1/2", " 3-hoog", "|12|A": what else belongs to a house number. */
static uint32_t far_addition(
    const struct search *search, uint32_t i, uint32_t end, uint32_t to, uint8_t part)
{
    bool open = search_sign(search, end, '(');

    /* ["Asdoornkamp","115","A"] */
    if (search_sign(search, end, '"') && search_sign(search, end + 1, ',')
        && search_sign(search, end + 2, '"') && search_sign(search, end + 4, '"')
        && search_sign(search, i - 1, '"') && search->token[end + 3].len == 1)
        return end + 4;
    if (part && end + 1 < to && search_sign(search, end, part)
        && (is_addition_word(search, end + 1)
            || (search->token[end + 1].len == 1 && view_letter(search->token[end + 1].sign)))
        && (end + 2 >= to || search->token[end + 2].gap
            || search->token[end + 2].kind == TOKEN_SIGN))
        return end + 2;
    if (end + 1 < to && (search_sign(search, end, ',') || open) && search->token[end + 1].len > 1
        && search->token[end + 1].gap <= GAP_BLANK && is_addition_word(search, end + 1))
        return end + 2;
    if (end + 2 < to && search->token[end].gap == GAP_BLANK
        && search->token[end].kind == TOKEN_NUMBER && search->token[end].len == 1
        && !search->token[end + 2].gap
        && ((search_sign(search, end + 1, '/') && search->token[end + 2].kind == TOKEN_NUMBER
                && search->token[end + 2].len == 1)
            || search_word(search, end + 2, "hoog")))
        return end + 3;
    return end;
}

/* "23 a day" */
static bool is_span_of_time(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "day", "week", "month", "year", "minute", "second", "time",
        "piece", "lot", "few" };

    return search_one_of(search, i, words, COUNT(words));
}

uint32_t street_number_end(const struct search *search, uint32_t i, uint32_t to)
{
    uint32_t end = i + 1, more;
    uint8_t part = i > 0 && strchr("|^\t_", search->token[i - 1].sign) ? search->token[i - 1].sign
                                                                       : 0;

    if (end < to && search->token[end].gap == GAP_NONE && search->token[end].kind == TOKEN_WORD
        && search->token[end].len <= 3)
        end++;
    if (end + 1 < to && (search_sign(search, end, '-') || search_sign(search, end, '/'))
        && search->token[end].gap == GAP_NONE && search->token[end + 1].gap == GAP_NONE
        && ((search->token[end + 1].kind == TOKEN_NUMBER && search->token[end + 1].len <= 4)
            || (search->token[end + 1].kind == TOKEN_WORD
                && (search->token[end + 1].len <= 4 || is_addition_word(search, end + 1))))) {
        end += 2;
        /* 4-W12, 5-unit 3 */
        if (end < to && search->token[end].kind == TOKEN_NUMBER && search->token[end].len <= 3
            && (!search->token[end].gap
                || (search->token[end].gap == GAP_BLANK && search_word(search, end - 1, "unit"))))
            end++;
    }
    while (end < to && search->token[end].kind == TOKEN_WORD
        && (search->token[end].gap == GAP_BLANK
            || (search->token[end].gap == GAP_LINE && search->token[end].len == 1
                && (search->token[end + 1].kind == TOKEN_SIGN
                    || search->token[end + 1].gap >= GAP_LINE)))
        && is_addition_word(search, end) && part_end(search, end, to) == end) {
        const struct token *token = &search->token[end];

        /* "23 a" is an addition, "23 in" or "23 a day" is not */
        if (token->len == 1 && token->shape == SHAPE_LOWER
            && search->token[end + 1].kind == TOKEN_WORD && search->token[end + 1].gap == GAP_BLANK
            && search->token[end + 1].shape == SHAPE_LOWER && is_span_of_time(search, end + 1))
            break;
        end++;
        /* "5 A-bis" */
        if (end + 1 < to && search_sign(search, end, '-') && !search->token[end].gap
            && !search->token[end + 1].gap
            && (is_addition_word(search, end + 1)
                || (search->token[end + 1].kind == TOKEN_NUMBER
                    && search->token[end + 1].len <= 3)))
            end += 2;
    }
    while ((more = part_end(search, end, to)) > end)
        end = more;
    return far_addition(search, i, end, to, part);
}

/* A word that ends as streets do: Populierenlaan, Turfmarkt. */
static bool has_street_end(const struct search *search, uint32_t i)
{
    static const char *const ends[] = { "straat", "laan", "weg", "plein", "kade", "gracht", "dijk",
        "singel", "pad", "hof", "steeg", "markt", "dreef", "park", "plantsoen", "haven", "wal",
        "ring", "brink", "baan", "vaart", "kamp", "burg", "veld", "akker", "erf", "hoek", "waard",
        "wijk", "es", "heide", "bos", "beek", "oord", "zicht", "donk", "meent", "horst", "gaarde",
        "bongerd", "werf", "str", "lei", "strjitte", "leane", "wei", "dyk", "stege", "stede",
        "staete", "terp", "lant", "lan", "berg", "molen", "schans", "kerk", "poort", "tuin", "stee",
        "straatje", "dijkje", "paadje", "steegje", "laantje", "pleintje", "drift", "rak", "diep",
        "veen", "polder", "bolwerk", "kwartier", "sluis", "brug", "strase", "wiek", "haag", "gouw",
        "hage", "paed", "buorren", "tille", "hiem", "dauw", "vliet", "vest", "bult", "esch" };
    const struct token *token = &search->token[i];

    if (token->kind != TOKEN_WORD || token->len < 5)
        return false;
    for (size_t k = 0; k < COUNT(ends); k++)
        if (search_ends(search, i, ends[k]))
            return true;
    return false;
}

static bool sure_street_end(const struct search *search, uint32_t i)
{
    static const char *const ends[] = { "straat", "laan", "weg", "plein", "kade", "gracht", "dijk",
        "singel", "steeg", "dreef", "plantsoen", "hof", "pad", "vaart", "strjitte", "markt",
        "leane", "dyk", "strase", "straatje", "dijkje", "pleintje", "laantje", "steegje", "paadje",
        "weggetje" };
    static const char *const shorts[] = { "str", "strt", "ln", "pln", "plts", "grt" };

    for (size_t k = 0; k < COUNT(ends); k++)
        if (search_ends(search, i, ends[k]))
            return true;
    if (search->token[i].kind == TOKEN_WORD && search->token[i].len > 5
        && !FEATURE_COMMON(search->token[i].feature))
        for (size_t k = 0; k < COUNT(shorts); k++)
            if (search_ends(search, i, shorts[k]))
                return true;
    return false;
}

bool street_is_sure(const struct search *search, uint32_t i)
{
    return search->token[i + 1].kind == TOKEN_NUMBER && search->token[i + 1].gap == GAP_BLANK
        && sure_street_end(search, i);
}

/* The last word of a name of several is such an end: Gedempte Haven, Lage Gouwe, Oude Zeedijk. */
static bool is_street_word(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "straat", "laan", "weg", "plein", "kade", "gracht", "dijk",
        "singel", "pad", "hof", "steeg", "markt", "dreef", "haven", "wal", "ring", "brink", "baan",
        "vaart", "veld", "akker", "erf", "hoek", "waard", "gouwe", "poort", "tuin", "sluis",
        "dijkje", "straatje", "pleintje", "laantje", "steegje", "kerkhof", "bolwerk", "buorren",
        "wei", "dyk", "stege", "row", "gaarde", "plantsoen", "polder", "diep", "kerk", "steiger",
        "werf", "kolk", "gang", "vest", "rijn", "maas" };

    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return search->token[i].shape != SHAPE_LOWER;
    return false;
}

/* Features of words [from, to) as one name of a street of several words. */
static bool listed_street(const struct search *search, uint32_t from, uint32_t to)
{
    uint64_t hash = WORD_HASH_START;

    for (uint32_t i = from; i < to; i++) {
        if (i > from && search->token[i].gap)
            hash = word_hash_byte(hash, ' ');
        for (uint32_t k = 0; k < search->token[i].len; k++)
            hash = word_hash_byte(hash, view_lower(search->view.ch[search->token[i].pos + k]));
    }
    return (lexicon_find(word_hash_end(hash)) & FEATURE_STREET) != 0;
}

/* A word that streets named after somebody start with: Burgemeester, Prof., Anthony. */
static bool is_honour(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "burgemeester", "burg", "prins", "prinses", "koning",
        "koningin", "graaf", "gravin", "sint", "st", "minister", "wethouder", "pastoor", "kapelaan",
        "pater", "dominee", "ds", "freule", "baron", "jonkheer", "jhr", "admiraal", "generaal",
        "kapitein", "meester", "mr", "dr", "prof", "ir", "laan", "weg", "oude", "nieuwe", "van",
        "eerste", "tweede", "derde", "terp", "oan", "it" };

    return search_one_of(search, i, words, COUNT(words));
}

/* Whether a street's name starts with at most three words before this lower-case one. */
static bool listed_from(const struct search *search, uint32_t tuss, uint32_t last)
{
    for (uint32_t n = 0, from = tuss; n < 4 && from > 0 && search->token[from].gap < GAP_LINE;
         n++) {
        from--;
        if (search_sign(search, from, '.') || search_sign(search, from, '\''))
            continue;
        if (search->token[from].kind != TOKEN_WORD)
            break;
        if (search->token[from].shape != SHAPE_LOWER
            && (is_honour(search, from) || FEATURE_GIVEN(search->token[from].feature) > 1
                || listed_street(search, from, last + 1)))
            return true;
        if (search->token[from].shape != SHAPE_LOWER
            || FEATURE_CLASS(search->token[from].feature) != CLASS_TUSS)
            break;
    }
    return search_word(search, tuss, "de") || search_word(search, tuss, "den")
        || search_word(search, tuss, "t");
}

/* "2e", "1ste": tokens before i. */
static bool is_ordinal(const struct search *search, uint32_t i)
{
    return i > 1 && search->token[i - 1].kind == TOKEN_WORD && !search->token[i - 1].gap
        && search->token[i - 2].kind == TOKEN_NUMBER && search->token[i - 2].len <= 2
        && (search_word(search, i - 1, "e") || search_word(search, i - 1, "de")
            || search_word(search, i - 1, "ste"));
}

/* The words before a street's last word that belong to it: "Burgemeester de Vlugt". */
static uint32_t street_start(const struct search *search, uint32_t last)
{
    uint32_t from = last, taken = 0;

    while (from > 0 && taken < 5 && search->token[from].gap != GAP_PARAGRAPH) {
        uint32_t before = from - 1;
        const struct token *token = &search->token[before];
        enum word_class class = FEATURE_CLASS(token->feature);
        bool honour;

        if (token->claim || token->guard)
            break;
        if (token->kind == TOKEN_SIGN) {
            if (!((token->sign == '.' || token->sign == '-' || token->sign == '+'
                      || token->sign == '\'')
                    && before > 0 && !token->gap && search->token[before - 1].kind == TOKEN_WORD
                    && (token->sign != '.' || search->token[before - 1].len <= 4))
                && !(token->sign == '\'' && !search->token[from].gap
                    && search->token[from].len == 1))
                break;
            from = before;
            continue;
        }
        if (search_sign(search, from, '-') && !search->token[from].gap
            && token->kind == TOKEN_WORD) {
            from = before;
            continue;
        }
        if (is_ordinal(search, from)) {
            from -= 2;
            break;
        }
        honour = is_honour(search, before);
        if (token->kind == TOKEN_NUMBER
            || (search->token[from].gap == GAP_LINE && class != CLASS_TUSS && !honour)
            || (token->shape == SHAPE_LOWER && class != CLASS_TUSS
                && !(honour && search_sign(search, from, '.')))
            || (token->shape == SHAPE_LOWER && class == CLASS_TUSS
                && !listed_from(search, before, last)))
            break;
        if (token->shape == SHAPE_LOWER && before > 0
            && search->token[before - 1].shape == SHAPE_LOWER
            && search->token[before - 1].kind == TOKEN_WORD
            && FEATURE_CLASS(search->token[before - 1].feature) != CLASS_TUSS)
            break;
        /* "It Heechhout", "Achter de Kerk": where a cell or a line begins */
        if ((search_word(search, before, "it") || search_word(search, before, "achter")
                || search_word(search, before, "onder") || search_word(search, before, "op")
                || search_word(search, before, "aan"))
            && token->shape == SHAPE_CAPITAL
            && (before == 0 || token->gap >= GAP_LINE || search_word(search, before, "it")
                || search->token[before - 1].kind == TOKEN_SIGN)) {
            from = before;
            break;
        }
        if (token->feature & FEATURE_NOTNAME && class != CLASS_TUSS && !honour)
            break;
        if (FEATURE_KEY(token->feature) == KEY_ADDRESS || class == CLASS_GREET)
            break;
        from = before;
        taken++;
    }
    while (from < last
        && ((search->token[from].kind == TOKEN_SIGN && !search_sign(search, from, '\''))
            || (search->token[from].shape == SHAPE_LOWER
                && FEATURE_CLASS(search->token[from].feature) == CLASS_TUSS
                && !search_word(search, from, "de") && !search_word(search, from, "het")
                && !search_word(search, from, "t") && !search_word(search, from, "den"))))
        from++;
    return from;
}

/* The kind of street, where it stands first: Rue de la Loi, Via Roma, Park Zuid. */
static bool is_street_head(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "rue", "chemin", "quai", "place", "steenweg", "viale",
        "piazza", "calle", "plaza", "rua", "ulica", "kaya", "camino", "impasse", "am", "terp",
        "heol", "it", "hofje", "hoeve" };

    return search->token[i].shape != SHAPE_LOWER
        && (is_street_word(search, i) || search_one_of(search, i, words, COUNT(words))
            || FEATURE_CLASS(search->token[i].feature) == CLASS_STREET);
}

/* "Laan van Nieuw Oost-Einde": the kind of street stands first. Gives `from` when it does not. */
static uint32_t street_head(const struct search *search, uint32_t from, uint32_t last)
{
    for (uint32_t k = last, n = 0; k > 0 && n < 8 && search->token[k].gap < GAP_LINE; k--, n++) {
        const struct token *token = &search->token[k - 1];

        if (token->claim || token->guard
            || (token->kind == TOKEN_SIGN ? token->sign != '-' && token->sign != '\''
                                          : token->kind == TOKEN_NUMBER
                        || (token->shape == SHAPE_LOWER
                            && FEATURE_CLASS(token->feature) != CLASS_TUSS
                            && !search_word(search, k - 1, "naar"))))
            break;
        if (is_street_head(search, k - 1)
            && (search->token[k].shape != SHAPE_LOWER || search_word(search, k, "naar")
                || FEATURE_CLASS(search->token[k].feature) == CLASS_TUSS))
            return k - 1;
    }
    return from;
}

/* Firms give their office: "Koning Zaaksystemen B.V., Industrieweg 12" */
bool street_of_firm(const struct search *search, uint32_t i)
{
    uint32_t from = search_line_start(search, i), lines = 0;

    for (uint32_t k = i; k > 0 && i - k < 40; k--) {
        const struct token *token = &search->token[k - 1];

        if (token->kind == TOKEN_WORD && (token->feature & FEATURE_LEGAL)
            && token->shape != SHAPE_LOWER)
            return true;
        if ((search_word(search, k - 1, "B") || search_word(search, k - 1, "b")
                || search_word(search, k - 1, "n"))
            && search_sign(search, k, '.') && search_word(search, k + 1, "v")
            && search->token[k - 1].shape != SHAPE_LOWER)
            return true;
        if (token->claim == REDACT_PERSON && token->len > 1)
            return false;
        if (k - 1 < from && search->token[k].gap >= GAP_LINE && ++lines > 1)
            return false;
        if (search->token[k].gap == GAP_PARAGRAPH)
            return false;
    }
    return false;
}

/* Words that say where somebody lives, or where something for him goes. */
static bool is_home_word(const struct search *search, uint32_t i)
{
    static const char *const starts[] = { "woon", "woning", "verhui", "verblij", "bezor", "lever",
        "bewoner", "buren", "deliver", "resid", "neighbo", "huisvest", "dwelling" };
    static const char *const words[] = { "woont", "wonen", "woon", "woonde", "vinden", "household",
        "lives", "living", "woning", "pand", "huis", "thuis", "flat", "house", "home", "buren",
        "buur", "moved", "huist", "opvang", "wennet", "pleeggezin", "privéadres", "priveadres",
        "naar" };

    if (search->token[i].kind != TOKEN_WORD || search->token[i].len < 4)
        return false;
    for (size_t k = 0; k < COUNT(starts); k++)
        if (search_starts(search, i, starts[k]))
            return true;
    return keyname_word(search, i) == KEY_ADDRESS || search_one_of(search, i, words, COUNT(words));
}

static bool near_address_word(const struct search *search, uint32_t i)
{
    for (uint32_t k = i, n = 0;
         k > 0 && n < 8 && search->token[k].gap < GAP_PARAGRAPH && !search_sign(search, k - 1, '|');
         k--, n++)
        if (is_home_word(search, k - 1))
            return true;
    return false;
}

/* A word for living stands directly before, or with "op", "aan", "in", ":" between. */
static bool follows_home_word(const struct search *search, uint32_t from)
{
    uint32_t k = from;

    for (uint32_t n = 0; k > 0 && n < 2 && search->token[k].gap < GAP_PARAGRAPH; n++) {
        if (is_home_word(search, k - 1) && !search_word(search, k - 1, "naar"))
            return true;
        if (!(search_word(search, k - 1, "op") || search_word(search, k - 1, "aan")
                || search_word(search, k - 1, "in") || search_word(search, k - 1, "at")
                || search_word(search, k - 1, "on") || search_word(search, k - 1, "de")
                || search_word(search, k - 1, "het") || search_word(search, k - 1, "the")
                || search_word(search, k - 1, "is") || search_sign(search, k - 1, ':')))
            return false;
        k--;
    }
    return k > 0 && is_home_word(search, k - 1) && !search_word(search, k - 1, "naar");
}

static bool postcode_follows(const struct search *search, uint32_t end)
{
    uint32_t postcode;

    if (end >= search->count)
        return false;
    for (uint32_t k = end; k < end + 4; k++) {
        if (street_is_postcode(search, k, &postcode))
            return true;
        if (k >= search->count || search->token[k].kind != TOKEN_SIGN
            || !strchr(",+;|'\"(/", search->token[k].sign))
            break;
    }
    /* five digits and a place, as in Germany: 48599 Gronau */
    return search_sign(search, end, ',') && search->token[end + 1].kind == TOKEN_NUMBER
        && (search->token[end + 1].len == 5 || search->token[end + 1].len == 4)
        && search->token[end + 2].shape == SHAPE_CAPITAL
        && search->token[end + 2].kind == TOKEN_WORD;
}

/* nr, nummer, no: a house number follows. */
static bool is_number_sign(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "nr", "nummer", "huisnummer", "number", "no", "huisnr",
        "num", "hsnr", "numer", "ligplaats", "house" };

    return search_sign(search, i, '#') || search_one_of(search, i, words, COUNT(words));
}

/* What may stand between a street and its number: signs, "nr.", "op nummer", "in Zandmeer op". */
struct joint {
    uint32_t last; /* word of the street */
    bool told; /* a word says that a house number follows */
    bool loose; /* only "op" does, or a sign that may part two things */
};

/* ':' and a dash between blanks part two things more often than they tie a number to its street. */
static bool is_loose(const struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];

    return token->sign == ':' || (token->sign == '/' && search_sign(search, i - 2, '/'))
        || (token->sign == '-' && !token->gap && i > 0 && search->token[i - 1].shape == SHAPE_LOWER)
        || (token->sign == '-' && token->gap && search->token[i + 2].shape == SHAPE_LOWER
            && search->token[i + 2].kind == TOKEN_WORD);
}

static bool read_joint(const struct search *search, uint32_t number, struct joint *joint)
{
    uint32_t k = number - 1;

    *joint = (struct joint) { 0 };
    for (uint32_t n = 0; n < 7 && k > 0; n++, k--) {
        const struct token *token = &search->token[k];

        if (token->gap == GAP_PARAGRAPH && n)
            return false;
        if (is_number_sign(search, k))
            joint->told = true;
        else if (search_word(search, k, "op") || search_word(search, k, "at")
            || search_word(search, k, "wel") || search_word(search, k, "en")
            || (joint->told && search_word(search, k, "in")))
            joint->loose |= !joint->told;
        else if (token->kind != TOKEN_SIGN || !strchr("+,_\".\t|^(:-/", token->sign))
            break;
        else
            joint->loose |= !joint->told && is_loose(search, k);
    }
    if ((joint->told || joint->loose) && k > 2 && search->token[k].kind == TOKEN_WORD
        && search->token[k].shape != SHAPE_LOWER
        && (search_word(search, k - 1, "in") || search_word(search, k - 1, "te")))
        k -= 2;
    /* "Plein 1940-45 nr. 8" */
    if (joint->told && search->token[k].kind == TOKEN_NUMBER)
        while (k > 0 && search->token[k].gap < GAP_LINE
            && (search->token[k].kind == TOKEN_NUMBER || search_sign(search, k, '-')))
            k--;
    joint->last = k;
    return search->token[k].kind == TOKEN_WORD && !search->token[k].claim
        && !search->token[k].guard;
}

/* How surely words [from, last] are a street's name. */
enum street { STREET_NOT, STREET_MAYBE, STREET_LIKELY, STREET_SURE };

static enum street street_sense(
    const struct search *search, uint32_t from, uint32_t head, uint32_t last)
{
    uint32_t f = search->token[last].feature;
    bool kind = FEATURE_CLASS(f) == CLASS_STREET;

    if ((f & (FEATURE_TECH | FEATURE_NOTNAME) && head == last) || is_number_sign(search, last)
        || keyname_word(search, last) == KEY_HOUSENR)
        return STREET_NOT;
    if (search->token[last].shape == SHAPE_LOWER)
        return (sure_street_end(search, last) && !FEATURE_COMMON(f))
                || (kind && from < last && search_sign(search, last - 1, '-')
                    && !search->token[last].gap)
            ? STREET_SURE
            : STREET_NOT;
    if (kind && from == last && search->token[last].len < 4)
        return STREET_MAYBE; /* Rd, Ln alone: RD-17-22 */
    if (kind && from == last && search->token[last].shape == SHAPE_CAPITAL && !(f & FEATURE_STREET)
        && FEATURE_COMMON(f) > 5)
        return STREET_MAYBE;
    if (sure_street_end(search, last) || kind || (from < last && is_street_word(search, last))
        || (head == from && from < last
            && (FEATURE_CLASS(search->token[from + 1].feature) == CLASS_TUSS
                || search_word(search, from + 1, "naar")))
        || (last > from && listed_street(search, from, last + 1)))
        return STREET_SURE;
    if (f & FEATURE_STREET)
        return FEATURE_COMMON(f) || f & FEATURE_PLACE ? STREET_LIKELY : STREET_SURE;
    if (has_street_end(search, last))
        return FEATURE_COMMON(f) || f & FEATURE_PLACE || FEATURE_SURNAME(f) ? STREET_LIKELY
                                                                            : STREET_SURE;
    return head < last ? STREET_LIKELY : STREET_MAYBE;
}

/* What follows makes it a time, a share, a version, a date. */
static bool is_other_number(const struct search *search, uint32_t number, uint32_t end)
{
    const struct token *after = &search->token[end];

    if (end >= search->count)
        return false;
    /* "Schuitemaker, 25 / 12 / 1931" */
    if (after->gap == GAP_BLANK && after->kind == TOKEN_SIGN && strchr("/-", after->sign)
        && after[1].kind == TOKEN_NUMBER && after[2].sign == after->sign)
        return true;
    if (!after->gap && after->kind == TOKEN_SIGN
        && (strchr("%=/", after->sign)
            || (after->sign == ':' && !after[1].gap && after[1].kind == TOKEN_NUMBER)
            || (after->sign == '.' && after[1].kind == TOKEN_NUMBER && !after[1].gap)))
        return true;
    return after->gap == GAP_BLANK && FEATURE_CLASS(after->feature) == CLASS_MONTH
        && search->token[number].len <= 2;
}

/* The street before a house number [number, end), and both. */
static void take_behind(struct search *search, uint32_t number, uint32_t end, bool words)
{
    uint32_t from, head;
    bool follows, near;
    struct joint joint;
    enum street sense;

    if (number == 0 || search->token[number].gap == GAP_PARAGRAPH
        || (!search->token[number].gap
            && (search->token[number - 1].kind == TOKEN_SIGN
                    ? !strchr("+_,|-\t^\"#:(/", search->token[number - 1].sign)
                    : search->token[number - 1].shape == SHAPE_LOWER
                        || !sure_street_end(search, number - 1)))
        || !read_joint(search, number, &joint))
        return;
    from = street_start(search, joint.last);
    head = street_head(search, from, joint.last);
    from = head < from ? head : from;
    sense = street_sense(search, from, head, joint.last);
    /* "Plein 1813, number 12": the number is the street's */
    if (!words && search->token[number].len == 4 && end < search->count
        && is_number_sign(search, end + search_sign(search, end, ',')))
        return;
    if (sense == STREET_NOT
        || (is_other_number(search, number, end)
            && (!sure_street_end(search, joint.last) || search->token[end].kind == TOKEN_SIGN
                || joint.loose)))
        return;
    follows = postcode_follows(search, end);
    near = near_address_word(search, from) || joint.told;
    if (!words && search->token[number].len > 3 && !follows
        && (sense < STREET_SURE || search_sign(search, number - 1, '(')))
        return;
    /* "privéadres Kolk 3", "woont op Weidevogel 300" */
    if (sense == STREET_MAYBE && !joint.loose && !words
        && search->token[joint.last].shape == SHAPE_CAPITAL && search->token[joint.last].len > 3
        && !(search->token[joint.last].feature & (FEATURE_ORG | FEATURE_ROLE))
        && FEATURE_CLASS(search->token[joint.last].feature) != CLASS_MONTH
        && FEATURE_CLASS(search->token[joint.last].feature) != CLASS_DEVICE
        && follows_home_word(search, from))
        sense = STREET_SURE;
    if (!(follows || (sense == STREET_SURE && (!joint.loose || near))
            || (sense == STREET_LIKELY && near && !joint.loose))
        || (words && (search->token[joint.last].len < 4 || (sense < STREET_SURE && !near)))
        || street_of_firm(search, from))
        return;
    if (!search_claim(
            search, from, end, REDACT_ADDRESS, RULE_GRAMMAR, follows ? 95 : 85, GUARD_SOFT)
        && from < joint.last)
        search_claim(search, joint.last, end, REDACT_ADDRESS, RULE_GRAMMAR, 80, GUARD_SOFT);
}

/* One past a house number in words: "elf", "vier en dertig b", "one-hundred-and-four". */
static uint32_t spelled_number_end(const struct search *search, uint32_t word)
{
    uint32_t end = word;

    while (end < search->count && end - word < 9 && search->token[end].gap <= GAP_BLANK) {
        if (birth_is_number_word(search, end))
            end++;
        else if (end > word && search_sign(search, end, '-')
            && birth_is_number_word(search, end + 1))
            end += 2;
        else
            break;
    }
    if (end > word && end < search->count && search->token[end].gap == GAP_BLANK
        && is_addition_word(search, end)
        && (search->token[end].len > 1 || search->token[end + 1].gap >= GAP_LINE
            || search->token[end].shape != SHAPE_LOWER
            || search->token[end + 1].kind == TOKEN_SIGN))
        end++;
    for (uint32_t more; end > word && (more = part_end(search, end, search->count)) > end;)
        end = more;
    return end;
}

/* 17 Sluice Road, Flat 2, 14 Mill Lane */
static void take_english(struct search *search, uint32_t number)
{
    uint32_t k = number + 1, words = 0;

    if (search->token[number].len > 4)
        return;
    if (k < search->count && search->token[k].gap == GAP_NONE && search->token[k].kind == TOKEN_WORD
        && search->token[k].len == 1)
        k++;
    for (; k < search->count && words < 4; k++, words++) {
        const struct token *token = &search->token[k];

        if (token->kind != TOKEN_WORD || token->gap != GAP_BLANK
            || (token->shape != SHAPE_CAPITAL && token->shape != SHAPE_UPPER))
            return;
        if (sure_street_end(search, k) ? search->token[k + 1].kind != TOKEN_NUMBER
                                       : words
                    && (FEATURE_CLASS(token->feature) == CLASS_STREET
                        || is_street_word(search, k))) {
            uint32_t from = number;

            /* 8/2 Leith Row */
            if (number > 1 && search_sign(search, number - 1, '/') && !search->token[number].gap
                && search->token[number - 2].kind == TOKEN_NUMBER)
                from = number - 2;
            if (number > 1 && search->token[number - 1].kind == TOKEN_SIGN
                && search_sign(search, number - 1, ',')
                && search->token[number - 2].kind == TOKEN_NUMBER
                && (search_word(search, number - 3, "flat")
                    || search_word(search, number - 3, "apartment")))
                from = number - 3;
            if (!street_of_firm(search, from))
                search_claim(search, from, k + 1, REDACT_ADDRESS, RULE_GRAMMAR, 88, GUARD_SOFT);
            return;
        }
    }
}

static void take_postbox(struct search *search, uint32_t i)
{
    uint32_t number = i + 1;

    if (search_word(search, i, "p") && search_sign(search, i + 1, '.')
        && search_word(search, i + 2, "o"))
        number = i + 3 + search_sign(search, i + 3, '.');
    if (search_word(search, number, "box"))
        number++;
    else if (number != i + 1)
        return;
    if (search->token[number].kind != TOKEN_NUMBER || number >= search->count
        || search->token[number].gap > GAP_BLANK || street_of_firm(search, i))
        return;
    for (uint32_t k = i > 12 ? i - 12 : 0; k < i; k++)
        if (search->token[k].feature & FEATURE_ORG && search->token[k].shape != SHAPE_LOWER
            && search->token[k].claim != REDACT_PERSON)
            return;
    search_claim(search, i, number + 1, REDACT_ADDRESS, RULE_GRAMMAR, 75, GUARD_SOFT);
}

/* "nummer 7 Trambaan", "nr. 22 van de Hearewei", "142, Vaart NZ", "achtenveertig Molenweg": the
 * number [number, end) before the street. */
static void take_before(struct search *search, uint32_t number, uint32_t end)
{
    uint32_t from = number, street = end, last;
    bool told = false;

    for (; from > 0 && number - from < 3 && search->token[from].gap < GAP_LINE
         && (is_number_sign(search, from - 1)
             || (search_sign(search, from - 1, '.')
                 && (from == number || search_word(search, from - 2, "hs"))));
         from--)
        told |= is_number_sign(search, from - 1);
    if (told && from > 0 && search_word(search, from - 1, "hs"))
        from--;
    from = told ? from : number;
    while (street < search->count && street - end < 4
        && (search_word(search, street, "van") || search_word(search, street, "de")
            || search_word(search, street, "het") || search_word(search, street, "aan")
            || search_word(search, street, "on") || search_word(search, street, "the")
            || search_word(search, street, "in")
            || (search_sign(search, street, ',')
                && (search->token[number].len < 4 || search->token[number].kind == TOKEN_WORD))))
        street++;
    last = street;
    if (street < search->count && search->token[street].shape != SHAPE_LOWER
        && search->token[street].kind == TOKEN_WORD && search->token[street].gap == GAP_BLANK)
        while (last + 1 < search->count && last - street < 3
            && search->token[last + 1].kind == TOKEN_WORD
            && search->token[last + 1].gap == GAP_BLANK
            && search->token[last + 1].shape != SHAPE_LOWER && !sure_street_end(search, last))
            last++;
    else
        return;
    if (search->token[last + 1].kind == TOKEN_NUMBER && search->token[last + 1].gap <= GAP_BLANK)
        return;
    if (!told && street != end && !search_sign(search, end, ','))
        return;
    if ((sure_street_end(search, last)
            || ((told || near_address_word(search, from))
                && (has_street_end(search, last) || is_street_head(search, street)
                    || search->token[last].feature & FEATURE_STREET)))
        && !street_of_firm(search, from))
        search_claim(search, from, last + 1, REDACT_ADDRESS, RULE_GRAMMAR, 72, GUARD_SOFT);
}

/* Four digits and a blank: what street_is_postcode does not take is none. */
static bool form_is_plain(const struct search *search, uint32_t i)
{
    return search->token[i].kind == TOKEN_NUMBER && search->token[i].len == 4
        && search->token[i + 1].kind == TOKEN_WORD;
}

bool street_take_postcode(struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t k = from; k < to && k < from + 5 && search->token[k].gap < GAP_PARAGRAPH; k++) {
        char shape[8];
        uint32_t end = k;

        if (street_is_postcode(search, k, &end)
            || ((end = spell_end(search, k, shape, 6)) > k + (form_is_plain(search, k) ? 2 : 0)
                && strcmp(shape, "9999XX") == 0))
            return end <= to
                && search_claim(search, k, end, REDACT_POSTCODE, RULE_CONTEXT, 88, GUARD_HARD);
    }
    return false;
}

/* Behind an address four digits and two letters are its postcode, whatever they look like. */
static void take_postcode_behind(struct search *search, uint32_t end)
{
    uint32_t k = end, stop;
    char shape[8];

    while (k < search->count && k - end < 2 && search->token[k].kind == TOKEN_SIGN
        && strchr(",/;(-", search->token[k].sign))
        k++;
    if (k >= search->count || search->token[k].gap > GAP_LINE)
        return;
    if (search->token[k].kind == TOKEN_NUMBER && search->token[k].len == 4
        && search->token[k + 1].kind == TOKEN_WORD && search->token[k + 1].len == 2
        && search->token[k + 1].gap <= GAP_LINE && search->token[k + 2].gap)
        stop = k + 2;
    else {
        stop = spell_end(search, k, shape, 6);
        if (strcmp(shape, "9999") == 0 && search->token[stop].kind == TOKEN_WORD
            && search->token[stop].len == 2)
            stop++;
        else if (strcmp(shape, "9999XX") != 0)
            return;
    }
    search_claim(search, k, stop, REDACT_POSTCODE, RULE_CONTEXT, 80, GUARD_SOFT);
}

void street_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t end;

        if (view_lower(token->sign) == 'p' && token->kind == TOKEN_WORD
            && (search_word(search, i, "postbus") || search_word(search, i, "pobox")
                || search_word(search, i, "postfach")
                || (token->len <= 2
                    && (search_word(search, i, "po")
                        || (search_word(search, i, "p") && search_sign(search, i + 1, '.'))))))
            take_postbox(search, i);
        if (token->kind != TOKEN_NUMBER || token->claim || token->guard)
            continue;
        if (street_is_postcode(search, i, &end)) {
            bool office = false;

            for (uint32_t k = i > 6 ? i - 6 : 0; k < i; k++)
                office |= search->token[k].guard == GUARD_HARD;
            if (!office && !street_of_firm(search, i))
                search_claim(search, i, end, REDACT_POSTCODE, RULE_GRAMMAR, 85, GUARD_SOFT);
        }
    }
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        bool words = token->kind == TOKEN_WORD;
        uint32_t end;

        if (words & !(token->uses & USE_NUMBER))
            continue;
        if (token->claim || token->guard || token->kind == TOKEN_SIGN
            || (words ? token->len < 5 && FEATURE_CLASS(token->feature) != CLASS_NUMBER
                      : token->len > 5))
            continue;
        end = words ? spelled_number_end(search, i) : street_number_end(search, i, search->count);
        if (end == i)
            continue;
        take_behind(search, i, end, words);
        if (!search->token[i].claim && !words)
            take_english(search, i);
        if (!search->token[i].claim)
            take_before(search, i, end);
        if (search->token[i].claim == REDACT_ADDRESS && !search->token[end].claim)
            take_postcode_behind(search, end);
        if (words)
            i = end - 1;
    }
    for (uint32_t i = 0; i < search->count; i++)
        if (search->token[i].kind == TOKEN_WORD && !search->token[i].claim
            && !search->token[i].guard && keyname_word(search, i) == KEY_POSTCODE
            && (i == 0 || search->token[i].gap || !search_sign(search, i - 1, '.')))
            street_take_postcode(search, i + 1, search->count);
}

/* Behind a name, or on the line below it, a capital with a number is where that person lives. */
static bool beside_person(const struct search *search, uint32_t from)
{
    if (near_address_word(search, from) && from > 0
        && (search_word(search, from - 1, "op") || search_word(search, from - 1, "aan")
            || search_word(search, from - 1, "bij") || search_word(search, from - 1, "to")
            || search_word(search, from - 1, "at") || search_word(search, from - 1, "naar")
            || search_sign(search, from - 1, ',') || search->token[from].gap >= GAP_LINE
            || search_sign(search, from - 1, ':') || keyname_word(search, from - 1) == KEY_ADDRESS))
        return true;
    for (uint32_t k = from, n = 0; k > 0 && n < 5; k--, n++) {
        const struct token *before = &search->token[k - 1];

        if (search->token[k].gap == GAP_PARAGRAPH)
            return false;
        if (before->claim == REDACT_PERSON || before->claim == REDACT_DOB
            || before->claim == REDACT_BSN)
            return true;
        if (before->claim || (before->kind == TOKEN_SIGN && !strchr(",|;()-:\"'\t", before->sign))
            || (before->kind == TOKEN_WORD && n == 0 && search->token[k].gap < GAP_LINE)
            || before->kind == TOKEN_NUMBER)
            return false;
    }
    return false;
}

void street_find_beside(struct search *search)
{
    for (uint32_t i = 1; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t from = i - 1, end;

        if (token->kind != TOKEN_NUMBER || token->claim || token->guard || token->len > 3
            || token->sign == '0' || token->gap != GAP_BLANK)
            continue;
        if (search->token[from].kind != TOKEN_WORD || search->token[from].claim
            || search->token[from].shape == SHAPE_LOWER || search->token[from].len < 2
            || (search->token[from].shape == SHAPE_UPPER && search->token[from].len < 5)
            || search->token[from].feature & (FEATURE_TECH | FEATURE_NOTNAME | FEATURE_ORG)
            || FEATURE_CLASS(search->token[from].feature) == CLASS_MONTH
            || FEATURE_CLASS(search->token[from].feature) == CLASS_DEVICE
            || is_number_sign(search, from) || keyname_word(search, from) == KEY_HOUSENR)
            continue;
        end = street_number_end(search, i, search->count);
        if (end < search->count && search->token[end].gap == GAP_NONE
            && (search->token[end].kind != TOKEN_SIGN || strchr(":%=/.", search->token[end].sign))
            && !(search_sign(search, end, '.') && search->token[end + 1].gap))
            continue;
        /* in cells and before another word only what is known as a street: DJI Mini 4 Pro */
        if (!(search->token[from].feature & FEATURE_STREET) && !has_street_end(search, from)
            && (search_sign(search, street_start(search, from) - 1, '|')
                || search_sign(search, street_start(search, from) - 1, '\t')
                || (search->token[end].kind == TOKEN_WORD && search->token[end].gap == GAP_BLANK
                    && search->token[end].shape != SHAPE_LOWER
                    && !(search->token[end].feature & FEATURE_PLACE))))
            continue;
        from = street_start(search, from);
        if (beside_person(search, from))
            search_claim(search, from, end, REDACT_ADDRESS, RULE_CONTEXT, 66, GUARD_SOFT);
    }
}
