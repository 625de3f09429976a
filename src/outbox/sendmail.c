#include "outbox/sendmail.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void run_sendmail(const char *path, const struct parcel *parcel, int in)
{
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (nothing < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
        _exit(EX_OSERR);
    signal(SIGPIPE, SIG_DFL);
    /* -i: a line with one dot is text; -f: the envelope's sender, <> for none. */
    execl(path, path, "-i", "-f", *parcel->from ? parcel->from : "<>", "--", parcel->to,
        (char *)NULL);
    _exit(EX_OSFILE);
}

/* Programs of this machine end lines in LF (Postfix would keep a CR as part of the text). */
static bool write_lines(int fd, struct span message)
{
    struct span rest = message, line;

    while (span_line(&rest, &line))
        if (!file_write_all(fd, line) || !file_write_all(fd, SPAN("\n")))
            return false;
    return true;
}

/* Its exit code, or -1 when it had to be killed. */
static int await(pid_t pid, int64_t wait_ms)
{
    const struct timespec moment = { .tv_nsec = 10 * 1000 * 1000 };
    int status = 0;

    for (; wait_ms > 0; wait_ms -= 10) {
        pid_t got = waitpid(pid, &status, WNOHANG);

        if (got == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        if (got < 0 && errno != EINTR)
            return -1;
        nanosleep(&moment, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}

/* sysexits.h, as sendmail programs use it. */
static enum delivery judge(int code, bool written)
{
    switch (code) {
    case EX_OK:
        return written ? DELIVERY_SENT : DELIVERY_UNKNOWN;
    case EX_USAGE:
    case EX_DATAERR:
    case EX_NOUSER:
    case EX_NOHOST:
    case EX_UNAVAILABLE:
    case EX_NOPERM:
        return DELIVERY_REFUSED;
    case -1:
        return DELIVERY_UNKNOWN;
    default:
        return DELIVERY_LATER;
    }
}

void sendmail_deliver(
    const char *path, const struct parcel *parcel, int64_t wait_ms, struct delivery_answer *answer)
{
    int ends[2], code;
    bool written;
    pid_t pid;

    *answer = (struct delivery_answer) { .delivery = DELIVERY_LATER };
    if (pipe2(ends, O_CLOEXEC) != 0)
        return;
    pid = fork();
    if (pid == 0)
        run_sendmail(path, parcel, ends[0]);
    close(ends[0]);
    written = pid > 0 && write_lines(ends[1], parcel->message);
    close(ends[1]);
    if (pid < 0)
        return;
    code = await(pid, wait_ms);
    answer->code = code > 0 ? code : 0;
    answer->delivery = judge(code, written);
}
