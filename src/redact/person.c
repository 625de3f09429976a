#include "redact/person.h"

#include "redact/birth.h"
#include "redact/value.h"

#include <string.h>

enum { PARTS_MOST = 10 };

/* Weights in tenths; what a name needs is at the end. */
enum {
    GIVEN_ONE = 18,
    GIVEN_STEP = 8,
    SURNAME_ONE = 14,
    SURNAME_STEP = 6,
    SEEN_MOSTLY = 18,
    SEEN_MIXED = 4,
    SEEN_OTHER = -14,
    UNKNOWN_WORD = 7,
    COMMON_STEP = -4,
    COMMON_START_STEP = -8,
    OTHER_THING = -32,
    PAIR = 22, /* given name and surname */
    INITIALS = 32,
    TUSS = 16,
    NEEDED = 44,
    NEEDED_ALONE = 46,
};

enum part_kind { PART_WORD, PART_INITIAL, PART_TUSS };

struct part {
    uint32_t from, to; /* with the dot of an initial */
    enum part_kind kind;
};

/* A run of tokens that reads like a name. */
struct run {
    struct part part[PARTS_MOST];
    uint32_t parts, from, to;
    bool comma; /* "Vries, P. de" */
};

static bool upper_word(const struct token *token)
{
    return token->kind == TOKEN_WORD && token->shape != SHAPE_LOWER;
}

static bool open_token(const struct search *search, uint32_t i)
{
    return i < search->count && !search->token[i].claim && search->token[i].guard == GUARD_NONE;
}

static bool is_initial(const struct search *search, uint32_t i, uint32_t *to)
{
    const struct token *token = &search->token[i];

    if (token->kind != TOKEN_WORD || token->len > 3 || !view_upper(token->sign))
        return false;
    if (search_sign(search, i + 1, '.') && !search->token[i + 1].gap) {
        if (token->len > 1
            && !(search_word(search, i, "th") || search_word(search, i, "chr")
                || search_word(search, i, "joh") || search_word(search, i, "ph")
                || search_word(search, i, "ij") || search_word(search, i, "fr")
                || search_word(search, i, "st") || search_word(search, i, "yu")
                || search_word(search, i, "sj") || search_word(search, i, "tj")))
            return false;
        *to = i + 2;
        return true;
    }
    /* "J Jansen", "JT Lammertsma" */
    if (token->len == 1 && search->token[i + 1].gap == GAP_BLANK
        && (upper_word(&search->token[i + 1])
            || FEATURE_CLASS(search->token[i + 1].feature) == CLASS_TUSS)) {
        *to = i + 1;
        return true;
    }
    return false;
}

/* Words that end or never start a name. */
static bool is_stop(const struct token *token)
{
    enum word_class class = FEATURE_CLASS(token->feature);

    if (token->feature & (FEATURE_NOTNAME | FEATURE_LEGAL))
        return true;
    if (class == CLASS_GREET || class == CLASS_TITLE || class == CLASS_DEVICE)
        return !(FEATURE_GIVEN(token->feature) >= 2);
    return class == CLASS_SIGN && !FEATURE_GIVEN(token->feature);
}

static bool joins_line(const struct search *search, uint32_t i)
{
    const struct token *before = &search->token[i - 1];

    /* a wrap inside a sentence, not the end of a list's line */
    if (search->token[i].gap != GAP_LINE || before->kind != TOKEN_WORD)
        return search->token[i].gap == GAP_LINE && before->kind == TOKEN_SIGN
            && (before->sign == '-' || before->sign == '.');
    {
        uint32_t start = search_line_start(search, i - 1);
        uint32_t width = search_end_pos(search, i - 1) - search->token[start].pos;

        return width > 45;
    }
}

/*
 * "in", "op", "bij" and the like are tussenvoegsels only before 't, de or den and a surname:
 * "in 't Veld", "op den Kamp"; else they are prepositions.
 */
static bool is_preposition(const struct search *search, uint32_t i, bool inside)
{
    static const char *const words[] = { "in", "op", "uit", "bij", "aan", "onder", "over", "voor",
        "het", "los", "la", "le", "d", "do", "lo", "ben", "af", "av", "te" };
    uint32_t next = i + 1;
    bool listed = false;

    for (size_t k = 0; k < COUNT(words); k++)
        listed |= search_word(search, i, words[k]);
    if (search_word(search, i, "v") || search_word(search, i, "d"))
        return !search_sign(search, i + 1, '.') || search->token[i + 1].gap;
    if (!listed || search_word(search, i, "la") || search_word(search, i, "le")
        || search_word(search, i, "ben"))
        return false;
    if (search_sign(search, next, '\'') && search_word(search, next + 1, "t"))
        return false;
    if (search_sign(search, i - 1, '\''))
        return false;
    if (!inside
        || !(search_word(search, next, "de") || search_word(search, next, "den")
            || search_word(search, next, "der") || search_word(search, next, "het")))
        return true;
    next++;
    return !(upper_word(&search->token[next]) && FEATURE_SURNAME(search->token[next].feature)
        && !(search->token[next].feature & FEATURE_STREET)
        && FEATURE_COMMON(search->token[next].feature) < 5);
}

