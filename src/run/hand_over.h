/*
 * hand_over.h - what the child with the IMAP dialogue and the fetch pass say to each other, as
 * frames. Both are this program, but what the child says is checked like anything from outside.
 */
#ifndef HAND_OVER_H
#define HAND_OVER_H

#include "base/frame.h"
#include "fetch/fetch.h"

enum hand_over {
    HAND_CURSOR, /* asks: struct hand_folder; answer: struct hand_cursor */
    HAND_KNOWN, /* asks: struct hand_folder, struct fetch_listed …; answer: one byte each */
    HAND_FORGET, /* asks: struct hand_folder; answer: empty */
    HAND_BEGIN, /* struct hand_message */
    HAND_BYTES,
    HAND_KEEP,
    HAND_DROP,
    HAND_COMMIT, /* asks: struct hand_cursor; answer: empty */
    HAND_LIST, /* struct hand_message */
    HAND_PROGRESS, /* three numbers of 64 bits */
    HAND_DONE, /* struct fetch_result; the child ends */
    HAND_FAILED, /* struct err, after which comes HAND_DONE */
};

struct hand_folder {
    uint32_t index; /* in folders, then junk_folders, of the settings */
    uint32_t uidvalidity;
};

struct hand_cursor {
    struct hand_folder folder;
    uint32_t cursor, told;
};

struct hand_message {
    struct hand_folder folder;
    uint32_t uid, head_only;
    uint64_t size;
    int64_t received_s;
};

/* The name of a folder by its index; NULL when there is no such. */
const char *hand_over_folder(const struct fetch_settings *settings, uint32_t index);

#endif
