/* reading.h - the whole way from the bytes of one mail to its record, as the jailed child goes it.
 */
#ifndef READING_H
#define READING_H

#include "open/open.h"
#include "read/read.h"

struct reading_limits {
    struct open_limits open;
    struct read_limits read;
};

extern const struct reading_limits reading_limits_usual;

/*
 * Opens and reads one mail. Needs no file, no network and no locale: charsets come from
 * charset_warm(), which the parent calls before the jail closes (iconv loads its tables from
 * files). Fails only with what the engine fails with.
 */
bool reading_mail(struct span raw, const struct open_engine *engine,
    const struct reading_limits *limits, struct charsets *charsets, struct arena *arena,
    struct message *message, struct err *err) MUST_USE;

#endif
