#include "cases/figures.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "cases/record.h"

enum { DAY = 86400, CRITICAL_TENTHS = 90 };

void figures_span(int year, int month, int64_t *from_s, int64_t *to_s)
{
    struct date_civil first = { .year = year, .month = month ? month : 1, .day = 1 };
    struct date_civil next
        = { .year = month ? year : year + 1, .month = month ? month + 1 : 1, .day = 1 };

    *from_s = date_instant(&first);
    *to_s = date_instant(&next) - 1;
}

static bool within(const struct figures *figures, int64_t at_s)
{
    return at_s >= figures->from_s && at_s <= figures->to_s;
}

static bool is_high(const struct case_stub *stub)
{
    return (stub->chance == LEVEL_HIGH && stub->damage == LEVEL_HIGH)
        || stub->severity_tenths >= CRITICAL_TENTHS;
}

/* An erased case was one of the ends before; its closing and its clocks tell. */
static bool was_open(const struct case_stub *stub, int64_t at_s)
{
    const struct clock *retention = &stub->clocks[CLOCK_RETENTION];

    if (stub->received_at > at_s)
        return false;
    return case_is_open(stub->state) || retention->started_at > at_s;
}

static bool is_overdue(const struct case_stub *stub, int64_t now_s)
{
    for (int kind = 0; kind < CLOCK_RETENTION; kind++)
        if (stub->clocks[kind].state == CLOCK_RUNNING && stub->clocks[kind].due_at < now_s)
            return true;
    return false;
}

static void count_received(const struct case_stub *stub, struct figures *figures)
{
    const struct clock *ap = &stub->clocks[CLOCK_AP_72H];

    figures->received++;
    figures->rejected += stub->state == CASE_NOT_REPRODUCED || stub->state == CASE_OUT_OF_SCOPE;
    figures->duplicates += stub->state == CASE_DUPLICATE;
    figures->not_reports += stub->state == CASE_NOT_A_REPORT;
    figures->breaches += stub->breach == BREACH_YES;
    figures->breaches_undecided += stub->breach == BREACH_UNDECIDED && ap->state == CLOCK_RUNNING;
    figures->reported_in_time += stub->breach == BREACH_YES && ap->state == CLOCK_STOPPED
        && strcmp(ap->why, "reported to the AP") == 0 && ap->stopped_at <= ap->due_at;
    figures->ibd_copies += stub->ibd >= IBD_SENT;
    figures->high += is_high(stub);
}

