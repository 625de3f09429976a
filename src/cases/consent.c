#include "cases/consent.h"

#include "base/date.h"

static const struct {
    const char *short_nl, *short_en, *nl, *en;
} kinds[CONSENT_KINDS] = {
    [CONSENT_NAME_IBD] = { "naam", "name", "uw naam noemen aan de IBD",
        "give your name to the IBD" },
    [CONSENT_CONTACT_IBD] = { "contact", "contact", "uw contactgegevens doorgeven aan de IBD",
        "give your contact details to the IBD" },
    [CONSENT_CREDIT] = { "vermelding", "credit", "uw naam vermelden als de ontdekker",
        "name you as the discoverer" },
};

bool consent_of(struct span word, enum consent_kind *kind)
{
    for (int i = 0; i < CONSENT_KINDS; i++)
        if (span_equal_nocase(word, span_of(kinds[i].short_nl))
            || span_equal_nocase(word, span_of(kinds[i].short_en))
            || span_equal_nocase(word, span_of(consent_word((enum consent_kind)i)))) {
            *kind = (enum consent_kind)i;
            return true;
        }
    return false;
}

bool consent_answer_of(struct span word, bool *yes)
{
    *yes = span_equal_nocase(word, SPAN("yes")) || span_equal_nocase(word, SPAN("ja"));
    return *yes || span_equal_nocase(word, SPAN("no")) || span_equal_nocase(word, SPAN("nee"));
}

const char *consent_name(enum consent_kind kind, const char *language)
{
    return span_equal(span_of(language), SPAN("en")) ? kinds[kind].en : kinds[kind].nl;
}

const char *consent_line(enum consent_kind kind, bool yes, const char *language)
{
    static const char *const nl[CONSENT_KINDS][2] = {
        [CONSENT_NAME_IBD] = { "toestemming naam nee", "toestemming naam ja" },
        [CONSENT_CONTACT_IBD] = { "toestemming contact nee", "toestemming contact ja" },
        [CONSENT_CREDIT] = { "toestemming vermelding nee", "toestemming vermelding ja" },
    };
    static const char *const en[CONSENT_KINDS][2] = {
        [CONSENT_NAME_IBD] = { "consent name no", "consent name yes" },
        [CONSENT_CONTACT_IBD] = { "consent contact no", "consent contact yes" },
        [CONSENT_CREDIT] = { "consent credit no", "consent credit yes" },
    };

    return (span_equal(span_of(language), SPAN("en")) ? en : nl)[kind][yes];
}

static struct span next_word(struct span *rest)
{
    size_t from = 0, to;

    while (from < rest->len
        && (rest->at[from] == ' ' || rest->at[from] == '\t' || rest->at[from] == ':'))
        from++;
    to = from;
    while (to < rest->len && rest->at[to] != ' ' && rest->at[to] != '\t' && rest->at[to] != ':')
        to++;
    struct span word = span_part(*rest, from, to);

    *rest = span_part(*rest, to, rest->len);
    return word;
}

static bool parse_line(struct span line, enum consent_kind *kind, bool *yes)
{
    struct span rest = span_trim(line), word = next_word(&rest);

    if (!span_equal_nocase(word, SPAN("consent")) && !span_equal_nocase(word, SPAN("toestemming")))
        return false;
    if (!consent_of(next_word(&rest), kind))
        return false;
    word = next_word(&rest);
    if (word.len > 1 && word.at[word.len - 1] == '.')
        word.len--;
    return consent_answer_of(word, yes) && span_trim(rest).len == 0;
}

static void apply(struct case_consent *consent, bool yes, size_t message, bool is_signed,
    int64_t now_s, struct arena *arena)
{
    char day[DATE_TEXT];

    if (yes && consent->given)
        return;
    date_day(now_s, day);
    consent->given = false;
    consent->offered = yes;
    consent->at = now_s;
    consent->by = "researcher";
    consent->how = arena_printf(
        arena, "message %zu, read on %s, %s", message, day, is_signed ? "signed" : "not signed");
}

size_t consent_take(struct case_file *file, struct span text, size_t message, bool is_signed,
    int64_t now_s, struct arena *arena)
{
    bool said[CONSENT_KINDS][2] = { 0 };
    enum consent_kind kind;
    struct span line;
    size_t taken = 0;
    bool yes;

    while (span_line(&text, &line))
        if (parse_line(line, &kind, &yes))
            said[kind][yes] = true;
    /* Both answers to one question: our own examples came back, unquoted. */
    for (int i = 0; i < CONSENT_KINDS; i++)
        if (said[i][0] != said[i][1]) {
            apply(&file->consents[i], said[i][1], message, is_signed, now_s, arena);
            taken++;
        }
    return taken;
}

static const struct consent_ground grounds[] = {
    { "ap", "AVG artikel 33: melding van een datalek bij de Autoriteit Persoonsgegevens",
        "GDPR article 33: report of a data breach to the Autoriteit Persoonsgegevens" },
    { "persons", "AVG artikel 34: mededeling van een datalek aan de betrokkenen",
        "GDPR article 34: communication of a data breach to the persons concerned" },
    { "csirt", "Cyberbeveiligingswet: melding van een significant incident",
        "Cyberbeveiligingswet (NIS2 article 23): report of a significant incident" },
    { "court", "rechterlijke uitspraak", "a judgment of a court" },
    { "prosecutor", "Wetboek van Strafvordering: vordering van gegevens",
        "Code of Criminal Procedure: order to hand over data" },
    { "supervisor", "wettelijke vordering van een toezichthouder", "a supervisor's order by law" },
};

const struct consent_ground *consent_grounds(size_t *count)
{
    *count = COUNT(grounds);
    return grounds;
}

const struct consent_ground *consent_ground_of(struct span word)
{
    for (size_t i = 0; i < COUNT(grounds); i++)
        if (span_equal_nocase(word, span_of(grounds[i].word)))
            return &grounds[i];
    return NULL;
}

const char *consent_credit(const struct case_file *file)
{
    if (!file->consents[CONSENT_CREDIT].given)
        return NULL;
    if (*file->credit_name)
        return file->credit_name;
    return *file->name ? file->name : NULL;
}
