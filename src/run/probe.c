#include "run/probe.h"

#include "base/date.h"
#include "base/steady.h"
#include "base/worker.h"
#include "letters/letters.h"
#include "run/desk.h"
#include "run/health.h"
#include "run/trial.h"
#include "tls/certificate.h"

#include <sysexits.h>
#include <unistd.h>

enum { PROBE_S = 60 };

bool probe_letters(
    const struct settings *settings, struct arena *arena, const char **words, struct err *err)
{
    struct letters letters;

    *words = settings->letters[0] ? settings->letters : "the texts that come with the program";
    return letters_open(settings, arena, &letters, err);
}

bool probe_closing_days(
    const struct settings *settings, struct arena *arena, const char **words, struct err *err)
{
    int year = date_civil_at(date_now()).year;
    struct calendar calendar;

    *words = "no file; weekends and holidays by law only";
    if (!settings->closing_days[0])
        return true;
    if (!desk_calendar(settings, arena, &calendar, err))
        return false;
    if (!calendar_covers(&calendar, year))
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: does not cover %d: bridge days may be missing; add them and 'covers = %d'",
            settings->closing_days, year, year);
    *words = arena_printf(arena, "%s covers %d", settings->closing_days, year);
    return true;
}

bool probe_health(
    const struct settings *settings, struct arena *arena, const char **words, struct err *err)
{
    static const char *const passes[] = { "fetch", "process", "send" };
    struct store_options options
        = { .dir = settings->state, .mode = STORE_READ, .schema = OFFICE_SCHEMA };
    AUTO(store_close) struct store *store = NULL;
    char since[DATE_TEXT];
    struct txn *txn;

    *words = "no run yet";
    if (!store_exists(settings->state))
        return true;
    if (!store_open(&options, &store, err))
        return false;
    txn = txn_begin(store, TXN_READ);
    for (size_t i = 0; i < COUNT(passes); i++) {
        struct health health;

        health_get(txn, passes[i], arena, &health);
        if (health.failing_s) {
            date_local(health.failing_s, since);
            err_exit(err, ERR_SERVICE, health.exit_code, "%s fails since %s: %s", passes[i], since,
                health.words);
        } else if (health.success_s) {
            date_local(health.success_s, since);
            *words = arena_printf(arena, "last %s %s", passes[i], since);
        }
    }
    if (err->scope != ERR_NONE) {
        txn_drop(&txn);
        return false;
    }
    return txn_end(&txn, err);
}

/* A certificate that should have been renewed by now is told while there is time. */
static bool judge_certificate(const struct certificate *certificate, const char *server,
    struct arena *arena, const char **words, struct err *err)
{
    char day[DATE_TEXT];

    if (certificate->until_s == 0)
        return true;
    date_day(certificate->until_s, day);
    *words = arena_printf(arena, "%s; its certificate is good until %s", *words, day);
    if (certificate->until_s - date_now() > certificate_soon_s(certificate))
        return true;
    return err_exit(err, ERR_SERVICE, EX_CONFIG,
        "%s: its certificate EXPIRES on %s: ask who runs the server for a new one", server, day);
}

static int try_body(struct frames *frames, void *context)
{
    return module_serve("trial_run", TRIAL_FAILED, frames, context);
}

static bool try_apart(struct trial *trial, struct certificate *certificate, struct err *err)
{
    struct worker_limits limits = { 0 };
    struct worker child = { 0 };
    struct span bytes;
    enum frames_got got;
    uint8_t kind;

    if (!worker_start(&child, try_body, trial, &limits, err))
        return false;
    got = frames_get(child.frames, (PROBE_S + 5) * 1000, &kind, &bytes);
    if (got != FRAMES_ONE)
        err_set(err, ERR_SERVICE, "the dialogue was cut off");
    else if (kind != TRIAL_FINE ? !worker_read_err(bytes, err)
                                : !certificate_read(bytes, certificate))
        err_set(err, ERR_SERVICE, "the dialogue made no sense");
    worker_end(&child, 1000);
    return err->scope == ERR_NONE;
}

static bool try_server(const struct settings *settings, bool smtp, struct arena *arena,
    const char **words, struct err *err)
{
    const struct server_settings *server = smtp ? &settings->smtp : &settings->imap;
    struct trial trial
        = { .settings = settings, .smtp = smtp, .until_ms = steady_ms() + (int64_t)PROBE_S * 1000 };
    struct certificate certificate = { 0 };

    *words = arena_printf(arena, "%s:%d: TLS verified%s", server->host, server->port,
        server->user[0] ? ", logged in" : "");
    return settings_login(server, arena, &trial.secret, &trial.is_token, err)
        && try_apart(&trial, &certificate, err)
        && judge_certificate(&certificate, server->host, arena, words, err);
}

bool probe_imap(
    const struct settings *settings, struct arena *arena, const char **words, struct err *err)
{
    return try_server(settings, false, arena, words, err);
}

bool probe_smtp(
    const struct settings *settings, struct arena *arena, const char **words, struct err *err)
{
    if (settings->transport == TRANSPORT_SMTP)
        return try_server(settings, true, arena, words, err);
    *words = arena_printf(arena, "%s is there", settings->sendmail);
    return access(settings->sendmail, X_OK) == 0
        || err_exit(err, ERR_RUN, EX_CONFIG, "sendmail: %s cannot be run", settings->sendmail);
}
