#include "redact/clue.h"

#include "redact/lexicon.h"
#include "redact/recall.h"

#include <string.h>

enum { BLOOM_BITS = 15, BLOOM_WORDS = 1 << (BLOOM_BITS - 6), LINE_LONGEST = 400 };

/* The line of the candidate that was asked about last. */
struct line {
    uint32_t from, to, bars, words, uppers, claims, head, kind;
};

/* What is glued together around it: a path, a file, an identifier, or the word alone. */
struct run {
    uint32_t from, to, signs, words, names, plain;
};

/* Tussenvoegsels [from, to], and the word beyond them in one direction. */
struct row {
    uint32_t from, to, beyond;
};

struct clue_paper {
    uint64_t lower[BLOOM_WORDS]; /* words that stand in lower case somewhere */
    uint64_t inside[BLOOM_WORDS]; /* capitalised words inside a sentence */
    uint64_t named[BLOOM_WORDS]; /* words of what is claimed as a name already */
    uint64_t things[BLOOM_WORDS]; /* words inside an address, or before a version */
    struct line line;
    struct run run;
    struct row before, behind;
    uint32_t looked, closing; /* tokens before `looked`: the last closing among them */
};

static void mark(uint64_t *bits, uint32_t hash)
{
    bits[hash >> 6 & (BLOOM_WORDS - 1)] |= (uint64_t)1 << (hash & 63);
}

static bool marked(const uint64_t *bits, uint32_t hash)
{
    return bits[hash >> 6 & (BLOOM_WORDS - 1)] >> (hash & 63) & 1;
}

static bool starts_sentence(const struct search *search, uint32_t i)
{
    const struct token *before = &search->token[i - 1];

    if (i == 0 || search->token[i].gap >= GAP_PARAGRAPH)
        return true;
    if (search->token[i].gap == GAP_LINE)
        return before->kind == TOKEN_SIGN && !strchr(",;-", before->sign);
    return before->kind == TOKEN_SIGN && strchr(".!?:*-\"|>(", before->sign)
        && !(before->sign == '.' && i > 1
            && (search->token[i - 2].len == 1
                || FEATURE_CLASS(search->token[i - 2].feature) == CLASS_TITLE));
}

enum { RARE = 1u << 4, FAMILIAR = 3u << 4 }; /* FEATURE_COMMON */

/* A word that no list knows, of two that one does: jeugdrecht-winkel, wijk-krant. */
static bool is_compound(const uint8_t *text, uint32_t len)
{
    uint64_t head = WORD_HASH_START;

    if (len < 7 || len > 30)
        return false;
    for (uint32_t cut = 1; cut + 3 <= len; cut++) {
        head = word_hash_byte(head, view_lower(text[cut - 1]));
        if (cut >= 3 && FEATURE_COMMON(lexicon_find(word_hash_end(head)))) {
            bool joined = text[cut] == 's' && cut + 4 <= len
                && FEATURE_COMMON(lexicon_word(text + cut + 1, len - cut - 1));

            if (joined || FEATURE_COMMON(lexicon_word(text + cut, len - cut)))
                return true;
        }
    }
    return false;
}

/* notOnOrAfter, NullPointerException: words, each with a capital. */
static bool is_camel(const uint8_t *text, uint32_t len)
{
    uint32_t from = 0, words = 0;

    for (uint32_t k = 1; k <= len; k++) {
        if (k < len && !(view_upper(text[k]) && !view_upper(text[k - 1])))
            continue;
        if (k - from < 2 || !FEATURE_COMMON(lexicon_word(text + from, k - from)))
            return false;
        words++;
        from = k;
    }
    return words > 1;
}

struct clue_paper *clue_read(struct search *search)
{
    struct clue_paper *paper = arena_alloc(search->arena, sizeof *paper);

