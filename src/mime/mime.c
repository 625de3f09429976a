#include "mime/mime.h"

#include "mime/words.h"

#include <string.h>

const struct mime_limits mime_limits_usual = {
    .depth = 32,
    .parts = 1000,
    .header = 256 * 1024,
    .field = 64 * 1024,
    .fields = 2000,
    .boundary = 70,
};

/* A boundary that is longer than allowed is still used up to here. */
enum { BOUNDARY_MOST = 1000, FIELDS_IN_ALL = 20000, NAME_MOST = 255, SAMPLE = 64 * 1024 };

/* A multipart whose parts are being found. */
struct open_part {
    struct mime_part *part;
    struct span boundary;
    bool ended; /* its closing boundary was seen: what follows is epilogue */
    size_t since; /* where its preamble or epilogue starts */
};

struct parser {
    struct span raw;
    const struct mime_limits *limits;
    struct charsets *charsets;
    struct arena *arena;
    struct mime_tree *tree;
    struct open_part stack[MIME_DEPTH_MOST];
    size_t depth;
    struct mime_part *leaf; /* the part whose lines we are in; NULL between parts */
    bool in_head;
    struct mime_field *fields; /* of the leaf, while its header lasts */
    size_t field_count, field_room, fields_in_all;
    size_t field_start; /* of the last field, for its continuation; SPAN_NOWHERE when skipped */
    size_t colon;
    size_t rubbish; /* first line of the header that is no field; SPAN_NOWHERE when none */
    struct buf strays; /* all those lines, of the leaf */
    bool blank_line; /* the last line of the header was one of blanks only */
    bool full; /* a limit on parts was reached */
};

static void note(struct parser *p, const char *reason)
{
    p->tree->odd = true;
    if (p->tree->reasons.count < 64 && !texts_have(&p->tree->reasons, reason))
        texts_add(&p->tree->reasons, p->arena, reason);
}

static void note_hidden(struct parser *p, const char *reason)
{
    p->tree->malformed = true;
    note(p, reason);
}

static void note_cut(struct parser *p, const char *reason)
{
    p->tree->truncated = p->tree->malformed = true;
    if (p->in_head && p->leaf && !p->leaf->parent)
        p->tree->fields_cut = true;
    note(p, reason);
}

/* Header fields. */

static bool is_name_char(char c)
{
    return c > 32 && c < 127 && c != ':';
}

/* The place of the colon when the line starts a field; blanks before it are obsolete, and allowed.
 */
static size_t colon_of(struct span line)
{
    size_t at = 0;

    while (at < line.len && is_name_char(line.at[at]))
        at++;
    if (at == 0)
        return SPAN_NOWHERE;
    while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t'))
        at++;
    return at < line.len && line.at[at] == ':' ? at : SPAN_NOWHERE;
}

static void field_end(struct parser *p, size_t end)
{
    struct mime_field *field;
    struct span text;

    if (p->field_start == SPAN_NOWHERE)
        return;
    text = span_part(p->raw, p->field_start, end);
    p->field_start = SPAN_NOWHERE;
    if (text.len > p->limits->field) {
        note_cut(p, "A header field is longer than allowed; its rest was not read.");
        text.len = p->limits->field;
    }
    if (p->field_count >= p->limits->fields || p->fields_in_all >= FIELDS_IN_ALL) {
        note_cut(p, "There are more header fields than allowed; the rest was not read.");
        return;
    }
    if (p->field_count == p->field_room) {
        size_t room = p->field_room ? p->field_room * 2 : 32;

        p->fields = arena_grow(
            p->arena, p->fields, p->field_room * sizeof *p->fields, room * sizeof *p->fields);
        p->field_room = room;
    }
    field = &p->fields[p->field_count++];
    p->fields_in_all++;
    field->name = span_trim(span_part(text, 0, p->colon));
    field->value = span_part(text, p->colon + 1, text.len);
    if (memchr(text.at, '\0', text.len))
        note_hidden(p, "A header field holds a NUL.");
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.at[i] == '\r' && text.at[i + 1] != '\n') {
            note_hidden(p, "A header field holds a carriage return that ends no line.");
            break;
        }
}

