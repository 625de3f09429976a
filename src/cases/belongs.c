#include "cases/belongs.h"

#include <string.h>

#include "cases/facts.h"
#include "cases/missing.h"

enum { TAGS_MOST = 10 };

static bool same(const char *a, const char *b)
{
    return *a && span_equal_nocase(span_of(a), span_of(b));
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
        || c == '_';
}

struct texts belongs_tags(const char *text, const char *prefix, struct arena *arena)
{
    struct span all = span_of(text), start = span_of(prefix);
    struct texts tags = { 0 };
    size_t at = 0;

    while (*prefix && tags.count < TAGS_MOST
        && (at = span_find_nocase(all, start, at)) != SPAN_NOWHERE) {
        size_t end = at;
        char *tag;

        while (end < all.len && is_name_char(all.at[end]))
            end++;
        tag = arena_text(arena, span_part(all, at, end));
        memcpy(tag, prefix, start.len);
        if ((at == 0 || !is_name_char(all.at[at - 1])) && case_number_valid(span_of(tag))
            && !texts_have(&tags, tag))
            texts_add(&tags, arena, tag);
        at = end;
    }
    return tags;
}

struct texts belongs_names(const struct message *message, struct arena *arena)
{
    const struct texts *references = &message->references;
    struct texts names = { 0 };

    for (size_t i = 0; i < message->in_reply_to.count; i++)
        texts_add(&names, arena, message->in_reply_to.at[i]);
    for (size_t i = references->count; i > 0; i--)
        texts_add(&names, arena, references->at[i - 1]);
    for (size_t i = 0; i < message->reports_on.count; i++)
        texts_add(&names, arena, message->reports_on.at[i]);
    return names;
}

/* A signature that verifies, over all that a reader sees. GOOD also means that From is the key's;
 * a mismatch proves the key and nothing of From. */
static bool proves_key(const struct message *message, const char *key)
{
    return (message->signature == SIGNATURE_GOOD || message->signature == SIGNATURE_MISMATCH)
        && message->signature_scope == SCOPE_ALL && same(key, message->signer);
}

static bool is_from(const struct message *message, const char *address)
{
    return *address && texts_have_nocase(&message->from, address);
}

static bool is_empty(const struct message *message)
{
    return span_trim(span_of(message->text)).len == 0 && message->attachment_count == 0;
}

/* Mail that says of itself that nobody wrote it. The header fields are free to lie, so what is
 * encrypted to us, signed, or looks like a report is taken for a person's all the same. */
static bool looks_human(const struct message *message, struct arena *arena)
{
    struct span text = span_of(message->text);
    struct case_facts facts;

    if (message->crypt != CRYPT_NONE || message->signature == SIGNATURE_GOOD
        || message->signature == SIGNATURE_MISMATCH)
        return true;
    facts_find(text, arena, &facts);
    return missing_looks_like_report(text, &facts);
}

static bool may_be_answered(const struct message *message, const struct belongs_house *house)
{
    const unsigned never = FLAG_BOUNCE | FLAG_AUTO | FLAG_LIST | FLAG_BULK | FLAG_SPAM;

    return !(message->flags & never) && message->from.count == 1
        && !(message->return_path && !*message->return_path) && !is_from(message, house->mailbox)
        && !is_from(message, house->ciso_address) && !is_from(message, house->ibd_address);
}

static const struct belongs_thread *thread_of(
    const struct belongs_known *known, const struct texts *names, bool letters_only)
{
    for (size_t i = 0; i < names->count; i++)
        for (size_t k = 0; k < known->thread_count; k++)
            if (strcmp(known->threads[k].message_id, names->at[i]) == 0
                && (known->threads[k].letter || !letters_only))
                return &known->threads[k];
    return NULL;
}

static bool may_join(const struct belongs_known *known, const char *number)
{
    return texts_have(&known->cases_of_sender, number)
        || texts_have(&known->cases_of_signer, number);
}

/* The case of the first thread, then the first tag, that the sender or signer has a part in. What
 * was named without that is told as well. */
