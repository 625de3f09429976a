/* What is looked for in a redacted text: nothing may crash, and a URL keeps no value of a query, no
 * fragment and no user part. */
#include "cases/consent.h"
#include "cases/facts.h"
#include "cases/filing.h"
#include "cases/missing.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_url(const char *url)
{
    const char *query = strchr(url, '?'), *scheme = strstr(url, "://");

    if (!scheme || strchr(url, '#'))
        abort();
    for (const char *c = scheme + 3; *c && *c != '/' && *c != '?'; c++)
        if (*c == '@')
            abort();
    for (const char *c = query; c && *c; c++)
        if (*c == '=' && c[1] && c[1] != '&')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct span text = { (const char *)bytes, len };
    struct arena *arena = arena_new();
    struct case_facts facts;
    struct case_file file;

    facts_find(text, arena, &facts);
    for (size_t i = 0; i < facts.urls.count; i++)
        check_url(facts.urls.at[i]);
    missing_items(text, &facts, arena);
    missing_looks_like_report(text, &facts);
    case_empty(&file);
    consent_take(&file, text, 1, true, 1, arena);
    if (strlen(filing_summary(text, 100, arena)) > 110)
        abort();
    arena_free(&arena);
    return 0;
}
