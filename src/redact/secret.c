#include "redact/secret.h"

#include "redact/keyname.h"
#include "redact/value.h"

#include <string.h>

static bool starts(const struct search *search, uint32_t i, const char *text)
{
    uint32_t p = search->token[i].pos;
    size_t len = strlen(text);

    return p + len <= search->view.len && memcmp(search->view.ch + p, text, len) == 0;
}

static uint32_t token_end(const struct search *search, uint32_t i, const char *signs)
{
    uint32_t end = i + 1;

    while (end < search->count && !search->token[end].gap && end - i < 3000
        && (search->token[end].kind != TOKEN_SIGN || strchr(signs, search->token[end].sign)))
        end++;
    while (end > i + 1 && search->token[end - 1].kind == TOKEN_SIGN
        && strchr(".,-", search->token[end - 1].sign))
        end--;
    return end;
}

static void take(
    struct search *search, uint32_t from, uint32_t to, enum redact_rule rule, unsigned certainty)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].guard == GUARD_HARD || search->token[i].sign == FOLD_MARK
            || search->token[i].claim == REDACT_CREDENTIAL)
            return;
    search_force(search, from, to, REDACT_CREDENTIAL, rule, certainty);
}

/* Forms that their makers gave a start to: AKIA..., ghp_..., eyJ..., $2y$... */
static bool try_form(struct search *search, uint32_t i)
{
    static const char *const heads[] = { "AKIA", "ASIA", "ghp_", "gho_", "ghs_", "github_pat_",
        "glpat-", "xoxb-", "xoxp-", "xoxa-", "sk_live_", "sk_test_", "pk_live_", "rk_live_", "sk-",
        "SG.", "AIza", "ya29.", "hooks.slack.com", "npm_", "dop_v1_", "key-", "shpat_", "live_",
        "test_", "whsec_" };
    static const char *const hashes[] = { "$2y$", "$2a$", "$2b$", "$1$", "$5$", "$6$", "$argon2",
        "$apr1$", "$P$", "$H$", "{SSHA}", "{SHA}", "{bcrypt}", "$y$", "pbkdf2_", "$pbkdf2", "$S$" };
    uint32_t end;

    if (starts(search, i, "eyJ") && search->token[i].kind == TOKEN_WORD) {
        end = token_end(search, i, "._-=+/");
        if (search_end_pos(search, end - 1) - search->token[i].pos >= 20) {
            take(search, i, end, RULE_GRAMMAR, 97);
            return true;
        }
    }
    if (search->token[i].kind == TOKEN_WORD
        && (search->token[i].gap || (i > 0 && search->token[i - 1].kind == TOKEN_SIGN)))
        for (size_t k = 0; k < COUNT(heads); k++)
            if (starts(search, i, heads[k])) {
                end = token_end(search, i, "_-.=");
                if (search_end_pos(search, end - 1) - search->token[i].pos >= 16
                    && (value_is_random(search, i, end) || k < 2)) {
                    take(search, i, end, RULE_GRAMMAR, 96);
                    return true;
                }
            }
    if (search->token[i].kind == TOKEN_SIGN)
        for (size_t k = 0; k < COUNT(hashes); k++)
            if (starts(search, i, hashes[k])) {
                end = token_end(search, i, "$./=,+{}-_");
                if (search_end_pos(search, end - 1) - search->token[i].pos >= 12) {
                    take(search, i, end, RULE_GRAMMAR, 96);
                    return true;
                }
            }
    return false;
}

/* https://user:password@host */
static void try_userinfo(struct search *search, uint32_t colon)
{
    uint32_t k = colon + 3, second = 0;

    for (; k < search->count && !search->token[k].gap && k - colon < 40; k++) {
        if (search_sign(search, k, '/') || search_sign(search, k, '"')
            || search_sign(search, k, '<'))
            return;
        if (search_sign(search, k, ':') && !second)
            second = k;
        if (search_sign(search, k, '@'))
            break;
    }
    if (!second || !search_sign(search, k, '@') || k <= second + 1)
        return;
    search_force(search, second + 1, k, REDACT_CREDENTIAL, RULE_GRAMMAR, 95);
    if (value_is_handle(search, colon + 3, second))
        search_force(search, colon + 3, second, REDACT_HANDLE, RULE_GRAMMAR, 85);
}

