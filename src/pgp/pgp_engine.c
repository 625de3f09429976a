#include "pgp/pgp_engine.h"

#include "base/file.h"

#include <errno.h>
#include <gpgme.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_SCRATCH = 64 * 1024 };

static const char IO_BUFFER[] = "16384"; /* gpg writes 8192 */

/* ---- status lines ---- */

/* A keyword, the start of what stands behind it, and the counter. */
static const struct {
    const char *keyword, *start;
    size_t at;
} counted[] = {
    { "BEGIN_DECRYPTION", "", offsetof(struct pgp_seen, begins) },
    { "DECRYPTION_INFO", "", offsetof(struct pgp_seen, decryptions) }, /* session key is known */
    { "GOODMDC", "", offsetof(struct pgp_seen, good_mdc) },
    { "BADMDC", "", offsetof(struct pgp_seen, bad_mdc) },
    { "PLAINTEXT", "", offsetof(struct pgp_seen, plaintexts) },
    { "END_DECRYPTION", "", offsetof(struct pgp_seen, ends) },
    { "NEED_PASSPHRASE_SYM", "", offsetof(struct pgp_seen, symmetric) },
    { "UNEXPECTED", "1", offsetof(struct pgp_seen, too_deep) }, /* packets nested over 32 deep */
    { "ERROR", "", offsetof(struct pgp_seen, errors) },
    { "ERROR", "", offsetof(struct pgp_seen, complaints) },
    { "FAILURE", "", offsetof(struct pgp_seen, complaints) },
    { "NODATA", "", offsetof(struct pgp_seen, complaints) },
    { "UNEXPECTED", "", offsetof(struct pgp_seen, complaints) },
    { "BADSIG", "", offsetof(struct pgp_seen, complaints) },
};

/* "pkdecrypt_failed CODE": why the agent did not use a secret key that it has. */
static bool is_locked(const char *arguments)
{
    static const gpg_err_code_t codes[] = { GPG_ERR_BAD_PASSPHRASE, GPG_ERR_NO_PASSPHRASE,
        GPG_ERR_NO_PIN_ENTRY, GPG_ERR_CANCELED, GPG_ERR_FULLY_CANCELED };
    static const char start[] = "pkdecrypt_failed ";
    gpg_err_code_t code;

    if (!arguments || strncmp(arguments, start, sizeof start - 1) != 0)
        return false;
    code = gpgme_err_code((gpgme_error_t)strtoul(arguments + sizeof start - 1, NULL, 10));
    for (size_t i = 0; i < COUNT(codes); i++)
        if (code == codes[i])
            return true;
    return false;
}

static gpgme_error_t count_status(void *hook, const char *keyword, const char *arguments)
{
    struct pgp *pgp = hook;
    struct span behind = span_of(arguments);

    for (size_t i = 0; keyword && i < COUNT(counted); i++)
        if (strcmp(keyword, counted[i].keyword) == 0
            && span_starts(behind, span_of(counted[i].start)))
            ++*(unsigned *)(void *)((char *)&pgp->seen + counted[i].at);
    if (keyword && strcmp(keyword, "ERROR") == 0)
        pgp->seen.locked += is_locked(arguments);
    return 0;
}

/*
 * Only for a secret key of ours: what is encrypted with a passphrase gets none, so that the sender
 * cannot make us try ours on his message. A second question means that the first answer was wrong.
 */
static gpgme_error_t give_passphrase(
    void *hook, const char *uid_hint, const char *info, int was_bad, int fd)
{
    struct pgp *pgp = hook;

    (void)uid_hint;
    (void)info;
    pgp->wrong_passphrase |= was_bad != 0;
    pgp->refused |= was_bad || pgp->seen.symmetric || !pgp->passphrase;
    if (pgp->refused)
        return gpgme_error(GPG_ERR_CANCELED);
    if (gpgme_io_writen(fd, pgp->passphrase, strlen(pgp->passphrase)) != 0
        || gpgme_io_writen(fd, "\n", 1) != 0)
        return gpgme_error_from_errno(errno);
    return 0;
}

/* ---- opening ---- */

static bool check_home(const struct pgp_options *options, struct err *err)
{
    struct stat facts;

    if (stat(options->home, &facts) != 0)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: %s", options->home, strerror(errno));
    if (!S_ISDIR(facts.st_mode))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: a GnuPG home is a folder", options->home);
    if (options->foreign)
        return true;
    if (!file_own_folder(options->home, err))
        return false;
    if (facts.st_mode & (S_IRWXG | S_IRWXO))
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: others can look into it (mode %03o); do: chmod 700 %s", options->home,
            (unsigned)facts.st_mode & 0777, options->home);
    return true;
}