    paper->closing = UINT32_MAX;
    paper->before.from = paper->behind.from = UINT32_MAX;
    for (uint32_t i = 0; i < search->count; i++) {
        struct token *token = &search->token[i];
        const uint8_t *text = search->view.ch + token->pos;

        if (token->kind != TOKEN_WORD || token->len < 3)
            continue;
        if (!token->feature && !token->claim)
            token->feature = token->shape == SHAPE_MIXED && is_camel(text, token->len) ? FAMILIAR
                : is_compound(text, token->len)                                        ? RARE
                                                                                       : 0;
        if (!token->claim
            && (token->guard == GUARD_SOFT
                || (token[1].kind == TOKEN_NUMBER && token[1].gap == GAP_BLANK
                    && search_sign(search, i + 2, '.') && !token[2].gap)))
            mark(paper->things, token->hash);
        if (token->claim == REDACT_PERSON)
            mark(paper->named, token->hash);
        else if (token->claim || token->guard)
            continue;
        else if (token->shape == SHAPE_LOWER)
            mark(paper->lower, token->hash);
        else if (token->shape == SHAPE_CAPITAL && !starts_sentence(search, i))
            mark(paper->inside, token->hash);
    }
    return paper;
}

static bool is_tuss(const struct token *token)
{
    return FEATURE_CLASS(token->feature) == CLASS_TUSS;
}

/* A lower-case word that a list knows as a name, or that no list knows. */
static bool is_nameish(const struct token *token)
{
    uint32_t f = token->feature, common = FEATURE_COMMON(f);

    if (token->kind != TOKEN_WORD)
        return false;
    if (token->shape != SHAPE_LOWER)
        return true;
    if (!f)
        return token->len > 2;
    if (f & FEATURE_NOTNAME)
        return false;
    if (FEATURE_CLASS(f) && FEATURE_CLASS(f) != CLASS_MONTH)
        return false;
    if (FEATURE_GIVEN(f))
        return common < 6;
    return (FEATURE_SURNAME(f) || FEATURE_SEEN(f) >= 2) && common < 6;
}

bool clue_candidate(const struct search *search, const struct clue_paper *paper, uint32_t i)
{
    const struct token *token = &search->token[i];

    if (token->kind != TOKEN_WORD || token->claim || token->guard == GUARD_HARD
        || token->sign == FOLD_MARK || token->len > 40)
        return false;
    if (token->shape != SHAPE_LOWER)
        return true;
    if (token->len == 2 && !token->gap && search_sign(search, i - 1, ':'))
        return false; /* 12:fe is hex */
    if (is_tuss(token)) {
        const struct token *next = token + 1;

        if (next->kind == TOKEN_SIGN)
            next++;
        return is_nameish(next) || (next->kind == TOKEN_WORD && is_tuss(next))
            || search_sign(search, i - 1, ',') || token[-(i > 0)].shape != SHAPE_LOWER;
    }
    /* "j.w. jansen", but not "d.w.z." */
    if (token->len == 1) {
        uint32_t k = i;

        while (k < i + 8 && search->token[k].kind == TOKEN_WORD && search->token[k].len == 1
            && search_sign(search, k + 1, '.') && !search->token[k + 1].gap)
            k += 2;
        return k > i && k < search->count
            && (is_tuss(&search->token[k])
                || (search->token[k].len > 1 && is_nameish(&search->token[k])));
    }
    return is_nameish(token) || marked(paper->named, token->hash)
        || (search->recall && recall_has(search->recall, token->hash));
}

