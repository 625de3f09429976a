/* rtf.h - Rich Text Format to plain text, or to the HTML that Outlook packs in it (MS-OXRTFEX). */
#ifndef RTF_H
#define RTF_H

#include "mime/charset.h"

bool rtf_is(struct span bytes); /* starts like RTF */

/* Adds the words in UTF-8 to out. True when they are HTML. */
bool rtf_to_text(struct span rtf, struct charsets *charsets, struct buf *out);

#endif
