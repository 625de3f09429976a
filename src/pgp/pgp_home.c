#include "pgp/pgp_home.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { LONGEST_PATH = 4096, ANSWER_MS = 5000, END_TRIES = 200, END_STEP_US = 5000 };

/*
 * No network, no import by itself, no agent but ours, no trust but full fingerprints (which the
 * callers pin). lock-never: nothing but us works in this folder, and the ring is only read.
 */
static const char gpg_conf[] = "batch\n"
                               "no-tty\n"
                               "no-greeting\n"
                               "no-auto-key-retrieve\n"
                               "no-auto-key-locate\n"
                               "disable-dirmngr\n"
                               "no-auto-check-trustdb\n"
                               "trust-model always\n"
                               "no-symkey-cache\n"
                               "no-autostart\n"
                               "no-encrypt-to\n"
                               "no-default-recipient\n"
                               "no-emit-version\n"
                               "no-comments\n"
                               "personal-digest-preferences SHA512 SHA384 SHA256\n"
                               "cert-digest-algo SHA512\n";

static const char read_conf[] = "lock-never\n";

static const char import_conf[] = "import-options import-minimal,no-import-local-sigs\n"
                                  "no-default-keyring\n";

/* No card, no pinentry program that could be waited for; what is unlocked stays so for the run. */
static const char agent_conf[] = "disable-scdaemon\n"
                                 "pinentry-program /bin/false\n"
                                 "allow-loopback-pinentry\n"
                                 "no-allow-external-cache\n"
                                 "default-cache-ttl 86400\n"
                                 "max-cache-ttl 86400\n";

static bool write_conf(const char *folder, const char *name, struct buf *text, struct err *err)
{
    AUTO(file_close_fd) int fd = -1;
    char path[LONGEST_PATH];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || !file_write_all(fd, buf_span(text)))
        return err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", path, strerror(errno));
    return true;
}

static bool there_is(const char *folder, const char *name)
{
    char path[LONGEST_PATH];

    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path
        && access(path, F_OK) == 0;
}

static bool link_to(const char *folder, const char *keys_home, const char *name, struct err *err)
{
    char from[LONGEST_PATH], to[LONGEST_PATH];

    snprintf(to, sizeof to, "%s/%s", keys_home, name);
    snprintf(from, sizeof from, "%s/%s", folder, name);
    return symlink(to, from) == 0
        || err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", from, strerror(errno));
}

/*
 * secring.gpg is what GnuPG before 2.1 left: gpg takes it over into private-keys-v1.d of the folder
 * that it works in, so it is linked only where no newer keys would be written to.
 */
static bool link_keys(const struct pgp_home *home, const char *keys_home, struct err *err)
{
    bool has_keybox = there_is(keys_home, "pubring.kbx");
    const char *ring = has_keybox ? "pubring.kbx" : "pubring.gpg";
    const char *secret = there_is(keys_home, "private-keys-v1.d") ? "private-keys-v1.d"
                                                                  : "secring.gpg";

    if (!has_keybox && there_is(keys_home, "public-keys.d/pubring.db"))
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: its keys are kept by keyboxd; export them and import them into a home without "
            "'use-keyboxd' in common.conf",
            keys_home);
    return (!there_is(keys_home, ring)
               || (link_to(home->path, keys_home, ring, err)
                   && link_to(home->alone_path, keys_home, ring, err)))
        && (!there_is(keys_home, secret) || link_to(home->path, keys_home, secret, err));
}

/* gpg gets the pinned clock too (date_now). */
static void add_clock(struct buf *text)
{
    if (getenv("MELDPOST_NOW"))
        buf_printf(text, "faked-system-time %lld!\n", (long long)date_now());
}

static bool write_confs(const struct pgp_home *home, const char *keys_home, struct err *err)
{
    struct arena *arena = arena_new();
    struct buf reading = { .arena = arena }, importing = { .arena = arena };
    struct buf alone = { .arena = arena }, agent = { .arena = arena };
    bool done;

    buf_text(&reading, gpg_conf);
    buf_text(&reading, read_conf);
    add_clock(&reading);
    buf_add(&alone, buf_span(&reading));
    buf_text(&alone, "skip-verify\n");
    buf_text(&importing, gpg_conf);
    buf_text(&importing, import_conf);
    buf_printf(&importing, "primary-keyring %s/%s\n", keys_home,
        there_is(keys_home, "pubring.kbx") || !there_is(keys_home, "pubring.gpg") ? "pubring.kbx"
                                                                                  : "pubring.gpg");
    add_clock(&importing);
    buf_text(&agent, agent_conf);
    done = write_conf(home->path, "gpg.conf", &reading, err)
        && write_conf(home->path, "gpg-agent.conf", &agent, err)
        && write_conf(home->import_path, "gpg.conf", &importing, err)
        && write_conf(home->alone_path, "gpg.conf", &alone, err);
    arena_free(&arena);
    return done;
}

