/* order.h - decisions in a mail of the CISO: which lines are verbs, and whether they may count.
 *
 * A signature says who wrote a text, not to whom: whoever gets a signed mail of the CISO can seal
 * its content to us and send it on (surreptitious forwarding: Davis, USENIX 2001). So To in the
 * header fields within the signature (RFC 9788), where a mail program writes it, must name us; and
 * where it is not written, filing_office.needs_code asks for the code of the case in the line.
 */
#ifndef ORDER_H
#define ORDER_H

#include "cases/verb.h"
#include "message/message.h"

/* Worst first: anything but ORDER_TRUSTED does nothing. */
enum order_trust {
    ORDER_UNSIGNED, /* no signature, or none that verifies */
    ORDER_STRANGER, /* by another key than the CISO's pinned one */
    ORDER_MISMATCH, /* by the CISO's key, but From is another address, or several */
    ORDER_PARTLY, /* something that a reader sees is not covered, or not encrypted with the rest */
    ORDER_UNDATED, /* the signature or the mail has no date */
    ORDER_FUTURE, /* signed later than now */
    ORDER_STALE, /* signed too long ago */
    ORDER_REDATED, /* the mail's Date is not that of the signature */
    ORDER_ELSEWHERE, /* the signed header fields name somebody else */
    ORDER_REPLAYED, /* one of the orders under this signature was taken before */
    ORDER_TRUSTED,
    ORDER_TRUSTS,
};

enum { ORDER_SKEW_S = 600 }; /* by which a clock may be ahead of ours */

const char *order_trust_word(enum order_trust trust);
const char *order_trust_sentence(enum order_trust trust, const char *language);

/*
 * What a mail proves of an order in it. fresh_s is how old its signature may be, and how far from
 * the mail's Date; replayed says that one of its order_tokens was seen before.
 */
enum order_trust order_trust(const struct message *message, const char *ciso_key, int64_t now_s,
    int64_t fresh_s, bool replayed);

/* Whom the mail was written to, by what the signature covers of it. */
enum order_address {
    ORDER_TO_OTHERS, /* also when it is to us and to others: then it tells them of an order */
    ORDER_TO_NOBODY, /* nothing is said */
    ORDER_TO_US,
};

enum order_address order_address(
    const struct message *message, const char *mailbox, const char *ciso_address);

/* "ZBR-2026-0012/k7qm breach no", with a code the line that is taken whatever the mail program
 * signs; code may be "". */
const char *order_line(
    const char *number, const char *code, const char *words, struct arena *arena);

/* One line that begins with our prefix. */
struct order {
    int line; /* counted from 1, in the text read */
    const char *said; /* the line, trimmed, cut at 200 bytes */
    const char *number; /* "" when it is no case number */
    const char *code; /* "" when none was given */
    const struct verb *verb; /* NULL when it is no verb */
    const char *words; /* verb and arguments as said */
    const char *arguments;
    const char *text; /* the lines up to the next order, for verbs that take a text */
};

struct orders {
    struct order *at;
    size_t count;
};

/*
 * Lines `ZBR-2026-0012 breach no`, or with a code `ZBR-2026-0012/k7qm breach no`. Quoted lines
 * (">"), what stands behind a signature's "-- ", and the earlier mail below are no orders; other
 * lines are left alone, unless they follow a verb that takes a text. At most 100.
 */
struct orders order_parse(struct span text, const char *prefix, struct arena *arena);

/*
 * What a replay has in common with the original, a token for each order: signer, time of the
 * signature, case and verb. The text is left out: a header around the signed bytes, which anybody
 * can change, decides how they are read. Without orders one token, of signer and time.
 */
struct texts order_tokens(
    const struct message *message, const struct orders *orders, struct arena *arena);

/* The text of a message that a trusted signature covers, without the earlier mail below. */
struct span order_text(const struct message *message, const char *ciso_key, struct arena *arena);

#endif
