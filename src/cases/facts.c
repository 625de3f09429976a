#include "cases/facts.h"

#include <string.h>

#include "base/buf.h"

enum { MOST = 50, URL_MOST = 2000 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_host_char(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '.';
}

/* Names of weaknesses as people write them in Dutch and English; the longer before the shorter. */
static const struct {
    const char *said, *word;
} weaknesses[] = {
    { "sql injection", "sql injection" },
    { "sql-injection", "sql injection" },
    { "sql injectie", "sql injection" },
    { "sql-injectie", "sql injection" },
    { "sqli", "sql injection" },
    { "cross-site scripting", "cross-site scripting" },
    { "cross site scripting", "cross-site scripting" },
    { "xss", "cross-site scripting" },
    { "cross-site request forgery", "cross-site request forgery" },
    { "cross site request forgery", "cross-site request forgery" },
    { "csrf", "cross-site request forgery" },
    { "server-side request forgery", "server-side request forgery" },
    { "server side request forgery", "server-side request forgery" },
    { "ssrf", "server-side request forgery" },
    { "insecure direct object reference", "insecure direct object reference" },
    { "idor", "insecure direct object reference" },
    { "broken access control", "broken access control" },
    { "remote code execution", "remote code execution" },
    { "rce", "remote code execution" },
    { "command injection", "command injection" },
    { "path traversal", "path traversal" },
    { "directory traversal", "path traversal" },
    { "local file inclusion", "file inclusion" },
    { "remote file inclusion", "file inclusion" },
    { "file inclusion", "file inclusion" },
    { "lfi", "file inclusion" },
    { "open redirect", "open redirect" },
    { "xml external entit", "xml external entity" },
    { "xxe", "xml external entity" },
    { "deserialization", "deserialization" },
    { "deserialisation", "deserialization" },
    { "authentication bypass", "authentication bypass" },
    { "subdomain takeover", "subdomain takeover" },
    { "default password", "default credentials" },
    { "default credentials", "default credentials" },
    { "standaardwachtwoord", "default credentials" },
    { "hardcoded", "hard-coded credentials" },
    { "clickjacking", "clickjacking" },
    { "directory listing", "directory listing" },
    { "privilege escalation", "privilege escalation" },
    { "buffer overflow", "buffer overflow" },
    { "denial of service", "denial of service" },
    { "information disclosure", "information disclosure" },
    { "datalek", "data leak" },
    { "data leak", "data leak" },
    { "data breach", "data leak" },
    { "security header", "missing security headers" },
    { "dmarc", "mail authentication" },
    { "dnssec", "dns security" },
};

static bool is_word_at(struct span text, size_t at, size_t len)
{
    return (at == 0 || !is_letter(text.at[at - 1]))
        && (at + len >= text.len || len > 5 || !is_letter(text.at[at + len]));
}

const char *facts_weakness(struct span text)
{
    const char *word = "";
    size_t first = SPAN_NOWHERE;

    for (size_t i = 0; i < COUNT(weaknesses); i++) {
        struct span said = span_of(weaknesses[i].said);
        size_t at = span_find_nocase(text, said, 0);

        while (at != SPAN_NOWHERE && !is_word_at(text, at, said.len))
            at = span_find_nocase(text, said, at + 1);
        if (at < first) {
            first = at;
            word = weaknesses[i].word;
        }
    }
    return word;
}

static void add(struct texts *texts, struct arena *arena, const char *text)
{
    if (texts->count < MOST && *text && !texts_have_nocase(texts, text))
        texts_add(texts, arena, text);
}

static struct span digits_at(struct span text, size_t at)
{
    size_t end = at;

