#include "base/buf.h"
#include "lib/rows.h"
#include "message/message.h"

#include <stdio.h>
#include <string.h>

#define SIGNER "0123456789ABCDEF0123456789ABCDEF01234567"

static const char *whole
    = "{\"file\": \"a.eml\", \"parse\": \"ok\", \"crypt\": \"enc\", \"scope\": \"all\", "
      "\"signature\": \"good\", \"signature_scope\": \"part\", \"signer\": \"" SIGNER "\", "
      "\"signer_uids\": [\"An Example <an@example.org>\"], \"from\": [\"an@example.org\"], "
      "\"from_name\": \"An Ex\xc3\xa4mple\", \"reply_to\": [], \"subject\": \"s\", "
      "\"subject_from\": \"inner\", \"date\": 1760000000, \"message_id\": \"x@y\", "
      "\"text\": \"a\\n\\\"b\\\"\", \"language\": \"nl\", "
      "\"pieces\": [{\"text\": \"a\xc3\xa9\", \"crypt\": \"enc\", \"signature\": \"good\", "
      "\"signer\": \"" SIGNER "\", \"quote_at\": 3, \"signoff_at\": 1}, "
      "{\"text\": \"b\", \"crypt\": \"none\", \"signature\": \"none\", \"signer\": null, "
      "\"quote_at\": 0, \"signoff_at\": 0}], "
      "\"attachments\": [{\"name\": \"scan.png\", \"type\": \"image/png\", \"size\": 1234, "
      "\"md5\": \"d41d8cd98f00b204e9800998ecf8427e\", "
      "\"sha256\": \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\", "
      "\"crypt\": \"enc\", \"text\": null, \"signature\": \"none\"}], "
      "\"keys_attached\": [\"" SIGNER "\"], \"flags\": [\"repaired\", \"spam\"], "
      "\"reasons\": [\"r\"], \"signed_at\": null, \"sender\": [], \"to\": [\"t@example.org\"], "
      "\"cc\": [], \"signed_to\": [\"m@example.org\"], \"return_path\": \"\", \"in_reply_to\": "
      "[\"i@j\"], \"references\": [], "
      "\"key_material\": \"\", \"reports_on\": []}";

static void goes_there_and_back(void **state)
{
    struct arena *arena = arena_new();
    struct message message;
    struct err err = { 0 };
    struct span again;

    (void)state;
    if (!message_from_json(span_of(whole), arena, &message, &err))
        fail_msg("%s", err.text);
    row_text("from", message.from.at[0], "an@example.org");
    row_number("quote", message.pieces[0].quote_at, 3);
    row_number("signature block", message.pieces[0].signoff_at, 1);
    row_number("flags", message.flags, FLAG_REPAIRED | FLAG_SPAM);
    row_number("time", message.date, 1760000000);
    row_number("no text", message.attachments[0].text == NULL, 1);
    row_number("null sender", message.return_path != NULL, 1);
    again = message_to_json(&message, "a.eml", arena);
    row_text("written again", arena_text(arena, again), whole);
    arena_free(&arena);
}

static void takes_the_empty_message(void **state)
{
    struct arena *arena = arena_new();
    struct message message, back;
    struct err err = { 0 };

    (void)state;
    message_empty(&message);
    if (!message_from_json(
            message_to_json(&message, "not utf-8: \xff.eml", arena), arena, &back, &err))
        fail_msg("%s", err.text);
    row_number("missing return path", back.return_path == NULL, 1);
    row_number("parse", back.parse, PARSE_BROKEN);
    arena_free(&arena);
}

