#include "base/buf.h"
#include "digest/digest.h"

#include <ctype.h>
#include <string.h>

/*
 * Mail programs know tables and inline styles; the style sheet in the head only adds what they may
 * lack: dark mode, narrow screens, paper. Sizes and colours of one thing stand in one place here.
 */
#define FONT                                                                                       \
    "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,"       \
    "sans-serif;"
#define MONO "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace;"

static const char head_styles[]
    = "body{-webkit-text-size-adjust:100%}a{text-decoration:none}"
      "@media screen and (max-width:520px){"
      ".pad{padding-left:18px!important;padding-right:18px!important}"
      ".figure{font-size:22px!important}"
      ".wide{display:block!important;width:auto!important;padding-bottom:0!important}"
      ".drop{display:inline-block!important;width:auto!important;border-top:0!important;"
      "padding-top:0!important;padding-right:10px!important}"
      ".low{padding:3px 0 0 11px!important}}"
      "@media screen and (prefers-color-scheme:dark){.page{background:#14171a!important}"
      ".sheet{background:#1d2125!important;border-color:#2c3238!important}"
      ".ink{color:#eceff2!important}.soft{color:#a3adb7!important}"
      ".rule{border-color:#2f353b!important}"
      ".order{background:#1a2a38!important;color:#9fd0ff!important;border-color:#2b445a!important}"
      ".quote{background:#23282d!important;color:#cfd6dc!important}"
      ".late{color:#ff9a8f!important}.today{color:#ffc078!important}.soon{color:#e8d27a!important}}"
      /* On paper: one page, what follows the decisions in two columns. */
      "@page{size:A4;margin:11mm 13mm}"
      "@media print{.page{background:#fff!important;padding:0!important}"
      ".sheet{border:0!important;max-width:none!important}"
      ".sheet,.sheet>tbody{display:block}.sheet>tbody>tr{display:block}"
      ".sheet>tbody>tr>td{display:block}"
      ".sheet>tbody>tr.left{width:48%;float:left;clear:left}"
      ".sheet>tbody>tr.right{width:48%;float:right;clear:right}"
      ".sheet>tbody>tr.last{clear:both}"
      ".sheet td,.sheet div,.sheet span,.sheet a{font-size:10px!important;"
      "line-height:13px!important}"
      ".pad{padding-left:0!important;padding-right:0!important}"
      ".tight{padding-top:1px!important;padding-bottom:1px!important}.span{width:88px!important}."
      "date{width:88px!important}"
      ".gap{padding-top:1px!important;padding-bottom:1px!important}"
      ".section{padding-top:11px!important;padding-bottom:2px!important}"
      ".section h2{font-size:10px!important}"
      ".group{padding-top:5px!important;padding-bottom:1px!important}"
      ".group .rule{padding-top:3px!important}"
      /* The decisions too, a case together where it can be. */
      ".decide,.decide>tbody>tr,.decide>tbody>tr>td{display:block}"
      ".decide>tbody{display:block;columns:2;column-gap:4%}"
      ".decide>tbody>tr{break-inside:avoid}.decide>tbody>tr.head{column-span:all}"
      ".decide>tbody>tr.start{break-after:avoid}"
      ".decide .wide{display:block!important;width:auto!important;padding-top:0!important;"
      "padding-bottom:1px!important}"
      ".due{display:inline!important}"
      ".sheet .order{margin:0 3px 1px 0!important;padding:0 4px!important;font-size:9px!important}"
      ".top{padding-top:0!important}.top h1{font-size:18px!important;line-height:24px!important}"
      ".figures{padding-top:5px!important}.figures td{padding-top:3px!important;"
      "padding-bottom:3px!important}.sheet .figure{font-size:18px!important;"
      "line-height:22px!important}"
      ".quote{padding:4px 8px!important;margin-top:3px!important}"
      "tr{page-break-inside:avoid}}";

/* Marks that turn the direction of a text or are not seen: U+200B to F, 202A to E, 2060 to F, FEFF.
 */
