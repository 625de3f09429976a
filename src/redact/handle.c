#include "redact/handle.h"

#include "redact/keyname.h"
#include "redact/value.h"

#include <string.h>

static uint32_t name_end(const struct search *search, uint32_t i)
{
    uint32_t end = i;

    while (end < search->count && (end == i || !search->token[end].gap)
        && (search->token[end].kind != TOKEN_SIGN || strchr("._-", search->token[end].sign)))
        end++;
    /* name#4471, as Discord has it */
    if (end > i && search_sign(search, end, '#') && !search->token[end].gap
        && search->token[end + 1].kind == TOKEN_NUMBER && search->token[end + 1].len == 4
        && !search->token[end + 1].gap)
        end += 2;
    while (
        end > i && search->token[end - 1].kind == TOKEN_SIGN && search->token[end - 1].sign != '_')
        end--;
    return end;
}

static bool take(struct search *search, uint32_t from, enum redact_rule rule, unsigned certainty)
{
    uint32_t end = name_end(search, from);

    return end > from && value_is_handle(search, from, end)
        && search_claim(search, from, end, REDACT_HANDLE, rule, certainty, GUARD_HARD);
}

static bool looks_made(const struct search *search, uint32_t from, uint32_t to)
{
    const struct token *token = &search->token[from];
    bool digits = false, joined = false;

    for (uint32_t i = from; i < to; i++) {
        digits |= search->token[i].kind == TOKEN_NUMBER;
        joined |= search->token[i].kind == TOKEN_SIGN;
    }
    if (digits || joined)
        return true;
    return token->kind == TOKEN_WORD
        && (!token->feature || token->shape == SHAPE_MIXED
            || (!FEATURE_COMMON(token->feature) && token->shape == SHAPE_LOWER
                && (FEATURE_GIVEN(token->feature) || FEATURE_SURNAME(token->feature))
                && !FEATURE_CLASS(token->feature)));
}

/* @name: not in code, not the at sign of an address */
static void try_mention(struct search *search, uint32_t at)
{
    static const char *const code[] = { "media", "import", "override", "charset", "keyframes",
        "param", "return", "app", "autowired", "include", "font", "echo", "foreach", "if", "todo",
        "author", "see", "deprecated", "test", "todos", "timestamp", "version", "type", "id",
        "context" };
    uint32_t i = at + 1;

    if (i >= search->count || search->token[i].gap || search->token[i].kind == TOKEN_NUMBER
        || (at > 0 && !search->token[at].gap && search->token[at - 1].kind != TOKEN_SIGN))
        return;
    if (at > 0 && !search->token[at].gap && !strchr("(\"':/[<,", search->token[at - 1].sign))
        return;
    for (size_t k = 0; k < COUNT(code); k++)
        if (search_word(search, i, code[k]))
            return;
    /* "@type": a key of JSON-LD */
    if (search_sign(search, at - (at > 0), '"')
        && search_sign(search, name_end(search, i) + 1, ':'))
        return;
    if (search->token[i].shape == SHAPE_UPPER && name_end(search, i) == i + 1)
        return; /* @PJL INFO */
    if (search_sign(search, i + 1, '(') && !search->token[i + 1].gap)
        return;
    take(search, i, RULE_GRAMMAR, 78);
}

static const char *const sites[] = { "github", "gitlab", "twitter", "x", "facebook", "instagram",
    "t", "mastodon", "keybase", "hackerone", "bugcrowd", "intigriti", "tiktok", "linkedin",
    "reddit", "youtube", "medium", "telegram", "bitbucket", "codeberg", "bsky", "pastebin", "steam",
    "soundcloud", "infosec", "yeswehack", "tryhackme", "hackthebox", "stackoverflow", "patreon",
    "gist" };

/* github.com/NAME, linkedin.com/in/NAME, t.me/NAME, x/@NAME */
static void try_profile(struct search *search, uint32_t i)
{
    uint32_t k = i + 1, name;

    for (size_t s = 0; s < COUNT(sites); s++)
        if (search_word(search, i, sites[s]))
            goto site;
    return;
site:
    while (k < search->count && !search->token[k].gap
        && (search_sign(search, k, '.') || search_sign(search, k, '-')
            || search->token[k].kind == TOKEN_WORD)
        && k - i < 6)
        k++;
    if (k == i + 1 || !search_sign(search, k, '/') || search->token[k].gap)
        return;
    /* gitlab.example.nl is one's own */
    if ((search_word(search, i, "gitlab") || search_word(search, i, "mastodon"))
        && search_sign(search, i + 3, '.') && i + 3 < k)
        return;
    name = k + 1;
    if ((search_word(search, name, "in") || search_word(search, name, "u")
            || search_word(search, name, "user") || search_word(search, name, "users")
            || search_word(search, name, "r") || search_word(search, name, "pub")
            || search_word(search, name, "profile") || search_word(search, name, "people"))
        && search_sign(search, name + 1, '/'))
        name += 2;
    if (search_sign(search, name, '@'))
        name++;
    if (name >= search->count || search->token[name].gap)
        return;
    for (uint32_t c = name, end = name_end(search, name); c < end; c++)
        if (search->token[c].guard == GUARD_SOFT)
            search->token[c].guard = GUARD_NONE;
    take(search, name, RULE_GRAMMAR, 88);
}

