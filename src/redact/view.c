#include "redact/view.h"

#include "redact/lexicon.h"

#include <string.h>

struct reader {
    const uint8_t *in;
    size_t len;
    struct view *view;
    bool quoted_printable;
    bool folded; /* lines of iCalendar, vCard or LDIF, which go on behind a line end and a blank */
    size_t word_end; /* end of the encoded word (RFC 2047) that is being read; 0 outside */
};

enum {
    ALNUM = VIEW_LETTER | VIEW_DIGIT,
    SMALL = VIEW_LETTER | VIEW_BASE64,
    CAPITAL = SMALL | VIEW_UPPER | VIEW_CAPITAL,
};

const uint8_t view_classes[256] = { ['a' ... 'k'] = SMALL,
    ['l'] = SMALL | VIEW_LIKE_DIGIT,
    ['m' ... 'n'] = SMALL,
    ['o'] = SMALL | VIEW_LIKE_DIGIT,
    ['p' ... 'z'] = SMALL,
    ['A' ... 'H'] = CAPITAL,
    ['I'] = CAPITAL | VIEW_LIKE_DIGIT,
    ['J' ... 'N'] = CAPITAL,
    ['O'] = CAPITAL | VIEW_LIKE_DIGIT,
    ['P' ... 'Z'] = CAPITAL,
    [FOLD_LETTER] = VIEW_LETTER,
    [FOLD_UPPER] = VIEW_LETTER | VIEW_UPPER,
    [FOLD_IDEOGRAPH] = VIEW_LETTER,
    ['0' ... '9'] = VIEW_DIGIT | VIEW_LIKE_DIGIT | VIEW_BASE64,
    [' '] = VIEW_TIE,
    ['-'] = VIEW_TIE,
    ['_'] = VIEW_TIE,
    ['.'] = VIEW_TIE,
    ['+'] = VIEW_BASE64,
    ['/'] = VIEW_BASE64 };

static void emit(struct view *view, uint8_t c, size_t at, size_t width)
{
    if (c == FOLD_DROP)
        return;
    view->ch[view->len] = c;
    view->at[view->len] = (uint32_t)at;
    view->width[view->len++] = (uint16_t)width;
}

