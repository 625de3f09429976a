#include "redact/recall.h"

#include "redact/lexicon.h"

#include <string.h>

/* Slots for names by the length of the text: a mail holds few, and they are wiped after it. */
enum { SLOTS_LEAST = 1 << 10, SLOTS_MOST = 1 << 14, BYTES_PER_SLOT = 16 };
enum { HANDLES_MOST = 64, HANDLE_LONGEST = 48 };
enum {
    MARGIN_LEAST = -40
}; /* a known name that stands like less of one is something else: Ada 95 */

struct slot {
    uint32_t hash;
    bool tuss; /* tussenvoegsels stood before it */
};

struct handle {
    uint8_t text[HANDLE_LONGEST];
    uint32_t len;
    uint32_t hash; /* of its first token */
};

struct recall {
    struct slot *slot;
    uint32_t slots; /* a power of two */
    uint32_t names;
    struct handle handle[HANDLES_MOST];
    uint32_t handles;
    uint64_t handles_by[64]; /* which of them have a hash that ends in these six bits */
    uint64_t ends[64],
        starts[64]; /* three letters at the end and the start of names, twelve bits each */
};

static uint32_t three(uint8_t a, uint8_t b, uint8_t c)
{
    return ((uint32_t)view_lower(a) * 131u + (uint32_t)view_lower(b) * 31u + view_lower(c)) & 4095;
}

static void mark(uint64_t *bits, uint32_t bit)
{
    bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
}

static bool marked(const uint64_t *bits, uint32_t bit)
{
    return bits[bit >> 6] >> (bit & 63) & 1;
}

static uint32_t slot_of(const struct recall *recall, uint32_t hash)
{
    uint32_t i = hash & (recall->slots - 1);

    while (recall->slot[i].hash && recall->slot[i].hash != hash)
        i = (i + 1) & (recall->slots - 1);
    return i;
}

bool recall_has(const struct recall *recall, uint32_t hash)
{
    return hash && recall->slot[slot_of(recall, hash)].hash == hash;
}

static void add_name(
    struct recall *recall, const struct search *search, const struct token *token, bool tuss)
{
    uint32_t hash = token->hash;
    const uint8_t *text = search->view.ch + token->pos;
    struct slot *slot = &recall->slot[slot_of(recall, hash)];

    if (!slot->hash) {
        if (recall->names >= recall->slots / 2)
            return;
        recall->names++;
        slot->hash = hash;
        mark(recall->ends, three(text[token->len - 3], text[token->len - 2], text[token->len - 1]));
        mark(recall->starts, three(text[0], text[1], text[2]));
    }
    slot->tuss |= tuss;
}

/* Words that are a part of a name wherever they stand, once it is known. */
static bool is_telling(const struct token *token)
{
    return token->kind == TOKEN_WORD && token->len >= 3
        && FEATURE_CLASS(token->feature) != CLASS_TUSS
        && FEATURE_CLASS(token->feature) != CLASS_TITLE
        && FEATURE_CLASS(token->feature) != CLASS_MONTH
        && FEATURE_CLASS(token->feature) != CLASS_SIGN
        && FEATURE_CLASS(token->feature) != CLASS_GREET
        && !(token->feature & (FEATURE_NOTNAME | FEATURE_LEGAL | FEATURE_ORG | FEATURE_ROLE));
}

static void add_tokens(
    struct recall *recall, const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (is_telling(&search->token[i])) {
            bool tuss = i > 0 && FEATURE_CLASS(search->token[i - 1].feature) == CLASS_TUSS;

            add_name(recall, search, &search->token[i],
                tuss && !(i > from && search_sign(search, i - 1, '-')));
        }
}

/* A From name that is an organisation's or a function's names nobody. */
static bool is_person_name(const struct search *search)
{
    uint32_t words = 0;
    bool names = false;

    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (token->kind != TOKEN_WORD)
            continue;
        words++;
        names |= FEATURE_GIVEN(token->feature) || token->len == 1
            || FEATURE_CLASS(token->feature) == CLASS_TUSS || FEATURE_SURNAME(token->feature) > 1
            || (token->feature == 0 && words > 1);
        if (token->feature & (FEATURE_LEGAL | FEATURE_ORG) && !FEATURE_GIVEN(token->feature))
            return false;
    }
    return names && words <= 8;
}

static void add_handle(
    struct recall *recall, const struct search *search, uint32_t from, uint32_t to)
{
    struct handle *handle;
    uint32_t start, end;

    if (recall->handles >= HANDLES_MOST || from >= to)
        return;
    start = search->token[from].pos;
    end = search_end_pos(search, to - 1);
    if (end - start < 4 || end - start >= HANDLE_LONGEST)
        return;
    handle = &recall->handle[recall->handles++];
    handle->len = end - start;
    handle->hash = search->token[from].hash;
    recall->handles_by[handle->hash & 63] |= (uint64_t)1 << (handle - recall->handle);
    for (uint32_t k = 0; k < handle->len; k++)
        handle->text[k] = view_lower(search->view.ch[start + k]);
}

