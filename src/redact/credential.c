#include "redact/credential.h"

#include "redact/keyname.h"
#include "redact/value.h"

#include <string.h>

enum { FORM_LEAST = 20 }; /* bytes of a token of JSON, and of what is none of a known kind */

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
    if (value_is_open(search, from, to))
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

    if (search->token[i].sign == 'e' && search->token[i].kind == TOKEN_WORD
        && starts(search, i, "eyJ")) {
        end = token_end(search, i, "._-=+/");
        if (search_end_pos(search, end - 1) - search->token[i].pos >= FORM_LEAST) {
            take(search, i, end, RULE_GRAMMAR, 97);
            return true;
        }
    }
    if (search->token[i].kind == TOKEN_WORD && !search->token[i + 1].gap
        && (search->token[i + 1].kind == TOKEN_NUMBER
            || (search->token[i + 1].kind == TOKEN_SIGN
                && strchr("_-.", search->token[i + 1].sign)))
        && (search->token[i].gap || (i > 0 && search->token[i - 1].kind == TOKEN_SIGN)))
        for (size_t k = 0; k < COUNT(heads); k++)
            if (heads[k][0] == (char)search->token[i].sign && starts(search, i, heads[k])) {
                end = token_end(search, i, "_-.=");
                if (search_end_pos(search, end - 1) - search->token[i].pos >= 16
                    && (value_is_random(search, i, end) || k < 2)) {
                    take(search, i, end, RULE_GRAMMAR, 96);
                    return true;
                }
            }
    if (search->token[i].kind == TOKEN_SIGN)
        for (size_t k = 0; k < COUNT(hashes); k++)
            if (hashes[k][0] == (char)search->token[i].sign && starts(search, i, hashes[k])) {
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

    for (; k < search->count && search_tied(search, k) && k - colon < 40; k++) {
        if (search_sign(search, k, '/') || search_sign(search, k, '"')
            || search_sign(search, k, '<'))
            return;
        if (search_sign(search, k, ':') && !second)
            second = k;
        if (search_sign(search, k, '@'))
            break;
    }
    for (uint32_t more = k + 1;
         more < search->count && search_tied(search, more) && more - colon < 40; more++) {
        if (search_sign(search, more, '/') || search_sign(search, more, '"')
            || search_sign(search, more, '?'))
            break;
        if (search_sign(search, more, '@'))
            k = more;
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

/* How much a word promises a secret behind it. */
enum cue { CUE_NONE = 0, CUE_WEAK = 1, CUE_CODE = 2, CUE_STRONG = 4 };

/* "foutcode 4012", "source code", "QR-code": what kinds of code are no secret. */
static bool is_open_code(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "error", "fout", "exit", "status", "result", "response",
        "http", "return", "country", "land", "product", "zip", "source", "bron", "qr", "bar",
        "streep", "remote", "arbitrary", "malicious", "open", "php", "java", "javascript", "shell",
        "exploit", "colour", "color", "of", "type", "reason", "reden", "het", "own", "html" };

    return search_one_of(search, i, words, COUNT(words));
}

/* What is locked, or locks: a secret may follow, if it looks like one. */
bool credential_thing_word(const char *word)
{
    static const char *const things[26] = {
        ['b' - 'a'] = "badge",
        ['d' - 'a'] = "deur",
        ['h' - 'a'] = "hoofdsleutel hek",
        ['k' - 'a'] = "key kelder",
        ['p' - 'a'] = "poort",
        ['s' - 'a'] = "sleutel slot",
        ['w' - 'a'] = "wifi wachtw",
    };

    return search_listed(word, things);
}

static bool is_thing(const struct search *search, uint32_t i)
{
    return i < search->count && search->token[i].uses & USE_THING;
}

/* What the word at `word` is for the words around it. */
static enum cue cue_of(const struct search *search, uint32_t word)
{
    static const char *const strong[] = { "ww", "pw", "pwd", "pass", "passphrase", "passwd",
        "wachtzin", "wachtwrd", "wachtw", "codewoord", "passwort", "psk", "wifikey", "paswoord" };
    static const char *const numbers[] = { "pin", "kluis", "kluisje", "sleutelkluisje",
        "sleutelkluis", "sleutelkastje", "sleutelkast", "codekluis", "otp", "tan", "puk", "alarm",
        "codeslot", "cijferslot", "pincodes", "kast" };
    const struct token *token = &search->token[word];
    bool joined = word > 1 && !token->gap && search_sign(search, word - 1, '-')
        && !search->token[word - 1].gap && search->token[word - 2].kind == TOKEN_WORD;

    if (search_word(search, word, "cookie"))
        return CUE_NONE;
    /* names of headers and parameters are no words of a sentence */
    if (word + 1 < search->count && !search->token[word + 1].gap
        && search->token[word + 1].kind == TOKEN_SIGN
        && strchr("_-&[{=", search->token[word + 1].sign))
        return CUE_NONE;
    if (!token->gap && word > 0 && search->token[word - 1].kind == TOKEN_SIGN
        && strchr("_/.$&?-", search->token[word - 1].sign)
        && !(joined && token->shape == SHAPE_LOWER))
        return CUE_NONE;
    if (search_one_of(search, word, strong, COUNT(strong)) || search_starts(search, word, "passw")
        || search_starts(search, word, "wachtwo") || search_ends(search, word, "wachtwoord")
        || search_ends(search, word, "password"))
        return CUE_STRONG;
    if (is_thing(search, word) && !search_word(search, word, "wachtw"))
        return CUE_WEAK;
    if (search_word(search, word, "code") && search_word(search, word + 1, "word"))
        return CUE_STRONG;
    if (search_word(search, word, "code"))
        return joined                                    ? CUE_STRONG
            : word > 0 && is_open_code(search, word - 1) ? CUE_NONE
                                                         : CUE_CODE;
    if (search_one_of(search, word, numbers, COUNT(numbers)) || search_ends(search, word, "code")
        || search_ends(search, word, "pin"))
        return CUE_STRONG;
    return CUE_WEAK;
}

static bool is_weak_password(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "admin", "changeme", "password", "wachtwoord", "welkom",
        "welcome", "guest", "gast", "test", "demo", "root", "secret", "geheim", "letmein", "qwerty",
        "toor", "raspberry", "default", "s3cret", "tomcat", "manager", "postgres", "ubnt", "cisco",
        "jasperadmin" };

    return search_one_of(search, i, words, COUNT(words));
}

