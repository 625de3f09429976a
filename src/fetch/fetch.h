/*
 * fetch.h - brings messages in over IMAP: a dialogue with one server that hands over what is new.
 *
 * It knows nothing of the store: what is known already it asks, what it receives it gives, through
 * the functions of a sink. The server is told that a message was taken (after_fetch) only after the
 * sink has committed it. Runs in a process of its own that may die at any byte.
 */
#ifndef FETCH_H
#define FETCH_H

#include "base/err.h"
#include "base/span.h"
#include "config/settings.h"
#include "tls/certificate.h"

struct fetch_settings {
    const struct server_settings *server;
    const char *secret; /* the password, or the token */
    bool is_token;
    const struct texts *folders;
    const struct texts *junk_folders; /* fetched too, never changed */
    int after_fetch; /* enum after_fetch */
    const char *after_fetch_name;
    uint64_t max_message; /* bytes; of a larger one only the head is taken */
    bool dry_run; /* lists what is new, changes nothing */
    int64_t until_ms; /* of steady_ms: the end of the run */
};

struct fetch_folder {
    const char *name; /* as in the settings, UTF-8 */
    uint32_t uidvalidity;
};

struct fetch_message {
    const struct fetch_folder *folder;
    uint32_t uid;
    uint64_t size; /* as the server claims */
    int64_t received_s; /* INTERNALDATE: when the mailbox got it; 0: unknown */
    bool head_only; /* larger than max_message */
};

/* One row of the server's list. */
struct fetch_listed {
    uint32_t uid;
    uint64_t size;
    int64_t received_s;
};

enum fetch_known {
    FETCH_NEW,
    FETCH_KNOWN, /* committed before */
    FETCH_KNOWN_HEAD, /* committed before, the head alone: it stays where it is */
    FETCH_REUSED, /* the UID is known, with another size and another date: another message */
};

enum { FETCH_GROUP = 250 }; /* messages in one commit, at most */

/* All gives false on failure, which ends the run with the sink's error. */
struct fetch_sink {
    void *context;

    /*
     * Where the last run ended in a folder: every UID up to *cursor is known, and the server was
     * told about every one up to *told. Both 0 when the folder or this UIDVALIDITY is new.
     */
    bool (*cursor)(void *context, const struct fetch_folder *folder, uint32_t *cursor,
        uint32_t *told, struct err *err);

    /* Which of these were committed before; at most FETCH_GROUP. */
    bool (*known)(void *context, const struct fetch_folder *folder,
        const struct fetch_listed *listed, size_t count, enum fetch_known *known, struct err *err);

    /* The server was restored and counts its UIDs again: nothing of this folder is known any more
     * (content tells what comes twice). */
    bool (*forget)(void *context, const struct fetch_folder *folder, struct err *err);

    /* One message: begin, bytes …, then keep or drop. message is valid during the call. */
    bool (*begin)(void *context, const struct fetch_message *message, struct err *err);
    bool (*bytes)(void *context, struct span bytes, struct err *err);
    bool (*keep)(void *context, struct err *err);
    bool (*drop)(void *context, struct err *err);

    /*
     * Everything kept since the last call goes to the disk, and the next run gets this cursor and
     * told. What comes next may be asked of the server meanwhile: that it is done is sure when
     * committed has given true.
     */
    bool (*commit)(void *context, const struct fetch_folder *folder, uint32_t cursor, uint32_t told,
        struct err *err);
    bool (*committed)(void *context, struct err *err);

    /* In a dry run, instead of all that follows cursor and known. */
    bool (*list)(void *context, const struct fetch_message *message, struct err *err);

    /* How far: messages and bytes so far, messages to come in this folder as known now. */
    bool (*progress)(
        void *context, uint64_t messages, uint64_t bytes, uint64_t to_come, struct err *err);
};

struct fetch_result {
    uint64_t seen; /* messages in all folders, new or not */
    uint64_t fetched, bytes; /* new ones, whole */
    uint64_t heads; /* new ones, of which only the head was taken */
    uint64_t gone; /* listed, but taken away by somebody before we got them */
    uint64_t restored; /* folders in which UIDs were used again: fetched anew */
    uint64_t told; /* after_fetch was done */
    uint64_t failed; /* the server gave no text for them: tried again next time */
    struct certificate certificate; /* of the server; zeros when it was not reached */
    bool curable; /* the failure is one that another attempt may cure */
};

/*
 * One connection: logs in, goes through all folders, logs out. result holds what was done also on
 * failure. Fails with ERR_SERVICE: EX_TEMPFAIL, EX_NOPERM, EX_CONFIG (a folder that is not there);
 * ERR_RUN for settings that cannot be sent, and with what the sink said.
 */
bool fetch_run(const struct fetch_settings *settings, const struct fetch_sink *sink,
    struct fetch_result *result, struct err *err) MUST_USE;

#endif
