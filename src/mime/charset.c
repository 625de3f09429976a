#include "mime/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

/* The charsets that mail really comes in (names of glibc), each opened once. */
static const char *const known[] = { "UTF-8", "CP1252", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4",
    "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-10",
    "ISO-8859-11", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "ISO-8859-16", "CP1250", "CP1251",
    "CP1253", "CP1254", "CP1255", "CP1256", "CP1257", "CP1258", "CP437", "CP850", "CP852", "CP858",
    "CP866", "CP874", "KOI8-R", "KOI8-U", "MACINTOSH", "MAC-CYRILLIC", "CP932", "EUC-JP",
    "ISO-2022-JP", "ISO-2022-JP-2", "ISO-2022-KR", "CP949", "GB18030", "BIG5-HKSCS", "EUC-TW",
    "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE", "TIS-620", "VISCII",
    "ARMSCII-8", "GEORGIAN-PS", "HP-ROMAN8" };

enum { UTF_8 = 0, WINDOWS_1252 = 1 };

/* Other words for them. Latin-1 and ASCII are read as windows-1252, of which they are a part: what
 * says latin-1 and has bytes from 80 to 9F means windows-1252 (WHATWG Encoding, 4.2). */
static const struct {
    const char *said, *means;
} aliases[] = { { "utf8", "UTF-8" }, { "unicode-1-1-utf-8", "UTF-8" }, { "utf-8mb4", "UTF-8" },
    { "iso-8859-1", "CP1252" }, { "iso8859-1", "CP1252" }, { "iso_8859-1", "CP1252" },
    { "latin1", "CP1252" }, { "latin-1", "CP1252" }, { "l1", "CP1252" }, { "ansi", "CP1252" },
    { "windows1252", "CP1252" }, { "x-ansi", "CP1252" }, { "cp819", "CP1252" },
    { "windows-874", "CP874" }, { "windows-936", "GB18030" }, { "windows-31j", "CP932" },
    { "latin2", "ISO-8859-2" }, { "latin5", "ISO-8859-9" }, { "latin9", "ISO-8859-15" },
    { "latin-9", "ISO-8859-15" }, { "l9", "ISO-8859-15" }, { "iso-8859-8-i", "ISO-8859-8" },
    { "iso-8859-8-e", "ISO-8859-8" }, { "iso-8859-6-i", "ISO-8859-6" },
    { "iso-8859-6-e", "ISO-8859-6" }, { "koi8r", "KOI8-R" }, { "koi8u", "KOI8-U" },
    { "koi8-ru", "KOI8-U" }, { "mac", "MACINTOSH" }, { "macroman", "MACINTOSH" },
    { "x-mac-roman", "MACINTOSH" }, { "x-mac-cyrillic", "MAC-CYRILLIC" }, { "shift_jis", "CP932" },
    { "shift-jis", "CP932" }, { "sjis", "CP932" }, { "x-sjis", "CP932" }, { "ms_kanji", "CP932" },
    { "eucjp", "EUC-JP" }, { "x-euc-jp", "EUC-JP" }, { "ks_c_5601-1987", "CP949" },
    { "ksc5601", "CP949" }, { "euc-kr", "CP949" }, { "euckr", "CP949" }, { "gb2312", "GB18030" },
    { "gb_2312-80", "GB18030" }, { "gbk", "GB18030" }, { "x-gbk", "GB18030" },
    { "cp936", "GB18030" }, { "euc-cn", "GB18030" }, { "big5", "BIG5-HKSCS" },
    { "big-5", "BIG5-HKSCS" }, { "x-x-big5", "BIG5-HKSCS" }, { "cp950", "BIG5-HKSCS" },
    { "ucs-2", "UTF-16" }, { "iso-10646-ucs-2", "UTF-16" }, { "ibm437", "CP437" },
    { "ibm850", "CP850" }, { "ibm852", "CP852" }, { "ibm858", "CP858" }, { "ibm866", "CP866" } };

/* No charset, or ASCII: what the bytes look like decides. */
static const char *const no_charset[] = { "", "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us",
    "unknown-8bit", "x-unknown", "unknown", "default", "x-user-defined", "_iso-8859-1", "8bit",
    "7bit", "binary", "none", "x-roman8", "default_charset", "us_ascii", "usascii", "asciii" };

