/* quote.h - where the quoted earlier mail of a text starts. */
#ifndef QUOTE_H
#define QUOTE_H

#include "base/span.h"

/* The offset of the quoted earlier mail that ends the text, with the line that introduces it;
 * text.len when there is none, or when something is written below it. */
size_t quote_at(struct span text);

#endif