/* Reads the run that starts at token i; false when none does. */
static bool read_run(const struct search *search, uint32_t i, struct run *run)
{
    uint32_t k = i, to;

    *run = (struct run) { .from = i, .to = i };
    while (run->parts < PARTS_MOST && open_token(search, k)) {
        const struct token *token = &search->token[k];
        bool linked = k == i || token->gap == GAP_BLANK
            || (token->gap == GAP_LINE
                && (joins_line(search, k) || (i > 0 && search_sign(search, i - 1, '"'))))
            || (token->gap == GAP_NONE
                && (token->kind == TOKEN_SIGN || search->token[k - 1].kind == TOKEN_SIGN));

        if (!linked)
            break;
        if (token->kind != TOKEN_WORD) {
            /* dashes and apostrophes inside: Appel-Kappers, O'Brien, 't Hart, "Sluys - Modderman"
             */
            bool dash = token->sign == '-' && run->parts
                && run->part[run->parts - 1].kind == PART_WORD
                && (upper_word(&search->token[k + 1])
                    || FEATURE_CLASS(search->token[k + 1].feature) == CLASS_TUSS)
                && (token->gap == GAP_NONE ? search->token[k + 1].gap == GAP_NONE
                                           : search->token[k + 1].gap == GAP_BLANK
                            && run->parts >= 2 && FEATURE_SURNAME(search->token[k + 1].feature));
            bool apostrophe = token->sign == '\'' && search->token[k + 1].kind == TOKEN_WORD
                && !search->token[k + 1].gap
                && ((search->token[k + 1].len == 1
                        && (view_lower(search->token[k + 1].sign) == 't'
                            || view_lower(search->token[k + 1].sign) == 's')
                        && search->token[k + 2].gap)
                    || (run->parts && !token->gap && search->token[k - 1].len <= 2
                        && upper_word(&search->token[k + 1])));
            bool under = (token->sign == '_' || token->sign == '+') && run->parts && !token->gap
                && !search->token[k + 1].gap
                && (upper_word(&search->token[k + 1])
                    || FEATURE_CLASS(search->token[k + 1].feature) == CLASS_TUSS);

            if (!dash && !apostrophe && !under)
                break;
            k++;
            continue;
        }
        if (is_initial(search, k, &to)) {
            run->part[run->parts++] = (struct part) { k, to, PART_INITIAL };
            k = run->to = to;
            /* "G. en T. Osinga" */
            if ((search_word(search, k, "en") || search_word(search, k, "and")
                    || search_sign(search, k, '&'))
                && is_initial(search, k + 1, &to) && run->parts < PARTS_MOST) {
                run->part[run->parts++] = (struct part) { k, k + 1, PART_TUSS };
                k++;
            }
            continue;
        }
        if (FEATURE_CLASS(token->feature) == CLASS_TUSS
            && !is_preposition(search, k, run->parts > 0)
            && (run->parts || token->shape != SHAPE_LOWER || search_sign(search, k - 1, '\''))) {
            to = k + 1;
            if (search_sign(search, to, '.') && !search->token[to].gap
                && token->len <= 2) /* v. d. */
                to++;
            if (search_sign(search, to, '/')
                && FEATURE_CLASS(search->token[to + 1].feature) == CLASS_TUSS)
                to += 2;
            run->part[run->parts++] = (struct part) { k, to, PART_TUSS };
            k = to;
            continue;
        }
        if (!upper_word(token) || is_stop(token))
            break;
        if (k > i && token->gap == GAP_LINE && search->token[k - 1].kind == TOKEN_WORD
            && run->part[run->parts - 1].kind == PART_WORD && run->parts >= 2)
            break;
        run->part[run->parts++] = (struct part) { k, k + 1, PART_WORD };
        k = run->to = k + 1;
        /* a possessive: Jan's */
        if (search_sign(search, k, '\'') && search_word(search, k + 1, "s")
            && !search->token[k].gap)
            break;
    }
    while (run->parts && run->part[run->parts - 1].kind == PART_TUSS)
        run->parts--;
    if (!run->parts)
        return false;
    run->to = run->part[run->parts - 1].to;
    /* inverted: "Vries, P. de", "Tamminga,Ulbe", "Wisniewska, Z." */
    if (run->parts <= 4 && search_sign(search, run->to, ',')
        && run->part[run->parts - 1].kind == PART_WORD) {
        uint32_t c = run->to + 1, initials = 0, given = 0;

        while (run->parts < PARTS_MOST && open_token(search, c) && search->token[c].gap <= GAP_BLANK
            && is_initial(search, c, &to) && to > c + 1) {
            run->part[run->parts++] = (struct part) { c, to, PART_INITIAL };
            c = to;
            initials++;
        }
        if (!initials)
            while (run->parts < PARTS_MOST && open_token(search, c)
                && search->token[c].gap <= GAP_BLANK && upper_word(&search->token[c])
                && FEATURE_GIVEN(search->token[c].feature) && !is_stop(&search->token[c])
                && given < 3
                && (!FEATURE_COMMON(search->token[c].feature)
                    || FEATURE_GIVEN(search->token[c].feature) > 1)) {
                run->part[run->parts++] = (struct part) { c, c + 1, PART_WORD };
                c++;
                given++;
            }
        if (given
            && !(FEATURE_SURNAME(search->token[run->part[0].from].feature)
                || FEATURE_CLASS(search->token[run->from].feature) == CLASS_TUSS
                || (!search->token[run->part[0].from].feature
                    && (run->from == 0 || search->token[run->from].gap >= GAP_LINE
                        || search->token[run->from - 1].kind == TOKEN_SIGN)))) {
            run->parts -= given;
            given = 0;
        }
        /* "Klaas Jan Huntelaar, Bep van Vliet" is one too */
        if (given && open_token(search, c) && FEATURE_CLASS(search->token[c].feature) == CLASS_TUSS
            && (upper_word(&search->token[c + 1])
                || FEATURE_CLASS(search->token[c + 1].feature) == CLASS_TUSS)) {
            run->parts -= given;
            given = 0;
        }
        /* "Jan Peters, Piet Klaassen": given names before the comma */
        if (given && run->parts - given >= 2
            && FEATURE_GIVEN(search->token[run->part[0].from].feature)
            && run->part[0].kind == PART_WORD && run->part[1].kind == PART_WORD) {
            run->parts -= given;
            given = 0;
        }
        /* "Jan, Piet, Klaas" is a list */
        if (given && search_sign(search, c, ',') && open_token(search, c + 1)
            && upper_word(&search->token[c + 1])) {
            run->parts -= given;
            given = 0;
        }
        if (initials || given) {
            while (open_token(search, c) && search->token[c].gap == GAP_BLANK
                && search->token[c].shape == SHAPE_LOWER
                && FEATURE_CLASS(search->token[c].feature) == CLASS_TUSS && run->parts < PARTS_MOST
                && !search_word(search, c, "in") && !search_word(search, c, "aan")
                && !search_word(search, c, "op") && !search_word(search, c, "bij")
                && !search_word(search, c, "voor")
                && (!upper_word(&search->token[c + 1])
                    || FEATURE_CLASS(search->token[c + 1].feature) == CLASS_TUSS)) {
                run->part[run->parts++] = (struct part) { c, c + 1, PART_TUSS };
                c++;
            }
            run->to = c;
            run->comma = true;
        }
    }
    return true;
}

