#include "redact/spell.h"

#include "redact/birth.h"

#include <string.h>

/* The words of the spelling alphabets of NATO and of the Dutch post, by their first letter. */
static bool is_alphabet_word(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "alfa", "alpha", "bravo", "charlie", "delta", "echo",
        "foxtrot", "golf", "hotel", "india", "juliett", "juliet", "kilo", "lima", "mike",
        "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor",
        "whiskey", "whisky", "xray", "yankee", "zulu", "anton", "anna", "bernard", "bernhard",
        "cornelis", "dirk", "eduard", "ferdinand", "gerard", "hendrik", "izaak", "isaak", "johan",
        "jan", "karel", "lodewijk", "maria", "nico", "otto", "pieter", "quotient", "rudolf",
        "simon", "teunis", "utrecht", "willem", "xantippe", "ypsilon", "ijmuiden", "zacharias",
        "zaandam", "zed", "zet", "kay", "dubbelju", "doubleyou" };

    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return false;
}

/* One past a letter that token i tells, however it does; i when it tells none. */
static uint32_t letter_end(const struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];

    if (token->kind != TOKEN_WORD)
        return i;
    if (search_word(search, i, "x") && search_sign(search, i + 1, '-')
        && search_word(search, i + 2, "ray"))
        return i + 3;
    if (token->len == 1) {
        /* "A van Anton", "B as in Bob", "S for Simon" */
        if ((search_word(search, i + 1, "van") || search_word(search, i + 1, "for"))
            && search->token[i + 2].sign
            && view_lower(search->token[i + 2].sign) == view_lower(token->sign))
            return i + 3;
        if (search_word(search, i + 1, "as") && search_word(search, i + 2, "in"))
            return i + 4;
        return i + 1;
    }
    return is_alphabet_word(search, i) ? i + 1 : i;
}

/* How many digits a word stands for; 0 for none. */
static size_t digits_of(const struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];

    if (token->kind == TOKEN_NUMBER)
        return token->len;
    if (token->len < 2 || search_word(search, i, "en") || search_word(search, i, "and")
        || search_word(search, i, "de") || !birth_is_number_word(search, i))
        return 0;
    if (FEATURE_CLASS(token->feature) == CLASS_NUMBER && FEATURE_VALUE(token->feature) < 10)
        return 1;
    for (uint32_t k = 0; k + 7 <= token->len; k++)
        if (memcmp(search->view.ch + token->pos + k, "honderd", 7) == 0)
            return 3;
    return 2;
}

static bool is_between(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "streep", "streepje", "dash", "koppelteken", "hyphen",
        "minus", "de", "en", "and", "dan", "then", "spatie", "space", "letter", "letters", "met",
        "capital", "hoofdletter", "the", "gevolgd", "door" };

    if (search->token[i].kind == TOKEN_SIGN)
        return search->token[i].sign < 0x80
            && strchr(",-./()\"'_|~;*", search->token[i].sign) != NULL;
    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return false;
}

uint32_t spell_end(const struct search *search, uint32_t i, char *shape, size_t most)
{
    uint32_t end = i, between = 0;
    size_t n = 0;

    for (uint32_t k = i; k < search->count && k - i < 40 && between < 4;) {
        const struct token *token = &search->token[k];
        uint32_t next = letter_end(search, k);
        size_t digits = next == k ? digits_of(search, k) : 0;

        if (token->claim
            || (k > i
                && token->gap >= (token->kind == TOKEN_NUMBER || token->shape == SHAPE_UPPER
                           ? GAP_LINE
                           : GAP_PARAGRAPH)))
            break;
        if (next == k && token->kind == TOKEN_WORD && token->len <= 3 && token->shape == SHAPE_UPPER
            && !digits) {
            /* "KBB": letters as they are */
            if (n + token->len > most)
                break;
            for (uint32_t c = 0; c < token->len; c++)
                shape[n++] = 'X';
            end = ++k;
            between = 0;
            continue;
        }
        if (next == k && !digits) {
            if (k == i || !is_between(search, k))
                break;
            between++;
            k++;
            continue;
        }
        between = 0;
        if (digits + (next > k) + n > most)
            break;
        for (size_t d = 0; d < digits + (next > k); d++)
            shape[n++] = next > k ? 'X' : '9';
        k = end = next > k ? next : k + 1;
        /* thirty-six: the unit behind its ten is one number with it */
        if (digits == 2 && search_sign(search, k, '-') && digits_of(search, k + 1) == 1
            && search->token[k - 1].kind == TOKEN_WORD && !search->token[k].gap)
            k = end = k + 2;
    }
    shape[n] = 0;
    return n ? end : i;
}
