#include "run/command.h"

extern const struct command command_backup, command_check, command_fetch, command_init,
    command_redact, command_verify;

const struct command *const commands[] = {
    &command_init,
    &command_check,
    &command_fetch,
    &command_verify,
    &command_backup,
    &command_redact,
    NULL,
};
