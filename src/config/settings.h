/* settings.h - the settings file: one typed row for each, refused as a whole when one is wrong. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "base/err.h"
#include "base/texts.h"

#define SETTINGS_FILE "/etc/meldpost/meldpost.conf"

enum ibd_mode { IBD_ALWAYS, IBD_ASK };
enum ibd_release { RELEASE_AUTO, RELEASE_ASK };
enum order_code { ORDER_CODE_OPTIONAL, ORDER_CODE_REQUIRED };
enum tls_mode { TLS_IMPLICIT, TLS_STARTTLS };
enum login_mode { LOGIN_AUTO, LOGIN_PLAIN, LOGIN_LOGIN, LOGIN_SCRAM, LOGIN_XOAUTH2 };
enum after_fetch { AFTER_NOTHING, AFTER_KEYWORD, AFTER_MOVE };
enum transport { TRANSPORT_SMTP, TRANSPORT_SENDMAIL };
enum language { LANGUAGE_NL, LANGUAGE_EN };

/* How one server is reached. Texts are "" when not set. */
struct server_settings {
    const char *host;
    int port;
    int tls; /* enum tls_mode */
    const char *ca_file; /* "": the system's trust store */
    const char *pin; /* SHA-256 of the server's public key (SPKI) in hex; "": none */
    const char *user;
    int login; /* enum login_mode */
    const char *password_file; /* without a slash: the name of a systemd credential */
    const char *token_command; /* run by sh for each login; its first line is the token */
    int connect_timeout_s, answer_timeout_s, run_timeout_s;
};

struct settings {
    /* the municipality, as its public page names it */
    const char *municipality; /* "gemeente Haaksbergen" */
    const char *prefix; /* of case numbers: "HKB" */
    const char *address; /* the mailbox that researchers write to */
    const char *ciso_title; /* "Chief Information Security Officer (CISO)" */
    const char *telephone;
    const char *website; /* where the policy stands */
    struct texts office; /* lines of the visiting address */
    struct texts own_domains, public_phones, functional, keep; /* what redaction leaves */

    /* the people */
    const char *ciso_address, *ciso_key;
    const char *ibd_address, *ibd_key;
    const char *mailbox_key, *recovery_key; /* recovery_key "": the CISO's */
    int ibd; /* enum ibd_mode */
    int ibd_release; /* enum ibd_release */

    /* terms */
    int first_response_days; /* working days */
    int ibd_copy_hours, mitigate_days, fix_days, progress_days, retention_days;
    int command_fresh_hours; /* how old a signed command may be */
    int order_code; /* enum order_code: must a command carry the code of its case? */
    int letters_per_day; /* to one address */
    int digest_hour, digest_language; /* enum language */
    const char *closing_days; /* data file with bridge and closing days; "": none */
    const char *letters; /* folder with own letter texts; "": none */

    /* where things lie */
    const char *state, *gnupg_home;
    const char *outbox_key; /* "": STATE/outbox.key; without a slash: a systemd credential */
    const char *passphrase_file; /* of the mailbox key; "": none; without a slash: a credential */

    /* limits for one message */
    int max_message_mb, max_plain_mb, max_memory_mb, max_seconds, max_parts, max_depth;
    int max_questions; /* decryptions and verifications */

    struct server_settings imap, smtp;
    struct texts folders, junk_folders; /* of the mailbox; the second are only looked at */
    int after_fetch; /* enum after_fetch */
    const char *after_fetch_name; /* the keyword or the folder */
    int transport; /* enum transport */
    const char *ehlo; /* the name we give in EHLO; "": the domain of address */
    const char *sendmail; /* path, for transport = sendmail */
};

/*
 * Reads and checks a settings file; what it does not name has its default. The arena owns all
 * texts. Fails with ERR_RUN, EX_CONFIG: "FILE:LINE: what is wrong, what is allowed".
 */
bool settings_read(
    const char *path, struct arena *arena, struct settings *settings, struct err *err) MUST_USE;

/* All settings with their value in force and one line of help each, as a file that could be read.
 */
struct span settings_show(const struct settings *settings, struct arena *arena);

/* For the manual and its check: name, type, default, bounds and help of every row as man lines. */
struct span settings_manual(struct arena *arena);

/*
 * A secret named by a setting: a file of mode 0600, or, where name has no slash, the systemd
 * credential of that name. Fails with ERR_RUN, EX_CONFIG; the text never holds the secret.
 */
bool settings_secret(
    const char *name, struct arena *arena, char **secret, struct err *err) MUST_USE;

/* The path of such a file or credential; NULL with an error when there are no credentials. */
const char *settings_secret_path(const char *name, struct arena *arena, struct err *err);

/*
 * The first line that a command prints (an OAuth token), at most 16 kB, within 60 s. Fails with
 * ERR_SERVICE when it ends with an error, prints nothing or takes too long.
 */
bool settings_token(
    const char *command, struct arena *arena, char **token, struct err *err) MUST_USE;

/*
 * What to log in with: the password, or a fresh token of the token command; "" when neither is set
 * and no user either. Fails as settings_secret and settings_token, and with ERR_RUN, EX_CONFIG when
 * a user has neither.
 */
bool settings_login(const struct server_settings *server, struct arena *arena, const char **secret,
    bool *is_token, struct err *err) MUST_USE;

#endif