/* Of what a number counts when this word follows it: "12 tekens", "90 days". */
static bool is_unit(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "tekens", "karakters", "characters", "chars", "digits",
        "cijfers", "dagen", "days", "minuten", "minutes", "uur", "hours", "keer", "times",
        "pogingen", "attempts", "bits", "bytes", "gebruikers", "users", "accounts", "records",
        "rijen", "rows", "seconden", "seconds", "maanden", "months", "letters", "x", "bit", "sec",
        "min", "hashes", "wachtwoorden", "passwords", "regels", "lines", "medewerkers" };

    return search_one_of(search, i, words, COUNT(words));
}

/* Names of methods that look like secrets: MD5, SHA-256, AES128, WPA2, NTLMv2, base64. */
static bool is_method(const struct search *search, uint32_t from)
{
    static const char *const words[] = { "md", "sha", "aes", "wpa", "ntlm", "ntlmv", "base",
        "oauth", "tls", "ssl", "ssha", "pbkdf", "hs", "rs", "es", "ipv", "utf", "rc", "des", "crc",
        "win", "http", "ssl", "fido", "x", "iso", "rfc", "cve", "cwe", "kerberos", "mode", "argon",
        "bcrypt", "phpbb", "php", "netntlmv", "wep", "ldap", "saml", "owasp", "asvs", "nist" };

    return search_one_of(search, from, words, COUNT(words));
}

/* Capitals and digits with dashes or dots: numbers of documents, techniques, identifiers. */
static bool is_reference(const struct search *search, uint32_t from, uint32_t to)
{
    bool digits = false, signs = false;

    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];

        if (token->kind == TOKEN_WORD && token->shape != SHAPE_UPPER
            && !(token->len == 1 && view_upper(token->sign)))
            return false;
        if (token->kind == TOKEN_SIGN && !strchr("-._/#", token->sign))
            return false;
        digits |= token->kind == TOKEN_NUMBER;
        signs |= token->kind == TOKEN_SIGN;
    }
    return digits && signs;
}

/* A file, a path, an address of the web, a time, a version: no secret whatever stands before. */
static bool is_other(const struct search *search, uint32_t from, uint32_t to)
{
    const struct token *token = &search->token[from], *last = &search->token[to - 1];

    if (search_word(search, from, "s") && search_sign(search, from + 1, '-')
        && search->token[from + 2].kind == TOKEN_NUMBER)
        return true; /* S-1-5-21-...: an identifier of Windows */
    if (search_sign(search, from, '/') || search_sign(search, from, '<')
        || search_sign(search, from, '{')
        || (search_sign(search, from + 1, ':') && search_sign(search, from + 2, '/')))
        return true;
    /* 2025-01-08T09:12 */
    if (token->kind == TOKEN_NUMBER && token->len == 4 && to - from >= 5
        && search_sign(search, from + 1, '-') && search_sign(search, from + 3, '-'))
        return true;
    if (token->kind == TOKEN_NUMBER && to - from >= 3
        && (search_sign(search, from + 1, ':') || search_sign(search, from + 1, '.'))
        && search->token[from + 2].kind == TOKEN_NUMBER)
        return true;
    for (uint32_t i = from; i + 2 < to; i++) /* example.nl, a/b, user@host */
        if (search_sign(search, i + 1, '/') && search->token[i].kind == TOKEN_WORD
            && search->token[i + 2].kind == TOKEN_WORD)
            return true;
    return to - from >= 3 && last->kind == TOKEN_WORD && last->len <= 4
        && last->shape == SHAPE_LOWER && search_sign(search, to - 2, '.')
        && search->token[to - 3].kind == TOKEN_WORD;
}

/* What the form of tokens [from, to) says for a secret, behind such a cue. */
static int shape_score(const struct search *search, uint32_t from, uint32_t to, enum cue cue)
{
    const struct token *token = &search->token[from];
    uint32_t letters = 0, digits = 0, lowers = 0, odd = 0, known = 0, words = 0;

    if (is_other(search, from, to) || value_is_nothing(search, from, to))
        return -20;
    if (value_is_random(search, from, to))
        return 8;
    for (uint32_t i = from; i < to; i++) {
        const struct token *part = &search->token[i];

        odd += part->kind == TOKEN_SIGN && strchr("!@#$%^&*_+~?<>=", part->sign) != NULL;
        if (part->kind == TOKEN_WORD) {
            words++;
            known += FEATURE_COMMON(part->feature) >= 4;
        }
        for (uint32_t p = part->pos; p < part->pos + part->len; p++) {
            letters += view_letter(search->view.ch[p]);
            lowers += view_letter(search->view.ch[p]) && !view_upper(search->view.ch[p]);
            digits += view_digit(search->view.ch[p]);
        }
    }
    if (letters + digits < 3)
        return -20;
    if (!letters) {
        if (to - from == 1 && token->len == 4 && cue != CUE_STRONG
            && (token->sign == '1' || token->sign == '2'))
            return 0; /* a year */
        /* 7-3-9, 4711#: keys of a lock */
        if (cue >= CUE_CODE && digits <= 8 && (odd || (to - from == 2 * digits - 1)))
            return 6;
        return cue == CUE_WEAK || digits < 4 || digits > 10 ? -6 : 5;
    }
    if (digits) {
        if (to - from <= 4 && is_method(search, from))
            return -20;
        if (is_reference(search, from, to))
            return -9;
        if (!lowers)
            return odd || digits >= 3 ? 4 : 1;
        return odd ? 7 : 6;
    }
    if (odd)
        return words == 1 || known < words ? 7 : 3;
    if (to - from > 1)
        return known ? -4 : 1;
    if (token->feature & FEATURE_NOTNAME)
        return -6;
    if (is_weak_password(search, from))
        return 3;
    if (token->shape == SHAPE_UPPER)
        return -3;
    if (token->shape == SHAPE_MIXED)
        return 3;
    return !token->feature                   ? 2
        : FEATURE_COMMON(token->feature) < 3 ? 1
        : FEATURE_COMMON(token->feature) < 5 ? -2
                                             : -6;
}

