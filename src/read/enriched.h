/* enriched.h - text/enriched (RFC 1896) and its forerunner text/richtext (RFC 1341, 7.1.3) to plain
 * text. */
#ifndef ENRICHED_H
#define ENRICHED_H

#include "base/buf.h"

/* Adds the text without its formatting commands. rich: the older form, where <nl> breaks a line and
 * <lt> is a '<'. */
void enriched_to_text(struct span text, bool rich, struct buf *out);

#endif
