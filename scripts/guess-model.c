/*
 * guess-model: learns what tells a password or a user name in a report, from labelled reports, and
 * prints the weights.
 *
 *     guess-model [--without K/N] <REPORTS >WEIGHTS
 *
 * The reports pass through the redactor itself; where it would guess, the hints of each piece of
 * text (redact/hint.c) are kept instead, with what the labels say of it. A softmax with the label
 * of the piece before is fitted to them (AdaGrad, fixed order and seed). --without K/N leaves the
 * reports aside whose id falls into part K of N, and tells on stderr how well the rest does there.
 */
#include "redact/guess.h"
#include "redact/hint.h"

#include "learning.h"

#include <math.h>
#include <string.h>

enum label { LABEL_NONE, LABEL_SECRET, LABEL_HANDLE, LABELS, LABEL_ANY };
enum { SCALE = 16, EDGES = HINT_LINKS * LABELS, WEIGHTS = HINT_WEIGHTS + EDGES };

struct spot {
    size_t hint;
    uint8_t hints, label, link, claim;
    bool kept;
};

static struct {
    struct spot *spot;
    size_t spots, spot_size;
    uint32_t *hint;
    size_t hints, hint_size;
    size_t *start;
    uint8_t *aside;
    bool *made;
    size_t reports, report_size;
} pool;

static struct {
    const char *text;
    const uint8_t *label;
    const uint8_t *kept;
} now;

/* The made copies count less; a string that has to stay is dear when taken for a secret. */
static const float made_share = 0.3f, keep_cost = 30, pull = 2e-5f, rate = 0.1f;
enum { ROUNDS = 15, TIMES = 5 };

static float weight[WEIGHTS][LABELS], square[WEIGHTS][LABELS];
static double sum[WEIGHTS][LABELS];

static enum label label_of(const struct search *search, const struct hint_piece *piece)
{
    uint32_t from = search->token[piece->from].pos, end = search_end_pos(search, piece->to - 1);
    uint32_t count[LABEL_ANY + 1] = { 0 };

    for (uint32_t p = from; p < end; p++)
        count[now.label[search->view.at[p]]]++;
    for (enum label label = LABEL_SECRET; label <= LABEL_HANDLE; label++)
        if (count[label] * 2 >= end - from)
            return label;
    return count[LABEL_NONE] == end - from ? LABEL_NONE : LABEL_ANY;
}

/* Stands in for the one of guess.c. */
void guess_find(struct search *search)
{
    struct hint_piece piece = { 0 }, before = { 0 };

    /* a second look is at the redacted text, of which no labels tell */
    if (search->view.text.at != now.text)
        return;
    while (hint_next(search, &piece)) {
        uint32_t at[HINTS_MOST], count;

        count = hint_collect(search, &piece, at);
        pool.spot = grow(pool.spot, &pool.spot_size, pool.spots + 1, sizeof *pool.spot);
        pool.spot[pool.spots++] = (struct spot) { .hint = pool.hints,
            .hints = (uint8_t)count,
            .label = (uint8_t)label_of(search, &piece),
            .claim = search->token[piece.from].claim,
            .kept = now.kept[search->view.at[search->token[piece.from].pos]],
            .link = (uint8_t)hint_link(search, &before, &piece) };
        pool.hint = grow(pool.hint, &pool.hint_size, pool.hints + count, sizeof *pool.hint);
        memcpy(pool.hint + pool.hints, at, count * sizeof *at);
        pool.hints += count;
        before = piece;
    }
}

static void mark(uint8_t *label, const char *text, const json_t *spans, bool neutral)
{
    const json_t *span;
    size_t n;

    json_array_foreach(spans, n, span)
    {
        size_t from = byte_of(text, (size_t)json_integer_value(json_object_get(span, "start")));
        size_t to = byte_of(text, (size_t)json_integer_value(json_object_get(span, "end")));
        const char *type = string_of(span, "type");

        memset(label + from,
            neutral                           ? LABEL_ANY
                : !strcmp(type, "CREDENTIAL") ? LABEL_SECRET
                : !strcmp(type, "HANDLE")     ? LABEL_HANDLE
                                              : LABEL_ANY,
            to - from);
    }
}

