#include "store/mapguard.h"

#include "base/base.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* The one thing in this room that is not handed in: a signal brings no argument of ours. */
static struct {
    unsigned users;
    struct sigaction before;
    char words[600];
} guard;

_Noreturn void mapguard_give_up(void)
{
    ssize_t written = write(STDERR_FILENO, guard.words, strlen(guard.words));

    (void)written;
    _exit(EX_IOERR);
}

static void on_signal(int number)
{
    (void)number;
    mapguard_give_up();
}

void mapguard_begin(const char *path)
{
    struct sigaction action = { .sa_handler = on_signal };

    if (guard.users++)
        return;
    snprintf(guard.words, sizeof guard.words,
        "meldpost: %.400s: cannot be read: damaged, cut, or a disk that fails; run: meldpost "
        "verify\n",
        path);
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &guard.before);
}

void mapguard_end(void)
{
    assert(guard.users);
    if (--guard.users == 0)
        sigaction(SIGBUS, &guard.before, NULL);
}
