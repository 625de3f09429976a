/* rows.h - checks for table tests: a failing row says file, line, label, got and want. */
#ifndef ROWS_H
#define ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define row_text(label, got, want)                                                                 \
    do {                                                                                           \
        const char *row_got = (got), *row_want = (want);                                           \
        if (strcmp(row_got ? row_got : "(null)", row_want ? row_want : "(null)") != 0)             \
            fail_msg("%s:%d: %s: got \"%s\", want \"%s\"", __FILE__, __LINE__, (label), row_got,   \
                row_want);                                                                         \
    } while (0)

#define row_number(label, got, want)                                                               \
    do {                                                                                           \
        long long row_got = (long long)(got), row_want = (long long)(want);                        \
        if (row_got != row_want)                                                                   \
            fail_msg(                                                                              \
                "%s:%d: %s: got %lld, want %lld", __FILE__, __LINE__, (label), row_got, row_want); \
    } while (0)

#endif