/* What kind of thing token i is, for its neighbours. */
static uint32_t kind_of(const struct search *search, uint32_t i)
{
    const struct token *token;
    uint32_t f, common, kind;

    if (i >= search->count)
        return 1;
    token = &search->token[i];
    if (token->claim)
        return 2 + token->claim;
    if (token->kind == TOKEN_NUMBER)
        return 30 + (token->len < 6 ? token->len : 6);
    if (token->kind == TOKEN_SIGN)
        return 40 + token->sign;
    f = token->feature;
    common = FEATURE_COMMON(f);
    if (FEATURE_CLASS(f))
        kind = FEATURE_CLASS(f);
    else if (f & FEATURE_TECH)
        kind = 16;
    else if (f & FEATURE_LEGAL)
        kind = 17;
    else if (f & FEATURE_ORG)
        kind = 18;
    else if (f & FEATURE_NOTNAME)
        kind = 19;
    else if (f & FEATURE_ROLE)
        kind = 20;
    else if (FEATURE_GIVEN(f) >= 2 && common < 4)
        kind = FEATURE_SURNAME(f) ? 21 : 22;
    else if (FEATURE_GIVEN(f) && common < 3)
        kind = FEATURE_SURNAME(f) ? 23 : 24;
    else if (FEATURE_SURNAME(f) >= 2 && common < 4)
        kind = 25;
    else if (FEATURE_SURNAME(f) && common < 3)
        kind = 26;
    else if (FEATURE_KEY(f))
        kind = FEATURE_KEY(f) == KEY_PERSON ? 27 : 28;
    else if (f & FEATURE_PLACE)
        kind = 29;
    else if (!f)
        kind = token->len == 1 ? 30 : 31;
    else
        kind = common > 4 ? 32 : common > 1 ? 33 : 34;
    return 300 + kind * 4 + token->shape;
}

/* How much a word is a name and how much a word: given, surname, common, a thing. */
static uint32_t nature(uint32_t f)
{
    static const uint8_t steps[] = { 0, 1, 1, 2, 2, 3, 3, 3 };
    uint32_t given = FEATURE_GIVEN(f), surname = FEATURE_SURNAME(f);
    bool thing = f & (FEATURE_TECH | FEATURE_ORG | FEATURE_LEGAL | FEATURE_NOTNAME | FEATURE_ROLE);

    if (!f)
        return 0;
    return 1 + (given > 2 ? 2 : given) + 3 * (surname > 2 ? 2 : surname)
        + 9 * steps[FEATURE_COMMON(f)] + 36 * thing + 72 * (FEATURE_SEEN(f) == 3)
        + 144 * (FEATURE_CLASS(f) == CLASS_TUSS);
}

/* The next word from token i in this direction, in the same paragraph and at most six tokens far.
 */
static uint32_t word_beside(const struct search *search, uint32_t i, int step)
{
    for (uint32_t n = 0; n < 6; n++) {
        if (step < 0 ? i == 0 || search->token[i].gap == GAP_PARAGRAPH
                     : i + 1 >= search->count || search->token[i + 1].gap == GAP_PARAGRAPH)
            return UINT32_MAX;
        i += (uint32_t)step;
        if (search->token[i].kind == TOKEN_WORD)
            return i;
    }
    return UINT32_MAX;
}

/* A word by itself, when it is one of the language and no name. */
static uint32_t identity(const struct search *search, uint32_t i)
{
    const struct token *token;

    if (i == UINT32_MAX)
        return 1;
    token = &search->token[i];
    if (token->claim)
        return 2 + token->claim;
    if (FEATURE_CLASS(token->feature) || FEATURE_COMMON(token->feature) >= 3
        || token->feature & (FEATURE_NOTNAME | FEATURE_ROLE | FEATURE_ORG)
        || FEATURE_KEY(token->feature))
        return token->hash;
    return 1000 + kind_of(search, i);
}

static void read_line(const struct search *search, struct clue_paper *paper, uint32_t i)
{
    struct line *line = &paper->line;
    uint32_t signs = 0, plain = 0;

    if (i >= line->from && i < line->to)
        return;

    *line = (struct line) { .from = i, .head = UINT32_MAX };
    while (
        line->from > 0 && search->token[line->from].gap < GAP_LINE && i - line->from < LINE_LONGEST)
        line->from--;
    for (line->to = i + 1; line->to < search->count && search->token[line->to].gap < GAP_LINE
         && line->to - i < LINE_LONGEST;
         line->to++)
        ;
    for (uint32_t k = line->from; k < line->to; k++) {
        const struct token *token = &search->token[k];

        if (token->claim)
            line->claims |= 1u << token->claim;
        if (token->kind == TOKEN_SIGN) {
            signs++;
            line->bars += token->sign == '|' || token->sign == '\t' || token->sign == ';';
        } else if (token->kind == TOKEN_WORD) {
            plain += token->shape == SHAPE_LOWER && FEATURE_COMMON(token->feature) > 3;
            line->words++;
            line->uppers += token->shape == SHAPE_UPPER;
        }
        if (k > line->from && line->head == UINT32_MAX && k - line->from < 4
            && search_sign(search, k, ':') && token[-1].kind == TOKEN_WORD)
            line->head = k - 1;
    }
    line->kind = (plain * 3 > line->words ? 2u : plain > 0) * 4
        + (signs > line->words * 2        ? 3u
                : signs > line->words     ? 2u
                : signs * 3 > line->words ? 1u
                                          : 0u);
}

