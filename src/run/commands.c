#include "run/command.h"

extern const struct command command_redact;

const struct command *const commands[] = {
    &command_redact,
    NULL,
};
