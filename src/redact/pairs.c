#include "redact/pairs.h"

#include "redact/birth.h"
#include "redact/keyname.h"
#include "redact/value.h"

#include <string.h>

enum { KEY_LOOK = 10, VALUE_LOOK = 600 };

static bool is_quote(const struct search *search, uint32_t i)
{
    return i < search->count && search->token[i].kind == TOKEN_SIGN
        && (search->token[i].sign == '"' || search->token[i].sign == '\''
            || search->token[i].sign == '`');
}

static bool in_name(const struct token *token)
{
    return token->kind != TOKEN_SIGN || strchr("_-.", token->sign) != NULL;
}

/*
 * The key that ends before the separator at token `at`. *from is its first token. With `words`,
 * words before it on the same line count too ("Datum van geboorte:").
 */
static enum key key_before(const struct search *search, uint32_t at, bool words, uint32_t *from)
{
    uint32_t end = at, start;
    enum key key;

    while (end > 0 && search->token[end - 1].kind == TOKEN_SIGN
        && strchr("\"'`])*_", search->token[end - 1].sign) && at - end < 3
        && search->token[end].gap < GAP_LINE)
        end--;
    if (end < at && end > 0 && search->token[end - 1].kind == TOKEN_SIGN)
        return KEY_NONE;
    start = end;
    while (start > 0 && end - start < KEY_LOOK && in_name(&search->token[start - 1])
        && (start == end || search->token[start].gap == GAP_NONE))
        start--;
    *from = start;
    if (start == end)
        return KEY_NONE;
    /* an e-mail address, a host or a time is no key */
    if (search->token[start].claim)
        return KEY_NONE;
    key = keyname_of(search, start, end);
    if (!key && !words && start > 0 && search_word(search, start, "id")
        && search->token[start].gap == GAP_BLANK)
        key = keyname_of(search, start - 1, end); /* User Id=x */
    if (!words)
        return key;
    {
        uint32_t begin = start, taken = 0;

        while (begin > 0 && taken < 3 && search->token[begin].gap == GAP_BLANK
            && (search->token[begin - 1].kind == TOKEN_WORD
                || search_sign(search, begin - 1, '.'))) {
            begin--;
            while (begin > 0 && search->token[begin].gap == GAP_NONE
                && in_name(&search->token[begin - 1]))
                begin--;
            taken++;
        }
        if (begin < start) {
            enum key all = keyname_of(search, begin, end);

            if (all && (!key || all == KEY_NOT || all == KEY_DOB || key == KEY_PERSON)) {
                *from = begin;
                return all;
            }
            if (!key && taken) /* "tel. overdag:", "E-mail (privé):" */
                for (uint32_t i = start; i-- > begin && !key;)
                    key = search->token[i].kind == TOKEN_WORD ? keyname_word(search, i) : KEY_NONE;
        }
    }
    return key;
}

/* The tag that token i stands in: its first token after '<'; search->count when in none. */
static uint32_t tag_of(const struct search *search, uint32_t i)
{
    for (uint32_t n = 0; i > 0 && n < 60; i--, n++) {
        if (search_sign(search, i - 1, '<'))
            return i;
        if (search_sign(search, i - 1, '>') || search->token[i].gap >= GAP_PARAGRAPH)
            break;
    }
    return search->count;
}

/* In <input name="bsn" value="1">, name= tells the field; it is no value itself. */
static bool is_field_name(const struct search *search, uint32_t key, uint32_t at)
{
    static const char *const tags[] = { "input", "meta", "param", "select", "textarea", "form",
        "field", "property", "column", "iframe", "button", "attribute", "string", "item", "entry",
        "add", "a", "label", "option", "fieldset", "cookie" };
    uint32_t tag = tag_of(search, key);

    (void)at;
    if (tag >= search->count
        || !(search_word(search, key, "name") || search_word(search, key, "id")
            || search_word(search, key, "for")))
        return false;
    for (size_t i = 0; i < COUNT(tags); i++)
        if (search_word(search, tag, tags[i])
            || (search_sign(search, tag + 1, ':') && search_word(search, tag + 2, tags[i])))
            return true;
    return false;
}

/* The key of value= in a tag: what its name= or id= says. */
static enum key key_of_field(const struct search *search, uint32_t value)
{
    uint32_t tag = tag_of(search, value);

