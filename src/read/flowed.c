#include "read/flowed.h"

static size_t quotes(struct span line)
{
    size_t depth = 0;

    while (depth < line.len && line.at[depth] == '>')
        depth++;
    return depth;
}

void flowed_join(struct span text, bool delsp, struct buf *out)
{
    struct span rest = text, line;
    size_t open_depth = 0;
    bool open = false; /* the paragraph goes on */

    while (span_line(&rest, &line)) {
        size_t depth = quotes(line);
        struct span said = span_part(line, depth, line.len);
        bool is_signature, soft;

        if (said.len && said.at[0] == ' ') /* RFC 3676, 4.4: space-stuffing */
            said = span_part(said, 1, said.len);
        is_signature = span_equal(said, SPAN("-- "));
        /* A paragraph never goes on at another depth, nor into a signature (4.5, 4.3). */
        if (open && (depth != open_depth || is_signature)) {
            buf_char(out, '\n');
            open = false;
        }
        if (!open) {
            for (size_t i = 0; i < depth; i++)
                buf_char(out, '>');
            if (depth)
                buf_char(out, ' ');
        }
        soft = !is_signature && said.len && said.at[said.len - 1] == ' ';
        buf_add(out, span_part(said, 0, said.len - (soft && delsp)));
        if (!soft)
            buf_char(out, '\n');
        open = soft;
        open_depth = depth;
    }
    if (open)
        buf_char(out, '\n');
}
