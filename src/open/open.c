#include "open/open.h"

#include "base/hash.h"
#include "mime/tags.h"
#include "mime/tnef.h"
#include "open/armor.h"
#include "open/opening.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct open_limits open_limits_usual = {
    .mime = { .depth = 32,
        .parts = 1000,
        .header = 256 * 1024,
        .field = 64 * 1024,
        .fields = 2000,
        .boundary = 70 },
    .layers = 10,
    .questions = 64,
    .plain = 100 * 1024 * 1024,
};

enum { REASONS_MOST = 200, CONTENTS_MOST = 4000 };

void opening_reason(struct opening *o, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (o->message->reasons.count < REASONS_MOST && !texts_have(&o->message->reasons, text))
        texts_add(&o->message->reasons, o->arena, arena_text(o->arena, span_of(text)));
}

void opening_odd(struct opening *o, const char *reason)
{
    o->message->parse = PARSE_ODD;
    opening_reason(o, "%s", reason);
}

void opening_repaired(struct opening *o, const char *reason)
{
    o->message->flags |= FLAG_REPAIRED;
    opening_odd(o, reason);
}

struct layer *opening_layer(struct opening *o, struct layer *outer)
{
    struct layer *layer = arena_alloc(o->arena, sizeof *layer);

    *layer = (struct layer) { .outer = outer, .before = o->layers, .signer = "" };
    layer->mail = outer ? outer->mail : &o->top;
    layer->depth = outer ? outer->depth + 1 : 0;
    layer->id = outer ? ++o->layer_ids : 0;
    layer->crypt = CRYPT_NONE;
    layer->signature = SIGNATURE_NONE;
    o->layers = layer;
    return layer;
}

void opening_crypt(struct mail *mail, enum crypt crypt)
{
    if (!mail->has_seal || crypt < mail->crypt)
        mail->crypt = crypt;
    mail->has_seal = true;
}

/* Room for one more in a list that doubles whenever its count is a power of two. */
static void *room(struct arena *arena, void *at, size_t count, size_t size)
{
    if (count & (count - 1))
        return at;
    return arena_grow(arena, at, count * size, (count ? count * 2 : 1) * size);
}

/* Tells each mail around it that something to read is outside of its seals or signatures. */
static void tell_mails(const struct layer *layer, bool sealed)
{
    struct mail *mail = layer->mail;
    bool in_seal = sealed, in_signature = false;

    for (const struct layer *at = layer;; at = at->outer) {
        if (!at || at->mail != mail) {
            mail->outside_seal |= !in_seal;
            mail->outside_signature |= !in_signature;
            if (!at)
                return;
            mail = at->mail;
            in_seal = in_signature = false;
        }
        in_seal |= at->sealed && (at->crypt == CRYPT_ENC || sealed);
        in_signature |= at->is_signed;
    }
}

static size_t add_attachment(struct opening *o, struct layer *layer, const struct content *content)
{
    struct message *m = o->message;
    struct attachment *attachment;

    m->attachments = room(o->arena, m->attachments, m->attachment_count, sizeof *m->attachments);
    o->attachment_layers = room(
        o->arena, o->attachment_layers, m->attachment_count, sizeof(struct layer *));
    o->attachment_layers[m->attachment_count] = layer;
    attachment = &m->attachments[m->attachment_count];
    *attachment = (struct attachment) {
        .name = content->name, .type = content->type, .size = content->bytes.len
    };
    hash_md5(content->bytes, attachment->md5);
    hash_sha256(content->bytes, attachment->sha256);
    return m->attachment_count++;
}

void opening_content(
    struct opening *o, struct layer *layer, struct content *content, bool seen, bool sealed)
{
    struct contents *c = o->contents;

