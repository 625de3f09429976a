/*
 * name-model: learns what tells a name in a report, from labelled reports, and prints the weights.
 *
 *     name-model [--without K/N] [--rounds R] <REPORTS.jsonl >WEIGHTS
 *
 * The reports pass through the redactor itself up to the place where names are looked for; there
 * the clues of each candidate (redact/clue.c) are kept instead, with what the labels say of it. A
 * linear-chain model is fitted to them (conditional random field, AdaGrad, fixed order and seed).
 * --without K/N leaves the reports aside whose group falls into part K of N, and tells on stderr
 * how well the rest does on them.
 */
#include "redact/clue.h"
#include "redact/person.h"
#include "redact/recall.h"

#include "learning.h"

#include <math.h>
#include <string.h>

enum label { LABEL_NONE, LABEL_NAME, LABEL_ANY };
enum { SCALE = 16, EDGES = CLUE_LINKS * 4 };

/* One candidate; clues [clue, clue + clues) of the pool. */
struct spot {
    size_t clue;
    uint8_t clues, label, link;
    bool kept; /* in a string that has to stay: no name, and dear when taken for one */
};

static struct {
    struct spot *spot;
    size_t spots, spot_size;
    uint32_t *clue;
    size_t clues, clue_size;
    size_t *start; /* first spots of reports, and one past the last */
    size_t reports, report_size;
    uint32_t *group; /* of a report: what was made from one labelled report is of its group */
    uint8_t *aside;
    float *share;
} pool;

static struct {
    const char *text;
    const uint8_t *name, *any, *kept; /* by byte of the text */
    uint64_t seed;
    double blind; /* share of the names that no list is to know */
    size_t missed, names;
} now;

static float weight[CLUE_WEIGHTS + EDGES], square[CLUE_WEIGHTS + EDGES];
static float made_share = 1, keep_cost = 10;
static double sum[CLUE_WEIGHTS + EDGES];

static bool chance(double share)
{
    return (double)(draw(&now.seed) >> 11) / 9007199254740992.0 < share;
}

static enum label label_of(const struct search *search, const struct token *token)
{
    size_t name = 0, any = 0;

    for (uint32_t k = token->pos; k < token->pos + token->len; k++) {
        name += now.name[search->view.at[k]];
        any += now.any[search->view.at[k]];
    }
    return name * 2 >= token->len ? LABEL_NAME : any ? LABEL_ANY : LABEL_NONE;
}

/* Makes some words unknown to all lists: half of the names in the world are. */
static void blind(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        struct token *token = &search->token[i];

        if (token->kind != TOKEN_WORD || token->claim || token->shape == SHAPE_LOWER
            || token->len < 4 || FEATURE_CLASS(token->feature))
            continue;
        if (chance(label_of(search, token) == LABEL_NAME            ? now.blind
                    : token->feature & (FEATURE_TECH | FEATURE_ORG) ? now.blind * 2
                                                                    : now.blind / 3))
            token->feature = 0;
    }
}

/* Stands in for the one of person.c: keeps what that would weigh. */
void person_find(struct search *search)
{
    struct clue_paper *paper;
    uint32_t last = 0;

    /* a second look is at the redacted text, of which no labels tell */
    if (search->view.text.at != now.text)
        return;
    if (now.blind > 0)
        blind(search);
    paper = clue_read(search);
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t clue[CLUES_MOST], count;
        struct spot spot;

        if (!clue_candidate(search, paper, i)) {
            if (token->kind == TOKEN_WORD && !token->claim
                && label_of(search, token) == LABEL_NAME) {
                now.missed++;
                if (getenv("NAME_MISSED"))
                    fprintf(
                        stderr, "no candidate: %.*s\n", token->len, search->view.ch + token->pos);
            }
            continue;
        }
        count = clue_collect(search, paper, i, clue);
        spot = (struct spot) { .clue = pool.clues,
            .clues = (uint8_t)count,
            .label = (uint8_t)label_of(search, token),
            .kept = now.kept[search->view.at[token->pos]],
            .link = pool.spots == pool.start[pool.reports] ? LINK_NONE
                                                           : (uint8_t)clue_link(search, last, i) };
        now.names += spot.label == LABEL_NAME;
        pool.clue = grow(pool.clue, &pool.clue_size, pool.clues + count, sizeof *pool.clue);
        memcpy(pool.clue + pool.clues, clue, count * sizeof *clue);
        pool.clues += count;
        pool.spot = grow(pool.spot, &pool.spot_size, pool.spots + 1, sizeof *pool.spot);
        pool.spot[pool.spots++] = spot;
        last = i;
    }
}

