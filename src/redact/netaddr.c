#include "redact/netaddr.h"

#include "redact/keyname.h"

#include <string.h>

static int octet(const struct search *search, uint32_t i)
{
    int n = 0;

    if (i >= search->count || search->token[i].kind != TOKEN_NUMBER || search->token[i].len > 3)
        return -1;
    for (uint32_t k = 0; k < search->token[i].len; k++)
        n = n * 10 + search->view.ch[search->token[i].pos + k] - '0';
    return n < 256 ? n : -1;
}

/* One past the dot of an IPv4 address: ".", "[.]", "(dot)", " . ", " punt ". */
static uint32_t dot(const struct search *search, uint32_t i)
{
    bool open = search_sign(search, i, '[') || search_sign(search, i, '(');

    i += open;
    if (search->token[i].gap > GAP_BLANK
        || !(search_sign(search, i, '.') || FEATURE_CLASS(search->token[i].feature) == CLASS_DOT))
        return 0;
    if (open && !search_sign(search, i + 1, ']') && !search_sign(search, i + 1, ')'))
        return 0;
    return i + 1 + open;
}

static uint32_t ipv4_end(const struct search *search, uint32_t i, bool *ours)
{
    int part[4];
    uint32_t k = i;

    for (int n = 0; n < 4; n++) {
        part[n] = octet(search, k);
        if (part[n] < 0 || (n && search->token[k].gap > GAP_LINE))
            return i;
        k++;
        if (n < 3) {
            uint32_t next = dot(search, k);

            if (!next)
                return i;
            k = next;
        }
    }
    if (i > 0 && !search->token[i].gap
        && (search->token[i - 1].kind != TOKEN_SIGN || search_sign(search, i - 1, '.')))
        return i;
    if (k < search->count && !search->token[k].gap
        && (search->token[k].kind != TOKEN_SIGN
            || (search_sign(search, k, '.') && search->token[k + 1].kind == TOKEN_NUMBER
                && !search->token[k + 1].gap)))
        return i;
    /* RFC 1918, 6598, 1122, 3927: of machines, not of people */
    *ours = part[0] == 10 || part[0] == 127 || part[0] == 0 || part[0] >= 224
        || (part[0] == 192 && part[1] == 168) || (part[0] == 172 && part[1] >= 16 && part[1] < 32)
        || (part[0] == 100 && part[1] >= 64 && part[1] < 128) || (part[0] == 169 && part[1] == 254);
    return k;
}

static bool is_hex(const struct search *search, const struct token *token)
{
    for (uint32_t k = 0; k < token->len; k++) {
        uint8_t c = search->view.ch[token->pos + k] | 32;

        if (!view_digit(search->view.ch[token->pos + k]) && !(c >= 'a' && c <= 'f'))
            return false;
    }
    return true;
}

static uint32_t ipv6_end(const struct search *search, uint32_t i, bool *ours)
{
    uint32_t k = i, colons = 0, groups = 0, doubled = 0, len = 0;

    /* ::ffff:c000:0247 */
    if (i > 1 && !search->token[i].gap && search_sign(search, i - 1, ':')
        && search_sign(search, i - 2, ':') && !search->token[i - 1].gap) {
        colons = 2;
        doubled = 1;
    }
    if (i > 0 && !search->token[i].gap && search->token[i - 1].kind != TOKEN_SIGN)
        return i;
    while (k < search->count && k - i < 40 && (k == i || !search->token[k].gap)) {
        const struct token *token = &search->token[k];

        if (token->kind == TOKEN_SIGN) {
            if (token->sign != ':')
                break;
            colons++;
            doubled += k > i && search_sign(search, k - 1, ':');
            len = 0;
        } else {
            if (!is_hex(search, token))
                break;
            groups += len == 0;
            len += token->len;
            if (len > 4)
                return i;
        }
        k++;
    }
    while (k > i && search_sign(search, k - 1, ':'))
        k--, colons--;
    if (k < search->count && !search->token[k].gap && search->token[k].kind != TOKEN_SIGN)
        return i;
    if (colons < 3 || groups < 3 || doubled > 1 || (colons != 7 && !doubled))
        return i;
    /* link-local, unique local, loopback (RFC 4291, 4193) */
    *ours = search_word(search, i, "fe") || search_word(search, i, "fd")
        || search_word(search, i, "fc");
    return k;
}

