/* bearer.h - a login with an OAuth token by OAUTHBEARER (RFC 7628), for what no library has. */
#ifndef BEARER_H
#define BEARER_H

#include "base/arena.h"
#include "config/settings.h"

/* The client's one message, in base64. */
const char *bearer_message(
    const struct server_settings *server, const char *token, struct arena *arena);

/* What the client says to a refusal, so that the server ends the exchange (section 3.2.3). */
#define BEARER_GIVES_UP "AQ=="

#endif