static const char *case_of_person(const struct message *message, const struct belongs_known *known,
    struct arena *arena, const char **apart_from)
{
    struct texts names = belongs_names(message, arena);

    *apart_from = "";
    for (size_t i = 0; i < names.count; i++)
        for (size_t k = 0; k < known->thread_count; k++) {
            if (strcmp(known->threads[k].message_id, names.at[i]) != 0)
                continue;
            if (may_join(known, known->threads[k].number))
                return known->threads[k].number;
            if (!**apart_from)
                *apart_from = known->threads[k].number;
        }
    for (size_t i = 0; i < known->numbers.count; i++) {
        if (may_join(known, known->numbers.at[i]))
            return known->numbers.at[i];
        if (!**apart_from)
            *apart_from = known->numbers.at[i];
    }
    return "";
}

/* Of the CISO and the IBD: a thread or a tag. Without a proof that is where it is filed, no more.
 */
static const char *case_of_party(
    const struct message *message, const struct belongs_known *known, struct arena *arena)
{
    struct texts names = belongs_names(message, arena);
    const struct belongs_thread *thread = thread_of(known, &names, false);

    if (thread)
        return thread->number;
    return known->numbers.count ? known->numbers.at[0] : "";
}

static struct belongs of_person(const struct message *message, const struct belongs_house *house,
    const struct belongs_known *known, struct arena *arena)
{
    struct belongs belongs = { .letter = "", .apart_from = "" };

    belongs.number = case_of_person(message, known, arena, &belongs.apart_from);
    belongs.opens = !*belongs.number;
    belongs.kind = belongs.opens ? KIND_REPORT : KIND_FOLLOW_UP;
    belongs.answers = may_be_answered(message, house);
    if (!belongs.opens)
        belongs.apart_from = "";
    if (*belongs.apart_from)
        belongs.why = "names a case in which neither its sender nor its key has a part";
    else
        belongs.why = belongs.opens ? "a new report" : "by the sender or key of the case";
    return belongs;
}

/* The CISO writes to somebody else than the mailbox: to the researcher, with a copy to us. */
static bool goes_out(const struct message *message, const struct belongs_house *house)
{
    const struct texts *lists[] = { &message->to, &message->cc };

    for (size_t i = 0; i < COUNT(lists); i++)
        for (size_t k = 0; k < lists[i]->count; k++)
            if (!same(lists[i]->at[k], house->mailbox)
                && !same(lists[i]->at[k], house->ciso_address)
                && !same(lists[i]->at[k], house->ibd_address))
                return true;
    return false;
}

/* An order is told from a mail by the lines in it, which the caller looks at (order.h). */
static struct belongs of_ciso(const struct message *message, const struct belongs_house *house,
    const struct belongs_known *known, struct arena *arena, bool proved)
{
    return (struct belongs) { .kind = KIND_CISO,
        .direction = goes_out(message, house) ? DIRECTION_OUT : DIRECTION_IN,
        .number = case_of_party(message, known, arena),
        .proved = proved,
        .apart_from = "",
        .letter = "",
        .why = proved
            ? "signed by the CISO's pinned key"
            : "in the CISO's name, not signed by the pinned key: it is filed and no more" };
}

static struct belongs filed(
    enum case_kind kind, const struct belongs_thread *thread, bool letter, const char *why)
{
    return (struct belongs) { .kind = kind,
        .number = thread ? thread->number : "",
        .apart_from = "",
        .letter = thread && letter ? thread->message_id : "",
        .why = why };
}

static bool from_our_letter(const struct message *message, const struct belongs_house *house,
    const struct belongs_known *known, const struct belongs_thread **letter)
{
    for (size_t i = 0; i < known->thread_count; i++)
        if (known->threads[i].letter
            && strcmp(known->threads[i].message_id, message->message_id) == 0) {
            *letter = &known->threads[i];
            return is_from(message, house->mailbox);
        }
    return false;
}