struct charsets {
    iconv_t at[COUNT(known)];
};

struct charsets *charset_warm(void)
{
    struct charsets *charsets = calloc(1, sizeof *charsets);

    if (!charsets)
        abort();
    for (size_t i = 0; i < COUNT(known); i++) {
        char in[] = "a", out[32], *from = in, *to = out;
        size_t have = 1, room = sizeof out;

        charsets->at[i] = iconv_open("UTF-8", known[i]);
        /* One conversion, so that nothing is left to be loaded later. */
        if (charsets->at[i] != (iconv_t)-1) {
            iconv(charsets->at[i], &from, &have, &to, &room);
            iconv(charsets->at[i], NULL, NULL, NULL, NULL);
        }
    }
    return charsets;
}

void charset_free(struct charsets **charsets)
{
    if (!*charsets)
        return;
    for (size_t i = 0; i < COUNT(known); i++)
        if ((*charsets)->at[i] != (iconv_t)-1)
            iconv_close((*charsets)->at[i]);
    free(*charsets);
    *charsets = NULL;
}

bool charset_is_utf8(struct span bytes)
{
    return bytes.len == 0 || !u8_check((const uint8_t *)bytes.at, bytes.len);
}

enum { NOT_KNOWN = -1, NOT_SAID = -2 };

static int place_of(const char *glibc_name)
{
    for (size_t i = 0; i < COUNT(known); i++)
        if (span_equal_nocase(span_of(known[i]), span_of(glibc_name)))
            return (int)i;
    return NOT_KNOWN;
}

/* The place among the known of what a mail says; language tags of RFC 2231 and quotes taken off. */
static int find(struct span said)
{
    static const char *const in_front[] = { "windows-", "cp-", "ibm", "x-cp", "x-windows-", "win" };
    char name[40];

    said = span_trim(said);
    if (said.len && (said.at[0] == '"' || said.at[0] == '\''))
        said = span_part(said, 1, said.len);
    for (size_t i = 0; i < said.len; i++)
        if (strchr("*\"'; ,", said.at[i]))
            said.len = i;
    for (size_t i = 0; i < COUNT(no_charset); i++)
        if (span_equal_nocase(said, span_of(no_charset[i])))
            return NOT_SAID;
    for (size_t i = 0; i < COUNT(aliases); i++)
        if (span_equal_nocase(said, span_of(aliases[i].said)))
            return place_of(aliases[i].means);
    if (said.len >= sizeof name - 4)
        return NOT_KNOWN;
    memcpy(name, said.at, said.len);
    name[said.len] = '\0';
    if (place_of(name) >= 0)
        return place_of(name);
    for (size_t i = 0; i < COUNT(in_front); i++)
        if (span_starts_nocase(said, span_of(in_front[i]))) {
            struct span number = span_part(said, strlen(in_front[i]), said.len);

            memcpy(name, "CP", 2);
            memcpy(name + 2, number.at, number.len);
            name[number.len + 2] = '\0';
            return place_of(name);
        }
    if (span_starts_nocase(said, SPAN("iso8859-")) || span_starts_nocase(said, SPAN("iso_8859-"))) {
        size_t skip = said.at[3] == '_' ? 4 : 3;

        memcpy(name, "ISO-", 4);
        memcpy(name + 4, said.at + skip, said.len - skip);
        name[4 + said.len - skip] = '\0';
        return place_of(name);
    }
    return NOT_KNOWN;
}

static const struct span replacement = { "\xEF\xBF\xBD", 3 };

static enum charset_result convert(iconv_t converter, struct span bytes, struct buf *out)
{
    /* iconv's argument is not const, yet it does not write there. */
    union {
        const char *read;
        char *given;
    } from = { .read = bytes.at };
    size_t left = bytes.len;
    enum charset_result result = CHARSET_FINE;

