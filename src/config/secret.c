#include "config/settings.h"

#include "base/file.h"
#include "base/steady.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { TOKEN_MOST = 16 * 1024, TOKEN_SECONDS = 60 };

const char *settings_secret_path(const char *name, struct arena *arena, struct err *err)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    if (strchr(name, '/'))
        return name;
    if (folder && *folder)
        return arena_printf(arena, "%s/%s", folder, name);
    err_exit(err, ERR_RUN, EX_CONFIG,
        "credential '%s': systemd gave none to this process; name a file with a / in it, or start"
        " through the unit with LoadCredential=%s:FILE",
        name, name);
    return NULL;
}

bool settings_secret(const char *name, struct arena *arena, char **secret, struct err *err)
{
    const char *path = settings_secret_path(name, arena, err);

    return path && file_read_secret(path, arena, secret, err);
}

/* In the child: the command with its output in the pipe, everything else closed to it. */
static _Noreturn void run_command(const char *command, int out)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(127);
    signal(SIGPIPE, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* Reads until the end, the bound or the time; false when one of the last two came first. */
static bool read_until(int fd, char *into, size_t most, size_t *len)
{
    int64_t until = steady_ms() + TOKEN_SECONDS * 1000;

    for (;;) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        int64_t left = until - steady_ms();
        ssize_t got;

        if (left <= 0 || *len == most)
            return false;
        if (poll(&wait, 1, (int)left) <= 0)
            continue;
        got = read(fd, into + *len, most - *len);
        if (got == 0)
            return true;
        if (got > 0)
            *len += (size_t)got;
        else if (errno != EINTR && errno != EAGAIN)
            return false;
    }
}

bool settings_token(const char *command, struct arena *arena, char **token, struct err *err)
{
    char *bytes = arena_alloc(arena, TOKEN_MOST);
    struct span rest, line = { 0 };
    size_t len = 0;
    int ends[2], status = 0;
    bool whole;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_exit(err, ERR_RUN, EX_OSERR, "token_command: %s", strerror(errno));
    child = fork();
    if (child == 0)
        run_command(command, ends[1]);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return err_exit(err, ERR_RUN, EX_OSERR, "token_command: %s", strerror(errno));
    }
    whole = read_until(ends[0], bytes, TOKEN_MOST, &len);
    close(ends[0]);
    if (!whole)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (!whole)
        return err_set(err, ERR_SERVICE,
            "token_command: not done within %d s, or more than %d bytes", TOKEN_SECONDS,
            TOKEN_MOST);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return err_set(err, ERR_SERVICE, "token_command: ended with %d",
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    rest = (struct span) { bytes, len };
    span_line(&rest, &line);
    if (line.len == 0 || memchr(line.at, '\0', line.len))
        return err_set(err, ERR_SERVICE, "token_command: its first line holds no token");
    *token = arena_text(arena, line);
    return true;
}

bool settings_login(const struct server_settings *server, struct arena *arena, const char **secret,
    bool *is_token, struct err *err)
{
    char *text = NULL;

    *secret = "";
    *is_token = server->token_command[0] != '\0';
    if (server->user[0] && !*is_token && !server->password_file[0])
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "user is set, but not how to log in: give password_file or token_command");
    if (*is_token ? !settings_token(server->token_command, arena, &text, err)
                  : server->password_file[0]
                && !settings_secret(server->password_file, arena, &text, err))
        return false;
    if (text)
        *secret = text;
    return true;
}
