/* PGP/MIME, attachments that are OpenPGP, and S/MIME: what is sealed or signed as a part. */
#include "mime/cms.h"
#include "open/armor.h"
#include "open/opening.h"

#include <string.h>

/* Looking at the start is enough to tell what something is. */
enum { SAMPLE = 4096, VERSION_MOST = 512, ENCODED_TWICE_MOST = 40 * 1024 * 1024 };

static struct span decoded(struct opening *o, const struct mime_part *part)
{
    bool odd = false;
    struct span bytes = mime_body(part, o->arena, &odd);

    if (odd)
        opening_odd(o, "A transfer encoding is damaged; what could be read was taken.");
    return bytes;
}

/* Only the start, so that telling apart costs little. */
static struct span sampled(struct opening *o, const struct mime_part *part)
{
    return mime_sample(part, SAMPLE, o->arena);
}

bool sealed_is_open(const struct pgp_opened *opened)
{
    return opened->crypt == CRYPT_ENC || opened->crypt == CRYPT_NONE;
}

struct layer *sealed_layer(
    struct opening *o, struct layer *outer, const struct pgp_opened *opened, bool poses)
{
    struct layer *layer = opening_layer(o, outer);

    layer->sealed = opened->crypt == CRYPT_ENC || poses;
    layer->crypt = opened->crypt == CRYPT_ENC ? CRYPT_ENC : CRYPT_SPOOF;
    layer->signature_count = opened->signature_count;
    layer->signatures = arena_array(
        o->arena, opened->signature_count + 1, sizeof *layer->signatures);
    if (opened->signature_count)
        memcpy(layer->signatures, opened->signatures,
            opened->signature_count * sizeof *layer->signatures);
    layer->is_signed = opened->signature_count > 0;
    return layer;
}

bool sealed_is_entity(struct span plain)
{
    static const struct span starts[] = { { "Content-", 8 }, { "MIME-Version:", 13 } };
    struct span rest = span_part(plain, 0, SAMPLE), line;

    /* Protected header fields may stand in front of Content-Type. */
    for (int i = 0; i < 40 && span_line(&rest, &line) && line.len; i++) {
        size_t at = 0;

        for (size_t s = 0; s < COUNT(starts); s++)
            if (span_starts_nocase(line, starts[s]) && span_find_char(line, ':', 0) != SPAN_NOWHERE)
                return true;
        if (line.at[0] == ' ' || line.at[0] == '\t')
            continue;
        while (at < line.len && line.at[at] > ' ' && line.at[at] < 127 && line.at[at] != ':')
            at++;
        if (at == 0 || at >= line.len || line.at[at] != ':')
            return false;
    }
    return false;
}

/* OpenPGP bytes within a part: armored, binary, or encoded twice. Text around the armor is given
 * apart. */
struct found {
    struct span bytes;
    enum armor_kind kind; /* ARMOR_MESSAGE for binary that is not a key or a bare signature */
    bool armored, cut;
    struct span before, after, strays;
};

static void tell_mended(struct opening *o, const struct armor_bytes *off)
{
    if (off->mended[0])
        opening_repaired(o, off->mended);
    if (off->crc_wrong)
        opening_repaired(o, "The checksum of an armored block is wrong.");
}

static enum armor_kind kind_of(int packet)
{
    return packet == PACKET_PUBLIC_KEY ? ARMOR_PUBLIC
        : packet == PACKET_SECRET_KEY  ? ARMOR_PRIVATE
                                       : ARMOR_MESSAGE;
}

static bool all_base64(struct span text)
{
    size_t letters = 0;

    text = span_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c == '\r' || c == '\n')
            continue;
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+'
                || c == '/' || c == '='))
            return false;
        letters++;
    }
    return letters >= 64;
}

