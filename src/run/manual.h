/* manual.h - the chapters of the man pages that follow from our tables. */
#ifndef MANUAL_H
#define MANUAL_H

#include "base/err.h"

/* Prints "commands" or "settings" as man macros; fails with EX_USAGE for another chapter. */
bool manual_print(const char *chapter, struct err *err) MUST_USE;

#endif
