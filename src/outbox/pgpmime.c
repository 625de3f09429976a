#include "outbox/pgpmime.h"

#include "base/date.h"
#include "base/hash.h"
#include "outbox/encode.h"

#include <ctype.h>
#include <string.h>

enum {
    ID_MOST = 250,
    REFERENCES_MOST = 20, /* the first and the last ones: RFC 5322, 3.6.4 asks no more */
};

static bool only_printable(const char *text, const char *without, size_t most)
{
    size_t len = strlen(text);

    if (len == 0 || len > most)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 127
            || strchr(without, text[i]))
            return false;
    return true;
}

bool pgpmime_id(const char *id)
{
    const char *at = strchr(id, '@');

    return only_printable(id, "<>()", ID_MOST) && at && at != id && at[1] && !strchr(at + 1, '@');
}

static bool file_name_fine(const char *name)
{
    for (const char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("._-", *at))
            return false;
    return *name && strlen(name) <= 60;
}

static bool type_fine(const char *type)
{
    return only_printable(type, "\";", 80) && strchr(type, '/');
}

static const char *boundary(struct arena *arena, pgpmime_random *random)
{
    uint8_t bytes[18];
    char hex[2 * sizeof bytes + 1];

    random(bytes, sizeof bytes);
    hash_hex(bytes, sizeof bytes, hex);
    /* "=_" can stand in no quoted-printable or base64 line (RFC 2045, 6.7). */
    return arena_printf(arena, "=_%s", hex);
}

