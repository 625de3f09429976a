#include "store/folder.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* Where the file system cannot exchange two names, the old one waits here for the new one. */
#define ASIDE ".old"

static bool fails(const char *path, struct err *err)
{
    return err_exit(err, ERR_RUN, EX_IOERR, "%s: %s", path, strerror(errno));
}

bool folder_join(const char *dir, const char *name, char *text, struct err *err)
{
    if (snprintf(text, FOLDER_PATH, "%s/%s", dir, name) >= FOLDER_PATH)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%.100s…: path too long", dir);
    return true;
}

bool folder_is(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

bool folder_make(const char *path, struct err *err)
{
    if (mkdir(path, 0700) != 0 && (errno != EEXIST || !folder_is(path)))
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", path, strerror(errno));
    if (chmod(path, 0700) != 0)
        return fails(path, err);
    return true;
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

bool folder_remove(const char *path, struct err *err)
{
    AUTO(close_dir) DIR *dir = opendir(path);
    struct dirent *entry;

    if (!dir)
        return errno == ENOENT ? true : fails(path, err);
    while ((entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0
            && unlinkat(dirfd(dir), entry->d_name, 0) != 0 && errno != ENOENT)
            return fails(path, err);
    return rmdir(path) == 0 ? true : fails(path, err);
}

static bool join_aside(const char *dir, const char *name, char *text, struct err *err)
{
    char aside[256];

    snprintf(aside, sizeof aside, "%s" ASIDE, name);
    return folder_join(dir, aside, text, err);
}

static bool exchange(const char *one, const char *other)
{
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0;
}

bool folder_swap(
    const char *dir, const char *name, const char *new, const char *old, struct err *err)
{
    char at[FOLDER_PATH], from[FOLDER_PATH], aside[FOLDER_PATH], keep[FOLDER_PATH];
    const char *was = from;

    if (!folder_join(dir, name, at, err) || !folder_join(dir, new, from, err)
        || !join_aside(dir, name, aside, err))
        return false;
    if (!folder_is(at)) {
        if (rename(from, at) != 0)
            return fails(at, err);
        return file_sync_folder(dir, err);
    }
    if (!exchange(from, at)) {
        if (!folder_remove(aside, err))
            return false;
        if (rename(at, aside) != 0 || rename(from, at) != 0)
            return fails(at, err);
        was = aside;
    }
    if (!file_sync_folder(dir, err))
        return false;
    if (!old)
        return folder_remove(was, err) && file_sync_folder(dir, err);
    if (!folder_join(dir, old, keep, err) || !folder_remove(keep, err))
        return false;
    if (rename(was, keep) != 0)
        return fails(keep, err);
    return file_sync_folder(dir, err);
}

bool folder_mend(const char *dir, const char *name, const char *new, struct err *err)
{
    char at[FOLDER_PATH], from[FOLDER_PATH], aside[FOLDER_PATH];

    if (!folder_join(dir, name, at, err) || !folder_join(dir, new, from, err)
        || !join_aside(dir, name, aside, err))
        return false;
    if (!folder_is(at) && folder_is(aside)) {
        if (rename(aside, at) != 0)
            return fails(at, err);
        if (!file_sync_folder(dir, err))
            return false;
    }
    return folder_remove(aside, err) && folder_remove(from, err);
}

static bool copy_bytes(int from, int to, uint64_t most)
{
    char step[64 * 1024];

    while (most) {
        ssize_t got = read(from, step, most < sizeof step ? (size_t)most : sizeof step);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            return true;
        if (!file_write_all(to, (struct span) { step, (size_t)got }))
            return false;
        most -= (uint64_t)got;
    }
    return true;
}

bool folder_copy_file(const char *from, const char *to, uint64_t most, struct err *err)
{
    AUTO(file_close_fd) int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    AUTO(file_close_fd) int out = -1;
    char part[FOLDER_PATH];

    if (in < 0)
        return fails(from, err);
    if (snprintf(part, sizeof part, "%s.part", to) >= (int)sizeof part)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%.100s…: path too long", to);
    out = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (out < 0)
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", to, strerror(errno));
    if (fchmod(out, 0600) != 0 || !copy_bytes(in, out, most) || fsync(out) != 0
        || rename(part, to) != 0) {
        fails(to, err);
        unlink(part);
        return false;
    }
    return true;
}
