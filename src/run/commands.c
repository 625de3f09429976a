#include "run/command.h"

extern const struct command command_init;

const struct command *const commands[] = {
    &command_init,
    NULL,
};
