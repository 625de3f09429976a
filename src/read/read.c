#include "read/read.h"

#include "message/signoff.h"
#include "read/enriched.h"
#include "read/flowed.h"
#include "read/html.h"
#include "read/language.h"
#include "read/quote.h"
#include "read/rtf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct read_limits read_limits_usual = {
    .html = 1024 * 1024,
    .text = 1024 * 1024,
    .all = 4 * 1024 * 1024,
};

struct reading {
    const struct read_limits *limits;
    struct charsets *charsets;
    struct arena *arena;
    struct message *message;
    size_t all; /* bytes of text so far */
    int compared; /* versions of texts */
};

static void odd(struct reading *r, const char *reason)
{
    if (r->message->parse == PARSE_OK)
        r->message->parse = PARSE_ODD;
    if (!texts_have(&r->message->reasons, reason))
        texts_add(&r->message->reasons, r->arena, reason);
}

static void cut(struct reading *r)
{
    r->message->flags |= FLAG_TRUNCATED;
    odd(r, "A text is longer than allowed; its rest was not read.");
}

static bool is_html(const struct content *content)
{
    return strcmp(content->type, "text/html") == 0
        || strcmp(content->type, "application/xhtml+xml") == 0;
}

/* UTF-8 that was cut, without the character that the cut went through. */
static struct span whole_characters(struct span utf8)
{
    size_t len = utf8.len;

    while (len && utf8.len - len < 4 && ((unsigned char)utf8.at[len - 1] & 0xC0) == 0x80)
        len--;
    if (len && (unsigned char)utf8.at[len - 1] >= 0xC0
        && !charset_is_utf8(span_part(utf8, len - 1, utf8.len)))
        utf8.len = len - 1;
    return utf8;
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || (unsigned char)c >= 0x80;
}

/* HTML may say its charset itself: <meta charset=…>, <meta content="text/html; charset=…">. */
static const char *charset_of(const struct reading *r, const struct content *content)
{
    struct span head = span_part(content->bytes, 0, 1024), said;
    size_t at = span_find_nocase(head, SPAN("charset="), 0), len = 0;

    if (*content->charset || !is_html(content) || at == SPAN_NOWHERE)
        return content->charset;
    said = span_part(head, at + 8, head.len);
    if (said.len && strchr("\"'", said.at[0]))
        said = span_part(said, 1, said.len);
    while (len < said.len
        && (is_word_char(said.at[len]) || strchr("-_", said.at[len] ? said.at[len] : 'x')))
        len++;
    return arena_text(r->arena, span_part(said, 0, len));
}

/* Bytes to UTF-8, whatever the charset says, within the limits. */
static struct span to_utf8(struct reading *r, const struct content *content, struct arena *arena)
{
    struct buf utf8 = { .arena = arena };
    size_t most = is_html(content) ? r->limits->html : r->limits->text;
    struct span bytes = content->bytes;

    if (bytes.len > most) {
        cut(r);
        bytes = whole_characters(span_part(bytes, 0, most));
    }
    switch (charset_decode(r->charsets, charset_of(r, content), bytes, &utf8)) {
    case CHARSET_UNKNOWN:
        odd(r, "A text is in a charset that is not known here; it was read as well as could be.");
        break;
    case CHARSET_DAMAGED:
        odd(r, "A text holds bytes that have no meaning in its charset.");
        break;
    case CHARSET_GUESSED:
        if (content->role != CONTENT_ATTACHMENT || *content->charset) /* few files say theirs */
            odd(r, "A text does not say its charset, or a wrong one; it was guessed.");
        break;
    case CHARSET_FINE:
        break;
    }
    return buf_span(&utf8);
}

/* What a content says, in that arena. */
static struct span read_content(
    struct reading *r, const struct content *content, struct arena *arena, bool bare)
{
    struct arena *scratch = arena_new();
    struct buf text = { .arena = scratch }, shown = { .arena = arena };
    bool rtf = rtf_is(content->bytes), html = is_html(content) && !rtf;
    struct buf unpacked = { .arena = scratch };
    struct span utf8, said;

