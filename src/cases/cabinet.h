/* cabinet.h - the cases in the store: made, found, changed, erased. */
#ifndef CABINET_H
#define CABINET_H

#include "cases/aside.h"
#include "cases/belongs.h"
#include "cases/ledger.h"
#include "cases/stub.h"
#include "cases/verb.h"

/* All functions that change something fail with their transaction, which tells at its end. */

/* A new case: its number, the next of its year in Europe/Amsterdam, and its key. */
void cabinet_new(
    struct txn *txn, const char *prefix, int64_t now_s, char number[static CASE_NUMBER]);

/* The same under a number that is known already, and later ones come after it. */
void cabinet_new_as(struct txn *txn, const char *number);

/*
 * The code of a case in orders by mail (order.h): the same for its whole life, made from the keys
 * of the store. It is no password: without the signature of the CISO it is good for nothing.
 */
const char *cabinet_code(struct txn *txn, const char *number, struct arena *arena);

/* False when there is no such case, it is erased, or the transaction has failed. */
bool cabinet_get(struct txn *txn, const char *number, struct arena *arena, struct case_file *file);

/*
 * Keeps the file: the record itself, its stub, the row of its next due moment, and where its
 * Message-IDs, its address and its keys are looked up.
 */
void cabinet_put(struct txn *txn, const struct case_file *file, const struct calendar *calendar,
    int64_t now_s, struct arena *arena);

/* The same for commands: file of a number that a person typed, in small letters too. Fails with
 * ERR_RUN, EX_DATAERR: no such case, or erased. */
bool cabinet_find(struct txn *txn, const char *typed, struct arena *arena, struct case_file *file,
    struct err *err) MUST_USE;

bool cabinet_stub(struct txn *txn, const char *number, struct arena *arena, struct case_stub *stub);
/* All, by number. */
void cabinet_stubs(struct txn *txn, struct arena *arena, struct case_stub **stubs, size_t *count);

/* Numbers of the cases of which something is to be told at now_s, the oldest first. */
struct texts cabinet_due(struct txn *txn, int64_t now_s, struct arena *arena);

/* What belongs_decide asks for. hash is that of the raw bytes. */
void cabinet_known(struct txn *txn, const struct message *message,
    const struct belongs_house *house, const char *hash, struct arena *arena,
    struct belongs_known *known);

/* A Message-ID that belongs to a case; the first case that has it keeps it. */
void cabinet_link(struct txn *txn, const char *number, const char *message_id, bool letter);

/* The bytes with this hash are a message of the case ("" for one of none), kept in that vault file
 * ("" when it is lost). */
void cabinet_seen(struct txn *txn, const char *hash, const char *number, const char *vault);
/* Whether they are of a case that was erased. */
bool cabinet_seen_erased(struct txn *txn, const char *hash);

/* Whether a signed command was taken before, and that it is now. */
bool cabinet_replayed(struct txn *txn, const char *token);
void cabinet_taken(struct txn *txn, const char *token, int64_t now_s);

/*
 * One decision: read, applied, kept, and noted in the audit log. False when it is refused (then
 * *err has its sentence and nothing was changed) or there is no such case. An erasure destroys key,
 * file and rows of the case in this transaction, and marks its vault files for cabinet_sweep.
 */
bool cabinet_decide(struct txn *txn, const char *number, const struct verb *verb,
    const struct verb_act *act, struct span arguments, struct span text, struct verb_done *done,
    struct err *err) MUST_USE;

/*
 * After the loss of the index: the case was erased, and this stub (JSON) is what stays of it; one
 * that is none gives a bare one. Its number is not given again. cabinet_forget does the rest for
 * each message of it that is still in the vault, and for each that is not (vault ""): the bytes
 * stay known as those of an erased case.
 */
void cabinet_erased(struct txn *txn, const char *number, struct span stub, struct arena *arena);
void cabinet_forget(struct txn *txn, const char *vault, const char *hash);

/* Marks a vault file for cabinet_sweep: what it holds is kept in another, or is erased. */
void cabinet_take_file(struct txn *txn, const char *vault);

/* Is there such a case that is not erased? For verb_act.have; context is the transaction. */
bool cabinet_have(void *context, const char *number);

/*
 * After the commit of an erasure, and at the start and end of each run that writes: takes away the
 * vault files that are marked and their rows, then compacts the index if that is due. May be done
 * again and again.
 */
bool cabinet_sweep(struct store *store, size_t *erased, struct err *err) MUST_USE;

/* The keys that were accepted in cases that are erased, and that no case of the same person needs:
 * personal data that has to leave the key ring. Full fingerprints. */
struct texts cabinet_unneeded_keys(struct txn *txn, struct arena *arena);
void cabinet_key_left(struct txn *txn, const char *fingerprint); /* it is done */

/* The message in the vault with this id was handled; what became of it, for who asks twice and for
 * the digest. */
struct cabinet_message {
    const char *vault;
    const char *row; /* mailbox, UIDVALIDITY, UID */
    enum case_kind kind;
    const char *number; /* "" when it is in no case */
    int64_t received_at, handled_at;
    const char *why; /* one plain English sentence, nothing personal in it */
    enum aside aside; /* of a KIND_ASIDE */
};
void cabinet_handled(struct txn *txn, const struct cabinet_message *message);
bool cabinet_message(
    struct txn *txn, const char *vault, struct arena *arena, struct cabinet_message *message);
/* Those in no case, the newest first, from a moment on. */
void cabinet_loose(struct txn *txn, int64_t from_s, struct arena *arena,
    struct cabinet_message **messages, size_t *count);

#endif
