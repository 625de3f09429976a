#include "config/settings.h"

#include "base/buf.h"
#include "base/file.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum type { TEXT, NUMBER, CHOICE, LIST, ADDRESS, KEY, PATH, PREFIX, PIN };

struct row {
    const char *section; /* "" at the top */
    const char *name;
    enum type type;
    size_t at; /* in struct settings */
    const char *preset; /* default; the words of a choice: the first is the default */
    int number, least, most; /* of a number: default and bounds */
    bool needed; /* must be given */
    const char *help;
};

#define AT(field) offsetof(struct settings, field)
#define SERVER(which, default_port, default_answer)                                                \
    { #which, "host", TEXT, AT(which.host), "", 0, 0, 0, false, "name of the server" },            \
        { #which, "port", NUMBER, AT(which.port), NULL, default_port, 1, 65535, false,             \
            "its port" },                                                                          \
        { #which, "tls", CHOICE, AT(which.tls), "implicit starttls", 0, 0, 0, false,               \
            "TLS from the first byte, or STARTTLS on a plain port (never without)" },              \
        { #which, "ca_file", PATH, AT(which.ca_file), "", 0, 0, 0, false,                          \
            "trust these CA certificates instead of the system's" },                               \
        { #which, "pin", PIN, AT(which.pin), "", 0, 0, 0, false,                                   \
            "SHA-256 of the server's public key in hex: trust this key alone" },                   \
        { #which, "user", TEXT, AT(which.user), "", 0, 0, 0, false,                                \
            "user name; empty: no login" },                                                        \
        { #which, "login", CHOICE, AT(which.login), "auto plain login scram xoauth2", 0, 0, 0,     \
            false, "how to log in; auto takes the best that the server offers" },                  \
        { #which, "password_file", TEXT, AT(which.password_file), "", 0, 0, 0, false,              \
            "file of mode 0600 with the password, or the name of a systemd credential" },          \
        { #which, "token_command", TEXT, AT(which.token_command), "", 0, 0, 0, false,              \
            "command that prints an OAuth token (XOAUTH2, OAUTHBEARER), run for each login" },     \
        { #which, "connect_timeout", NUMBER, AT(which.connect_timeout_s), NULL, 30, 1, 600, false, \
            "seconds to reach the server" },                                                       \
        { #which, "answer_timeout", NUMBER, AT(which.answer_timeout_s), NULL, default_answer, 1,   \
            3600, false, "seconds to wait for each answer" },                                      \
    {                                                                                              \
#which, "run_timeout", NUMBER, AT(which.run_timeout_s), NULL, 1800, 10, 86400, false,      \
            "seconds for the whole run"                                                            \
    }

static const struct row rows[] = {
    { "", "municipality", TEXT, AT(municipality), "", 0, 0, 0, true,
        "name as in a sentence: gemeente Haaksbergen" },
    { "", "prefix", PREFIX, AT(prefix), "", 0, 0, 0, true,
        "start of the case numbers: 2 to 8 capital letters" },
    { "", "address", ADDRESS, AT(address), "", 0, 0, 0, true,
        "the published address that researchers write to" },
    { "", "ciso_title", TEXT, AT(ciso_title), "Chief Information Security Officer (CISO)", 0, 0, 0,
        false, "who signs the letters" },
    { "", "telephone", TEXT, AT(telephone), "", 0, 0, 0, false, "public telephone, for letters" },
    { "", "website", TEXT, AT(website), "", 0, 0, 0, false, "address of the published policy" },
    { "", "office", LIST, AT(office), NULL, 0, 0, 0, false,
        "lines of the visiting address; redaction leaves them" },
    { "", "own_domains", LIST, AT(own_domains), NULL, 0, 0, 0, false,
        "domains of the municipality; redaction leaves hosts and functional addresses under them" },
    { "", "public_phones", LIST, AT(public_phones), NULL, 0, 0, 0, false,
        "public numbers of the municipality; redaction leaves them" },
    { "", "functional", LIST, AT(functional), NULL, 0, 0, 0, false,
        "further mailbox names of teams, before the @, that redaction leaves" },
    { "", "keep", LIST, AT(keep), NULL, 0, 0, 0, false, "further words that redaction leaves" },

    { "", "ciso_address", ADDRESS, AT(ciso_address), "", 0, 0, 0, true, "gets the digest" },
    { "", "ciso_key", KEY, AT(ciso_key), "", 0, 0, 0, true,
        "full fingerprint of the CISO's key: the digest goes to it, commands are signed by it" },
    { "", "ibd_address", ADDRESS, AT(ibd_address), "", 0, 0, 0, true, "gets the redacted copies" },
    { "", "ibd_key", KEY, AT(ibd_key), "", 0, 0, 0, true, "full fingerprint of the IBD's key" },
    { "", "mailbox_key", KEY, AT(mailbox_key), "", 0, 0, 0, true,
        "full fingerprint of the mailbox's own key, with its secret part in gnupg_home" },
    { "", "recovery_key", KEY, AT(recovery_key), "", 0, 0, 0, false,
        "a second key that can open the store; empty: the CISO's" },
    { "", "ibd", CHOICE, AT(ibd), "always ask", 0, 0, 0, false,
        "share every report with the IBD, or ask the CISO each time" },
    { "", "ibd_release", CHOICE, AT(ibd_release), "auto ask", 0, 0, 0, false,
        "send a copy by itself when nothing is doubtful, or always wait for the CISO" },

    { "", "first_response_days", NUMBER, AT(first_response_days), NULL, 3, 1, 30, false,
        "working days within which the CISO reacts" },
    { "", "ibd_copy_hours", NUMBER, AT(ibd_copy_hours), NULL, 24, 1, 720, false,
        "hours within which the IBD should have its copy" },
    { "", "mitigate_days", NUMBER, AT(mitigate_days), NULL, 7, 1, 90, false,
        "days to mitigate a hole of high chance and damage" },
    { "", "fix_days", NUMBER, AT(fix_days), NULL, 60, 1, 365, false, "days to fix a hole" },
    { "", "progress_days", NUMBER, AT(progress_days), NULL, 14, 1, 90, false,
        "days without a letter to the researcher before the digest asks for one" },
    { "", "retention_days", NUMBER, AT(retention_days), NULL, 365, 30, 3650, false,
        "days after closing before the digest proposes to erase a case" },
    { "", "command_fresh_hours", NUMBER, AT(command_fresh_hours), NULL, 48, 1, 336, false,
        "hours that a signed command of the CISO stays good" },
    { "", "order_code", CHOICE, AT(order_code), "optional required", 0, 0, 0, false,
        "whether a command by mail must carry the code of its case where the signature does not "
        "name"
        " the mailbox; against a signed mail of the CISO to somebody else that is sent on" },
    { "", "letters_per_day", NUMBER, AT(letters_per_day), NULL, 10, 1, 1000, false,
        "letters to one address a day" },
    { "", "digest_hour", NUMBER, AT(digest_hour), NULL, 7, 0, 23, false,
        "hour of the day, Dutch time, from which the daily digest goes out" },
    { "", "digest_language", CHOICE, AT(digest_language), "nl en", 0, 0, 0, false,
        "language of the digest" },
    { "", "closing_days", PATH, AT(closing_days), "", 0, 0, 0, false,
        "file with bridge days and local closing days" },
    { "", "letters", PATH, AT(letters), "", 0, 0, 0, false,
        "folder with letter texts of your own" },

    { "", "state", PATH, AT(state), "/var/lib/meldpost", 0, 0, 0, false,
        "folder of the store, mode 0700, on a local disk" },
    { "", "gnupg_home", PATH, AT(gnupg_home), "/var/lib/meldpost/gnupg", 0, 0, 0, false,
        "folder of the keys (GNUPGHOME), mode 0700, at most 85 characters" },
    { "", "outbox_key", TEXT, AT(outbox_key), "", 0, 0, 0, false,
        "file or systemd credential with the key of the outbox; empty: outbox.key in state" },
    { "", "passphrase_file", TEXT, AT(passphrase_file), "", 0, 0, 0, false,
        "file or systemd credential with the passphrase of the mailbox key" },

    { "", "max_message", NUMBER, AT(max_message_mb), NULL, 50, 1, 1024, false,
        "MiB; of a larger message the head and the facts are kept, the mail stays on the server" },
    { "", "max_plain", NUMBER, AT(max_plain_mb), NULL, 100, 1, 1024, false,
        "MiB that one message may decrypt to" },
    { "", "max_memory", NUMBER, AT(max_memory_mb), NULL, 512, 64, 8192, false,
        "MiB of memory for the child that reads one message" },
    { "", "max_seconds", NUMBER, AT(max_seconds), NULL, 60, 2, 3600, false,
        "seconds for one message" },
    { "", "max_parts", NUMBER, AT(max_parts), NULL, 1000, 10, 100000, false,
        "MIME parts read of one message" },
    { "", "max_depth", NUMBER, AT(max_depth), NULL, 32, 2, 256, false,
        "depth to which MIME parts are read" },
    { "", "max_questions", NUMBER, AT(max_questions), NULL, 64, 1, 1024, false,
        "decryptions and verifications for one message" },

    SERVER(imap, 993, 60),
    { "imap", "folders", LIST, AT(folders), "INBOX", 0, 0, 0, false, "folders to fetch" },
    { "imap", "junk_folders", LIST, AT(junk_folders), NULL, 0, 0, 0, false,
        "folders that are fetched too and never changed" },
    { "imap", "after_fetch", CHOICE, AT(after_fetch), "nothing keyword move", 0, 0, 0, false,
        "what happens to a message in the mailbox once it is safe" },
    { "imap", "after_fetch_name", TEXT, AT(after_fetch_name), "", 0, 0, 0, false,
        "the keyword to set or the folder to move to" },

    SERVER(smtp, 465, 300),
    { "smtp", "transport", CHOICE, AT(transport), "smtp sendmail", 0, 0, 0, false,
        "how letters leave" },
    { "smtp", "ehlo", TEXT, AT(ehlo), "", 0, 0, 0, false,
        "name given in EHLO; empty: the domain of address" },
    { "smtp", "sendmail", PATH, AT(sendmail), "/usr/sbin/sendmail", 0, 0, 0, false,
        "program for transport = sendmail" },
};

static const char *const sections[] = { "imap", "smtp" };

static const struct row *row_of(const char *section, const char *name)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(rows[i].section, section) == 0 && strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static void *field(const struct row *row, struct settings *settings)
{
    return (char *)settings + row->at;
}

/* libconfuse calls back without a context of ours: where the complaint goes, while reading. */
static _Thread_local struct err *complaint;
static _Thread_local const char *complaint_path;

static void complain(cfg_t *cfg, const char *format, va_list args)
{
    char words[256];

    if (complaint->scope != ERR_NONE)
        return; /* the first complaint is the cause */
    vsnprintf(words, sizeof words, format, args);
    err_exit(
        complaint, ERR_RUN, EX_CONFIG, "%s:%d: %s", complaint_path, cfg ? cfg->line : 0, words);
}

static bool is_fingerprint(const char *text)
{
    return strlen(text) == 40 && strspn(text, "0123456789ABCDEFabcdef") == 40;
}

static bool is_pin(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789ABCDEFabcdef") == 64;
}

/* What an SMTP command can carry and a person would call an address; not all of RFC 5321. */
static bool is_address(const char *text)
{
    const char *at = strrchr(text, '@');
    size_t len = strlen(text);

    return at && at != text && strchr(at, '.') && len <= 254
        && strcspn(text, " \t\r\n<>()[]\\,;:\"") == len && !(at[1] == '.' || text[len - 1] == '.');
}

static bool is_prefix(const char *text)
{
    size_t len = strlen(text);

    return len >= 2 && len <= 8 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == len;
}

static bool in_words(const char *words, const char *word, int *place)
{
    size_t len = strlen(word);
    int at = 0;

    for (const char *w = words; *w; at++) {
        size_t here = strcspn(w, " ");

        if (here == len && memcmp(w, word, len) == 0) {
            *place = at;
            return true;
        }
        w += here + (w[here] == ' ');
    }
    return false;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

static int check_text(cfg_t *cfg, const struct row *row, const char *text)
{
    int place;

    if (has_control(text)) {
        cfg_error(cfg, "%s: line ends and control characters are not allowed", row->name);
        return -1;
    }
    if (*text == '\0' && row->type != CHOICE && row->type != PREFIX)
        return 0;
    switch (row->type) {
    case ADDRESS:
        if (!is_address(text))
            cfg_error(cfg, "%s: '%s' is not a mail address like name@example.org", row->name, text);
        return is_address(text) ? 0 : -1;
    case KEY:
        if (!is_fingerprint(text))
            cfg_error(cfg,
                "%s: give the full fingerprint, 40 hex digits without blanks"
                " (gpg --fingerprint shows it)",
                row->name);
        return is_fingerprint(text) ? 0 : -1;
    case PIN:
        if (!is_pin(text))
            cfg_error(cfg, "%s: give the SHA-256 of the public key, 64 hex digits", row->name);
        return is_pin(text) ? 0 : -1;
    case PREFIX:
        if (!is_prefix(text))
            cfg_error(cfg, "%s: give 2 to 8 capital letters, such as HKB", row->name);
        return is_prefix(text) ? 0 : -1;
    case PATH:
        if (text[0] != '/')
            cfg_error(cfg, "%s: give a path that starts with /", row->name);
        return text[0] == '/' ? 0 : -1;
    case CHOICE:
        if (in_words(row->preset, text, &place))
            return 0;
        cfg_error(cfg, "%s: '%s' is not one of: %s", row->name, text, row->preset);
        return -1;
    default:
        return 0;
    }
}

/* Called by libconfuse after each value, when file and line are still known. */
static int check_value(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *section = cfg_name(cfg) ? cfg_name(cfg) : "";
    const struct row *row = row_of(strcmp(section, "root") == 0 ? "" : section, opt->name);
    int bad = 0;

    if (!row)
        return 0;
    if (row->type == NUMBER) {
        long value = cfg_opt_getnint(opt, 0);

        if (value >= row->least && value <= row->most)
            return 0;
        cfg_error(cfg, "%s: %ld is out of bounds; from %d to %d is allowed", row->name, value,
            row->least, row->most);
        return -1;
    }
    for (unsigned i = 0; i < cfg_opt_size(opt) && !bad; i++)
        bad = check_text(cfg, row, cfg_opt_getnstr(opt, i));
    return bad;
}

static cfg_opt_t option(const struct row *row)
{
    cfg_opt_t number = CFG_INT(row->name, row->number, CFGF_NONE);
    cfg_opt_t list = CFG_STR_LIST(row->name, NULL, CFGF_NONE);
    cfg_opt_t text = CFG_STR(row->name, NULL, CFGF_NONE);

    return row->type == NUMBER ? number : row->type == LIST ? list : text;
}

/* The rows of one section as libconfuse wants them; options holds all rows, sections and the end.
 */
static size_t options_of(const char *section, cfg_opt_t *options)
{
    cfg_opt_t end = CFG_END();
    size_t count = 0;

    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(rows[i].section, section) == 0)
            options[count++] = option(&rows[i]);
    options[count] = end;
    return count;
}

static void set_presets(struct settings *settings, struct arena *arena)
{
    *settings = (struct settings) { 0 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        void *at = field(&rows[i], settings);

        if (rows[i].type == NUMBER)
            *(int *)at = rows[i].number;
        else if (rows[i].type == LIST) {
            if (rows[i].preset)
                texts_add(at, arena, rows[i].preset);
        } else if (rows[i].type != CHOICE)
            *(const char **)at = rows[i].preset;
    }
}

static void take(const struct row *row, cfg_t *cfg, struct settings *settings, struct arena *arena)
{
    cfg_opt_t *opt = cfg_getopt(cfg, row->name);
    void *at = field(row, settings);

    if (!opt || !(opt->flags & CFGF_MODIFIED))
        return;
    if (row->type == NUMBER) {
        *(int *)at = (int)cfg_opt_getnint(opt, 0);
    } else if (row->type == LIST) {
        *(struct texts *)at = (struct texts) { 0 };
        for (unsigned i = 0; i < cfg_opt_size(opt); i++)
            texts_add(at, arena, arena_text(arena, span_of(cfg_opt_getnstr(opt, i))));
    } else if (row->type == CHOICE) {
        in_words(row->preset, cfg_opt_getnstr(opt, 0), at);
    } else {
        *(const char **)at = arena_text(arena, span_of(cfg_opt_getnstr(opt, 0)));
    }
}

/* What no single row can see. */
static bool check_whole(const char *path, const struct settings *s, struct err *err)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];

        if (row->needed && **(const char *const *)((const char *)s + row->at) == '\0')
            return err_exit(
                err, ERR_RUN, EX_CONFIG, "%s: %s is missing: %s", path, row->name, row->help);
    }
    if (s->imap.host[0] == '\0')
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: imap: host is missing: name of the server with the mailbox", path);
    if (s->transport == TRANSPORT_SMTP && s->smtp.host[0] == '\0')
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: smtp: host is missing: name of the server that takes the letters", path);
    if (s->after_fetch != AFTER_NOTHING && s->after_fetch_name[0] == '\0')
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: imap: after_fetch_name is missing: the keyword to set or the folder to move to",
            path);
    if (s->imap.password_file[0] && s->imap.token_command[0])
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: imap: give password_file or token_command, not both", path);
    if (s->smtp.password_file[0] && s->smtp.token_command[0])
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: smtp: give password_file or token_command, not both", path);
    if (s->folders.count == 0)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: imap: folders names no folder", path);
    if (strlen(s->gnupg_home) > 85)
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: gnupg_home: at most 85 characters, or the sockets of gpg-agent do not fit", path);
    return true;
}