    if (rtf) {
        html = rtf_to_text(span_part(content->bytes, 0, r->limits->html), r->charsets, &unpacked);
        utf8 = buf_span(&unpacked);
        if (content->bytes.len > r->limits->html)
            cut(r);
    } else
        utf8 = to_utf8(r, content, scratch);
    if (html) {
        struct html_notes notes = { false, false, false };

        html_to_text(utf8, bare, &text, &notes);
        if (notes.hidden && !bare)
            odd(r, "HTML holds text that mail programs do not show; it is marked.");
        if (notes.scripts && !bare)
            odd(r, "HTML holds scripts; their source is shown.");
        if (notes.plain && !bare)
            odd(r, "HTML is nested too deep or too large; only its tags were taken off.");
        utf8 = buf_span(&text);
    } else if (strcmp(content->type, "text/enriched") == 0
        || strcmp(content->type, "text/richtext") == 0) {
        enriched_to_text(utf8, strcmp(content->type, "text/richtext") == 0, &text);
        utf8 = buf_span(&text);
    } else if (content->flowed) {
        flowed_join(utf8, content->delsp, &text);
        utf8 = buf_span(&text);
    }
    charset_show(span_part(utf8, 0, r->limits->text), false, &shown);
    said = buf_span(&shown);
    if (utf8.len > r->limits->text || said.len > r->limits->text) {
        cut(r);
        said = whole_characters(span_part(said, 0, r->limits->text));
    }
    arena_free(&scratch);
    if (r->all + said.len > r->limits->all) {
        cut(r);
        said.len = 0;
    }
    if (!bare)
        r->all += said.len;
    return said;
}

/* Versions of one text. */

enum { WORDS_MOST = 50000, NEW_WORDS = 3, COMPARED_MOST = 20 };

static int compare(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = len ? memcmp(x->at, y->at, len) : 0;

    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Bytes of a word character at that place; 0 for what stands between words: ASCII marks, and the
 * dashes, quotation marks and blanks of Unicode, in which versions differ. */
static size_t word_char(struct span text, size_t at)
{
    struct span rest = span_part(text, at, at + 3);

    if (is_word_char(rest.at[0]) && (unsigned char)rest.at[0] < 0x80)
        return 1;
    if (!is_word_char(rest.at[0]) || span_starts(rest, SPAN("\xE2\x80"))
        || span_starts(rest, SPAN("\xE2\x81"))
        || (rest.at[0] == '\xC2' && rest.len > 1 && (unsigned char)rest.at[1] < 0xC0))
        return 0;
    return 1;
}

/* The next word at or after *at: letters and digits, or one digit. */
static bool next_word(struct span text, size_t *at, struct span *word)
{
    while (*at < text.len) {
        size_t start = *at;

        while (*at < text.len && word_char(text, *at))
            ++*at;
        *word = span_part(text, start, *at);
        if (word->len > 1 || (word->len == 1 && word->at[0] >= '0' && word->at[0] <= '9'))
            return true;
        *at += *at == start && (unsigned char)text.at[*at] == 0xE2 ? 3 : *at == start;
    }
    return false;
}

/* What a version says that another one does not. */
struct fresh {
    size_t count; /* NEW_WORDS when there are more than are kept, or too many to tell */
    struct span words[NEW_WORDS];
};

static bool is_link_word(struct span word)
{
    return span_equal(word, SPAN("http")) || span_equal(word, SPAN("https"))
        || span_equal(word, SPAN("mailto")) || span_equal(word, SPAN("www"));
}

static void find_fresh(struct span first, struct span second, struct fresh *fresh)
{
    struct arena *scratch = arena_new();
    struct span *has = arena_array(scratch, WORDS_MOST, sizeof *has), word;
    size_t count = 0, at = 0;

    *fresh = (struct fresh) { .count = 0 };
    while (count < WORDS_MOST && next_word(first, &at, &word))
        has[count++] = word;
    if (count)
        qsort(has, count, sizeof *has, compare);
    for (at = 0; fresh->count < NEW_WORDS && next_word(second, &at, &word);)
        if ((!count || !bsearch(&word, has, count, sizeof *has, compare)) && !is_link_word(word)
            && (!fresh->count || compare(&word, &fresh->words[fresh->count - 1]) != 0))
            fresh->words[fresh->count++] = word;
    arena_free(&scratch);
}

static bool has_fresh(struct span line, const struct fresh *fresh)
{
    struct span word;

    for (size_t at = 0; next_word(line, &at, &word);)
        for (size_t i = 0; i < fresh->count; i++)
            if (compare(&word, &fresh->words[i]) == 0)
                return true;
    return false;
}

/* What another version adds to the first: all of it when that is a few words or more, else the
 * lines in which those words stand. */
static struct span read_other(struct reading *r, struct span first, const struct content *other)
{
    struct arena *scratch = arena_new();
    struct buf lines = { .arena = r->arena };
    struct fresh fresh = { .count = NEW_WORDS };
    struct span text, rest, line;

    if (++r->compared <= COMPARED_MOST)
        find_fresh(first, read_content(r, other, scratch, true), &fresh);
    if (fresh.count) {
        text = rest = read_content(r, other, r->arena, false);
        if (fresh.count >= NEW_WORDS) {
            odd(r, "Another version of the text says more than the first; both are shown.");
            arena_free(&scratch);
            return text;
        }
        odd(r, "Another version of the text has other words; the lines that have them are shown.");
        while (span_line(&rest, &line))
            if (has_fresh(line, &fresh)) {
                buf_add(&lines, line);
                buf_char(&lines, '\n');
            }
    }
    arena_free(&scratch);
    return buf_span(&lines);
}

/* Pieces. */

struct pieces {
    struct buf text;
    int layer; /* of the last piece, -1 before the first */
    size_t room;
};

static void finish_piece(struct reading *r, struct pieces *p)
{
    struct message *m = r->message;
    struct piece *piece;
    struct signoff signoff;
    struct span text = span_part(buf_span(&p->text), 0, p->text.len);

    if (p->layer < 0)
        return;
    piece = &m->pieces[m->piece_count - 1];
    while (text.len && strchr(" \t\n", text.at[text.len - 1]))
        text.len--;
    piece->text = arena_text(r->arena, text);
    piece->quote_at = piece->signoff_at = quote_at(text);
    if (signoff_find(span_part(text, 0, piece->quote_at), 0, &signoff))
        piece->signoff_at = signoff.start;
}

static void add_piece(
    struct reading *r, struct pieces *p, const struct content *content, struct span text)
{
    struct message *m = r->message;

    while (text.len && text.at[0] == '\n')
        text = span_part(text, 1, text.len);
    if (!span_trim(text).len)
        return;
    if (p->layer == content->layer) {
        buf_text(&p->text, "\n\n");
        buf_add(&p->text, text);
        return;
    }
    finish_piece(r, p);
    if (m->piece_count == p->room) {
        size_t room = p->room ? p->room * 2 : 8;

        m->pieces = arena_grow(
            r->arena, m->pieces, p->room * sizeof *m->pieces, room * sizeof *m->pieces);
        p->room = room;
    }
    m->pieces[m->piece_count++] = (struct piece) { .text = "",
        .crypt = content->crypt,
        .signature = content->signature,
        .signer = content->signer };
    p->layer = content->layer;
    p->text = (struct buf) { .arena = r->arena };
    buf_add(&p->text, text);
}

static void add_attachment_text(struct reading *r, const struct content *content, struct span text)
{
    struct attachment *attachment = &r->message->attachments[content->attachment];

    if (!attachment->text)
        attachment->text = arena_text(r->arena, text);
    else if (span_trim(text).len)
        attachment->text = arena_printf(
            r->arena, "%s\n%.*s\n", attachment->text, (int)text.len, text.at);
}

/* Attachments that are text, by type, name or content. */

static bool by_name(const char *name, const char *const *ends, size_t count)
{
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < count; i++)
        if (span_equal_nocase(span_of(dot + 1), span_of(ends[i])))
            return true;
    return false;
}

