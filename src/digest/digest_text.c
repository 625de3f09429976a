#include "base/buf.h"
#include "digest/digest.h"

#include <string.h>

/* How urgent, before what it is about. */
static const char *mark(const struct digest *digest, enum digest_tone tone)
{
    static const char *const nl[] = { "", "[binnenkort] ", "[vandaag] ", "[TE LAAT] " };
    static const char *const en[] = { "", "[soon] ", "[today] ", "[LATE] " };

    return (digest->nl ? nl : en)[tone];
}

/* Each line of a text behind the same start, so that no text of others looks like ours. */
static void indented(struct buf *buf, const char *start, const char *text)
{
    struct span rest = span_of(text), line;

    while (span_line(&rest, &line))
        buf_printf(buf, "%s%.*s\n", start, (int)line.len, line.at);
}

static void capitals(struct buf *buf, const char *title)
{
    for (; *title; title++)
        buf_char(buf, *title >= 'a' && *title <= 'z' ? (char)(*title - 'a' + 'A') : *title);
    buf_text(buf, "\n");
}

static void decision(const struct digest *digest, const struct digest_block *block, struct buf *buf)
{
    buf_printf(buf, "- %s%s", mark(digest, block->tone), block->title);
    if (block->when[0])
        buf_printf(buf, " (%s %s)", digest->nl ? "uiterlijk" : "by", block->when);
    buf_char(buf, '\n');
    indented(buf, "  ", block->text);
    for (size_t i = 0; i < block->commands.count; i++)
        buf_printf(buf, "      %s\n", block->commands.at[i]);
}

static void add_block(
    const struct digest *digest, const struct digest_block *block, struct buf *buf)
{
    switch (block->kind) {
    case DIGEST_SECTION:
        buf_text(buf, "\n");
        capitals(buf, block->title);
        if (block->text[0])
            buf_printf(buf, "\n%s\n", block->text);
        break;
    case DIGEST_GROUP:
        buf_printf(buf, "\n%s: %s\n", block->number, block->title);
        break;
    case DIGEST_DECISION:
        decision(digest, block, buf);
        break;
    case DIGEST_CLOCK:
        buf_printf(buf, "- %s%s: %s, %s (%s)\n", mark(digest, block->tone), block->number,
            block->title, block->when, block->text);
        break;
    case DIGEST_CASE:
        buf_printf(buf, "\n%s: %s\n  %s\n", block->number, block->title, block->when);
        indented(buf, "  ", block->text);
        indented(buf, "  | ", block->detail);
        break;
    case DIGEST_ITEM:
        buf_printf(buf, "- %s%s%s%s\n", mark(digest, block->tone), block->number,
            block->number[0] ? ": " : "", block->title);
        indented(buf, "  ", block->text);
        break;
    case DIGEST_FACT:
        buf_printf(buf, "- %s%s: %s\n", mark(digest, block->tone), block->title, block->text);
        break;
    case DIGEST_MORE:
        buf_printf(buf, "  %s\n", block->text);
        break;
    }
}

/* What is hidden in a terminal or turns the direction of a line is left out. */
static const char *cleaned(const struct buf *from, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < from->len; i++) {
        unsigned char c = (unsigned char)from->at[i];

        if (c >= ' ' ? c != 127 : c == '\n')
            buf_char(&buf, (char)c);
    }
    return buf_string(&buf);
}

const char *digest_text(const struct digest *digest, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    buf_printf(
        &buf, "%s\n%s\n\n%s\n", digest->settings->municipality, digest->day, digest->headline);
    for (size_t i = 0; i < COUNT(digest->figures); i++)
        buf_printf(
            &buf, "%s%s %s", i ? ", " : "", digest->figures[i].value, digest->figures[i].label);
    buf_text(&buf, "\n");
    for (size_t i = 0; i < digest->count; i++)
        add_block(digest, &digest->blocks[i], &buf);
    buf_printf(&buf, "\n%s\n",
        digest->nl
            ? "Beslissen kan per mail: stuur de regel zoals hij er staat, in een door u "
              "ondertekende "
              "mail aan het postvak. Onder reply zet u uw tekst. De code achter de schuine streep "
              "hoort bij de zaak: daaraan is te zien dat de regel voor het postvak is bedoeld. Of "
              "op "
              "de server: meldpost, dan de opdracht en het nummer zonder code."
            : "You can decide by mail: send the line as it stands, in a mail signed by you to the "
              "mailbox. Put your text below reply. The code behind the slash belongs to the case: "
              "it "
              "shows that the line was meant for the mailbox. Or on the server: meldpost, then the "
              "order and the number without the code.");
    return cleaned(&buf, arena);
}
