/* Text with armored blocks in it: each block and each stretch of text between is a piece of its
 * own. */
#include "base/hash.h"
#include "mime/enclosed.h"
#include "mime/tags.h"
#include "open/armor.h"
#include "open/opening.h"

#include <string.h>

/* HTML beyond this is not searched for blocks. */
enum { HTML_MOST = 1024 * 1024, BLOCKS_MOST = 40, ENCLOSED_MOST = 500 };

static bool is_html(const struct content *content)
{
    return strcmp(content->type, "text/html") == 0;
}

/* Elements that show something without a word of text. */
static bool has_pictures(struct span html)
{
    static const char *const tags[] = { "<img", "<svg", "<iframe", "<object", "<embed", "<video",
        "<audio", "<input", "<button", "<picture", "<canvas", "<math", "<frame", "<image", "<meter",
        "<progress", "background", "content:", "<marquee", "<link" };

    for (size_t i = 0; i < COUNT(tags); i++)
        if (span_find_nocase(html, span_of(tags[i]), 0) != SPAN_NOWHERE)
            return true;
    return false;
}

/* Whether a person sees anything of it. What style sheets hide counts as seen. */
static bool has_text(const struct content *content)
{
    static const struct span unseen[] = { { "\xC2\xA0", 2 }, { "\xEF\xBB\xBF", 3 } };
    struct span text = content->bytes;
    size_t *from;

    if (is_html(content)) {
        struct arena *scratch = arena_new();
        bool any;

        text = span_part(text, 0, HTML_MOST);
        any = span_trim(tags_off(text, scratch, &from)).len > 0 || has_pictures(text);
        arena_free(&scratch);
        return any;
    }
    for (text = span_trim(text); text.len;) {
        bool skipped = false;

        for (size_t i = 0; i < COUNT(unseen); i++)
            if (span_starts(text, unseen[i])) {
                text = span_trim(span_part(text, unseen[i].len, text.len));
                skipped = true;
            }
        if (!skipped)
            return true;
    }
    return false;
}

static void add_words(struct opening *o, const struct content *like, struct span bytes,
    struct layer *layer, struct place place)
{
    struct content content = *like;
    struct alternative *alternative = place.alternative;

    content.bytes = bytes;
    if (!has_text(&content))
        return;
    if (alternative && alternative->first && alternative->first != alternative->version
        && alternative->layer == layer)
        content.role = CONTENT_OTHER_VERSION;
    else if (alternative && !alternative->first) {
        alternative->first = alternative->version;
        alternative->layer = layer;
    }
    opening_content(o, layer, &content, true, false);
}

/* Text, and the files that stand in it, each for itself; beyond so many they stay text. */
static void add_text(struct opening *o, const struct content *like, struct span bytes,
    struct layer *layer, struct place place)
{
    struct enclosed file;
    size_t at = 0;

    while (!is_html(like) && !o->failed && o->message->attachment_count < ENCLOSED_MOST
        && enclosed_find(bytes, at, o->arena, &file)) {
        opening_odd(o, "A file stands in the text itself; it is listed as an attachment.");
        if (file.cut) {
            o->message->flags |= FLAG_MALFORMED;
            opening_odd(o, "A file in the text lacks its last line.");
        }
        add_words(o, like, span_part(bytes, at, file.start), layer, place);
        opening_file(o, file.bytes,
            mime_name(words_decode(o->charsets, file.name, o->arena), o->arena), layer);
        at = file.end;
    }
    if (span_find(bytes, SPAN("(This file must be converted with BinHex"), 0) != SPAN_NOWHERE) {
        o->message->flags |= FLAG_MALFORMED;
        opening_odd(o, "A file stands in the text in the way of old Macs; it was not taken out.");
    }
    add_words(o, like, span_part(bytes, at, bytes.len), layer, place);
}

static void tell_mended(struct opening *o, const struct armor_bytes *off)
{
    if (off->mended[0])
        opening_repaired(o, off->mended);
    if (off->crc_wrong)
        opening_repaired(o, "The checksum of an armored block is wrong.");
}

static struct content plain_like(const struct content *like, struct span plain, const char *charset)
{
    bool html = is_html(like)
        && (span_find(plain, SPAN("</"), 0) != SPAN_NOWHERE
            || span_find_nocase(plain, SPAN("<br"), 0) != SPAN_NOWHERE);

    return (struct content) { .role = CONTENT_BODY,
        .bytes = plain,
        .type = html ? "text/html" : "text/plain",
        .charset = *charset          ? charset
            : charset_is_utf8(plain) ? "utf-8"
                                     : like->charset,
        .name = "" };
}