    if (c->count >= CONTENTS_MOST) {
        o->message->flags |= FLAG_TRUNCATED;
        opening_odd(o, "There are more texts and attachments than allowed.");
        layer->mail->outside_seal = layer->mail->outside_signature = true;
        return;
    }
    if (!content->charset)
        content->charset = "";
    if (!content->name)
        content->name = "";
    if (seen)
        tell_mails(layer, sealed);
    if (content->role == CONTENT_ATTACHMENT)
        content->attachment = add_attachment(o, layer, content);
    else if (layer->mail->carrier) { /* the text of an attached mail */
        content->role = CONTENT_ATTACHMENT;
        content->attachment = layer->mail->attachment;
    }
    c->at = room(o->arena, c->at, c->count, sizeof *c->at);
    o->content_layers = room(o->arena, o->content_layers, c->count, sizeof(struct layer *));
    content->layer = layer->id;
    o->content_layers[c->count] = layer;
    c->at[c->count++] = *content;
}

static void take_over(struct opening *o, const struct mime_tree *tree, struct layer *layer)
{
    if (tree->parts_cut) /* what was not read is covered by nothing */
        layer->mail->doubtful = true;
    if (tree->odd)
        o->message->parse = PARSE_ODD;
    for (size_t i = 0; i < tree->reasons.count; i++)
        opening_reason(o, "%s", tree->reasons.at[i]);
    o->message->flags |= (tree->malformed ? FLAG_MALFORMED : 0)
        | (tree->truncated ? FLAG_TRUNCATED : 0) | (tree->repaired ? FLAG_REPAIRED : 0);
}

/* Parts that are not taken apart by boundaries. */

static struct span decoded(struct opening *o, const struct mime_part *part)
{
    bool odd = false, text = mime_is(part, "text/") && !*part->name;
    struct span bytes = text ? mime_text(part, o->arena, &odd) : mime_body(part, o->arena, &odd);

    if (odd && part->transfer != TRANSFER_UNKNOWN)
        opening_odd(o, "A transfer encoding is damaged; what could be read was taken.");
    return bytes;
}

static void as_attachment(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct span bytes)
{
    struct content content = { .role = CONTENT_ATTACHMENT,
        .bytes = bytes,
        .type = part->type.word,
        .charset = params_get(&part->type, "charset"),
        .name = part->name };

    opening_content(o, layer, &content, true, false);
    inline_sealed(o, &content, layer);
}

/* Whether each line of text is a header field that root has too, with the same value. */
static bool repeats_fields(struct opening *o, struct span text, const struct mime_part *root)
{
    struct span rest = text, line;
    bool any = false;

    if (rest.len > 8192)
        return false;
    while (span_line(&rest, &line)) {
        size_t colon = span_find_char(line, ':', 0);
        struct span value;

        if (!span_trim(line).len)
            continue;
        if (colon == SPAN_NOWHERE || colon > 40)
            return false;
        value = mime_field(root, arena_text(o->arena, span_trim(span_part(line, 0, colon))));
        if (!value.at
            || strcmp(words_decode(o->charsets, value, o->arena),
                   words_decode(o->charsets, span_part(line, colon + 1, line.len), o->arena))
                != 0)
            return false;
        any = true;
    }
    return any;
}

/* RFC 9788, 4.10: a part with hp-legacy-display="1" starts with the protected fields for programs
 * that do not know them. They are taken off if they say the same as the fields. */
