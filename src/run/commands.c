#include "run/command.h"

const struct command *const commands[] = {
    NULL,
};
