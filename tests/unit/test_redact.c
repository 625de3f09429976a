#include "lib/rows.h"
#include "redact/redact.h"

#include <stdlib.h>
#include <sysexits.h>

static const char *const domains[] = { "zandmeer.nl" };
static const char *const phones[] = { "14 0588", "+31 588 10 20 30" };
static const char *const office[] = { "Raadhuisplein 1" };
static const struct redact_town town
    = { .own_domains = { domains, 1 }, .public_phones = { phones, 2 }, .office = { office, 1 } };

static const struct {
    const char *label, *text, *want;
} rows[] = {
    { "nothing", "", "" },
    { "a sentence", "De pagina is traag.", "De pagina is traag." },
    /* structure */
    { "JSON", "{\"aanvrager\":\"Annelies ter Braak\",\"tel\":\"06-43180275\",\"status\":\"open\"}",
        "{\"aanvrager\":\"[PERSOON-1]\",\"tel\":\"[TELEFOON-1]\",\"status\":\"open\"}" },
    { "query string", "GET /x?bsn=409120662&pc=9097XE&v=2 HTTP/1.1",
        "GET /x?bsn=[BSN-1]&pc=[POSTCODE-1]&v=2 HTTP/1.1" },
    { "form field", "<input name=\"bsn\" value=\"409120662\">",
        "<input name=\"bsn\" value=\"[BSN-1]\">" },
    { "element", "<ns:achternaam>Bruinsma</ns:achternaam>",
        "<ns:achternaam>[PERSOON-1]</ns:achternaam>" },
    { "cookie", "Cookie: sid=db8daf1b7bb82d7f40c1; lang=nl", "Cookie: sid=[GEHEIM-1]; lang=nl" },
    { "table with a head", "nr | naam | kenteken\n 1 | Juul Rozendal | 63-TS-LV\n",
        "nr | naam | kenteken\n 1 | [PERSOON-1] | [KENTEKEN-1]\n" },
    { "INSERT", "INSERT INTO b (id, naam) VALUES (7, 'M. Yilmaz')",
        "INSERT INTO b (id, naam) VALUES (7, '[PERSOON-1]')" },
    { "a row without a head", "'DOLFING';'HARM JAN';'409120662';'9098 AB'",
        "'[PERSOON-1]';'[PERSOON-2]';'[BSN-1]';'[POSTCODE-1]'" },
    { "access log",
        "203.0.113.101 - n.bouzid [12/Jan/2025:10:22:31 +0100] \"GET / HTTP/1.1\" 200 1",
        "[IP-1] - [GEBRUIKER-1] [12/Jan/2025:10:22:31 +0100] \"GET / HTTP/1.1\" 200 1" },
    { "a directory", "-rw-r--r-- 1 lotte.b staff 12 a.txt",
        "-rw-r--r-- 1 [GEBRUIKER-1] staff 12 a.txt" },
    /* user names and passwords */
    { "a tag of Discord", "discord c0enb3lt#4471 of mail", "discord [GEBRUIKER-1] of mail" },
    { "a chat", "20:31:15 griffier_els: ja hoor\n20:31:40 duo.penotti: nee\n",
        "20:31:15 [GEBRUIKER-1]: ja hoor\n20:31:40 [GEBRUIKER-2]: nee\n" },
    { "a chat on IRC", "14:23 <@Lotje> hoi\n14:24 < nachtwaker> sst\n",
        "14:23 <@[GEBRUIKER-1]> hoi\n14:24 < [GEBRUIKER-2]> sst\n" },
    { "who has which password", "jvdplas:Plasje!Plasje!\nmrwiersema:f1ets&bel\n",
        "[GEBRUIKER-1]:[GEHEIM-1]\n[GEBRUIKER-2]:[GEHEIM-2]\n" },
    { "a header of HTTP is nobody", "x-request-id: 4\nvault_password_file: x\n",
        "x-request-id: 4\nvault_password_file: x\n" },
    { "a class of Java is nobody", "java.lang.NullPointerException: null",
        "java.lang.NullPointerException: null" },
    { "name and surname", "account tessa.koers staat open", "account [GEBRUIKER-1] staat open" },
    { "a host is nobody", "de server b.monitor.example.com staat uit",
        "de server b.monitor.example.com staat uit" },
    { "at the very end", "meer weet ik niet. groetjes, mothwing",
        "meer weet ik niet. groetjes, [GEBRUIKER-1]" },
    { "a blank in an address of a page", "smtps://sheeringa:Kop%20van%20Jut@relay.example.com",
        "smtps://[GEBRUIKER-1]:[GEHEIM-1]@relay.example.com" },
    { "guessed", "De wpa key van de kiosk = IJsjeMetSlagroom, zegt de beheerder.",
        "De wpa key van de kiosk = [GEHEIM-1], zegt de beheerder." },
    { "a cipher suite is no password", "wachtwoord via TLS ECDHE-RSA-AES128-GCM-SHA256 versleuteld",
        "wachtwoord via TLS ECDHE-RSA-AES128-GCM-SHA256 versleuteld" },
    { "a tag of YAML is no password", "db_password: !vault |", "db_password: !vault |" },
    { "a type is no password", "<wsse:Password Type=\"PasswordText\">",
        "<wsse:Password Type=\"PasswordText\">" },
    /* values */
    { "an order number stays", "ORDERNUMMER 714773643 is geen bsn.",
        "ORDERNUMMER 714773643 is geen bsn." },
    { "a number that fails stays", "nummer 111222334", "nummer 111222334" },
    { "BSN with dots", "BSN 566.812.927", "BSN [BSN-1]" },
    { "account with letters apart", "rekening NL40 ABNA 0932 6320 45", "rekening [IBAN-1]" },
    { "telephone in words", "bel nul zes een twee drie vier vijf zes zeven acht",
        "bel [TELEFOON-1]" },
    { "letter O for a zero", "tel O6-1288 4021", "tel [TELEFOON-1]" },
    { "abroad", "call +44 161 496 0093 now", "call [TELEFOON-1] now" },
    { "the town's own number", "via 0588-102030 of 14 0588", "via 0588-102030 of 14 0588" },
    { "a direct line", "doorkies 0588-102 277.", "doorkies [TELEFOON-1]." },
    { "a version is no plate", "op 12-34-56 en ZM-02", "op 12-34-56 en ZM-02" },
    { "address", "op Populierenlaan 23a, 9095 VD Zandmeer", "op [ADRES-1], [POSTCODE-1] Zandmeer" },
    { "the office", "kom naar Raadhuisplein 1 in", "kom naar Raadhuisplein 1 in" },
    { "date of birth", "geboren op 9 maart 1951 te", "geboren op [GEBOORTEDATUM-1] te" },
    { "another date", "op 9 maart 2025 om", "op 9 maart 2025 om" },
    { "identity card", "haar paspoort BWHDX6PX8", "haar paspoort [IDENTITEITSBEWIJS-1]" },
    { "V-number", "V-nummer (0266350145).", "V-nummer ([VNUMMER-1])." },
    { "a server", "de server 192.0.2.66 staat", "de server 192.0.2.66 staat" },
    { "home", "getest vanaf 192.0.2.66 thuis", "getest vanaf [IP-1] thuis" },
    { "private addresses", "vanaf 10.20.5.77", "vanaf 10.20.5.77" },
    { "mail", "mail j.jansen@x.nl", "mail [EMAIL-1]" },
    { "obfuscated mail", "ilona[dot]vermaat[at]zandmeer[dot]nl", "[EMAIL-1]" },
    { "a function", "mail info@zandmeer.nl en security@x.nl",
        "mail info@zandmeer.nl en security@x.nl" },
    { "looked at is no address", "we looked at zandmeer.nl", "we looked at zandmeer.nl" },
    { "password in prose", "met wachtwoord kaasplank_09.", "met wachtwoord [GEHEIM-1]." },
    { "login pair", "account: setup / Boekenwurm7.", "account: setup / [GEHEIM-1]." },
    { "token by form", "sleutel ghp_a8Kd93kdA03kdLQ9dk3a", "sleutel [GEHEIM-1]" },
    { "a hash of a file", "sha256 9f86d081884c7d659a2feaa0c55ad015",
        "sha256 9f86d081884c7d659a2feaa0c55ad015" },
    { "the word between may be many", "wachtwoord van de beamer is nog steeds Kr4anwagen!",
        "wachtwoord van de beamer is nog steeds [GEHEIM-1]" },
    { "a word about passwords is none", "het wachtwoord is verlopen, 12 tekens of meer",
        "het wachtwoord is verlopen, 12 tekens of meer" },
    { "a method is no password", "wachtwoorden met SHA-256 en MD5",
        "wachtwoorden met SHA-256 en MD5" },
    { "a technique is no password", "Password spraying (T1110.003)",
        "Password spraying (T1110.003)" },
    { "the secret stands before its word", "met s3cret als wachtwoord",
        "met [GEHEIM-1] als wachtwoord" },
    { "digits of a lock", "de code van de kast is weer 6-6-2-0.",
        "de code van de kast is weer [GEHEIM-1]." },
    { "digits in two groups", "De sms-code is 884 201 en werkt",
        "De sms-code is [GEHEIM-1] en werkt" },
    { "a code in words", "laadpas-pin een-acht-acht-nul werkt", "laadpas-pin [GEHEIM-1] werkt" },
    { "a code of an error", "foutcode 4012 en resultCode=0040",
        "foutcode 4012 en resultCode=0040" },
    { "a secret keeps what was escaped", "wifi-ww zee&lt;zand&gt;99 dus",
        "wifi-ww [GEHEIM-1] dus" },
    { "behind an address", "riekelt@veldpost.nl:Fietsbel12 -> 302", "[EMAIL-1]:[GEHEIM-1] -> 302" },
    { "mysql -p", "/usr/bin/mysql -pBoerenkool9 zaken", "/usr/bin/mysql -[GEHEIM-1] zaken" },
    { "u and p of a query", "POST /login?u=thijmen.lok&p=rodepotlood14",
        "POST /login?u=[GEBRUIKER-1]&p=[GEHEIM-1]" },
    { "the hash of a dump",
        "kemperink:1144:39bc60c84dc9f26a35fd0ddad77246e3:::", "kemperink:1144:[GEHEIM-1]:::" },
    { "the hash of a layer",
        "layer sha256:13f7d8dafd96cb75392e7d5d02a18f4ea06bcfa41c3832cabef198795597877a",
        "layer sha256:13f7d8dafd96cb75392e7d5d02a18f4ea06bcfa41c3832cabef198795597877a" },
    { "a connection string of Oracle", "jdbc:oracle:thin:kees_dba/Chloor!Water9@10.2.7.30:1521",
        "jdbc:oracle:thin:[GEBRUIKER-1]/[GEHEIM-1]@10.2.7.30:1521" },
    { "a long random run", "\"push\":\"SPv0ttUovVTsiYk7Q9mohw:APA91bSvsMSbJCGwAxqo\"",
        "\"push\":\"[GEHEIM-1]\"" },
    { "a part of a form", "Content-Disposition: form-data; name=\"vnummer\"\n\n6824693140\n",
        "Content-Disposition: form-data; name=\"vnummer\"\n\n[VNUMMER-1]\n" },
    { "any signs in a field", "card=5412_6235_2793_6637", "card=[KAART-1]" },
    { "an account with slashes", "NL/28/FVLB/0581/3199/31", "[IBAN-1]" },
    { "a path is no account", "zandmeer.nl/maaltijden/route/7", "zandmeer.nl/maaltijden/route/7" },
    { "a word for birth and any date", "geb. 23 6 62 te", "geb. [GEBOORTEDATUM-1] te" },
    { "a month of Rome", "geb. 21 ii '88, dus", "geb. [GEBOORTEDATUM-1], dus" },
    { "a date in words", "geb. de zevende van de tweede 1982", "geb. [GEBOORTEDATUM-1]" },
    { "an old date", "ze kwam op 8 april 1997 hier", "ze kwam op [GEBOORTEDATUM-1] hier" },
    { "a date behind a name", "mevrouw Jansen (9-9-'36)",
        "mevrouw [PERSOON-1] ([GEBOORTEDATUM-1])" },
    { "another date of a person", "de heer Bos (overleden 3 januari 2025, geboren 30 mei 1940)",
        "de heer [PERSOON-1] (overleden 3 januari 2025, geboren [GEBOORTEDATUM-1])" },
    { "a version is no date", "MySQL 5.7.33 en Dovecot 2.2.27", "MySQL 5.7.33 en Dovecot 2.2.27" },
    { "digits between the words", "bel nulzes eenvijf zeven7 3acht eennul", "bel [TELEFOON-1]" },
    { "a number behind another's key", "KvK 01188204 | 0588 - 45 11 20",
        "KvK 01188204 | [TELEFOON-1]" },
    { "a date and a time are no telephone", "[03-02-2025 07:41]", "[03-02-2025 07:41]" },
    { "a telephone on the wire", "<sip:+31588447719@sip.zandmeer.nl>",
        "<sip:[TELEFOON-1]@sip.zandmeer.nl>" },
    { "an initial is a person's", "mail j.van.wijk@weidepost.nl", "mail [EMAIL-1]" },
    { "the house number in words", "op Bosweg elf daar", "op [ADRES-1] daar" },
    { "the number before the street", "van nummer 7 Trambaan af", "van [ADRES-1] af" },
    { "a street of two words", "bij Gedempte Haven 18: daar", "bij [ADRES-1]: daar" },
    { "the kind of street first", "dat is Laan van Nieuw Oost-Einde 340 dus",
        "dat is [ADRES-1] dus" },
    { "a small street", "vanuit huis, Groene Dijkje 41 bis, en", "vanuit huis, [ADRES-1], en" },
    { "a short street", "te vinden op Es 3.", "te vinden op [ADRES-1]." },
    { "a postcode with its number", "pcht: 9092VD38", "pcht: [POSTCODE-1]38" },
    { "whose address: a log", "jvelthuizen/203.0.113.150:1194 VERIFY",
        "[GEBRUIKER-1]/[IP-1]:1194 VERIFY" },
    { "whose address: an attacker", "misbruikt vanaf 203.0.113.250, een server van de aanvaller",
        "misbruikt vanaf 203.0.113.250, een server van de aanvaller" },
    { "an access point", "interface igb1 is a0:36:9f:00:12:fe",
        "interface igb1 is a0:36:9f:00:12:fe" },
    { "a nick in brackets", "mevrouw Terwindt (xkq_v, an0ukie)",
        "mevrouw [PERSOON-1] ([GEBRUIKER-1], [GEBRUIKER-2])" },
    { "a list of accounts", "users: admin, kwartel_en_co, bewaking2.",
        "users: admin, [GEBRUIKER-1], [GEBRUIKER-2]." },
    { "a name beside its place", "te vinden als zoekt.blank op insta",
        "te vinden als [GEBRUIKER-1] op insta" },
    { "the line of a log tells whose", "src=198.51.100.99 suser=ltimmerije request=/x",
        "src=[IP-1] suser=[GEBRUIKER-1] request=/x" },
    { "an own host is no profile", "https://gitlab.zandmeer.nl/explore",
        "https://gitlab.zandmeer.nl/explore" },
    { "a key of JSON-LD", "{\"@type\":\"x\"}", "{\"@type\":\"x\"}" },
    /* names */
    { "title", "Geachte mevrouw Wind,", "Geachte mevrouw [PERSOON-1]," },
    { "the same word", "De wind waait.", "De wind waait." },
    { "inverted", "zie Lammertsma, J.T. daar", "zie [PERSOON-1] daar" },
    { "tussenvoegsels", "volgens Jan van der Velde-Bos ook", "volgens [PERSOON-1] ook" },
    { "closing", "Groet,\nWijbrand", "Groet,\n[PERSOON-1]" },
    { "software", "Ruby on Rails 4.2.8 en Apache Tomcat 9",
        "Ruby on Rails 4.2.8 en Apache Tomcat 9" },
    { "one person, one number", "Sicco Hallema belde. Sicco Hallema schreef.",
        "[PERSOON-1] belde. [PERSOON-1] schreef." },
    { "in a file name", "Lotte Biesbosch: ziekmelding_lotte.docx",
        "[PERSOON-1]: ziekmelding_[PERSOON-2].docx" },
    { "spelled out", "ik ben S t e r r e en zij t.o.m.", "ik ben [PERSOON-1] en zij [PERSOON-2]." },
    { "spelled between signs", "aan (W)(i)(l)(m)(a) 12", "aan ([PERSOON-1]) 12" },
    { "spelled, in no list", "voor g-e-r-s-t-n-e-r geldt", "voor [PERSOON-1] geldt" },
    { "spelled, two words", "p_i_e_t_e_r__m_o_s was", "[PERSOON-1]__[PERSOON-2] was" },
    { "ideographs", "Yuki (\u7530\u8fba \u512a\u5e0c), tel", "[PERSOON-1] ([PERSOON-2]), tel" },
    { "another script",
        "dit is \u062e\u062f\u064a\u062c\u0629 \u0628\u0646 \u0633\u0639\u064a\u062f",
        "dit is [PERSOON-1]" },
    { "signs for letters", "aan d!rkj3 v4n d3r sp03l", "aan [PERSOON-1]" },
    { "initials behind", "opgekomen: Zeldenrust H", "opgekomen: [PERSOON-1]" },
    { "initials before", "gr. gj kruithof", "gr. [PERSOON-1]" },
    { "a cell between", "[\"Johanna\",\"van der\",\"Lubbe\"]",
        "[\"[PERSOON-1]\",\"[PERSOON-2]\",\"[PERSOON-3]\"]" },
    { "a version is not", "Finch 1.4.2, Hugo v0.68 en Ada-3.11.jar",
        "Finch 1.4.2, Hugo v0.68 en Ada-3.11.jar" },
    { "abbreviations are not", "z.s.m., o.a. en b.v. d.w.z.", "z.s.m., o.a. en b.v. d.w.z." },
    { "turned round", "lees grubnelekkorpS amliW achterstevoren",
        "lees [PERSOON-1] achterstevoren" },
    { "digits for letters", "dank f4bi\u00ebnne en 1n3k3", "dank [PERSOON-1] en [PERSOON-2]" },
    { "a cipher is not", "met 3DES en MD5 en b64", "met 3DES en MD5 en b64" },
    { "in hex", "x 47 72 6f 6f 74 2c 20 48 y", "x [PERSOON-1] y" },
    { "in base64", "\"TW9uaWVrIFNwb2VsZGVy\"", "\"[PERSOON-1]\"" },
    { "an encoded comma", "q=Jansen%2C+Wilma&z=1", "q=[PERSOON-1]&z=1" },
    { "a wrap in a name", "volgens mevrouw Wester-\n  dijk ook",
        "volgens mevrouw [PERSOON-1] ook" },
    { "two initials, one surname", "aan de heer G. en T. Osinga", "aan de heer [PERSOON-1]" },
    { "numbers go on behind old ones", "[PERSOON-3] en de heer Bos",
        "[PERSOON-3] en de heer [PERSOON-4]" },
};