/* The local part of an address: names when they are names, a user name always. */
static void add_address(
    struct recall *recall, const struct search *search, uint32_t from, uint32_t at)
{
    uint32_t words = 0, roles = 0, common = 0;

    for (uint32_t i = from; i < at; i++) {
        const struct token *token = &search->token[i];

        if (token->kind != TOKEN_WORD)
            continue;
        words++;
        roles += (token->feature & (FEATURE_ROLE | FEATURE_ORG)) != 0;
        common += FEATURE_COMMON(token->feature) > 0 && !FEATURE_GIVEN(token->feature)
            && !FEATURE_SURNAME(token->feature);
    }
    if (!words || roles)
        return;
    for (uint32_t i = from; i < at; i++) {
        const struct token *token = &search->token[i];
        uint32_t f = token->feature;

        if (is_telling(token) && words == 2 && i == from + 2 && search->token[from].len == 1)
            add_name(recall, search, token, false);
        else if (is_telling(token) && token->len >= 4
            && (FEATURE_GIVEN(f) || FEATURE_SURNAME(f) || (!f && words > 1)))
            add_name(recall, search, token, false);
    }
    if (common < words)
        add_handle(recall, search, from, at);
}

/* The sender's own domain, under which a firm or a person is known: hexfield in
 * tom@hexfield.example. Words of the dictionary and places stay, since mail providers and towns are
 * named by them. */
static void add_domain(struct recall *recall, const struct search *search, uint32_t from)
{
    if (from + 2 < search->count && search->token[from].len >= 6 && !search->token[from].feature
        && is_telling(&search->token[from]) && search_sign(search, from + 1, '.'))
        add_name(recall, search, &search->token[from], false);
}

static void add_known(struct recall *recall, struct span text, bool address, struct arena *arena)
{
    struct search part = { .arena = arena, .room = arena };
    uint32_t at, from;

    if (!text.len || text.len > 1000)
        return;
    view_make(&part.view, text, arena);
    search_tokens(&part);
    for (at = 0; at < part.count && !search_sign(&part, at, '@'); at++)
        ;
    if (at < part.count) {
        for (from = at; from > 0 && !part.token[from].gap && !search_sign(&part, from - 1, '<');
             from--)
            ;
        add_address(recall, &part, from, at);
        if (address)
            add_domain(recall, &part, at + 1);
        part.count = from;
    }
    if (!address && part.count && is_person_name(&part)) {
        add_tokens(recall, &part, 0, part.count);
        if (part.count <= 3)
            add_handle(recall, &part, 0, part.count);
    }
}

struct recall *recall_new(const struct redact_known *known, size_t len, struct arena *arena)
{
    struct recall *recall = arena_alloc(arena, sizeof *recall);

    recall->slots = SLOTS_LEAST;
    while (recall->slots < SLOTS_MOST && recall->slots < len / BYTES_PER_SLOT)
        recall->slots *= 2;
    recall->slot = arena_array(arena, recall->slots, sizeof *recall->slot);

    add_known(recall, known->from_name, false, arena);
    add_known(recall, known->from_email, true, arena);
    for (size_t i = 0; i < known->names.count; i++)
        add_known(recall, span_of(known->names.at[i]), false, arena);
    return recall;
}

void recall_learn(struct recall *recall, const struct search *search)
{
    for (uint32_t i = 0; i < search->finds; i++) {
        const struct find *find = &search->find[i];

        if (find->type == REDACT_PERSON && find->certainty >= 70 && find->rule != RULE_RECALL)
            add_tokens(recall, search, find->from, find->to);
        if (find->type == REDACT_EMAIL) {
            uint32_t at = find->from;

            while (at < find->to && !search_sign(search, at, '@'))
                at++;
            if (at < find->to)
                add_address(recall, search, find->from, at);
        }
        if (find->type == REDACT_HANDLE && find->certainty >= 75 && find->to - find->from == 1
            && search->token[find->from].len >= 4
            && !FEATURE_COMMON(search->token[find->from].feature))
            add_handle(recall, search, find->from, find->to);
        if (find->type == REDACT_HANDLE && find->certainty >= 75 && find->to - find->from > 1)
            add_handle(recall, search, find->from, find->to);
    }
}

static bool starts_sentence(const struct search *search, uint32_t i)
{
    if (i == 0 || search->token[i].gap == GAP_PARAGRAPH)
        return true;
    return search->token[i - 1].kind == TOKEN_SIGN && strchr(".!?:>*-|", search->token[i - 1].sign)
        && search->token[i].gap;
}