static void release_cfg(cfg_t **cfg)
{
    if (*cfg)
        cfg_free(*cfg);
}

bool settings_read(
    const char *path, struct arena *arena, struct settings *settings, struct err *err)
{
    cfg_opt_t of_section[COUNT(sections)][COUNT(rows) + 1];
    cfg_opt_t all[COUNT(rows) + COUNT(sections) + 1];
    size_t count = options_of("", all);
    AUTO(release_cfg) cfg_t *cfg = NULL;
    struct settings result;
    char name[80];
    int done;

    for (size_t i = 0; i < COUNT(sections); i++) {
        cfg_opt_t section = CFG_SEC(sections[i], of_section[i], CFGF_NONE);
        cfg_opt_t end = CFG_END();

        options_of(sections[i], of_section[i]);
        all[count++] = section;
        all[count] = end;
    }
    cfg = cfg_init(all, CFGF_NONE);
    if (!cfg)
        return err_exit(err, ERR_RUN, EX_OSERR, "%s: out of memory", path);
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(name, sizeof name, "%s%s%s", rows[i].section, *rows[i].section ? "|" : "",
            rows[i].name);
        cfg_set_validate_func(cfg, name, check_value);
    }
    *err = (struct err) { 0 };
    complaint = err;
    complaint_path = path;
    cfg_set_error_function(cfg, complain);
    done = access(path, R_OK) == 0 ? cfg_parse(cfg, path) : CFG_FILE_ERROR;
    complaint = NULL;
    if (done == CFG_FILE_ERROR)
        return err_exit(err, ERR_RUN, EX_CONFIG, "%s: %s", path, strerror(errno));
    if (done != CFG_SUCCESS || err->scope != ERR_NONE)
        return err->scope != ERR_NONE
            ? false
            : err_exit(err, ERR_RUN, EX_CONFIG, "%s: cannot be read as settings", path);
    set_presets(&result, arena);
    for (size_t i = 0; i < COUNT(rows); i++)
        take(&rows[i], *rows[i].section ? cfg_getsec(cfg, rows[i].section) : cfg, &result, arena);
    if (result.recovery_key[0] == '\0')
        result.recovery_key = result.ciso_key;
    if (result.ehlo[0] == '\0' && strchr(result.address, '@'))
        result.ehlo = strchr(result.address, '@') + 1;
    if (result.outbox_key[0] == '\0')
        result.outbox_key = arena_printf(arena, "%s/outbox.key", result.state);
    if (!check_whole(path, &result, err))
        return false;
    *settings = result;
    return true;
}

