/* file.h - whole files: read with a bound, written so that a power cut leaves the old or the new.
 */
#ifndef FILE_H
#define FILE_H

#include "base/arena.h"
#include "base/err.h"

/* Closes *fd unless it is -1. For AUTO(file_close_fd) int fd = -1. */
void file_close_fd(int *fd);

/*
 * Reads a regular file, a pipe or /dev/stdin ("-" is standard input) to its end.
 * Fails with ERR_RUN: EX_NOINPUT when it cannot be opened or read, EX_DATAERR when it is
 * larger than most bytes.
 */
bool file_read(const char *path, size_t most, struct arena *arena, struct span *bytes,
    struct err *err) MUST_USE;

/* As file_read from an open descriptor, which stays open; name is for the error. */
bool file_read_fd(int fd, const char *name, size_t most, struct arena *arena, struct span *bytes,
    struct err *err) MUST_USE;

/*
 * A secret (password, passphrase, token): a regular file that only its owner can read or write,
 * its first line, without the line end. Fails with ERR_RUN, EX_CONFIG, saying which mode is wrong.
 */
bool file_read_secret(
    const char *path, struct arena *arena, char **secret, struct err *err) MUST_USE;

/*
 * Is this user the owner of the folder? Root is not let in where another user works: what it writes
 * could not be read by that user afterwards. Fails with ERR_RUN: EX_NOPERM, naming whom to be,
 * EX_CONFIG when there is no such folder.
 */
bool file_own_folder(const char *path, struct err *err) MUST_USE;

/*
 * Puts bytes at path: a temporary file in the same folder with the given mode whatever the umask,
 * synced, renamed over path, folder synced. Fails with ERR_RUN, EX_IOERR (EX_CANTCREAT when the
 * folder cannot be written); path is then as it was.
 */
bool file_write_durable(
    const char *path, struct span bytes, unsigned mode, struct err *err) MUST_USE;

/* Syncs a folder, so that names made or taken away in it are on the disk. */
bool file_sync_folder(const char *path, struct err *err) MUST_USE;

/* Writes all bytes to fd, however many calls that takes; false with errno set. */
bool file_write_all(int fd, struct span bytes) MUST_USE;

#endif