static struct span without_legacy_display(struct opening *o, const struct mime_part *part,
    const struct mime_part *root, struct span bytes)
{
    if (!root || strcmp(params_get(&part->type, "hp-legacy-display"), "1") != 0)
        return bytes;
    if (mime_is(part, "text/plain")) {
        struct span rest = bytes, line;

        while (span_line(&rest, &line) && span_trim(line).len)
            ;
        if (repeats_fields(o, span_part(bytes, 0, bytes.len - rest.len), root))
            return rest;
    } else if (mime_is(part, "text/html")) {
        size_t mark = span_find_nocase(
            bytes, SPAN("class=\"header-protection-legacy-display\""), 0);
        size_t start = mark, end = span_find_nocase(bytes, SPAN("</div>"), mark), *from;
        struct buf out = { .arena = o->arena };

        if (mark == SPAN_NOWHERE || end == SPAN_NOWHERE || end - mark > 8192)
            return bytes;
        while (start > 0 && bytes.at[start] != '<')
            start--;
        if (!repeats_fields(o, tags_off(span_part(bytes, start, end), o->arena, &from), root))
            return bytes;
        buf_add(&out, span_part(bytes, 0, start));
        buf_add(&out, span_part(bytes, end + 6, bytes.len));
        return buf_span(&out);
    }
    return bytes;
}

static void as_text(struct opening *o, const struct mime_part *part, struct layer *layer,
    struct place place, struct span bytes)
{
    struct content content = { .role = CONTENT_BODY,
        .bytes = bytes,
        .type = mime_is(part, "text/html") || mime_is(part, "application/xhtml+xml") ? "text/html"
            : mime_is(part, "text/") ? part->type.word
                                     : "text/plain",
        .charset = params_get(&part->type, "charset"),
        .name = "",
        .flowed = span_equal_nocase(span_of(params_get(&part->type, "format")), SPAN("flowed")),
        .delsp = span_equal_nocase(span_of(params_get(&part->type, "delsp")), SPAN("yes")) };

    content.bytes = without_legacy_display(o, part, layer->mail->inner, bytes);
    inline_text(o, &content, layer, place);
}

/* An attached or forwarded mail: opened for itself, its verdicts are not ours. */
static void as_mail(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct span bytes)
{
    struct mime_tree tree;
    struct mail *mail;
    struct layer *bare;
    struct span summary;

    if (layer->depth >= o->limits->layers) {
        o->message->flags |= FLAG_TRUNCATED;
        opening_odd(o, "Mails are attached to each other deeper than allowed.");
        as_attachment(o, part, layer, bytes);
        return;
    }
    mime_parse(bytes, &o->limits->mime, o->charsets, o->arena, &tree);
    mail = arena_alloc(o->arena, sizeof *mail);
    *mail = (struct mail) { .before = o->attached,
        .carrier = layer->mail,
        .root = tree.root,
        .from_name = "",
        .crypt = CRYPT_NONE };
    o->attached = mail;
    opening_content(o, layer,
        &(struct content) { .role = CONTENT_ATTACHMENT,
            .bytes = bytes,
            .type = "message/rfc822",
            .name = part->name },
        true, false);
    mail->attachment = o->message->attachment_count - 1;
    bare = opening_layer(o, layer);
    bare->mail = mail;
    take_over(o, &tree, bare);
    o->attachment_layers[mail->attachment] = bare;
    /* The record has the mail's bytes; its text is the fields and what its parts say. */
    summary = fields_summary(o, tree.root);
    o->contents->at[o->contents->count - 1].bytes = summary;
    o->contents->at[o->contents->count - 1].type = "text/plain";
    o->contents->at[o->contents->count - 1].charset = "utf-8";
    opening_walk(o, tree.root, bare, (struct place) { .envelope = true });
}

static bool is_unread_text(const struct mime_part *part)
{
    static const char *const types[] = { "text/calendar", "text/x-vcard", "text/vcard",
        "text/directory", "text/csv", "text/x-patch", "text/x-diff", "text/xml", "text/css",
        "text/javascript", "text/rfc822-headers", "text/x-amp-html", "text/rtf" };

    for (size_t i = 0; i < COUNT(types); i++)
        if (mime_is(part, types[i]))
            return true;
    return false;
}

static bool is_body_text(const struct mime_part *part)
{
    if (!mime_is(part, "text/") && !mime_is(part, "application/xhtml+xml"))
        return false;
    if (!part->parent) /* all there is: whatever its name and disposition say */
        return true;
    return !is_unread_text(part) && !*part->name
        && strcmp(part->disposition.word, "attachment") != 0;
}

