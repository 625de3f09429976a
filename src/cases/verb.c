#include "cases/verb.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "cases/consent.h"
#include "cases/severity.h"
#include "cases/undelivered.h"

static_assert(CASE_STATES <= 32, "a set of states fits an unsigned");

static bool is_dutch(const struct verb_act *act)
{
    return strcmp(act->language, "en") != 0;
}

static bool refuse(struct err *err, const struct verb_act *act, const char *nl, const char *en)
{
    return err_exit(err, ERR_MESSAGE, EX_USAGE, "%s", is_dutch(act) ? nl : en);
}

void effect_add(struct effects *effects, struct arena *arena, struct effect effect)
{
    effects->at = arena_grow(
        arena, effects->at, effects->count * sizeof effect, (effects->count + 1) * sizeof effect);
    effects->at[effects->count++] = effect;
}

static void say(struct verb_done *done, const struct verb_act *act, const char *nl, const char *en)
{
    done->answer = is_dutch(act) ? nl : en;
    if (!done->audit)
        done->audit = en;
}

static const char *text_of(const struct verb_act *act, struct span span)
{
    return arena_text(act->arena, span_trim(span));
}

static struct span take_word(struct span *rest)
{
    struct span word;
    size_t end = 0;

    *rest = span_trim(*rest);
    while (end < rest->len && rest->at[end] != ' ' && rest->at[end] != '\t')
        end++;
    word = span_part(*rest, 0, end);
    *rest = span_trim(span_part(*rest, end, rest->len));
    return word;
}

static void move_to(struct case_file *file, const struct verb_act *act, enum case_state state)
{
    file->state = state;
    file->state_at = act->now_s;
}

static void stop(
    struct case_file *file, const struct verb_act *act, enum clock_kind kind, const char *why)
{
    clock_stop(&file->clocks[kind], act->now_s, why);
}

static void start(
    struct case_file *file, const struct verb_act *act, enum clock_kind kind, int64_t at_s)
{
    clock_start(&file->clocks[kind], kind, act->terms, act->calendar, at_s);
}

/* A letter by the CISO's decision is an answer to the researcher, and news. */
static void tell_researcher(struct case_file *file, const struct verb_act *act,
    struct verb_done *done, const char *letter, const char *text)
{
    effect_add(&done->effects, act->arena,
        (struct effect) { file->number, EFFECT_LETTER, letter, PARTY_RESEARCHER, text });
    stop(file, act, CLOCK_FIRST_RESPONSE, letter);
    if (case_is_open(file->state))
        start(file, act, CLOCK_PROGRESS, act->now_s);
}

/* A later state is told to the IBD once it has the first copy. */
static void tell_ibd(struct case_file *file, const struct verb_act *act, struct verb_done *done)
{
    if (file->ibd != IBD_SENT && file->ibd != IBD_UPDATED)
        return;
    file->ibd_stale = true;
    effect_add(&done->effects, act->arena,
        (struct effect) { file->number, EFFECT_IBD_SEND, "update", PARTY_IBD, "" });
}

static void end_case(
    struct case_file *file, const struct verb_act *act, enum case_state state, const char *why)
{
    move_to(file, act, state);
    for (int kind = 0; kind < CLOCK_RETENTION; kind++)
        /* A breach is reported even when the case is closed. */
        if (kind != CLOCK_AP_72H || file->breach != BREACH_YES)
            stop(file, act, (enum clock_kind)kind, why);
    start(file, act, CLOCK_RETENTION, act->now_s);
}

static bool verb_contacted(struct case_file *file, const struct verb_act *act,
    struct span arguments, struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    (void)text;
    (void)err;
    stop(file, act, CLOCK_FIRST_RESPONSE, "contacted");
    if (case_is_open(file->state))
        start(file, act, CLOCK_PROGRESS, act->now_s);
    say(done, act, "Vastgelegd dat de CISO contact heeft gehad met de melder.",
        "Recorded that the CISO was in contact with the researcher.");
    return true;
}