static const char *folder_of(const struct pgp *pgp, enum pgp_place place)
{
    switch (place) {
    case PGP_IMPORT:
        return pgp->home.import_path;
    case PGP_ALONE:
        return pgp->home.alone_path;
    default:
        return pgp->home.path;
    }
}

/* A context asks gpg for its version whenever it is told of a folder: so each place has its own. */
static bool make_context(struct pgp *pgp, enum pgp_place place, struct err *err)
{
    gpgme_ctx_t context;
    gpgme_error_t error;

    gpgme_set_global_flag("disable-gpgconf", "1"); /* gpg lies in $PATH: saves three starts */
    if (!gpgme_check_version("1.18.0"))
        return err_exit(err, ERR_RUN, EX_UNAVAILABLE, "gpgme: older than 1.18");
    error = gpgme_new(&context);
    if (error)
        return err_exit(err, ERR_RUN, EX_UNAVAILABLE, "gpgme: %s", gpgme_strerror(error));
    error = gpgme_ctx_set_engine_info(context, GPGME_PROTOCOL_OpenPGP, NULL, folder_of(pgp, place));
    if (!error)
        error = gpgme_set_ctx_flag(context, "full-status", "1");
    if (!error)
        error = gpgme_set_pinentry_mode(
            context, pgp->passphrase ? GPGME_PINENTRY_MODE_LOOPBACK : GPGME_PINENTRY_MODE_ERROR);
    if (error) {
        gpgme_release(context);
        return err_exit(
            err, ERR_RUN, EX_UNAVAILABLE, "gpg: %s; is gnupg installed?", gpgme_strerror(error));
    }
    pgp->contexts[place] = context;
    gpgme_set_offline(context, 1);
    gpgme_set_armor(context, 1);
    gpgme_set_status_cb(context, count_status, pgp);
    if (pgp->passphrase)
        gpgme_set_passphrase_cb(context, give_passphrase, pgp);
    return true;
}

bool pgp_open(const struct pgp_options *options, struct pgp **pgp, struct err *err)
{
    struct pgp *made;

    if (!check_home(options, err))
        return false;
    made = calloc(1, sizeof *made);
    assert(made);
    made->timeout_s = options->timeout_s;
    made->foreign = options->foreign;
    made->largest_plain = options->largest_plain;
    made->passphrase = options->passphrase ? strdup(options->passphrase) : NULL;
    made->known_arena = arena_new();
    if (pgp_home_make(&made->home, options->home, err) && make_context(made, PGP_HERE, err)) {
        *pgp = made;
        return true;
    }
    pgp_close(&made);
    return false;
}

void pgp_close(struct pgp **pgp)
{
    struct pgp *old = *pgp;

    *pgp = NULL;
    if (!old)
        return;
    for (size_t i = 0; i < PGP_PLACES; i++)
        if (old->contexts[i])
            gpgme_release(old->contexts[i]);
    pgp_known_forget(old);
    pgp_home_drop(&old->home);
    pgp_scratch_wipe(old);
    free(old->scratch.at);
    if (old->passphrase)
        explicit_bzero(old->passphrase, strlen(old->passphrase));
    free(old->passphrase);
    arena_free(&old->known_arena);
    free(old);
}

/* ---- one call with a limit ---- */

struct watch {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    struct pgp *pgp;
    struct timespec deadline;
    bool over, fired, agent_answered;
};

/* Until the call is over or the deadline has passed; the mutex is held. */
static void wait_for_end(struct watch *watch)
{
    int waited = 0;

    while (!watch->over && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&watch->cond, &watch->mutex, &watch->deadline);
}

/*
 * gpgme_cancel_async is the one call that another thread may make on a context in use. gpgme looks
 * at it only when something arrives, so a gpg or agent that hangs has to be ended as well.
 */
static void *watch_call(void *hook)
{
    struct watch *watch = hook;

    pthread_mutex_lock(&watch->mutex);
    wait_for_end(watch);
    if (!watch->over) {
        watch->fired = true;
        watch->agent_answered = pgp_home_answers(&watch->pgp->home);
        gpgme_cancel_async(watch->pgp->context);
    }
    while (!watch->over) {
        watch->deadline.tv_sec++;
        wait_for_end(watch);
        if (!watch->over)
            pgp_home_kill(&watch->pgp->home);
    }
    pthread_mutex_unlock(&watch->mutex);
    return NULL;
}

static void watch_start(struct watch *watch, struct pgp *pgp, pthread_t *thread)
{
    pthread_condattr_t attributes;
    int failed;

    *watch = (struct watch) { .pgp = pgp };
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&watch->mutex, NULL);
    pthread_cond_init(&watch->cond, &attributes);
    pthread_condattr_destroy(&attributes);
    clock_gettime(CLOCK_MONOTONIC, &watch->deadline);
    watch->deadline.tv_sec += pgp->timeout_s;
    failed = pthread_create(thread, NULL, watch_call, watch);
    assert(!failed);
}

