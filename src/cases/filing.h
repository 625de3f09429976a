/* filing.h - a message that was read and redacted goes into its case. */
#ifndef FILING_H
#define FILING_H

#include "cases/cabinet.h"
#include "cases/order.h"

/* What the settings say. */
struct filing_office {
    struct belongs_house house;
    const struct calendar *calendar;
    const struct clock_terms *terms;
    int64_t fresh_s; /* how old a signed command may be */
    int64_t now_s;
    const char *language; /* of answers to the CISO */
};

struct filing_attachment {
    const char *name; /* redacted */
    const char *withheld; /* why its text is not in the copy; "" when it is */
};

/* One message, and what may be shown of it. Texts never NULL. */
struct filing_mail {
    const struct message *message;
    const char *vault; /* "" only after a rebuild: the raw bytes are gone */
    bool copy; /* its bytes are those of a message that is kept elsewhere, or erased: they go */
    const char *row, *hash;
    int64_t received_at; /* INTERNALDATE; 0 or later than now: now */
    const char *subject, *redacted, *receipt; /* of the redactor */
    const char *memory; /* of the redactor, after this message */
    const struct filing_attachment *attachments; /* as many as the message has */
};

/* What became of one command in a mail. */
struct filing_answer {
    const char *said; /* the line */
    bool done;
    const char *text; /* what was done, or what was not understood */
};

struct filed {
    enum case_kind kind;
    const char *number; /* the case; "" when it is in none */
    bool opened; /* a new case */
    struct effects effects; /* letters to compose, the IBD's copy, an erasure */
    bool has_orders;
    enum order_trust trust; /* of a mail of the CISO */
    struct filing_answer *answers;
    size_t answer_count;
};

/*
 * Files it in the transaction: the case with its clocks, the look-ups, the audit log, and for a
 * mail of the CISO the decisions in it. A message that was filed before (its vault id) is left
 * alone: kind and number are told, and there are no effects. Effects are for the caller, in the
 * same transaction:
 *
 *   "acknowledgement", "follow_up"  to the researcher, only where mail may be answered
 *   "answer"                        to the CISO: what became of each command
 *   "undelivered"                   to the CISO: a letter came back; text is its Message-ID
 *   "new", "follow_up" (IBD)        compose the copy and send it, or hold it when it is doubtful
 */
void filing_file(struct txn *txn, const struct filing_office *office, const struct belongs *belongs,
    const struct filing_mail *mail, struct arena *arena, struct filed *filed);

/*
 * The message of the case that was opened once more, as keys came since: where its signature could
 * not be checked for want of the key, its verdict and sentence become those of now. Nothing else
 * follows from it. False when nothing changed, or when more than the signature is another now.
 */
bool filing_recheck(struct case_file *file, size_t index, const struct message *message,
    const struct filing_office *office, struct arena *arena);

/* A message that could not be read at all: kept in the vault, told in the digest, in no case. */
void filing_aside(struct txn *txn, const struct filing_office *office, const char *vault,
    const char *row, const char *hash, int64_t received_at, enum aside aside, const char *why);

/* A letter of ours came to a case: kept in its file, so that answers find it. sent_at 0: queued. */
void filing_letter(struct case_file *file, struct arena *arena, const char *kind,
    enum case_party to, const char *message_id, int64_t queued_at_s);

/*
 * The outbox delivered it (hash of the bytes), or was refused for good (why, as undelivered.h reads
 * it): then a copy for the IBD is held, with the reason in this language. False: there is no such
 * letter, or it is known to have been refused.
 */
bool filing_sent(struct case_file *file, const char *message_id, const char *hash, int64_t at_s);
bool filing_refused(struct case_file *file, const char *message_id, const char *why, int64_t at_s,
    const char *language, struct arena *arena);

/* Of a text some whole lines, for the digest: at most most bytes, cut at a word, without quotations
 * and signature blocks. */
const char *filing_summary(struct span redacted, size_t most, struct arena *arena);

#endif