/* What ended comes back with the clocks that it had, counted from the receipt. */
static void reopen(struct case_file *file, const struct verb_act *act)
{
    start(file, act, CLOCK_FIX, file->received_at);
    start(file, act, CLOCK_PROGRESS, act->now_s);
    if (file->breach == BREACH_UNDECIDED)
        start(file, act, CLOCK_AP_72H, file->received_at);
    if (file->ibd == IBD_NONE || file->ibd == IBD_HELD)
        start(file, act, CLOCK_IBD_COPY, act->now_s);
    stop(file, act, CLOCK_RETENTION, "reopened");
    file->closed_at = 0;
    file->duplicate_of = "";
}

static bool verb_triage(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    bool again = !case_is_open(file->state);

    (void)arguments;
    (void)text;
    (void)err;
    if (again)
        reopen(file, act);
    move_to(file, act, CASE_TRIAGE);
    say(done, act,
        again ? "De zaak is heropend en wordt beoordeeld." : "De melding wordt beoordeeld.",
        again ? "The case is open again and is being assessed." : "The report is being assessed.");
    return true;
}

static bool verb_confirm(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    (void)text;
    (void)err;
    move_to(file, act, CASE_CONFIRMED);
    file->confirmed_at = act->now_s;
    tell_researcher(file, act, done, "confirm", "");
    tell_ibd(file, act, done);
    say(done, act, "De kwetsbaarheid is bevestigd; de melder krijgt bericht.",
        "The hole is confirmed; the researcher is told.");
    return true;
}

static bool verb_reject(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    static const struct {
        const char *word;
        enum case_state state;
        bool letter;
        const char *nl, *en;
    } reasons[] = {
        { "not_reproduced", CASE_NOT_REPRODUCED, true,
            "Afgewezen: niet gereproduceerd; de melder krijgt bericht.",
            "Rejected: not reproduced; the researcher is told." },
        { "out_of_scope", CASE_OUT_OF_SCOPE, true,
            "Afgewezen: buiten het bereik; de melder krijgt bericht.",
            "Rejected: out of scope; the researcher is told." },
        { "not_a_report", CASE_NOT_A_REPORT, false,
            "Afgewezen: geen melding; er gaat geen brief uit.",
            "Rejected: not a report; no letter goes out." },
    };
    struct span word = take_word(&arguments);

    (void)text;
    for (size_t i = 0; i < COUNT(reasons); i++) {
        if (!span_equal_nocase(word, span_of(reasons[i].word)))
            continue;
        if (file->breach == BREACH_YES)
            return refuse(err, act,
                "er is besloten dat dit een datalek is; eerst 'breach no' met een reden",
                "it was decided that this is a breach; first 'breach no' with a reason");
        if (reasons[i].letter)
            tell_researcher(file, act, done, "reject", text_of(act, arguments));
        end_case(file, act, reasons[i].state, reasons[i].word);
        if (reasons[i].state == CASE_NOT_A_REPORT
            && (file->ibd == IBD_HELD || file->ibd == IBD_QUEUED)) {
            file->ibd = IBD_NONE;
            file->ibd_at = act->now_s;
            effect_add(&done->effects, act->arena,
                (struct effect) { file->number, EFFECT_IBD_HOLD, "", PARTY_IBD, "" });
        } else {
            tell_ibd(file, act, done);
        }
        done->words = reasons[i].word;
        say(done, act, reasons[i].nl, reasons[i].en);
        return true;
    }
    return refuse(err, act,
        "reject vraagt een reden: not_reproduced, out_of_scope of not_a_report, en dan vrije tekst",
        "reject takes a reason: not_reproduced, out_of_scope or not_a_report, then free text");
}

static bool verb_duplicate(struct case_file *file, const struct verb_act *act,
    struct span arguments, struct span text, struct verb_done *done, struct err *err)
{
    struct span word = take_word(&arguments);
    const char *number = text_of(act, word);

