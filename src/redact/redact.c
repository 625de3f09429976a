#include "redact/redact.h"

#include "base/buf.h"
#include "redact/birth.h"
#include "redact/columns.h"
#include "redact/credential.h"
#include "redact/disguise.h"
#include "redact/email.h"
#include "redact/guess.h"
#include "redact/handle.h"
#include "redact/idnumber.h"
#include "redact/lexicon.h"
#include "redact/netaddr.h"
#include "redact/pairs.h"
#include "redact/person.h"
#include "redact/phone.h"
#include "redact/plate.h"
#include "redact/recall.h"
#include "redact/search.h"
#include "redact/stays.h"
#include "redact/street.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/*
 * A text is worked in windows: the view and the tokens of one take up to forty times its bytes.
 * A window ends at the end of a paragraph, a line, or at a blank where it can; where it cannot, the
 * next one starts OVERLAP bytes earlier, so that nothing shorter is cut in two.
 */
enum { WINDOW = 256 << 10, WINDOW_LOOK = 32 << 10, OVERLAP = 1 << 10 };
enum { ROUNDS_MOST = 4, MAIL_LARGEST = 64 << 10 };

struct collector {
    struct redact_span *at;
    size_t count, size;
    struct arena *arena;
};

static void collect(struct collector *all, const struct redact_span *span)
{
    if (all->count == all->size) {
        size_t size = all->size ? all->size * 2 : 256;

        all->at = arena_grow(
            all->arena, all->at, all->size * sizeof *all->at, size * sizeof *all->at);
        all->size = size;
    }
    all->at[all->count++] = *span;
}

static int by_start(const void *a, const void *b)
{
    const struct redact_span *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->end > y->end ? -1 : x->end < y->end;
}

/* Adds the spans of a window in bytes of the whole text; all stay in order. */
static void collect_finds(struct collector *all, const struct search *search, size_t start)
{
    const struct view *view = &search->view;
    size_t sorted = all->count;

    for (uint32_t i = 0; i < search->finds; i++) {
        const struct find *find = &search->find[i];
        uint32_t first = search->token[find->from].pos,
                 last = search_end_pos(search, find->to - 1) - 1;
        struct redact_span span = { .start = (uint32_t)(start + view->at[first]),
            .end = (uint32_t)(start + view->at[last] + view->width[last]),
            .type = find->type,
            .rule = find->rule,
            .certainty = find->certainty };

        if (span.end > span.start)
            collect(all, &span);
    }
    /* where windows overlap the one before found some of the same */
    while (sorted && all->at[sorted - 1].start >= start)
        sorted--;
    if (all->count - sorted > 1)
        qsort(all->at + sorted, all->count - sorted, sizeof *all->at, by_start);
}

/* Takes up the spans of another collection in their order, behind those of the same place. */
static void collect_all(struct collector *all, const struct collector *more)
{
    size_t left = all->count, right = more->count;

    for (size_t i = 0; i < more->count; i++)
        collect(all, &more->at[i]);
    for (size_t to = all->count; right && left; to--)
        all->at[to - 1] = by_start(&all->at[left - 1], &more->at[right - 1]) > 0
            ? all->at[--left]
            : more->at[--right];
    for (; right; right--)
        all->at[right - 1] = more->at[right - 1];
}

static size_t window_end(struct span text, size_t start)
{
    size_t end = start + WINDOW, look = end - WINDOW_LOOK;

    if (end >= text.len)
        return text.len;
    for (size_t i = end; i > look; i--)
        if (text.at[i - 1] == '\n' && text.at[i] == '\n')
            return i;
    for (size_t i = end; i > look; i--)
        if (text.at[i - 1] == '\n')
            return i;
    for (size_t i = end; i > look; i--)
        if (text.at[i - 1] == ' ')
            return i;
    while (end > look && ((uint8_t)text.at[end] & 0xc0) == 0x80)
        end--;
    return end;
}

static size_t next_start(struct span text, size_t end)
{
    if (end >= text.len || text.at[end - 1] == '\n')
        return end;
    end -= OVERLAP;
    while (end < text.len && ((uint8_t)text.at[end] & 0xc0) == 0x80)
        end++;
    return end;
}

static void find_all(struct search *search)
{
    stays_find(search);
    credential_find_userinfo(search);
    email_find(search);
    idnumber_find_sure(search);
    pairs_find(search);
    columns_find(search);
    handle_find(search);
    credential_find(search);
    idnumber_find(search);
    netaddr_find(search);
    plate_find(search);
    birth_find(search);
    phone_find(search);
    street_find(search);
    columns_find_rows(search);
    disguise_find(search);
    person_find(search);
    handle_find_beside(search);
    street_find_beside(search);
    birth_find_beside(search);
    netaddr_find_beside(search);
    recall_learn(search->recall, search);
    recall_find(search);
    handle_find_rest(search);
    guess_find(search);
    disguise_join(search);
}

