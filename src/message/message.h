/* message.h - what is known of one message once it was opened and read: the one record that the
 * rooms after `read` work from, and that crosses from the jailed child to its parent. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/texts.h"
#include "base/verdict.h"

/* All text is valid UTF-8 in the message's arena, ends in a NUL and holds none; never NULL unless
 * said so. All of it is the sender's word but the verdicts. */

enum {
    FLAG_REPAIRED = 1 << 0, /* mangled on the way and put together again; see reasons */
    FLAG_NAME = 1 << 1, /* the display name poses as another address or signer */
    FLAG_REPLY_TO = 1 << 2, /* an answer would go somewhere else than From */
    FLAG_DATE = 1 << 3, /* signature date and Date are more than a day apart */
    FLAG_BOUNCE = 1 << 4, /* these four are never answered automatically */
    FLAG_AUTO = 1 << 5,
    FLAG_LIST = 1 << 6,
    FLAG_BULK = 1 << 7,
    FLAG_OWN_KEY_REVOKED = 1 << 8,
    FLAG_OWN_KEY_EXPIRED = 1 << 9,
    FLAG_TRUNCATED = 1 << 10, /* more was there than the limits allow to read */
    FLAG_MALFORMED = 1 << 11, /* an attachment may hide in odd MIME */
    FLAG_SPAM = 1 << 12, /* a filter on the way marked it (X-Spam-Flag: YES and kin) */
};

struct piece {
    const char *text;
    enum crypt crypt;
    enum signature signature;
    const char *signer; /* fingerprint, "" when nothing verifies */
    size_t quote_at; /* offset in text where the quoted earlier mail starts, strlen(text) if none */
    size_t signoff_at; /* where the signature block before that starts; quote_at if none */
};

struct attachment {
    const char *name; /* decoded, without folders or control characters; "" when it has none */
    const char *type; /* lower case, as stated: "image/png" */
    size_t size; /* bytes, decoded */
    char md5[33], sha256[65];
    enum crypt crypt;
    enum signature signature;
    const char *text; /* NULL where none could be extracted */
};

struct message {
    enum parse parse;
    enum crypt crypt;
    enum scope scope;
    enum signature signature;
    enum scope signature_scope;
    const char *signer; /* primary key fingerprint in hex; "" when nothing verifies */
    struct texts signer_uids;
    int64_t signed_at; /* 0 when not signed */
    struct texts from; /* addresses, lower-case domain */
    const char *from_name;
    struct texts sender; /* Sender field */
    struct texts reply_to;
    struct texts to, cc;
    struct texts signed_to; /* To and Cc in header fields that the signature covers; none: it may
                               have been meant for anybody */
    const char *subject;
    bool subject_inner; /* from header fields inside the cryptographic payload */
    int64_t date; /* 0 when missing or unreadable */
    const char *message_id; /* without < >; "" when missing */
    const char *return_path; /* "" for the null sender; NULL when the field is missing */
    struct texts in_reply_to, references; /* without < > */
    const char *text; /* the pieces for a reader, each unprotected piece fenced and marked */
    const char *language; /* "nl", "en", "other" */
    struct piece *pieces;
    size_t piece_count;
    struct attachment *attachments;
    size_t attachment_count;
    struct texts keys_attached; /* fingerprints of public keys that came along */
    const char *key_material; /* those keys in armor, to be offered to the CISO; "" when none */
    struct texts reports_on; /* Message-IDs and original recipients that a bounce is about */
    unsigned flags; /* FLAG_… */
    struct texts reasons; /* one plain English sentence each, for whatever is not plain good */
};

/*
 * Bounds of a record: longer lists and lines are cut on the way into JSON and FLAG_TRUNCATED is
 * set; a record that breaks them is refused. A line is any text but message->text, those of pieces
 * and attachments, and the key material.
 */
enum { MESSAGE_LIST_MOST = 4096, MESSAGE_LINE_MOST = 64 * 1024 };

/* A message of which nothing is known: worst verdicts, no NULL texts but those allowed above. */
void message_empty(struct message *message);

/*
 * The record as one line of JSON, without a line end, as verdicts.md has it; file is the first
 * field, as given. The fields that verdicts.md does not name stand behind those that it does.
 */
struct span message_to_json(const struct message *message, const char *file, struct arena *arena);

/*
 * Reads what message_to_json wrote; the input is distrusted (it comes from a jailed child). Fails
 * with ERR_MESSAGE when it is not such a record in every field, type, bound and word.
 */
bool message_from_json(
    struct span json, struct arena *arena, struct message *message, struct err *err) MUST_USE;

/* The words of the flags that are set, in verdicts.md's spelling; null-ended, count gives how many.
 */
struct texts message_flag_words(unsigned flags, struct arena *arena);
bool message_flag_of(const char *word, unsigned *flag) MUST_USE; /* one word back to its flag */

/* One plain sentence in Dutch ("nl") or English on what the signature and encryption prove. */
const char *message_sentence(
    const struct message *message, enum continuity continuity, const char *language);

#endif