static bool starts_sentence(const struct search *search, uint32_t i)
{
    if (i == 0 || search->token[i].gap >= GAP_PARAGRAPH)
        return true;
    if (search->token[i].gap == GAP_LINE)
        return search->token[i - 1].kind == TOKEN_SIGN || !joins_line(search, i);
    return search->token[i].gap && search->token[i - 1].kind == TOKEN_SIGN
        && strchr(".!?:*-\"|>", search->token[i - 1].sign)
        && !(search->token[i - 1].sign == '.' && i > 1
            && (search->token[i - 2].len == 1
                || FEATURE_CLASS(search->token[i - 2].feature) == CLASS_TITLE));
}

/* McDonald, DeVries, VanDijk */
static bool is_mixed_name(const struct search *search, const struct token *token)
{
    static const char *const starts[] = { "Mc", "Mac", "De", "Van", "Den", "Ter", "Ten", "El", "Al",
        "Di", "La", "Le", "O", "IJ", "Fitz" };
    const uint8_t *text = search->view.ch + token->pos;

    for (size_t i = 0; i < COUNT(starts); i++) {
        size_t len = strlen(starts[i]);

        if (token->len > len + 1 && memcmp(text, starts[i], len) == 0
            && (view_upper(text[len]) || strcmp(starts[i], "IJ") == 0))
            return true;
    }
    return false;
}

/* Evidence of one word of a run, in tenths. */
static int weigh_word(const struct search *search, uint32_t i, bool start, bool shouted)
{
    const struct token *token = &search->token[i];
    uint32_t f = token->feature;
    int weight = 0, names = 0;

    if (FEATURE_GIVEN(f)) {
        names = GIVEN_ONE + GIVEN_STEP * (int)(FEATURE_GIVEN(f) - 1);
        weight = names;
    }
    if (FEATURE_SURNAME(f)) {
        int surname = SURNAME_ONE + SURNAME_STEP * (int)(FEATURE_SURNAME(f) - 1);

        weight = names ? (names > surname ? names : surname) + 4 : surname;
    }
    if (FEATURE_SEEN(f) == 3)
        weight += SEEN_MOSTLY;
    else if (FEATURE_SEEN(f) == 2)
        weight += SEEN_MIXED;
    else if (FEATURE_SEEN(f) == 1)
        weight += SEEN_OTHER;
    if (!f && token->len > 2)
        weight += shouted ? 0 : UNKNOWN_WORD;
    if (FEATURE_SEEN(f) != 3)
        weight += (int)FEATURE_COMMON(f) * (start || shouted ? COMMON_START_STEP : COMMON_STEP);
    else
        weight += (int)FEATURE_COMMON(f) * (start ? COMMON_STEP : 0);
    if (f & (FEATURE_TECH | FEATURE_ORG))
        weight += OTHER_THING;
    if (f & (FEATURE_ROLE | FEATURE_PLACE) && FEATURE_SEEN(f) != 3)
        weight += f & FEATURE_ROLE && !FEATURE_GIVEN(f) ? OTHER_THING / 2 : -8;
    if (FEATURE_CLASS(f) == CLASS_MONTH || FEATURE_CLASS(f) == CLASS_INFRA
        || FEATURE_CLASS(f) == CLASS_NUMBER)
        weight -= 12;
    /* "2 June 2025" */
    if (FEATURE_CLASS(f) == CLASS_MONTH
        && (token[1].kind == TOKEN_NUMBER || (i > 0 && token[-1].kind == TOKEN_NUMBER)))
        weight -= 60;
    if (token->shape == SHAPE_MIXED && !is_mixed_name(search, token))
        weight -= 24; /* MailJet, okHttp */
    if (search->view.ch[token->pos] >= 0x80 || search->view.ch[token->pos + token->len - 1] >= 0x80)
        weight += 22; /* another alphabet, in a text of ours */
    if (token->shape == SHAPE_UPPER && !shouted && token->len <= 4)
        weight -= 16; /* an abbreviation */
    if (FEATURE_KEY(f) && !FEATURE_GIVEN(f) && FEATURE_SEEN(f) != 3)
        weight -= 12;
    return weight;
}

/* A line in capitals: they tell nothing then. */
static bool in_shouting(const struct search *search, uint32_t i)
{
    uint32_t from = search_line_start(search, i), to = search_line_end(search, i), upper = 0,
             lower = 0;

    if (search->token[i].shape != SHAPE_UPPER)
        return false;
    for (uint32_t k = from; k < to; k++)
        if (search->token[k].kind == TOKEN_WORD && search->token[k].len > 2) {
            upper += search->token[k].shape == SHAPE_UPPER;
            lower += search->token[k].shape != SHAPE_UPPER;
        }
    return upper > 2 && upper > 2 * lower;
}

