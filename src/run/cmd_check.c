#include "run/command.h"
#include "run/options.h"

#include "base/date.h"
#include "run/office.h"
#include "run/probe.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

enum { DAY_S = 86400, WARN_DAYS = 60, ROOM_WARN_MB = 500 };

/* What all probes share; each adds its line to the report. */
struct checkup {
    struct arena *arena;
    struct settings settings;
    struct pgp *pgp;
    int64_t now_s;
    bool json;
    int exit_code; /* the first that is not fine */
    json_t *lines;
};

static void tell(struct checkup *c, int exit_code, const char *what, const char *words)
{
    bool colours = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");

    if (exit_code && !c->exit_code)
        c->exit_code = exit_code;
    if (c->json)
        json_array_append_new(c->lines,
            json_pack("{s:b, s:s, s:s}", "fine", exit_code == 0, "what", what, "words", words));
    else
        printf("%s%s%s  %-13s %s\n", colours ? (exit_code ? "\033[31m" : "\033[32m") : "",
            exit_code ? "WRONG" : "fine ", colours ? "\033[0m" : "", what, words);
    fflush(stdout);
}

static void tell_err(struct checkup *c, const char *what, const struct err *err)
{
    tell(c, err_exit_code(err), what, err->text);
}

static void check_folder(struct checkup *c, const char *what, const char *path)
{
    struct stat facts;
    int wrong = 0;
    const char *words = path;

    if (stat(path, &facts) != 0) {
        wrong = EX_CONFIG;
        words = arena_printf(c->arena, "%s: %s", path, strerror(errno));
    } else if (!S_ISDIR(facts.st_mode) || (facts.st_mode & 077)) {
        wrong = EX_CONFIG;
        words = arena_printf(
            c->arena, "%s: must be a folder of mode 0700; do: chmod 700 %s", path, path);
    } else if (access(path, R_OK | W_OK | X_OK) != 0) {
        wrong = EX_CONFIG;
        words = arena_printf(c->arena,
            "%s: this user cannot write there; run as the owner (uid %u)", path,
            (unsigned)facts.st_uid);
    }
    tell(c, wrong, what, words);
}

static void check_room(struct checkup *c)
{
    struct statvfs facts;
    uint64_t free_mb;

    if (statvfs(c->settings.state, &facts) != 0)
        return; /* the folder itself has its own line */
    free_mb = (uint64_t)facts.f_bavail * facts.f_frsize / 1048576;
    tell(c, free_mb < ROOM_WARN_MB ? EX_IOERR : 0, "disk",
        arena_printf(c->arena, "%llu MiB free for the store%s", (unsigned long long)free_mb,
            free_mb < ROOM_WARN_MB ? "; make room before it is full" : ""));
}

static const char *key_trouble(const struct pgp_key *key, bool secret)
{
    static const char *const words[] = { [PGP_KEY_MISSING] = "is not in gnupg_home",
        [PGP_KEY_REVOKED] = "is revoked",
        [PGP_KEY_EXPIRED] = "is expired",
        [PGP_KEY_CANNOT] = "has no usable subkey to encrypt to",
        [PGP_KEY_USABLE] = NULL };

    if (words[key->encrypts])
        return words[key->encrypts];
    if (secret && !key->has_secret)
        return "has no secret part in gnupg_home";
    if (secret && key->signs != PGP_KEY_USABLE)
        return "cannot sign";
    return NULL;
}

static void check_key(struct checkup *c, const char *what, const char *fingerprint, bool secret)
{
    struct err err = { 0 };
    const char *trouble, *expiry = "never expires";
    char day[DATE_TEXT];
    struct pgp_key key;
    int64_t days;

    if (!pgp_key_facts(c->pgp, fingerprint, c->arena, &key, &err)) {
        tell_err(c, what, &err);
        return;
    }
    trouble = key_trouble(&key, secret);
    if (!trouble && key.expires_at) {
        days = (key.expires_at - c->now_s) / DAY_S;
        date_day(key.expires_at, day);
        expiry = arena_printf(c->arena, "%s on %s, in %lld days",
            days < WARN_DAYS ? "EXPIRES" : "expires", day, (long long)days);
        if (days < WARN_DAYS)
            trouble = "";
    }
    if (trouble && *trouble)
        tell(c, EX_CONFIG, what, arena_printf(c->arena, "%s %s", fingerprint, trouble));
    else
        tell(c, trouble ? EX_CONFIG : 0, what,
            arena_printf(c->arena, "%s usable, %s%s", fingerprint, expiry,
                trouble ? "; extend it with gpg --quick-set-expire and publish it anew" : ""));
}