    (void)text;
    if (!case_number_valid(word) || arguments.len || strcmp(number, file->number) == 0
        || !act->have(act->context, number))
        return refuse(err, act, "duplicate vraagt het nummer van een andere zaak die er is",
            "duplicate takes the number of another case that exists");
    file->duplicate_of = number;
    tell_researcher(file, act, done, "duplicate", "");
    end_case(file, act, CASE_DUPLICATE, "duplicate");
    tell_ibd(file, act, done);
    done->audit = arena_printf(act->arena, "duplicate of %s", number);
    done->words = number;
    say(done, act, "Vastgelegd als dubbel; de melder krijgt bericht.",
        "Recorded as a duplicate; the researcher is told.");
    return true;
}

static bool verb_severity(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    struct severity parsed;
    bool urgent;

    (void)text;
    if (!severity_parse(span_trim(arguments), act->arena, &parsed))
        return refuse(err, act,
            "severity vraagt KANS/SCHADE (laag, midden of hoog: hoog/hoog) of een CVSS-vector "
            "(CVSS:3.1/AV:… of CVSS:4.0/AV:…)",
            "severity takes CHANCE/DAMAGE (low, medium or high: high/high) or a CVSS vector "
            "(CVSS:3.1/AV:… or CVSS:4.0/AV:…)");
    file->severity = parsed.text;
    file->severity_tenths = parsed.tenths;
    if (parsed.chance) { /* a vector leaves what was said of chance and damage */
        file->chance = parsed.chance;
        file->damage = parsed.damage;
    }
    urgent = file->chance == LEVEL_HIGH && file->damage == LEVEL_HIGH;
    if (urgent && file->clocks[CLOCK_MITIGATE].state == CLOCK_IDLE && file->mitigated_at == 0
        && file->fixed_at == 0)
        start(file, act, CLOCK_MITIGATE, act->now_s);
    if (!urgent)
        stop(file, act, CLOCK_MITIGATE, "not high/high any more");
    tell_ibd(file, act, done);
    done->audit = arena_printf(act->arena, "severity %s", parsed.text);
    done->words = parsed.text;
    say(done, act,
        urgent ? "Ernst vastgelegd: kans en schade hoog, de maatregelen hebben een termijn."
               : "Ernst vastgelegd.",
        urgent ? "Severity recorded: chance and damage high, mitigation has a term."
               : "Severity recorded.");
    return true;
}

static bool verb_breach(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    struct clock *clock = &file->clocks[CLOCK_AP_72H];
    bool yes;

    (void)text;
    if (!consent_answer_of(take_word(&arguments), &yes))
        return refuse(err, act, "breach vraagt yes of no (ja of nee), en dan een reden",
            "breach takes yes or no, then a reason");
    file->breach = yes ? BREACH_YES : BREACH_NO;
    file->breach_at = act->now_s;
    if (!yes) {
        stop(file, act, CLOCK_AP_72H, "no breach");
    } else {
        if (clock->state == CLOCK_IDLE
            || (clock->state == CLOCK_STOPPED && strcmp(clock->why, "reported to the AP") != 0))
            start(file, act, CLOCK_AP_72H, file->received_at);
        clock->provisional = false;
    }
    done->audit = yes ? "breach yes" : "breach no";
    done->words = yes ? "yes" : "no";
    say(done, act,
        yes ? "Datalek: meld het bij de AP (meldpost worksheet), daarna 'disclosure ap'."
            : "Geen datalek; de termijn van 72 uur is gestopt.",
        yes ? "A breach: report it to the AP (meldpost worksheet), then 'disclosure ap'."
            : "No breach; the term of 72 hours has stopped.");
    return true;
}