static bool look_in(struct opening *o, struct span bytes, struct found *found)
{
    struct armor armor;

    *found = (struct found) { .kind = ARMOR_MESSAGE };
    if (armor_find(bytes, 0, &armor)) {
        struct armor_bytes off;

        found->kind = armor.kind;
        found->armored = true;
        found->cut = armor.cut;
        found->before = span_part(bytes, 0, armor.start);
        found->after = span_part(bytes, armor.end, bytes.len);
        if (armor.kind == ARMOR_CLEAR) {
            found->bytes = span_part(bytes, armor.start, armor.end);
            return true;
        }
        off = armor_off(span_part(bytes, armor.start, armor.end), o->arena);
        found->bytes = off.bytes;
        found->strays = off.strays;
        tell_mended(o, &off);
        return true;
    }
    if (armor_packet(bytes) != PACKET_NONE && !charset_is_utf8(bytes)) {
        found->bytes = bytes;
        found->kind = kind_of(armor_packet(bytes));
        return true;
    }
    return false;
}

static bool look(struct opening *o, struct span bytes, struct found *found)
{
    bool odd = false;

    if (look_in(o, bytes, found))
        return true;
    if (bytes.len < ENCODED_TWICE_MOST && all_base64(span_part(bytes, 0, SAMPLE))
        && all_base64(bytes)) {
        struct span again = transfer_decode(bytes, TRANSFER_BASE64, o->arena, &odd);

        if (look_in(o, again, found)) {
            opening_repaired(o, "An encrypted part was encoded twice on the way.");
            return true;
        }
    }
    return false;
}

bool sealed_is_version(struct opening *o, const struct mime_part *part)
{
    struct span body;

    if (part->first || part->body.len > VERSION_MOST)
        return false;
    body = span_trim(sampled(o, part));
    return span_starts_nocase(body, SPAN("Version: 1")) && body.len <= 12;
}

bool sealed_is_payload(struct opening *o, const struct mime_part *part)
{
    struct span body;
    struct armor armor;
    int packet;
    bool odd = false;

    if (part->first)
        return false;
    body = sampled(o, part);
    if (armor_find(body, 0, &armor))
        return armor.kind == ARMOR_MESSAGE;
    packet = armor_packet(body);
    if (packet != PACKET_NONE && !charset_is_utf8(span_part(body, 0, SAMPLE / 2)))
        return packet != PACKET_PUBLIC_KEY && packet != PACKET_SECRET_KEY;
    if (!all_base64(body))
        return false;
    body = transfer_decode(body, TRANSFER_BASE64, o->arena, &odd);
    return armor_is_sealed(armor_packet(body))
        || span_find(body, SPAN("-----BEGIN PGP MESSAGE"), 0) != SPAN_NOWHERE;
}

/* What stays shut is listed as an attachment, so that nothing disappears. */
static void keep_shut(struct opening *o, const struct mime_part *part, struct layer *layer,
    struct span bytes, enum crypt crypt)
{
    struct layer *shut = opening_layer(o, layer);

    shut->sealed = true;
    shut->crypt = crypt;
    opening_content(o, shut,
        &(struct content) { .role = CONTENT_ATTACHMENT,
            .bytes = bytes,
            .type = part->type.word,
            .name = part->name },
        true, true);
}

static void walk_text(
    struct opening *o, struct span text, const char *type, struct layer *layer, struct place place)
{
    inline_text(o,
        &(struct content) {
            .role = CONTENT_BODY, .bytes = text, .type = type, .charset = "", .name = "" },
        layer, place);
}

static void text_around(struct opening *o, struct span text, struct layer *layer)
{
    if (!span_trim(text).len)
        return;
    opening_odd(o, "There is text beside the armored block of an encrypted part.");
    walk_text(o, text, "text/plain", layer, (struct place) { .envelope = false });
}

/* The plain text of a sealed part, as an entity if it looks like one. */
static void walk_plain(
    struct opening *o, struct span plain, struct layer *layer, struct place place, bool mime)
{
    if (sealed_is_entity(plain) || (mime && (plain.len == 0 || strchr("\r\n", plain.at[0])))) {
        opening_entity(o, plain, layer, place);
        return;
    }
    if (mime)
        opening_odd(o, "What was encrypted has no MIME header; it was read as text.");
    if (charset_is_binary(plain))
        opening_file(o, plain, "", layer);
    else
        walk_text(o, plain, "text/plain", layer, place);
}

