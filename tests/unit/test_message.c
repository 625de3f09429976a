#include "lib/rows.h"
#include "message/message.h"

#include <string.h>

static const struct {
    const char *label;
    enum parse parse;
    enum crypt crypt;
    enum scope scope;
    enum signature signature;
    enum scope signature_scope;
    enum continuity continuity;
    const char *nl, *en;
} sentences[] = {
    { "the plain good case", PARSE_OK, CRYPT_ENC, SCOPE_ALL, SIGNATURE_GOOD, SCOPE_ALL,
        CONTINUITY_SAME,
        "Ondertekend door de afzender, met dezelfde sleutel als de eerste melding; de hele mail is "
        "versleuteld.",
        "Signed by the sender, with the same key as the first report; the whole mail is "
        "encrypted." },
    { "good, not judged against a case", PARSE_OK, CRYPT_NONE, SCOPE_ALL, SIGNATURE_GOOD, SCOPE_ALL,
        CONTINUITY_NONE, "Ondertekend door de afzender; de mail is niet versleuteld.",
        "Signed by the sender; the mail is not encrypted." },
    { "another key than before", PARSE_OK, CRYPT_ENC, SCOPE_ALL, SIGNATURE_GOOD, SCOPE_ALL,
        CONTINUITY_CHANGED,
        "Ondertekend door de afzender, met een andere sleutel dan eerder in deze zaak; de hele "
        "mail is versleuteld.",
        "Signed by the sender, with another key than before in this case; the whole mail is "
        "encrypted." },
    { "only a part is covered", PARSE_OK, CRYPT_ENC, SCOPE_PART, SIGNATURE_GOOD, SCOPE_PART,
        CONTINUITY_PINNED,
        "Een deel van de mail is ondertekend door de afzender, met een sleutel die is vastgelegd; "
        "maar een deel van de mail is versleuteld.",
        "A part of the mail is signed by the sender, with a key that is pinned; only a part of the "
        "mail is encrypted." },
    { "somebody else's signature", PARSE_ODD, CRYPT_ENC, SCOPE_ALL, SIGNATURE_MISMATCH, SCOPE_ALL,
        CONTINUITY_FIRST,
        "De handtekening klopt, maar hoort niet bij de afzender, met een sleutel die wij voor het "
        "eerst zien; de hele mail is versleuteld.",
        "The signature verifies but does not belong to the sender, with a key that we see for the "
        "first time; the whole mail is encrypted." },
    { "not signed, not sealed", PARSE_OK, CRYPT_NONE, SCOPE_ALL, SIGNATURE_NONE, SCOPE_ALL,
        CONTINUITY_NONE,
        "Niet ondertekend, dus niet zeker van wie dit komt; de mail is niet versleuteld.",
        "Not signed, so it is not certain whom this is from; the mail is not encrypted." },
    { "what is not opened may be signed within", PARSE_OK, CRYPT_NOKEY, SCOPE_ALL, SIGNATURE_NONE,
        SCOPE_ALL, CONTINUITY_NONE,
        "Er is geen handtekening te zien; geen van onze sleutels opent de versleutelde inhoud.",
        "No signature can be seen; none of our keys opens the encrypted content." },
    { "bad", PARSE_OK, CRYPT_ENC, SCOPE_ALL, SIGNATURE_BAD, SCOPE_ALL, CONTINUITY_SAME,
        "De handtekening klopt NIET: de inhoud is veranderd of vervalst; de hele mail is "
        "versleuteld.",
        "The signature does NOT verify: the content was changed or forged; the whole mail is "
        "encrypted." },
    { "unread", PARSE_BROKEN, CRYPT_ENC, SCOPE_ALL, SIGNATURE_GOOD, SCOPE_ALL, CONTINUITY_SAME,
        "De mail kon niet worden gelezen; over handtekening en versleuteling valt niets te zeggen.",
        "The mail could not be read; nothing can be said of signature and encryption." },
};

static void says_it_in_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sentences); i++) {
        struct message message;

        message_empty(&message);
        message.parse = sentences[i].parse;
        message.crypt = sentences[i].crypt;
        message.scope = sentences[i].scope;
        message.signature = sentences[i].signature;
        message.signature_scope = sentences[i].signature_scope;
        row_text(sentences[i].label, message_sentence(&message, sentences[i].continuity, "nl"),
            sentences[i].nl);
        row_text(sentences[i].label, message_sentence(&message, sentences[i].continuity, "en"),
            sentences[i].en);
    }
}

static void check_combination(const struct message *message, enum continuity continuity)
{
    bool good = message->parse != PARSE_BROKEN && message->signature == SIGNATURE_GOOD;
    bool whole = good && message->signature_scope == SCOPE_ALL;
    const char *nl = message_sentence(message, continuity, "nl");
    const char *en = message_sentence(message, continuity, "en");

    row_number(nl, nl[strlen(nl) - 1], '.');
    row_number(en, en[strlen(en) - 1], '.');
    row_number(nl, strncmp(nl, "Ondertekend door", 16) == 0, whole);
    row_number(en, strncmp(en, "Signed by", 9) == 0, whole);
    row_number(nl, strstr(nl, "ondertekend door de afzender") != NULL, good && !whole);
    row_number(nl, strstr(nl, "de hele mail is versleuteld") != NULL,
        message->parse != PARSE_BROKEN && message->crypt == CRYPT_ENC
            && message->scope == SCOPE_ALL);
    row_number(nl, strstr(nl, "dezelfde sleutel") != NULL,
        continuity == CONTINUITY_SAME && message->parse != PARSE_BROKEN
            && (good || message->signature == SIGNATURE_MISMATCH));
}

/* No combination is without a sentence, and none sounds better than it is. */
static void has_a_sentence_for_everything(void **state)
{
    struct message message;

    (void)state;
    message_empty(&message);
    for (int i = 0; i < 3 * 10 * 2 * 10 * 2 * 5; i++) {
        int rest = i;

        message.parse = (enum parse)(rest % 3), rest /= 3;
        message.crypt = (enum crypt)(rest % 10), rest /= 10;
        message.scope = (enum scope)(rest % 2), rest /= 2;
        message.signature = (enum signature)(rest % 10), rest /= 10;
        message.signature_scope = (enum scope)(rest % 2), rest /= 2;
        check_combination(&message, (enum continuity)rest);
    }
}

static void has_a_word_for_each_flag(void **state)
{
    struct arena *arena = arena_new();
    struct texts words = message_flag_words((FLAG_SPAM << 1) - 1, arena);

    (void)state;
    row_number("all flags", words.count, 13);
    for (unsigned i = 0; i < words.count; i++) {
        unsigned flag;

        row_number(words.at[i], message_flag_of(words.at[i], &flag) && flag == 1U << i, 1);
    }
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_it_in_a_sentence),
        cmocka_unit_test(has_a_sentence_for_everything),
        cmocka_unit_test(has_a_word_for_each_flag),
    };

    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
