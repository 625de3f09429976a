/* From what was found in a mail to one verdict on it: the worst counts, and in doubt too. */
#include "open/opening.h"

#include <string.h>
#include <strings.h>

static bool has_address(const struct pgp_signature *signature, const char *address)
{
    for (size_t i = 0; i < signature->addresses.count; i++)
        if (addresses_same(signature->addresses.at[i], address))
            return true;
    return false;
}

/* A signature that verifies is good only if the one From address is a user id of its key. Sender
 * and display names do not count. */
static enum signature against_from(
    struct opening *o, const struct mail *mail, const struct pgp_signature *signature)
{
    if (mail->from.count != 1 || mail->from_odd) {
        opening_reason(o, "A signature verifies, but %s.",
            mail->from.count > 1        ? "From names several addresses"
                : mail->from.count == 0 ? "From names no address"
                                        : "From is not well formed");
        return SIGNATURE_MISMATCH;
    }
    if (!has_address(signature, mail->from.at[0])) {
        opening_reason(o, "A signature verifies, but From is not an address of its key.");
        return SIGNATURE_MISMATCH;
    }
    if (mail->inner && mail->inner_from.count
        && (mail->inner_from.count > 1 || !has_address(signature, mail->inner_from.at[0]))) {
        opening_reason(
            o, "A signature verifies, but From within the seal is not an address of its key.");
        return SIGNATURE_MISMATCH;
    }
    return SIGNATURE_GOOD;
}

static bool verifies(enum signature signature)
{
    return signature == SIGNATURE_GOOD || signature == SIGNATURE_MISMATCH
        || signature == SIGNATURE_EXPIRED || signature == SIGNATURE_REVOKED;
}

static void judge_layer(struct opening *o, struct layer *layer)
{
    struct mail *mail = layer->mail;
    bool first = true;

    if (!layer->is_signed)
        return;
    if (!layer->signature_count)
        layer->signature = layer->smime;
    for (size_t i = 0; i < layer->signature_count; i++) {
        struct pgp_signature *signature = &layer->signatures[i];
        enum signature verdict = signature->verdict;

        if (verdict == SIGNATURE_GOOD)
            verdict = against_from(o, mail, signature);
        if (first || verdict < layer->signature) {
            layer->signature = verdict;
            layer->signer = verifies(verdict) ? signature->fingerprint : "";
        }
        first = false;
        if (!mail->has_signature || verdict < mail->signature) {
            mail->signature = verdict;
            mail->signer = verifies(verdict) ? signature : NULL;
        }
        mail->has_signature = true;
    }
    if (!layer->signature_count) {
        if (!mail->has_signature || layer->signature < mail->signature) {
            mail->signature = layer->signature;
            mail->signer = NULL;
        }
        mail->has_signature = true;
    }
}

static enum crypt crypt_around(const struct layer *layer)
{
    enum crypt crypt = CRYPT_NONE;
    bool sealed = false;

    for (; layer; layer = layer->outer)
        if (layer->sealed) {
            crypt = !sealed || layer->crypt < crypt ? layer->crypt : crypt;
            sealed = true;
        }
    return crypt;
}

/* The worst of the signatures around; those of an attached mail alone count for what is in it. */
static enum signature signature_around(const struct layer *layer, const char **signer)
{
    enum signature signature = SIGNATURE_NONE;
    bool is_signed = false;
    const struct mail *mail = layer->mail;

    *signer = "";
    for (; layer; layer = layer->outer) {
        if (layer->mail != mail) {
            if (is_signed)
                break;
            mail = layer->mail;
        }
        if (layer->is_signed && (!is_signed || layer->signature < signature)) {
            signature = layer->signature;
            *signer = layer->signer;
            is_signed = true;
        }
    }
    return signature;
}

static void judge_contents(struct opening *o)
{
    struct message *m = o->message;

    for (size_t i = 0; i < o->contents->count; i++) {
        struct content *content = &o->contents->at[i];

        content->crypt = crypt_around(o->content_layers[i]);
        content->signature = signature_around(o->content_layers[i], &content->signer);
    }
    for (size_t i = 0; i < m->attachment_count; i++) {
        const char *signer;

        m->attachments[i].crypt = crypt_around(o->attachment_layers[i]);
        m->attachments[i].signature = signature_around(o->attachment_layers[i], &signer);
    }
    for (const struct mail *mail = o->attached; mail; mail = mail->before) {
        struct attachment *attachment = &m->attachments[mail->attachment];

        if (mail->has_seal && (attachment->crypt == CRYPT_NONE || mail->crypt < attachment->crypt))
            attachment->crypt = mail->crypt;
        if (mail->has_signature)
            attachment->signature = mail->signature;
    }
}