static bool is_text_type(const char *type)
{
    static const char *const types[] = { "application/json", "application/xml",
        "application/javascript", "application/x-javascript", "application/ecmascript",
        "application/x-sh", "application/x-shellscript", "application/x-python",
        "application/x-perl", "application/x-php", "application/x-httpd-php", "application/x-yaml",
        "application/yaml", "application/toml", "application/sql", "application/x-sql",
        "application/csv", "application/x-csv", "application/x-ndjson", "application/jsonl",
        "application/x-patch", "application/x-diff", "application/xhtml+xml", "application/http",
        "application/x-www-form-urlencoded", "application/x-tex", "application/graphql",
        "message/delivery-status", "message/disposition-notification", "message/feedback-report",
        "message/partial", "image/svg+xml", "application/har+json", "application/ld+json",
        "application/mbox" };
    size_t len = strlen(type);

    if (strncmp(type, "text/", 5) == 0)
        return true;
    if ((len > 5 && strcmp(type + len - 5, "+json") == 0)
        || (len > 4 && strcmp(type + len - 4, "+xml") == 0))
        return true;
    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

static bool looks_like_text(struct span bytes)
{
    if (!bytes.len || !charset_is_utf8(bytes))
        return false;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.at[i];

        if ((c < 32 && !strchr("\t\n\r\f\x1B", c ? c : 1)) || c == 127)
            return false;
    }
    return true;
}

static bool is_text(const struct content *content)
{
    static const char *const ends[] = { "txt", "log", "md", "rst", "json", "jsonl", "xml", "csv",
        "tsv", "yaml", "yml", "ini", "conf", "cfg", "toml", "py", "c", "h", "cpp", "js", "ts",
        "php", "java", "rb", "go", "rs", "sh", "ps1", "bat", "sql", "html", "htm", "patch", "diff",
        "http", "har", "req", "burp", "svg", "css", "asc", "pem", "crt", "ics", "vcf", "tex", "pl",
        "lua", "cs", "nse", "http", "eml" };
    static const char *const unread[] = { "pdf", "doc", "xls", "ppt" };

    if (rtf_is(content->bytes)) /* also where Word calls it .doc */
        return true;
    if (by_name(content->name, unread, COUNT(unread)))
        return false;
    if (is_text_type(content->type))
        return true;
    if (by_name(content->name, ends, COUNT(ends)))
        return !memchr(content->bytes.at ? content->bytes.at : "", '\0', content->bytes.len)
            || *content->charset;
    return strncmp(content->type, "image/", 6) != 0 && strncmp(content->type, "audio/", 6) != 0
        && strncmp(content->type, "video/", 6) != 0 && looks_like_text(content->bytes);
}

