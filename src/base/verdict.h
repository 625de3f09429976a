/* verdict.h - the words for what is known of a message; worst first, so that zero is never good
 * news. The same words stand in the index, the digest, the letters and `meldpost inspect`. */
#ifndef VERDICT_H
#define VERDICT_H

#include "base/base.h"

enum parse {
    PARSE_BROKEN, /* nothing could be read */
    PARSE_ODD, /* repaired or doubtful, with a reason */
    PARSE_OK,
};

enum crypt {
    CRYPT_SPOOF, /* poses as encrypted and is not */
    CRYPT_BOMB, /* larger than the limit once opened; stopped */
    CRYPT_INTEGRITY, /* no integrity protection, damaged, or cut: nothing of the output is used */
    CRYPT_BROKEN, /* damaged armor or packets, missing payload */
    CRYPT_UNSUPPORTED, /* algorithms or packet versions the engine lacks */
    CRYPT_SMIME, /* S/MIME encrypted: kept, said so */
    CRYPT_PASS, /* only a passphrase would open it */
    CRYPT_NOKEY, /* no usable secret key */
    CRYPT_NONE, /* nothing encrypted */
    CRYPT_ENC, /* decrypts with a key of ours, integrity confirmed by the engine */
};

enum signature {
    SIGNATURE_BAD, /* does not verify */
    SIGNATURE_BROKEN, /* cannot be parsed */
    SIGNATURE_REVOKED, /* key or signature */
    SIGNATURE_EXPIRED, /* key or signature */
    SIGNATURE_UNSUPPORTED, /* version or algorithm that the engine lacks or refuses */
    SIGNATURE_MISMATCH, /* verifies, but From is another address, or several, or none */
    SIGNATURE_NOKEY, /* the public key is not known */
    SIGNATURE_SMIME, /* not checked, claims nothing */
    SIGNATURE_NONE,
    SIGNATURE_GOOD, /* verifies, and the one From address is a user id of the signing key */
};

enum scope {
    SCOPE_PART, /* something that a reader sees is outside */
    SCOPE_ALL,
};

/* How the signer's key is known. */
enum continuity {
    CONTINUITY_CHANGED, /* another key than the one of this case */
    CONTINUITY_NONE, /* no signature that verifies */
    CONTINUITY_FIRST, /* seen for the first time */
    CONTINUITY_SAME, /* the same key as before in this case */
    CONTINUITY_PINNED, /* pinned in the settings */
};

const char *parse_word(enum parse parse);
const char *crypt_word(enum crypt crypt);
const char *signature_word(enum signature signature);
const char *scope_word(enum scope scope);
const char *continuity_word(enum continuity continuity);

/* The value of a word; false when there is no such word. */
bool parse_of(const char *word, enum parse *parse) MUST_USE;
bool crypt_of(const char *word, enum crypt *crypt) MUST_USE;
bool signature_of(const char *word, enum signature *signature) MUST_USE;
bool scope_of(const char *word, enum scope *scope) MUST_USE;
bool continuity_of(const char *word, enum continuity *continuity) MUST_USE;

#endif
