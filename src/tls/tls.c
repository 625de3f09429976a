#include "tls/tls.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/steady.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <libetpan/mailstream.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

/* RFC 8996 ends TLS 1.1 and older; the profile refuses keys and hashes below 112 bits. */
#define PRIORITY "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%PROFILE_MEDIUM"

/* Less than this in one answer_timeout_s is next to nothing: a server that drips is not alive. */
enum { DRIP_BYTES = 4096 };

/* All roots of the system in one file, as Debian keeps them and gives them to GnuTLS. */
#define SYSTEM_BUNDLE "/etc/ssl/certs/ca-certificates.crt"
enum { BUNDLE_MOST = 8 * 1024 * 1024, CHAIN_MOST = 16 };

/* What is taken off the socket at once: GnuTLS asks for the head and the rest of each record. */
enum { AHEAD = 64 * 1024 };

struct tls {
    const struct server_settings *server;
    int64_t until_ms;
    struct certificate certificate;
    int fd;
    bool started;
    gnutls_certificate_credentials_t trust;
    gnutls_session_t session;
    struct bounds bounds;
    int64_t window_ms; /* since when window_bytes are counted */
    size_t window_bytes;
    struct err verdict; /* what the check of the certificate said */
    struct err failure; /* the first of the stream */
    char words[96];
    size_t ahead_from, ahead_to; /* what was received and GnuTLS has not asked for */
    char ahead[AHEAD];
};

static bool say(const struct tls *tls, struct err *err, int exit_code, const char *format, ...)
    LIKE_PRINTF(4, 5);

static bool say(const struct tls *tls, struct err *err, int exit_code, const char *format, ...)
{
    char text[300];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    return err_exit(
        err, ERR_SERVICE, exit_code, "%s:%d: %s", tls->server->host, tls->server->port, text);
}

/* Waits for the socket until the instant given or the end of the run. */
static bool wait_for(
    struct tls *tls, short events, int64_t until_ms, const char *what, struct err *err)
{
    struct pollfd wait = { .fd = tls->fd, .events = events };

    for (;;) {
        int64_t now = steady_ms();
        int64_t until = until_ms < tls->until_ms ? until_ms : tls->until_ms;
        int64_t left = until - now;

        if (tls->until_ms <= now)
            return say(tls, err, EX_TEMPFAIL, "%s: the time for this run is over", what);
        if (left <= 0)
            return say(tls, err, EX_TEMPFAIL, "%s: timed out", what);
        if (poll(&wait, 1, (int)(left > 60000 ? 60000 : left)) > 0)
            return true;
    }
}

/* --- the connection --- */

static bool connect_one(
    struct tls *tls, const struct addrinfo *address, int64_t until_ms, struct err *err)
{
    int reason = 0;
    socklen_t len = sizeof(reason);

    tls->fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (tls->fd < 0)
        return say(tls, err, EX_TEMPFAIL, "socket: %s", strerror(errno));
    if (connect(tls->fd, address->ai_addr, address->ai_addrlen) == 0)
        return true;
    if (errno != EINPROGRESS)
        return say(tls, err, EX_TEMPFAIL, "connect: %s", strerror(errno));
    if (!wait_for(tls, POLLOUT, until_ms, "connect", err))
        return false;
    if (getsockopt(tls->fd, SOL_SOCKET, SO_ERROR, &reason, &len) != 0)
        reason = errno;
    return reason == 0 || say(tls, err, EX_TEMPFAIL, "connect: %s", strerror(reason));
}

static bool connect_any(struct tls *tls, const struct addrinfo *list, struct err *err)
{
    int64_t until_ms = steady_ms() + (int64_t)tls->server->connect_timeout_s * 1000;

    for (const struct addrinfo *at = list; at; at = at->ai_next) {
        struct err last = { 0 };

        if (connect_one(tls, at, until_ms, &last))
            return true;
        if (tls->fd >= 0)
            close(tls->fd);
        tls->fd = -1;
        *err = last;
    }
    return false;
}

static bool connect_named(struct tls *tls, struct err *err)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *list = NULL;
    char port[16];
    bool done;
    int reason, one = 1;

    snprintf(port, sizeof(port), "%d", tls->server->port);
    reason = getaddrinfo(tls->server->host, port, &hints, &list);
    if (reason != 0)
        return say(tls, err, EX_TEMPFAIL, "the name is not found: %s", gai_strerror(reason));
    done = connect_any(tls, list, err);
    freeaddrinfo(list);
    if (done)
        setsockopt(tls->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    tls->window_ms = steady_ms();
    return done;
}

