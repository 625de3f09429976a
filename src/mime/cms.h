/* cms.h - what an S/MIME body is, and the content of one that is only signed (RFC 5652). */
#ifndef CMS_H
#define CMS_H

#include "base/arena.h"

enum cms {
    CMS_NONE, /* not CMS, or a kind that mail does not use */
    CMS_SIGNED,
    CMS_SEALED,
    CMS_PACKED, /* compressed (RFC 3274) */
};

/* Told by the object identifier near the start, so a sample of the bytes is enough. */
enum cms cms_kind(struct span bytes);

/* What is signed, out of signed data in BER or DER; empty when there is none. Nothing is checked:
 * these are the words of whoever wrote them. */
struct span cms_signed_content(struct span bytes, struct arena *arena);

#endif