static void plain_text(struct opening *o, const struct content *like, struct span plain,
    const char *charset, struct layer *inside)
{
    struct content content = plain_like(like, plain, charset);

    if (sealed_is_entity(plain) && inside->depth < o->limits->layers) {
        opening_odd(o, "An armored block in the text holds a whole MIME entity.");
        opening_entity(o, plain, inside, (struct place) { .envelope = false });
    } else if (charset_is_binary(plain)
        || (armor_is_sealed(armor_packet(plain)) && !charset_is_utf8(plain)))
        opening_file(o, plain, "", inside);
    else
        inline_text(o, &content, inside, (struct place) { .envelope = false });
}

/* A block that stays shut is shown as it came. */
static void shut_block(struct opening *o, const struct content *like, struct span block,
    struct layer *layer, enum crypt crypt)
{
    struct layer *shut = opening_layer(o, layer);
    struct content content = { .role = CONTENT_BODY,
        .bytes = block,
        .type = "text/plain",
        .charset = like->charset,
        .name = "" };

    shut->sealed = true;
    shut->crypt = crypt;
    opening_crypt(layer->mail, crypt);
    opening_content(o, shut, &content, true, true);
}

/* Text that stands in the armor: nobody covers it. */
static void stray_lines(
    struct opening *o, const struct content *like, struct span strays, struct layer *layer)
{
    struct content plain = *like;

    if (!strays.len)
        return;
    plain.type = "text/plain";
    add_words(o, &plain, strays, layer, (struct place) { .envelope = false });
    layer->mail->outside_seal = layer->mail->outside_signature = true;
}

static void message_block(struct opening *o, const struct content *like, struct span block,
    struct layer *layer, struct place place)
{
    struct armor_bytes off = armor_off(block, o->arena);
    struct pgp_opened *opened;
    int packet = armor_packet(off.bytes);

    if (place.alternative && off.bytes.len && !off.strays.len && asking_was(o, off.bytes))
        return; /* the same block in another version of the text */
    tell_mended(o, &off);
    stray_lines(o, like, off.strays, layer);
    if (!off.bytes.len) {
        opening_reason(o, "An armored block says it is an encrypted message and is empty.");
        shut_block(o, like, block, layer, CRYPT_BROKEN);
        return;
    }
    opened = asking_decrypt(o, off.bytes);
    if (!opened)
        return;
    if (sealed_is_open(opened)) {
        struct layer *inside = sealed_layer(o, layer, opened, true);

        opening_crypt(layer->mail, inside->crypt);
        if (opened->crypt != CRYPT_ENC)
            opening_reason(
                o, "A block that says it is an encrypted message is only signed or packed.");
        if (opened->plain.len || opened->crypt == CRYPT_ENC)
            plain_text(o, like, opened->plain, off.charset, inside);
        else /* a packet that the engine does not read: shown as it came */
            opening_content(o, inside,
                &(struct content) { .role = CONTENT_BODY,
                    .bytes = block,
                    .type = "text/plain",
                    .charset = like->charset,
                    .name = "" },
                true, false);
    } else {
        bool poses = packet != PACKET_NONE && !armor_is_sealed(packet);

        if (poses)
            opening_reason(o, "A block that says it is an encrypted message is none.");
        shut_block(o, like, block, layer, poses ? CRYPT_SPOOF : opened->crypt);
    }
}

/* Words only: line ends, blanks and quotation do not count. */
static void hash_words(struct opening *o, struct span text, char hash[65])
{
    struct buf words = { .arena = o->arena };

    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] > ' ')
            buf_char(&words, text.at[i]);
    hash_sha256(buf_span(&words), hash);
}

static bool was_clear(struct opening *o, struct span block)
{
    struct asked *seen;
    char hash[65];

    hash_words(o, armor_clear_text(block, o->arena), hash);
    for (seen = o->clear; seen; seen = seen->before)
        if (strcmp(seen->hash, hash) == 0)
            return true;
    seen = arena_alloc(o->arena, sizeof *seen);
    seen->before = o->clear;
    memcpy(seen->hash, hash, sizeof seen->hash);
    o->clear = seen;
    return false;
}

/* A signature without the line that says where its text starts: nothing can be said of any text. */
static void lone_signature(
    struct opening *o, const struct content *like, struct span block, struct layer *layer)
{
    struct layer *inside = opening_layer(o, layer);
    struct content content = *like;

    inside->is_signed = true;
    inside->signatures = arena_alloc(o->arena, sizeof *inside->signatures);
    inside->signatures[0].verdict = SIGNATURE_BROKEN;
    inside->signature_count = 1;
    opening_reason(o, "There is a signature in the text without the text that it signs.");
    content.bytes = block;
    content.type = "text/plain";
    opening_content(o, inside, &content, true, false);
}

static void clear_block(struct opening *o, const struct content *like, struct span block,
    struct layer *layer, struct place place)
{
    static const struct pgp_signature broken = { .verdict = SIGNATURE_BROKEN };
    bool mended = false;
    struct pgp_opened *opened;
    struct layer *inside;
    struct span plain;
    size_t at;