static void read_run(const struct search *search, struct clue_paper *paper, uint32_t i)
{
    static const char told[] = "/_-.=:@&(\\%\"+";
    struct run *run = &paper->run;

    if (i >= run->from && i < run->to)
        return;
    *run = (struct run) { .from = i, .to = i + 1 };
    while (run->from > 0 && !search->token[run->from].gap && i - run->from < 24)
        run->from--;
    while (run->to < search->count && !search->token[run->to].gap && run->to - i < 24)
        run->to++;
    for (uint32_t k = run->from; k < run->to; k++) {
        const struct token *token = &search->token[k];
        uint32_t f = token->feature;
        const char *sign;

        if (token->kind == TOKEN_NUMBER)
            run->signs |= 1u << 20;
        else if (token->claim)
            run->signs |= 1u << 21;
        else if (token->kind == TOKEN_SIGN) {
            sign = k > run->from && k + 1 < run->to ? strchr(told, token->sign) : NULL;
            run->signs |= sign ? 1u << (sign - told) : 0;
        } else {
            run->words++;
            run->names += (FEATURE_GIVEN(f) || FEATURE_SURNAME(f)) && FEATURE_COMMON(f) < 3;
            run->plain += FEATURE_COMMON(f) > 2 || f & (FEATURE_TECH | FEATURE_NOTNAME);
        }
    }
}

static uint32_t log_of(uint32_t n)
{
    return n < 4 ? n : n < 8 ? 4 : n < 16 ? 5 : n < 32 ? 6 : 7;
}

/* McDonald, DeVries, VanDijk: how it starts, when a capital stands inside */
static uint32_t inner_capital(const struct search *search, const struct token *token)
{
    const uint8_t *text = search->view.ch + token->pos;

    for (uint32_t k = 2; k < token->len && token->shape == SHAPE_MIXED; k++)
        if (view_upper(text[k]) && !view_upper(text[k - 1]))
            return 1
                + (k < 4 ? (uint32_t)text[0] << 16 | (uint32_t)view_lower(text[1]) << 8 | k : 4);
    return 0;
}

/* The nearest word in this direction that is no tussenvoegsel. The run that was read last is not
 * read again for each of its words: they may be many. */
static uint32_t beyond_tuss(const struct search *search, struct row *run, uint32_t i, int step)
{
    struct row read = { i, i, i };

    for (;;) {
        read.beyond = word_beside(search, read.beyond, step);
        if (read.beyond == UINT32_MAX || !is_tuss(&search->token[read.beyond]))
            break;
        if (read.beyond >= run->from && read.beyond <= run->to) {
            read = (struct row) { read.from < run->from ? read.from : run->from,
                read.to > run->to ? read.to : run->to, run->beyond };
            break;
        }
        read.from = read.beyond < read.from ? read.beyond : read.from;
        read.to = read.beyond > read.to ? read.beyond : read.to;
    }
    *run = read;
    return read.beyond;
}

struct list {
    uint32_t *at, count;
};

/* Some sixty a candidate: worth to be written out at each of them. */
__attribute__((always_inline)) static inline void add(
    struct list *list, uint32_t kind, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t hash = kind * 0x9e3779b1u;

    hash = (hash ^ a) * 0x85ebca6bu;
    hash = (hash ^ hash >> 15 ^ b) * 0xc2b2ae35u;
    hash = (hash ^ hash >> 13 ^ c) * 0x27d4eb2fu;
    if (list->count < CLUES_MOST)
        list->at[list->count++] = (hash ^ hash >> 16) & (CLUE_WEIGHTS - 1);
}