static void take_report(const json_t *report, uint32_t without, uint32_t parts, double blind_share)
{
    const char *text = string_of(report, "text");
    struct redact_known known = { .from_name = span_of(string_of(report, "from_name")),
        .from_email = span_of(string_of(report, "from_email")) };
    struct arena *arena = arena_new();
    struct redact_memory memory = { .arena = arena };
    struct redacted redacted;
    struct err err = { 0 };
    uint8_t *name = calloc(strlen(text) + 1, 1), *any = calloc(strlen(text) + 1, 1),
            *kept = calloc(strlen(text) + 1, 1);
    const char *group = string_of(report, "group");
    const json_t *weigh = json_object_get(report, "weight");
    json_t *span;
    size_t n;

    if (!name || !any || !kept)
        fail("out of memory", "labels");
    json_array_foreach(json_object_get(report, "spans"), n, span)
    {
        size_t from = byte_of(text, (size_t)json_integer_value(json_object_get(span, "start")));
        size_t to = byte_of(text, (size_t)json_integer_value(json_object_get(span, "end")));

        memset((strcmp(string_of(span, "type"), "PERSON") == 0 ? name : any) + from, 1, to - from);
    }
    json_array_foreach(json_object_get(report, "neutral"), n, span)
    {
        size_t from = byte_of(text, (size_t)json_integer_value(json_object_get(span, "start")));
        size_t to = byte_of(text, (size_t)json_integer_value(json_object_get(span, "end")));

        memset(any + from, 1, to - from);
    }
    json_array_foreach(json_object_get(report, "keep"), n, span)
    {
        const char *keep = json_string_value(span);

        for (const char *at = text; keep && *keep && (at = strstr(at, keep)); at++)
            memset(kept + (at - text), 1, strlen(keep));
    }
    now.text = text;
    now.kept = kept;
    now.name = name;
    now.any = any;
    now.seed = (hash_of(text) + 1) * 0x9e3779b97f4a7c15ull;
    now.blind = json_is_true(json_object_get(report, "made")) ? blind_share : 0;
    pool.start = grow(pool.start, &pool.report_size, pool.reports + 2, sizeof *pool.start);
    pool.aside = realloc(pool.aside, pool.report_size);
    pool.share = realloc(pool.share, pool.report_size * sizeof *pool.share);
    pool.group = realloc(pool.group, pool.report_size * sizeof *pool.group);
    if (!pool.aside || !pool.share || !pool.group)
        fail("out of memory", "reports");
    pool.start[pool.reports] = pool.spots;
    if (!redact_text(&town, &known, &memory, REDACT_DUTCH, span_of(text), arena, &redacted, &err))
        fail("a report is refused", err.text);
    pool.group[pool.reports] = hash_of(string_of(report, *group ? "group" : "id"));
    pool.aside[pool.reports] = parts && *group && pool.group[pool.reports] % parts == without;
    pool.share[pool.reports] = weigh ? made_share * (float)json_number_value(weigh) : 1;
    pool.start[++pool.reports] = pool.spots;
    arena_free(&arena);
    free(name);
    free(any);
    free(kept);
}

static float add_logs(float a, float b)
{
    float high = a > b ? a : b;

    return high < -1e20f ? high : high + logf(expf(a - high) + expf(b - high));
}

