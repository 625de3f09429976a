#include "read/rtf.h"

#include <stdio.h>
#include <string.h>
#include <unistr.h>

enum { GROUPS_MOST = 200, WORD_MOST = 32 };

/* What holds in one group. */
struct group {
    bool skipped; /* tables and pictures: no words */
    bool rtf_only; /* \htmlrtf: stands in for a tag */
    int behind; /* characters behind each \u that say the same to old programs */
};

struct reader {
    struct span rest;
    struct charsets *charsets;
    struct buf *out;
    struct buf bytes; /* in the codepage, not yet decoded */
    struct group groups[GROUPS_MOST];
    size_t depth, too_deep;
    int to_skip; /* characters */
    unsigned high; /* the first half of a surrogate pair */
    char codepage[16];
    bool html, begins; /* begins: nothing stood in the group yet */
    bool optional; /* "\*" came */
};

static struct group *group(struct reader *r)
{
    return &r->groups[r->depth];
}

static bool is_read(struct reader *r)
{
    return !group(r)->skipped && !group(r)->rtf_only;
}

static void settle(struct reader *r)
{
    if (r->bytes.len)
        charset_decode(r->charsets, r->codepage, buf_span(&r->bytes), r->out);
    r->bytes.len = 0;
}

static void add_byte(struct reader *r, char c)
{
    r->begins = false;
    if (r->to_skip > 0)
        r->to_skip--;
    else if (is_read(r))
        buf_char(&r->bytes, c);
}

static void add_code(struct reader *r, unsigned code)
{
    uint8_t utf8[6];
    int made;

    if (code >= 0xD800 && code < 0xDC00) {
        r->high = code;
        return;
    }
    if (code >= 0xDC00 && code < 0xE000 && r->high)
        code = 0x10000 + ((r->high - 0xD800) << 10) + (code - 0xDC00);
    r->high = 0;
    made = u8_uctomb(utf8, code, sizeof utf8);
    if (made <= 0 || !is_read(r))
        return;
    settle(r);
    buf_add(r->out, (struct span) { (char *)utf8, (size_t)made });
}

static const struct {
    const char *word, *text;
} spelled[] = { { "par", "\n" }, { "line", "\n" }, { "tab", "\t" }, { "cell", "\t" },
    { "row", "\n" }, { "page", "\n" }, { "sect", "\n" }, { "lquote", "‘" }, { "rquote", "’" },
    { "ldblquote", "“" }, { "rdblquote", "”" }, { "bullet", "•" }, { "endash", "–" },
    { "emdash", "—" } };

static const char *const tables[] = { "fonttbl", "colortbl", "stylesheet", "info", "pict",
    "objdata", "themedata", "datastore", "listtable", "listoverridetable", "revtbl", "rsidtbl",
    "generator", "latentstyles", "xmlnstbl", "mhtmltag", "filetbl", "pntext" };
static const char *const optional_words[] = { "htmltag", "fldinst", "shptxt", "footnote",
    "annotation" };

static bool among(const char *const *names, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], word) == 0)
            return true;
    return false;
}

static void take_word(struct reader *r, const char *word, bool stated, int number)
{
    bool first = r->begins;

    r->begins = false;
    if (first
        && (among(tables, COUNT(tables), word)
            || (r->optional && !among(optional_words, COUNT(optional_words), word))))
        group(r)->skipped = true;
    r->optional = false;
    if (strcmp(word, "u") == 0 && stated) {
        add_code(r, (unsigned)(number < 0 ? number + 65536 : number));
        r->to_skip = group(r)->behind;
    } else if (strcmp(word, "uc") == 0)
        group(r)->behind = number < 0 || number > 8 ? 1 : number;
    else if (strcmp(word, "ansicpg") == 0 && number > 0)
        snprintf(r->codepage, sizeof r->codepage, "%s%d",
            number >= 1250 && number <= 1258 ? "windows-" : "cp", number);
    else if (strcmp(word, "fromhtml") == 0)
        r->html = true;
    else if (strcmp(word, "htmlrtf") == 0)
        group(r)->rtf_only = r->html && (!stated || number != 0);
    for (size_t i = 0; i < COUNT(spelled); i++)
        if (strcmp(word, spelled[i].word) == 0 && is_read(r)) {
            settle(r);
            buf_text(r->out, spelled[i].text);
        }
}

static int hex(char c)
{
    return c >= '0' && c <= '9'                  ? c - '0'
        : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                 : -1;
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Behind a backslash. */
static void take_control(struct reader *r)
{
    char word[WORD_MOST], c = r->rest.len ? r->rest.at[0] : '\0';
    size_t len = 0, at = 0;
    bool stated = false, minus = false;
    long number = 0;

    if (c == '\'' && r->rest.len >= 3 && hex(r->rest.at[1]) >= 0 && hex(r->rest.at[2]) >= 0) {
        add_byte(r, (char)(hex(r->rest.at[1]) << 4 | hex(r->rest.at[2])));
        r->rest = span_part(r->rest, 3, r->rest.len);
        return;
    }
    if (!is_letter(c)) {
        r->rest = span_part(r->rest, 1, r->rest.len);
        if (c == '*')
            r->optional = true;
        else if (c == '~')
            add_byte(r, ' ');
        else if (c == '\n' || c == '\r')
            take_word(r, "par", false, 0);
        else if (strchr("\\{}", c) && c)
            add_byte(r, c);
        else if (c == '_')
            add_byte(r, '-');
        return;
    }
    while (at < r->rest.len && is_letter(r->rest.at[at])) {
        if (len < sizeof word - 1)
            word[len++] = r->rest.at[at];
        at++;
    }
    word[len] = '\0';
    if (at + 1 < r->rest.len && r->rest.at[at] == '-' && hex(r->rest.at[at + 1]) >= 0) {
        minus = true;
        at++;
    }
    for (; at < r->rest.len && r->rest.at[at] >= '0' && r->rest.at[at] <= '9'; at++) {
        stated = true;
        number = number > 1000000 ? number : number * 10 + (r->rest.at[at] - '0');
    }
    if (at < r->rest.len && r->rest.at[at] == ' ')
        at++;
    r->rest = span_part(r->rest, at, r->rest.len);
    take_word(r, word, stated, (int)(minus ? -number : number));
}

bool rtf_is(struct span bytes)
{
    return span_starts(span_trim(span_part(bytes, 0, 64)), SPAN("{\\rtf"));
}

bool rtf_to_text(struct span rtf, struct charsets *charsets, struct buf *out)
{
    struct arena *scratch = arena_new();
    struct reader r = { .rest = rtf, .charsets = charsets, .out = out, .codepage = "windows-1252" };
    bool html;

    r.bytes.arena = scratch;
    r.groups[0].behind = 1;
    while (r.rest.len) {
        char c = r.rest.at[0];

        r.rest = span_part(r.rest, 1, r.rest.len);
        if (c == '{') {
            settle(&r);
            if (r.depth + 1 < GROUPS_MOST) {
                r.groups[r.depth + 1] = r.groups[r.depth];
                r.depth++;
            } else
                r.too_deep++;
            r.begins = true;
            r.optional = false;
            r.to_skip = 0;
        } else if (c == '}') {
            settle(&r);
            if (r.too_deep)
                r.too_deep--;
            else if (r.depth)
                r.depth--;
            r.begins = r.optional = false;
            r.to_skip = 0;
        } else if (c == '\\')
            take_control(&r);
        else if (c != '\r' && c != '\n')
            add_byte(&r, c);
    }
    settle(&r);
    html = r.html;
    arena_free(&scratch);
    return html;
}
