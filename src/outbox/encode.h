/* encode.h - bytes as 7-bit lines of mail: quoted-printable, base64, words in headers, flowed text.
 * All that is written ends its lines in CRLF and has at most 78 characters a line. */
#ifndef ENCODE_H
#define ENCODE_H

#include "base/buf.h"

/* RFC 2045, 6.7. LF and CRLF are line ends, what ends a line in a blank is encoded, and so are
 * "From " and "." at the start of one (RFC 3156, 5; mail servers change them). */
void encode_quoted(struct buf *buf, struct span text);

void encode_base64(struct buf *buf, struct span bytes); /* lines of 76 */

/*
 * The body of a header field that holds text: as it is when it is plain ASCII, else encoded words
 * (RFC 2047), folded. Line ends and control characters become blanks: no field can be added.
 */
void encode_text(struct buf *buf, const char *text);

/* A display name before an address: an atom, a quoted string or encoded words. */
void encode_phrase(struct buf *buf, const char *text);

/*
 * RFC 3676 (format=flowed, DelSp=no): long lines are broken behind a blank, so that a reader may
 * join them again; lines that start with a blank, '>' or "From " are stuffed. Ends in LF.
 */
void encode_flowed(struct buf *buf, struct span text);

/* LF and CRLF to CRLF, the last line too. */
void encode_lines(struct buf *buf, struct span text);

#endif
