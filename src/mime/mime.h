/*
 * mime.h - one mail's bytes as a tree of parts with the exact range of each.
 *
 * Our own parser and not libetpan's: that one is recursive (30,000 nested messages overflow 8 MB
 * of stack), quadratic in depth, gives up the whole header at one line without a colon or with a
 * NUL (and with it the Content-Type), and is a line late where a signed part starts with an empty
 * line (RFC 3156, 5: a signature counts exact bytes). GMime has the first fault in address groups
 * and writes nested parts anew before it verifies them. This one goes over the lines once, with the
 * open boundaries on a stack of fixed size; nothing in a mail makes it fail.
 */
#ifndef MIME_H
#define MIME_H

#include "base/texts.h"
#include "mime/params.h"
#include "mime/transfer.h"

struct mime_limits {
    size_t depth; /* multiparts in multiparts, at most MIME_DEPTH_MOST */
    size_t parts; /* in one tree */
    size_t header; /* bytes of one part's header */
    size_t field; /* bytes of one field */
    size_t fields; /* of one part */
    size_t boundary; /* characters; RFC 2046 says 70 */
};

enum { MIME_DEPTH_MOST = 64 };

extern const struct mime_limits mime_limits_usual;

struct mime_field {
    struct span name; /* as written */
    struct span value; /* after the colon, folded as it came */
};

struct mime_part {
    struct mime_part *parent, *first, *last, *next;
    size_t depth; /* 0 for the root */
    /* All point into the mail. whole = head, the empty line, body: the bytes that a signature
     * counts, from the byte after the boundary line to before the line break that precedes the
     * next boundary (RFC 3156, 5). */
    struct span whole, head, body;
    struct span preamble, epilogue; /* of a multipart */
    struct span strays; /* lines of the head that are no fields, and what continues them */
    struct mime_field *fields;
    size_t field_count;
    struct params type; /* type.word "text/plain" also when nothing usable is stated */
    struct params disposition; /* disposition.word "" when not stated */
    const char *name; /* file name, no folders, no control characters; "" when none */
    enum transfer transfer;
    bool multipart; /* was taken apart by its boundary; children are the parts */
    bool type_stated; /* there was a Content-Type that could be read */
    bool closed; /* its closing boundary was there */
    bool doubtful; /* Content-Type or encoding twice with different words, or two boundaries */
    bool beyond; /* a multipart that a limit kept from being taken apart */
};

struct mime_tree {
    struct mime_part *root; /* never NULL */
    size_t parts;
    bool odd; /* something is not as the standards have it; each has a reason */
    bool malformed; /* what is odd could hide a part from one reader and show it to another */
    bool truncated; /* a limit was reached */
    bool parts_cut; /* the limit on parts or depth: there are parts that are not in the tree */
    bool fields_cut; /* the root's header has fields that are not in the tree */
    bool repaired; /* a boundary was found that the header did not name rightly */
    struct texts reasons; /* plain English sentences */
};

/* Takes raw apart; tree points into raw and arena. Time is linear in raw, memory is bounded by the
 * limits. */
void mime_parse(struct span raw, const struct mime_limits *limits, struct charsets *charsets,
    struct arena *arena, struct mime_tree *tree);

/* The first field of that name at or after *at (start with 0), which is moved behind it; false when
 * there is no more. */
bool mime_field_next(
    const struct mime_part *part, const char *name, size_t *at, struct span *value);
struct span mime_field(const struct mime_part *part, const char *name); /* .at NULL when missing */
bool mime_is(const struct mime_part *part, const char *type); /* "text/plain", or "text/" for all */

/* The next part in the order of the mail within top; NULL after the last. */
struct mime_part *mime_next(const struct mime_part *part, const struct mime_part *top);

/* The body without its transfer encoding, in the arena or in the mail. */
struct span mime_body(const struct mime_part *part, struct arena *arena, bool *odd);
/* The same with the plain lines that stand behind base64. */
struct span mime_text(const struct mime_part *part, struct arena *arena, bool *odd);
/* The same of the first bytes only, to tell what it is. */
struct span mime_sample(const struct mime_part *part, size_t most, struct arena *arena);

/* A file name as a person may see it: decoded, the part after the last slash or backslash. */
const char *mime_name(const char *stated, struct arena *arena);

#endif