    block = armor_clear(block, o->arena, &mended);
    if (place.alternative && was_clear(o, block))
        return;
    if (mended)
        opening_repaired(o, "A clear-signed block was quoted, line by line.");
    opened = asking_clear(o, block);
    if (!opened)
        return;
    inside = sealed_layer(o, layer, opened, false);
    inside->sealed = false;
    inside->is_signed = true;
    if (!inside->signature_count) {
        inside->signatures[0] = broken;
        inside->signature_count = 1;
        opening_reason(o, "A clear-signed block cannot be read as one.");
    }
    at = span_find(block, SPAN("\n-----BEGIN PGP SIGNATURE"), 0);
    if (at != SPAN_NOWHERE)
        stray_lines(
            o, like, armor_off(span_part(block, at + 1, block.len), o->arena).strays, layer);
    plain = opened->plain.len ? opened->plain : armor_clear_text(block, o->arena);
    plain_text(o, like, plain, like->charset, inside);
}

static void key_block(struct opening *o, struct span block)
{
    struct armor_bytes off = armor_off(block, o->arena);

    tell_mended(o, &off);
    asking_keys(o, off.bytes, "in the text");
}

static void take_block(struct opening *o, const struct content *like, const struct armor *armor,
    struct span block, struct layer *layer, struct place place)
{
    if (armor->cut)
        opening_odd(o, "An armored block lacks its last line.");
    switch (armor->kind) {
    case ARMOR_MESSAGE:
        message_block(o, like, block, layer, place);
        break;
    case ARMOR_CLEAR:
        clear_block(o, like, block, layer, place);
        break;
    case ARMOR_SIGNATURE:
        lone_signature(o, like, block, layer);
        break;
    case ARMOR_PUBLIC:
        key_block(o, block);
        break;
    case ARMOR_PRIVATE:
        opening_reason(o, "There is a private key in the text; it is not used.");
        break;
    }
}

/* Whether HTML source is a clear-signed block as it stands: then its tags are what was signed. */
static bool is_clear_block(struct span source)
{
    struct armor armor;

    return armor_find(source, 0, &armor) && armor.kind == ARMOR_CLEAR && !armor.cut
        && armor.start == 0;
}

void inline_text(
    struct opening *o, const struct content *like, struct layer *layer, struct place place)
{
    struct span text = like->bytes;
    size_t *from = NULL, at = 0, done = 0; /* in text; in like->bytes */
    struct armor armor;
    int blocks = 0;

    if (span_find(text, SPAN("PGP"), 0) == SPAN_NOWHERE || layer->depth >= o->limits->layers) {
        add_text(o, like, text, layer, place);
        return;
    }
    if (is_html(like))
        text = tags_off(span_part(text, 0, HTML_MOST), o->arena, &from);
    while (!o->failed && armor_find(text, at, &armor)) {
        size_t start = from ? from[armor.start] : armor.start;
        size_t end = from ? from[armor.end] : armor.end;
        /* Keys stay in the text: they are part of what was written. */
        bool stays = armor.kind == ARMOR_PUBLIC || armor.kind == ARMOR_PRIVATE;
        struct place there = place;
        struct span block;

        if (++blocks > BLOCKS_MOST) {
            o->message->flags |= FLAG_TRUNCATED;
            opening_odd(o, "There are more armored blocks than allowed; the rest was not opened.");
            break;
        }
        if (!stays) {
            add_text(o, like, span_part(like->bytes, done, start), layer, place);
            done = end;
        }
        block = span_part(text, armor.start, armor.end);
        if (from && armor.kind == ARMOR_CLEAR) {
            struct span source = span_part(like->bytes, start, end);

            if (has_pictures(source)) /* another version of the block that shows more */
                there.alternative = NULL;
            if (is_clear_block(source))
                block = source;
        }
        take_block(o, like, &armor, block, layer, there);
        at = armor.end;
        if (armor.last)
            break;
    }
    add_text(o, like, span_part(like->bytes, done, like->bytes.len), layer, place);
}

void inline_sealed(struct opening *o, const struct content *like, struct layer *layer)
{
    struct span text = span_part(like->bytes, 0, HTML_MOST);
    struct armor armor;
    size_t *from;

    if (span_find(text, SPAN("BEGIN PGP MESSAGE"), 0) == SPAN_NOWHERE || charset_is_binary(text)
        || layer->depth >= o->limits->layers)
        return;
    if (is_html(like))
        text = tags_off(text, o->arena, &from);
    for (size_t at = 0, i = 0; i < BLOCKS_MOST && armor_find(text, at, &armor) && !o->failed; i++) {
        struct span block = span_part(text, armor.start, armor.end);

        at = armor.end;
        if (armor.kind == ARMOR_MESSAGE && !armor.cut
            && armor_is_sealed(armor_packet(armor_off(block, o->arena).bytes))) {
            opening_reason(o, "A file that is attached holds an encrypted message.");
            message_block(o, like, block, layer, (struct place) { .envelope = false });
        }
    }
}
