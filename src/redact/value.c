#include "redact/value.h"

#include "redact/birth.h"
#include "redact/email.h"
#include "redact/keyname.h"
#include "redact/lexicon.h"
#include "redact/netaddr.h"
#include "redact/phone.h"
#include "redact/plate.h"
#include "redact/proof.h"
#include "redact/street.h"

#include <string.h>

/* What counts, over a run of tokens. */
struct tally {
    uint32_t letters, digits, uppers, lowers, signs, words, bytes, changes, vowels;
};

static struct tally tally_of(const struct search *search, uint32_t from, uint32_t to)
{
    struct tally t = { 0 };
    int last = -1;

    if (from >= to)
        return t;
    for (uint32_t p = search->token[from].pos; p < search_end_pos(search, to - 1); p++) {
        uint8_t c = search->view.ch[p];
        int kind = view_digit(c) ? 0 : view_upper(c) ? 1 : view_letter(c) ? 2 : 3;

        t.bytes++;
        t.digits += kind == 0;
        t.uppers += kind == 1;
        t.lowers += kind == 2;
        t.signs += kind == 3 && c != ' ' && c != '\n';
        t.vowels += kind != 0 && c < 0x80 && strchr("aeiouyAEIOUY", c) != NULL;
        t.changes += last >= 0 && kind != last;
        last = kind;
    }
    t.letters = t.uppers + t.lowers;
    for (uint32_t i = from; i < to; i++)
        t.words += search->token[i].kind == TOKEN_WORD;
    return t;
}

/* Words that stand where a value would, and are none. */
bool value_is_nothing(const struct search *search, uint32_t from, uint32_t to)
{
    static const char *const words[] = { "null", "none", "true", "false", "nil", "undefined", "n",
        "nvt", "na", "xxx", "xxxx", "xxxxx", "xxxxxx", "required", "optional", "unknown",
        "onbekend", "leeg", "empty", "verplicht", "string", "redacted", "masked", "hidden",
        "verborgen", "geen", "yes", "no", "ja", "nee", "text", "integer", "varchar", "int", "char",
        "appdata", "desktop", "documents", "downloads", "include", "omit", "cors", "on", "off",
        "enabled", "disabled", "default" };

    if (to - from != 1)
        return false;
    for (size_t i = 0; i < COUNT(words); i++)
        if (search_word(search, from, words[i]))
            return true;
    return false;
}

/* ECDHE-RSA-AES128-GCM-SHA256, TLS_AES_128_GCM_SHA256 */
static bool is_suite(const struct search *search, uint32_t from, uint32_t to)
{
    static const char *const words[] = { "aes", "gcm", "cbc", "sha", "chacha", "poly", "rsa",
        "ecdhe", "dhe", "ecdsa", "des", "tls" };
    uint32_t known = 0;

    for (uint32_t i = from; i < to; i++)
        known += search->token[i].shape == SHAPE_UPPER
            && search_one_of(search, i, words, COUNT(words));
    return known >= 3;
}