/* /home/NAME, /Users/NAME, C:\Users\NAME, /u/NAME, ~NAME */
static void try_home(struct search *search, uint32_t i)
{
    uint32_t sign = i + 1, name = i + 2;

    if (!(search_word(search, i, "home") || search_word(search, i, "users")
            || search_word(search, i, "gebruikers")))
        return;
    if (search_sign(search, sign, '$'))
        sign++, name++;
    if (!(search_sign(search, sign, '/') || search_sign(search, sign, '\\'))
        || search->token[name].gap)
        return;
    if (search_sign(search, name, '\\'))
        name++;
    /* "/users/login" of an application is a path; a file system has more before it */
    if (search_sign(search, i - 1, '/') && i > 1 && !search->token[i - 1].gap
        && search->token[i - 2].kind != TOKEN_SIGN && !search_word(search, i, "home"))
        if (!(FEATURE_GIVEN(search->token[name].feature)
                || FEATURE_SURNAME(search->token[name].feature)
                || search_sign(search, name + 1, '.'))
            || FEATURE_COMMON(search->token[name].feature))
            return;
    take(search, name, RULE_GRAMMAR, 88);
}

/* -rw-r--r-- 1 owner group: the owner, and the group when it is called the same */
static void try_listing(struct search *search, uint32_t line)
{
    uint32_t end = search_line_end(search, line), k, start = search->token[line].pos;
    uint32_t n = 0;

    while (
        start + n < search->view.len && n < 11 && strchr("-drwxstlT.+", search->view.ch[start + n]))
        n++;
    if (n < 10 || search->view.ch[start + 1] != 'r')
        return;
    for (k = line; k < end && search->token[k].pos < start + n; k++)
        ;
    if (k < end && search->token[k].kind == TOKEN_NUMBER && search->token[k].len < 4)
        k++;
    for (uint32_t field = 0; field < 2 && k < end; field++) {
        uint32_t after = search_glued_end(search, k);

        if (search->token[k].kind != TOKEN_WORD)
            break;
        /* the last word of the line is the file */
        if (after >= end)
            break;
        if (field == 1
            && !(FEATURE_GIVEN(search->token[k].feature)
                || search->token[k].hash == search->token[k - 1].hash))
            break;
        take(search, k, RULE_CONTEXT, 85);
        k = after;
    }
}

/* 203.0.113.1 - NAME [12/Jan/2025 */
static void try_access_log(struct search *search, uint32_t bracket)
{
    uint32_t from;

    /* 198.51.100.23:51123 [NAME] */
    if (bracket > 7 && search->token[bracket - 1].kind == TOKEN_NUMBER
        && search_sign(search, bracket - 2, ':') && search->token[bracket - 3].kind == TOKEN_NUMBER
        && search_sign(search, bracket - 4, '.')) {
        from = bracket + 1;
        if (search->token[from].kind == TOKEN_WORD && !search->token[from].gap
            && search_sign(search, name_end(search, from), ']')
            && looks_made(search, from, name_end(search, from)))
            take(search, from, RULE_CONTEXT, 80);
    }
    if (bracket < 4 || search->token[bracket].gap != GAP_BLANK
        || search->token[bracket + 1].kind != TOKEN_NUMBER
        || !search_sign(search, bracket + 2, '/'))
        return;
    from = search_glued_start(search, bracket - 1);
    if (from > 0 && search_sign(search, from - 1, '-') && search->token[from].kind == TOKEN_WORD)
        take(search, from, RULE_CONTEXT, 90);
}

/* "user wytske.brandsma", "ingelogd als yvonne", "account of gr3yfern" */
static void try_word(struct search *search, uint32_t word)
{
    uint32_t k = word + 1, n = 0;
    static const char *const fillers[] = { "als", "as", "is", "was", "naam", "name", "met", "with",
        "de", "the", "van", "of", "for", "gebruiker", "user", "account", "in", "nu", "still", "nog",
        "under", "onder", "by", "door" };

    if (!search->token[word].gap && word > 0 && search->token[word - 1].kind == TOKEN_SIGN
        && strchr("_-/.$&?", search->token[word - 1].sign))
        return;
    for (; k < search->count && n < 4; n++) {
        const struct token *token;
        bool filler = false;
        uint32_t end;

        if (search_word(search, k, "hall") && search_word(search, k + 1, "of"))
            k += 3; /* "handle for hall of fame: x" */
        token = &search->token[k];
        if (token->gap >= GAP_LINE + (n == 0) || token->claim || token->sign == FOLD_MARK)
            return;
        if (token->kind == TOKEN_SIGN) {
            if (!strchr(":=\"'(`-<@", token->sign)
                || (!token->gap && strchr("-=<@", token->sign) && token->sign != '@'))
                return;
            k++;
            continue;
        }
        if (!token->gap && search->token[k - 1].kind != TOKEN_SIGN)
            return;
        for (size_t f = 0; f < COUNT(fillers); f++)
            filler |= search_word(search, k, fillers[f]);
        if (filler && search->token[k + 1].gap) {
            k++;
            continue;
        }
        end = name_end(search, k);
        if (search_sign(search, end, '\\')) /* a domain; the name behind it is found by that sign */
            return;
        if (looks_made(search, k, end)
            && (token->kind == TOKEN_WORD || (token->len == 1 && end > k + 1)) && end - k <= 7
            && !search_sign(search, end, '/') && !search_sign(search, end, '=')
            && !search_sign(search, end, '(')
            && !(search_sign(search, k + 1, '.') && FEATURE_KEY(search->token[k + 2].feature))
            && !(token->shape == SHAPE_CAPITAL && end - k == 1 && n > 1)) {
            if (value_is_handle(search, k, end))
                search_claim(search, k, end, REDACT_HANDLE, RULE_CONTEXT, 76, GUARD_SOFT);
        }
        return;
    }
}