    if (tag >= search->count)
        return KEY_NONE;
    for (uint32_t i = tag; i + 2 < search->count && i < tag + 60; i++) {
        uint32_t from, to;

        if (search_sign(search, i, '>'))
            break;
        if (!search_sign(search, i + 1, '=')
            || !(search_word(search, i, "name") || search_word(search, i, "id")
                || search_word(search, i, "key")))
            continue;
        from = i + 2 + is_quote(search, i + 2);
        for (to = from; to < search->count && in_name(&search->token[to])
             && (to == from || !search->token[to].gap);
             to++)
            ;
        if (to > from && keyname_of(search, from, to))
            return keyname_of(search, from, to);
    }
    return KEY_NONE;
}

static uint32_t quoted_end(const struct search *search, uint32_t from, uint8_t quote)
{
    uint32_t i = from;

    for (; i < search->count && i < from + VALUE_LOOK; i++) {
        const struct token *token = &search->token[i];

        if (token->gap >= GAP_PARAGRAPH && i > from)
            return from;
        if (token->kind != TOKEN_SIGN || token->sign != quote || search_escaped(search, i))
            continue;
        /* d'Arc, 't Hart: an apostrophe, not the end */
        if (quote == '\'' && search->token[i + 1].gap == GAP_NONE
            && search->token[i + 1].kind == TOKEN_WORD)
            continue;
        if (quote == '\'' && i > from && i + 1 < search->count
            && search->token[i + 1].kind == TOKEN_WORD && search->token[i + 1].gap == GAP_BLANK
            && search_word(search, i + 1, "t"))
            continue;
        return i;
    }
    return i < search->count ? from : i;
}

/* An identifier with '=' behind it. */
static bool starts_pair(const struct search *search, uint32_t i)
{
    uint32_t k = i;

    while (k < search->count && k < i + 8 && in_name(&search->token[k]) && !search->token[k].gap)
        k++;
    return k > i && search_sign(search, k, '=');
}

static uint32_t bare_end(const struct search *search, uint32_t from, enum key key)
{
    uint32_t i = from;
    const char *stops = key == KEY_CREDENTIAL ? "\"'<>" : "&;,\"'<>)}]|";
    uint32_t start = from > 1 ? search_glued_start(search, from - 1) : 0;
    bool in_url = false;

    for (uint32_t k = start; k < from; k++)
        in_url |= search_sign(search, k, '?') || search_sign(search, k, '&')
            || search_sign(search, k, '/');

    for (; i < search->count && i < from + VALUE_LOOK; i++) {
        const struct token *token = &search->token[i];

        if (key == KEY_CREDENTIAL && i > from && search_escaped(search, i))
            continue;
        if (i > from && token->gap && !(key == KEY_CREDENTIAL && search_tied(search, i))) {
            /* holder=D VAN TEYLINGEN amount=1: words go on until the next key */
            if (key != KEY_PERSON && key != KEY_ADDRESS && key != KEY_PHONE && key != KEY_POSTCODE
                && key != KEY_IBAN && key != KEY_DOB && key != KEY_BSN && key != KEY_PLATE
                && key != KEY_IDDOC)
                break;
            if (token->gap >= GAP_LINE || i > from + 12 || in_url)
                break;
            if (search_sign(search, search_glued_end(search, i), '=')
                || search_sign(search, i + 1, '='))
                break;
        }
        if (token->kind == TOKEN_SIGN && strchr(stops, token->sign))
            break;
        if (key == KEY_CREDENTIAL && token->kind == TOKEN_SIGN && strchr(";,)", token->sign)
            && (i + 1 >= search->count || search->token[i + 1].gap))
            break;
        /* the next parameter; a secret may hold these signs itself */
        if (key == KEY_CREDENTIAL && i > from
            && (search_sign(search, i, '&') || search_sign(search, i, ';'))
            && starts_pair(search, i + 1))
            break;
    }
    return i;
}

static uint32_t prose_end(const struct search *search, uint32_t from, enum key key)
{
    uint32_t end = search_line_end(search, from), i;

    for (i = from; i < end; i++) {
        const struct token *token = &search->token[i];

        if (token->kind != TOKEN_SIGN || key == KEY_CREDENTIAL)
            continue;
        if (strchr(";|<>\"", token->sign))
            break;
    }
    return i;
}

/* Cookie names are without number: any value that a machine made is a session's. */
static bool in_cookie_line(const struct search *search, uint32_t at)
{
    uint32_t from = search_line_start(search, at);

    for (uint32_t i = from; i < from + 6 && i < at; i++)
        if (search_word(search, i, "cookie")
            && (search_sign(search, i + 1, ':') || search_sign(search, i + 1, '=')
                || search_sign(search, i + 1, '"') || is_quote(search, i + 1)))
            return true;
    return false;
}

