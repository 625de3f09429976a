/* queue.h - the letters that wait to be sent: put in by who handles cases, taken out by who sends.
 *
 *   OUTBOX    the letter whole, sealed to the outbox key: who sends reads it, nobody else
 *   DELIVERY  how far it is, readable without a key and saying nothing of it
 *   LETTERS   for who holds the store's keys: kind, case, dates, outcome
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "base/texts.h"
#include "outbox/parcel.h"
#include "store/txn.h"

enum { QUEUE_ID = 46 }; /* "0000001795536000-" and 28 hex digits: ids sort by time */

enum queue_state {
    QUEUE_WAITS,
    QUEUE_SENDING, /* begun; found by a later run: cut off, its outcome is not known */
    QUEUE_LATER, /* the server asked to try again */
    QUEUE_REFUSED, /* for good, or for too long */
    QUEUE_SENT, /* the server has it */
};

struct queue_letter {
    const char *kind; /* "acknowledgement": the name of its template */
    const char *number; /* of the case; "" for none */
    const char *party; /* "researcher", "CISO", "IBD" */
    const char *message_id; /* fixed from now on: what is sent twice carries it twice */
    const char *from, *to; /* of the envelope: one address each */
    struct span bytes; /* the mail, 7bit, CRLF */
    int64_t queued_at;
    char id[QUEUE_ID]; /* filled by queue_seal */
};

/* A letter as it goes into the index: made before the transaction, it needs no key. */
struct queue_sealed {
    char id[QUEUE_ID];
    struct span letter, row;
    int64_t queued_at;
};

/* Gives the letter its id and seals it. Fails as seal_to_outbox. */
bool queue_seal(struct store *store, struct queue_letter *letter, struct arena *arena,
    struct queue_sealed *sealed, struct err *err) MUST_USE;

/* Puts it in the queue with whatever else the transaction does; needs the store unlocked. */
void queue_put(struct txn *txn, const struct queue_sealed *sealed);

struct queue_delivery {
    char id[QUEUE_ID];
    enum queue_state state;
    int tries;
    int64_t queued_at, changed_at, next_try_at;
    int code; /* of the server's last reply; 0 none */
};

/* All, oldest first. Needs no key. */
void queue_list(
    struct txn *txn, struct arena *arena, struct queue_delivery **deliveries, size_t *count);

/* Whether queue_settle has something to take out. Needs no key. */
bool queue_unsettled(struct txn *txn);

/* Whether it is to be tried now: also one that a run was cut off in. */
bool queue_due(const struct queue_delivery *delivery, int64_t now_s);

/* What follows from the server's answer: sent; later, at growing distances, and so is what has an
 * unknown end; refused, and so is what has waited for five days. */
struct queue_delivery queue_after(
    const struct queue_delivery *delivery, const struct delivery_answer *answer, int64_t now_s);

void queue_mark(struct txn *txn, const struct queue_delivery *delivery);

/* Opens a letter; needs seal_outbox_load. ERR_MESSAGE when it is damaged or gone. */
bool queue_open(struct store *store, struct txn *txn, const char *id, struct arena *arena,
    struct queue_letter *letter, struct err *err) MUST_USE;

/* A letter as LETTERS keeps it. */
struct queue_record {
    const char *id, *kind, *number, *party, *message_id, *sha256;
    int64_t queued_at, ended_at; /* sent or refused; 0 while it waits */
    enum queue_state state;
    int tries, code;
};

/*
 * Takes what was sent or refused since the last call out of the queue, notes it in LETTERS and
 * gives it, for the case's own file. Needs the store unlocked.
 */
void queue_settle(
    struct txn *txn, struct arena *arena, struct queue_record **records, size_t *count);

/* All letters queued at or after that moment, in no order. Needs the store unlocked. */
void queue_records(struct txn *txn, int64_t since_s, struct arena *arena,
    struct queue_record **records, size_t *count);

/* Takes back what of a case still waits to go to that party, as if it had never been queued. */
void queue_take_back(struct txn *txn, const char *number, const char *party);

/* Takes back what of an erased case still waits, and forgets its letters. */
void queue_erase_case(struct txn *txn, const char *number);

/*
 * Counts a letter to the address on that day (Europe/Amsterdam); false when most were sent already:
 * then it is not counted. Needs the store unlocked.
 */
bool queue_within_limit(struct txn *txn, const char *address, int64_t now_s, int most);

/* "1795536000.0123…@domain": the domain is that of the mailbox. */
const char *queue_message_id(const char *mailbox, int64_t now_s, struct arena *arena);

const char *queue_word(enum queue_state state);

#endif
