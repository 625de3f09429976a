#include "lib/rows.h"
#include "lib/spell.h"
#include "read/html.h"

static const struct {
    const char *label, *html, *want;
    bool hidden, scripts;
} rows[] = {
    { "text", "hello  <b>big</b>\n world", "hello big world", false, false },
    { "paragraphs", "<p>one</p><p>two</p>", "one\\n\\ntwo", false, false },
    { "line breaks", "one<br>two<br><br>three", "one\\ntwo\\n\\nthree", false, false },
    { "divs", "<div>one</div><div>two</div>", "one\\ntwo", false, false },
    { "link", "<a href='https://x.nl/a'>here</a>", "here <https://x.nl/a>", false, false },
    { "link that shows its target", "<a href='https://x.nl/'>https://x.nl/</a>", "https://x.nl/",
        false, false },
    { "link that shows another target", "<a href='https://evil.nl/'>https://x.nl/</a>",
        "https://x.nl/ <https://evil.nl/>", false, false },
    { "mail address", "<a href='mailto:a@b.nl'>a@b.nl</a>", "a@b.nl", false, false },
    { "list", "<ul><li>one<li>two</ul>end", "- one\\n- two\\n\\nend", false, false },
    { "table", "<table><tr><th>a<th>b<tr><td>1<td>2</table>", "a | b\\n1 | 2", false, false },
    { "quotation", "yes<blockquote>one<br>two</blockquote>", "yes\\n\\n> one\\n> two", false,
        false },
    { "pre", "<pre>a\n  b</pre>", "a\\n  b", false, false },
    { "entities", "&lt;b&gt; &amp; &eacute;&nbsp;x", "<b> & é x", false, false },
    { "picture", "<img alt='a cat' src='https://x.nl/p'>", "[picture: a cat <https://x.nl/p>]",
        false, false },
    { "picture within the mail", "<img alt='a cat' src='cid:x'>", "[picture: a cat]", false,
        false },
    { "style and script", "<style>p{}</style><script>x()</script>text",
        "text\\n\\n[script: x()]\\n", false, true },
    { "comment", "a<!-- hidden -->b", "ab\\n\\n[comment: hidden]\\n", false, false },
    { "comment without a word", "a<!-- --- -->b", "ab", false, false },
    { "comment of Exchange", "<!-- Converted from text/plain format -->b", "b", false, false },
    { "text in a style sheet", "<style>p::before { content: 'evil words' }</style><p>b</p>",
        "[a style sheet adds: evil words]\\n\\nb", false, false },
    { "hidden by class", "<style>/* x */ p.a, .h { DISPLAY : none }</style><b class='g h'>b</b>c",
        "[hidden: b]c", true, false },
    { "hidden by id in a media rule",
        "<style>@media all { #i { font-size:0 } }</style>"
        "<b id=i>b</b>c",
        "[hidden: b]c", true, false },
    { "class that hides nothing", "<style>.h { color:red }</style><b class=h>b</b>", "b", false,
        false },
    { "style behind a long one",
        "<p style='font-family:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "a"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "a"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "a"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "a"
        ";display:none'>b</p>",
        "[hidden: b]", true, false },
    { "colour of its own background", "<p style='color:#f00;background:url(x) red'>b</p>",
        "[hidden: b]", true, false },
    { "colour of the background around", "<div bgcolor='#000'><font color=black>b</font></div>",
        "[hidden: b]", true, false },
    { "white on black", "<div style='background:black'><font color=white>b</font></div>", "b",
        false, false },
    { "white by number", "<p style='color:rgb(255, 255, 255)'>b</p>", "[hidden: b]", true, false },
    { "seen through", "<p style='color:rgba(0,0,0,0)'>b</p>", "[hidden: b]", true, false },
    { "nearly white", "<p style='color:#fefefe'>b</p>", "[hidden: b]", true, false },
    { "tiny", "<p style='font-size:1px'>b</p>", "[hidden: b]", true, false },
    { "clipped away", "<p style='clip-path:inset(100%)'>b</p>", "[hidden: b]", true, false },
    { "shrunk to nothing", "<p style='transform:scale(0)'>b</p>", "[hidden: b]", true, false },
    { "shrunk a little", "<p style='transform:scale(0.9)'>b</p>", "b", false, false },
    { "off the page", "<p style='margin-left:-9999px'>b</p>", "[hidden: b]", true, false },
    { "a little to the left", "<p style='margin-left:-4px'>b</p>", "b", false, false },
    { "hardly opaque", "<p style='opacity:0.01'>b</p>", "[hidden: b]", true, false },
    { "template", "a<template>b</template>c", "a[hidden: b]c", true, false },
    { "no script", "a<noscript>b</noscript>c", "abc", false, false },
    { "words in empty fields", "<input placeholder=p><optgroup label=o></optgroup>", "p o", false,
        false },
    { "display none", "a<span style='display: none'>b</span>c", "a[hidden: b]c", true, false },
    { "font of no size", "<span style='font-size:0px'>b</span>", "[hidden: b]", true, false },
    { "font of small size", "<span style='font-size:0.9em'>b</span>", "b", false, false },
    { "white on white", "<font color=white>b</font>", "[hidden: b]", true, false },
    { "white background", "<p style='background-color:white'>b</p>", "b", false, false },
    { "hidden within hidden", "<div hidden>a<b hidden>b</b>c</div>d", "[hidden: abc]\\nd", true,
        false },
    { "for Outlook only", "<!--[if mso]><p>secret</p><![endif]-->x",
        "[shown by some programs only: secret]x", true, false },
    { "input", "<input type=hidden value=v>x", "v x", false, false },
    { "form", "<form action='https://evil.nl/'>x</form>", "[form to <https://evil.nl/>]\\nx", false,
        false },
    { "tag that never ends", "a<img src='http://evil.nl/",
        "a\\n[a tag that never ends: <img src='http://evil.nl/]", false, false },
    { "empty", "", "", false, false },
};

static void reads_html(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        struct html_notes notes = { false, false, false };

        html_to_text(span_of(rows[i].html), false, &out, &notes);
        row_text(rows[i].label, spell(buf_span(&out), arena), rows[i].want);
        row_number(rows[i].label, notes.hidden, rows[i].hidden);
        row_number(rows[i].label, notes.scripts, rows[i].scripts);
        arena_free(&arena);
    }
}

static void bounds_depth(void **state)
{
    struct arena *arena = arena_new();
    struct buf html = { .arena = arena }, out = { .arena = arena };
    struct html_notes notes = { false, false, false };

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_text(&html, "<div>");
    buf_text(&html, "words");
    html_to_text(buf_span(&html), false, &out, &notes);
    row_number("too deep", notes.plain, true);
    row_number("text is there", span_find(buf_span(&out), SPAN("words"), 0) != SPAN_NOWHERE, true);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(reads_html),
        cmocka_unit_test(bounds_depth) };

    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