/* What stands before a name, in tenths. */
static int weigh_before(const struct search *search, uint32_t from)
{
    uint32_t i = from;
    const struct token *token;

    if (i == 0 || search->token[i].gap == GAP_PARAGRAPH)
        return 0;
    i--;
    if ((search_sign(search, i, '.') || search_sign(search, i, ':') || search_sign(search, i, '"')
            || search_sign(search, i, '\'') || search_sign(search, i, '_')
            || search_sign(search, i, '(') || search_sign(search, i, ','))
        && i > 0)
        i--;
    token = &search->token[i];
    if (token->kind != TOKEN_WORD)
        return 0;
    switch (FEATURE_CLASS(token->feature)) {
    case CLASS_TITLE:
        return search_word(search, i, "in") ? 0 : 50;
    case CLASS_RELATION:
        return 30;
    case CLASS_GREET:
        if (i == 0 || search->token[i].gap >= GAP_LINE || search->token[i - 1].kind == TOKEN_SIGN)
            return search_word(search, i, "aan") ? 20 : 38;
        return 0;
    case CLASS_INTRO:
        return search_word(search, i, "naam") || search_word(search, i, "name") ? 20 : 34;
    case CLASS_SAY:
        return 14;
    default:
        break;
    }
    if ((search_word(search, i, "is") || search_word(search, i, "s")) && i > 1
        && (search_word(search, i - 1, "naam") || search_word(search, i - 1, "name")))
        return 44;
    if (search_word(search, i, "ben") || search_word(search, i, "am")
        || search_word(search, i, "m"))
        return 26;
    if (search_word(search, i, "ik"))
        return 20;
    if (search_word(search, i, "ene"))
        return 36;
    if (search_word(search, i, "door") || search_word(search, i, "by")
        || search_word(search, i, "namens") || search_word(search, i, "cc")
        || search_word(search, i, "met") || search_word(search, i, "with")
        || search_word(search, i, "from") || search_word(search, i, "van")
        || search_word(search, i, "of") || search_word(search, i, "aan")
        || search_word(search, i, "to") || search_word(search, i, "voor")
        || search_word(search, i, "for") || search_word(search, i, "en")
        || search_word(search, i, "and"))
        return 4;
    if (search_word(search, i, "de") || search_word(search, i, "het")
        || search_word(search, i, "een") || search_word(search, i, "the")
        || search_word(search, i, "a") || search_word(search, i, "an")
        || search_word(search, i, "deze") || search_word(search, i, "dit")
        || search_word(search, i, "this") || search_word(search, i, "in"))
        return -16;
    return 0;
}

/* Naam.docx: the end of a file's name says nothing against a name before it. */
static bool is_file_end(const struct search *search, uint32_t i)
{
    static const char *const ends[] = { "pdf", "doc", "docx", "xls", "xlsx", "csv", "txt", "jpg",
        "jpeg", "png", "msg", "eml", "zip", "odt", "rtf", "heic", "mp", "mov", "vcf", "ppt", "pptx",
        "tif", "gif" };

    for (size_t k = 0; k < COUNT(ends); k++)
        if (search_word(search, i, ends[k]))
            return true;
    return false;
}

/* What stands after a name, in tenths. */
static int weigh_after(const struct search *search, uint32_t to)
{
    const struct token *token = &search->token[to], *next = token + 1;
    int weight = 0;

    if (to >= search->count)
        return 0;
    if (token->kind == TOKEN_WORD && token->gap == GAP_BLANK) {
        if (token->feature & FEATURE_LEGAL && token->shape != SHAPE_LOWER)
            return -80;
        if (token->feature & (FEATURE_ORG | FEATURE_TECH) && token->shape != SHAPE_LOWER)
            return -40;
        /* "Apollo Server 2.9.7", "Turbo Pascal 7.0" */
        if (token->shape != SHAPE_LOWER && next->kind == TOKEN_NUMBER && next->gap == GAP_BLANK
            && search_sign(search, to + 2, '.') && !search->token[to + 2].gap)
            return -60;
        if (FEATURE_CLASS(token->feature) == CLASS_SAY)
            weight += 16;
        if (search_word(search, to, "heeft") || search_word(search, to, "is")
            || search_word(search, to, "was") || search_word(search, to, "has")
            || search_word(search, to, "had") || search_word(search, to, "werkt")
            || search_word(search, to, "woont") || search_word(search, to, "uit")
            || search_word(search, to, "lives") || search_word(search, to, "works")
            || search_word(search, to, "noticed") || search_word(search, to, "kan")
            || search_word(search, to, "wil") || search_word(search, to, "heet")
            || search_word(search, to, "keek") || search_word(search, to, "zag"))
            weight += 5;
    }
    if (token->kind == TOKEN_NUMBER && token->gap == GAP_BLANK && !token->claim
        && search_sign(search, to + 1, '.') && search->token[to + 2].kind == TOKEN_NUMBER)
        weight -= 40; /* a version */
    else if (token->kind == TOKEN_NUMBER && token->gap == GAP_BLANK && !token->claim
        && token->len <= 2 && search->token[to + 1].gap)
        weight -= 8;
    if (token->kind == TOKEN_SIGN) {
        if (token->sign == '/' && !token->gap)
            weight -= 20;
        if ((token->sign == '(' || token->sign == '<' || token->sign == ',' || token->sign == '-'
                || token->sign == ':')
            && next->claim && next->claim != REDACT_CREDENTIAL)
            weight += 18;
        if (token->sign == '\'' && !token->gap && search_word(search, to + 1, "s"))
            weight += 6;
        if (token->sign == '.' && !token->gap && next->kind == TOKEN_WORD && !next->gap
            && (next->shape == SHAPE_LOWER))
            weight -= is_file_end(search, to + 1) ? 0 : 12; /* Class.method */
        if (token->sign == '(' && !token->gap)
            weight -= 24;
        if (token->sign == '=' || token->sign == '{' || token->sign == '[')
            weight -= token->gap ? 10 : 100;
        if (token->sign == ':' && !token->gap && search->token[to - 1].shape != SHAPE_LOWER
            && search->token[to + 1].kind == TOKEN_NUMBER)
            weight -= 30; /* a header: "Age: 3600" */
        if (token->sign == '-' && !token->gap && search->token[to + 1].kind == TOKEN_WORD
            && search->token[to + 1].shape == SHAPE_LOWER)
            weight -= 20; /* "Age-header" */
    }
    if (token->claim == REDACT_EMAIL || token->claim == REDACT_PHONE)
        weight += 18;
    /* B.V., N.V. */
    if (token->kind == TOKEN_WORD && token->len == 1 && (token->sign == 'B' || token->sign == 'N')
        && search_sign(search, to + 1, '.') && search_word(search, to + 2, "v"))
        return -80;
    return weight;
}

