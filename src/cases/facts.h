/* facts.h - what a machine can tell of the hole from a redacted text. */
#ifndef FACTS_H
#define FACTS_H

#include "cases/case.h"

/*
 * URLs (without user parts, query values and fragments), hosts, CVE and CWE numbers in upper case,
 * and the first weakness that is named, as its usual English word. Each once, in the order of the
 * text, at most 50 of a kind.
 */
void facts_find(struct span text, struct arena *arena, struct case_facts *facts);

/* The usual word of the first weakness in the text; "" when none is named. */
const char *facts_weakness(struct span text);

#endif
