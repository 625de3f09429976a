#include "lib/rows.h"
#include "redact/redact.h"

/* Numbers, dates and addresses in the many ways that people write, tell and hide them. */

static const struct {
    const char *label, *text, *want;
} rows[] = {
    { "a house number in words behind the street", "haas m. (beverlaan drie\303\253ntwintig)",
        "haas m. ([ADRES-1])" },
    { "words between street and number", "woont aan de Lindelaan, huisnummer twaalf, sinds 2001",
        "woont aan [ADRES-1], sinds 2001" },
    { "the place between them", "woont aan de Lindelaan in Zandmeer op nummer 14",
        "woont aan [ADRES-1]" },
    { "the number first, as in English", "visit me at 12 Kerkstraat, Zandmeer",
        "visit me at [ADRES-1], Zandmeer" },
    { "the number in words first", "daar huist: achtenveertig Molenweg dus",
        "daar huist: [ADRES-1] dus" },
    { "a number of many words", "house one-hundred-and-four Beukenhaag, nine", "[ADRES-1], nine" },
    { "an honour before the street", "bij de Burgemeester van der Veldestraat 112 dus",
        "bij [ADRES-1] dus" },
    { "an ordinal before the street", "op 2e Oosterparkstraat 55 hs, Amsterdam",
        "op [ADRES-1], Amsterdam" },
    { "a street with a number of its own", "aan het Plein 1940-45 nr. 8.", "aan het [ADRES-1]." },
    { "the kind of street first, abroad", "in de Rue de la Loi 16 dus", "in de [ADRES-1] dus" },
    { "a street in Germany", "in Gartenstra\303\237e 18 a, 48599 Gronau",
        "in [ADRES-1], 48599 Gronau" },
    { "a short end", "naar Prins Bernhardln 3 toe", "naar [ADRES-1] toe" },
    { "a street cut by a hyphen", "op Linde-\nlaan 12 dus", "op [ADRES-1] dus" },
    { "a part of a building", "op Kazernelaan 1, geb. C, k. 9", "op [ADRES-1]" },
    { "an addition in its own cell", "BERKENLAAN|12|A", "[ADRES-1]" },
    { "a box abroad", "naar P.O. Box 1234", "naar [ADRES-1]" },
    { "a number in a field of its own", "{\"straat\":\"Zonnedauw\",\"nr\":81}",
        "{\"straat\":\"[ADRES-1]\",\"nr\":[ADRES-2]}" },
    { "a table that stands upright", "naam | Jan Jansen\nbsn | 409120662\nstatus | open\n",
        "naam | [PERSOON-1]\nbsn | [BSN-1]\nstatus | open\n" },
    { "a month is no house number", "Zandmeer, 19 februari 2025", "Zandmeer, 19 februari 2025" },
    { "a parcel is no house", "Sectie K, nummer 4410", "Sectie K, nummer 4410" },
    { "a product with its number", "De DJI Mini 4 Pro en Windows 11",
        "De DJI Mini 4 Pro en Windows 11" },
    { "a postcode in words", "postcode negentig drie\303\253nnegentig, A van Anton, B van Bernard",
        "postcode [POSTCODE-1]" },
    { "a postcode behind an address", "Rozenlaan 3, 9 0 9 7 zk", "[ADRES-1], [POSTCODE-1]" },
    { "a size is no postcode", "2048 MB en 2400 KB", "2048 MB en 2400 KB" },
    { "a date of mixed words", "geboren twaalf maart negentien honderd tachtig te",
        "geboren [GEBOORTEDATUM-1] te" },
    { "parts in any order", "geb. het jaar 1979, 6e maand, dag 23", "geb. [GEBOORTEDATUM-1]" },
    { "a feast", "geboren op tweede pinksterdag 1990 te", "geboren op [GEBOORTEDATUM-1] te" },
    { "a month of the neighbours", "geb. 2 nisan 1981", "geb. [GEBOORTEDATUM-1]" },
    { "as Java prints it", "geb=Sat May 03 00:00:00 CET 1986, pc", "geb=[GEBOORTEDATUM-1], pc" },
    { "the parts in JSON", "{\"d\":{\"y\":1944,\"m\":9,\"d\":17}}",
        "{\"d\":{\"y\":[GEBOORTEDATUM-1],\"m\":[GEBOORTEDATUM-2],\"d\":[GEBOORTEDATUM-3]}}" },
    { "the parts of a form", "geb%5Bd%5D=28&geb%5Bm%5D=02&geb%5Bj%5D=1952",
        "geb%5Bd%5D=[GEBOORTEDATUM-1]&geb%5Bm%5D=[GEBOORTEDATUM-2]&geb%5Bj%5D=[GEBOORTEDATUM-3]" },
    { "a birthday without its year", "hij is jarig op 30 oktober hoor",
        "hij is jarig op [GEBOORTEDATUM-1] hoor" },
    { "no more than the year", "zij is geboren in 1980.", "zij is geboren in [GEBOORTEDATUM-1]." },
    { "an element that closes",
        "<geboortedatum>19520811</geboortedatum>\n<sterfdatum>20250127</sterfdatum>",
        "<geboortedatum>[GEBOORTEDATUM-1]</geboortedatum>\n<sterfdatum>20250127</sterfdatum>" },
    { "the time of a chat", "WhatsApp:\n06-11-2024 05:48 - Bericht",
        "WhatsApp:\n06-11-2024 05:48 - Bericht" },
    { "a time in a log", "bel 06:25:03 2025", "bel 06:25:03 2025" },
    { "a document is no birthday", "kenmerk BD-1974-0031 (een dossier)",
        "kenmerk BD-1974-0031 (een dossier)" },
    { "a telephone with any signs", "tel: 06*1234*5678", "tel: [TELEFOON-1]" },
    { "a telephone half in words", "bel 06 12 34 vijf zes 78 dan", "bel [TELEFOON-1] dan" },
    { "a telephone without its zero", "telnr zonder nul: 6 37441301.",
        "telnr zonder nul: [TELEFOON-1]." },
    { "a country without its plus", "bel terug: 31 6 4402 1798.", "bel terug: [TELEFOON-1]." },
    { "a telephone with an extension", "tel. 0588-44 12 90 toestel 12", "tel. [TELEFOON-1]" },
    { "a footnote behind a telephone", "tel 0588-46 20 11. [1] zie", "tel [TELEFOON-1]. [1] zie" },
    { "a citizen's number with any signs", "BSN 222*333*13 of bsn 111,222,333",
        "BSN [BSN-1] of bsn [BSN-2]" },
    { "the same in a field of ten", "\"bsn\":\"0409120662\"", "\"bsn\":\"[BSN-1]\"" },
    { "with words between", "burgernummer: 409 en dan 120 en dan 662", "burgernummer: [BSN-1]" },
    { "what stands before a number is that number's", "order 480815619 / a / 409120662",
        "order 480815619 / a / [BSN-1]" },
    { "mail between dashes", "jan.smit -at- postbus -dot- nl", "[EMAIL-1]" },
    { "mail between bars", "mail jan.smit|at|huispost|dot|nl", "mail [EMAIL-1]" },
    { "mail in pieces", "send(\"r.quis\"+\"pel\"+\"@\"+\"kwartier\"+\"post.nl\")",
        "send(\"[EMAIL-1]\")" },
    { "mail with a comma for its dot", "mail jan.smit@huispost,nl graag", "mail [EMAIL-1] graag" },
    { "mail with a quoted part", "** \"marga.oe\"@heidepost.nl: vol", "** [EMAIL-1]: vol" },
    { "mail that a bounce is of", "<w.roskam=zandmeer.nl@bounce.vendor.nl>", "<[EMAIL-1]>" },
    { "mail read from the back", "\"elpmaxe.tsopkeolb@aippaj\"", "\"[EMAIL-1]\"" },
    { "a package is no mail", "{\"@odata.context\":\"x\"}", "{\"@odata.context\":\"x\"}" },
    { "a plate letter by letter", "plate: hotel, one oh seven, lima juliett",
        "plate: [KENTEKEN-1]" },
    { "a plate spaced out", "van V 8 8 0 R K dus", "van [KENTEKEN-1] dus" },
    { "a plate of a vehicle", "busje M-385-AB stond", "busje [KENTEKEN-1] stond" },
    { "a version is no foreign plate", "kenteken x\nPHP 5.4.16 en GPS 52.99",
        "kenteken x\nPHP 5.4.16 en GPS 52.99" },
    { "a document in groups", "pas YXV-NB8-576 | x", "pas [IDENTITEITSBEWIJS-1] | x" },
    { "a date is no document", "paspoort getoond op 2025-05-01 07:00",
        "paspoort getoond op 2025-05-01 07:00" },
    { "an address in blanks", "mijn ip: 84 . 22 . 13 . 77 thuis", "mijn ip: [IP-1] thuis" },
    { "an address with words for dots", "mijn ip is 84 dot 22 dot 13 dot 77", "mijn ip is [IP-1]" },
    { "an address as one number", "X-Forwarded-For: 1410731341, 0xCB007149",
        "X-Forwarded-For: [IP-1], [IP-2]" },
    { "an address in the new form", "X-Forwarded-For: ::ffff:c000:0247",
        "X-Forwarded-For: [IP-1]" },
    { "who speaks was there", "I used Wget/1.21.4 from 203.0.113.4, nothing else",
        "I used Wget/1.21.4 from [IP-1], nothing else" },
    { "a single address of a net", "mijn ip 203.0.113.5/32, niet 203.0.113.0/24",
        "mijn ip [IP-1]/32, niet 203.0.113.0/24" },
    { "hardware without signs", "mac 3c22fb019ea7 van de iPhone", "mac [MAC-1] van de iPhone" },
    { "who calls in", "(from client AP-GYM-3 port 0 cli 3C-16-BF-57-D8-3D)",
        "(from client AP-GYM-3 port 0 cli [MAC-1])" },
    { "a printer is no postcode", "de printer (4500 XL) en een scherm (1080 HD)",
        "de printer (4500 XL) en een scherm (1080 HD)" },
    { "a file is no key", "diplomas.zip is publiek, 3000 MB", "diplomas.zip is publiek, 3000 MB" },
    { "a model is no plate", "bin model RG-455-T, sensor NW-315-D",
        "bin model RG-455-T, sensor NW-315-D" },
    { "a plate with blanks", "verdachte bus, VX 908 T, staat",
        "verdachte bus, [KENTEKEN-1], staat" },
    { "plates where they are spoken of", "kentekens: GR-417-P, GR418P en K-MV 2209",
        "kentekens: [KENTEKEN-1], [KENTEKEN-2] en [KENTEKEN-3]" },
    { "a firm's office", "{\"leverancier\":\"Veevoeder Kanters B.V.\",\"adres\":\"Handelsweg 40\"}",
        "{\"leverancier\":\"Veevoeder Kanters B.V.\",\"adres\":\"Handelsweg 40\"}" },
    { "the date of a permit", "de bouwvergunning van 4 mei 1995 is terug",
        "de bouwvergunning van 4 mei 1995 is terug" },
    { "a value below its key", "Geboortedatum\n12-03-1980\nPaspoort\nTZ 1284471\n",
        "Geboortedatum\n[GEBOORTEDATUM-1]\nPaspoort\n[IDENTITEITSBEWIJS-1]\n" },
    { "the lines that machines read", "mrz SPECI20142NLD6503101F2403096999999990<<<<<84",
        "mrz [IDENTITEITSBEWIJS-1]" },
    { "a document in a file name", "scan_PX5XV9LY1.jpg", "scan_[IDENTITEITSBEWIJS-1].jpg" },
    { "an appointment is no document", "een Turks paspoort. AFZ-2025-31 is mijn afspraak",
        "een Turks paspoort. AFZ-2025-31 is mijn afspraak" },
    { "a host and its address", "op mail-oud.zandmeer.nl (203.0.113.19) met",
        "op mail-oud.zandmeer.nl (203.0.113.19) met" },
    { "somebody in a chat", "x [~rdb@203.0.113.233] has joined", "x [~rdb@[IP-1]] has joined" },
    { "keys by their names", "bsn[SPACE]409[SPACE]120[SPACE]662[ENTER] JAN.SMIT<AT>POST<DOT>NL",
        "bsn[SPACE][BSN-1][ENTER] [EMAIL-1]" },
    { "a plate of a bus letter by letter", "bus = Victor 7 1 2 Zulu Kilo", "bus = [KENTEKEN-1]" },
    { "bytes in octal", "adres=\\107\\162\\141\\143\\150\\164\\040\\071", "adres=[ADRES-1]" },
    { "quoted-printable of digits", "bsn 40=2091=2020=20662", "bsn [BSN-1]" },
};

static struct span redacted_of(struct span text, struct arena *arena)
{
    const char *const domains[] = { "zandmeer.nl" };
    const struct redact_town town = { .own_domains = { domains, 1 } };
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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(redacts) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
