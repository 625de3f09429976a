#include "mime/tnef.h"

#include <string.h>

/* MS-OXTNEF, 2.1.3.2: attributes, and MS-OXPROPS: the properties that hold words or files. */
enum {
    LEVEL_MESSAGE = 1,
    LEVEL_FILE = 2,
    ATT_BODY = 0x0002800C,
    ATT_PROPERTIES = 0x00069003,
    ATT_CODEPAGE = 0x00069007,
    ATT_FILE_BEGINS = 0x00069002,
    ATT_FILE_NAME = 0x00018010,
    ATT_FILE_DATA = 0x0006800F,
    ATT_FILE_PROPERTIES = 0x00069005,
    BODY = 0x1000,
    BODY_RTF = 0x1009,
    BODY_HTML = 0x1013,
    NAME = 0x3001,
    DATA = 0x3701,
    FILE_NAME = 0x3704,
    FILE_NAME_LONG = 0x3707,
    CODEPAGE = 0x3FDE,
};

enum type {
    TYPE_SHORT = 0x02,
    TYPE_LONG = 0x03,
    TYPE_FLOAT = 0x04,
    TYPE_DOUBLE = 0x05,
    TYPE_CURRENCY = 0x06,
    TYPE_TIME_OLD = 0x07,
    TYPE_ERROR = 0x0A,
    TYPE_BOOLEAN = 0x0B,
    TYPE_OBJECT = 0x0D,
    TYPE_LONG_8 = 0x14,
    TYPE_TEXT = 0x1E,
    TYPE_TEXT_16 = 0x1F,
    TYPE_TIME = 0x40,
    TYPE_GUID = 0x48,
    TYPE_BINARY = 0x102,
    TYPE_SEVERAL = 0x1000,
};

enum { GUID = 16, PROPERTIES_MOST = 10000, VALUES_MOST = 10000 };

struct reader {
    struct span rest;
    bool failed; /* it ended too early; what is read then is empty */
};

struct unpacker {
    struct charsets *charsets;
    struct arena *arena;
    struct tnef *tnef;
    unsigned codepage;
    struct tnef_file nowhere; /* what belongs to no file */
};

static struct span take(struct reader *r, size_t len)
{
    struct span taken = span_part(r->rest, 0, len);

    r->failed |= taken.len < len;
    r->rest = span_part(r->rest, len, r->rest.len);
    return taken;
}

static uint32_t take_number(struct reader *r, size_t bytes)
{
    struct span taken = take(r, bytes);
    uint32_t number = 0;

    for (size_t i = taken.len; i-- > 0 && taken.len == bytes;)
        number = number << 8 | (unsigned char)taken.at[i];
    return number;
}

static const char *codepage_name(const struct unpacker *u)
{
    return u->codepage == 65001 ? "utf-8"
        : u->codepage == 20127 || !u->codepage
        ? ""
        : arena_printf(u->arena, u->codepage < 1250 || u->codepage > 1258 ? "cp%u" : "windows-%u",
            u->codepage);
}

static struct span without_zeros(struct span text, size_t width)
{
    while (text.len >= width && memcmp(text.at + text.len - width, "\0\0", width) == 0)
        text.len -= width;
    return text;
}

static const char *decoded_name(struct unpacker *u, struct span name, bool wide)
{
    struct buf out = { .arena = u->arena };

    name = without_zeros(name, wide ? 2 : 1);
    charset_decode(u->charsets, wide ? "utf-16le" : codepage_name(u), name, &out);
    return buf_string(&out);
}

static void add_text(struct unpacker *u, const char *type, const char *charset, struct span bytes)
{
    struct tnef *t = u->tnef;

    if (!bytes.len)
        return;
    if (t->text_count == TNEF_TEXTS_MOST) {
        t->cut = true;
        return;
    }
    t->texts[t->text_count++] = (struct tnef_text) { type, charset, bytes };
}

