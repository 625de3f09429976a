/* What the header fields say: people, subject, threads, and who or what is speaking. */
#include "mime/addresses.h"
#include "mime/maildate.h"
#include "mime/words.h"
#include "open/opening.h"

#include <string.h>

enum { LIST_MOST = 1000, ORIGINAL_MOST = 64 * 1024 };

static void add_once(struct opening *o, struct texts *texts, const char *text)
{
    if (*text && texts->count < LIST_MOST && !texts_have_nocase(texts, text))
        texts_add(texts, o->arena, text);
}

static void read_addresses(struct opening *o, const struct mime_part *part, const char *name,
    struct texts *texts, bool *odd, const char **display)
{
    struct span value;
    size_t at = 0, fields = 0;

    while (mime_field_next(part, name, &at, &value) && fields++ < 20) {
        struct addresses list = { .count = 0 };

        addresses_parse(o->charsets, value, o->arena, &list);
        for (size_t i = 0; i < list.count; i++) {
            add_once(o, texts, list.at[i].address);
            if (display && !**display)
                *display = list.at[i].name;
        }
        if (odd)
            *odd |= list.odd;
    }
    if (odd && fields > 1)
        *odd = true;
}

/* Fields within the seal win where they are there. */
static const struct mime_part *source(const struct mail *mail, const char *name)
{
    return mail->inner && mime_field(mail->inner, name).at ? mail->inner : mail->root;
}

static void read_list(struct opening *o, const char *name, struct texts *texts)
{
    read_addresses(o, source(&o->top, name), name, texts, NULL, NULL);
}

/* Message-IDs: what stands between < and >; programs that forget those give words. */
static void read_ids(struct opening *o, struct span value, struct texts *texts)
{
    const char *text = words_decode(o->charsets, value, o->arena);

    while (*text && texts->count < LIST_MOST) {
        const char *open = strchr(text, '<'), *close = open ? strchr(open, '>') : NULL;
        struct span id;

        if (!close) {
            if (!open && texts->count == 0 && strchr(text, '@') && !strpbrk(text, " \"("))
                add_once(o, texts, text);
            return;
        }
        id = span_trim((struct span) { open + 1, (size_t)(close - open - 1) });
        if (id.len && id.len < 1000)
            add_once(o, texts, arena_text(o->arena, id));
        text = close + 1;
    }
}

static void read_all_ids(struct opening *o, const char *name, struct texts *texts)
{
    const struct mime_part *parts[] = { o->top.root, o->top.inner };

    for (size_t p = 0; p < COUNT(parts); p++) {
        struct span value;
        size_t at = 0, fields = 0;

        while (parts[p] && mime_field_next(parts[p], name, &at, &value) && fields++ < 4)
            read_ids(o, value, texts);
    }
}

void fields_subject(struct opening *o)
{
    struct message *m = o->message;
    struct span value = { NULL, 0 };
    enum signature signature = o->top.has_signature ? o->top.signature : SIGNATURE_NONE;

    if (o->top.inner)
        value = mime_field(o->top.inner, "subject");
    /* A field that a broken signature covers is worth what the one outside is. */
    m->subject_inner = value.at != NULL
        && (o->top.has_seal || (signature != SIGNATURE_BAD && signature != SIGNATURE_BROKEN));
    if (!m->subject_inner)
        value = mime_field(o->top.root, "subject");
    m->subject = words_decode(o->charsets, value, o->arena);
}

/* A seal proves nothing of whom the signer wrote to, since who gets a mail may seal what is in it
 * to others: the fields have to be within the signature. */
void fields_signed_to(struct opening *o)
{
    struct message *m = o->message;
    const struct layer *layer = o->top.inner_layer;

    while (layer && !(layer->is_signed && *m->signer && strcmp(layer->signer, m->signer) == 0))
        layer = layer->outer;
    if (!layer)
        return;
    read_addresses(o, o->top.inner, "to", &m->signed_to, NULL, NULL);
    read_addresses(o, o->top.inner, "cc", &m->signed_to, NULL, NULL);
}

static void read_date(struct opening *o)
{
    struct span value = mime_field(source(&o->top, "date"), "date");

    if (value.at && !maildate_parse(words_unfold(value, o->arena), &o->message->date)) {
        o->message->date = 0;
        opening_odd(o, "The Date cannot be read.");
    }
}

static void read_return_path(struct opening *o)
{
    struct span value = mime_field(o->top.root, "return-path");
    struct addresses list = { .count = 0 };

    if (!value.at)
        return;
    addresses_parse(o->charsets, value, o->arena, &list);
    o->message->return_path = list.count ? list.at[0].address : "";
}

/* Flags from fields. */

enum test { IS_THERE, STARTS, HOLDS, IS_NOT };