/* Whether the name to credit was given in a decision, not by the researcher's own mail. */
static bool was_named(const struct case_file *file)
{
    for (size_t i = 0; i < file->decisions.count; i++)
        if (strcmp(file->decisions.at[i].verb, "consent") == 0
            && span_find_nocase(span_of(file->decisions.at[i].text), SPAN(" as "), 0)
                != SPAN_NOWHERE)
            return true;
    return false;
}

static bool verb_consent(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    struct span kind_word = take_word(&arguments), rest;
    struct case_consent *slot;
    enum consent_kind kind;
    bool yes, named = false;

    (void)text;
    rest = arguments;
    if (span_equal_nocase(take_word(&rest), SPAN("to"))) { /* "name to IBD yes" */
        take_word(&rest);
        arguments = rest;
    }
    if (!consent_of(kind_word, &kind) || !consent_answer_of(take_word(&arguments), &yes))
        return refuse(err, act,
            "consent vraagt name, contact of credit, dan yes of no, dan hoe (of: as NAAM)",
            "consent takes name, contact or credit, then yes or no, then how (or: as NAME)");
    rest = arguments;
    if (kind == CONSENT_CREDIT && span_equal_nocase(take_word(&rest), SPAN("as"))) {
        if (rest.len == 0)
            return refuse(err, act, "na 'as' komt de naam", "a name comes after 'as'");
        file->credit_name = text_of(act, rest);
        arguments = SPAN("");
        named = true;
    }
    slot = &file->consents[kind];
    if (yes && arguments.len == 0 && !slot->offered && !named)
        return refuse(err, act,
            "zeg erbij hoe de melder toestemming gaf (bijvoorbeeld: telefonisch op 24 november)",
            "say how the researcher gave consent (for example: by telephone on 24 November)");
    *slot = (struct case_consent) { .given = yes,
        .offered = false,
        .at = act->now_s,
        .by = act->by,
        .how = arguments.len ? text_of(act, arguments) : slot->how };
    if (kind != CONSENT_CREDIT)
        tell_ibd(file, act, done);
    done->audit = arena_printf(act->arena, "consent %s %s", consent_word(kind), yes ? "yes" : "no");
    /* The name itself is personal. Without it nobody is named, rather than by another name. */
    done->words = arena_printf(act->arena, "%.*s %s", (int)kind_word.len, kind_word.at,
        yes && (kind != CONSENT_CREDIT || !(named || was_named(file))) ? "yes" : "no");
    say(done, act, yes ? "Toestemming vastgelegd." : "Vastgelegd: geen toestemming.",
        yes ? "Consent recorded." : "Recorded: no consent.");
    return true;
}

static bool verb_release(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    (void)text;
    if (file->ibd == IBD_QUEUED || (file->ibd >= IBD_SENT && !file->ibd_stale))
        return refuse(err, act, "de kopie is al onderweg of verstuurd, en er is niets nieuws",
            "the copy is on its way or sent, and there is nothing new");
    if (file->state == CASE_NOT_A_REPORT)
        return refuse(err, act, "dit is geen melding; eerst 'triage'",
            "this is not a report; first 'triage'");
    if (file->ibd < IBD_SENT) {
        file->ibd = IBD_QUEUED;
        file->ibd_at = act->now_s;
    }
    file->ibd_reasons = (struct texts) { 0 };
    clock_resume(&file->clocks[CLOCK_IBD_COPY], act->now_s);
    effect_add(&done->effects, act->arena,
        (struct effect) { file->number, EFFECT_IBD_SEND, "release", PARTY_IBD, "" });
    say(done, act, "De kopie gaat naar de IBD.", "The copy goes to the IBD.");
    return true;
}

