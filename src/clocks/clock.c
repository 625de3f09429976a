#include "clocks/clock.h"

#include <string.h>

#include "base/buf.h"
#include "base/date.h"

enum { HOUR = 3600, DAY = 86400 };

const struct clock_terms clock_terms_default = {
    .first_response = 3, .ibd_copy = 24, .mitigate = 7, .fix = 60, .progress = 14, .retention = 365
};

/*
 * One row a clock. soon is told that long before the end: in days for terms of days, in hours for
 * terms of hours; terms of working days tell it from the working day before the last.
 */
static const struct kind {
    const char *word;
    enum clock_unit unit;
    int soon, last; /* last: hours before the end, for terms of hours */
    bool pauses;
    const char *name_nl, *name_en;
    const char *what_nl, *what_en;
    const char *rule_nl, *rule_en;
} kinds[CLOCK_KINDS] = {
    [CLOCK_FIRST_RESPONSE] = { "first_response", CLOCK_WORKING_DAYS, 0, 0, false, "eerste reactie",
        "first response", "De CISO geeft de melder een eerste terugkoppeling.",
        "The CISO gives the researcher a first answer.",
        "Toezegging in het beleid. Werkdagen: geen zaterdag, zondag of dag van artikel 3 van de "
        "Algemene termijnenwet, geen gelijkgestelde dag of sluitingsdag. De dag van ontvangst telt "
        "niet mee; de termijn eindigt met het einde van de laatste werkdag. De automatische "
        "ontvangstbevestiging telt niet als reactie.",
        "A promise of the policy. Working days: no Saturday, Sunday or day of article 3 of the "
        "Algemene termijnenwet (Dutch act on terms), no decreed or local closing day. The day of "
        "receipt does not count; the term ends with the end of its last working day. The "
        "automatic acknowledgement does not count as an answer." },
    [CLOCK_IBD_COPY] = { "ibd_copy", CLOCK_HOURS, 6, 2, true, "kopie aan de IBD", "copy to the IBD",
        "De IBD krijgt een versleutelde kopie zonder persoonsgegevens.",
        "The IBD gets an encrypted copy without personal data.",
        "Het beleid belooft dat elke melding met de IBD wordt gedeeld; de termijn is een "
        "instelling (ibd_copy_hours). Uren lopen door in het weekend.",
        "The policy promises that each report is shared with the IBD; the term is a setting "
        "(ibd_copy_hours). Hours run on through weekends." },
    [CLOCK_AP_72H] = { "ap_72h", CLOCK_HOURS, 24, 6, false, "datalek melden bij de AP",
        "report a data breach to the AP",
        "Als het een datalek is, wordt het gemeld bij de Autoriteit Persoonsgegevens.",
        "If it is a personal data breach, it is reported to the Autoriteit Persoonsgegevens.",
        "AVG artikel 33 lid 1: zo mogelijk uiterlijk 72 uur na kennisname. Strikt geteld vanaf de "
        "ontvangst van de melding, dag en nacht, ook in weekend en op feestdagen: Verordening "
        "(EEG, Euratom) 1182/71 artikel 3 lid 4 verlengt alleen termijnen die niet in uren zijn "
        "uitgedrukt, en de Algemene termijnenwet geldt niet voor termijnen in uren (artikel 4). "
        "Ruimere lezingen (artikel 3 lid 1 of lid 5 van de verordening, kennisname pas na "
        "onderzoek) worden niet benut.",
        "GDPR article 33(1): where feasible within 72 hours of having become aware. Counted "
        "strictly from the receipt of the report, day and night, through weekends and holidays: "
        "Regulation (EEC, Euratom) 1182/71 article 3(4) extends only periods expressed otherwise "
        "than in hours, and the Algemene termijnenwet does not apply to hours (article 4). Wider "
        "readings (article 3(1) or 3(5) of the regulation, awareness only after an investigation) "
        "are not used." },
    [CLOCK_MITIGATE] = { "mitigate", CLOCK_DAYS, 2, 0, false, "maatregelen bij hoog risico",
        "mitigation of a high risk",
        "Kans en schade zijn beide hoog: de kwetsbaarheid wordt verholpen of er zijn "
        "mitigerende maatregelen.",
        "Chance and damage are both high: the hole is closed or mitigated.",
        "Baseline Informatiebeveiliging Overheid (BIO): bij hoge kans en hoge schade uiterlijk "
        "binnen een week. Kalenderdagen vanaf de beoordeling door de CISO; die dag telt niet mee.",
        "Baseline Informatiebeveiliging Overheid (BIO): with high chance and high damage within a "
        "week. Calendar days from the CISO's assessment; that day does not count." },
    [CLOCK_FIX] = { "fix", CLOCK_DAYS, 7, 0, true, "oplossen", "fix",
        "De kwetsbaarheid is verholpen.", "The hole is closed.",
        "Leidraad Coordinated Vulnerability Disclosure (NCSC): 60 dagen is gebruikelijk voor "
        "software. Kalenderdagen; de dag van ontvangst telt niet mee.",
        "Guideline Coordinated Vulnerability Disclosure (NCSC-NL): 60 days is usual for software. "
        "Calendar days; the day of receipt does not count." },
    [CLOCK_PROGRESS] = { "progress", CLOCK_DAYS, 2, 0, false, "voortgang", "progress",
        "De melder hoort hoe het met de melding staat.", "The researcher hears how it stands.",
        "Het beleid belooft de melder op de hoogte te houden; de termijn is een instelling "
        "(progress_days) en begint opnieuw met elke brief aan de melder.",
        "The policy promises to keep the researcher informed; the term is a setting "
        "(progress_days) and begins anew with each letter to the researcher." },
    [CLOCK_RETENTION] = { "retention", CLOCK_DAYS, 14, 0, true, "bewaartermijn", "retention",
        "De zaak wordt gewist.", "The case is erased.",
        "AVG artikel 5 lid 1 onder e: niet langer bewaren dan nodig; de termijn is een instelling "
        "(retention_days) en begint als de zaak eindigt.",
        "GDPR article 5(1)(e): kept no longer than necessary; the term is a setting "
        "(retention_days) and begins when the case ends." },
};