static bool is_digit_word(const struct search *search, uint32_t i)
{
    return search->token[i].kind == TOKEN_WORD
        && FEATURE_CLASS(search->token[i].feature) == CLASS_NUMBER
        && FEATURE_VALUE(search->token[i].feature) < 10;
}

/* "een-acht-acht-nul", "nine nine two one": a code in words; gives `from` when it is none. */
static uint32_t digit_words_end(const struct search *search, uint32_t from)
{
    uint32_t end = from, words = 0;

    for (uint32_t k = from; k < search->count && k - from < 20; k++) {
        if (is_digit_word(search, k)) {
            words++;
            end = k + 1;
        } else if (words
            && (search_word(search, k, "ster") || search_word(search, k, "hekje")
                || search_word(search, k, "star") || search_word(search, k, "hash")))
            end = k + 1;
        else if (search_word(search, k, "dan") || search_word(search, k, "then"))
            continue;
        else if (!search_sign(search, k, '-') && !search_sign(search, k, ','))
            break;
    }
    return words >= 4 ? end : from;
}

/* One past the candidate at `from`: a phrase in quotes, a tied run, digits in groups. */
static uint32_t secret_end(const struct search *search, uint32_t from, bool quoted, enum cue cue)
{
    uint8_t close = quoted && search->token[from - 1].sign != '(' ? search->token[from - 1].sign
                                                                  : 0;
    uint32_t end = search_tied_end(search, from);

    for (uint32_t k = from;
         close && k < search->count && k < from + 24 && search->token[k].gap < GAP_LINE; k++)
        if (search_sign(search, k, close) && !search_escaped(search, k)
            && (k + 1 >= search->count || search->token[k + 1].gap
                || search->token[k + 1].kind == TOKEN_SIGN))
            return k;
    for (uint32_t c = from + 1; c < end; c++)
        if ((search->token[c].kind == TOKEN_SIGN && strchr("\"`)=<>|;,", search->token[c].sign)
                && !search_escaped(search, c))
            || (search_sign(search, c, '&') && search_sign(search, c + 2, '=')))
            end = c;
    while (end > from + 1 && search->token[end - 1].kind == TOKEN_SIGN
        && strchr(".,;:)\"'>]}?", search->token[end - 1].sign) && !search_escaped(search, end - 1))
        end--;
    /* 7 7 4 1 */
    if (cue >= CUE_CODE && search->token[from].kind == TOKEN_NUMBER && search->token[from].len == 1
        && end == from + 1) {
        while (end < search->count && search->token[end].kind == TOKEN_NUMBER
            && search->token[end].len == 1 && search->token[end].gap <= GAP_LINE && end - from < 8)
            end++;
        return end - from >= 4 ? end : from + 1;
    }
    if (cue >= CUE_CODE && end == from + 1 && search->token[from].kind == TOKEN_NUMBER
        && search->token[from].len <= 4 && search->token[end].kind == TOKEN_NUMBER
        && search->token[end].gap == GAP_BLANK && search->token[end].len <= 4
        && search->token[end].len + search->token[from].len <= 8 && search->token[end].len >= 2
        && !is_unit(search, end + 1))
        end++;
    return end;
}

static bool ends_clause(const struct search *search, uint32_t end)
{
    return end >= search->count || search->token[end].gap >= GAP_LINE
        || (search->token[end].kind == TOKEN_SIGN
            && (strchr(",)\";", search->token[end].sign)
                || (strchr(".!?", search->token[end].sign)
                    && (end + 1 >= search->count || search->token[end + 1].gap))));
}

static bool is_link(const struct search *search, uint32_t i)
{
    static const char *const between[] = { "weer", "nu", "nog", "steeds", "still", "now", "again",
        "gewoon", "altijd", "always", "just", "simply", "ook", "also", "toch", "simpelweg" };
    static const char *const words[] = { "is", "was", "luidt", "reads", "blijft", "remains",
        "equals", "namelijk", "being", "stays", "bleef", "blijkt", "bleek" };

    for (unsigned n = 0; n < 3 && i > 0 && search_one_of(search, i, between, COUNT(between)); n++)
        i--;
    return search_one_of(search, i, words, COUNT(words));
}

enum { SECRET_NEEDED = 9, CUE_LOOK = 14 };

/* "..., X en Y": more secrets in the list that one opened. */
static void take_list(struct search *search, uint32_t to, enum cue cue)
{
    for (unsigned n = 0; n < 8; n++) {
        uint32_t from = to, end;

        from += search_sign(search, from, ',');
        if (search_word(search, from, "en") || search_word(search, from, "and")
            || search_word(search, from, "of") || search_word(search, from, "or"))
            from++;
        if (from == to || from >= search->count || search->token[from].gap != GAP_BLANK
            || search->token[from].claim)
            return;
        end = secret_end(search, from, false, cue);
        if (shape_score(search, from, end, cue) < 5 || is_unit(search, end))
            return;
        take(search, from, end, RULE_CONTEXT, 70);
        to = end;
    }
}

