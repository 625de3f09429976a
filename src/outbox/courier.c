#include "outbox/courier.h"

#include "base/worker.h"
#include "jail/fence.h"
#include "outbox/sendmail.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum kind {
    KIND_READY, /* from the child: connected and logged in; struct tls_certificate */
    KIND_FAILED, /* from the child: an error */
    KIND_LETTER, /* to the child: struct letter */
    KIND_TEXT, /* to the child: a piece of it */
    KIND_SEND, /* to the child: that was all of it */
    KIND_ANSWER, /* from the child: struct delivery_answer */
};

/* What is beyond this is no letter of ours. */
enum { LETTER_LARGEST = 64 * 1024 * 1024, GRACE_MS = 5000 };

#define MEMORY ((size_t)512 * 1024 * 1024)

struct letter {
    char from[PARCEL_ADDRESS + 1], to[PARCEL_ADDRESS + 1];
    uint64_t size;
};

struct courier {
    struct worker child;
    int64_t until_ms;
    struct tls_certificate certificate;
    bool talks; /* SMTP: an answer without a code says that the session has ended */
    bool ended;
};

static int64_t left_ms(int64_t until_ms)
{
    int64_t left = until_ms - tls_clock_ms();

    return left > 0 ? left : 0;
}

/* --- the child --- */

static bool receive_text(struct frames *frames, const struct letter *letter, char *text)
{
    size_t len = 0;

    for (;;) {
        struct span bytes;
        uint8_t kind;

        if (frames_get(frames, INT32_MAX, &kind, &bytes) != FRAMES_ONE)
            return false;
        if (kind == KIND_SEND)
            return len == letter->size;
        if (kind != KIND_TEXT || bytes.len > letter->size - len)
            return false;
        memcpy(text + len, bytes.at, bytes.len);
        len += bytes.len;
    }
}

static void deliver(const struct courier_settings *settings, struct smtp *smtp,
    const struct parcel *parcel, struct delivery_answer *answer)
{
    if (settings->transport == TRANSPORT_SMTP)
        smtp_deliver(smtp, parcel, answer);
    else
        sendmail_deliver(settings->sendmail, parcel, left_ms(settings->smtp.until_ms), answer);
}

static bool serve_letter(struct frames *frames, const struct courier_settings *settings,
    struct smtp *smtp, struct span head)
{
    struct delivery_answer answer = { 0 };
    struct parcel parcel;
    struct letter letter;
    bool whole;
    char *text;

    if (head.len != sizeof(letter))
        return false;
    memcpy(&letter, head.at, sizeof(letter));
    letter.from[sizeof(letter.from) - 1] = letter.to[sizeof(letter.to) - 1] = '\0';
    if (letter.size > LETTER_LARGEST)
        return false;
    text = malloc(letter.size + 1);
    whole = text && receive_text(frames, &letter, text);
    if (whole) {
        parcel = (struct parcel) { letter.from, letter.to, { text, letter.size } };
        deliver(settings, smtp, &parcel, &answer);
    }
    free(text);
    return whole
        && frames_put(frames, KIND_ANSWER, (struct span) { (const char *)&answer, sizeof(answer) });
}

static int serve(struct frames *frames, void *context)
{
    const struct courier_settings *settings = context;
    struct tls_certificate certificate = { 0 };
    struct smtp *smtp = NULL;
    struct err err = { 0 };
    struct span bytes;
    uint8_t kind;

    if (settings->transport == TRANSPORT_SMTP)
        (void)fence_dialogue(); /* sendmail has to be started */
    if (settings->transport == TRANSPORT_SMTP && !smtp_open(&settings->smtp, &smtp, &err)) {
        if (worker_put_err(frames, KIND_FAILED, &err) && frames_flush(frames))
            smtp_close(&smtp);
        return EX_OK;
    }
    if (smtp)
        certificate = smtp_certificate(smtp);
    if (!frames_put(
            frames, KIND_READY, (struct span) { (const char *)&certificate, sizeof(certificate) }))
        return EX_IOERR;
    while (frames_get(frames, INT32_MAX, &kind, &bytes) == FRAMES_ONE)
        if (kind != KIND_LETTER || !serve_letter(frames, settings, smtp, bytes))
            break;
    smtp_close(&smtp);
    return EX_OK;
}

