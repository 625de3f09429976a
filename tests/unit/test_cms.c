#include "lib/rows.h"
#include "mime/cms.h"

#define ID "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07"
#define BYTES(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* Version 1, no digest algorithms. */
#define HEAD "\x02\x01\x01\x31\x00"

static const struct {
    const char *label;
    struct span bytes;
    enum cms kind;
    const char *content;
} rows[] = {
    { "definite lengths",
        BYTES("\x30\x26" ID "\x02\xA0\x19\x30\x17" HEAD "\x30\x10" ID "\x01\xA0\x03\x04\x01x"),
        CMS_SIGNED, "x" },
    { "open lengths, in pieces",
        BYTES("\x30\x80" ID "\x02\xA0\x80\x30\x80" HEAD "\x30\x80" ID "\x01\xA0\x80\x24\x80\x04\x02"
              "ab\x04\x01"
              "c\0\0\0\0\0\0\0\0\0\0\0\0"),
        CMS_SIGNED, "abc" },
    { "an open element is passed over",
        BYTES("\x30\x80" ID "\x02\xA0\x80\x30\x80\x02\x01\x01\x31\x80\x30\x80\0\0\0\0\x30\x80" ID
              "\x01\xA0\x80\x04\x01x"),
        CMS_SIGNED, "x" },
    { "the content is elsewhere",
        BYTES("\x30\x80" ID "\x02\xA0\x80\x30\x80" HEAD "\x30\x0B" ID "\x01\0\0"), CMS_SIGNED, "" },
    { "cut", BYTES("\x30\x80" ID "\x02\xA0"), CMS_SIGNED, "" },
    { "a length beyond all", BYTES("\x30\x80" ID "\x02\xA0\x85\xFF\xFF\xFF\xFF\xFF\x30"),
        CMS_SIGNED, "" },
    { "encrypted", BYTES("\x30\x80" ID "\x03\xA0"), CMS_SEALED, "" },
    { "compressed", BYTES("\x30\x80\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x09\xA0"),
        CMS_PACKED, "" },
    { "something else", BYTES("PK\x03\x04"), CMS_NONE, "" },
    { "empty", BYTES(""), CMS_NONE, "" },
};

static void takes_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();

        row_number(rows[i].label, cms_kind(rows[i].bytes), rows[i].kind);
        row_text(rows[i].label, arena_text(arena, cms_signed_content(rows[i].bytes, arena)),
            rows[i].content);
        arena_free(&arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(takes_apart) };

    return cmocka_run_group_tests_name("cms", tests, NULL, NULL);
}