static void add_stray(struct parser *p, struct span line)
{
    if (!span_trim(line).len)
        return;
    if (p->strays.len > p->limits->field) {
        note_cut(p, "There are more header lines that are no fields than allowed.");
        return;
    }
    buf_add(&p->strays, line);
    buf_char(&p->strays, '\n');
}

/* A line of a header; at is where it starts in the mail. */
static void head_line(struct parser *p, struct span line, size_t at)
{
    size_t colon;

    if (line.len && (line.at[0] == ' ' || line.at[0] == '\t')) {
        p->blank_line = !span_trim(line).len;
        if (p->blank_line)
            note(p, "A header holds a line of blanks only.");
        if (p->field_start == SPAN_NOWHERE && p->field_count == 0)
            note_hidden(p, "A header starts with a line that continues nothing.");
        if (p->field_start == SPAN_NOWHERE)
            add_stray(p, line);
        return;
    }
    field_end(p, at);
    p->blank_line = false;
    colon = colon_of(line);
    if (colon == SPAN_NOWHERE) {
        if (p->leaf->depth == 0 && p->field_count == 0
            && (span_starts(line, SPAN("From ")) || span_starts(line, SPAN(">From ")))) {
            note(p, "The mail starts with a line of an mbox file.");
            return;
        }
        if (p->rubbish == SPAN_NOWHERE)
            p->rubbish = at;
        add_stray(p, line);
        note(p, "A header line is no field and was skipped.");
        return;
    }
    p->field_start = at;
    p->colon = colon;
}

bool mime_field_next(const struct mime_part *part, const char *name, size_t *at, struct span *value)
{
    for (; *at < part->field_count; ++*at)
        if (span_equal_nocase(part->fields[*at].name, span_of(name))) {
            *value = part->fields[(*at)++].value;
            return true;
        }
    return false;
}

struct span mime_field(const struct mime_part *part, const char *name)
{
    size_t at = 0;
    struct span value = { NULL, 0 };

    mime_field_next(part, name, &at, &value);
    return value;
}

bool mime_is(const struct mime_part *part, const char *type)
{
    size_t len = strlen(type);

    if (len && type[len - 1] == '/')
        return strncmp(part->type.word, type, len) == 0;
    return strcmp(part->type.word, type) == 0;
}

const char *mime_name(const char *stated, struct arena *arena)
{
    const char *slash = strrchr(stated, '/'), *back = strrchr(stated, '\\');
    const char *name = slash && (!back || slash > back) ? slash + 1 : back ? back + 1 : stated;

    size_t len = strlen(name);

    if (len > NAME_MOST) /* and never through a character */
        for (len = NAME_MOST; len && ((unsigned char)name[len] & 0xC0) == 0x80;)
            len--;
    return arena_text(arena, span_trim(span_part(span_of(name), 0, len)));
}

/* What a part is. */

static bool is_type(const char *word)
{
    const char *slash = strchr(word, '/');

    return slash && slash != word && slash[1] && !strchr(slash + 1, '/');
}

static const struct param *boundary_of(const struct params *type)
{
    for (size_t i = 0; i < type->count; i++)
        if (strcmp(type->at[i].name, "boundary") == 0)
            return &type->at[i];
    return NULL;
}

static bool is_multipart(const struct params *type)
{
    return strncmp(type->word, "multipart/", 10) == 0;
}

/* Of several Content-Types the one that shows most: a multipart with a boundary, else the first.
 * Programs differ on which counts, so the part stays doubtful. */
