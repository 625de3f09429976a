/* missing.h - whether a text looks like a report, and what it lacks to be reproduced. */
#ifndef MISSING_H
#define MISSING_H

#include "cases/case.h"

/*
 * The words of what the policy asks for and the text does not give: "application" (what it is
 * about), "url", "steps". Facts are those of the text. Words of the table only, so that a letter
 * can have a text for each.
 */
struct texts missing_items(struct span text, const struct case_facts *facts, struct arena *arena);

const char *missing_name(const char *item, const char *language); /* "de stappen", "the steps" */

/* Whether a person would take this for a report of a hole: for mail that says of itself that it is
 * automatic, bulk or spam. */
bool missing_looks_like_report(struct span text, const struct case_facts *facts);

#endif