/* One past the glued run from i, without what ends a sentence. */
static uint32_t run_end(const struct search *search, uint32_t i)
{
    uint32_t end = search_glued_end(search, i);

    while (end > i + 1 && search->token[end - 1].kind == TOKEN_SIGN
        && strchr(".,;:)\"'>]}?", search->token[end - 1].sign))
        end--;
    return end;
}

static bool is_filler(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "is", "was", "were", "was", "are", "het", "the", "van",
        "of", "voor", "for", "de", "with", "met", "als", "as", "and", "en", "nog", "steeds",
        "still", "ook", "also", "daar", "gewoon", "just", "simply", "staat", "luidt", "namelijk",
        "database", "reads", "said", "stond", "er", "op", "beheerder", "admin", "wifi", "standaard",
        "default", "to", "set", "being", "blijkt", "bleek", "deur", "door", "here", "hier", "toen",
        "then", "namely", "i.e" };

    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return search->token[i].kind == TOKEN_SIGN && strchr(":=,\"'(`-/*", search->token[i].sign);
}

/* "wachtwoord is X", "pass X", "met wachtwoord opgeslagen (X)", "pincode 4711" */
static void try_word(struct search *search, uint32_t word)
{
    uint32_t k = word + 1, n = 0;
    bool quoted = false, plain = true,
         wide = search_word(search, word, "code") || search_word(search, word, "session")
        || search_word(search, word, "token");

    /* names of headers and parameters are no words of a sentence */
    if ((word + 1 < search->count && !search->token[word + 1].gap
            && search->token[word + 1].kind == TOKEN_SIGN
            && strchr("_-/.;&[{(", search->token[word + 1].sign)
            && !search_sign(search, word + 1, '(') && !search_sign(search, word + 1, '.')
            && !search_sign(search, word + 1, '/')))
        return;
    if (!search->token[word].gap && word > 0 && search->token[word - 1].kind == TOKEN_SIGN
        && strchr("_-/.$&?", search->token[word - 1].sign))
        return;
    for (; k < search->count && n < 9; n++) {
        const struct token *token = &search->token[k];
        uint32_t end;

        if (token->gap >= GAP_PARAGRAPH || token->claim == REDACT_CREDENTIAL)
            return;
        if (search_sign(search, k, '.') && search->token[k + 1].gap)
            return;
        if (search_sign(search, k, ';') || search_sign(search, k, '|')
            || search_sign(search, k, '<') || search_sign(search, k, '@'))
            return;
        quoted = k > 0
            && (search_sign(search, k - 1, '"') || search_sign(search, k - 1, '\'')
                || search_sign(search, k - 1, '(') || search_sign(search, k - 1, '`'))
            && !token->gap;
        if (token->kind == TOKEN_SIGN && !strchr("!#$%^&*", token->sign)) {
            k++;
            continue;
        }
        if (token->claim || token->guard == GUARD_HARD) {
            k++;
            plain = false;
            continue;
        }
        end = run_end(search, k);
        for (uint32_t c = k; c < end; c++)
            if (search_sign(search, c, '"') || search_sign(search, c, '`')
                || search_sign(search, c, ')'))
                end = c;
        if (search_sign(search, k + 1, ':') && search_sign(search, k + 2, '/')) /* an URL */
            return;
        if (value_is_secret(search, k, end)
            && !(wide && !value_is_random(search, k, end)
                && !(end - k <= 3 && token->kind == TOKEN_NUMBER && token->len >= 4
                    && !search_sign(search, k + 1, '-') && !search_sign(search, k + 1, '.')))) {
            bool number = end - k == 1 && token->kind == TOKEN_NUMBER;

            /* a short number is one only behind "pincode" and the like; a year, a time, a length is
             * none */
            if (number && token->len < 4)
                return;
            if (number && n > 4)
                return;
            if (search->token[k].key == KEY_NOT)
                return;
            if (token->shape == SHAPE_CAPITAL && search_sign(search, k + 1, '-') && end - k == 3
                && FEATURE_COMMON(search->token[k + 2].feature)) {
                k = end;
                continue;
            }
            take(search, k, end, RULE_CONTEXT, n < 3 ? 86 : 72);
            return;
        }
        if (quoted && n < 7 && end - k <= 4 && search->token[k].len >= 3
            && (search_sign(search, end, '"') || search_sign(search, end, '\'')
                || search_sign(search, end, ')') || search_sign(search, end, '`'))
            && plain && !(token->feature & FEATURE_NOTNAME) && FEATURE_COMMON(token->feature) < 5) {
            take(search, k, end, RULE_CONTEXT, 75);
            return;
        }
        if (!is_filler(search, k)) {
            plain = false;
            /* "wachtwoord welkom." directly behind the word or its verb, at the end of the clause
             */
            if (n < 3 && !wide && end - k == 1 && token->len >= 4
                && FEATURE_COMMON(token->feature) < 5 && !(token->feature & FEATURE_NOTNAME)
                && search->token[word].kind == TOKEN_WORD
                && (end >= search->count || search->token[end].gap >= GAP_LINE
                    || (search->token[end].kind == TOKEN_SIGN
                        && strchr(".,)", search->token[end].sign)))
                && n > 0
                && (search_sign(search, k - 1, ':') || search_word(search, k - 1, "is")
                    || search_word(search, k - 1, "was"))) {
                take(search, k, end, RULE_CONTEXT, 65);
                return;
            }
        }
        k = end > k ? end : k + 1;
    }
}

