#include "redact/keyname.h"

#include "redact/lexicon.h"

#include <string.h>

enum { PARTS_MOST = 10, PART_LONGEST = 40 };

struct parts {
    uint8_t text[PARTS_MOST][PART_LONGEST];
    uint8_t len[PARTS_MOST];
    uint32_t count;
};

#define ENDING(text, key)                                                                          \
    {                                                                                              \
        text, sizeof(text) - 1, key                                                                \
    }

static const struct {
    char end[17];
    uint8_t len, key;
} ends[] = {
    ENDING("bestandsnaam", KEY_NOKEY),
    ENDING("testaccount", KEY_HANDLE),
    ENDING("gebruiker", KEY_HANDLE),
    ENDING("account", KEY_HANDLE),
    ENDING("accounts", KEY_HANDLE),
    ENDING("hostnaam", KEY_NOKEY),
    ENDING("domeinnaam", KEY_NOKEY),
    ENDING("bedrijfsnaam", KEY_NOKEY),
    ENDING("gebruikersnaam", KEY_HANDLE),
    ENDING("inlognaam", KEY_HANDLE),
    ENDING("username", KEY_HANDLE),
    ENDING("userid", KEY_HANDLE),
    ENDING("hostname", KEY_NOKEY),
    ENDING("filename", KEY_NOKEY),
    ENDING("wachtwoord", KEY_CREDENTIAL),
    ENDING("password", KEY_CREDENTIAL),
    ENDING("passwd", KEY_CREDENTIAL),
    ENDING("passwort", KEY_CREDENTIAL),
    ENDING("token", KEY_CREDENTIAL),
    ENDING("secret", KEY_CREDENTIAL),
    ENDING("apikey", KEY_CREDENTIAL),
    ENDING("sessionid", KEY_CREDENTIAL),
    ENDING("sessid", KEY_CREDENTIAL),
    ENDING("wachtzin", KEY_CREDENTIAL),
    ENDING("pin", KEY_CREDENTIAL),
    ENDING("kluisje", KEY_CREDENTIAL),
    ENDING("sleutelkluis", KEY_CREDENTIAL),
    ENDING("code", KEY_CREDENTIAL),
    ENDING("ipadres", KEY_IP),
    ENDING("macadres", KEY_MAC),
    ENDING("mailadres", KEY_EMAIL),
    ENDING("emailadres", KEY_EMAIL),
    ENDING("straatnaam", KEY_ADDRESS),
    ENDING("straat", KEY_ADDRESS),
    ENDING("adres", KEY_ADDRESS),
    ENDING("address", KEY_ADDRESS),
    ENDING("huisnummer", KEY_HOUSENR),
    ENDING("postcode", KEY_POSTCODE),
    ENDING("plaatsnaam", KEY_PLACE),
    ENDING("plaats", KEY_PLACE),
    ENDING("telefoonnummer", KEY_PHONE),
    ENDING("telefoonnr", KEY_PHONE),
    ENDING("telefoon", KEY_PHONE),
    ENDING("telnr", KEY_PHONE),
    ENDING("phone", KEY_PHONE),
    ENDING("geboortedatum", KEY_DOB),
    ENDING("rekeningnummer", KEY_IBAN),
    ENDING("rekening", KEY_IBAN),
    ENDING("kenteken", KEY_PLATE),
    ENDING("paspoortnummer", KEY_IDDOC),
    ENDING("rijbewijsnummer", KEY_IDDOC),
    ENDING("ordernummer", KEY_NOT),
    ENDING("dossiernummer", KEY_NOT),
    ENDING("zaaknummer", KEY_NOT),
    ENDING("factuurnummer", KEY_NOT),
    ENDING("volgnummer", KEY_NOT),
    ENDING("achternaam", KEY_PERSON),
    ENDING("voornaam", KEY_PERSON),
    ENDING("voornamen", KEY_PERSON),
    ENDING("persoonsnaam", KEY_PERSON),
    ENDING("familienaam", KEY_PERSON),
    ENDING("lastname", KEY_PERSON),
    ENDING("firstname", KEY_PERSON),
    ENDING("fullname", KEY_PERSON),
    ENDING("surname", KEY_PERSON),
    ENDING("houder", KEY_PERSON),
    ENDING("holder", KEY_PERSON),
    ENDING("contactpersoon", KEY_PERSON),
    ENDING("aanvrager", KEY_PERSON),
    ENDING("bewoner", KEY_PERSON),
    ENDING("behandelaar", KEY_PERSON),
    ENDING("eigenaar", KEY_PERSON),
    ENDING("nummer", KEY_NONE),
    ENDING("naam", KEY_PERSON),
    ENDING("mail", KEY_EMAIL),
};