/* [12:01] <nick> text */
static void try_nick(struct search *search, uint32_t open)
{
    uint32_t line = search_line_start(search, open), end;
    bool timed = line + 2 < open
        && search->token[line + (search_sign(search, line, '['))].kind == TOKEN_NUMBER;
    bool mode = search->token[open + 1].kind == TOKEN_SIGN
        && strchr(timed ? ".@+%~&" : ".", search->token[open + 1].sign);

    end = name_end(search, open + 1 + mode); /* <.name>, <@name> */
    for (uint32_t i = line; i < open && !(search_sign(search, open - 1, ':') && line + 3 < open);
         i++)
        if (search->token[i].kind == TOKEN_WORD
            || !(search->token[i].kind == TOKEN_NUMBER || strchr("[]:.-", search->token[i].sign)))
            return;
    if ((search->token[open + 1].gap && !timed) || !search_sign(search, end, '>')
        || search->token[end + 1].gap != GAP_BLANK || end - open > 6)
        return;
    open += mode;
    if (timed ? value_is_handle(search, open + 1, end) : looks_made(search, open + 1, end))
        take(search, open + 1, RULE_CONTEXT, 82);
}

/* /etc/passwd and /etc/shadow: name:x:1000:100:Full Name,,:/home/name:/bin/sh */
static void try_passwd_line(struct search *search, uint32_t i)
{
    uint32_t end = name_end(search, i), k = end + 1;

    if (!search_sign(search, end, ':') || search->token[k].gap
        || !(search_word(search, k, "x") || search_sign(search, k, '$')
            || search_sign(search, k, '*') || search_sign(search, k, '!')))
        return;
    if (search_word(search, k, "x")
        && !(search_sign(search, k + 1, ':') && search->token[k + 2].kind == TOKEN_NUMBER))
        return;
    take(search, i, RULE_CONTEXT, 88);
    if (search_word(search, k, "x") && search_sign(search, k + 3, ':')
        && search->token[k + 4].kind == TOKEN_NUMBER && search_sign(search, k + 5, ':')) {
        uint32_t from = k + 6, to = from;

        while (to < search->count && to < from + 10 && search->token[to].gap < GAP_LINE
            && !search_sign(search, to, ':') && !search_sign(search, to, ',')
            && !search_sign(search, to, '('))
            to++;
        value_take(search, KEY_PERSON, from, to, VALUE_CELL);
    }
}

/* sshd: "Accepted password for NAME from", "user NAME", "uid=1000(NAME)", "NAME@host:~$" */
static void try_log_word(struct search *search, uint32_t i)
{
    if (search_word(search, i, "for") && search->token[i + 1].kind == TOKEN_WORD
        && search->token[i + 1].gap == GAP_BLANK) {
        uint32_t k = i + 1, end;

        if (search_word(search, k, "user") || search_word(search, k, "invalid"))
            k++;
        if (search_word(search, k, "user"))
            k++;
        end = name_end(search, k);
        if (search_word(search, end, "from")
            && (search_word(search, i - 1, "password") || search_word(search, i - 1, "publickey")
                || search_word(search, i - 1, "opened") || search_word(search, i - 1, "pam")
                || search_word(search, i - 1, "failure")))
            take(search, k, RULE_CONTEXT, 88);
        else if (search_word(search, i - 1, "opened") || search_word(search, i - 1, "closed"))
            take(search, k, RULE_CONTEXT, 85);
    }
}

/* uid=1000(NAME), sudo -u NAME, passwd NAME, su - NAME, chown NAME: */
static void try_shell(struct search *search, uint32_t i)
{
    static const char *const verbs[] = { "passwd", "useradd", "usermod", "userdel", "adduser",
        "deluser", "su", "chown", "finger", "gpasswd", "chage" };
    const struct token *next = &search->token[i + 1];

    if (search_sign(search, i + 1, '=')
        && (search_word(search, i, "uid") || search_word(search, i, "gid"))
        && search->token[i + 2].kind == TOKEN_NUMBER && search_sign(search, i + 3, '(')) {
        take(search, i + 4, RULE_GRAMMAR, 90);
        return;
    }
    if (search_word(search, i, "u") && search_sign(search, i - 1, '-') && i > 1
        && search_word(search, i - 2, "sudo")) {
        take(search, i + 1, RULE_GRAMMAR, 88);
        return;
    }
    /* no common word is a name of somebody */
    if (next->kind == TOKEN_WORD && next->len > 1 && FEATURE_COMMON(next->feature))
        return;
    for (size_t k = 0; k < COUNT(verbs); k++)
        if (search_word(search, i, verbs[k])) {
            uint32_t name = i + 1;

            if (search_sign(search, name, '-') && search->token[name + 1].gap)
                name++;
            if (search->token[name].gap == GAP_BLANK && search->token[name].kind == TOKEN_WORD
                && looks_made(search, name, name_end(search, name))
                && search->token[i].shape == SHAPE_LOWER
                && (FEATURE_COMMON(search->token[name].feature) == 0
                    || (search->token[name].len == 1 && search_sign(search, name + 1, '.'))))
                take(search, name, RULE_CONTEXT, 78);
            return;
        }
}