/* A mail whose header fields slid into the body: "Content-Type: multipart/…" or a boundary comes
 * first. */
static bool slid_into_body(struct opening *o, const struct mime_part *part, struct span bytes,
    struct layer *layer, struct place place)
{
    struct mime_tree tree;
    struct span start = span_trim(span_part(bytes, 0, 65536));
    const char *entity = NULL;
    size_t skip = (size_t)(start.at - bytes.at);

    if (!place.envelope || part->parent || layer->depth >= o->limits->layers || !start.len)
        return false;
    if (sealed_is_entity(start) && span_find_nocase(start, SPAN("boundary"), 0) != SPAN_NOWHERE
        && span_find_nocase(start, SPAN("multipart/"), 0) != SPAN_NOWHERE)
        entity = "";
    else if (span_starts(start, SPAN("--")) && start.len > 8 && start.at[2] != '-'
        && span_find_nocase(span_part(start, 0, 2000), SPAN("\nContent-Type:"), 0) != SPAN_NOWHERE)
        entity = "Content-Type: multipart/mixed\r\n\r\n";
    if (!entity)
        return false;
    mime_parse(
        span_of(arena_printf(o->arena, "%s%.*s", entity, (int)(bytes.len - skip), bytes.at + skip)),
        &o->limits->mime, o->charsets, o->arena, &tree);
    if (!tree.root->multipart)
        return false;
    opening_repaired(o, "The parts of the mail had slid into its text.");
    opening_walk(o, tree.root, layer, place);
    return true;
}

/* What is within can be the root of a cryptographic payload. */
static bool is_trusted(const struct layer *layer)
{
    return layer->sealed ? layer->crypt == CRYPT_ENC : layer->is_signed;
}

static void take_inner(const struct layer *layer, const struct mime_part *root)
{
    if (layer->mail->inner)
        return;
    layer->mail->inner = root;
    layer->mail->inner_layer = layer;
}

/* The older way to protect header fields: the whole mail within the seal (RFC 9788, 1.1.1). */
static void walk_wrapped(
    struct opening *o, struct span bytes, struct layer *layer, struct place place)
{
    struct mime_tree tree;

    mime_parse(bytes, &o->limits->mime, o->charsets, o->arena, &tree);
    take_over(o, &tree, layer);
    if (is_trusted(layer))
        take_inner(layer, tree.root);
    opening_walk(o, tree.root, layer, place);
}

/* A multipart of which no part was found still claims what its type says: an armored block in its
 * text keeps that claim or breaks it by itself. */
static struct layer *without_parts(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct span bytes)
{
    struct layer *inside;

    if (mime_is(part, "multipart/encrypted")
        && span_find(bytes, SPAN("BEGIN PGP MESSAGE"), 0) == SPAN_NOWHERE) {
        opening_crypt(layer->mail, span_trim(bytes).len ? CRYPT_SPOOF : CRYPT_BROKEN);
        opening_reason(o, "A multipart/encrypted holds no encrypted message.");
    }
    if (!mime_is(part, "multipart/signed")
        || span_find(bytes, SPAN("BEGIN PGP SIGNED"), 0) != SPAN_NOWHERE)
        return layer;
    inside = opening_layer(o, layer);
    inside->is_signed = true;
    inside->signatures = arena_alloc(o->arena, sizeof *inside->signatures);
    inside->signatures[0].verdict = SIGNATURE_BROKEN;
    inside->signature_count = 1;
    opening_reason(o, "A multipart/signed has no signature.");
    return inside;
}

static bool is_tnef(const struct mime_part *part, struct span bytes)
{
    return mime_is(part, "application/ms-tnef") || mime_is(part, "application/vnd.ms-tnef")
        || span_equal_nocase(span_of(part->name), SPAN("winmail.dat")) || tnef_is(bytes);
}

