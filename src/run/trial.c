#include "run/trial.h"

#include "base/worker.h"
#include "fetch/session.h"
#include "jail/fence.h"
#include "outbox/smtp.h"

#include <sysexits.h>

static bool try_imap(const struct trial *trial, struct certificate *certificate, struct err *err)
{
    const struct settings *settings = trial->settings;
    struct fetch_settings fetch = { .server = &settings->imap,
        .secret = trial->secret,
        .is_token = trial->is_token,
        .folders = &settings->folders,
        .junk_folders = &settings->junk_folders,
        .until_ms = trial->until_ms };
    const struct texts *lists[] = { &settings->folders, &settings->junk_folders };
    struct session *session = NULL;
    struct session_folder facts;
    bool done = session_open(&fetch, &session, err);

    for (size_t i = 0; i < COUNT(lists); i++)
        for (size_t k = 0; done && k < lists[i]->count; k++)
            done = session_select(session, lists[i]->at[k], false, &facts, err)
                || err_at(err, "folder %s", lists[i]->at[k]);
    if (done)
        *certificate = session_certificate(session);
    session_close(&session);
    return done;
}

static bool try_smtp(const struct trial *trial, struct certificate *certificate, struct err *err)
{
    struct smtp_settings settings = { .server = &trial->settings->smtp,
        .secret = trial->secret,
        .is_token = trial->is_token,
        .ehlo = trial->settings->ehlo,
        .until_ms = trial->until_ms };
    struct smtp *smtp = NULL;
    bool done = smtp_open(&settings, &smtp, err);

    if (done)
        *certificate = smtp_certificate(smtp);
    smtp_close(&smtp);
    return done;
}

int trial_run(struct frames *frames, void *context)
{
    const struct trial *trial = context;
    struct certificate certificate = { 0 };
    struct span bytes = { (const char *)&certificate, sizeof(certificate) };
    struct err err = { 0 };
    bool told;

    (void)fence_dialogue();
    if (trial->smtp ? try_smtp(trial, &certificate, &err) : try_imap(trial, &certificate, &err))
        told = frames_put(frames, TRIAL_FINE, bytes);
    else
        told = worker_put_err(frames, TRIAL_FAILED, &err);
    return told && frames_flush(frames) ? EX_OK : EX_IOERR;
}