/* --- who the server is --- */

static bool first_certificate(gnutls_session_t session, gnutls_x509_crt_t *certificate)
{
    unsigned count = 0;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &count);

    if (!list || count == 0 || gnutls_x509_crt_init(certificate) != 0)
        return false;
    if (gnutls_x509_crt_import(*certificate, &list[0], GNUTLS_X509_FMT_DER) == 0)
        return true;
    gnutls_x509_crt_deinit(*certificate);
    return false;
}

/* The hash of the server's public key; "" when there is none. */
static void key_hash(gnutls_x509_crt_t certificate, char hex[static HASH_SHA256_HEX])
{
    gnutls_pubkey_t key;
    gnutls_datum_t spki = { 0 };

    hex[0] = '\0';
    if (gnutls_pubkey_init(&key) != 0)
        return;
    if (gnutls_pubkey_import_x509(key, certificate, 0) == 0
        && gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &spki) == 0) {
        hash_sha256((struct span) { (const char *)spki.data, spki.size }, hex);
        gnutls_free(spki.data);
    }
    gnutls_pubkey_deinit(key);
}

static void day_of(time_t at, char *text, size_t size)
{
    struct tm parts;

    if (at == (time_t)-1 || !gmtime_r(&at, &parts) || strftime(text, size, "%Y-%m-%d", &parts) == 0)
        snprintf(text, size, "an unknown day");
}

/* The first name the certificate is for, so that a mistake in the settings is seen. */
static void name_of(gnutls_x509_crt_t certificate, char *text, size_t size)
{
    size_t len = size - 1;

    memset(text, 0, size);
    if (gnutls_x509_crt_get_subject_alt_name(certificate, 0, text, &len, NULL) < 0) {
        len = size - 1;
        memset(text, 0, size);
        if (gnutls_x509_crt_get_dn_by_oid(
                certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, text, &len)
            < 0)
            snprintf(text, size, "no name");
    }
}

static bool refuse(struct tls *tls, gnutls_x509_crt_t certificate, unsigned status)
{
    char text[100];

    if (status & GNUTLS_CERT_EXPIRED) {
        day_of(gnutls_x509_crt_get_expiration_time(certificate), text, sizeof(text));
        return say(tls, &tls->verdict, EX_NOPERM,
            "its certificate has expired (%s): the server needs a new one", text);
    }
    if (status & GNUTLS_CERT_NOT_ACTIVATED) {
        day_of(gnutls_x509_crt_get_activation_time(certificate), text, sizeof(text));
        return say(tls, &tls->verdict, EX_NOPERM,
            "its certificate is not valid before %s: is our clock right?", text);
    }
    if (status & GNUTLS_CERT_UNEXPECTED_OWNER) {
        name_of(certificate, text, sizeof(text));
        return say(tls, &tls->verdict, EX_NOPERM,
            "its certificate is for another name (%s): is host right?", text);
    }
    if (status & GNUTLS_CERT_REVOKED)
        return say(tls, &tls->verdict, EX_NOPERM, "its certificate was revoked");
    if (status & GNUTLS_CERT_SIGNER_NOT_FOUND
        && gnutls_x509_crt_check_issuer(certificate, certificate))
        return say(tls, &tls->verdict, EX_NOPERM,
            "its certificate is self-signed: name it in ca_file, or its key in pin");
    if (status & GNUTLS_CERT_SIGNER_NOT_FOUND)
        return say(tls, &tls->verdict, EX_NOPERM,
            "its certificate has an unknown issuer: name the issuer's certificate in ca_file");
    if (status & GNUTLS_CERT_INSECURE_ALGORITHM)
        return say(
            tls, &tls->verdict, EX_NOPERM, "its certificate uses an algorithm that is too weak");
    return say(tls, &tls->verdict, EX_NOPERM, "its certificate is not valid");
}

static bool check_pin(struct tls *tls, gnutls_x509_crt_t certificate)
{
    char hex[HASH_SHA256_HEX];

    key_hash(certificate, hex);
    if (hex[0] && strcasecmp(hex, tls->server->pin) == 0)
        return true;
    return say(tls, &tls->verdict, EX_NOPERM, "its key is not the one in pin; it has %s", hex);
}