static void text_part(struct buf *buf, struct span text)
{
    struct buf flowed = { .arena = buf->arena };

    encode_flowed(&flowed, text);
    buf_text(buf,
        "Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    encode_quoted(buf, buf_span(&flowed));
}

static void html_part(struct buf *buf, struct span html)
{
    buf_text(buf,
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    encode_quoted(buf, html);
}

static void file_part(struct buf *buf, const struct outgoing_file *file)
{
    buf_printf(buf,
        "Content-Type: %s; name=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n",
        file->type, file->name, file->name);
    encode_base64(buf, file->bytes);
}

/* The text, or text and HTML for the reader to choose from. */
static void words_part(struct buf *buf, const struct outgoing *outgoing, pgpmime_random *random)
{
    const char *line = boundary(buf->arena, random);

    if (!outgoing->html) {
        text_part(buf, span_of(outgoing->text));
        return;
    }
    buf_printf(buf, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n--%s\r\n",
        line, line);
    text_part(buf, span_of(outgoing->text));
    buf_printf(buf, "\r\n--%s\r\n", line);
    html_part(buf, span_of(outgoing->html));
    buf_printf(buf, "\r\n--%s--\r\n", line);
}

static struct span body_part(
    const struct outgoing *outgoing, pgpmime_random *random, struct arena *arena)
{
    const char *line = boundary(arena, random);
    struct buf buf = { .arena = arena };

    if (!outgoing->file_count) {
        words_part(&buf, outgoing, random);
        return buf_span(&buf);
    }
    buf_printf(
        &buf, "Content-Type: multipart/mixed;\r\n boundary=\"%s\"\r\n\r\n--%s\r\n", line, line);
    words_part(&buf, outgoing, random);
    for (size_t i = 0; i < outgoing->file_count; i++) {
        buf_printf(&buf, "\r\n--%s\r\n", line);
        file_part(&buf, &outgoing->files[i]);
    }
    buf_printf(&buf, "\r\n--%s--\r\n", line);
    return buf_span(&buf);
}

static void thread_fields(struct buf *buf, const struct pgpmime_envelope *envelope)
{
    const struct texts *all = &envelope->references;
    const char *start = "References:";

    if (pgpmime_id(envelope->in_reply_to))
        buf_printf(buf, "In-Reply-To: <%s>\r\n", envelope->in_reply_to);
    for (size_t i = 0; i < all->count; i++) {
        if ((i && i + REFERENCES_MOST < all->count) || !pgpmime_id(all->at[i]))
            continue;
        buf_printf(buf, "%s <%s>", start, all->at[i]);
        start = "\r\n";
    }
    if (start[0] == '\r')
        buf_text(buf, "\r\n");
}

/* Inside and outside the same but for the subject; prefix is "" or "HP-Outer: ". */
static void main_fields(struct buf *buf, const char *prefix,
    const struct pgpmime_envelope *envelope, const char *subject)
{
    char date[DATE_TEXT];

    date_mail(envelope->date_s, date);
    buf_printf(buf, "%sDate: %s\r\n%sFrom: ", prefix, date, prefix);
    encode_phrase(buf, envelope->from_name);
    buf_printf(buf, "%s <%s>\r\n%sTo: <%s>\r\n%sSubject: ",
        strlen(envelope->from_name) + strlen(envelope->from) > 50 ? "\r\n" : "", envelope->from,
        prefix, envelope->to, prefix);
    encode_text(buf, subject);
    buf_printf(buf, "\r\n%sMessage-ID: <%s>\r\n", prefix, envelope->message_id);
}

/* RFC 9788: the payload repeats the header and says what everybody could read outside. */
static struct span payload(const struct pgpmime_envelope *envelope, const struct outgoing *outgoing,
    pgpmime_random *random, struct arena *arena)
{
    struct span body = body_part(outgoing, random, arena);
    struct buf buf = { .arena = arena };
    bool hidden = envelope->recipient_count > 0;
    size_t type_end = span_find(body, SPAN("\r\n"), 0);

    while (type_end + 2 < body.len && body.at[type_end + 2] == ' ')
        type_end = span_find(body, SPAN("\r\n"), type_end + 2);
    main_fields(&buf, "", envelope, outgoing->subject);
    if (hidden)
        main_fields(&buf, "HP-Outer: ", envelope, outgoing->outer_subject);
    /* Mail programs of before RFC 9788 look for protected-headers. */
    buf_add(&buf, span_part(body, 0, type_end));
    buf_printf(&buf, ";\r\n hp=\"%s\"; protected-headers=\"v1\"", hidden ? "cipher" : "clear");
    buf_add(&buf, span_part(body, type_end, body.len));
    return buf_span(&buf);
}

static void outer_fields(
    struct buf *buf, const struct pgpmime_envelope *envelope, const struct outgoing *outgoing)
{
    main_fields(
        buf, "", envelope, envelope->recipient_count ? outgoing->outer_subject : outgoing->subject);
    thread_fields(buf, envelope);
    if (outgoing->auto_submitted[0])
        /* The second field is what Exchange looks at before it sends an absence note. */
        buf_printf(buf, "Auto-Submitted: %s\r\nX-Auto-Response-Suppress: All\r\n",
            outgoing->auto_submitted);
    buf_printf(buf, "Content-Language: %s\r\nMIME-Version: 1.0\r\n", outgoing->language);
}

static void encrypted_body(struct buf *buf, struct span sealed, const char *line)
{
    buf_printf(buf,
        "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n"
        " boundary=\"%s\"\r\n\r\n"
        "This is an OpenPGP/MIME encrypted message (RFC 3156).\r\n--%s\r\n"
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--%s\r\n"
        "Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"
        "Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n",
        line, line, line);
    encode_lines(buf, sealed);
    buf_printf(buf, "\r\n--%s--\r\n", line);
}

static void signed_body(struct buf *buf, struct span covered, struct span signature,
    const char *micalg, const char *line)
{
    buf_printf(buf,
        "Content-Type: multipart/signed; micalg=\"%s\";\r\n"
        " protocol=\"application/pgp-signature\";\r\n boundary=\"%s\"\r\n\r\n"
        "This is an OpenPGP/MIME signed message (RFC 3156).\r\n--%s\r\n",
        micalg, line, line);
    buf_add(buf, covered);
    /* RFC 3156, 5: the line end before the boundary is not signed, so it stands here. */
    buf_printf(buf,
        "\r\n--%s\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n"
        "Content-Disposition: inline; filename=\"signature.asc\"\r\n\r\n",
        line);
    encode_lines(buf, signature);
    buf_printf(buf, "\r\n--%s--\r\n", line);
}

static bool check(
    const struct pgpmime_envelope *envelope, const struct outgoing *outgoing, struct err *err)
{
    if (!outgoing_address(envelope->from) || !outgoing_address(envelope->to))
        return err_set(err, ERR_MESSAGE, "an address that cannot stand in a header");
    if (!pgpmime_id(envelope->message_id))
        return err_set(err, ERR_MESSAGE, "a Message-ID that cannot stand in a header");
    for (size_t i = 0; i < outgoing->file_count; i++)
        if (!file_name_fine(outgoing->files[i].name) || !type_fine(outgoing->files[i].type))
            return err_set(err, ERR_MESSAGE, "file %zu: a name or type that is not allowed", i + 1);
    return true;
}

bool pgpmime_write(struct pgp *pgp, const struct pgpmime_envelope *envelope,
    const struct outgoing *outgoing, pgpmime_random *random, struct arena *arena, struct span *mail,
    struct err *err)
{
    struct buf buf = { .arena = arena };
    struct span inside, made;
    const char *line = boundary(arena, random);
    char micalg[32];

    if (!check(envelope, outgoing, err))
        return false;
    inside = payload(envelope, outgoing, random, arena);
    outer_fields(&buf, envelope, outgoing);
    if (envelope->recipient_count) {
        if (!pgp_seal(pgp, inside, envelope->recipients, envelope->recipient_count,
                envelope->signer, arena, &made, err))
            return false;
        encrypted_body(&buf, made, line);
    } else {
        if (!pgp_sign(pgp, inside, envelope->signer, arena, &made, micalg, err))
            return false;
        signed_body(&buf, inside, made, micalg, line);
    }
    *mail = buf_span(&buf);
    return true;
}