static int hex_value(uint8_t c)
{
    if (view_digit(c))
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two hex digits at i, or -1. */
static int hex_byte(const struct reader *r, size_t i)
{
    if (i + 2 > r->len || hex_value(r->in[i]) < 0 || hex_value(r->in[i + 1]) < 0)
        return -1;
    return hex_value(r->in[i]) * 16 + hex_value(r->in[i + 1]);
}

/* Length that a first byte of UTF-8 announces; 0 when it cannot be one. */
static size_t utf8_length(uint8_t c)
{
    return c < 0x80             ? 1
        : c >= 0xc2 && c < 0xe0 ? 2
        : c >= 0xe0 && c < 0xf0 ? 3
        : c >= 0xf0 && c < 0xf5 ? 4
                                : 0;
}

/* The code point of n bytes of UTF-8; the first byte as Latin-1 with *used 1 when they are none. */
static uint32_t utf8_decode(const uint8_t *bytes, size_t n, size_t *used)
{
    size_t want = utf8_length(bytes[0]);
    uint32_t uc;

    *used = 1;
    if (want < 2 || want > n)
        return bytes[0];
    uc = bytes[0] & (0xffu >> (want + 1));
    for (size_t i = 1; i < want; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return bytes[0];
        uc = uc << 6 | (bytes[i] & 0x3f);
    }
    *used = want;
    return uc;
}

uint8_t view_fold(uint32_t uc)
{
    return lexicon_fold(uc);
}

/* Decoded control characters separate words and nothing else. */
static uint8_t fold_decoded(uint32_t uc)
{
    return uc < 0x20 ? ' ' : view_fold(uc);
}

/* Bytes written as an escape of `unit` characters each ("%C3%A9", "=C3=A9"). Gives what was read.
 */
static size_t read_escaped(struct reader *r, size_t i, uint8_t mark)
{
    uint8_t bytes[4];
    size_t n = 0, used = 1, at[5], from = i;

    while (n < 4) {
        size_t skip = 1;
        int byte;

        if (i >= r->len || r->in[i] != mark)
            break;
        /* twice encoded: %2540 */
        while (mark == '%' && skip < 9 && i + skip + 1 < r->len && r->in[i + skip] == '2'
            && r->in[i + skip + 1] == '5' && hex_byte(r, i + skip + 2) >= 0)
            skip += 2;
        byte = hex_byte(r, i + skip);
        if (byte < 0)
            break;
        bytes[n] = (uint8_t)byte;
        at[n++] = i;
        i += skip + 2;
        if (n == 1 && byte < 0x80)
            break;
        if (mark == '=' && i + 1 < r->len && r->in[i] == '=' && r->in[i + 1] == '\n')
            i += 2; /* a soft break between the bytes of one character */
    }
    if (!n)
        return 0;
    at[n] = i;
    emit(r->view, fold_decoded(utf8_decode(bytes, n, &used)), from, at[used] - from);
    return at[used] - from;
}

/* \\ooo, or -1. */
static int octal_byte(const struct reader *r, size_t i)
{
    if (i + 4 > r->len || r->in[i] != '\\' || (r->in[i + 1] & 0xfc) != '0'
        || (r->in[i + 2] & 0xf8) != '0' || (r->in[i + 3] & 0xf8) != '0')
        return -1;
    return (r->in[i + 1] - '0') * 64 + (r->in[i + 2] - '0') * 8 + r->in[i + 3] - '0';
}

/* Bytes in octal, as C, psql and git write them: more than one of them, so that C:\123 is a path.
 */
static size_t read_octal(struct reader *r, size_t i)
{
    uint8_t bytes[4] = { 0 };
    size_t n = 0, used;

    while (n < sizeof bytes && octal_byte(r, i + 4 * n) >= 0) {
        bytes[n] = (uint8_t)octal_byte(r, i + 4 * n);
        n++;
    }
    if (n < 2
        && !(n && r->view->len && r->view->width[r->view->len - 1] >= 4
            && r->view->at[r->view->len - 1] + r->view->width[r->view->len - 1] == i))
        return 0;
    emit(r->view, fold_decoded(utf8_decode(bytes, n, &used)), i, 4 * used);
    return 4 * used;
}

/* JSON and JavaScript escapes. */
static size_t read_backslash(struct reader *r, size_t i)
{
    uint8_t c = i + 1 < r->len ? r->in[i + 1] : 0;

    if (c == 'u' && hex_byte(r, i + 2) >= 0 && hex_byte(r, i + 4) >= 0) {
        uint32_t uc = (uint32_t)(hex_byte(r, i + 2) * 256 + hex_byte(r, i + 4));
        size_t used = 6;

        if (uc >= 0xd800 && uc < 0xdc00 && i + 12 <= r->len && r->in[i + 6] == '\\'
            && r->in[i + 7] == 'u' && hex_byte(r, i + 8) >= 0 && hex_byte(r, i + 10) >= 0) {
            uint32_t low = (uint32_t)(hex_byte(r, i + 8) * 256 + hex_byte(r, i + 10));

            uc = 0x10000 + ((uc & 0x3ff) << 10 | (low & 0x3ff));
            used = 12;
        }
        emit(r->view, fold_decoded(uc), i, used);
        return used;
    }
    if (c == 'x' && hex_byte(r, i + 2) >= 0) {
        emit(r->view, fold_decoded((uint32_t)hex_byte(r, i + 2)), i, 4);
        return 4;
    }
    if (octal_byte(r, i) >= 0)
        return read_octal(r, i);
    if (c && strchr("\"/',;@.-_", c)) {
        emit(r->view, c, i, 2);
        return 2;
    }
    /* "\n" in a string ends a line; in C:\nora it does not. */
    if ((c == 'n' || c == 'r' || c == 't') && i + 2 < r->len && (i == 0 || r->in[i - 1] != ':')
        && !(r->in[i + 2] >= 'a' && r->in[i + 2] <= 'z')) {
        emit(r->view, c == 't' ? '\t' : '\n', i, 2);
        return 2;
    }
    return 0;
}

static const struct {
    const char *name;
    uint8_t byte;
} entities[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' },
    { "nbsp", ' ' }, { "ensp", ' ' }, { "emsp", ' ' }, { "thinsp", ' ' }, { "shy", 0 },
    { "zwj", 0 }, { "zwnj", 0 }, { "lrm", 0 }, { "rlm", 0 }, { "commat", '@' }, { "period", '.' },
    { "plus", '+' }, { "hyphen", '-' }, { "dash", '-' }, { "ndash", '-' }, { "mdash", '-' },
    { "lsquo", '\'' }, { "rsquo", '\'' }, { "ldquo", '"' }, { "rdquo", '"' }, { "laquo", '"' },
    { "raquo", '"' }, { "colon", ':' }, { "num", '#' }, { "lpar", '(' }, { "rpar", ')' },
    { "sol", '/' }, { "equals", '=' }, { "lowbar", '_' }, { "szlig", 's' }, { "aelig", 'a' },
    { "oelig", 'o' }, { "eth", 'd' }, { "thorn", 't' }, { "inodot", 'i' }, { "semi", ';' },
    { "comma", ',' }, { "frasl", '/' }, { "middot", '.' }, { "sdot", '.' }, { "vert", '|' },
    { "verbar", '|' }, { "ast", '*' }, { "lsqb", '[' }, { "rsqb", ']' }, { "minus", '-' },
    { "tab", '\t' }, { "newline", '\n' } };

/* Letters with a diacritic: the letter and the name of the mark. */
static bool is_mark(const char *name)
{
    static const char *const marks[] = { "acute", "grave", "circ", "uml", "tilde", "ring", "cedil",
        "slash", "caron", "strok", "ogon", "breve", "macr", "dot", "dblac" };

    for (size_t i = 0; i < COUNT(marks); i++)
        if (strcmp(name, marks[i]) == 0)
            return true;
    return false;
}

static size_t read_entity(struct reader *r, size_t i)
{
    size_t from = i++, n = 0;
    char name[12];

    /* twice encoded: &amp;#64; */
    if (i + 4 < r->len && memcmp(r->in + i, "amp;", 4) == 0 && i + 5 < r->len
        && (r->in[i + 4] == '#'
            || (view_letter(r->in[i + 4])
                && memchr(r->in + i + 4, ';', r->len - i - 4 < 9 ? r->len - i - 4 : 9))))
        i += 4;
    if (i < r->len && r->in[i] == '#') {
        uint32_t uc = 0;
        bool hex = i + 1 < r->len && (r->in[i + 1] | 32) == 'x';
        size_t start;

        i += hex ? 2 : 1;
        start = i;
        while (
            i < r->len && i - start < 8 && (hex ? hex_value(r->in[i]) >= 0 : view_digit(r->in[i])))
            uc = hex ? uc << 4 | (uint32_t)hex_value(r->in[i++]) : uc * 10 + (r->in[i++] - '0');
        if (i == start)
            return 0;
        if (i < r->len && r->in[i] == ';')
            i++;
        emit(r->view, fold_decoded(uc), from, i - from);
        return i - from;
    }
    while (i < r->len && n < sizeof name - 1 && view_letter(r->in[i]) && r->in[i] < 0x80)
        name[n++] = (char)r->in[i++];
    name[n] = 0;
    if (!n || i >= r->len || r->in[i] != ';')
        return 0;
    i++;
    if (n > 2 && is_mark(name + 1)) {
        emit(r->view, (uint8_t)name[0], from, i - from);
        return i - from;
    }
    for (size_t k = 0; k < n; k++)
        name[k] = (char)view_lower((uint8_t)name[k]);
    for (size_t k = 0; k < COUNT(entities); k++)
        if (strcmp(entities[k].name, name) == 0) {
            emit(r->view, entities[k].byte, from, i - from);
            return i - from;
        }
    return 0;
}

enum tag_use { TAG_KEPT, TAG_DROPPED, TAG_LINE, TAG_CELL };

static enum tag_use use_of_tag(const char *name, bool closing, bool plain)
{
    static const char *const inline_tags[] = { "b", "i", "em", "strong", "span", "font", "u",
        "mark", "wbr", "small", "big", "sup", "sub", "tt", "ins", "del", "s", "bdi", "bdo", "q" };
    static const char *const lines[] = { "br", "p", "div", "tr", "li", "ul", "ol", "table", "tbody",
        "thead", "h1", "h2", "h3", "h4", "pre", "hr", "dd", "dt", "blockquote" };

    if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0)
        return !plain ? TAG_KEPT : closing ? TAG_DROPPED : TAG_CELL;
    for (size_t i = 0; i < COUNT(inline_tags); i++)
        if (strcmp(name, inline_tags[i]) == 0)
            return plain ? TAG_DROPPED : TAG_KEPT;
    for (size_t i = 0; i < COUNT(lines); i++)
        if (strcmp(name, lines[i]) == 0)
            return plain ? TAG_LINE : TAG_KEPT;
    return TAG_KEPT;
}

