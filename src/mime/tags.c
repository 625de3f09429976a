#include "mime/tags.h"

#include <string.h>
#include <unistr.h>

static const char *const breaking[] = { "br", "p", "div", "pre", "li", "tr", "blockquote", "h1",
    "h2", "h3", "h4", "td", "th", "table", "ul", "ol", "body", "html", "hr" };

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool breaks_line(struct span name)
{
    for (size_t i = 0; i < COUNT(breaking); i++)
        if (span_equal_nocase(name, span_of(breaking[i])))
            return true;
    return false;
}

/* One entity at '&': its character in UTF-8; the place behind it. 0 when it is none. */
static size_t entity(struct span html, size_t at, char utf8[4], size_t *len)
{
    static const struct {
        const char *name, *text;
    } names[] = { { "amp;", "&" }, { "lt;", "<" }, { "gt;", ">" }, { "quot;", "\"" },
        { "apos;", "'" }, { "nbsp;", " " }, { "plus;", "+" }, { "equals;", "=" }, { "sol;", "/" },
        { "NewLine;", "\n" }, { "Tab;", "\t" }, { "colon;", ":" }, { "period;", "." },
        { "commat;", "@" }, { "hyphen;", "-" }, { "dash;", "-" } };
    struct span rest = span_part(html, at + 1, at + 12);
    uint32_t code = 0;
    size_t i = 1;
    bool hexadecimal;
    int made;

    for (size_t n = 0; n < COUNT(names); n++)
        if (span_starts(rest, span_of(names[n].name))) {
            *len = strlen(names[n].text);
            memcpy(utf8, names[n].text, *len);
            return at + 1 + strlen(names[n].name);
        }
    if (rest.len < 2 || rest.at[0] != '#')
        return 0;
    hexadecimal = (rest.at[1] | 0x20) == 'x';
    i += hexadecimal;
    for (; i < rest.len && code < 0x110000; i++) {
        char c = rest.at[i];

        if (c >= '0' && c <= '9')
            code = code * (hexadecimal ? 16 : 10) + (uint32_t)(c - '0');
        else if (hexadecimal && (c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            code = code * 16 + (uint32_t)((c | 0x20) - 'a') + 10;
        else
            break;
    }
    if (code == 0xA0)
        code = ' ';
    if (code == 0)
        return 0;
    made = u8_uctomb((uint8_t *)utf8, code, 4);
    if (made <= 0)
        return 0;
    *len = (size_t)made;
    return at + 1 + i + (i < rest.len && rest.at[i] == ';');
}

/* Behind an element whose content is not text, or a comment; 0 when there is none here,
 * SPAN_NOWHERE when it never ends. */
static size_t skip_unread(struct span html, size_t at)
{
    static const char *const unread[] = { "style", "script", "title" };
    struct span rest = span_part(html, at + 1, html.len);

    if (span_starts(rest, SPAN("!--"))) {
        size_t end = span_find(html, SPAN("-->"), at + 4);

        return end == SPAN_NOWHERE ? end : end + 3;
    }
    for (size_t i = 0; i < COUNT(unread); i++) {
        size_t len = strlen(unread[i]);

        if (span_starts_nocase(rest, span_of(unread[i])) && rest.len > len
            && !is_letter(rest.at[len])) {
            size_t end = at;

            while ((end = span_find(html, SPAN("</"), end + 1)) != SPAN_NOWHERE)
                if (span_starts_nocase(span_part(html, end + 2, html.len), span_of(unread[i])))
                    return end;
            return SPAN_NOWHERE;
        }
    }
    return 0;
}

struct span tags_off(struct span html, struct arena *arena, size_t **from)
{
    char *out = arena_alloc(arena, html.len + 1);
    size_t *place = arena_array(arena, html.len + 1, sizeof *place), len = 0;
    bool ends = true; /* after one element that never ends no other is looked for: linear time */

    for (size_t at = 0; at < html.len;) {
        char c = html.at[at];
        size_t next = 0, made = 1;
        char made_text[4] = { c };

        if (c == '<' && at + 1 < html.len
            && (is_letter(html.at[at + 1]) || html.at[at + 1] == '/' || html.at[at + 1] == '!')) {
            size_t name = at + 1 + (html.at[at + 1] == '/'), end = name, close;

            next = ends ? skip_unread(html, at) : 0;
            if (next == SPAN_NOWHERE) {
                ends = false;
                next = 0;
            }
            while (end < html.len
                && (is_letter(html.at[end]) || (html.at[end] >= '0' && html.at[end] <= '9')))
                end++;
            close = span_find_char(html, '>', at);
            made = 0;
            if (breaks_line(span_part(html, name, end))) {
                made_text[0] = '\n';
                made = 1;
            }
            if (!next)
                next = close == SPAN_NOWHERE ? html.len : close + 1;
        } else if (c == '&')
            next = entity(html, at, made_text, &made);
        if (!next) {
            next = at + 1;
            made = 1;
            made_text[0] = c;
        }
        for (size_t i = 0; i < made; i++) {
            place[len] = at;
            out[len++] = made_text[i];
        }
        at = next;
    }
    place[len] = html.len;
    *from = place;
    return (struct span) { out, len };
}
