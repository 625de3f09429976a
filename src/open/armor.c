#include "open/armor.h"

#include "mime/transfer.h"

#include <string.h>

static const struct {
    const char *label;
    enum armor_kind kind;
} labels[] = { { "MESSAGE", ARMOR_MESSAGE }, { "SIGNED MESSAGE", ARMOR_CLEAR },
    { "SIGNATURE", ARMOR_SIGNATURE }, { "PUBLIC KEY BLOCK", ARMOR_PUBLIC },
    { "PRIVATE KEY BLOCK", ARMOR_PRIVATE }, { "SECRET KEY BLOCK", ARMOR_PRIVATE } };

/* What mail programs put before a line: quotation marks and blanks. */
static bool is_mark(char c)
{
    return c == ' ' || c == '\t' || c == '>' || c == '|';
}

static size_t line_start(struct span text, size_t at)
{
    while (at > 0 && text.at[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(struct span text, size_t at) /* behind the line feed */
{
    size_t end = span_find_char(text, '\n', at);

    return end == SPAN_NOWHERE ? text.len : end + 1;
}

/* Behind "BEGIN PGP " or "END PGP ": the label and dashes. */
static bool label_at(struct span text, size_t at, enum armor_kind *kind)
{
    for (size_t i = 0; i < COUNT(labels); i++) {
        size_t len = strlen(labels[i].label);

        if (span_starts(span_part(text, at, text.len), span_of(labels[i].label))
            && at + len < text.len && strchr("-,= \xE2", text.at[at + len])) {
            *kind = labels[i].kind;
            return true;
        }
    }
    return false;
}

/* Dash-escaped text within a clear-signed block: "- -----END". */
static bool is_escaped(struct span text, size_t word)
{
    size_t at = line_start(text, word);

    while (at < word && is_mark(text.at[at]))
        at++;
    return word - at >= 3 && text.at[at] == '-' && text.at[at + 1] == ' ';
}

/* Whether what stands before "BEGIN" on its line is only quotation marks and dashes. A word
 * processor turns dashes into longer ones (E2 80 93, E2 80 94). */
static bool dashes_before(struct span text, size_t word, size_t *start)
{
    size_t first = line_start(text, word), at = first;

    while (at < word && is_mark(text.at[at]))
        at++;
    *start = first;
    if (at >= word || is_escaped(text, word))
        return false;
    for (; at < word; at++)
        if (text.at[at] != '-' && (unsigned char)text.at[at] != 0xE2
            && (unsigned char)text.at[at] != 0x80 && (unsigned char)text.at[at] != 0x93
            && (unsigned char)text.at[at] != 0x94)
            return false;
    return true;
}

/* Behind the line with this END; where text stands behind its dashes, that is not the block's. */
static size_t behind_end(struct span text, size_t at)
{
    size_t end = line_end(text, at), dashes = span_find(span_part(text, 0, end), SPAN("-----"), at);

    if (dashes == SPAN_NOWHERE)
        return end;
    while (dashes < end && text.at[dashes] == '-')
        dashes++;
    return span_trim(span_part(text, dashes, end)).len ? dashes : end;
}

/* The end of a block of that kind that starts at start: behind the line with its END. */
static size_t block_end(struct span text, size_t start, enum armor_kind kind, bool *cut, bool *last)
{
    static const struct span end_word = { "END PGP ", 8 }, begin_word = { "BEGIN PGP ", 10 };
    size_t at = start, next;
    bool any = false;
    enum armor_kind found, want = kind == ARMOR_CLEAR ? ARMOR_SIGNATURE : kind;

    *cut = *last = false;
    while ((at = span_find(text, end_word, at)) != SPAN_NOWHERE) {
        if (label_at(text, at + end_word.len, &found) && found == want && at > start
            && !is_escaped(text, at)
            && (text.at[at - 1] == '-' || (unsigned char)text.at[at - 1] == 0x94
                || (unsigned char)text.at[at - 1] == 0x93)) {
            /* Another block that begins before this one ended: ours was cut. */
            next = start;
            while ((next = span_find(text, begin_word, next)) != SPAN_NOWHERE && next < at) {
                size_t first;
                enum armor_kind inner;

                if (label_at(text, next + begin_word.len, &inner) && inner != want
                    && dashes_before(text, next, &first) && first > start) {
                    *cut = true;
                    return first;
                }
                next += begin_word.len;
            }
            return behind_end(text, at);
        }
        at += end_word.len;
        any = true;
    }
    *cut = true;
    *last = !any;
    return text.len;
}

/* A cut block ends where its lines stop looking like armor. */
static size_t cut_end(struct span text, size_t start)
{
    size_t at = line_end(text, start);

    while (at < text.len) {
        size_t end = line_end(text, at);
        struct span line = span_trim(span_part(text, at, end));
        bool sentence = span_find_char(line, ' ', 0) != SPAN_NOWHERE
            && span_find(line, SPAN(": "), 0) == SPAN_NOWHERE;

        while (line.len && is_mark(line.at[0]))
            line = span_part(line, 1, line.len);
        if (sentence || span_starts(line, SPAN("--")))
            break;
        at = end;
    }
    return at;
}

bool armor_find(struct span text, size_t from, struct armor *armor)
{
    static const struct span begin = { "BEGIN PGP ", 10 };
    int tried = 0;

    for (size_t at = from; (at = span_find(text, begin, at)) != SPAN_NOWHERE; at += begin.len) {
        size_t start;

        if (!label_at(text, at + begin.len, &armor->kind))
            continue;
        if (dashes_before(text, at, &start) && start >= from) {
            armor->start = start;
        } else if (at >= from + 5 && span_equal(span_part(text, at - 5, at), SPAN("-----"))
            && armor->kind == ARMOR_MESSAGE && tried++ < 4
            && !(at > 6 && text.at[at - 6] == ' ' && text.at[at - 7] == '-')) {
            /* Within a line: a form that makes one line of everything. Only if it is armor. */
            bool cut, last;
            size_t end = block_end(text, at, armor->kind, &cut, &last);
            struct arena *scratch = arena_new();
            bool real = false;

            if (!cut && end - at < 1024 * 1024) {
                struct armor_bytes off = armor_off(span_part(text, at - 5, end), scratch);

                real = armor_packet(off.bytes) != PACKET_NONE;
            }
            arena_free(&scratch);
            if (!real)
                continue;
            armor->start = at - 5;
        } else
            continue;
        armor->end = block_end(text, at, armor->kind, &armor->cut, &armor->last);
        if (armor->cut && armor->end == text.len && armor->kind != ARMOR_CLEAR)
            armor->end = cut_end(text, at);
        return true;
    }
    return false;
}

static bool is_base64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+'
        || c == '/' || c == '=';
}

static uint32_t crc24(struct span bytes) /* RFC 4880, 6.1 */
{
    uint32_t crc = 0xB704CE;

    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (uint32_t)(unsigned char)bytes.at[i] << 16;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x800000 ? (crc << 1) ^ 0x1864CFB : crc << 1;
    }
    return crc & 0xFFFFFF;
}

/* "Version: x": a word, a colon, not base64. */
static bool is_armor_header(struct span line)
{
    size_t at = 0;

    while (at < line.len && (line.at[at] == '-' || line.at[at] == '_' || is_base64(line.at[at])))
        at++;
    return at > 0 && at < line.len && line.at[at] == ':';
}

static const struct span no_break = { "\xC2\xA0", 2 }; /* a blank in HTML */

static struct span unquote(struct span line)
{
    while (line.len && (is_mark(line.at[0]) || span_starts(line, no_break)))
        line = span_part(line, is_mark(line.at[0]) ? 1 : no_break.len, line.len);
    while (line.len && strchr(" \t\r\n", line.at[line.len - 1]))
        line.len--;
    return line;
}

struct gathered {
    struct buf body; /* base64 letters; blanks within lines kept as ' ' */
    struct buf strays; /* lines with something else in them */
    char crc[5];
    bool has_crc, blank_inside, marks, strange, no_blank_line;
    const char *charset;
};

static void add_stray(struct gathered *g, struct span line)
{
    g->strange = true;
    buf_add(&g->strays, line);
    buf_char(&g->strays, '\n');
}

/* The letters between the first and the last line. */
static void gather(struct span block, struct arena *arena, struct gathered *g)
{
    struct span rest = block, line;
    bool in_body = false, first = true, saw_blank = false;

    *g = (struct gathered) {
        .body = { .arena = arena }, .strays = { .arena = arena }, .charset = ""
    };
    while (span_line(&rest, &line)) {
        struct span text = unquote(line);
        bool foreign = false;

        g->marks |= memchr(line.at, '>', (size_t)(text.at - line.at)) != NULL;
        if (first) {
            size_t after = span_find(text, SPAN("-----"), 11);

            first = false;
            /* All on one line: the rest of it is the body. */
            if (after == SPAN_NOWHERE || after + 5 >= text.len)
                continue;
            text = span_trim(span_part(text, after + 5, text.len));
            g->strange = true;
        }
        if (span_find(text, SPAN("END PGP "), 0) != SPAN_NOWHERE) {
            size_t end = span_find(text, SPAN("--"), 0);

            text = span_trim(span_part(text, 0, end == SPAN_NOWHERE ? 0 : end));
            rest.len = 0;
        }
        saw_blank |= !text.len;
        if (!text.len)
            continue;
        if (!in_body && is_armor_header(text)) {
            if (span_starts_nocase(text, SPAN("Charset:")))
                g->charset = arena_text(arena, span_trim(span_part(text, 8, text.len)));
            saw_blank = false;
            continue;
        }
        if (!in_body) {
            in_body = true;
            g->no_blank_line = !saw_blank;
        }
        if (g->has_crc) { /* nothing belongs behind the checksum */
            add_stray(g, text);
            continue;
        }
        if (text.len >= 5 && text.at[text.len - 5] == '='
            && (text.len == 5 || text.at[text.len - 6] == ' ' || text.at[text.len - 6] == '=')
            && !memchr(text.at + text.len - 4, '=', 4)) {
            memcpy(g->crc, text.at + text.len - 4, 4);
            g->has_crc = true;
            text = span_trim(span_part(text, 0, text.len - 5));
        }
        for (size_t i = 0; i < text.len; i++) {
            if (is_base64(text.at[i]))
                buf_char(&g->body, text.at[i]);
            else if (text.at[i] == ' ' || text.at[i] == '\t'
                || span_starts(span_part(text, i, text.len), no_break)) {
                i += text.at[i] == no_break.at[0];
                buf_char(&g->body, ' ');
                g->blank_inside = true;
            } else
                foreign = true;
        }
        if (foreign)
            add_stray(g, text);
    }
}

static bool crc_holds(const struct gathered *g, struct span bytes, struct arena *arena)
{
    bool odd = false;
    struct span sum = transfer_decode((struct span) { g->crc, 4 }, TRANSFER_BASE64, arena, &odd);
    uint32_t crc = crc24(bytes);

    return sum.len == 3 && (unsigned char)sum.at[0] == crc >> 16
        && (unsigned char)sum.at[1] == (crc >> 8 & 0xFF)
        && (unsigned char)sum.at[2] == (crc & 0xFF);
}

struct armor_bytes armor_off(struct span block, struct arena *arena)
{
    struct armor_bytes result = { .charset = "", .mended = "" };
    struct gathered g;
    bool odd = false, printable = span_find(block, SPAN("=3D"), 0) != SPAN_NOWHERE;
    struct span letters;

    if (printable)
        block = transfer_decode(block, TRANSFER_QP, arena, &odd);
    gather(block, arena, &g);
    letters = buf_span(&g.body);
    result.bytes = transfer_decode(letters, TRANSFER_BASE64, arena, &odd);
    result.charset = g.charset;
    result.strays = buf_span(&g.strays);
    result.crc_wrong = g.has_crc && !crc_holds(&g, result.bytes, arena);
    if (result.crc_wrong && g.blank_inside) { /* a form turned each '+' into a blank */
        struct span again = arena_copy(arena, letters), bytes;
        char *at = arena_text(arena, again);

        for (size_t i = 0; i < again.len; i++)
            if (at[i] == ' ')
                at[i] = '+';
        bytes = transfer_decode((struct span) { at, again.len }, TRANSFER_BASE64, arena, &odd);
        if (crc_holds(&g, bytes, arena)) {
            result.bytes = bytes;
            result.crc_wrong = false;
        }
    }
    if (printable)
        result.mended = "An armored block was still quoted-printable.";
    else if (g.marks)
        result.mended = "An armored block was quoted, line by line.";
    else if (g.blank_inside || g.strange)
        result.mended = "An armored block had been reformatted.";
    else if (g.no_blank_line && result.bytes.len)
        result.mended = "An armored block lacked the empty line before its data.";
    return result;
}

struct span armor_clear(struct span block, struct arena *arena, bool *mended)
{
    size_t marks = 0;
    struct span rest = block, line;
    struct buf out = { .arena = arena };
    struct span prefix;

    while (marks < block.len && is_mark(block.at[marks]))
        marks++;
    if (!marks)
        return block;
    *mended = true;
    prefix = span_part(block, 0, marks);
    while (span_line(&rest, &line)) {
        size_t off = 0;

        while (off < marks && off < line.len && line.at[off] == prefix.at[off])
            off++;
        buf_add(&out, span_part(line, off, line.len));
        buf_text(&out, "\n");
    }
    return buf_span(&out);
}

struct span armor_clear_text(struct span block, struct arena *arena)
{
    struct buf out = { .arena = arena };
    struct span rest = block, line;
    bool in_text = false, first = true, escaped = true;

    while (span_line(&rest, &line)) {
        if (first) {
            size_t dashes = span_find(line, SPAN("MESSAGE-----"), 0);

            first = false;
            line = span_part(line, dashes == SPAN_NOWHERE ? line.len : dashes + 12, line.len);
            if (!span_trim(line).len)
                continue;
        } else if (!in_text) {
            in_text = span_trim(line).len == 0;
            escaped = escaped && !span_starts(line, SPAN("NotDashEscaped:"));
            if (in_text || span_starts(line, SPAN("Hash:")))
                continue;
        }
        if (span_find(line, SPAN("-----BEGIN PGP SIGNATURE"), 0) == 0)
            break;
        if (in_text && escaped && span_starts(line, SPAN("- ")))
            line = span_part(line, 2, line.len);
        buf_add(&out, line);
        buf_char(&out, '\n');
    }
    return buf_span(&out);
}

static void add_base64(struct span bytes, struct buf *out, size_t columns)
{
    static const char letters[]
        = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t column = 0;

    for (size_t i = 0; i < bytes.len; i += 3) {
        uint32_t group = (uint32_t)(unsigned char)bytes.at[i] << 16;

        group |= i + 1 < bytes.len ? (uint32_t)(unsigned char)bytes.at[i + 1] << 8 : 0;
        group |= i + 2 < bytes.len ? (uint32_t)(unsigned char)bytes.at[i + 2] : 0;
        buf_char(out, letters[group >> 18]);
        buf_char(out, letters[group >> 12 & 63]);
        buf_char(out, i + 1 < bytes.len ? letters[group >> 6 & 63] : '=');
        buf_char(out, i + 2 < bytes.len ? letters[group & 63] : '=');
        column += 4;
        if (columns && column >= columns) {
            buf_char(out, '\n');
            column = 0;
        }
    }
    if (columns && column)
        buf_char(out, '\n');
}

struct span armor_keys(struct span bytes, struct arena *arena)
{
    struct buf out = { .arena = arena };
    uint32_t crc = crc24(bytes);
    char sum[3] = { (char)(crc >> 16), (char)(crc >> 8), (char)crc };

    buf_text(&out, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n");
    add_base64(bytes, &out, 64);
    buf_char(&out, '=');
    add_base64((struct span) { sum, 3 }, &out, 0);
    buf_text(&out, "\n-----END PGP PUBLIC KEY BLOCK-----\n");
    return buf_span(&out);
}

int armor_packet(struct span bytes)
{
    size_t at = 0;

    for (int i = 0; i < 8 && at + 1 < bytes.len; i++) {
        unsigned char head = (unsigned char)bytes.at[at];
        int tag = head & 0x40 ? head & 0x3F : head >> 2 & 0xF;

        if (!(head & 0x80) || tag == 0)
            return PACKET_NONE;
        if (tag != 10 && tag != 21) /* marker, padding */
            return (tag <= 14 || (tag >= 17 && tag <= 20)) ? tag : PACKET_NONE;
        at += 2 + (unsigned char)bytes.at[at + 1];
    }
    return PACKET_NONE;
}

bool armor_is_sealed(int packet)
{
    return packet == PACKET_PKESK || packet == PACKET_SKESK || packet == PACKET_SEALED_OLD
        || packet == PACKET_SEALED || packet == PACKET_SEALED_AEAD;
}
