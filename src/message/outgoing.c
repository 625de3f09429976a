#include "message/outgoing.h"

#include <string.h>

enum { ADDRESS_MOST = 254 }; /* RFC 5321, 4.5.3.1.3, without the brackets */

void outgoing_empty(struct outgoing *outgoing)
{
    *outgoing = (struct outgoing) {
        .subject = "", .outer_subject = "", .text = "", .language = "nl", .auto_submitted = ""
    };
}

void outgoing_attach(struct outgoing *outgoing, struct arena *arena, const char *name,
    const char *type, struct span bytes)
{
    size_t size = outgoing->file_count * sizeof *outgoing->files;

    outgoing->files = arena_grow(arena, outgoing->files, size, size + sizeof *outgoing->files);
    outgoing->files[outgoing->file_count++] = (struct outgoing_file) { name, type, bytes };
}

bool outgoing_address(const char *address)
{
    const char *at = strchr(address, '@');
    size_t len = strlen(address);

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)address[i] <= ' ' || (unsigned char)address[i] >= 127
            || strchr("<>,;:\"()[]\\", address[i]))
            return false;
    return len <= ADDRESS_MOST && at && at != address && at[1] && !strchr(at + 1, '@');
}