/*
 * "het wachtwoord van de beamer is nog steeds X", "pincode 4711": the candidate behind the cue that
 * form and the words between speak for most.
 */
static bool take_behind(struct search *search, uint32_t word, enum cue cue)
{
    uint32_t best_from = 0, best_end = 0;
    int best = SECRET_NEEDED - 1, cost = 0;

    for (uint32_t k = word + 1, n = 0; k < search->count && n < CUE_LOOK; n++) {
        const struct token *token = &search->token[k];
        bool sign = token->kind == TOKEN_SIGN, quoted;
        uint32_t end;
        int score;

        if (token->gap >= GAP_PARAGRAPH || token->sign == FOLD_MARK
            || token->claim == REDACT_CREDENTIAL || search_sign(search, k, '|')
            || search_sign(search, k, '@'))
            break;
        if (token->gap >= GAP_LINE)
            cost += search_sign(search, k - 1, ':') || search_sign(search, k - 1, '=') ? 1 : 3;
        if (search_sign(search, k, '.') && search->token[k + 1].gap)
            break;
        if (sign && !strchr("!#$%^&*", token->sign)) {
            cost += search_sign(search, k, ';') ? 4
                : search_sign(search, k, '?')   ? 3
                : search_sign(search, k, ',')   ? 1
                                                : 0;
            k++;
            continue;
        }
        /* kleur@Z4nd looks like the prompt of a shell */
        if (token->guard == GUARD_HARD
            || (token->claim
                && !(token->claim == REDACT_HANDLE && search_sign(search, k + 1, '@')))) {
            k++;
            continue;
        }
        quoted = !token->gap && search->token[k - 1].kind == TOKEN_SIGN
            && strchr("\"'(`", search->token[k - 1].sign);
        end = digit_words_end(search, k);
        if (end > k
            && (cue >= CUE_CODE || search_sign(search, k - 1, ':')
                || search_sign(search, k - 1, '=')))
            score = 6;
        else {
            end = secret_end(search, k, quoted && cue == CUE_STRONG, cue);
            score = shape_score(search, k, end, cue);
            if (quoted && cue == CUE_STRONG && score > -9 && score < 4 && k - word <= 4
                && end - k <= 10)
                score = end - k == 1 && FEATURE_COMMON(token->feature) >= 5 ? 1 : 4;
        }
        score += (int)cue - cost + ends_clause(search, end);
        if (token->gap >= GAP_LINE && !search_sign(search, k - 1, ':')
            && !search_sign(search, k - 1, '=') && end < search->count
            && search->token[end].gap < GAP_LINE)
            score -= 9; /* the start of another line, not its only word */
        if (quoted || (search_sign(search, k - 1, ':') && token->gap <= GAP_LINE)
            || search_sign(search, k - 1, '=') || is_link(search, k - 1))
            score += 3;
        else if (k == word + 1)
            score += search->token[word].len <= 3 && cue == CUE_STRONG && ends_clause(search, end)
                    && score > 0
                ? 5
                : 2;
        if (token->kind == TOKEN_NUMBER
            && (is_unit(search, end) || token->key == KEY_NOT
                || (search_sign(search, end, '/') && !search->token[end].gap)))
            score -= 9;
        /* "(s=selector1)": the pair has a key of its own */
        if (search_sign(search, k - 1, '=') && k > word + 2
            && search->token[k - 2].kind == TOKEN_WORD && !search->token[k - 1].gap)
            score -= 6;
        if (end < search->count && !search->token[end].gap
            && (search_sign(search, end, ':') || search_sign(search, end, '='))
            && !value_is_random(search, k, end))
            score -= 9; /* it is a key itself */
        if (score > best) {
            best = score;
            best_from = k;
            best_end = end;
        }
        if (is_thing(search, k))
            cost--;
        else if (!is_filler(search, k) && FEATURE_COMMON(token->feature) < 6)
            cost++;
        k = end > k ? end : k + 1;
    }
    if (best < SECRET_NEEDED)
        return false;
    take(search, best_from, best_end, RULE_CONTEXT, best > 12 ? 86 : best > 10 ? 76 : 66);
    take_list(search, best_end, cue);
    return true;
}

/* "met X als wachtwoord", "X is het wachtwoord", "X as the PIN" */
static void take_before(struct search *search, uint32_t word, enum cue cue)
{
    uint32_t k = word, from, end;

    while (k > 0 && word - k < 3
        && (search_word(search, k - 1, "het") || search_word(search, k - 1, "the")
            || search_word(search, k - 1, "hun") || search_word(search, k - 1, "mijn")
            || search_word(search, k - 1, "de") || search_word(search, k - 1, "zijn")))
        k--;
    if (k < 2
        || !(search_word(search, k - 1, "als") || search_word(search, k - 1, "as")
            || search_word(search, k - 1, "is")))
        return;
    end = k - 1;
    while (end > 1 && search->token[end - 1].kind == TOKEN_SIGN
        && strchr("\"'`)", search->token[end - 1].sign))
        end--;
    from = search_glued_start(search, end - 1);
    while (from < end && search->token[from].kind == TOKEN_SIGN
        && strchr("\"'`(", search->token[from].sign))
        from++;
    for (uint32_t i = from; i < end; i++)
        if (search->token[i].claim || search->token[i].sign == FOLD_MARK)
            return;
    if (from < end && shape_score(search, from, end, cue) + (int)cue >= SECRET_NEEDED)
        take(search, from, end, RULE_CONTEXT, 74);
}

static void try_word(struct search *search, uint32_t word)
{
    enum cue cue = cue_of(search, word);

    if (cue && !take_behind(search, word, cue))
        take_before(search, word, cue);
}

static bool is_account(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "admin", "administrator", "root", "guest", "gast", "test",
        "demo", "user", "sa", "sysadmin", "beheer", "beheerder", "manager", "operator", "tomcat",
        "postgres", "oracle", "mysql", "pi", "ubnt", "cisco", "setup", "installer", "support",
        "jasperadmin", "elastic", "weblogic", "system" };

    return search_one_of(search, i, words, COUNT(words));
}