/* The record with the first old put as new. */
static const struct {
    const char *label, *old, *new, *want;
} refused[] = {
    { "not JSON", "\"reports_on\": []}", "", "record: not JSON" },
    { "rubbish behind it", "\"reports_on\": []}", "\"reports_on\": []} x", "record: not JSON" },
    { "a field twice", "\"cc\": []", "\"cc\": [], \"cc\": []", "record: not JSON" },
    { "bad UTF-8", "\xc3\xa4mple", "\xa4mple", "record: not JSON" },
    { "a surrogate half", "\"s\"", "\"\\ud800\"", "record: not JSON" },
    { "a NUL", "\"s\"", "\"s\\u0000\"", "record: not JSON" },
    { "a field too many", "\"cc\": []", "\"cc\": [], \"cd\": []",
        "record: not an object with the fields of a record" },
    { "a field under another name", "\"cc\": []", "\"cd\": []", "record: cc: missing" },
    { "no file", "\"file\": \"a.eml\"", "\"file\": 1", "record: file: not a text" },
    { "another word", "\"ok\"", "\"OK\"", "record: parse: no such word" },
    { "a number for a word", "\"enc\"", "9", "record: crypt: no such word" },
    { "null for a word", "\"all\"", "null", "record: scope: no such word" },
    { "good without a signer", "\"signer\": \"" SIGNER "\"", "\"signer\": null",
        "record: signer: missing for a signature that verifies" },
    { "a short fingerprint", "\"signer\": \"01234567", "\"signer\": \"",
        "record: signer: not a fingerprint" },
    { "good without a sender", "[\"an@example.org\"]", "[]",
        "record: from: a good signature needs one sender" },
    { "good with two senders", "[\"an@example.org\"]", "[\"an@example.org\", \"b\"]",
        "record: from: a good signature needs one sender" },
    { "a list for a text", "\"subject\": \"s\"", "\"subject\": []", "record: subject: not a text" },
    { "a text for a list", "\"reply_to\": []", "\"reply_to\": \"\"",
        "record: reply_to: not a list" },
    { "null in a list", "\"reply_to\": []", "\"reply_to\": [null]",
        "record: reply_to: not a text" },
    { "null for a text", "\"message_id\": \"x@y\"", "\"message_id\": null",
        "record: message_id: not a text" },
    { "a fraction for a time", "1760000000", "1760000000.5", "record: date: not a time" },
    { "a time out of range", "1760000000", "9223372036854775807", "record: date: not a time" },
    { "a size below 0", "1234, ", "-1, ", "record: attachments: 1: size: not a size" },
    { "a quote outside the text", "\"quote_at\": 3", "\"quote_at\": 4",
        "record: pieces: quote_at: outside the text or inside a character" },
    { "a signature block behind the quote", "\"signoff_at\": 0", "\"signoff_at\": 1",
        "record: pieces: signoff_at: behind the quote or inside a character" },
    { "a quote inside a character", "\"quote_at\": 3", "\"quote_at\": 2",
        "record: pieces: quote_at: outside the text or inside a character" },
    { "a piece that is good by nobody", "\"signature\": \"none\", \"signer\": null",
        "\"signature\": \"good\", \"signer\": null",
        "record: pieces: signer: missing for a good signature" },
    { "a piece that is no object", "\"pieces\": [{", "\"pieces\": [1, {",
        "record: pieces: 1: not an object with the fields of a record" },
    { "a hash with other letters", "d41d8cd98f", "x41d8cd98f",
        "record: attachments: 1: md5: not a hash" },
    { "a hash that is too long", "e3b0c442", "00e3b0c442",
        "record: attachments: 1: sha256: not a hash" },
    { "a flag twice", "[\"repaired\", \"spam\"]", "[\"spam\", \"spam\"]",
        "record: flags: no such word, or twice" },
    { "an unknown flag", "[\"repaired\", \"spam\"]", "[\"ham\"]",
        "record: flags: no such word, or twice" },
    { "an unknown language", "\"nl\"", "\"fr\"", "record: language: no such word" },
    { "another place of the subject", "\"inner\"", "\"middle\"",
        "record: subject_from: no such word" },
};

static void refuses_what_it_would_not_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct arena *arena = arena_new();
        const char *at = strstr(whole, refused[i].old);
        struct message message;
        struct err err = { 0 };
        char *changed;

        if (!at)
            fail_msg("%s: the row changes nothing", refused[i].label);
        changed = arena_printf(arena, "%.*s%s%s", (int)(at - whole), whole, refused[i].new,
            at + strlen(refused[i].old));
        if (message_from_json(span_of(changed), arena, &message, &err))
            fail_msg("%s: taken", refused[i].label);
        row_text(refused[i].label, err.text, refused[i].want);
        row_number(refused[i].label, err.scope, ERR_MESSAGE);
        arena_free(&arena);
    }
}

static void refuses_a_wrong_length(void **state)
{
    struct arena *arena = arena_new();
    struct message message;
    struct err err = { 0 };

    (void)state;
    row_number("nothing", message_from_json((struct span) { 0 }, arena, &message, &err), 0);
    row_number("a NUL behind it",
        message_from_json((struct span) { whole, strlen(whole) + 1 }, arena, &message, &err), 0);
    arena_free(&arena);
}

static void cuts_and_says_so(void **state)
{
    struct arena *arena = arena_new();
    struct buf subject = { .arena = arena };
    struct message message, back;
    struct err err = { 0 };

    (void)state;
    message_empty(&message);
    for (int i = 0; i < MESSAGE_LINE_MOST / 2; i++)
        buf_text(&subject, i ? "\xc3\xa9" : "e\xc3\xa9");
    message.subject = buf_string(&subject);
    for (int i = 0; i < MESSAGE_LIST_MOST + 1; i++)
        texts_add(&message.references, arena, "a@b");
    if (!message_from_json(message_to_json(&message, NULL, arena), arena, &back, &err))
        fail_msg("%s", err.text);
    row_number(
        "cut before the character that does not fit", strlen(back.subject), MESSAGE_LINE_MOST - 1);
    row_number("cut list", back.references.count, MESSAGE_LIST_MOST);
    row_number("flag", back.flags, FLAG_TRUNCATED);
    row_number("the message itself stays", message.references.count, MESSAGE_LIST_MOST + 1);
    row_number("and its flags", message.flags, 0);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_there_and_back),
        cmocka_unit_test(takes_the_empty_message),
        cmocka_unit_test(refuses_what_it_would_not_write),
        cmocka_unit_test(refuses_a_wrong_length),
        cmocka_unit_test(cuts_and_says_so),
    };

    return cmocka_run_group_tests_name("message_json", tests, NULL, NULL);
}
