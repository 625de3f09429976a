#include "redact/street.h"

#include "redact/birth.h"
#include "redact/keyname.h"
#include "redact/lexicon.h"

#include <string.h>

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
                || search_sign(search, *end, ',') || search->token[*end].shape == SHAPE_CAPITAL))
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
    /* 2400 KB, 1024 MB */
    if ((a == 'k' || a == 'm' || a == 'g' || a == 't') && b == 'b' && letters->gap
        && (search->view.ch[token->pos + 3] == '0' || search->view.ch[token->pos + 2] == '2'))
        return false;
    return true;
}

static bool is_addition_word(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "bis", "hs", "zw", "rd", "bus", "links", "rechts", "boven",
        "beneden", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "ii", "iii", "iv", "to",
        "rood", "zwart", "ac", "bg", "ter", "app", "box", "unit" };

    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return false;
}

/* "2, bis" */
static bool comma_addition(const struct search *search, uint32_t end, uint32_t to)
{
    return end + 1 < to && search_sign(search, end, ',') && !search->token[end].gap
        && (search_word(search, end + 1, "bis") || search_word(search, end + 1, "hs")
            || search_word(search, end + 1, "zw") || search_word(search, end + 1, "rood"));
}

uint32_t street_number_end(const struct search *search, uint32_t i, uint32_t to)
{
    uint32_t end = i + 1;

    if (end < to && search->token[end].gap == GAP_NONE && search->token[end].kind == TOKEN_WORD
        && search->token[end].len <= 3)
        end++;
    if (end + 1 < to && (search_sign(search, end, '-') || search_sign(search, end, '/'))
        && search->token[end].gap == GAP_NONE && search->token[end + 1].gap == GAP_NONE
        && ((search->token[end + 1].kind == TOKEN_NUMBER && search->token[end + 1].len <= 4)
            || (search->token[end + 1].kind == TOKEN_WORD && search->token[end + 1].len <= 4))) {
        end += 2;
        /* 4-W12, 5-unit 3 */
        if (end < to && search->token[end].kind == TOKEN_NUMBER && search->token[end].len <= 3
            && (!search->token[end].gap
                || (search->token[end].gap == GAP_BLANK && search_word(search, end - 1, "unit"))))
            end++;
    }
    while (end < to && search->token[end].gap == GAP_BLANK && search->token[end].kind == TOKEN_WORD
        && is_addition_word(search, end)) {
        const struct token *token = &search->token[end];

        /* "23 a" is an addition, "23 in" or "23 a day" is not */
        if (token->len == 1 && token->shape == SHAPE_LOWER
            && search->token[end + 1].kind == TOKEN_WORD && search->token[end + 1].gap == GAP_BLANK
            && search->token[end + 1].shape == SHAPE_LOWER)
            break;
        end++;
        /* "5 A-bis" */
        if (end + 1 < to && search_sign(search, end, '-') && !search->token[end].gap
            && !search->token[end + 1].gap && is_addition_word(search, end + 1))
            end += 2;
        else if (end + 1 < to && search_sign(search, end, '-') && !search->token[end].gap
            && !search->token[end + 1].gap && search->token[end + 1].kind == TOKEN_NUMBER
            && search->token[end + 1].len <= 3)
            end += 2;
        if (end < to && search->token[end].kind == TOKEN_NUMBER && search->token[end].len <= 3
            && search->token[end].gap <= GAP_BLANK
            && (search_word(search, end - 1, "bus") || search_word(search, end - 1, "app")
                || search_word(search, end - 1, "box")))
            end++;
    }
    if (comma_addition(search, end, to))
        end += 2;
    return end;
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
        "veen", "polder", "bolwerk", "kwartier", "sluis", "brug", "strasse" };
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
        "leane", "dyk", "strasse", "straatje", "dijkje", "pleintje", "laantje", "steegje", "paadje",
        "weggetje" };

    for (size_t k = 0; k < COUNT(ends); k++)
        if (search_ends(search, i, ends[k]))
            return true;
    return false;
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