static struct span redacted_of(struct span text, struct arena *arena)
{
    struct redact_memory memory = { .arena = arena };
    struct redact_known known = { 0 };
    struct redacted redacted;
    struct err err = { 0 };

    if (!redact_text(&town, &known, &memory, REDACT_DUTCH, text, arena, &redacted, &err))
        fail_msg("%s", err.text);
    return redacted.text;
}

static void redacts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct span once = redacted_of(span_of(rows[i].text), arena);

        row_text(rows[i].label, arena_text(arena, once), rows[i].want);
        row_text("a second time", arena_text(arena, redacted_of(once, arena)), rows[i].want);
        arena_free(&arena);
    }
}

static void knows_the_sender(void **state)
{
    static const char *const signer[] = { "Tjitske Rypkema <tr@x.nl>" };
    struct redact_known known = { .from_name = SPAN("Marijn Hagel"),
        .from_email = SPAN("schaduw77@wegwerp.nl"),
        .names = { signer, 1 } };
    struct arena *arena = arena_new();
    struct redact_memory memory = { .arena = arena };
    struct redacted redacted;
    struct err err = { 0 };

    (void)state;
    assert_true(redact_text(&town, &known, &memory, REDACT_ENGLISH,
        SPAN("After the hagel: rypkema and schaduw77 saw Rypkema."), arena, &redacted, &err));
    row_text("known names", arena_text(arena, redacted.text),
        "After the hagel: [PERSON-1] and [USER-1] saw [PERSON-1].");
    row_number("counted", redacted.by_type[REDACT_PERSON], 2);
    arena_free(&arena);
}

