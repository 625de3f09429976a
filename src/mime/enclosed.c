#include "mime/enclosed.h"

#include "base/buf.h"
#include "mime/transfer.h"

#include <string.h>

enum { NAME_MOST = 255 };

/* The next line of text at *at with its line end; false at the end. */
static bool next_line(struct span text, size_t *at, struct span *line)
{
    size_t end = span_find_char(text, '\n', *at);

    if (*at >= text.len)
        return false;
    end = end == SPAN_NOWHERE ? text.len : end + 1;
    *line = span_part(text, *at, end);
    *at = end;
    return true;
}

static struct span stripped(struct span line)
{
    while (line.len && (line.at[line.len - 1] == '\n' || line.at[line.len - 1] == '\r'))
        line.len--;
    return line;
}

/* "begin 644 name": the mode is three or four octal digits. */
static bool begins(struct span line, struct span word, struct span *name)
{
    struct span rest = span_part(line, word.len, line.len);
    size_t digits = 0;

    if (!span_starts(line, word))
        return false;
    while (digits < rest.len && rest.at[digits] >= '0' && rest.at[digits] <= '7')
        digits++;
    if (digits < 3 || digits > 4 || digits >= rest.len || rest.at[digits] != ' ')
        return false;
    *name = span_trim(span_part(rest, digits, digits + NAME_MOST));
    return name->len > 0;
}

/* A line of uuencode: its first letter says how many bytes the others hold. Blanks at the end may
 * be lost, and some programs add a letter of checksum. */
static bool is_uu(struct span line)
{
    size_t letters;

    if (!line.len || line.at[0] < ' ' || line.at[0] > '`')
        return false;
    for (size_t i = 1; i < line.len; i++)
        if (line.at[i] < ' ' || line.at[i] > '`')
            return false;
    letters = ((((unsigned char)line.at[0] - 32U) & 63) + 2) / 3 * 4;
    return line.len <= letters + 3 && span_trim(line).len + 4 >= letters && letters < 85;
}

static bool is_base64(struct span line)
{
    line = span_trim(line);
    for (size_t i = 0; i < line.len; i++) {
        char c = line.at[i];

        if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !(c >= '0' && c <= '9')
            && !strchr("+/=", c ? c : 'x'))
            return false;
    }
    return line.len > 0 && line.len % 4 == 0;
}

/* Takes the lines of its encoding, up to the one that ends it. */
static void take_lines(struct span text, size_t at, bool (*is_line)(struct span), struct span last,
    struct arena *arena, struct enclosed *enclosed, enum transfer transfer)
{
    struct buf lines = { .arena = arena };
    struct span line;
    bool odd = false;

    enclosed->cut = true;
    enclosed->end = at;
    if (transfer == TRANSFER_UU)
        buf_text(&lines, "begin 644 x\n");
    while (next_line(text, &at, &line)) {
        if (span_equal(span_trim(line), last)) {
            enclosed->cut = false;
            enclosed->end = at;
            break;
        }
        if (!is_line(stripped(line)) && span_trim(line).len)
            break;
        buf_add(&lines, line);
        enclosed->end = at;
    }
    if (transfer == TRANSFER_UU)
        buf_text(&lines, "\nend\n");
    enclosed->bytes = transfer_decode(buf_span(&lines), transfer, arena, &odd);
}

/* yEnc 1.3: each byte plus 42, "=" before one that is plus 64 more. */
static void take_yenc(struct span text, size_t at, struct arena *arena, struct enclosed *enclosed)
{
    struct buf out = { .arena = arena };
    struct span line;

    enclosed->cut = true;
    enclosed->end = text.len;
    while (next_line(text, &at, &line)) {
        bool escaped = false;

        if (span_starts(line, SPAN("=ypart ")))
            continue;
        if (span_starts(line, SPAN("=yend"))) {
            enclosed->cut = false;
            enclosed->end = at;
            break;
        }
        line = stripped(line);
        for (size_t i = 0; i < line.len; i++)
            if (line.at[i] == '=' && !escaped)
                escaped = true;
            else {
                buf_char(&out, (char)((unsigned char)line.at[i] - 42U - (escaped ? 64U : 0U)));
                escaped = false;
            }
    }
    enclosed->bytes = buf_span(&out);
}

bool enclosed_find(struct span text, size_t from, struct arena *arena, struct enclosed *enclosed)
{
    struct span line, name, first;
    size_t at = from;

    while (next_line(text, &at, &line)) {
        size_t behind = at;
        bool uu, yenc;

        if (!span_starts(line, SPAN("begin")) && !span_starts(line, SPAN("=ybegin ")))
            continue;
        enclosed->start = (size_t)(line.at - text.at);
        line = stripped(line);
        uu = begins(line, SPAN("begin "), &name);
        if (uu || begins(line, SPAN("begin-base64 "), &name)) {
            if (!next_line(text, &behind, &first)
                || !(uu ? is_uu(stripped(first)) : is_base64(first)))
                continue;
            take_lines(text, at, uu ? is_uu : is_base64, uu ? SPAN("end") : SPAN("===="), arena,
                enclosed, uu ? TRANSFER_UU : TRANSFER_BASE64);
        } else {
            size_t said = span_find(line, SPAN(" name="), 0);

            yenc = said != SPAN_NOWHERE && span_starts(line, SPAN("=ybegin "))
                && span_find(line, SPAN(" line="), 0) != SPAN_NOWHERE;
            if (!yenc)
                continue;
            name = span_trim(span_part(line, said + 6, said + 6 + NAME_MOST));
            take_yenc(text, at, arena, enclosed);
        }
        enclosed->name = name;
        return true;
    }
    return false;
}