/* What the word itself tells. */
static void add_word(struct list *list, const struct search *search, const struct clue_paper *paper,
    uint32_t i, bool start)
{
    const struct token *token = &search->token[i];
    const uint8_t *text = search->view.ch + token->pos;
    uint32_t f = token->feature, shape = token->shape, sum = nature(f), known = 0;
    uint32_t len = token->len < 8 ? token->len : 8;
    bool initial = token->len <= 3 && search_sign(search, i + 1, '.') && !token[1].gap;

    if (token->len > 2) {
        known = marked(paper->named, token->hash) | marked(paper->lower, token->hash) * 2u
            | marked(paper->inside, token->hash) * 4u;
        known |= search->recall && recall_has(search->recall, token->hash) ? 8 : 0;
        known |= marked(paper->things, token->hash) * 16u;
    }
    add(list, 1, shape, 0, 0);
    add(list, 2, f & 511, shape, 0);
    add(list, 3, sum, shape, start);
    add(list, 4, FEATURE_CLASS(f), shape, 0);
    add(list, 5, f >> 9 & 63, shape, 0);
    add(list, 6, FEATURE_KEY(f), FEATURE_GIVEN(f) > 0, shape);
    add(list, 7, len, shape, initial);
    add(list, 8, FEATURE_GIVEN(f), shape, 0);
    add(list, 9, FEATURE_SURNAME(f), shape, 0);
    add(list, 10, FEATURE_COMMON(f), shape, start);
    add(list, 11, FEATURE_SEEN(f), shape, 0);
    add(list, 12, known, shape, FEATURE_COMMON(f) > 0);
    add(list, 13, known, sum, 0);
    if (token->len > 3) {
        uint32_t last = token->len - 1u;
        uint32_t end = (uint32_t)view_lower(text[last]) | (uint32_t)view_lower(text[last - 1]) << 8
            | (uint32_t)view_lower(text[last - 2]) << 16;
        uint32_t head = (uint32_t)view_lower(text[0]) | (uint32_t)view_lower(text[1]) << 8
            | (uint32_t)view_lower(text[2]) << 16;

        add(list, 14, end, 0, 0);
        add(list, 15, end & 0xffff, f != 0, 0);
        add(list, 16, head, 0, 0);
    }
    if (text[0] >= 0x80 || text[token->len - 1] >= 0x80)
        add(list, 17, 0, 0, 0);
    if (shape == SHAPE_MIXED)
        add(list, 18, inner_capital(search, token), 0, 0);
    if (f & FEATURE_NOTNAME)
        add(list, 19, shape, FEATURE_GIVEN(f) > 1, 0);
}

/* What the tokens beside it tell. */
static void add_around(
    struct list *list, const struct search *search, struct clue_paper *paper, uint32_t i)
{
    const struct token *token = &search->token[i];
    uint32_t shape = token->shape, sum = nature(token->feature), own = kind_of(search, i);
    uint32_t left = (i ? kind_of(search, i - 1) : 0) * 4 + token->gap,
             right = kind_of(search, i + 1) * 4 + token[1].gap;
    uint32_t left2 = (i > 1 ? kind_of(search, i - 2) : 0) * 4 + (i ? token[-1].gap : 0),
             right2 = i + 1 < search->count ? kind_of(search, i + 2) * 4 + token[2].gap : 0;
    uint32_t pw = word_beside(search, i, -1), nw = word_beside(search, i, 1), pw2, nw2;
    uint32_t before, after, before2, after2, pk, nk;

