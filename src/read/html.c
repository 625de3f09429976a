#include "read/html.h"

#include "mime/tags.h"
#include "read/style.h"

#include <gumbo.h>
#include <stdio.h>
#include <string.h>

/*
 * gumbo frees its tree recursively, looks through all open elements at each tag, and repeats open
 * formatting elements in each block: nested tags cost stack, quadratic time and a multiple of
 * memory. So what is nested too deep, or has too many tags, is not given to it, and its memory
 * comes from an arena that goes in one piece.
 */
enum {
    DEPTH_MOST = 200,
    TAGS_MOST = 40000,
    REPEATS_MOST = 200000,
    ATTRIBUTES_MOST = 4000000,
    HREF_MOST = 2000
};

/* Elements that have no content, or that end by themselves. */
static const char *const shallow[] = { "br", "p", "li", "td", "th", "tr", "img", "hr", "meta",
    "link", "input", "dt", "dd", "option", "tbody", "thead", "tfoot", "col", "colgroup", "area",
    "base", "wbr", "source", "embed", "param", "html", "body", "head" };
static const char *const formatting[] = { "a", "b", "big", "code", "em", "font", "i", "nobr", "s",
    "small", "strike", "strong", "tt", "u" };

static bool among(const char *const *names, size_t count, struct span name)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal_nocase(name, span_of(names[i])))
            return true;
    return false;
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* How often gumbo compares the attributes of a tag with each other. */
static size_t attributes(struct span html, size_t at)
{
    size_t count = 0;

    for (; at < html.len && html.at[at] != '>' && html.at[at] != '<' && count < 10000; at++)
        count += strchr(" \t\r\n\f/=\"'", html.at[at] ? html.at[at] : 'x') != NULL;
    return count * count / 8;
}

static bool may_parse(struct span html)
{
    size_t tags = 0, depth = 0, open = 0, most_open = 0, compared = 0;

    for (size_t at = 0; (at = span_find_char(html, '<', at)) != SPAN_NOWHERE;) {
        bool closing = at + 1 < html.len && html.at[at + 1] == '/';
        size_t start = at + 1 + closing, end = start;
        struct span name;

        while (end < html.len
            && (is_letter(html.at[end]) || (html.at[end] >= '0' && html.at[end] <= '9')
                || html.at[end] == '-' || html.at[end] == ':'))
            end++;
        name = span_part(html, start, end);
        at = end > at ? end : at + 1;
        compared += attributes(html, at);
        if (compared > ATTRIBUTES_MOST)
            return false;
        if (!name.len)
            continue;
        if (++tags > TAGS_MOST)
            return false;
        if (among(formatting, COUNT(formatting), name)) {
            open = closing ? open - (open > 0) : open + 1;
            most_open = open > most_open ? open : most_open;
        }
        if (!among(shallow, COUNT(shallow), name))
            depth = closing ? depth - (depth > 0) : depth + 1;
        if (depth > DEPTH_MOST || most_open * tags > REPEATS_MOST)
            return false;
    }
    return true;
}

/* The text that is being written. */
struct writer {
    struct buf *out;
    struct html_notes *notes;
    bool bare;
    int quotes; /* blockquotes around */
    int pre; /* elements that keep blanks */
    int breaks; /* line feeds that are due before the next text */
    bool blank; /* a blank is due */
    bool started;
    int line_quotes; /* those in front of the last line */
    struct style_sheet sheet;
    size_t looked; /* bytes of styles that were compared */
    struct buf unseen; /* comments and scripts, a line each: they stand within words */
};

static void line_break(struct writer *w, int lines)
{
    if (w->breaks < lines)
        w->breaks = lines;
    w->blank = false;
}

static void start_line(struct writer *w, int quotes)
{
    for (int i = 0; i < quotes && i < 20; i++)
        buf_text(w->out, "> ");
}