    iconv(converter, NULL, NULL, NULL, NULL);
    while (left) {
        char chunk[4096], *to = chunk;
        size_t room = sizeof chunk, got = iconv(converter, &from.given, &left, &to, &room);
        int why = errno;

        buf_add(out, (struct span) { chunk, sizeof chunk - room });
        if (got == (size_t)-1 && why != E2BIG) { /* EILSEQ, or EINVAL: cut within a character */
            buf_add(out, replacement);
            from.read++;
            left--;
            result = CHARSET_DAMAGED;
        }
    }
    return result;
}

/* UTF-8 with U+FFFD for each byte that has no place in it. */
static enum charset_result mend_utf8(struct span bytes, struct buf *out)
{
    const uint8_t *at = (const uint8_t *)bytes.at;
    size_t left = bytes.len;
    enum charset_result result = CHARSET_FINE;

    while (left) {
        const uint8_t *wrong = u8_check(at, left);
        size_t good = wrong ? (size_t)(wrong - at) : left;

        buf_add(out, (struct span) { (const char *)at, good });
        at += good;
        left -= good;
        if (left) {
            buf_add(out, replacement);
            at++;
            left--;
            result = CHARSET_DAMAGED;
        }
    }
    return result;
}

/* windows-1252 leaves five bytes without a meaning; they become U+FFFD. */
static enum charset_result from_windows(
    struct charsets *charsets, struct span bytes, struct buf *out)
{
    if (charsets->at[WINDOWS_1252] == (iconv_t)-1)
        return mend_utf8(bytes, out);
    return convert(charsets->at[WINDOWS_1252], bytes, out);
}

/* ---- guesses ---- */

enum { LOOKED_AT = 4096 };

/* UTF-16 by its mark, or by the zero bytes that letters of Europe have in it. */
static const char *wide_charset(struct span bytes)
{
    size_t zero[2] = { 0, 0 }, len = bytes.len < LOOKED_AT ? bytes.len & ~(size_t)1 : LOOKED_AT;

    if (span_starts(bytes, SPAN("\xFF\xFE")))
        return "UTF-16LE";
    if (span_starts(bytes, SPAN("\xFE\xFF")))
        return "UTF-16BE";
    for (size_t i = 0; i < len; i++)
        zero[i & 1] += bytes.at[i] == '\0';
    if (len < 4 || (zero[0] && zero[1]) || zero[0] + zero[1] < len * 3 / 8)
        return NULL;
    return zero[0] ? "UTF-16BE" : "UTF-16LE";
}

bool charset_is_binary(struct span bytes)
{
    size_t odd = 0;

    bytes = span_part(bytes, 0, LOOKED_AT);
    if (wide_charset(bytes))
        return false;
    for (size_t i = 0; i < bytes.len; i++)
        odd += (unsigned char)bytes.at[i] < 32
            && !strchr("\t\n\r\f\x1B", bytes.at[i] ? bytes.at[i] : 1);
    return odd > bytes.len / 50;
}

/* The escapes to Japanese letters and back (RFC 1468). */
static bool is_japanese(struct span bytes)
{
    return (span_find(bytes, SPAN("\x1B$B"), 0) != SPAN_NOWHERE
               || span_find(bytes, SPAN("\x1B$@"), 0) != SPAN_NOWHERE)
        && (span_find(bytes, SPAN("\x1B(B"), 0) != SPAN_NOWHERE
            || span_find(bytes, SPAN("\x1B(J"), 0) != SPAN_NOWHERE);
}

static bool has_high(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if ((unsigned char)bytes.at[i] >= 0x80)
            return true;
    return false;
}

/* Bytes that are said to be UTF-8 and hold letters beyond ASCII, none of them in UTF-8. What is
 * only cut at its end, or written in too long a form (RFC 3629, 10), is damaged UTF-8. */
static bool is_no_utf8(struct span bytes)
{
    const uint8_t *at = (const uint8_t *)bytes.at;

    for (size_t i = 0; i < bytes.len; i++) {
        ucs4_t c;

        if (at[i] < 0x80)
            continue;
        if (u8_mbtoucr(&c, at + i, bytes.len - i) > 0
            || u8_mbtoucr(&c, at + i, bytes.len - i) == -2)
            return false;
        if ((at[i] == 0xC0 || at[i] == 0xC1) && i + 1 < bytes.len && (at[i + 1] & 0xC0) == 0x80)
            return false;
    }
    return true;
}