static bool whole_line(const struct search *search, uint32_t from, uint32_t to)
{
    return (from == 0 || search->token[from].gap >= GAP_LINE)
        && (to >= search->count || search->token[to].gap >= GAP_LINE
            || (search_sign(search, to, ',') && search->token[to + 1].gap >= GAP_LINE));
}

/* Dates beside a name: "Harmke ter Veen (v), 28-08-1990" is a date of birth. */
static void take_birth(struct search *search)
{
    for (uint32_t i = 1; i + 2 < search->count; i++) {
        uint32_t end, k = i;
        bool person = false;

        if (search->token[i].kind != TOKEN_NUMBER || search->token[i].claim
            || search->token[i].guard || search->token[i].gap >= GAP_LINE)
            continue;
        end = birth_date_end(search, i, search->count, false);
        if (end == i || birth_year(search, i, end) > 2012)
            continue;
        for (uint32_t n = 0; n < 6 && k > 0 && search->token[k].gap < GAP_LINE; n++, k--) {
            const struct token *before = &search->token[k - 1];

            if (before->claim == REDACT_PERSON || before->claim == REDACT_BSN) {
                person = true;
                break;
            }
            if (before->kind != TOKEN_SIGN && before->len > 1)
                break;
        }
        if (person)
            search_claim(search, i, end, REDACT_DOB, RULE_CONTEXT, 72, GUARD_SOFT);
        i = end - 1;
    }
}

static bool near_end(const struct search *search, uint32_t to)
{
    return search->count - to <= 30;
}

/* Two capitalised words beside each other, neither in capitals throughout nor mixed. */
static bool both_capitals(const struct search *search, const struct run *run)
{
    const struct token *one = &search->token[run->part[0].from],
                       *two = &search->token[run->part[1].from];

    return run->part[0].kind == PART_WORD && run->part[1].kind == PART_WORD
        && one->shape == SHAPE_CAPITAL && two->shape == SHAPE_CAPITAL && two->gap == GAP_BLANK
        && !(two[1].shape != SHAPE_LOWER && two[1].kind == TOKEN_WORD && two[1].gap == GAP_BLANK);
}

/* "Rachid Belhaj van Belvedere Wonen", "Piet Jansen van Enschede": the name ends before "van". */
static void cut_place(const struct search *search, struct run *run)
{
    uint32_t words = 0;

    for (uint32_t p = 0; p < run->parts && !run->comma; p++) {
        uint32_t before, next;

        if (run->part[p].kind == PART_WORD) {
            words++;
            continue;
        }
        if (run->part[p].kind != PART_TUSS || words < 2 || p + 1 >= run->parts)
            continue;
        before = search->token[run->part[p - 1].from].feature;
        next = search
                   ->token[run->part[run->part[p + 1].kind == PART_TUSS && p + 2 < run->parts
                                      ? p + 2
                                      : p + 1]
                               .from]
                   .feature;
        if ((FEATURE_GIVEN(before) && !FEATURE_SURNAME(before)) || FEATURE_GIVEN(before) >= 2)
            continue;
        if (next & (FEATURE_PLACE | FEATURE_ORG | FEATURE_TECH | FEATURE_ROLE | FEATURE_NOTNAME)
            || FEATURE_COMMON(next) >= 3 || !next) {
            run->parts = p;
            run->to = run->part[p - 1].to;
            return;
        }
    }
}

/* "Gerrit jr.", "H. van Rossum sr." */
static uint32_t suffix_end(const struct search *search, uint32_t to)
{
    if (to < search->count && search->token[to].gap == GAP_BLANK && !search->token[to].claim
        && (search_word(search, to, "jr") || search_word(search, to, "sr")
            || search_word(search, to, "junior") || search_word(search, to, "senior")
            || search_word(search, to, "jnr") || search_word(search, to, "snr")))
        return to + 1;
    return to;
}

