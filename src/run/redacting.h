/* redacting.h - takes personal data out of what was read of one message, in a jailed child: the
 * redactor parses what a stranger wrote. */
#ifndef REDACTING_H
#define REDACTING_H

#include "config/settings.h"
#include "jail/jail.h"
#include "message/message.h"

struct redacting {
    const char *subject; /* all of them redacted */
    const char *text; /* the message's text, then that of each attachment that has one */
    const char **names; /* one for each attachment of the message */
    const char *receipt; /* JSON: counts by type and rule, least certainty, version */
    const char *memory; /* placeholders of the case, after this message */
};

/* Whether the text of an attachment is in the redacted text. */
bool redacting_has_text(const struct attachment *attachment);

/* Starts the jail for it: before keys are read and the store is opened. */
bool redacting_open(const struct settings *settings, struct jail **jail, struct err *err) MUST_USE;

/*
 * memory is what the last message of the case left ("" for a new case). Fails with ERR_MESSAGE
 * when the child crashes, takes too long or too much: then nothing of the message may be shown.
 */
bool redacting_message(struct jail *jail, const struct settings *settings,
    const struct message *message, const char *memory, struct arena *arena,
    struct redacting *redacting, struct err *err) MUST_USE;

#endif