static void split(const struct search *search, uint32_t from, uint32_t to, struct parts *parts)
{
    parts->count = 0;
    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];
        uint32_t n = 0;

        if (token->kind != TOKEN_WORD)
            continue;
        for (uint32_t k = 0; k <= token->len; k++) {
            uint8_t c = k < token->len ? search->view.ch[token->pos + k] : 0;
            bool hump = k && k < token->len && view_upper(c)
                && !view_upper(search->view.ch[token->pos + k - 1]);

            if ((k == token->len || hump) && n) {
                parts->len[parts->count] = (uint8_t)n;
                if (++parts->count == PARTS_MOST)
                    return;
                n = 0;
            }
            if (k < token->len && n < PART_LONGEST)
                parts->text[parts->count][n++] = view_lower(c);
        }
    }
}

static enum key key_of_bytes(const uint8_t *text, size_t len)
{
    return FEATURE_KEY(lexicon_word(text, len));
}

/* Parts [from, count) joined: "date of birth" is "dateofbirth". */
static enum key key_joined(const struct parts *parts, uint32_t from, uint32_t to)
{
    uint8_t text[PARTS_MOST * PART_LONGEST];
    size_t len = 0;

    for (uint32_t i = from; i < to; i++) {
        memcpy(text + len, parts->text[i], parts->len[i]);
        len += parts->len[i];
    }
    return key_of_bytes(text, len);
}

/* The last two letters of the endings, so that most words are told at once: what may stand before
 * the last one. */
static bool may_end(uint8_t before, uint8_t last)
{
#define LETTER(c) (1u << ((c) - 'a'))
    static const uint32_t pairs[26] = {
        ['d' - 'a'] = LETTER('i') | LETTER('r') | LETTER('w'),
        ['e' - 'a'] = LETTER('d') | LETTER('j') | LETTER('m'),
        ['g' - 'a'] = LETTER('n'),
        ['l' - 'a'] = LETTER('i'),
        ['m' - 'a'] = LETTER('a') | LETTER('u'),
        ['n' - 'a'] = LETTER('e') | LETTER('i') | LETTER('o'),
        ['r' - 'a'] = LETTER('a') | LETTER('e') | LETTER('n'),
        ['s' - 'a'] = LETTER('e') | LETTER('i') | LETTER('s') | LETTER('t'),
        ['t' - 'a'] = LETTER('a') | LETTER('e') | LETTER('n') | LETTER('r'),
        ['y' - 'a'] = LETTER('e'),
    };
#undef LETTER
    uint8_t row = last - 'a', column = before - 'a';

    return row < 26 && column < 26 && pairs[row] >> column & 1;
}

static enum key key_by_end(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < COUNT(ends); i++) {
        size_t n = ends[i].len;

        if (ends[i].end[n - 1] == (char)text[len - 1] && len >= n
            && memcmp(text + len - n, ends[i].end, n) == 0)
            return (enum key)ends[i].key;
    }
    return KEY_NONE;
}

/* Words at the end of a key that say nothing by themselves: the part before them tells. */
static bool is_filler(const struct parts *parts, uint32_t i)
{
    static const char *const words[] = { "id", "nr", "no", "number", "nummer", "value", "waarde",
        "prive", "private", "privé", "werk", "work", "home", "thuis", "new", "old", "nieuw", "oud",
        "x", "a", "b", "hash", "field", "veld", "partner", "kind", "klant", "user", "from",
        "aanvrager", "melder", "text", "s", "en", "of", "key", "code" };

    for (size_t k = 0; k < COUNT(words); k++)
        if (parts->len[i] == strlen(words[k])
            && memcmp(parts->text[i], words[k], parts->len[i]) == 0)
            return true;
    return false;
}

/* "serverIPAddress": the address of a machine. */
static bool of_machine(const struct parts *parts, enum key key)
{
    if (key != KEY_IP && key != KEY_MAC)
        return false;
    for (uint32_t i = 0; i < parts->count; i++)
        if (FEATURE_CLASS(lexicon_word(parts->text[i], parts->len[i])) == CLASS_INFRA)
            return true;
    return false;
}

