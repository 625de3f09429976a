#include "pgp/pgp_clear.h"

#include "base/buf.h"

#define HEADER SPAN("-----BEGIN PGP SIGNED MESSAGE-----")
#define SIGNATURE SPAN("-----BEGIN PGP SIGNATURE-----")
#define SIGNATURE_END SPAN("-----END PGP SIGNATURE-----")

static struct span right_trimmed(struct span line)
{
    while (line.len
        && (line.at[line.len - 1] == ' ' || line.at[line.len - 1] == '\t'
            || line.at[line.len - 1] == '\r'))
        line.len--;
    return line;
}

/* The header line and its fields up to the empty line. */
static bool pass_header(struct span *rest)
{
    struct span line;

    if (!span_line(rest, &line) || !span_equal(right_trimmed(line), HEADER))
        return false;
    while (span_line(rest, &line)) {
        if (!right_trimmed(line).len)
            return true;
        if (!span_starts_nocase(line, SPAN("Hash:")))
            return false;
    }
    return false;
}

/* Only the block itself: one END line, nothing but blanks behind it. */
static bool ends_with_it(struct span signature)
{
    size_t end = span_find(signature, SIGNATURE_END, 0);

    return end != SPAN_NOWHERE
        && span_trim(span_part(signature, end + SIGNATURE_END.len, signature.len)).len == 0;
}

bool pgp_clear_split(struct span block, struct arena *arena, struct pgp_clear *clear)
{
    struct span rest = span_trim(block), line, before;
    struct buf text = { .arena = arena };
    struct span line_end;

    if (!pass_header(&rest))
        return false;
    for (before = rest; span_line(&rest, &line); before = rest) {
        if (span_equal(right_trimmed(line), SIGNATURE)) {
            /* The line end in front of the signature is not part of the text (7.1). */
            if (text.len && text.at[text.len - 1] == '\n')
                text.len -= text.len > 1 && text.at[text.len - 2] == '\r' ? 2 : 1;
            clear->text = buf_span(&text);
            clear->signature = before;
            return ends_with_it(before);
        }
        if (span_starts(line, SPAN("- ")))
            line = span_part(line, 2, line.len);
        else if (span_starts(line, SPAN("-----")))
            return false; /* an unescaped armor line: two blocks in one */
        line_end = span_part(before, (size_t)(line.at + line.len - before.at), before.len);
        line_end = span_part(line_end, 0, line_end.len - rest.len);
        buf_add(&text, line);
        buf_add(&text, line_end);
    }
    return false;
}

bool pgp_clear_same(struct span a, struct span b)
{
    struct span one, other;
    bool more;

    a = right_trimmed(span_trim(a));
    b = right_trimmed(span_trim(b));
    do {
        more = span_line(&a, &one);
        if (span_line(&b, &other) != more)
            return false;
        if (more && !span_equal(right_trimmed(one), right_trimmed(other)))
            return false;
    } while (more);
    return true;
}
