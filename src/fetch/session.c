#include "fetch/session.h"

#include "fetch/folder_name.h"
#include "tls/bearer.h"
#include "tls/tls.h"

#include <libetpan/libetpan.h>
#include <libetpan/mailimap_oauth2.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

enum { STREAM_BUFFER = 64 * 1024 };

struct session {
    const struct fetch_settings *settings;
    struct arena *arena;
    struct tls *tls;
    mailimap *imap;
    bool curable, declined;

    /* of the command that runs */
    session_each *each;
    session_bytes *bytes;
    void *context;
    bool stopped;
};

/* --- what went wrong --- */

/* What the server said with its NO or BAD, for people. */
static const char *words(const struct session *session)
{
    return session->imap->imap_response ? session->imap->imap_response : "no words";
}

static bool is_curable(int exit_code)
{
    return exit_code == EX_TEMPFAIL;
}

/* The reason behind a failed call of the library. */
static bool failed(struct session *session, int code, const char *what, struct err *err)
{
    session->curable = session->declined = false;
    if (tls_failed(session->tls, err)) {
        session->curable = is_curable(err->exit_code);
        return err_at(err, "imap: %s", what);
    }
    switch (code) {
    case MAILIMAP_ERROR_PARSE:
    case MAILIMAP_ERROR_PROTOCOL:
        return err_set(err, ERR_SERVICE, "imap: %s: the server's answer makes no sense", what);
    case MAILIMAP_ERROR_FATAL:
    case MAILIMAP_ERROR_STREAM:
        session->curable = true;
        return err_set(err, ERR_SERVICE, "imap: %s: the server ended the session", what);
    case MAILIMAP_ERROR_MEMORY:
        return err_set(err, ERR_SERVICE, "imap: %s: the answer is too large to hold", what);
    default:
        session->declined = true;
        return err_exit(err, ERR_SERVICE, EX_UNAVAILABLE, "imap: %s: the server says: %.120s", what,
            words(session));
    }
}

static bool refused(struct session *session, const char *what, struct err *err)
{
    const char *said = words(session);
    bool later = span_find_nocase(span_of(said), SPAN("temporar"), 0) != SPAN_NOWHERE;

    return err_exit(
        err, ERR_SERVICE, later ? EX_TEMPFAIL : EX_NOPERM, "imap: %s: %.120s", what, said);
}

/* Whatever goes into a command ends it at the first line end: the library does not look. */
static bool sendable(const char *what, const char *text, struct err *err)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at < 0x20 || *at == 0x7f)
            return err_exit(
                err, ERR_RUN, EX_CONFIG, "imap: %s: control characters are not allowed", what);
    return true;
}

/* --- connection --- */