/* The first place that is short enough: systemd's RuntimeDirectory=, the session's, /tmp. */
static bool make_folder(struct pgp_home *home, struct err *err)
{
    const char *places[] = { getenv("RUNTIME_DIRECTORY"), getenv("XDG_RUNTIME_DIR"),
        getenv("TMPDIR"), "/tmp" };

    for (size_t i = 0; i < COUNT(places); i++) {
        if (!places[i] || places[i][0] != '/'
            || snprintf(home->path, sizeof home->path, "%s/meldpost-XXXXXX", places[i])
                >= (int)sizeof home->path)
            continue;
        if (mkdtemp(home->path))
            return true;
    }
    home->path[0] = '\0';
    return err_exit(err, ERR_RUN, EX_CANTCREAT,
        "no private folder for gpg can be made under /tmp or $RUNTIME_DIRECTORY: %s",
        strerror(errno));
}

/*
 * Each gpg reads the tables of its language, and tells the agent of a terminal and a display for a
 * pinentry that is never asked: all that for words that nobody reads. Status lines and listings
 * have no language.
 */
static void quieten_gpg(void)
{
    static const char *const unwanted[] = { "LANGUAGE", "TERM", "DISPLAY", "XAUTHORITY", "GPG_TTY",
        "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS" };

    setenv("LC_ALL", "C", 1);
    for (size_t i = 0; i < COUNT(unwanted); i++)
        unsetenv(unwanted[i]);
}

/* ---- where gpg looks for the agent ---- */

static _Noreturn void become_gpgconf(const char *folder, int out)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(out, 1) < 0 || dup2(nothing, 2) < 0)
        _exit(1);
    execlp("gpgconf", "gpgconf", "--homedir", folder, "--list-dirs", "agent-socket", (char *)NULL);
    _exit(127);
}

/* Only gpgconf knows it: gpg makes the folder's name under /run/user/UID from a hash. */
static bool ask_socket(const char *folder, char *socket, struct err *err)
{
    size_t len = 0;
    ssize_t got = 0;
    int ends[2], status = -1;
    pid_t child = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;

    if (child == 0)
        become_gpgconf(folder, ends[1]);
    if (child < 0)
        return err_exit(err, ERR_RUN, EX_OSERR, "gpgconf: %s", strerror(errno));
    close(ends[1]);
    while (len < PGP_HOME_SOCKET && (got = read(ends[0], socket + len, PGP_HOME_SOCKET - len)) > 0)
        len += (size_t)got;
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (status != 0 || len < 2 || socket[0] != '/' || socket[len - 1] != '\n')
        return err_exit(err, ERR_RUN, EX_UNAVAILABLE,
            "gpgconf: does not tell where the agent of %s listens; is GnuPG (gpg, gpgconf, "
            "gpg-agent)"
            " installed?",
            folder);
    socket[len - 1] = '\0';
    return true;
}

static bool is_inside(const struct pgp_home *home, const char *socket)
{
    size_t len = strlen(home->path);

    return strncmp(socket, home->path, len) == 0 && socket[len] == '/';
}

/* All gpgs of this folder share one agent. Where sockets lie in the homes, one answer tells all. */
static bool find_sockets(struct pgp_home *home, struct err *err)
{
    if (!ask_socket(home->path, home->socket, err))
        return false;
    if (is_inside(home, home->socket))
        snprintf(home->alone_socket, sizeof home->alone_socket, "%s%s", home->alone_path,
            home->socket + strlen(home->path));
    else if (!ask_socket(home->alone_path, home->alone_socket, err)
        || !ask_socket(home->import_path, home->import_socket, err))
        return false;
    return symlink(home->socket, home->alone_socket) == 0
        || err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", home->alone_socket, strerror(errno));
}

/* gpg makes one such folder for each home that it is called with. */
static void remove_socket(const struct pgp_home *home, char *socket)
{
    char *slash = strrchr(socket, '/');

    if (!slash || is_inside(home, socket))
        return;
    unlink(socket);
    *slash = '\0';
    rmdir(socket);
}

bool pgp_home_make(struct pgp_home *home, const char *keys_home, struct err *err)
{
    char keys[LONGEST_PATH];

    *home = (struct pgp_home) { 0 };
    quieten_gpg();
    if (!realpath(keys_home, keys))
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: %s", keys_home, strerror(errno));
    if (!make_folder(home, err))
        return false;
    snprintf(home->import_path, sizeof home->import_path, "%s/import", home->path);
    snprintf(home->alone_path, sizeof home->alone_path, "%s/alone", home->path);
    if (mkdir(home->import_path, 0700) != 0 || mkdir(home->alone_path, 0700) != 0)
        err_exit(err, ERR_RUN, EX_CANTCREAT, "%s: %s", home->path, strerror(errno));
    else if (link_keys(home, keys, err) && write_confs(home, keys, err) && find_sockets(home, err))
        return true;
    pgp_home_drop(home);
    return false;
}

size_t pgp_home_ring_bytes(const struct pgp_home *home)
{
    static const char *const rings[] = { "pubring.kbx", "pubring.gpg" };
    char path[LONGEST_PATH];
    struct stat facts;

    for (size_t i = 0; i < COUNT(rings); i++) {
        snprintf(path, sizeof path, "%s/%s", home->path, rings[i]);
        if (stat(path, &facts) == 0)
            return (size_t)facts.st_size;
    }
    return 0;
}

