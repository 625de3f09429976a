/* probe.h - what `meldpost check` tries besides keys and folders: each gives its words, or why not.
 */
#ifndef PROBE_H
#define PROBE_H

#include "config/settings.h"

bool probe_letters(const struct settings *settings, struct arena *arena, const char **words,
    struct err *err) MUST_USE;
bool probe_closing_days(const struct settings *settings, struct arena *arena, const char **words,
    struct err *err) MUST_USE;
bool probe_health(const struct settings *settings, struct arena *arena, const char **words,
    struct err *err) MUST_USE;
bool probe_imap(const struct settings *settings, struct arena *arena, const char **words,
    struct err *err) MUST_USE;
bool probe_smtp(const struct settings *settings, struct arena *arena, const char **words,
    struct err *err) MUST_USE;

#endif