enum side { SIDE_UNKNOWN, SIDE_PERSON, SIDE_MACHINE };

/* "<sip:jan@203.0.113.69:5060>": the telephone of one who was found by name */
static bool at_phone(const struct search *search, uint32_t from)
{
    uint32_t k = from;

    if (from < 3 || !search_sign(search, from - 1, '@'))
        return false;
    while (k > 0 && from - k < 12 && !search->token[k].gap && !search_sign(search, k - 1, ':'))
        k--;
    return k > 1 && search_word(search, k - 2, "sip");
}

/* [~rdb@203.0.113.233] has joined */
static bool at_chat(const struct search *search, uint32_t from)
{
    uint32_t k = from;

    if (from < 3 || !search_sign(search, from - 1, '@'))
        return false;
    while (k > 0 && from - k < 8 && !search->token[k].gap && !search_sign(search, k, '~'))
        k--;
    return search_sign(search, k, '~');
}

static bool at_desk(const struct search *search, uint32_t from, uint32_t to)
{
    return from > 0 && search_sign(search, from - 1, '@') && !search->token[from].gap
        && search_sign(search, to, ':') && search_sign(search, to + 1, '/')
        && search_word(search, to + 2, "users");
}

static bool is_listed(
    const struct search *search, uint32_t i, const char *const *words, size_t count)
{
    for (size_t w = 0; w < count; w++)
        if (search_word(search, i, words[w]))
            return true;
    return false;
}

/* What one word says: above zero for a person, below for a machine. */
static int weight_of(const struct search *search, uint32_t i)
{
    static const char *const persons[] = { "mijn", "mijne", "my", "mine", "client", "klant",
        "thuis", "home", "bezoeker", "visitor", "burger", "citizen", "inwoner", "user", "gebruiker",
        "telephone", "telefoon", "phone", "laptop", "tested", "getest", "accepted", "ingelogd",
        "logged", "persoonlijk", "personal", "medewerker", "employee", "thuiswerk", "thuiswerkplek",
        "private", "prive", "eigen", "own", "zijn", "haar", "his", "her", "ons", "onze", "sender",
        "afzender", "melder", "reporter", "aanvrager", "bewoner", "tester", "session", "sessie",
        "rhost", "rip", "wan", "klantip", "vakantiehuisje", "glasvezel", "beheerder", "vakantie",
        "bezoek", "visit", "studentenkamer", "logboek", "wifi", "huis", "resident", "clientip",
        "signup", "suser", "exit", "testing", "pts", "tty" };
    static const char *const hints[] = { "from", "vanaf", "vanuit", "source", "src", "remote",
        "forwarded", "login", "connection", "verbinding", "our", "voor", "for", "door", "by",
        "kreeg", "got" };
    static const char *const machines[] = { "server", "host", "scanner", "gateway", "gw", "dns",
        "firewall", "router", "switch", "printer", "nameserver", "attacker", "aanvaller",
        "aanvallers", "attackers", "c2", "botnet", "scan", "proxy", "loadbalancer", "relay",
        "resolves", "listening", "luistert", "intern", "interne", "internal", "network", "netwerk",
        "subnet", "range", "nas", "camera", "endpoint", "backend", "node", "tor", "malware", "ns",
        "mx", "cluster", "vip", "webserver", "mailserver", "machine", "target", "doelwit", "shodan",
        "censys", "hosting", "brute", "scans", "scanning", "draait", "poort", "database",
        "appliance", "your", "uw", "jullie", "misbruikt", "abused", "exploited", "aanval", "attack",
        "attacks", "gehuurde", "sensor", "sensors", "caught", "unknown", "reject", "spam",
        "noqueue", "beacon", "sinkhole", "loader", "kwetsbaar", "vulnerable", "root", "admin",
        "combo", "bot", "crawler", "nmap", "masscan", "zgrab", "helo", "lip", "laddr", "dst",
        "dest", "destination", "listen", "bind", "spammers", "invalid", "svc" };

    if (search->token[i].kind != TOKEN_WORD || search->token[i].len < 2)
        return 0;
    if (is_listed(search, i, persons, COUNT(persons)))
        return 4;
    if (is_listed(search, i, hints, COUNT(hints)))
        return 1;
    if (is_listed(search, i, machines, COUNT(machines))
        || FEATURE_CLASS(search->token[i].feature) == CLASS_INFRA)
        return -4;
    return FEATURE_CLASS(search->token[i].feature) == CLASS_DEVICE ? 4 : 0;
}