/* A word for logging in shortly before. */
static bool after_login_word(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "login", "inloggen", "account", "accounts", "credentials",
        "inloggegevens", "creds", "logged", "ingelogd", "combinatie", "logins", "wachtwoord",
        "password", "passwords", "wachtwoorden", "inlog" };

    for (uint32_t k = i > 10 ? i - 10 : 0; k < i; k++)
        if (search_one_of(search, k, words, COUNT(words)))
            return true;
    return false;
}

/* "setup / Boekenwurm7", "admin/changeme", "curl -u name:word", "ZANDMEER\\jan : word" */
static void try_login_pair(struct search *search, uint32_t slash)
{
    uint32_t left = slash - 1, right = slash + 1, end, from, before;
    const struct token *sign = &search->token[slash];
    bool spaced = sign->gap == GAP_BLANK && search->token[right].gap == GAP_BLANK, secret, option;

    if (right >= search->count || search->token[left].kind == TOKEN_SIGN
        || search->token[right].gap >= GAP_LINE
        || (!spaced && (sign->gap || search->token[right].gap)))
        return;
    if (search_sign(search, right, '/') || search_sign(search, slash - 1, '/'))
        return;
    from = search_glued_start(search, left);
    while (from < left && search->token[from].kind == TOKEN_SIGN)
        from++;
    end = run_end(search, right);
    for (uint32_t k = right; k < end; k++)
        if (search->token[k].sign == FOLD_MARK || search->token[k].claim
            || (k > right && search_sign(search, k, '@') && sign->sign == ':' && !spaced
                && search->token[from].guard))
            return;
    secret = value_is_secret(search, right, end) && !search_sign(search, right, '*');
    /* "m.elkhalfi : Zandmeer2025?": the line ends with it */
    if (secret && spaced && sign->sign == ':' && search_sign(search, end, '?')
        && !search->token[end].gap && end + 1 < search->count
        && search->token[end + 1].gap >= GAP_LINE)
        end++;
    if (search->token[right].kind == TOKEN_NUMBER
        && ((end - right == 1 && search->token[right].len < 4)
            || search_sign(search, right + 1, ':')))
        return;
    before = from
        - (from > 0 && search->token[from - 1].kind == TOKEN_SIGN
            && strchr("'\"", search->token[from - 1].sign) && !search->token[from].gap);
    option = before > 1 && search->token[before].gap && search_word(search, before - 1, "u")
        && search_sign(search, before - 2, '-') && !search->token[before - 1].gap;
    if (spaced) {
        bool clause = search_sign(search, end, '.') || search_sign(search, end, ')')
            || search_sign(search, end, ',') || search->token[end].gap >= GAP_LINE
            || search_word(search, end, "and") || search_word(search, end, "en");
        bool handle = search->token[left].claim == REDACT_HANDLE;

        if (!handle && !is_account(search, left)
            && !(search->token[left].feature & (FEATURE_ROLE | FEATURE_TECH) && sign->sign == '/'
                && after_login_word(search, left))
            && !(after_login_word(search, from) && sign->sign == '/'
                && value_is_handle(search, from, slash))
            && !(from < left && secret && value_is_handle(search, from, slash)
                && shape_score(search, right, end, CUE_STRONG) >= 6))
            return;
        if (sign->sign == ':' && !handle && !secret)
            return;
        if (!secret
            && !(end - right == 1 && clause
                && (is_weak_password(search, right)
                    || search->token[right].hash == search->token[left].hash
                    || (handle && FEATURE_COMMON(search->token[right].feature) < 5))))
            return;
    } else {
        if (search->token[left].guard || (left > 0 && from < left && !option))
            return;
        if (left > 0 && !search->token[left].gap && !option
            && !strchr("(\"'`", search->token[left - 1].sign))
            return;
        if (!option && !is_account(search, left) && search->token[left].claim != REDACT_HANDLE)
            return;
        if (search_sign(search, right + 1, '/') || search_sign(search, right + 1, '=')
            || (!secret && !(end - right == 1 && is_weak_password(search, right))))
            return;
        if (sign->sign == '/' && !is_weak_password(search, right)
            && !after_login_word(search, left))
            return;
        /* postgres:9.6-alpine */
        if (search->token[right].kind == TOKEN_NUMBER && search_sign(search, right + 1, '.'))
            return;
    }
    take(search, right, end, RULE_CONTEXT, 80);
    if ((spaced || option) && !search->token[left].claim && value_is_handle(search, from, slash))
        search_claim(search, from, slash, REDACT_HANDLE, RULE_CONTEXT, 75, GUARD_SOFT);
}

/* What is long and without sense and still no secret, by the word before it. */
static bool is_digest_word(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "hash", "sha", "md", "md5", "integrity", "etag", "nonce",
        "csrf", "xsrf", "fingerprint", "vingerafdruk", "commit", "boundary", "viewstate", "rsa",
        "cert", "certificate", "certificaat", "dkim", "serial", "message", "checksum", "digest",
        "pubkey", "publickey", "public", "nonces", "challenge", "match", "trace", "traceparent",
        "request", "correlation", "reqid", "requestid", "traceid", "correlationid", "sessionindex",
        "revision", "build", "guid", "uuid", "eventvalidation", "ssh", "key256" };

    return search_one_of(search, i, words, COUNT(words));
}

/* A program that takes a password behind -p without a blank. */
static bool behind_client(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "mysql", "mysqldump", "mariadb", "mysqladmin", "sshpass",
        "redis", "mysqlimport" };

    for (uint32_t k = i, n = 0; k > 0 && n < 10 && search->token[k].gap < GAP_LINE; k--, n++)
        if (search_one_of(search, k - 1, words, COUNT(words)))
            return true;
    return false;
}