/* What Outlook packed for itself: the text again, as a rule, and the files. */
static void walk_tnef(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct span bytes)
{
    struct tnef *tnef = arena_alloc(o->arena, sizeof *tnef);
    struct layer *inside = opening_layer(o, layer); /* for its depth: they may be in each other */
    bool other = false;

    as_attachment(o, part, layer, bytes);
    tnef_open(bytes, o->charsets, o->arena, tnef);
    if (tnef->cut) {
        o->message->flags |= FLAG_MALFORMED;
        opening_odd(o, "There is a winmail.dat, which may hold attachments that are not shown.");
    } else
        opening_odd(o, "There is a winmail.dat; what Outlook packed in it is shown.");
    for (size_t i = 0; i < o->contents->count; i++)
        other |= o->content_layers[i] == layer && o->contents->at[i].role == CONTENT_BODY;
    for (size_t i = 0; i < tnef->text_count; i++) {
        struct content content = { .role = other ? CONTENT_OTHER_VERSION : CONTENT_BODY,
            .bytes = tnef->texts[i].bytes,
            .type = tnef->texts[i].type,
            .charset = tnef->texts[i].charset };

        opening_content(o, layer, &content, true, false);
        other = true;
    }
    for (size_t i = 0; i < tnef->file_count && !o->failed; i++)
        opening_file(o, tnef->files[i].bytes, mime_name(tnef->files[i].name, o->arena), inside);
}

static void walk_leaf(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct place place)
{
    struct span bytes;

    if (sealed_smime(o, part, layer, place))
        return;
    bytes = decoded(o, part);
    if (mime_is(part, "message/rfc822") || mime_is(part, "message/global")
        || (mime_is(part, "application/octet-stream")
            && span_ends_nocase(span_of(part->name), SPAN(".eml")))) {
        bool wrapped = place.envelope && (layer->sealed || layer->is_signed)
            && (*params_get(&part->type, "protected-headers")
                || span_equal_nocase(span_of(params_get(&part->type, "forwarded")), SPAN("no")));

        if (wrapped) {
            walk_wrapped(o, bytes, layer, place);
            return;
        }
        as_mail(o, part, layer, bytes);
        return;
    }
    if (mime_is(part, "message/partial") || mime_is(part, "message/external-body")) {
        o->message->flags |= FLAG_MALFORMED;
        opening_odd(o,
            mime_is(part, "message/partial")
                ? "The mail is one piece of several that belong together; only this one was read."
                : "A part stands for something that is elsewhere; it is not fetched.");
        as_attachment(o, part, layer, bytes);
        return;
    }
    if (mime_is(part, "message/delivery-status") && !layer->mail->carrier)
        fields_delivery_status(o, bytes);
    if (mime_is(part, "text/rfc822-headers") && !layer->mail->carrier)
        fields_original(o, bytes);
    if (is_tnef(part, bytes)) {
        walk_tnef(o, part, layer, bytes);
        return;
    }
    if (sealed_attachment(o, part, layer, place, bytes))
        return;
    if (strncmp(part->type.word, "multipart/", 10) == 0) {
        if (!part->beyond && part->transfer != TRANSFER_NONE
            && layer->depth < o->limits->layers) { /* encoded as a whole, against RFC 2045, 6.4 */
            struct mime_tree tree;

            mime_parse(span_of(arena_printf(o->arena, "Content-Type: multipart/mixed\r\n\r\n%.*s",
                           (int)bytes.len, bytes.at)),
                &o->limits->mime, o->charsets, o->arena, &tree);
            if (tree.root->multipart) {
                tree.root->type.word = part->type.word;
                opening_repaired(o, "A multipart was encoded as a whole.");
                opening_walk(o, tree.root, layer, place);
                return;
            }
        }
        as_text(o, part, without_parts(o, part, layer, bytes), place, bytes);
        return;
    }
    if (slid_into_body(o, part, bytes, layer, place))
        return;
    if (is_body_text(part))
        as_text(o, part, layer, place, bytes);
    else
        as_attachment(o, part, layer, bytes);
}