static bool is_dutch(const char *language)
{
    return strcmp(language, "en") != 0;
}

const char *clock_word(enum clock_kind kind)
{
    return kinds[kind].word;
}

bool clock_of(const char *word, enum clock_kind *kind)
{
    for (int i = 0; i < CLOCK_KINDS; i++)
        if (strcmp(kinds[i].word, word) == 0) {
            *kind = (enum clock_kind)i;
            return true;
        }
    return false;
}

const char *clock_name(enum clock_kind kind, const char *language)
{
    return is_dutch(language) ? kinds[kind].name_nl : kinds[kind].name_en;
}

int64_t clock_end(const struct calendar *calendar, int64_t at_s, int amount, enum clock_unit unit)
{
    int day = calendar_day_at(at_s);

    switch (unit) {
    case CLOCK_HOURS:
        return at_s + (int64_t)amount * HOUR;
    case CLOCK_DAYS:
        return calendar_end_of(day + amount);
    default:
        return calendar_end_of(calendar_add(calendar, day, amount));
    }
}

static int amount_of(const struct clock_terms *terms, enum clock_kind kind)
{
    const int amounts[CLOCK_KINDS] = {
        [CLOCK_FIRST_RESPONSE] = terms->first_response,
        [CLOCK_IBD_COPY] = terms->ibd_copy,
        [CLOCK_AP_72H] = 72,
        [CLOCK_MITIGATE] = terms->mitigate,
        [CLOCK_FIX] = terms->fix,
        [CLOCK_PROGRESS] = terms->progress,
        [CLOCK_RETENTION] = terms->retention,
    };

    return amounts[kind];
}

void clock_start(struct clock *clock, enum clock_kind kind, const struct clock_terms *terms,
    const struct calendar *calendar, int64_t at_s)
{
    int amount = amount_of(terms, kind);
    enum clock_unit unit = kinds[kind].unit;

    *clock = (struct clock) { .state = CLOCK_RUNNING,
        .started_at = at_s,
        .due_at = clock_end(calendar, at_s, amount, unit),
        .amount = amount,
        .unit = unit,
        .provisional = kind == CLOCK_AP_72H,
        .why = "" };
}

