/* consent.h - what of the researcher may be told to whom: consent, and disclosure by law. */
#ifndef CONSENT_H
#define CONSENT_H

#include "cases/case.h"

/* "name", "naam", "contact", "credit", "vermelding", or the whole word as "name to IBD". */
bool consent_of(struct span word, enum consent_kind *kind) MUST_USE;
bool consent_answer_of(struct span word, bool *yes) MUST_USE; /* yes, no, ja, nee */

const char *consent_name(enum consent_kind kind, const char *language); /* for people */

/* The line by which a researcher answers: "toestemming vermelding ja". For the letters. */
const char *consent_line(enum consent_kind kind, bool yes, const char *language);

/*
 * Takes the answers in a researcher's own mail: lines as of consent_line, not quoted ones. A "no"
 * holds at once: it only ever shows less. A "yes" is offered to the CISO, who applies it by the
 * verb consent: mail can be forged, a name that was told cannot be taken back. Both answers to one
 * question are none: that is our letter with its examples, sent back. message is the
 * number of the message in the case, counted from 1. Gives how many answers there were.
 */
size_t consent_take(struct case_file *file, struct span text, size_t message, bool is_signed,
    int64_t now_s, struct arena *arena);

/* Grounds of a disclosure without consent: a word, and what it means. */
struct consent_ground {
    const char *word, *nl, *en;
};
const struct consent_ground *consent_grounds(size_t *count);
const struct consent_ground *consent_ground_of(struct span word); /* NULL: not in the table */

/* The name for the credits; NULL unless the researcher gave consent for it. */
const char *consent_credit(const struct case_file *file);

#endif
