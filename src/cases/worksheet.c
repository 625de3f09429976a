#include "cases/worksheet.h"

#include <string.h>

#include "base/buf.h"
#include "base/date.h"

enum { AP_TERM_S = 72 * 3600 };

static const char *moment(int64_t at_s, struct arena *arena)
{
    char day[DATE_TEXT], hour[DATE_TEXT];

    if (!at_s)
        return "………";
    date_words_nl(at_s, day);
    date_clock(at_s, hour);
    return arena_printf(arena, "%s om %s", day, hour);
}

static void head(struct buf *buf, int number, const char *title)
{
    buf_printf(buf, "\n%d. %s\n", number, title);
}

static void field(struct buf *buf, const char *name, const char *value)
{
    buf_printf(buf, "   %-34s %s\n", name, *value ? value : "………");
}

static void choices(struct buf *buf, const char *name, const char *const *words, size_t count)
{
    buf_printf(buf, "   %s\n", name);
    for (size_t i = 0; i < count; i++)
        buf_printf(buf, "     [ ] %s\n", words[i]);
}

static const char *joined(const struct texts *texts, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < texts->count; i++) {
        buf_text(&buf, i ? ", " : "");
        buf_text(&buf, texts->at[i]);
    }
    return buf_string(&buf);
}

/* Hosts and URLs of the municipality: another may be the researcher's own. */
static bool is_ours(const char *place, const struct worksheet_house *house)
{
    struct span host = span_of(place);
    size_t scheme = span_find(host, SPAN("://"), 0), end;

    if (scheme != SPAN_NOWHERE)
        host = span_part(host, scheme + 3, host.len);
    for (end = 0; end < host.len && !strchr("/:?", host.at[end]); end++)
        continue;
    host = span_part(host, 0, end);
    for (size_t i = 0; i < house->own_domains->count; i++) {
        struct span domain = span_of(house->own_domains->at[i]);

        if (span_equal_nocase(host, domain)
            || (host.len > domain.len && host.at[host.len - domain.len - 1] == '.'
                && span_ends_nocase(host, domain)))
            return true;
    }
    return false;
}

static struct texts ours(
    const struct texts *places, const struct worksheet_house *house, struct arena *arena)
{
    struct texts kept = { 0 };

    for (size_t i = 0; i < places->count; i++)
        if (is_ours(places->at[i], house))
            texts_add(&kept, arena, places->at[i]);
    return kept;
}

static void term(struct buf *buf, const struct case_file *file, int64_t now_s)
{
    const struct clock *clock = &file->clocks[CLOCK_AP_72H];

    if (clock->state == CLOCK_STOPPED)
        buf_printf(buf, "Termijn: gestopt op %s (%s).\n", moment(clock->stopped_at, buf->arena),
            strcmp(clock->why, "no breach") == 0                ? "geen datalek"
                : strcmp(clock->why, "reported to the AP") == 0 ? "gemeld bij de AP"
                                                                : "zaak beëindigd");
    else if (clock->state == CLOCK_RUNNING)
        buf_printf(buf, "Uiterste moment van melden: %s (%s).\n", moment(clock->due_at, buf->arena),
            clock_left(clock->due_at, now_s, "nl", buf->arena));
    if (file->breach == BREACH_UNDECIDED)
        buf_text(buf, "Nog niet beslist of dit een datalek is: 'breach yes' of 'breach no'.\n");
    else
        buf_printf(buf, "Beslist op %s: %s.\n", moment(file->breach_at, buf->arena),
            file->breach == BREACH_YES ? "dit is een datalek" : "dit is geen datalek");
}

static void awareness(struct buf *buf, const struct case_file *file, int64_t now_s)
{
    const struct {
        const char *name;
        int64_t at_s;
    } moments[] = {
        { "melding ontvangen", file->received_at },
        { "voor het eerst gelezen", file->first_read_at },
        { "kwetsbaarheid bevestigd", file->confirmed_at },
        { "beslist: datalek", file->breach == BREACH_YES ? file->breach_at : 0 },
    };

    buf_text(buf, "   Momenten van kennisname (de strikte termijn loopt vanaf de ontvangst):\n");
    for (size_t i = 0; i < COUNT(moments); i++)
        if (moments[i].at_s)
            buf_printf(buf, "     %-26s %-42s +72 uur: %s\n", moments[i].name,
                moment(moments[i].at_s, buf->arena),
                clock_left(moments[i].at_s + AP_TERM_S, now_s, "nl", buf->arena));
        else
            buf_printf(buf, "     %-26s nog niet\n", moments[i].name);
}

