/* language.h - a guess at the language of a text: Dutch, English, or another one. */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include "base/span.h"

const char *language_guess(struct span text); /* "nl", "en", "other" */

#endif
