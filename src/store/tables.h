/*
 * tables.h - the tables of the index, one row each: name, how it is kept, what it holds.
 *
 *   PLAIN   keys as they are, in byte order; values with a checksum. Every holder of the store
 * reads and writes them. A key has 1 to 500 bytes. What a stranger may read on a stolen disk.
 *   SEALED  key = keyed hash, value sealed with the master key; order unspecified. Needs the store
 *           unlocked. A key may be of any length but 0.
 *   CASE    as SEALED, but the value is sealed with the key of one case (txn_case_new): erasing the
 *           case makes all of them unreadable for ever.
 *
 * A new table is a new row here. Rows may be added freely (an older index gets the table at the
 * next write); the name of a row is on the disk, so it never changes.
 */
#ifndef TABLES_H
#define TABLES_H

enum table_kind { TABLE_PLAIN, TABLE_SEALED, TABLE_CASE };

#define TABLES(row)                                                                                \
    row(META, "meta", PLAIN) /* the store's own: schema, number of commits */                      \
        row(CURSORS, "cursors", PLAIN) /* mailbox: UIDVALIDITY, UID */                             \
        row(FETCHED, "fetched", PLAIN) /* mailbox, UIDVALIDITY, UID: what became of it */          \
        row(VAULT, "vault",                                                                        \
            PLAIN) /* vault id: state; verify holds these and the files together */                \
        row(INBOX, "inbox", PLAIN) /* state, time and vault id of what waits or was put aside */   \
        row(DUE, "due", PLAIN) /* time and case number: which clock */                             \
        row(COUNTERS, "counters", PLAIN) /* txn_next_number */                                     \
        row(HEALTH, "health", PLAIN) /* last success and failure of each pass */                   \
        row(OUTBOX, "outbox", PLAIN) /* letter id: seal_to_outbox */                               \
        row(DELIVERY, "delivery", PLAIN) /* letter id: status */                                   \
        row(CASE_KEYS, "case_keys", SEALED) /* the store's own: txn_case_new */                    \
        row(AUDIT, "audit", SEALED) /* the store's own: audit_add */                               \
        row(CASES, "cases", SEALED) /* case number: its stub, which an erasure leaves */           \
        row(FILES, "files", CASE) /* case number: its file */                                      \
        row(ORDERS, "orders", SEALED) /* signed commands that were taken: when */                  \
        row(MESSAGES, "messages", SEALED) /* message: verdict, case, outcome */                    \
        row(THREADS, "threads", SEALED) /* Message-ID: case */                                     \
        row(SENDERS, "senders", SEALED) /* address or fingerprint: cases */                        \
        row(CONTENTS, "contents", SEALED) /* content hash: message */                              \
        row(LIMITS, "limits", SEALED) /* address and day: letters sent */                          \
        row(LETTERS, "letters", SEALED) /* letter id: kind, case, dates */                         \
        row(TEXTS, "texts", CASE) /* message: redacted text */                                     \
        row(PEOPLE, "people", CASE) /* who is who in a case: placeholders, consent, contact */

enum table {
#define TABLE_ROW(word, name, kind) TABLE_##word,
    TABLES(TABLE_ROW)
#undef TABLE_ROW
        TABLE_COUNT
};

const char *table_name(enum table table);
enum table_kind table_kind(enum table table);

#endif