static bool is_cookie_attribute(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "path", "domain", "expires", "age", "samesite", "version",
        "lang", "language", "taal", "csrf", "xsrf", "csrftoken", "locale", "theme" };

    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return false;
}

/* {"name":"SESSION","value":"x"}: the name stands in the pair before. */
static enum key key_of_sibling(const struct search *search, uint32_t at)
{
    uint32_t i = at > 14 ? at - 14 : 0;

    for (; i + 4 < at; i++) {
        uint32_t to = i + 4;

        if (!search_word(search, i, "name") || !is_quote(search, i + 1)
            || !search_sign(search, i + 2, ':') || !is_quote(search, i + 3))
            continue;
        while (to < at && in_name(&search->token[to]) && (to == i + 4 || !search->token[to].gap))
            to++;
        if (keyname_of(search, i + 4, to))
            return keyname_of(search, i + 4, to);
        for (uint32_t k = i + 4; k < to; k++)
            if (search_ends(search, k, "sess") || search_ends(search, k, "sid")
                || search_ends(search, k, "session"))
                return KEY_CREDENTIAL;
    }
    return KEY_NONE;
}

/* The part of a date that a key names: 1 its day, 2 its month, 4 its year. */
static unsigned date_part(const struct search *search, uint32_t i)
{
    static const struct {
        const char *word;
        unsigned part;
    } words[] = { { "d", 1 }, { "dd", 1 }, { "dag", 1 }, { "day", 1 }, { "m", 2 }, { "mm", 2 },
        { "mnd", 2 }, { "maand", 2 }, { "month", 2 }, { "j", 4 }, { "jr", 4 }, { "jjjj", 4 },
        { "jaar", 4 }, { "y", 4 }, { "yy", 4 }, { "yyyy", 4 }, { "year", 4 } };

    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k].word))
            return words[k].part;
    return 0;
}

/* "geboorte":{"datum":{"jaar":1938,"maand":11,"dag":9}}, geb[d]=9; also without the word for birth
 * when all three parts stand together and the year is long past. */
static bool take_birth_part(struct search *search, uint32_t at, uint32_t from)
{
    uint32_t word = at > 1 && search->token[at - 1].kind == TOKEN_SIGN ? at - 2 : at - 1;
    unsigned parts = 0;
    bool old = false;

    if (at < 2 || !date_part(search, word))
        return false;
    from += is_quote(search, from);
    if (search->token[from].kind != TOKEN_NUMBER
        && FEATURE_CLASS(search->token[from].feature) != CLASS_MONTH)
        return false;
    for (uint32_t k = word; k > 0 && word - k < 26; k--)
        if (FEATURE_KEY(search->token[k - 1].feature) == KEY_DOB)
            return search_claim(search, from, from + 1, REDACT_DOB, RULE_KEY, 85, GUARD_SOFT);
    for (uint32_t k = word > 14 ? word - 14 : 0; k < word + 16 && k < search->count; k++) {
        uint32_t value = k + 1 + is_quote(search, k + 1);
        unsigned part = date_part(search, k);

        if (!part || !(search_sign(search, value, ':') || search_sign(search, value, '=')))
            continue;
        parts |= part;
        value += 1 + is_quote(search, value + 1);
        if (part == 4)
            old = birth_year(search, value, value + 1) > 1895
                && birth_year(search, value, value + 1) < 2014;
    }
    return parts == 7 && old
        && search_claim(search, from, from + 1, REDACT_DOB, RULE_KEY, 75, GUARD_SOFT);
}

/* define('DB_PASSWORD', 'x'), set("user", "x") */
static void take_argument(struct search *search, uint32_t comma)
{
    uint32_t start = comma - 1, from, to;
    enum key key;

    if (!is_quote(search, comma - 1) || !is_quote(search, comma + 1))
        return;
    while (start > 0 && comma - start < KEY_LOOK && in_name(&search->token[start - 1])
        && (start == comma - 1 || !search->token[start].gap))
        start--;
    if (start < 2 || start == comma - 1 || !is_quote(search, start - 1))
        return;
    key = keyname_of(search, start, comma - 1);
    /* connect("localhost", "root", "word") */
    if (search_sign(search, start - 2, ',')
        && (search_word(search, start, "root") || search_word(search, start, "admin")
            || search_word(search, start, "sa") || FEATURE_ROLE & search->token[start].feature
            || search->token[start].claim == REDACT_HANDLE)) {
        from = comma + 2;
        to = quoted_end(search, from, search->token[comma + 1].sign);
        if (to > from && value_is_secret(search, from, to))
            value_take(search, KEY_CREDENTIAL, from, to, VALUE_QUOTED);
        return;
    }
    /* auth=("jan", "word") */
    if (search_sign(search, start - 2, '(') && start > 4 && search_sign(search, start - 3, '=')
        && keyname_word(search, start - 4) == KEY_CREDENTIAL)
        key = KEY_CREDENTIAL;
    if (!search_sign(search, start - 2, '(') || (key != KEY_CREDENTIAL && key != KEY_HANDLE))
        return;
    from = comma + 2;
    to = quoted_end(search, from, search->token[comma + 1].sign);
    value_take(search, key, from, to, VALUE_QUOTED);
}