/* Scores a run, and claims it when it is a name. Gives one past what was used. */
static uint32_t judge(struct search *search, struct run *run)
{
    int score = 0, best = -100;
    uint32_t words = 0, initials = 0, tuss = 0, givens = 0, surnames = 0, things = 0, unknown = 0;
    bool shouted = in_shouting(search, run->from), start = starts_sentence(search, run->from);
    uint32_t from, to;
    int needed, before, after;

    /* leading words that start the sentence and are no name: "Volgens Jan", "Ook Piet" */
    for (;;) {
        const struct token *token = &search->token[run->part[0].from];
        uint32_t f = token->feature;

        if (run->parts < 2 || run->part[0].kind != PART_WORD || run->comma)
            break;
        if ((FEATURE_COMMON(f) >= 2 && FEATURE_GIVEN(f) < 2 && FEATURE_SEEN(f) != 3
                && (start || FEATURE_COMMON(f) >= 4) && run->part[1].kind != PART_TUSS
                && !(FEATURE_GIVEN(f) && FEATURE_COMMON(f) <= 3
                    && FEATURE_GIVEN(search->token[run->part[1].from].feature)))
            || (f & (FEATURE_TECH | FEATURE_ORG | FEATURE_ROLE) && !FEATURE_GIVEN(f))
            || FEATURE_CLASS(f) == CLASS_RELATION || FEATURE_CLASS(f) == CLASS_INTRO
            || FEATURE_CLASS(f) == CLASS_SAY
            || (FEATURE_KEY(f) && !FEATURE_GIVEN(f) && !FEATURE_SURNAME(f))) {
            memmove(run->part, run->part + 1, --run->parts * sizeof *run->part);
            run->from = run->part[0].from;
            start = false;
            continue;
        }
        break;
    }
    /* "Oppositieleider Marnix de Raad": what the person is, then who */
    if (start && run->parts >= 3 && run->part[0].kind == PART_WORD && run->part[1].kind == PART_WORD
        && !run->comma) {
        uint32_t f = search->token[run->part[0].from].feature,
                 second = search->token[run->part[1].from].feature;

        if (!FEATURE_GIVEN(f) && FEATURE_GIVEN(second) && !FEATURE_COMMON(second)
            && run->part[1].from == run->part[0].to) {
            memmove(run->part, run->part + 1, --run->parts * sizeof *run->part);
            run->from = run->part[0].from;
            start = false;
        }
    }
    cut_place(search, run);
    while (run->parts && run->part[0].kind == PART_TUSS
        && search->token[run->part[0].from].shape == SHAPE_LOWER && run->part[0].from > 0
        && !search_sign(search, run->part[0].from - 1, '\'')
        && !search_sign(search, run->part[0].from - 1, '"')) {
        memmove(run->part, run->part + 1, --run->parts * sizeof *run->part);
        if (run->parts)
            run->from = run->part[0].from;
    }
    /* "De", "In", "Van" at the start of a sentence */
    while (run->parts && run->part[0].kind == PART_TUSS && start
        && !(run->parts > 1 && run->part[1].kind == PART_TUSS)
        && !(run->parts > 1
            && (FEATURE_SURNAME(search->token[run->part[1].from].feature)
                && !FEATURE_COMMON(search->token[run->part[1].from].feature)))) {
        memmove(run->part, run->part + 1, --run->parts * sizeof *run->part);
        if (run->parts)
            run->from = run->part[0].from;
        start = false;
    }
    if (!run->parts)
        return run->from + 1;
    from = run->from;
    to = run->to;
    for (uint32_t p = 0; p < run->parts; p++) {
        const struct part *part = &run->part[p];
        uint32_t f = search->token[part->from].feature;
        int weight;

        if (part->kind == PART_INITIAL) {
            initials++;
            continue;
        }
        if (part->kind == PART_TUSS) {
            tuss++;
            continue;
        }
        words++;
        weight = weigh_word(search, part->from, start && p == 0, shouted);
        /* a surname that is a word as well is one behind a given name: Roosje Appel */
        if (p > 0 && (givens || initials || tuss) && FEATURE_SURNAME(f) && weight < SURNAME_ONE
            && !shouted
            && (!(f & (FEATURE_TECH | FEATURE_ORG)) || (best >= 26 && !(f & FEATURE_TECH)))) {
            weight = SURNAME_ONE;
            f &= ~(FEATURE_TECH | FEATURE_ORG);
        }
        if (p > 0 && (givens || initials) && !f && weight < 12)
            weight = 12;
        /* Trui Veenendaal: a place behind a given name is a surname */
        if (p > 0 && givens && f & FEATURE_PLACE && !FEATURE_SURNAME(f) && weight < 10) {
            weight = 10;
            surnames++;
        }
        givens += FEATURE_GIVEN(f) > 0;
        surnames += FEATURE_SURNAME(f) > 0 || FEATURE_SEEN(f) == 3;
        things += (f & (FEATURE_TECH | FEATURE_ORG)) != 0;
        unknown += !f;
        score += weight;
        best = weight > best ? weight : best;
    }
    if (!words)
        return run->to;
    before = weigh_before(search, from);
    after = weigh_after(search, to);
    if (words >= 2 && givens && (surnames || unknown)
        && FEATURE_GIVEN(search->token[run->part[0].from].feature))
        score += PAIR;
    else if (words >= 2 && givens && run->part[0].kind == PART_WORD
        && FEATURE_GIVEN(search->token[run->part[0].from].feature))
        score += 6;
    if (initials && (run->part[0].kind == PART_INITIAL || run->comma))
        score += run->comma ? INITIALS + 8 : INITIALS;
    else if (initials)
        score += 10;
    if (tuss && words && (givens || initials || surnames || before > 20))
        score += TUSS;
    if (words > 4)
        score -= 10 * (int)(words - 4);
    score += before + after;
    if (whole_line(search, from, to)
        && (near_end(search, to) || search->token[from].gap >= GAP_PARAGRAPH))
        score += near_end(search, to) ? 18 : 8;
    if (things && !(givens && words > 1 && before > 20))
        score -= 20;
    needed = words + initials > 1 ? NEEDED : NEEDED_ALONE;
    if (words >= 2 && givens && surnames && !things && after >= 0)
        needed -= 14;
    /* one word that no list knows, and a surname; or two such words inside a sentence */
    if (words == 2 && run->parts == 2 && !givens && !things && !shouted && after > -8 && before >= 0
        && both_capitals(search, run)) {
        uint32_t one = search->token[run->part[0].from].feature,
                 two = search->token[run->part[1].from].feature;

        if ((!one || FEATURE_SEEN(one) == 3) && FEATURE_SURNAME(two) && !FEATURE_COMMON(two))
            score += 26;
        else if (!one && !two && !start && search->token[run->part[0].from].len >= 4
            && search->token[run->part[1].from].len >= 4)
            score += 30;
    }
    /* "haar zoon Emir" */
    if (before >= 30 && givens && !things && after > -10 && score < needed)
        score = needed + 4;
    /* a title before a capital is enough, whatever the word means: "mevrouw Wind" */
    if (before >= 50 && !things && after > -30 && score < needed
        && !(search->token[run->part[0].from].feature & FEATURE_ROLE))
        score = needed + 8;
    if (run->comma && words > 1)
        score += 8;
    if (shouted)
        needed += 8;
    if (words == 1 && !initials && !tuss
        && FEATURE_COMMON(search->token[run->part[run->parts - 1].from].feature) >= 4 && before < 40
        && FEATURE_SEEN(search->token[run->part[run->parts - 1].from].feature) != 3)
        needed += 14;
    /* a given name alone that is no other word */
    if (score < needed && words == 1 && givens && !things && !shouted && after > -10
        && before > -10) {
        uint32_t last = run->part[run->parts - 1].from, f = search->token[last].feature;

        if (run->part[run->parts - 1].kind == PART_INITIAL && run->parts > 1)
            f = search->token[run->part[0].from].feature;
        if (FEATURE_CLASS(f) == CLASS_MONTH)
            ;
        else if (!FEATURE_COMMON(f) && FEATURE_SEEN(f) != 1 && !(f & (FEATURE_PLACE | FEATURE_ROLE))
            && !(FEATURE_KEY(f)) && search->token[last].shape != SHAPE_UPPER
            && search->token[last].shape != SHAPE_MIXED && search->token[last].len >= 3)
            score = needed + (start ? 0 : 8);
        else if (FEATURE_COMMON(f) <= 2 && FEATURE_GIVEN(f) >= 2 && FEATURE_SEEN(f) != 1 && !start
            && search->token[last].shape == SHAPE_CAPITAL && (after > 0 || before > 0))
            score = needed;
    }
    if (score >= needed) {
        unsigned certainty = score >= needed + 40 ? 94
            : score >= needed + 20                ? 86
            : score >= needed + 8                 ? 74
                                                  : 62;

        to = suffix_end(search, to);

        search_claim(search, from, to, REDACT_PERSON, before >= 36 ? RULE_GREETING : RULE_SCORE,
            certainty, GUARD_SOFT);
        return to;
    }
    /* the whole is none, a part may be: "Bevinding Jan Jansen" */
    if (run->parts > 1 && words > 1) {
        struct run rest = *run;

        memmove(rest.part, rest.part + 1, --rest.parts * sizeof *rest.part);
        rest.from = rest.part[0].from;
        rest.comma = false;
        if (rest.from > from)
            return judge(search, &rest);
    }
    return to;
}