static void try_prompt(struct search *search, uint32_t at)
{
    uint32_t from = at, k = at + 1;

    while (from > 0 && !search->token[from].gap
        && (search->token[from - 1].kind != TOKEN_SIGN
            || strchr("._-", search->token[from - 1].sign)))
        from--;
    while (k < search->count && !search->token[k].gap
        && (search->token[k].kind != TOKEN_SIGN || search_sign(search, k, '-')))
        k++;
    if (from == at || k == at + 1 || search->token[from].claim)
        return;
    if (!search_sign(search, k, ':') && !(search->token[k].gap && at > 0) && k < search->count)
        return;
    if (search_sign(search, k, '.'))
        return;
    if (search_sign(search, k, ':')
        && !(search_sign(search, k + 1, '~') || search_sign(search, k + 1, '/')))
        return;
    take(search, from, RULE_GRAMMAR, 80);
}

/* ZANDMEER\jdevries */
static void try_domain_user(struct search *search, uint32_t slash)
{
    uint32_t name = slash + 1;

    if (slash == 0 || search->token[slash].gap || search->token[slash - 1].kind != TOKEN_WORD
        || search->token[slash - 1].shape != SHAPE_UPPER)
        return;
    if (slash > 1 && !search->token[slash - 1].gap
        && (search_sign(search, slash - 2, '\\') || search_sign(search, slash - 2, ':')))
        return;
    if (search_sign(search, name, '\\'))
        name++;
    if (name < search->count && !search->token[name].gap && search->token[name].kind == TOKEN_WORD
        && !search_sign(search, name_end(search, name), '\\'))
        take(search, name, RULE_GRAMMAR, 85);
}

/* openvpn: NAME/203.0.113.1:1194; a game: NAME[/203.0.113.1:51022] */
static void try_client(struct search *search, uint32_t slash)
{
    uint32_t from = slash, end = slash;

    if (slash < 1 || search->token[slash + 1].kind != TOKEN_NUMBER || search->token[slash + 1].gap
        || !((search_sign(search, slash + 2, '.') && search_sign(search, slash + 4, '.')
                 && search_sign(search, slash + 6, '.'))
            || (search_sign(search, slash + 2, ':')
                && (search_sign(search, slash + 4, ':') || search_sign(search, slash + 5, ':')))))
        return;
    end -= search_sign(search, slash - 1, '[');
    if (end == 0 || search->token[end].gap)
        return;
    from = end;
    while (from > 0 && (from == end || !search->token[from].gap)
        && (search->token[from - 1].kind != TOKEN_SIGN
            || strchr("._-", search->token[from - 1].sign)))
        from--;
    if (from < end && (from == 0 || search->token[from].gap)
        && (looks_made(search, from, end)
            || (search->token[from].shape == SHAPE_LOWER
                && !FEATURE_COMMON(search->token[from].feature)))
        && value_is_handle(search, from, end))
        search_claim(search, from, end, REDACT_HANDLE, RULE_CONTEXT, 82, GUARD_HARD);
}

/* "[verwijderd door NAME]", "(c) NAME": an odd word that a bracket or the line ends behind. */
static void try_author(struct search *search, uint32_t word)
{
    uint32_t i = word + 1, end;

    if (i >= search->count || search->token[i].gap != GAP_BLANK
        || search->token[i].kind != TOKEN_WORD || search->token[i].shape != SHAPE_LOWER)
        return;
    end = name_end(search, i);
    if (search_sign(search, i + 1, '.') && search->token[i].len > 1)
        return; /* a host */
    if (!looks_made(search, i, end) || search->token[i].feature & FEATURE_NOTNAME
        || !(end >= search->count || search->token[end].gap >= GAP_LINE
            || (search->token[end].kind == TOKEN_SIGN && strchr("]),", search->token[end].sign))))
        return;
    if (value_is_handle(search, i, end))
        search_claim(search, i, end, REDACT_HANDLE, RULE_CONTEXT, 66, GUARD_SOFT);
}

/* "zoe.blank op insta", "my Discord, vale_mont#0412": beside the place where it is a name. */
static void try_site_word(struct search *search, uint32_t i)
{
    static const char *const words[] = { "insta", "instagram", "discord", "mastodon", "telegram",
        "snap", "snapchat", "signal", "twitter", "tiktok", "reddit", "hackerone", "steam",
        "keybase" };
    bool site = false,
         named = search_word(search, i + 1, "naam") || search_word(search, i + 1, "name");
    bool signs = search_sign(search, i + 1, ',') || search_sign(search, i + 1, ':');
    bool on = i >= 2
        && (search_word(search, i - 1, "op") || search_word(search, i - 1, "on")
            || search_word(search, i - 1, "via"));
    uint32_t k = i, from;

    if (!named && !signs && !on)
        return;
    for (size_t w = 0; w < COUNT(words) && !site; w++)
        site = search_word(search, i, words[w]);
    if (!site)
        return;
    if (named || signs)
        k = i + 2;
    if (k > i && search->token[k].gap == GAP_BLANK && search->token[k].kind == TOKEN_WORD
        && !search->token[k].claim && name_end(search, k) > k + 1
        && looks_made(search, k, name_end(search, k)))
        take(search, k, RULE_CONTEXT, 70);
    if (!on)
        return;
    from = i - 1;
    while (from > 0 && (from == i - 1 || !search->token[from].gap)
        && (search->token[from - 1].kind != TOKEN_SIGN
            || strchr("._-", search->token[from - 1].sign)))
        from--;
    if (i - 1 - from > 1 && !search->token[from].claim && search->token[from].kind == TOKEN_WORD
        && search->token[from].shape == SHAPE_LOWER && value_is_handle(search, from, i - 1))
        search_claim(search, from, i - 1, REDACT_HANDLE, RULE_CONTEXT, 68, GUARD_HARD);
}