static void read_type(struct parser *p, struct mime_part *part, const char *usual)
{
    struct span value;
    size_t at = 0;
    bool first = true;

    part->type.word = usual;
    while (mime_field_next(part, "content-type", &at, &value)) {
        struct params type;

        params_parse(p->charsets, value, p->arena, &type);
        if (type.odd)
            note(p, "A Content-Type is not well formed.");
        if (!is_type(type.word)) {
            /* RFC 2045, 5.2: what cannot be read is text/plain. */
            note_hidden(p, "A Content-Type says no type.");
            type.word = strcmp(type.word, "text") == 0 || first ? usual : part->type.word;
        }
        if (first)
            part->type = type;
        else {
            const struct param *had = boundary_of(&part->type), *has = boundary_of(&type);

            if (strcmp(type.word, part->type.word) != 0
                || (is_multipart(&type) && had && has && !span_equal(had->raw, has->raw)))
                part->doubtful = true;
            note_hidden(p, "A part states its Content-Type more than once.");
            if (is_multipart(&type) && !is_multipart(&part->type))
                part->type = type;
        }
        first = false;
        part->type_stated = true;
    }
    if (is_multipart(&part->type) && part->type.two_boundaries) {
        note_hidden(p, "A multipart states two boundaries.");
        part->doubtful = true;
    }
}

static void read_transfer(struct parser *p, struct mime_part *part)
{
    struct span value;
    size_t at = 0;
    bool first = true;

    while (mime_field_next(part, "content-transfer-encoding", &at, &value)) {
        enum transfer transfer = transfer_of(value);

        if (transfer == TRANSFER_UNKNOWN)
            note_hidden(p, "A Content-Transfer-Encoding is unknown; the part was read as it is.");
        if (first)
            part->transfer = transfer;
        else if (transfer != part->transfer) {
            note_hidden(p, "A part states two Content-Transfer-Encodings.");
            part->doubtful = true;
            if (part->transfer == TRANSFER_NONE)
                part->transfer = transfer;
        }
        first = false;
    }
}

static void read_disposition(struct parser *p, struct mime_part *part)
{
    struct span value = mime_field(part, "content-disposition");
    const char *name;

    part->disposition.word = "";
    if (value.at) {
        params_parse(p->charsets, value, p->arena, &part->disposition);
        if (part->disposition.odd)
            note(p, "A Content-Disposition is not well formed.");
    }
    name = params_get(&part->disposition, "filename");
    if (!*name)
        name = params_get(&part->type, "name");
    if (!*name)
        name = params_get(&part->disposition, "name");
    part->name = mime_name(name, p->arena);
}

/* "--word" as the first line of a body, when "--word--" or "--word" comes again: a boundary that
 * the header did not name, or named wrongly. */
static struct span guessed(const struct parser *p, struct span body)
{
    struct span rest = span_part(body, 0, SAMPLE), line;
    int tried = 0;

    if (p->depth) /* bounded: a thousand parts may ask */
        body = span_part(body, 0, SAMPLE);
    while (tried < 8 && span_line(&rest, &line)) {
        bool taken = false;

        line = span_part(line, 0, BOUNDARY_MOST);
        if (line.len <= 2 || !span_starts(line, SPAN("--"))
            || span_find_char(line, ' ', 0) != SPAN_NOWHERE
            || (span_starts(line, SPAN("-----")) && line.len <= 16))
            continue;
        for (size_t i = 0; i < p->depth; i++)
            taken |= span_starts(span_part(line, 2, line.len), p->stack[i].boundary);
        if (taken) /* an outer boundary: the multipart ends here */
            break;
        tried++;
        if (span_find(body, line, (size_t)(rest.at - body.at)) != SPAN_NOWHERE)
            return span_part(line, 2, line.len);
    }
    return (struct span) { NULL, 0 };
}

static bool has_delimiter(struct span body, struct span boundary)
{
    for (size_t at = 0; (at = span_find(body, boundary, at)) != SPAN_NOWHERE; at++)
        if (at >= 2 && body.at[at - 1] == '-' && body.at[at - 2] == '-'
            && (at == 2 || body.at[at - 3] == '\n'))
            return true;
    return false;
}

