#include "run/pass_send.h"

#include "base/date.h"
#include "base/steady.h"
#include "outbox/courier.h"
#include "outbox/queue.h"
#include "run/health.h"
#include "run/log.h"
#include "run/office.h"
#include "run/progress.h"

#include <sysexits.h>

enum { LOCK_WAIT_S = 60 };

struct sender {
    const struct settings *settings;
    struct lock *lock;
    struct store *store;
    struct courier *courier;
    struct certificate certificate;
    struct send_result *result;
};

static bool open_store(struct sender *sender, enum store_mode mode, struct err *err)
{
    const struct store_options options = { .dir = sender->settings->state,
        .mode = mode,
        .lock = mode == STORE_WRITE ? sender->lock : NULL,
        .schema = OFFICE_SCHEMA };

    return store_open(&options, &sender->store, err);
}

/* What is to be tried now, oldest first. */
static bool list_due(struct sender *sender, struct arena *arena, struct queue_delivery **due,
    size_t *count, struct err *err)
{
    struct txn *txn = txn_begin(sender->store, TXN_READ);
    int64_t now_s = date_now();
    size_t all;

    queue_list(txn, arena, due, &all);
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (queue_due(&(*due)[i], now_s))
            (*due)[(*count)++] = (*due)[i];
    return txn_end(&txn, err);
}

static bool mark(struct sender *sender, const struct queue_delivery *delivery, struct err *err)
{
    struct txn *txn = txn_begin(sender->store, TXN_WRITE);

    queue_mark(txn, delivery);
    return txn_end(&txn, err);
}

static bool read_letter(struct sender *sender, const char *id, struct arena *arena,
    struct queue_letter *letter, struct err *err)
{
    struct txn *txn = txn_begin(sender->store, TXN_READ);
    struct err closing = { 0 };
    bool done = queue_open(sender->store, txn, id, arena, letter, err);

    if (!txn_end(&txn, &closing)) {
        *err = closing;
        return false;
    }
    return done;
}

static void count_and_tell(struct sender *sender, const struct queue_delivery *after)
{
    enum log_level level = LOG_LEVEL_WARNING;

    if (after->state == QUEUE_SENT) {
        sender->result->sent++;
        level = LOG_LEVEL_INFO;
    } else if (after->state == QUEUE_REFUSED) {
        sender->result->refused++;
    } else {
        sender->result->later++;
    }
    log_line(level, "send", after->id, "%s, try %d, code %d", queue_word(after->state),
        after->tries, after->code);
}

/* What no server may get, or nobody can read any more: the CISO hears of it, the others go on. */
static bool refuse(struct sender *sender, const struct queue_delivery *delivery,
    const struct err *why, struct err *err)
{
    const struct delivery_answer answer = { .delivery = DELIVERY_REFUSED };
    struct queue_delivery after = queue_after(delivery, &answer, date_now());

    log_line(LOG_LEVEL_ERROR, "send", delivery->id, "%s", why->text);
    count_and_tell(sender, &after);
    return mark(sender, &after, err);
}

static bool send_one(struct sender *sender, const struct queue_delivery *delivery,
    struct arena *arena, struct err *err)
{
    struct queue_delivery now = *delivery;
    struct delivery_answer answer = { 0 };
    struct queue_letter letter;
    struct parcel parcel;
    struct err why = { 0 };

    now.state = QUEUE_SENDING;
    now.tries++;
    now.changed_at = date_now();
    if (!mark(sender, &now, err))
        return false;
    if (!read_letter(sender, delivery->id, arena, &letter, &why)) {
        if (why.scope == ERR_MESSAGE)
            return refuse(sender, &now, &why, err);
        *err = why;
        return false;
    }
    parcel = (struct parcel) { letter.from, letter.to, letter.bytes };
    if (!courier_deliver(sender->courier, &parcel, &answer, &why)) {
        if (why.scope == ERR_MESSAGE)
            return refuse(sender, &now, &why, err);
        /* The server never heard of it: as if it had not been tried. */
        *err = why;
        if (!mark(sender, delivery, &why))
            *err = why;
        return false;
    }
    now = queue_after(&now, &answer, date_now());
    count_and_tell(sender, &now);
    return mark(sender, &now, err);
}

static bool send_all(
    struct sender *sender, const struct queue_delivery *due, size_t count, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct progress progress;
    bool done = true;

    if (!seal_outbox_load(sender->store, sender->settings->outbox_key, err))
        return false;
    progress_start(&progress, "send", count);
    for (size_t i = 0; done && i < count; i++) {
        done = send_one(sender, &due[i], arena, err);
        arena_reset(arena);
        progress_step(&progress, i + 1);
    }
    progress_end(&progress);
    return done;
}

static bool connect_courier(struct sender *sender, struct arena *arena, struct err *err)
{
    const struct settings *settings = sender->settings;
    struct courier_settings courier = { .transport = settings->transport,
        .sendmail = settings->sendmail,
        .smtp = { .server = &settings->smtp,
            .secret = "",
            .ehlo = settings->ehlo,
            .until_ms = steady_ms() + (int64_t)settings->smtp.run_timeout_s * 1000 } };

    return (settings->transport != TRANSPORT_SMTP
               || settings_login(
                   &settings->smtp, arena, &courier.smtp.secret, &courier.smtp.is_token, err))
        && courier_open(&courier, &sender->courier, err);
}

/* The courier is a copy of this process, so it starts while the store is closed and no key here. */
static bool run_locked(struct sender *sender, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct queue_delivery *due;
    size_t count;
    bool listed;

    if (!open_store(sender, STORE_WRITE, err))
        return false;
    listed = list_due(sender, arena, &due, &count, err);
    if (!listed || count == 0)
        return listed;
    store_close(&sender->store);
    sender->result->due = count;
    if (!connect_courier(sender, arena, err))
        return false;
    sender->certificate = courier_certificate(sender->courier);
    return open_store(sender, STORE_WRITE, err) && send_all(sender, due, count, err);
}

/* Kept where the digest reads it; a store that cannot be written has told so itself. */
static void note_health(struct sender *sender, const struct err *failure)
{
    struct err unheard = { 0 };
    struct txn *txn;

    if (!sender->store && !open_store(sender, STORE_WRITE, &unheard))
        return;
    txn = txn_begin(sender->store, TXN_WRITE);
    health_put(txn, "send", date_now(), sender->result->sent, sender->result->due, failure);
    health_certificate_put(txn, "smtp", &sender->certificate);
    if (!txn_end(&txn, &unheard))
        log_line(LOG_LEVEL_ERROR, "send", "", "health not noted: %s", unheard.text);
}

bool pass_send(const struct settings *settings, struct send_result *result, struct err *err)
{
    struct sender sender = { .settings = settings, .result = result };
    bool done;

    *result = (struct send_result) { 0 };
    if (!store_exists(settings->state))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: no store here yet; make one: meldpost init",
            settings->state);
    if (!lock_take(settings->state, LOCK_WAIT_S, &sender.lock, err))
        return false;
    done = run_locked(&sender, err);
    courier_close(&sender.courier);
    note_health(&sender, done ? NULL : err);
    store_close(&sender.store);
    lock_release(&sender.lock);
    return done;
}