/* n0tab0t#4471, as Discord had it: nothing else is written so */
static void try_tag(struct search *search, uint32_t hash)
{
    uint32_t from = search_glued_start(search, hash), end = hash + 2;

    while (from < hash && search->token[from].kind == TOKEN_SIGN)
        from++;
    if (from == hash || search->token[hash + 1].kind != TOKEN_NUMBER
        || search->token[hash + 1].len != 4 || search->token[hash + 1].gap
        || (!search->token[end].gap && search->token[end].kind != TOKEN_SIGN))
        return;
    for (uint32_t i = from; i < end; i++)
        if ((search->token[i].kind == TOKEN_SIGN && !strchr("._-#", search->token[i].sign))
            || search->token[i].guard == GUARD_HARD || search->token[i].sign == FOLD_MARK)
            return;
    if (search->token[from].kind == TOKEN_WORD && value_is_handle(search, from, hash))
        search_force(search, from, end, REDACT_HANDLE, RULE_GRAMMAR, 85);
}

/* "09:44", "[20:31:15]", "> " at the start of a line; gives what follows */
static uint32_t time_end(const struct search *search, uint32_t i)
{
    while (search_sign(search, i, '>') || search_sign(search, i, '['))
        i++;
    while (search->token[i].kind == TOKEN_NUMBER && search->token[i].len <= 2
        && (search_sign(search, i + 1, ':') || search_sign(search, i - 1, ':')))
        i += 1 + search_sign(search, i + 1, ':');
    while (search_sign(search, i, ']') || search_sign(search, i, '-'))
        i++;
    return i;
}

/* Chats: "20:31:15 griffier_els: ja", "> bea.kok: mooi", "webkees 09:44"; a list of who has which
 * password: "jvdplas:Plasje!Plasje!" */
static void try_speaker(struct search *search, uint32_t line)
{
    uint32_t from = time_end(search, line), end, next;
    const struct token *token = &search->token[from];

    if (token->kind != TOKEN_WORD || token->claim || token->guard || token->shape != SHAPE_LOWER
        || (from > line && !token->gap))
        return;
    end = name_end(search, from);
    next = end + 1;
    if (end - from > 5 || !looks_made(search, from, end) || !value_is_handle(search, from, end)
        || search->token[end].gap > GAP_BLANK)
        return;
    if (search_sign(search, end, ':') && !search->token[end].gap
        && search->token[next].gap == GAP_BLANK) {
        if (from > line + 2) /* behind a time */
            search_claim(search, from, end, REDACT_HANDLE, RULE_CONTEXT, 66, GUARD_SOFT);
    } else if (from == line && time_end(search, end) > end + 2
        && search->token[time_end(search, end)].gap >= GAP_LINE)
        search_claim(search, from, end, REDACT_HANDLE, RULE_CONTEXT, 66, GUARD_SOFT);
    else if (from == line && !search->token[end].gap && !search->token[next].gap
        && (search_sign(search, end, ':') || search_sign(search, end, ';'))
        && !search_sign(search, next, '/')) {
        uint32_t to = search_glued_end(search, next);
        bool letters = search->token[next].hash == search->token[from].hash, signs = letters;

        for (uint32_t i = next; i < to; i++) {
            if (search->token[i].kind == TOKEN_SIGN && strchr("/:;", search->token[i].sign))
                return; /* an address, a head of columns */
            letters |= search->token[i].kind == TOKEN_WORD;
            signs |= search->token[i].kind == TOKEN_SIGN
                && strchr("!@#$%^&*{", search->token[i].sign);
        }
        if (letters && signs && search->token[to].gap >= GAP_LINE
            && search_claim(search, from, end, REDACT_HANDLE, RULE_ROW, 74, GUARD_SOFT))
            search_claim(search, next, to, REDACT_CREDENTIAL, RULE_ROW, 74, GUARD_SOFT);
    }
}

/* Endings of files and hosts, which look like the second half of tessa.koers */
static bool is_suffix(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "com", "net", "org", "example", "local", "test", "html",
        "php", "json", "xml", "txt", "pdf", "docx", "xlsx", "conf", "config", "cfg", "yml", "yaml",
        "log", "java", "bak", "zip", "css", "jpg", "png", "csv", "sql", "exe", "dll", "asp", "aspx",
        "jsp", "info", "name", "eml", "mail", "bin", "bash", "git", "svc", "lan", "home", "nhs",
        "gov", "edu", "app", "dev", "cloud", "online", "shop", "club", "amsterdam", "frl" };

    if (search->token[i].len < 3)
        return true;
    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return false;
}