static struct tnef_file *file(struct unpacker *u)
{
    return u->tnef->file_count ? &u->tnef->files[u->tnef->file_count - 1] : &u->nowhere;
}

/* MS-OXRTFCP: what RTF is packed with. Two bytes give at most seventeen. */
static struct span unpack_rtf(struct unpacker *u, struct span packed)
{
    static const char start[]
        = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss "
          "\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
          "{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
    enum { WINDOW = 4096 };
    char window[WINDOW] = { 0 };
    struct reader r = { .rest = packed };
    struct buf out = { .arena = u->arena };
    size_t at = sizeof start - 1, most;
    uint32_t kind;

    take(&r, 4); /* the packed size */
    most = take_number(&r, 4);
    kind = take_number(&r, 4);
    take(&r, 4); /* a checksum */
    if (r.failed || kind == 0x414C454D) /* "MELA": not packed */
        return span_part(r.rest, 0, most);
    if (kind != 0x75465A4C) /* "LZFu" */
        return (struct span) { NULL, 0 };
    memcpy(window, start, at);
    while (r.rest.len && out.len < most) {
        uint32_t flags = take_number(&r, 1);

        for (int bit = 0; bit < 8 && r.rest.len && out.len < most; bit++) {
            unsigned reference, len;

            if (!(flags >> bit & 1)) {
                window[at] = take(&r, 1).at[0];
                buf_char(&out, window[at]);
                at = (at + 1) % WINDOW;
                continue;
            }
            if (r.rest.len < 2)
                return buf_span(&out);
            reference = take_number(&r, 1) << 8;
            reference |= take_number(&r, 1);
            len = (reference & 15) + 2;
            reference >>= 4;
            if (reference == at) /* the end */
                return buf_span(&out);
            while (len-- && out.len < most) {
                window[at] = window[reference];
                buf_char(&out, window[at]);
                reference = (reference + 1) % WINDOW;
                at = (at + 1) % WINDOW;
            }
        }
    }
    return buf_span(&out);
}

static void take_value(
    struct unpacker *u, unsigned id, unsigned type, struct span value, bool of_file)
{
    bool wide = type == TYPE_TEXT_16, words = wide || type == TYPE_TEXT;
    const char *charset = wide ? "utf-16le" : codepage_name(u);

    if (of_file && words && (id == FILE_NAME_LONG || (id == FILE_NAME && !*file(u)->name)))
        file(u)->name = decoded_name(u, value, wide);
    else if (of_file && words && id == NAME && !*file(u)->name)
        file(u)->name = decoded_name(u, value, wide);
    else if (of_file && id == DATA && type == TYPE_BINARY && !file(u)->bytes.len)
        file(u)->bytes = value;
    else if (of_file && id == DATA && type == TYPE_OBJECT)
        file(u)->bytes = span_part(value, GUID, value.len);
    else if (!of_file && words && id == BODY)
        add_text(u, "text/plain", charset, without_zeros(value, wide ? 2 : 1));
    else if (!of_file && id == BODY_HTML && (words || type == TYPE_BINARY))
        add_text(
            u, "text/html", words ? charset : codepage_name(u), without_zeros(value, wide ? 2 : 1));
    else if (!of_file && id == BODY_RTF && type == TYPE_BINARY)
        add_text(u, "text/rtf", "", without_zeros(unpack_rtf(u, value), 1));
}

/* Bytes of a value of fixed size; 0 for those that state theirs. */
static size_t fixed_size(unsigned type)
{
    switch (type) {
    case TYPE_SHORT:
    case TYPE_LONG:
    case TYPE_FLOAT:
    case TYPE_ERROR:
    case TYPE_BOOLEAN:
        return 4;
    case TYPE_DOUBLE:
    case TYPE_CURRENCY:
    case TYPE_TIME_OLD:
    case TYPE_LONG_8:
    case TYPE_TIME:
        return 8;
    case TYPE_GUID:
        return GUID;
    default:
        return 0;
    }
}

