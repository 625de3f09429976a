#include "outbox/smtp.h"

#include "tls/bearer.h"
#include "tls/tls.h"

#include <libetpan/libetpan.h>
#include <libetpan/mailsmtp_oauth2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { STREAM_BUFFER = 64 * 1024 };

struct smtp {
    const struct smtp_settings *settings;
    struct tls *tls;
    mailsmtp *session;
    char mechanisms[512]; /* of AUTH in the answer to EHLO, with a blank at both ends */
    bool used;
};

/* --- what went wrong --- */

static bool failed(struct smtp *smtp, int code, const char *what, struct err *err)
{
    if (tls_failed(smtp->tls, err))
        return err_at(err, "smtp: %s", what);
    return err_exit(err, ERR_SERVICE, code >= 500 ? EX_UNAVAILABLE : EX_TEMPFAIL,
        "smtp: %s: the server answers %d", what, code);
}

static bool sendable(const char *what, const char *text, size_t most, struct err *err)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at < 0x20 || *at == 0x7f)
            return err_exit(
                err, ERR_RUN, EX_CONFIG, "smtp: %s: control characters are not allowed", what);
    return strlen(text) <= most
        || err_exit(err, ERR_RUN, EX_CONFIG, "smtp: %s: at most %zu bytes are allowed", what, most);
}

/* --- connection --- */

static void note_extension(struct smtp *smtp, struct span line)
{
    if (span_equal_nocase(line, SPAN("STARTTLS")))
        smtp->session->esmtp |= MAILSMTP_ESMTP | MAILSMTP_ESMTP_STARTTLS;
    if (span_starts_nocase(line, SPAN("AUTH ")))
        snprintf(
            smtp->mechanisms, sizeof(smtp->mechanisms), " %.*s ", (int)line.len - 5, line.at + 5);
}

/*
 * EHLO with our own words: that of the library names this machine. Reads the whole answer, lines of
 * "250-…" and a last one of "250 …" (RFC 5321, 4.1.1.1 and 4.2.1).
 */
static bool say_hello(struct smtp *smtp, struct err *err)
{
    mailstream *stream = smtp->session->stream;
    char command[300];
    int len = snprintf(command, sizeof(command), "EHLO %s\r\n", smtp->settings->ehlo);

    smtp->session->esmtp = 0;
    smtp->mechanisms[0] = '\0';
    if (mailstream_write(stream, command, (size_t)len) != len || mailstream_flush(stream) < 0)
        return failed(smtp, 0, "EHLO", err);
    for (;;) {
        const char *text = mailstream_read_line_remove_eol(stream, smtp->session->line_buffer);
        struct span line = span_of(text);
        int code = text ? atoi(text) : 0;

        if (!text || line.len < 3 || code != 250)
            return failed(smtp, code, "EHLO", err);
        if (line.len > 4)
            note_extension(smtp, span_part(line, 4, line.len));
        if (line.len == 3 || line.at[3] == ' ')
            return true;
    }
}

static bool greet(struct smtp *smtp, struct err *err)
{
    mailstream_low *low = tls_low(smtp->tls);
    mailstream *stream = low ? mailstream_new(low, STREAM_BUFFER) : NULL;

    if (!stream)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    if (mailsmtp_connect(smtp->session, stream) == MAILSMTP_NO_ERROR)
        return true;
    if (smtp->session->response_code > 0)
        return err_exit(err, ERR_SERVICE, EX_TEMPFAIL, "smtp: greeting: the server answers %d",
            smtp->session->response_code);
    return failed(smtp, 0, "greeting", err);
}

static bool start_tls(struct smtp *smtp, struct err *err)
{
    if (!say_hello(smtp, err))
        return false;
    if (!(smtp->session->esmtp & MAILSMTP_ESMTP_STARTTLS))
        return err_exit(err, ERR_SERVICE, EX_NOPERM,
            "smtp: %s:%d: the server offers no STARTTLS; nothing was sent",
            smtp->settings->server->host, smtp->settings->server->port);
    if (mailesmtp_starttls(smtp->session) != MAILSMTP_NO_ERROR)
        return tls_failed(smtp->tls, err)
            ? failed(smtp, 0, "STARTTLS", err)
            : err_exit(err, ERR_SERVICE, EX_NOPERM,
                "smtp: STARTTLS: refused, or followed by answers that were not asked for");
    if (smtp->session->stream->read_buffer_len > 0 || !tls_quiet(smtp->tls))
        return err_exit(err, ERR_SERVICE, EX_NOPERM,
            "smtp: STARTTLS: the server talks in clear after it; nothing was sent");
    return tls_start(smtp->tls, err) || err_at(err, "smtp");
}