static void take_report(const json_t *report, uint32_t without, uint32_t parts)
{
    const char *text = string_of(report, "text");
    struct redact_known known = { .from_name = span_of(string_of(report, "from_name")),
        .from_email = span_of(string_of(report, "from_email")) };
    AUTO(arena_free) struct arena *arena = arena_new();
    struct redact_memory memory = { .arena = arena };
    struct redacted redacted;
    struct err err = { 0 };
    uint8_t *label = arena_alloc(arena, strlen(text) + 1),
            *kept = arena_alloc(arena, strlen(text) + 1);
    const json_t *keep;
    size_t n;

    mark(label, text, json_object_get(report, "spans"), false);
    mark(label, text, json_object_get(report, "neutral"), true);
    json_array_foreach(json_object_get(report, "keep"), n, keep)
    {
        const char *string = json_string_value(keep);

        for (const char *at = text; string && *string && (at = strstr(at, string)); at++)
            memset(kept + (at - text), 1, strlen(string));
    }
    now.text = text;
    now.label = label;
    now.kept = kept;
    pool.start = grow(pool.start, &pool.report_size, pool.reports + 2, sizeof *pool.start);
    pool.aside = realloc(pool.aside, pool.report_size);
    pool.made = realloc(pool.made, pool.report_size);
    if (!pool.aside || !pool.made)
        fail("out of memory", "reports");
    pool.start[pool.reports] = pool.spots;
    pool.aside[pool.reports] = parts && hash_of(string_of(report, "id")) % parts == without;
    pool.made[pool.reports] = json_is_true(json_object_get(report, "made"));
    if (!redact_text(&town, &known, &memory, REDACT_DUTCH, span_of(text), arena, &redacted, &err))
        fail("a report is refused", err.text);
    pool.start[++pool.reports] = pool.spots;
}

static void read_spot(const struct spot *spot, enum label before, float chance[LABELS])
{
    const float *edge = weight[HINT_WEIGHTS + spot->link * LABELS + before];
    float most = -1e30f, all = 0;

    for (int y = 0; y < LABELS; y++) {
        chance[y] = edge[y];
        for (size_t k = 0; k < spot->hints; k++)
            chance[y] += weight[pool.hint[spot->hint + k]][y];
        most = chance[y] > most ? chance[y] : most;
    }
    for (int y = 0; y < LABELS; y++)
        all += chance[y] = expf(chance[y] - most);
    for (int y = 0; y < LABELS; y++)
        chance[y] /= all;
}

static void step(size_t at, const float slope[LABELS])
{
    for (int y = 0; y < LABELS; y++) {
        float s = slope[y] + pull * weight[at][y];

        square[at][y] += s * s;
        weight[at][y] -= rate * s / (sqrtf(square[at][y]) + 1e-4f);
    }
}

static enum label of_spot(const struct spot *spot)
{
    return spot->label == LABEL_ANY ? LABEL_NONE : (enum label)spot->label;
}

static void learn_report(size_t report)
{
    for (size_t i = pool.start[report]; i < pool.start[report + 1]; i++) {
        const struct spot *spot = &pool.spot[i];
        enum label before = i > pool.start[report] ? of_spot(spot - 1) : LABEL_NONE;
        float chance[LABELS];

        if (spot->label == LABEL_ANY)
            continue;
        read_spot(spot, before, chance);
        chance[spot->label] -= 1;
        if (chance[spot->label] > -1e-3f)
            continue;
        for (int y = 0; y < LABELS; y++)
            chance[y] *= (spot->kept ? keep_cost : 1) * (pool.made[report] ? made_share : 1);
        for (size_t k = 0; k < spot->hints; k++)
            step(pool.hint[spot->hint + k], chance);
        step(HINT_WEIGHTS + spot->link * LABELS + before, chance);
    }
}

static void shuffle(size_t *order, uint64_t *seed)
{
    for (size_t i = pool.reports; i > 1; i--) {
        size_t k = draw(seed) % i, kept = order[i - 1];

        order[i - 1] = order[k];
        order[k] = kept;
    }
}

