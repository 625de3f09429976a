/*
 * pass_fetch.h - the fetch pass: what is new in the mailbox comes sealed into the vault.
 *
 * The dialogue with the server runs in a child that has the IMAP password and nothing else; this
 * process seals what it hands over, commits it, and only then lets it tell the server. It holds no
 * key that could open what it sealed.
 */
#ifndef PASS_FETCH_H
#define PASS_FETCH_H

#include "config/settings.h"
#include "fetch/fetch.h"

/*
 * Takes the lock, waiting a minute for it. A dry run prints what is new and changes nothing. result
 * holds what was done also on failure. Fails with what fetch_run, the store or the lock say; the
 * failure is noted as the health of "fetch" when the store can be written.
 */
bool pass_fetch(const struct settings *settings, bool dry_run, struct fetch_result *result,
    struct err *err) MUST_USE;

#endif