/* Writes what is due. */
static void settle(struct writer *w)
{
    if (!w->started)
        start_line(w, w->quotes);
    else if (w->breaks)
        for (int i = 1; i <= w->breaks; i++) {
            bool between = w->line_quotes < w->quotes && i < w->breaks;

            buf_char(w->out, '\n');
            start_line(w, between ? w->line_quotes : w->quotes);
        }
    else if (w->blank)
        buf_char(w->out, ' ');
    w->started = true;
    w->line_quotes = w->quotes;
    w->breaks = 0;
    w->blank = false;
}

static void write_text(struct writer *w, const char *text)
{
    for (const char *at = text; *at; at++) {
        bool nbsp = (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] == 0xA0;

        if (w->pre && *at == '\n') {
            settle(w);
            w->breaks = 1;
        } else if (strchr(" \t\r\n\f", *at) && !w->pre)
            w->blank = w->started && !w->breaks;
        else if (nbsp) {
            if (w->breaks == 0)
                w->blank = w->started;
            at++;
        } else if (*at != '\r') {
            settle(w);
            buf_char(w->out, *at);
        }
    }
}

static void write_mark(struct writer *w, const char *text)
{
    if (w->bare)
        return;
    settle(w);
    buf_text(w->out, text);
}

static const char *attribute(const GumboElement *element, const char *name)
{
    const GumboAttribute *attribute = gumbo_get_attribute(&element->attributes, name);

    return attribute ? attribute->value : "";
}

static bool holds(const char *text, const char *part)
{
    return span_find_nocase(span_of(text), span_of(part), 0) != SPAN_NOWHERE;
}

enum { GROUND_UP = 12, STYLES_MOST = 16 * 1024 * 1024 };

/* Bounds the work: elements look at the styles around them and at all rules, again and again. */
static bool may_look(struct writer *w, size_t bytes)
{
    w->looked += bytes + 1;
    return w->looked < STYLES_MOST;
}

/* What is behind the text of an element: its own background or that of an element around it. */
static int ground_of(struct writer *w, const GumboNode *node, int own)
{
    for (int up = 0; own == STYLE_UNSTATED && up < GROUND_UP; up++) {
        const GumboElement *element = &node->v.element;
        const char *plain = attribute(element, "bgcolor"), *style = attribute(element, "style");

        if (!may_look(w, strlen(style)))
            break;
        own = *plain ? style_colour(span_of(plain)) : style_read(span_of(style)).ground;
        node = node->parent;
        if (!node || node->type == GUMBO_NODE_DOCUMENT)
            break;
    }
    return own;
}

/* Ways to keep text from the eye that mail really uses. */
static bool is_hidden(struct writer *w, const GumboNode *node)
{
    const GumboElement *element = &node->v.element;
    const char *style = attribute(element, "style"), *font = attribute(element, "color");
    struct style own = style_read(span_of(style));
    GumboStringPiece tag = element->original_tag;

    if (own.hidden || gumbo_get_attribute(&element->attributes, "hidden")
        || element->tag == GUMBO_TAG_TEMPLATE)
        return true;
    if (own.colour == STYLE_UNSTATED && *font)
        own.colour = style_colour(span_of(font));
    if (own.colour != STYLE_UNSTATED
        && style_is_unseen(own.colour,
            own.colour == STYLE_CLEAR ? STYLE_UNSTATED : ground_of(w, node, own.ground)))
        return true;
    if (!w->sheet.count || !may_look(w, w->sheet.count * strlen(attribute(element, "class"))))
        return false;
    gumbo_tag_from_original_text(&tag);
    return style_sheet_hides(&w->sheet, (struct span) { tag.data, tag.length },
        attribute(element, "class"), attribute(element, "id"));
}

static void write_target(struct writer *w, const char *label, const char *target)
{
    char text[HREF_MOST + 40];
    const char *cut = "";

    if (w->bare || !*target)
        return;
    if (strncmp(target, "data:", 5) == 0)
        target = "data:…";
    if (strlen(target) > HREF_MOST)
        cut = "…";
    snprintf(text, sizeof text, "%s<%.*s%s>%s", label, HREF_MOST, target, cut,
        label[0] == '[' ? "]" : "");
    settle(w);
    buf_text(w->out, text);
}

