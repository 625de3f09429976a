#include "run/desk.h"

bool desk_calendar(const struct settings *settings, struct arena *arena, struct calendar *calendar,
    struct err *err)
{
    *calendar = (struct calendar) { 0 };
    return settings->closing_days[0] == '\0'
        || calendar_read(settings->closing_days, arena, calendar, err);
}

struct clock_terms desk_terms(const struct settings *settings)
{
    return (struct clock_terms) {
        .first_response = settings->first_response_days,
        .ibd_copy = settings->ibd_copy_hours,
        .mitigate = settings->mitigate_days,
        .fix = settings->fix_days,
        .progress = settings->progress_days,
        .retention = settings->retention_days,
    };
}

bool desk_open(struct office *office, struct desk *desk, struct err *err)
{
    const struct settings *settings = &office->settings;

    *desk = (struct desk) { .office = office, .terms = desk_terms(settings) };
    desk->filing = (struct filing_office) {
        .house = { .prefix = settings->prefix,
            .mailbox = settings->address,
            .ciso_address = settings->ciso_address,
            .ciso_key = settings->ciso_key,
            .ibd_address = settings->ibd_address,
            .ibd_key = settings->ibd_key },
        .calendar = &desk->calendar,
        .terms = &desk->terms,
        .fresh_s = (int64_t)settings->command_fresh_hours * 3600,
        .needs_code = settings->order_code == ORDER_CODE_REQUIRED,
        .now_s = office->now_s,
        .language = settings->digest_language == LANGUAGE_EN ? "en" : "nl",
    };
    return desk_calendar(settings, office->arena, &desk->calendar, err)
        && letters_open(settings, office->arena, &desk->letters, err);
}