/* "I used Wget from 203.0.113.4": who speaks was there. */
static bool is_speaker(const struct search *search, uint32_t i)
{
    return search_word(search, i, "ik") || search_word(search, i, "i")
        || search_word(search, i, "wij") || search_word(search, i, "we")
        || search_word(search, i, "mij") || search_word(search, i, "me");
}

static bool is_claim_of_person(uint8_t claim)
{
    return claim == REDACT_PERSON || claim == REDACT_HANDLE || claim == REDACT_EMAIL;
}

/*
 * What the words around say of whose address it is: each counts by how near it stands; names and
 * user names that were found count for a person.
 */
static enum side side_of(const struct search *search, uint32_t from, uint32_t to)
{
    uint32_t start = search_line_start(search, from), end = search_line_end(search, from);
    bool hint = false;
    int score = 0;

    /* scp file NAME@192.0.2.1:/Users/NAME: a desk, not a server */
    if (at_desk(search, from, to) || at_phone(search, from) || at_chat(search, from))
        return SIDE_PERSON;
    /* "mail.zandmeer.nl (203.0.113.19)" */
    if (from > 1 && (search_sign(search, from - 1, '(') || search_sign(search, from - 1, ','))
        && search->token[from - 2].guard)
        return SIDE_MACHINE;
    /* "198.51.100.130 (dat was ik)" */
    if (search_sign(search, to, '('))
        for (uint32_t k = to; k < to + 5 && !search_sign(search, k, ')'); k++)
            if (is_speaker(search, k))
                return SIDE_PERSON;
    /* the line before tells, when this one begins with the address: 5) "remote" 6) "192.0.2.1" */
    if (start + 4 >= from && start > 0 && search->token[start].gap == GAP_LINE)
        start = search_line_start(search, start - 1);
    for (uint32_t k = from, n = 0; k > start && n < 16 && search->token[k - 1].sign != FOLD_MARK;
         n += search->token[k - 1].kind != TOKEN_SIGN, k--) {
        int weight = is_claim_of_person(search->token[k - 1].claim) ? 4 : weight_of(search, k - 1);

        if (search_sign(search, k - 1, '.') && search->token[k].gap && k > 1
            && search->token[k - 2].kind != TOKEN_SIGN)
            break;
        hint |= weight == 1 && n < 2;
        if (hint && is_speaker(search, k - 1))
            score += 30;
        if (!weight)
            continue;
        score += weight * (16 - (int)n);
        if (n < 4 && weight != 1)
            break;
    }
    for (uint32_t k = to, n = 0; k < end && n < 10; k++, n++) {
        int weight = is_claim_of_person(search->token[k].claim) ? 4 : weight_of(search, k);

        if (n < 3 && k > to && is_speaker(search, k)
            && (search_word(search, k - 1, "was") || search_word(search, k - 1, "ben")))
            score += 30;
        /* "from" behind the address is of something else */
        if (weight == 1 || weight == 0)
            continue;
        score += weight * (10 - (int)n);
        if (n < 4)
            break;
    }
    /* "src=198.51.100.99 ... user=jan": the line of a log names whose it is */
    if (hint && score > -12)
        for (uint32_t k = start; k < end; k++)
            if (search->token[k].claim == REDACT_HANDLE || search->token[k].claim == REDACT_PERSON)
                return SIDE_PERSON;
    return score >= 20 ? SIDE_PERSON : score <= -12 ? SIDE_MACHINE : SIDE_UNKNOWN;
}