/* "groet, dirk" and "Groet,\n\nJan Jansen": what follows a closing is a name. */
static void take_closing(struct search *search, uint32_t sign)
{
    uint32_t k = sign + 1, end, words = 0, from;
    bool line;

    /* over the other words of the closing: "Met vriendelijke groet en tot ziens," */
    while (k < search->count && search->token[k].gap < GAP_LINE
        && ((search->token[k].kind == TOKEN_SIGN && strchr(",.!-:", search->token[k].sign))
            || search_word(search, k, "van") || search_word(search, k, "from")
            || search_word(search, k, "uit") || search_word(search, k, "en")
            || search_word(search, k, "and") || search_word(search, k, "vriendelijke")
            || search_word(search, k, "friendly")
            || FEATURE_CLASS(search->token[k].feature) == CLASS_SIGN)) {
        k++;
        if (k - sign > 8)
            return;
        /* "groeten uit Temse" */
        if ((search_word(search, k - 1, "uit")
                || (search_word(search, k - 1, "from") && search->token[k].feature & FEATURE_PLACE))
            && search->token[k].gap == GAP_BLANK && upper_word(&search->token[k]))
            while (k < search->count && search->token[k].gap < GAP_LINE)
                k++;
    }
    if (k >= search->count)
        return;
    line = search->token[k].gap >= GAP_LINE;
    if (!line && k == sign + 1 && search->token[k].kind == TOKEN_WORD
        && !upper_word(&search->token[k])
        && !(FEATURE_GIVEN(search->token[k].feature) && !FEATURE_COMMON(search->token[k].feature)))
        return;
    while (k < search->count && search->token[k].kind == TOKEN_SIGN
        && strchr("-~*_/\\>", search->token[k].sign) && k - sign < 12)
        k++;
    /* titles before the name */
    while (k < search->count
        && (FEATURE_CLASS(search->token[k].feature) == CLASS_TITLE
            || (search_sign(search, k, '.')
                && FEATURE_CLASS(search->token[k - 1].feature) == CLASS_TITLE)))
        k++;
    from = k;
    if (from >= search->count || search->token[from].claim
        || search->token[from].guard == GUARD_HARD || search->token[from].kind != TOKEN_WORD)
        return;
    for (end = k; end < search->count && (end == k || search->token[end].gap < GAP_LINE); end++) {
        const struct token *token = &search->token[end];

        if (token->kind == TOKEN_NUMBER || token->claim)
            break;
        if (token->kind == TOKEN_SIGN && !strchr(".-'", token->sign))
            break;
        if (token->kind == TOKEN_SIGN && token->sign == '.'
            && !(search->token[end - 1].len <= 3 && end > k && upper_word(&search->token[end - 1])))
            break;
        if (token->kind == TOKEN_WORD) {
            if (is_stop(token) && !(FEATURE_GIVEN(token->feature) && end == k && upper_word(token)))
                break;
            if (token->feature & (FEATURE_ORG | FEATURE_TECH) && !FEATURE_GIVEN(token->feature)
                && !FEATURE_SURNAME(token->feature))
                return;
            if (!upper_word(token) && FEATURE_CLASS(token->feature) != CLASS_TUSS
                && FEATURE_COMMON(token->feature) >= 2 && FEATURE_GIVEN(token->feature) < 2)
                break;
            words++;
        }
    }
    while (end > from
        && (search->token[end - 1].kind == TOKEN_SIGN
            && !(search_sign(search, end - 1, '.') && search->token[end - 2].len == 1)))
        end--;
    if (end == from || words > 6)
        return;
    /* one word that is a word: "Groet, iedereen" */
    if (end - from == 1) {
        const struct token *token = &search->token[from];
        uint32_t f = token->feature;

        if (FEATURE_COMMON(f) >= 2 && !FEATURE_GIVEN(f)
            && !(line && token->shape == SHAPE_CAPITAL && FEATURE_COMMON(f) < 5
                && (end >= search->count || search->token[end].gap >= GAP_LINE)))
            return;
        if (f & (FEATURE_ROLE | FEATURE_ORG | FEATURE_TECH) && !FEATURE_GIVEN(f))
            return;
        if (token->shape == SHAPE_LOWER && !FEATURE_GIVEN(f) && !line && f)
            return;
        /* digits stuck to it: a user name */
        if (end < search->count && !search->token[end].gap
            && search->token[end].kind != TOKEN_SIGN) {
            uint32_t to = search_glued_end(search, from);

            search_claim(search, from, to, REDACT_HANDLE, RULE_GREETING, 80, GUARD_SOFT);
            return;
        }
        if (search_sign(search, end, '_') && !search->token[end].gap) {
            uint32_t to = search_glued_end(search, from);

            search_claim(search, from, to, REDACT_HANDLE, RULE_GREETING, 80, GUARD_SOFT);
            return;
        }
    } else if (search_sign(search, end, ':') || search_sign(search, end, '/'))
        return;
    search_claim(search, from, end, REDACT_PERSON, RULE_GREETING, 88, GUARD_HARD);
}