/* Attributes that only dress up; others may carry values that have to be seen. */
static bool only_dress(const uint8_t *at, size_t len)
{
    static const char *const dress[] = { "class", "style", "color", "face", "size", "lang", "dir",
        "align", "width", "border", "bgcolor", "valign", "colspan" };

    while (len && (*at == ' ' || *at == '/'))
        at++, len--;
    if (!len)
        return true;
    for (size_t i = 0; i < COUNT(dress); i++)
        if (len > strlen(dress[i]) && memcmp(at, dress[i], strlen(dress[i])) == 0)
            return true;
    return false;
}

/* Tags that source code puts on a line of their own; that line end and theirs are one. */
static bool is_row_tag(const char *name)
{
    return strcmp(name, "tr") == 0 || strcmp(name, "li") == 0 || strcmp(name, "br") == 0
        || strcmp(name, "table") == 0 || strcmp(name, "tbody") == 0 || strcmp(name, "thead") == 0
        || strcmp(name, "ul") == 0;
}

static bool at_line_start(const struct view *view)
{
    uint32_t i = view->len;

    while (i > 0 && (view->ch[i - 1] == ' ' || view->ch[i - 1] == '\t'))
        i--;
    return i == 0 || view->ch[i - 1] == '\n';
}

/* Keys by their names, as key loggers and careful people write them: [SPACE], <TAB>, <AT>. */
static size_t read_key_name(struct reader *r, size_t i)
{
    static const struct {
        const char *name;
        uint8_t byte;
    } keys[] = { { "SP", ' ' }, { "SPACE", ' ' }, { "SPATIE", ' ' }, { "TAB", '\t' },
        { "ENTER", '\n' }, { "CR", '\n' }, { "LF", '\n' }, { "AT", '@' }, { "DOT", '.' } };
    uint8_t closes = r->in[i] == '<' ? '>' : ']';

    for (size_t k = 0; k < COUNT(keys); k++) {
        size_t len = strlen(keys[k].name);

        if (i + len + 1 < r->len && r->in[i + len + 1] == closes
            && memcmp(r->in + i + 1, keys[k].name, len) == 0) {
            emit(r->view, keys[k].byte, i, len + 2);
            return len + 2;
        }
    }
    return 0;
}

