/* search.h - one window of text under search: its view, its tokens, and what was claimed so far. */
#ifndef SEARCH_H
#define SEARCH_H

#include "redact/redact.h"
#include "redact/view.h"

#include <string.h>

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_SIGN };
enum token_gap { GAP_NONE, GAP_BLANK, GAP_LINE, GAP_PARAGRAPH }; /* what stands before it */
enum token_shape { SHAPE_LOWER, SHAPE_CAPITAL, SHAPE_UPPER, SHAPE_MIXED };
enum token_guard {
    GUARD_NONE,
    GUARD_SOFT, /* part of an address, a version, code: no name or number by itself */
    GUARD_HARD, /* public data of the municipality, keep-lists: stays */
};

struct token {
    uint32_t pos; /* in the view */
    uint16_t len;
    uint8_t kind, gap, shape;
    uint8_t sign; /* the byte of a TOKEN_SIGN, the first byte otherwise */
    uint8_t claim; /* enum redact_type */
    uint8_t guard;
    uint8_t key; /* enum key of the value that it stands in; KEY_NONE outside */
    uint8_t word_key; /* enum key that the word itself is; KEY_NONE else */
    uint8_t uses; /* bits of enum word_use */
    int8_t margin; /* how much more it is a name than none (person.h); 0: not weighed */
    uint32_t feature; /* of a word */
    uint32_t hash; /* of a word or number, folded */
};

/* What many searches ask of a word: told once, when it is looked up, by the file with the list. */
enum word_use {
    USE_CUE = 1, /* hint_cue_word */
    USE_NUMBER = 2, /* birth_number_word */
    USE_THING = 4 /* credential_thing_word */
};

/* Tokens [from, to) that are personal data. */
struct find {
    uint32_t from, to;
    uint8_t type, rule, certainty;
};

/* A word that was looked up before: most words of a text are few. */
struct seen_word {
    uint64_t hash;
    uint32_t feature;
    uint8_t key, uses;
};

struct search {
    const struct redact_town *town;
    const struct redact_known *known;
    struct recall *recall;
    struct arena *arena; /* of this window */
    struct arena *room; /* what is used again for the next one */
    struct view view;
    struct seen_word *seen; /* by the last bits of the hash; may be NULL */
    uint32_t seen_mask;
    struct token *token; /* two empty signs stand after the last, so that looking ahead is safe */
    uint32_t count, token_size;
    struct find *find;
    uint32_t finds, find_size;
};

/* Makes room in the arena to remember words of a text of so many bytes. */
void search_remember(struct search *search, size_t len, struct arena *arena);

/* Cuts the view into tokens, and looks every word up. */
void search_tokens(struct search *search);

/* Claims tokens [from, to); false when one of them is claimed or guarded at least as hard as
 * `guard`. */
bool search_claim(struct search *search, uint32_t from, uint32_t to, enum redact_type type,
    enum redact_rule rule, unsigned certainty, enum token_guard guard);

/* As search_claim, but takes over what others claimed inside. */
void search_force(struct search *search, uint32_t from, uint32_t to, enum redact_type type,
    enum redact_rule rule, unsigned certainty);

/* Token i is this sign. */
static inline bool search_sign(const struct search *search, uint32_t i, uint8_t sign)
{
    return i < search->count && search->token[i].kind == TOKEN_SIGN
        && search->token[i].sign == sign;
}

/* Token i is a word with these letters, lower case. */
PURE bool search_same(const struct search *search, uint32_t i, const char *word);
static inline bool search_word(const struct search *search, uint32_t i, const char *word)
{
    return i < search->count && view_lower(search->token[i].sign) == (uint8_t)word[0]
        && search_same(search, i, word);
}

/* Whether a word in small letters is in the list of its first letter, parted by blanks. */
PURE bool search_listed(const char *word, const char *const lists[26]);

/* Token i is one of these words, all in lower-case letters. */
static inline bool search_one_of(
    const struct search *search, uint32_t i, const char *const *words, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (search_word(search, i, words[k]))
            return true;
    return false;
}

/* Token i starts with these lower-case letters and is longer. */
PURE bool search_start(const struct search *search, uint32_t i, const char *start);
static inline bool search_starts(const struct search *search, uint32_t i, const char *start)
{
    return i < search->count && view_lower(search->token[i].sign) == (uint8_t)start[0]
        && search_start(search, i, start);
}

/* Token i ends with these lower-case letters and is longer. */
PURE bool search_end(const struct search *search, uint32_t i, const char *end, size_t len);
static inline bool search_ends(const struct search *search, uint32_t i, const char *end)
{
    size_t len = strlen(end);

    return search->token[i].len > len && search_end(search, i, end, len);
}

/* Digits of tokens [from, to) into out (at most most - 1, then NUL); gives how many there are. */
size_t search_digits(
    const struct search *search, uint32_t from, uint32_t to, char *out, size_t most);

/* Token i is a sign that was written as an escape: part of the value that it stands in. */
static inline bool search_escaped(const struct search *search, uint32_t i)
{
    return search->token[i].kind == TOKEN_SIGN && view_escaped(&search->view, search->token[i].pos);
}

/* No blank stands before token i, or only such as were written as an escape. */
PURE bool search_tied(const struct search *search, uint32_t i);

/* One past the last token that is tied to token i. */
PURE uint32_t search_tied_end(const struct search *search, uint32_t i);

/* One past the last token that is glued to token i. */
PURE uint32_t search_glued_end(const struct search *search, uint32_t i);

/* First token of the glued run that holds token i. */
PURE uint32_t search_glued_start(const struct search *search, uint32_t i);

/* First token of the line of token i, and one past its last. Looks at most 400 tokens far. */
PURE uint32_t search_line_start(const struct search *search, uint32_t i);
PURE uint32_t search_line_end(const struct search *search, uint32_t i);

/* Start and end of the line in view bytes are those of its tokens. */
static inline uint32_t search_end_pos(const struct search *search, uint32_t i)
{
    return search->token[i].pos + search->token[i].len;
}

#endif