    pw2 = pw == UINT32_MAX ? pw : word_beside(search, pw, -1);
    nw2 = nw == UINT32_MAX ? nw : word_beside(search, nw, 1);
    before = identity(search, pw);
    after = identity(search, nw);
    before2 = identity(search, pw2);
    after2 = identity(search, nw2);
    pk = pw == UINT32_MAX ? 0 : kind_of(search, pw);
    nk = nw == UINT32_MAX ? 0 : kind_of(search, nw);
    add(list, 20, left, 0, 0);
    add(list, 21, right, 0, 0);
    add(list, 22, left, shape, 0);
    add(list, 23, right, shape, 0);
    add(list, 24, left, sum, 0);
    add(list, 25, right, sum, 0);
    add(list, 26, left, right, shape);
    add(list, 27, left, left2, 0);
    add(list, 28, right, right2, 0);
    add(list, 29, left2, 0, 0);
    add(list, 30, right2, 0, 0);
    add(list, 31, before, 0, 0);
    add(list, 32, before, shape, 0);
    add(list, 33, before, sum, token->gap);
    add(list, 34, after, 0, 0);
    add(list, 35, after, shape, token[1].gap);
    add(list, 36, before, before2, 0);
    add(list, 37, before2, 0, 0);
    add(list, 38, after2, 0, 0);
    add(list, 39, pk, nk, shape);
    add(list, 40, pk, sum, token->gap);
    add(list, 41, nk, sum, token[1].gap);
    add(list, 42, own, pk, nk);
    add(list, 43, own, left, right);
    add(list, 44, before, shape, pw == i - 1 ? 0 : left);
    add(list, 45, own, right, right2);
    add(list, 46, own, left, left2);
    add(list, 47, after, sum, token[1].gap);
    add(list, 48, after, after2, 0);
    if (is_tuss(token) || (pw != UINT32_MAX && is_tuss(&search->token[pw]))
        || (nw != UINT32_MAX && is_tuss(&search->token[nw]))) {
        uint32_t far = beyond_tuss(search, &paper->before, i, -1),
                 near = beyond_tuss(search, &paper->behind, i, 1);
        uint32_t first = far == UINT32_MAX ? 0 : kind_of(search, far),
                 last = near == UINT32_MAX ? 0 : kind_of(search, near);
        uint32_t start = far == UINT32_MAX || far == 0 ? 0 : kind_of(search, far - 1);

        add(list, 51, first, last, own);
        add(list, 52, first, sum, shape);
        add(list, 53, first, start, sum);
        add(list, 55, last, own, token->gap);
        add(list, 56, first, own, 0);
    }
    add(list, 49, token->guard, left, right);
    add(list, 50, token->guard, sum, shape);
}

/* What its place in the line and in the text tells. */
static void add_place(
    struct list *list, const struct search *search, struct clue_paper *paper, uint32_t i)
{
    const struct token *token = &search->token[i];
    const struct line *line = &paper->line;
    uint32_t sum = nature(token->feature), shape = token->shape, far, lines = 0, place;
    uint32_t words, end = search->count - i;
    bool shouted, whole;

