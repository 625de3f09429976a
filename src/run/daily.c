#include "run/daily.h"

#include "base/date.h"
#include "cases/cabinet.h"
#include "outbox/queue.h"
#include "run/health.h"
#include "run/inbox.h"
#include "run/posting.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define PASS "digest"

enum { DAY_S = 24 * 3600, MOST_KEYS = 4, MOST_CERTIFICATES = 2 };

bool daily_due(int64_t last_s, int64_t now_s, int hour)
{
    struct date_civil today = date_civil_at(now_s);
    int64_t moment_s;

    today.hour = hour;
    today.minute = today.second = 0;
    moment_s = date_instant(&today);
    if (moment_s > now_s) { /* not yet today: that of yesterday counts */
        today.day--;
        moment_s = date_instant(&today);
    }
    return last_s < moment_s;
}

/* --- what is on the disk --- */

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

/* Files of one folder, as they are; what goes away meanwhile does not count. */
static int64_t folder_bytes(const char *path)
{
    AUTO(close_folder) DIR *folder = opendir(path);
    const struct dirent *entry;
    struct stat facts;
    int64_t bytes = 0;

    while (folder && (entry = readdir(folder)))
        if (fstatat(dirfd(folder), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0
            && S_ISREG(facts.st_mode))
            bytes += (int64_t)facts.st_blocks * 512;
    return bytes;
}

static void gather_disk(const char *state, struct arena *arena, struct digest_input *in)
{
    struct statvfs disk;

    in->store_bytes = folder_bytes(arena_printf(arena, "%s/index", state))
        + folder_bytes(arena_printf(arena, "%s/vault", state));
    in->free_bytes = -1;
    if (statvfs(state, &disk) == 0)
        in->free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

/* --- keys --- */

static const char *trouble_of(enum pgp_usable usable, bool nl)
{
    switch (usable) {
    case PGP_KEY_MISSING:
        return nl ? "staat niet in de sleutelring" : "is not in the key ring";
    case PGP_KEY_REVOKED:
        return nl ? "is ingetrokken" : "is revoked";
    case PGP_KEY_EXPIRED:
        return nl ? "is verlopen" : "has expired";
    case PGP_KEY_CANNOT:
        return nl ? "kan hier niet voor dienen" : "cannot be used for this";
    case PGP_KEY_USABLE:
        break;
    }
    return "";
}

/* What the mail servers showed when they were last talked to. */
static bool gather_certificates(
    struct desk *desk, struct arena *arena, struct digest_key *keys, size_t *count, struct err *err)
{
    const struct settings *settings = &desk->office->settings;
    const struct {
        const char *server, *title;
        const struct server_settings *settings;
        bool used;
    } rows[MOST_CERTIFICATES] = {
        { "imap", "IMAP", &settings->imap, true },
        { "smtp", "SMTP", &settings->smtp, settings->transport == TRANSPORT_SMTP },
    };
    bool nl = settings->digest_language == LANGUAGE_NL;
    struct txn *txn = txn_begin(desk->office->store, TXN_READ);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct certificate certificate = health_certificate(txn, rows[i].server);

        if (rows[i].used && certificate.until_s > 0)
            keys[(*count)++] = (struct digest_key) { .name
                = arena_printf(arena, nl ? "Certificaat van %s (%s)" : "Certificate of %s (%s)",
                    rows[i].settings->host, rows[i].title),
                .expires_at = certificate.until_s,
                .trouble = "",
                .soon_s = certificate_soon_s(&certificate) };
    }
    return txn_end(&txn, err);
}

static bool gather_keys(
    struct desk *desk, struct arena *arena, struct digest_input *in, struct err *err)
{
    const struct settings *settings = &desk->office->settings;
    const struct {
        const char *fingerprint, *nl, *en;
    } rows[MOST_KEYS] = {
        { settings->mailbox_key, "Sleutel van het postvak", "Key of the mailbox" },
        { settings->ciso_key, "Sleutel van de CISO", "Key of the CISO" },
        { settings->ibd_key, "Sleutel van de IBD", "Key of the IBD" },
        { settings->recovery_key, "Sleutel voor herstel", "Key for recovery" },
    };
    bool nl = settings->digest_language == LANGUAGE_NL;
    struct digest_key *keys = arena_array(arena, MOST_KEYS + MOST_CERTIFICATES, sizeof *keys);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pgp_key facts;

        if (i == COUNT(rows) - 1 && strcmp(settings->recovery_key, settings->ciso_key) == 0)
            break;
        if (!pgp_key_facts(desk->office->pgp, rows[i].fingerprint, arena, &facts, err))
            return err_at(err, "%s", rows[i].en);
        keys[in->key_count++] = (struct digest_key) { .name = nl ? rows[i].nl : rows[i].en,
            .expires_at = facts.expires_at,
            .trouble = trouble_of(
                i == 0 && facts.encrypts == PGP_KEY_USABLE ? facts.signs : facts.encrypts, nl) };
    }
    in->keys = keys;
    return gather_certificates(desk, arena, keys, &in->key_count, err);
}