bool value_is_open(const struct search *search, uint32_t from, uint32_t to)
{
    static const char *const behind[] = { "publickeytoken", "bh", "uid", "type", "method", "etag",
        "rev" };
    static const char *const digests[] = { "sha1", "sha256", "sha512", "sha", "md5", "md" };
    static const char *const verbs[] = { "convertto", "convertfrom", "get", "set", "new", "read",
        "import", "invoke", "add" };
    static const char *const words[] = { "idem", "ditto", "plain", "passwordtext", "passworddigest",
        "mozilla" };
    const struct token *first = &search->token[from];
    uint32_t i = from, key;

    if (search_sign(search, from, '!') && (search_sign(search, from + 1, '!') || to - from == 2)
        && search->token[from + 1].shape == SHAPE_LOWER)
        return true; /* !!binary, !vault: tags of YAML */
    if (search_one_of(search, from, words, COUNT(words)))
        return true;
    if (search_sign(search, from + 1, ':') && search_sign(search, from + 2, '/')
        && search_sign(search, from + 3, '/'))
        return !search->token[from + 1].gap;
    /* S-1-5-21-..., 2025-01-08T..., WhatsApp/2.23, ConvertTo-SecureString, sha1=... */
    if (search_word(search, from, "s") && search_sign(search, from + 1, '-')
        && search->token[from + 2].sign == '1')
        return true;
    if (to - from >= 5 && first->kind == TOKEN_NUMBER && first->len == 4
        && search_sign(search, from + 1, '-') && search_sign(search, from + 3, '-')
        && search->token[from + 4].kind == TOKEN_NUMBER && search->token[from + 4].len == 2)
        return true;
    if (to - from == 5 && first->kind == TOKEN_WORD && search_sign(search, from + 1, '/')
        && search->token[from + 2].kind == TOKEN_NUMBER && search_sign(search, from + 3, '.'))
        return true;
    if (to - from == 3 && search_sign(search, from + 1, '-')
        && search->token[from + 2].kind == TOKEN_WORD
        && search_one_of(search, from, verbs, COUNT(verbs)))
        return true;
    if (search_one_of(search, from, digests, COUNT(digests)) && to - from <= 3)
        return true; /* SHA-256 */
    if (search_one_of(search, from, digests, COUNT(digests))) {
        i += 1 + (search->token[from + 1].kind == TOKEN_NUMBER);
        if (i < to && search_sign(search, i, '='))
            return true;
    }
    key = from
        - (from > 0 && search->token[from - 1].kind == TOKEN_SIGN && !first->gap
            && strchr("\"'", search->token[from - 1].sign));
    if (key > 1 && search->token[key - 1].kind == TOKEN_SIGN
        && strchr("=:", search->token[key - 1].sign)
        && (search_one_of(search, key - 2, behind, COUNT(behind))
            || (first->kind == TOKEN_NUMBER && to - from == 1
                && search_word(search, key - 2, "sid"))))
        return true;
    return is_suite(search, from, to);
}

bool value_is_handle(const struct search *search, uint32_t from, uint32_t to)
{
    struct tally t = tally_of(search, from, to);
    uint32_t words = 0, roles = 0;

    if (t.letters < 2 || t.bytes > 60 || value_is_nothing(search, from, to))
        return false;
    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];

        if (i > from && token->gap)
            return false;
        if (token->kind == TOKEN_SIGN && !strchr("._-+", token->sign))
            return false;
        if (token->kind != TOKEN_WORD)
            continue;
        words++;
        roles += (token->feature & (FEATURE_ROLE | FEATURE_TECH)) != 0
            || FEATURE_CLASS(token->feature) == CLASS_INFRA;
    }
    /* "app_gsmid" is a person's, "app_backup" is not */
    if (words && search->token[from].feature & FEATURE_ROLE
        && !FEATURE_GIVEN(search->token[from].feature)) {
        bool person = false;

        for (uint32_t i = from + 1; i < to; i++)
            person |= search->token[i].kind == TOKEN_WORD && search->token[i].len >= 4
                && !FEATURE_COMMON(search->token[i].feature)
                && !(search->token[i].feature
                    & (FEATURE_ROLE | FEATURE_TECH | FEATURE_ORG | FEATURE_PLACE));
        if (!person)
            return false;
    }
    /* an identifier of a machine: a UUID, a row of hex */
    if (t.bytes >= 30 && t.digits > 8)
        return false;
    if (search->token[to - 1].kind == TOKEN_WORD && search_word(search, to - 1, "bot") && words > 1)
        return false;
    if (search_word(search, from, "svc") || search_word(search, from, "srv")
        || search_word(search, from, "sa"))
        return false;
    return words && roles < words;
}

bool value_is_random(const struct search *search, uint32_t from, uint32_t to)
{
    struct tally t = tally_of(search, from, to);
    uint32_t known = 0;

    if (t.bytes < 16 || t.bytes > 4000)
        return false;
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].kind == TOKEN_WORD && search->token[i].len > 3
            && search->token[i].feature)
            known += search->token[i].len;
    if (known * 3 > t.bytes)
        return false;
    return t.digits >= 2 && t.changes * 5 >= t.bytes && (t.letters >= 4 || t.bytes >= 20);
}

bool value_is_secret(const struct search *search, uint32_t from, uint32_t to)
{
    struct tally t = tally_of(search, from, to);

    if (t.bytes < 3 || value_is_nothing(search, from, to))
        return false;
    if (t.digits && t.digits + t.letters >= 4)
        return true;
    if (t.digits >= 3 || (t.signs && t.letters >= 3 && t.bytes >= 5))
        return true;
    return to - from == 1 && search->token[from].shape == SHAPE_MIXED;
}

