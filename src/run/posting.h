/* posting.h - carries out what mails and decisions ask for: composes the letters, seals them and
 * queues them in the same transaction. */
#ifndef POSTING_H
#define POSTING_H

#include "run/desk.h"

/*
 * Does all effects of one decision or mail. filed is what filing_file gave, for the answer to the
 * CISO, and changed where a key cannot be used; NULL for a decision on the command line. The file
 * of each case is read, changed and put back. Failures are the transaction's, except *err with
 * ERR_MESSAGE when a letter cannot be composed (a key that has expired) or, on the command line, a
 * key cannot be used: then the transaction must not be committed.
 */
bool posting_do(struct desk *desk, struct txn *txn, const struct effects *effects,
    struct filed *filed, struct arena *arena, struct err *err) MUST_USE;

/*
 * The same after the loss of the index, without any letter: what the audit log tells of letters is
 * repeated by posting_letter_again. Until then the IBD's copy is held.
 */
void posting_again(
    struct desk *desk, struct txn *txn, const struct effects *effects, struct arena *arena);

/* A letter that was queued then, by a record of the audit log: in the file of its case again. */
void posting_letter_again(struct desk *desk, struct txn *txn, struct case_file *file,
    const char *kind, enum case_party party, const char *message_id, struct arena *arena);

/* Reminders to the CISO for each clock of which something is to be told now. */
bool posting_remind(struct desk *desk, struct txn *txn, struct arena *arena, size_t *count,
    struct err *err) MUST_USE;

/* Notes in the cases what became of letters since the last run. */
bool posting_settle(
    struct desk *desk, struct txn *txn, struct arena *arena, struct err *err) MUST_USE;

/* Sends one composed mail to the CISO, sealed: the digest. */
bool posting_digest(struct desk *desk, struct txn *txn, const struct outgoing *outgoing,
    struct arena *arena, struct err *err) MUST_USE;

#endif
