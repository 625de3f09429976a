/* inbox.h - what is known in the plain of each message that was fetched: where it came from and how
 * far it is. Written by the fetch pass, which holds no key, and read by the process pass. */
#ifndef INBOX_H
#define INBOX_H

#include "store/txn.h"
#include "store/vault.h"

enum inbox_state {
    INBOX_NEW, /* sealed in the vault, nobody has looked inside */
    INBOX_FILED, /* in a case, or recognised as something that belongs in none */
    INBOX_ASIDE, /* cannot be opened or read: a person looks */
    INBOX_DUPLICATE, /* the same bytes as an earlier message */
};

struct inbox_row {
    char vault[VAULT_ID]; /* id of the sealed bytes */
    enum inbox_state state;
    const char *folder; /* of the mailbox */
    uint32_t uidvalidity, uid;
    uint64_t size_bytes; /* of the message on the server */
    int64_t received_s; /* INTERNALDATE: when the mail server got it; 0 when it did not say */
    int64_t fetched_s;
    bool head_only; /* over max_message: only its head was kept */
};

/* The row as one line of text, as it stands in the index and as the label of the vault file. */
struct span inbox_line(const struct inbox_row *row, struct arena *arena);

/* Reads such a line; ERR_MESSAGE when it is none. The vault id is the caller's to fill. */
bool inbox_read(
    struct span line, struct arena *arena, struct inbox_row *row, struct err *err) MUST_USE;

/* Writes the row under its vault id, and once more under folder, UIDVALIDITY and UID. */
void inbox_put(struct txn *txn, const struct inbox_row *row);

/* The same, but its place stays with the message that was fetched there since. */
void inbox_take(struct txn *txn, const struct inbox_row *row);

/* Whether this message was fetched before. */
bool inbox_have(struct txn *txn, const char *folder, uint32_t uidvalidity, uint32_t uid);

/* The same row of a message of which the vault keeps no file: its place alone stays known. */
void inbox_put_erased(struct txn *txn, const struct inbox_row *row);

/*
 * Its row; false when there is none. Of a message whose vault file is gone (its case was erased, or
 * it was a second copy) the vault id is "", and the rest as it was when it was last put: it is
 * known, and not fetched again.
 */
bool inbox_find(struct txn *txn, const char *folder, uint32_t uidvalidity, uint32_t uid,
    struct arena *arena, struct inbox_row *row);

/* Where fetching ended in a folder: each UID up to last is known, and the server was told about
 * each one up to told. Both 0 when nothing is known under this UIDVALIDITY. */
struct inbox_cursor {
    uint32_t last, told;
};
void inbox_cursor_get(
    struct txn *txn, const char *folder, uint32_t uidvalidity, struct inbox_cursor *cursor);
void inbox_cursor_put(
    struct txn *txn, const char *folder, uint32_t uidvalidity, const struct inbox_cursor *cursor);

/* The server uses the UIDs of a folder again: none of them is known any more. What was fetched
 * stays with its vault id. */
void inbox_forget(struct txn *txn, const char *folder, uint32_t uidvalidity);

/* The row of a vault file; false when there is none or it is damaged. */
bool inbox_get(struct txn *txn, const char *vault, struct arena *arena, struct inbox_row *row);

/* All rows in that state, in the order of their arrival; INBOX_NEW or INBOX_ASIDE: what is done is
 * in no list.
 */
void inbox_list(struct txn *txn, enum inbox_state state, struct arena *arena,
    struct inbox_row **rows, size_t *count);

#endif
