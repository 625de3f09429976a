/* What a jailed child sends as its record: nothing may crash, and what is taken is written back as
 * a record that is taken again. */
#include "message/message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_new();
    struct message message, again;
    struct err err = { 0 };

    if (message_from_json((struct span) { (const char *)bytes, len }, arena, &message, &err)
        && !message_from_json(message_to_json(&message, "x", arena), arena, &again, &err))
        abort();
    arena_free(&arena);
    return 0;
}