static size_t hidden_len(const unsigned char *at, size_t left)
{
    if (left < 3)
        return 0;
    if (at[0] == 0xE2 && at[1] == 0x80
        && ((at[2] >= 0x8B && at[2] <= 0x8F) || (at[2] >= 0xAA && at[2] <= 0xAE)))
        return 3;
    if (at[0] == 0xE2 && at[1] == 0x81 && at[2] >= 0xA0 && at[2] <= 0xAF)
        return 3;
    return at[0] == 0xEF && at[1] == 0xBB && at[2] == 0xBF ? 3 : 0;
}

/* Text in HTML: nothing in it is markup. Line ends become <br>. */
static void words(struct buf *buf, const char *text)
{
    size_t left = strlen(text);

    while (left) {
        const unsigned char c = (unsigned char)*text;
        size_t skip = hidden_len((const unsigned char *)text, left);

        if (skip == 0) {
            skip = 1;
            if (c == '&')
                buf_text(buf, "&amp;");
            else if (c == '<')
                buf_text(buf, "&lt;");
            else if (c == '>')
                buf_text(buf, "&gt;");
            else if (c == '"')
                buf_text(buf, "&quot;");
            else if (c == '\'')
                buf_text(buf, "&#39;");
            else if (c == '\n')
                buf_text(buf, "<br>");
            else if (c == '\t')
                buf_char(buf, ' ');
            else if (c >= ' ' && c != 127)
                buf_char(buf, (char)c);
        }
        text += skip;
        left -= skip;
    }
}

/* Text in the query of a mailto link (RFC 6068, 2). */
static void query(struct buf *buf, const char *text)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("-._~", *text))
            buf_char(buf, *text);
        else
            buf_printf(buf, "%%%02X", (unsigned char)*text);
}

static const char *tone_class(enum digest_tone tone)
{
    static const char *const names[] = { "soft", "soon", "today", "late" };

    return names[tone];
}

static const char *tone_colour(enum digest_tone tone)
{
    static const char *const colours[] = { "#5f6b76", "#7a5d00", "#b54708", "#b42318" };

    return colours[tone];
}

/* The bar at the left of what waits for an answer. */
static const char *bar_colour(enum digest_tone tone)
{
    static const char *const colours[] = { "#c3ccd4", "#d9b33b", "#e07b1a", "#d0342c" };

    return colours[tone];
}

static const char *tone_word(const struct digest *digest, enum digest_tone tone)
{
    static const char *const nl[] = { "", "binnenkort", "vandaag", "te laat" };
    static const char *const en[] = { "", "soon", "today", "late" };

    return (digest->nl ? nl : en)[tone];
}

enum { ONE_LINE = 44 }; /* characters of an order beside its question; a fingerprint is longer */

static void order_link(const struct digest *digest, struct buf *buf, const char *order)
{
    buf_text(buf, "<a class=\"order\" href=\"mailto:");
    query(buf, digest->settings->address);
    buf_text(buf, "?subject=meldpost&amp;body=");
    query(buf, order);
    buf_printf(buf,
        "\" style=\"display:inline-block;margin:1px 5px 3px 0;padding:1px 7px;border:1px solid "
        "#cfe0ef;border-radius:4px;background:#f1f7fc;color:#0b4a82;font-size:12px;%s;" MONO "\">",
        strlen(order) > ONE_LINE ? "word-break:break-all" : "white-space:nowrap");
    words(buf, order);
    buf_text(buf, "</a>");
}

static void row_open(struct buf *buf, enum digest_tone tone, bool bar)
{
    buf_printf(buf,
        "<tr><td class=\"pad tight\" style=\"padding:9px 32px\"><table role=\"presentation\" "
        "width=\"100%%\" cellpadding=\"0\" cellspacing=\"0\"><tr><td style=\"%s%s\">",
        bar ? "border-left:3px solid " : "", bar ? bar_colour(tone) : "");
    buf_text(buf, bar ? "<div style=\"padding-left:12px\">" : "<div>");
}

static void row_close(struct buf *buf)
{
    buf_text(buf, "</div></td></tr></table></td></tr>\n");
}

static void title_line(struct buf *buf, const char *number, const char *title)
{
    buf_text(buf, "<div class=\"ink\" style=\"color:#1b2127;font-weight:600\">");
    words(buf, title);
    if (number[0]) {
        buf_text(buf,
            " <span class=\"soft\" style=\"font-weight:400;color:#5f6b76;"
            "white-space:nowrap\">");
        words(buf, number);
        buf_text(buf, "</span>");
    }
    buf_text(buf, "</div>");
}