static bool verb_hold(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)text;
    if (file->ibd >= IBD_SENT)
        return refuse(err, act, "de kopie is al bij de IBD", "the IBD has its copy already");
    file->ibd = IBD_HELD;
    file->ibd_at = act->now_s;
    file->ibd_reasons = (struct texts) { 0 };
    texts_add(&file->ibd_reasons, act->arena,
        arguments.len       ? text_of(act, arguments)
            : is_dutch(act) ? "De CISO houdt de kopie tegen."
                            : "The CISO holds it.");
    if (!clock_pause(&file->clocks[CLOCK_IBD_COPY], CLOCK_IBD_COPY, act->now_s, "held"))
        file->clocks[CLOCK_IBD_COPY].why = "held";
    effect_add(&done->effects, act->arena,
        (struct effect) { file->number, EFFECT_IBD_HOLD, "", PARTY_IBD, "" });
    say(done, act, "De kopie wacht tot 'release'.", "The copy waits for 'release'.");
    return true;
}

static bool verb_edit(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    if (span_trim(text).len == 0)
        return refuse(err, act, "edit vraagt de tekst voor de IBD", "edit takes the IBD's text");
    file->ibd_text = text_of(act, text);
    file->ibd_stale = file->ibd >= IBD_SENT;
    say(done, act, "De tekst voor de IBD is vervangen; 'release' verstuurt haar.",
        "The text for the IBD is replaced; 'release' sends it.");
    return true;
}

static bool verb_note(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    struct case_note *added;

    (void)text;
    if (span_trim(arguments).len == 0)
        return refuse(err, act, "note vraagt een tekst", "note takes a text");
    added = case_add_note(file, act->arena);
    added->at = act->now_s;
    added->by = act->by;
    added->text = text_of(act, arguments);
    say(done, act, "Notitie bewaard.", "Note kept.");
    return true;
}

static bool verb_reply(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    if (span_trim(text).len == 0)
        return refuse(err, act, "reply vraagt een tekst", "reply takes a text");
    tell_researcher(file, act, done, "reply", text_of(act, text));
    say(done, act, "De brief aan de melder staat klaar.",
        "The letter to the researcher is queued.");
    return true;
}

/* The number as `show` and the digest give it; 0 for the last letter that waits. NULL: none. */
static struct case_letter *letter_to_resend(struct case_file *file, size_t number)
{
    struct case_letter *found = NULL;

    if (number > file->letters.count)
        return NULL;
    if (number)
        found = &file->letters.at[number - 1];
    for (size_t i = 0; !number && i < file->letters.count; i++)
        if (undelivered_waits(file, &file->letters.at[i]))
            found = &file->letters.at[i];
    return found && found->to == PARTY_RESEARCHER && *found->meant ? found : NULL;
}

static bool verb_resend(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    struct span word = take_word(&arguments);
    const char *typed = text_of(act, word);
    struct case_letter *letter;
    bool yes = true;

    (void)text;
    if (!arguments.len && consent_answer_of(word, &yes) && !yes) {
        for (size_t i = 0; i < file->letters.count; i++)
            if (undelivered_waits(file, &file->letters.at[i]))
                file->letters.at[i].settled = true;
        done->words = "no";
        say(done, act, "Wat niet aankwam, wordt niet opnieuw gestuurd.",
            "What did not arrive is not sent again.");
        return true;
    }
    letter = strspn(typed, "0123456789") == word.len && word.len < 6 && !arguments.len
        ? letter_to_resend(file, strtoul(typed, NULL, 10))
        : NULL;
    if (!letter)
        return refuse(err, act,
            "resend vraagt het nummer van een brief aan de melder waarvan de tekst bewaard is, of "
            "niets: dan de laatste die niet aankwam; of no",
            "resend takes the number of a letter to the researcher of which the text was kept, or "
            "nothing: then the last that did not arrive; or no");
    effect_add(&done->effects, act->arena,
        (struct effect) {
            file->number, EFFECT_LETTER_AGAIN, letter->meant, PARTY_RESEARCHER, letter->words });
    letter->settled = true;
    done->words = typed;
    say(done, act, "De brief gaat opnieuw naar de melder.",
        "The letter goes to the researcher again.");
    return true;
}