/* "piet jansen", "jan de vries": two lower-case words that are names and nothing else */
static void take_lower(struct search *search, uint32_t i)
{
    uint32_t k = i + 1, f = search->token[i].feature;
    uint32_t last;

    if (FEATURE_GIVEN(f) == 0 || FEATURE_COMMON(f) > (FEATURE_GIVEN(f) >= 2 ? 1 : 0)
        || search->token[i].len < 3 || f & FEATURE_NOTNAME || FEATURE_CLASS(f))
        return;
    if (i > 0 && !search->token[i].gap && !search_sign(search, i - 1, '"')
        && !search_sign(search, i - 1, '(') && !search_sign(search, i - 1, '\'')
        && !search_sign(search, i - 1, '>') && !search_sign(search, i - 1, '_'))
        return;
    while (open_token(search, k) && k < i + 4 && search->token[k].kind == TOKEN_WORD
        && search->token[k].gap == GAP_BLANK
        && FEATURE_CLASS(search->token[k].feature) == CLASS_TUSS)
        k++;
    last = k;
    if (!open_token(search, last) || search->token[last].kind != TOKEN_WORD
        || search->token[last].gap > GAP_BLANK || !search->token[last].gap)
        return;
    f = search->token[last].feature;
    if (!FEATURE_SURNAME(f)
        || FEATURE_COMMON(f) > (last > i + 1 ? 3 : FEATURE_GIVEN(search->token[i].feature) > 1)
        || search->token[last].len < 3 || f & (FEATURE_NOTNAME | FEATURE_TECH))
        return;
    if (search_sign(search, last + 1, '=')
        || (search_sign(search, last + 1, '.') && !search->token[last + 1].gap
            && search->token[last + 2].kind == TOKEN_WORD && !search->token[last + 2].gap))
        return;
    search_claim(search, i, last + 1, REDACT_PERSON, RULE_SCORE, 70, GUARD_SOFT);
}

/* "kartosen, glenn" between quotes or brackets */
static void take_lower_inverted(struct search *search, uint32_t i)
{
    uint32_t comma = i + 1, given = i + 2;

    if (!search_sign(search, comma, ',') || search->token[given].kind != TOKEN_WORD || i == 0
        || search->token[i - 1].kind != TOKEN_SIGN || !strchr("\"'(|;<", search->token[i - 1].sign))
        return;
    if (!FEATURE_GIVEN(search->token[given].feature)
        || FEATURE_COMMON(search->token[given].feature) > 1
        || FEATURE_COMMON(search->token[i].feature) > 1 || !open_token(search, i)
        || !open_token(search, given))
        return;
    if (!(FEATURE_SURNAME(search->token[i].feature) || !search->token[i].feature)
        || search->token[given + 1].kind != TOKEN_SIGN)
        return;
    search_claim(search, i, given + 1, REDACT_PERSON, RULE_SCORE, 72, GUARD_SOFT);
}

/* iPad-van-Trijntje, android-dieuwke, LAPTOP-JANSEN, iPhone van Jan, Jans-MacBook */
static void take_device(struct search *search, uint32_t device)
{
    uint32_t from = search_glued_start(search, device), to = search_glued_end(search, device);

    if (to < search->count && search->token[to].gap == GAP_BLANK && search_word(search, to, "van")
        && to == device + 1)
        to += 2;
    for (uint32_t i = from; i < to && i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t f = token->feature;

        if (i == device || token->kind != TOKEN_WORD || token->claim || token->len < 3
            || FEATURE_CLASS(f) == CLASS_DEVICE || FEATURE_CLASS(f) == CLASS_TUSS
            || f & (FEATURE_TECH | FEATURE_ORG | FEATURE_ROLE | FEATURE_NOTNAME)
            || FEATURE_CLASS(f) == CLASS_INFRA)
            continue;
        if (!(search_sign(search, i - 1, '-') || search_sign(search, i - 1, '_')
                || search_sign(search, i + 1, '-') || search_sign(search, i + 1, '_')
                || search_word(search, i - 1, "van")))
            continue;
        if (FEATURE_GIVEN(f) || FEATURE_SURNAME(f) || (!f && token->len >= 4))
            if (FEATURE_COMMON(f) < 3) {
                uint32_t first = i;

                while (first > from + 1 && search_sign(search, first - 1, '-')
                    && FEATURE_CLASS(search->token[first - 2].feature) == CLASS_TUSS
                    && !search_word(search, first - 2, "van"))
                    first -= 2;
                search_claim(search, first, i + 1, REDACT_PERSON, RULE_CONTEXT, 74, GUARD_HARD);
            }
    }
}

void person_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++)
        if (search->token[i].kind == TOKEN_WORD && search->token[i].feature) {
            if (FEATURE_CLASS(search->token[i].feature) == CLASS_SIGN && !search->token[i].claim)
                take_closing(search, i);
            else if (FEATURE_CLASS(search->token[i].feature) == CLASS_DEVICE)
                take_device(search, i);
        }
    for (uint32_t i = 0; i < search->count;) {
        const struct token *token = &search->token[i];
        struct run run;

        if (token->kind == TOKEN_WORD && token->shape == SHAPE_LOWER && token->len > 2
            && open_token(search, i)) {
            take_lower(search, i);
            take_lower_inverted(search, i);
        }
        if (!open_token(search, i) || token->kind == TOKEN_NUMBER
            || (token->kind == TOKEN_SIGN && token->sign != '\'')
            || (token->kind == TOKEN_WORD && token->shape == SHAPE_LOWER)
            || (i > 0 && !token->gap && search->token[i - 1].kind != TOKEN_SIGN)
            || !read_run(search, i, &run)) {
            i++;
            continue;
        }
        {
            uint32_t end = judge(search, &run);

            i = end > i ? end : i + 1;
        }
    }
    take_birth(search);
}
