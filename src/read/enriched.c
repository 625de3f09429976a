#include "read/enriched.h"

/* RFC 1896 allows 60 characters in a command. */
enum { COMMAND_MOST = 62, PARAM_MOST = 500 };

/* The word of a command at this '<', and where it ends; 0 where it is a mere character. */
static size_t command_at(struct span text, size_t at, struct span *word)
{
    size_t end = span_find_char(span_part(text, 0, at + COMMAND_MOST), '>', at);

    if (end == SPAN_NOWHERE || end < at + 2)
        return 0;
    *word = span_part(text, at + 1, end);
    for (size_t i = word->at[0] == '/'; i < word->len; i++)
        if (!((word->at[i] | 0x20) >= 'a' && (word->at[i] | 0x20) <= 'z') && word->at[i] != '-'
            && !(word->at[i] >= '0' && word->at[i] <= '9'))
            return 0;
    return end + 1;
}

/* One line feed is a blank, each further one in a row a line feed (RFC 1896, 5). */
static size_t breaks(struct span text, size_t at, bool rich, struct buf *out)
{
    size_t lines = 0;

    while (at < text.len && (text.at[at] == '\n' || text.at[at] == '\r'))
        lines += text.at[at++] == '\n';
    if (rich || lines == 1)
        buf_char(out, ' ');
    for (size_t i = 1; i < lines && !rich; i++)
        buf_char(out, '\n');
    return at;
}

void enriched_to_text(struct span text, bool rich, struct buf *out)
{
    bool param = false; /* a color or a font, for the command before it */

    for (size_t at = 0; at < text.len;) {
        struct span word;
        size_t end = text.at[at] == '<' ? command_at(text, at, &word) : 0;

        if (end) {
            at = end;
            if (span_equal_nocase(word, SPAN("param")) || span_equal_nocase(word, SPAN("/param")))
                param = word.at[0] != '/' && !rich
                    && span_find_nocase(span_part(text, 0, at + PARAM_MOST), SPAN("</param>"), at)
                        != SPAN_NOWHERE;
            else if (rich && span_equal_nocase(word, SPAN("nl")))
                buf_char(out, '\n');
            else if (rich && span_equal_nocase(word, SPAN("lt")))
                buf_char(out, '<');
            else if (rich && span_equal_nocase(word, SPAN("/paragraph")))
                buf_text(out, "\n\n");
        } else if (param)
            at++;
        else if (text.at[at] == '\n' || text.at[at] == '\r')
            at = breaks(text, at, rich, out);
        else {
            bool doubled = !rich && span_starts(span_part(text, at, text.len), SPAN("<<"));

            buf_char(out, text.at[at]);
            at += doubled ? 2 : 1;
        }
    }
    buf_char(out, '\n');
}