bool value_is_name(const struct search *search, uint32_t from, uint32_t to, bool sure)
{
    uint32_t words = 0, names = 0, capitals = 0, bad = 0, letters = 0;

    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];
        uint32_t f = token->feature;

        if (token->kind == TOKEN_NUMBER)
            return false;
        if (token->kind == TOKEN_SIGN) {
            if (!strchr(" .,-'+_\"()`", token->sign) && token->sign != FOLD_OTHER)
                return false;
            continue;
        }
        if (token->gap >= GAP_PARAGRAPH && i > from)
            return false;
        words++;
        letters += token->len;
        if (FEATURE_CLASS(f) == CLASS_TUSS)
            continue;
        capitals += token->shape != SHAPE_LOWER;
        names += FEATURE_GIVEN(f) || FEATURE_SURNAME(f) || FEATURE_SEEN(f) == 3;
        if (words > 1 && FEATURE_SURNAME(f) && token->shape != SHAPE_LOWER && !(f & FEATURE_LEGAL))
            continue;
        bad += (f & (FEATURE_TECH | FEATURE_LEGAL | FEATURE_ORG | FEATURE_NOTNAME)) != 0
            || (FEATURE_COMMON(f) >= 5 && token->shape == SHAPE_LOWER && !FEATURE_GIVEN(f))
            || (f & FEATURE_ROLE && !FEATURE_GIVEN(f) && !FEATURE_SURNAME(f));
    }
    if (!words || words > 9 || letters < 2 || value_is_nothing(search, from, to))
        return false;
    if (bad && bad * 2 >= words - (words > 1))
        return false;
    if (sure)
        return capitals || names;
    return names && (capitals || words > 1);
}

static bool claim(
    struct search *search, uint32_t from, uint32_t to, enum redact_type type, unsigned certainty)
{
    return search_claim(search, from, to, type, RULE_KEY, certainty, GUARD_HARD);
}

static bool take_person(struct search *search, uint32_t from, uint32_t to, enum value_form form)
{
    uint32_t end = from, i;
    bool generic = form == VALUE_PROSE;

    /* "Jan Jansen (beheer)", "Jan Jansen <jan@...>", "Jan Jansen / 06...": the name goes first */
    for (end = from; end < to; end++) {
        const struct token *token = &search->token[end];

        if (token->claim || token->kind == TOKEN_NUMBER || token->sign == FOLD_MARK
            || (token->kind == TOKEN_SIGN && strchr("<(/;|[{:=@#", token->sign)))
            break;
        if (form == VALUE_PROSE && end > from
            && (token->gap >= GAP_LINE || street_is_sure(search, end)
                || (token->sign == '.' && token->kind == TOKEN_SIGN
                    && search->token[end - 1].len > 3)))
            break;
        if (form == VALUE_PROSE && end > from && token->kind == TOKEN_WORD
            && token->shape == SHAPE_LOWER && FEATURE_CLASS(token->feature) != CLASS_TUSS
            && (!(FEATURE_GIVEN(token->feature) || FEATURE_SURNAME(token->feature))
                || FEATURE_COMMON(token->feature) > 3))
            break;
    }
    if (end < to
        && (search_sign(search, end, '@') || search_sign(search, end, ':')
            || search_sign(search, end, '=')))
        return false;
    while (end > from && search->token[end - 1].kind == TOKEN_SIGN
        && !(
            search_sign(search, end - 1, '.') && end - from > 1 && search->token[end - 2].len == 1))
        end--;
    while (from < end && search->token[from].kind == TOKEN_SIGN)
        from++;
    for (i = from; i < end && FEATURE_CLASS(search->token[i].feature) == CLASS_TITLE; i++)
        if (search_sign(search, i + 1, '.'))
            i++;
    if (i >= end)
        return false;
    from = i;
    if (!value_is_name(search, from, end, !generic)) {
        /* voorvoegsel: only "van der" */
        for (i = from; i < end; i++)
            if (search->token[i].kind == TOKEN_WORD
                && FEATURE_CLASS(search->token[i].feature) != CLASS_TUSS)
                return false;
        if (form == VALUE_PROSE || form == VALUE_BARE)
            return false;
    }
    return claim(search, from, end, REDACT_PERSON, generic ? 80 : 92);
}

