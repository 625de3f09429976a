#include "jail/jail.h"
#include "jail/jail_frame.h"
#include "lib/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPE_IN = 0, PIPE_OUT = 1 };

/* A secret that the parent learns after the jail was opened. */
static char secret[16] = "none";

static void send_head(unsigned char type, uint64_t len)
{
    unsigned char packed[JAIL_HEAD];
    ssize_t done;

    jail_frame_pack(&(struct jail_head) { type, 7, len }, packed);
    done = write(PIPE_OUT, packed, sizeof packed);
    (void)done;
}

static void do_crash(void)
{
#ifdef __SANITIZE_ADDRESS__ /* its handler would make an orderly end of it */
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
#else
    *(volatile char *)8 = 1;
#endif
}

static void do_open(void)
{
    if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EPERM)
        do_crash();
}

static void do_open_self(void)
{
    if (open("/proc/self/mem", O_RDWR) >= 0 || errno != EPERM)
        do_crash();
}

static void do_create(void)
{
    if (openat(AT_FDCWD, "/tmp/meldpost-jail-test", O_WRONLY | O_CREAT, 0600) >= 0
        || errno != EPERM)
        do_crash();
}

static void do_socket(void)
{
    syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static void do_unix_socket(void)
{
    syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}

static void do_execve(void)
{
    char *const nothing[] = { NULL };

    execve("/bin/true", nothing, nothing);
}

static void do_fork(void)
{
    syscall(SYS_fork);
}

static void do_clone(void)
{
    syscall(SYS_clone, 0, 0, 0, 0, 0);
}

static void do_ptrace(void)
{
    syscall(SYS_ptrace, 0, 0, 0, 0);
}

static void do_kill(void)
{
    syscall(SYS_kill, 1, 0);
}

static void do_unlink(void)
{
    syscall(SYS_unlink, "/tmp/meldpost-jail-test");
}

static void do_openat2(void)
{
    syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0);
}

static void do_io_uring(void)
{
    syscall(SYS_io_uring_setup, 1, NULL);
}

