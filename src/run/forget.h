/* forget.h - keys of people whose cases are erased, out of the key ring. */
#ifndef FORGET_H
#define FORGET_H

#include "run/office.h"

/*
 * After the commit of an erasure, and at the start of each run that opens mail. What cannot be
 * deleted is tried again by the next run. Never one of the municipality, the CISO or the IBD.
 */
bool forget_keys(const struct office *office, struct err *err) MUST_USE;

#endif
