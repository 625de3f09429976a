#include "mime/cms.h"

#include "base/buf.h"

enum { SEQUENCE = 0x30, CONTEXT_0 = 0xA0, OCTETS = 0x04, OCTETS_IN_PIECES = 0x24, DEEP = 16 };

static const struct {
    struct span identifier; /* in DER, without its length */
    enum cms kind;
} kinds[] = {
    { { "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02", 9 }, CMS_SIGNED },
    { { "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03", 9 }, CMS_SEALED },
    { { "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x04", 9 }, CMS_SEALED }, /* of PKCS #7 */
    { { "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17", 11 }, CMS_SEALED }, /* RFC 5083 */
    { { "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x09", 11 }, CMS_PACKED },
};

enum cms cms_kind(struct span bytes)
{
    bytes = span_part(bytes, 0, 64);
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (span_find(bytes, kinds[i].identifier, 0) != SPAN_NOWHERE)
            return kinds[i].kind;
    return CMS_NONE;
}

/* One element of X.690: its tag, and what is in it, up to its end or, where that is not stated, to
 * the end of all. */
struct element {
    unsigned char tag;
    bool open; /* ends with two zero bytes, 8.1.3.6 */
    struct span body;
};

/* The head of the next element; *rest starts with its body then. */
static bool take_head(struct span *rest, struct element *element)
{
    size_t len = 0, at = 2;
    unsigned char first;

    if (rest->len < 2 || (rest->at[0] & 0x1F) == 0x1F)
        return false;
    element->tag = (unsigned char)rest->at[0];
    first = (unsigned char)rest->at[1];
    element->open = first == 0x80;
    if (first < 0x80)
        len = first;
    for (size_t i = 0; first > 0x80 && i < (first & 0x7F); i++, at++) {
        if (i >= 5 || at >= rest->len)
            return false;
        len = len << 8 | (unsigned char)rest->at[at];
    }
    *rest = span_part(*rest, at, rest->len);
    element->body = element->open ? *rest : span_part(*rest, 0, len);
    return true;
}

/* Enters the next element if it has this tag: *rest becomes its body. */
static bool enter(struct span *rest, unsigned char tag)
{
    struct element element;

    if (!take_head(rest, &element) || element.tag != tag)
        return false;
    *rest = element.body;
    return true;
}

/* Passes over the next element. */
static bool skip(struct span *rest)
{
    size_t open = 0;

    do {
        struct element element;

        if (!take_head(rest, &element))
            return false;
        if (element.open)
            open++;
        else if (open && element.tag == 0 && !element.body.len)
            open--;
        else
            *rest = span_part(*rest, element.body.len, rest->len);
    } while (open);
    return true;
}

/* A string in one piece, or in pieces within pieces. */
static struct span octets(struct span rest, struct arena *arena)
{
    struct buf out = { .arena = arena };
    struct element element;
    size_t open = 0;

    if (!take_head(&rest, &element))
        return (struct span) { 0 };
    if (element.tag == OCTETS && !element.open)
        return element.body;
    if (element.tag != OCTETS_IN_PIECES)
        return (struct span) { 0 };
    open += element.open;
    rest = element.body;
    while (take_head(&rest, &element)) {
        if (element.tag == OCTETS) {
            buf_add(&out, element.body);
            rest = span_part(rest, element.body.len, rest.len);
        } else if (element.tag == OCTETS_IN_PIECES) {
            if (element.open && ++open > DEEP)
                break;
        } else if (element.tag != 0 || !open || --open == 0)
            break;
    }
    return buf_span(&out);
}

struct span cms_signed_content(struct span bytes, struct arena *arena)
{
    struct span rest = bytes;

    /* ContentInfo: its identifier, [0] SignedData: version, digest algorithms, what is signed: its
     * identifier, [0] the content itself (RFC 5652, 3, 5.1, 5.2). */
    if (cms_kind(bytes) != CMS_SIGNED || !enter(&rest, SEQUENCE) || !skip(&rest)
        || !enter(&rest, CONTEXT_0) || !enter(&rest, SEQUENCE) || !skip(&rest) || !skip(&rest)
        || !enter(&rest, SEQUENCE) || !skip(&rest) || !enter(&rest, CONTEXT_0))
        return (struct span) { 0 };
    return octets(rest, arena);
}