/* The boundary by which this multipart is taken apart; empty when there is none. rest is all that
 * follows its header. */
static struct span boundary_for(struct parser *p, struct mime_part *part, struct span rest)
{
    const struct param *stated = boundary_of(&part->type);
    struct span boundary = stated ? stated->raw : (struct span) { NULL, 0 };

    while (boundary.len && strchr(" \t", boundary.at[boundary.len - 1]))
        boundary.len--;
    if (boundary.len > p->limits->boundary) {
        note(p, "A boundary is longer than RFC 2046 allows.");
        boundary.len = boundary.len > BOUNDARY_MOST ? 0 : boundary.len;
    }
    if (boundary.len && memchr(boundary.at, '\n', boundary.len))
        boundary.len = 0;
    /* Encoded as a whole (against RFC 2045, 6.4): mime_body() and another parse take it apart. */
    if (part->transfer != TRANSFER_NONE && part->transfer != TRANSFER_UNKNOWN
        && (!boundary.len || !has_delimiter(span_part(rest, 0, SAMPLE), boundary)))
        return (struct span) { NULL, 0 };
    if (boundary.len && (p->depth > 0 || has_delimiter(rest, boundary)))
        return boundary;
    boundary = guessed(p, rest);
    if (boundary.len) {
        p->tree->repaired = true;
        note_hidden(
            p, "The boundary that the header names is not in the body; the one there was used.");
        part->doubtful = true;
    } else
        note_hidden(p, "A multipart has no parts.");
    return boundary;
}

/* Where lines go after a header: into a leaf's body, or to the first boundary of a multipart. */
static void start_body(struct parser *p, size_t at)
{
    struct mime_part *part = p->leaf;
    struct span boundary;

    if (!is_multipart(&part->type))
        return;
    if (part->depth >= p->limits->depth || p->depth >= MIME_DEPTH_MOST) {
        part->beyond = true;
        p->tree->parts_cut = true;
        note_cut(p, "Parts are nested deeper than allowed; the innermost were not taken apart.");
        return;
    }
    boundary = boundary_for(p, part, span_part(p->raw, at, p->raw.len));
    if (!boundary.len)
        return;
    part->multipart = true;
    p->stack[p->depth++] = (struct open_part) { .part = part, .boundary = boundary, .since = at };
    p->leaf = NULL;
}

/* The header ends before at; its body starts at body. */
static void head_end(struct parser *p, size_t at, size_t body)
{
    struct mime_part *part = p->leaf;
    const char *usual = part->parent && strcmp(part->parent->type.word, "multipart/digest") == 0
        ? "message/rfc822"
        : "text/plain";
    size_t start = (size_t)(part->whole.at - p->raw.at);

    field_end(p, at);
    part->head = span_part(p->raw, start, at);
    part->strays = buf_span(&p->strays);
    part->fields = p->fields;
    part->field_count = p->field_count;
    part->body.at = p->raw.at + body;
    if (part->head.len > p->limits->header)
        note_cut(p, "A header is longer than allowed; its rest was not read.");
    read_type(p, part, usual);
    read_transfer(p, part);
    read_disposition(p, part);
    p->in_head = false;
    start_body(p, body);
}

static void part_start(struct parser *p, struct mime_part *parent, size_t at)
{
    struct mime_part *part = arena_alloc(p->arena, sizeof *part);

    part->parent = parent;
    part->depth = parent ? parent->depth + 1 : 0;
    part->whole.at = p->raw.at + at;
    part->name = "";
    if (parent && parent->last)
        parent->last->next = part;
    else if (parent)
        parent->first = part;
    if (parent)
        parent->last = part;
    p->tree->parts++;
    p->leaf = part;
    p->in_head = true;
    p->fields = NULL;
    p->field_count = p->field_room = 0;
    p->field_start = p->rubbish = SPAN_NOWHERE;
    p->strays = (struct buf) { .arena = p->arena };
    p->blank_line = false;
}