/* Whether a listed street starts with at most three words before this lower-case one. */
static bool listed_from(const struct search *search, uint32_t tuss, uint32_t last)
{
    for (uint32_t n = 0, from = tuss; n < 4 && from > 0; n++) {
        from--;
        if (search->token[from].gap >= GAP_LINE && n)
            break;
        if (search->token[from].kind != TOKEN_WORD)
            break;
        if (search->token[from].shape != SHAPE_LOWER && listed_street(search, from, last + 1))
            return true;
    }
    return search_word(search, tuss, "de") || search_word(search, tuss, "den")
        || search_word(search, tuss, "t");
}

/* The words before a street's last word that belong to it: "Burgemeester de Vlugt". */
static uint32_t street_start(const struct search *search, uint32_t last)
{
    uint32_t from = last, taken = 0;

    while (from > 0 && taken < 5 && search->token[from].gap != GAP_PARAGRAPH
        && search->token[from].gap != GAP_LINE) {
        uint32_t before = from - 1;
        const struct token *token = &search->token[before];

        if (token->claim || token->guard)
            break;
        if (token->kind == TOKEN_SIGN) {
            if (!((token->sign == '.' || token->sign == '-' || token->sign == '+'
                      || token->sign == '\'')
                    && before > 0 && !token->gap && search->token[before - 1].kind == TOKEN_WORD
                    && (token->sign != '.' || search->token[before - 1].len <= 4)))
                break;
            from = before;
            continue;
        }
        if (token->kind == TOKEN_NUMBER) {
            /* "1e Jan van der Heijdenstraat" has its e glued; a number before is no part */
            break;
        }
        if (token->shape == SHAPE_LOWER && FEATURE_CLASS(token->feature) != CLASS_TUSS)
            break;
        if (token->shape == SHAPE_LOWER && !listed_from(search, before, last))
            break;
        if (token->shape == SHAPE_LOWER && before > 0
            && search->token[before - 1].shape == SHAPE_LOWER
            && FEATURE_CLASS(search->token[before - 1].feature) != CLASS_TUSS)
            break;
        /* "It Heechhout", "Achter de Kerk": where a cell or a line begins */
        if ((search_word(search, before, "it") || search_word(search, before, "achter")
                || search_word(search, before, "onder") || search_word(search, before, "op"))
            && token->shape == SHAPE_CAPITAL
            && (before == 0 || token->gap >= GAP_LINE
                || search->token[before - 1].kind == TOKEN_SIGN)) {
            from = before;
            break;
        }
        if (token->feature & FEATURE_NOTNAME && FEATURE_CLASS(token->feature) != CLASS_TUSS)
            break;
        if (FEATURE_KEY(token->feature) == KEY_ADDRESS
            || FEATURE_CLASS(token->feature) == CLASS_GREET)
            break;
        from = before;
        taken++;
    }
    while (from < last
        && (search->token[from].kind == TOKEN_SIGN
            || (search->token[from].shape == SHAPE_LOWER
                && FEATURE_CLASS(search->token[from].feature) == CLASS_TUSS
                && !search_word(search, from, "de") && !search_word(search, from, "het")
                && !search_word(search, from, "t") && !search_word(search, from, "den"))))
        from++;
    return from;
}

/* "Laan van Nieuw Oost-Einde": the kind of street stands first. Gives `from` when it does not. */
static uint32_t street_head(const struct search *search, uint32_t from, uint32_t last)
{
    for (uint32_t k = last, n = 0; k > 0 && n < 8 && search->token[k].gap < GAP_LINE; k--, n++) {
        const struct token *token = &search->token[k - 1];

        if (token->claim || token->guard
            || (token->kind == TOKEN_SIGN ? token->sign != '-'
                                          : token->kind == TOKEN_NUMBER
                        || (token->shape == SHAPE_LOWER
                            && FEATURE_CLASS(token->feature) != CLASS_TUSS)))
            break;
        if (is_street_word(search, k - 1) && FEATURE_CLASS(search->token[k].feature) == CLASS_TUSS)
            return k - 1;
    }
    return from;
}

