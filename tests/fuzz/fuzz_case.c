/* The record of a case: what is taken is written back as a record that is taken again. */
#include "cases/case.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_new();
    struct case_file file, again;
    struct err err = { 0 };
    struct span json;

    if (case_from_json((struct span) { (const char *)bytes, len }, arena, &file, &err)
        && (!case_to_json(&file, arena, &json, &err) || !case_from_json(json, arena, &again, &err)))
        abort();
    arena_free(&arena);
    return 0;
}
