#include "redact/keyname.h"

#include "redact/lexicon.h"

#include <string.h>

enum { PARTS_MOST = 10, PART_LONGEST = 40 };

struct parts {
    uint8_t text[PARTS_MOST][PART_LONGEST];
    uint8_t len[PARTS_MOST];
    uint32_t count;
};

/* What words end in that are keys, by their last letter. The first that fits counts. */
struct ending {
    char text[17];
    uint8_t len, key;
};

#define END(text, key)                                                                             \
    {                                                                                              \
        text, sizeof(text) - 1, key                                                                \
    }

static const struct ending in_d[] = {
    END("userid", KEY_HANDLE),
    END("wachtwoord", KEY_CREDENTIAL),
    END("password", KEY_CREDENTIAL),
    END("passwd", KEY_CREDENTIAL),
    END("sessionid", KEY_CREDENTIAL),
    END("sessid", KEY_CREDENTIAL),
};

static const struct ending in_e[] = {
    END("username", KEY_HANDLE),
    END("hostname", KEY_NOKEY),
    END("filename", KEY_NOKEY),
    END("kluisje", KEY_CREDENTIAL),
    END("code", KEY_CREDENTIAL),
    END("postcode", KEY_POSTCODE),
    END("phone", KEY_PHONE),
    END("lastname", KEY_PERSON),
    END("firstname", KEY_PERSON),
    END("fullname", KEY_PERSON),
    END("surname", KEY_PERSON),
};

static const struct ending in_g[] = {
    END("rekening", KEY_IBAN),
};

static const struct ending in_l[] = {
    END("mail", KEY_EMAIL),
};

static const struct ending in_m[] = {
    END("bestandsnaam", KEY_NOKEY),
    END("hostnaam", KEY_NOKEY),
    END("domeinnaam", KEY_NOKEY),
    END("bedrijfsnaam", KEY_NOKEY),
    END("gebruikersnaam", KEY_HANDLE),
    END("inlognaam", KEY_HANDLE),
    END("straatnaam", KEY_ADDRESS),
    END("plaatsnaam", KEY_PLACE),
    END("geboortedatum", KEY_DOB),
    END("achternaam", KEY_PERSON),
    END("voornaam", KEY_PERSON),
    END("persoonsnaam", KEY_PERSON),
    END("familienaam", KEY_PERSON),
    END("naam", KEY_PERSON),
};

static const struct ending in_n[] = {
    END("token", KEY_CREDENTIAL),
    END("wachtzin", KEY_CREDENTIAL),
    END("pin", KEY_CREDENTIAL),
    END("telefoon", KEY_PHONE),
    END("kenteken", KEY_PLATE),
    END("voornamen", KEY_PERSON),
    END("contactpersoon", KEY_PERSON),
};

static const struct ending in_r[] = {
    END("gebruiker", KEY_HANDLE),
    END("huisnummer", KEY_HOUSENR),
    END("telefoonnummer", KEY_PHONE),
    END("telefoonnr", KEY_PHONE),
    END("telnr", KEY_PHONE),
    END("rekeningnummer", KEY_IBAN),
    END("paspoortnummer", KEY_IDDOC),
    END("rijbewijsnummer", KEY_IDDOC),
    END("ordernummer", KEY_NOT),
    END("dossiernummer", KEY_NOT),
    END("zaaknummer", KEY_NOT),
    END("factuurnummer", KEY_NOT),
    END("volgnummer", KEY_NOT),
    END("houder", KEY_PERSON),
    END("holder", KEY_PERSON),
    END("aanvrager", KEY_PERSON),
    END("bewoner", KEY_PERSON),
    END("behandelaar", KEY_PERSON),
    END("eigenaar", KEY_PERSON),
    END("nummer", KEY_NONE),
};

static const struct ending in_s[] = {
    END("accounts", KEY_HANDLE),
    END("sleutelkluis", KEY_CREDENTIAL),
    END("ipadres", KEY_IP),
    END("macadres", KEY_MAC),
    END("mailadres", KEY_EMAIL),
    END("emailadres", KEY_EMAIL),
    END("adres", KEY_ADDRESS),
    END("address", KEY_ADDRESS),
    END("plaats", KEY_PLACE),
};

static const struct ending in_t[] = {
    END("testaccount", KEY_HANDLE),
    END("account", KEY_HANDLE),
    END("passwort", KEY_CREDENTIAL),
    END("secret", KEY_CREDENTIAL),
    END("straat", KEY_ADDRESS),
};

static const struct ending in_y[] = {
    END("apikey", KEY_CREDENTIAL),
};

static const struct {
    const struct ending *at;
    size_t count;
} ends[26] = {
    ['d' - 'a'] = { in_d, COUNT(in_d) },
    ['e' - 'a'] = { in_e, COUNT(in_e) },
    ['g' - 'a'] = { in_g, COUNT(in_g) },
    ['l' - 'a'] = { in_l, COUNT(in_l) },
    ['m' - 'a'] = { in_m, COUNT(in_m) },
    ['n' - 'a'] = { in_n, COUNT(in_n) },
    ['r' - 'a'] = { in_r, COUNT(in_r) },
    ['s' - 'a'] = { in_s, COUNT(in_s) },
    ['t' - 'a'] = { in_t, COUNT(in_t) },
    ['y' - 'a'] = { in_y, COUNT(in_y) },
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

/* Of a word whose last two letters may end a key. */
static enum key key_by_end(const uint8_t *text, size_t len)
{
    const struct ending *end = ends[text[len - 1] - 'a'].at;

    for (size_t left = ends[text[len - 1] - 'a'].count; left > 0; left--, end++)
        if (len >= end->len && memcmp(text + len - end->len, end->text, end->len) == 0)
            return (enum key)end->key;
    return KEY_NONE;
}

static bool is_part(const struct parts *parts, uint32_t i, const char *const *words, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if ((uint8_t)words[k][0] == parts->text[i][0] && parts->len[i] == strlen(words[k])
            && memcmp(parts->text[i], words[k], parts->len[i]) == 0)
            return true;
    return false;
}

/* Words at the end of a key that say nothing by themselves: the part before them tells. */
static bool is_filler(const struct parts *parts, uint32_t i)
{
    static const char *const words[] = { "id", "nr", "no", "number", "nummer", "value", "waarde",
        "prive", "private", "privé", "werk", "work", "home", "thuis", "new", "old", "nieuw", "oud",
        "x", "a", "b", "hash", "field", "veld", "partner", "kind", "klant", "user", "from",
        "aanvrager", "melder", "text", "s", "en", "of", "key", "code" };

    return is_part(parts, i, words, COUNT(words));
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

    return is_part(parts, parts->count - 1, words, COUNT(words));
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
        /* one by itself was looked up above */
        key = parts.count > 1 ? key_of_bytes(parts.text[i], parts.len[i]) : KEY_NONE;
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
