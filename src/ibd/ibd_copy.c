#include "base/buf.h"
#include "base/date.h"
#include "ibd/ibd.h"

#include <string.h>

static void add_list(struct buf *buf, const char *label, const struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        buf_printf(buf, "%s%s", i ? ", " : label, texts->at[i]);
    if (texts->count)
        buf_char(buf, '\n');
}

static const char *facts_words(
    const struct case_file *file, const struct settings *settings, struct arena *arena)
{
    const struct case_facts *facts = &file->facts;
    struct texts tokens = ibd_tokens(file, settings, arena);
    struct buf buf = { .arena = arena };
    char received[DATE_TEXT];

    date_local(file->received_at, received);
    buf_printf(&buf, "- Zaak: %s\n- Stand: %s\n- Ontvangen: %s\n", file->number,
        case_state_name(file->state, "nl"), received);
    add_list(&buf, "- Systeem: ", &facts->hosts);
    add_list(&buf, "- Adres: ", &facts->urls);
    if (facts->weakness[0])
        buf_printf(&buf, "- Soort zwakke plek, volgens de melder: %s\n", facts->weakness);
    add_list(&buf, "- CVE: ", &facts->cves);
    add_list(&buf, "- CWE: ", &facts->cwes);
    if (file->severity[0])
        buf_printf(&buf, "- Ernst: %s\n", file->severity);
    add_list(&buf, "- Herkenning elders (match_tokens): ", &tokens);
    buf_printf(&buf, "- Verspreiding: %s", ibd_tlp(file));
    return buf_string(&buf);
}

/* The messages in their order, each under a line that says when it came. */
static const char *report_words(const struct case_file *file, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    if (file->ibd_text[0])
        return file->ibd_text;
    for (size_t i = 0; i < file->messages.count; i++) {
        const struct case_message *message = &file->messages.at[i];
        char at[DATE_TEXT];

        if ((message->kind != KIND_REPORT && message->kind != KIND_FOLLOW_UP)
            || !message->redacted[0])
            continue;
        date_local(message->received_at, at);
        buf_printf(&buf, "%s[%s, %s]\n", buf.len ? "\n" : "",
            message->kind == KIND_REPORT ? "melding" : "aanvulling", at);
        if (message->subject[0])
            buf_printf(&buf, "Onderwerp: %s\n", message->subject);
        buf_printf(&buf, "\n%s", message->redacted);
        if (buf.at[buf.len - 1] != '\n')
            buf_char(&buf, '\n');
    }
    return buf_string(&buf);
}

static const struct {
    const char *type, *nl;
} type_names[] = {
    { "PERSON", "namen" },
    { "EMAIL", "mailadressen" },
    { "PHONE", "telefoonnummers" },
    { "BSN", "burgerservicenummers" },
    { "IBAN", "rekeningnummers" },
    { "CARD", "kaartnummers" },
    { "ADDRESS", "adressen" },
    { "POSTCODE", "postcodes" },
    { "DOB", "geboortedatums" },
    { "PLATE", "kentekens" },
    { "IDDOC", "nummers van identiteitsbewijzen" },
    { "VNUM", "V-nummers" },
    { "ANUM", "A-nummers" },
    { "VATID", "btw-nummers van personen" },
    { "IP", "IP-adressen van personen" },
    { "MAC", "hardwareadressen" },
    { "HANDLE", "gebruikersnamen" },
    { "CREDENTIAL", "wachtwoorden, sleutels en sessies" },
};

static const char *type_name(const char *type)
{
    for (size_t i = 0; i < COUNT(type_names); i++)
        if (strcmp(type, type_names[i].type) == 0)
            return type_names[i].nl;
    return type;
}

static const char *receipt_words(const struct case_file *file, struct arena *arena)
{
    struct ibd_receipt receipt = ibd_receipt_of(file, arena);
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < receipt.type_count; i++)
        buf_printf(&buf, "- %s: %lld\n", type_name(receipt.types[i].type),
            (long long)receipt.types[i].count);
    if (!receipt.type_count)
        buf_text(&buf, "- geen persoonsgegevens gevonden\n");
    if (file->ibd_text[0])
        buf_text(&buf, "- de tekst is daarna door de CISO bewerkt\n");
    buf_printf(&buf, "- zekerheid van de minst zekere beslissing: %.2f van 1 (%s)",
        receipt.certainty, receipt.version[0] ? receipt.version : "-");
    return buf_string(&buf);
}

static const char *withheld_words(const struct case_file *file, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < file->messages.count; i++)
        for (size_t j = 0; j < file->messages.at[i].attachments.count; j++) {
            const struct case_attachment *attachment = &file->messages.at[i].attachments.at[j];

            if (attachment->withheld[0])
                buf_printf(&buf, "%s- %s, %lld bytes, sha256 %s", buf.len ? "\n" : "",
                    ibd_type(attachment), (long long)attachment->size_bytes, attachment->sha256);
        }
    return buf_string(&buf);
}

/* Name and address each only with their own consent. */
static const char *researcher_words(const struct case_file *file, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    if (file->consents[CONSENT_NAME_IBD].given && file->name[0])
        buf_printf(&buf, "- Naam: %s\n", file->name);
    if (file->consents[CONSENT_CONTACT_IBD].given && file->address[0])
        buf_printf(&buf, "- Mail: %s\n", file->address);
    return buf_string(&buf);
}

/* When the IBD last got a copy of this case; 0 never. */
static int64_t previous_at(const struct case_file *file)
{
    int64_t at = 0;

    for (size_t i = 0; i < file->letters.count; i++)
        if (file->letters.at[i].to == PARTY_IBD)
            at = file->letters.at[i].sent_at ? file->letters.at[i].sent_at
                                             : file->letters.at[i].queued_at;
    return at;
}

bool ibd_copy(const struct letters *letters, const struct case_file *file, int64_t now_s,
    struct arena *arena, struct outgoing *outgoing, struct err *err)
{
    int64_t previous = previous_at(file);
    const char *text = report_words(file, arena);
    struct letters_values values = { 0 };
    char day[DATE_TEXT] = "";

    if (!text[0])
        return err_set(err, ERR_MESSAGE, "there is no redacted text to share");
    if (previous)
        date_words_nl(previous, day);
    letters_set(&values, "case", file->number);
    letters_set(&values, "tlp", ibd_tlp(file));
    letters_set(&values, "facts", facts_words(file, letters->settings, arena));
    letters_set(&values, "text", text);
    letters_set(&values, "receipt", receipt_words(file, arena));
    letters_set(&values, "withheld", withheld_words(file, arena));
    letters_set(&values, "researcher", researcher_words(file, arena));
    letters_set(&values, "state", case_state_name(file->state, "nl"));
    letters_set(&values, "previous", arena_text(arena, span_of(day)));
    if (!letters_write(
            letters, previous ? "ibd_update" : "ibd_copy", "nl", &values, arena, outgoing, err))
        return false;
    outgoing_attach(outgoing, arena, "facts.json", "application/json",
        ibd_facts(file, letters->settings, now_s, arena));
    return true;
}