/* The payload of multipart/encrypted. */
static void open_payload(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct place place)
{
    struct found found;
    struct pgp_opened *opened;
    struct span bytes = decoded(o, part);

    if (!look(o, bytes, &found) || !found.bytes.len) {
        opening_crypt(layer->mail, CRYPT_BROKEN);
        opening_reason(o, "The encrypted part holds no OpenPGP data that can be read.");
        keep_shut(o, part, layer, bytes, CRYPT_BROKEN);
        return;
    }
    if (found.kind == ARMOR_CLEAR || found.kind == ARMOR_PUBLIC || found.kind == ARMOR_SIGNATURE
        || found.kind == ARMOR_PRIVATE) {
        opening_crypt(layer->mail, CRYPT_SPOOF);
        opening_reason(o, "A part that says it is encrypted holds no encrypted message.");
        walk_text(o, bytes, "text/plain", layer, place);
        return;
    }
    text_around(o, found.before, layer);
    text_around(o, found.strays, layer);
    if (found.strays.len)
        layer->mail->outside_seal = layer->mail->outside_signature = true;
    opened = asking_decrypt(o, found.bytes);
    if (!opened)
        return;
    if (sealed_is_open(opened)) {
        struct layer *inside = sealed_layer(o, layer, opened, true);

        opening_crypt(layer->mail, inside->crypt);
        if (opened->crypt != CRYPT_ENC)
            opening_reason(o, "A part that says it is encrypted is only signed or packed.");
        place.alternative = NULL;
        walk_plain(o, opened->plain, inside, place, true);
    } else {
        enum crypt crypt = opened->crypt;

        if (!armor_is_sealed(armor_packet(found.bytes)) && armor_packet(found.bytes) != PACKET_NONE
            && crypt > CRYPT_SPOOF) {
            crypt = CRYPT_SPOOF;
            opening_reason(o, "A part that says it is encrypted holds no encrypted message.");
        }
        opening_crypt(layer->mail, crypt);
        keep_shut(o, part, layer, bytes, crypt);
    }
    text_around(o, found.after, layer);
}

static bool is_blank_text(struct opening *o, const struct mime_part *part)
{
    if (part->first || part->body.len > SAMPLE || !mime_is(part, "text/"))
        return false;
    return span_trim(sampled(o, part)).len == 0;
}

void sealed_encrypted(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct place place)
{
    const struct mime_part *payload = NULL, *version = NULL;
    struct place beside = { .envelope = false };
    bool typed = false;

    for (const struct mime_part *child = part->first; child; child = child->next) {
        if (!version && (mime_is(child, "application/pgp-encrypted") || sealed_is_version(o, child))
            && !sealed_is_payload(o, child)) {
            version = child;
            typed = mime_is(child, "application/pgp-encrypted");
        } else if (!payload && sealed_is_payload(o, child))
            payload = child;
    }
    for (const struct mime_part *child = part->first; child && !payload; child = child->next)
        if (child != version && !child->first && mime_is(child, "application/octet-stream"))
            payload = child;
    if (!mime_is(part, "multipart/encrypted"))
        opening_repaired(o, "An encrypted mail had become a multipart/mixed on the way.");
    else if (!version)
        opening_repaired(o, "An encrypted mail had lost its version part.");
    else if (!typed)
        opening_repaired(o, "The version part of an encrypted mail had lost its type.");
    if (!payload) {
        bool readable = false;

        for (const struct mime_part *child = part->first; child; child = child->next)
            readable |= child != version && span_trim(child->body).len > 0;
        opening_crypt(layer->mail, readable ? CRYPT_SPOOF : CRYPT_BROKEN);
        opening_reason(o, "A multipart/encrypted holds no encrypted message.");
    }
    for (const struct mime_part *child = part->first; child && !o->failed; child = child->next) {
        if (child == version || (child != payload && is_blank_text(o, child)))
            continue;
        if (child == payload)
            open_payload(o, child, layer, place);
        else {
            if (payload)
                opening_odd(o, "There are parts beside the encrypted one.");
            opening_walk(o, child, layer, beside);
        }
    }
}

/* Signatures. */

struct span sealed_signature(struct opening *o, const struct mime_part *part)
{
    struct buf all = { .arena = o->arena };
    struct span bytes;
    struct armor armor;
    size_t at = 0;