static bool is_issuer(const gnutls_datum_t *root, const gnutls_datum_t *names, unsigned count)
{
    const struct span bytes = { (const char *)root->data, root->size };

    for (unsigned i = 0; i < count; i++) {
        const struct span name = { (const char *)names[i].data, names[i].size };

        if (names[i].size && span_find(bytes, name, 0) != SPAN_NOWHERE)
            return true;
    }
    return false;
}

/* Takes from a bundle the roots that bear one of the names. */
static void trust_named(
    struct tls *tls, struct span bundle, const gnutls_datum_t *names, unsigned count)
{
    static const struct span begin = { "-----BEGIN CERTIFICATE-----", 27 };
    size_t at = span_find(bundle, begin, 0);

    while (at != SPAN_NOWHERE) {
        size_t next = span_find(bundle, begin, at + begin.len);
        struct span one = span_part(bundle, at, next);
        const gnutls_datum_t text = { (unsigned char *)(uintptr_t)one.at, (unsigned)one.len };
        gnutls_datum_t root;

        at = next;
        if (gnutls_pem_base64_decode2("CERTIFICATE", &text, &root) != 0)
            continue;
        if (is_issuer(&root, names, count))
            gnutls_certificate_set_x509_trust_mem(tls->trust, &root, GNUTLS_X509_FMT_DER);
        gnutls_free(root.data);
    }
}

/*
 * Reading all roots of the system costs more than all else that an empty run does; those that the
 * shown chain names cost next to nothing. Should they not do, for whatever reason, all are read.
 */
static void trust_issuers(struct tls *tls)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    gnutls_datum_t names[CHAIN_MOST] = { { 0 } };
    unsigned count = 0;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(tls->session, &count);
    struct err ignored = { 0 };
    struct span bundle;

    if (count > CHAIN_MOST || !file_read(SYSTEM_BUNDLE, BUNDLE_MOST, arena, &bundle, &ignored))
        return;
    for (unsigned i = 0; i < count; i++) {
        gnutls_x509_crt_t certificate;

        if (gnutls_x509_crt_init(&certificate) != 0)
            break;
        if (gnutls_x509_crt_import(certificate, &list[i], GNUTLS_X509_FMT_DER) == 0)
            gnutls_x509_crt_get_raw_issuer_dn(certificate, &names[i]);
        gnutls_x509_crt_deinit(certificate);
    }
    trust_named(tls, bundle, names, count);
    for (unsigned i = 0; i < count; i++)
        gnutls_free(names[i].data);
}

/* What is wrong with the chain; false when it could not be looked at, and *reason says why. */
static bool verify(struct tls *tls, unsigned *status, int *reason)
{
    const unsigned purpose = GNUTLS_DT_KEY_PURPOSE_OID;
    gnutls_typed_vdata_st wanted[] = {
        { .type = GNUTLS_DT_DNS_HOSTNAME },
        { .type = purpose },
    };
    char *host = strdup(tls->server->host);
    char *server = strdup(GNUTLS_KP_TLS_WWW_SERVER);

    *status = GNUTLS_CERT_INVALID;
    *reason = GNUTLS_E_MEMORY_ERROR;
    if (host && server) {
        wanted[0].data = (unsigned char *)host;
        wanted[1].data = (unsigned char *)server;
        *reason = gnutls_certificate_verify_peers(tls->session, wanted, COUNT(wanted), status);
    }
    free(host);
    free(server);
    return *reason == 0;
}

static bool check_chain(struct tls *tls, gnutls_x509_crt_t certificate)
{
    unsigned status;
    int reason;
    bool system = !*tls->server->ca_file;

    if (system)
        trust_issuers(tls);
    if ((!verify(tls, &status, &reason) || status != 0) && system) {
        if (gnutls_certificate_set_x509_system_trust(tls->trust) <= 0)
            return say(tls, &tls->verdict, EX_CONFIG,
                "the system has no trusted certificates: install ca-certificates, or set ca_file");
        verify(tls, &status, &reason);
    }
    if (reason != 0)
        return say(tls, &tls->verdict, EX_NOPERM, "its certificate cannot be checked: %s",
            gnutls_strerror(reason));
    return status == 0 || refuse(tls, certificate, status);
}

static void note_life(struct tls *tls, gnutls_x509_crt_t certificate)
{
    time_t from = gnutls_x509_crt_get_activation_time(certificate);
    time_t until = gnutls_x509_crt_get_expiration_time(certificate);

    if (from > 0 && until > from)
        tls->certificate = (struct certificate) { from, until };
}