/*
 * Chances of each spot of [from, to) to be a name, and of each pair of neighbours, with the labels
 * held where `held`.
 */
static void read_chain(
    size_t from, size_t to, const float *node, bool held, float *chance_of, float (*pair)[4])
{
    size_t count = to - from;
    float(*ahead)[2] = malloc(count * sizeof *ahead), (*back)[2] = malloc(count * sizeof *back),
    all;

    if (!ahead || !back)
        fail("out of memory", "chain");
    for (size_t i = 0; i < count; i++) {
        const struct spot *spot = &pool.spot[from + i];
        const float *edge = weight + CLUE_WEIGHTS + spot->link * 4;

        for (int y = 0; y < 2; y++) {
            bool barred = held && spot->label != LABEL_ANY && spot->label != y;

            ahead[i][y] = (y ? node[i] : 0) + (barred ? -1e30f : 0)
                + (i ? add_logs(ahead[i - 1][0] + edge[y], ahead[i - 1][1] + edge[2 + y]) : 0);
        }
    }
    for (size_t i = count; i-- > 0;) {
        const struct spot *next = &pool.spot[from + i + 1];
        const float *edge = weight + CLUE_WEIGHTS + (i + 1 < count ? next->link * 4 : 0);

        for (int y = 0; y < 2; y++) {
            float to_none, to_name;

            if (i + 1 == count) {
                back[i][y] = 0;
                continue;
            }
            to_none = back[i + 1][0] + edge[y * 2]
                + (held && next->label == LABEL_NAME ? -1e30f : 0);
            to_name = back[i + 1][1] + edge[y * 2 + 1] + node[i + 1]
                + (held && next->label == LABEL_NONE ? -1e30f : 0);
            back[i][y] = add_logs(to_none, to_name);
        }
    }
    all = add_logs(ahead[count - 1][0], ahead[count - 1][1]);
    for (size_t i = 0; i < count; i++) {
        const struct spot *spot = &pool.spot[from + i];
        const float *edge = weight + CLUE_WEIGHTS + spot->link * 4;

        chance_of[i] = expf(ahead[i][1] + back[i][1] - all);
        for (int a = 0; a < 2 && i; a++)
            for (int b = 0; b < 2; b++) {
                bool barred = held && spot->label != LABEL_ANY && spot->label != b;

                pair[i][a * 2 + b] = barred ? 0
                                            : expf(ahead[i - 1][a] + edge[a * 2 + b]
                                                + (b ? node[i] : 0) + back[i][b] - all);
            }
    }
    free(ahead);
    free(back);
}

static size_t chain_end(size_t report, size_t from)
{
    size_t to = from + 1;

    while (to < pool.start[report + 1] && pool.spot[to].link != LINK_NONE)
        to++;
    return to;
}

static void step(size_t at, float slope, float pull, float rate)
{
    slope += pull * weight[at];
    square[at] += slope * slope;
    weight[at] -= rate * slope / (sqrtf(square[at]) + 1e-4f);
}

static void learn_chain(size_t from, size_t to, float share, float pull, float rate)
{
    size_t count = to - from;
    float *node = calloc(count, sizeof *node), *free_chance = calloc(count, sizeof *node),
          *held_chance = calloc(count, sizeof *node);
    float(*free_pair)[4] = calloc(count, sizeof *free_pair),
    (*held_pair)[4] = calloc(count, sizeof *held_pair);

    if (!node || !free_chance || !held_chance || !free_pair || !held_pair)
        fail("out of memory", "chain");
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < pool.spot[from + i].clues; k++)
            node[i] += weight[pool.clue[pool.spot[from + i].clue + k]];
    read_chain(from, to, node, false, free_chance, free_pair);
    read_chain(from, to, node, true, held_chance, held_pair);
    for (size_t i = 0; i < count; i++) {
        const struct spot *spot = &pool.spot[from + i];
        float slope = share * (free_chance[i] - held_chance[i])
            * (spot->kept && spot->label == LABEL_NONE ? keep_cost : 1);

        if (fabsf(slope) > 1e-4f)
            for (size_t k = 0; k < spot->clues; k++)
                step(pool.clue[spot->clue + k], slope, pull, rate);
        for (size_t e = 0; e < 4 && i; e++)
            step(CLUE_WEIGHTS + spot->link * 4u + e, share * (free_pair[i][e] - held_pair[i][e]),
                pull, rate);
    }
    free(node);
    free(free_chance);
    free(held_chance);
    free(free_pair);
    free(held_pair);
}