static bool is_block(GumboTag tag)
{
    switch (tag) {
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_TABLE:
        return true;
    default:
        return false;
    }
}

static bool is_paragraph(GumboTag tag)
{
    switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_BLOCKQUOTE:
        return true;
    default:
        return false;
    }
}

static bool keeps_blanks(GumboTag tag)
{
    return tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_TEXTAREA || tag == GUMBO_TAG_XMP
        || tag == GUMBO_TAG_LISTING || tag == GUMBO_TAG_PLAINTEXT;
}

/* Whether an element of its kind comes before this one in the row. */
static bool has_cell_before(const GumboNode *node)
{
    const GumboVector *siblings = &node->parent->v.element.children;

    if (node->parent->type != GUMBO_NODE_ELEMENT)
        return false;
    for (size_t i = 0; i < node->index_within_parent && i < siblings->length; i++) {
        const GumboNode *other = siblings->data[i];

        if (other->type == GUMBO_NODE_ELEMENT
            && (other->v.element.tag == GUMBO_TAG_TD || other->v.element.tag == GUMBO_TAG_TH))
            return true;
        if (i > 64)
            return true;
    }
    return false;
}

static void write_picture(struct writer *w, const GumboElement *element)
{
    const char *alt = attribute(element, "alt"), *source = attribute(element, "src");

    if (w->bare) {
        write_text(w, alt);
        return;
    }
    if (!*alt && !*source)
        return;
    write_mark(w, "[picture");
    if (*alt) {
        buf_text(w->out, ": ");
        write_text(w, alt);
        w->blank = false;
    }
    if (strncmp(source, "cid:", 4) != 0)
        write_target(w, " ", source);
    write_mark(w, "]");
}

/* HTML within an attribute, which some programs show in a frame. */
static void write_document(struct writer *w, const char *html)
{
    struct arena *scratch = arena_new();
    size_t *from;

    line_break(w, 1);
    write_text(w, arena_text(scratch, tags_off(span_of(html), scratch, &from)));
    line_break(w, 1);
    arena_free(&scratch);
}

/* What a person does not see, but who looks at the source does: told behind the text, since it may
 * stand within a word. */
static void add_unseen(struct writer *w, const char *mark, const char *text)
{
    struct span rest = span_of(text), line;

    if (w->bare)
        return;
    buf_text(&w->unseen, mark);
    while (span_line(&rest, &line))
        if (span_trim(line).len) {
            buf_char(&w->unseen, ' ');
            buf_add(&w->unseen, span_trim(line));
        }
    buf_text(&w->unseen, "]\n");
}

