/* view.h - a text as one byte a character, folded and decoded, with a map back to the original. */
#ifndef VIEW_H
#define VIEW_H

#include "base/arena.h"
#include "redact/feature.h"

/*
 * Letters are ASCII letters without diacritics, digits of all scripts 0-9, dashes '-', quotes " or
 * ', white space ' ' '\t' '\n'; the rest is ASCII punctuation or a FOLD_ byte. Entities, percent,
 * quoted-printable, JSON escapes and encoded words are decoded; zero-width characters, inline
 * HTML tags and quote prefixes are gone; table cells of HTML start with '|'.
 */
struct view {
    uint8_t *ch;
    uint32_t *at; /* offset of its first byte in the text */
    uint16_t *width; /* bytes it takes there */
    uint32_t len, size; /* size: the room that there is */
    struct span text; /* what it is a view of */
};

/* Whether byte i was written as an escape (&lt;, %20, \\u003c, =3D) or as a blank that does not
 * break: it belongs to a value where the bare sign would end one. */
static inline bool view_escaped(const struct view *view, uint32_t i)
{
    uint8_t first = (uint8_t)view->text.at[view->at[i]];

    return view->width[i] > 1
        && (first == '&' || first == '%' || first == '\\' || first == '='
            || (view->ch[i] == ' ' && first == 0xc2));
}

/* Room for a text of so many bytes. */
void view_reserve(struct view *view, size_t len, struct arena *arena);

/* text is at most 16 MiB; the arena owns the view, which may be made anew of another text: what
 * room it has is used again. A zeroed one has none. */
void view_make(struct view *view, struct span text, struct arena *arena);

/* The byte of the view for a code point; FOLD_DROP when it is invisible. */
uint8_t view_fold(uint32_t code_point);

/* What each byte of a view is. */
enum {
    VIEW_LETTER = 1,
    VIEW_UPPER = 2,
    VIEW_DIGIT = 4,
    VIEW_LIKE_DIGIT = 8, /* a digit, or a letter that is written for one: O, o, l, I */
    VIEW_TIE = 16, /* parts the letters of what is s-p-e-l-l-e-d */
    VIEW_CAPITAL = 32, /* A to Z; the bit that makes it small */
    VIEW_BASE64 = 64
};
extern const uint8_t view_classes[256];

static inline bool view_letter(uint8_t c)
{
    return view_classes[c] & VIEW_LETTER;
}
static inline bool view_digit(uint8_t c)
{
    return (uint8_t)(c - '0') < 10;
}
static inline bool view_upper(uint8_t c)
{
    return view_classes[c] & VIEW_UPPER;
}
static inline uint8_t view_lower(uint8_t c)
{
    return c | (view_classes[c] & VIEW_CAPITAL);
}

#endif
