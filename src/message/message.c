#include "message/message.h"

#include <string.h>

void message_empty(struct message *message)
{
    *message = (struct message) {
        .signer = "",
        .from_name = "",
        .subject = "",
        .message_id = "",
        .text = "",
        .language = "other",
        .key_material = "",
    };
}

static const struct {
    unsigned flag;
    const char *word;
} flag_words[] = {
    { FLAG_REPAIRED, "repaired" },
    { FLAG_NAME, "name" },
    { FLAG_REPLY_TO, "reply-to" },
    { FLAG_DATE, "date" },
    { FLAG_BOUNCE, "bounce" },
    { FLAG_AUTO, "auto" },
    { FLAG_LIST, "list" },
    { FLAG_BULK, "bulk" },
    { FLAG_OWN_KEY_REVOKED, "own-key-revoked" },
    { FLAG_OWN_KEY_EXPIRED, "own-key-expired" },
    { FLAG_TRUNCATED, "truncated" },
    { FLAG_MALFORMED, "malformed" },
    { FLAG_SPAM, "spam" },
};

struct texts message_flag_words(unsigned flags, struct arena *arena)
{
    struct texts words = { 0 };

    for (size_t i = 0; i < COUNT(flag_words); i++)
        if (flags & flag_words[i].flag)
            texts_add(&words, arena, flag_words[i].word);
    return words;
}

bool message_flag_of(const char *word, unsigned *flag)
{
    for (size_t i = 0; i < COUNT(flag_words); i++)
        if (strcmp(word, flag_words[i].word) == 0) {
            *flag = flag_words[i].flag;
            return true;
        }
    return false;
}

/*
 * The sentence is one clause on the signature and one on the encryption. All pairs are joined when
 * this file is compiled: CRYPTS joins a clause on the signature with each clause on the encryption.
 */
enum { NL, EN, LANGUAGES };

enum { SEALED_IN_PART = CRYPT_ENC + 1, CRYPT_CLAUSES };

#define CRYPTS_NL(signature)                                                                       \
    {                                                                                              \
        [CRYPT_SPOOF] = signature "de mail doet zich voor als versleuteld, maar is dat niet.",     \
        [CRYPT_BOMB] = signature                                                                   \
            "de inhoud is uitgepakt groter dan toegestaan en is niet gelezen.",                    \
        [CRYPT_INTEGRITY] = signature                                                              \
            "de versleuteling is beschadigd, ingekort of onbeschermd: de inhoud is "               \
            "niet te vertrouwen en niet gelezen.",                                                 \
        [CRYPT_BROKEN] = signature "de versleutelde inhoud is kapot en kan niet worden geopend.",  \
        [CRYPT_UNSUPPORTED] = signature                                                            \
            "de versleuteling is van een soort die dit systeem niet kent.",                        \
        [CRYPT_SMIME] = signature "de mail is met S/MIME versleuteld en niet geopend.",            \
        [CRYPT_PASS] = signature "de inhoud gaat alleen open met een wachtwoord dat wij niet "     \
                                 "hebben.",                                                        \
        [CRYPT_NOKEY] = signature "geen van onze sleutels opent de versleutelde inhoud.",          \
        [CRYPT_NONE] = signature "de mail is niet versleuteld.",                                   \
        [CRYPT_ENC] = signature "de hele mail is versleuteld.",                                    \
        [SEALED_IN_PART] = signature "maar een deel van de mail is versleuteld.",                  \
    }

#define CRYPTS_EN(signature)                                                                       \
    {                                                                                              \
        [CRYPT_SPOOF] = signature "the mail poses as encrypted and is not.",                       \
        [CRYPT_BOMB] = signature "once unpacked it is larger than allowed and was not read.",      \
        [CRYPT_INTEGRITY] = signature                                                              \
            "the encryption is damaged, cut short or unprotected: its content cannot "             \
            "be trusted and was not read.",                                                        \
        [CRYPT_BROKEN] = signature "the encrypted content is broken and cannot be opened.",        \
        [CRYPT_UNSUPPORTED] = signature                                                            \
            "it is encrypted in a way that this system does not know.",                            \
        [CRYPT_SMIME] = signature "the mail is encrypted with S/MIME and was not opened.",         \
        [CRYPT_PASS] = signature "only a passphrase that we do not have would open it.",           \
        [CRYPT_NOKEY] = signature "none of our keys opens the encrypted content.",                 \
        [CRYPT_NONE] = signature "the mail is not encrypted.",                                     \
        [CRYPT_ENC] = signature "the whole mail is encrypted.",                                    \
        [SEALED_IN_PART] = signature "only a part of the mail is encrypted.",                      \
    }

#define PAIR(nl, en)                                                                               \
    {                                                                                              \
        [NL] = CRYPTS_NL(nl "; "), [EN] = CRYPTS_EN(en "; ")                                       \
    }

/* Signatures that verify: what they cover and how the key is known both count. */
enum covered { GOOD_ALL, GOOD_PART, MISMATCH_ALL, MISMATCH_PART, COVERED };