/* The fingerprint as it is printed: blanks in it do not count. "" when it is none. */
static const char *fingerprint_of(const struct verb_act *act, struct span words)
{
    char *hex = arena_alloc(act->arena, words.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < words.len; i++) {
        char c = words.at[i];

        if (c == ' ' || c == '\t')
            continue;
        hex[len++] = c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c;
    }
    hex[len] = '\0';
    return (len == 40 || len == 64) && strspn(hex, "0123456789ABCDEF") == len ? hex : "";
}

/* The answer at the end of the words; yes where there is none. */
static bool take_no(struct span *arguments)
{
    size_t blank = arguments->len;
    bool yes;

    while (blank > 0 && arguments->at[blank - 1] != ' ')
        blank--;
    if (!consent_answer_of(span_part(*arguments, blank, arguments->len), &yes))
        return false;
    *arguments = span_trim(span_part(*arguments, 0, blank));
    return !yes;
}

/* It is imported by the effect, for the key ring is no business of this room. */
static bool verb_key(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    bool refused = take_no(&arguments);
    const char *fingerprint = fingerprint_of(act, arguments);
    struct case_key *key = NULL;

    (void)text;
    if (!*fingerprint)
        return refuse(err, act,
            "key vraagt de hele vingerafdruk (40 of 64 hexadecimale tekens), en dan eventueel no",
            "key takes the whole fingerprint: 40 or 64 hex digits, then perhaps no");
    for (size_t i = 0; i < file->keys.count; i++)
        if (strcmp(file->keys.at[i].fingerprint, fingerprint) == 0)
            key = &file->keys.at[i];
    if (!key)
        return refuse(err, act,
            "een sleutel met deze vingerafdruk is in deze zaak niet meegestuurd",
            "no key with this fingerprint came along in this case");
    if (key->accepted_at || strcmp(key->how, "attached") != 0)
        return refuse(err, act, "deze sleutel is al in gebruik", "this key is in use already");
    if (refused) {
        key->refused_at = act->now_s;
        done->audit = "a key that came along is not to be used";
        say(done, act, "De meegestuurde sleutel wordt niet gebruikt.",
            "The key that came along is not used.");
        return true;
    }
    if (!*key->material)
        return refuse(err, act,
            "deze sleutel is niet bewaard (te groot); een beheerder leest hem in met gpg --import",
            "this key was not kept (too large); an administrator imports it with gpg --import");
    key->refused_at = 0;
    done->audit = "a key that came along is to be used for letters";
    say(done, act,
        "De meegestuurde sleutel wordt voortaan gebruikt voor brieven aan de melder. Wie de melder "
        "is, bewijst hij niet.",
        "The key that came along is used for letters to the researcher from now on. It does not "
        "prove who the researcher is.");
    done->answer = arena_text(act->arena, span_of(done->answer)); /* its own, for the effect */
    effect_add(&done->effects, act->arena,
        (struct effect) { file->number, EFFECT_KEY, done->answer, PARTY_NONE, fingerprint });
    return true;
}

static bool verb_fixing(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    (void)text;
    (void)err;
    move_to(file, act, CASE_FIXING);
    if (!file->confirmed_at)
        file->confirmed_at = act->now_s;
    tell_researcher(file, act, done, "fixing", "");
    say(done, act, "Er wordt aan een oplossing gewerkt; de melder krijgt bericht.",
        "It is being fixed; the researcher is told.");
    return true;
}

static bool verb_mitigated(struct case_file *file, const struct verb_act *act,
    struct span arguments, struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    (void)text;
    (void)err;
    file->mitigated_at = act->now_s;
    stop(file, act, CLOCK_MITIGATE, "mitigated");
    say(done, act, "Vastgelegd dat er mitigerende maatregelen zijn.",
        "Recorded that the hole is mitigated.");
    return true;
}

