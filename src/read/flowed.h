/* flowed.h - format=flowed (RFC 3676) to lines as they were written. */
#ifndef FLOWED_H
#define FLOWED_H

#include "base/buf.h"

/* Adds the text with its soft line breaks taken out; quotation marks stay in front of each
 * paragraph. delsp: the blank at a soft break goes too. */
void flowed_join(struct span text, bool delsp, struct buf *out);

#endif