/* Firms give their office: "Koning Zaaksystemen B.V., Industrieweg 12" */
static bool of_firm(const struct search *search, uint32_t i)
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
        if (token->claim == REDACT_PERSON)
            return false;
        if (k - 1 < from && search->token[k].gap >= GAP_LINE && ++lines > 1)
            return false;
        if (search->token[k].gap == GAP_PARAGRAPH)
            return false;
    }
    return false;
}

static bool near_address_word(const struct search *search, uint32_t i)
{
    for (uint32_t k = i > 8 ? i - 8 : 0; k < i; k++) {
        enum key key = search->token[k].kind == TOKEN_WORD ? keyname_word(search, k) : KEY_NONE;

        if (key == KEY_ADDRESS || search_word(search, k, "woont")
            || search_word(search, k, "vinden") || search_word(search, k, "bezorgen")
            || search_word(search, k, "household") || search_word(search, k, "woon")
            || search_word(search, k, "lives") || search_word(search, k, "wonen"))
            return true;
    }
    return false;
}

static void take_dutch(struct search *search, uint32_t number)
{
    uint32_t last = number, from, end, postcode, head;
    const struct token *token = &search->token[number];
    bool good, follows;

    if (token->len > 5 || number == 0 || token->gap == GAP_PARAGRAPH)
        return;
    if (token->gap == GAP_NONE
        && !(search_sign(search, number - 1, '+') || search_sign(search, number - 1, '_')
            || search_sign(search, number - 1, ',') || search_sign(search, number - 1, '|')
            || search_sign(search, number - 1, '-') || search_sign(search, number - 1, '\t')
            || search_sign(search, number - 1, '^')))
        return;
    last = number - 1;
    for (uint32_t n = 0; n < 3 && last > 0
         && (search_sign(search, last, '+') || search_sign(search, last, ',')
             || search_sign(search, last, '_') || search_sign(search, last, '"')
             || search_sign(search, last, '.') || search_sign(search, last, '\t')
             || search_sign(search, last, '|') || search_sign(search, last, '^')
             || search_sign(search, last, '(') || search_word(search, last, "nr")
             || search_word(search, last, "nummer") || search_word(search, last, "huisnummer")
             || search_word(search, last, "no"));
         n++)
        last--;
    if (search->token[last].kind != TOKEN_WORD || search->token[last].claim
        || search->token[last].shape == SHAPE_LOWER) {
        if (!(search->token[last].kind == TOKEN_WORD && sure_street_end(search, last)
                && !search->token[last].claim && !FEATURE_COMMON(search->token[last].feature)
                && !search->token[last].guard))
            return;
    }
    from = street_start(search, last);
    head = street_head(search, from, last);
    from = head < from ? head : from;
    end = street_number_end(search, number, search->count);
    /* "Laan van Nieuw Zandmeer 1024": the whole line, when a postcode follows */
    if (end < search->count && street_is_postcode(search, end, &postcode)) {
        uint32_t line = search_line_start(search, last), k = line;

        while (k < from && last - line < 7 && search->token[k].kind == TOKEN_WORD
            && !search->token[k].claim
            && (search->token[k].shape != SHAPE_LOWER
                || FEATURE_CLASS(search->token[k].feature) == CLASS_TUSS))
            k++;
        if (k == from)
            from = line;
    }
    follows = end < search->count
        && (street_is_postcode(search, end, &postcode)
            || (search_sign(search, end, ',') && street_is_postcode(search, end + 1, &postcode))
            || ((search_sign(search, end, '+') || search_sign(search, end, ';')
                    || search_sign(search, end, '|'))
                && street_is_postcode(search, end + 1, &postcode))
            || (search_sign(search, end, '\'') && street_is_postcode(search, end + 3, &postcode)));
    /* no unit, time, date, version, share */
    if (end < search->count && search->token[end].gap == GAP_NONE
        && search->token[end].kind == TOKEN_SIGN
        && (strchr("%=/", search->token[end].sign)
            || (search->token[end].sign == ':' && !search->token[end + 1].gap)))
        return;
    if (search_sign(search, end, '.') && !search->token[end].gap
        && search->token[end + 1].kind == TOKEN_NUMBER && !search->token[end + 1].gap)
        return;
    if (end < search->count && search->token[end].gap == GAP_BLANK
        && FEATURE_CLASS(search->token[end].feature) == CLASS_MONTH
        && search->token[number].len <= 2 && !sure_street_end(search, last))
        return;
    good = sure_street_end(search, last)
        || (from < last
            && (is_street_word(search, last) || (head == from && is_street_word(search, from))))
        || FEATURE_CLASS(search->token[last].feature) == CLASS_STREET
        || (search->token[last].feature & FEATURE_STREET
            && (!FEATURE_COMMON(search->token[last].feature) || follows
                || near_address_word(search, from)))
        || (last > from && listed_street(search, from, last + 1)) || follows
        || ((has_street_end(search, last) || search->token[last].feature & FEATURE_STREET)
            && near_address_word(search, from));
    if (good && !follows && FEATURE_CLASS(search->token[last].feature) == CLASS_STREET
        && from == last && search->token[last].shape == SHAPE_CAPITAL
        && !(search->token[last].feature & FEATURE_STREET)
        && FEATURE_COMMON(search->token[last].feature) > 5)
        return;
    if (!good && has_street_end(search, last) && !FEATURE_COMMON(search->token[last].feature)
        && !(search->token[last].feature & (FEATURE_TECH | FEATURE_PLACE))
        && !FEATURE_SURNAME(search->token[last].feature) && token->len <= 3)
        good = true;
    if (!good || search->token[last].feature & (FEATURE_TECH | FEATURE_NOTNAME))
        return;
    if (of_firm(search, from))
        return;
    if (!search_claim(
            search, from, end, REDACT_ADDRESS, RULE_GRAMMAR, follows ? 95 : 85, GUARD_SOFT)
        && from < last)
        search_claim(search, last, end, REDACT_ADDRESS, RULE_GRAMMAR, 80, GUARD_SOFT);
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
        if (words && (FEATURE_CLASS(token->feature) == CLASS_STREET || is_street_word(search, k))) {
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
            if (!of_firm(search, from))
                search_claim(search, from, k + 1, REDACT_ADDRESS, RULE_GRAMMAR, 88, GUARD_SOFT);
            return;
        }
    }
}