/* RFC 3834, 5; RFC 2369; RFC 2919; RFC 8058; what Exchange, vacation and filters write. */
static const struct {
    const char *field;
    enum test test;
    unsigned flag;
    const char *value;
} field_flags[] = {
    { "auto-submitted", IS_NOT, FLAG_AUTO, "no" },
    { "x-auto-response-suppress", IS_THERE, FLAG_AUTO, "" },
    { "x-autoreply", IS_THERE, FLAG_AUTO, "" },
    { "x-autorespond", IS_THERE, FLAG_AUTO, "" },
    { "x-autoresponse", IS_THERE, FLAG_AUTO, "" },
    { "x-autoresponder", IS_THERE, FLAG_AUTO, "" },
    { "x-autoreply-from", IS_THERE, FLAG_AUTO, "" },
    { "x-auto-reply-from", IS_THERE, FLAG_AUTO, "" },
    { "x-mail-autoreply", IS_THERE, FLAG_AUTO, "" },
    { "x-vacation", IS_THERE, FLAG_AUTO, "" },
    { "x-ms-exchange-inbox-rules-loop", IS_THERE, FLAG_AUTO, "" },
    { "x-ms-exchange-generated-message-source", HOLDS, FLAG_AUTO, "rules agent" },
    { "x-pm-message-type", STARTS, FLAG_AUTO, "auto" },
    { "precedence", STARTS, FLAG_AUTO, "auto_reply" },
    { "precedence", STARTS, FLAG_AUTO, "auto-reply" },
    { "preference", STARTS, FLAG_AUTO, "auto_reply" },
    { "x-precedence", STARTS, FLAG_AUTO, "auto_reply" },
    { "delivered-to", STARTS, FLAG_AUTO, "autoresponder" },
    { "x-failed-recipients", IS_THERE, FLAG_BOUNCE, "" },
    { "list-id", IS_THERE, FLAG_LIST, "" },
    { "list-post", IS_THERE, FLAG_LIST, "" },
    { "mailing-list", IS_THERE, FLAG_LIST, "" },
    { "x-mailing-list", IS_THERE, FLAG_LIST, "" },
    { "x-mailman-version", IS_THERE, FLAG_LIST, "" },
    { "x-beenthere", IS_THERE, FLAG_LIST, "" },
    { "x-list", IS_THERE, FLAG_LIST, "" },
    { "precedence", STARTS, FLAG_LIST, "list" },
    { "list-unsubscribe", IS_THERE, FLAG_BULK, "" },
    { "list-unsubscribe-post", IS_THERE, FLAG_BULK, "" },
    { "feedback-id", IS_THERE, FLAG_BULK, "" },
    { "x-campaign", IS_THERE, FLAG_BULK, "" },
    { "x-campaignid", IS_THERE, FLAG_BULK, "" },
    { "x-mailgun-tag", IS_THERE, FLAG_BULK, "" },
    { "precedence", STARTS, FLAG_BULK, "bulk" },
    { "precedence", STARTS, FLAG_BULK, "junk" },
    { "x-spam-flag", STARTS, FLAG_SPAM, "yes" },
    { "x-spam-status", STARTS, FLAG_SPAM, "yes" },
    { "x-spam", STARTS, FLAG_SPAM, "yes" },
    { "x-bogosity", STARTS, FLAG_SPAM, "spam" },
    { "x-bogosity", STARTS, FLAG_SPAM, "yes" },
    { "x-rspamd-action", STARTS, FLAG_SPAM, "reject" },
    { "x-rspamd-action", STARTS, FLAG_SPAM, "add header" },
    { "x-microsoft-antispam-mailbox-delivery", HOLDS, FLAG_SPAM, "dest:j" },
};

static bool passes(enum test test, struct span value, struct span wanted)
{
    switch (test) {
    case IS_THERE:
        return true;
    case STARTS:
        return span_starts_nocase(value, wanted);
    case HOLDS:
        return span_find_nocase(value, wanted, 0) != SPAN_NOWHERE;
    case IS_NOT: /* "no", perhaps with parameters or a comment behind it */
        return value.len
            && !(span_starts_nocase(value, wanted)
                && (value.len == wanted.len || strchr("; \t(", value.at[wanted.len])));
    }
    return false;
}

static void read_flags(struct opening *o)
{
    struct span value;

    for (size_t i = 0; i < COUNT(field_flags); i++) {
        size_t at = 0;

        while (mime_field_next(o->top.root, field_flags[i].field, &at, &value))
            if (passes(field_flags[i].test, span_trim(span_part(value, 0, 1000)),
                    span_of(field_flags[i].value)))
                o->message->flags |= field_flags[i].flag;
    }
    /* Microsoft's spam confidence: 5 and up is spam. */
    value = span_trim(mime_field(o->top.root, "x-ms-exchange-organization-scl"));
    if (value.len == 1 && value.at[0] >= '5' && value.at[0] <= '9')
        o->message->flags |= FLAG_SPAM;
}