/* The client of an access log: the line starts with it, user and time follow. */
static bool starts_access_line(const struct search *search, uint32_t from, uint32_t to)
{
    uint32_t end;

    if (from > 0 && search_sign(search, from - 1, '"') && search->token[from - 1].gap >= GAP_LINE)
        return true;
    /* after the time alone, as IIS writes it */
    if (from > 0 && search->token[from].gap < GAP_LINE) {
        for (uint32_t k = search_line_start(search, from); k < from; k++)
            if (search->token[k].kind == TOKEN_WORD && search->token[k].len > 1
                && FEATURE_CLASS(search->token[k].feature) != CLASS_MONTH)
                return false;
            else if (search->token[k].kind == TOKEN_SIGN
                && !strchr("-:[].,/+|", search->token[k].sign))
                return false;
    }
    if (search_sign(search, to, '-') || search_sign(search, to + 1, '\\'))
        return true;
    end = search_line_end(search, from);
    for (uint32_t k = to; k < end; k++)
        if (search_word(search, k, "get") || search_word(search, k, "post")
            || search_word(search, k, "http"))
            return true;
    return false;
}

static bool in_url(const struct search *search, uint32_t from)
{
    return from > 2 && search_sign(search, from - 1, '/') && search_sign(search, from - 2, '/')
        && search_sign(search, from - 3, ':');
}

/* "firmware 3.20.10.15" */
static bool is_version(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "firmware", "version", "versie", "v", "release", "build",
        "versions" };

    for (size_t k = 0; i > 0 && k < COUNT(words); k++)
        if (search_word(search, i - 1, words[k]))
            return true;
    /* "UltraVNC 1.2.1.1" */
    return i > 0 && search->token[i].len == 1 && search->token[i].gap == GAP_BLANK
        && (search->token[i - 1].feature & FEATURE_TECH
            || search->token[i - 1].shape == SHAPE_MIXED);
}

/* The same address elsewhere in the text. */
static bool is_known(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t f = 0; f < search->finds; f++) {
        const struct find *find = &search->find[f];
        uint32_t n = to - from;

        if (find->type != REDACT_IP || find->to - find->from != n)
            continue;
        while (n > 0 && search->token[find->from + n - 1].hash == search->token[from + n - 1].hash
            && search->token[find->from + n - 1].sign == search->token[from + n - 1].sign)
            n--;
        if (n == 0)
            return true;
    }
    return false;
}

/* ::ffff:203.0.113.19 (RFC 4291, section 2.5.5.2), ::ffff:c000:0247 */
static uint32_t mapped_start(const struct search *search, uint32_t i)
{
    if (i > 2 && search_sign(search, i - 1, ':') && search_word(search, i - 2, "ffff")
        && !search->token[i].gap)
        i -= 2;
    if (i > 1 && !search->token[i].gap && search_sign(search, i - 1, ':')
        && search_sign(search, i - 2, ':') && !search->token[i - 1].gap)
        i -= 2;
    return i;
}

static void try_ip(struct search *search, uint32_t i, uint32_t end, bool ours)
{
    enum side side;

    i = mapped_start(search, i);
    if (is_version(search, i))
        return;
    if (ours || in_url(search, i)
        || (i > 0 && search_sign(search, i - 1, '@') && !search->token[i].gap
            && !at_desk(search, i, end) && !at_phone(search, i) && !at_chat(search, i)))
        return;
    /* a network: 203.0.113.0/24 */
    if (search_sign(search, end, '/') && !search->token[end].gap
        && search->token[end + 1].kind == TOKEN_NUMBER && octet(search, end + 1) != 32
        && octet(search, end + 1) != 128)
        return;
    side = side_of(search, i, end);
    if (side == SIDE_MACHINE)
        return;
    if (starts_access_line(search, i, end)) {
        /* a scanner in the log tells itself */
        uint32_t line = search_line_end(search, i);

        for (uint32_t k = end; k < line; k++)
            if (search_word(search, k, "bot") || search_word(search, k, "googlebot")
                || search_word(search, k, "nmap") || search_word(search, k, "zgrab")
                || search_word(search, k, "nikto") || search_word(search, k, "sqlmap")
                || search_word(search, k, "scanner") || search_word(search, k, "masscan"))
                return;
        search_claim(search, i, end, REDACT_IP, RULE_CONTEXT, 82, GUARD_HARD);
        return;
    }
    if (side == SIDE_PERSON)
        search_claim(search, i, end, REDACT_IP, RULE_CONTEXT, 80, GUARD_HARD);
}

