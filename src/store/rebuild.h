/*
 * rebuild.h - a new index beside a lost or damaged one.
 *
 *     rebuild_begin(&options, &secrets, &store, &err)   store works on an empty new index
 *     vault_list, vault_read, audit_walk, txn_put …     the caller replays
 *     rebuild_end(&store, &err)                         the new index takes the old one's place
 *
 * The new index starts with the audit records of audit/log, as far as they are authentic and follow
 * each other. The old index is kept as index.damaged until the next store_compact.
 */
#ifndef REBUILD_H
#define REBUILD_H

#include "store/store.h"

struct rebuild_facts {
    uint64_t audit_records; /* taken from audit/log */
    uint64_t audit_lost; /* lines that could not be used, and what follows a gap */
};

/*
 * options as for store_open with STORE_WRITE; the lock is held. Fails as store_open and
 * store_unlock do, but never because of what is in the old index.
 */
bool rebuild_begin(const struct store_options *options, const struct seal_secrets *secrets,
    struct store **store, struct rebuild_facts *facts, struct err *err) MUST_USE;

/* While the store is quiet audit_add does nothing: what is repeated stands in the log already. */
void rebuild_quiet(struct store *store, bool quiet);

/* Puts the new index in place and closes the store. False: the old one stays. */
bool rebuild_end(struct store **store, struct err *err) MUST_USE;
void rebuild_drop(struct store **store); /* the old index stays as it was; NULL inside is fine */

#endif