    if (part->first)
        return (struct span) { NULL, 0 };
    bytes = decoded(o, part);
    for (int i = 0; i < 16 && armor_find(bytes, at, &armor); i++) {
        struct armor_bytes off;

        at = armor.end;
        if (armor.kind != ARMOR_SIGNATURE)
            return (struct span) { NULL, 0 };
        off = armor_off(span_part(bytes, armor.start, armor.end), o->arena);
        tell_mended(o, &off);
        buf_add(&all, off.bytes);
    }
    if (!all.len && armor_packet(bytes) == PACKET_SIGNATURE && !charset_is_utf8(bytes))
        return bytes;
    return buf_span(&all);
}

/* RFC 3156, 5: what is signed has CRLF line ends, whatever the mail has become. */
static struct span with_crlf(struct span bytes, struct arena *arena)
{
    size_t lone = 0, len = 0;
    char *out;

    for (size_t i = 0; i < bytes.len; i++)
        lone += bytes.at[i] == '\n' && (i == 0 || bytes.at[i - 1] != '\r');
    if (!lone)
        return bytes;
    out = arena_alloc(arena, bytes.len + lone + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.at[i] == '\n' && (i == 0 || bytes.at[i - 1] != '\r'))
            out[len++] = '\r';
        out[len++] = bytes.at[i];
    }
    return (struct span) { out, len };
}

static bool is_bad(const struct pgp_opened *opened)
{
    for (size_t i = 0; i < opened->signature_count; i++)
        if (opened->signatures[i].verdict == SIGNATURE_BAD)
            return true;
    return false;
}

static struct layer *signature_layer(
    struct opening *o, struct layer *outer, const struct pgp_opened *opened)
{
    static const struct pgp_opened none;
    struct layer *layer = sealed_layer(o, outer, opened ? opened : &none, false);

    layer->sealed = false;
    layer->is_signed = true;
    if (!layer->signature_count) { /* sealed_layer left room for one */
        layer->signatures[0] = (struct pgp_signature) { .verdict = SIGNATURE_BROKEN };
        layer->signature_count = 1;
    }
    return layer;
}

struct layer *sealed_detached(struct opening *o, const struct mime_part *part,
    const struct mime_part *signature, struct layer *layer, bool as_file)
{
    struct span bytes = sealed_signature(o, signature);
    struct pgp_opened *opened;
    size_t reasons = o->message->reasons.count;

    if (!bytes.len) {
        opening_reason(o, "A signature cannot be read.");
        return signature_layer(o, layer, NULL);
    }
    opened = asking_verify(o, as_file ? decoded(o, part) : with_crlf(part->whole, o->arena), bytes);
    if (opened && is_bad(opened)) {
        struct span other = part->whole;
        struct pgp_opened *again = NULL;

        /* A file in text mode, or a signed part whose line ends were never CRLF. */
        if (as_file && mime_is(part, "text/"))
            again = asking_verify(o, with_crlf(decoded(o, part), o->arena), bytes);
        else if (!as_file && with_crlf(other, o->arena).len != other.len)
            again = asking_verify(o, other, bytes);
        if (again && !is_bad(again)) {
            o->message->reasons.count = reasons; /* what the first try said does not hold */
            opened = again;
        }
    }
    return opened ? signature_layer(o, layer, opened) : NULL;
}

static bool is_smime_signature(const struct mime_part *part)
{
    return mime_is(part, "application/pkcs7-signature")
        || mime_is(part, "application/x-pkcs7-signature");
}

void sealed_signed(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct place place)
{
    const struct mime_part *content = part->first, *signature = NULL;
    struct place beside = { .envelope = false };
    struct layer *inside;

    for (const struct mime_part *child = content->next; child && !signature; child = child->next)
        if (mime_is(child, "application/pgp-signature") || is_smime_signature(child)
            || sealed_signature(o, child).len)
            signature = child;
    if (signature && is_smime_signature(signature)) {
        inside = opening_layer(o, layer);
        inside->is_signed = true;
        inside->smime = SIGNATURE_SMIME;
        opening_reason(o, "There is an S/MIME signature, which is not checked.");
    } else if (signature) {
        inside = sealed_detached(o, content, signature, layer, false);
    } else {
        opening_reason(o, "A multipart/signed has no signature.");
        inside = signature_layer(o, layer, NULL);
    }
    if (!inside)
        return;
    if (part->doubtful)
        layer->mail->doubtful = true;
    opening_walk(o, content, inside, place);
    for (const struct mime_part *child = content->next; child && !o->failed; child = child->next)
        if (child != signature) {
            opening_odd(o, "There are parts beside the signed one.");
            opening_walk(o, child, layer, beside);
        }
}