static bool take_handle(struct search *search, uint32_t from, uint32_t to, enum value_form form)
{
    uint32_t end;

    while (from < to && search_sign(search, from, '@'))
        from++;
    if (from >= to)
        return false;
    end = search_glued_end(search, from);
    if (end > to)
        end = to;
    /* DOMAIN\\name: the name */
    for (uint32_t i = from; i + 1 < end; i++)
        if (search_sign(search, i, '\\')) {
            from = i + 1;
            while (search_sign(search, from, '\\'))
                from++;
        }
    for (uint32_t i = from; i < end; i++)
        if (search->token[i].claim
            || (search->token[i].kind == TOKEN_SIGN && !strchr("._-+", search->token[i].sign)))
            end = i;
    while (end > from && search->token[end - 1].kind == TOKEN_SIGN
        && search->token[end - 1].sign != '_')
        end--;
    if (form != VALUE_PROSE && end < to && search->token[end].gap == GAP_BLANK
        && value_is_name(search, from, to, false))
        return claim(search, from, to, REDACT_PERSON, 85);
    if (!value_is_handle(search, from, end))
        return false;
    if (form == VALUE_PROSE || form == VALUE_BARE) {
        const struct token *token = &search->token[from];

        /* "account: verwijderd", "user: the person who": an ordinary word */
        if (end - from == 1 && token->kind == TOKEN_WORD && FEATURE_COMMON(token->feature)
            && !FEATURE_GIVEN(token->feature)
            && !(form == VALUE_BARE && FEATURE_COMMON(token->feature) < 3))
            return false;
        if (end - from == 1 && token->feature & FEATURE_NOTNAME)
            return false;
    }
    return claim(search, from, end, REDACT_HANDLE, form == VALUE_PROSE ? 80 : 90);
}

/* The sign that follows a secret and ends a sentence is none of it. */
static uint32_t trim_secret(const struct search *search, uint32_t from, uint32_t to)
{
    while (to > from + 1 && search->token[to - 1].kind == TOKEN_SIGN
        && strchr(".,;:)\"'>]}`?", search->token[to - 1].sign) && !search_escaped(search, to - 1)
        && (to >= search->count || search->token[to].gap || !search->token[to].sign))
        to--;
    while (from < to && search->token[from].kind == TOKEN_SIGN
        && strchr("\"'(`<", search->token[from].sign))
        from++;
    return to;
}

static bool is_template(const struct search *search, uint32_t from, uint32_t to)
{
    uint8_t first = search->token[from].sign, last = search->token[to - 1].sign;
    bool masked = true;

    for (uint32_t i = from; i < to; i++)
        masked &= search->token[i].kind == TOKEN_SIGN
            && strchr("*.-_x?#", search->token[i].sign) != NULL;
    /* "[REDACTED]" */
    if (to - from == 3 && first == '[' && last == ']')
        masked |= value_is_nothing(search, from + 1, to - 1);
    return masked || (first == '{' && last == '}') || (first == '<' && last == '>')
        || (first == '$' && search_sign(search, from + 1, '{'))
        || (first == '$' && to - from == 2 && search->token[from + 1].shape == SHAPE_LOWER);
}

/* The key is "code" and no more: its value may be anything. */
static bool is_bare_code(const struct search *search, uint32_t from)
{
    uint32_t i = from;

    for (uint32_t n = 0; i > 0 && n < 4 && search->token[i - 1].kind == TOKEN_SIGN; n++)
        i--;
    return i > 0 && search_word(search, i - 1, "code")
        && !(i > 1 && !search->token[i - 1].gap && strchr("_-", search->token[i - 2].sign));
}