/* tessa.koers, g.vdmolen: a given name or an initial, a dot, something that is no ending */
static void try_dotted(struct search *search, uint32_t dot)
{
    const struct token *first = &search->token[dot - 1], *second = &search->token[dot + 1];
    bool initial = first->len == 1 && !second->feature && second->len >= 4;

    if (first->kind != TOKEN_WORD || first->shape != SHAPE_LOWER
        || (first->claim ? first->claim != REDACT_PERSON || (dot > 1 && first[-1].claim)
                         : first->guard)
        || second->kind != TOKEN_WORD || second->shape != SHAPE_LOWER || second->claim
        || second->guard || second->gap || search->token[dot].gap)
        return;
    if (!initial
        && (!FEATURE_GIVEN(first->feature) || FEATURE_COMMON(first->feature) > 3
            || FEATURE_COMMON(second->feature) > 5
            || second->feature & (FEATURE_TECH | FEATURE_NOTNAME | FEATURE_ORG)))
        return;
    if (is_suffix(search, dot + 1)
        || (dot > 1 && !first->gap && search->token[dot - 2].kind == TOKEN_SIGN
            && strchr("./@-_$%&=", search->token[dot - 2].sign))
        || (dot > 1 && !first->gap && search->token[dot - 2].kind != TOKEN_SIGN)
        || (!search->token[dot + 2].gap
            && (search->token[dot + 2].kind != TOKEN_SIGN
                || (strchr("./@-_(%=", search->token[dot + 2].sign)
                    && !(search_sign(search, dot + 2, '.') && search->token[dot + 3].gap)))))
        return;
    search_force(search, dot - 1, dot + 2, REDACT_HANDLE, RULE_GRAMMAR, 62);
}

/* What clue_read() says of a word that no list knows, made of two that one does: mothwing */
enum { COMPOUND = 1u << 4 };

/* The very end of a text: "cheers, mothwing", "-- n0tab0t" */
static void try_last(struct search *search)
{
    uint32_t last = search->count, from, start, known = 0;

    if (last < 4)
        return;
    from = start = search_glued_start(search, last - 1);
    while (start > 0 && search->token[start - 1].kind == TOKEN_SIGN
        && strchr("-~", search->token[start - 1].sign))
        start--;
    if (start == 0 || name_end(search, from) != last || last - from > 5
        || search->token[from].kind != TOKEN_WORD || search->token[from].shape != SHAPE_LOWER)
        return;
    if (start == from && search->token[from].gap < GAP_LINE
        && !(search->token[from - 1].kind == TOKEN_SIGN
            && strchr(",.!", search->token[from - 1].sign)))
        return;
    for (uint32_t i = from; i < last; i++)
        if (search->token[i].claim || search->token[i].guard)
            return;
    if (search_word(search, from, "doei") || search_word(search, from, "grtz")
        || search_word(search, from, "thx"))
        return;
    for (uint32_t i = from; i < last; i++)
        known += search->token[i].kind == TOKEN_WORD && search->token[i].feature
            && search->token[i].feature != COMPOUND;
    if (!known && !search_sign(search, from + 1, '.') && value_is_handle(search, from, last))
        search_claim(search, from, last, REDACT_HANDLE, RULE_CONTEXT, 60, GUARD_SOFT);
}

void handle_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (token->gap >= GAP_LINE
            && ((token->kind == TOKEN_SIGN && token->sign == '-')
                || (token->kind == TOKEN_WORD && (token->sign == 'd' || token->sign == 'l'))))
            try_listing(search, i);
        if (token->gap >= GAP_LINE)
            try_speaker(search, i);
        if (token->kind == TOKEN_SIGN) {
            if (token->sign == '<'
                && (search_line_start(search, i) + 8 > i || search_sign(search, i - 1, ':')))
                try_nick(search, i);
            if (token->sign == '@' && !token->claim) {
                try_mention(search, i);
                try_prompt(search, i);
            } else if (token->sign == '#' && i > 0 && !token->gap)
                try_tag(search, i);
            else if (token->sign == '[')
                try_access_log(search, i);
            else if (token->sign == '\\')
                try_domain_user(search, i);
            else if (token->sign == '/')
                try_client(search, i);
            continue;
        }
        if (token->kind != TOKEN_WORD)
            continue;
        if (token->gap >= GAP_LINE)
            try_passwd_line(search, i);
        if (token->len <= 13 && !token[1].gap
            && (search_sign(search, i + 1, '.') || search_sign(search, i + 1, '/')))
            try_profile(search, i);
        if (i > 0 && (token[-1].sign == '/' || token[-1].sign == '\\'))
            try_home(search, i);
        if (token->len == 3 && i > 0)
            try_log_word(search, i);
        if (token->len >= 4 && token->len <= 9)
            try_site_word(search, i);
        if ((token->len == 4 && search_word(search, i, "door"))
            || (token->len == 2 && search_word(search, i, "by")))
            try_author(search, i);
        if (token->len <= 8 && token->shape == SHAPE_LOWER)
            try_shell(search, i);
        if (!token->claim
            && ((token->feature && FEATURE_KEY(token->feature) == KEY_HANDLE)
                || search_word(search, i, "ingelogd") || search_word(search, i, "logged")
                || search_word(search, i, "schuilnaam") || search_word(search, i, "uploader")
                || (search_word(search, i, "in") && i > 0 && search_word(search, i - 1, "logt"))
                || search_ends(search, i, "account") || search_ends(search, i, "gebruiker")))
            try_word(search, i);
    }
}

