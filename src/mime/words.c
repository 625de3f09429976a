#include "mime/words.h"

#include "mime/transfer.h"

#include <string.h>

/* RFC 2047 allows 75 characters; programs that never heard of that write whole subjects. Bounded so
 * that a field full of beginnings costs no quadratic time. */
enum { LONGEST_WORD = 4096 };

struct span words_unfold(struct span value, struct arena *arena)
{
    struct buf out = { .arena = arena };
    size_t plain = 0;

    value = span_trim(value);
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] == '\r' || value.at[i] == '\n') {
            bool blank = i + 1 < value.len && strchr(" \t\r\n", value.at[i + 1]);

            buf_add(&out, span_part(value, plain, i));
            if (!blank) /* a bare CR or LF within a line parts words, and never joins them */
                buf_char(&out, ' ');
            plain = i + 1;
        }
    if (plain == 0)
        return value;
    buf_add(&out, span_part(value, plain, value.len));
    return buf_span(&out);
}

struct word {
    struct span charset, text;
    char encoding; /* 'q' or 'b' */
    size_t end; /* behind the word */
};

/* An encoded word at this place. Blanks within the text are against the RFC and in the mail. */
static bool word_at(struct span value, size_t at, struct word *word)
{
    struct span window = span_part(value, at, at + LONGEST_WORD);
    size_t first, end;

    if (!span_starts(window, SPAN("=?")))
        return false;
    first = span_find_char(window, '?', 2);
    if (first == SPAN_NOWHERE || first == 2 || first > 64 || first + 2 >= window.len
        || window.at[first + 2] != '?')
        return false;
    word->charset = span_part(window, 2, first);
    word->encoding = (char)(window.at[first + 1] | 0x20);
    if (word->encoding != 'q' && word->encoding != 'b')
        return false;
    /* "=?utf-8?Q?=?=": the text may end in a '=' of its own only as the start of "=3D". */
    end = span_find(window, SPAN("?="), first + 3);
    if (end == SPAN_NOWHERE)
        return false;
    word->text = span_part(window, first + 3, end);
    word->end = at + end + 2;
    return true;
}

static int hex(char c)
{
    const char *digits = "0123456789abcdef", *hit = c ? strchr(digits, c | 0x20) : NULL;

    return hit && (c >= 'A' || (c >= '0' && c <= '9')) ? (int)(hit - digits) : -1;
}

static void add_bytes(const struct word *word, struct arena *arena, struct buf *bytes)
{
    bool odd = false;

    if (word->encoding == 'b') {
        buf_add(bytes, transfer_decode(word->text, TRANSFER_BASE64, arena, &odd));
        return;
    }
    for (size_t i = 0; i < word->text.len; i++) {
        char c = word->text.at[i];

        if (c == '=' && i + 2 < word->text.len && hex(word->text.at[i + 1]) >= 0
            && hex(word->text.at[i + 2]) >= 0) {
            buf_char(bytes,
                (char)((unsigned)hex(word->text.at[i + 1]) << 4
                    | (unsigned)hex(word->text.at[i + 2])));
            i += 2;
        } else
            buf_char(bytes, c == '_' ? ' ' : c);
    }
}

/* A character may be cut over two words of one charset (against RFC 2047, 5 (3), and common), so
 * words are converted together as long as the charset stays. */
struct pending {
    struct buf bytes;
    struct span charset;
};

static void flush(struct charsets *charsets, struct pending *pending, struct buf *out)
{
    char name[65] = "";

    if (!pending->charset.len)
        return;
    memcpy(name, pending->charset.at, pending->charset.len);
    charset_decode(charsets, name, buf_span(&pending->bytes), out);
    pending->bytes.len = 0;
    pending->charset.len = 0;
}

const char *words_decode(struct charsets *charsets, struct span value, struct arena *arena)
{
    struct buf out = { .arena = arena }, shown = { .arena = arena };
    struct pending pending = { .bytes = { .arena = arena } };
    size_t plain = 0;

    value = words_unfold(value, arena);
    for (size_t i = span_find(value, SPAN("=?"), 0); i != SPAN_NOWHERE;
         i = span_find(value, SPAN("=?"), i)) {
        struct word word;
        struct span between = span_part(value, plain, i);

        if (!word_at(value, i, &word)) {
            i += 2;
            continue;
        }
        /* RFC 2047, 6.2: blanks between two encoded words are not there. */
        if (!pending.charset.len || span_trim(between).len) {
            flush(charsets, &pending, &out);
            charset_decode(charsets, "", between, &out);
        }
        if (!span_equal_nocase(pending.charset, word.charset))
            flush(charsets, &pending, &out);
        add_bytes(&word, arena, &pending.bytes);
        pending.charset = word.charset;
        plain = i = word.end;
    }
    flush(charsets, &pending, &out);
    charset_decode(charsets, "", span_part(value, plain, value.len), &out);
    charset_show(buf_span(&out), true, &shown);
    return arena_text(arena, span_trim(buf_span(&shown)));
}