#define KNOWN(nl, en)                                                                              \
    {                                                                                              \
        [CONTINUITY_CHANGED] = PAIR(nl ", met een andere sleutel dan eerder in deze zaak",         \
            en ", with another key than before in this case"),                                     \
        [CONTINUITY_NONE] = PAIR(nl, en),                                                          \
        [CONTINUITY_FIRST] = PAIR(nl ", met een sleutel die wij voor het eerst zien",              \
            en ", with a key that we see for the first time"),                                     \
        [CONTINUITY_SAME] = PAIR(nl ", met dezelfde sleutel als de eerste melding",                \
            en ", with the same key as the first report"),                                         \
        [CONTINUITY_PINNED] = PAIR(                                                                \
            nl ", met een sleutel die is vastgelegd", en ", with a key that is pinned"),           \
    }

/* NOLINTBEGIN(bugprone-suspicious-missing-comma): each text is glued together on purpose */
static const char *const verified[COVERED][CONTINUITY_PINNED + 1][LANGUAGES][CRYPT_CLAUSES] = {
    [GOOD_ALL] = KNOWN("Ondertekend door de afzender", "Signed by the sender"),
    [GOOD_PART] = KNOWN("Een deel van de mail is ondertekend door de afzender",
        "A part of the mail is signed by the sender"),
    [MISMATCH_ALL] = KNOWN("De handtekening klopt, maar hoort niet bij de afzender",
        "The signature verifies but does not belong to the sender"),
    [MISMATCH_PART] = KNOWN(
        "Een deel van de mail heeft een handtekening die klopt, maar niet bij de afzender hoort",
        "A part of the mail has a signature that verifies but does not belong to the sender"),
};

static const char *const unverified[SIGNATURE_GOOD][LANGUAGES][CRYPT_CLAUSES] = {
    [SIGNATURE_BAD] = PAIR("De handtekening klopt NIET: de inhoud is veranderd of vervalst",
        "The signature does NOT verify: the content was changed or forged"),
    [SIGNATURE_BROKEN] = PAIR("Er staat een onleesbare handtekening onder, die niets bewijst",
        "There is a signature that cannot be read and proves nothing"),
    [SIGNATURE_REVOKED] = PAIR(
        "Ondertekend met een ingetrokken sleutel of handtekening, dat bewijst niets",
        "Signed with a revoked key or signature, which proves nothing"),
    [SIGNATURE_EXPIRED] = PAIR("Ondertekend met een verlopen sleutel of handtekening",
        "Signed with an expired key or signature"),
    [SIGNATURE_UNSUPPORTED] = PAIR("De handtekening is van een soort die dit systeem niet aanneemt",
        "The signature is of a kind that this system does not accept"),
    [SIGNATURE_NOKEY] = PAIR("Ondertekend met een sleutel die wij niet hebben, dus niet nagekeken",
        "Signed with a key that we do not have, so not verified"),
    [SIGNATURE_SMIME] = PAIR(
        "Er staat een S/MIME-handtekening onder, die wij niet nakijken en die niets bewijst",
        "There is an S/MIME signature, which we do not check and which proves nothing"),
    [SIGNATURE_NONE] = PAIR("Niet ondertekend, dus niet zeker van wie dit komt",
        "Not signed, so it is not certain whom this is from"),
};

/* What cannot be opened may hold a signature that nobody sees. */
static const char *const unseen[LANGUAGES][CRYPT_CLAUSES] = {
    [NL] = CRYPTS_NL("Er is geen handtekening te zien; "),
    [EN] = CRYPTS_EN("No signature can be seen; "),
};

/* NOLINTEND(bugprone-suspicious-missing-comma) */

static const char *const unread[LANGUAGES] = {
    [NL] = "De mail kon niet worden gelezen; over handtekening en versleuteling valt niets te "
           "zeggen.",
    [EN] = "The mail could not be read; nothing can be said of signature and encryption.",
};

static enum covered covered_of(const struct message *message)
{
    if (message->signature == SIGNATURE_GOOD)
        return message->signature_scope == SCOPE_ALL ? GOOD_ALL : GOOD_PART;
    return message->signature_scope == SCOPE_ALL ? MISMATCH_ALL : MISMATCH_PART;
}

const char *message_sentence(
    const struct message *message, enum continuity continuity, const char *language)
{
    int tongue = strcmp(language, "nl") == 0 ? NL : EN;
    int crypt = message->crypt == CRYPT_ENC && message->scope == SCOPE_PART ? SEALED_IN_PART
                                                                            : (int)message->crypt;

    if (message->parse == PARSE_BROKEN)
        return unread[tongue];
    if (message->signature == SIGNATURE_GOOD || message->signature == SIGNATURE_MISMATCH)
        return verified[covered_of(message)][continuity][tongue][crypt];
    if (message->signature == SIGNATURE_NONE && message->crypt < CRYPT_NONE)
        return unseen[tongue][crypt];
    return unverified[message->signature][tongue][crypt];
}