/* "setup / Boekenwurm7", "jasperadmin / jasperadmin", "admin:Welkom01" */
static void try_login_pair(struct search *search, uint32_t slash)
{
    uint32_t left = slash - 1, right = slash + 1, end;
    const struct token *sign = &search->token[slash];
    bool spaced = sign->gap == GAP_BLANK && search->token[right].gap == GAP_BLANK;
    bool role;

    if (right >= search->count || search->token[left].kind == TOKEN_SIGN
        || search->token[right].gap >= GAP_LINE)
        return;
    if (!spaced && (sign->gap || search->token[right].gap))
        return;
    role = (search->token[left].feature & (FEATURE_ROLE | FEATURE_TECH)) != 0;
    end = run_end(search, right);
    if (search_sign(search, slash + 1, '/') || (!spaced && search->token[left].guard))
        return;
    if (left > 0 && !search->token[left].gap
        && (search->token[left - 1].kind != TOKEN_SIGN
            || strchr("./:&", search->token[left - 1].sign)))
        return;
    if (spaced && search->token[left].claim == REDACT_HANDLE)
        role = true;
    if (!role) {
        /* "as x / y" after a word for logging in */
        for (uint32_t k = left > 8 ? left - 8 : 0; k < left; k++)
            role |= search_word(search, k, "login") || search_word(search, k, "inloggen")
                || search_word(search, k, "account") || search_word(search, k, "credentials")
                || search_word(search, k, "inloggegevens") || search_word(search, k, "creds")
                || search_word(search, k, "logged") || search_word(search, k, "ingelogd")
                || search_word(search, k, "combinatie");
        if (!role)
            return;
    }
    for (uint32_t k = right; k < end; k++)
        if (search->token[k].sign == FOLD_MARK || search->token[k].claim)
            return;
    if (value_is_secret(search, right, end)
        || (spaced && end - right == 1
            && (search->token[right].hash == search->token[left].hash
                || search_sign(search, end, '.') || search_sign(search, end, ')')
                || search->token[end].gap >= GAP_LINE || search_word(search, end, "and")
                || search_word(search, end, "en")))) {
        /* "admin/login.php" is a path */
        if (!spaced && (search->token[left].guard || search_sign(search, right + 1, '.')))
            return;
        if (!spaced && sign->sign == '/' && !value_is_secret(search, right, end))
            return;
        if (end - right == 1 && search->token[right].kind == TOKEN_NUMBER
            && search->token[right].len < 4)
            return;
        take(search, right, end, RULE_CONTEXT, 80);
        if (spaced && value_is_handle(search, left, left + 1) && !search->token[left].claim) {
            uint32_t from = search_glued_start(search, left);

            while (from < left && search->token[from].kind == TOKEN_SIGN)
                from++;
            if (value_is_handle(search, from, slash))
                search_claim(search, from, slash, REDACT_HANDLE, RULE_CONTEXT, 75, GUARD_SOFT);
        }
    }
}

