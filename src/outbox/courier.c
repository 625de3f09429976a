#include "outbox/courier.h"

#include "base/module.h"
#include "base/steady.h"
#include "base/worker.h"
#include "outbox/serving.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { GRACE_MS = 5000 };

#define MEMORY ((size_t)512 * 1024 * 1024)

struct courier {
    struct worker child;
    int64_t until_ms;
    struct certificate certificate;
    bool talks; /* SMTP: an answer without a code says that the session has ended */
    bool ended;
};

static int64_t left_ms(int64_t until_ms)
{
    int64_t left = until_ms - steady_ms();

    return left > 0 ? left : 0;
}

static int serve(struct frames *frames, void *context)
{
    return module_serve("serving_run", SERVING_FAILED, frames, context);
}

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

struct certificate courier_certificate(const struct courier *courier)
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
    if (kind == SERVING_READY && certificate_read(bytes, &courier->certificate))
        return true;
    if (kind != SERVING_FAILED || !worker_read_err(bytes, err))
        return ended(courier, "connect", err);
    courier->ended = true;
    return false;
}

static bool put_letter(struct courier *courier, const struct parcel *parcel)
{
    struct frames *frames = courier->child.frames;
    struct serving_letter letter = { .size = parcel->message.len };

    /* parcel_check has measured both */
    memcpy(letter.from, parcel->from, strlen(parcel->from));
    memcpy(letter.to, parcel->to, strlen(parcel->to));
    if (!frames_put(
            frames, SERVING_LETTER, (struct span) { (const char *)&letter, sizeof(letter) }))
        return false;
    for (size_t at = 0; at < parcel->message.len; at += FRAME_MOST)
        if (!frames_put(frames, SERVING_TEXT, span_part(parcel->message, at, at + FRAME_MOST)))
            return false;
    return frames_put(frames, SERVING_SEND, (struct span) { 0 }) && frames_flush(frames);
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
    if (parcel->message.len > SERVING_LARGEST)
        return err_set(err, ERR_MESSAGE, "the letter is larger than %d bytes", SERVING_LARGEST);
    if (courier->ended)
        return err_set(err, ERR_SERVICE, "smtp: the dialogue has ended");
    if (!put_letter(courier, parcel))
        return ended(courier, "letter", err);
    if (frames_get(courier->child.frames, left_ms(courier->until_ms), &kind, &bytes) == FRAMES_ONE
        && kind == SERVING_ANSWER && read_answer(bytes, answer)) {
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
