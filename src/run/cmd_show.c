#include "run/casework.h"
#include "run/command.h"
#include "run/options.h"
#include "run/terminal.h"

#include "cases/consent.h"
#include "cases/missing.h"
#include "cases/undelivered.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct view {
    const struct casework *work;
    const struct case_file *file;
    bool person, letters;
    struct arena *arena;
};

static const char *say(const struct view *view, const char *nl, const char *en)
{
    return view->work->dutch ? nl : en;
}

static void field(const struct view *view, const char *nl, const char *en, const char *value)
{
    if (*value)
        printf("  %-22s %s\n", say(view, nl, en), terminal_safe(span_of(value), view->arena));
}

static void head(const struct view *view, const char *nl, const char *en)
{
    printf("\n%s\n", say(view, nl, en));
}

static void field_texts(
    const struct view *view, const char *nl, const char *en, const struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        field(view, i ? "" : nl, i ? "" : en, texts->at[i]);
}

static void show_facts(const struct view *view)
{
    const struct case_file *file = view->file;
    const char *yes = say(view, "ja", "yes"), *no = say(view, "nee", "no");

    printf("%s  %s\n", file->number, case_state_name(file->state, view->work->language));
    field(view, "ontvangen", "received", casework_moment(file->received_at, view->arena));
    field(view, "voor het eerst gelezen", "first read",
        casework_moment(file->first_read_at, view->arena));
    if (view->work->office.settings.order_code == ORDER_CODE_REQUIRED)
        field(view, "in opdrachten per mail", "in orders by mail",
            arena_printf(view->arena, "%s/%s", file->number, file->code));
    field(view, "taal van de brieven", "language of letters", file->language);
    field(view, "ernst", "severity", file->severity);
    if (file->severity_tenths >= 0)
        field(view, "CVSS", "CVSS",
            arena_printf(
                view->arena, "%d.%d", file->severity_tenths / 10, file->severity_tenths % 10));
    field(view, "datalek", "data breach",
        file->breach == BREACH_YES      ? yes
            : file->breach == BREACH_NO ? no
                                        : say(view, "nog te beslissen", "not decided"));
    field(view, "kopie IBD", "copy to the IBD", case_ibd_word(file->ibd));
    field_texts(view, "  omdat", "  because", &file->ibd_reasons);
    field(view, "dubbel van", "duplicate of", file->duplicate_of);
    field(view, "apart gehouden van", "kept apart from", file->apart_from);
    field_texts(view, "URL", "URL", &file->facts.urls);
    field_texts(view, "host", "host", &file->facts.hosts);
    field_texts(view, "CVE", "CVE", &file->facts.cves);
    field_texts(view, "CWE", "CWE", &file->facts.cwes);
    field(view, "kwetsbaarheid", "weakness", file->facts.weakness);
    for (size_t i = 0; i < file->missing.count; i++)
        field(view, i ? "" : "ontbreekt", i ? "" : "missing",
            missing_name(file->missing.at[i], view->work->language));
    if (view->person) {
        field(view, "melder", "researcher", file->name);
        field(view, "adres", "address", file->address);
        for (size_t i = 0; i < file->keys.count; i++)
            field(view, i ? "" : "sleutel", i ? "" : "key",
                arena_printf(
                    view->arena, "%s (%s)", file->keys.at[i].fingerprint, file->keys.at[i].how));
    }
}

static void show_clocks(const struct view *view)
{
    head(view, "Termijnen", "Terms");
    for (int kind = 0; kind < CLOCK_KINDS; kind++) {
        const struct clock *clock = &view->file->clocks[kind];
        const char *name = clock_name((enum clock_kind)kind, view->work->language);

        if (clock->state == CLOCK_IDLE)
            continue;
        printf("  %-28s %s  ", name, casework_moment(clock->due_at, view->arena));
        if (clock->state == CLOCK_RUNNING)
            printf("%s\n",
                clock_left(
                    clock->due_at, view->work->office.now_s, view->work->language, view->arena));
        else
            printf("%s (%s)\n",
                clock->state == CLOCK_PAUSED ? say(view, "staat stil", "paused")
                    : clock_in_time(clock, view->work->office.now_s)
                    ? say(view, "gestopt, op tijd", "stopped, in time")
                    : say(view, "gestopt, te laat", "stopped, late"),
                clock->why);
    }
}

static void show_consents(const struct view *view)
{
    head(view, "Toestemming", "Consent");
    for (int kind = 0; kind < CONSENT_KINDS; kind++) {
        const struct case_consent *consent = &view->file->consents[kind];

        printf("  %-44s %s\n", consent_name((enum consent_kind)kind, view->work->language),
            consent->given         ? say(view, "ja", "yes")
                : consent->offered ? say(view, "nee, wel aangeboden", "no, but offered")
                                   : say(view, "nee", "no"));
    }
    for (size_t i = 0; i < view->file->disclosures.count; i++) {
        const struct case_disclosure *one = &view->file->disclosures.at[i];

        printf("  %s  %s  %s: %s\n", casework_moment(one->at, view->arena), one->ground, one->to,
            one->what);
    }
}

static void show_attachments(const struct view *view, const struct case_message *message)
{
    for (size_t i = 0; i < message->attachments.count; i++) {
        const struct case_attachment *one = &message->attachments.at[i];

        printf("    %s %s, %lld bytes, sha256 %s%s%s\n",
            *one->name ? terminal_safe(span_of(one->name), view->arena) : "-",
            terminal_safe(span_of(one->type), view->arena), (long long)one->size_bytes, one->sha256,
            *one->withheld ? "; " : "", one->withheld);
    }
}

