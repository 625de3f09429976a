#include "base/file.h"
#include "config/settings.h"
#include "lib/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY "0123456789ABCDEF0123456789ABCDEF01234567"
#define WHOLE                                                                                      \
    "municipality = \"gemeente X\"\nprefix = \"XX\"\naddress = \"a@x.example\"\n"                  \
    "ciso_address = \"c@x.example\"\nciso_key = \"" KEY "\"\nibd_address = \"i@x.example\"\n"      \
    "ibd_key = \"" KEY "\"\nmailbox_key = \"" KEY "\"\n"                                           \
    "imap {\n host = \"h\"\n}\nsmtp {\n host = \"h\"\n}\n"

static const struct {
    const char *label, *text, *want; /* want: what follows the path in the error; "" is fine */
} rows[] = {
    { "whole", WHOLE, "" },
    { "empty", "", ": municipality is missing: name as in a sentence: gemeente Haaksbergen" },
    { "unknown key", WHOLE "colour = 3\n", ":15: no such option 'colour'" },
    { "unknown key in a section", "imap {\n colour = 3\n}\n", ":2: no such option 'colour'" },
    { "wrong type", WHOLE "fix_days = \"many\"\n",
        ":15: invalid integer value for option 'fix_days'" },
    { "too large", "imap {\n\n port = 70000\n}\n",
        ":3: port: 70000 is out of bounds; from 1 to 65535 is allowed" },
    { "too small", "fix_days = 0\n", ":1: fix_days: 0 is out of bounds; from 1 to 365 is allowed" },
    { "no such word", "ibd = never\n", ":1: ibd: 'never' is not one of: always ask" },
    { "short fingerprint", "ciso_key = \"0123ABCD\"\n",
        ":1: ciso_key: give the full fingerprint, 40 hex digits without blanks"
        " (gpg --fingerprint shows it)" },
    { "no address", "address = \"postbus\"\n",
        ":1: address: 'postbus' is not a mail address like name@example.org" },
    { "two addresses", "address = \"a@b.nl, c@d.nl\"\n",
        ":1: address: 'a@b.nl, c@d.nl' is not a mail address like name@example.org" },
    { "line end in a text", "telephone = \"1\\r\\nRCPT TO:<x>\"\n",
        ":1: telephone: line ends and control characters are not allowed" },
    { "relative path", "state = \"var\"\n", ":1: state: give a path that starts with /" },
    { "lower-case prefix", "prefix = \"hkb\"\n",
        ":1: prefix: give 2 to 8 capital letters, such as HKB" },
    { "list with a bad line", "keep = { \"a\", \"b\\n\" }\n",
        ":1: keep: line ends and control characters are not allowed" },
    { "keyword without a name", WHOLE "imap {\n after_fetch = keyword\n}\n",
        ": imap: after_fetch_name is missing: the keyword to set or the folder to move to" },
    { "two kinds of login", WHOLE "smtp {\n password_file = \"/x\"\n token_command = \"y\"\n}\n",
        ": smtp: give password_file or token_command, not both" },
};

static void complains_with_place_and_bounds(void **state)
{
    const char *path = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct settings settings;
        struct err err = { 0 };

        assert_true(file_write_durable(path, span_of(rows[i].text), 0600, &err));
        if (settings_read(path, arena, &settings, &err))
            row_text(rows[i].label, "", rows[i].want);
        else
            row_text(rows[i].label, err.text + strlen(path), rows[i].want);
        row_number(rows[i].label, err_exit_code(&err), *rows[i].want ? 78 : 0);
    }
}