/* Content-Disposition: form-data; name="bsn", and the value below an empty line (RFC 7578). */
static void take_form_part(struct search *search, uint32_t word)
{
    uint32_t from = word + 1, to, value, end;
    enum key key;

    if (!search_sign(search, word - 1, '-') || word < 2 || !search_word(search, word - 2, "form"))
        return;
    while (from < search->count && from < word + 6 && !search_word(search, from, "name"))
        from++;
    if (!search_word(search, from, "name") || !search_sign(search, from + 1, '=')
        || !is_quote(search, from + 2))
        return;
    from += 3;
    to = quoted_end(search, from, search->token[from - 1].sign);
    value = search_line_end(search, from);
    key = keyname_of(search, from, to);
    if (to <= from || value >= search->count || search->token[value].gap != GAP_PARAGRAPH || !key)
        return;
    end = search_line_end(search, value);
    if (!search_sign(search, value, '-') || key == KEY_PHONE)
        value_take(search, key, value, end, VALUE_CELL);
}

static void take_pair(struct search *search, uint32_t at, bool colon)
{
    uint32_t key_from = 0, from = at + 1, to;
    enum value_form form;
    enum key key = key_before(search, at, colon, &key_from);
    uint8_t quote;

    if (!colon && search_sign(search, from, '>')) /* PHP's => */
        from++;
    if (colon && search_sign(search, from, '=')) { /* RADIUS writes := */
        colon = false;
        from++;
    }
    if (!colon && search_sign(search, from, '='))
        from++;
    if (key == KEY_PERSON && !colon && is_field_name(search, key_from, at))
        return;
    if (!key && (search_word(search, key_from, "value") || search_word(search, key_from, "content"))
        && at - key_from == 1)
        key = key_of_field(search, key_from);
    if (from >= search->count || search->token[from].gap >= GAP_PARAGRAPH)
        return;
    if (!key && !colon && in_cookie_line(search, at) && !is_cookie_attribute(search, at - 1)) {
        to = bare_end(search, from, KEY_CREDENTIAL);
        for (uint32_t i = from; i < to; i++)
            if (search_sign(search, i, ';'))
                to = i;
        if (value_is_random(search, from, to)
            || (to - from < 8 && to > from
                && search_end_pos(search, to - 1) - search->token[from].pos >= 16
                && value_is_secret(search, from, to)))
            search_force(search, from, to, REDACT_CREDENTIAL, RULE_KEY, 85);
        return;
    }
    if (!key && colon
        && (search_word(search, at - 1, "value") || search_word(search, at - 2, "value")))
        key = key_of_sibling(search, at);
    if (!key && take_birth_part(search, at, from))
        return;
    if (!key && !colon && search_word(search, at - 1, "response")
        && (search_sign(search, at - 2, ',') || search_word(search, at - 2, "digest")))
        key = KEY_CREDENTIAL; /* RFC 7616: made from the password */
    /* vCard: N:Kerkhof;Lubbert;J.;; */
    if (!key && colon && search_word(search, at - 1, "n") && search->token[at - 1].sign == 'N'
        && search->token[at - 1].gap >= GAP_LINE && !search->token[from].gap) {
        uint32_t end = search_line_end(search, from);

        for (to = from; to <= end && to - from < 40; to++)
            if (to == end || search_sign(search, to, ';')) {
                value_take(search, KEY_PERSON, from, to, VALUE_CELL);
                from = to + 1;
            }
        return;
    }
    /* their pairs are taken one by one */
    if (key == KEY_CREDENTIAL
        && (search_word(search, at - 1, "cookie") || search_word(search, at - 2, "cookie")))
        return;
    if (colon && !search->token[from].gap && tag_of(search, at) < search->count)
        return; /* a name space of XML */
    if (!key || key == KEY_NOT)
        goto mark;
    while (from < search->count
        && (search_sign(search, from, '[') || search_sign(search, from, '('))
        && is_quote(search, from + 1))
        from++;
    if (search_sign(search, from, '{') || (search_sign(search, from, '[') && !colon))
        return;
    if (is_quote(search, from)) {
        quote = search->token[from].sign;
        from++;
        to = quoted_end(search, from, quote);
        form = VALUE_QUOTED;
    } else if (!colon || search->token[from].gap == GAP_NONE) {
        to = bare_end(search, from, key);
        form = VALUE_BARE;
        if (colon) {
            to = prose_end(search, from, key);
            form = VALUE_PROSE;
        }
    } else {
        to = prose_end(search, from, key);
        form = VALUE_PROSE;
        if (search->token[from].gap >= GAP_LINE && key != KEY_ADDRESS && key != KEY_PERSON
            && key != KEY_PHONE && key != KEY_CREDENTIAL)
            return;
    }
    if (key == KEY_CREDENTIAL && form == VALUE_BARE) {
        /* in a query string a secret ends at '#' too; "session=x;" ends at the sign */
        for (uint32_t i = from; i < to; i++)
            if (search_sign(search, i, ';') && !search_escaped(search, i)
                && (i + 1 == to || search->token[i + 1].gap))
                to = i;
    }
    /* a list of values: "voornamen":["Jan","Piet"] */
    value_take(search, key, from, to, form);
    for (uint32_t n = 0; form == VALUE_QUOTED && n < 20 && search_sign(search, to + 1, ',')
         && is_quote(search, to + 2) && search_sign(search, at + 1, '[');
         n++) {
        from = to + 3;
        to = quoted_end(search, from, search->token[from - 1].sign);
        value_take(search, key, from, to, VALUE_QUOTED);
    }
    return;
mark:
    if (key == KEY_NOT)
        for (uint32_t i = from, end = search_glued_end(search, from + is_quote(search, from));
             i < end && i < search->count; i++)
            search->token[i].key = KEY_NOT;
}

