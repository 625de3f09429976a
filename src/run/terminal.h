/* terminal.h - texts of strangers on a terminal: shown, never obeyed. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include "base/arena.h"

/*
 * UTF-8 in which no byte moves a cursor, changes a colour or turns a line: control characters (C0
 * but line end and tab, DEL, C1), marks of direction and what is invisible become U+FFFD; so do
 * bytes that are no UTF-8.
 */
const char *terminal_safe(struct span text, struct arena *arena);

#endif
