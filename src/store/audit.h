/*
 * audit.h - the log of every decision: a chain in which each record vouches for all before it.
 *
 * A record is added in the transaction that does what it tells, and once more to the file audit/log
 * after the commit (at the latest when the store is next unlocked for writing). Records are opaque
 * here, at most AUDIT_LARGEST bytes. They outlive the erasure of a case: no personal data in them.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "store/txn.h"

enum { AUDIT_LARGEST = 64 * 1024 };

/* Failures are the transaction's. Larger than AUDIT_LARGEST is a programming mistake. */
void audit_add(struct txn *txn, struct span record);

uint64_t audit_count(struct txn *txn);

/* Gives false to stop. number counts from 1. record is valid until the callback returns. */
typedef bool audit_each(void *context, uint64_t number, struct span record);

/*
 * The records from number first on, in order, checking the chain as it goes. False: the transaction
 * has failed (txn_end tells: a record is missing, or does not follow from the one before it).
 */
bool audit_walk(struct txn *txn, uint64_t first, audit_each *each, void *context);

/* One record, in the arena; false when there is none or the transaction has failed. */
bool audit_get(struct txn *txn, uint64_t number, struct arena *arena, struct span *record);

#endif