/* <naam>Jan</naam>, <ns:naam attr="x">Jan</ns:naam> */
static void take_element(struct search *search, uint32_t open)
{
    uint32_t i = open + 1, name_end, from, to;
    enum key key;

    if (i >= search->count || search->token[i].kind != TOKEN_WORD || search->token[i].gap)
        return;
    for (name_end = i; name_end < search->count && !search->token[name_end].gap
         && (in_name(&search->token[name_end]) || search_sign(search, name_end, ':'));
         name_end++)
        ;
    key = keyname_of(search, i, name_end);
    if (!key
        && !(search_word(search, name_end - 1, "name") || search_word(search, name_end - 1, "key")))
        return;
    for (from = name_end;
         from < search->count && from < name_end + 40 && !search_sign(search, from, '>'); from++)
        if (search_sign(search, from, '<'))
            return;
    if (!search_sign(search, from, '>') || search_sign(search, from - 1, '/'))
        return;
    from++;
    for (to = from; to < search->count && to < from + 60 && !search_sign(search, to, '<'); to++)
        ;
    if (!search_sign(search, to, '<') || !search_sign(search, to + 1, '/'))
        return;
    if (!key) {
        /* <param-name>db.pass</param-name> <param-value>x</param-value>,
         * <key>a</key><string>x</string> */
        key = keyname_of(search, from, to);
        for (from = to + 2; from < search->count && from < to + 14
             && !(search_sign(search, from, '>') && !search_sign(search, from + 1, '<'));
             from++)
            ;
        for (to = ++from; to < search->count && to < from + 60 && !search_sign(search, to, '<');
             to++)
            ;
        if (!key || to <= from || !search_sign(search, to, '<'))
            return;
    }
    value_take(search, key, from, to, VALUE_QUOTED);
}

void pairs_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (token->kind == TOKEN_WORD && token->len == 4 && i > 1 && search_word(search, i, "data"))
            take_form_part(search, i);
        if (token->kind != TOKEN_SIGN)
            continue;
        if (token->sign == '=' && i > 0 && !search_sign(search, i - 1, '=')
            && !search_sign(search, i - 1, '!') && !search_sign(search, i - 1, ':'))
            take_pair(search, i, false);
        else if (token->sign == ':' && i > 0 && token->gap < GAP_LINE
            && !search_sign(search, i + 1, '/') && !search_sign(search, i + 1, ':')
            && search->token[i - 1].kind != TOKEN_NUMBER)
            take_pair(search, i, true);
        else if (token->sign == ',' && i > 2)
            take_argument(search, i);
        else if (token->sign == '<')
            take_element(search, i);
    }
}