static void contact(struct buf *buf, const struct worksheet_house *house)
{
    head(buf, 1, "Contact en organisatie (AVG art. 33 lid 3 onder b)");
    field(buf, "Verwerkingsverantwoordelijke", house->municipality);
    field(buf, "Adres", joined(house->office, buf->arena));
    field(buf, "Sector", "openbaar bestuur, gemeente");
    field(buf, "Melder namens de organisatie", house->ciso_title);
    field(buf, "Telefoon", house->telephone);
    field(buf, "Functionaris gegevensbescherming", "");
    field(buf, "Eerste of vervolgmelding", "eerste, eventueel voorlopig (in fasen: art. 33 lid 4)");
    field(buf, "Verwerker betrokken", "");
}

static void timeline(struct buf *buf, const struct case_file *file, int64_t now_s)
{
    head(buf, 2, "Tijdlijn");
    field(buf, "Begin van de inbreuk", "");
    field(buf, "Einde van de inbreuk", file->fixed_at ? moment(file->fixed_at, buf->arena) : "");
    field(buf, "Ontdekt op", moment(file->received_at, buf->arena));
    field(buf, "Ontdekt door", "een melding bij het meldpunt voor kwetsbaarheden");
    awareness(buf, file, now_s);
    if (now_s > file->received_at + AP_TERM_S)
        field(buf, "Reden van melding na 72 uur", "");
}

static void nature(
    struct buf *buf, const struct case_file *file, const struct worksheet_house *house)
{
    static const char *const kinds[] = { "vertrouwelijkheid: onbevoegde inzage of verspreiding",
        "integriteit: onbevoegde wijziging", "beschikbaarheid: verlies of vernietiging" };
    static const char *const incidents[] = { "hacking, malware of phishing",
        "kwetsbaarheid gevonden, misbruik niet gebleken", "gegevens openbaar toegankelijk",
        "anders" };

    struct texts hosts = ours(&file->facts.hosts, house, buf->arena);
    struct texts urls = ours(&file->facts.urls, house, buf->arena);

    head(buf, 3, "Aard van de inbreuk (art. 33 lid 3 onder a)");
    choices(buf, "Soort inbreuk", kinds, COUNT(kinds));
    choices(buf, "Soort incident", incidents, COUNT(incidents));
    field(buf, "Systeem", joined(&hosts, buf->arena));
    for (size_t i = 0; i < urls.count; i++)
        field(buf, i ? "" : "Adres", urls.at[i]);
    field(buf, "Soort kwetsbaarheid", file->facts.weakness);
    if (file->facts.cves.count)
        field(buf, "CVE", joined(&file->facts.cves, buf->arena));
    if (file->facts.cwes.count)
        field(buf, "CWE", joined(&file->facts.cwes, buf->arena));
    field(buf, "Ernst", file->severity);
    field(buf, "Samenvatting van het incident", "");
}

static void data(struct buf *buf)
{
    static const char *const kinds[] = { "naam, adres, woonplaats", "contactgegevens",
        "burgerservicenummer", "identiteitsbewijs", "financiële gegevens", "inloggegevens",
        "locatiegegevens", "gegevens over gezondheid of zorg (bijzonder)",
        "andere bijzondere gegevens (art. 9)", "strafrechtelijke gegevens (art. 10)", "anders" };

    head(buf, 4, "Persoonsgegevens (art. 33 lid 3 onder a)");
    choices(buf, "Soorten gegevens", kinds, COUNT(kinds));
    field(buf, "Aantal gegevensregisters (bij ben.)", "");
}

static void people(struct buf *buf)
{
    static const char *const kinds[] = { "inwoners", "kinderen of andere kwetsbare personen",
        "medewerkers", "ondernemers", "anders" };

    head(buf, 5, "Betrokkenen (art. 33 lid 3 onder a)");
    choices(buf, "Groepen", kinds, COUNT(kinds));
    field(buf, "Aantal (minimaal, maximaal)", "");
    field(buf, "Ook buiten Nederland", "");
}

