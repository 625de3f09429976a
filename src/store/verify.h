/* verify.h - checks everything that the store keeps, and says what is wrong where. */
#ifndef VERIFY_H
#define VERIFY_H

#include "store/store.h"

enum verify_kind {
    VERIFY_INDEX, /* LMDB itself cannot be read there, or rows are missing or out of order */
    VERIFY_VALUE, /* a value fails its seal or checksum */
    VERIFY_OLD, /* the index is older than the last commit that was acknowledged */
    VERIFY_AUDIT, /* the chain is broken, or index and audit/log differ */
    VERIFY_VAULT_DAMAGED,
    VERIFY_VAULT_LOST, /* a row in TABLE_VAULT without a file */
    VERIFY_VAULT_STRAY, /* a file without a row: from a run that was cut off; the next one takes it
                         */
    VERIFY_KEYS, /* seal.pub, outbox.pub or keys.pgp missing or not of this store */
    VERIFY_MODES, /* others can read or write a file */
};

enum { VERIFY_MARK = 33 };

struct verify_finding {
    enum verify_kind kind;
    const char *place; /* table name, vault id or file name */
    const char *key; /* of a PLAIN row: the key, printable; of a sealed one its mark; or "" */
    const char *case_mark; /* of a value in a CASE table, when it can be told; or "" */
    const char *words; /* what is wrong, one plain English clause */
};

/* Whether it spoils something: a stray vault file alone does not. */
bool verify_is_harm(enum verify_kind kind);

/*
 * What stands for a key of a sealed table, or for a case's name, in a finding: compute it for the
 * names that you know, to say which one it is.
 */
void verify_mark(
    struct store *store, enum table table, struct span key, char mark[static VERIFY_MARK]);
void verify_case_mark(struct store *store, struct span name, char mark[static VERIFY_MARK]);

struct verify_totals {
    uint64_t values; /* in the index, plain and sealed */
    uint64_t vault_files, vault_bytes;
    uint64_t audit_records;
    uint64_t findings;
};

/*
 * Walks the whole store and tells every finding. options as for store_open with STORE_READ; it
 * needs no index that can be opened, and no transaction of this process may be open. The index is
 * read by a forked child, as damage can end the process that reads it: a crash is a finding, and
 * the walk goes on with the next table. True when the walk was done, whatever it found; false,
 * ERR_RUN, when it could not be (no such folder, no child).
 */
typedef void verify_each(void *context, const struct verify_finding *finding);
bool verify_store(const struct store_options *options, const struct seal_secrets *secrets,
    verify_each *each, void *context, struct verify_totals *totals, struct err *err) MUST_USE;

#endif
