#include "read/style.h"

#include <stdlib.h>
#include <string.h>

enum { VALUE_MOST = 80, CONTENT_MOST = 2000, NEARLY = 10 };

static int hex(char c)
{
    return c >= '0' && c <= '9'                  ? c - '0'
        : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                 : -1;
}

/* "#abc" and "#aabbcc"; old attributes leave out the mark. */
static int hex_colour(struct span digits)
{
    int colour = 0;

    if (digits.len != 3 && digits.len != 6)
        return STYLE_UNKNOWN;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = hex(digits.at[i]);

        if (digit < 0)
            return STYLE_UNKNOWN;
        colour = digits.len == 3 ? colour << 8 | digit << 4 | digit : colour << 4 | digit;
    }
    return colour;
}

/* "rgb(1, 2, 3)", "rgba(1 2 3 / 0)". */
static int function_colour(const char *at)
{
    int colour = 0, parts = 0;
    char *end;

    for (at = strchr(at, '('); at && *at && *at != ')' && parts < 4; parts++) {
        double value;

        at += 1 + strspn(at + 1, " ,/");
        value = strtod(at, &end);
        if (end == at)
            break;
        if (*end == '%')
            value = value * 255 / 100;
        if (parts == 3)
            return value < 0.1 ? STYLE_CLEAR : colour;
        colour = colour << 8 | (value < 0 ? 0 : value > 255 ? 255 : (int)value);
        at = end - 1 + (*end == '%');
    }
    return parts >= 3 ? colour : STYLE_UNKNOWN;
}

int style_colour(struct span value)
{
    static const struct {
        const char *name;
        int colour;
    } names[] = { { "white", 0xFFFFFF }, { "black", 0 }, { "transparent", STYLE_CLEAR },
        { "snow", 0xFFFAFA }, { "ivory", 0xFFFFF0 }, { "ghostwhite", 0xF8F8FF },
        { "red", 0xFF0000 }, { "green", 0x008000 }, { "blue", 0x0000FF }, { "yellow", 0xFFFF00 },
        { "gray", 0x808080 }, { "grey", 0x808080 }, { "navy", 0x000080 } };
    char text[VALUE_MOST];

    value = span_trim(value);
    if (!value.len || value.len >= sizeof text)
        return STYLE_UNKNOWN;
    memcpy(text, value.at, value.len);
    text[value.len] = '\0';
    text[strcspn(text, "!")] = '\0'; /* "!important" */
    value = span_trim(span_of(text));
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_equal_nocase(value, span_of(names[i].name)))
            return names[i].colour;
    if (value.len && value.at[0] == '#')
        return hex_colour(span_part(value, 1, value.len));
    return span_starts_nocase(value, SPAN("rgb")) ? function_colour(text) : hex_colour(value);
}

bool style_is_unseen(int colour, int ground)
{
    if (colour == STYLE_CLEAR)
        return true;
    if (colour == STYLE_UNSTATED || colour == STYLE_UNKNOWN || ground == STYLE_UNKNOWN)
        return false;
    ground = ground < 0 ? 0xFFFFFF : ground;
    for (int shift = 0; shift <= 16; shift += 8)
        if (abs((colour >> shift & 0xFF) - (ground >> shift & 0xFF)) > NEARLY)
            return false;
    return true;
}

/* What a value says as a number in pixels, roughly. */
struct length {
    bool stated;
    double pixels;
};

static struct length length_of(const char *value)
{
    static const struct {
        const char *unit;
        double pixels;
    } units[] = { { "em", 14 }, { "rem", 14 }, { "ex", 7 }, { "pt", 1.33 }, { "pc", 16 },
        { "cm", 38 }, { "mm", 4 }, { "in", 96 }, { "%", 0.14 }, { "vw", 10 }, { "vh", 10 } };
    char *end;
    struct length length = { true, strtod(value, &end) };

    length.stated = end != value;
    for (size_t i = 0; i < COUNT(units); i++)
        if (span_starts_nocase(span_of(end), span_of(units[i].unit)))
            length.pixels *= units[i].pixels;
    return length;
}

