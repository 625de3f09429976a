/* words.h - header text to UTF-8: unfolded, RFC 2047 encoded words decoded, controls shown. */
#ifndef WORDS_H
#define WORDS_H

#include "mime/charset.h"

/* One line of valid UTF-8 in the arena. Raw UTF-8 is read as such, other raw bytes as
 * windows-1252. An encoded word that cannot be decoded stays as it is. */
const char *words_decode(struct charsets *charsets, struct span value, struct arena *arena);

/* The value on one line: line breaks taken out, blanks at the ends too. Bytes are kept. */
struct span words_unfold(struct span value, struct arena *arena);

#endif
