/* arena.h - the memory of one message: taken piece by piece, wiped and freed at once. */
#ifndef ARENA_H
#define ARENA_H

#include "base/base.h"
#include "base/span.h"

struct arena;

/* Out of memory ends the program (exit 71, EX_OSERR): the store stays whole, the next run goes on.
 */
struct arena *arena_new(void);

/* Wipes and frees all; sets *arena to NULL; NULL inside is fine. */
void arena_free(struct arena **arena);

/* Wipes and keeps the arena for the next user: what was taken from it is gone. */
void arena_reset(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type, never NULL */
void *arena_array(struct arena *arena, size_t count, size_t size); /* the same; checks overflow */

/*
 * Memory of size new_size that starts with the first old_size bytes of old, which came from this
 * arena (NULL with old_size 0 is fine). Grows in place when old was the last piece taken.
 */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

struct span arena_copy(struct arena *arena, struct span span); /* followed by a NUL */
char *arena_text(struct arena *arena, struct span span); /* the copy as a C string */
char *arena_printf(struct arena *arena, const char *format, ...) LIKE_PRINTF(2, 3);

size_t arena_used(const struct arena *arena); /* bytes taken since the start or reset */

#endif
