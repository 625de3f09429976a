/* quote.h - where the quoted earlier mail and the signature block of a text start. */
#ifndef QUOTE_H
#define QUOTE_H

#include "base/span.h"

/* The offset of the quoted earlier mail that ends the text, with the line that introduces it;
 * text.len when there is none, or when something is written below it. */
size_t quote_at(struct span text);

/* The offset of the signature block ("-- " and what follows) before end; end when there is none. */
size_t quote_signature_at(struct span text, size_t end);

#endif