static bool beside_name(const struct search *search, uint32_t i)
{
    if (i > 0 && search->token[i].gap <= GAP_LINE
        && (search->token[i - 1].claim == REDACT_PERSON
            || recall_has(search->recall, search->token[i - 1].hash)))
        return true;
    if (i + 1 < search->count && search->token[i + 1].gap <= GAP_LINE
        && (search->token[i + 1].claim == REDACT_PERSON
            || recall_has(search->recall, search->token[i + 1].hash)))
        return true;
    /* an initial before it: "M. Hagel" */
    return i > 1 && search_sign(search, i - 1, '.') && search->token[i - 2].len == 1
        && view_upper(search->token[i - 2].sign);
}

static bool claimable(const struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];
    uint32_t common = FEATURE_COMMON(token->feature);

    if (token->guard == GUARD_HARD)
        return false;
    if (token->guard == GUARD_SOFT
        && (common || token->len < 5
            || !(i > 0 && search->token[i - 1].kind == TOKEN_SIGN
                && strchr("-_./=", search->token[i - 1].sign))))
        return false;
    /* "Age: 3600", "Age-header", "julian_date" */
    if (!token[1].gap && token[1].kind == TOKEN_SIGN
        && ((token[1].sign == ':' && token[2].kind == TOKEN_NUMBER)
            || (strchr("-_", token[1].sign) && common && token[2].kind == TOKEN_WORD
                && token[2].shape == SHAPE_LOWER)))
        return false;
    if (token->feature & FEATURE_TECH)
        return token->shape == SHAPE_CAPITAL && beside_name(search, i);
    if (beside_name(search, i))
        return token->shape != SHAPE_LOWER || common < 6;
    switch (token->shape) {
    case SHAPE_CAPITAL:
        return !common || !starts_sentence(search, i)
            || (search->token[i + 1].gap >= GAP_LINE && (token->gap >= GAP_LINE))
            || (common < 3 && FEATURE_GIVEN(token->feature) > 1);
    case SHAPE_UPPER:
        return common < 2 || token->len < 4;
    case SHAPE_MIXED:
        return true;
    default:
        return common == 0 && token->len > 3;
    }
}

/* Takes initials, given names and tussenvoegsels around a known name into it. */
static void widen(const struct search *search, uint32_t *from, uint32_t *to, bool tuss)
{
    for (;;) {
        uint32_t i = *from;

        if (i == 0 || search->token[i].gap > GAP_LINE)
            break;
        if (i > 1 && search_sign(search, i - 1, '.') && !search->token[i - 1].gap
            && search->token[i - 2].kind == TOKEN_WORD && search->token[i - 2].len <= 2
            && view_upper(search->token[i - 2].sign) && !search->token[i - 2].claim
            && search->token[i].gap <= GAP_BLANK) {
            *from = i - 2;
            continue;
        }
        if (search->token[i - 1].claim || search->token[i - 1].guard)
            break;
        if (search->token[i - 1].kind == TOKEN_WORD
            && FEATURE_CLASS(search->token[i - 1].feature) == CLASS_TUSS && search->token[i].gap
            && (tuss || search->token[i - 1].shape != SHAPE_LOWER
                || (i > 1
                    && (search->token[i - 2].claim == REDACT_PERSON
                        || search_sign(search, i - 2, '.'))))
            && !search_word(search, i - 1, "aan")
            && !(search->token[i - 1].len == 1 && search->token[i - 1].gap && false)) {
            *from = i - 1;
            continue;
        }
        break;
    }
    /* "Lev A." */
    if (*to + 1 < search->count && search->token[*to].gap == GAP_BLANK
        && search->token[*to].kind == TOKEN_WORD && search->token[*to].len == 1
        && view_upper(search->token[*to].sign) && search_sign(search, *to + 1, '.')
        && !search->token[*to].claim && search->token[*from].shape != SHAPE_LOWER)
        *to += 1;
    while (*to < search->count && search_sign(search, *to, '-') && !search->token[*to].gap
        && search->token[*to + 1].kind == TOKEN_WORD && !search->token[*to + 1].gap
        && search->token[*to + 1].shape != SHAPE_LOWER && !search->token[*to + 1].claim
        && (FEATURE_SURNAME(search->token[*to + 1].feature) || !search->token[*to + 1].feature)
        && !(search->token[*to + 1].feature & (FEATURE_TECH | FEATURE_ORG)))
        *to += 2;
}

/* Whether the word that gave this hash is part of a known name. */
static bool knows(const struct search *search, uint64_t hash)
{
    hash = word_hash_end(hash);
    return recall_has(search->recall, (uint32_t)(hash >> 32) ^ (uint32_t)hash);
}