/* -----BEGIN PRIVATE KEY----- to its END */
static void try_private_key(struct search *search, uint32_t word)
{
    uint32_t from, to;

    if (!(search_word(search, word + 1, "key")
            && (search_sign(search, word + 2, '-') || search_word(search, word + 2, "block"))))
        return;
    for (from = word + 2; from < search->count
         && (search_sign(search, from, '-') || search_word(search, from, "block"));
         from++)
        ;
    for (to = from; to < search->count && to - from < 20000
         && !(search_sign(search, to, '-') && search_sign(search, to + 1, '-')
             && search_sign(search, to + 2, '-') && search_sign(search, to + 3, '-'));
         to++)
        ;
    if (to > from)
        search_force(search, from, to, REDACT_CREDENTIAL, RULE_GRAMMAR, 98);
}

/* A value without sense in a query string, behind a name that tells nothing. */
static void try_query_value(struct search *search, uint32_t equals)
{
    uint32_t from = equals + 1, end = from, key = equals - 1;
    static const char *const harmless[] = { "hash", "sha", "md5", "etag", "commit", "fingerprint",
        "csrf", "csrftoken", "nonce", "sha256", "v", "ver", "digest", "integrity", "boundary",
        "authenticity", "viewstate", "id", "serial", "checksum", "rev" };

    if (equals == 0 || search->token[key].kind != TOKEN_WORD || search->token[from].gap)
        return;
    for (size_t k = 0; k < COUNT(harmless); k++)
        if (search_word(search, key, harmless[k]))
            return;
    while (end < search->count && (end == from || !search->token[end].gap)
        && (search->token[end].kind != TOKEN_SIGN || strchr("-_.~", search->token[end].sign))
        && end - from < 400)
        end++;
    while (end > from && search->token[end - 1].kind == TOKEN_SIGN
        && strchr(".", search->token[end - 1].sign))
        end--;
    if (end <= from || search_end_pos(search, end - 1) - search->token[from].pos < 20
        || !value_is_random(search, from, end))
        return;
    for (uint32_t k = from; k < end; k++)
        if (search->token[k].claim)
            return;
    take(search, from, end, RULE_GRAMMAR, 70);
}

void secret_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (token->kind == TOKEN_SIGN) {
            if (token->sign == '$' || token->sign == '{')
                try_form(search, i);
            else if (token->sign == ':' && search_sign(search, i + 1, '/')
                && search_sign(search, i + 2, '/'))
                try_userinfo(search, i);
            else if ((token->sign == '/' || token->sign == ':') && i > 0)
                try_login_pair(search, i);
            else if (token->sign == '=' && i > 0)
                try_query_value(search, i);
            continue;
        }
        if (token->kind != TOKEN_WORD || token->claim == REDACT_CREDENTIAL)
            continue;
        if (token->len >= 2 && try_form(search, i))
            continue;
        if (token->len == 7 && search_word(search, i, "private"))
            try_private_key(search, i);
        if (token->len >= 2 && !token->claim && keyname_word(search, i) == KEY_CREDENTIAL)
            try_word(search, i);
    }
}
