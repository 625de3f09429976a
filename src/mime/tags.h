/* tags.h - HTML source without its tags: for finding things in it, and for HTML that is too odd to
 * be parsed. */
#ifndef TAGS_H
#define TAGS_H

#include "base/arena.h"

/*
 * Line-breaking tags become line feeds, other tags, comments, scripts and style sheets go, entities
 * are decoded. Time is linear. from[i] is the place in html of the i-th byte of the result,
 * with one more for its end.
 */
struct span tags_off(struct span html, struct arena *arena, size_t **from);

#endif