static void show_messages(const struct view *view)
{
    for (size_t i = 0; i < view->file->messages.count; i++) {
        const struct case_message *message = &view->file->messages.at[i];

        printf("\n%s %zu  %s  %s\n", say(view, "Bericht", "Message"), i + 1,
            casework_moment(message->received_at, view->arena),
            case_kind_name(message->kind, view->work->language));
        if (view->person)
            printf("  %s <%s>\n", terminal_safe(span_of(message->from_name), view->arena),
                terminal_safe(span_of(message->from), view->arena));
        printf("  %s\n", view->work->dutch ? message->sentence_nl : message->sentence_en);
        for (size_t k = 0; k < message->reasons.count; k++)
            printf("  - %s\n", message->reasons.at[k]);
        show_attachments(view, message);
        if (*message->subject)
            printf("\n    %s\n", terminal_safe(span_of(message->subject), view->arena));
        if (*message->redacted) {
            putchar('\n');
            casework_indent(terminal_safe(span_of(message->redacted), view->arena), 4);
        }
    }
}

static void show_letters(const struct view *view)
{
    if (view->file->letters.count)
        head(view, "Brieven", "Letters");
    for (size_t i = 0; i < view->file->letters.count; i++) {
        const struct case_letter *letter = &view->file->letters.at[i];

        printf("  %2zu  %s  %-16s %-10s  %s%s\n", i + 1,
            casework_moment(letter->queued_at, view->arena), letter->kind,
            case_party_word(letter->to),
            letter->bounced_at    ? say(view, "kwam niet aan: ", "did not arrive: ")
                : letter->sent_at ? say(view, "verstuurd ", "sent ")
                                  : say(view, "wacht", "waits"),
            letter->bounced_at
                ? undelivered_words(letter->why_bounced, view->work->language, view->arena)
                : letter->sent_at ? casework_moment(letter->sent_at, view->arena)
                                  : "");
        if (view->letters && *letter->text) {
            putchar('\n');
            casework_indent(letter->text, 6);
            putchar('\n');
        }
    }
}

static void show_decisions(const struct view *view)
{
    if (view->file->decisions.count)
        head(view, "Besluiten", "Decisions");
    for (size_t i = 0; i < view->file->decisions.count; i++) {
        const struct case_decision *one = &view->file->decisions.at[i];

        printf("  %s  %s (%s): %s %s\n", casework_moment(one->at, view->arena), one->by, one->how,
            one->verb, one->text);
    }
    if (view->file->notes.count)
        head(view, "Notities", "Notes");
    for (size_t i = 0; i < view->file->notes.count; i++) {
        const struct case_note *note = &view->file->notes.at[i];

        printf("  %s  %s: %s\n", casework_moment(note->at, view->arena), note->by, note->text);
    }
}

static bool find_case(
    struct casework *work, const char *typed, struct case_file *file, struct err *err)
{
    struct txn *txn = txn_begin(work->office.store, TXN_READ);
    bool found = cabinet_find(txn, typed, work->office.arena, file, err);

    txn_drop(&txn);
    return found;
}

/* Beside a run that writes, but for the first time that somebody reads the case. */
static bool take_case(const char *config, const char *language, const char *typed,
    struct casework *work, struct case_file *file, struct err *err)
{
    if (!casework_open(config, language, OFFICE_READ, work, err)
        || !find_case(work, typed, file, err))
        return false;
    if (file->first_read_at)
        return true;
    casework_close(work);
    *work = (struct casework) { 0 };
    if (casework_open(config, language, OFFICE_WRITE_NOW, work, err))
        return find_case(work, typed, file, err)
            && casework_read(work, file, "read", "shown, without personal data", "", err);
    if (err->exit_code != EX_TEMPFAIL)
        return false;
    fprintf(stderr, "show: a run is writing, so it is not noted that the case was read\n");
    *err = (struct err) { 0 };
    casework_close(work);
    *work = (struct casework) { 0 };
    return casework_open(config, language, OFFICE_READ, work, err)
        && find_case(work, typed, file, err);
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(casework_close) struct casework work = { 0 };
    const char *config = NULL, *language = NULL;
    struct view view = { .work = &work };
    const struct option_row rows[] = { { "--config", &config, NULL },
        { "--language", &language, NULL }, { "--person", NULL, &view.person },
        { "--letters", NULL, &view.letters } };
    struct case_file file;

    if (!options_read(&argc, argv, rows, COUNT(rows), 1, 1, err)
        || !take_case(config, language, argv[1], &work, &file, err))
        return false;
    view.file = &file;
    view.arena = work.office.arena;
    show_facts(&view);
    show_clocks(&view);
    show_consents(&view);
    show_letters(&view);
    show_decisions(&view);
    show_messages(&view);
    return true;
}

const struct command command_show = {
    .name = "show",
    .arguments = "CASE [--person] [--letters] [--language nl|en]",
    .line = "show a case: state, terms, consent, decisions, redacted messages",
    .help = "  --person    also who reported it: name, address, keys\n"
            "  --letters   also the texts of our letters to the researcher\n\n"
            "Texts of the researcher are shown without personal data; meldpost open gives the\n"
            "original. The first time that a case is shown counts as the moment at which the\n"
            "municipality read it, and is written to the audit log.\n",
    .options = CASEWORK_OPTIONS " --person --letters",
    .run = run,
};
