#include "redact/person.h"

#include "redact/birth.h"
#include "redact/clue.h"
#include "redact/value.h"

#include <string.h>

/* name_edges and name_weights; other ones can be tried */
#ifndef NAME_WEIGHTS
#define NAME_WEIGHTS "redact/name_weights.inc"
#endif
#include NAME_WEIGHTS

/* Weights are in sixteenths of a natural logarithm of the odds. */
enum { NAT = 16, NEEDED = -24, NEEDED_AGAIN = 3 * NAT, CHAIN_MOST = 512 };

/* Candidates one after the other, each linked to the one before. */
struct chain {
    uint32_t at[CHAIN_MOST], count;
    int node[CHAIN_MOST]; /* for a name, against none */
    uint8_t link[CHAIN_MOST]; /* to the one before */
    int margin[CHAIN_MOST]; /* of the best reading with a name here over the best without */
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int edge(enum clue_link link, int from, int to)
{
    return name_edges[link * 4 + from * 2 + to];
}

/* Reads the chain from both ends: the best score of each token as a name, and as none. */
static void weigh(struct chain *chain)
{
    int best[2] = { 0, 0 };

    for (uint32_t i = 0; i < chain->count; i++) {
        enum clue_link link = (enum clue_link)chain->link[i];
        int none = best[0], name = best[1];

        if (i) {
            none = larger(best[0] + edge(link, 0, 0), best[1] + edge(link, 1, 0));
            name = larger(best[0] + edge(link, 0, 1), best[1] + edge(link, 1, 1));
        }
        best[0] = none;
        best[1] = name + chain->node[i];
        chain->margin[i] = best[1] - best[0];
    }
    best[0] = best[1] = 0;
    for (uint32_t i = chain->count; i-- > 0;) {
        enum clue_link link = (enum clue_link)chain->link[i];
        int none = best[0], name = best[1] + chain->node[i];

        chain->margin[i] += best[1] - best[0];
        if (i) {
            best[0] = larger(none + edge(link, 0, 0), name + edge(link, 0, 1));
            best[1] = larger(none + edge(link, 1, 0), name + edge(link, 1, 1));
        }
    }
}

/* "Gerrit jr.", "H. van Rossum sr." */
static uint32_t suffix_end(const struct search *search, uint32_t to)
{
    if (to < search->count && search->token[to].gap == GAP_BLANK && !search->token[to].claim
        && (search_word(search, to, "jr") || search_word(search, to, "sr")
            || search_word(search, to, "junior") || search_word(search, to, "senior")
            || search_word(search, to, "jnr") || search_word(search, to, "snr")
            || search_word(search, to, "ii") || search_word(search, to, "iii")))
        return to + 1;
    return to;
}

/* An item of a list, a cell or a line ends before token i. */
static bool ends_item(const struct search *search, uint32_t i)
{
    return i >= search->count || search->token[i].gap >= GAP_LINE
        || (search->token[i].kind == TOKEN_SIGN && strchr(",;)|/<\"'\t&", search->token[i].sign));
}

/* "Van Hasselaar B", "Stokvis BJ", "thijmen o.": initials after the name. */
static uint32_t initials_end(const struct search *search, uint32_t to)
{
    const struct token *last = &search->token[to - 1], *next = &search->token[to];
    bool dotted = search_sign(search, to + 1, '.') && !search->token[to + 1].gap;

    if (to >= search->count || next->gap != GAP_BLANK || next->kind != TOKEN_WORD || next->claim
        || next->guard || last->kind != TOKEN_WORD || last->len < 3)
        return to;
    if (last->shape == SHAPE_LOWER)
        return next->len == 1 && next->shape == SHAPE_LOWER && dotted && ends_item(search, to + 2)
            ? to + 2
            : to;
    if (next->shape == SHAPE_LOWER || !ends_item(search, to + 1 + dotted))
        return to;
    return next->len == 1 || (next->len == 2 && next->shape == SHAPE_UPPER && !next->feature)
        ? to + 1 + dotted
        : to;
}

static bool is_consonant(uint8_t c)
{
    return view_letter(c) && c < 0x80 && !strchr("aeiouy", view_lower(c));
}

/* "gj kruithof", "tr. okker": small initials before the name. */
static uint32_t initials_start(const struct search *search, uint32_t from)
{
    uint32_t k = from;

    if (k == 0 || search->token[k].shape != SHAPE_LOWER || search->token[k].gap != GAP_BLANK)
        return from;
    k--;
    if (search_sign(search, k, '.') && !search->token[k].gap && k > 0)
        k--;
    if (search->token[k].kind != TOKEN_WORD || search->token[k].claim || search->token[k].guard
        || search->token[k].len != 2 || search->token[k].shape != SHAPE_LOWER
        || FEATURE_CLASS(search->token[k].feature) || search->token[k].feature & FEATURE_TECH
        || !is_consonant(search->token[k].sign)
        || !is_consonant(search->view.ch[search->token[k].pos + 1])
        || !(k == 0 || search->token[k].gap >= GAP_LINE || search->token[k - 1].kind == TOKEN_SIGN))
        return from;
    return k;
}

/* A wrap inside a sentence, not the end of a list's line. */
static bool joins_line(const struct search *search, uint32_t i)
{
    return search_end_pos(search, i - 1) - search->token[search_line_start(search, i - 1)].pos > 45;
}

static bool is_initial(const struct search *search, uint32_t i)
{
    return search->token[i].len <= 3 && view_upper(search->token[i].sign)
        && search_sign(search, i + 1, '.') && !search->token[i + 1].gap;
}

/* Whether two parts that follow each other are of one name, or of two in a list. */
static bool same_name(const struct search *search, const struct chain *chain, uint32_t k)
{
    uint32_t i = chain->at[k];

    switch ((enum clue_link)chain->link[k]) {
    case LINK_AND: /* "G. en T. Osinga" */
        return is_initial(search, i) && is_initial(search, chain->at[k - 1]);
    case LINK_NONE:
    case LINK_OTHER:
        return false;
    case LINK_LINE:
        return joins_line(search, i);
    case LINK_COMMA: /* "Vries, P. de" */
        return is_initial(search, i) || FEATURE_CLASS(search->token[i].feature) == CLASS_TUSS;
    default:
        return true;
    }
}

/* A title, a salutation or a closing stands before it. */
static bool is_greeted(const struct search *search, uint32_t from)
{
    for (uint32_t k = from;
         k > 0 && from - k < 4 && search->token[k].gap < GAP_PARAGRAPH + (k == from); k--) {
        enum word_class class = FEATURE_CLASS(search->token[k - 1].feature);

        if (class == CLASS_TITLE || class == CLASS_GREET || class == CLASS_SIGN)
            return true;
        if (search->token[k - 1].kind != TOKEN_SIGN)
            return false;
    }
    return false;
}

/* "Keeken, Joelle van": what follows the given name of an inverted one. */
static uint32_t tuss_end(
    const struct search *search, const struct chain *chain, uint32_t first, uint32_t to)
{
    uint32_t k = to, comma = chain->at[first];

    while (comma < to && !search_sign(search, comma, ','))
        comma++;
    if (comma == to && chain->link[first] != LINK_COMMA)
        return to;
    while (k < search->count && search->token[k].gap == GAP_BLANK && !search->token[k].claim
        && FEATURE_CLASS(search->token[k].feature) == CLASS_TUSS)
        k++;
    return k == to || k >= search->count || search->token[k].gap >= GAP_LINE
            || (search->token[k].kind == TOKEN_SIGN && !strchr("'-", search->token[k].sign))
        ? k
        : to;
}

/* "Finch 1.4.2", "Hugo v0.68", "cassandra-3.11", "Phoebe/2.0": a version stands after token i. */
static bool has_version(const struct search *search, uint32_t i)
{
    uint32_t k = i + 1, parts = 1;

    if (k < search->count && !search->token[k].gap && search->token[k].kind == TOKEN_SIGN
        && strchr("-/:@", search->token[k].sign))
        k++;
    else if (k >= search->count || search->token[k].gap != GAP_BLANK)
        return false;
    if (search_word(search, k, "v") && !search->token[k + 1].gap)
        k++;
    if (search->token[k].kind != TOKEN_NUMBER || search->token[k].claim || search->token[k].len > 2
        || (search->token[k].len == 2 && search->token[k].sign == '0'))
        return false;
    while (search_sign(search, k + 1, '.') && !search->token[k + 1].gap && !search->token[k + 2].gap
        && search->token[k + 2].kind == TOKEN_NUMBER && search->token[k + 2].len < 4) {
        k += 2;
        parts++;
    }
    return parts > 1
        && (search->token[k + 1].gap
            || (search->token[k + 1].kind == TOKEN_SIGN
                && (search->token[k + 2].gap || search->token[k + 2].kind != TOKEN_NUMBER)));
}

/* Two small words that a dot glues, by themselves. */
static bool is_user_name(const struct search *search, uint32_t i)
{
    return search_sign(search, i + 1, '.') && search->token[i].shape == SHAPE_LOWER
        && search->token[i + 2].shape == SHAPE_LOWER && search->token[i].len > 2
        && search->token[i + 2].len > 2 && search_glued_start(search, i) == i
        && !search->token[i + 1].gap && !search->token[i + 2].gap
        && search_glued_end(search, i + 2) == i + 3;
}

/* Tussenvoegsels alone are no name, but in a cell of their own: "aan (W.)" */
static bool is_bare_tuss(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].shape != SHAPE_LOWER
            || (FEATURE_CLASS(search->token[i].feature) != CLASS_TUSS
                && search->token[i].kind == TOKEN_WORD))
            return false;
    return from == 0 || search->token[from - 1].kind != TOKEN_SIGN
        || search->token[to].kind != TOKEN_SIGN;
}