static uint32_t mac_end(const struct search *search, uint32_t i)
{
    uint32_t p = search->token[i].pos, k = i;
    uint8_t sign = 0;
    const struct view *view = &search->view;

    if (i > 0 && !search->token[i].gap && search->token[i - 1].kind != TOKEN_SIGN)
        return i;
    if (i > 0 && !search->token[i].gap
        && (search_sign(search, i - 1, ':') && i > 1 && search->token[i - 2].kind != TOKEN_SIGN
            && search->token[i - 2].len <= 2 && !search->token[i - 1].gap))
        return i;
    if (p + 17 > view->len
        || (i > 0
            && (search_word(search, i - 1, "serial") || search_word(search, i - 1, "serienummer")
                || search_word(search, i - 1, "fingerprint"))))
        return i;
    for (uint32_t n = 0; n < 17; n++) {
        uint8_t c = view->ch[p + n], low = c | 32;

        if (n % 3 == 2) {
            if (!sign && (c == ':' || c == '-'))
                sign = c;
            if (c != sign)
                return i;
        } else if (!view_digit(c) && !(low >= 'a' && low <= 'f'))
            return i;
    }
    while (k < search->count && search->token[k].pos < p + 17)
        k++;
    if (search_end_pos(search, k - 1) != p + 17)
        return i;
    if (k < search->count && !search->token[k].gap
        && (search->token[k].kind != TOKEN_SIGN
            || (search->token[k].sign == sign && search->token[k + 1].kind != TOKEN_SIGN
                && !search->token[k + 1].gap)))
        return i;
    return k;
}

/* 48c0.e27c.7f35, as Cisco writes it */
static uint32_t cisco_end(const struct search *search, uint32_t i)
{
    uint32_t p = search->token[i].pos, k = i;
    bool letter = false, digit = false;

    if (p + 14 > search->view.len
        || (i > 0 && !search->token[i].gap
            && (search->token[i - 1].kind != TOKEN_SIGN || search_sign(search, i - 1, '.'))))
        return i;
    for (uint32_t n = 0; n < 14; n++) {
        uint8_t c = search->view.ch[p + n], low = c | 32;

        if (n % 5 == 4) {
            if (c != '.')
                return i;
        } else if (view_digit(c))
            digit = true;
        else if (low >= 'a' && low <= 'f')
            letter = true;
        else
            return i;
    }
    while (k < search->count && search->token[k].pos < p + 14)
        k++;
    if (i > 0
        && (search_word(search, i - 1, "serial") || search_word(search, i - 1, "serienummer")))
        return i;
    if (!letter || !digit || search_end_pos(search, k - 1) != p + 14
        || (k < search->count && !search->token[k].gap && search->token[k].kind != TOKEN_SIGN))
        return i;
    return k;
}

/* By the words of the line; else a maker of virtual or network machines (00:...) is none of a
 * person, and an address made up by a telephone (bit 1 of the first byte) is. */