bool clock_pause(struct clock *clock, enum clock_kind kind, int64_t at_s, const char *why)
{
    if (!kinds[kind].pauses || clock->state != CLOCK_RUNNING)
        return false;
    clock->state = CLOCK_PAUSED;
    clock->paused_at = at_s;
    clock->why = why;
    return true;
}

void clock_resume(struct clock *clock, int64_t at_s)
{
    int64_t pause = at_s - clock->paused_at;

    if (clock->state != CLOCK_PAUSED)
        return;
    if (pause < 0)
        pause = 0;
    if (clock->unit == CLOCK_HOURS)
        clock->due_at += pause;
    else
        clock->due_at = calendar_end_of(
            calendar_day_at(clock->due_at) + (int)((pause + DAY - 1) / DAY));
    clock->paused_s += pause;
    clock->paused_at = 0;
    clock->state = CLOCK_RUNNING;
    clock->told = CLOCK_QUIET;
    clock->why = "";
}

void clock_stop(struct clock *clock, int64_t at_s, const char *why)
{
    if (clock->state != CLOCK_RUNNING && clock->state != CLOCK_PAUSED)
        return;
    clock->state = CLOCK_STOPPED;
    clock->stopped_at = at_s;
    clock->paused_at = 0;
    clock->why = why;
}

void clock_go_on(struct clock *clock)
{
    if (clock->state != CLOCK_STOPPED)
        return;
    clock->state = CLOCK_RUNNING;
    clock->stopped_at = 0;
    clock->why = "";
}

static int64_t start_of(int day)
{
    return calendar_end_of(day - 1) + 1;
}