static bool take_credential(struct search *search, uint32_t from, uint32_t to, enum value_form form)
{
    struct tally t;

    /* "Authorization: Bearer X", "Basic X" */
    if (to - from > 1 && search->token[from + 1].gap == GAP_BLANK
        && (search_word(search, from, "bearer") || search_word(search, from, "basic")
            || search_word(search, from, "token") || search_word(search, from, "digest")
            || search_word(search, from, "apikey") || search_word(search, from, "negotiate"))) {
        if (search_sign(search, from + 2, '=')) /* Digest username="x", response="y" */
            return false;
        from++;
        form = VALUE_QUOTED;
    }
    if (form != VALUE_QUOTED && form != VALUE_CELL) {
        uint32_t end = search_tied_end(search, from);

        to = end < to ? end : to;
    }
    to = trim_secret(search, from, to);
    while (from < to && search->token[from].kind == TOKEN_SIGN
        && strchr("\"'(`", search->token[from].sign))
        from++;
    if (from >= to || is_template(search, from, to) || value_is_nothing(search, from, to)
        || value_is_open(search, from, to))
        return false;
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].sign == FOLD_MARK)
            return false;
    t = tally_of(search, from, to);
    if (!t.letters && t.digits < 3)
        return false;
    if (t.bytes == 1)
        return false;
    /* "same-origin", and a code of an error or a country */
    if (search_word(search, from, "same") && search_sign(search, from + 1, '-'))
        return false;
    if (is_bare_code(search, from) && !t.letters && search_sign(search, from - 1, '=')
        && search->token[from - 2].shape == SHAPE_UPPER)
        return false;
    if (is_bare_code(search, from)
        && (t.bytes < 5 || !t.digits || (t.uppers && t.digits <= 4 && !t.lowers && t.bytes < 8)))
        return false;
    if (form == VALUE_PROSE && !value_is_secret(search, from, to)) {
        const struct token *token = &search->token[from];
        bool last = to >= search->count || search->token[to].gap >= GAP_LINE
            || search_sign(search, to, '.') || search_sign(search, to, ')')
            || search_sign(search, to, ',');

        if (!last || token->feature & FEATURE_NOTNAME || FEATURE_COMMON(token->feature) >= 6)
            return false;
    }
    if (form == VALUE_BARE && to - from == 1 && t.bytes < 4 && !t.digits)
        return false;
    /* a path: PWD=/home/jan */
    if (search_sign(search, from, '/') && search->token[from + 1].kind == TOKEN_WORD
        && (search_sign(search, from + 2, '/') || to - from == 2) && form != VALUE_QUOTED)
        return false;
    if (t.bytes > 3 && search_sign(search, from, '/') && search_sign(search, from + 1, '/'))
        return false;
    search_force(search, from, to, REDACT_CREDENTIAL, RULE_KEY, form == VALUE_PROSE ? 85 : 95);
    return true;
}

/* One run of letters and digits: document numbers, plates. */
static bool take_code(struct search *search, uint32_t from, uint32_t to, enum redact_type type,
    uint32_t least, uint32_t most)
{
    struct tally t;
    uint32_t end = from;

    while (from < to && search->token[from].kind == TOKEN_SIGN)
        from++;
    for (end = from; end < to; end++) {
        const struct token *token = &search->token[end];

        if (token->claim || (token->kind == TOKEN_SIGN && strchr("\"'=,;|<>", token->sign)))
            break;
        if (end > from && token->gap
            && !(token->kind == TOKEN_NUMBER || token->shape == SHAPE_UPPER || token->len == 1))
            break;
    }
    while (end > from && search->token[end - 1].kind == TOKEN_SIGN)
        end--;
    t = tally_of(search, from, end);
    if (t.digits < 1 || t.letters + t.digits < least || t.letters + t.digits > most)
        return false;
    return claim(search, from, end, type, 88);
}

static bool take_digits(struct search *search, uint32_t from, uint32_t to, enum redact_type type,
    bool (*proof)(const char *), size_t least, size_t most)
{
    char digits[32];
    uint32_t first, end;
    size_t n;

    for (first = from; first < to && search->token[first].kind != TOKEN_NUMBER; first++)
        if (search->token[first].kind == TOKEN_WORD && search->token[first].len > 3)
            return false;
    /* whatever signs part the digits: the longest run that passes */
    for (uint32_t k = end = first; k < to && k < first + 40; k++) {
        if (search->token[k].claim || search->token[k].kind == TOKEN_WORD)
            break;
        if (search->token[k].kind != TOKEN_NUMBER)
            continue;
        n = search_digits(search, first, k + 1, digits, sizeof digits);
        if (n > most + (type == REDACT_BSN))
            break;
        if (n <= most && n >= least && (!proof || proof(digits)))
            end = k + 1;
        /* 0123456789: a field of ten for a number of nine */
        if (type == REDACT_BSN && n == most + 1 && digits[0] == '0' && proof(digits + 1))
            return claim(search, first, k + 1, type, 90);
    }
    return end > first && claim(search, first, end, type, proof ? 97 : 88);
}