static bool of_machine(const struct search *search, uint32_t i, uint32_t end)
{
    static const char *const words[] = { "called", "interface", "centrale", "ap", "bssid", "svc",
        "igb", "zelf", "wlc", "uplink", "ap1", "accesspoint" };
    uint32_t from = search_line_start(search, i), to = search_line_end(search, i);
    uint32_t start = i > from + 8 ? i - 8 : from;
    bool machine = search->view.ch[search->token[i].pos] == '0'
        && search->view.ch[search->token[i].pos + 1] == '0';

    if (i > 0 && (search_word(search, i - 1, "cli") || search_word(search, i - 1, "sta")))
        return false; /* who calls in, as RADIUS and access points log it */
    for (uint32_t k = start; k < to; k++) {
        enum word_class class = FEATURE_CLASS(search->token[k].feature);

        if (k >= i && k < end)
            continue;
        if ((class == CLASS_DEVICE && !search_word(search, k, "pc"))
            || is_claim_of_person(search->token[k].claim))
            return false;
        machine |= (class == CLASS_INFRA && k < end + 4)
            || (k < i && is_listed(search, k, words, COUNT(words)));
    }
    return machine;
}

/* An address that stays is no name and no number of another kind. */
static void guard_rest(struct search *search, uint32_t from, uint32_t to, enum token_guard guard)
{
    for (uint32_t k = from; k < to; k++)
        if (!search->token[k].claim && search->token[k].guard < guard)
            search->token[k].guard = (uint8_t)guard;
}

/* Twelve digits of hex, whatever parts them. */
static uint32_t loose_mac_end(const struct search *search, uint32_t i, uint32_t to)
{
    uint32_t digits = 0;

    for (uint32_t k = i; k < to && k < i + 40; k++) {
        const struct token *token = &search->token[k];

        if (token->kind == TOKEN_SIGN) {
            if (!strchr(":-./_,", token->sign) || k == i)
                return i;
            continue;
        }
        if (!is_hex(search, token))
            return i;
        digits += token->len;
        if (digits == 12)
            return k + 1;
        if (digits > 12)
            return i;
    }
    return i;
}

/* "mac 3c22fb019ea7", "STA 3c 22 fb ...": told by the word before. */
static void try_told_mac(struct search *search, uint32_t word)
{
    for (uint32_t k = word + 1; k < search->count && k < word + 8; k++) {
        uint32_t end;

        if (search->token[k].gap >= GAP_PARAGRAPH || search->token[k].claim)
            return;
        end = search->token[k].kind == TOKEN_SIGN ? k : loose_mac_end(search, k, search->count);
        if (end == k
            || (end < search->count && !search->token[end].gap
                && search->token[end].kind != TOKEN_SIGN))
            continue;
        if (!of_machine(search, k, end))
            search_claim(search, k, end, REDACT_MAC, RULE_CONTEXT, 75, GUARD_HARD);
        return;
    }
}

/* One to four digits of hex, as far as the first of them tells. */
static bool may_start(const struct token *token)
{
    return (token->kind != TOKEN_SIGN) & (token->len <= 4)
        & ((token->kind == TOKEN_NUMBER) | ((uint8_t)((token->sign | 32) - 'a') < 6));
}

void netaddr_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++)
        if (search->token[i].kind == TOKEN_WORD && !search->token[i].claim
            && (keyname_word(search, i) == KEY_MAC || search_word(search, i, "station")
                || search_word(search, i, "sta") || search_word(search, i, "macs")))
            try_told_mac(search, i);
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        bool ours = false;
        uint32_t end;

        if (!may_start(token) || token->claim)
            continue;
        if (token->kind == TOKEN_NUMBER
            && (search_sign(search, i + 1, '.') || search_sign(search, i + 1, '[')
                || search_sign(search, i + 1, '(')
                || FEATURE_CLASS(token[1].feature) == CLASS_DOT)) {
            end = ipv4_end(search, i, &ours);
            if (end > i) {
                try_ip(search, i, end, ours);
                guard_rest(search, i, end, GUARD_SOFT);
            }
            continue;
        }
        if (!is_hex(search, token))
            continue;
        end = cisco_end(search, i);
        if (end == i && token->len <= 2)
            end = mac_end(search, i);
        if (end > i) {
            if (!of_machine(search, i, end))
                search_claim(search, i, end, REDACT_MAC, RULE_GRAMMAR, 70, GUARD_HARD);
            guard_rest(search, i, end, GUARD_HARD);
            i = end - 1;
            continue;
        }
        if (token->gap || (i > 0 && search->token[i - 1].kind == TOKEN_SIGN)) {
            end = ipv6_end(search, i, &ours);
            if (end > i) {
                try_ip(search, i, end, ours);
                i = end - 1;
            }
        }
    }
}