/* The local parts that machines send as (RFC 2142, RFC 5321, 4.5.5). */
static bool is_machine(const char *address)
{
    static const struct span daemons[] = { { "mailer-daemon@", 14 }, { "postmaster@", 11 },
        { "mail-daemon@", 12 }, { "mailerdaemon@", 13 }, { "mdaemon@", 8 } };

    for (size_t i = 0; i < COUNT(daemons); i++)
        if (span_starts_nocase(span_of(address), daemons[i]))
            return true;
    return strcmp(address, "mailer-daemon") == 0;
}

/* Subjects of vacation replies; they count only beside a field that says the same. */
static bool is_away_subject(const char *subject)
{
    static const char *const starts[] = { "automatisch antwoord", "automatic reply",
        "automatische antwort", "auto:", "autoreply", "auto reply", "out of office", "afwezig",
        "out-of-office", "réponse automatique", "abwesenheit" };

    for (size_t i = 0; i < COUNT(starts); i++)
        if (span_starts_nocase(span_of(subject), span_of(starts[i])))
            return true;
    return false;
}

static void read_speaker(struct opening *o)
{
    struct message *m = o->message;
    const struct mime_part *root = o->top.root;
    const char *report = params_get(&root->type, "report-type");
    bool daemon = m->from.count == 1 && is_machine(m->from.at[0]);
    bool null_sender = m->return_path && !*m->return_path;
    size_t at = 0;
    struct span value;

    if (mime_is(root, "multipart/report")
        && span_equal_nocase(span_of(report), SPAN("delivery-status")))
        m->flags |= FLAG_BOUNCE;
    else if (mime_is(root, "multipart/report"))
        m->flags |= FLAG_AUTO;
    if (daemon && (null_sender || m->reports_on.count))
        m->flags |= FLAG_BOUNCE;
    else if (null_sender && !(m->flags & FLAG_BOUNCE))
        m->flags |= FLAG_AUTO;
    if (is_away_subject(m->subject)
        && (mime_field(root, "x-ms-has-attach").at || mime_field(root, "x-mailer").at)
        && m->in_reply_to.count && mime_field(root, "thread-index").at)
        m->flags |= FLAG_AUTO;
    while (mime_field_next(root, "x-failed-recipients", &at, &value)) {
        struct addresses list = { .count = 0 };

        addresses_parse(o->charsets, value, o->arena, &list);
        for (size_t i = 0; i < list.count; i++)
            add_once(o, &m->reports_on, list.at[i].address);
    }
}

/* A bounce of a program that knows no RFC 3464 holds the original's header in its text. */
static void read_old_bounce(struct opening *o)
{
    struct span value;

    if (!(o->message->flags & FLAG_BOUNCE))
        return;
    for (size_t i = 0; i < o->contents->count && i < 8; i++)
        if (o->contents->at[i].role == CONTENT_BODY)
            fields_original(o, o->contents->at[i].bytes);
    value = mime_field(o->top.root, "in-reply-to");
    if (value.at)
        read_ids(o, value, &o->message->reports_on);
}

/* "Message-ID:" at the start of a line of the bounced mail's header. */
void fields_original(struct opening *o, struct span head)
{
    struct span rest = span_part(head, 0, ORIGINAL_MOST), line;

    while (span_line(&rest, &line)) {
        line = span_trim(line);
        if (span_starts_nocase(line, SPAN("Message-ID:"))) {
            struct span value = span_part(line, 11, line.len);

            if (!span_trim(value).len && rest.len && (rest.at[0] == ' ' || rest.at[0] == '\t'))
                span_line(&rest, &value); /* folded before the id */
            read_ids(o, value, &o->message->reports_on);
        }
    }
}

/* RFC 3464, 2: blocks of fields. */
void fields_delivery_status(struct opening *o, struct span body)
{
    static const char *const recipients[] = { "Original-Recipient:", "Final-Recipient:" };
    struct span rest = span_part(body, 0, ORIGINAL_MOST), line;
    bool failed = false, action = false;

    while (span_line(&rest, &line)) {
        for (size_t i = 0; i < COUNT(recipients); i++)
            if (span_starts_nocase(line, span_of(recipients[i]))) {
                size_t semicolon = span_find_char(line, ';', 0);
                struct addresses list = { .count = 0 };

                if (semicolon == SPAN_NOWHERE)
                    semicolon = strlen(recipients[i]) - 1;
                addresses_parse(
                    o->charsets, span_part(line, semicolon + 1, line.len), o->arena, &list);
                for (size_t j = 0; j < list.count; j++)
                    add_once(o, &o->message->reports_on, list.at[j].address);
            }
        if (span_starts_nocase(line, SPAN("Action:"))) {
            struct span word = span_trim(span_part(line, 7, line.len));

            action = true;
            failed |= span_starts_nocase(word, SPAN("failed"))
                || span_starts_nocase(word, SPAN("delayed"));
        }
    }
    o->message->flags |= failed || !action ? FLAG_BOUNCE : FLAG_AUTO;
}

