#include "run/command.h"

extern const struct command command_backup, command_init;

const struct command *const commands[] = {
    &command_init,
    &command_backup,
    NULL,
};
