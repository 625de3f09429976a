/* html.h - HTML as a person may safely read it: all text, hidden or not, and where links lead. */
#ifndef HTML_H
#define HTML_H

#include "base/buf.h"

struct html_notes {
    bool scripts; /* there are some; their source is shown */
    bool hidden; /* some text is not shown by mail programs */
    bool plain; /* too deep or too large to be parsed: tags were only taken off */
};

/*
 * Adds the text of HTML (valid UTF-8) to out. bare leaves out what the program itself adds (marks,
 * pictures), and tells each link, for comparing it with other text. What CSS hides is there, marked
 * "[hidden: …]"; comments, scripts and texts of style sheets are marked too.
 */
void html_to_text(struct span html, bool bare, struct buf *out, struct html_notes *notes);

#endif
