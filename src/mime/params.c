#include "mime/params.h"

#include "mime/words.h"

#include <string.h>

/* One "name=value" as it stands. RFC 2231 cuts a value in numbered pieces ("name*0*=…"). */
struct segment {
    struct span name; /* without the marks */
    struct span value; /* quotes off */
    int number; /* -1: not numbered */
    bool percent; /* ends in '*': percent-encoded */
    bool used;
};

struct segments {
    struct segment at[PARAMS_MOST];
    size_t count;
    bool odd;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Skips blanks and comments, which nest. */
static size_t skip(struct span text, size_t at)
{
    size_t depth = 0;

    for (; at < text.len; at++) {
        char c = text.at[at];

        if (c == '(')
            depth++;
        else if (depth && c == ')')
            depth--;
        else if (depth && c == '\\')
            at++;
        else if (!depth && !is_blank(c))
            return at;
    }
    return text.len;
}

/* A quoted string from behind its opening quote. A backslash counts only before a quote or a
 * backslash: some programs write C:\names\like.this. */
static size_t quoted(
    struct span text, size_t at, struct arena *arena, struct span *value, bool *odd)
{
    struct buf out = { .arena = arena };

    for (; at < text.len && text.at[at] != '"'; at++) {
        if (text.at[at] == '\\' && at + 1 < text.len && strchr("\"\\", text.at[at + 1]))
            at++;
        if (text.at[at] != '\r' && text.at[at] != '\n')
            buf_char(&out, text.at[at]);
    }
    *value = buf_span(&out);
    if (at >= text.len) {
        *odd = true;
        return at;
    }
    return at + 1;
}

static size_t bare(struct span text, size_t at, struct span *value)
{
    size_t start = at;

    while (at < text.len && text.at[at] != ';' && text.at[at] != '\n')
        at++;
    *value = span_part(text, start, at);
    for (size_t i = 0; i + 1 < value->len; i++) /* a comment ends it */
        if (is_blank(value->at[i]) && value->at[i + 1] == '(')
            value->len = i;
    *value = span_trim(*value);
    return at;
}

static void name_of(struct span text, struct segment *segment)
{
    size_t star;

    *segment = (struct segment) { .number = -1 };
    if (text.len && text.at[text.len - 1] == '*') {
        segment->percent = true;
        text.len--;
    }
    star = span_find_char(text, '*', 0);
    if (star != SPAN_NOWHERE && star + 1 < text.len && text.len - star <= 4) {
        int number = 0;

        for (size_t i = star + 1; i < text.len; i++) {
            if (text.at[i] < '0' || text.at[i] > '9') {
                number = -1;
                break;
            }
            number = number * 10 + (text.at[i] - '0');
        }
        segment->number = number;
        if (number >= 0)
            text.len = star;
    }
    segment->name = text;
}

static void cut(struct span text, size_t at, struct arena *arena, struct segments *segments)
{
    while (at < text.len) {
        struct segment segment;
        size_t start, end;

        at = skip(text, at);
        if (at < text.len && strchr(";,", text.at[at] ? text.at[at] : 'x')) {
            at++;
            continue;
        }
        start = at;
        while (at < text.len && text.at[at] != '=' && text.at[at] != ';')
            at++;
        end = at;
        if (at >= text.len || text.at[at] == ';') {
            if (span_trim(span_part(text, start, end)).len)
                segments->odd = true; /* neither a name nor a value */
            continue;
        }
        name_of(span_trim(span_part(text, start, end)), &segment);
        at = skip(text, at + 1);
        if (at < text.len && text.at[at] == '"') {
            at = skip(text, quoted(text, at + 1, arena, &segment.value, &segments->odd));
            if (at < text.len && text.at[at] != ';')
                segments->odd = true;
        } else
            at = bare(text, at, &segment.value);
        if (!segment.name.len)
            segments->odd = true;
        else if (segments->count < PARAMS_MOST)
            segments->at[segments->count++] = segment;
        else
            segments->odd = true;
    }
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_percent(struct span text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '%' && i + 2 < text.len && hex(text.at[i + 1]) >= 0
            && hex(text.at[i + 2]) >= 0) {
            buf_char(out, (char)(hex(text.at[i + 1]) << 4 | hex(text.at[i + 2])));
            i += 2;
        } else
            buf_char(out, text.at[i]);
}

/* Takes "charset'language'" off the front of an extended value. */
static struct span charset_off(struct span *value)
{
    size_t first = span_find_char(*value, '\'', 0), second;
    struct span charset = { NULL, 0 };