/* mysqldump -p'word', mysql -pword, sshpass -p word */
static void try_option(struct search *search, uint32_t dash)
{
    uint32_t p = dash + 1, from = p + 1, end;
    const struct token *token = &search->token[p];

    if (token->kind != TOKEN_WORD || token->gap || !search->token[dash].gap
        || (token->sign != 'p' && token->sign != 'w') || from >= search->count)
        return;
    if (token->len > 1 || (!search->token[from].gap && search->token[from].kind != TOKEN_SIGN)) {
        end = search_tied_end(search, p);
        if (token->sign == 'p' && behind_client(search, dash) && end > p + (token->len == 1))
            take(search, p, end, RULE_CONTEXT, 82);
        return;
    }
    if (search_sign(search, from, '\'') || search_sign(search, from, '"')) {
        uint8_t quote = search->token[from].sign;

        for (end = ++from;
             end < search->count && end - from < 40 && !search_sign(search, end, quote); end++)
            ;
        if (end < search->count && end > from)
            take(search, from, end, RULE_CONTEXT, 88);
        return;
    }
    if (search->token[from].gap == GAP_BLANK) {
        end = run_end(search, from);
        if (value_is_secret(search, from, end) && search->token[from].kind == TOKEN_WORD
            && !search_sign(search, from + 1, '/') && !search_sign(search, from + 1, '.'))
            take(search, from, end, RULE_CONTEXT, 85);
    }
}

/* jan@example.nl:word, aad3b435...:hash, "Invalid user word!1 from": what only its place tells */
static void try_place(struct search *search, uint32_t i)
{
    uint32_t end;

    /* behind the address that it opens */
    if ((search_sign(search, i, ':') || search_sign(search, i, ';')) && i > 0
        && !search->token[i].gap && search->token[i - 1].claim == REDACT_EMAIL
        && search->token[i + 1].kind != TOKEN_SIGN && !search->token[i + 1].gap) {
        end = search_tied_end(search, i + 1);
        while (end > i + 2 && search->token[end - 1].kind == TOKEN_SIGN
            && strchr(".,;)\"'>", search->token[end - 1].sign))
            end--;
        if (shape_score(search, i + 1, end, CUE_STRONG) >= 5 && !search_sign(search, i + 2, '/'))
            take(search, i + 1, end, RULE_CONTEXT, 76);
        return;
    }
    /* jdbc:oracle:thin:jan/word@10.0.0.1 */
    if (search_sign(search, i, '/') && i > 2 && !search->token[i].gap
        && !search->token[i + 1].gap) {
        uint32_t from = i, at;

        while (from > 0 && i - from < 8 && !search->token[from].gap
            && !search_sign(search, from - 1, ':'))
            from--;
        end = search_tied_end(search, i + 1);
        for (at = i + 1; at < end && !search_sign(search, at, '@'); at++)
            ;
        if (from > 1 && search_word(search, from - 2, "thin") && at < end && at > i + 1) {
            take(search, i + 1, at, RULE_GRAMMAR, 90);
            if (value_is_handle(search, from, i))
                search_claim(search, from, i, REDACT_HANDLE, RULE_GRAMMAR, 80, GUARD_HARD);
        }
        return;
    }
    /* a hash behind a name, and not behind the name of its method */
    if (search_sign(search, i, ':') && i > 0 && !search->token[i].gap && !search->token[i + 1].gap
        && search->token[i + 1].kind != TOKEN_SIGN) {
        uint32_t first = search->token[i + 1].pos, p = first;

        while (p < search->view.len && p - first < 129
            && (view_digit(search->view.ch[p])
                || ((search->view.ch[p] | 32) >= 'a' && (search->view.ch[p] | 32) <= 'f')))
            p++;
        if ((p - first != 32 && p - first != 40 && p - first != 64 && p - first != 128)
            || memcmp(search->view.ch + first, "aad3b435b51404ee", 16) == 0 /* LM: empty */
            || memcmp(search->view.ch + first, "31d6cfe0d16ae931", 16) == 0 /* NT: empty */)
            return;
        if (is_method(search, i - 1) || is_digest_word(search, i - 1)
            || (search->token[i - 1].kind == TOKEN_NUMBER && i > 1 && is_method(search, i - 2)))
            return;
        for (end = i + 1; end < search->count && search->token[end].pos < p; end++)
            ;
        if (end >= search->count || search->token[end].gap || search->token[end].kind == TOKEN_SIGN)
            take(search, i + 1, end, RULE_CONTEXT, 78);
        return;
    }
    /* sshd: somebody wrote the word where the name belongs */
    if (search_word(search, i, "user") && i > 0 && search_word(search, i - 1, "invalid")
        && search->token[i + 1].gap == GAP_BLANK && search->token[i + 1].kind == TOKEN_WORD) {
        end = search_tied_end(search, i + 1);
        if (search_word(search, end, "from") && shape_score(search, i + 1, end, CUE_STRONG) >= 7)
            take(search, i + 1, end, RULE_CONTEXT, 70);
    }
}

/* login?u=jan&p=word: two short names that tell only together */
static void try_query_pair(struct search *search, uint32_t equals)
{
    uint32_t user = equals + 1, to = user, from, end;

    if (equals < 2 || !search_word(search, equals - 1, "u") || search->token[user].gap
        || !strchr("?&", search->token[equals - 2].sign))
        return;
    while (to < search->count && !search->token[to].gap && !search_sign(search, to, '&'))
        to++;
    if (!search_sign(search, to, '&') || !search_word(search, to + 1, "p")
        || !search_sign(search, to + 2, '=') || search->token[to + 3].gap)
        return;
    from = end = to + 3;
    while (end < search->count && search_tied(search, end) && !search_sign(search, end, '&'))
        end++;
    take(search, from, end, RULE_CONTEXT, 85);
    if (value_is_handle(search, user, to))
        search_claim(search, user, to, REDACT_HANDLE, RULE_CONTEXT, 85, GUARD_HARD);
}

