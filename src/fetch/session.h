/* session.h - an IMAP session: connected, verified, logged in; what the server can do. */
#ifndef SESSION_H
#define SESSION_H

#include "fetch/fetch.h"

struct session;

/* Connects, starts TLS, logs in. Fails as fetch_run. */
bool session_open(
    const struct fetch_settings *settings, struct session **session, struct err *err) MUST_USE;
void session_close(struct session **session); /* with LOGOUT when it still can; NULL is fine */

/*
 * Opens a folder: EXAMINE, or SELECT when something is to be changed in it. Gives UIDVALIDITY
 * (never 0), UIDNEXT (0: the server does not say) and the number of messages.
 */
struct session_folder {
    uint32_t uidvalidity, uidnext, exists;
};
bool session_select(struct session *session, const char *folder, bool change,
    struct session_folder *facts, struct err *err) MUST_USE;

/* One message that the server lists, or the end of one that it sends. */
struct session_item {
    uint32_t uid; /* 0: the server did not say */
    uint64_t size;
    int64_t received_s;
    struct span text; /* when it came as a short string and not as a stream */
    bool has_text; /* the answer held a text, streamed or not */
};
struct session_uids {
    const uint32_t *at;
    size_t count;
};

/* Both give false to stop, having set their own error. */
typedef bool session_each(void *context, const struct session_item *item);
typedef bool session_bytes(void *context, struct span bytes);

/* Lists UIDs from to to (0: to the end): UID, size, date. */
bool session_list(struct session *session, uint32_t from, uint32_t to, session_each *each,
    void *context, struct err *err) MUST_USE;

/* The UID of the message with that number, from 1; 0 when the server does not say. */
bool session_uid_at(
    struct session *session, uint32_t number, uint32_t *uid, struct err *err) MUST_USE;

/*
 * Fetches messages, or their heads, without changing their flags: bytes gets the text piece by
 * piece, each what belongs to it afterwards. ERR_NONE in *err and false: a callback stopped it; the
 * session is then good for session_close only.
 */
bool session_fetch(struct session *session, struct session_uids uids, bool head_only,
    session_bytes *bytes, session_each *each, void *context, struct err *err) MUST_USE;

/* Whether the open folder keeps this keyword; whether messages can be moved by UID alone. */
bool session_keeps(const struct session *session, const char *keyword);
bool session_moves(const struct session *session);

bool session_flag(struct session *session, struct session_uids uids, const char *keyword,
    struct err *err) MUST_USE;
bool session_move(struct session *session, struct session_uids uids, const char *folder,
    struct err *err) MUST_USE;

struct certificate session_certificate(const struct session *session);

/* Of the last failure: one of the line, which another attempt may cure; or a plain no to that one
 * command, after which the session goes on. */
bool session_curable(const struct session *session);
bool session_declined(const struct session *session);

#endif
