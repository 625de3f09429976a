#include "redact/search.h"

#include "redact/birth.h"
#include "redact/credential.h"
#include "redact/hint.h"
#include "redact/keyname.h"
#include "redact/lexicon.h"

#include <string.h>

enum { WORD_LONGEST = 64, TOKEN_LONGEST = 4000, LINE_LOOK = 400 };
enum { SEEN_LEAST = 1 << 7, SEEN_MOST = 1 << 13, BYTES_PER_SEEN = 32 };

/* One past the longest token that starts at i. */
static uint32_t longest_end(const struct view *view, uint32_t i)
{
    return view->len - i < TOKEN_LONGEST ? view->len : i + TOKEN_LONGEST;
}

static void set_hash(struct token *token, uint64_t hash)
{
    token->hash = (uint32_t)(hash >> 32) ^ (uint32_t)hash;
}

void search_remember(struct search *search, size_t len, struct arena *arena)
{
    uint32_t size = SEEN_LEAST;

    while (size < SEEN_MOST && size < len / BYTES_PER_SEEN)
        size *= 2;
    search->seen = arena_array(arena, size, sizeof *search->seen);
    search->seen_mask = size - 1;
}

/* What the table and the ends of words tell of a word. */
static struct seen_word look_up(const uint8_t *word, uint32_t len, uint64_t hash)
{
    struct seen_word seen = { .hash = hash };
    char letters[WORD_LONGEST + 1];

    if (len > WORD_LONGEST)
        return seen;
    for (uint32_t k = 0; k < len; k++)
        letters[k] = (char)view_lower(word[k]);
    letters[len] = 0;
    seen.feature = lexicon_find(hash);
    seen.key = (uint8_t)keyname_ending(word, len, seen.feature);
    seen.uses = (uint8_t)((hint_cue_word(letters) ? USE_CUE : 0)
        | (birth_number_word(letters) ? USE_NUMBER : 0)
        | (credential_thing_word(letters) ? USE_THING : 0));
    return seen;
}

static uint32_t read_word(const struct search *search, uint32_t i, struct token *token)
{
    const struct view *view = &search->view;
    const uint8_t *ch = view->ch;
    struct seen_word *seen, found = { 0 };
    uint64_t hash = WORD_HASH_START;
    uint32_t from = i, end = longest_end(view, i), uppers = 0;
    bool first_upper = view_upper(ch[i]);

    for (; i < end && view_letter(ch[i]); i++) {
        uppers += view_upper(ch[i]);
        hash = word_hash_byte(hash, view_lower(ch[i]));
    }
    hash = word_hash_end(hash);
    set_hash(token, hash);
    token->len = (uint16_t)(i - from);
    token->kind = TOKEN_WORD;
    token->shape = uppers == 0                   ? SHAPE_LOWER
        : uppers == token->len && token->len > 1 ? SHAPE_UPPER
        : first_upper && uppers == 1             ? SHAPE_CAPITAL
                                                 : SHAPE_MIXED;
    seen = search->seen ? &search->seen[hash & search->seen_mask] : &found;
    if (!search->seen || seen->hash != hash)
        *seen = look_up(ch + from, token->len, hash);
    token->feature = seen->feature;
    token->word_key = seen->key;
    token->uses = seen->uses;
    return i;
}

static uint32_t read_number(const struct view *view, uint32_t i, struct token *token)
{
    uint64_t hash = WORD_HASH_START;
    uint32_t from = i, end = longest_end(view, i);

    for (; i < end && view_digit(view->ch[i]); i++)
        hash = word_hash_byte(hash, view->ch[i]);
    set_hash(token, word_hash_end(hash));
    token->len = (uint16_t)(i - from);
    token->kind = TOKEN_NUMBER;
    return i;
}

void search_tokens(struct search *search)
{
    const struct view *view = &search->view;
    uint32_t i = 0, size = search->token_size;
    uint8_t gap = GAP_PARAGRAPH;

    if (size < view->len / 3 + 64) {
        size = view->len / 3 + 64;
        search->token = arena_array(search->room, size, sizeof *search->token);
    }
    search->count = 0;
    while (i < view->len) {
        uint8_t c = view->ch[i];
        struct token *token;

        if (c == ' ') {
            gap = gap < GAP_BLANK ? GAP_BLANK : gap;
            i++;
            continue;
        }
        if (c == '\n') {
            gap = gap >= GAP_LINE ? GAP_PARAGRAPH : GAP_LINE;
            i++;
            continue;
        }
        if (search->count + 4 > size) {
            search->token = arena_grow(search->room, search->token, size * sizeof *search->token,
                (size_t)size * 2 * sizeof *search->token);
            size *= 2;
        }
        token = &search->token[search->count++];
        *token = (struct token) { .pos = i, .len = 1, .gap = gap, .sign = c };
        gap = GAP_NONE;
        if (view_letter(c))
            i = read_word(search, i, token);
        else if (view_digit(c))
            i = read_number(view, i, token);
        else {
            token->kind = TOKEN_SIGN;
            i++;
        }
    }
    search->token_size = size;
    for (uint32_t k = 0; k < 3; k++)
        search->token[search->count + k] = (struct token) {
            .pos = view->len, .kind = TOKEN_SIGN, .gap = GAP_PARAGRAPH, .sign = FOLD_OTHER
        };
}