/* wklooster, boswald, jdevries: a known name with initials or tussenvoegsels stuck to it. */
static bool holds_name(const struct search *search, const struct token *token)
{
    const uint8_t *text = search->view.ch + token->pos;
    bool ends = marked(search->recall->ends,
        three(text[token->len - 3], text[token->len - 2], text[token->len - 1]));
    bool starts = marked(search->recall->starts, three(text[0], text[1], text[2]));
    uint64_t whole = WORD_HASH_START, first = WORD_HASH_START;

    if (!ends && !starts)
        return false;
    for (uint32_t cut = 1; ends && cut <= 5 && cut + 4 <= token->len; cut++) {
        uint64_t hash = WORD_HASH_START;

        if (!marked(search->recall->starts, three(text[cut], text[cut + 1], text[cut + 2])))
            continue;
        if (cut > 2 && FEATURE_CLASS(lexicon_word(text, cut)) != CLASS_TUSS
            && FEATURE_CLASS(lexicon_word(text + 1, cut - 1)) != CLASS_TUSS)
            continue;
        for (uint32_t k = cut; k < token->len; k++)
            hash = word_hash_byte(hash, view_lower(text[k]));
        if (knows(search, hash))
            return true;
    }
    for (uint32_t k = 0; k + 1 < token->len; k++)
        whole = word_hash_byte(whole, view_lower(text[k]));
    if (token->len >= 5 && knows(search, whole))
        return true;
    /* given name and surname in one: "janjansen" */
    for (uint32_t cut = 1; ends && starts && cut + 3 <= token->len && token->len <= 30; cut++) {
        uint64_t second = WORD_HASH_START;

        first = word_hash_byte(first, view_lower(text[cut - 1]));
        if (cut < 3
            || !marked(search->recall->starts, three(text[cut], text[cut + 1], text[cut + 2]))
            || !knows(search, first))
            continue;
        for (uint32_t k = cut; k < token->len; k++)
            second = word_hash_byte(second, view_lower(text[k]));
        if (knows(search, second))
            return true;
    }
    return false;
}

static bool try_handles(struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];
    uint64_t left = search->recall->handles_by[token->hash & 63];

    if (!left)
        return false;
    if (!token->gap && i > 0 && search->token[i - 1].kind != TOKEN_SIGN)
        return false;
    /* the label of a host */
    if (token->guard == GUARD_SOFT && i > 0 && !strchr("/=~", search->token[i - 1].sign))
        return false;
    if (token->guard == GUARD_SOFT && i > 1 && search_sign(search, i - 1, '/')
        && search_sign(search, i - 2, '/'))
        return false;
    for (; left; left &= left - 1) {
        const struct handle *handle = &search->recall->handle[__builtin_ctzll(left)];
        uint32_t k = 0, to = i;

        if (handle->hash != token->hash || token->pos + handle->len > search->view.len)
            continue;
        while (k < handle->len && view_lower(search->view.ch[token->pos + k]) == handle->text[k])
            k++;
        if (k < handle->len)
            continue;
        while (to < search->count && search->token[to].pos < token->pos + handle->len)
            to++;
        if (search_end_pos(search, to - 1) != token->pos + handle->len
            || (to < search->count && !search->token[to].gap
                && (search->token[to].kind != TOKEN_SIGN || search_sign(search, to, '@'))))
            continue;
        if (to - i == 1 && FEATURE_COMMON(token->feature) && token->shape == SHAPE_LOWER)
            continue;
        return search_claim(search, i, to, REDACT_HANDLE, RULE_RECALL, 80, GUARD_HARD);
    }
    return false;
}

void recall_find(struct search *search)
{
    bool any = search->recall->names > 0;

    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t from = i, to = i + 1;
        const struct slot *slot;

        if (token->kind == TOKEN_SIGN || token->claim)
            continue;
        if (search->recall->handles && try_handles(search, i))
            continue;
        if (!any || token->kind != TOKEN_WORD || token->len < 3)
            continue;
        slot = &search->recall->slot[slot_of(search->recall, token->hash)];
        if (slot->hash != token->hash) {
            /* Jansens laptop: a possessive s */
            if (token->len > 4 && !FEATURE_COMMON(token->feature) && token->shape != SHAPE_UPPER
                && !token->guard && !(token->feature & (FEATURE_TECH | FEATURE_ORG | FEATURE_PLACE))
                && holds_name(search, token))
                search_claim(search, i, i + 1,
                    token->shape == SHAPE_CAPITAL ? REDACT_PERSON : REDACT_HANDLE, RULE_RECALL, 72,
                    GUARD_HARD);
            continue;
        }
        if (!claimable(search, i) || (token->margin < MARGIN_LEAST && !beside_name(search, i)))
            continue;
        widen(search, &from, &to, slot->tuss);
        if (!search_claim(search, from, to, REDACT_PERSON, RULE_RECALL, 85, GUARD_HARD))
            search_claim(search, i, i + 1, REDACT_PERSON, RULE_RECALL, 82, GUARD_HARD);
    }
}
