#include "store/lock.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

struct lock {
    int fd;
};

enum { PID_TEXT = 32, PAUSE_NS = 100 * 1000 * 1000 };

static int64_t monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static bool is_active(int fd, struct err *err)
{
    char text[PID_TEXT] = "";
    ssize_t got = pread(fd, text, sizeof text - 1, 0);
    long pid = got > 0 ? strtol(text, NULL, 10) : 0;

    if (pid > 0)
        return err_exit(err, ERR_RUN, EX_TEMPFAIL, "another run is active (pid %ld)", pid);
    return err_exit(err, ERR_RUN, EX_TEMPFAIL, "another run is active");
}

static bool wait_for(int fd, const char *path, int wait_s, struct err *err)
{
    int64_t until = monotonic_ns() + wait_s * INT64_C(1000000000);

    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const struct timespec pause = { .tv_nsec = PAUSE_NS };

        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
        if (monotonic_ns() >= until)
            return is_active(fd, err);
        nanosleep(&pause, NULL);
    }
    return true;
}

/* The pid only helps whoever reads the refusal: a full disk must not keep a run from it. */
static void write_pid(int fd)
{
    char text[PID_TEXT];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) == 0) {
        ssize_t written = pwrite(fd, text, (size_t)len, 0);

        (void)written;
    }
}

bool lock_take(const char *dir, int wait_s, struct lock **lock, struct err *err)
{
    struct lock *new;
    char path[4096];
    int fd;

    if (snprintf(path, sizeof path, "%s/lock", dir) >= (int)sizeof path)
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "%.100s…: path too long", dir);
    if (access(dir, F_OK) == 0 && !file_own_folder(dir, err))
        return false;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_exit(err, ERR_RUN, errno == EROFS || errno == EIO ? EX_IOERR : EX_CANTCREAT,
            "%s: %s", path, strerror(errno));
    if (!wait_for(fd, path, wait_s, err)) {
        close(fd);
        return false;
    }
    new = malloc(sizeof *new);
    if (!new || fchmod(fd, 0600) != 0) {
        err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
        free(new);
        close(fd);
        return false;
    }
    write_pid(fd);
    new->fd = fd;
    *lock = new;
    return true;
}

void lock_release(struct lock **lock)
{
    if (!*lock)
        return;
    file_close_fd(&(*lock)->fd);
    free(*lock);
    *lock = NULL;
}