static void take_postbox(struct search *search, uint32_t i)
{
    uint32_t number = i + 1;

    if (search_word(search, i, "po") && search_word(search, i + 1, "box"))
        number = i + 2;
    if (search->token[number].kind != TOKEN_NUMBER || number >= search->count
        || search->token[number].gap > GAP_BLANK || of_firm(search, i))
        return;
    for (uint32_t k = i > 12 ? i - 12 : 0; k < i; k++)
        if (search->token[k].feature & FEATURE_ORG && search->token[k].shape != SHAPE_LOWER
            && search->token[k].claim != REDACT_PERSON)
            return;
    search_claim(search, i, number + 1, REDACT_ADDRESS, RULE_GRAMMAR, 75, GUARD_SOFT);
}

/* "Bosweg elf", "Kanaalstr. nr eleven b": the number in words behind what is surely a street. */
static void take_spelled(struct search *search, uint32_t word)
{
    uint32_t last = word - 1, from, end = word;

    if (word == 0 || search->token[word].gap != GAP_BLANK)
        return;
    while (last > 0 && word - last < 3
        && (search_sign(search, last, '.') || search_word(search, last, "nr")
            || search_word(search, last, "nummer")))
        last--;
    if (search->token[last].kind != TOKEN_WORD || search->token[last].claim
        || search->token[last].guard
        || !(sure_street_end(search, last) || search_ends(search, last, "str")
            || search_ends(search, last, "kade")
            || (near_address_word(search, last) && search->token[last].shape != SHAPE_LOWER)))
        return;
    while (end < search->count && end - word < 5
        && ((birth_is_number_word(search, end) && search->token[end].len > 1)
            || (search->token[end].kind == TOKEN_WORD && end > word
                && search->token[end].len == 1)))
        end++;
    if (end == word || FEATURE_COMMON(search->token[last].feature) > 3)
        return;
    from = street_start(search, last);
    if (!of_firm(search, from))
        search_claim(search, from, end, REDACT_ADDRESS, RULE_GRAMMAR, 72, GUARD_SOFT);
}