/* Attachments. */

static bool named(const char *name, const char *const *ends, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_ends_nocase(span_of(name), span_of(ends[i])))
            return true;
    return false;
}

static const char *without_end(struct opening *o, const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot ? arena_text(o->arena, (struct span) { name, (size_t)(dot - name) }) : name;
}

/* Names that programs give to the encrypted text of a mail itself. */
static bool is_body_name(const char *name)
{
    static const char *const names[] = { "", "encrypted.asc", "msg.asc", "message.asc", "pgp.asc",
        "openpgp-encrypted-message.asc", "openpgp encrypted message.asc", "noname.asc", "noname",
        "encrypted", "smime.asc", "pgpmime.asc", "encrypted.pgp", "pgp message.asc",
        "pgpexch.htm.asc", "pgpexch.htm.pgp", "pgpexch.rtf.asc", "pgpexch.rtf.pgp" };

    for (size_t i = 0; i < COUNT(names); i++)
        if (span_equal_nocase(span_of(name), span_of(names[i])))
            return true;
    return false;
}

static void opened_attachment(struct opening *o, const struct mime_part *part, struct layer *inside,
    struct place place, struct span plain)
{
    struct span start = span_trim(span_part(plain, 0, SAMPLE));

    if (sealed_is_entity(plain)) {
        opening_repaired(o, "An encrypted mail came as an attachment that lost its version part.");
        opening_entity(o, plain, inside, place);
        return;
    }
    if (is_body_name(part->name) && !charset_is_binary(plain))
        walk_text(
            o, plain, span_starts(start, SPAN("<")) ? "text/html" : "text/plain", inside, place);
    else
        opening_file(o, plain, without_end(o, part->name), inside);
}

enum { BLOCKS_MOST = 40 };

/* Whether one of the blocks in a file is a message or a clear-signed text. */
static bool holds_message(struct span bytes)
{
    struct armor armor;

    for (size_t at = 0, i = 0; i < BLOCKS_MOST && armor_find(bytes, at, &armor); i++) {
        if (armor.kind == ARMOR_MESSAGE || armor.kind == ARMOR_CLEAR)
            return true;
        at = armor.end;
    }
    return false;
}

static void look_at_keys(struct opening *o, struct span bytes, const struct found *found)
{
    struct armor armor;

    if (!found->armored || !armor_find(bytes, 0, &armor)) { /* encoded twice: only the first */
        asking_keys(o, found->bytes, "as an attachment");
        return;
    }
    for (size_t at = 0, i = 0; i < BLOCKS_MOST && armor_find(bytes, at, &armor); i++) {
        if (armor.kind == ARMOR_PUBLIC || armor.kind == ARMOR_PRIVATE)
            asking_keys(o, armor_off(span_part(bytes, armor.start, armor.end), o->arena).bytes,
                "as an attachment");
        at = armor.end;
    }
}

bool sealed_attachment(struct opening *o, const struct mime_part *part, struct layer *layer,
    struct place place, struct span bytes)
{
    static const char *const ends[] = { ".asc", ".pgp", ".gpg", ".sig", ".key" };
    bool by_type = mime_is(part, "application/pgp") || mime_is(part, "application/pgp-encrypted")
        || mime_is(part, "application/pgp-keys") || mime_is(part, "application/pgp-signature")
        || mime_is(part, "application/octet-stream") || mime_is(part, "application/x-pgp")
        || mime_is(part, "application/x-gpg") || mime_is(part, "application/x-openpgp")
        || mime_is(part, "application/gpg");
    struct found found;
    struct pgp_opened *opened;
    bool poses, bare, by_name = named(part->name, ends, COUNT(ends));
    bool by_start = *part->name
        && span_starts(span_trim(span_part(bytes, 0, SAMPLE)), SPAN("-----BEGIN PGP MESSAGE-----"));

