/* signoff.h - the signature block of a text: who wrote it, below "-- " or a closing formula. */
#ifndef SIGNOFF_H
#define SIGNOFF_H

#include "base/span.h"

struct signoff {
    size_t start, end; /* its lines in the text, the mark or formula too */
};

/*
 * The first signature block that starts at or after from. It begins at the mark of RFC 3676, 4.3,
 * or at a closing formula with but a few short lines below it, and ends at the end of the text, at
 * a quotation, or where another piece of the mail begins.
 */
bool signoff_find(struct span text, size_t from, struct signoff *signoff);

#endif