static void open_window(struct search *search, struct span window)
{
    view_make(&search->view, window, search->room);
    search_tokens(search);
    search->find = NULL;
    search->finds = search->find_size = 0;
}

/* Marks as claimed what an earlier pass over this window found. */
static void claim_spans(
    struct search *search, size_t start, const struct redact_span *spans, size_t count)
{
    size_t s = 0;

    for (uint32_t i = 0; i < search->count; i++) {
        size_t at = start + search->view.at[search->token[i].pos];

        while (s < count && spans[s].end <= at)
            s++;
        if (s == count)
            return;
        if (spans[s].start <= at)
            search->token[i].claim = spans[s].type;
    }
}

/* Only blanks and what stands inside a name between two spans of one type. */
static bool only_blanks(struct span text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (text.at[i] != ' ')
            return false;
    return to - from <= 2;
}

/* Makes one span of those that overlap, and of names that stand side by side. */
static void merge(struct collector *all, struct span text)
{
    size_t to = 0;

    if (!all->count)
        return;
    for (size_t i = 1; i < all->count; i++) {
        struct redact_span *last = &all->at[to];
        const struct redact_span *next = &all->at[i];
        bool beside = last->type == REDACT_PERSON && next->type == REDACT_PERSON
            && next->start >= last->end && only_blanks(text, last->end, next->start);

        if (next->start >= last->end && !beside) {
            all->at[++to] = *next;
            continue;
        }
        /* the wider of two that overlap gives the type; a secret hides whatever stands in it */
        if (next->type == REDACT_CREDENTIAL
            || (next->end > last->end && next->end - next->start > last->end - last->start
                && last->type != REDACT_CREDENTIAL)) {
            last->type = next->type;
            last->rule = next->rule;
        }
        if (next->certainty > last->certainty)
            last->certainty = next->certainty;
        if (next->end > last->end)
            last->end = next->end;
    }
    all->count = to + 1;
}

/* Placeholders of an earlier redaction keep their numbers: new ones start behind them. */
static void skip_numbers(
    struct redact_memory *memory, struct span text, uint32_t next[REDACT_TYPES])
{
    memcpy(next, memory->next, sizeof memory->next);
    for (size_t i = 0; (i = span_find_char(text, '[', i)) != SPAN_NOWHERE; i++) {
        size_t k = i + 1;
        uint32_t number = 0;

        while (k < text.len && text.at[k] >= 'A' && text.at[k] <= 'Z' && k - i < 24)
            k++;
        if (k == i + 1 || k >= text.len || text.at[k] != '-')
            continue;
        for (int type = REDACT_PERSON; type < REDACT_TYPES; type++)
            for (int language = REDACT_DUTCH; language <= REDACT_ENGLISH; language++) {
                if (!span_equal(span_part(text, i + 1, k),
                        span_of(redact_placeholder_name(
                            (enum redact_type)type, (enum redact_language)language))))
                    continue;
                number = 0;
                for (size_t d = k + 1;
                     d < text.len && d < k + 9 && text.at[d] >= '0' && text.at[d] <= '9'; d++)
                    number = number * 10 + (uint32_t)(text.at[d] - '0');
                if (number > next[type])
                    next[type] = number;
            }
    }
}

/* Letters and digits of a value, folded: "06-12 34" and "06 1234" are one number. */
static struct span canonical(struct span value, struct view *view, struct arena *arena)
{
    size_t n = 0;

    if (value.len > 4096)
        value.len = 4096;
    view_make(view, value, arena);
    for (uint32_t i = 0; i < view->len; i++)
        if (view_letter(view->ch[i]) || view_digit(view->ch[i]))
            view->ch[n++] = view_lower(view->ch[i]);
    return (struct span) { (const char *)view->ch, n };
}

static void number_spans(struct redacted *redacted, struct collector *all,
    struct redact_memory *memory, struct span text, struct arena *scratch)
{
    struct view view = { 0 };

    redacted->least_certainty = 100;
    for (size_t i = 0; i < all->count; i++) {
        struct redact_span *span = &all->at[i];

        span->number = redact_memory_number(memory, (enum redact_type)span->type,
            canonical(span_part(text, span->start, span->end), &view, scratch));
        redacted->by_type[span->type]++;
        redacted->by_rule[span->rule]++;
        if (span->certainty < redacted->least_certainty)
            redacted->least_certainty = span->certainty;
    }
    redacted->spans = all->at;
    redacted->count = all->count;
    redacted->version = lexicon_version();
}