/* The keys, with the whole way: what is sealed to the mailbox key can be opened here. */
static void check_keys(struct checkup *c)
{
    struct err err = { 0 };
    struct pgp_opened opened;
    struct span sealed;

    if (!office_pgp(&c->settings, c->arena, &c->pgp, &err)) {
        tell_err(c, "keys", &err);
        return;
    }
    check_key(c, "mailbox key", c->settings.mailbox_key, true);
    check_key(c, "CISO key", c->settings.ciso_key, false);
    check_key(c, "IBD key", c->settings.ibd_key, false);
    if (strcmp(c->settings.recovery_key, c->settings.ciso_key) != 0)
        check_key(c, "recovery key", c->settings.recovery_key, false);
    if (!pgp_seal(c->pgp, SPAN("meldpost check\n"), &c->settings.mailbox_key, 1,
            c->settings.mailbox_key, c->arena, &sealed, &err)
        || !pgp_decrypt(c->pgp, sealed, c->arena, &opened, &err)) {
        tell_err(c, "decryption", &err);
        return;
    }
    tell(c, opened.crypt == CRYPT_ENC ? 0 : EX_NOPERM, "decryption",
        opened.crypt == CRYPT_ENC ? "a message to the mailbox key opens here, without a question"
                                  : arena_printf(c->arena,
                                      "a message to the mailbox key does not open here (%s %s); is"
                                      " passphrase_file right?",
                                      crypt_word(opened.crypt), opened.reason));
}

static void check_store(struct checkup *c)
{
    if (store_exists(c->settings.state))
        tell(c, 0, "store", "is there");
    else
        tell(c, EX_CONFIG, "store", "is not made yet; do: meldpost init");
}

static void check_server(struct checkup *c, const char *what,
    bool (*probe)(const struct settings *, struct arena *, const char **, struct err *))
{
    struct err err = { 0 };
    const char *words = "";

    if (probe(&c->settings, c->arena, &words, &err))
        tell(c, 0, what, words);
    else
        tell_err(c, what, &err);
}

static void check_all(struct checkup *c)
{
    check_folder(c, "state", c->settings.state);
    check_room(c);
    check_folder(c, "keys folder", c->settings.gnupg_home);
    check_keys(c);
    check_store(c);
    check_server(c, "letters", probe_letters);
    check_server(c, "closing days", probe_closing_days);
    check_server(c, "health", probe_health);
    check_server(c, "IMAP", probe_imap);
    check_server(c, "SMTP", probe_smtp);
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct checkup c = { .arena = arena, .now_s = date_now() };
    const char *config = NULL;
    bool show = false;
    const struct option_row rows[] = { { "--config", &config, NULL }, { "--json", NULL, &c.json },
        { "--show-config", NULL, &show } };
    struct span shown;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err)
        || !settings_read(config ? config : SETTINGS_FILE, arena, &c.settings, err))
        return false;
    if (show) {
        shown = settings_show(&c.settings, arena);
        fwrite(shown.at, 1, shown.len, stdout);
        return true;
    }
    c.lines = json_array();
    tell(&c, 0, "settings", config ? config : SETTINGS_FILE);
    check_all(&c);
    pgp_close(&c.pgp);
    if (c.json) {
        json_dumpf(c.lines, stdout, JSON_INDENT(1));
        putchar('\n');
    }
    json_decref(c.lines);
    err->exit_code = c.exit_code;
    return true;
}

const struct command command_check = {
    .name = "check",
    .arguments = "[--json] [--show-config] [--config FILE]",
    .line = "try settings, keys, folders and servers, and say what to do",
    .help = "One line each: fine, or what is wrong and what to do. Ends with 0 when all is fine,\n"
            "else with the code of sysexits.h for the first thing that is wrong.\n\n"
            "  --show-config  print all settings with the value in force, and nothing else\n"
            "  --json         print the lines as one JSON array\n",
    .options = "--json --show-config --config",
    .run = run,
};