/* "password_policy", "token_type": something about a secret, not the secret. */
static bool is_about(const struct parts *parts)
{
    static const char *const words[] = { "url", "uri", "endpoint", "type", "expires", "expiry",
        "length", "at", "name", "naam", "status", "policy", "count", "valid", "required", "reset",
        "field", "veld", "changed", "strength", "min", "max", "page", "php", "html", "js", "file",
        "path", "hint", "age", "login", "form", "lifetime", "ttl", "store", "manager", "header",
        "param", "parameter", "timeout", "enabled", "date", "spraying" };
    uint32_t last = parts->count - 1;

    for (size_t k = 0; k < COUNT(words); k++)
        if (parts->len[last] == strlen(words[k])
            && memcmp(parts->text[last], words[k], parts->len[last]) == 0)
            return true;
    return false;
}

enum key keyname_of(const struct search *search, uint32_t from, uint32_t to)
{
    struct parts parts;
    enum key key, first = KEY_NONE;

    split(search, from, to, &parts);
    if (!parts.count)
        return KEY_NONE;
    key = key_joined(&parts, 0, parts.count);
    if (key)
        return key == KEY_NOKEY ? KEY_NONE : of_machine(&parts, key) ? KEY_NOT : key;
    if (parts.count >= 3) {
        key = key_joined(&parts, parts.count - 3, parts.count);
        if (key)
            return key == KEY_NOKEY ? KEY_NONE : key;
    }
    if (parts.count >= 2) {
        key = key_joined(&parts, parts.count - 2, parts.count);
        if (key)
            return key == KEY_NOKEY ? KEY_NONE : of_machine(&parts, key) ? KEY_NOT : key;
    }
    for (uint32_t i = parts.count; i-- > 0;) {
        key = key_of_bytes(parts.text[i], parts.len[i]);
        if (!key && parts.len[i] >= 6
            && may_end(parts.text[i][parts.len[i] - 2], parts.text[i][parts.len[i] - 1]))
            key = key_by_end(parts.text[i], parts.len[i]);
        if (key == KEY_NOKEY)
            return KEY_NONE;
        if (key && !(i > 0 && is_filler(&parts, i)))
            return of_machine(&parts, key) ? KEY_NOT : key;
        if (key && !first)
            first = key;
        if (!is_filler(&parts, i))
            break;
    }
    if (first)
        return first;
    if (parts.count >= 2) /* the first part, when the last tells nothing: "naam_2e_kind" */
        for (uint32_t i = 0; i + 1 < parts.count; i++) {
            key = key_of_bytes(parts.text[i], parts.len[i]);
            if (key == KEY_BSN || key == KEY_IBAN || key == KEY_PHONE || key == KEY_EMAIL
                || key == KEY_DOB || (key == KEY_CREDENTIAL && !is_about(&parts)))
                return key;
        }
    return KEY_NONE;
}

enum key keyname_ending(const uint8_t *word, size_t len, uint32_t feature)
{
    enum key key = FEATURE_KEY(feature);
    uint8_t text[PART_LONGEST];

    if (key || len < 6 || len > PART_LONGEST)
        return key == KEY_NOKEY ? KEY_NONE : key;
    if (!may_end(view_lower(word[len - 2]), view_lower(word[len - 1])))
        return KEY_NONE;
    for (size_t k = 0; k < len; k++)
        text[k] = view_lower(word[k]);
    key = key_by_end(text, len);
    return key == KEY_NOKEY ? KEY_NONE : key;
}

enum redact_type keyname_type(enum key key)
{
    static const uint8_t types[] = {
        [KEY_PERSON] = REDACT_PERSON,
        [KEY_HANDLE] = REDACT_HANDLE,
        [KEY_CREDENTIAL] = REDACT_CREDENTIAL,
        [KEY_PHONE] = REDACT_PHONE,
        [KEY_BSN] = REDACT_BSN,
        [KEY_IBAN] = REDACT_IBAN,
        [KEY_CARD] = REDACT_CARD,
        [KEY_DOB] = REDACT_DOB,
        [KEY_ADDRESS] = REDACT_ADDRESS,
        [KEY_POSTCODE] = REDACT_POSTCODE,
        [KEY_PLATE] = REDACT_PLATE,
        [KEY_IDDOC] = REDACT_IDDOC,
        [KEY_VNUM] = REDACT_VNUM,
        [KEY_ANUM] = REDACT_ANUM,
        [KEY_VATID] = REDACT_VATID,
        [KEY_IP] = REDACT_IP,
        [KEY_MAC] = REDACT_MAC,
        [KEY_EMAIL] = REDACT_EMAIL,
        [KEY_NOKEY] = REDACT_NONE,
    };

    return (enum redact_type)types[key];
}