/* A key for a house number or its addition; short ones only where they are quoted. */
static bool is_number_key(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "no", "num", "number", "add", "addition", "sfx", "suffix",
        "tv", "letter" };

    if (keyname_word(search, i) == KEY_HOUSENR)
        return true;
    if (search_sign(search, i - 1, '"') && search_sign(search, i + 1, '"'))
        for (size_t k = 0; k < COUNT(words); k++)
            if (search_word(search, i, words[k]))
                return true;
    return false;
}

/* "straat":"Duinroos","huisnr":"5": the number in a field of its own belongs to the street. */
static bool take_number_field(struct search *search, uint32_t street)
{
    bool seen = false;

    for (uint32_t i = street; i + 1 < search->count && i < street + 60; i++) {
        if (search->token[i].claim || search->token[i].gap >= GAP_PARAGRAPH)
            break;
        if (search->token[i].kind != TOKEN_WORD || !is_number_key(search, i))
            continue;
        for (uint32_t k = i + 1; k < i + 7 && k < search->count; k++) {
            if (search->token[k].kind == TOKEN_NUMBER
                    ? search->token[k].len <= 5
                    : seen && search->token[k].len <= 3 && search->token[k].kind == TOKEN_WORD) {
                seen |= claim(
                    search, k, street_number_end(search, k, search->count), REDACT_ADDRESS, 80);
                break;
            }
            if (search->token[k].kind == TOKEN_WORD)
                break;
        }
    }
    return seen;
}

static bool take_address(struct search *search, uint32_t from, uint32_t to, enum value_form form)
{
    uint32_t end = from, digits = 0, words = 0;

    while (from < to && search->token[from].kind == TOKEN_SIGN && search->token[from].sign != '\'')
        from++;
    for (end = from; end < to; end++) {
        const struct token *token = &search->token[end];

        if (token->sign == FOLD_MARK)
            return false; /* it was told before */
        if (token->claim || (token->kind == TOKEN_SIGN && strchr("@:=<>()[]{}|;\"", token->sign)))
            break;
        if (street_is_postcode(search, end, &(uint32_t) { 0 }))
            break;
        digits += token->kind == TOKEN_NUMBER;
        words += token->kind == TOKEN_WORD && token->len > 2;
    }
    if (end < to && search_sign(search, end, ':'))
        return false;
    while (end > from && search->token[end - 1].kind == TOKEN_SIGN)
        end--;
    if (!words || end - from > 16 || street_of_firm(search, from))
        return false;
    /* "Verzorgingscentrum De Borg, Parkzicht 1": the street is what stands before the number */
    for (uint32_t i = from, start = from; digits && form == VALUE_PROSE && i < end; i++) {
        if (search_sign(search, i, ',') && search->token[i + 1].kind == TOKEN_WORD
            && search->token[i + 1].shape != SHAPE_LOWER)
            start = i + 1;
        if (search->token[i].kind == TOKEN_NUMBER) {
            from = start;
            break;
        }
    }
    if (!digits) {
        const struct token *token = &search->token[from];

        if (((form == VALUE_PROSE || form == VALUE_BARE)
                && (!take_number_field(search, end) || token->shape == SHAPE_LOWER))
            || (token->feature & (FEATURE_TECH | FEATURE_NOTNAME) && end - from == 1)
            || (FEATURE_KEY(token->feature) && end - from == 1))
            return false;
    } else if (form == VALUE_PROSE) {
        uint32_t last = from;

        /* up to the house number; what follows a comma is a place */
        while (last < end && search->token[last].kind != TOKEN_NUMBER)
            last++;
        if (last - from > 7)
            return false;
        end = street_number_end(search, last, end);
    } else {
        uint32_t last = end;

        /* "Molenpad 18, Zandmeer" */
        for (uint32_t i = from; i < end; i++)
            if (search_sign(search, i, ',') && i > from && digits
                && search->token[i - 1].kind == TOKEN_NUMBER
                && search->token[i + 1].kind == TOKEN_WORD && search->token[i + 1].len > 2) {
                last = i;
                break;
            }
        end = last;
    }
    if (!claim(search, from, end, REDACT_ADDRESS, digits ? 94 : 80))
        return false;
    if (!digits)
        take_number_field(search, end);
    return true;
}