/* Welkom-0219, Zomer2024!, Zandmeer2025!: what people choose when they must choose something */
static bool try_habit(struct search *search, uint32_t i)
{
    static const char *const words[] = { "welkom", "zomer", "winter", "lente", "herfst", "summer",
        "spring", "autumn", "password", "wachtwoord", "welcome", "geheim", "qwerty" };
    const struct token *number = &search->token[i + 1];
    uint32_t end;

    if (i > 0 && !search->token[i].gap
        && (search->token[i - 1].kind != TOKEN_SIGN || strchr("/-_.?&", search->token[i - 1].sign)))
        return false;
    if (number->gap)
        return false;
    end = run_end(search, i);
    if (end < search->count && !search->token[end].gap && strchr("!?", search->token[end].sign)
        && search->token[end].kind == TOKEN_SIGN)
        end++;
    if (search_one_of(search, i, words, COUNT(words))) {
        if (number->kind == TOKEN_SIGN ? !strchr("-_@!#.", number->sign)
                    || search->token[i + 2].kind != TOKEN_NUMBER || search->token[i + 2].gap
                                       : number->kind != TOKEN_NUMBER)
            return false;
        if (end - i > 5)
            return false;
        take(search, i, end, RULE_GRAMMAR, 78);
        return true;
    }
    /* Zandmeer2025! */
    if (search->token[i].shape == SHAPE_CAPITAL && search->token[i].len > 3
        && number->kind == TOKEN_NUMBER && (number->len == 4 || number->len == 2)
        && (search_sign(search, i + 2, '!') || search_sign(search, i + 2, '*')
            || search_sign(search, i + 2, '#') || search_sign(search, i + 2, '$'))
        && !search->token[i + 2].gap) {
        take(search, i, i + 3, RULE_GRAMMAR, 70);
        return true;
    }
    return false;
}

/* An armored private key in a report, from its BEGIN line to its END line. */
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

/* SQL: IDENTIFIED BY 'x' */
static void try_identified(struct search *search, uint32_t from)
{
    uint32_t end = from;

    while (end < search->count && end - from < 40 && !search_sign(search, end, '\''))
        end++;
    if (end < search->count && end > from)
        take(search, from, end, RULE_CONTEXT, 92);
}

/* "/T0qQD0nFWL/" before a secret part of a path: small letters, capitals and digits mixed */
static uint32_t path_part(const struct search *search, uint32_t from)
{
    bool lower = false, upper = false, digit = false;
    uint32_t start = from - 1;

    if (from < 3 || search->token[from].gap || !search_sign(search, from - 1, '/'))
        return from;
    while (start > 0 && from - start < 12 && !search->token[start].gap
        && search->token[start - 1].kind != TOKEN_SIGN && !search->token[start - 1].claim)
        start--;
    if (start == 0 || search->token[start].gap || !search_sign(search, start - 1, '/')
        || search->token[from - 1].pos - search->token[start].pos < 8)
        return from;
    for (uint32_t p = search->token[start].pos; p < search->token[from - 1].pos; p++) {
        uint8_t c = search->view.ch[p];

        digit |= view_digit(c);
        upper |= view_upper(c);
        lower |= view_letter(c) && !view_upper(c);
    }
    return lower && upper && digit ? start : from;
}

/* /reset/TOKEN, /share/8fj2k3lsdf93jfkd: a part of a path that opens something */
static void try_path(struct search *search, uint32_t slash)
{
    static const char *const openers[] = { "reset", "share", "deel", "delen", "shared", "invite",
        "uitnodiging", "token", "activate", "activeren", "activatie", "verify", "verificatie",
        "magic", "unsubscribe", "afmelden", "ics", "feed", "private", "calendar", "kalender",
        "link", "s", "d", "download", "p", "hooks", "webhook", "services", "confirm", "bevestig",
        "bevestigen", "login", "sso", "session", "sessie", "key", "wachtwoord", "herstel",
        "inloglink", "t", "webhooks", "hook", "r", "i", "u", "view", "bericht", "message" };
    uint32_t from = slash + 1, end = from, letters = 0, digits = 0, uppers = 0;
    bool mixed;
    bool opens = search_one_of(search, slash - 1, openers, COUNT(openers));

    /* hooks of chat programs: all that follows */
    if (search_word(search, slash - 1, "services") && slash > 2 && !search->token[from].gap) {
        uint32_t last = from, to = search_glued_end(search, from);

        for (uint32_t k = from; k < to; k++) {
            if (search->token[k].kind == TOKEN_SIGN && !strchr("/_-", search->token[k].sign))
                to = k;
            else if (search_sign(search, k, '/'))
                last = k + 1;
        }
        if (last > from && last < to && search->token[from].sign == 'T'
            && value_is_random(search, last, to)) {
            take(search, from, to, RULE_GRAMMAR, 90);
            return;
        }
    }
    if (slash < 2 || search->token[from].gap || search->token[slash].gap
        || search->token[from].kind == TOKEN_SIGN || search->token[from].claim)
        return;
    while (end < search->count && !search->token[end].gap
        && (search->token[end].kind != TOKEN_SIGN || strchr("-_~", search->token[end].sign)))
        end++;
    for (uint32_t p = search->token[from].pos; p < search_end_pos(search, end - 1); p++) {
        letters += view_letter(search->view.ch[p]);
        digits += view_digit(search->view.ch[p]);
        uppers += view_upper(search->view.ch[p]);
    }
    mixed = uppers && uppers < letters && digits;
    if (letters + digits < (opens ? 10 : 24) || !digits || !letters
        || !(value_is_random(search, from, end) || (opens && mixed && end - from >= 3))
        || (search_sign(search, end, '.') && !search->token[end + 1].gap))
        return;
    /* a hash of a file, a UUID of an object */
    if (!opens && (!uppers || uppers == letters))
        return;
    for (uint32_t i = from; i < end; i++)
        if (search->token[i].claim)
            return;
    for (uint32_t part = path_part(search, from); part < from; part = path_part(search, from))
        from = part;
    take(search, from, end, RULE_GRAMMAR, 68);
}