/* --- what the store knows --- */

static struct digest_pass gather_pass(struct txn *txn, const char *pass, struct arena *arena)
{
    struct health health;

    health_get(txn, pass, arena, &health);
    return (struct digest_pass) { .fine_at = health.success_s,
        .failed_at = health.failing_s ? health.failure_s : 0,
        .failure = health.words,
        .exit_code = health.exit_code };
}

static void gather_cases(struct txn *txn, struct arena *arena, struct digest_input *in)
{
    const struct case_file **cases;
    struct case_stub *stubs;
    struct date_civil now = date_civil_at(in->now_s);
    int64_t from_s, to_s;
    size_t count;

    cabinet_stubs(txn, arena, &stubs, &count);
    figures_span(now.year, now.month, &from_s, &to_s);
    figures_count(stubs, count, from_s, to_s, in->now_s, arena, &in->month);
    cases = arena_array(arena, count + 1, sizeof(const struct case_file *));
    for (size_t i = 0; i < count; i++) {
        struct case_file *file = arena_alloc(arena, sizeof *file);

        if (stubs[i].state != CASE_ERASED && cabinet_get(txn, stubs[i].number, arena, file))
            cases[in->case_count++] = file;
    }
    in->cases = cases;
}

static void count_loose(enum case_kind kind, struct digest_counts *counts)
{
    switch (kind) {
    case KIND_ASIDE:
        break;
    case KIND_SPAM:
        counts->spam++;
        break;
    case KIND_AUTO_REPLY:
        counts->automatic++;
        break;
    case KIND_LIST:
        counts->lists++;
        break;
    case KIND_BOUNCE:
        counts->bounces++;
        break;
    case KIND_DUPLICATE:
        counts->duplicates++;
        break;
    default:
        counts->others++;
        break;
    }
}

static void gather_loose(struct txn *txn, struct arena *arena, struct digest_input *in)
{
    struct cabinet_message *loose;
    struct digest_aside *aside;
    size_t count;

    cabinet_loose(txn, 0, arena, &loose, &count);
    aside = arena_array(arena, count + 1, sizeof *aside);
    for (size_t i = 0; i < count; i++) {
        bool news = loose[i].handled_at >= in->since_s;

        in->aside_total += loose[i].kind == KIND_ASIDE;
        if (news && loose[i].kind == KIND_ASIDE)
            aside[in->aside_count++] = (struct digest_aside) { loose[i].vault, loose[i].received_at,
                loose[i].aside };
        if (news)
            count_loose(loose[i].kind, &in->counts);
    }
    in->aside = aside;
}

