#include "base/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

/* The sanitizers reserve more address room than any limit allows. */
#if defined(__SANITIZE_ADDRESS__)
enum { LIMITS_MEMORY = 0 };
#else
enum { LIMITS_MEMORY = 1 };
#endif

enum { FRAMES_FD = 3 };

static void limit(int what, rlim_t most)
{
    setrlimit(what, &(struct rlimit) { most, most });
}

static void confine(const struct worker_limits *limits)
{
    limit(RLIMIT_CORE, 0);
    if (limits->memory && LIMITS_MEMORY)
        limit(RLIMIT_AS, limits->memory);
    if (!limits->writes_files) {
        signal(SIGXFSZ, SIG_IGN);
        limit(RLIMIT_FSIZE, 0);
        limit(RLIMIT_NPROC, 0);
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }
}

/* Nothing of the parent's stays open: standard input and output are not the child's to use. */
static bool settle(int fd, pid_t parent)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
        return false;
    if (fd != FRAMES_FD && dup3(fd, FRAMES_FD, O_CLOEXEC) < 0)
        return false;
    close_range(FRAMES_FD + 1, ~0U, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return getppid() == parent;
}

bool worker_start(struct worker *child, int (*body)(struct frames *frames, void *context),
    void *context, const struct worker_limits *limits, struct err *err)
{
    pid_t parent = getpid();
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return err_exit(err, ERR_RUN, EX_OSERR, "socketpair: %s", strerror(errno));
    child->pid = fork();
    if (child->pid == 0) {
        if (!settle(ends[1], parent))
            _exit(EX_OSERR);
        confine(limits);
        _exit(body(frames_new(FRAMES_FD), context));
    }
    close(ends[1]);
    if (child->pid < 0) {
        child->pid = 0;
        close(ends[0]);
        return err_exit(err, ERR_RUN, EX_OSERR, "fork: %s", strerror(errno));
    }
    child->frames = frames_new(ends[0]);
    return true;
}

static bool has_ended(pid_t pid, int *status, int flags)
{
    pid_t got;

    do
        got = waitpid(pid, status, flags);
    while (got < 0 && errno == EINTR);
    return got != 0;
}

int worker_end(struct worker *child, int64_t grace_ms)
{
    const struct timespec moment = { .tv_nsec = 1000 * 1000 };
    int status = 0;

    if (child->pid == 0)
        return 0;
    frames_free(&child->frames); /* its reads end */
    while (grace_ms > 0 && !has_ended(child->pid, &status, WNOHANG)) {
        nanosleep(&moment, NULL);
        grace_ms--;
    }
    if (grace_ms <= 0) {
        kill(child->pid, SIGKILL);
        has_ended(child->pid, &status, 0);
    }
    child->pid = 0;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

bool worker_put_err(struct frames *frames, uint8_t kind, const struct err *err)
{
    return frames_put(frames, kind, (struct span) { (const char *)err, sizeof(*err) });
}

bool worker_read_err(struct span bytes, struct err *err)
{
    struct err got;

    if (bytes.len != sizeof(got))
        return false;
    memcpy(&got, bytes.at, sizeof(got));
    if (got.scope <= ERR_NONE || got.scope > ERR_RUN || got.exit_code < 0 || got.exit_code > 255
        || !memchr(got.text, '\0', sizeof(got.text)))
        return false;
    return err_exit(err, got.scope, got.exit_code, "%s", got.text), true;
}