static size_t read_tag(struct reader *r, size_t i)
{
    size_t from = i++, n = 0;
    bool closing = false;
    const uint8_t *end;
    char name[12];

    if (i + 2 < r->len && memcmp(r->in + i, "!--", 3) == 0) {
        /* a short comment inside a word is only there to split it */
        size_t most = r->len - i < 24 ? r->len - i : 24;
        const uint8_t *stop = memmem(r->in + i, most, "-->", 3);
        size_t after = stop ? (size_t)(stop - r->in) + 3 : 0;

        if (stop && from && after < r->len && r->in[from - 1] > ' ' && r->in[after] > ' ')
            return after - from;
        return 0;
    }
    if (i < r->len && r->in[i] == '/') {
        closing = true;
        i++;
    }
    while (i < r->len && n < sizeof name - 1
        && (view_digit(r->in[i]) || (r->in[i] < 0x80 && view_letter(r->in[i]))))
        name[n++] = (char)view_lower(r->in[i++]);
    name[n] = 0;
    if (!n || i >= r->len || !strchr("> /", r->in[i]))
        return 0;
    end = memchr(r->in + i, '>', r->len - i < 200 ? r->len - i : 200);
    if (!end || memchr(r->in + i, '<', (size_t)(end - r->in) - i))
        return 0;
    n = (size_t)(end - r->in) + 1 - from;
    switch (use_of_tag(name, closing, only_dress(r->in + i, (size_t)(end - r->in) - i))) {
    case TAG_DROPPED:
        return n;
    case TAG_LINE:
        if (!is_row_tag(name) || !at_line_start(r->view))
            emit(r->view, '\n', from, n);
        return n;
    case TAG_CELL:
        emit(r->view, '|', from, n);
        return n;
    case TAG_KEPT:
    default:
        return 0;
    }
}

/* -1 for what base64 does not know (RFC 4648, section 4). */
static int base64_value(uint8_t c)
{
    static const int8_t values[128] = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, 62, -1, -1, -1, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1,
        -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
        21, 22, 23, 24, 25, -1, -1, -1, -1, -1, -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37,
        38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1 };

    return c < 128 ? values[c] : -1;
}

/* The text of =?utf-8?B?...?= from its first character on (RFC 2047, section 4.1). */
static void read_base64(struct reader *r, size_t i, size_t end)
{
    uint8_t bytes[64];
    size_t at[65], n = 0;
    uint32_t bits = 0;
    int have = 0;

    for (size_t k = i; k < end && n < sizeof bytes; k++) {
        int value = base64_value(r->in[k]);

        if (value < 0)
            continue;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            at[n] = n ? k : i;
            bytes[n++] = (uint8_t)(bits >> have & 255);
        }
    }
    at[n] = end;
    for (size_t k = 0, used; k < n; k += used) {
        uint32_t uc = utf8_decode(bytes + k, n - k, &used);

        emit(r->view, fold_decoded(uc), at[k], at[k + used] - at[k]);
    }
}

/* =?charset?Q?text?= (RFC 2047): skips the start of one; a B word is read whole. */
static size_t read_encoded_word(struct reader *r, size_t i)
{
    size_t most = r->len - i < 120 ? r->len : i + 120, k = i + 2, start;
    const uint8_t *end;
    uint8_t how;

    while (k < most && r->in[k] != '?' && r->in[k] > ' ')
        k++;
    if (k + 3 >= most || r->in[k] != '?' || r->in[k + 2] != '?')
        return 0;
    how = r->in[k + 1] | 32;
    start = k + 3;
    end = memmem(r->in + start, most - start, "?=", 2);
    if (!end || (how != 'q' && how != 'b'))
        return 0;
    if (how == 'b') {
        read_base64(r, start, (size_t)(end - r->in));
        return (size_t)(end - r->in) + 2 - i;
    }
    r->word_end = (size_t)(end - r->in);
    return start - i;
}

static const char *const placeholders
    = " PERSOON PERSON EMAIL TELEFOON PHONE BSN IBAN KAART CARD ADRES ADDRESS "
      "POSTCODE GEBOORTEDATUM BIRTHDATE KENTEKEN PLATE IDENTITEITSBEWIJS IDDOC "
      "VNUMMER VNUMBER ANUMMER ANUMBER BTW VAT IP MAC GEBRUIKER USER GEHEIM SECRET ";

/* [PERSOON-12] of an earlier redaction: one byte that no rule takes for anything. */
static size_t read_placeholder(struct reader *r, size_t i)
{
    char word[24] = " ";
    size_t n = 1, from = i++;

    while (i < r->len && n < sizeof word - 2 && r->in[i] >= 'A' && r->in[i] <= 'Z')
        word[n++] = (char)r->in[i++];
    if (n < 3 || i + 1 >= r->len || r->in[i] != '-' || !view_digit(r->in[i + 1]))
        return 0;
    word[n++] = ' ';
    word[n] = 0;
    if (!strstr(placeholders, word))
        return 0;
    i++;
    while (i < r->len && i - from < 40 && view_digit(r->in[i]))
        i++;
    if (i >= r->len || r->in[i] != ']')
        return 0;
    i++;
    emit(r->view, FOLD_MARK, from, i - from);
    return i - from;
}

/* Quote marks at the start of a line: "> > ", "||| ", "| | "; bars only where the line holds no
 * other one, since cells of a table start with them too. */
static size_t quote_prefix(const struct reader *r, size_t i)
{
    size_t from = i, bars;

    while (i < r->len
        && (r->in[i] == '>' || (r->in[i] == ' ' && i + 1 < r->len && r->in[i + 1] == '>')))
        i++;
    if (i > from && i < r->len && r->in[i] == ' ')
        i++;
    for (bars = i; bars < r->len
         && (r->in[bars] == '|'
             || (r->in[bars] == ' ' && bars + 1 < r->len && r->in[bars + 1] == '|'));
         bars++)
        ;
    if (bars == i || bars >= r->len || r->in[bars] != ' ')
        return i - from;
    for (size_t k = bars; k < r->len && r->in[k] != '\n'; k++)
        if (r->in[k] == '|' || k - bars > 400)
            return i - from;
    return bars + 1 - from;
}