/* What the bytes look like, where nothing says so. */
static enum charset_result guess(struct charsets *charsets, struct span bytes, struct buf *out)
{
    const char *wide = wide_charset(bytes);
    int place = wide             ? place_of(wide)
        : is_japanese(bytes)     ? place_of("ISO-2022-JP")
        : charset_is_utf8(bytes) ? UTF_8
                                 : WINDOWS_1252;

    if (place == UTF_8 || charsets->at[place] == (iconv_t)-1)
        return mend_utf8(bytes, out);
    convert(charsets->at[place], bytes, out);
    return CHARSET_GUESSED;
}

/* Whether the bytes show that the charset at this place cannot be theirs. */
static bool is_wrong(int place, struct span bytes)
{
    if (place == UTF_8)
        return !charset_is_utf8(bytes) && (wide_charset(bytes) || is_no_utf8(bytes));
    if (place == WINDOWS_1252)
        return has_high(bytes) && charset_is_utf8(bytes);
    return span_starts(span_of(known[place]), SPAN("UTF-")) && bytes.len
        && !memchr(bytes.at, '\0', bytes.len) && charset_is_utf8(bytes);
}

enum charset_result charset_decode(
    struct charsets *charsets, const char *name, struct span bytes, struct buf *out)
{
    int place = find(span_of(name ? name : ""));

    if (place == NOT_SAID)
        return guess(charsets, bytes, out);
    if (place == NOT_KNOWN || charsets->at[place] == (iconv_t)-1) {
        if (charset_is_utf8(bytes)) /* and not guess(): what is not known may hide its text */
            buf_add(out, bytes);
        else
            from_windows(charsets, bytes, out);
        return CHARSET_UNKNOWN;
    }
    if (is_wrong(place, bytes)) {
        guess(charsets, bytes, out);
        return CHARSET_GUESSED;
    }
    if (place == UTF_8)
        return mend_utf8(bytes, out);
    return convert(charsets->at[place], bytes, out);
}

/* Directional marks, invisible operators, tags and line separators (Unicode 15, general category Cf
 * and Zl, Zp; UTR 36, 2.5). Joiners stay after letters that need them and within emoji. */
static bool is_unseen(ucs4_t c, bool after_ascii)
{
    if (c == '\n' || c == '\t')
        return false;
    if (c < 0x20 || (c >= 0x7F && c < 0xA0))
        return true;
    if (c == 0x200C || c == 0x200D)
        return after_ascii;
    return c == 0x61C || c == 0x180E || c == 0x200B || c == 0x200E || c == 0x200F
        || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF
        || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

void charset_show(struct span utf8, bool in_line, struct buf *out)
{
    const uint8_t *at = (const uint8_t *)(utf8.len ? utf8.at : ""), *end = at + utf8.len,
                  *plain = at;
    bool after_ascii = true;

    if (utf8.len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        plain = at += 3; /* a byte order mark says nothing here */
    while (at < end) {
        ucs4_t c = *at;
        int len = c < 0x80 ? 1 : u8_mbtouc(&c, at, (size_t)(end - at));
        bool line = c == '\r' || (in_line && (c == '\n' || c == '\t'));

        if (line || is_unseen(c, after_ascii)) {
            buf_add(out, (struct span) { (const char *)plain, (size_t)(at - plain) });
            if (line && in_line)
                buf_char(out, ' ');
            else if (line) {
                buf_char(out, '\n');
                if (at + 1 < end && at[1] == '\n')
                    len = 2;
            } else {
                size_t times = 1;

                while (end - at >= 2 * len && memcmp(at, at + len, (size_t)len) == 0) {
                    at += len;
                    times++;
                }
                buf_printf(out, "<U+%04X>", (unsigned)c);
                if (times > 1)
                    buf_printf(out, "*%zu", times);
            }
            plain = at + len;
        }
        at += len;
        after_ascii = c < 0x80;
    }
    if (plain < end)
        buf_add(out, (struct span) { (const char *)plain, (size_t)(end - plain) });
}