static void soft_line(struct buf *buf, const char *text)
{
    if (!text[0])
        return;
    buf_text(buf, "<div class=\"soft\" style=\"color:#5f6b76;font-size:14px\">");
    words(buf, text);
    buf_text(buf, "</div>");
}

static void group(const struct digest_block *block, struct buf *buf)
{
    buf_text(buf,
        "<tr class=\"start\"><td class=\"pad group\" style=\"padding:12px 32px 3px\"><div "
        "class=\"rule\" style=\"border-top:1px solid #e6e9ed;padding-top:9px\">"
        "<span class=\"ink\" style=\"color:#1b2127;font-weight:600;white-space:nowrap\">");
    words(buf, block->number);
    buf_text(buf, "</span> <span class=\"soft\" style=\"color:#5f6b76\">");
    words(buf, block->title);
    buf_text(buf, "</span></div></td></tr>\n");
}

/* The question at the left, the lines that answer it at the right; below it on a narrow screen. */
static void decision(const struct digest *digest, const struct digest_block *block, struct buf *buf)
{
    buf_printf(buf,
        "<tr><td class=\"pad gap\" style=\"padding:3px 32px\"><table role=\"presentation\" "
        "width=\"100%%\" cellpadding=\"0\" cellspacing=\"0\" style=\"border-left:3px solid "
        "%s\"><tr><td class=\"wide\" width=\"41%%\" valign=\"top\" style=\"padding:2px 10px 2px "
        "11px\"><span class=\"ink\" style=\"color:#1b2127\">",
        bar_colour(block->tone));
    words(buf, block->title);
    buf_text(buf, "</span>");
    if (block->when[0]) {
        buf_printf(buf,
            " <div class=\"due %s\" style=\"color:%s;font-size:13px;line-height:19px\">",
            tone_class(block->tone), tone_colour(block->tone));
        if (block->tone != TONE_CALM)
            buf_printf(buf, "<b>%s</b> · ", tone_word(digest, block->tone));
        buf_text(buf, digest->nl ? "uiterlijk " : "by ");
        words(buf, block->when);
        buf_text(buf, "</div>");
    }
    if (block->text[0]) {
        buf_text(buf,
            "<div class=\"soft\" style=\"color:#5f6b76;font-size:13px;"
            "line-height:19px\">");
        words(buf, block->text);
        buf_text(buf, "</div>");
    }
    buf_text(buf, "</td><td class=\"wide low\" valign=\"top\" style=\"padding:2px 0 0 11px\">");
    for (size_t i = 0; i < block->commands.count; i++)
        order_link(digest, buf, block->commands.at[i]);
    buf_text(buf, "</td></tr></table></td></tr>\n");
}

/* One line of a table: what, whose, how long, until when. */
static void clock_row(const struct digest_block *block, struct buf *buf)
{
    buf_text(buf,
        "<tr><td class=\"pad\" style=\"padding:0 32px\"><table role=\"presentation\" "
        "width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"font-size:14px;"
        "line-height:20px\"><tr><td class=\"rule tight ink wide\" valign=\"top\" "
        "style=\"padding:5px 8px 5px 0;border-top:1px solid #e6e9ed;color:#1b2127\">");
    words(buf, block->title);
    buf_text(buf, " <span class=\"soft\" style=\"color:#5f6b76;white-space:nowrap\">");
    words(buf, block->number);
    buf_printf(buf,
        "</span></td><td class=\"rule tight drop span %s\" valign=\"top\" width=\"150\" style=\""
        "padding:5px 8px 5px 0;border-top:1px solid #e6e9ed;color:%s%s\">",
        block->tone == TONE_CALM ? "ink" : tone_class(block->tone),
        block->tone == TONE_CALM ? "#1b2127" : tone_colour(block->tone),
        block->tone == TONE_CALM ? "" : ";font-weight:600");
    words(buf, block->text);
    buf_text(buf,
        "</td><td class=\"rule tight drop date soft\" valign=\"top\" width=\"126\" "
        "style=\"padding:5px 0;border-top:1px solid #e6e9ed;color:#5f6b76\">");
    words(buf, block->when);
    buf_text(buf, "</td></tr></table></td></tr>\n");
}

