#include "lib/rows.h"
#include "lib/spell.h"
#include "mime/tnef.h"

#define START "\x78\x9F\x3E\x22\x01\x00"
#define TEXT_OF_5 "\x01\x0C\x80\x02\x00\x06\x00\x00\x00hello\x00\x00\x00"
#define FILE_BEGINS "\x02\x02\x90\x06\x00\x02\x00\x00\x00xx\x00\x00"
#define FILE_NAMED_AB                                                                              \
    "\x02\x10\x80\x01\x00\x03\x00\x00\x00"                                                         \
    "ab\x00\x00\x00"
#define FILE_DATA                                                                                  \
    "\x02\x0F\x80\x06\x00\x04\x00\x00\x00"                                                         \
    "data\x00\x00"
/* Two properties: PR_BODY_HTML in binary; a named one in UTF-16 that says nothing. */
#define PROPERTIES                                                                                 \
    "\x01\x03\x90\x06\x00\x48\x00\x00\x00"                                                         \
    "\x02\x00\x00\x00"                                                                             \
    "\x02\x01\x13\x10\x01\x00\x00\x00\x05\x00\x00\x00<p>hi\x00\x00\x00"                            \
    "\x1F\x00\x00\x80"                                                                             \
    "0123456789abcdef"                                                                             \
    "\x01\x00\x00\x00\x04\x00\x00\x00n\x00\x00\x00"                                                \
    "\x01\x00\x00\x00\x06\x00\x00\x00y\x00z\x00\x00\x00\x00\x00"                                   \
    "\x00\x00"
/* PR_ATTACH_LONG_FILENAME in UTF-16: "é.txt". */
#define FILE_PROPERTIES                                                                            \
    "\x02\x05\x90\x06\x00\x1C\x00\x00\x00"                                                         \
    "\x01\x00\x00\x00"                                                                             \
    "\x1F\x00\x07\x37\x01\x00\x00\x00\x0C\x00\x00\x00\xE9\x00.\x00t\x00x\x00t\x00\x00\x00"         \
    "\x00\x00"
/* PR_RTF_COMPRESSED, not packed, and packed: the end of MS-OXRTFCP's second example. */
#define RTF_PLAIN                                                                                  \
    "\x01\x03\x90\x06\x00\x2C\x00\x00\x00"                                                         \
    "\x01\x00\x00\x00"                                                                             \
    "\x02\x01\x09\x10\x01\x00\x00\x00\x1A\x00\x00\x00"                                             \
    "\x16\x00\x00\x00\x0A\x00\x00\x00MELA\x00\x00\x00\x00{\\rtf1 abc\x00\x00"                      \
    "\x00\x00"
#define RTF_PACKED                                                                                 \
    "\x01\x03\x90\x06\x00\x30\x00\x00\x00"                                                         \
    "\x01\x00\x00\x00"                                                                             \
    "\x02\x01\x09\x10\x01\x00\x00\x00\x1E\x00\x00\x00"                                             \
    "\x1A\x00\x00\x00\x1C\x00\x00\x00LZFu\xE2\xD4\x4B\x51\x41\x00\x04\x20WXYZ\x0D\x6E\x7D\x01\x0E" \
    "\xB0"                                                                                         \
    "\x00\x00\x00\x00"

static const struct {
    const char *label;
    struct span bytes;
    const char *want; /* each text and file */
    bool cut;
} rows[] = {
    { "empty", { START, 6 }, "", false },
    { "something else", { "hello", 5 }, "", true },
    { "text", SPAN(START TEXT_OF_5), "text/plain[hello] ", false },
    { "a file", SPAN(START FILE_BEGINS FILE_NAMED_AB FILE_DATA), "file ab[data] ", false },
    { "a file without a name", SPAN(START FILE_BEGINS FILE_DATA), "file [data] ", false },
    { "properties, one of them named", SPAN(START PROPERTIES), "text/html[<p>hi] ", false },
    { "file with a long name", SPAN(START FILE_BEGINS FILE_DATA FILE_PROPERTIES),
        "file é.txt[data] ", false },
    { "RTF, not packed", SPAN(START RTF_PLAIN), "text/rtf[{\\rtf1 abc] ", false },
    { "RTF, packed", SPAN(START RTF_PACKED), "text/rtf[{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}] ", false },
    { "cut in a file",
        SPAN(START FILE_BEGINS "\x02\x0F\x80\x06\x00\xFF\x00\x00\x00"
                               "da"),
        "file [da] ", true },
    { "data of no file", SPAN(START FILE_DATA), "", false },
    { "rubbish behind", SPAN(START TEXT_OF_5 "\x09zzz"), "text/plain[hello] ", true },
};

static void unpacks(void **state)
{
    struct charsets *charsets = charset_warm();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct buf out = { .arena = arena };
        struct tnef tnef;
        struct span bytes = rows[i].bytes;

        if (strcmp(rows[i].label, "empty") == 0)
            bytes.len = 6;
        tnef_open(bytes, charsets, arena, &tnef);
        for (size_t t = 0; t < tnef.text_count; t++)
            buf_printf(&out, "%s[%s] ", tnef.texts[t].type, spell(tnef.texts[t].bytes, arena));
        for (size_t f = 0; f < tnef.file_count; f++)
            buf_printf(&out, "file %s[%s] ", tnef.files[f].name, spell(tnef.files[f].bytes, arena));
        row_text(rows[i].label, buf_string(&out), rows[i].want);
        row_number(rows[i].label, tnef.cut, rows[i].cut);
        arena_free(&arena);
    }
    charset_free(&charsets);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(unpacks) };

    return cmocka_run_group_tests_name("tnef", tests, NULL, NULL);
}