static int check_peer(gnutls_session_t session)
{
    struct tls *tls = gnutls_session_get_ptr(session);
    bool pinned = *tls->server->pin, chained = *tls->server->ca_file;
    gnutls_x509_crt_t certificate;
    bool good;

    if (!first_certificate(session, &certificate)) {
        say(tls, &tls->verdict, EX_NOPERM, "it shows no certificate that can be read");
        return GNUTLS_E_CERTIFICATE_ERROR;
    }
    good = (!pinned || check_pin(tls, certificate))
        && ((pinned && !chained) || check_chain(tls, certificate));
    if (good)
        note_life(tls, certificate);
    gnutls_x509_crt_deinit(certificate);
    return good ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

/* --- the handshake --- */

static bool load_trust(struct tls *tls, struct err *err)
{
    const char *file = tls->server->ca_file;
    int count;

    if (gnutls_certificate_allocate_credentials(&tls->trust) != 0)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    if (!*file)
        return true; /* a pin alone, or the system's: see trust_issuers */
    count = gnutls_certificate_set_x509_trust_file(tls->trust, file, GNUTLS_X509_FMT_PEM);
    return count > 0
        || err_exit(err, ERR_RUN, EX_CONFIG, "ca_file %s: %s", file,
            count < 0 ? gnutls_strerror(count) : "no certificate in it");
}

static bool is_address(const char *host)
{
    struct in6_addr any;

    return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

/* Gives GnuTLS what it asks for, as recv does. */
static ssize_t pull(gnutls_transport_ptr_t context, void *into, size_t size)
{
    struct tls *tls = context;
    size_t have = tls->ahead_to - tls->ahead_from;

    if (have == 0) {
        ssize_t got = recv(tls->fd, tls->ahead, sizeof(tls->ahead), 0);

        if (got <= 0) {
            gnutls_transport_set_errno(tls->session, errno);
            return got;
        }
        tls->ahead_from = 0;
        tls->ahead_to = have = (size_t)got;
    }
    if (have > size)
        have = size;
    memcpy(into, tls->ahead + tls->ahead_from, have);
    tls->ahead_from += have;
    return (ssize_t)have;
}

static bool prepare(struct tls *tls, struct err *err)
{
    if (!load_trust(tls, err))
        return false;
    if (gnutls_init(&tls->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0
        || gnutls_priority_set_direct(tls->session, PRIORITY, NULL) != 0
        || gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE, tls->trust) != 0)
        return err_exit(err, ERR_RUN, EX_SOFTWARE, "GnuTLS cannot be set up");
    if (!is_address(tls->server->host)
        && gnutls_server_name_set(
               tls->session, GNUTLS_NAME_DNS, tls->server->host, strlen(tls->server->host))
            != 0)
        return err_exit(err, ERR_RUN, EX_CONFIG, "host: '%s' is not a name", tls->server->host);
    gnutls_session_set_ptr(tls->session, tls);
    gnutls_session_set_verify_function(tls->session, check_peer);
    gnutls_transport_set_ptr2(
        tls->session, tls, (gnutls_transport_ptr_t)(intptr_t)tls->fd); /* it sends by itself */
    gnutls_transport_set_pull_function(tls->session, pull);
    return true;
}

/* The other end has closed, perhaps in the middle of a record, which GnuTLS calls a wrong length.
 */
static bool is_closed(const struct tls *tls)
{
    char one;

    return recv(tls->fd, &one, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static bool explain(struct tls *tls, int reason, struct err *err)
{
    int alert = reason == GNUTLS_E_FATAL_ALERT_RECEIVED ? (int)gnutls_alert_get(tls->session) : -1;

    if (tls->verdict.scope != ERR_NONE) {
        *err = tls->verdict;
        return false;
    }
    if (reason == GNUTLS_E_UNSUPPORTED_VERSION_PACKET || alert == GNUTLS_A_PROTOCOL_VERSION
        || alert == GNUTLS_A_HANDSHAKE_FAILURE)
        return say(tls, err, EX_NOPERM, "it offers no TLS 1.2 or newer with strong ciphers");
    if (reason == GNUTLS_E_PREMATURE_TERMINATION || reason == GNUTLS_E_PULL_ERROR
        || reason == GNUTLS_E_PUSH_ERROR
        || (reason == GNUTLS_E_UNEXPECTED_PACKET_LENGTH && is_closed(tls)))
        return say(tls, err, EX_TEMPFAIL, "it closed the connection in the TLS handshake");
    if (reason == GNUTLS_E_UNEXPECTED_PACKET || reason == GNUTLS_E_UNEXPECTED_PACKET_LENGTH)
        return say(tls, err, EX_NOPERM,
            "it does not talk TLS on this port: is it the one for tls = starttls?");
    if (alert >= 0)
        return say(tls, err, EX_NOPERM, "it refused our TLS: %s", gnutls_alert_get_name(alert));
    return say(tls, err, EX_NOPERM, "TLS failed: %s", gnutls_strerror(reason));
}

bool tls_start(struct tls *tls, struct err *err)
{
    int64_t until_ms = steady_ms() + (int64_t)tls->server->connect_timeout_s * 1000;
    int reason;

    assert(!tls->session);
    if (!prepare(tls, err))
        return false;
    while ((reason = gnutls_handshake(tls->session)) != 0) {
        short events = gnutls_record_get_direction(tls->session) ? POLLOUT : POLLIN;

        if (gnutls_error_is_fatal(reason))
            return explain(tls, reason, err);
        if (steady_ms() > until_ms
            || (reason == GNUTLS_E_AGAIN && (events == POLLOUT || tls->ahead_from == tls->ahead_to)
                && !wait_for(tls, events, until_ms, "TLS handshake", err)))
            return err->scope != ERR_NONE ? false
                                          : say(tls, err, EX_TEMPFAIL, "TLS handshake: timed out");
    }
    tls->started = true;
    tls->window_ms = steady_ms();
    snprintf(tls->words, sizeof(tls->words), "%s %s",
        gnutls_protocol_get_name(gnutls_protocol_get_version(tls->session)),
        gnutls_cipher_get_name(gnutls_cipher_get(tls->session)));
    return true;
}

bool tls_open(const struct server_settings *server, int64_t until_ms, enum bounds_protocol protocol,
    struct tls **out, struct err *err)
{
    struct tls *tls = calloc(1, sizeof(*tls));

    if (!tls)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    *out = tls;
    tls->server = server;
    tls->until_ms = until_ms;
    tls->bounds.protocol = protocol;
    tls->fd = -1;
    return connect_named(tls, err) && (server->tls != TLS_IMPLICIT || tls_start(tls, err));
}

struct certificate tls_certificate(const struct tls *tls)
{
    return tls->certificate;
}

bool tls_started(const struct tls *tls)
{
    return tls->started;
}

const char *tls_words(const struct tls *tls)
{
    return tls->words;
}

bool tls_quiet(const struct tls *tls)
{
    struct pollfd look = { .fd = tls->fd, .events = POLLIN };

    return poll(&look, 1, 0) == 0;
}

void tls_leave(struct tls *tls)
{
    tls->bounds.leaving = true;
}

void tls_close(struct tls **tls)
{
    if (!*tls)
        return;
    if ((*tls)->session)
        gnutls_deinit((*tls)->session);
    if ((*tls)->trust)
        gnutls_certificate_free_credentials((*tls)->trust);
    if ((*tls)->fd >= 0)
        close((*tls)->fd);
    free(*tls);
    *tls = NULL;
}

bool tls_failed(const struct tls *tls, struct err *err)
{
    if (tls->failure.scope == ERR_NONE)
        return false;
    *err = tls->failure;
    return true;
}

/* --- the stream --- */

/* Each answer_timeout_s has to bring something worth the name. */
static bool alive(struct tls *tls, int64_t now)
{
    int64_t end = tls->window_ms + (int64_t)tls->server->answer_timeout_s * 1000;

    if (now < end)
        return true;
    if (tls->window_bytes < DRIP_BYTES)
        return say(tls, &tls->failure, EX_TEMPFAIL, "no answer within %d s",
            tls->server->answer_timeout_s);
    tls->window_ms = now;
    tls->window_bytes = 0;
    return true;
}

static bool wait_data(struct tls *tls, short events)
{
    int64_t until_ms = tls->window_ms + (int64_t)tls->server->answer_timeout_s * 1000;
    struct err late = { 0 };

    if (wait_for(tls, events, until_ms, "answer", &late))
        return true;
    if (steady_ms() < tls->until_ms)
        return alive(tls, steady_ms());
    tls->failure = late;
    return false;
}

/* More than 0: bytes. 0: try again once there is something. -1: the end, the failure is set. */
static ssize_t receive(struct tls *tls, void *into, size_t size)
{
    ssize_t got;

    if (!tls->started) {
        got = recv(tls->fd, into, size, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return 0;
    } else {
        got = gnutls_record_recv(tls->session, into, size);
        if (got < 0 && !gnutls_error_is_fatal((int)got))
            return 0;
    }
    if (got > 0)
        return got;
    say(tls, &tls->failure, EX_TEMPFAIL, "the connection was lost");
    return -1;
}

static bool pending(const struct tls *tls)
{
    return tls->started
        && (gnutls_record_check_pending(tls->session) > 0 || tls->ahead_from < tls->ahead_to);
}

static ssize_t low_read(mailstream_low *low, void *into, size_t size)
{
    struct tls *tls = low->data;

    while (tls->failure.scope == ERR_NONE) {
        ssize_t got = receive(tls, into, size);
        int64_t now = steady_ms();

        if (got < 0)
            break;
        tls->window_bytes += (size_t)got;
        if (!alive(tls, now))
            break;
        if (now >= tls->until_ms) {
            say(tls, &tls->failure, EX_TEMPFAIL, "the time for this run is over");
            break;
        }
        if (got > 0) {
            struct err bad = { 0 };

            if (bounds_take(&tls->bounds, into, (size_t)got, &bad))
                return got;
            say(tls, &tls->failure, EX_TEMPFAIL, "%s", bad.text);
            break;
        }
        if (!pending(tls) && !wait_data(tls, POLLIN))
            break;
    }
    return -1;
}

static ssize_t put(struct tls *tls, const char *bytes, size_t len)
{
    ssize_t put;

    if (!tls->started) {
        put = send(tls->fd, bytes, len, MSG_NOSIGNAL);
        if (put < 0 && (errno == EAGAIN || errno == EINTR))
            return 0;
    } else {
        put = gnutls_record_send(tls->session, bytes, len);
        if (put < 0 && !gnutls_error_is_fatal((int)put))
            return 0;
    }
    if (put > 0)
        return put;
    say(tls, &tls->failure, EX_TEMPFAIL, "the connection was lost");
    return -1;
}

static ssize_t low_write(mailstream_low *low, const void *bytes, size_t len)
{
    struct tls *tls = low->data;
    size_t done = 0;

    bounds_command(&tls->bounds);
    tls->window_ms = steady_ms();
    tls->window_bytes = 0;
    while (done < len && tls->failure.scope == ERR_NONE) {
        ssize_t part = put(tls, (const char *)bytes + done, len - done);

        if (part < 0)
            return -1;
        done += (size_t)part;
        if (part > 0)
            tls->window_ms = steady_ms();
        else if (!wait_data(tls, POLLOUT))
            return -1;
    }
    return tls->failure.scope == ERR_NONE ? (ssize_t)done : -1;
}

static int low_close(mailstream_low *low)
{
    struct tls *tls = low->data;

    if (tls->started && tls->failure.scope == ERR_NONE)
        gnutls_bye(tls->session, GNUTLS_SHUT_WR);
    if (tls->fd >= 0)
        close(tls->fd);
    tls->fd = -1;
    if (tls->failure.scope == ERR_NONE)
        say(tls, &tls->failure, EX_TEMPFAIL, "the connection is closed");
    return 0;
}

static int low_get_fd(mailstream_low *low)
{
    const struct tls *tls = low->data;

    return tls->fd;
}

static void low_free(mailstream_low *low)
{
    free(low);
}

static void low_cancel(mailstream_low *low)
{
    (void)low;
}

static struct mailstream_cancel *low_get_cancel(mailstream_low *low)
{
    (void)low;
    return NULL;
}

static carray *low_get_chain(mailstream_low *low)
{
    (void)low;
    return NULL;
}

static int low_no_idle(mailstream_low *low)
{
    (void)low;
    return -1;
}

struct _mailstream_low *tls_low(struct tls *tls)
{
    /* The library's type is not const, but nothing writes to a driver. */
    static mailstream_low_driver driver = {
        .mailstream_read = low_read,
        .mailstream_write = low_write,
        .mailstream_close = low_close,
        .mailstream_get_fd = low_get_fd,
        .mailstream_free = low_free,
        .mailstream_cancel = low_cancel,
        .mailstream_get_cancel = low_get_cancel,
        .mailstream_get_certificate_chain = low_get_chain,
        .mailstream_setup_idle = low_no_idle,
        .mailstream_unsetup_idle = low_no_idle,
        .mailstream_interrupt_idle = low_no_idle,
    };

    return mailstream_low_new(tls, &driver);
}