static int by_size(const void *a, const void *b)
{
    const int *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

void figures_count(const struct case_stub *stubs, size_t count, int64_t from_s, int64_t to_s,
    int64_t now_s, struct arena *arena, struct figures *figures)
{
    int *days = arena_array(arena, count + 1, sizeof *days);

    *figures = (struct figures) { .from_s = from_s, .to_s = to_s, .median_fix_days = -1 };
    for (size_t i = 0; i < count; i++) {
        const struct case_stub *stub = &stubs[i];
        const struct clock *first = &stub->clocks[CLOCK_FIRST_RESPONSE];
        const struct clock *fix = &stub->clocks[CLOCK_FIX];
        bool in_time;

        if (within(figures, stub->received_at))
            count_received(stub, figures);
        figures->confirmed += within(figures, stub->confirmed_at);
        figures->closed += within(figures, stub->closed_at);
        figures->open += was_open(stub, to_s < now_s ? to_s : now_s);
        figures->overdue += case_is_open(stub->state) && is_overdue(stub, now_s);
        if (first->state == CLOCK_STOPPED && within(figures, first->stopped_at)
            && stub->state != CASE_NOT_A_REPORT) {
            in_time = first->stopped_at <= first->due_at;
            figures->answered++;
            figures->answered_in_time += in_time;
        }
        if (within(figures, stub->fixed_at)) {
            days[figures->fixed++] = (int)((stub->fixed_at - stub->received_at) / DAY);
            figures->fix_ended++;
            figures->fix_in_time += fix->due_at == 0 || stub->fixed_at <= fix->due_at;
        }
    }
    if (figures->fixed) {
        qsort(days, (size_t)figures->fixed, sizeof *days, by_size);
        figures->median_fix_days = days[(figures->fixed - 1) / 2];
    }
}

static const struct row {
    const char *nl, *en;
    size_t offset, of; /* of: "x of y", SIZE_MAX for none */
} rows[] = {
#define ROW(nl, en, field)                                                                         \
    {                                                                                              \
        nl, en, offsetof(struct figures, field), SIZE_MAX                                          \
    }
#define ROW_OF(nl, en, field, whole)                                                               \
    {                                                                                              \
        nl, en, offsetof(struct figures, field), offsetof(struct figures, whole)                   \
    }
    ROW("meldingen ontvangen", "reports received", received),
    ROW("  waarvan kans en schade hoog, of CVSS 9.0 en hoger",
        "  with chance and damage high, or CVSS 9.0 and up", high),
    ROW("  waarvan afgewezen", "  rejected", rejected),
    ROW("  waarvan dubbel", "  duplicates", duplicates),
    ROW("  waarvan geen melding", "  not a report", not_reports),
    ROW("  waarvan gedeeld met de IBD", "  shared with the IBD", ibd_copies),
    ROW("  waarvan datalek", "  personal data breaches", breaches),
    ROW_OF("  waarvan op tijd gemeld bij de AP", "  reported to the AP in time", reported_in_time,
        breaches),
    ROW("  nog te beslissen of het een datalek is", "  breach not decided yet", breaches_undecided),
    ROW_OF("eerste reactie op tijd", "first responses in time", answered_in_time, answered),
    ROW("bevestigd", "confirmed", confirmed),
    ROW("opgelost", "fixed", fixed),
    ROW_OF("  op tijd", "  in time", fix_in_time, fix_ended),
    ROW("gesloten", "closed", closed),
    ROW("open aan het eind", "open at the end", open),
    ROW("open met een verlopen termijn, nu", "open with a term that is over, now", overdue),
};

static int at(const struct figures *figures, size_t offset)
{
    return *(const int *)(const void *)((const char *)figures + offset);
}

const char *figures_text(const struct figures *figures, const char *language, struct arena *arena)
{
    bool dutch = strcmp(language, "en") != 0;
    struct buf buf = { .arena = arena };
    char from[DATE_TEXT], to[DATE_TEXT];

    date_day(figures->from_s, from);
    date_day(figures->to_s, to);
    buf_printf(&buf, dutch ? "%s tot en met %s\n" : "%s to %s\n", from, to);
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_printf(&buf, "%-50s %4d", dutch ? rows[i].nl : rows[i].en, at(figures, rows[i].offset));
        if (rows[i].of != SIZE_MAX)
            buf_printf(&buf, dutch ? " van %d" : " of %d", at(figures, rows[i].of));
        buf_char(&buf, '\n');
    }
    if (figures->median_fix_days >= 0)
        buf_printf(&buf, "%-50s %4d\n",
            dutch ? "dagen van ontvangst tot opgelost (mediaan)"
                  : "days from receipt to fix (median)",
            figures->median_fix_days);
    return buf_string(&buf);
}

#define INT(field)                                                                                 \
    {                                                                                              \
#field, offsetof(struct figures, field), NULL, NULL, FIELD_INT, 0                          \
    }
#define TIME(field)                                                                                \
    {                                                                                              \
#field, offsetof(struct figures, field), NULL, NULL, FIELD_TIME, 0                         \
    }

static const struct field fields[] = { TIME(from_s), TIME(to_s), INT(received), INT(rejected),
    INT(duplicates), INT(not_reports), INT(confirmed), INT(fixed), INT(closed), INT(open),
    INT(overdue), INT(answered), INT(answered_in_time), INT(fix_ended), INT(fix_in_time),
    INT(median_fix_days), INT(breaches), INT(breaches_undecided), INT(reported_in_time),
    INT(ibd_copies), INT(high) };
static const struct record record = { sizeof(struct figures), fields, COUNT(fields) };

struct figures_list {
    struct {
        const struct figures *at;
        size_t count;
    } months;
};

static const struct field list_fields[]
    = { { "months", offsetof(struct figures_list, months), NULL, &record, FIELD_LIST, 0 } };
static const struct record list_record = { sizeof(struct figures_list), list_fields,
    COUNT(list_fields) };

bool figures_json(const struct figures *figures, size_t count, struct arena *arena,
    struct span *json, struct err *err)
{
    const struct figures_list list = { { figures, count } };

    return record_to_json(&list_record, &list, arena, json, err);
}