static void measures(struct buf *buf, const struct case_file *file)
{
    head(buf, 6, "Maatregelen (art. 33 lid 3 onder d)");
    field(buf, "Vooraf: versleuteld, gehasht, anders", "");
    field(buf, "Mitigerende maatregelen sinds",
        file->mitigated_at ? moment(file->mitigated_at, buf->arena) : "");
    field(buf, "Verholpen op", file->fixed_at ? moment(file->fixed_at, buf->arena) : "");
    field(buf, "Verkregen gegevens gewist",
        strcmp(file->wiped, "yes") == 0      ? "ja, bevestigd"
            : strcmp(file->wiped, "no") == 0 ? "nee"
                                             : "");
    field(buf, "Logbestanden op misbruik onderzocht", "");
    field(buf, "Welke maatregelen", "");
}

static void consequences(struct buf *buf)
{
    static const char *const kinds[] = { "identiteitsfraude", "financiële schade",
        "discriminatie of reputatieschade", "verlies van vertrouwelijkheid", "geen, want ………",
        "anders" };

    head(buf, 7, "Gevolgen voor de betrokkenen (art. 33 lid 3 onder c)");
    choices(buf, "Waarschijnlijke gevolgen", kinds, COUNT(kinds));
    field(buf, "Hoe groot is het risico", "");
}

static void follow_up(struct buf *buf, const struct case_file *file)
{
    bool told = false, csirt = false;

    for (size_t i = 0; i < file->disclosures.count; i++) {
        told = told || strcmp(file->disclosures.at[i].ground, "persons") == 0;
        csirt = csirt || strcmp(file->disclosures.at[i].ground, "csirt") == 0;
    }
    head(buf, 8, "Vervolg (art. 34, art. 33 lid 4)");
    field(buf, "Betrokkenen geïnformeerd", told ? "ja" : "");
    field(buf, "Zo nee, waarom niet", "");
    field(buf, "Gemeld bij de IBD", file->ibd >= IBD_SENT ? moment(file->ibd_at, buf->arena) : "");
    field(buf, "Gemeld bij het CSIRT (Cbw)", csirt ? "ja" : "");
    field(buf, "Grensoverschrijdend", "");
    field(buf, "Vervolgmelding verwacht", "");
}

const char *worksheet_text(const struct case_file *file, const struct worksheet_house *house,
    int64_t now_s, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    buf_printf(&buf,
        "Werkblad voor de melding van een datalek bij de Autoriteit Persoonsgegevens\n"
        "Zaak %s, gemaakt op %s\n\n"
        "De AP neemt alleen meldingen aan via haar eigen webformulier; dit blad volgt de volgorde\n"
        "daarvan. Wat de zaak niet weet, is opengelaten (………). Gegevens van de ontdekker horen\n"
        "niet in de melding en staan hier niet in.\n\n",
        file->number, moment(now_s, arena));
    term(&buf, file, now_s);
    contact(&buf, house);
    timeline(&buf, file, now_s);
    nature(&buf, file, house);
    data(&buf);
    people(&buf);
    measures(&buf, file);
    consequences(&buf);
    follow_up(&buf, file);
    buf_printf(&buf,
        "\nNa het melden: disclosure ap AP: nummer van de melding (stopt de termijn)\n\n"
        "Regel voor het register (art. 33 lid 5; ook als er niet wordt gemeld):\n%s\n%s\n",
        worksheet_register_head(), worksheet_register(file, house, arena));
    return buf_string(&buf);
}

const char *worksheet_register_head(void)
{
    return "zaak;ontvangen;datalek;beslist;aard;systeem;gevolgen;maatregelen;verholpen;gemeld_ap";
}

static const char *day(int64_t at_s, struct arena *arena)
{
    char text[DATE_TEXT];

    if (!at_s)
        return "";
    date_local(at_s, text);
    return arena_text(arena, span_of(text));
}

const char *worksheet_register(
    const struct case_file *file, const struct worksheet_house *house, struct arena *arena)
{
    struct texts hosts = ours(&file->facts.hosts, house, arena);
    int64_t reported_at = 0;

    for (size_t i = 0; i < file->disclosures.count; i++)
        if (strcmp(file->disclosures.at[i].ground, "ap") == 0)
            reported_at = file->disclosures.at[i].at;
    return arena_printf(arena, "%s;%s;%s;%s;\"%s\";\"%s\";\"\";\"%s\";%s;%s", file->number,
        day(file->received_at, arena),
        file->breach == BREACH_YES      ? "ja"
            : file->breach == BREACH_NO ? "nee"
                                        : "onbeslist",
        day(file->breach_at, arena), file->facts.weakness, joined(&hosts, arena),
        file->mitigated_at ? "mitigerende maatregelen" : "", day(file->fixed_at, arena),
        day(reported_at, arena));
}