static bool verb_fixed(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    (void)text;
    (void)err;
    move_to(file, act, CASE_FIXED);
    file->fixed_at = act->now_s;
    if (!file->confirmed_at)
        file->confirmed_at = act->now_s;
    stop(file, act, CLOCK_FIX, "fixed");
    stop(file, act, CLOCK_MITIGATE, "fixed");
    tell_researcher(file, act, done, "fixed", "");
    tell_ibd(file, act, done);
    say(done, act, "Opgelost; de melder krijgt bericht.", "Fixed; the researcher is told.");
    return true;
}

static bool verb_disclose(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    (void)text;
    (void)err;
    move_to(file, act, CASE_DISCLOSED);
    tell_researcher(file, act, done, "disclosed", "");
    tell_ibd(file, act, done);
    say(done, act, "Openbaar gemaakt; de melder krijgt bericht.",
        "Disclosed; the researcher is told.");
    return true;
}

static bool verb_close(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)text;
    if (file->breach == BREACH_UNDECIDED)
        return refuse(err, act,
            "eerst beslissen of het een datalek is: 'breach yes' of 'breach no'",
            "decide first whether it is a breach: 'breach yes' or 'breach no'");
    if (!(VERB_IN(file->state) & (VERB_IN(CASE_FIXED) | VERB_IN(CASE_DISCLOSED)))
        && span_trim(arguments).len == 0)
        return refuse(err, act, "niet opgelost: sluiten vraagt dan een reden",
            "not fixed: to close it anyway takes a reason");
    tell_researcher(file, act, done, "closed", text_of(act, arguments));
    end_case(file, act, CASE_CLOSED, "closed");
    file->closed_at = act->now_s;
    tell_ibd(file, act, done);
    say(done, act, "Gesloten; de melder krijgt bericht, met het verzoek te wissen.",
        "Closed; the researcher is told, and asked to erase what was obtained.");
    return true;
}

static bool verb_wiped(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    bool yes;

    (void)text;
    if (!consent_answer_of(take_word(&arguments), &yes) || arguments.len)
        return refuse(err, act, "wiped vraagt yes of no: heeft de melder alles gewist?",
            "wiped takes yes or no: has the researcher erased everything?");
    file->wiped = yes ? "yes" : "no";
    file->wiped_at = act->now_s;
    done->audit = yes ? "wiped yes" : "wiped no";
    done->words = yes ? "yes" : "no";
    say(done, act, "Antwoord van de melder over het wissen vastgelegd.",
        "The researcher's answer about erasing is recorded.");
    return true;
}

static bool verb_erase(struct case_file *file, const struct verb_act *act, struct span arguments,
    struct span text, struct verb_done *done, struct err *err)
{
    (void)arguments;
    (void)text;
    if (file->breach == BREACH_YES && file->clocks[CLOCK_AP_72H].state == CLOCK_RUNNING)
        return refuse(err, act, "het datalek is nog niet gemeld bij de AP ('disclosure ap')",
            "the breach is not reported to the AP yet ('disclosure ap')");
    move_to(file, act, CASE_ERASED);
    stop(file, act, CLOCK_RETENTION, "erased");
    effect_add(&done->effects, act->arena,
        (struct effect) { file->number, EFFECT_ERASE, "", PARTY_NONE, "" });
    say(done, act, "Gewist: sleutel, berichten en brieven zijn vernietigd.",
        "Erased: key, messages and letters are destroyed.");
    return true;
}

static bool verb_disclosure(struct case_file *file, const struct verb_act *act,
    struct span arguments, struct span text, struct verb_done *done, struct err *err)
{
    struct span word = take_word(&arguments);
    const struct consent_ground *ground = consent_ground_of(word);
    struct case_disclosure *added;
    size_t colon;