/* Bounces, automatic answers, lists, spam: true when it is decided that no person wrote it. */
static bool of_machine(const struct message *message, const struct belongs_known *known,
    struct arena *arena, struct belongs *belongs)
{
    struct texts names = belongs_names(message, arena);
    const struct belongs_thread *letter = thread_of(known, &names, true);
    struct texts reported = message->reports_on;
    const struct belongs_thread *bounced = thread_of(known, &reported, true);

    if ((message->flags & FLAG_BOUNCE) && bounced)
        *belongs = filed(KIND_BOUNCE, bounced, true, "a letter of ours could not be delivered");
    else if (looks_human(message, arena))
        return false;
    else if (message->flags & FLAG_BOUNCE)
        *belongs = filed(KIND_BOUNCE, NULL, false, "a bounce, but not of a letter of ours");
    else if (message->flags & FLAG_AUTO)
        *belongs = filed(KIND_AUTO_REPLY, letter, true, "an automatic answer");
    else if (message->flags & FLAG_SPAM)
        *belongs = filed(KIND_SPAM, NULL, false, "marked as spam on the way");
    else if (message->flags & (FLAG_LIST | FLAG_BULK))
        *belongs = filed(KIND_LIST, NULL, false, "list or bulk mail");
    else if (is_empty(message))
        *belongs = filed(KIND_SPAM, NULL, false, "empty");
    else
        return false;
    return true;
}

struct belongs belongs_decide(const struct message *message, const struct belongs_house *house,
    const struct belongs_known *known, struct arena *arena)
{
    const struct belongs_thread *letter = NULL;
    bool ciso_proved = proves_key(message, house->ciso_key);
    bool ibd_proved = proves_key(message, house->ibd_key);
    struct belongs belongs;

    if (*known->same_content) {
        const char *number = strcmp(known->same_content, "-") ? known->same_content : "";

        belongs = filed(KIND_DUPLICATE, NULL, false, "the same bytes as an earlier message");
        belongs.number = number;
        return belongs;
    }
    if (message->parse == PARSE_BROKEN)
        return filed(KIND_ASIDE, NULL, false, "nothing of it could be read");
    if (from_our_letter(message, house, known, &letter))
        return filed(KIND_OWN, letter, true, "a letter of ours came back");
    if (ciso_proved)
        return of_ciso(message, house, known, arena, true);
    if (ibd_proved || is_from(message, house->ibd_address)) {
        const char *number = case_of_party(message, known, arena);

        if (*number) {
            belongs = filed(
                ibd_proved || !(message->flags & FLAG_AUTO) ? KIND_IBD : KIND_AUTO_REPLY, NULL,
                false,
                ibd_proved ? "signed by the IBD's pinned key"
                           : "in the IBD's name, not signed by the pinned key");
            belongs.number = number;
            belongs.proved = ibd_proved;
            return belongs;
        }
    }
    if (of_machine(message, known, arena, &belongs))
        return belongs;
    if (is_from(message, house->ciso_address))
        return of_ciso(message, house, known, arena, false);
    /* Who answers from the mailbox writes in its name; so does a form on the website, to itself. */
    if (is_from(message, house->mailbox)
        && (goes_out(message, house) || *case_of_party(message, known, arena)))
        return of_ciso(message, house, known, arena, false);
    return of_person(message, house, known, arena);
}

enum continuity belongs_continuity(
    const struct message *message, const struct belongs_house *house, const struct case_file *file)
{
    bool signed_before = false;

    if (message->signature != SIGNATURE_GOOD && message->signature != SIGNATURE_MISMATCH)
        return CONTINUITY_NONE;
    if (same(house->ciso_key, message->signer) || same(house->ibd_key, message->signer))
        return CONTINUITY_PINNED;
    for (size_t i = 0; file && i < file->keys.count; i++) {
        if (strcmp(file->keys.at[i].how, "signed") != 0)
            continue;
        signed_before = true;
        if (same(file->keys.at[i].fingerprint, message->signer))
            return CONTINUITY_SAME;
    }
    return signed_before ? CONTINUITY_CHANGED : CONTINUITY_FIRST;
}