static int working_day_up_to(const struct calendar *calendar, int day)
{
    while (calendar_free(calendar, day, "nl"))
        day--;
    return day;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A term that ends on a day that nobody works is told on the last day that somebody does. */
static int64_t last_begins(
    const struct clock *clock, const struct kind *kind, const struct calendar *calendar, int due)
{
    if (clock->unit == CLOCK_HOURS)
        return clock->due_at - (int64_t)kind->last * HOUR;
    return start_of(working_day_up_to(calendar, due));
}

static int64_t soon_begins(
    const struct clock *clock, const struct kind *kind, const struct calendar *calendar, int due)
{
    int64_t eve = start_of(working_day_up_to(calendar, due - 1));

    switch (clock->unit) {
    case CLOCK_HOURS: /* a day's notice or more only where the term is longer than two */
        return clock->amount > 48 ? earlier(eve, clock->due_at - (int64_t)kind->soon * HOUR)
                                  : clock->due_at - (int64_t)kind->soon * HOUR;
    case CLOCK_DAYS:
        return earlier(eve, start_of(due - kind->soon));
    default:
        return eve;
    }
}

static int64_t stage_begins(const struct clock *clock, enum clock_kind which,
    const struct calendar *calendar, enum clock_stage stage)
{
    const struct kind *kind = &kinds[which];
    int due = calendar_day_at(clock->due_at);

    switch (stage) {
    case CLOCK_SOON:
        return soon_begins(clock, kind, calendar, due);
    case CLOCK_LAST:
        return last_begins(clock, kind, calendar, due);
    case CLOCK_OVER:
        return clock->due_at + 1;
    case CLOCK_ESCALATED:
        return calendar_end_of(calendar_add(calendar, due, 1)) + 1;
    default:
        return clock->started_at;
    }
}

enum clock_stage clock_stage_at(
    const struct clock *clock, enum clock_kind kind, const struct calendar *calendar, int64_t now_s)
{
    if (clock->state != CLOCK_RUNNING)
        return CLOCK_QUIET;
    for (int stage = CLOCK_ESCALATED; stage > CLOCK_QUIET; stage--)
        if (now_s >= stage_begins(clock, kind, calendar, (enum clock_stage)stage))
            return (enum clock_stage)stage;
    return CLOCK_QUIET;
}

int64_t clock_next_at(
    const struct clock *clock, enum clock_kind kind, const struct calendar *calendar, int64_t now_s)
{
    if (clock->state != CLOCK_RUNNING)
        return 0;
    for (int stage = CLOCK_SOON; stage <= CLOCK_ESCALATED; stage++) {
        int64_t at_s = stage_begins(clock, kind, calendar, (enum clock_stage)stage);

        if (at_s > now_s)
            return at_s;
    }
    return 0;
}

bool clock_in_time(const struct clock *clock, int64_t now_s)
{
    if (clock->state == CLOCK_RUNNING)
        return now_s <= clock->due_at;
    return clock->state != CLOCK_STOPPED || clock->stopped_at <= clock->due_at;
}

const char *clock_left(int64_t then_s, int64_t now_s, const char *language, struct arena *arena)
{
    bool dutch = is_dutch(language), late = now_s > then_s;
    long long s = late ? now_s - then_s : then_s - now_s;
    long long days = s / DAY, hours = s % DAY / HOUR, minutes = s % HOUR / 60;
    struct buf buf = { .arena = arena };

    if (!late && dutch)
        buf_text(&buf, "nog ");
    if (days)
        buf_printf(&buf, "%lld %s", days,
            dutch ? (days == 1 ? "dag" : "dagen") : (days == 1 ? "day" : "days"));
    if (days && hours)
        buf_text(&buf, dutch ? " en " : " and ");
    if (hours)
        buf_printf(&buf, "%lld %s", hours, dutch ? "uur" : (hours == 1 ? "hour" : "hours"));
    if (!days && hours && minutes)
        buf_text(&buf, dutch ? " en " : " and ");
    if (!days && (minutes || !hours))
        buf_printf(&buf, "%lld %s", minutes,
            dutch ? (minutes == 1 ? "minuut" : "minuten") : (minutes == 1 ? "minute" : "minutes"));
    buf_text(&buf, late ? (dutch ? " te laat" : " late") : (dutch ? "" : " left"));
    return buf_string(&buf);
}

static void words(int64_t at_s, bool dutch, char text[static DATE_TEXT])
{
    dutch ? date_words_nl(at_s, text) : date_words_en(at_s, text);
}

static void moment(int64_t at_s, bool dutch, struct buf *buf)
{
    char day[DATE_TEXT], hour[DATE_TEXT];

    words(at_s, dutch, day);
    date_clock(at_s, hour);
    buf_printf(buf, dutch ? "%s om %s" : "%s at %s", day, hour);
}

static void explain_length(const struct clock *clock, bool dutch, struct buf *buf)
{
    static const char *const units_nl[] = { "werkdagen", "dagen", "uur" };
    static const char *const unit_nl[] = { "werkdag", "dag", "uur" };
    static const char *const units_en[] = { "working days", "days", "hours" };
    static const char *const unit_en[] = { "working day", "day", "hour" };
    bool one = clock->amount == 1;

    buf_printf(buf, dutch ? "Termijn: %d %s, vanaf " : "Term: %d %s, from ", clock->amount,
        dutch ? (one ? unit_nl : units_nl)[clock->unit] : (one ? unit_en : units_en)[clock->unit]);
    moment(clock->started_at, dutch, buf);
    buf_text(buf,
        clock->unit == CLOCK_HOURS ? "."
            : dutch                ? "; die dag telt niet mee."
                                   : "; that day does not count.");
    buf_char(buf, '\n');
}

/* A weekend in one word, other days each with their name. */
static void explain_left_out(
    const struct clock *clock, const struct calendar *calendar, bool dutch, struct buf *buf)
{
    int from = calendar_day_at(clock->started_at) + 1, to = calendar_day_at(clock->due_at);
    bool any = false;

    for (int day = from; day < to; day++) {
        const char *why = calendar_free(calendar, day, dutch ? "nl" : "en");
        int weekday = calendar_weekday(day);
        char text[DATE_TEXT];

        if (!why)
            continue;
        buf_text(buf, any ? "; " : dutch ? "Tellen niet mee: " : "Not counted: ");
        words(calendar_end_of(day), dutch, text);
        buf_text(buf, text);
        if (weekday != 0 && weekday != 6)
            buf_printf(buf, " (%s)", why);
        any = true;
    }
    if (any)
        buf_text(buf, ".\n");
}

static void explain_years(
    const struct clock *clock, const struct calendar *calendar, bool dutch, struct buf *buf)
{
    int first = date_civil_at(clock->started_at).year, last = date_civil_at(clock->due_at).year;

    for (int year = first; year <= last; year++)
        if (!calendar_covers(calendar, year))
            buf_printf(buf,
                dutch ? "Let op: het bestand met sluitingsdagen dekt %d niet; brugdagen en eigen "
                        "sluitingsdagen van dat jaar zijn niet meegenomen.\n"
                      : "Mind: the file of closing days does not cover %d; bridge days and local "
                        "closing days of that year were not taken into account.\n",
                year);
}

static void explain_end(const struct clock *clock, int64_t now_s, bool dutch, struct buf *buf)
{
    char text[DATE_TEXT];

    if (clock->unit == CLOCK_HOURS) {
        buf_text(buf, dutch ? "Loopt af op " : "Ends on ");
        moment(clock->due_at, dutch, buf);
    } else {
        words(clock->due_at, dutch, text);
        buf_printf(buf,
            dutch ? "Loopt af met het einde van %s (23:59:59)"
                  : "Ends with the end of %s (23:59:59)",
            text);
    }
    if (clock->state == CLOCK_RUNNING)
        buf_printf(
            buf, ": %s.\n", clock_left(clock->due_at, now_s, dutch ? "nl" : "en", buf->arena));
    else
        buf_text(buf, ".\n");
    if (clock->paused_s)
        buf_printf(buf,
            dutch ? "Daarin is %lld uur pauze begrepen.\n"
                  : "This includes a pause of %lld hours.\n",
            (long long)clock->paused_s / HOUR);
}

static void explain_state(const struct clock *clock, bool dutch, struct buf *buf)
{
    if (clock->state == CLOCK_STOPPED) {
        buf_text(buf, dutch ? "Gestopt op " : "Stopped on ");
        moment(clock->stopped_at, dutch, buf);
        buf_text(buf,
            clock_in_time(clock, clock->stopped_at) ? (dutch ? ", op tijd" : ", in time")
                                                    : (dutch ? ", te laat" : ", late"));
    } else if (clock->state == CLOCK_PAUSED) {
        buf_text(buf, dutch ? "Staat stil sinds " : "Paused since ");
        moment(clock->paused_at, dutch, buf);
    } else {
        return;
    }
    if (*clock->why)
        buf_printf(buf, " (%s)", clock->why);
    buf_text(buf, ".\n");
}

const char *clock_explain(const struct clock *clock, enum clock_kind kind,
    const struct calendar *calendar, int64_t now_s, const char *language, struct arena *arena)
{
    const struct kind *row = &kinds[kind];
    bool dutch = is_dutch(language);
    struct buf buf = { .arena = arena };

    buf_printf(&buf, "%s\n", dutch ? row->what_nl : row->what_en);
    if (clock->state == CLOCK_IDLE) {
        buf_text(&buf, dutch ? "Loopt niet.\n" : "Does not run.\n");
        return buf_string(&buf);
    }
    explain_length(clock, dutch, &buf);
    if (clock->unit == CLOCK_WORKING_DAYS) {
        explain_left_out(clock, calendar, dutch, &buf);
        explain_years(clock, calendar, dutch, &buf);
    }
    explain_end(clock, now_s, dutch, &buf);
    explain_state(clock, dutch, &buf);
    if (clock->provisional && clock->state == CLOCK_RUNNING)
        buf_text(&buf,
            dutch ? "Voorlopig: loopt tot de CISO beslist of het een datalek is.\n"
                  : "Provisional: runs until the CISO decides whether it is a breach.\n");
    buf_text(&buf, dutch ? row->rule_nl : row->rule_en);
    buf_char(&buf, '\n');
    return buf_string(&buf);
}
