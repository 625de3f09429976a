#include "base/file.h"
#include "letters/letters.h"
#include "letters/reply.h"
#include "lib/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *office_lines[] = { "Raadhuisplein 1", "7999 AA Zandmeer" };

static struct settings house(const char *folder)
{
    return (struct settings) { .municipality = "gemeente Zandmeer",
        .ciso_title = "CISO",
        .address = "meldingen@zandmeer.example",
        .ciso_address = "ciso@zandmeer.example",
        .ibd_address = "ibd@ibd.example",
        .telephone = "14 0588",
        .website = "https://zandmeer.example/cvd",
        .letters = folder,
        .office = { office_lines, 2 } };
}

static bool holds(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* Each letter whole, with a value for whatever it may say: nothing of the template is left over. */
static void writes_every_letter(void **state)
{
    static const char *const all[] = { "case", "received", "first_response", "fingerprint", "fix",
        "progress", "consent_name", "consent_contact", "consent_credit", "missing",
        "missing_application", "missing_url", "missing_steps", "ibd_always", "credit", "reason",
        "not_reproduced", "out_of_scope", "text", "tlp", "facts", "receipt", "withheld",
        "researcher", "state", "previous", "summary", "lines", "not_understood", "verbs", "clock",
        "due" };
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings = house("");
    struct letters letters;
    struct err err = { 0 };

    (void)state;
    assert_true(letters_open(&settings, arena, &letters, &err));
    for (size_t i = 0; i < letters_count(); i++) {
        const char *file = letters_file(i);
        char kind[40] = "", language[3] = "";
        struct outgoing outgoing;

        assert_int_equal(sscanf(file, "%39[a-z_].%2s", kind, language), 2);
        for (int filled = 0; filled < 2; filled++) {
            struct letters_values values = { 0 };

            for (size_t j = 0; filled && j < COUNT(all); j++)
                letters_set(&values, all[j], all[j]);
            assert_true(letters_write(&letters, kind, language, &values, arena, &outgoing, &err));
            row_number(file, holds(outgoing.text, "{") || holds(outgoing.text, "}"), false);
            row_number(file, holds(outgoing.text, "\n\n\n"), false);
            row_number(file, outgoing.text[strlen(outgoing.text) - 1], '\n');
            row_text(file, outgoing.language, language);
        }
    }
}

static const struct {
    const char *label, *kind, *language, *want; /* stands in the text */
} promises[] = {
    { "number", "acknowledgement", "nl", "Uw zaaknummer is ZDM-2026-0001." },
    { "date", "acknowledgement", "nl", "Uiterlijk vrijdag 27 november 2026 neemt de CISO van de" },
    { "IBD", "acknowledgement", "nl",
        "Wij delen elke melding met de Informatiebeveiligingsdienst" },
    { "AP", "acknowledgement", "nl", "dan melden wij dat aan de Autoriteit Persoonsgegevens" },
    { "no consent by default", "acknowledgement", "nl", "Zegt u niets, dan geldt dat als nee." },
    { "how to give it", "acknowledgement", "nl", "\n    toestemming vermelding ja\n" },
    { "what lacks", "acknowledgement", "nl", "\n- het adres (de URL) van de applicatie\n" },
    { "no legal steps", "acknowledgement", "nl", "ondernemen wij geen juridische stappen" },
    { "key", "acknowledgement", "nl", "\n    0123 4567\n" },
    { "address", "acknowledgement", "nl", "\nRaadhuisplein 1, 7999 AA Zandmeer\n" },
    { "number, English", "acknowledgement", "en", "Your case number is ZDM-2026-0001." },
    { "date, English", "acknowledgement", "en", "By vrijdag 27 november 2026 at the latest" },
    { "the IBD tells others", "acknowledgement", "nl", "dan licht de IBD die" },
    { "confidential", "acknowledgement", "nl", "Wij behandelen uw melding vertrouwelijk." },
    { "unless the law demands", "acknowledgement", "nl", "gevolg te geven aan een rechterlijke" },
    { "informed", "acknowledgement", "nl", "Wij houden u op de hoogte van de voortgang" },
    { "rule: abuse", "acknowledgement", "nl", "- het probleem niet te misbruiken" },
    { "rule: malware", "acknowledgement", "nl", "- het lek niet uit te buiten door malware" },
    { "rule: silence", "acknowledgement", "nl", "- het probleem niet met anderen te delen" },
    { "rule: attacks", "acknowledgement", "nl", "aanvallen op fysieke beveiliging" },
    { "IBD, English", "acknowledgement", "en", "We share every report with the IBD" },
    { "AP, English", "acknowledgement", "en", "we will report it to the Dutch Data Protection" },
    { "confidential, English", "acknowledgement", "en", "We treat your report confidentially." },
    { "unless the law demands, English", "acknowledgement", "en", "legal obligation or a court" },
    { "no consent by default, English", "acknowledgement", "en",
        "say nothing, we take that as no" },
    { "no legal steps, English", "acknowledgement", "en", "we will not take legal action" },
    { "informed, English", "acknowledgement", "en", "We will keep you informed" },
    { "rule: abuse, English", "acknowledgement", "en", "- not to abuse the problem" },
    { "rule: malware, English", "acknowledgement", "en", "placing malware or ransomware" },
    { "rule: silence, English", "acknowledgement", "en", "- not to share the problem" },
    { "rule: attacks, English", "acknowledgement", "en", "attacks on physical security" },
    { "what lacks, English", "acknowledgement", "en",
        "\n- the address (URL) of the application\n" },
    { "erase at the fix", "fixed", "nl", "wilt u die dan nu wissen" },
    { "erase at the fix, English", "fixed", "en", "please erase it now" },
    { "the name, if wished", "fixed", "nl", "\n    toestemming vermelding ja\n" },
    { "erase", "closed", "nl", "Wilt u ze dan nu wissen" },
    { "erase, English", "closed", "en", "please erase it now" },
    { "check", "fixed", "nl", "het lek werkelijk dicht is" },
    { "another language gets English", "follow_up", "de", "Dear researcher," },
};

static struct letters_values some(void)
{
    struct letters_values values = { 0 };

    letters_set(&values, "case", "ZDM-2026-0001");
    letters_set(&values, "received", "dinsdag 24 november 2026, 16:00");
    letters_set(&values, "first_response", "vrijdag 27 november 2026");
    letters_set(&values, "fingerprint", "0123 4567");
    letters_set(&values, "consent_credit", "toestemming vermelding ja");
    letters_set(&values, "ibd_always", "x");
    letters_set(&values, "missing", "x");
    letters_set(&values, "missing_url", "x");
    return values;
}

static void keeps_the_promises_of_the_policy(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings = house("");
    struct letters_values values = some();
    struct letters letters;
    struct outgoing outgoing;
    struct err err = { 0 };

    (void)state;
    assert_true(letters_open(&settings, arena, &letters, &err));
    for (size_t i = 0; i < COUNT(promises); i++) {
        assert_true(letters_write(
            &letters, promises[i].kind, promises[i].language, &values, arena, &outgoing, &err));
        row_text(promises[i].label,
            holds(outgoing.text, promises[i].want) ? promises[i].want : outgoing.text,
            promises[i].want);
        row_text(promises[i].label, outgoing.outer_subject, "[ZDM-2026-0001] gemeente Zandmeer");
    }
}

static const struct {
    const char *label, *file, *text, *want; /* "": fine */
} own[] = {
    { "fine", "reply.nl.txt", "Subject: {case}\n\n{text}\n", "" },
    { "not a letter", "greeting.nl.txt", "Subject: x\n\nx\n",
        "/greeting.nl.txt: there is no such letter; name files KIND.nl.txt or KIND.en.txt as "
        "`meldpost letters` lists them" },
    { "a promise left out", "reply.nl.txt", "Subject: x\n\nHello\n",
        "/reply.nl.txt:1: the text must use {text}; allowed are: municipality ciso_title address "
        "telephone office website signature case received first_response fingerprint text" },
    { "a name of another letter", "reply.nl.txt", "Subject: x\n\n{text}\n{missing}\n",
        "/reply.nl.txt:4: unknown placeholder {missing}; allowed are: municipality ciso_title "
        "address telephone office website signature case received first_response fingerprint "
        "text" },
    { "other files do not count", "README", "anything", "" },
};

static void takes_own_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(own); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        char folder[] = "/tmp/test-letters-XXXXXX";
        struct settings settings;
        struct letters letters;
        struct err err = { 0 };
        bool fine;

        assert_non_null(mkdtemp(folder));
        settings = house(folder);
        assert_true(file_write_durable(
            arena_printf(arena, "%s/%s", folder, own[i].file), span_of(own[i].text), 0600, &err));
        fine = letters_open(&settings, arena, &letters, &err);
        row_text(own[i].label,
            err.text + (strncmp(err.text, folder, strlen(folder)) == 0 ? strlen(folder) : 0),
            own[i].want);
        row_number(own[i].label, fine, own[i].want[0] == '\0');
        assert_int_equal(unlink(arena_printf(arena, "%s/%s", folder, own[i].file)), 0);
        assert_int_equal(rmdir(folder), 0);
    }
}