    while (end < text.len && is_digit(text.at[end]))
        end++;
    return span_part(text, at, end);
}

static void find_numbers(struct span text, struct arena *arena, struct case_facts *facts)
{
    size_t at = 0;

    while ((at = span_find_nocase(text, SPAN("CVE-"), at)) != SPAN_NOWHERE) {
        struct span year = digits_at(text, at += 4), serial;

        if (year.len != 4 || at + 4 >= text.len || text.at[at + 4] != '-')
            continue;
        serial = digits_at(text, at + 5);
        if (serial.len >= 4 && serial.len <= 9)
            add(&facts->cves, arena,
                arena_printf(arena, "CVE-%.4s-%.*s", year.at, (int)serial.len, serial.at));
    }
    at = 0;
    while ((at = span_find_nocase(text, SPAN("CWE-"), at)) != SPAN_NOWHERE) {
        struct span number = digits_at(text, at += 4);

        if (number.len >= 1 && number.len <= 5)
            add(&facts->cwes, arena, arena_printf(arena, "CWE-%.*s", (int)number.len, number.at));
    }
}

static const char *lower(struct span text, struct arena *arena)
{
    char *copy = arena_text(arena, text);

    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

static bool is_address(struct span host) /* IPv4 */
{
    int dots = 0;
    size_t run = 0;

    for (size_t i = 0; i < host.len; i++) {
        if (host.at[i] == '.') {
            if (run == 0)
                return false;
            dots++;
            run = 0;
        } else if (!is_digit(host.at[i]) || ++run > 3) {
            return false;
        }
    }
    return dots == 3 && run > 0;
}

/* Top level domains of hosts that are named without a scheme: a longer list would take file names
 * (index.php, report.md) for hosts. */
static const char *const tops[] = { "nl", "com", "net", "org", "eu", "info", "gov", "edu", "io",
    "dev", "app", "cloud", "online", "frl", "amsterdam", "gemeente", "be", "de", "uk", "test",
    "example", "local" };

static bool is_host(struct span host)
{
    size_t dot = SPAN_NOWHERE, run = 0;
    const char *end;

    if (host.len > 253 || is_address(host))
        return host.len <= 253;
    for (size_t i = 0; i < host.len; i++) {
        if (host.at[i] == '.') {
            if (run == 0 || host.at[i - 1] == '-')
                return false;
            dot = i;
            run = 0;
        } else if ((host.at[i] == '-' && run == 0) || ++run > 63) {
            return false;
        }
    }
    if (dot == SPAN_NOWHERE || run == 0)
        return false;
    end = host.at + dot + 1;
    for (size_t i = 0; i < COUNT(tops); i++)
        if (span_equal_nocase((struct span) { end, host.len - dot - 1 }, span_of(tops[i])))
            return true;
    return false;
}

/* Where a URL ends: at white space, quotes and brackets; closing punctuation is the sentence's. */
static size_t url_end(struct span text, size_t at)
{
    size_t end = at;

    while (end < text.len && end - at < URL_MOST && (unsigned char)text.at[end] > ' '
        && !strchr("<>\"'`{}|\\^", text.at[end]))
        end++;
    while (end > at && strchr(".,;:!?)]*_", text.at[end - 1]))
        end--;
    return end;
}

/* The names of the parameters: their values are what a person typed. */
static void add_query(struct span query, struct buf *buf)
{
    char before = '?';
    size_t at = 0;

    while (at < query.len) {
        size_t end = span_find_char(query, '&', at), equals;
        struct span pair = span_part(query, at, end == SPAN_NOWHERE ? query.len : end);

        equals = span_find_char(pair, '=', 0);
        if (equals != SPAN_NOWHERE && equals > 0) {
            buf_char(buf, before);
            buf_add(buf, span_part(pair, 0, equals + 1));
            before = '&';
        }
        at += pair.len + 1;
    }
}

static void add_url(struct span url, size_t scheme, struct arena *arena, struct case_facts *facts)
{
    size_t slash = span_find_char(url, '/', scheme), question, hash, at, colon;
    struct span authority, path;
    struct buf buf = { .arena = arena };

    question = span_find_char(url, '?', scheme);
    hash = span_find_char(url, '#', scheme);
    if (hash != SPAN_NOWHERE)
        url = span_part(url, 0, hash);
    if (question >= url.len)
        question = url.len;
    if (slash > question)
        slash = question;
    authority = span_part(url, scheme, slash);
    at = span_find_char(authority, '@', 0);
    while (at != SPAN_NOWHERE) { /* the last @ ends the user part */
        authority = span_part(authority, at + 1, authority.len);
        at = span_find_char(authority, '@', 0);
    }
    path = span_part(url, slash, question);
    if (authority.len == 0)
        return;
    buf_text(&buf, lower(span_part(url, 0, scheme), arena));
    buf_text(&buf, lower(authority, arena));
    buf_add(&buf, path);
    if (question < url.len)
        add_query(span_part(url, question + 1, url.len), &buf);
    add(&facts->urls, arena, arena_text(arena, buf_span(&buf)));
    colon = span_find_char(authority, ':', 0);
    add(&facts->hosts, arena,
        lower(span_part(authority, 0, colon == SPAN_NOWHERE ? authority.len : colon), arena));
}

static size_t scheme_at(struct span text, size_t at)
{
    static const char *const schemes[] = { "https://", "http://", "ftp://", "wss://", "ws://" };

    for (size_t i = 0; i < COUNT(schemes); i++)
        if (span_starts_nocase(span_part(text, at, text.len), span_of(schemes[i])))
            return strlen(schemes[i]);
    return 0;
}

static void find_places(struct span text, struct arena *arena, struct case_facts *facts)
{
    size_t at = 0;

    while (at < text.len) {
        size_t scheme = scheme_at(text, at), end;
        struct span host;

        if (scheme) {
            end = url_end(text, at);
            if (end > at + scheme)
                add_url(span_part(text, at, end), scheme, arena, facts);
            at = end > at ? end : at + scheme;
            continue;
        }
        end = at;
        while (end < text.len && is_host_char(text.at[end]))
            end++;
        host = span_part(text, at, end);
        while (host.len && (host.at[host.len - 1] == '.' || host.at[host.len - 1] == '-'))
            host.len--;
        /* What stands around an @ is an address, a path or a word of another alphabet no host. */
        if (host.len && (at == 0 || !strchr("@/_=\\", text.at[at - 1]))
            && (at == 0 || (unsigned char)text.at[at - 1] < 0x80)
            && (end >= text.len || (text.at[end] != '@' && text.at[end] != '_')) && is_host(host))
            add(&facts->hosts, arena, lower(host, arena));
        at = end + (end == at);
    }
}

void facts_find(struct span text, struct arena *arena, struct case_facts *facts)
{
    *facts = (struct case_facts) { .weakness = facts_weakness(text) };
    find_numbers(text, arena, facts);
    find_places(text, arena, facts);
}