static bool among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* name in small letters, value without blanks around it. */
static bool hides(const char *name, const char *value)
{
    static const struct {
        const char *name, *start; /* of the value */
    } words[] = { { "display", "none" }, { "visibility", "hidden" }, { "visibility", "collapse" },
        { "mso-hide", "all" }, { "content-visibility", "hidden" }, { "clip", "rect" },
        { "clip-path", "inset" }, { "clip-path", "circle" }, { "clip-path", "polygon" },
        { "clip-path", "ellipse" }, { "transform", "translate(-" }, { "transform", "translatex(-" },
        { "transform", "translatey(-" }, { "z-index", "-" } };
    static const char *const shrunk[] = { "scale(", "scalex(", "scaley(", "opacity(" };
    static const char *const empty[] = { "height", "width", "max-height", "max-width",
        "line-height" };
    static const char *const moved[] = { "left", "right", "top", "bottom", "text-indent", "margin",
        "margin-left", "margin-right", "margin-top" };
    struct length length = length_of(value);

    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(name, words[i].name) == 0
            && span_starts_nocase(span_of(value), span_of(words[i].start)))
            return true;
    for (size_t i = 0; i < COUNT(shrunk); i++)
        if ((strcmp(name, "transform") == 0 || strcmp(name, "filter") == 0)
            && span_starts_nocase(span_of(value), span_of(shrunk[i])))
            length = length_of(value + strlen(shrunk[i]));
    if (!length.stated)
        return false;
    if (strcmp(name, "opacity") == 0 || strcmp(name, "transform") == 0
        || strcmp(name, "filter") == 0)
        return length.pixels < 0.1;
    if (strcmp(name, "font-size") == 0 || strcmp(name, "font") == 0)
        return length.pixels < 3;
    if (among(name, empty, COUNT(empty)))
        return length.pixels <= 0;
    return among(name, moved, COUNT(moved))
        && (length.pixels < -90
            || (strcmp(name, "text-indent") == 0
                && (length.pixels < 0 || strncmp(value, "100%", 4) == 0)));
}

/* "background: url(x) #fff" states a colour somewhere; the first word that is one. */
static int ground_of(const char *value)
{
    int colour = style_colour(span_of(value));
    struct span rest = span_of(value);

    while (colour == STYLE_UNKNOWN && rest.len) {
        size_t blank = span_find_char(rest, ' ', 0);
        struct span word = span_part(rest, 0, blank);

        if (word.len && word.at[0] >= 'A')
            colour = style_colour(word);
        else if (word.len && word.at[0] == '#')
            colour = style_colour(word);
        rest = span_part(rest, blank == SPAN_NOWHERE ? rest.len : blank + 1, rest.len);
    }
    return colour;
}

static void take_declaration(struct style *style, struct span declaration)
{
    size_t colon = span_find_char(declaration, ':', 0), len = 0;
    struct span said = span_trim(span_part(declaration, 0, colon));
    char name[32], value[VALUE_MOST];

    if (colon == SPAN_NOWHERE || !said.len || said.len >= sizeof name)
        return;
    for (size_t i = 0; i < said.len; i++)
        name[i] = (char)(said.at[i] >= 'A' && said.at[i] <= 'Z' ? said.at[i] | 0x20 : said.at[i]);
    name[said.len] = '\0';
    said = span_trim(span_part(declaration, colon + 1, declaration.len));
    for (size_t i = 0; i < said.len && len < sizeof value - 1; i++)
        value[len++] = strchr("\t\r\n", said.at[i] ? said.at[i] : 'x') ? ' ' : said.at[i];
    value[len] = '\0';
    if (strcmp(name, "color") == 0 || strcmp(name, "-webkit-text-fill-color") == 0)
        style->colour = style_colour(span_of(value));
    else if (strcmp(name, "background") == 0 || strcmp(name, "background-color") == 0)
        style->ground = ground_of(value);
    else
        style->hidden |= hides(name, value);
}

struct style style_read(struct span declarations)
{
    struct style style = { false, STYLE_UNSTATED, STYLE_UNSTATED };

    while (declarations.len) {
        size_t end = span_find_char(declarations, ';', 0);

        take_declaration(&style, span_part(declarations, 0, end));
        if (end == SPAN_NOWHERE)
            break;
        declarations = span_part(declarations, end + 1, declarations.len);
    }
    return style;
}

static bool is_name_char(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '_'
        || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 0x80;
}

static struct span take_name(struct span *rest)
{
    size_t len = 0;
    struct span name;

