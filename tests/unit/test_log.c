#include "run/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Writes one line with standard error in a file, and JOURNAL_STREAM off by so many inodes from it;
 * NULL: not set. */
static void write_line(const int *off, char *got, size_t size)
{
    int saved = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    struct stat facts;
    char stream[64];
    size_t len;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &facts), 0);
    snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)facts.st_dev,
        (unsigned long long)facts.st_ino + (unsigned long long)(off ? *off : 0));
    if (off)
        setenv("JOURNAL_STREAM", stream, 1);
    else
        unsetenv("JOURNAL_STREAM");
    fflush(stderr);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    log_line(LOG_LEVEL_WARNING, "fetch", "m-1", "%d bytes", 7);
    fflush(stderr);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    rewind(file);
    len = fread(got, 1, size - 1, file);
    got[len] = '\0';
    fclose(file);
}

static void tells_the_journal_the_priority(void **state)
{
    const int same = 0, other = 1;
    char got[200];

    (void)state;
    write_line(&same, got, sizeof(got));
    assert_string_equal(got, "<4>fetch: m-1: 7 bytes\n");
    write_line(&other, got, sizeof(got)); /* sent elsewhere since */
    assert_string_equal(got, "fetch: m-1: 7 bytes\n");
    write_line(NULL, got, sizeof(got));
    assert_string_equal(got, "fetch: m-1: 7 bytes\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(tells_the_journal_the_priority) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
