#include "jail/fence.h"
#include "lib/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A file of ours, which nothing behind the fence may change. */
static char path[] = "/tmp/meldpost-fence.XXXXXX";

/* Each gives 0 when it could be done, else errno. */

static int outcome(long result)
{
    return result < 0 ? errno : 0;
}

static int try_exec(void)
{
    return outcome(execl("/bin/true", "true", (char *)NULL));
}

static int try_exec_fd(void)
{
    int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);
    char *const none[] = { NULL };

    return outcome(syscall(SYS_execveat, fd, "", none, none, AT_EMPTY_PATH));
}

static int try_fork(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return outcome(child);
}

static int try_spawn(void)
{
    char name[] = "true";
    char *const words[] = { name, NULL };
    pid_t child;

    return posix_spawn(&child, "/bin/true", NULL, NULL, words, NULL);
}

static int try_clone3(void)
{
    return outcome(syscall(SYS_clone3, NULL, 0));
}

static int try_ptrace(void)
{
    return outcome(ptrace(PTRACE_SEIZE, getppid(), NULL, NULL));
}

static int try_reading_the_parent(void)
{
    return outcome(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
}

static int try_kill(void)
{
    return outcome(kill(getppid(), 0));
}

static int try_write(void)
{
    return outcome(open(path, O_WRONLY));
}

static int try_append(void)
{
    return outcome(open(path, O_RDWR | O_APPEND));
}

static int try_create(void)
{
    return outcome(open("/tmp/meldpost-fence-new", O_RDONLY | O_CREAT, 0600));
}

static int try_truncate(void)
{
    return outcome(open(path, O_RDONLY | O_TRUNC));
}

static int try_cut(void)
{
    return outcome(truncate(path, 0));
}

static int try_open2(void)
{
    return outcome(syscall(SYS_openat2, AT_FDCWD, path, NULL, 0));
}

static int try_unlink(void)
{
    return outcome(unlink(path));
}

static int try_rename(void)
{
    return outcome(rename(path, "/tmp/meldpost-fence-new"));
}

static int try_chmod(void)
{
    return outcome(chmod(path, 0777));
}

static int try_listen(void)
{
    return outcome(listen(socket(AF_INET, SOCK_STREAM, 0), 1));
}

static int try_packets(void)
{
    return outcome(socket(AF_PACKET, SOCK_RAW, 0));
}

static int try_vsock(void)
{
    return outcome(socket(AF_VSOCK, SOCK_STREAM, 0));
}

static int try_limits(void)
{
    struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

    return outcome(setrlimit(RLIMIT_FSIZE, &none));
}

static int try_namespace(void)
{
    return outcome(unshare(CLONE_NEWUSER));
}

static int try_bpf(void)
{
    return outcome(syscall(SYS_bpf, 0, NULL, 0));
}

static int try_rings(void)
{
    return outcome(syscall(SYS_io_uring_setup, 1, NULL));
}

/* What a good dialogue does. */

static int try_read(void)
{
    return outcome(open("/etc/hosts", O_RDONLY | O_CLOEXEC));
}

static int try_name(void)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
    int reason = getaddrinfo("localhost", "993", &hints, &list);

    if (list)
        freeaddrinfo(list);
    return reason;
}

static int try_connect(void)
{
    struct sockaddr_storage to = { .ss_family = AF_INET };
    socklen_t len = sizeof(to);
    int here = socket(AF_INET, SOCK_DGRAM, 0), there = socket(AF_INET, SOCK_DGRAM, 0);

    if (bind(there, (struct sockaddr *)&to, sizeof(struct sockaddr_in)) != 0
        || getsockname(there, (struct sockaddr *)&to, &len) != 0)
        return errno;
    return outcome(connect(here, (struct sockaddr *)&to, len));
}

static void *nothing(void *context)
{
    return context;
}

static int try_thread(void)
{
    pthread_t thread;
    int reason = pthread_create(&thread, NULL, nothing, NULL);

    return reason ? reason : pthread_join(thread, NULL);
}

static int try_library(void)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

    return at == MAP_FAILED ? errno : 0;
}

static int try_memory(void)
{
    void *at = malloc(64 * 1024 * 1024);

    free(at);
    return at ? 0 : ENOMEM;
}

static const struct {
    const char *label;
    int (*attempt)(void);
    int want;
} rows[] = {
    { "exec", try_exec, EPERM },
    { "exec of a descriptor", try_exec_fd, EPERM },
    { "fork", try_fork, EPERM },
    { "spawn", try_spawn, EPERM },
    { "clone3", try_clone3, ENOSYS },
    { "ptrace", try_ptrace, EPERM },
    { "the memory of the parent", try_reading_the_parent, EPERM },
    { "a signal to the parent", try_kill, EPERM },
    { "open for writing", try_write, EACCES },
    { "open for both", try_append, EACCES },
    { "create", try_create, EACCES },
    { "truncate at open", try_truncate, EACCES },
    { "truncate", try_cut, EPERM },
    { "openat2", try_open2, ENOSYS },
    { "unlink", try_unlink, EPERM },
    { "rename", try_rename, EPERM },
    { "chmod", try_chmod, EPERM },
    { "listen", try_listen, EPERM },
    { "raw packets", try_packets, EAFNOSUPPORT },
    { "a virtual machine's socket", try_vsock, EAFNOSUPPORT },
    { "raise a limit", try_limits, EPERM },
    { "a user of its own", try_namespace, EPERM },
    { "bpf", try_bpf, EPERM },
    { "io_uring", try_rings, EPERM },
    { "read a file", try_read, 0 },
    { "look up a name", try_name, 0 },
    { "connect", try_connect, 0 },
    { "a thread", try_thread, 0 },
    { "load a library", try_library, 0 },
    { "memory", try_memory, 0 },
};

/* In a child of its own; -1 when a signal ended it. */
static int outcome_of(int (*attempt)(void), bool fenced)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        if (fenced && !fence_dialogue())
            _exit(255);
        _exit(attempt());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void refuses_what_leaves_the_dialogue(void **state)
{
    struct stat facts;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0 && write(fd, "here", 4) == 4);
    close(fd);
    for (size_t i = 0; i < COUNT(rows); i++)
        row_number(rows[i].label, outcome_of(rows[i].attempt, true), rows[i].want);
    row_number("the file is as it was", stat(path, &facts) == 0 && facts.st_size == 4, true);
    row_number("its mode too", facts.st_mode & 07777, 0600);
    row_number("without a fence it can be written", outcome_of(try_write, false), 0);
    row_number("and programs run", outcome_of(try_exec, false), 0);
    unlink(path);
}

/* A dialogue that gives up (out of memory, a failed check) still ends by its own signal. */
static void abort_still_ends_it(void **state)
{
    pid_t child = fork();
    int status = 0;

    (void)state;
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit) { 0, 0 });
        signal(SIGABRT, SIG_DFL);
        if (fence_dialogue())
            abort();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    row_number("by SIGABRT", WIFSIGNALED(status) ? WTERMSIG(status) : 0, SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_leaves_the_dialogue),
        cmocka_unit_test(abort_still_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
