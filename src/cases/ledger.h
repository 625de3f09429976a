/* ledger.h - what a record of the audit log says. */
#ifndef LEDGER_H
#define LEDGER_H

#include "store/audit.h"

/* Outlives the erasure of a case: no personal data of a researcher in it. Texts never NULL. */
struct ledger_entry {
    int64_t at;
    const char *by; /* login name, pinned fingerprint, or "program" */
    const char *how; /* "cli", "mail", "program" */
    const char *number; /* the case, or "" */
    const char *what; /* "received", "filed", a verb, "letter", "sent", "refused", "read",
                         "opened", "exported", "rebuilt" */
    const char *text; /* what exactly, in English */
    const char *hash; /* of the message or letter that it is about, or "" */
    /*
     * What a rebuild needs to do it once more; NULL is "":
     *   received, filed   KIND INTERNALDATE MAILBOX UIDVALIDITY UID
     *   a verb            those of its arguments that can never be personal: "name yes"
     *   erase             the stub that stays of the case, as JSON
     *   letter            KIND PARTY MESSAGE-ID
     *   sent, refused     MESSAGE-ID TIME
     */
    const char *words;
};

void ledger_add(struct txn *txn, const struct ledger_entry *entry);

bool ledger_read(
    struct span record, struct arena *arena, struct ledger_entry *entry, struct err *err) MUST_USE;

/* All entries of a case ("" for all), in order; number counts from 1. False stops the walk. */
typedef bool ledger_each(
    void *context, uint64_t number, const struct ledger_entry *entry, struct err *err);

/* False when each gave false, or when the log does not hold (the transaction has failed then). */
bool ledger_walk(struct txn *txn, const char *number, ledger_each *each, void *context,
    struct err *err) MUST_USE;

#endif