static void show_text(struct buf *out, const char *text)
{
    buf_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_char(out, '\\');
        buf_char(out, *text);
    }
    buf_char(out, '"');
}

static void show_choice(struct buf *out, const char *words, int place)
{
    while (place-- > 0)
        words += strcspn(words, " ") + 1;
    buf_char(out, '"');
    buf_add(out, (struct span) { words, strcspn(words, " ") });
    buf_char(out, '"');
}

static void show_value(struct buf *out, const struct row *row, const void *at)
{
    const struct texts *list = at;

    switch (row->type) {
    case NUMBER:
        buf_printf(out, "%d", *(const int *)at);
        break;
    case CHOICE:
        show_choice(out, row->preset, *(const int *)at);
        break;
    case LIST:
        buf_text(out, "{ ");
        for (size_t i = 0; i < list->count; i++) {
            if (i)
                buf_text(out, ", ");
            show_text(out, list->at[i]);
        }
        buf_text(out, list->count ? " }" : "}");
        break;
    default:
        show_text(out, *(const char *const *)at);
    }
}

struct span settings_show(const struct settings *settings, struct arena *arena)
{
    struct buf out = { .arena = arena };
    const char *section = "";

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *indent = *rows[i].section ? "    " : "";

        if (strcmp(section, rows[i].section) != 0) {
            buf_printf(&out, "%s%s {\n", *section ? "}\n" : "", rows[i].section);
            section = rows[i].section;
        }
        buf_printf(&out, "%s# %s\n%s%s = ", indent, rows[i].help, indent, rows[i].name);
        show_value(&out, &rows[i], (const char *)settings + rows[i].at);
        buf_text(&out, "\n");
    }
    buf_text(&out, "}\n");
    return buf_span(&out);
}

struct span settings_manual(struct arena *arena)
{
    struct buf out = { .arena = arena };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];

        buf_printf(&out, ".TP\n.B %s%s%s\n%s", row->section, *row->section ? "." : "", row->name,
            row->help);
        if (row->type == NUMBER)
            buf_printf(&out, " (%d to %d; default %d)", row->least, row->most, row->number);
        else if (row->type == CHOICE)
            buf_printf(&out, " (one of: %s; default the first)", row->preset);
        else if (row->needed)
            buf_text(&out, " (must be given)");
        else if (row->preset && *row->preset)
            buf_printf(&out, " (default %s)", row->preset);
        buf_text(&out, ".\n");
    }
    return buf_span(&out);
}
