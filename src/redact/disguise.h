/* disguise.h - names that a plain reading does not show: spelled out, turned round, written with
 * digits for letters, in hex or base64. */
#ifndef DISGUISE_H
#define DISGUISE_H

#include "redact/search.h"

void disguise_find(struct search *search);

/* Makes one of two names between which only an encoded sign stands: "Jansen%2C+Jan". */
void disguise_join(struct search *search);

#endif