void opening_file(struct opening *o, struct span bytes, const char *name, struct layer *layer)
{
    struct mime_part *part = arena_alloc(o->arena, sizeof *part);

    *part = (struct mime_part) { .whole = bytes,
        .body = bytes,
        .type = { .word = "application/octet-stream" },
        .disposition = { .word = "attachment" },
        .name = name };
    if (layer->depth < o->limits->layers) {
        walk_leaf(o, part, layer, (struct place) { .envelope = false });
        return;
    }
    o->message->flags |= FLAG_TRUNCATED;
    opening_odd(o, "Seals are within each other deeper than allowed.");
    as_attachment(o, part, layer, bytes);
}

/* Multiparts. */

/* A part for people whose program does not know protected header fields: "Subject: …" in front of
 * the text. Left out only if it holds nothing but what the protected fields say. */
static bool is_legacy_display(
    struct opening *o, const struct mime_part *part, const struct mime_part *root)
{
    struct span text;

    if (part != root->first || !part->next || part->first
        || !*params_get(&part->type, "protected-headers")
        || !*params_get(&root->type, "protected-headers")
        || !(mime_is(part, "text/plain") || mime_is(part, "text/rfc822-headers")))
        return false;
    text = decoded(o, part);
    return repeats_fields(o, text, root);
}

static bool is_signature_part(struct opening *o, const struct mime_part *part)
{
    if (part->first || part->body.len > 65536)
        return false;
    if (mime_is(part, "application/pgp-signature"))
        return true;
    return (span_ends_nocase(span_of(part->name), SPAN(".asc"))
               || span_ends_nocase(span_of(part->name), SPAN(".sig"))
               || span_ends_nocase(span_of(part->name), SPAN(".sign")))
        && sealed_signature(o, part).len;
}

/* The part whose file name is the signature's without its ending. */
static const struct mime_part *signed_file(
    const struct mime_part *signature, const struct mime_part *root)
{
    for (const struct mime_part *part = root->first; part; part = part->next) {
        size_t len = strlen(part->name);

        if (part != signature && len && strncmp(part->name, signature->name, len) == 0
            && signature->name[len] == '.' && !strchr(signature->name + len + 1, '.'))
            return part;
    }
    return NULL;
}

enum { SIGNATURES_MOST = 16 };

/* Detached signatures among the parts of a multipart that is not multipart/signed. */
struct pairs {
    const struct mime_part *signature[SIGNATURES_MOST], *of[SIGNATURES_MOST];
    struct layer *layer[SIGNATURES_MOST];
    size_t count;
};

static void pair(
    struct opening *o, const struct mime_part *root, struct layer *layer, struct pairs *pairs)
{
    const struct mime_part *before = NULL;

    for (const struct mime_part *part = root->first; part; before = part, part = part->next) {
        const struct mime_part *of;
        size_t i = pairs->count;
        bool as_file;

        if (i == SIGNATURES_MOST || !is_signature_part(o, part))
            continue;
        of = signed_file(part, root);
        if (of && (of->first || mime_is(of, "message/rfc822")))
            of = NULL; /* its own fields say how its bytes are to be read: they would not be covered
                        */
        as_file = of != NULL;
        if (!of && mime_is(part, "application/pgp-signature"))
            of = before;
        if (!of || of == part)
            continue;
        for (size_t j = 0; j < pairs->count; j++)
            if (pairs->of[j] == of)
                of = NULL;
        if (!of)
            continue;
        if (!as_file)
            opening_repaired(o, "A signed part and its signature had lost their common frame.");
        pairs->signature[i] = part;
        pairs->of[i] = of;
        pairs->layer[i] = sealed_detached(o, of, part, layer, as_file);
        if (!pairs->layer[i])
            return;
        pairs->count++;
    }
}

