/* style.h - what CSS keeps from the eye, and what text it adds. Marks only: all text is read. */
#ifndef STYLE_H
#define STYLE_H

#include "base/buf.h"

/* Colours: 0xRRGGBB, or one of these. */
enum { STYLE_UNSTATED = -1, STYLE_CLEAR = -2, STYLE_UNKNOWN = -3 };

struct style {
    bool hidden; /* whatever the colours */
    int colour, ground;
};

int style_colour(struct span value);

/* The declarations of a style attribute or of a rule. Ways that mail really uses; no layout. */
struct style style_read(struct span declarations);

/* Whether text of that colour is seen on that ground; STYLE_UNSTATED is black on white. */
bool style_is_unseen(int colour, int ground);

enum { STYLE_RULES_MOST = 64 };

/* The rules of style sheets that hide something; all zero to begin with. */
struct style_sheet {
    struct style_rule {
        struct span tag, name; /* lower or upper case, as written; empty for any */
        char kind; /* of the name: '.' for a class, '#' for an id */
    } rules[STYLE_RULES_MOST];
    size_t count;
};

/* Adds the rules in css, which the sheet points into, and to shown the texts that it puts before
 * and behind elements ("content: …"), a line each. */
void style_sheet_add(struct style_sheet *sheet, struct span css, struct buf *shown);

bool style_sheet_hides(
    const struct style_sheet *sheet, struct span tag, const char *classes, const char *id);

#endif