static void watch_end(struct watch *watch, pthread_t thread)
{
    pthread_mutex_lock(&watch->mutex);
    watch->over = true;
    pthread_cond_signal(&watch->cond);
    pthread_mutex_unlock(&watch->mutex);
    pthread_join(thread, NULL);
    pthread_cond_destroy(&watch->cond);
    pthread_mutex_destroy(&watch->mutex);
}

bool pgp_call_in(struct pgp *pgp, enum pgp_place place,
    unsigned (*call)(struct gpgme_context *context, void *work), void *work, struct pgp_end *end,
    struct err *err)
{
    struct watch watch;
    pthread_t thread;

    if ((!pgp->contexts[place] && !make_context(pgp, place, err))
        || !pgp_home_wake(&pgp->home, err))
        return false;
    pgp->context = pgp->contexts[place];
    pgp->seen = (struct pgp_seen) { 0 };
    pgp->wrong_passphrase = pgp->refused = false;
    watch_start(&watch, pgp, &thread);
    end->error = call(pgp->context, work);
    watch_end(&watch, thread);
    end->timed_out = watch.fired && end->error;
    end->agent_answered = watch.agent_answered;
    return true;
}

bool pgp_call(struct pgp *pgp, unsigned (*call)(struct gpgme_context *context, void *work),
    void *work, struct pgp_end *end, struct err *err)
{
    return pgp_call_in(pgp, PGP_HERE, call, work, end, err);
}

bool pgp_gave_up(struct pgp *pgp, const struct pgp_end *end, const char *what, struct err *err)
{
    if (end->timed_out) {
        pgp_home_stop(&pgp->home);
        return err_set(
            err, ERR_SERVICE, "gpg: %s: no answer within %d seconds", what, pgp->timeout_s);
    }
    return err_set(err, ERR_SERVICE, "gpg: %s: %s", what, gpgme_strerror(end->error));
}

/* ---- data ---- */

/* Grown by hand: what realloc leaves behind would be plain text. */
static bool scratch_grow(struct pgp_scratch *scratch, size_t need)
{
    size_t size = scratch->size ? scratch->size : FIRST_SCRATCH;
    char *grown;

    while (size < need)
        size *= 2;
    if (size == scratch->size)
        return true;
    grown = malloc(size);
    if (!grown)
        return false;
    if (scratch->len)
        memcpy(grown, scratch->at, scratch->len);
    if (scratch->at)
        explicit_bzero(scratch->at, scratch->len);
    free(scratch->at);
    scratch->at = grown;
    scratch->size = size;
    return true;
}

static ssize_t scratch_write(void *hook, const void *bytes, size_t len)
{
    struct pgp_scratch *scratch = hook;

    if (len > scratch->most - scratch->len || !scratch_grow(scratch, scratch->len + len)) {
        scratch->overflow = true;
        gpgme_err_set_errno(EFBIG);
        return -1;
    }
    memcpy(scratch->at + scratch->len, bytes, len);
    scratch->len += len;
    return (ssize_t)len;
}

/* gpgme reads and writes 512 bytes at a time unless told otherwise. */
static void use_large_buffers(gpgme_data_t data)
{
    gpgme_data_set_flag(data, "io-buffer-size", IO_BUFFER);
    gpgme_data_set_flag(data, "sensitive", "1"); /* wiped when it is released */
}

struct gpgme_data *pgp_scratch_open(struct pgp *pgp, size_t most)
{
    static struct gpgme_data_cbs callbacks = { .write = scratch_write };
    gpgme_data_t data = NULL;

    pgp_scratch_wipe(pgp);
    pgp->scratch.most = most;
    if (gpgme_data_new_from_cbs(&data, &callbacks, &pgp->scratch) != 0)
        return NULL;
    use_large_buffers(data);
    return data;
}

void pgp_scratch_wipe(struct pgp *pgp)
{
    if (pgp->scratch.at)
        explicit_bzero(pgp->scratch.at, pgp->scratch.len);
    pgp->scratch.len = 0;
    pgp->scratch.overflow = false;
}

struct gpgme_data *pgp_data_of(struct span bytes)
{
    gpgme_data_t data = NULL;

    if (gpgme_data_new_from_mem(&data, bytes.len ? bytes.at : "", bytes.len, 0) != 0)
        return NULL;
    use_large_buffers(data);
    return data;
}

void pgp_data_release(struct gpgme_data **data)
{
    if (*data)
        gpgme_data_release(*data);
    *data = NULL;
}
