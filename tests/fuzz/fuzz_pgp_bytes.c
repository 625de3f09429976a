/* What is looked at in the process that holds the keys, before gpg sees it: armor, the framing of
 * packets, cleartext signature blocks, and the answers' and questions' wire format. */
#include "pgp/pgp_armor.h"
#include "pgp/pgp_clear.h"
#include "pgp/pgp_packets.h"
#include "run/wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct span input = { (const char *)bytes, len };
    struct arena *arena = arena_new();
    struct wire wire = { .rest = input, .arena = arena };
    struct pgp_key keys[4] = { 0 };
    struct pgp_packets packets;
    struct pgp_opened opened;
    struct pgp_clear clear;
    struct pgp_armor armor;
    const char *why;

    pgp_packets_look(input, &packets);
    if (packets.end > len)
        abort();
    if (pgp_armor_decode(input, arena, &armor)) {
        if (armor.bytes.len > len)
            abort();
        pgp_packets_look(armor.bytes, &packets);
    }
    if (pgp_clear_split(input, arena, &clear)
        && (clear.text.len > len || !pgp_clear_same(clear.text, clear.text)))
        abort();
    wire_take_opened(&wire, &opened);
    wire = (struct wire) { .rest = input, .arena = arena };
    wire_take_keys(&wire, keys, COUNT(keys), &why);
    arena_free(&arena);
    return 0;
}