/* What an element says before its content. False: its content is not read. */
static bool enter(struct writer *w, const GumboNode *node)
{
    const GumboElement *element = &node->v.element;
    GumboTag tag = element->tag;

    switch (tag) {
    case GUMBO_TAG_SCRIPT:
        w->notes->scripts = true;
        for (unsigned i = 0; i < element->children.length; i++)
            add_unseen(w, "[script:", ((const GumboNode *)element->children.data[i])->v.text.text);
        return false;
    case GUMBO_TAG_STYLE:
        return false;
    case GUMBO_TAG_BR:
        if (w->breaks && w->started)
            w->breaks++;
        else
            w->breaks = 1;
        w->breaks = w->breaks > 3 ? 3 : w->breaks;
        w->blank = false;
        return false;
    case GUMBO_TAG_HR:
        line_break(w, 1);
        write_mark(w, "----");
        line_break(w, 1);
        return false;
    case GUMBO_TAG_IMG:
        write_picture(w, element);
        return false;
    case GUMBO_TAG_AREA:
        write_text(w, attribute(element, "alt"));
        write_target(w, " ", attribute(element, "href"));
        return false;
    case GUMBO_TAG_INPUT:
        write_text(w, attribute(element, "value"));
        w->blank = w->started;
        write_text(w, attribute(element, "placeholder"));
        w->blank = true;
        return false;
    case GUMBO_TAG_META:
        if (holds(attribute(element, "http-equiv"), "refresh"))
            write_target(w, "[leads to ", attribute(element, "content"));
        return false;
    case GUMBO_TAG_BASE:
        write_target(w, "[links start at ", attribute(element, "href"));
        return false;
    case GUMBO_TAG_IFRAME:
        write_document(w, attribute(element, "srcdoc"));
        write_target(w, "[frame ", attribute(element, "src"));
        return true;
    case GUMBO_TAG_EMBED:
    case GUMBO_TAG_FRAME:
        write_target(w, "[frame ", attribute(element, "src"));
        return true;
    case GUMBO_TAG_OBJECT:
        write_target(w, "[object ", attribute(element, "data"));
        break;
    default:
        break;
    }
    if (is_paragraph(tag))
        line_break(w, w->started ? 2 : 0);
    else if (is_block(tag))
        line_break(w, 1);
    if (tag == GUMBO_TAG_FORM)
        write_target(w, "[form to ", attribute(element, "action"));
    if (tag == GUMBO_TAG_BLOCKQUOTE)
        w->quotes++;
    if (keeps_blanks(tag))
        w->pre++;
    if (tag == GUMBO_TAG_LI)
        write_mark(w, "- ");
    if ((tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) && has_cell_before(node)) {
        if (!w->breaks)
            write_mark(w, " | ");
        w->blank = false;
    }
    if (tag == GUMBO_TAG_OPTGROUP)
        write_text(w, attribute(element, "label"));
    if (tag == GUMBO_TAG_TITLE)
        write_mark(w, "[title: ");
    return true;
}

static void leave(struct writer *w, const GumboNode *node)
{
    const GumboElement *element = &node->v.element;
    GumboTag tag = element->tag;

    if (tag == GUMBO_TAG_A) {
        const char *href = attribute(element, "href");
        struct span written = buf_span(w->out), target = span_of(href);

        if (span_starts_nocase(target, SPAN("mailto:")))
            target = span_part(target, 7, target.len);
        if (w->bare && span_starts_nocase(target, SPAN("http"))) {
            w->blank = w->started;
            write_text(w, href);
            w->blank = true;
        } else if (*href && !span_ends_nocase(written, target))
            write_target(w, " ", href);
    }
    if (tag == GUMBO_TAG_TITLE) {
        write_mark(w, "]");
        line_break(w, 2);
    }
    if (keeps_blanks(tag))
        w->pre--;
    if (is_paragraph(tag))
        line_break(w, 2);
    else if (is_block(tag))
        line_break(w, 1);
    if (tag == GUMBO_TAG_BLOCKQUOTE)
        w->quotes--;
}

static bool has_letters(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_letter(text.at[i]) || (unsigned char)text.at[i] >= 0x80)
            return true;
    return false;
}

/* Outlook reads what stands in "<!--[if mso]>": to others it is a comment. Other comments nobody
 * sees; Exchange puts one in each mail that it converts. */
static void write_comment(struct writer *w, const char *comment)
{
    struct span text = span_trim(span_of(comment));
    bool some = span_starts_nocase(text, SPAN("[if"));
    struct arena *scratch;
    size_t start = 0, *from;

    if (some && (start = span_find_char(text, '>', 0)) == SPAN_NOWHERE)
        return;
    if (span_starts(text, SPAN("Converted from text/")) || span_starts(text, SPAN("[endif]")))
        return;
    scratch = arena_new();
    if (some)
        text = tags_off(span_part(text, start + 1, text.len), scratch, &from);
    text = span_trim(text);
    if (has_letters(text) && some) {
        write_mark(w, "[shown by some programs only: ");
        write_text(w, arena_text(scratch, text));
        w->blank = false;
        w->breaks = 0;
        write_mark(w, "]");
        w->notes->hidden = true;
    } else if (has_letters(text))
        add_unseen(w, "[comment:", arena_text(scratch, text));
    arena_free(&scratch);
}

static bool has_children(const GumboNode *node)
{
    return (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE)
        && node->v.element.children.length > 0;
}