static void set_end(struct parser *p, struct mime_part *part, size_t end)
{
    size_t start = (size_t)(part->whole.at - p->raw.at);

    /* An empty part starts behind the line break that the next boundary takes for its own. */
    part->whole = span_part(p->raw, start < end ? start : end, end);
    start = (size_t)(part->body.at - p->raw.at);
    part->body = span_part(p->raw, start < end ? start : end, end);
}

/* The leaf ends before end (which is before the line break of the boundary). */
static void leaf_end(struct parser *p, size_t end)
{
    struct mime_part *part = p->leaf;

    if (!part)
        return;
    if (p->in_head) {
        /* No empty line: the first line that is no field starts the body, if there is one. */
        size_t body = p->rubbish != SPAN_NOWHERE ? p->rubbish : end;

        if (body > end)
            body = end;
        if (body < end) /* so those lines are not lost */
            p->strays.len = 0;
        if (body < end)
            note_hidden(p, "A header runs into its body without an empty line.");
        head_end(p, body, body);
        if (!p->leaf) { /* a multipart without a body */
            p->stack[p->depth - 1].part->multipart = false;
            p->depth--;
        }
    }
    set_end(p, part, end);
    p->leaf = NULL;
}

static bool has_text(struct span span)
{
    return span_trim(span).len > 0;
}

/* Ends the innermost open multipart before end. */
static void multipart_end(struct parser *p, size_t end)
{
    struct open_part *open = &p->stack[--p->depth];
    struct span since = span_part(p->raw, open->since, end > open->since ? end : open->since);

    set_end(p, open->part, end);
    if (!open->part->first) { /* a closing boundary alone makes no parts: the body is text */
        open->part->multipart = false;
        note_hidden(p, "A multipart has no parts.");
    } else if (open->ended) {
        open->part->closed = true;
        open->part->epilogue = since;
        if (has_text(since))
            note(p, "There is text behind the last boundary of a multipart.");
    } else
        note(p, "A multipart lacks its closing boundary.");
}

/* The open multipart whose boundary this line is; COUNT when none. A nested one may have a boundary
 * that starts like ours, so the whole line counts (RFC 2046, 5.1.2). */
static size_t delimited(struct parser *p, struct span line, bool *closing)
{
    struct span text = span_part(line, 2, line.len);

    while (text.len && strchr(" \t\r", text.at[text.len - 1]))
        text.len--;
    for (size_t i = p->depth; i-- > 0;) {
        struct span boundary = p->stack[i].boundary;

        if (!span_starts(text, boundary))
            continue;
        if (text.len == boundary.len) {
            *closing = false;
            return i;
        }
        if (text.len == boundary.len + 2 && text.at[text.len - 1] == '-'
            && text.at[text.len - 2] == '-') {
            *closing = true;
            return i;
        }
    }
    return SPAN_NOWHERE;
}

static void boundary_line(struct parser *p, size_t level, bool closing, size_t at, size_t next)
{
    size_t end = at;
    struct open_part *open;

    /* The line break before a boundary belongs to the boundary (RFC 2046, 5.1.1). */
    if (end > 0 && p->raw.at[end - 1] == '\n')
        end--;
    if (end > 0 && end < at && p->raw.at[end - 1] == '\r')
        end--;
    leaf_end(p, end);
    while (p->depth > level + 1)
        multipart_end(p, end);
    if (p->depth <= level) /* the leaf was the multipart itself */
        return;
    open = &p->stack[level];
    if (!open->part->first && !open->ended)
        open->part->preamble = span_part(
            p->raw, open->since, end > open->since ? end : open->since);
    if (open->ended && !closing)
        note_hidden(p, "There are parts behind the closing boundary of a multipart.");
    open->ended = closing;
    if (closing) {
        open->since = next;
        return;
    }
    if (p->tree->parts >= p->limits->parts) {
        p->tree->parts_cut = true;
        if (!p->full)
            note_cut(p, "There are more parts than allowed; the rest was not taken apart.");
        p->full = true;
        open->since = next;
        return;
    }
    part_start(p, open->part, next);
}