static bool connect_tls(struct smtp *smtp, struct err *err)
{
    const struct server_settings *server = smtp->settings->server;

    if (!tls_open(server, smtp->settings->until_ms, BOUNDS_SMTP, &smtp->tls, err))
        return err_at(err, "smtp");
    return greet(smtp, err) && (server->tls == TLS_IMPLICIT || start_tls(smtp, err))
        && say_hello(smtp, err);
}

/* --- login --- */

/* In the order we like them. SCRAM does not show the password to the server. */
static const struct {
    enum login_mode mode;
    const char *mechanism;
} logins[] = {
    { LOGIN_SCRAM, "SCRAM-SHA-256" },
    { LOGIN_SCRAM, "SCRAM-SHA-1" },
    { LOGIN_PLAIN, "PLAIN" },
    { LOGIN_LOGIN, "LOGIN" },
};

static bool offers(const struct smtp *smtp, const char *mechanism)
{
    char word[40];

    snprintf(word, sizeof(word), " %s ", mechanism);
    return span_find_nocase(span_of(smtp->mechanisms), span_of(word), 0) != SPAN_NOWHERE;
}

static const char *choose_mechanism(const struct smtp *smtp)
{
    int mode = smtp->settings->server->login;

    if (smtp->settings->is_token)
        return offers(smtp, "XOAUTH2")    ? "XOAUTH2"
            : offers(smtp, "OAUTHBEARER") ? "OAUTHBEARER"
                                          : NULL;
    for (size_t i = 0; i < COUNT(logins); i++)
        if ((mode == LOGIN_AUTO || mode == (int)logins[i].mode)
            && offers(smtp, logins[i].mechanism))
            return logins[i].mechanism;
    return NULL;
}

/* Sends a line and gives the code of the answer, 0 when there is none. */
static int ask(struct smtp *smtp, const char *line)
{
    mailstream *stream = smtp->session->stream;
    size_t len = strlen(line);
    const char *text;

    if (mailstream_write(stream, line, len) != (ssize_t)len
        || mailstream_write(stream, "\r\n", 2) != 2 || mailstream_flush(stream) < 0)
        return 0;
    do
        text = mailstream_read_line_remove_eol(stream, smtp->session->line_buffer);
    while (text && strlen(text) > 3 && text[3] == '-');
    return text ? atoi(text) : 0;
}

/* The library knows XOAUTH2 alone. A refusal comes as a question first. */
static int authenticate_bearer(struct smtp *smtp)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    const struct smtp_settings *settings = smtp->settings;
    int code = ask(smtp,
        arena_printf(arena, "AUTH OAUTHBEARER %s",
            bearer_message(settings->server, settings->secret, arena)));

    if (code == 334)
        code = ask(smtp, BEARER_GIVES_UP);
    smtp->session->response_code = code;
    return code == 235 ? MAILSMTP_NO_ERROR : MAILSMTP_ERROR_AUTH_AUTHENTICATION_FAILED;
}

static int authenticate(struct smtp *smtp, const char *mechanism)
{
    const struct smtp_settings *settings = smtp->settings;
    const char *user = settings->server->user;

    if (!settings->is_token)
        return mailesmtp_auth_sasl(smtp->session, mechanism, settings->server->host, NULL, NULL,
            user, user, settings->secret, "");
    return strcmp(mechanism, "XOAUTH2") == 0
        ? mailsmtp_oauth2_authenticate(smtp->session, user, settings->secret)
        : authenticate_bearer(smtp);
}

