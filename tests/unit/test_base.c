#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/texts.h"
#include "lib/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *label, *text, *needle;
    size_t from, want;
} finds[] = {
    { "at the start", "abcabc", "abc", 0, 0 },
    { "from one on", "abcabc", "abc", 1, 3 },
    { "not there", "abcabc", "abd", 0, SPAN_NOWHERE },
    { "longer than the text", "ab", "abc", 0, SPAN_NOWHERE },
    { "beyond the end", "ab", "a", 9, SPAN_NOWHERE },
    { "in nothing", "", "a", 0, SPAN_NOWHERE },
    { "nothing", "ab", "", 1, 1 },
};

static void finds_spans(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(finds); i++)
        row_number(finds[i].label,
            span_find(span_of(finds[i].text), span_of(finds[i].needle), finds[i].from),
            finds[i].want);
    row_number("any case", span_find_nocase(SPAN("xAbC"), SPAN("aBc"), 0), 1);
    row_number("starts", span_starts(SPAN("From: a"), SPAN("From")), true);
    row_number("does not start: too short", span_starts(SPAN("Fr"), SPAN("From")), false);
    row_number("ends", span_ends_nocase(SPAN("a.EML"), SPAN(".eml")), true);
}

static void reads_lines(void **state)
{
    struct span rest = SPAN("a\r\n\nb\rc\n"), line;
    const char *const want[] = { "a", "", "b\rc" };
    char text[10];

    (void)state;
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_true(span_line(&rest, &line));
        snprintf(text, sizeof text, "%.*s", (int)line.len, line.at);
        row_text("line", text, want[i]);
    }
    assert_false(span_line(&rest, &line));
}

static bool is_zero(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (at[i])
            return false;
    return true;
}

/* One piece that grows from small to large, alone in its block and with another one behind it: what
 * was written stays, what is new is zero, and a larger block does not take the room of two. */
static void keeps_a_piece_that_grows(void **state)
{
    static const size_t sizes[] = { 1, 100, 20000, 262144, 262145, 1000000, 5000000, 40000000 };

    (void)state;
    for (size_t alone = 0; alone < 2; alone++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        char *at = NULL;
        size_t have = 0;

        for (size_t i = 0; i < COUNT(sizes); i++) {
            at = arena_grow(arena, at, have, sizes[i]);
            row_number("what is new is zero", is_zero(at + have, sizes[i] - have), true);
            memset(at + have, (int)i + 1, sizes[i] - have);
            for (size_t k = 0, from = 0; k <= i; from = sizes[k], k++)
                row_number("what was there", at[from], (int64_t)k + 1);
            have = sizes[i];
            if (!alone)
                memset(arena_alloc(arena, 1000), 0xFF, 1000);
        }
        if (alone)
            row_number("room", arena_used(arena) < sizes[7] + 2 * sizes[3] + 2 * sizes[2], true);
        arena_reset(arena);
        row_number("zero again", is_zero(arena_alloc(arena, 3000000), 3000000), true);
    }
}

static void grows_in_an_arena(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct buf buf = { .arena = arena };
    struct texts texts = { 0 };
    char number[20];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        buf_printf(&buf, "%d,", i);
        snprintf(number, sizeof number, "%d", i);
        texts_add(&texts, arena, arena_text(arena, span_of(number)));
    }
    row_number("length", buf.len, 10 * 2 + 90 * 3 + 900 * 4);
    row_text("end", buf_string(&buf) + buf.len - 4, "999,");
    row_number("texts", texts.count, 1000);
    row_text("a text", texts.at[512], "512");
    row_number("has", texts_have(&texts, "999"), true);
    row_number("has not", texts_have(&texts, "1000"), false);
}

static void tells_errors_in_one_line(void **state)
{
    struct err err = { 0 };

    (void)state;
    row_number("nothing", err_exit_code(&err), 0);
    assert_false(err_set(&err, ERR_MESSAGE, "part %d: \r\nInjected: %s", 2, "x\033[31m"));
    row_text("control characters", err.text, "part 2: ??Injected: x?[31m");
    row_number("message", err_exit_code(&err), 65);
    assert_false(err_at(&err, "msg-1"));
    row_text("place in front", err.text, "msg-1: part 2: ??Injected: x?[31m");
    assert_false(err_exit(&err, ERR_SERVICE, 77, "no"));
    row_number("its own code", err_exit_code(&err), 77);
    assert_false(err_set(&err, ERR_SERVICE, "down"));
    row_number("service", err_exit_code(&err), 75);
}

static void hashes_as_others_do(void **state)
{
    char sha256[HASH_SHA256_HEX], md5[HASH_MD5_HEX];

    (void)state;
    hash_sha256(SPAN("abc"), sha256); /* FIPS 180-2, B.1 */
    row_text("sha256", sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_md5(SPAN("abc"), md5); /* RFC 1321, A.5 */
    row_text("md5", md5, "900150983cd24fb0d6963f7d28e17f72");
}

static void writes_all_or_nothing(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    char folder[] = "/tmp/test_base.XXXXXX", path[64];
    struct err err = { 0 };
    struct stat facts;
    struct span read;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    assert_true(file_write_durable(path, SPAN("one"), 0600, &err));
    assert_true(file_write_durable(path, SPAN("two"), 0640, &err));
    assert_int_equal(stat(path, &facts), 0);
    row_number("mode, whatever the umask", facts.st_mode & 0777, 0640);
    assert_true(file_read(path, 3, arena, &read, &err));
    row_text("the new one", arena_text(arena, read), "two");
    assert_false(file_read(path, 2, arena, &read, &err));
    row_number("too large", err_exit_code(&err), 65);
    snprintf(path, sizeof path, "%s/none/file", folder);
    assert_false(file_write_durable(path, SPAN("x"), 0600, &err));
    row_number("no folder", err_exit_code(&err), 73);
    snprintf(path, sizeof path, "%s/file", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* no temporary file was left */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_spans),
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(keeps_a_piece_that_grows),
        cmocka_unit_test(grows_in_an_arena),
        cmocka_unit_test(tells_errors_in_one_line),
        cmocka_unit_test(hashes_as_others_do),
        cmocka_unit_test(writes_all_or_nothing),
    };

    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