/* Everything that is found in a text, in order. A blank search knows town, sender and arenas. */
static void find_spans(const struct search *blank, struct span text, struct collector *all)
{
    struct search search = *blank;
    size_t windows = 0;

    search.recall = recall_new(search.known, text.len, search.room);
    view_reserve(&search.view, text.len < WINDOW ? text.len : WINDOW, search.room);
    for (size_t start = 0; start < text.len; windows++) {
        size_t end = window_end(text, start);

        open_window(&search, span_part(text, start, end));
        find_all(&search);
        collect_finds(all, &search, start);
        start = end >= text.len ? end : next_start(text, end);
        arena_reset(search.arena);
    }
    merge(all, text);
    /* who became known in a later window is looked for in the earlier ones too */
    if (windows > 1) {
        struct collector more = { .arena = search.room };
        size_t first = 0;

        for (size_t start = 0; start < text.len;) {
            size_t end = window_end(text, start);

            open_window(&search, span_part(text, start, end));
            while (first < all->count && all->at[first].end <= start)
                first++;
            claim_spans(&search, start, all->at + first, all->count - first);
            stays_find(&search);
            recall_find(&search);
            handle_find_rest(&search);
            collect_finds(&more, &search, start);
            start = end >= text.len ? end : next_start(text, end);
            arena_reset(search.arena);
        }
        collect_all(all, &more);
        merge(all, text);
    }
    arena_reset(search.room);
}

/*
 * A placeholder says less of what stands beside it than the name did: another look at the redacted
 * text may find more. What it finds goes at once, so that redaction of a redacted text changes
 * nothing. Large texts, which are no mail, are spared the second look.
 */
static void find_again(const struct search *blank, struct span text, struct collector *all)
{
    struct arena *arena = arena_new();

    for (unsigned round = 0; round < ROUNDS_MOST && all->count && text.len <= MAIL_LARGEST;
         round++) {
        struct collector more = { .arena = arena };
        struct buf out = { .arena = arena };
        size_t *shift = arena_array(arena, all->count, sizeof *shift), at = 0;

        for (size_t i = 0; i < all->count; i++) {
            const struct redact_span *span = &all->at[i];

            buf_add(&out, span_part(text, at, span->start));
            buf_printf(&out, "[%s-1]",
                redact_placeholder_name((enum redact_type)span->type, REDACT_DUTCH));
            at = span->end;
            shift[i] = out.len; /* where the text goes on behind this span */
        }
        buf_add(&out, span_part(text, at, text.len));
        find_spans(blank, buf_span(&out), &more);
        for (size_t i = 0, next = 0; i < more.count; i++) {
            struct redact_span span = more.at[i];
            size_t start, origin;

            while (next < all->count && shift[next] <= span.start)
                next++;
            start = next ? shift[next - 1] : 0;
            origin = next ? all->at[next - 1].end : 0;
            span.start = (uint32_t)(origin + span.start - start);
            span.end = (uint32_t)(origin + span.end - start);
            more.at[i] = span;
        }
        if (!more.count)
            break;
        qsort(more.at, more.count, sizeof *more.at, by_start);
        collect_all(all, &more);
        merge(all, text);
        arena_reset(arena);
    }
    arena_free(&arena);
}

bool redact_spans(const struct redact_town *town, const struct redact_known *known,
    struct redact_memory *memory, struct span text, struct arena *arena, struct redacted *redacted,
    struct err *err)
{
    struct collector all = { .arena = arena };
    struct redacted result = { 0 };
    struct search blank = { .town = town, .known = known };
    struct arena *words;

    if (text.len > REDACT_MOST)
        return err_exit(err, ERR_MESSAGE, EX_DATAERR,
            "redact: the text has %zu bytes, more than %zu MiB: cut it into parts", text.len,
            REDACT_MOST >> 20);
    blank.arena = arena_new();
    blank.room = arena_new();
    words = arena_new();
    search_remember(&blank, text.len, words);
    find_spans(&blank, text, &all);
    find_again(&blank, text, &all);
    skip_numbers(memory, text, memory->next);
    number_spans(&result, &all, memory, text, blank.room);
    arena_free(&words);
    arena_free(&blank.room);
    arena_free(&blank.arena);
    *redacted = result;
    return true;
}

bool redact_text(const struct redact_town *town, const struct redact_known *known,
    struct redact_memory *memory, enum redact_language language, struct span text,
    struct arena *arena, struct redacted *redacted, struct err *err)
{
    struct buf out = { .arena = arena };
    struct redacted result;
    size_t at = 0;

    if (!redact_spans(town, known, memory, text, arena, &result, err))
        return false;
    for (size_t i = 0; i < result.count; i++) {
        const struct redact_span *span = &result.spans[i];

        buf_add(&out, span_part(text, at, span->start));
        buf_printf(&out, "[%s-%u]", redact_placeholder_name((enum redact_type)span->type, language),
            span->number);
        at = span->end;
    }
    buf_add(&out, span_part(text, at, text.len));
    result.text = buf_span(&out);
    *redacted = result;
    return true;
}