struct span fields_summary(struct opening *o, const struct mime_part *part)
{
    static const char *const names[] = { "From", "To", "Cc", "Date", "Subject" };
    struct buf out = { .arena = o->arena };

    for (size_t i = 0; i < COUNT(names); i++) {
        struct span value = mime_field(part, names[i]);

        if (value.at)
            buf_printf(&out, "%s: %s\n", names[i], words_decode(o->charsets, value, o->arena));
    }
    buf_char(&out, '\n');
    return buf_span(&out);
}

/* Autocrypt (level 1.1, 2.1): addr=…; keydata=base64. Whoever can write a mail can write one. */
static void read_autocrypt(struct opening *o)
{
    const struct mime_part *parts[] = { o->top.inner, o->top.root };

    for (size_t p = 0; p < COUNT(parts); p++) {
        struct span value;
        struct params params;
        struct buf field = { .arena = o->arena };
        const char *data;
        bool odd = false;

        if (!parts[p])
            continue;
        value = mime_field(parts[p], "autocrypt");
        if (!value.at)
            continue;
        buf_text(&field, "autocrypt;");
        for (size_t i = 0; i < value.len; i++) /* base64 is folded with blanks in it */
            if (!strchr(" \t\r\n", value.at[i] ? value.at[i] : 'x'))
                buf_char(&field, value.at[i]);
        params_parse(o->charsets, buf_span(&field), o->arena, &params);
        data = params_get(&params, "keydata");
        if (*data)
            asking_keys(o, transfer_decode(span_of(data), TRANSFER_BASE64, o->arena, &odd),
                p == 0 ? "in an Autocrypt field within the seal"
                       : "in an unprotected Autocrypt field");
    }
}

/* What carries a mail's From and its inner From, for judging signatures. */
static void read_from(struct opening *o, struct mail *mail)
{
    read_addresses(o, mail->root, "from", &mail->from, &mail->from_odd, &mail->from_name);
    /* "From", a line break, a blank and a colon: some programs read that as a field. */
    for (struct span rest = mail->root->strays, line; span_line(&rest, &line);)
        mail->from_odd |= span_starts_nocase(span_trim(line), SPAN("from"));
    if (mail->inner)
        read_addresses(o, mail->inner, "from", &mail->inner_from, &mail->from_odd, NULL);
}

static void tell_fields(struct opening *o)
{
    struct message *m = o->message;
    const struct mail *top = &o->top;
    struct span subject;
    size_t at = 0, subjects = 0;

    while (subjects < 2 && mime_field_next(top->root, "subject", &at, &subject))
        subjects++;
    if (subjects > 1)
        opening_odd(o, "There is more than one Subject; the first was read.");
    if (top->from_odd)
        opening_odd(o, "From is not well formed or comes twice.");
    if (m->from.count != 1)
        opening_reason(
            o, m->from.count ? "From names several addresses." : "From names no address.");
    if (top->inner_from.count && m->from.count
        && (top->inner_from.count != m->from.count
            || !addresses_same(top->inner_from.at[0], m->from.at[0]))) {
        m->flags |= FLAG_NAME;
        opening_reason(o, "From within the seal is another one than outside.");
    }
}

void fields_read(struct opening *o)
{
    struct message *m = o->message;
    struct span value;

    read_from(o, &o->top);
    for (struct mail *mail = o->attached; mail; mail = mail->before)
        read_from(o, mail);
    m->from = o->top.from;
    m->from_name = o->top.from_name;
    read_list(o, "sender", &m->sender);
    read_list(o, "reply-to", &m->reply_to);
    read_list(o, "to", &m->to);
    read_list(o, "cc", &m->cc);
    read_date(o);
    read_return_path(o);
    value = mime_field(o->top.root, "message-id");
    if (value.at) {
        struct texts ids = { .count = 0 };

        read_ids(o, value, &ids);
        if (ids.count)
            m->message_id = ids.at[0];
    }
    read_all_ids(o, "in-reply-to", &m->in_reply_to);
    read_all_ids(o, "references", &m->references);
    m->subject = words_decode(
        o->charsets, mime_field(source(&o->top, "subject"), "subject"), o->arena);
    read_flags(o);
    read_speaker(o);
    read_old_bounce(o);
    for (const struct mail *mail = o->attached; mail; mail = mail->before)
        if (m->flags & FLAG_BOUNCE && mail->carrier == &o->top)
            read_ids(o, mime_field(mail->root, "message-id"), &m->reports_on);
    tell_fields(o);
    read_autocrypt(o);
}