/* Goes through the tree without recursion: every node knows its parent. */
static void walk(struct writer *w, const GumboNode *root)
{
    const GumboNode *node = root, *hider = NULL;

    while (node) {
        bool element = node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
        bool inside = false;

        if (element) {
            inside = enter(w, node);
            if (inside && !hider && is_hidden(w, node) && has_children(node)) {
                hider = node;
                w->notes->hidden = true;
                write_mark(w, "[hidden: ");
            }
        } else if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE
            || node->type == GUMBO_NODE_CDATA)
            write_text(w, node->v.text.text);
        else if (node->type == GUMBO_NODE_COMMENT)
            write_comment(w, node->v.text.text);
        if (inside && has_children(node)) {
            node = node->v.element.children.data[0];
            continue;
        }
        if (inside)
            leave(w, node);
        for (;;) {
            const GumboVector *siblings;

            if (node == root)
                return;
            siblings = &node->parent->v.element.children;
            if (node->index_within_parent + 1 < siblings->length) {
                node = siblings->data[node->index_within_parent + 1];
                break;
            }
            node = node->parent;
            if (node == hider) {
                hider = NULL;
                w->blank = false;
                w->breaks = 0;
                write_mark(w, "]");
            }
            leave(w, node);
        }
    }
}

/* A tag that never ends is not in the tree: what hides in it, an attempt to swallow what comes
 * behind it, is shown. */
static void write_rest(struct writer *w, struct span html)
{
    size_t open = html.len;

    while (open > 0 && html.at[open - 1] != '<' && html.at[open - 1] != '>')
        open--;
    if (open == 0 || html.at[open - 1] != '<' || open >= html.len
        || !(is_letter(html.at[open]) || html.at[open] == '/'))
        return;
    line_break(w, 1);
    write_mark(w, "[a tag that never ends: <");
    if (!w->bare)
        buf_add(w->out, span_part(html, open, html.len));
    write_mark(w, "]");
}

/* Style sheets count wherever they stand, so they are read first. */
static void read_sheets(struct writer *w, struct span html, struct arena *scratch)
{
    struct buf shown = { .arena = scratch };
    struct span rest, line;

    for (size_t at = 0; (at = span_find_nocase(html, SPAN("<style"), at)) != SPAN_NOWHERE; at++) {
        size_t start = span_find_char(html, '>', at);
        size_t end = span_find_nocase(html, SPAN("</style"), at);

        if (start == SPAN_NOWHERE)
            break;
        end = end == SPAN_NOWHERE ? html.len : end;
        style_sheet_add(&w->sheet, span_part(html, start + 1, end), &shown);
        at = end;
    }
    rest = buf_span(&shown);
    while (!w->bare && span_line(&rest, &line)) {
        write_mark(w, "[a style sheet adds: ");
        write_text(w, arena_text(scratch, line));
        w->blank = false;
        write_mark(w, "]");
        line_break(w, 1);
    }
}

static void *take(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void give(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

void html_to_text(struct span html, bool bare, struct buf *out, struct html_notes *notes)
{
    struct arena *scratch = arena_new();
    GumboOptions options = kGumboDefaultOptions;
    const GumboNode *document;
    struct writer writer
        = { .out = out, .notes = notes, .bare = bare, .unseen = { .arena = scratch } };

    if (!may_parse(html)) {
        size_t *from;

        notes->plain = true;
        buf_add(out, tags_off(html, scratch, &from));
        arena_free(&scratch);
        return;
    }
    options.allocator = take;
    options.deallocator = give;
    options.userdata = scratch;
    options.max_errors = 0;
    read_sheets(&writer, html, scratch);
    document = gumbo_parse_with_options(&options, html.at ? html.at : "", html.len)->document;
    for (size_t i = 0; i < document->v.document.children.length; i++)
        walk(&writer, document->v.document.children.data[i]);
    write_rest(&writer, html);
    if (writer.unseen.len) {
        buf_text(out, writer.started ? "\n\n" : "");
        buf_add(out, buf_span(&writer.unseen));
    }
    arena_free(&scratch);
}
