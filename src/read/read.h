/* read.h - turns what was opened into plain UTF-8 text: pieces, the whole text, the texts of
 * attachments, and the language. */
#ifndef READ_H
#define READ_H

#include "message/content.h"
#include "mime/charset.h"

struct read_limits {
    size_t html; /* bytes of one HTML text that are parsed */
    size_t text; /* bytes of one piece or attachment text */
    size_t all; /* bytes of text of one message */
};

extern const struct read_limits read_limits_usual;

/*
 * Fills message->pieces, text, language and the attachments' texts; adds to flags and reasons. What
 * a limit cuts is said there. Opens no file: charsets come in ready.
 */
void read_message(const struct contents *contents, const struct read_limits *limits,
    struct charsets *charsets, struct arena *arena, struct message *message);

#endif