void handle_find_beside(struct search *search)
{
    for (uint32_t i = 1; i + 1 < search->count; i++)
        if (search->token[i].kind == TOKEN_SIGN && search->token[i].sign == '.')
            try_dotted(search, i);
    try_last(search);
    for (uint32_t i = 1; i + 1 < search->count; i++) {
        const struct token *token = &search->token[i];
        uint32_t end, next;

        /* nothing tied to it, and a common word: not made */
        if ((token->kind != TOKEN_WORD)
            | ((token[1].gap != GAP_NONE) & (FEATURE_COMMON(token->feature) > 0)
                & (token->shape != SHAPE_MIXED)))
            continue;
        if (token->claim || token->guard || (!token->gap && !search_sign(search, i - 1, '('))
            || token->shape == SHAPE_UPPER)
            continue;
        end = name_end(search, i);
        if (end >= search->count || end - i > 5 || (token->len < 3 && end == i + 1))
            continue;
        if (!looks_made(search, i, end) || (token->shape == SHAPE_CAPITAL && end - i == 1))
            continue;
        /* "Anouk Terwindt (sibu_v, an0ukie)" */
        if (end - i > 1 || !FEATURE_COMMON(token->feature)) {
            uint32_t open = i;

            while (open > 1 && i - open < 12 && !search_sign(search, open - 1, '(')
                && search->token[open].gap < GAP_LINE
                && (!search->token[open].gap || search_sign(search, open - 1, ',')))
                open--;
            if (open > 1 && search_sign(search, open - 1, '(')
                && search->token[open - 2].claim == REDACT_PERSON
                && (search_sign(search, end, ')') || search_sign(search, end, ','))
                && (end - i > 1 || search->token[i].shape != SHAPE_CAPITAL)
                && (end - i > 1 || !token->feature) && value_is_handle(search, i, end)) {
                search_claim(search, i, end, REDACT_HANDLE, RULE_CONTEXT, 64, GUARD_SOFT);
                continue;
            }
        }
        next = end;
        /* NAME, "Given Surname", ... as a row has it */
        if (token->gap >= GAP_LINE && token->shape == SHAPE_LOWER && next + 2 < search->count
            && search->token[next].kind == TOKEN_SIGN
            && strchr(",;|\t", search->token[next].sign)) {
            uint32_t person = next + 1 + search_sign(search, next + 1, '"');

            if (search->token[person].claim == REDACT_PERSON && value_is_handle(search, i, end)) {
                search_claim(search, i, end, REDACT_HANDLE, RULE_ROW, 70, GUARD_SOFT);
                continue;
            }
        }
        if (search_sign(search, next, ',') || search_sign(search, next, '(')
            || search_sign(search, next, '-') || search_sign(search, next, '<'))
            next++;
        else if (search->token[next].claim != REDACT_EMAIL || !search_sign(search, i - 1, ','))
            continue;
        if (search->token[next].claim == REDACT_EMAIL
            || (search_sign(search, end, '(') && search->token[next].claim == REDACT_PERSON))
            if (value_is_handle(search, i, end))
                search_claim(search, i, end, REDACT_HANDLE, RULE_CONTEXT, 68, GUARD_SOFT);
    }
}

/* A short rest of a made-up name: "lu", "b", "01"; not a version or a suffix of a file. */
static bool is_rest(const struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];

    if (i >= search->count || token->claim || token->guard >= GUARD_HARD)
        return false;
    return (token->kind == TOKEN_WORD && token->len <= 2 && token->shape == SHAPE_LOWER)
        || (token->kind == TOKEN_NUMBER && token->len <= 4);
}

static bool is_joint(const struct search *search, uint32_t i)
{
    return !search->token[i].gap && (search_sign(search, i, '_') || search_sign(search, i, '-'));
}

/* Nothing glued to the run goes on before `from` and after `to`. */
static bool stands_alone(const struct search *search, uint32_t from, uint32_t to)
{
    const struct token *before = &search->token[from ? from - 1 : 0], *after = &search->token[to];

    if (from > 0 && !search->token[from].gap
        && (before->kind != TOKEN_SIGN || !strchr("\"'(`,;:|>@[=", before->sign)))
        return false;
    if (to >= search->count || after->gap)
        return true;
    if (after->kind == TOKEN_SIGN && after->sign == '.')
        return to + 1 >= search->count || search->token[to + 1].gap;
    return after->kind == TOKEN_SIGN && strchr("\"')`,;:|<]?!", after->sign);
}

/* "rvhaersma, griffier1_tgt and wolfert.kok": what stands in one list with a user name. */
static void try_list(struct search *search, uint32_t to)
{
    for (unsigned n = 0; n < 8; n++) {
        uint32_t k = to, end;
        bool comma = search_sign(search, k, ',');

        k += comma;
        if (search_word(search, k, "and") || search_word(search, k, "en"))
            k++;
        if (k == to || k >= search->count || search->token[k].gap != GAP_BLANK
            || search->token[k].kind != TOKEN_WORD)
            return;
        end = name_end(search, k);
        if (!search->token[k].claim) {
            if (search->token[k].guard >= GUARD_HARD || search->token[k].shape != SHAPE_LOWER
                || !looks_made(search, k, end) || end - k > 5 || !stands_alone(search, k, end)
                || !value_is_handle(search, k, end))
                return;
            search_force(search, k, end, REDACT_HANDLE, RULE_CONTEXT, 66);
        }
        to = end;
    }
}