    (void)text;
    if (!ground)
        return refuse(err, act,
            "disclosure vraagt een grond: ap, persons, csirt, court, prosecutor of supervisor, dan "
            "AAN WIE: WAT",
            "disclosure takes a ground: ap, persons, csirt, court, prosecutor or supervisor, then "
            "TO WHOM: WHAT");
    added = case_add_disclosure(file, act->arena);
    colon = span_find_char(arguments, ':', 0);
    added->at = act->now_s;
    added->by = act->by;
    added->ground = ground->word;
    added->to = text_of(act, span_part(arguments, 0, colon == SPAN_NOWHERE ? 0 : colon));
    added->what = text_of(
        act, span_part(arguments, colon == SPAN_NOWHERE ? 0 : colon + 1, arguments.len));
    if (ground == consent_ground_of(SPAN("ap")))
        stop(file, act, CLOCK_AP_72H, "reported to the AP");
    done->audit = arena_printf(act->arena, "disclosure %s", ground->word);
    done->words = ground->word;
    say(done, act, "Verstrekking met haar grond vastgelegd.",
        "Disclosure recorded with its ground.");
    return true;
}

static const struct verb verbs[] = {
#define VERB(name, arguments, nl, en, takes_text, states)                                          \
    { #name, arguments, nl, en, takes_text, states, verb_##name },
#include "cases/verbs.def"
#undef VERB
};

const struct verb *verb_table(size_t *count)
{
    *count = COUNT(verbs);
    return verbs;
}

const struct verb *verb_named(struct span name)
{
    for (size_t i = 0; i < COUNT(verbs); i++)
        if (span_equal_nocase(name, span_of(verbs[i].name)))
            return &verbs[i];
    return NULL;
}

const char *verb_states(const struct verb *verb, const char *language, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (int state = 0; state < CASE_STATES; state++)
        if (verb->states & VERB_IN(state)) {
            buf_text(&buf, buf.len ? ", " : "");
            buf_text(&buf, case_state_name((enum case_state)state, language));
        }
    return buf_string(&buf);
}

static void log_decision(struct case_file *file, const struct verb_act *act,
    const struct verb *verb, struct span arguments, enum case_state before)
{
    struct case_decision *decision = case_add_decision(file, act->arena);

    decision->at = act->now_s;
    decision->by = act->by;
    decision->how = act->how;
    decision->verb = verb->name;
    decision->text = text_of(act, arguments);
    decision->from = before;
    decision->to = file->state;
}

bool verb_apply(const struct verb *verb, struct case_file *file, const struct verb_act *act,
    struct span arguments, struct span text, struct verb_done *done, struct err *err)
{
    struct case_file changed = *file;
    struct verb_done made = { .answer = "", .words = "" };

    if (!(verb->states & VERB_IN(file->state)))
        return err_exit(err, ERR_MESSAGE, EX_DATAERR,
            is_dutch(act) ? "%s: kan niet in de toestand '%s', wel in: %s"
                          : "%s: not possible in state '%s', but in: %s",
            verb->name, case_state_name(file->state, act->language),
            verb_states(verb, act->language, act->arena));
    if (verb->arguments[0] == '\0' && span_trim(arguments).len)
        return refuse(err, act, "dit werkwoord vraagt niets meer", "this verb takes nothing more");
    if (!verb->apply(&changed, act, span_trim(arguments), text, &made, err))
        return false;
    log_decision(&changed, act, verb, arguments, file->state);
    if (!changed.first_read_at) /* who decides has read */
        changed.first_read_at = act->now_s;
    changed.changed_at = act->now_s;
    *file = changed;
    *done = made;
    return true;
}

void verb_again(const struct verb *verb, const char *words, struct arena *arena,
    struct span *arguments, struct span *text)
{
    static const char lost[] = "(the text was lost with the index)";
    static const char *const need[] = { "consent", "close", "note" };

    *arguments = span_of(words);
    for (size_t i = 0; i < COUNT(need); i++)
        if (strcmp(verb->name, need[i]) == 0)
            *arguments = span_of(arena_printf(arena, "%s%s%s", words, *words ? " " : "", lost));
    *text = span_of(verb->takes_text ? lost : "");
}
