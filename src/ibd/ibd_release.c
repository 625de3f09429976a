#include "cases/missing.h"
#include "ibd/ibd.h"
#include "message/message.h"

#include <string.h>

struct reason {
    const char *nl, *en;
};

struct deciding {
    struct ibd_verdict *verdict;
    const char *language;
    struct arena *arena;
};

static void hold(const struct deciding *deciding, const struct reason *reason)
{
    const char *text = strcmp(deciding->language, "nl") == 0 ? reason->nl : reason->en;

    deciding->verdict->goes = false;
    if (!texts_have(&deciding->verdict->reasons, text))
        texts_add(&deciding->verdict->reasons, deciding->arena, text);
}

/* Parts that say nothing of a hole: keys, signatures, visiting cards. */
static bool never_matters(const char *type)
{
    static const char *const types[] = { "application/pgp-keys", "application/pgp-signature",
        "application/pgp-encrypted", "application/pkcs7-signature", "application/x-pkcs7-signature",
        "text/vcard", "text/x-vcard" };

    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

/* A picture beside a report that names place and steps repeats what the text says. */
static bool matters(const struct case_attachment *attachment, const struct case_file *file)
{
    if (!attachment->withheld[0] || never_matters(attachment->type))
        return false;
    return file->missing.count || !span_starts(span_of(attachment->type), SPAN("image/"));
}

static void decide_message(const struct deciding *deciding, const struct case_file *file,
    const struct case_message *message)
{
    static const struct {
        unsigned flags;
        struct reason reason;
    } marks[] = {
        { FLAG_SPAM,
            { "Het bericht is onderweg als spam aangemerkt.",
                "The message was marked as spam on the way." } },
        { FLAG_LIST | FLAG_BULK,
            { "Het bericht kwam via een mailinglijst of bulkmail.",
                "The message came over a mailing list or as bulk mail." } },
        { FLAG_AUTO | FLAG_BOUNCE,
            { "Het bericht is door een programma verstuurd.",
                "The message was sent by a program." } },
        { FLAG_TRUNCATED,
            { "Het bericht was te groot om helemaal te lezen.",
                "The message was too large to be read whole." } },
        { FLAG_MALFORMED,
            { "In het bericht kan een bijlage verborgen zitten die niet te lezen is.",
                "An attachment that cannot be read may hide in the message." } },
    };

    for (size_t i = 0; i < COUNT(marks); i++)
        if (message->flags & marks[i].flags)
            hold(deciding, &marks[i].reason);
    if (message->parse == PARSE_BROKEN
        || (message->crypt != CRYPT_ENC && message->crypt != CRYPT_NONE))
        hold(deciding,
            &(struct reason) { "Een deel van het bericht kon niet worden ontcijferd of gelezen.",
                "A part of the message could not be decrypted or read." });
    for (size_t i = 0; i < message->attachments.count; i++)
        if (matters(&message->attachments.at[i], file))
            hold(deciding,
                &(struct reason) {
                    "Een bijlage die ertoe kan doen is achtergehouden: een computer kan haar niet "
                    "nakijken.",
                    "An attachment that could matter was withheld: a computer cannot check it." });
}

/* It names a hole, or a place and the steps that lead there. */
static bool is_report(const struct case_message *message, const struct case_file *file)
{
    const struct case_facts *facts = &file->facts;

    return missing_looks_like_report(span_of(message->redacted), facts)
        || ((facts->urls.count || facts->hosts.count) && message->redacted[0]
            && !texts_have(&file->missing, "steps"));
}

static void decide_redaction(const struct deciding *deciding, const struct case_file *file)
{
    struct ibd_receipt receipt = ibd_receipt_of(file, deciding->arena);

    if (receipt.unread)
        hold(deciding,
            &(struct reason) { "Van een bericht is niet bekend wat er is weggelaten.",
                "It is not known of a message what was left out." });
    if (receipt.doubtful)
        hold(deciding,
            &(struct reason) { "Bij het weglaten van persoonsgegevens was iets twijfelachtig.",
                "Something was doubtful in taking out personal data." });
}

struct ibd_verdict ibd_decide(const struct case_file *file, enum ibd_mode mode,
    enum ibd_release release, const char *language, struct arena *arena)
{
    struct ibd_verdict verdict = { .goes = true };
    const struct deciding deciding = { &verdict, language, arena };
    bool text = file->ibd_text[0], report = false;

    if (mode == IBD_ASK)
        hold(&deciding,
            &(struct reason) {
                "Volgens de instellingen beslist u per melding of de IBD haar krijgt.",
                "By the settings you decide for each report whether the IBD gets it." });
    else if (release == RELEASE_ASK)
        hold(&deciding,
            &(struct reason) { "Volgens de instellingen kijkt u elke kopie eerst na.",
                "By the settings you look at each copy first." });
    for (size_t i = 0; i < file->messages.count; i++) {
        const struct case_message *message = &file->messages.at[i];

        if (message->kind != KIND_REPORT && message->kind != KIND_FOLLOW_UP)
            continue;
        text = text || message->redacted[0];
        report = report || is_report(message, file);
        decide_message(&deciding, file, message);
    }
    if (!text)
        hold(&deciding,
            &(struct reason) { "Er is geen tekst om te delen.", "There is no text to share." });
    else if (!report)
        hold(&deciding,
            &(struct reason) { "Het bericht lijkt niet op een melding van een zwakke plek.",
                "The message does not look like a report of a weakness." });
    decide_redaction(&deciding, file);
    return verdict;
}
