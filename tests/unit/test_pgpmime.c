/* Writes mails with real gpg keys, takes them apart again, and verifies and opens what is in them.
 */
#include "lib/rows.h"
#include "outbox/pgpmime.h"
#include "store/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US "meldingen@zandmeer.example"

struct place {
    char home[64];
    struct pgp *pgp;
    char key[PGP_FINGERPRINT];
    struct arena *arena;
};

static int set_up(void **state)
{
    static struct place place;
    struct pgp_options options = { .timeout_s = 60, .largest_plain = 1 << 24 };
    struct pgp_key keys[2];
    struct err err = { 0 };
    char command[512];
    size_t count;

    strcpy(place.home, "/tmp/test-pgpmime-XXXXXX");
    assert_non_null(mkdtemp(place.home));
    options.home = place.home;
    snprintf(command, sizeof command,
        "gpg --homedir %s --batch --quiet --passphrase '' --quick-gen-key 'Zandmeer <" US
        ">' future-default default never 2> /dev/null",
        place.home);
    assert_int_equal(system(command), 0);
    if (!pgp_open(&options, &place.pgp, &err))
        fail_msg("%s", err.text);
    place.arena = arena_new();
    if (!pgp_keys_for(place.pgp, US, place.arena, keys, COUNT(keys), &count, &err))
        fail_msg("%s", err.text);
    assert_int_equal(count, 1);
    snprintf(place.key, sizeof place.key, "%s", keys[0].fingerprint);
    *state = &place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char command[128];

    pgp_close(&place->pgp);
    arena_free(&place->arena);
    snprintf(command, sizeof command, "rm -rf %s", place->home);
    return system(command);
}

static struct pgpmime_envelope envelope(const struct place *place)
{
    return (struct pgpmime_envelope) { .from_name = "gemeente Zandmeer",
        .from = US,
        .to = "jan@melder.example",
        .message_id = "1.abc@zandmeer.example",
        .in_reply_to = "",
        .date_s = 1795532400,
        .signer = place->key };
}

static struct outgoing letter(void)
{
    struct outgoing outgoing;

    outgoing_empty(&outgoing);
    outgoing.subject = "Een caf\xc3\xa9 lekt";
    outgoing.outer_subject = "[ZDM-2026-0001] gemeente Zandmeer";
    outgoing.text = "Eerste regel met een blank aan het eind \nFrom hier\n.\n-- \nCISO\n";
    outgoing.auto_submitted = "auto-replied";
    return outgoing;
}

static struct span write_mail(
    struct place *place, const struct pgpmime_envelope *to, const struct outgoing *outgoing)
{
    struct err err = { 0 };
    struct span mail;

    if (!pgpmime_write(place->pgp, to, outgoing, random_bytes, place->arena, &mail, &err))
        fail_msg("%s", err.text);
    return mail;
}

static bool holds(struct span mail, const char *words)
{
    return span_find(mail, span_of(words), 0) != SPAN_NOWHERE;
}

/* The part with this index between the lines of the outermost boundary, without the last CRLF. */
static struct span part(const struct place *place, struct span mail, int index)
{
    size_t at = span_find(mail, SPAN("boundary=\""), 0) + strlen("boundary=\"");
    size_t end = span_find_char(mail, '"', at);
    struct span line = span_of(
        arena_printf(place->arena, "\r\n--%.*s", (int)(end - at), mail.at + at));

    at = 0;
    for (int i = 0; i <= index; i++)
        at = span_find(mail, line, at) + line.len;
    end = span_find(mail, line, at);
    assert_true(end != SPAN_NOWHERE);
    return span_part(mail, at + 2, end);
}

static struct span body(struct span part_of_mail)
{
    return span_part(
        part_of_mail, span_find(part_of_mail, SPAN("\r\n\r\n"), 0) + 4, part_of_mail.len);
}

/* RFC 5322, 2.1.1 and 7bit: CRLF everywhere, nothing above 127, no long line. */
static void check_lines(const char *label, struct span mail)
{
    size_t column = 0;

    for (size_t i = 0; i < mail.len; i++) {
        if ((unsigned char)mail.at[i] > 127 || (mail.at[i] == '\n' && mail.at[i - 1] != '\r')
            || (mail.at[i] == '\r' && mail.at[i + 1] != '\n'))
            fail_msg("%s: byte %zu is not as it has to be", label, i);
        column = mail.at[i] == '\n' ? 0 : column + 1;
        if (column > 79)
            fail_msg("%s: a long line at byte %zu", label, i);
    }
}

static void signs_what_stands_there(void **state)
{
    struct place *place = *state;
    struct pgpmime_envelope to = envelope(place);
    struct outgoing outgoing = letter();
    struct pgp_opened opened;
    struct err err = { 0 };
    struct span mail, covered;

    outgoing_attach(&outgoing, place->arena, "facts.json", "application/json", SPAN("{}"));
    mail = write_mail(place, &to, &outgoing);
    check_lines("signed", mail);
    covered = part(place, mail, 0);
    assert_true(
        pgp_verify(place->pgp, covered, body(part(place, mail, 1)), place->arena, &opened, &err));
    row_number("signatures", opened.signature_count, 1);
    row_number("verifies", opened.signatures[0].verdict, SIGNATURE_GOOD);
    row_number("type", holds(mail, "Content-Type: multipart/signed; micalg=\"pgp-sha"), true);
    row_number("its subject is for all", holds(mail, "\r\nSubject: =?utf-8?B?"), true);
    row_number("protected", holds(covered, "hp=\"clear\""), true);
    row_number("no blank ends a line", holds(covered, " \r\n"), false);
    row_number("From is kept from harm",
        holds(covered, "\r\n=20From hier\r\n") || holds(covered, "\r\n From hier\r\n"), true);
    row_number("attachment", holds(covered, "filename=\"facts.json\"\r\n\r\ne30=\r\n"), true);
}

