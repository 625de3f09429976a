/*
 * cell.h - what a row of the index looks like on the disk. For store/ only.
 *
 *   plain   1, length (4 bytes), checksum of table, key and value (16), value
 *   sealed  2, length (4), nonce (24), XChaCha20-Poly1305 of key length (4), key, value
 *   case    3, length (4), tag of the case (16), nonce (24), the same, with the key of the case
 *
 * length is that of the whole cell, big-endian. What stands before the nonce, the name of the table
 * and the hashed key are authenticated with the seal: a cell is good in its own place only.
 */
#ifndef CELL_H
#define CELL_H

#include "store/inside.h"

enum { CELL_HASH = 32, CELL_TAG = 16 };

void cell_hash(
    const struct store *store, enum table table, struct span key, uint8_t hash[static CELL_HASH]);
void cell_tag(const struct store *store, struct span name, uint8_t tag[static CELL_TAG]);

struct span cell_plain(enum table table, struct span key, struct span value, struct arena *arena);
bool cell_open_plain(enum table table, struct span key, struct span cell,
    struct span *value) MUST_USE; /* value points into the cell */

/* tag is NULL for a cell of the master key, whose seal is then row_seal. */
struct span cell_sealed(const uint8_t seal[static SEAL_KEY], const uint8_t *tag, enum table table,
    const uint8_t hash[static CELL_HASH], struct span key, struct span value, struct arena *arena);
bool cell_open_sealed(const uint8_t seal[static SEAL_KEY], enum table table,
    const uint8_t hash[static CELL_HASH], struct span cell, struct arena *arena, struct span *key,
    struct span *value) MUST_USE; /* both in the arena */

/* The tag of a case cell, in place; NULL when it is none. */
const uint8_t *cell_case(struct span cell);

#endif
