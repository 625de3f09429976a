#include "cases/missing.h"

#include <string.h>

static const struct {
    const char *word, *nl, *en;
} items[] = {
    { "application", "de naam van de applicatie of het systeem",
        "the name of the application or system" },
    { "url", "het adres (URL) van de applicatie", "the address (URL) of the application" },
    { "steps", "de stappen waarmee u de zwakke plek vond",
        "the steps by which you found the weakness" },
};

static const char *const applications[] = { "applicatie", "application", "portaal", "portal",
    "website", "webapp", "web app", "webserver", "web server", "server", "systeem", "system",
    "formulier", "form ", "inlogpagina", "login page", "mailserver", "mail server", "wifi", "wi-fi",
    "vpn", "citrix", "exchange", "sharepoint", "joomla", "wordpress", "drupal", "e-loket",
    "digitaal loket", "api", "plugin", "plug-in", "software", "router", "printer", "camera" };

static const char *const steps[] = { "stappen", "stap 1", "steps", "step 1", "reproduc",
    "reproduce", "proof of concept", "proof-of-concept", "poc", "payload", "curl ", "nmap ",
    "get /", "post /", "ga naar", "go to", "open de", "klik op", "click on", "click the",
    "navigeer", "navigate", "vul in", "vul bij", "enter the", "bezoek", "visit", "request:", "burp",
    "sqlmap", "<script", "' or ", "../" };

static const char *const report_words[] = { "kwetsba", "vulnerab", "beveiligingslek", "lek ",
    "zwakke plek", "security", "exploit", "beveiliging", "hack", "misconfig", "exposed",
    "openbaar toegankelijk", "publicly accessible", "wachtwoord", "password", "inject",
    "disclosure", "bug bounty", "leak", "datalek", "data breach", "stacktrace", "stack trace",
    "debug", "redirect", "phpinfo", "directory listing", "zonder inlog", "zonder in te loggen",
    "without login", "without logging in", "unauthenticated", "gegevens van anderen",
    "other people's data", "clickjacking", "takeover", "default credentials" };

static bool holds_any(struct span text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_find_nocase(text, span_of(words[i]), 0) != SPAN_NOWHERE)
            return true;
    return false;
}

/* "1." and "2." or "1)" and "2)" at the start of lines. */
static bool holds_numbered_list(struct span text)
{
    bool one = false;
    struct span line;

    while (span_line(&text, &line)) {
        line = span_trim(line);
        if (line.len < 2 || (line.at[1] != '.' && line.at[1] != ')'))
            continue;
        one = one || line.at[0] == '1';
        if (one && line.at[0] == '2')
            return true;
    }
    return false;
}

struct texts missing_items(struct span text, const struct case_facts *facts, struct arena *arena)
{
    bool place = facts->urls.count || facts->hosts.count;
    const bool there[COUNT(items)] = {
        place || facts->cves.count || holds_any(text, applications, COUNT(applications)),
        place,
        holds_numbered_list(text) || holds_any(text, steps, COUNT(steps)),
    };
    struct texts missing = { 0 };

    for (size_t i = 0; i < COUNT(items); i++)
        if (!there[i])
            texts_add(&missing, arena, items[i].word);
    return missing;
}

const char *missing_name(const char *item, const char *language)
{
    for (size_t i = 0; i < COUNT(items); i++)
        if (strcmp(items[i].word, item) == 0)
            return strcmp(language, "en") ? items[i].nl : items[i].en;
    return "";
}

bool missing_looks_like_report(struct span text, const struct case_facts *facts)
{
    bool place = facts->urls.count || facts->hosts.count;

    return facts->cves.count || facts->cwes.count || *facts->weakness
        || (place && holds_any(text, report_words, COUNT(report_words)));
}
