#include "base/frame.h"
#include "base/worker.h"
#include "lib/rows.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct span text_of(const char *text)
{
    return (struct span) { text, strlen(text) };
}

/* Frames of all sizes come as they were put, however they were cut on the way. */
static void frames_come_whole(void **state)
{
    static char bytes[FRAME_MOST];
    static const size_t sizes[] = { 0, 1, 5, 4095, 4096, 60000, FRAME_MOST, 3, FRAME_MOST, 0 };
    int ends[2];
    struct frames *out, *in;

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 7 >> 3);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    in = frames_new(ends[1]);
    if (fork() == 0) {
        out = frames_new(ends[0]);
        for (size_t i = 0; i < COUNT(sizes); i++)
            if (!frames_put(out, (uint8_t)i, (struct span) { bytes, sizes[i] }))
                _exit(1);
        _exit(!frames_flush(out));
    }
    close(ends[0]);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct span got = { 0 };
        uint8_t kind = 99;

        row_number("one", frames_get(in, 10000, &kind, &got), FRAMES_ONE);
        row_number("kind", kind, i);
        row_number("length", got.len, sizes[i]);
        assert_true(got.len == 0 || memcmp(got.at, bytes, got.len) == 0);
    }
    {
        struct span got;
        uint8_t kind;

        row_number("end", frames_get(in, 10000, &kind, &got), FRAMES_END);
    }
    frames_free(&in);
}

static const struct {
    const char *label, *bytes;
    size_t len;
    enum frames_got want;
} raw_rows[] = {
    { "nothing", "", 0, FRAMES_END },
    { "half a head", "\1\0\0", 3, FRAMES_END },
    { "cut in the middle", "\1\0\0\0\5abc", 8, FRAMES_END },
    { "larger than any", "\1\0\1\0\1", 5, FRAMES_BROKEN },
    { "negative", "\1\xff\xff\xff\xff", 5, FRAMES_BROKEN },
    { "one", "\1\0\0\0\1x", 6, FRAMES_ONE },
};

static void frames_that_are_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(raw_rows); i++) {
        int ends[2];
        struct frames *in;
        struct span got;
        uint8_t kind;

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        assert_int_equal(write(ends[0], raw_rows[i].bytes, raw_rows[i].len), raw_rows[i].len);
        in = frames_new(ends[1]);
        if (raw_rows[i].want != FRAMES_END) {
            row_number(raw_rows[i].label, frames_get(in, 10000, &kind, &got), raw_rows[i].want);
        } else {
            row_number(raw_rows[i].label, frames_get(in, 1, &kind, &got), FRAMES_LATE);
            shutdown(ends[0], SHUT_RDWR);
            row_number(raw_rows[i].label, frames_get(in, 10000, &kind, &got), FRAMES_END);
        }
        close(ends[0]);
        frames_free(&in);
    }
}

static int crash(struct frames *frames, void *context)
{
    (void)frames;
    (void)context;
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    return 0;
}

static int hang(struct frames *frames, void *context)
{
    (void)frames;
    (void)context;
    while (pause() != 0)
        ;
    return 0;
}

/* Answers with what it finds of its parent's descriptors, and fails to write a file. */
static int look(struct frames *frames, void *context)
{
    const char *path = context;
    struct err err = { 0 };
    int open_fds = 0, file;

    for (int fd = 4; fd < 64; fd++)
        open_fds += fcntl(fd, F_GETFD) >= 0;
    file = open(path, O_WRONLY | O_CREAT, 0600);
    if (file >= 0 && write(file, "x", 1) == 1)
        open_fds += 1000;
    err_exit(&err, ERR_SERVICE, 75, "%d", open_fds);
    return worker_put_err(frames, 1, &err) && frames_flush(frames) ? 7 : 8;
}

static void ends_as_it_ends(void **state)
{
    static const struct worker_limits limits = { .memory = 256 * 1024 * 1024 };
    struct worker child;
    struct err err = { 0 }, said = { 0 };
    struct span got;
    uint8_t kind;
    char path[] = "/tmp/test_worker.XXXXXX";
    int file = mkstemp(path);

    (void)state;
    assert_true(worker_start(&child, crash, NULL, &limits, &err));
    row_number("crash", frames_get(child.frames, 10000, &kind, &got), FRAMES_END);
    row_number("crash", worker_end(&child, 10000), -SIGABRT);
    row_number("twice", worker_end(&child, 0), 0);
    assert_true(worker_start(&child, hang, NULL, &limits, &err));
    row_number("hang", frames_get(child.frames, 10, &kind, &got), FRAMES_LATE);
    row_number("hang", worker_end(&child, 10), -SIGKILL);
    assert_true(worker_start(&child, look, path, &limits, &err));
    row_number("look", frames_get(child.frames, 10000, &kind, &got), FRAMES_ONE);
    assert_true(worker_read_err(got, &said));
    row_text("nothing of the parent is open, no file is written", said.text, "0");
    row_number("scope", said.scope, ERR_SERVICE);
    row_number("code", said.exit_code, 75);
    row_number("look", worker_end(&child, 10000), 7);
    close(file);
    unlink(path);
}

static void errors_are_checked(void **state)
{
    struct err err = { .scope = ERR_SERVICE, .exit_code = 75, .text = "x" }, got = { 0 };
    struct span bytes = { (const char *)&err, sizeof(err) };

    (void)state;
    assert_true(worker_read_err(bytes, &got));
    row_text("text", got.text, "x");
    assert_false(worker_read_err(text_of("short"), &got));
    err.scope = ERR_NONE;
    assert_false(worker_read_err(bytes, &got));
    err.scope = (enum err_scope)9;
    assert_false(worker_read_err(bytes, &got));
    err.scope = ERR_RUN;
    err.exit_code = 1000;
    assert_false(worker_read_err(bytes, &got));
    err.exit_code = 75;
    memset(err.text, 'x', sizeof(err.text));
    assert_false(worker_read_err(bytes, &got));
    strcpy(err.text, "a\nb");
    assert_true(worker_read_err(bytes, &got));
    row_text("control characters are shown", got.text, "a?b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_whole),
        cmocka_unit_test(frames_that_are_none),
        cmocka_unit_test(ends_as_it_ends),
        cmocka_unit_test(errors_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