    if (first == SPAN_NOWHERE || first > 40)
        return charset;
    second = span_find_char(*value, '\'', first + 1);
    if (second == SPAN_NOWHERE || second - first > 40)
        return charset;
    charset = span_part(*value, 0, first);
    *value = span_part(*value, second + 1, value->len);
    return charset;
}

static const char *shown(struct span utf8, struct arena *arena)
{
    struct buf out = { .arena = arena };

    charset_show(utf8, true, &out);
    return buf_string(&out);
}

/* What one parameter is, its pieces in the order of their numbers. */
static struct param join(
    struct charsets *charsets, struct segments *segments, size_t first, struct arena *arena)
{
    struct segment *lead = &segments->at[first];
    struct param param = { .name = NULL };
    struct buf raw = { .arena = arena }, utf8 = { .arena = arena };
    struct span charset = { NULL, 0 };
    bool percent = false;
    int next = lead->number < 0 ? -1 : 0;

    for (bool found = true; found;) {
        found = false;
        for (size_t i = first; i < segments->count && !found; i++) {
            struct segment *segment = &segments->at[i];
            struct span value = segment->value;

            if (segment->used || segment->number != next
                || !span_equal_nocase(segment->name, lead->name))
                continue;
            found = segment->used = true;
            if (segment->percent) {
                if (next <= 0)
                    charset = charset_off(&value);
                percent = true;
                add_percent(value, &raw);
            } else
                buf_add(&raw, value);
        }
        if (next < 0)
            break;
        next += found;
    }
    if (next == 0) { /* the first piece is missing: no value that anybody could trust */
        segments->odd = true;
        lead->used = true;
    }
    param.raw = buf_span(&raw);
    if (!percent && lead->number < 0 && span_starts_nocase(param.raw, SPAN("utf-8''"))) {
        /* An extended value under a plain name, as some programs write it. */
        struct span value = param.raw;
        struct buf again = { .arena = arena };

        charset = charset_off(&value);
        add_percent(value, &again);
        param.raw = buf_span(&again);
        percent = true;
    }
    if (percent && charset.len) {
        charset_decode(charsets, arena_text(arena, charset), param.raw, &utf8);
        param.value = shown(buf_span(&utf8), arena);
    } else /* RFC 2047 words in parameters are forbidden there, and in the mail */
        param.value = words_decode(charsets, param.raw, arena);
    return param;
}

static const char *lower(struct span text, struct arena *arena)
{
    char *copy = arena_text(arena, text);

    for (size_t i = 0; i < text.len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] += 'a' - 'A';
        if ((unsigned char)copy[i] < 0x20 || (unsigned char)copy[i] >= 0x7F)
            copy[i] = '?';
    }
    return copy;
}

/* A parameter that is there already: an extended form wins over a plain one, the first over a later
 * one. */
static struct param *known(const struct params *params, const char *name)
{
    for (size_t i = 0; i < params->count; i++)
        if (strcmp(params->at[i].name, name) == 0)
            return &params->at[i];
    return NULL;
}

void params_parse(
    struct charsets *charsets, struct span value, struct arena *arena, struct params *params)
{
    struct segments found = { .count = 0 }, *segments = &found;
    size_t start = skip(value, 0), end = start;

    *params = (struct params) { .word = "" };
    while (end < value.len && !strchr("; \t\r\n(,", value.at[end] ? value.at[end] : ';'))
        end++;
    params->word = lower(span_part(value, start, end), arena);
    end = skip(value, end);
    if (end < value.len && value.at[end] != ';')
        segments->odd = true;
    cut(value, end, arena, segments);
    params->at = arena_array(arena, segments->count ? segments->count : 1, sizeof *params->at);
    /* Extended and numbered forms first, so that they win. */
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < segments->count; i++) {
            struct segment *segment = &segments->at[i];
            bool extended = segment->percent || segment->number >= 0;
            const char *name;
            struct param param, *before;

            if (segment->used || extended != (round == 0))
                continue;
            name = lower(segment->name, arena);
            param = join(charsets, segments, i, arena);
            param.name = name;
            before = known(params, name);
            if (!before)
                params->at[params->count++] = param;
            else if (strcmp(name, "boundary") == 0)
                params->two_boundaries |= !span_equal(before->raw, param.raw);
            else if (round == 0)
                segments->odd |= !span_equal(before->raw, param.raw);
            else if (!extended && strcmp(name, "filename") != 0 && strcmp(name, "name") != 0)
                segments->odd |= !span_equal(before->raw, param.raw);
        }
    params->odd = segments->odd || params->two_boundaries;
}

const char *params_get(const struct params *params, const char *name)
{
    const struct param *param = known(params, name);

    return param ? param->value : "";
}