/* Adds up the weights of the second half of the rounds, each with the reports in another order. */
static size_t learn_once(int rounds, float pull, float rate, uint64_t seed, size_t *order)
{
    size_t steps = 0;

    memset(weight, 0, sizeof weight);
    memset(square, 0, sizeof square);
    for (size_t i = 0; i < pool.reports; i++)
        order[i] = i;
    for (int round = 0; round < rounds; round++) {
        for (size_t i = pool.reports; i > 1; i--) {
            size_t k = draw(&seed) % i, kept = order[i - 1];

            order[i - 1] = order[k];
            order[k] = kept;
        }
        for (size_t n = 0; n < pool.reports; n++) {
            size_t report = order[n];

            if (pool.aside[report])
                continue;
            for (size_t from = pool.start[report]; from < pool.start[report + 1];) {
                size_t to = chain_end(report, from);

                learn_chain(from, to, pool.share[report], pull, rate);
                from = to;
            }
            if (round >= rounds / 2 && n % 256 == 0) {
                steps++;
                for (size_t i = 0; i < CLUE_WEIGHTS + EDGES; i++)
                    sum[i] += weight[i];
            }
        }
    }
    return steps;
}

/* The mean of some weights that were learnt in another order each: it errs less than any. */
static void learn(int rounds, float pull, float rate, unsigned times)
{
    size_t *order = malloc((pool.reports + 1) * sizeof *order), steps = 0;

    if (!order)
        fail("out of memory", "order");
    for (unsigned time = 0; time < times; time++)
        steps += learn_once(rounds, pull, rate, 20250101 + 7919 * (uint64_t)time, order);
    for (size_t i = 0; i < CLUE_WEIGHTS + EDGES && steps; i++)
        weight[i] = (float)(sum[i] / (double)steps);
    free(order);
}

/* Drops the clues that fewer than `least` groups of reports show: they say nothing of others. */
static void prune(uint32_t least)
{
    uint32_t *last = calloc(CLUE_WEIGHTS, sizeof *last);
    uint32_t *groups = calloc(CLUE_WEIGHTS, sizeof *groups);

    if (!last || !groups)
        fail("out of memory", "groups");
    for (size_t report = 0; report < pool.reports; report++)
        for (size_t s = pool.start[report]; !pool.aside[report] && s < pool.start[report + 1]; s++)
            for (size_t k = 0; k < pool.spot[s].clues; k++) {
                uint32_t at = pool.clue[pool.spot[s].clue + k];

                groups[at] += !groups[at] || last[at] != pool.group[report];
                last[at] = pool.group[report];
            }
    for (size_t s = 0; s < pool.spots; s++) {
        uint32_t *clue = pool.clue + pool.spot[s].clue, count = 0;

        for (size_t k = 0; k < pool.spot[s].clues; k++)
            if (groups[clue[k]] >= least)
                clue[count++] = clue[k];
        pool.spot[s].clues = (uint8_t)count;
    }
    free(last);
    free(groups);
}

static int whole(float value, int most)
{
    int n = (int)lroundf(value * SCALE);

    return n > most ? most : n < -most ? -most : n;
}