    if ((!by_type && !by_name && !by_start) || !look(o, bytes, &found))
        return false;
    bare = !by_name && !found.armored && !armor_is_sealed(armor_packet(bytes))
        && mime_is(part, "application/octet-stream");
    if (bare && (*part->name || !layer->sealed))
        return false; /* binary that happens to start like OpenPGP */
    if (found.kind != ARMOR_MESSAGE && (found.kind == ARMOR_CLEAR || holds_message(bytes))) {
        walk_text(o, bytes, "text/plain", layer, place);
        return true;
    }
    if (found.kind != ARMOR_MESSAGE) {
        if (found.kind != ARMOR_SIGNATURE)
            look_at_keys(o, bytes, &found);
        return false;
    }
    opened = asking_decrypt(o, found.bytes);
    if (!opened)
        return true;
    if (bare && (!sealed_is_open(opened) || !opened->plain.len))
        return false;
    text_around(o, found.before, layer);
    text_around(o, found.strays, layer);
    poses = found.armored || mime_is(part, "application/pgp-encrypted");
    if (sealed_is_open(opened)) {
        struct layer *inside = sealed_layer(o, layer, opened, poses);

        if (inside->sealed)
            opening_crypt(layer->mail, inside->crypt);
        if (opened->crypt != CRYPT_ENC && poses)
            opening_reason(o, "An attachment that says it is encrypted is only signed or packed.");
        opened_attachment(o, part, inside, place, opened->plain);
    } else {
        enum crypt crypt = opened->crypt;
        int packet = armor_packet(found.bytes);

        if (poses && packet != PACKET_NONE && !armor_is_sealed(packet)) {
            crypt = CRYPT_SPOOF;
            opening_reason(o, "An attachment that says it is encrypted is not.");
        }
        opening_crypt(layer->mail, crypt);
        keep_shut(o, part, layer, bytes, crypt);
    }
    text_around(o, found.after, layer);
    return true;
}

/* What is only signed is read; what is packed might hold anything. */
static void smime_signed(struct opening *o, const struct mime_part *part, struct layer *layer,
    struct place place, struct span bytes)
{
    struct layer *inside = opening_layer(o, layer);
    struct span content = cms_signed_content(bytes, o->arena);

    inside->is_signed = true;
    inside->smime = SIGNATURE_SMIME;
    opening_reason(o, "There is an S/MIME signature, which is not checked.");
    if (sealed_is_entity(content)) {
        opening_entity(o, content, inside, place);
        return;
    }
    opening_odd(o, "What an S/MIME signature covers could not be read as a mail.");
    o->message->flags |= FLAG_MALFORMED;
    opening_content(o, inside,
        &(struct content) { .role = CONTENT_ATTACHMENT,
            .bytes = content.len ? content : bytes,
            .type = part->type.word,
            .charset = "",
            .name = part->name },
        true, false);
}

bool sealed_smime(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct place place)
{
    static const char *const ends[] = { ".p7m", ".p7z" };
    const char *said = params_get(&part->type, "smime-type");
    bool mime = mime_is(part, "application/pkcs7-mime")
        || mime_is(part, "application/x-pkcs7-mime");
    enum cms kind;

    if (!mime && !named(part->name, ends, COUNT(ends)))
        return false;
    kind = cms_kind(sampled(o, part));
    if (kind == CMS_NONE && strcmp(said, "signed-data") == 0)
        kind = CMS_SIGNED;
    else if (kind == CMS_NONE && mime && strcmp(said, "certs-only") != 0)
        kind = CMS_SEALED;
    if (kind == CMS_NONE || strcmp(said, "certs-only") == 0)
        return false;
    if (kind == CMS_SEALED) {
        opening_crypt(layer->mail, CRYPT_SMIME);
        opening_reason(o, "The mail is encrypted with S/MIME, which is not opened.");
        keep_shut(o, part, layer, decoded(o, part), CRYPT_SMIME);
        return true;
    }
    if (kind == CMS_SIGNED) {
        smime_signed(o, part, layer, place, decoded(o, part));
        return true;
    }
    o->message->flags |= FLAG_MALFORMED;
    opening_odd(o, "A part is compressed with S/MIME, which is not opened.");
    return false;
}
