#include "letters/template.h"

#include "base/buf.h"

#include <string.h>
#include <sysexits.h>
#include <unistr.h>

enum { DEEPEST = 8, NAME_MOST = 40 };

static const struct span subject_field = { "Subject: ", 9 };

enum piece_kind { PIECE_TEXT, PIECE_VALUE, PIECE_IF, PIECE_IF_NOT, PIECE_END, PIECE_BROKEN };

struct piece {
    enum piece_kind kind;
    struct span text; /* the words, or the name */
};

static bool is_name(struct span name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!((name.at[i] >= 'a' && name.at[i] <= 'z') || name.at[i] == '_'))
            return false;
    return name.len > 0 && name.len <= NAME_MOST;
}

static struct piece directive(struct span inside)
{
    enum piece_kind kind = PIECE_VALUE;

    if (span_equal(inside, SPAN("end")))
        return (struct piece) { PIECE_END, inside };
    if (span_starts(inside, SPAN("if not "))) {
        kind = PIECE_IF_NOT;
        inside = span_part(inside, 7, inside.len);
    } else if (span_starts(inside, SPAN("if "))) {
        kind = PIECE_IF;
        inside = span_part(inside, 3, inside.len);
    }
    return (struct piece) { is_name(inside) ? kind : PIECE_BROKEN, inside };
}

/* The next piece of one line. */
static bool next_piece(struct span *line, struct piece *piece)
{
    size_t open = span_find_char(*line, '{', 0), close;

    if (!line->len)
        return false;
    if (open != 0) {
        size_t to = open == SPAN_NOWHERE ? line->len : open;

        *piece = (struct piece) { PIECE_TEXT, span_part(*line, 0, to) };
        *line = span_part(*line, to, line->len);
        return true;
    }
    close = span_find_char(*line, '}', 0);
    if (close == SPAN_NOWHERE) {
        *piece = (struct piece) { PIECE_BROKEN, *line };
        *line = span_part(*line, line->len, line->len);
        return true;
    }
    *piece = directive(span_part(*line, 1, close));
    *line = span_part(*line, close + 1, line->len);
    return true;
}

bool template_names_hold(const char *words, struct span word)
{
    struct span rest = span_of(words);

    while (rest.len) {
        size_t to = span_find_char(rest, ' ', 0);

        if (to == SPAN_NOWHERE)
            to = rest.len;
        if (span_equal(span_part(rest, 0, to), word))
            return true;
        rest = span_part(rest, to + 1, rest.len);
    }
    return false;
}

static bool wrong(struct err *err, const char *path, size_t number, const char *what,
    struct span name, const char *allowed)
{
    return err_exit(err, ERR_RUN, EX_CONFIG, "%s:%zu: %s {%.*s}; allowed are: %s", path, number,
        what, (int)(name.len < NAME_MOST ? name.len : NAME_MOST), name.at, allowed);
}

static bool check_line(struct span line, const char *path, size_t number,
    const struct template_names *names, int *depth, struct err *err)
{
    struct piece piece;

    while (next_piece(&line, &piece)) {
        if (piece.kind == PIECE_TEXT)
            continue;
        if (piece.kind == PIECE_BROKEN)
            return wrong(err, path, number, "not a placeholder:", piece.text, names->allowed);
        if (piece.kind == PIECE_END) {
            if (--*depth < 0)
                return err_exit(
                    err, ERR_RUN, EX_CONFIG, "%s:%zu: {end} without an {if …}", path, number);
            continue;
        }
        if (!template_names_hold(names->allowed, piece.text))
            return wrong(err, path, number, "unknown placeholder", piece.text, names->allowed);
        if (piece.kind != PIECE_VALUE && ++*depth > DEEPEST)
            return err_exit(
                err, ERR_RUN, EX_CONFIG, "%s:%zu: {if …} nested too deep", path, number);
    }
    return true;
}

static bool uses(struct span text, struct span name)
{
    struct span line;
    struct piece piece;

    while (span_line(&text, &line))
        while (next_piece(&line, &piece))
            if (piece.kind == PIECE_VALUE && span_equal(piece.text, name))
                return true;
    return false;
}

static bool check_required(
    struct span text, const char *path, const struct template_names *names, struct err *err)
{
    struct span rest = span_of(names->required);

    while (rest.len) {
        size_t to = span_find_char(rest, ' ', 0);
        struct span name = span_part(rest, 0, to == SPAN_NOWHERE ? rest.len : to);

        if (!uses(text, name))
            return wrong(err, path, 1, "the text must use", name, names->allowed);
        rest = span_part(rest, name.len + 1, rest.len);
    }
    return true;
}

bool template_check(
    struct span text, const char *path, const struct template_names *names, struct err *err)
{
    struct span rest = text, line;
    size_t number = 0;
    int depth = 0;