/* Several times, in other orders: the mean of them is steadier than one. */
static void learn(void)
{
    size_t *order = malloc((pool.reports + 1) * sizeof *order), steps = 0;
    uint64_t seed = 20250101;

    if (!order)
        fail("out of memory", "order");
    for (size_t i = 0; i < pool.reports; i++)
        order[i] = i;
    for (int time = 0; time < TIMES; time++) {
        memset(weight, 0, sizeof weight);
        memset(square, 0, sizeof square);
        for (int round = 0; round < ROUNDS; round++) {
            shuffle(order, &seed);
            for (size_t n = 0; n < pool.reports; n++) {
                if (!pool.aside[order[n]])
                    learn_report(order[n]);
                if (round < ROUNDS / 2 || n % 64 != 0)
                    continue;
                steps++;
                for (size_t i = 0; i < WEIGHTS; i++)
                    for (int y = 0; y < LABELS; y++)
                        sum[i][y] += weight[i][y];
            }
        }
    }
    for (size_t i = 0; i < WEIGHTS && steps; i++)
        for (int y = 0; y < LABELS; y++)
            weight[i][y] = (float)(sum[i][y] / (double)steps);
    free(order);
}

/* How the reports that were left aside fare: on all pieces, and on those that no rule claims. */
static void tell(bool unclaimed)
{
    size_t right[LABELS] = { 0 }, wrong[LABELS] = { 0 }, missed[LABELS] = { 0 }, kept = 0;

    for (size_t report = 0; report < pool.reports; report++) {
        enum label before = LABEL_NONE;

        if (!pool.aside[report] || pool.made[report])
            continue;
        for (size_t i = pool.start[report]; i < pool.start[report + 1]; i++) {
            const struct spot *spot = &pool.spot[i];
            float chance[LABELS];
            enum label got;

            read_spot(spot, before, chance);
            got = chance[0] > 0.5f       ? LABEL_NONE
                : chance[1] >= chance[2] ? LABEL_SECRET
                                         : LABEL_HANDLE;
            before = spot->claim == REDACT_HANDLE ? LABEL_HANDLE : spot->claim ? LABEL_SECRET : got;
            if ((unclaimed && spot->claim) || spot->label == LABEL_ANY)
                continue;
            right[spot->label] += got && spot->label;
            missed[spot->label] += !got && spot->label;
            wrong[got] += got && !spot->label;
            kept += got && !spot->label && spot->kept;
        }
    }
    fprintf(stderr,
        "%s: secrets %zu found, %zu missed, %zu wrong; user names %zu found, %zu missed, %zu "
        "wrong; "
        "%zu in strings to keep\n",
        unclaimed ? "what no rule takes" : "all", right[LABEL_SECRET], missed[LABEL_SECRET],
        wrong[LABEL_SECRET], right[LABEL_HANDLE], missed[LABEL_HANDLE], wrong[LABEL_HANDLE], kept);
}

static int whole(float value, int most)
{
    int n = (int)lroundf(value * SCALE);

    return n > most ? most : n < -most ? -most : n;
}

static void print_weights(void)
{
    printf("/* Weights of passwords and user names, learnt by scripts/guess-model.c: see hint.h. "
           "*/\n");
    printf("static const short guess_edges[%d] = {", EDGES * 2);
    for (size_t i = 0; i < EDGES; i++)
        for (int y = 1; y < LABELS; y++)
            printf("%s%d,", i % 3 || y > 1 ? " " : "\n    ",
                whole(weight[HINT_WEIGHTS + i][y] - weight[HINT_WEIGHTS + i][0], 2000));
    printf("\n};\nstatic const char guess_weights[%d] =", HINT_WEIGHTS * 2);
    for (size_t i = 0; i < HINT_WEIGHTS; i++) {
        if (i % 32 == 0)
            fputs("\n\"", stdout);
        for (int y = 1; y < LABELS; y++)
            printf("\\%o", (unsigned)whole(weight[i][y] - weight[i][0], 127) & 255u);
        if (i % 32 == 31)
            fputs("\"", stdout);
    }
    puts(";");
}

int main(int argc, char **argv)
{
    unsigned without = 0, parts = 0;
    char *line = NULL;
    size_t room = 0;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--without") == 0)
            sscanf(argv[i + 1], "%u/%u", &without, &parts);
        else
            fail("unknown option", argv[i]);
    }
    while (getline(&line, &room, stdin) > 0) {
        json_t *report = json_loads(line, JSON_ALLOW_NUL, NULL);

        if (!report)
            fail("no JSON", line);
        take_report(report, without, parts);
        json_decref(report);
    }
    free(line);
    learn();
    for (int unclaimed = 0; unclaimed < 2 && parts; unclaimed++)
        tell(unclaimed);
    print_weights();
    return fflush(stdout) ? 1 : 0;
}
