#include "base/file.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { STEP = 64 * 1024, LONGEST_SECRET = 16 * 1024 };

void file_close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

bool file_read_fd(
    int fd, const char *name, size_t most, struct arena *arena, struct span *bytes, struct err *err)
{
    struct buf buf = { .arena = arena };
    char step[STEP];

    for (;;) {
        ssize_t got = read(fd, step, sizeof step);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_exit(err, ERR_RUN, EX_NOINPUT, "%s: %s", name, strerror(errno));
        if (got == 0)
            break;
        if ((size_t)got > most - buf.len) {
            explicit_bzero(step, sizeof step);
            return err_exit(err, ERR_RUN, EX_DATAERR, "%s: larger than %zu bytes", name, most);
        }
        buf_add(&buf, (struct span) { step, (size_t)got });
    }
    explicit_bzero(step, sizeof step);
    buf_string(&buf);
    *bytes = buf_span(&buf);
    return true;
}

bool file_read(
    const char *path, size_t most, struct arena *arena, struct span *bytes, struct err *err)
{
    AUTO(file_close_fd) int fd = -1;

    if (strcmp(path, "-") == 0)
        return file_read_fd(STDIN_FILENO, "standard input", most, arena, bytes, err);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_exit(err, ERR_RUN, EX_NOINPUT, "%s: %s", path, strerror(errno));
    return file_read_fd(fd, path, most, arena, bytes, err);
}

bool file_read_secret(const char *path, struct arena *arena, char **secret, struct err *err)
{
    AUTO(file_close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct span bytes, line = { 0 };
    struct stat facts;

    if (fd < 0)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: %s", path, strerror(errno));
    if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: a secret must be a regular file", path);
    /* systemd shows a credential that it grants by an access list as root's, mode 0440. */
    if ((facts.st_mode & (S_IRWXG | S_IRWXO))
        && !(facts.st_uid == 0 && facts.st_gid == 0
            && (facts.st_mode & 0777) == (S_IRUSR | S_IRGRP)))
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: others can read this secret (mode %03o); do: chmod 600 %s", path,
            (unsigned)facts.st_mode & 0777, path);
    if (!file_read_fd(fd, path, LONGEST_SECRET, arena, &bytes, err)) {
        err->exit_code = EX_CONFIG;
        return false;
    }
    span_line(&bytes, &line);
    if (line.len == 0 || memchr(line.at, '\0', line.len))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: the first line must hold the secret", path);
    *secret = arena_text(arena, line);
    return true;
}

bool file_own_folder(const char *path, struct err *err)
{
    const struct passwd *owner;
    struct stat facts;

    if (stat(path, &facts) != 0)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(facts.st_mode))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: must be a folder", path);
    if (facts.st_uid == geteuid())
        return true;
    owner = getpwuid(facts.st_uid);
    if (owner)
        return err_exit(err, ERR_RUN, EX_NOPERM,
            "%s: belongs to user %s; run this as that user: sudo -u %s meldpost …", path,
            owner->pw_name, owner->pw_name);
    return err_exit(err, ERR_RUN, EX_NOPERM,
        "%s: belongs to another user (uid %u); run this as that user", path,
        (unsigned)facts.st_uid);
}

bool file_write_all(int fd, struct span bytes)
{
    while (bytes.len) {
        ssize_t written = write(fd, bytes.at, bytes.len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes = span_part(bytes, (size_t)written, bytes.len);
    }
    return true;
}

bool file_sync_folder(const char *path, struct err *err)
{
    AUTO(file_close_fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
    return true;
}

static bool sync_parent(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];

    if (!slash)
        return file_sync_folder(".", err);
    snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return file_sync_folder(folder, err);
}

bool file_write_durable(const char *path, struct span bytes, unsigned mode, struct err *err)
{
    char temporary[4096];
    int fd, why;

    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "%.100s…: path too long", path);
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", path, strerror(errno));
    if (fchmod(fd, (mode_t)mode) != 0 || !file_write_all(fd, bytes) || fsync(fd) != 0) {
        why = errno;
        close(fd);
        unlink(temporary);
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(why));
    }
    if (close(fd) != 0 || rename(temporary, path) != 0) {
        why = errno;
        unlink(temporary);
        return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(why));
    }
    return sync_parent(path, err);
}
