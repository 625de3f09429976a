#include "tls/bearer.h"

#include "base/buf.h"

#include <gnutls/gnutls.h>
#include <stdlib.h>

/* RFC 5801, section 4: a comma and an equals sign stand for themselves in no name. */
static void add_name(struct buf *text, const char *name)
{
    for (; *name; name++)
        if (*name == ',' || *name == '=')
            buf_text(text, *name == ',' ? "=2C" : "=3D");
        else
            buf_char(text, *name);
}

const char *bearer_message(
    const struct server_settings *server, const char *token, struct arena *arena)
{
    struct buf text = { .arena = arena };
    gnutls_datum_t plain, coded;
    const char *message;

    buf_text(&text, "n,a=");
    add_name(&text, server->user);
    buf_printf(&text, ",\001host=%s\001port=%d\001auth=Bearer %s\001\001", server->host,
        server->port, token);
    plain = (gnutls_datum_t) { (unsigned char *)text.at, (unsigned)text.len };
    if (gnutls_base64_encode2(&plain, &coded) != 0)
        abort(); /* out of memory */
    message = arena_text(arena, (struct span) { (const char *)coded.data, coded.size });
    gnutls_free(coded.data);
    return message;
}
