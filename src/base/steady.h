/* steady.h - a clock that only goes forward: for how long something may take. */
#ifndef STEADY_H
#define STEADY_H

#include "base/base.h"

int64_t steady_ms(void);

#endif