/* Takes parts [first, last] of the chain as one name. */
static void take(struct search *search, const struct chain *chain, uint32_t first, uint32_t last)
{
    uint32_t from = chain->at[first], to = chain->at[last] + 1, i;
    int least = chain->margin[first];
    unsigned certainty;

    for (uint32_t k = first; k <= last; k++)
        least = chain->margin[k] < least ? chain->margin[k] : least;
    if (is_bare_tuss(search, from, to))
        return;
    if (first == last && least < 4 * NAT && search->token[from].len > 2
        && has_version(search, from))
        return;
    certainty = least >= 4 * NAT ? 94 : least >= 2 * NAT ? 86 : least >= NAT ? 74 : 62;
    if (is_initial(search, to - 1))
        to++;
    /* "Wester-" at the end of a line, "dijk" on the next */
    if (search_sign(search, to, '-') && !search->token[to].gap
        && search->token[to + 1].gap == GAP_LINE && search->token[to + 1].kind == TOKEN_WORD
        && search->token[to + 1].shape == SHAPE_LOWER && !search->token[to + 1].claim)
        to += 2;
    to = initials_end(search, suffix_end(search, tuss_end(search, chain, first, to)));
    from = initials_start(search, from);
    /* "daan1que": digits stuck to it make it a user name */
    i = to;
    while (i < search->count && !search->token[i].gap && !search->token[i].claim
        && search->token[i].kind != TOKEN_SIGN)
        i++;
    if (i > to && search_claim(search, from, i, REDACT_HANDLE, RULE_SCORE, certainty, GUARD_HARD))
        return;
    for (i = from; i < to && search->token[from].shape == SHAPE_LOWER; i++)
        if (search_sign(search, i, '_')) { /* "xkq_v" is one too */
            search_claim(search, from, to, REDACT_HANDLE, RULE_SCORE, certainty, GUARD_HARD);
            return;
        }
    if (search->token[from].shape == SHAPE_LOWER && search_sign(search, to, '_')
        && !search->token[to].gap && search->token[to + 1].gap /* "reindert_" too */
        && search_claim(search, from, to + 1, REDACT_HANDLE, RULE_SCORE, certainty, GUARD_HARD))
        return;
    /* "tessa.vdmolen" by itself as well */
    if (to == from + 3 && is_user_name(search, from)
        && search_claim(search, from, to, REDACT_HANDLE, RULE_SCORE, certainty, GUARD_HARD))
        return;
    search_claim(search, from, to, REDACT_PERSON,
        is_greeted(search, from) ? RULE_GREETING : RULE_SCORE, certainty, GUARD_HARD);
}