static bool has(const struct session *session, const char *capability)
{
    char name[64];

    strncpy(name, capability, sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    return mailimap_has_extension(session->imap, name);
}

static bool has_login(const struct session *session, const char *mechanism)
{
    return mailimap_has_authentication(session->imap, mechanism);
}

/* What was said before TLS or before the login does not count after it (RFC 3501, 6.2.1). */
static bool ask_capabilities(struct session *session, struct err *err)
{
    struct mailimap_capability_data *data = NULL;
    int code = mailimap_capability(session->imap, &data);

    if (code != MAILIMAP_NO_ERROR)
        return failed(session, code, "CAPABILITY", err);
    mailimap_capability_data_free(data);
    return true;
}

static bool start_tls(struct session *session, struct err *err)
{
    int code;

    if (!ask_capabilities(session, err))
        return false;
    if (!has(session, "STARTTLS"))
        return err_exit(err, ERR_SERVICE, EX_NOPERM,
            "imap: %s:%d: the server offers no STARTTLS; nothing was sent",
            session->settings->server->host, session->settings->server->port);
    code = mailimap_starttls(session->imap);
    if (code != MAILIMAP_NO_ERROR)
        return tls_failed(session->tls, err)
            ? failed(session, code, "STARTTLS", err)
            : err_exit(err, ERR_SERVICE, EX_NOPERM,
                "imap: STARTTLS: refused, or followed by answers that were not asked for");
    if (session->imap->imap_stream->read_buffer_len > 0 || !tls_quiet(session->tls))
        return err_exit(err, ERR_SERVICE, EX_NOPERM,
            "imap: STARTTLS: the server talks in clear after it; nothing was sent");
    if (!tls_start(session->tls, err))
        return err_at(err, "imap");
    return ask_capabilities(session, err);
}

static bool greet(struct session *session, struct err *err)
{
    mailstream_low *low = tls_low(session->tls);
    mailstream *stream = low ? mailstream_new(low, STREAM_BUFFER) : NULL;
    int code;

    if (!stream)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    code = mailimap_connect(session->imap, stream);
    if (code == MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        return true;
    if (code == MAILIMAP_NO_ERROR_AUTHENTICATED)
        return err_set(err, ERR_SERVICE, "imap: the server logs us in unasked (PREAUTH)");
    return failed(session, code, "greeting", err);
}

static bool connect_tls(struct session *session, struct err *err)
{
    const struct server_settings *server = session->settings->server;

    if (!tls_open(server, session->settings->until_ms, BOUNDS_IMAP, &session->tls, err)) {
        session->curable = is_curable(err->exit_code);
        return err_at(err, "imap");
    }
    return greet(session, err)
        && (server->tls == TLS_IMPLICIT ? ask_capabilities(session, err) : start_tls(session, err));
}

/* --- login --- */

/* The mechanisms in the order we like them. SCRAM does not show the password to the server. */
static const struct {
    enum login_mode mode;
    const char *mechanism;
} logins[] = {
    { LOGIN_SCRAM, "SCRAM-SHA-256" },
    { LOGIN_SCRAM, "SCRAM-SHA-1" },
    { LOGIN_PLAIN, "PLAIN" },
};

static const char *choose_mechanism(const struct session *session)
{
    int mode = session->settings->server->login;

    for (size_t i = 0; i < COUNT(logins); i++)
        if ((mode == LOGIN_AUTO || mode == (int)logins[i].mode)
            && has_login(session, logins[i].mechanism))
            return logins[i].mechanism;
    return NULL;
}

/* How a login went. */
static bool login_done(struct session *session, int code, const char *how, struct err *err)
{
    if (code == MAILIMAP_NO_ERROR)
        return true;
    if (code == MAILIMAP_ERROR_LOGIN || code == MAILIMAP_ERROR_PROTOCOL
        || code == MAILIMAP_ERROR_SASL || code == MAILIMAP_ERROR_BAD_STATE)
        if (!tls_failed(session->tls, err)) {
            char what[80];

            snprintf(what, sizeof(what), "login (%s) refused", how);
            return refused(session, what, err);
        }
    return failed(session, code, "login", err);
}

static bool login_plainly(struct session *session, struct err *err)
{
    const struct fetch_settings *settings = session->settings;
    int mode = settings->server->login;

    if ((mode != LOGIN_AUTO && mode != LOGIN_LOGIN) || has(session, "LOGINDISABLED"))
        return err_exit(err, ERR_SERVICE, EX_NOPERM,
            "imap: the server offers no login of the kind in the setting login");
    return login_done(session,
        mailimap_login(session->imap, settings->server->user, settings->secret), "LOGIN", err);
}

static bool send_line(struct session *session, const char *line)
{
    mailstream *stream = session->imap->imap_stream;
    size_t len = strlen(line);

    return mailstream_write(stream, line, len) == (ssize_t)len
        && mailstream_write(stream, "\r\n", 2) == 2 && mailstream_flush(stream) == 0;
}

/* The end of an AUTHENTICATE, as the library's own calls tell it. */
static int read_end(struct session *session)
{
    struct mailimap_response *response = NULL;
    int code = mailimap_parse_response(session->imap, &response);
    bool good;

    if (code != MAILIMAP_NO_ERROR)
        return code;
    good = response->rsp_resp_done->rsp_type == MAILIMAP_RESP_DONE_TYPE_TAGGED
        && response->rsp_resp_done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type
            == MAILIMAP_RESP_COND_STATE_OK;
    mailimap_response_free(response);
    if (good)
        session->imap->imap_state = MAILIMAP_STATE_AUTHENTICATED;
    return good ? MAILIMAP_NO_ERROR : MAILIMAP_ERROR_LOGIN;
}

/* The library knows XOAUTH2 alone. The message goes when it is asked for, which every server
 * understands (RFC 3501, 6.2.2); a refusal asks once more. */
static int authenticate_bearer(struct session *session)
{
    const struct fetch_settings *settings = session->settings;
    const char *const says[] = { bearer_message(settings->server, settings->secret, session->arena),
        BEARER_GIVES_UP };
    int code = mailimap_send_current_tag(session->imap);

    if (code != MAILIMAP_NO_ERROR)
        return code;
    if (!send_line(session, "AUTHENTICATE OAUTHBEARER"))
        return MAILIMAP_ERROR_STREAM;
    for (size_t i = 0;; i++) {
        const char *line = mailimap_read_line(session->imap);

        if (!line)
            return MAILIMAP_ERROR_STREAM;
        if (*line != '+')
            return read_end(session);
        if (i == COUNT(says))
            return MAILIMAP_ERROR_PROTOCOL;
        if (!send_line(session, says[i]))
            return MAILIMAP_ERROR_STREAM;
    }
}

static bool login_by_token(struct session *session, struct err *err)
{
    const struct fetch_settings *settings = session->settings;

    if (has_login(session, "XOAUTH2"))
        return login_done(session,
            mailimap_oauth2_authenticate(session->imap, settings->server->user, settings->secret),
            "XOAUTH2", err);
    if (has_login(session, "OAUTHBEARER"))
        return login_done(session, authenticate_bearer(session), "OAUTHBEARER", err);
    return err_exit(err, ERR_SERVICE, EX_NOPERM,
        "imap: the server offers neither XOAUTH2 nor OAUTHBEARER, for the token");
}

static bool log_in(struct session *session, struct err *err)
{
    const struct fetch_settings *settings = session->settings;
    const char *user = settings->server->user, *mechanism;
    int code;

    assert(tls_started(session->tls));
    if (!sendable("user", user, err) || !sendable("password or token", settings->secret, err))
        return false;
    if (settings->is_token)
        return login_by_token(session, err);
    mechanism = choose_mechanism(session);
    if (!mechanism)
        return login_plainly(session, err);
    code = mailimap_authenticate(session->imap, mechanism, settings->server->host, NULL, NULL, user,
        user, settings->secret, "");
    return login_done(session, code, mechanism, err);
}

bool session_open(const struct fetch_settings *settings, struct session **out, struct err *err)
{
    struct session *session;

    if (!settings->server->user[0])
        return err_exit(err, ERR_RUN, EX_CONFIG, "imap: user is missing: the name to log in with");
    session = calloc(1, sizeof(*session));
    if (!session)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    *out = session;
    session->settings = settings;
    session->arena = arena_new();
    session->imap = mailimap_new(0, NULL);
    if (!session->imap)
        return err_exit(err, ERR_RUN, EX_OSERR, "out of memory");
    return connect_tls(session, err) && log_in(session, err) && ask_capabilities(session, err);
}

void session_close(struct session **out)
{
    struct session *session = *out;

    if (!session)
        return;
    if (session->tls)
        tls_leave(session->tls);
    if (session->imap)
        mailimap_free(session->imap);
    tls_close(&session->tls);
    arena_free(&session->arena);
    free(session);
    *out = NULL;
}

struct certificate session_certificate(const struct session *session)
{
    return session->tls ? tls_certificate(session->tls) : (struct certificate) { 0 };
}

bool session_curable(const struct session *session)
{
    return session->curable;
}

bool session_declined(const struct session *session)
{
    return session->declined;
}

/* --- folders --- */

bool session_select(struct session *session, const char *folder, bool change,
    struct session_folder *facts, struct err *err)
{
    const char *name;
    int code;

    if (!folder_name_imap(folder, session->arena, &name, err))
        return err_at(err, "imap");
    code = change ? mailimap_select(session->imap, name) : mailimap_examine(session->imap, name);
    if (code == MAILIMAP_ERROR_SELECT || code == MAILIMAP_ERROR_EXAMINE)
        return err_exit(
            err, ERR_SERVICE, EX_CONFIG, "imap: folder '%.60s': %.120s", folder, words(session));
    if (code != MAILIMAP_NO_ERROR)
        return failed(session, code, change ? "SELECT" : "EXAMINE", err);
    facts->uidvalidity = session->imap->imap_selection_info->sel_uidvalidity;
    facts->uidnext = session->imap->imap_selection_info->sel_uidnext;
    facts->exists = session->imap->imap_selection_info->sel_exists;
    /* Without it no UID means anything (RFC 3501, 2.3.1.1). */
    if (facts->uidvalidity == 0)
        return err_set(
            err, ERR_SERVICE, "imap: folder '%.60s': the server gives no UIDVALIDITY", folder);
    return true;
}

/* --- lists and texts --- */

static int64_t instant(const struct mailimap_date_time *date)
{
    struct tm parts = {
        .tm_year = date->dt_year - 1900,
        .tm_mon = date->dt_month - 1,
        .tm_mday = date->dt_day,
        .tm_hour = date->dt_hour,
        .tm_min = date->dt_min,
        .tm_sec = date->dt_sec,
    };
    time_t at;

    if (date->dt_year < 1970 || date->dt_year > 9999)
        return 0;
    at = timegm(&parts) - ((time_t)date->dt_zone / 100 * 60 + date->dt_zone % 100) * 60;
    return at > 0 ? at : 0;
}

static void read_item(const struct mailimap_msg_att_static *part, struct session_item *item)
{
    const struct mailimap_msg_att_body_section *section;

    switch (part->att_type) {
    case MAILIMAP_MSG_ATT_UID:
        item->uid = part->att_data.att_uid;
        break;
    case MAILIMAP_MSG_ATT_RFC822_SIZE:
        item->size = part->att_data.att_rfc822_size;
        break;
    case MAILIMAP_MSG_ATT_INTERNALDATE:
        if (part->att_data.att_internal_date)
            item->received_s = instant(part->att_data.att_internal_date);
        break;
    case MAILIMAP_MSG_ATT_BODY_SECTION:
        section = part->att_data.att_body_section;
        item->has_text = true;
        if (section && section->sec_body_part)
            item->text = (struct span) { section->sec_body_part, section->sec_length };
        break;
    default:
        break;
    }
}

static void take_item(struct mailimap_msg_att *att, void *context)
{
    struct session *session = context;
    struct session_item item = { 0 };

    for (clistiter *at = clist_begin(att->att_list); at; at = clist_next(at)) {
        const struct mailimap_msg_att_item *part = clist_content(at);

        if (part->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
            read_item(part->att_data.att_static, &item);
    }
    if (!session->stopped && !session->each(session->context, &item))
        session->stopped = true;
}

static bool take_bytes(int type, struct mailimap_msg_att_body_section *section, const char *bytes,
    size_t len, void *context)
{
    struct session *session = context;

    (void)type;
    (void)section;
    if (!session->stopped && !session->bytes(session->context, (struct span) { bytes, len }))
        session->stopped = true;
    return !session->stopped;
}

/* The library calls the item handler only when there is a progress callback too. */
static void take_progress(size_t current, size_t maximum, void *context)
{
    (void)current;
    (void)maximum;
    (void)context;
}

typedef int fetch_command(
    mailimap *imap, struct mailimap_set *set, struct mailimap_fetch_type *type, clist **list);

static bool run_fetch(struct session *session, fetch_command *command, struct mailimap_set *set,
    struct mailimap_fetch_type *type, const char *what, struct err *err)
{
    clist *list = NULL;
    int code;

    session->stopped = false;
    mailimap_set_progress_callback(session->imap, NULL, take_progress, session);
    mailimap_set_msg_att_handler(session->imap, take_item, session);
    mailimap_set_msg_body_handler(session->imap, session->bytes ? take_bytes : NULL, session);
    code = command(session->imap, set, type, &list);
    mailimap_set_msg_body_handler(session->imap, NULL, NULL);
    mailimap_set_msg_att_handler(session->imap, NULL, NULL);
    if (code == MAILIMAP_NO_ERROR && list)
        mailimap_fetch_list_free(list);
    mailimap_fetch_type_free(type);
    mailimap_set_free(set);
    if (session->stopped)
        return false;
    return code == MAILIMAP_NO_ERROR || failed(session, code, what, err);
}

static void out_of_memory(void)
{
    abort();
}

static struct mailimap_fetch_type *type_of(struct mailimap_fetch_att *const *atts, size_t count)
{
    struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att_list_empty();

    if (!type)
        out_of_memory();
    for (size_t i = 0; i < count; i++)
        if (!atts[i]
            || mailimap_fetch_type_new_fetch_att_list_add(type, atts[i]) != MAILIMAP_NO_ERROR)
            out_of_memory();
    return type;
}

bool session_list(struct session *session, uint32_t from, uint32_t to, session_each *each,
    void *context, struct err *err)
{
    struct mailimap_fetch_att *atts[] = {
        mailimap_fetch_att_new_uid(),
        mailimap_fetch_att_new_rfc822_size(),
        mailimap_fetch_att_new_internaldate(),
    };
    struct mailimap_set *set = mailimap_set_new_interval(from, to);

    if (!set)
        out_of_memory();
    session->each = each;
    session->bytes = NULL;
    session->context = context;
    return run_fetch(session, mailimap_uid_fetch, set, type_of(atts, COUNT(atts)), "list", err);
}

static bool take_uid(void *context, const struct session_item *item)
{
    uint32_t *uid = context;

    if (item->uid)
        *uid = item->uid;
    return true;
}

bool session_uid_at(struct session *session, uint32_t number, uint32_t *uid, struct err *err)
{
    struct mailimap_fetch_att *atts[] = { mailimap_fetch_att_new_uid() };
    struct mailimap_set *set = mailimap_set_new_single(number);

    if (!set)
        out_of_memory();
    *uid = 0;
    session->each = take_uid;
    session->bytes = NULL;
    session->context = uid;
    return run_fetch(session, mailimap_fetch, set, type_of(atts, COUNT(atts)), "list", err);
}

/* Ranges, so that many messages in a row are a short command. */
static struct mailimap_set *set_of(struct session_uids uids)
{
    struct mailimap_set *set = mailimap_set_new_empty();

    if (!set)
        out_of_memory();
    for (size_t i = 0; i < uids.count;) {
        size_t first = i++;

        while (i < uids.count && uids.at[i] == uids.at[i - 1] + 1)
            i++;
        if (mailimap_set_add_interval(set, uids.at[first], uids.at[i - 1]) != MAILIMAP_NO_ERROR)
            out_of_memory();
    }
    return set;
}

bool session_fetch(struct session *session, struct session_uids uids, bool head_only,
    session_bytes *bytes, session_each *each, void *context, struct err *err)
{
    struct mailimap_section *section = head_only ? mailimap_section_new_header()
                                                 : mailimap_section_new(NULL);
    struct mailimap_fetch_att *atts[] = {
        mailimap_fetch_att_new_uid(),
        section ? mailimap_fetch_att_new_body_peek_section(section) : NULL,
    };

    session->each = each;
    session->bytes = bytes;
    session->context = context;
    return run_fetch(
        session, mailimap_uid_fetch, set_of(uids), type_of(atts, COUNT(atts)), "FETCH", err);
}

/* --- changes --- */

bool session_keeps(const struct session *session, const char *keyword)
{
    const clist *list = session->imap->imap_selection_info
        ? session->imap->imap_selection_info->sel_perm_flags
        : NULL;

    for (clistiter *at = list ? clist_begin(list) : NULL; at; at = clist_next(at)) {
        const struct mailimap_flag_perm *flag = clist_content(at);

        if (flag->fl_type == MAILIMAP_FLAG_PERM_ALL)
            return true;
        if (flag->fl_flag && flag->fl_flag->fl_type == MAILIMAP_FLAG_KEYWORD
            && strcasecmp(flag->fl_flag->fl_data.fl_keyword, keyword) == 0)
            return true;
    }
    return false;
}

static bool store(struct session *session, struct session_uids uids, struct mailimap_flag *flag,
    const char *what, struct err *err)
{
    struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
    struct mailimap_store_att_flags *change;
    struct mailimap_set *set = set_of(uids);
    int code;

    if (!flag || !flags || mailimap_flag_list_add(flags, flag) != MAILIMAP_NO_ERROR)
        out_of_memory();
    change = mailimap_store_att_flags_new_add_flags_silent(flags);
    if (!change)
        out_of_memory();
    code = mailimap_uid_store(session->imap, set, change);
    mailimap_store_att_flags_free(change);
    mailimap_set_free(set);
    return code == MAILIMAP_NO_ERROR || failed(session, code, what, err);
}

/* RFC 3501, section 9: an atom. */
static bool is_keyword(const char *text)
{
    return *text
        && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789$_-.")
        == strlen(text);
}

bool session_flag(
    struct session *session, struct session_uids uids, const char *keyword, struct err *err)
{
    char *name;

    if (!is_keyword(keyword))
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "imap: after_fetch_name: a keyword has letters, digits, $ _ - and . only");
    name = strdup(keyword);
    if (!name)
        out_of_memory();
    /* The flag owns the name. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    return store(session, uids, mailimap_flag_new_flag_keyword(name), "keyword", err);
}

bool session_moves(const struct session *session)
{
    return has(session, "MOVE") || has(session, "UIDPLUS");
}

static void free_set(struct mailimap_set *set)
{
    if (set)
        mailimap_set_free(set);
}

/* RFC 6851; without it copy, mark, and expunge these UIDs alone (RFC 4315), never a bare EXPUNGE:
 * that would take what others have marked. */
bool session_move(
    struct session *session, struct session_uids uids, const char *folder, struct err *err)
{
    struct mailimap_set *set, *source = NULL, *target = NULL;
    uint32_t uidvalidity;
    const char *name;
    int code;

    assert(session_moves(session));
    if (!folder_name_imap(folder, session->arena, &name, err))
        return err_at(err, "imap: after_fetch_name");
    set = set_of(uids);
    code = has(session, "MOVE")
        ? mailimap_uidplus_uid_move(session->imap, set, name, &uidvalidity, &source, &target)
        : mailimap_uid_copy(session->imap, set, name);
    free_set(source);
    free_set(target);
    if (code == MAILIMAP_NO_ERROR && !has(session, "MOVE")) {
        if (!store(session, uids, mailimap_flag_new_deleted(), "move", err)) {
            mailimap_set_free(set);
            return false;
        }
        code = mailimap_uid_expunge(session->imap, set);
    }
    mailimap_set_free(set);
    return code == MAILIMAP_NO_ERROR || failed(session, code, "move", err);
}
