#include "jail/jail_spawner.h"

#include "jail/jail_child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(2 * sizeof(int))];
};

static bool sent(int fd, const struct msghdr *message)
{
    ssize_t done;

    do
        done = sendmsg(fd, message, MSG_NOSIGNAL);
    while (done < 0 && errno == EINTR);
    return done > 0;
}

static bool received(int fd, struct msghdr *message)
{
    ssize_t done;

    do
        done = recvmsg(fd, message, MSG_CMSG_CLOEXEC);
    while (done < 0 && errno == EINTR);
    return done > 0;
}

bool jail_spawner_ask(int fd, int in, int out)
{
    union control control = { 0 };
    char byte = 'N';
    struct iovec part = { &byte, 1 };
    struct msghdr message = { .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes };
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    int ends[2] = { in, out };

    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof ends);
    memcpy(CMSG_DATA(head), ends, sizeof ends);
    return sent(fd, &message);
}

bool jail_spawner_end(int fd, int *status)
{
    char byte = 'E';
    struct iovec part = { &byte, 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

    if (!sent(fd, &message))
        return false;
    part = (struct iovec) { status, sizeof *status };
    return received(fd, &message);
}

/* ---- the other side ---- */

static bool take_ends(int fd, int ends[2])
{
    union control control = { 0 };
    char byte;
    struct iovec part = { &byte, 1 };
    struct msghdr message = { .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes };
    struct cmsghdr *head;

    if (!received(fd, &message))
        return false;
    head = CMSG_FIRSTHDR(&message);
    if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(2 * sizeof(int)))
        return false;
    memcpy(ends, CMSG_DATA(head), 2 * sizeof(int));
    return true;
}

/* Waits for the parent's word, then for the child. A parent that is gone ends it as well. */
static void see_to_its_end(int fd, pid_t child)
{
    char byte;
    int status = 0;
    struct iovec part = { &byte, 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    bool asked = received(fd, &message);

    if (child > 0) {
        kill(child, SIGKILL);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
    } else {
        status = JAIL_END_SETUP << 8;
    }
    part = (struct iovec) { &status, sizeof status };
    if (!asked || !sent(fd, &message))
        _exit(0);
}

/* Only the pinned clock may be needed; passwords may stand in the rest. */
static void forget_environment(void)
{
    static const char kept[] = "MELDPOST_NOW=";

    for (char **entry = environ; entry && *entry; entry++)
        if (strncmp(*entry, kept, sizeof kept - 1) != 0 && strncmp(*entry, "ASAN", 4) != 0)
            explicit_bzero(*entry, strlen(*entry));
}

/* Standard input, output and error stay taken, so that no pipe end gets their numbers. */
static void close_all_but(int *fd)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    int kept = fcntl(*fd, F_DUPFD_CLOEXEC, 3);

    if (nothing < 0 || kept < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0)
        _exit(1);
#ifndef __SANITIZE_ADDRESS__
    if (dup2(nothing, 2) < 0)
        _exit(1);
#endif
    if (dup2(kept, 3) != 3)
        _exit(1);
    close_range(4, ~0U, 0);
    *fd = 3;
}

/* A handler of the program's (or a test's) has no business in a child. The address sanitizer's has:
 * it writes a report. */
static void reset_signals(void)
{
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS };

#ifndef __SANITIZE_ADDRESS__
    for (size_t i = 0; i < COUNT(crashes); i++)
        signal(crashes[i], SIG_DFL);
#else
    (void)crashes;
#endif
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_IGN); /* a key at the terminal is for the parent to act on */
}

_Noreturn void jail_spawner_run(
    const struct jail_job *job, const struct jail_limits *limits, int fd, int parent)
{
    struct sock_fprog filter;
    void *prepared = NULL;
    size_t room;
    int ends[2];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    close_all_but(&fd);
    forget_environment();
    reset_signals();
    if (!jail_child_filter(&filter))
        _exit(1);
    if (job->prepare)
        prepared = job->prepare();
    room = jail_child_room(limits);
    while (take_ends(fd, ends)) {
        /* No thread runs here, so what libraries do at a fork is not needed: a fifth of its cost.
         */
        pid_t child = _Fork();

        if (child == 0)
            jail_child_run(job, limits, room, &filter, prepared, ends[0], ends[1]);
        close(ends[0]);
        close(ends[1]);
        see_to_its_end(fd, child);
    }
    _exit(0);
}