static void pass_name(struct reader *r)
{
    take(r, GUID);
    if (take_number(r, 4)) {
        size_t len = take_number(r, 4);

        take(r, len + (4 - len % 4) % 4);
    } else
        take(r, 4);
}

/* 2.1.3.4: properties. */
static void take_properties(struct unpacker *u, struct span bytes, bool of_file)
{
    struct reader r = { .rest = bytes };
    uint32_t count = take_number(&r, 4);

    for (uint32_t i = 0; i < count && !r.failed; i++) {
        unsigned type = take_number(&r, 2), id = take_number(&r, 2);
        bool several = type & TYPE_SEVERAL;
        uint32_t values;
        size_t size;

        if (i > PROPERTIES_MOST)
            r.failed = true;
        if (id >= 0x8000)
            pass_name(&r);
        type &= ~(unsigned)TYPE_SEVERAL;
        size = fixed_size(type);
        if (!size && type != TYPE_TEXT && type != TYPE_TEXT_16 && type != TYPE_BINARY
            && type != TYPE_OBJECT) {
            r.failed = true;
            break;
        }
        values = several || !size ? take_number(&r, 4) : 1;
        for (uint32_t v = 0; v < values && !r.failed; v++) {
            size_t len = size ? size : take_number(&r, 4);
            struct span value = take(&r, len);

            if (v > VALUES_MOST)
                r.failed = true;
            take(&r, (4 - len % 4) % 4);
            if (!size && !several)
                take_value(u, id, type, value, of_file);
            else if (id == CODEPAGE && type == TYPE_LONG && !r.failed && !of_file)
                u->codepage = (unsigned char)value.at[0] | (unsigned char)value.at[1] << 8;
        }
    }
    u->tnef->cut |= r.failed;
}

static void take_attribute(struct unpacker *u, unsigned level, uint32_t id, struct span data)
{
    struct reader r = { .rest = data };

    if (level == LEVEL_FILE && id == ATT_FILE_BEGINS) {
        if (u->tnef->file_count == TNEF_FILES_MOST)
            u->tnef->cut = true;
        else
            u->tnef->files[u->tnef->file_count++] = (struct tnef_file) { .name = "" };
    } else if (level == LEVEL_FILE && id == ATT_FILE_NAME && !*file(u)->name)
        file(u)->name = decoded_name(u, data, false);
    else if (level == LEVEL_FILE && id == ATT_FILE_DATA)
        file(u)->bytes = data;
    else if (level == LEVEL_FILE && id == ATT_FILE_PROPERTIES)
        take_properties(u, data, true);
    else if (id == ATT_CODEPAGE)
        u->codepage = take_number(&r, 4) & 0xFFFF;
    else if (id == ATT_BODY)
        add_text(u, "text/plain", codepage_name(u), without_zeros(data, 1));
    else if (id == ATT_PROPERTIES)
        take_properties(u, data, false);
}

bool tnef_is(struct span bytes)
{
    return span_starts(bytes, SPAN("\x78\x9F\x3E\x22"));
}

void tnef_open(struct span bytes, struct charsets *charsets, struct arena *arena, struct tnef *tnef)
{
    struct unpacker u
        = { .charsets = charsets, .arena = arena, .tnef = tnef, .nowhere = { .name = "" } };
    struct reader r = { .rest = span_part(bytes, 6, bytes.len) }; /* signature and a key */

    *tnef = (struct tnef) { .cut = !tnef_is(bytes) };
    while (r.rest.len && !r.failed && !tnef->cut) {
        unsigned level = take_number(&r, 1);
        uint32_t id = take_number(&r, 4);
        struct span data = take(&r, take_number(&r, 4));

        take(&r, 2); /* a checksum */
        if (level != LEVEL_MESSAGE && level != LEVEL_FILE)
            break;
        take_attribute(&u, level, id, data);
    }
    tnef->cut |= r.failed || r.rest.len > 0;
}