static void take_chain(struct search *search, struct chain *chain, int needed)
{
    weigh(chain);
    for (uint32_t k = 0; k < chain->count; k++) {
        int margin = chain->margin[k];

        margin = margin < INT8_MIN ? INT8_MIN : margin > INT8_MAX ? INT8_MAX : margin;
        search->token[chain->at[k]].margin = (int8_t)(margin ? margin : 1);
    }
    for (uint32_t k = 0; k < chain->count; k++) {
        uint32_t last = k;

        if (chain->margin[k] < needed)
            continue;
        while (last + 1 < chain->count && chain->margin[last + 1] >= needed
            && same_name(search, chain, last + 1))
            last++;
        take(search, chain, k, last);
        k = last;
    }
    chain->count = 0;
}

/* How far from token i, with signs and at most one word between, a name stands in its line. */
static uint32_t name_beside(const struct search *search, uint32_t i, int step)
{
    uint32_t words = 0;

    for (uint32_t n = 1; n <= 8; n++) {
        const struct token *token;

        if (step < 0 ? i == 0 || search->token[i].gap >= GAP_LINE
                     : i + 1 >= search->count || search->token[i + 1].gap >= GAP_LINE)
            return 0;
        i += (uint32_t)step;
        token = &search->token[i];
        if (token->claim)
            return token->claim == REDACT_PERSON ? n : 0;
        if (token->kind == TOKEN_NUMBER || (token->kind == TOKEN_WORD && ++words > 1))
            return 0;
    }
    return 0;
}