static void add_find(struct search *search, const struct find *find)
{
    if (search->finds == search->find_size) {
        uint32_t size = search->find_size ? search->find_size * 2 : 64;
        struct find *larger = arena_array(search->arena, size, sizeof *larger);

        if (search->finds)
            memcpy(larger, search->find, search->finds * sizeof *larger);
        search->find = larger;
        search->find_size = size;
    }
    search->find[search->finds++] = *find;
}

bool search_claim(struct search *search, uint32_t from, uint32_t to, enum redact_type type,
    enum redact_rule rule, unsigned certainty, enum token_guard guard)
{
    if (from >= to || to > search->count)
        return false;
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].claim || search->token[i].guard >= guard
            || search->token[i].sign == FOLD_MARK)
            return false;
    for (uint32_t i = from; i < to; i++)
        search->token[i].claim = (uint8_t)type;
    add_find(search, &(struct find) { from, to, (uint8_t)type, (uint8_t)rule, (uint8_t)certainty });
    return true;
}

void search_force(struct search *search, uint32_t from, uint32_t to, enum redact_type type,
    enum redact_rule rule, unsigned certainty)
{
    if (from >= to || to > search->count)
        return;
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].sign == FOLD_MARK)
            return;
    for (uint32_t i = from; i < to; i++)
        search->token[i].claim = (uint8_t)type;
    add_find(search, &(struct find) { from, to, (uint8_t)type, (uint8_t)rule, (uint8_t)certainty });
}

bool search_same(const struct search *search, uint32_t i, const char *word)
{
    const struct token *token = &search->token[i];
    const uint8_t *text = search->view.ch + token->pos;
    uint32_t k = 0;

    while (k < token->len && view_lower(text[k]) == (uint8_t)word[k])
        k++;
    return k == token->len && !word[k];
}

bool search_listed(const char *word, const char *const lists[26])
{
    uint8_t letter = (uint8_t)word[0] - 'a';
    const char *at = letter < 26 ? lists[letter] : NULL;

    while (at && *at) {
        size_t k = 0;

        while (word[k] && word[k] == at[k])
            k++;
        if (!word[k] && (!at[k] || at[k] == ' '))
            return true;
        at += k;
        while (*at && *at++ != ' ')
            ;
    }
    return false;
}

bool search_end(const struct search *search, uint32_t i, const char *end, size_t len)
{
    const struct token *token = &search->token[i];

    if (i >= search->count || token->kind != TOKEN_WORD || token->len <= len)
        return false;
    for (size_t k = 0; k < len; k++)
        if (view_lower(search->view.ch[token->pos + token->len - len + k]) != (uint8_t)end[k])
            return false;
    return true;
}

bool search_start(const struct search *search, uint32_t i, const char *start)
{
    const struct token *token = &search->token[i];
    const uint8_t *text = search->view.ch + token->pos;
    uint32_t k = 0;

    if (token->kind != TOKEN_WORD)
        return false;
    while (k < token->len && start[k] && view_lower(text[k]) == (uint8_t)start[k])
        k++;
    return k < token->len && !start[k];
}

size_t search_digits(
    const struct search *search, uint32_t from, uint32_t to, char *out, size_t most)
{
    size_t n = 0;

    for (uint32_t i = from; i < to; i++)
        for (uint32_t k = 0; k < search->token[i].len; k++) {
            uint8_t c = search->view.ch[search->token[i].pos + k];

            if (!view_digit(c))
                continue;
            if (n + 1 < most)
                out[n] = (char)c;
            n++;
        }
    out[n < most ? n : most - 1] = 0;
    return n;
}

bool search_tied(const struct search *search, uint32_t i)
{
    if (search->token[i].gap == GAP_NONE)
        return true;
    if (search->token[i].gap > GAP_BLANK || i == 0)
        return false;
    for (uint32_t p = search_end_pos(search, i - 1); p < search->token[i].pos; p++)
        if (!view_escaped(&search->view, p))
            return false;
    return true;
}

uint32_t search_tied_end(const struct search *search, uint32_t i)
{
    uint32_t end = i + 1;

    while (end < search->count && end - i < LINE_LOOK && search_tied(search, end))
        end++;
    return end;
}

uint32_t search_glued_end(const struct search *search, uint32_t i)
{
    uint32_t end = i + 1;

    while (end < search->count && search->token[end].gap == GAP_NONE && end - i < LINE_LOOK)
        end++;
    return end;
}

uint32_t search_glued_start(const struct search *search, uint32_t i)
{
    uint32_t from = i;

    while (from > 0 && search->token[from].gap == GAP_NONE && i - from < LINE_LOOK)
        from--;
    return from;
}

uint32_t search_line_start(const struct search *search, uint32_t i)
{
    uint32_t from = i;

    while (from > 0 && search->token[from].gap < GAP_LINE && i - from < LINE_LOOK)
        from--;
    return from;
}

uint32_t search_line_end(const struct search *search, uint32_t i)
{
    uint32_t end = i + 1;

    while (end < search->count && search->token[end].gap < GAP_LINE && end - i < LINE_LOOK)
        end++;
    return end;
}