static bool contains_nocase(const char *text, const char *part)
{
    return span_find_nocase(span_of(text), span_of(part), 0) != SPAN_NOWHERE;
}

/* The name in a user id, without comment and address. */
static const char *uid_name(struct opening *o, const char *uid)
{
    size_t len = strcspn(uid, "<(");

    return arena_text(o->arena, span_trim((struct span) { uid, len }));
}

static void judge_name(struct opening *o)
{
    struct message *m = o->message;
    const char *posed = addresses_in_text(m->from_name, o->arena);

    if (*posed && !(m->from.count == 1 && addresses_same(posed, m->from.at[0]))) {
        m->flags |= FLAG_NAME;
        opening_reason(o, "The sender's display name holds another address than From.");
        return;
    }
    if (m->signature != SIGNATURE_MISMATCH)
        return;
    for (size_t i = 0; i < m->signer_uids.count; i++) {
        const char *name = uid_name(o, m->signer_uids.at[i]);

        if (strlen(name) >= 3 && contains_nocase(m->from_name, name)) {
            m->flags |= FLAG_NAME;
            opening_reason(o,
                "The sender's display name is that of the signer, whose address is another one.");
            return;
        }
    }
}

static void judge_reply_to(struct opening *o)
{
    struct message *m = o->message;

    for (size_t i = 0; i < m->reply_to.count; i++) {
        bool known = false;

        for (size_t j = 0; j < m->from.count; j++)
            known |= addresses_same(m->reply_to.at[i], m->from.at[j]);
        if (!known) {
            m->flags |= FLAG_REPLY_TO;
            opening_reason(o, "Reply-To names another address than From.");
            return;
        }
    }
}

enum { DAY_S = 24 * 60 * 60 };

static void judge_date(struct opening *o)
{
    struct message *m = o->message;
    int64_t apart = m->signed_at - m->date;

    if (m->signed_at > 0 && m->date > 0 && (apart > DAY_S || apart < -DAY_S)) {
        m->flags |= FLAG_DATE;
        opening_reason(o, "The signature was made more than a day away from the mail's Date.");
    }
}

/* The layers around each other, outermost first, a line for each: what is in what. */
static void tell_order(struct opening *o)
{
    bool outside = false;

    for (const struct layer *layer = o->layers; layer; layer = layer->before)
        if (layer->mail == &o->top && layer->sealed && layer->crypt == CRYPT_ENC)
            for (const struct layer *at = layer->outer; at; at = at->outer)
                outside |= at->is_signed;
    if (outside)
        opening_reason(
            o, "A signature is outside the encryption: who made it need not know what is inside.");
}

void judge_all(struct opening *o)
{
    struct message *m = o->message;
    struct mail *top = &o->top;

    for (struct layer *layer = o->layers; layer; layer = layer->before)
        judge_layer(o, layer);
    judge_contents(o);
    m->crypt = top->has_seal ? top->crypt : CRYPT_NONE;
    m->signature = top->has_signature ? top->signature : SIGNATURE_NONE;
    m->scope = top->has_seal && !top->outside_seal && !top->doubtful ? SCOPE_ALL : SCOPE_PART;
    m->signature_scope = top->has_signature && !top->outside_signature && !top->doubtful
        ? SCOPE_ALL
        : SCOPE_PART;
    if (top->signer) {
        m->signer = arena_text(o->arena, span_of(top->signer->fingerprint));
        m->signer_uids = top->signer->uids;
        m->signed_at = top->signer->made_at;
    }
    if (top->has_seal && m->scope == SCOPE_PART && m->crypt == CRYPT_ENC)
        opening_reason(o, "Only a part of the mail is encrypted.");
    if (top->has_signature && m->signature_scope == SCOPE_PART)
        opening_reason(o, "The signature covers only a part of what is to be read.");
    if (top->doubtful)
        opening_reason(o, "Programs may disagree on which parts the mail has.");
    tell_order(o);
    judge_name(o);
    judge_reply_to(o);
    judge_date(o);
}
