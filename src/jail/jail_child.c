#include "jail/jail_child.h"

#include "base/file.h"
#include "jail/jail_frame.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { IN = 0, OUT = 1 };

struct jail_line {
    int in, out;
};

/* ---- giving up rights ---- */

/* What memory, time and an orderly end need. */
static const int allowed[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(getrandom), /* malloc */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(sysinfo), /* qsort asks how much memory there is */
    SCMP_SYS(getpid),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* The address sanitizer's own upkeep, in test builds only. */
static const int allowed_sanitized[] = {
    SCMP_SYS(mprotect),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(prctl),
    SCMP_SYS(tgkill),
};

/* Libraries try these and can do without: told no instead of being killed. */
static const int denied[] = {
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(access),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(readlink),
    SCMP_SYS(getcwd),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(ioctl),
};

static int allow_list(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    int failed = 0;

    for (size_t i = 0; !failed && i < count; i++)
        failed = seccomp_rule_add(filter, action, calls[i], 0);
    return failed;
}

/* The filter's code for the kernel. */
static bool export_filter(scmp_filter_ctx filter, struct sock_fprog *program)
{
    AUTO(file_close_fd) int fd = memfd_create("filter", MFD_CLOEXEC);
    off_t size;
    void *code;

    if (fd < 0 || seccomp_export_bpf(filter, fd) != 0)
        return false;
    size = lseek(fd, 0, SEEK_END);
    code = size > 0 ? malloc((size_t)size) : NULL;
    if (!code || pread(fd, code, (size_t)size, 0) != size) {
        free(code);
        return false;
    }
    program->filter = code;
    program->len = (unsigned short)((size_t)size / sizeof *program->filter);
    return true;
}

/*
 * Reads from one pipe, writes to the other, memory that cannot be executed; little else. Built once
 * in the spawner, since that takes longer than all the rest of a child's start.
 */
bool jail_child_filter(struct sock_fprog *program)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int failed = !filter;

    if (!failed)
        failed = seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, IN));
    if (!failed)
        failed = seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, OUT));
    if (!failed) /* the last words of a program without memory: closed, but no crime */
        failed = seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
    if (!failed)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
            SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
    if (!failed)
        failed = allow_list(filter, SCMP_ACT_ALLOW, allowed, COUNT(allowed));
    if (!failed)
        failed = allow_list(filter, SCMP_ACT_ERRNO(EPERM), denied, COUNT(denied));
    if (!failed && SANITIZED)
        failed = allow_list(filter, SCMP_ACT_ALLOW, allowed_sanitized, COUNT(allowed_sanitized))
            || seccomp_rule_add(
                filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
    if (!failed)
        failed = !export_filter(filter, program);
    seccomp_release(filter);
    return !failed;
}

static bool limit(int what, rlim_t most)
{
    return setrlimit(what, &(struct rlimit) { most, most }) == 0;
}

/* SIGXCPU tells what happened; SIGKILL, a second later, comes whatever was done about it. */
static bool limit_cpu(int seconds)
{
    return setrlimit(RLIMIT_CPU, &(struct rlimit) { (rlim_t)seconds, (rlim_t)seconds + 1 }) == 0;
}

size_t jail_child_room(const struct jail_limits *limits)
{
    AUTO(file_close_fd) int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    char text[64] = "";
    unsigned long pages = 0;

    if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
        sscanf(text, "%lu", &pages);
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE) + limits->memory_bytes;
}

/* The sanitizer's shadow is far beyond any limit on the address space. */
static bool limit_all(const struct jail_limits *limits, size_t room)
{
    return (SANITIZED || limit(RLIMIT_AS, room)) && limit_cpu(limits->cpu_s)
        && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_MEMLOCK, 0)
        && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_NOFILE, 0);
}

/* in and out are above OUT: the spawner keeps 0 to 2 taken. */
static bool keep_only(int in, int out)
{
    return dup2(in, IN) == IN && dup2(out, OUT) == OUT
        && close_range(STDERR_FILENO + 1, ~0U, 0) == 0 && (SANITIZED || close(STDERR_FILENO) == 0);
}

/* ---- talking ---- */

static void send_frame(
    struct jail_line *line, unsigned char type, unsigned char kind, struct span bytes)
{
    struct jail_head head = { type, kind, bytes.len };
    unsigned char packed[JAIL_HEAD];

    jail_frame_pack(&head, packed);
    if (!file_write_all(line->out, (struct span) { (const char *)packed, sizeof packed })
        || !file_write_all(line->out, bytes))
        _exit(JAIL_END_HUNG_UP);
}

static void read_exactly(int fd, char *to, size_t len)
{
    while (len) {
        ssize_t got = read(fd, to, len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            _exit(JAIL_END_HUNG_UP);
        to += got;
        len -= (size_t)got;
    }
}

static struct span receive(struct jail_line *line, unsigned char type, struct arena *arena)
{
    unsigned char packed[JAIL_HEAD];
    struct jail_head head;
    char *bytes;

    read_exactly(line->in, (char *)packed, sizeof packed);
    jail_frame_unpack(packed, &head);
    if (head.type != type)
        _exit(JAIL_END_HUNG_UP);
    bytes = arena_alloc(arena, head.len + 1);
    read_exactly(line->in, bytes, head.len);
    return (struct span) { bytes, head.len };
}

struct span jail_ask(
    struct jail_line *line, unsigned char kind, struct span question, struct arena *arena)
{
    send_frame(line, JAIL_QUESTION, kind, question);
    return receive(line, JAIL_ANSWER, arena);
}

_Noreturn void jail_child_run(const struct jail_job *job, const struct jail_limits *limits,
    size_t room, const struct sock_fprog *filter, void *prepared, int in, int out)
{
    struct jail_line line = { IN, OUT };
    struct arena *arena = arena_new();
    struct span input, output = { 0 };
    struct err err = { 0 };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!keep_only(in, out) || !limit_all(limits, room)
        || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter) != 0)
        _exit(JAIL_END_SETUP);
    input = receive(&line, JAIL_INPUT, arena);
    if (job->work(prepared, input, &line, arena, &output, &err))
        send_frame(&line, JAIL_OUTPUT, 0, output);
    else
        send_frame(&line, JAIL_REFUSAL, 0, span_of(err.text));
    _exit(JAIL_END_FINE);
}
