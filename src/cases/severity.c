#include "cases/severity.h"

#include <string.h>

static bool level_of(struct span word, enum case_level *level)
{
    static const struct {
        const char *word;
        enum case_level level;
    } levels[] = {
        { "low", LEVEL_LOW },
        { "laag", LEVEL_LOW },
        { "medium", LEVEL_MEDIUM },
        { "midden", LEVEL_MEDIUM },
        { "gemiddeld", LEVEL_MEDIUM },
        { "high", LEVEL_HIGH },
        { "hoog", LEVEL_HIGH },
    };

    for (size_t i = 0; i < COUNT(levels); i++)
        if (span_equal_nocase(word, span_of(levels[i].word))) {
            *level = levels[i].level;
            return true;
        }
    return false;
}

/* CVSS 3.1 specification, table 16 and section 7.4: metric, values, weights; PR has a second row
 * for a changed scope. */
enum metric { AV, AC, PR, UI, S, C, I, A, METRICS };

static const struct {
    const char *name, *values;
    double weights[4];
} metrics[METRICS] = {
    [AV] = { "AV", "NALP", { 0.85, 0.62, 0.55, 0.2 } },
    [AC] = { "AC", "LH", { 0.77, 0.44 } },
    [PR] = { "PR", "NLH", { 0.85, 0.62, 0.27 } },
    [UI] = { "UI", "NR", { 0.85, 0.62 } },
    [S] = { "S", "UC", { 0, 1 } },
    [C] = { "C", "HLN", { 0.56, 0.22, 0 } },
    [I] = { "I", "HLN", { 0.56, 0.22, 0 } },
    [A] = { "A", "HLN", { 0.56, 0.22, 0 } },
};
static const double privileges_changed[] = { 0.85, 0.68, 0.5 };

static double power15(double x)
{
    double product = x;

    for (int i = 1; i < 15; i++)
        product *= x;
    return product;
}

/* Appendix A: the smallest number of one decimal that is not smaller, free of float noise. */
static int round_up_tenths(double x)
{
    long scaled = (long)(x * 100000 + 0.5);

    return (int)(scaled % 10000 == 0 ? scaled / 10000 : scaled / 10000 + 1);
}

static int score_tenths(const int chosen[static METRICS])
{
    bool changed = chosen[S] == 1;
    double privileges = changed ? privileges_changed[chosen[PR]] : metrics[PR].weights[chosen[PR]];
    double iss = 1
        - (1 - metrics[C].weights[chosen[C]]) * (1 - metrics[I].weights[chosen[I]])
            * (1 - metrics[A].weights[chosen[A]]);
    double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * power15(iss - 0.02) : 6.42 * iss;
    double ease = 8.22 * metrics[AV].weights[chosen[AV]] * metrics[AC].weights[chosen[AC]]
        * privileges * metrics[UI].weights[chosen[UI]];
    double sum = (changed ? 1.08 : 1) * (impact + ease);

    if (impact <= 0)
        return 0;
    return round_up_tenths(sum < 10 ? sum : 10);
}

static bool next_metric(struct span *rest, struct span *name, struct span *value)
{
    size_t slash = span_find_char(*rest, '/', 0), colon;
    struct span pair = span_part(*rest, 0, slash == SPAN_NOWHERE ? rest->len : slash);

    colon = span_find_char(pair, ':', 0);
    if (colon == SPAN_NOWHERE || colon == 0 || colon + 1 == pair.len)
        return false;
    *name = span_part(pair, 0, colon);
    *value = span_part(pair, colon + 1, pair.len);
    *rest = span_part(*rest, pair.len + (slash != SPAN_NOWHERE), rest->len);
    return slash == SPAN_NOWHERE || rest->len > 0;
}

static bool is_plain(struct span word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.at[i] < 'A' || word.at[i] > 'Z')
            return false;
    return word.len > 0 && word.len <= 5;
}

/* Base metrics each once; temporal and environmental ones are kept and do not count. */
static bool parse_metrics(struct span rest, bool computed, int *tenths)
{
    int chosen[METRICS];
    size_t known = 0, others = 0;

    for (int i = 0; i < METRICS; i++)
        chosen[i] = -1;
    while (rest.len) {
        struct span name, value;
        bool base = false;

        if (!next_metric(&rest, &name, &value) || !is_plain(name) || !is_plain(value))
            return false;
        for (int i = 0; computed && i < METRICS; i++) {
            const char *found;

            if (!span_equal(name, span_of(metrics[i].name)))
                continue;
            found = strchr(metrics[i].values, value.at[0]);
            if (chosen[i] >= 0 || value.len != 1 || !found)
                return false;
            chosen[i] = (int)(found - metrics[i].values);
            base = true;
            known++;
        }
        others += !base;
    }
    *tenths = computed && known == METRICS ? score_tenths(chosen) : -1;
    return computed ? known == METRICS && others <= 14 : others >= 11 && others <= 32;
}

bool severity_parse(struct span text, struct arena *arena, struct severity *severity)
{
    size_t slash = span_find_char(text, '/', 0);
    struct severity read = { .tenths = -1 };

    if (slash == SPAN_NOWHERE || text.len > 300)
        return false;
    if (level_of(span_part(text, 0, slash), &read.chance)
        && level_of(span_part(text, slash + 1, text.len), &read.damage)) {
        read.text = arena_printf(
            arena, "%s/%s", case_level_word(read.chance), case_level_word(read.damage));
        *severity = read;
        return true;
    }
    read.chance = read.damage = LEVEL_UNKNOWN;
    if (!span_starts(text, SPAN("CVSS:3.0/")) && !span_starts(text, SPAN("CVSS:3.1/"))
        && !span_starts(text, SPAN("CVSS:4.0/")))
        return false;
    if (!parse_metrics(span_part(text, slash + 1, text.len), text.at[5] == '3', &read.tenths))
        return false;
    read.text = arena_text(arena, text);
    *severity = read;
    return true;
}