/* The cell holds a date of some kind and nothing else. */
static bool is_date_cell(const struct search *search, uint32_t from, uint32_t to)
{
    uint32_t numbers = 0, digits = 0, zeros = 0;

    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];

        if (token->claim || token->sign == FOLD_MARK)
            return false;
        if (token->kind == TOKEN_NUMBER) {
            numbers++;
            digits += token->len;
            for (uint32_t c = 0; c < token->len; c++)
                zeros += search->view.ch[token->pos + c] == '0';
        } else if (token->kind == TOKEN_WORD && token->len > 2
            && FEATURE_CLASS(token->feature) != CLASS_MONTH
            && FEATURE_CLASS(token->feature) != CLASS_NUMBER && !birth_is_number_word(search, i))
            return false;
    }
    return numbers && zeros < digits && digits >= 4 && digits <= 14 && to - from <= 16;
}

static bool take_date(struct search *search, uint32_t from, uint32_t to, enum value_form form)
{
    /* /Date(-412300800000)/, as ASP.NET writes it */
    for (uint32_t i = from; i + 3 < to && i < from + 4; i++)
        if (search_word(search, i, "date") && search_sign(search, i + 1, '(')) {
            uint32_t number = i + 2 + search_sign(search, i + 2, '-');

            return search->token[number].len > 8 && claim(search, i, number + 1, REDACT_DOB, 85);
        }
    if ((form == VALUE_QUOTED || form == VALUE_CELL) && is_date_cell(search, from, to))
        return claim(search, from, to, REDACT_DOB, 93);
    for (uint32_t i = from; i < to && i < from + 6; i++) {
        uint32_t end = birth_date_end(search, i, to, true);

        if (end > i)
            return claim(search, i, end, REDACT_DOB, 95);
    }
    /* geb_maand=3: a part in a field of its own */
    return (form == VALUE_BARE || form == VALUE_QUOTED) && to - from == 1
        && search->token[to].kind == TOKEN_SIGN && search->token[from].kind == TOKEN_NUMBER
        && search->token[from].len <= 4 && claim(search, from, to, REDACT_DOB, 80);
}

bool value_take(
    struct search *search, enum key key, uint32_t from, uint32_t to, enum value_form form)
{
    if (from >= to)
        return false;
    switch (key) {
    case KEY_PERSON:
        if (take_person(search, from, to, form))
            return true;
        /* "behandelaar":"zm-hkoster" */
        return form != VALUE_PROSE && from + 1 < to && !search->token[from].claim
            && search_glued_end(search, from) >= to && !FEATURE_COMMON(search->token[from].feature)
            && !FEATURE_COMMON(search->token[to - 1].feature)
            && search->token[from].shape == SHAPE_LOWER && search->token[to - 1].kind != TOKEN_SIGN
            && !(search->token[to - 1].feature & (FEATURE_TECH | FEATURE_ROLE | FEATURE_ORG))
            && take_handle(search, from, to, form);
    case KEY_HANDLE:
        return take_handle(search, from, to, form);
    case KEY_CREDENTIAL:
        return take_credential(search, from, to, form);
    case KEY_PHONE:
        return phone_take(search, from, to);
    case KEY_BSN:
        return take_digits(search, from, to, REDACT_BSN, proof_bsn, 8, 9);
    case KEY_CARD:
        return take_digits(search, from, to, REDACT_CARD, proof_card, 13, 19);
    case KEY_DOB:
        return take_date(search, from, to, form);
    case KEY_ADDRESS:
        return take_address(search, from, to, form);
    case KEY_POSTCODE:
        return street_take_postcode(search, from, to);
    case KEY_PLATE:
        return plate_take(search, from, to)
            || (form != VALUE_PROSE && take_code(search, from, to, REDACT_PLATE, 4, 9));
    case KEY_IDDOC:
        return take_code(search, from, to, REDACT_IDDOC, 7, 14);
    case KEY_VNUM:
        return take_digits(search, from, to, REDACT_VNUM, NULL, 10, 10);
    case KEY_ANUM:
        return take_digits(search, from, to, REDACT_ANUM, NULL, 10, 10);
    case KEY_IP:
        return netaddr_take(search, from, to);
    case KEY_MAC:
        return netaddr_take_mac(search, from, to);
    case KEY_EMAIL:
        return email_take(search, from, to);
    case KEY_NONE:
    case KEY_IBAN:
    case KEY_HOUSENR:
    case KEY_PLACE:
    case KEY_VATID:
    case KEY_NOT:
    case KEY_NOKEY:
    default:
        return false;
    }
}