static void takes_what_is_given_and_defaults(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings;
    struct err err = { 0 };

    assert_true(file_write_durable(*state,
        span_of(WHOLE "keep = { \"één\", \"twee\" }\nibd = ask\n"
                      "imap {\n folders = { \"A\", \"B\" }\n tls = starttls\n}\n"),
        0600, &err));
    assert_true(settings_read(*state, arena, &settings, &err));
    row_text("list", settings.keep.at[0], "één");
    row_number("list", settings.keep.count, 2);
    row_number("choice", settings.ibd, IBD_ASK);
    row_number("choice in a section", settings.imap.tls, TLS_STARTTLS);
    row_number("default in a section", settings.smtp.tls, TLS_IMPLICIT);
    row_text("folders", settings.folders.at[1], "B");
    row_number("default number", settings.first_response_days, 3);
    row_text("recovery key follows the CISO's", settings.recovery_key, KEY);
    row_text("ehlo follows the address", settings.ehlo, "x.example");
}

static void shows_what_it_can_read(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings;
    struct err err = { 0 };
    struct span first, second;

    assert_true(file_write_durable(
        *state, span_of(WHOLE "keep = { \"a \\\"b\\\" \\\\ c\" }\nfix_days = 9\n"), 0600, &err));
    assert_true(settings_read(*state, arena, &settings, &err));
    first = settings_show(&settings, arena);
    assert_true(file_write_durable(*state, first, 0600, &err));
    if (!settings_read(*state, arena, &settings, &err))
        fail_msg("%s", err.text);
    second = settings_show(&settings, arena);
    row_text("shown, read, shown", arena_text(arena, second), arena_text(arena, first));
}

static void reads_the_example(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings;
    struct err err = { 0 };

    (void)state;
    if (!settings_read("src/config/meldpost.conf", arena, &settings, &err))
        fail_msg("%s", err.text);
    row_text("the first user", settings.municipality, "gemeente Haaksbergen");
}

static const struct {
    const char *label, *text;
    unsigned mode;
    bool fine;
} secrets[] = {
    { "private", "geheim\n", 0600, true },
    { "readable by the group", "geheim\n", 0640, false },
    { "readable by all", "geheim\n", 0604, false },
    { "empty", "\n", 0600, false },
};

static void keeps_secrets_private(void **state)
{
    for (size_t i = 0; i < COUNT(secrets); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct err err = { 0 };
        char *secret = NULL;

        assert_true(file_write_durable(*state, span_of(secrets[i].text), secrets[i].mode, &err));
        row_number(
            secrets[i].label, settings_secret(*state, arena, &secret, &err), secrets[i].fine);
        row_number("never in the error", strstr(err.text, "geheim") != NULL, 0);
        if (secrets[i].fine)
            row_text(secrets[i].label, secret, "geheim");
    }
}

static const struct {
    const char *label, *command, *want, *error;
} commands[] = {
    { "first line", "echo een; echo twee", "een", "" },
    { "fails", "echo een; exit 3", NULL, "token_command: ended with 3" },
    { "says nothing", "true", NULL, "token_command: its first line holds no token" },
    { "says too much", "yes", NULL,
        "token_command: not done within 60 s, or more than 16384 bytes" },
};

static void asks_a_command_for_the_token(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(commands); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct err err = { 0 };
        char *token = NULL;

        row_number(commands[i].label, settings_token(commands[i].command, arena, &token, &err),
            commands[i].want != NULL);
        row_text(commands[i].label, token, commands[i].want ? commands[i].want : "(null)");
        row_text(commands[i].label, err.text, commands[i].error);
    }
}

static int make_path(void **state)
{
    static char path[] = "/tmp/test_settings.XXXXXX";
    int fd = mkstemp(path);

    if (fd < 0)
        return -1;
    close(fd);
    *state = path;
    return 0;
}

static int drop_path(void **state)
{
    return unlink(*state);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(complains_with_place_and_bounds),
        cmocka_unit_test(takes_what_is_given_and_defaults),
        cmocka_unit_test(shows_what_it_can_read),
        cmocka_unit_test(reads_the_example),
        cmocka_unit_test(keeps_secrets_private),
        cmocka_unit_test(asks_a_command_for_the_token),
    };

    return cmocka_run_group_tests_name("settings", tests, make_path, drop_path);
}
