/* town.h - what a settings file says of the municipality's public data, without the rest of it. */
#ifndef TOWN_H
#define TOWN_H

#include "base/err.h"
#include "base/texts.h"

struct town_settings {
    struct texts own_domains, public_phones, office, functional, keep;
};

/*
 * Reads own_domains, public_phones, office, functional and keep; other keys are left alone, so that
 * the program's own settings file serves too. The arena owns the texts.
 * Fails with ERR_RUN, EX_CONFIG, when the file cannot be read or parsed.
 */
bool town_read(
    const char *path, struct arena *arena, struct town_settings *town, struct err *err) MUST_USE;

#endif