void netaddr_find_beside(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];
        bool ours = false;
        uint32_t end = i;

        if ((token[1].kind != TOKEN_SIGN) | ((token[1].sign != '.') & (token[1].sign != ':')))
            continue;
        if (!may_start(token) || token->claim
            || (i > 0 && !token->gap && search->token[i - 1].kind != TOKEN_SIGN))
            continue;
        if (token->kind == TOKEN_NUMBER && search_sign(search, i + 1, '.'))
            end = ipv4_end(search, i, &ours);
        else if (search_sign(search, i + 1, ':') && is_hex(search, token))
            end = ipv6_end(search, i, &ours);
        if (end == i)
            continue;
        if (is_known(search, i, end) && !in_url(search, i))
            search_claim(search, i, end, REDACT_IP, RULE_RECALL, 80, GUARD_HARD);
        else
            try_ip(search, i, end, ours);
        i = end - 1;
    }
}

/* What only a key makes an address: 84-22-13-77, 0xCB007149, 3325256811. */
static uint32_t told_ip_end(const struct search *search, uint32_t i, uint32_t to)
{
    const uint8_t *text = search->view.ch + search->token[i].pos;
    uint32_t end = search_glued_end(search, i), k = i + 1;
    uint64_t value = 0;

    if (i > 0 && !search->token[i].gap && search->token[i - 1].kind != TOKEN_SIGN)
        return i;
    if (text[0] == '0' && (text[1] | 32) == 'x') {
        uint32_t digits = 0;

        while (view_digit(text[2 + digits]) || ((text[2 + digits] | 32) - 'a' + 0u) < 6)
            digits++;
        while (k < end && search->token[k].kind != TOKEN_SIGN)
            k++;
        return digits == 8 && search_end_pos(search, k - 1) == search->token[i].pos + 10 ? k : i;
    }
    if (search->token[i].kind != TOKEN_NUMBER)
        return i;
    for (uint32_t c = 0; c < search->token[i].len && c < 10; c++)
        value = value * 10 + text[c] - '0';
    if (search->token[i].len >= 9 && search->token[i].len <= 10 && value < (uint64_t)1 << 32)
        return k;
    for (uint32_t n = 1; n < 4; n++, k++) {
        if (search->token[k].kind == TOKEN_SIGN && strchr("-_,", search->token[k].sign))
            k++;
        if (k >= to || octet(search, i) < 0 || octet(search, k) < 0
            || search->token[k].gap > GAP_BLANK)
            return i;
    }
    return k;
}

bool netaddr_take(struct search *search, uint32_t from, uint32_t to)
{
    bool taken = false;

    for (uint32_t i = from; i < to && i < from + 40; i++) {
        bool ours = false;
        uint32_t end;

        if (search->token[i].claim || search->token[i].kind == TOKEN_SIGN)
            continue;
        end = ipv4_end(search, i, &ours);
        if (end == i && is_hex(search, &search->token[i]) && search->token[i].len <= 4)
            end = ipv6_end(search, i, &ours);
        if (end == i)
            end = told_ip_end(search, i, to);
        if (end == i)
            continue;
        if (!ours && side_of(search, i, end) != SIDE_MACHINE)
            taken |= search_claim(
                search, mapped_start(search, i), end, REDACT_IP, RULE_KEY, 82, GUARD_HARD);
        i = end - 1;
    }
    return taken;
}

bool netaddr_take_mac(struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to && i < from + 3; i++) {
        uint32_t end = search->token[i].kind == TOKEN_SIGN ? i : loose_mac_end(search, i, to);

        if (end > i && !of_machine(search, i, end))
            return search_claim(search, i, end, REDACT_MAC, RULE_KEY, 80, GUARD_HARD);
    }
    return false;
}