/* "admin, jopie.nagtegaal, bewaking2": what stands in one list with an account of nobody. */
static void try_accounts(struct search *search, uint32_t i)
{
    static const char *const words[] = { "admin", "administrator", "root", "guest", "gast",
        "beheer", "svc", "backup", "test" };
    bool account = false;
    uint32_t from = i;

    for (size_t k = 0; k < COUNT(words); k++)
        account |= search_word(search, i, words[k]);
    if (!account || search->token[i].shape != SHAPE_LOWER || search->token[i].claim)
        return;
    if (search_sign(search, i + 1, ',') && search->token[i + 2].gap == GAP_BLANK)
        try_list(search, i + 1);
    for (unsigned n = 0; n < 6 && from > 1 && search_sign(search, from - 1, ',')
         && search->token[from].gap == GAP_BLANK && !search->token[from - 1].gap;
         n++) {
        uint32_t to = from - 1;

        from = to;
        while (from > 0 && (from == to || !search->token[from].gap)
            && (search->token[from - 1].kind != TOKEN_SIGN
                || strchr("._-", search->token[from - 1].sign)))
            from--;
        if (from >= to || search->token[from].claim || search->token[from].shape != SHAPE_LOWER
            || !looks_made(search, from, to) || !value_is_handle(search, from, to)
            || !stands_alone(search, from, to))
            return;
        search_force(search, from, to, REDACT_HANDLE, RULE_CONTEXT, 64);
    }
}

/* An initial that a name was found without: "A-J Dubbeldam", "J.v.d.Wal"; "BOS, B." */
static void try_initial(struct search *search, const struct find *find)
{
    uint32_t from = find->from, to = find->to, i;

    if (from > 1 && !search->token[from].gap
        && (search_sign(search, from - 1, '-') || search_sign(search, from - 1, '.'))
        && !search->token[from - 1].gap) {
        i = from - 2;
        if (search->token[i].kind == TOKEN_WORD && search->token[i].len == 1
            && search->token[i].shape != SHAPE_LOWER && !search->token[i].claim
            && (i == 0 || search->token[i].gap))
            from = i;
    }
    if (search_sign(search, to, ',') && search->token[from].gap >= GAP_LINE
        && search->token[to + 1].gap == GAP_BLANK && search->token[to + 1].kind == TOKEN_WORD
        && search->token[to + 1].len == 1 && search->token[to + 1].shape != SHAPE_LOWER
        && search_sign(search, to + 2, '.')
        && (to + 3 >= search->count || search->token[to + 3].gap >= GAP_LINE))
        to += 3;
    if (from != find->from || to != find->to)
        search_force(
            search, from, to, REDACT_PERSON, (enum redact_rule)find->rule, find->certainty);
}

/* julian_date, EVT_WU_Roam: words of a program, of which one is also a name. */
static bool is_field(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].kind == TOKEN_WORD && search->token[i].len > 2
            && !search->token[i].claim
            && (FEATURE_COMMON(search->token[i].feature) >= 5
                || search->token[i].shape == SHAPE_UPPER))
            return FEATURE_CLASS(search->token[i].feature) != CLASS_TUSS;
    return false;
}

void handle_find_rest(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++)
        if ((search_sign(search, i + 1, ',') || search_sign(search, i - (i > 0), ','))
            && search->token[i].kind == TOKEN_WORD && search->token[i].len >= 3)
            try_accounts(search, i);
    for (uint32_t f = 0, finds = search->finds; f < finds; f++) {
        const struct find find = search->find[f];
        uint32_t from = find.from, to = find.to;

        if (find.type != REDACT_PERSON && find.type != REDACT_HANDLE)
            continue;
        if (find.type == REDACT_PERSON)
            try_initial(search, &find);
        else
            try_list(search, to);
        if (find.to - find.from == 1 && search->token[from].shape == SHAPE_UPPER)
            continue;
        /* gr3yfern: what is glued to digits is a made-up name, of which a part reads as one */
        if (from > 1 && !search->token[from].gap && search->token[from - 1].kind == TOKEN_NUMBER
            && !search->token[from - 1].gap && search->token[from - 2].kind == TOKEN_WORD
            && search->token[from - 1].len == 1 && search->token[from].shape == SHAPE_LOWER
            && search->token[from - 2].shape == SHAPE_LOWER)
            from -= 2;
        if (from > 1 && !search->token[from].gap && is_joint(search, from - 1)
            && is_rest(search, from - 2) && search->token[from - 2].kind == TOKEN_WORD)
            from -= 2;
        if (to < search->count && is_joint(search, to) && !search->token[to + 1].gap
            && is_rest(search, to + 1))
            to += 2;
        else if (to < search->count && !search->token[to].gap
            && search->token[to].kind == TOKEN_NUMBER && is_rest(search, to))
            to++;
        /* more parts tied by underscores: stan_de_scanner */
        for (unsigned n = 0; n < 4 && search_sign(search, to, '_') && !search->token[to].gap
             && to + 1 < search->count && !search->token[to + 1].gap
             && search->token[to + 1].kind != TOKEN_SIGN && !search->token[to + 1].guard;
             n++)
            to += 2;
        for (unsigned n = 0; n < 4 && from > 1 && !search->token[from].gap
             && search_sign(search, from - 1, '_') && !search->token[from - 1].gap
             && search->token[from - 2].kind != TOKEN_SIGN && !search->token[from - 2].guard;
             n++)
            from -= 2;
        /* aukje.77 */
        if (search_sign(search, to, '.') && !search->token[to].gap
            && search->token[to + 1].kind == TOKEN_NUMBER && !search->token[to + 1].gap
            && search->token[to + 1].len <= 4 && search->token[from].shape == SHAPE_LOWER)
            to += 2;
        if ((from == find.from && to == find.to) || !stands_alone(search, from, to)
            || is_field(search, from, to))
            continue;
        search_force(search, from, to, REDACT_HANDLE, RULE_RECALL, find.certainty);
    }
}
