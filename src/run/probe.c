#include "run/probe.h"

#include "base/date.h"
#include "base/worker.h"
#include "fetch/session.h"
#include "jail/fence.h"
#include "letters/letters.h"
#include "outbox/smtp.h"
#include "run/desk.h"
#include "run/health.h"
#include "tls/tls.h"

#include <string.h>
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

/* A dialogue with a server, tried in a child as the passes do it. */
struct trial {
    const struct settings *settings;
    const char *secret;
    bool is_token;
    struct tls_certificate certificate;
};

static bool try_imap(struct trial *trial, struct err *err)
{
    const struct settings *settings = trial->settings;
    struct fetch_settings fetch = { .server = &settings->imap,
        .secret = trial->secret,
        .is_token = trial->is_token,
        .folders = &settings->folders,
        .junk_folders = &settings->junk_folders,
        .until_ms = tls_clock_ms() + PROBE_S * 1000 };
    const struct texts *lists[] = { &settings->folders, &settings->junk_folders };
    struct session *session = NULL;
    struct session_folder facts;
    bool done = session_open(&fetch, &session, err);

    for (size_t i = 0; i < COUNT(lists); i++)
        for (size_t k = 0; done && k < lists[i]->count; k++)
            done = session_select(session, lists[i]->at[k], false, &facts, err)
                || err_at(err, "folder %s", lists[i]->at[k]);
    if (done)
        trial->certificate = session_certificate(session);
    session_close(&session);
    return done;
}

static bool try_smtp(struct trial *trial, struct err *err)
{
    struct smtp_settings settings = { .server = &trial->settings->smtp,
        .secret = trial->secret,
        .is_token = trial->is_token,
        .ehlo = trial->settings->ehlo,
        .until_ms = tls_clock_ms() + PROBE_S * 1000 };
    struct smtp *smtp = NULL;
    bool done = smtp_open(&settings, &smtp, err);

    if (done)
        trial->certificate = smtp_certificate(smtp);
    smtp_close(&smtp);
    return done;
}

enum { TRIAL_FINE, TRIAL_FAILED };

static int report(
    struct frames *frames, bool done, const struct trial *trial, const struct err *err)
{
    const struct tls_certificate *certificate = &trial->certificate;
    struct span bytes = { (const char *)certificate, sizeof(*certificate) };
    bool told = done ? frames_put(frames, TRIAL_FINE, bytes)
                     : worker_put_err(frames, TRIAL_FAILED, err);

    return told && frames_flush(frames) ? 0 : EX_IOERR;
}

static int imap_body(struct frames *frames, void *context)
{
    struct err err = { 0 };

    (void)fence_dialogue();
    return report(frames, try_imap(context, &err), context, &err);
}

static int smtp_body(struct frames *frames, void *context)
{
    struct err err = { 0 };

    (void)fence_dialogue();
    return report(frames, try_smtp(context, &err), context, &err);
}

/* A certificate that should have been renewed by now is told while there is time. */
static bool judge_certificate(const struct tls_certificate *certificate, const char *server,
    struct arena *arena, const char **words, struct err *err)
{
    char day[DATE_TEXT];

    if (certificate->until_s == 0)
        return true;
    date_day(certificate->until_s, day);
    *words = arena_printf(arena, "%s; its certificate is good until %s", *words, day);
    if (certificate->until_s - date_now() > tls_certificate_soon_s(certificate))
        return true;
    return err_exit(err, ERR_SERVICE, EX_CONFIG,
        "%s: its certificate EXPIRES on %s: ask who runs the server for a new one", server, day);
}

static bool try_apart(int (*body)(struct frames *, void *), struct trial *trial, struct err *err)
{
    struct worker_limits limits = { 0 };
    struct worker child = { 0 };
    struct span bytes;
    enum frames_got got;
    uint8_t kind;

    if (!worker_start(&child, body, trial, &limits, err))
        return false;
    got = frames_get(child.frames, (PROBE_S + 5) * 1000, &kind, &bytes);
    if (got != FRAMES_ONE)
        err_set(err, ERR_SERVICE, "the dialogue was cut off");
    else if (kind != TRIAL_FINE ? !worker_read_err(bytes, err)
                                : !tls_certificate_read(bytes, &trial->certificate))
        err_set(err, ERR_SERVICE, "the dialogue made no sense");
    worker_end(&child, 1000);
    return err->scope == ERR_NONE;
}

static bool try_server(const struct settings *settings, const struct server_settings *server,
    int (*body)(struct frames *, void *), struct arena *arena, const char **words, struct err *err)
{
    struct trial trial = { .settings = settings };

    *words = arena_printf(arena, "%s:%d: TLS verified%s", server->host, server->port,
        server->user[0] ? ", logged in" : "");
    return settings_login(server, arena, &trial.secret, &trial.is_token, err)
        && try_apart(body, &trial, err)
        && judge_certificate(&trial.certificate, server->host, arena, words, err);
}

bool probe_imap(
    const struct settings *settings, struct arena *arena, const char **words, struct err *err)
{
    return try_server(settings, &settings->imap, imap_body, arena, words, err);
}

bool probe_smtp(
    const struct settings *settings, struct arena *arena, const char **words, struct err *err)
{
    if (settings->transport == TRANSPORT_SMTP)
        return try_server(settings, &settings->smtp, smtp_body, arena, words, err);
    *words = arena_printf(arena, "%s is there", settings->sendmail);
    return access(settings->sendmail, X_OK) == 0
        || err_exit(err, ERR_RUN, EX_CONFIG, "sendmail: %s cannot be run", settings->sendmail);
}
