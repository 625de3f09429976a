/*
 * vault.h - sealed files: bytes of any length, sealed while they arrive, with bounded memory.
 *
 * A file can be made by whoever has seal.pub and opened only with the seal secret key. It carries a
 * label (up to VAULT_LABEL bytes, sealed like the rest) for what has to be known of it when the
 * index is lost: where it came from and when. Its name is a random id that is bound into the seal.
 *
 *     for each message of a group:
 *         vault_new, vault_add …, vault_keep      (on a broken connection: vault_drop)
 *     vault_sync                                   all of them are on the disk under their names
 *     one transaction: TABLE_VAULT rows, TABLE_FETCHED, cursor
 *
 *         vault_committed
 *
 * A file without a row in TABLE_VAULT was kept by a run that was cut off before its transaction: it
 * is as good as any other; take it in (vault_list), the content tells whether it came twice. That
 * there may be such files is marked in the vault while a group is written (vault_unsettled).
 */
#ifndef VAULT_H
#define VAULT_H

#include "store/random.h"
#include "store/store.h"

enum { VAULT_ID = RANDOM_ID, VAULT_LABEL = 4096 };

struct vault_file; /* one that is being written */

/*
 * Begins a file; label is copied. The first call on a store takes away what an interrupted run left
 * half-written. Needs STORE_WRITE. One process at a time may write to the vault.
 */
bool vault_new(
    struct store *store, struct span label, struct vault_file **file, struct err *err) MUST_USE;

/* Fails with ERR_RUN, EX_IOERR (disk full); the file is then good for vault_drop only. */
bool vault_add(struct vault_file *file, struct span bytes, struct err *err) MUST_USE;

/* Ends the file, gives its id, frees *file. Not on disk under that id before vault_sync. */
bool vault_keep(struct vault_file **file, char id[static VAULT_ID], struct err *err) MUST_USE;
void vault_drop(struct vault_file **file); /* as if it had never been; NULL inside is fine */

/*
 * Syncs all files kept since the last call, puts them under their names and syncs the folder.
 * False: none of those that are not yet under their name will ever be; ids of the group are void.
 */
bool vault_sync(struct store *store, struct err *err) MUST_USE;
void vault_committed(struct store *store); /* all files of the group have their rows */

/* Whether a run was cut off between its files and their rows, and nobody has looked since. */
bool vault_unsettled(const struct store *store);
/* Takes away what was left half-written, and the mark: all whole files have their rows. Needs
 * STORE_WRITE, and no file is being written. */
bool vault_settle(struct store *store, struct err *err) MUST_USE;
/* Marks the vault of a copy, whose files and index were read one after the other. */
bool vault_mark_copy(const char *folder, struct err *err) MUST_USE;

struct vault_facts {
    struct span label; /* in the arena given */
    uint64_t size; /* bytes, without the label */
    uint8_t hash[SEAL_HASH]; /* of the bytes, as seal_hash with purpose "content" gives it */
};

/*
 * Opens a file whole. Needs an unlocked store, as vault_stream. Fails with ERR_MESSAGE: "damaged"
 * for any bit that differs, a cut or a longer file; "no such file"; "larger than N bytes" if it
 * holds more than most. ERR_RUN when the disk does not read.
 */
bool vault_read(struct store *store, const char *id, size_t most, struct arena *arena,
    struct span *bytes, struct vault_facts *facts, struct err *err) MUST_USE;

/*
 * The same in pieces of up to 64 kB, with bounded memory. Each piece is authentic when it comes,
 * but that the file is whole is known only when this function gives true. each gives false to stop;
 * then *err is what it set and the function gives false. NULL for each only checks the file.
 */
typedef bool vault_each(void *context, struct span piece, struct err *err);
bool vault_stream(struct store *store, const char *id, vault_each *each, void *context,
    struct arena *arena, struct vault_facts *facts, struct err *err) MUST_USE;

/* The label alone, when only that is needed. Failures as vault_read, of the first block only. */
bool vault_label(struct store *store, const char *id, struct arena *arena, struct span *label,
    struct err *err) MUST_USE;

bool vault_have(const struct store *store, const char *id);

/* All ids that are on the disk, in no order; each as a C string in the arena. */
bool vault_list(const struct store *store, struct arena *arena, const char ***ids, size_t *count,
    struct err *err) MUST_USE;

/*
 * Overwrites the sealed key in the file's head, syncs, takes the name away, syncs. A file that is
 * not there is a success: an erasure that was cut off may be done again. Needs STORE_WRITE.
 */
bool vault_erase(struct store *store, const char *id, struct err *err) MUST_USE;

#endif