static void do_executable_memory(void)
{
    syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void do_read_elsewhere(void)
{
    char byte;

    syscall(SYS_read, 3, &byte, 1);
}

static void do_write_elsewhere(void)
{
    syscall(SYS_write, 3, "x", 1);
}

static void do_loop(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
}

#ifndef __SANITIZE_ADDRESS__
static void do_memory(void)
{
    struct arena *arena = arena_new();

    for (;;)
        memset(arena_alloc(arena, 4000000), 1, 4000000);
}
#endif

static void do_flood(void)
{
    static const char rubbish[65536];

    send_head(JAIL_OUTPUT, 4000000);
    while (write(PIPE_OUT, rubbish, sizeof rubbish) > 0)
        ;
}

static void do_huge_claim(void)
{
    send_head(JAIL_OUTPUT, UINT64_MAX);
}

static void do_huge_question(void)
{
    send_head(JAIL_QUESTION, (uint64_t)1 << 40);
}

static void do_unknown_frame(void)
{
    send_head('Z', 1);
}

static void do_answer_itself(void)
{
    send_head(JAIL_ANSWER, 0);
}

static void do_half_a_head(void)
{
    ssize_t done = write(PIPE_OUT, "O", 1);

    (void)done;
    _exit(0);
}

static void do_half_a_result(void)
{
    send_head(JAIL_OUTPUT, 100);
    _exit(0);
}

static void do_two_results(void)
{
    send_head(JAIL_OUTPUT, 0);
}

static void do_leave(void)
{
    _exit(0);
}

static void do_result_and_crash(void)
{
    send_head(JAIL_OUTPUT, 0);
    do_crash();
}

static const struct {
    const char *label;
    void (*act)(void);
    const char *want; /* of the error; "" when the act is refused and the child goes on */
} acts[] = {
    { "opens a file", do_open, "" },
    { "opens its memory", do_open_self, "" },
    { "makes a file", do_create, "" },
    { "opens a file the new way", do_openat2, "jail: what reads it tried something forbidden" },
    { "connects", do_socket, "jail: what reads it tried something forbidden" },
    { "connects here", do_unix_socket, "jail: what reads it tried something forbidden" },
    { "executes", do_execve, "jail: what reads it tried something forbidden" },
    { "forks", do_fork, "jail: what reads it tried something forbidden" },
    { "clones", do_clone, "jail: what reads it tried something forbidden" },
    { "traces", do_ptrace, "jail: what reads it tried something forbidden" },
    { "signals", do_kill, "jail: what reads it tried something forbidden" },
    { "deletes", do_unlink, "jail: what reads it tried something forbidden" },
    { "queues calls", do_io_uring, "jail: what reads it tried something forbidden" },
    { "makes code", do_executable_memory, "jail: what reads it tried something forbidden" },
    { "reads elsewhere", do_read_elsewhere, "jail: what reads it tried something forbidden" },
    { "writes elsewhere", do_write_elsewhere, "jail: what reads it tried something forbidden" },
    { "crashes", do_crash, "jail: what reads it crashed (signal 11)" },
    { "loops", do_loop, "jail: reading it takes more than 2 s of computing" },
#ifndef __SANITIZE_ADDRESS__
    { "takes all memory", do_memory, "jail: reading it takes more than 256 MiB of memory" },
#endif
    { "floods", do_flood, "jail: what reads it gave more than it may" },
    { "claims a huge result", do_huge_claim, "jail: what reads it gave more than it may" },
    { "claims a huge question", do_huge_question, "jail: what reads it gave more than it may" },
    { "sends what is no frame", do_unknown_frame, "jail: what reads it broke the protocol" },
    { "answers itself", do_answer_itself, "jail: what reads it broke the protocol" },
    { "ends in a head", do_half_a_head, "jail: what reads it ended too early" },
    { "ends in a result", do_half_a_result, "jail: what reads it ended too early" },
    { "gives two results", do_two_results, "jail: what reads it goes on after its result" },
    { "leaves without a word", do_leave, "jail: what reads it ended too early" },
    { "crashes behind its result", do_result_and_crash, "jail: what reads it crashed (signal 11)" },
};

static void *prepare(void)
{
    return strdup("prepared");
}

/* The input is the number of an act, or words: ask, ask a lot, refuse, show. */
static bool work(void *prepared, struct span input, struct jail_line *line, struct arena *arena,
    struct span *output, struct err *err)
{
    if (span_equal(input, SPAN("refuse")))
        return err_set(err, ERR_MESSAGE, "cannot be read");
    if (span_equal(input, SPAN("ask")))
        *output = jail_ask(line, 7, SPAN("question"), arena);
    else if (span_equal(input, SPAN("ask a lot")))
        for (;;)
            jail_ask(line, 7, SPAN("question"), arena);
    else if (span_equal(input, SPAN("show")))
        *output = span_of(arena_printf(arena, "%s %s %s", (char *)prepared, secret,
            getenv("PASSWORD") ? getenv("PASSWORD") : "-"));
    else if (span_equal(input, SPAN("wait"))) {
        char byte;
        ssize_t got = read(PIPE_IN, &byte, 1);

        (void)got;
    } else if (input.len == 1) {
        acts[(unsigned char)input.at[0]].act();
        *output = SPAN("refused");
    } else
        *output = input;
    return true;
}

static bool answer(void *ctx, unsigned char kind, struct span question, struct arena *arena,
    struct span *reply, struct err *err)
{
    if (ctx)
        return err_set(err, ERR_SERVICE, "no agent");
    *reply = span_of(arena_printf(arena, "%u %.*s", kind, (int)question.len, question.at));
    return true;
}

static int open_jail(void **state)
{
    const struct jail_limits limits = { .memory_bytes = (size_t)256 << 20,
        .cpu_s = 2,
        .wall_s = 20,
        .question_bytes = 1000,
        .output_bytes = 3000000,
        .questions = 10 };
    static const struct jail_job job = { prepare, work };
    struct err err = { 0 };

    signal(SIGPIPE, SIG_IGN);
    setenv("PASSWORD", "hunter2", 1);
    if (!jail_open(&job, &limits, (struct jail **)state, &err))
        return -1;
    memcpy(secret, "PRIVATE KEY", 12);
    return 0;
}

static int close_jail(void **state)
{
    jail_close((struct jail **)state);
    return 0;
}

static void check(struct jail *jail, const char *label, struct span input, void *ctx,
    const char *want, const char *want_err)
{
    struct arena *arena = arena_new();
    struct span output = { 0 };
    struct err err = { 0 };
    bool done = jail_run(jail, input, answer, ctx, arena, &output, &err);

    row_text(label, err.text, want_err);
    row_number(label, done, !*want_err);
    row_text(label, arena_text(arena, output), want);
    row_number(label, err.scope, ctx ? ERR_SERVICE : done ? ERR_NONE : ERR_MESSAGE);
    arena_free(&arena);
}

/* After each of them the next message is read as if nothing had been. */
static void spoils_only_its_own_message(void **state)
{
    for (size_t i = 0; i < COUNT(acts); i++) {
        char number[] = { (char)i };

        check(*state, acts[i].label, (struct span) { number, 1 }, NULL,
            *acts[i].want ? "" : "refused", acts[i].want);
        check(*state, acts[i].label, SPAN("next"), NULL, "next", "");
    }
    row_number("no file was made", access("/tmp/meldpost-jail-test", F_OK), -1);
}

static void carries_questions(void **state)
{
    check(*state, "asks", SPAN("ask"), NULL, "7 question", "");
    check(*state, "asks too much", SPAN("ask a lot"), NULL, "",
        "jail: what reads it asked more than it may");
    check(*state, "refuses", SPAN("refuse"), NULL, "", "cannot be read");
    check(*state, "the answer fails", SPAN("ask"), *state, "", "no agent");
    check(*state, "empty", SPAN(""), NULL, "", "");
}

static void has_no_secret(void **state)
{
    check(*state, "memory and environment", SPAN("show"), NULL, "prepared none -", "");
}

static void carries_large_inputs(void **state)
{
    struct arena *arena = arena_new();
    char *large = arena_alloc(arena, 2900001);

    memset(large, 'x', 2900000);
    check(*state, "large", (struct span) { large, 2900000 }, NULL, large, "");
    arena_free(&arena);
}

static void ends_what_waits(void **state)
{
    static const struct jail_job job = { prepare, work };
    struct jail_limits limits = jail_limits_usual;
    struct jail *jail = NULL;
    struct err err = { 0 };

    (void)state;
    limits.wall_s = 1;
    if (!jail_open(&job, &limits, &jail, &err))
        fail_msg("%s", err.text);
    check(jail, "waits for what does not come", SPAN("wait"), NULL, "",
        "jail: what reads it took longer than it may");
    jail_close(&jail);
}

/* The spawner's death is the run's misfortune, not the message's. */
static void says_when_its_spawner_is_gone(void **state)
{
    struct jail *jail = NULL;
    struct arena *arena = arena_new();
    struct span output;
    struct err err = { 0 };
    static const struct jail_job job = { prepare, work };
    char command[64];
    int failed;

    (void)state;
    if (!jail_open(&job, &jail_limits_usual, &jail, &err))
        fail_msg("%s", err.text);
    snprintf(command, sizeof command, "pkill -KILL -n -x test_jail -P %ld", (long)getpid());
    failed = system(command);
    (void)failed;
    row_number("fails", jail_run(jail, SPAN("x"), answer, NULL, arena, &output, &err), 0);
    row_number("scope", err.scope, ERR_SERVICE);
    jail_close(&jail);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(spoils_only_its_own_message),
        cmocka_unit_test(carries_questions),
        cmocka_unit_test(has_no_secret),
        cmocka_unit_test(carries_large_inputs),
        cmocka_unit_test(ends_what_waits),
        cmocka_unit_test(says_when_its_spawner_is_gone),
    };

    return cmocka_run_group_tests_name("jail", tests, open_jail, close_jail);
}