static void walk_mixed(
    struct opening *o, const struct mime_part *root, struct layer *layer, struct place place)
{
    struct pairs pairs = { .count = 0 };

    pair(o, root, layer, &pairs);
    for (const struct mime_part *part = root->first; part && !o->failed; part = part->next) {
        struct layer *around = layer;
        struct place there = { .alternative = place.alternative };
        bool is_signature = false;

        if (root == layer->mail->inner && is_legacy_display(o, part, root))
            continue;
        for (size_t i = 0; i < pairs.count; i++) {
            is_signature |= pairs.signature[i] == part;
            if (pairs.of[i] == part)
                around = pairs.layer[i];
        }
        if (!is_signature)
            opening_walk(o, part, around, there);
    }
}

static void walk_alternative(struct opening *o, const struct mime_part *root, struct layer *layer)
{
    struct alternative alternative = { .version = 0 };

    for (const struct mime_part *part = root->first; part && !o->failed; part = part->next) {
        alternative.version++;
        opening_walk(o, part, layer, (struct place) { .alternative = &alternative });
    }
}

/* A multipart/encrypted that became something else on the way: a version part and a payload, or a
 * payload beside nothing but blank text. */
static bool was_encrypted(struct opening *o, const struct mime_part *root)
{
    bool version = false;

    if (mime_is(root, "multipart/signed") || mime_is(root, "multipart/alternative"))
        return false;
    for (const struct mime_part *part = root->first; part; part = part->next) {
        version |= sealed_is_version(o, part)
            || (mime_is(part, "application/pgp-encrypted") && !sealed_is_payload(o, part));
        if (version && part != root->first && sealed_is_payload(o, part))
            return true;
    }
    return false;
}

/* RFC 9788, 4.1 and 2.1; draft-autocrypt-lamps-protected-headers: fields count at the root of the
 * cryptographic payload, if nothing but the cryptographic envelope is around it, and it says so. */
static bool has_fields(const struct mime_part *part, const struct layer *layer)
{
    const char *hp = params_get(&part->type, "hp");

    return is_trusted(layer)
        && (strcmp(hp, "cipher") == 0 || strcmp(hp, "clear") == 0
            || *params_get(&part->type, "protected-headers"));
}

static bool is_envelope(const struct mime_part *part)
{
    return part->multipart
        && (mime_is(part, "multipart/encrypted") || mime_is(part, "multipart/signed"));
}

enum { PREAMBLE_USUAL = 400 };

/* "This is a multi-part message in MIME format." in some language. */
static bool is_usual_preamble(struct span text)
{
    static const char *const words[] = { "mime", "multi-part", "multipart" };

    for (size_t i = 0; i < COUNT(words) && text.len <= PREAMBLE_USUAL; i++)
        if (span_find_nocase(text, span_of(words[i]), 0) != SPAN_NOWHERE)
            return true;
    return false;
}

/* Text around the parts of a multipart: mail programs do not show it, but it was sent, and some
 * lists put their footer there. */
static void walk_around(struct opening *o, const struct mime_part *root, struct span text,
    struct layer *layer, const char *reason)
{
    struct content content = { .role = CONTENT_BODY,
        .bytes = text,
        .type = "text/plain",
        .charset = params_get(&root->type, "charset"),
        .name = "" };
    size_t letters = 0;

    while (letters < text.len && !((text.at[letters] | 0x20) >= 'a' && text.at[letters] > '@')
        && (unsigned char)text.at[letters] < 0x80)
        letters++;
    if (o->failed || letters == text.len)
        return;
    opening_odd(o, reason);
    inline_text(o, &content, layer, (struct place) { .envelope = false });
}