    read_line(search, paper, i);
    words = log_of(line->words);
    shouted = shape == SHAPE_UPPER && line->words > 2 && line->uppers * 3 > line->words * 2;
    place = (i == line->from ? 1u : i == line->from + 1 ? 2u : 0u) + (i + 1 == line->to ? 3u : 0u);
    whole = line->words <= 3 && line->to - line->from <= 8;
    add(list, 60, place, words, shape);
    add(list, 61, place, sum, whole);
    add(list, 62, words, shape, end < 30);
    add(list, 63, end < 12 ? 1 : end < 40 ? 2 : i < 4 ? 3 : i < 12 ? 4 : 5, shape, whole);
    add(list, 64, shouted, sum, 0);
    add(list, 65, shouted, shape, words);
    add(list, 66, identity(search, line->head), shape, 0);
    add(list, 67, log_of(line->bars), shape, FEATURE_GIVEN(token->feature) > 0);
    add(list, 68,
        line->claims
            & (1u << REDACT_EMAIL | 1u << REDACT_PHONE | 1u << REDACT_BSN | 1u << REDACT_ADDRESS
                | 1u << REDACT_PERSON | 1u << REDACT_DOB),
        shape, 0);
    add(list, 69, line->claims != 0, sum, line->bars > 1);
    add(list, 75, line->kind, shape, 0);
    add(list, 76, line->kind, sum, 0);
    read_run(search, paper, i);
    if (paper->run.words > 1 || paper->run.signs) {
        const struct run *run = &paper->run;
        uint32_t own = FEATURE_GIVEN(token->feature) || FEATURE_SURNAME(token->feature);
        uint32_t names = run->names - (own && FEATURE_COMMON(token->feature) < 3);
        uint32_t mix = (names < 2 ? names : 2) * 3 + (run->plain < 2 ? run->plain : 2);

        add(list, 77, run->signs, shape, 0);
        add(list, 78, run->signs, sum, mix);
        add(list, 79, log_of(run->words), mix, shape);
        add(list, 80, mix, sum, 0);
        add(list, 81, run->signs, i == run->from, i + 1 == run->to);
    }
    for (; paper->looked < i; paper->looked++) {
        const struct token *seen = &search->token[paper->looked];

        if (seen->kind == TOKEN_WORD && FEATURE_CLASS(seen->feature) == CLASS_SIGN)
            paper->closing = paper->looked;
    }
    far = paper->closing == UINT32_MAX ? 99 : i - paper->closing;
    for (uint32_t k = i; far < 12 && k > paper->closing; k--)
        lines += search->token[k].gap >= GAP_LINE;
    if (far < 12) {
        add(list, 70, far < 6 ? far : 6, lines < 3 ? lines : 3, shape);
        add(list, 71, lines < 3 ? lines : 3, sum, whole);
        add(list, 72, far < 3, lines < 3 ? lines : 3, i == line->from);
    }
    for (uint32_t k = 1; k <= 3; k++) {
        if (i >= k && i - k >= line->from && token[-(int)k].claim) {
            add(list, 73, k, token[-(int)k].claim, shape);
            break;
        }
    }
    for (uint32_t k = 1; k <= 3 && i + k < line->to; k++)
        if (token[k].claim) {
            add(list, 74, k, token[k].claim, shape);
            break;
        }
}

uint32_t clue_collect(const struct search *search, struct clue_paper *paper, uint32_t i,
    uint32_t at[static CLUES_MOST])
{
    struct list list = { .at = at };

    add(&list, 0, 0, 0, 0);
    add_word(&list, search, paper, i, starts_sentence(search, i));
    add_around(&list, search, paper, i);
    add_place(&list, search, paper, i);
    return list.count;
}

enum clue_link clue_link(const struct search *search, uint32_t before, uint32_t i)
{
    const struct token *token = &search->token[i], *last = token - 1;

    if (i - before > 4 || token->gap == GAP_PARAGRAPH)
        return LINK_NONE;
    if (i == before + 1)
        return token->gap == GAP_LINE ? LINK_LINE : token->gap ? LINK_BLANK : LINK_GLUED;
    for (uint32_t k = before + 1; k < i; k++)
        if (search->token[k].claim || search->token[k].gap == GAP_PARAGRAPH)
            return LINK_NONE;
    if (i == before + 2 && last->kind == TOKEN_SIGN) {
        if (last->gap == GAP_LINE || token->gap == GAP_LINE)
            return LINK_LINE;
        if (last->sign == '-')
            return LINK_DASH;
        if (last->sign == '.')
            return token->gap ? LINK_INITIAL : LINK_DOT;
        if (last->sign == ',')
            return LINK_COMMA;
        return strchr("_+'&=", last->sign) ? LINK_JOINER : LINK_OTHER;
    }
    if (i == before + 2 && last->kind == TOKEN_WORD)
        return search_word(search, i - 1, "en") || search_word(search, i - 1, "and") ? LINK_AND
                                                                                     : LINK_NONE;
    if (i == before + 3 && search_sign(search, i - 1, '\''))
        return LINK_JOINER;
    if (i == before + 3 && search_sign(search, before + 1, '.')
        && (search_word(search, i - 1, "en") || search_word(search, i - 1, "and")))
        return LINK_AND;
    return LINK_OTHER;
}