static void hides_all_but_the_outer_subject(void **state)
{
    static const char *const secrets[] = { "lekt", "Y2Fm", "regel", "CISO", "facts" };
    struct place *place = *state;
    const char *key = place->key;
    struct pgpmime_envelope to = envelope(place);
    struct outgoing outgoing = letter();
    struct pgp_opened opened;
    struct err err = { 0 };
    struct span mail;

    to.recipients = &key;
    to.recipient_count = 1;
    outgoing.html = "<p>regel</p>";
    outgoing_attach(&outgoing, place->arena, "facts.json", "application/json", SPAN("{}"));
    mail = write_mail(place, &to, &outgoing);
    check_lines("encrypted", mail);
    for (size_t i = 0; i < COUNT(secrets); i++)
        row_number(secrets[i], holds(mail, secrets[i]), false);
    row_number("outside", holds(mail, "\r\nSubject: [ZDM-2026-0001] gemeente Zandmeer\r\n"), true);
    row_number(
        "control part", holds(mail, "application/pgp-encrypted\r\n\r\nVersion: 1\r\n"), true);
    assert_true(pgp_decrypt(place->pgp, body(part(place, mail, 1)), place->arena, &opened, &err));
    row_text("opens", crypt_word(opened.crypt), "enc");
    row_number("signed inside", opened.signatures[0].verdict, SIGNATURE_GOOD);
    row_number("its own subject",
        holds(opened.plain, "\r\nSubject: =?utf-8?B?RWVuIGNhZsOpIGxla3Q=?="), true);
    row_number("what stood outside",
        holds(opened.plain, "\r\nHP-Outer: Subject: [ZDM-2026-0001] gemeente Zandmeer\r\n"), true);
    row_number("hp", holds(opened.plain, "hp=\"cipher\""), true);
    row_number("both forms", holds(opened.plain, "multipart/alternative"), true);
}

static void goes_on_in_its_thread(void **state)
{
    static const char *ids[] = { "first@melder.example", "bad\r\nBcc: <evil@x>", "no at sign",
        "second@melder.example" };
    struct place *place = *state;
    struct pgpmime_envelope to = envelope(place);
    struct outgoing outgoing = letter();
    struct span mail;

    to.in_reply_to = "second@melder.example";
    to.references = (struct texts) { ids, COUNT(ids) };
    mail = write_mail(place, &to, &outgoing);
    row_number("in reply to", holds(mail, "\r\nIn-Reply-To: <second@melder.example>\r\n"), true);
    row_number("references",
        holds(mail, "\r\nReferences: <first@melder.example>\r\n <second@melder.example>\r\n"),
        true);
    row_number("no field of a stranger", holds(mail, "Bcc:"), false);
    row_number("says what it is", holds(mail, "\r\nAuto-Submitted: auto-replied\r\n"), true);
}

static const struct {
    const char *label, *to, *id, *file;
    bool nobody; /* encrypted to a key that is not there */
    const char *want;
} refusals[] = {
    { "two addresses", "a@b.example, c@d.example", "1@b", "f", false,
        "an address that cannot stand in a header" },
    { "a new field", "a@b.example\r\nBcc: c@d", "1@b", "f", false,
        "an address that cannot stand in a header" },
    { "none", "", "1@b", "f", false, "an address that cannot stand in a header" },
    { "Message-ID", "a@b.example", "1@b>\r\nX: y", "f", false,
        "a Message-ID that cannot stand in a header" },
    { "file name", "a@b.example", "1@b", "a\"; x=\"", false,
        "file 1: a name or type that is not allowed" },
    { "path", "a@b.example", "1@b", "../f", false, "file 1: a name or type that is not allowed" },
    { "no key", "a@b.example", "1@b", "f", true, "key 0123456789ABCDEF0123456789ABCDEF01234567: " },
};

static void refuses_what_could_do_harm(void **state)
{
    const char *missing = "0123456789ABCDEF0123456789ABCDEF01234567";
    struct place *place = *state;

    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct pgpmime_envelope to = envelope(place);
        struct outgoing outgoing = letter();
        struct err err = { 0 };
        struct span mail = { 0 };

        to.to = refusals[i].to;
        to.message_id = refusals[i].id;
        to.recipients = &missing;
        to.recipient_count = refusals[i].nobody;
        outgoing_attach(&outgoing, place->arena, refusals[i].file, "text/plain", SPAN("x"));
        row_number(refusals[i].label,
            pgpmime_write(place->pgp, &to, &outgoing, random_bytes, place->arena, &mail, &err),
            false);
        row_number(refusals[i].label, err.scope, ERR_MESSAGE);
        if (strncmp(err.text, refusals[i].want, strlen(refusals[i].want)) != 0)
            row_text(refusals[i].label, err.text, refusals[i].want);
        row_number("nothing comes out", mail.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_what_stands_there),
        cmocka_unit_test(hides_all_but_the_outer_subject),
        cmocka_unit_test(goes_on_in_its_thread),
        cmocka_unit_test(refuses_what_could_do_harm),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
