#include "redact/lexicon.h"

#include "word_table.h"

#include <string.h>

uint32_t lexicon_find(uint64_t hash)
{
    uint8_t tag = word_hash_tag(hash);

    for (size_t i = hash & (WORD_TABLE_SLOTS - 1);; i = (i + 1) & (WORD_TABLE_SLOTS - 1)) {
        uint32_t slot[2];

        if (!word_tags[i])
            return 0;
        if ((uint8_t)word_tags[i] != tag)
            continue;
        memcpy(slot, word_table + i * sizeof slot, sizeof slot);
        if (slot[0] == (uint32_t)(hash >> 32))
            return slot[1];
    }
}

uint32_t lexicon_word(const uint8_t *word, size_t len)
{
    uint64_t hash = WORD_HASH_START;

    for (size_t i = 0; i < len; i++)
        hash = word_hash_byte(hash, (uint8_t)(word[i] - 'A') < 26 ? word[i] | 32 : word[i]);
    return lexicon_find(word_hash_end(hash));
}

uint8_t lexicon_fold(uint32_t uc)
{
    if (uc < sizeof fold_table - 1)
        return (uint8_t)fold_table[uc];
    return uc < 0x40000 ? FOLD_IDEOGRAPH : uc >= 0xe0000 && uc < 0xe1000 ? FOLD_DROP : FOLD_OTHER;
}

const char *lexicon_version(void)
{
    return "rules " LEXICON_RULES ", words " WORD_TABLE_VERSION;
}
