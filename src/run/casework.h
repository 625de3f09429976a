/* casework.h - what the commands on cases share: the open desk, the language, who is at it. */
#ifndef CASEWORK_H
#define CASEWORK_H

#include "run/desk.h"
#include "store/txn.h"

#define CASEWORK_OPTIONS "--config --language"

struct casework {
    struct office office;
    struct desk desk;
    const char *language; /* "nl" or "en" */
    bool dutch;
    const char *actor; /* login name of who gives the command */
};

/*
 * Starts as {0}. config NULL: SETTINGS_FILE; language NULL: that of the digest. Fails as
 * office_open and desk_open do, and with EX_USAGE for another language.
 */
bool casework_open(const char *config, const char *language, enum office_mode mode,
    struct casework *work, struct err *err) MUST_USE;
void casework_close(struct casework *work); /* for AUTO; {0} is fine */

/*
 * A person read the case (number "": a message of none): what was shown (text, of the message or
 * letter hash) goes to the audit log, and the first time is kept in the case (AVG article 33: from
 * when the municipality knew). Needs OFFICE_WRITE.
 */
bool casework_read(struct casework *work, struct case_file *file, const char *what,
    const char *text, const char *hash, struct err *err) MUST_USE;

/* "24-11-2026 17:11"; "-" for 0. */
const char *casework_moment(int64_t at_s, struct arena *arena);

/* Prints text with each line indented. */
void casework_indent(const char *text, int columns);

#endif
