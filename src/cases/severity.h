/* severity.h - how bad a hole is: a CVSS vector, or chance and damage in words. */
#ifndef SEVERITY_H
#define SEVERITY_H

#include "cases/case.h"

struct severity {
    const char *text; /* as it is kept: the vector, or "high/high" */
    int tenths; /* base score times ten; -1 where it is not computed */
    enum case_level chance, damage; /* LEVEL_UNKNOWN for a vector: CVSS knows neither */
};

/*
 * "high/high" (chance/damage, also low, medium, laag, midden, hoog), or a vector of CVSS 3.0, 3.1
 * (the base score is computed as the specification's section 7.1 does it) or 4.0 (kept, not
 * computed). False for anything else.
 */
bool severity_parse(struct span text, struct arena *arena, struct severity *severity) MUST_USE;

#endif
