#include "cases/aside.h"

#include <string.h>

static const struct {
    const char *word, *nl, *en;
} asides[ASIDES] = {
    [ASIDE_UNREADABLE] = { "unreadable", "Het bericht kon niet worden gelezen.",
        "The message could not be read." },
    [ASIDE_DAMAGED] = { "damaged", "De verzegelde bytes zijn beschadigd of te groot.",
        "Its sealed bytes are damaged, or too large." },
    [ASIDE_LIMIT] = { "limit", "Het lezen kost meer tijd of geheugen dan mag.",
        "Reading it takes more time or memory than is allowed." },
    [ASIDE_CRASH] = { "crash", "Het lezen liep vast; de rest van de post heeft er geen last van.",
        "Reading it failed; the other mail is not touched by that." },
    [ASIDE_REDACT] = { "redact", "Er kon geen tekst zonder persoonsgegevens van worden gemaakt.",
        "No text without personal data could be made of it." },
    [ASIDE_FILE] = { "file", "Het kon niet in een zaak worden gelegd.",
        "It could not be filed in a case." },
};

const char *aside_word(int aside)
{
    return asides[aside].word;
}

const char *aside_sentence(enum aside aside, const char *language)
{
    return strcmp(language, "en") ? asides[aside].nl : asides[aside].en;
}
