#include "cases/figures.h"

#include "base/date.h"
#include "lib/rows.h"

static int64_t day(int month, int day_of_month)
{
    return date_instant(&(struct date_civil) { 2026, month, day_of_month, 12, 0, 0, 0 });
}

static struct case_stub stub(enum case_state state, int64_t received_at)
{
    struct case_stub made = { .number = "ZBR-2026-0001",
        .state = state,
        .received_at = received_at,
        .severity = "",
        .severity_tenths = -1,
        .weakness = "" };
    const struct calendar law = { 0 };

    clock_start(&made.clocks[CLOCK_FIRST_RESPONSE], CLOCK_FIRST_RESPONSE, &clock_terms_default,
        &law, received_at);
    clock_start(&made.clocks[CLOCK_AP_72H], CLOCK_AP_72H, &clock_terms_default, &law, received_at);
    clock_start(&made.clocks[CLOCK_FIX], CLOCK_FIX, &clock_terms_default, &law, received_at);
    return made;
}

static void counts_a_month(void **state)
{
    struct arena *arena = arena_new();
    struct case_stub stubs[8];
    struct figures figures;
    int64_t from_s, to_s;
    const char *text;

    (void)state;
    /* 0: in October, fixed in November in time, still open */
    stubs[0] = stub(CASE_FIXED, day(10, 1));
    stubs[0].fixed_at = day(11, 10);
    clock_stop(&stubs[0].clocks[CLOCK_FIX], day(11, 10), "fixed");
    clock_stop(&stubs[0].clocks[CLOCK_FIRST_RESPONSE], day(10, 2), "confirm");
    /* 1: in November, answered in time, high, a breach reported in time */
    stubs[1] = stub(CASE_CONFIRMED, day(11, 2));
    stubs[1].confirmed_at = day(11, 3);
    stubs[1].chance = stubs[1].damage = LEVEL_HIGH;
    stubs[1].breach = BREACH_YES;
    stubs[1].ibd = IBD_SENT;
    clock_stop(&stubs[1].clocks[CLOCK_FIRST_RESPONSE], day(11, 3), "confirm");
    clock_stop(&stubs[1].clocks[CLOCK_AP_72H], day(11, 4), "reported to the AP");
    /* 2: answered late; a score of 9.8 */
    stubs[2] = stub(CASE_CONFIRMED, day(11, 2));
    stubs[2].severity_tenths = 98;
    clock_stop(&stubs[2].clocks[CLOCK_FIRST_RESPONSE], day(11, 20), "confirm");
    /* 3: rejected; 4: duplicate; 5: spam, whose clock says nothing */
    stubs[3] = stub(CASE_OUT_OF_SCOPE, day(11, 5));
    stubs[3].clocks[CLOCK_RETENTION].started_at = day(11, 6);
    clock_stop(&stubs[3].clocks[CLOCK_FIRST_RESPONSE], day(11, 6), "reject");
    stubs[4] = stub(CASE_DUPLICATE, day(11, 30));
    stubs[4].clocks[CLOCK_RETENTION].started_at = day(12, 2);
    stubs[5] = stub(CASE_NOT_A_REPORT, day(11, 5));
    stubs[5].clocks[CLOCK_RETENTION].started_at = day(11, 6);
    clock_stop(&stubs[5].clocks[CLOCK_FIRST_RESPONSE], day(11, 6), "not_a_report");
    /* 6: erased, closed in November */
    stubs[6] = stub(CASE_ERASED, day(3, 5));
    stubs[6].closed_at = day(11, 7);
    stubs[6].clocks[CLOCK_RETENTION].started_at = day(11, 7);
    /* 7: in December */
    stubs[7] = stub(CASE_RECEIVED, day(12, 1));

    figures_span(2026, 11, &from_s, &to_s);
    figures_count(stubs, COUNT(stubs), from_s, to_s, day(12, 3), arena, &figures);
    row_number("received", figures.received, 5);
    row_number("high", figures.high, 2);
    row_number("rejected", figures.rejected, 1);
    row_number("duplicates", figures.duplicates, 1);
    row_number("not reports", figures.not_reports, 1);
    row_number("confirmed", figures.confirmed, 1);
    row_number("fixed", figures.fixed, 1);
    row_number("fixed in time", figures.fix_in_time, 1);
    row_number("median", figures.median_fix_days, 40);
    row_number("closed", figures.closed, 1);
    row_number("answered", figures.answered, 3);
    row_number("answered in time", figures.answered_in_time, 2);
    row_number("breaches", figures.breaches, 1);
    row_number("reported in time", figures.reported_in_time, 1);
    row_number("undecided", figures.breaches_undecided, 4);
    row_number("copies", figures.ibd_copies, 1);
    row_number("open on 30 November", figures.open, 4);
    row_number("overdue on 3 December", figures.overdue, 2);
    text = figures_text(&figures, "nl", arena);
    assert_non_null(strstr(text, "2026-11-01 tot en met 2026-11-30\n"));
    assert_non_null(
        strstr(text, "eerste reactie op tijd                                2 van 3\n"));
    arena_free(&arena);
}

static const struct {
    const char *label;
    int year, month;
    const char *from, *to;
} spans[] = {
    { "a month", 2026, 11, "2026-11-01 00:00 CET", "2026-11-30 23:59 CET" },
    { "December", 2026, 12, "2026-12-01 00:00 CET", "2026-12-31 23:59 CET" },
    { "summer time starts", 2026, 3, "2026-03-01 00:00 CET", "2026-03-31 23:59 CEST" },
    { "a year", 2026, 0, "2026-01-01 00:00 CET", "2026-12-31 23:59 CET" },
};

static void knows_months(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(spans); i++) {
        char text[DATE_TEXT];
        int64_t from_s, to_s;

        figures_span(spans[i].year, spans[i].month, &from_s, &to_s);
        date_local(from_s, text);
        row_text(spans[i].label, text, spans[i].from);
        date_local(to_s, text);
        row_text(spans[i].label, text, spans[i].to);
    }
}

static void writes_json(void **state)
{
    struct arena *arena = arena_new();
    struct figures figures[2] = { { .received = 3 }, { .received = 4 } };
    struct span json;
    struct err err = { 0 };

    (void)state;
    assert_true(figures_json(figures, 2, arena, &json, &err));
    assert_non_null(strstr(json.at, "{\"months\":[{"));
    assert_non_null(strstr(json.at, "\"received\":4"));
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_a_month),
        cmocka_unit_test(knows_months),
        cmocka_unit_test(writes_json),
    };

    return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
