/* walk.h - one message on its way from the sealed bytes to its case. */
#ifndef WALK_H
#define WALK_H

#include "base/hash.h"
#include "run/desk.h"
#include "run/inbox.h"
#include "run/jailed.h"
#include "run/redacting.h"

/* What every message needs: the desk, and the jails for what parses its bytes. */
struct hall {
    struct desk *desk;
    struct jail *redacting;
    struct jail *reading; /* for walk_read; NULL where a crew reads */
    struct jailed_limits limits;
};

struct jailed_limits hall_limits(const struct settings *settings);

/*
 * Starts both jails, before any secret is read: their children never had one in memory. The desk
 * is the caller's to fill. hall starts as {0}.
 */
bool hall_open(const char *config, struct hall *hall, struct err *err) MUST_USE;
void hall_close(struct hall *hall);

/* A message that was handled before the index was lost: nothing goes out for it. */
struct walk_again {
    const char *number; /* its case as the audit log has it, "" for none; NULL: not known */
    bool opens;
    enum case_kind kind;
    const char *hash; /* of its bytes; "" where that is not known */
};

struct walk {
    const struct hall *hall;
    struct desk *desk;
    const struct walk_again *again; /* NULL for one that comes for the first time */
    struct arena *arena; /* wiped when the walk ends */
    struct inbox_row row;
    const char *place; /* see walk_place */
    const char *hash; /* of the raw bytes; "" before they were unsealed */
    struct message message;
    struct belongs belongs;
    bool copy; /* a duplicate of a message that is whole in the vault, or was erased */
    struct redacting redacted;
    struct filed filed;
    enum aside stuck; /* at which step, where it failed */
};

/* "INBOX 1700000000 42": where the mailbox has it. */
const char *walk_place(const struct inbox_row *row, struct arena *arena);

struct walk walk_of(const struct hall *hall, const struct inbox_row *row, struct arena *arena);

/* Unseals, opens and reads one message in this process. */
bool walk_read(struct walk *walk, struct err *err) MUST_USE;

/* From what was read to the case. Its last step is one transaction; on failure nothing was changed.
 */
bool walk_take(struct walk *walk, struct err *err) MUST_USE;

/* The message stays sealed where it is; a person hears of it through the digest. */
bool walk_aside(struct walk *walk, const struct err *why, struct err *err) MUST_USE;

#endif