/* A name and what is said of it; one below the other on a narrow screen. */
static void fact(const struct digest_block *block, struct buf *buf)
{
    bool calm = block->tone == TONE_CALM;

    buf_text(buf,
        "<tr><td class=\"pad\" style=\"padding:0 32px\"><table role=\"presentation\" "
        "width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"font-size:14px;"
        "line-height:20px\"><tr><td class=\"wide rule tight soft\" width=\"42%\" "
        "valign=\"top\" style=\"padding:5px 12px 5px 0;border-top:1px solid #e6e9ed;"
        "color:#5f6b76\">");
    words(buf, block->title);
    buf_printf(buf,
        "</td><td class=\"drop rule tight %s\" valign=\"top\" style=\"padding:5px 0;"
        "border-top:1px solid #e6e9ed;color:%s%s\">",
        calm ? "ink" : tone_class(block->tone), calm ? "#1b2127" : tone_colour(block->tone),
        calm ? "" : ";font-weight:600");
    words(buf, block->text);
    buf_text(buf, "</td></tr></table></td></tr>\n");
}

static void new_case(const struct digest_block *block, struct buf *buf)
{
    row_open(buf, TONE_CALM, false);
    title_line(buf, block->number, block->title);
    soft_line(buf, block->when);
    if (block->text[0]) {
        buf_text(buf, "<div class=\"ink\" style=\"color:#1b2127;font-size:14px\">");
        words(buf, block->text);
        buf_text(buf, "</div>");
    }
    if (block->detail[0]) {
        buf_text(buf,
            "<div class=\"quote\" style=\"margin-top:6px;padding:8px 12px;background:"
            "#f5f7f9;border-radius:4px;color:#37414a;font-size:14px\">");
        words(buf, block->detail);
        buf_text(buf, "</div>");
    }
    row_close(buf);
}

static void item(const struct digest_block *block, struct buf *buf)
{
    row_open(buf, block->tone, true);
    title_line(buf, block->number, block->title);
    soft_line(buf, block->text);
    row_close(buf);
}

/* Each section is a table in a row of its own, so that paper can set them side by side. */
static void section(const struct digest_block *block, bool first, struct buf *buf)
{
    static const char *const columns[] = { "", " class=\"left\"", " class=\"right\"" };

    buf_printf(buf,
        "%s<tr%s><td><table role=\"presentation\"%s width=\"100%%\" cellpadding=\"0\" "
        "cellspacing=\"0\">\n<tr class=\"head\"><td class=\"pad section\" style=\"padding:26px "
        "32px 5px\">"
        "<h2 class=\"soft\" style=\"margin:0;font-size:13px;line-height:18px;font-weight:600;"
        "letter-spacing:.06em;text-transform:uppercase;color:#5f6b76\">",
        first ? "" : "</table></td></tr>\n", columns[block->column],
        block->column == COLUMN_WHOLE ? " class=\"decide\"" : "");
    words(buf, block->title);
    buf_text(buf, "</h2>");
    if (block->text[0]) {
        buf_text(buf, "<div class=\"ink\" style=\"padding-top:6px;color:#1b2127\">");
        words(buf, block->text);
        buf_text(buf, "</div>");
    }
    buf_text(buf, "</td></tr>\n");
}

static void add_block(
    const struct digest *digest, const struct digest_block *block, struct buf *buf)
{
    switch (block->kind) {
    case DIGEST_SECTION:
        section(block, block == digest->blocks, buf);
        break;
    case DIGEST_GROUP:
        group(block, buf);
        break;
    case DIGEST_DECISION:
        decision(digest, block, buf);
        break;
    case DIGEST_CLOCK:
        clock_row(block, buf);
        break;
    case DIGEST_CASE:
        new_case(block, buf);
        break;
    case DIGEST_ITEM:
        item(block, buf);
        break;
    case DIGEST_FACT:
        fact(block, buf);
        break;
    case DIGEST_MORE:
        buf_text(buf,
            "<tr><td class=\"pad soft\" style=\"padding:8px 32px;color:#5f6b76;"
            "font-size:14px\">");
        words(buf, block->text);
        buf_text(buf, "</td></tr>\n");
        break;
    }
}

