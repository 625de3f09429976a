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
    { "style and script", "<style>p{}</style><script>x()</script>text", "text", false, true },
    { "comment", "a<!-- hidden -->b", "ab", false, false },
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
