/* charset.h - bytes of any charset to valid UTF-8, and what of UTF-8 is shown instead of obeyed. */
#ifndef CHARSET_H
#define CHARSET_H

#include "base/buf.h"

/* The converters, opened once: iconv loads its tables from files, which a jailed child cannot. */
struct charsets;

struct charsets *charset_warm(void); /* never NULL */
void charset_free(struct charsets **charsets); /* NULL inside is fine */

enum charset_result {
    CHARSET_UNKNOWN, /* no such charset here, or one that hides text (UTF-7): shown as UTF-8 if it
                        is that, else as windows-1252 */
    CHARSET_DAMAGED, /* some bytes had no meaning: U+FFFD stands in their place */
    CHARSET_GUESSED, /* the name is missing or does not fit the bytes: read as what they look like
                      */
    CHARSET_FINE,
};

/*
 * Adds the bytes as UTF-8 to out. name is what the mail says, in any case and with the usual
 * misspellings. With "" or NULL it is guessed: UTF-8 if it is that (and fine), ISO-2022-JP by its
 * escapes, UTF-16 by its mark or zero bytes, else windows-1252, which is what such mail really is.
 * A name that cannot be right (UTF-8 without one whole character of it, UTF-16 without a zero byte,
 * latin-1 that is UTF-8) is guessed anew.
 */
enum charset_result charset_decode(
    struct charsets *charsets, const char *name, struct span bytes, struct buf *out);

/*
 * Adds valid UTF-8 as a person may safely see it: control characters but line feed and tab, and
 * those that turn the direction of text or take no room, become "<U+202E>" ("<U+202E>*3" for three
 * of them); CRLF and CR become LF. Where in_line is set, line feeds and tabs become blanks.
 */
void charset_show(struct span utf8, bool in_line, struct buf *out);

bool charset_is_utf8(struct span bytes); /* well formed, shortest forms, no surrogates */

/* Whether the bytes are no text in any charset that mail leaves unsaid: a picture, an archive. */
bool charset_is_binary(struct span bytes);

#endif