/* A '=' at the end of a line that breaks a sentence: no padding of base64 and no assignment. */
static bool is_soft_break(struct span text, size_t equals)
{
    size_t from = equals;

    while (from > 0 && (uint8_t)text.at[from - 1] > ' ' && equals - from < 40)
        from--;
    if (equals - from >= 40)
        return false;
    for (size_t i = from; i < equals; i++)
        if (!((text.at[i] >= 'a' && text.at[i] <= 'z') || view_digit((uint8_t)text.at[i])
                || strchr(".,;:-()\"'<>@", text.at[i])
                || (i == from && view_upper((uint8_t)text.at[i]))
                || (text.at[i] == '=' && i + 2 < equals)
                || (i > from
                    && (text.at[i - 1] == '=' || (i > from + 1 && text.at[i - 2] == '=')))))
            return false;
    return equals > 0 && text.at[equals - 1] != '=' && text.at[equals - 1] != '\n';
}

/* Whether =XX has to be read as quoted-printable (RFC 2045, section 6.7). */
static bool is_quoted_printable(struct span text)
{
    const char *at = text.at, *end = text.at + text.len;
    unsigned signs = 0, twenties = 0;

    while ((at = memchr(at, '=', (size_t)(end - at)))) {
        size_t left = (size_t)(end - ++at);

        if (left >= 2 && (at[0] == '\n' || (at[0] == '\r' && at[1] == '\n'))
            && is_soft_break(text, (size_t)(at - 1 - text.at)))
            return true;
        if (left >= 5 && (at[0] == 'C' || at[0] == 'E') && at[2] == '='
            && (at[3] == '8' || at[3] == '9' || at[3] == 'A' || at[3] == 'B'))
            signs++;
        if (left >= 2 && at[0] == '3' && at[1] == 'D')
            signs++;
        /* "M=FCller": ISO 8859-1; "88=2010=2039" */
        if (left >= 3 && at - text.at > 1 && (at[0] >= 'C' && at[0] <= 'F')
            && (view_digit((uint8_t)at[1]) || (at[1] >= 'A' && at[1] <= 'F'))
            && view_letter((uint8_t)at[-2]) && at[2] >= 'a' && at[2] <= 'z')
            signs++;
        if (left >= 3 && at - text.at > 1 && at[0] == '2' && at[1] == '0'
            && view_digit((uint8_t)at[-2]) && view_digit((uint8_t)at[2]) && ++twenties == 2)
            signs++;
        if (left >= 3 && at[0] == '2' && at[1] == '0' && (at[2] == '\n' || at[2] == '\r'))
            signs++;
    }
    if (signs >= 1)
        return true;
    return memmem(text.at, text.len, "uoted-printable", 15)
        || memmem(text.at, text.len, "uoted-Printable", 15);
}

static bool is_alnum(uint8_t c)
{
    return view_classes[c] & ALNUM;
}

/* A run of single letters and digits with the same sign between: s-p-e-l-l-e-d, s p a c e d. */
struct spaced {
    uint32_t end; /* one past its last character */
    uint32_t letters, digits, lowers;
    uint8_t sign;
};

static uint32_t skip_blanks(const struct view *view, uint32_t i)
{
    for (uint32_t n = 0; i < view->len && view->ch[i] == ' ' && n < 4; n++)
        i++;
    return i;
}

/* Where the next character of the run stands, behind the sign; `k` when the run ends. In a run
 * with blanks dashes, dots and slashes may stand too: 9 0 9 1-N-P, 4 4 . K T B . 8 */
static uint32_t next_spaced(const struct view *view, uint32_t k, uint8_t sign)
{
    uint32_t next = k + 1;

    if (sign != ' ')
        return next + 1 < view->len && view->ch[next] == sign ? next + 1 : k;
    next = skip_blanks(view, next);
    if (next < view->len && view->ch[next] && strchr("/-.+:", view->ch[next]))
        next = skip_blanks(view, next + 1);
    return next > k + 1 && next < view->len ? next : k;
}

static void read_spaced(const struct view *view, uint32_t i, struct spaced *run)
{
    uint32_t k = i;

    *run = (struct spaced) { .end = i, .sign = view->ch[i + 1] };
    for (;;) {
        uint8_t c = view->ch[k];
        uint32_t next;

        if (!is_alnum(c) || (k + 1 < view->len && is_alnum(view->ch[k + 1])))
            break;
        run->letters += view_letter(c);
        run->digits += view_digit(c);
        run->lowers += view_letter(c) && !view_upper(c);
        run->end = k + 1;
        next = next_spaced(view, k, run->sign);
        if (next == k)
            break;
        k = next;
    }
}

static bool is_spelled(const struct spaced *run)
{
    bool mixed = run->digits >= 2 && run->letters >= 2 && run->digits + run->letters >= 6;

    switch (run->sign) {
    case ' ':
        return run->letters >= 4 || run->digits >= 6 || mixed;
    case '-':
        return (run->letters >= 5 && !run->digits) || (run->digits >= 8 && !run->letters) || mixed;
    case '_':
        return run->letters + run->digits >= 6;
    default:
        /* five small letters are no initials and no abbreviation (a.d.h.v.) */
        return (run->letters >= (run->lowers == run->letters ? 5u : 6u) && !run->digits)
            || (run->digits >= 8 && !run->letters) || mixed;
    }
}

static void keep(struct view *view, uint32_t *to, uint32_t from)
{
    view->ch[*to] = view->ch[from];
    view->at[*to] = view->at[from];
    view->width[(*to)++] = view->width[from];
}