static bool log_in(struct smtp *smtp, struct err *err)
{
    const char *mechanism;
    int done;

    if (!*smtp->settings->server->user)
        return true;
    assert(tls_started(smtp->tls));
    mechanism = choose_mechanism(smtp);
    if (!mechanism)
        return err_exit(err, ERR_SERVICE, EX_NOPERM,
            "smtp: the server offers no login of the kind in the setting login");
    smtp->session->response_code = 0;
    done = authenticate(smtp, mechanism);
    if (done == MAILSMTP_NO_ERROR)
        return true;
    if (tls_failed(smtp->tls, err))
        return failed(smtp, 0, "login", err);
    return err_exit(err, ERR_SERVICE,
        smtp->session->response_code / 100 == 4 ? EX_TEMPFAIL : EX_NOPERM,
        "smtp: login (%s) refused: the server answers %d", mechanism, smtp->session->response_code);
}

bool smtp_open(const struct smtp_settings *settings, struct smtp **out, struct err *err)
{
    struct smtp *smtp;

    if (!sendable("user", settings->server->user, PARCEL_ADDRESS, err)
        || !sendable(
            "password or token", settings->secret, settings->is_token ? 8192 : SMTP_PASSWORD, err)
        || !sendable("ehlo", settings->ehlo, 255, err))
        return false;
    smtp = calloc(1, sizeof(*smtp));
    if (!smtp)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    *out = smtp;
    smtp->settings = settings;
    smtp->session = mailsmtp_new(0, NULL);
    if (!smtp->session)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    return connect_tls(smtp, err) && log_in(smtp, err);
}

struct certificate smtp_certificate(const struct smtp *smtp)
{
    return tls_certificate(smtp->tls);
}

void smtp_close(struct smtp **out)
{
    struct smtp *smtp = *out;

    if (!smtp)
        return;
    if (smtp->session)
        mailsmtp_free(smtp->session);
    tls_close(&smtp->tls);
    free(smtp);
    *out = NULL;
}

/* --- letters --- */

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The enhanced status at the start of the server's words: 5.1.1 (RFC 2034). */
static void note_status(const char *words, char *status, size_t size)
{
    size_t len = 0;

    status[0] = '\0';
    if (!words || !digit(words[0]) || words[1] != '.')
        return;
    while (len < size - 1 && (digit(words[len]) || words[len] == '.'))
        len++;
    memcpy(status, words, len);
    status[len] = '\0';
}

/* By the reply code alone: the library's own codes mix what lasts with what passes. */
static void judge(struct smtp *smtp, enum delivery when_silent, struct delivery_answer *answer)
{
    int code = smtp->session->response_code;
    struct err lost = { 0 };

    if (tls_failed(smtp->tls, &lost))
        code = 0;
    *answer = (struct delivery_answer) { .delivery = when_silent, .code = code };
    if (code / 100 == 4)
        answer->delivery = DELIVERY_LATER;
    if (code / 100 == 5)
        answer->delivery = DELIVERY_REFUSED;
    if (code > 0)
        note_status(smtp->session->response, answer->status, sizeof(answer->status));
}

void smtp_deliver(struct smtp *smtp, const struct parcel *parcel, struct delivery_answer *answer)
{
    mailsmtp *session = smtp->session;

    *answer = (struct delivery_answer) { .delivery = DELIVERY_LATER };
    session->response_code = 0;
    if (!session->stream || (smtp->used && mailsmtp_reset(session) != MAILSMTP_NO_ERROR))
        return;
    smtp->used = true;
    session->response_code = 0;
    if (mailsmtp_mail(session, parcel->from) != MAILSMTP_NO_ERROR
        || mailsmtp_rcpt(session, parcel->to) != MAILSMTP_NO_ERROR
        || mailsmtp_data(session) != MAILSMTP_NO_ERROR) {
        judge(smtp, DELIVERY_LATER, answer);
        return;
    }
    /* From here on the server may have taken it whatever we hear. */
    session->response_code = 0;
    if (mailsmtp_data_message(session, parcel->message.at, parcel->message.len)
        == MAILSMTP_NO_ERROR) {
        *answer = (struct delivery_answer) { .delivery = DELIVERY_SENT, .code = 250 };
        note_status(session->response, answer->status, sizeof(answer->status));
        return;
    }
    judge(smtp, DELIVERY_UNKNOWN, answer);
}