/* --- the parent --- */

static int end(struct courier *courier)
{
    courier->ended = true;
    return worker_end(&courier->child, 0);
}

static bool ended(struct courier *courier, const char *what, struct err *err)
{
    int code = end(courier);

    if (code < 0 && code != -9)
        return err_set(
            err, ERR_SERVICE, "smtp: %s: the dialogue ended with signal %d", what, -code);
    return err_set(err, ERR_SERVICE, "smtp: %s: the dialogue ended", what);
}

struct tls_certificate courier_certificate(const struct courier *courier)
{
    return courier->certificate;
}

bool courier_open(const struct courier_settings *settings, struct courier **out, struct err *err)
{
    struct worker_limits limits = {
        .memory = settings->transport == TRANSPORT_SMTP ? MEMORY : 0,
        .writes_files = settings->transport == TRANSPORT_SENDMAIL,
    };
    struct courier_settings copy = *settings;
    struct courier *courier = calloc(1, sizeof(*courier));
    struct span bytes;
    uint8_t kind;

    if (!courier)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    *out = courier;
    courier->until_ms = settings->smtp.until_ms;
    courier->talks = settings->transport == TRANSPORT_SMTP;
    if (!worker_start(&courier->child, serve, &copy, &limits, err))
        return false;
    if (frames_get(courier->child.frames, left_ms(courier->until_ms), &kind, &bytes) != FRAMES_ONE)
        return ended(courier, "connect", err);
    if (kind == KIND_READY && tls_certificate_read(bytes, &courier->certificate))
        return true;
    if (kind != KIND_FAILED || !worker_read_err(bytes, err))
        return ended(courier, "connect", err);
    courier->ended = true;
    return false;
}

static bool put_letter(struct courier *courier, const struct parcel *parcel)
{
    struct frames *frames = courier->child.frames;
    struct letter letter = { .size = parcel->message.len };

    /* parcel_check has measured both */
    memcpy(letter.from, parcel->from, strlen(parcel->from));
    memcpy(letter.to, parcel->to, strlen(parcel->to));
    if (!frames_put(frames, KIND_LETTER, (struct span) { (const char *)&letter, sizeof(letter) }))
        return false;
    for (size_t at = 0; at < parcel->message.len; at += FRAME_MOST)
        if (!frames_put(frames, KIND_TEXT, span_part(parcel->message, at, at + FRAME_MOST)))
            return false;
    return frames_put(frames, KIND_SEND, (struct span) { 0 }) && frames_flush(frames);
}

static bool read_answer(struct span bytes, struct delivery_answer *answer)
{
    if (bytes.len != sizeof(*answer))
        return false;
    memcpy(answer, bytes.at, sizeof(*answer));
    return answer->delivery <= DELIVERY_SENT && answer->code >= 0 && answer->code < 1000
        && memchr(answer->status, '\0', sizeof(answer->status));
}

bool courier_deliver(struct courier *courier, const struct parcel *parcel,
    struct delivery_answer *answer, struct err *err)
{
    struct span bytes;
    uint8_t kind;

    if (!parcel_check(parcel, err))
        return false;
    if (parcel->message.len > LETTER_LARGEST)
        return err_set(err, ERR_MESSAGE, "the letter is larger than %d bytes", LETTER_LARGEST);
    if (courier->ended)
        return err_set(err, ERR_SERVICE, "smtp: the dialogue has ended");
    if (!put_letter(courier, parcel))
        return ended(courier, "letter", err);
    if (frames_get(courier->child.frames, left_ms(courier->until_ms), &kind, &bytes) == FRAMES_ONE
        && kind == KIND_ANSWER && read_answer(bytes, answer)) {
        if (courier->talks && answer->code == 0) /* see smtp_deliver */
            end(courier);
        return true;
    }
    /* It had all of the letter, so it may have been taken. */
    *answer = (struct delivery_answer) { .delivery = DELIVERY_UNKNOWN };
    end(courier);
    return true;
}

void courier_close(struct courier **courier)
{
    if (!*courier)
        return;
    worker_end(&(*courier)->child, (*courier)->ended ? 0 : GRACE_MS);
    free(*courier);
    *courier = NULL;
}
