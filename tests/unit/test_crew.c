#include "lib/rows.h"
#include "run/crew.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { MAILS = 40 };

struct seen {
    size_t next; /* the mail that is expected */
    unsigned loaded, read, failed;
    size_t stop_at; /* take fails at this one; MAILS never */
    bool kills; /* a worker, once the first mail is there */
    enum err_scope scope; /* of the last failure */
};

static bool load(void *ctx, size_t i, struct arena *arena, struct span *raw, struct err *why)
{
    ((struct seen *)ctx)->loaded++;
    if (i == 7)
        return err_set(why, ERR_MESSAGE, "cannot be loaded");
    *raw = span_of(arena_printf(arena, "From: a@example.org\nSubject: %zu\n\ntext %zu\n", i, i));
    return true;
}

static bool take(void *ctx, size_t i, struct arena *arena, const struct message *message,
    const struct err *why, struct err *err)
{
    struct seen *seen = ctx;
    char command[64];

    row_number("in order", i, seen->next++);
    if (message)
        row_text("its own result", message->subject, arena_printf(arena, "%zu", i));
    else
        seen->scope = why->scope;
    seen->read += message != NULL;
    seen->failed += message == NULL;
    if (seen->kills && i == 0) {
        snprintf(command, sizeof command, "pkill -KILL -n -x test_crew -P %ld", (long)getpid());
        row_number("killed", system(command), 0);
    }
    return i != seen->stop_at || err_exit(err, ERR_RUN, EX_IOERR, "disk full");
}

static bool run_crew(unsigned workers, const char *home, struct seen *seen, struct err *err)
{
    const struct crew_errand errand = { .count = MAILS, .ctx = seen, .load = load, .take = take };
    struct pgp_options options = { .home = home, .timeout_s = 20, .largest_plain = 1000000 };
    struct crew *crew = NULL;
    bool done = crew_open(workers, 0, &jailed_limits_usual, &crew, err)
        && crew_start(crew, &options, MAILS, err) && crew_run(crew, &errand, err);

    crew_close(&crew);
    return done;
}

struct home {
    char path[32];
};

static int make_home(void **state)
{
    static struct home home = { "/tmp/test_crew.XXXXXX" };

    signal(SIGPIPE, SIG_IGN);
    *state = &home;
    /* What a killed worker leaves behind is left in the place that ends with the test. */
    return mkdtemp(home.path) && setenv("RUNTIME_DIRECTORY", home.path, 1) == 0 ? 0 : -1;
}

static int drop_home(void **state)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", ((struct home *)*state)->path);
    return system(command);
}

static void reads_all_in_order(void **state)
{
    static const unsigned crews[] = { 1, 2, 5 };

    for (size_t i = 0; i < COUNT(crews); i++) {
        struct seen seen = { .stop_at = MAILS };
        struct err err = { 0 };

        if (!run_crew(crews[i], ((struct home *)*state)->path, &seen, &err))
            fail_msg("%s", err.text);
        row_number("read", seen.read, MAILS - 1);
        row_number("the one that cannot be loaded", seen.failed, 1);
        row_number("scope", seen.scope, ERR_MESSAGE);
    }
}

/* While one mail is taken, which costs as much as reading it, the worker goes on with the next. */
static void has_work_lie_ready(void **state)
{
    struct seen seen = { .stop_at = 0 };
    struct err err = { 0 };

    row_number("stopped", run_crew(1, ((struct home *)*state)->path, &seen, &err), 0);
    row_number("read, or ready for it, at the first result", seen.loaded, 4);
}

static void goes_on_without_a_worker(void **state)
{
    struct seen seen = { .stop_at = MAILS, .kills = true };
    struct err err = { 0 };

    if (!run_crew(2, ((struct home *)*state)->path, &seen, &err))
        fail_msg("%s", err.text);
    row_number("all were taken", seen.next, MAILS);
    row_number("at most its own mail is lost for now", seen.failed <= 2, 1);
}

static void says_when_all_are_gone(void **state)
{
    struct seen seen = { .stop_at = MAILS, .kills = true };
    struct err err = { 0 };

    if (!run_crew(1, ((struct home *)*state)->path, &seen, &err))
        fail_msg("%s", err.text);
    row_number("all were taken", seen.next, MAILS);
    row_number("worth another try", seen.scope, ERR_SERVICE);
    row_number("failed", seen.failed >= MAILS - 10, 1);
}

static void stops_when_told(void **state)
{
    struct seen seen = { .stop_at = 5 };
    struct err err = { 0 };

    row_number("fails", run_crew(2, ((struct home *)*state)->path, &seen, &err), 0);
    row_text("with the reason", err.text, "disk full");
    row_number("at once", seen.next, 6);
}

static void tells_of_a_wrong_home(void **state)
{
    struct seen seen = { .stop_at = MAILS };
    struct err err = { 0 };

    (void)state;
    if (!run_crew(2, "/nonexistent", &seen, &err))
        fail_msg("%s", err.text);
    row_number("no mail", seen.read, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_in_order),
        cmocka_unit_test(has_work_lie_ready),
        cmocka_unit_test(goes_on_without_a_worker),
        cmocka_unit_test(says_when_all_are_gone),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(tells_of_a_wrong_home),
    };

    return cmocka_run_group_tests_name("crew", tests, make_home, drop_home);
}