/* Behind a line of blanks that was meant to be empty: a line that neither is a field nor continues
 * one. */
static bool ends_head(const struct parser *p, struct span line)
{
    return p->blank_line && line.at[0] != ' ' && line.at[0] != '\t'
        && colon_of(line) == SPAN_NOWHERE;
}

static void parse_lines(struct parser *p)
{
    size_t at = 0;

    while (at < p->raw.len) {
        const char *newline = memchr(p->raw.at + at, '\n', p->raw.len - at);
        size_t next = newline ? (size_t)(newline - p->raw.at) + 1 : p->raw.len;
        struct span line = span_part(p->raw, at, newline ? next - 1 : next);
        bool closing;
        size_t level = SPAN_NOWHERE;

        if (p->depth && line.len >= 2 && line.at[0] == '-' && line.at[1] == '-')
            level = delimited(p, line, &closing);
        if (level != SPAN_NOWHERE)
            boundary_line(p, level, closing, at, next);
        else if (p->in_head && p->leaf) {
            if (line.len && line.at[line.len - 1] == '\r')
                line.len--;
            if (line.len == 0)
                head_end(p, at, next);
            else if (ends_head(p, line)) {
                note_hidden(p, "A header ends in a line of blanks.");
                head_end(p, at, at);
                continue; /* the line is of the body */
            } else if ((size_t)(p->raw.at + at - p->leaf->whole.at) < p->limits->header)
                head_line(p, line, at);
        } else if (!p->depth)
            break; /* one leaf, or a part that is the whole rest: nothing more to find */
        if (p->full)
            break;
        at = next;
    }
}

void mime_parse(struct span raw, const struct mime_limits *limits, struct charsets *charsets,
    struct arena *arena, struct mime_tree *tree)
{
    struct parser p
        = { .raw = raw, .limits = limits, .charsets = charsets, .arena = arena, .tree = tree };

    *tree = (struct mime_tree) { .root = NULL };
    if (!raw.at)
        p.raw = SPAN("");
    part_start(&p, NULL, 0);
    tree->root = p.leaf;
    parse_lines(&p);
    leaf_end(&p, p.raw.len);
    while (p.depth)
        multipart_end(&p, p.raw.len);
}

struct mime_part *mime_next(const struct mime_part *part, const struct mime_part *top)
{
    if (part->first)
        return part->first;
    while (part != top && !part->next)
        part = part->parent;
    return part == top ? NULL : part->next;
}

static enum transfer transfer_truly(const struct mime_part *part)
{
    bool plain = part->transfer == TRANSFER_BASE64 && transfer_is_plain(part->body);

    return plain ? TRANSFER_NONE : part->transfer;
}

struct span mime_body(const struct mime_part *part, struct arena *arena, bool *odd)
{
    enum transfer transfer = transfer_truly(part);

    *odd |= transfer != part->transfer;
    return transfer_decode(part->body, transfer, arena, odd);
}

struct span mime_text(const struct mime_part *part, struct arena *arena, bool *odd)
{
    struct buf text = { .arena = arena };
    struct span tail = { NULL, 0 };

    if (transfer_truly(part) == TRANSFER_BASE64)
        tail = transfer_tail(part->body);
    if (!tail.len)
        return mime_body(part, arena, odd);
    *odd = true;
    buf_add(&text,
        transfer_decode(
            span_part(part->body, 0, part->body.len - tail.len), TRANSFER_BASE64, arena, odd));
    buf_text(&text, "\n");
    buf_add(&text, tail);
    return buf_span(&text);
}

struct span mime_sample(const struct mime_part *part, size_t most, struct arena *arena)
{
    bool odd = false;

    return transfer_decode(span_part(part->body, 0, most), transfer_truly(part), arena, &odd);
}