    while (len < rest->len && is_name_char(rest->at[len]))
        len++;
    name = span_part(*rest, 0, len);
    *rest = span_part(*rest, len, rest->len);
    return name;
}

/* What a selector names in the end: "div.a > p.b:first-child" is the tag p, the class b. */
static void take_selector(struct style_sheet *sheet, struct span selector)
{
    struct style_rule *rule = &sheet->rules[sheet->count];
    size_t start;

    selector = span_trim(selector);
    for (start = selector.len; start > 0 && !strchr(" \t\r\n>+~", selector.at[start - 1]); start--)
        ;
    selector = span_part(selector, start, selector.len);
    if (!selector.len || sheet->count == STYLE_RULES_MOST)
        return;
    *rule = (struct style_rule) { .tag = take_name(&selector) };
    if (selector.len && (selector.at[0] == '.' || selector.at[0] == '#')) {
        rule->kind = selector.at[0];
        selector = span_part(selector, 1, selector.len);
        rule->name = take_name(&selector);
    }
    if (selector.len && selector.at[0] == '[') /* more than is compared here */
        return;
    if (rule->tag.len || rule->name.len)
        sheet->count++;
}

/* The string of "content: 'text'". */
static void take_content(struct span declarations, struct buf *shown)
{
    size_t at = 0;

    while ((at = span_find_nocase(declarations, SPAN("content"), at)) != SPAN_NOWHERE) {
        struct span rest = span_trim(span_part(declarations, at + 7, declarations.len));
        size_t end;

        at += 7;
        if (!rest.len || rest.at[0] != ':')
            continue;
        rest = span_trim(span_part(rest, 1, rest.len));
        if (!rest.len || !strchr("\"'", rest.at[0]) || shown->len > CONTENT_MOST)
            continue;
        end = span_find_char(rest, rest.at[0], 1);
        rest = span_part(rest, 1, end);
        for (size_t i = 0; i < rest.len; i++)
            if (is_name_char(rest.at[i]) && rest.len > 1 && rest.at[0] != '\\') {
                buf_add(shown, rest);
                buf_char(shown, '\n');
                break;
            }
    }
}

void style_sheet_add(struct style_sheet *sheet, struct span css, struct buf *shown)
{
    size_t open;

    while ((open = span_find_char(css, '{', 0)) != SPAN_NOWHERE) {
        struct span selectors = span_trim(span_part(css, 0, open)), declarations;
        size_t close, comment;

        css = span_part(css, open + 1, css.len);
        while (selectors.len && selectors.at[0] == '}') /* of the block around the last rule */
            selectors = span_trim(span_part(selectors, 1, selectors.len));
        while ((comment = span_find(selectors, SPAN("*/"), 0)) != SPAN_NOWHERE)
            selectors = span_part(selectors, comment + 2, selectors.len);
        selectors = span_trim(selectors);
        if (selectors.len && selectors.at[0] == '@'
            && !span_starts_nocase(selectors, SPAN("@font")))
            continue; /* rules stand in it */
        close = span_find_char(css, '}', 0);
        declarations = span_part(css, 0, close);
        css = span_part(css, close == SPAN_NOWHERE ? css.len : close + 1, css.len);
        take_content(declarations, shown);
        if (!style_read(declarations).hidden)
            continue;
        while (selectors.len) {
            size_t comma = span_find_char(selectors, ',', 0);

            take_selector(sheet, span_part(selectors, 0, comma));
            selectors = span_part(
                selectors, comma == SPAN_NOWHERE ? selectors.len : comma + 1, selectors.len);
        }
    }
}

static bool has_word(const char *words, struct span word)
{
    for (const char *at = words; *at;) {
        size_t len = strcspn(at, " \t\r\n\f");

        if (span_equal((struct span) { at, len }, word))
            return true;
        at += len + (at[len] != '\0');
    }
    return false;
}

bool style_sheet_hides(
    const struct style_sheet *sheet, struct span tag, const char *classes, const char *id)
{
    for (size_t i = 0; i < sheet->count; i++) {
        const struct style_rule *rule = &sheet->rules[i];

        if (rule->tag.len && !span_equal_nocase(rule->tag, tag))
            continue;
        if (rule->kind == '\0' || (rule->kind == '.' && has_word(classes, rule->name))
            || (rule->kind == '#' && span_equal(span_of(id), rule->name)))
            return true;
    }
    return false;
}
