#include "base/module.h"

#include "base/file.h"
#include "base/worker.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

typedef int entry_function(struct frames *frames, void *context);

/* As it was built, and as it is installed; both from the folder of the program. */
static const char *const places[] = { MODULE_FILE, "../lib/meldpost/" MODULE_FILE };

/* The folder of the program itself, whatever the environment and the working folder are. */
static bool program_folder(char folder[static PATH_MAX], struct err *err)
{
    ssize_t len = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    char *slash;

    if (len < 0)
        return err_exit(err, ERR_RUN, EX_OSERR, "/proc/self/exe: %s", strerror(errno));
    folder[len] = '\0';
    slash = strrchr(folder, '/');
    if (!slash)
        return err_exit(err, ERR_RUN, EX_OSERR, "/proc/self/exe: no path");
    slash[1] = '\0';
    return true;
}

/* In a folder where everybody may write (a copy of the program in /tmp) it may be anybody's. */
static bool is_ours(const char *path)
{
    char folder[PATH_MAX];
    struct stat facts;

    snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
    return access(path, F_OK) == 0 && stat(folder, &facts) == 0 && !(facts.st_mode & S_IWOTH);
}

static bool find(char path[static PATH_MAX], struct err *err)
{
    char folder[PATH_MAX];

    if (!program_folder(folder, err))
        return false;
    for (size_t i = 0; i < COUNT(places); i++)
        if (snprintf(path, PATH_MAX, "%s%s", folder, places[i]) < PATH_MAX && is_ours(path))
            return true;
    return err_exit(err, ERR_RUN, EX_OSFILE,
        "%s is neither in %s nor in ../lib/meldpost from there: install meldpost anew", MODULE_FILE,
        folder);
}

/* The loader of the C library dies of a file that was cut off: its last table has to be there. */
static bool is_whole(const char *path)
{
    AUTO(file_close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    ElfW(Ehdr) head;
    struct stat facts;

    return fd >= 0 && fstat(fd, &facts) == 0 && read(fd, &head, sizeof(head)) == sizeof(head)
        && memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && facts.st_size >= 0
        && head.e_shoff + (uint64_t)head.e_shnum * head.e_shentsize <= (uint64_t)facts.st_size;
}

static bool load(const char *entry, entry_function **function, struct err *err)
{
    char path[PATH_MAX];
    const char *stamp;
    void *module;

    if (!find(path, err))
        return false;
    if (!is_whole(path))
        return err_exit(err, ERR_RUN, EX_OSFILE, "%s: broken: install meldpost anew", path);
    module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!module)
        return err_exit(err, ERR_RUN, EX_OSFILE, "%s", dlerror());
    stamp = dlsym(module, "module_stamp");
    if (!stamp || strcmp(stamp, module_stamp) != 0)
        return err_exit(err, ERR_RUN, EX_OSFILE,
            "%s is of another build than the program: install meldpost anew", path);
    *(void **)function = dlsym(module, entry);
    return *function || err_exit(err, ERR_RUN, EX_SOFTWARE, "%s: no %s in it", path, entry);
}

int module_serve(const char *entry, uint8_t failed, struct frames *frames, void *context)
{
    entry_function *function = NULL;
    struct err err = { 0 };

    if (load(entry, &function, &err))
        return function(frames, context);
    return worker_put_err(frames, failed, &err) && frames_flush(frames) ? err_exit_code(&err)
                                                                        : EX_IOERR;
}
