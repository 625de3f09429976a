/* giver.h - the body of the worker with the IMAP dialogue: hands over what fetch_run brings. */
#ifndef GIVER_H
#define GIVER_H

#include "base/module.h"

/* context is a struct fetch_settings; speaks as hand_over.h says. */
MODULE_ENTRY int giver_run(struct frames *frames, void *context);

#endif
