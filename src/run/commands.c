#include "run/command.h"

extern const struct command command_backup, command_cases, command_check, command_clock,
    command_credits, command_digest, command_export, command_fetch, command_find, command_init,
    command_inspect, command_letters, command_log, command_open, command_process, command_rebuild,
    command_recheck, command_redact, command_run, command_send, command_show, command_stats,
    command_verify, command_worksheet;

#define VERB(name, arguments, nl, en, takes_text, states)                                          \
    extern const struct command command_##name;
#include "cases/verbs.def"
#undef VERB

const struct command *const commands[] = {
    &command_init,
    &command_check,
    &command_run,
    &command_fetch,
    &command_process,
    &command_send,
    &command_digest,
    &command_cases,
    &command_show,
    &command_clock,
    &command_worksheet,
    &command_log,
    &command_find,
    &command_credits,
    &command_stats,
    &command_open,
    &command_export,
#define VERB(name, arguments, nl, en, takes_text, states) &command_##name,
#include "cases/verbs.def"
#undef VERB
    &command_recheck,
    &command_inspect,
    &command_redact,
    &command_letters,
    &command_verify,
    &command_backup,
    &command_rebuild,
    NULL,
};
