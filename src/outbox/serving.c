#include "outbox/serving.h"

#include "base/steady.h"
#include "base/worker.h"
#include "jail/fence.h"
#include "outbox/courier.h"
#include "outbox/sendmail.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static int64_t left_ms(int64_t until_ms)
{
    int64_t left = until_ms - steady_ms();

    return left > 0 ? left : 0;
}

static bool receive_text(struct frames *frames, const struct serving_letter *letter, char *text)
{
    size_t len = 0;

    for (;;) {
        struct span bytes;
        uint8_t kind;

        if (frames_get(frames, INT32_MAX, &kind, &bytes) != FRAMES_ONE)
            return false;
        if (kind == SERVING_SEND)
            return len == letter->size;
        if (kind != SERVING_TEXT || bytes.len > letter->size - len)
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
    struct serving_letter letter;
    bool whole;
    char *text;

    if (head.len != sizeof(letter))
        return false;
    memcpy(&letter, head.at, sizeof(letter));
    letter.from[sizeof(letter.from) - 1] = letter.to[sizeof(letter.to) - 1] = '\0';
    if (letter.size > SERVING_LARGEST)
        return false;
    text = malloc(letter.size + 1);
    whole = text && receive_text(frames, &letter, text);
    if (whole) {
        parcel = (struct parcel) { letter.from, letter.to, { text, letter.size } };
        deliver(settings, smtp, &parcel, &answer);
    }
    free(text);
    return whole
        && frames_put(
            frames, SERVING_ANSWER, (struct span) { (const char *)&answer, sizeof(answer) });
}

int serving_run(struct frames *frames, void *context)
{
    const struct courier_settings *settings = context;
    struct certificate certificate = { 0 };
    struct smtp *smtp = NULL;
    struct err err = { 0 };
    struct span bytes;
    uint8_t kind;

    if (settings->transport == TRANSPORT_SMTP)
        (void)fence_dialogue(); /* sendmail has to be started */
    if (settings->transport == TRANSPORT_SMTP && !smtp_open(&settings->smtp, &smtp, &err)) {
        if (worker_put_err(frames, SERVING_FAILED, &err) && frames_flush(frames))
            smtp_close(&smtp);
        return EX_OK;
    }
    if (smtp)
        certificate = smtp_certificate(smtp);
    if (!frames_put(frames, SERVING_READY,
            (struct span) { (const char *)&certificate, sizeof(certificate) }))
        return EX_IOERR;
    while (frames_get(frames, INT32_MAX, &kind, &bytes) == FRAMES_ONE)
        if (kind != SERVING_LETTER || !serve_letter(frames, settings, smtp, bytes))
            break;
    smtp_close(&smtp);
    return EX_OK;
}
