#include "redact/redact.h"

#include <stdlib.h>

/*
 * Whatever comes in: spans lie in order inside the text, the result is the text with placeholders
 * for them, and it ends in time.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const domains[] = { "zandmeer.nl" };
    static const char *const phones[] = { "14 0588" };
    const struct redact_town town = { .own_domains = { domains, 1 },
        .public_phones = { phones, 1 } };
    struct arena *arena = arena_new();
    struct redact_memory memory = { .arena = arena };
    struct span text = { (const char *)data, size };
    const struct redact_known known = { .from_name = span_part(text, 0, 24),
        .from_email = span_part(text, 24, 48) };
    struct redacted redacted;
    struct err err = { 0 };
    size_t end = 0, kept = 0;

    if (!redact_text(&town, &known, &memory, size % 2 ? REDACT_DUTCH : REDACT_ENGLISH, text, arena,
            &redacted, &err))
        abort();
    for (size_t i = 0; i < redacted.count; i++) {
        const struct redact_span *span = &redacted.spans[i];

        if (span->start < end || span->end <= span->start || span->end > size || !span->number
            || span->type >= REDACT_TYPES)
            abort();
        kept += span->start - end;
        end = span->end;
    }
    kept += size - end;
    if (redacted.text.len < kept)
        abort();
    arena_free(&arena);
    return 0;
}