static void figures(const struct digest *digest, struct buf *buf)
{
    buf_text(buf,
        "<tr><td class=\"pad figures\" style=\"padding:14px 32px 0\"><table "
        "role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr>");
    for (size_t i = 0; i < COUNT(digest->figures); i++) {
        enum digest_tone tone = digest->figures[i].tone;

        buf_printf(buf,
            "<td width=\"25%%\" valign=\"top\" class=\"rule\" style=\"padding:10px 4px 10px %s;"
            "border-top:1px solid #e6e9ed;border-bottom:1px solid #e6e9ed\"><div class=\"figure "
            "%s\" style=\"font-size:27px;line-height:32px;font-weight:300;color:%s\">",
            i ? "14px" : "0", tone == TONE_CALM ? "ink" : tone_class(tone),
            tone == TONE_CALM ? "#1b2127" : tone_colour(tone));
        words(buf, digest->figures[i].value);
        buf_text(buf, "</div><div class=\"soft\" style=\"color:#5f6b76;font-size:13px\">");
        words(buf, digest->figures[i].label);
        buf_text(buf, "</div></td>");
    }
    buf_text(buf, "</tr></table></td></tr>\n");
}

static void opening(const struct digest *digest, struct buf *buf)
{
    buf_printf(buf,
        "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\">"
        "<meta name=\"supported-color-schemes\" content=\"light dark\"><title>",
        digest->nl ? "nl" : "en");
    words(buf, digest->settings->municipality);
    buf_text(buf, ", ");
    words(buf, digest->day);
    buf_printf(buf,
        "</title>\n<style>%s</style></head>\n<body class=\"page\" style=\"margin:0;padding:0;"
        "background:#eef0f3;font-size:15px;line-height:22px;" FONT "\">\n"
        "<table role=\"presentation\" width=\"100%%\" cellpadding=\"0\" cellspacing=\"0\"><tr><td "
        "class=\"page\" align=\"center\" style=\"padding:20px 8px;background:#eef0f3;font-size:"
        "inherit\">"
        "<table role=\"presentation\" class=\"sheet\" width=\"100%%\" cellpadding=\"0\" "
        "cellspacing=\"0\" style=\"max-width:680px;background:#ffffff;border:1px solid #e0e4e8;"
        "border-radius:8px;text-align:left\">\n"
        "<tr><td class=\"pad top\" style=\"padding:28px 32px 0\"><div class=\"soft\" style=\"color:"
        "#5f6b76;font-size:14px\">",
        head_styles);
    words(buf, digest->settings->municipality);
    buf_text(buf, " · ");
    words(buf, digest->day);
    buf_text(buf,
        "</div><h1 class=\"ink\" style=\"margin:4px 0 0;font-size:23px;line-height:30px;"
        "font-weight:600;color:#1b2127\">");
    words(buf, digest->headline);
    buf_text(buf, "</h1></td></tr>\n");
}

static void closing(const struct digest *digest, struct buf *buf)
{
    buf_text(buf,
        "</table></td></tr>\n<tr class=\"last\"><td class=\"pad section soft\" "
        "style=\"padding:26px 32px "
        "28px;color:#5f6b76;"
        "font-size:13px;line-height:19px\">");
    words(buf,
        digest->nl
            ? "Beslissen kan per mail: klik op een regel en verstuur het bericht, door u "
              "ondertekend. "
              "Alleen de regel zelf telt; onder reply zet u uw tekst. De code achter de schuine "
              "streep "
              "hoort bij de zaak: daaraan is te zien dat de regel voor het postvak is bedoeld. Of "
              "op "
              "de server: meldpost, dan de opdracht en het nummer zonder code."
            : "You can decide by mail: click on a line and send the message, signed by you. Only "
              "the "
              "line itself counts; put your text below reply. The code behind the slash belongs to "
              "the case: it shows that the line was meant for the mailbox. Or on the server: "
              "meldpost, "
              "then the order and the number without the code.");
    buf_text(buf, "</td></tr>\n</table></td></tr></table>\n</body></html>\n");
}

const char *digest_html(const struct digest *digest, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    opening(digest, &buf);
    figures(digest, &buf);
    for (size_t i = 0; i < digest->count; i++)
        add_block(digest, &digest->blocks[i], &buf);
    closing(digest, &buf);
    return buf_string(&buf);
}