/* A value without sense in a query string, behind a name that tells nothing. */
static void try_query_value(struct search *search, uint32_t equals)
{
    uint32_t from = equals + 1, end = from, key = equals - 1;
    static const char *const harmless[] = { "hash", "sha", "md5", "etag", "commit", "fingerprint",
        "csrf", "csrftoken", "nonce", "sha256", "v", "ver", "digest", "integrity", "boundary",
        "authenticity", "viewstate", "id", "serial", "checksum", "rev" };

    if (equals < 2 || search->token[key].kind != TOKEN_WORD || search->token[from].gap)
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
    if (end <= from
        || search_end_pos(search, end - 1) - search->token[from].pos
            < (search_sign(search, key - 1, '?') || search_sign(search, key - 1, '&') ? 16u : 20u)
        || !value_is_random(search, from, end))
        return;
    for (uint32_t k = from; k < end; k++)
        if (search->token[k].claim)
            return;
    take(search, from, end, RULE_GRAMMAR, 70);
}

/* A long run of small letters, capitals and digits, whatever stands before: a token of some kind.
 */
static void try_blob(struct search *search, uint32_t from)
{
    uint32_t end = from, lowers = 0, uppers = 0, digits = 0, slashes = 0;

    if (!search->token[from].gap && from > 0 && !search_word(search, from - 1, "bot")
        && (search->token[from - 1].kind != TOKEN_SIGN
            || !strchr("\"'`=:(<>[,", search->token[from - 1].sign)))
        return;
    while (end < search->count && end - from < 400 && (end == from || !search->token[end].gap)
        && !search->token[end].claim && search->token[end].guard != GUARD_HARD
        && (search->token[end].kind != TOKEN_SIGN || strchr("-_:+/=~", search->token[end].sign))) {
        /* a key and its value; padding ends it */
        if (search_sign(search, end, '=') && end > from && search->token[end + 1].kind != TOKEN_SIGN
            && !search->token[end + 1].gap)
            return;
        if (search_sign(search, end, '/') && from > 0 && search_word(search, from - 1, "bot"))
            break;
        slashes += search_sign(search, end, '/');
        end++;
    }
    while (end > from && search->token[end - 1].kind == TOKEN_SIGN
        && search->token[end - 1].sign != '=')
        end--;
    if (end <= from || search->token[end].claim
        || search_end_pos(search, end - 1) - search->token[from].pos < FORM_LEAST
        || (!search->token[end].gap && !search->token[end + 1].gap
            && search->token[end].kind == TOKEN_SIGN && strchr(".@", search->token[end].sign)))
        return;
    for (uint32_t p = search->token[from].pos; p < search_end_pos(search, end - 1); p++) {
        uint8_t c = search->view.ch[p];

        digits += view_digit(c);
        uppers += view_upper(c);
        lowers += view_letter(c) && !view_upper(c);
    }
    if (search_word(search, from - (from > 0), "bot") && digits > 8)
        ; /* 7012802649:AAj...: a bot of Telegram, inside a path */
    else if (digits < (search_sign(search, end - 1, '=') ? 2u : 3u) || uppers < 4 || lowers < 4
        || slashes > 2 || search->token[from].guard || !value_is_random(search, from, end))
        return;
    for (uint32_t k = from, n = 0; k > 0 && n < 5 && search->token[k].gap < GAP_PARAGRAPH; k--, n++)
        if (is_digest_word(search, k - 1))
            return;
    take(search, from, end, RULE_GRAMMAR, 64);
}

void credential_find_userinfo(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++)
        if (search_sign(search, i, ':') && search_sign(search, i + 1, '/')
            && search_sign(search, i + 2, '/'))
            try_userinfo(search, i);
}

void credential_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        bool lone; /* a token to which nothing is tied, too short to be more than a word */

        if (token->kind == TOKEN_SIGN) {
            if (token->sign == '$' || token->sign == '{')
                try_form(search, i);
            else if ((token->sign == '/' || token->sign == ':') && i > 0) {
                try_login_pair(search, i);
                if (token->sign == '/') {
                    try_path(search, i);
                    try_place(search, i);
                }
            } else if (token->sign == '=' && i > 0) {
                try_query_pair(search, i);
                try_query_value(search, i);
            } else if (token->sign == '-')
                try_option(search, i);
            if (token->sign == ':' || token->sign == ';')
                try_place(search, i);
            continue;
        }
        if (token->claim == REDACT_CREDENTIAL)
            continue;
        lone = token[1].gap && token->len < FORM_LEAST;
        if (!lone
            && (token->gap || (i > 0 && search->token[i - 1].kind == TOKEN_SIGN)
                || (i > 0 && token->len >= 8 && search_word(search, i - 1, "bot"))))
            try_blob(search, i);
        if (token->kind != TOKEN_WORD)
            continue;
        if (!lone && token->len >= 2 && (try_form(search, i) || try_habit(search, i)))
            continue;
        if (token->len == 10 && search_word(search, i, "identified")
            && search_word(search, i + 1, "by") && search_sign(search, i + 2, '\''))
            try_identified(search, i + 3);
        if (token->len == 4 && search_word(search, i, "user"))
            try_place(search, i);
        if (token->len == 7 && search_word(search, i, "private"))
            try_private_key(search, i);
        if (token->len >= 2 && !token->claim
            && (keyname_word(search, i) == KEY_CREDENTIAL || is_thing(search, i)))
            try_word(search, i);
    }
}