/*
 * What stands between the parts of one name: a tussenvoegsel in a cell of its own, and the title
 * of "Leeuw, dhr. A".
 */
static void take_between(struct search *search)
{
    for (uint32_t i = 1; i + 1 < search->count; i++) {
        enum word_class class = FEATURE_CLASS(search->token[i].feature);
        uint32_t to = i + 1;

        if (search->token[i].claim || search->token[i].guard
            || (class != CLASS_TUSS && class != CLASS_TITLE))
            continue;
        if (class == CLASS_TITLE) {
            uint32_t first = i > 1 ? i - 2 : 0;

            to += search_sign(search, to, '.');
            while (first > 0 && search->token[first - 1].claim == REDACT_PERSON)
                first--;
            if (search_sign(search, i - 1, ',') && i > 1
                && search->token[i - 2].claim == REDACT_PERSON && !is_greeted(search, first)
                && search->token[to].claim == REDACT_PERSON && search->token[to].gap <= GAP_BLANK
                && (search->token[to].len == 1
                    || (FEATURE_GIVEN(search->token[to].feature) > 1
                        && search->token[to + 1].claim != REDACT_PERSON)))
                search_claim(search, i, to, REDACT_PERSON, RULE_CONTEXT, 70, GUARD_HARD);
            continue;
        }
        if (search->token[i].len < 2 && !search_sign(search, i - 1, '\''))
            continue;
        while (to < search->count && !search->token[to].claim && search->token[to].gap == GAP_BLANK
            && FEATURE_CLASS(search->token[to].feature) == CLASS_TUSS)
            to++;
        if (search->token[to].kind == TOKEN_SIGN && name_beside(search, i, -1)
            && name_beside(search, to - 1, 1)
            && (search->token[i - 1].kind == TOKEN_SIGN || search->token[i - 1].claim))
            search_claim(search, i, to, REDACT_PERSON, RULE_CONTEXT, 70, GUARD_HARD);
        i = to - 1;
    }
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

void person_find(struct search *search)
{
    struct clue_paper *paper = clue_read(search);
    struct chain *chain = arena_alloc(search->arena, sizeof *chain);
    int needed = NEEDED;

    /* what an earlier redaction left is doubtful no longer */
    for (uint32_t i = 0; i < search->count; i++)
        if (search->token[i].sign == FOLD_MARK)
            needed = NEEDED_AGAIN;
    for (uint32_t i = 0; i < search->count; i++) {
        uint32_t clue[CLUES_MOST], count;
        enum clue_link link = LINK_NONE;
        int node = 0;

        if (!clue_candidate(search, paper, i))
            continue;
        count = clue_collect(search, paper, i, clue);
        for (uint32_t k = 0; k < count; k++)
            node += name_weights[clue[k]];
        if (chain->count)
            link = clue_link(search, chain->at[chain->count - 1], i);
        if (link == LINK_NONE || chain->count == CHAIN_MOST)
            take_chain(search, chain, needed);
        chain->at[chain->count] = i;
        chain->node[chain->count] = node;
        chain->link[chain->count++] = (uint8_t)link;
    }
    take_chain(search, chain, needed);
    take_between(search);
    take_birth(search);
}