static struct content as_text(const struct content *content)
{
    static const char *const html[] = { "html", "htm", "xhtml" };
    struct content text = *content;

    if (by_name(content->name, html, COUNT(html)))
        text.type = "text/html";
    return text;
}

/* The text for a reader: what no seal and signature covers is fenced off from what they do. */

static const char *protection_of(const struct message *m, const struct piece *piece)
{
    bool sealed = false, is_signed = false, bare_seal, bare_signature;

    for (size_t i = 0; i < m->piece_count; i++) {
        sealed |= m->pieces[i].crypt == CRYPT_ENC;
        is_signed |= m->pieces[i].signature != SIGNATURE_NONE;
    }
    for (size_t i = 0; i < m->attachment_count; i++) {
        sealed |= m->attachments[i].crypt == CRYPT_ENC;
        is_signed |= m->attachments[i].signature != SIGNATURE_NONE;
    }
    bare_seal = sealed && piece->crypt != CRYPT_ENC;
    bare_signature = is_signed && piece->signature == SIGNATURE_NONE;
    if (bare_seal && bare_signature)
        return "not encrypted, not signed";
    return bare_seal ? "not encrypted" : bare_signature ? "not signed" : NULL;
}

/* Text that looks like a fence is moved in by a blank, so that nobody can write one. */
static void add_fenced(struct buf *out, const char *text, const char *protection)
{
    struct span rest = span_of(text), line;

    if (protection)
        buf_printf(out, "-----[ %s ]-----\n", protection);
    while (span_line(&rest, &line)) {
        if (span_starts(line, SPAN("-----[ ")))
            buf_char(out, ' ');
        buf_add(out, line);
        buf_char(out, '\n');
    }
    if (protection)
        buf_printf(out, "-----[ end of: %s ]-----\n", protection);
}

static void join_pieces(struct reading *r)
{
    struct message *m = r->message;
    struct buf all = { .arena = r->arena }, own = { .arena = r->arena };

    for (size_t i = 0; i < m->piece_count; i++) {
        const struct piece *piece = &m->pieces[i];

        if (i)
            buf_char(&all, '\n');
        add_fenced(&all, piece->text, protection_of(m, piece));
        if (piece->crypt == CRYPT_ENC || piece->crypt == CRYPT_NONE) {
            struct span said = span_part(span_of(piece->text), 0, piece->quote_at);
            size_t formula = span_find_char(said, '\n', piece->signoff_at);

            /* The first line of a signature block still is in the writer's language. */
            buf_add(&own, span_part(said, 0, formula));
            buf_char(&own, '\n');
        }
    }
    m->text = buf_string(&all);
    m->language = language_guess(buf_span(&own));
}

/* A mail without a text of its own is what its attached texts and mails say. */
static void add_texts_of_attachments(
    struct reading *r, struct pieces *pieces, const struct contents *contents)
{
    for (size_t i = 0; i < contents->count; i++) {
        struct content content = as_text(&contents->at[i]);

        if (content.role == CONTENT_ATTACHMENT
            && (strcmp(content.type, "text/plain") == 0 || is_html(&content)))
            add_piece(r, pieces, &content, read_content(r, &content, r->arena, false));
    }
}

void read_message(const struct contents *contents, const struct read_limits *limits,
    struct charsets *charsets, struct arena *arena, struct message *message)
{
    struct reading r = { limits, charsets, arena, message, 0, 0 };
    struct pieces pieces = { .layer = -1 };
    struct span before = { NULL, 0 };

    for (size_t i = 0; i < contents->count; i++) {
        struct content content = as_text(&contents->at[i]);

        switch (content.role) {
        case CONTENT_BODY:
            before = read_content(&r, &content, arena, false);
            add_piece(&r, &pieces, &content, before);
            break;
        case CONTENT_OTHER_VERSION:
            add_piece(&r, &pieces, &content, read_other(&r, before, &content));
            break;
        case CONTENT_ATTACHMENT:
            if (is_text(&content))
                add_attachment_text(&r, &content, read_content(&r, &content, arena, false));
            break;
        }
    }
    if (pieces.layer < 0)
        add_texts_of_attachments(&r, &pieces, contents);
    finish_piece(&r, &pieces);
    join_pieces(&r);
}
