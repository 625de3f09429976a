#include "base/verdict.h"

#include <string.h>

static const char *const parse_words[] = {
    [PARSE_BROKEN] = "broken",
    [PARSE_ODD] = "odd",
    [PARSE_OK] = "ok",
};

static const char *const crypt_words[] = {
    [CRYPT_SPOOF] = "spoof",
    [CRYPT_BOMB] = "bomb",
    [CRYPT_INTEGRITY] = "integrity",
    [CRYPT_BROKEN] = "broken",
    [CRYPT_UNSUPPORTED] = "unsupported",
    [CRYPT_SMIME] = "smime",
    [CRYPT_PASS] = "pass",
    [CRYPT_NOKEY] = "nokey",
    [CRYPT_NONE] = "none",
    [CRYPT_ENC] = "enc",
};

static const char *const signature_words[] = {
    [SIGNATURE_BAD] = "bad",
    [SIGNATURE_BROKEN] = "broken",
    [SIGNATURE_REVOKED] = "revoked",
    [SIGNATURE_EXPIRED] = "expired",
    [SIGNATURE_UNSUPPORTED] = "unsupported",
    [SIGNATURE_MISMATCH] = "mismatch",
    [SIGNATURE_NOKEY] = "nokey",
    [SIGNATURE_SMIME] = "smime",
    [SIGNATURE_NONE] = "none",
    [SIGNATURE_GOOD] = "good",
};

static const char *const scope_words[] = {
    [SCOPE_PART] = "part",
    [SCOPE_ALL] = "all",
};

static const char *const continuity_words[] = {
    [CONTINUITY_CHANGED] = "changed",
    [CONTINUITY_NONE] = "none",
    [CONTINUITY_FIRST] = "first",
    [CONTINUITY_SAME] = "same",
    [CONTINUITY_PINNED] = "pinned",
};

/* The place of word among words, -1 when it is not there. */
static int place(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; word && i < count; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}

/* One pair of functions for each enum: the same words both ways. */
#define BOTH_WAYS(name)                                                                            \
    const char *name##_word(enum name name)                                                        \
    {                                                                                              \
        return name##_words[name];                                                                 \
    }                                                                                              \
    bool name##_of(const char *word, enum name *name)                                              \
    {                                                                                              \
        int at = place(name##_words, COUNT(name##_words), word);                                   \
                                                                                                   \
        if (at >= 0)                                                                               \
            *name = (enum name)at;                                                                 \
        return at >= 0;                                                                            \
    }

BOTH_WAYS(parse)
BOTH_WAYS(crypt)
BOTH_WAYS(signature)
BOTH_WAYS(scope)
BOTH_WAYS(continuity)
