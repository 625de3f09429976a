/* backup.h - a consistent copy of the store while others read and write it. */
#ifndef BACKUP_H
#define BACKUP_H

#include "store/store.h"

struct backup_totals {
    uint64_t copied, kept, removed; /* vault files: new in the copy, there already, gone */
};

/*
 * Copies the store to the folder to: index, vault, audit log, public keys and keys.pgp (and
 * outbox.key when it lies in the state directory). The copy is a state directory of its own, sealed
 * as the original; to restore, put it in the original's place. to is absent, empty, or an earlier
 * copy of the same store, which is then brought up to date: vault files never change, so only new
 * ones are copied, and those that were erased go (an erased case stays in a copy until then). Needs
 * no secrets; read mode is enough; no transaction open. Fails with ERR_RUN: EX_CANTCREAT when to is
 * something else or lies inside the store; EX_IOERR.
 */
bool backup_store(
    struct store *store, const char *to, struct backup_totals *totals, struct err *err) MUST_USE;

#endif