    if (u8_check((const uint8_t *)text.at, text.len))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: is not UTF-8; save it as UTF-8", path);
    if (memchr(text.at, '\0', text.len))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: holds a NUL byte", path);
    if (!span_starts(text, subject_field))
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s:1: the first line has to be 'Subject: ' and the subject", path);
    while (span_line(&rest, &line)) {
        number++;
        if (number == 2 && line.len)
            return err_exit(
                err, ERR_RUN, EX_CONFIG, "%s:2: has to be empty, between subject and text", path);
        if (!check_line(line, path, number, names, &depth, err))
            return false;
        if (number == 1 && depth)
            return err_exit(
                err, ERR_RUN, EX_CONFIG, "%s:1: {if …} without an {end} on this line", path);
    }
    if (depth)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s:%zu: {if …} without an {end}", path, number);
    if (number < 3)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: has no text below the subject", path);
    return check_required(text, path, names, err);
}

static struct span value_of(struct span name, const struct template_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(name, span_of(values[i].name)))
            return span_of(values[i].text);
    return (struct span) { 0 };
}

/* One line at a time, with what is switched off remembered from line to line. */
struct filling {
    const struct template_value *values;
    size_t count;
    int depth;
    int off_at; /* the depth from which on nothing is written; 0: all is */
};

static void fill_line(struct filling *filling, struct span line, struct buf *buf)
{
    struct piece piece;

    while (next_piece(&line, &piece)) {
        bool has = piece.kind != PIECE_TEXT && piece.kind != PIECE_END
            && value_of(piece.text, filling->values, filling->count).len;

        switch (piece.kind) {
        case PIECE_IF:
        case PIECE_IF_NOT:
            filling->depth++;
            if (!filling->off_at && has != (piece.kind == PIECE_IF))
                filling->off_at = filling->depth;
            break;
        case PIECE_END:
            if (filling->off_at == filling->depth)
                filling->off_at = 0;
            filling->depth--;
            break;
        case PIECE_VALUE:
            if (!filling->off_at)
                buf_add(buf, value_of(piece.text, filling->values, filling->count));
            break;
        case PIECE_TEXT:
            if (!filling->off_at)
                buf_add(buf, piece.text);
            break;
        case PIECE_BROKEN:
            break;
        }
    }
}

/* {if x} or {end} alone on its line: the line is no line of the letter. */
static bool only_directives(struct span line)
{
    struct piece piece;
    size_t count = 0;

    while (next_piece(&line, &piece)) {
        if (piece.kind == PIECE_VALUE || (piece.kind == PIECE_TEXT && span_trim(piece.text).len))
            return false;
        count++;
    }
    return count > 0;
}

/* Whether the line goes on where the one before it stopped. */
static bool joins(struct span line)
{
    return line.len && !span_starts(line, SPAN("- ")) && !span_starts(line, SPAN("    "));
}

static void fill_body(struct filling *filling, struct span rest, struct buf *body)
{
    bool open = false; /* the paragraph can go on */
    struct span line;

    while (span_line(&rest, &line)) {
        struct buf filled = { .arena = body->arena };
        bool directives = only_directives(line), off = filling->off_at;
        bool breaks = line.len && line.at[line.len - 1] == '\\';

        fill_line(filling, breaks ? span_part(line, 0, line.len - 1) : line, &filled);
        if (directives || (off && filling->off_at))
            continue;
        if (line.len && !filled.len) /* all that it would say is empty */
            continue;
        if (open && joins(line)) {
            buf_char(body, ' ');
            buf_add(body, span_trim(buf_span(&filled)));
        } else {
            if (body->len)
                buf_char(body, '\n');
            buf_add(body, buf_span(&filled));
        }
        open = line.len && !breaks && !span_starts(line, SPAN("    "));
    }
}

/* One empty line where there are several, none at the ends; one line end at the end. */
static const char *tidy(struct span text, struct arena *arena)
{
    struct buf buf = { .arena = arena };
    bool gap = false;
    struct span line;

    while (span_line(&text, &line)) {
        if (!span_trim(line).len) {
            gap = buf.len > 0;
            continue;
        }
        if (gap)
            buf_char(&buf, '\n');
        gap = false;
        buf_add(&buf, line);
        buf_char(&buf, '\n');
    }
    return buf_string(&buf);
}

static const char *one_line(struct buf *buf)
{
    for (size_t i = 0; i < buf->len; i++)
        if ((unsigned char)buf->at[i] < ' ')
            buf->at[i] = ' ';
    return buf_string(buf);
}

void template_fill(struct span text, const struct template_value *values, size_t count,
    struct arena *arena, const char **subject, const char **body)
{
    struct filling filling = { values, count, 0, 0 };
    struct buf head = { .arena = arena }, rest = { .arena = arena };
    struct span line;

    if (span_line(&text, &line))
        fill_line(&filling, span_part(line, subject_field.len, line.len), &head);
    fill_body(&filling, text, &rest);
    *subject = one_line(&head);
    *body = tidy(buf_span(&rest), arena);
}