/* How the reports fare that were left aside, or those that were not, at some thresholds. */
static void tell(bool aside)
{
    static const float least[] = { 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f };
    size_t right[COUNT(least)] = { 0 }, wrong[COUNT(least)] = { 0 }, kept[COUNT(least)] = { 0 };
    size_t all = 0;

    for (size_t report = 0; report < pool.reports; report++) {
        if (pool.aside[report] != aside || pool.share[report] < 1)
            continue;
        for (size_t from = pool.start[report]; from < pool.start[report + 1];) {
            size_t to = chain_end(report, from);
            float *node = calloc(to - from, sizeof *node), *got = calloc(to - from, sizeof *got);
            float(*pair)[4] = calloc(to - from, sizeof *pair);

            for (size_t i = from; i < to; i++)
                for (size_t k = 0; k < pool.spot[i].clues; k++)
                    node[i - from] += weight[pool.clue[pool.spot[i].clue + k]];
            read_chain(from, to, node, false, got, pair);
            for (size_t i = from; i < to; i++) {
                bool named = pool.spot[i].label == LABEL_NAME;
                bool none = pool.spot[i].label == LABEL_NONE;

                all += named;
                for (size_t n = 0; n < COUNT(least) && got[i - from] > least[n]; n++) {
                    right[n] += named;
                    wrong[n] += none;
                    kept[n] += none && pool.spot[i].kept;
                }
            }
            free(node);
            free(got);
            free(pair);
            from = to;
        }
    }
    for (size_t n = 0; n < COUNT(least); n++)
        fprintf(stderr, "%s above %.1f: %zu of %zu words of names found, %zu wrong, %zu kept\n",
            aside ? "aside" : "learnt", (double)least[n], right[n], all, wrong[n], kept[n]);
}

static void print_weights(void)
{
    size_t used = 0, printed = 0;

    for (size_t i = 0; i < CLUE_WEIGHTS; i++)
        used += whole(weight[i], 127) != 0;
    printf(
        "/* %zu weights of names, learnt by scripts/name-model.c: see redact/clue.h. */\n", used);
    printf("static const short name_edges[%d] = {", EDGES);
    for (size_t i = 0; i < EDGES; i++)
        printf("%s%d,", i % 4 ? " " : "\n    ", whole(weight[CLUE_WEIGHTS + i], 2000));
    printf("\n};\nstatic const signed char name_weights[%d] = {", CLUE_WEIGHTS);
    for (size_t i = 0; i < CLUE_WEIGHTS; i++)
        if (whole(weight[i], 127))
            printf("%s[%zu]=%d,", printed++ % 10 ? "" : "\n", i, whole(weight[i], 127));
    puts("\n};");
}

int main(int argc, char **argv)
{
    unsigned without = 0, parts = 0;
    unsigned least = 4, times = 3;
    int rounds = 8;
    float pull = 2e-5f, rate = 0.05f;
    double share = 0.3;
    char *line = NULL;
    size_t room = 0;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--without") == 0)
            sscanf(argv[i + 1], "%u/%u", &without, &parts);
        else if (strcmp(argv[i], "--rounds") == 0)
            rounds = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--pull") == 0)
            pull = strtof(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--rate") == 0)
            rate = strtof(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--made") == 0)
            made_share = strtof(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--keep") == 0)
            keep_cost = strtof(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--least") == 0)
            least = (unsigned)atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--times") == 0)
            times = (unsigned)atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--blind") == 0)
            share = strtod(argv[i + 1], NULL);
        else
            fail("unknown option", argv[i]);
    }
    while (getline(&line, &room, stdin) > 0) {
        json_error_t wrong;
        json_t *report = json_loads(line, JSON_ALLOW_NUL, &wrong);

        if (!report)
            fail("no JSON", wrong.text);
        take_report(report, without, parts, share);
        json_decref(report);
    }
    free(line);
    fprintf(stderr,
        "%zu reports, %zu candidates, %zu clues; %zu words of names, %zu no candidates\n",
        pool.reports, pool.spots, pool.clues, now.names, now.missed);
    prune(least);
    learn(rounds, pull, rate, times);
    if (parts)
        tell(true);
    tell(false);
    print_weights();
    return fflush(stdout) ? 1 : 0;
}