static const struct {
    const char *label, *from, *return_path; /* "-": the field is missing */
    unsigned flags;
    enum reply want;
} replies[] = {
    { "a researcher", "jan@melder.example", "jan@melder.example", 0, REPLY_FINE },
    { "no Return-Path field", "jan@melder.example", "-", 0, REPLY_FINE },
    { "null sender", "jan@melder.example", "", 0, REPLY_BOUNCE },
    { "delivery report", "jan@melder.example", "-", FLAG_BOUNCE, REPLY_BOUNCE },
    { "absence note", "jan@melder.example", "-", FLAG_AUTO, REPLY_AUTO },
    { "list", "jan@melder.example", "-", FLAG_LIST, REPLY_LIST },
    { "bulk", "jan@melder.example", "-", FLAG_BULK, REPLY_BULK },
    { "spam", "jan@melder.example", "-", FLAG_SPAM, REPLY_SPAM },
    { "repaired is no reason", "jan@melder.example", "-", FLAG_REPAIRED | FLAG_DATE, REPLY_FINE },
    { "ourselves", "Meldingen@Zandmeer.example", "-", 0, REPLY_OWN },
    { "CISO", "ciso@zandmeer.example", "-", 0, REPLY_OWN },
    { "IBD", "ibd@ibd.example", "-", 0, REPLY_OWN },
    { "nobody", "", "-", 0, REPLY_NO_ADDRESS },
    { "no address", "jan", "-", 0, REPLY_NO_ADDRESS },
    { "an order for SMTP in it", "a@b\r\nRCPT TO:<c@d>", "-", 0, REPLY_NO_ADDRESS },
    { "a bracket in it", "a@b>", "-", 0, REPLY_NO_ADDRESS },
    { "noreply", "noreply@firma.example", "-", 0, REPLY_NOREPLY },
    { "No-Reply", "No-Reply@firma.example", "-", 0, REPLY_NOREPLY },
    { "noreply within", "alerts-noreply@firma.example", "-", 0, REPLY_NOREPLY },
    { "tagged", "bounces+123-abc=x@firma.example", "-", 0, REPLY_NOREPLY },
    { "daemon", "MAILER-DAEMON@mx.example", "-", 0, REPLY_NOREPLY },
    { "postmaster", "postmaster@mx.example", "-", 0, REPLY_NOREPLY },
    { "list owner", "owner-secure@list.example", "-", 0, REPLY_NOREPLY },
    { "list bounces", "secure-bounces@list.example", "-", 0, REPLY_NOREPLY },
    { "rootkit hunter is a person", "rootkit@melder.example", "-", 0, REPLY_FINE },
    { "daemon in the domain", "jan@daemon.example", "-", 0, REPLY_FINE },
};

static void answers_people_only(void **state)
{
    struct settings settings = house("");

    (void)state;
    for (size_t i = 0; i < COUNT(replies); i++) {
        struct message message;
        const char *from = replies[i].from;

        message_empty(&message);
        message.flags = replies[i].flags;
        message.return_path = strcmp(replies[i].return_path, "-") ? replies[i].return_path : NULL;
        message.from = (struct texts) { &from, from[0] ? 1 : 0 };
        row_text(replies[i].label, reply_why(reply_decide(&message, &settings)),
            reply_why(replies[i].want));
    }
}

static void answers_no_two_senders(void **state)
{
    const char *from[] = { "jan@melder.example", "piet@melder.example" };
    struct settings settings = house("");
    struct message message;

    (void)state;
    message_empty(&message);
    message.from = (struct texts) { from, 2 };
    row_number("two", reply_decide(&message, &settings), REPLY_NO_ADDRESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_every_letter),
        cmocka_unit_test(keeps_the_promises_of_the_policy),
        cmocka_unit_test(takes_own_texts),
        cmocka_unit_test(answers_people_only),
        cmocka_unit_test(answers_no_two_senders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