static void gather_letters(struct txn *txn, struct arena *arena, struct digest_input *in)
{
    struct queue_delivery *deliveries;
    struct queue_record *records;
    struct digest_letter *refused;
    size_t count;

    queue_list(txn, arena, &deliveries, &count);
    for (size_t i = 0; i < count; i++) {
        if (deliveries[i].state == QUEUE_SENT || deliveries[i].state == QUEUE_REFUSED)
            continue;
        if (in->letters_waiting++ == 0)
            in->oldest_letter_at = deliveries[i].queued_at;
    }
    /* A letter may wait for days before it is refused. */
    queue_records(
        txn, in->since_s > 7 * DAY_S ? in->since_s - 7 * DAY_S : 0, arena, &records, &count);
    refused = arena_array(arena, count + 1, sizeof *refused);
    for (size_t i = 0; i < count; i++)
        if (!records[i].number[0] && records[i].state == QUEUE_REFUSED
            && records[i].ended_at >= in->since_s)
            refused[in->refused_count++] = (struct digest_letter) { records[i].kind,
                records[i].code };
    in->refused = refused;
}

static void gather_waiting(struct txn *txn, struct arena *arena, struct digest_input *in)
{
    struct inbox_row *rows;
    size_t count;

    inbox_list(txn, INBOX_NEW, arena, &rows, &count);
    in->waiting = (int64_t)count;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || rows[i].fetched_s < in->oldest_waiting_at)
            in->oldest_waiting_at = rows[i].fetched_s;
}

bool daily_make(struct desk *desk, struct arena *arena, struct digest *digest, struct err *err)
{
    const struct settings *settings = &desk->office->settings;
    int64_t now_s = desk->office->now_s;
    int year = date_civil_at(now_s).year;
    struct digest_input in = {
        .settings = settings, .calendar = &desk->calendar, .now_s = now_s, .calendar_warning = ""
    };
    struct health last;
    struct txn *txn;

    if (!gather_keys(desk, arena, &in, err))
        return false;
    gather_disk(settings->state, arena, &in);
    if (settings->closing_days[0] && !calendar_covers(&desk->calendar, year))
        in.calendar_warning = arena_printf(arena,
            settings->digest_language == LANGUAGE_NL
                ? "het bestand zegt niets over %d; brugdagen kunnen ontbreken"
                : "the file says nothing of %d; bridge days may be missing",
            year);
    txn = txn_begin(desk->office->store, TXN_READ);
    health_get(txn, PASS, arena, &last);
    in.since_s = last.success_s;
    in.fetch = gather_pass(txn, "fetch", arena);
    in.process = gather_pass(txn, "process", arena);
    in.send = gather_pass(txn, "send", arena);
    gather_cases(txn, arena, &in);
    gather_loose(txn, arena, &in);
    gather_letters(txn, arena, &in);
    gather_waiting(txn, arena, &in);
    if (!txn_end(&txn, err))
        return false;
    digest_make(&in, arena, digest);
    return true;
}

bool daily_is_due(struct txn *txn, const struct settings *settings, int64_t now_s)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct health last;

    health_get(txn, PASS, arena, &last);
    return daily_due(last.success_s, now_s, settings->digest_hour);
}

bool daily_queue(
    struct desk *desk, bool only_due, struct arena *arena, bool *queued, struct err *err)
{
    struct outgoing outgoing;
    struct digest digest;
    struct txn *txn;
    bool due;

    *queued = false;
    txn = txn_begin(desk->office->store, TXN_READ);
    due = daily_is_due(txn, &desk->office->settings, desk->office->now_s);
    if (!txn_end(&txn, err))
        return false;
    if (only_due && !due)
        return true;
    if (!daily_make(desk, arena, &digest, err))
        return false;
    digest_letter(&digest, arena, &outgoing);
    txn = txn_begin(desk->office->store, TXN_WRITE);
    if (!posting_digest(desk, txn, &outgoing, arena, err)) {
        txn_drop(&txn);
        return err_at(err, "digest");
    }
    health_put(txn, PASS, desk->office->now_s, digest.count, digest.count, NULL);
    *queued = txn_end(&txn, err);
    return *queued;
}
