#include "run/command.h"

extern const struct command command_backup, command_check, command_fetch, command_init,
    command_inspect, command_verify;

const struct command *const commands[] = {
    &command_init,
    &command_check,
    &command_fetch,
    &command_inspect,
    &command_verify,
    &command_backup,
    NULL,
};