static void remembers_a_case(void **state)
{
    struct arena *arena = arena_new();
    struct redact_memory first = { .arena = arena }, second = { .arena = arena };
    struct redact_known known = { 0 };
    struct redacted redacted;
    struct err err = { 0 };

    (void)state;
    assert_true(redact_text(&town, &known, &first, REDACT_DUTCH,
        SPAN("bel 06-12345678 of mevrouw Jansen"), arena, &redacted, &err));
    assert_true(redact_memory_load(&second, redact_memory_save(&first, arena), &err));
    assert_true(redact_text(&town, &known, &second, REDACT_DUTCH,
        SPAN("mevrouw Bos, mevrouw Jansen: 06 12 34 56 78"), arena, &redacted, &err));
    row_text("numbers of the case", arena_text(arena, redacted.text),
        "mevrouw [PERSOON-2], mevrouw [PERSOON-1]: [TELEFOON-1]");
    assert_false(redact_memory_load(&second, SPAN("PERSON x jansen\n"), &err));
    assert_false(redact_memory_load(&second, SPAN("NOTHING 1 jansen\n"), &err));
    arena_free(&arena);
}

static void keeps_windows_together(void **state)
{
    struct arena *arena = arena_new();
    size_t size = 700000;
    char *text = malloc(size);
    struct span once;

    (void)state;
    memset(text, 'x', size);
    memcpy(text + size / 2, " mevrouw Gerlinde Rypkema ", 26);
    memcpy(text + 10, " rypkema ", 9);
    for (size_t at = 250000; at < 280000; at += 300)
        memcpy(text + at, " bsn:409120662 ", 15);
    once = redacted_of((struct span) { text, size }, arena);
    row_number("no number is cut", span_find(once, SPAN("120662"), 0) == SPAN_NOWHERE, true);
    row_number("known later, found before",
        span_find_nocase(once, SPAN("rypkema"), 0) == SPAN_NOWHERE, true);
    free(text);
    arena_free(&arena);
}

static void refuses_what_is_too_large(void **state)
{
    struct arena *arena = arena_new();
    struct redact_memory memory = { .arena = arena };
    struct redact_known known = { 0 };
    struct redacted redacted = { .count = 77 };
    struct err err = { 0 };

    (void)state;
    assert_false(redact_text(&town, &known, &memory, REDACT_DUTCH,
        (struct span) { "", REDACT_MOST + 1 }, arena, &redacted, &err));
    row_number("exit code", err.exit_code, EX_DATAERR);
    row_number("untouched", (long long)redacted.count, 77);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(redacts),
        cmocka_unit_test(knows_the_sender),
        cmocka_unit_test(remembers_a_case),
        cmocka_unit_test(keeps_windows_together),
        cmocka_unit_test(refuses_what_is_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
