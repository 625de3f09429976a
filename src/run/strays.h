/* strays.h - sealed files that a run which was cut off left without a row, and copies of what was
 * erased. */
#ifndef STRAYS_H
#define STRAYS_H

#include "run/desk.h"

/*
 * Takes in whole files of the vault that no row names, as messages that nobody has handled yet:
 * whether they came twice is told by their bytes. Half-written ones go. Looks only when a run was
 * cut off, unless anyway. The store is unlocked and open for writing.
 */
bool strays_take(struct store *store, bool anyway, size_t *taken, struct err *err) MUST_USE;

/*
 * After an erasure: messages that wait and have the bytes of an erased one are filed as its
 * duplicates, so that cabinet_sweep takes them away.
 */
bool strays_drop_erased(struct desk *desk, struct err *err) MUST_USE;

#endif