/* Depth is bounded: each tree by mime_limits.depth, trees in trees by limits->layers. */
void opening_walk(
    struct opening *o, const struct mime_part *root, struct layer *layer, struct place place)
{
    if (o->failed)
        return;
    if (root->doubtful)
        layer->mail->doubtful = true;
    if (place.envelope && !is_envelope(root) && has_fields(root, layer))
        take_inner(layer, root);
    if (root->strays.len) /* to mail programs they are part of a field, or of nothing */
        opening_content(o, layer,
            &(struct content) {
                .role = CONTENT_BODY, .bytes = root->strays, .type = "text/plain", .name = "" },
            false, false);
    if (!root->multipart) {
        walk_leaf(o, root, layer, place);
        return;
    }
    if (!is_usual_preamble(root->preamble))
        walk_around(o, root, root->preamble, layer,
            "There is text before the first boundary of a multipart.");
    if (mime_is(root, "multipart/encrypted") || was_encrypted(o, root))
        sealed_encrypted(o, root, layer, place);
    else if (mime_is(root, "multipart/signed"))
        sealed_signed(o, root, layer, place);
    else if (mime_is(root, "multipart/alternative") && !place.alternative)
        walk_alternative(o, root, layer);
    else
        walk_mixed(o, root, layer, place);
    walk_around(
        o, root, root->epilogue, layer, "There is text behind the last boundary of a multipart.");
}

void opening_entity(struct opening *o, struct span bytes, struct layer *layer, struct place place)
{
    struct mime_tree tree;

    if (layer->depth >= o->limits->layers) {
        o->message->flags |= FLAG_TRUNCATED;
        opening_odd(o, "Seals are within each other deeper than allowed.");
        opening_content(o, layer,
            &(struct content) { .role = CONTENT_ATTACHMENT,
                .bytes = bytes,
                .type = "application/octet-stream",
                .name = "" },
            true, false);
        return;
    }
    mime_parse(bytes, &o->limits->mime, o->charsets, o->arena, &tree);
    take_over(o, &tree, layer);
    opening_walk(o, tree.root, layer, place);
}

/* A mail of old Macs: carriage returns alone end its lines. */
static struct span with_lines(struct opening *o, struct span raw)
{
    char *copy;

    if (!raw.len || memchr(raw.at, '\n', raw.len) || !memchr(raw.at, '\r', raw.len))
        return raw;
    opening_repaired(o, "The lines of the mail ended in bare carriage returns.");
    copy = arena_text(o->arena, raw);
    for (size_t i = 0; i < raw.len; i++)
        if (copy[i] == '\r')
            copy[i] = '\n';
    return (struct span) { copy, raw.len };
}

bool open_message(struct span raw, const struct open_engine *engine,
    const struct open_limits *limits, struct charsets *charsets, struct arena *arena,
    struct message *message, struct contents *contents, struct err *err)
{
    struct opening o = { .engine = engine,
        .limits = limits,
        .charsets = charsets,
        .arena = arena,
        .message = message,
        .contents = contents,
        .err = err };
    struct mime_tree tree;
    struct layer *bare;

    message_empty(message);
    *contents = (struct contents) { .count = 0 };
    message->parse = PARSE_OK;
    raw = with_lines(&o, raw);
    mime_parse(raw, &limits->mime, charsets, arena, &tree);
    o.top = (struct mail) { .root = tree.root, .from_name = "", .crypt = CRYPT_NONE };
    bare = opening_layer(&o, NULL);
    take_over(&o, &tree, bare);
    o.top.from_odd = tree.fields_cut;
    opening_walk(&o, tree.root, bare, (struct place) { .envelope = true });
    if (o.failed)
        return false;
    fields_read(&o);
    judge_all(&o);
    fields_subject(&o);
    fields_signed_to(&o);
    if (!tree.root->field_count && !contents->count) {
        message->parse = PARSE_BROKEN;
        opening_reason(&o, "Nothing in the mail could be read.");
    }
    return !o.failed;
}