/* The same of bytes [from, end). */
static void keep_all(struct view *view, uint32_t *to, uint32_t from, uint32_t end)
{
    uint32_t len = end - from;

    if (*to < from && len) {
        memmove(view->ch + *to, view->ch + from, len);
        memmove(view->at + *to, view->at + from, len * sizeof *view->at);
        memmove(view->width + *to, view->width + from, len * sizeof *view->width);
    }
    *to += len;
}

typedef uint8_t sixteen __attribute__((vector_size(16)));

static inline sixteen load(const uint8_t *at)
{
    sixteen bytes;

    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

static inline sixteen are_alnum(sixteen c)
{
    return (sixteen)((c | 32) - 'a' < 26) | (sixteen)(c - '0' < 10)
        | (sixteen)(c - FOLD_LETTER <= FOLD_IDEOGRAPH - FOLD_LETTER);
}

/* Whether none of sixteen bytes from `at` on is a letter or digit by itself with a tie behind it.
 */
static bool none_single(const uint8_t *at)
{
    sixteen next = load(at + 1);
    sixteen tie = (sixteen)(next == ' ') | (sixteen)(next == '-') | (sixteen)(next == '_')
        | (sixteen)(next == '.');
    sixteen single = tie & are_alnum(load(at)) & ~are_alnum(load(at - 1));
    uint64_t halves[2];

    memcpy(halves, &single, sizeof halves);
    return !(halves[0] | halves[1]);
}

/* The next letter or digit by itself with a tie behind it and more behind that; len when there is
 * none. */
static uint32_t next_single(const uint8_t *ch, uint32_t i, uint32_t len)
{
    while (i + 2 < len) {
        uint32_t end;

        while (i > 0 && i + 18 <= len && none_single(ch + i))
            i += 16;
        end = i + 18 <= len ? i + 16 : len - 2;
        for (; i < end; i++)
            if (view_classes[ch[i + 1]] & VIEW_TIE && is_alnum(ch[i])
                && !(i > 0 && is_alnum(ch[i - 1])))
                return i;
    }
    return len;
}

/* S p a c e d  o u t letters become a word again; initials (three at most) stay. */
static void close_spaced(struct view *view)
{
    uint32_t to = 0, done = 0, len = view->len;

    for (uint32_t i = next_single(view->ch, 0, len); i < len; i = next_single(view->ch, i, len)) {
        struct spaced run;
        uint32_t from = i;

        read_spaced(view, i, &run);
        if (run.end <= i + 1 || !is_spelled(&run)) {
            /* what was read stays as it is; a part of it is no run either */
            i = run.end > i ? run.end : i + 1;
            continue;
        }
        keep_all(view, &to, done, i);
        for (; i < run.end; i++) {
            bool sign = view->ch[i] == run.sign;

            /* two blanks, or a capital after a small letter, start a word */
            if (sign && run.sign == ' ' && view->ch[i + 1] == ' ') {
                if (i > from && view->ch[i - 1] != ' ')
                    keep(view, &to, i);
                continue;
            }
            if (sign && run.sign == ' ' && run.lowers && view_upper(view->ch[i + 1]) && i > from
                && view_letter(view->ch[i - 1]) && !view_upper(view->ch[i - 1])) {
                keep(view, &to, i);
                continue;
            }
            if (!sign)
                keep(view, &to, i);
        }
        done = i;
    }
    keep_all(view, &to, done, view->len);
    view->len = to;
}

enum { BASE64_LEAST = 12, BASE64_MOST = 1024 };

struct decoded {
    uint8_t bytes[BASE64_MOST];
    uint32_t at[BASE64_MOST + 1]; /* of the character that a byte starts in */
    uint32_t len;
};

/* Decodes [from, to) of the view; false when no readable text comes out. */
static bool decode_base64(
    const struct view *view, uint32_t from, uint32_t to, struct decoded *decoded)
{
    uint32_t bits = 0, lowers = 0, uppers = 0, digits = 0, plain = 0, colons = 0, blanks = 0;
    int have = 0;

    decoded->len = 0;
    if (to - from > BASE64_MOST)
        return false;
    for (uint32_t k = from; k < to; k++) {
        uint8_t c = view->ch[k];

        if (c == '=')
            break;
        lowers += c >= 'a' && c <= 'z';
        uppers += c >= 'A' && c <= 'Z';
        digits += view_digit(c);
        bits = bits << 6 | (uint32_t)base64_value(c);
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        decoded->at[decoded->len] = k - (have == 0 || have > 2 ? 1 : 0);
        decoded->bytes[decoded->len++] = (uint8_t)(bits >> have & 255);
    }
    decoded->at[0] = from;
    decoded->at[decoded->len] = to;
    if (view->ch[to - 1] != '=' && !(lowers && uppers && digits))
        return false;
    for (uint32_t k = 0; k < decoded->len;) {
        size_t used;
        uint32_t uc = utf8_decode(decoded->bytes + k, decoded->len - k, &used);

        if (uc < 0x20 || (uc >= 0x7f && uc < 0xa0) || (used == 1 && uc >= 0x80))
            return false;
        plain += is_alnum(view_fold(uc)) || (uc < 0x80 && strchr(" .@:_,+-", (int)uc));
        colons += uc == ':';
        blanks += uc == ' ';
        k += (uint32_t)used;
    }
    /* name:password stays closed, and goes as one secret */
    return plain * 10 >= decoded->len * 8 && !(colons == 1 && !blanks);
}

/* Values that were packed in base64 are read; tokens (eyJ...) and what is binary are not. */
static void open_base64(struct view *view)
{
    struct decoded decoded;
    const uint8_t *ch = view->ch;
    uint32_t to = 0, done = 0, i = 0;

    while (i + BASE64_LEAST <= view->len) {
        uint32_t k = i + BASE64_LEAST, end;

        while (k > i && view_classes[ch[k - 1]] & VIEW_BASE64)
            k--;
        if (k > i) {
            i = k;
            continue;
        }
        for (end = k + BASE64_LEAST; end < view->len && view_classes[view->ch[end]] & VIEW_BASE64;
             end++)
            ;
        for (k = end; k < view->len && view->ch[k] == '=' && k < end + 2; k++)
            ;
        if ((k - i) % 4 || memcmp(view->ch + i, "eyJ", 3) == 0
            || !decode_base64(view, i, k, &decoded)) {
            i = k;
            continue;
        }
        keep_all(view, &to, done, i);
        for (uint32_t b = 0, next; b < decoded.len; b = next) {
            size_t used;
            uint32_t uc = utf8_decode(decoded.bytes + b, decoded.len - b, &used), last;
            uint8_t c = fold_decoded(uc);

            next = b + (uint32_t)used;
            last = decoded.at[next] > decoded.at[b] ? decoded.at[next] - 1 : decoded.at[b];
            if (next == decoded.len)
                last = k - 1;
            if (c == FOLD_DROP)
                continue;
            view->ch[to] = c;
            view->width[to] = (uint16_t)(view->at[last] + view->width[last]
                - view->at[decoded.at[b]]);
            view->at[to++] = view->at[decoded.at[b]];
        }
        i = done = k;
    }
    keep_all(view, &to, done, view->len);
    view->len = to;
}

/* The next digit from i on, eight bytes at a time. */
static uint32_t next_digit(const struct view *view, uint32_t i)
{
    const uint64_t each = 0x0101010101010101u;

    for (uint64_t bytes; i + sizeof bytes <= view->len; i += sizeof bytes) {
        memcpy(&bytes, view->ch + i, sizeof bytes);
        bytes ^= each * '0'; /* below ten is a digit */
        if ((bytes - each * 10) & ~bytes & each * 0x80)
            break;
    }
    while (i < view->len && !view_digit(view->ch[i]))
        i++;
    return i;
}

/* O, o, l and I between digits are digits: O6-12, 198o, l2. */
static void read_letters_as_digits(struct view *view)
{
    uint8_t *ch = view->ch;
    uint32_t len = view->len, done = 0;

    for (uint32_t i = next_digit(view, 0); i < len; i = next_digit(view, done)) {
        uint32_t from = i, digits = 0;
        uint8_t all = VIEW_LIKE_DIGIT;

        while (from > done && is_alnum(ch[from - 1]))
            from--;
        for (done = from; done < len && is_alnum(ch[done]); done++) {
            all &= view_classes[ch[done]];
            digits += view_digit(ch[done]);
        }
        if (all && digits < done - from && done - from <= 3 * digits)
            for (uint32_t k = from; k < done; k++)
                if (!view_digit(ch[k]))
                    ch[k] = (ch[k] | 32) == 'o' ? '0' : '1';
    }
}

static bool line_starts(const struct reader *r, size_t i, const char *word)
{
    size_t len = strlen(word);

    return i + len <= r->len && memcmp(r->in + i, word, len) == 0;
}

/* By the line at i: RFC 5545, 3.1; RFC 6350, 3.2; RFC 2849. */
static void set_folded(struct reader *r, size_t i)
{
    if (line_starts(r, i, "BEGIN:V") || line_starts(r, i, "dn: ") || line_starts(r, i, "dn:: "))
        r->folded = true;
    else if (line_starts(r, i, "END:V") || (i < r->len && r->in[i] == '\n'))
        r->folded = false;
}

/* A word cut at the end of a line by a hyphen: "Linde-" and "laan" are one. What goes on with "van"
 * or "en" is two: "Vermeer-van Dam", "in- en uitvoer". */
static bool is_cut_word(const struct reader *r, size_t i)
{
    const struct view *view = r->view;
    uint8_t word[12];
    size_t n = 0;

    if (view->len < 3 || view->ch[view->len - 1] != '-' || !view_letter(view->ch[view->len - 2])
        || !view_letter(view->ch[view->len - 3]) || i >= r->len || r->in[i] < 'a' || r->in[i] > 'z')
        return false;
    while (n < sizeof word && i + n < r->len && r->in[i + n] >= 'a' && r->in[i + n] <= 'z') {
        word[n] = r->in[i + n];
        n++;
    }
    return n == sizeof word
        || (FEATURE_CLASS(lexicon_word(word, n)) != CLASS_TUSS
            && !(n == 2 && memcmp(word, "en", 2) == 0) && !(n == 2 && memcmp(word, "of", 2) == 0));
}

static size_t read_special(struct reader *r, size_t i)
{
    uint8_t c = r->in[i];
    size_t used = 0;

    switch (c) {
    case '&':
        return read_entity(r, i);
    case '%':
        return read_escaped(r, i, '%');
    case '\\':
        return read_backslash(r, i);
    case '<':
        used = read_key_name(r, i);
        return used ? used : read_tag(r, i);
    case '[':
        used = read_key_name(r, i);
        return used ? used : read_placeholder(r, i);
    case '=':
        if (r->word_end)
            return read_escaped(r, i, '=');
        if (i + 8 < r->len && r->in[i + 1] == '?')
            used = read_encoded_word(r, i);
        if (used || !r->quoted_printable)
            return used;
        if (i > 0 && r->in[i - 1] == '=')
            return 0; /* the padding of base64 */
        if (i + 1 < r->len && r->in[i + 1] == '\n')
            return 2 + quote_prefix(r, i + 2);
        if (i + 2 < r->len && r->in[i + 1] == '\r' && r->in[i + 2] == '\n')
            return 3 + quote_prefix(r, i + 3);
        return i + 2 < r->len && (r->in[i + 1] >= 'a' || r->in[i + 2] >= 'a')
            ? 0
            : read_escaped(r, i, '=');
    case '\n':
        /* behind <br> or </tr> the line has ended already */
        if (r->view->len && r->view->ch[r->view->len - 1] == '\n' && i > 0 && r->in[i - 1] == '>'
            && r->view->width[r->view->len - 1] > 1)
            return 1;
        used = 1 + quote_prefix(r, i + 1);
        if (r->folded && i + used + 1 < r->len && r->in[i + used] == ' '
            && r->in[i + used + 1] > ' ')
            return used + 1;
        if (is_cut_word(r, i + used)) {
            r->view->len--;
            return used;
        }
        emit(r->view, '\n', i, 1);
        set_folded(r, i + used);
        return used;
    default:
        return 0;
    }
}

/* So many bytes are copied at once. */
enum { STEP = 4 };
typedef uint32_t four __attribute__((vector_size(STEP * sizeof(uint32_t))));

/* Bytes that stand for themselves whatever surrounds them, from i on; gives where they end. */
static size_t copy_plain(struct reader *r, size_t i)
{
    static const bool stops[256] = { [0 ... 31] = true,
        [127 ... 255] = true,
        ['&'] = true,
        ['%'] = true,
        ['\\'] = true,
        ['<'] = true,
        ['['] = true,
        ['='] = true };
    static const uint16_t ones[STEP] = { 1, 1, 1, 1 };
    struct view *view = r->view;
    const uint8_t *in = r->in;
    uint8_t *ch = view->ch + view->len;
    uint16_t *width = view->width + view->len;
    uint32_t *at = view->at + view->len;
    size_t n = 0, len = r->len - i;

    for (in += i; n + STEP <= len
         && !(stops[in[n]] | stops[in[n + 1]] | stops[in[n + 2]] | stops[in[n + 3]]);
         n += STEP) {
        four places = (uint32_t)(i + n) + (four) { 0, 1, 2, 3 };

        memcpy(ch + n, in + n, STEP);
        memcpy(width + n, ones, sizeof ones);
        memcpy(at + n, &places, sizeof places);
    }
    for (; n < len && !stops[in[n]]; n++) {
        ch[n] = in[n];
        at[n] = (uint32_t)(i + n);
        width[n] = 1;
    }
    view->len += (uint32_t)n;
    return i + n;
}

/* Marks that belong to the character before: accents, the frame of a key, how an emoji looks. */
static bool is_combining(uint32_t uc)
{
    return (uc >= 0x300 && uc < 0x370) || uc == 0x20e3 || uc == 0xfe0f;
}

/* Terminals show where they wrapped a line by an arrow; the line goes on behind quote and blanks.
 */
static size_t wrapped_end(const struct reader *r, size_t i)
{
    i += quote_prefix(r, i);
    while (i < r->len && r->in[i] == ' ')
        i++;
    return i;
}

void view_reserve(struct view *view, size_t len, struct arena *arena)
{
    if (view->size > len)
        return;
    view->size = (uint32_t)len + 1;
    view->ch = arena_alloc(arena, view->size);
    view->at = arena_array(arena, view->size, sizeof *view->at);
    view->width = arena_array(arena, view->size, sizeof *view->width);
}

void view_make(struct view *view, struct span text, struct arena *arena)
{
    struct reader r = { .in = (const uint8_t *)text.at, .len = text.len, .view = view };
    size_t i;

    view->text = text;
    view->len = 0;
    view_reserve(view, text.len, arena);
    if (!text.len)
        return;
    r.quoted_printable = is_quoted_printable(text);
    i = quote_prefix(&r, 0);
    set_folded(&r, i);
    while (i < r.len) {
        size_t used = 0;

        if (!r.word_end) {
            i = copy_plain(&r, i);
            if (i >= r.len)
                break;
        }
        if (r.word_end && i >= r.word_end) {
            i = r.word_end + 2;
            r.word_end = 0;
            continue;
        }
        if (r.word_end && r.in[i] == '_') {
            emit(view, ' ', i, 1);
            i++;
            continue;
        }
        if (r.in[i] < 0x80)
            used = read_special(&r, i);
        if (!used) {
            uint32_t uc = utf8_decode(r.in + i, r.len - i, &used);

            if (uc == 0x21b5 && i + used < r.len && r.in[i + used] == '\n')
                used = wrapped_end(&r, i + used + 1) - i;
            else if (is_combining(uc) && view->len
                && view->at[view->len - 1] + view->width[view->len - 1] == i)
                view->width[view->len - 1] = (uint16_t)(view->width[view->len - 1] + used);
            else
                emit(view, view_fold(uc), i, used);
        }
        i += used;
    }
    open_base64(view);
    close_spaced(view);
    read_letters_as_digits(view);
}