/* "nummer 7 Trambaan", "nr. 22 van de Hearewei", "8/2 Leith Row": the number before the street. */
static void take_before(struct search *search, uint32_t number)
{
    uint32_t k = street_number_end(search, number, search->count), from = number, street;

    if (from > 0
        && (search_word(search, from - 1, "nummer") || search_word(search, from - 1, "nr")
            || search_word(search, from - 1, "number")))
        from--;
    else if (from > 1 && search_sign(search, from - 1, '.')
        && (search_word(search, from - 2, "nr") || search_word(search, from - 2, "no")))
        from -= 2;
    else
        return;
    for (street = k; street < search->count && street - k < 3
         && (search_word(search, street, "van") || search_word(search, street, "de")
             || search_word(search, street, "het") || search_word(search, street, "aan")
             || search_sign(search, street, ','));
         street++)
        ;
    if (street < search->count && search->token[street].kind == TOKEN_WORD
        && search->token[street].gap == GAP_BLANK && search->token[street].shape == SHAPE_CAPITAL
        && (has_street_end(search, street) || search->token[street].feature & FEATURE_STREET)
        && !of_firm(search, from))
        search_claim(search, from, street + 1, REDACT_ADDRESS, RULE_GRAMMAR, 72, GUARD_SOFT);
}

void street_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t end;

        if (view_lower(token->sign) == 'p'
            && (search_word(search, i, "postbus") || search_word(search, i, "po")))
            take_postbox(search, i);
        if (token->kind != TOKEN_NUMBER || token->claim || token->guard)
            continue;
        if (street_is_postcode(search, i, &end)) {
            bool office = false;

            for (uint32_t k = i > 6 ? i - 6 : 0; k < i; k++)
                office |= search->token[k].guard == GUARD_HARD;
            if (!office && !of_firm(search, i))
                search_claim(search, i, end, REDACT_POSTCODE, RULE_GRAMMAR, 85, GUARD_SOFT);
        }
    }
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if ((token->len > 2) & (token->kind == TOKEN_WORD)
                & ((FEATURE_CLASS(token->feature) == CLASS_NUMBER) | !token->feature)
            && !token->claim && (token->feature || birth_is_number_word(search, i)))
            take_spelled(search, i);
        if (token->kind != TOKEN_NUMBER || token->claim || token->guard)
            continue;
        take_dutch(search, i);
        if (!search->token[i].claim)
            take_english(search, i);
        if (!search->token[i].claim)
            take_before(search, i);
    }
}

/* Behind a name, or on the line below it, a capital with a number is where that person lives. */
static bool beside_person(const struct search *search, uint32_t from)
{
    if (near_address_word(search, from) && from > 0
        && (search_word(search, from - 1, "op") || search_word(search, from - 1, "aan")
            || search_word(search, from - 1, "bij") || search_word(search, from - 1, "to")
            || search_word(search, from - 1, "at") || search->token[from].gap >= GAP_LINE
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
            || FEATURE_CLASS(search->token[from].feature) == CLASS_DEVICE)
            continue;
        end = street_number_end(search, i, search->count);
        if (end < search->count && search->token[end].gap == GAP_NONE
            && (search->token[end].kind != TOKEN_SIGN || strchr(":%=/.", search->token[end].sign))
            && !(search_sign(search, end, '.') && search->token[end + 1].gap))
            continue;
        from = street_start(search, from);
        if (beside_person(search, from))
            search_claim(search, from, end, REDACT_ADDRESS, RULE_CONTEXT, 66, GUARD_SOFT);
    }
}