/* ---- the agent ---- */

static struct sockaddr_un socket_address(const struct pgp_home *home)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    snprintf(address.sun_path, sizeof address.sun_path, "%s", home->socket);
    return address;
}

static int listen_at(const struct pgp_home *home)
{
    struct sockaddr_un address = socket_address(home);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    unlink(address.sun_path);
    if (fd >= 0
        && (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 64) != 0))
        file_close_fd(&fd);
    return fd;
}

/*
 * The socket is ours and given to the agent the way of sd_listen_fds(3), which it knows as
 * --supervised: then it stays our child and dies with us, whatever ends us.
 */
static _Noreturn void become_agent(const struct pgp_home *home, int listener, pid_t parent)
{
    char self[16];
    int nothing = open("/dev/null", O_RDWR);

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    snprintf(self, sizeof self, "%ld", (long)getpid());
    setenv("LISTEN_PID", self, 1);
    setenv("LISTEN_FDS", "1", 1);
    unsetenv("LISTEN_FDNAMES");
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0
        || (listener == 3 ? fcntl(listener, F_SETFD, 0) : dup2(listener, 3)) < 0)
        _exit(1);
    close_range(4, ~0U, 0);
    signal(SIGPIPE, SIG_IGN); /* under --supervised it does not do so itself: a gpg that goes away
                                 in the middle of a dialogue would end it */
    execlp("gpg-agent", "gpg-agent", "--homedir", home->path, "--supervised", (char *)NULL);
    _exit(127);
}

static bool is_running(struct pgp_home *home)
{
    if (home->agent && waitpid(home->agent, NULL, WNOHANG) != 0)
        home->agent = 0;
    return home->agent != 0;
}

bool pgp_home_wake(struct pgp_home *home, struct err *err)
{
    AUTO(file_close_fd) int listener = -1;
    pid_t parent = getpid();

    if (is_running(home))
        return true;
    listener = listen_at(home);
    if (listener < 0)
        return err_set(err, ERR_SERVICE, "gpg-agent: %s: %s", home->socket, strerror(errno));
    home->agent = fork();
    if (home->agent == 0)
        become_agent(home, listener, parent);
    if (home->agent < 0) {
        home->agent = 0;
        return err_set(err, ERR_SERVICE, "gpg-agent: cannot be started: %s", strerror(errno));
    }
    return true;
}

bool pgp_home_answers(struct pgp_home *home)
{
    struct sockaddr_un address = socket_address(home);
    AUTO(file_close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char greeting[2];

    return is_running(home) && fd >= 0
        && connect(fd, (struct sockaddr *)&address, sizeof address) == 0
        && poll(&(struct pollfd) { .fd = fd, .events = POLLIN }, 1, ANSWER_MS) == 1
        && read(fd, greeting, sizeof greeting) == 2 && memcmp(greeting, "OK", 2) == 0;
}

/* Does the command line of this process name our folder behind --homedir? */
static bool works_here(const struct pgp_home *home, const char *pid)
{
    AUTO(file_close_fd) int fd = -1;
    char path[64], line[8192];
    ssize_t len;

    snprintf(path, sizeof path, "/proc/%.20s/cmdline", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    len = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
    if (len <= 0)
        return false;
    line[len] = '\0';
    for (char *word = line; word < line + len; word += strlen(word) + 1)
        if (strcmp(word, "--homedir") == 0 && word + strlen(word) + 1 < line + len
            && strncmp(word + strlen(word) + 1, home->path, strlen(home->path)) == 0)
            return true;
    return false;
}

/* gpgme leaves gpg to init, so its pid is known to nobody. */
void pgp_home_kill(const struct pgp_home *home)
{
    DIR *processes = home->path[0] ? opendir("/proc") : NULL;

    for (struct dirent *entry; processes && (entry = readdir(processes));)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && works_here(home, entry->d_name))
            kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
    if (processes)
        closedir(processes);
}

void pgp_home_stop(struct pgp_home *home)
{
    if (!home->agent)
        return;
    kill(home->agent, SIGTERM);
    for (int i = 0; i < END_TRIES && is_running(home); i++)
        usleep(END_STEP_US);
    if (is_running(home)) {
        kill(home->agent, SIGKILL);
        waitpid(home->agent, NULL, 0);
    }
    home->agent = 0;
}

/* ---- the end ---- */

/* Everything in our folder is ours; links are taken away, not followed. */
static void remove_tree(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);

    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0
            && unlinkat(fd, entry->d_name, 0) != 0)
            remove_tree(fd, entry->d_name);
    if (folder)
        closedir(folder);
    else
        file_close_fd(&fd);
    unlinkat(parent, name, AT_REMOVEDIR);
}

void pgp_home_drop(struct pgp_home *home)
{
    pgp_home_stop(home);
    pgp_home_kill(home);
    remove_socket(home, home->socket);
    remove_socket(home, home->alone_socket);
    remove_socket(home, home->import_socket);
    if (home->path[0])
        remove_tree(AT_FDCWD, home->path);
    home->path[0] = '\0';
}
