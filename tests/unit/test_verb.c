#include "cases/verb.h"

#include "base/buf.h"
#include "lib/rows.h"

enum { NOW = 1795536685, RECEIVED = NOW - 86400 };

static const struct calendar law = { 0 };

/* What is known of keys in a new case. */
#define OFFERED "0123456789ABCDEF0123456789ABCDEF01234567"
#define LARGE "1123456789ABCDEF0123456789ABCDEF01234567"
#define SIGNED "2123456789ABCDEF0123456789ABCDEF01234567"
#define ACCEPTED "3123456789ABCDEF0123456789ABCDEF01234567"
static const struct case_key known[] = { { OFFERED, RECEIVED, "attached", "armor", 0, 0 },
    { LARGE, RECEIVED, "attached", "", 0, 0 }, { SIGNED, RECEIVED, "signed", "", 0, 0 },
    { ACCEPTED, RECEIVED, "attached", "", NOW, 0 } };

static bool have(void *context, const char *number)
{
    (void)context;
    return strcmp(number, "ZBR-2026-0001") == 0;
}

static struct verb_act act_of(struct arena *arena, const char *language)
{
    return (struct verb_act) { .arena = arena,
        .calendar = &law,
        .terms = &clock_terms_default,
        .now_s = NOW,
        .by = "ada",
        .how = "cli",
        .language = language,
        .have = have };
}

static void new_case(struct case_file *file)
{
    static struct case_key keys[COUNT(known)];

    memcpy(keys, known, sizeof keys);
    case_empty(file);
    file->number = "ZBR-2026-0012";
    file->address = "finder@example.org";
    file->received_at = RECEIVED;
    file->keys.at = keys;
    file->keys.count = COUNT(keys);
    for (int kind = 0; kind < CLOCK_KINDS; kind++)
        if (kind != CLOCK_MITIGATE && kind != CLOCK_RETENTION)
            clock_start(
                &file->clocks[kind], (enum clock_kind)kind, &clock_terms_default, &law, RECEIVED);
}

static bool try(struct case_file *file, struct arena *arena, const char *line,
    struct verb_done *done, struct err *err)
{
    struct verb_act act = act_of(arena, "en");
    struct span all = span_of(line);
    size_t end = span_find_char(all, ' ', 0), bar = span_find_char(all, '|', 0);
    const struct verb *verb;
    struct span text = SPAN("");

    if (bar != SPAN_NOWHERE) {
        text = span_part(all, bar + 1, all.len);
        all = span_part(all, 0, bar);
    }
    if (end == SPAN_NOWHERE)
        end = all.len;
    verb = verb_named(span_part(all, 0, end));
    if (!verb)
        fail_msg("no verb in \"%s\"", line);
    return verb_apply(verb, file, &act, span_part(all, end, all.len), text, done, err);
}

/* The clocks that run, by their first letters, and the effects. */
static const char *shown(
    const struct case_file *file, const struct verb_done *done, struct arena *arena)
{
    static const char letters[CLOCK_KINDS + 1] = "FIAMXPR";
    struct buf buf = { .arena = arena };

    buf_printf(&buf, "%s ", case_state_word(file->state));
    for (int kind = 0; kind < CLOCK_KINDS; kind++)
        if (file->clocks[kind].state == CLOCK_RUNNING)
            buf_char(&buf, letters[kind]);
    for (size_t i = 0; i < done->effects.count; i++) {
        const struct effect *effect = &done->effects.at[i];
        static const char *const kinds[] = { "letter:", "ibd-send", "ibd-hold", "key:", "erase" };

        buf_printf(&buf, " %s%s", kinds[effect->kind],
            effect->kind == EFFECT_KEY ? effect->text : effect->what);
        if (effect->kind == EFFECT_KEY)
            row_number("its answer is named by itself", effect->what == done->answer, true);
        row_text("case of the effect", effect->number, file->number);
    }
    return buf_string(&buf);
}

/* Clocks: F first response, I copy to the IBD, A the AP's 72 hours, M mitigate, X fix, P progress,
 * R retention. A new case has FIAXP. Lines are parted by ";", a text stands behind "|". */
static const struct {
    const char *label, *lines, *want;
} walks[] = {
    { "contacted stops the first response", "contacted by phone", "received IAXP" },
    { "triage tells nobody", "triage", "triage FIAXP" },
    { "confirm", "confirm", "confirmed IAXP letter:confirm" },
    { "fixing without confirm", "triage;fixing", "fixing IAXP letter:fixing" },
    { "fixed", "confirm;fixing;fixed", "fixed IAP letter:fixed" },
    { "disclose", "fixed;disclose", "disclosed IAP letter:disclosed" },
    { "close", "fixed;breach no;close", "closed R letter:closed" },
    { "close without a fix", "confirm;breach no;close risk accepted", "closed R letter:closed" },
    { "a breach goes on after the end", "fixed;breach yes;close", "closed AR letter:closed" },
    { "rejected", "reject out_of_scope another town", "out_of_scope R letter:reject" },
    { "not reproduced", "triage;reject not_reproduced", "not_reproduced R letter:reject" },
    { "not a report gets no letter", "reject not_a_report", "not_a_report R" },
    { "and its held copy goes nowhere", "hold;reject not_a_report", "not_a_report R ibd-hold" },
    { "duplicate", "duplicate ZBR-2026-0001", "duplicate R letter:duplicate" },
    { "opened again", "reject out_of_scope;triage", "triage IAXP" },
    { "closed and opened again", "fixed;breach no;close;triage", "triage IXP" },
    { "no breach", "breach no nothing was read", "received FIXP" },
    { "a breach", "breach yes", "received FIAXP" },
    { "a breach after all", "breach no;breach yes", "received FIAXP" },
    { "a breach that was reported", "breach yes;disclosure ap AP: form 12", "received FIXP" },
    { "reported, then said again", "breach yes;disclosure ap;breach yes", "received FIXP" },
    { "high and high", "severity high/high", "received FIAMXP" },
    { "and lower again", "severity high/high;severity high/low", "received FIAXP" },
    { "mitigated", "severity high/high;mitigated", "received FIAXP" },
    { "fixed is mitigated", "severity high/high;fixed", "fixed IAP letter:fixed" },
    { "a vector starts no clock", "severity CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "received FIAXP" },
    { "a vector leaves high/high",
        "severity high/high;severity CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "received FIAMXP" },
    { "reply", "reply |Beste melder", "received IAXP letter:reply" },
    { "reply after the end", "reject out_of_scope;reply |Nog dit", "out_of_scope R letter:reply" },
    { "hold pauses the copy", "hold picture inside", "received FAXP ibd-hold" },
    { "release lets it run", "hold;release", "received FIAXP ibd-sendrelease" },
    { "edit and release", "hold;edit |a text;release", "received FIAXP ibd-sendrelease" },
    { "note", "note called", "received FIAXP" },
    { "an attached key", "key " OFFERED, "received FIAXP key:" OFFERED },
    { "its fingerprint in parts and small letters",
        "key 0123 4567 89ab cdef 0123  4567 89AB CDEF 0123 4567", "received FIAXP key:" OFFERED },
    { "after the end", "reject out_of_scope;key " OFFERED, "out_of_scope R key:" OFFERED },
    { "consent", "consent credit yes by mail", "received FIAXP" },
    { "wiped", "fixed;breach no;close;wiped yes", "closed R" },
    { "erase", "fixed;breach no;close;erase", "erased  erase" },
    { "erase what was rejected", "reject not_a_report;erase", "erased  erase" },
};

static void walks_through_states(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(walks); i++) {
        struct span rest = span_of(walks[i].lines);
        struct verb_done done = { 0 };
        struct case_file file;
        size_t decisions = 0;

        new_case(&file);
        while (rest.len) {
            size_t end = span_find_char(rest, ';', 0);
            struct err err = { 0 };
            const char *line = arena_text(
                arena, span_part(rest, 0, end == SPAN_NOWHERE ? rest.len : end));

            done = (struct verb_done) { 0 };
            if (!try(&file, arena, line, &done, &err))
                fail_msg("%s: %s: %s", walks[i].label, line, err.text);
            assert_true(*done.answer && *done.audit);
            decisions++;
            rest = span_part(rest, strlen(line) + 1, rest.len);
        }
        row_text(walks[i].label, shown(&file, &done, arena), walks[i].want);
        row_number(walks[i].label, (int)file.decisions.count, (int)decisions);
    }
    arena_free(&arena);
}

static const struct {
    const char *label, *before, *line, *want;
} refusals[] = {
    { "close before the breach is decided", "fixed", "close", "decide first" },
    { "close without a fix and reason", "confirm;breach no", "close", "takes a reason" },
    { "close a new case", "breach no", "close", "not possible in state" },
    { "reject without a reason", "", "reject", "takes a reason" },
    { "reject with a reason of its own", "", "reject boring", "takes a reason" },
    { "reject a breach", "breach yes", "reject out_of_scope", "a breach" },
    { "reject what is fixed", "fixed", "reject out_of_scope", "not possible" },
    { "duplicate of itself", "", "duplicate ZBR-2026-0012", "another case" },
    { "duplicate of no case", "", "duplicate ZBR-2026-0099", "another case" },
    { "duplicate of a word", "", "duplicate x", "another case" },
    { "severity without a value", "", "severity", "takes CHANCE" },
    { "severity with a wrong one", "", "severity huge", "takes CHANCE" },
    { "breach maybe", "", "breach maybe", "yes or no" },
    { "consent to nothing", "", "consent", "takes name" },
    { "consent without how", "", "consent name yes", "say how" },
    { "consent to one is not consent to another", "consent credit yes as Ada", "consent name yes",
        "say how" },
    { "consent as nobody", "", "consent credit yes as", "a name comes" },
    { "release twice", "release", "release", "on its way" },
    { "release what is no report", "reject not_a_report", "release", "not a report" },
    { "edit without a text", "", "edit", "takes" },
    { "note without a text", "", "note", "takes" },
    { "reply without a text", "", "reply | ", "takes" },
    { "confirm twice", "confirm", "confirm", "not possible" },
    { "confirm with more", "", "confirm please", "nothing more" },
    { "disclose before the fix", "confirm", "disclose", "not possible" },
    { "triage twice", "triage", "triage", "not possible" },
    { "fixed twice", "fixed", "fixed", "not possible" },
    { "erase an open case", "", "erase", "not possible" },
    { "erase an unreported breach", "fixed;breach yes;close", "erase", "not reported" },
    { "anything after erase", "reject not_a_report;erase", "note x", "not possible" },
    { "key without a fingerprint", "", "key", "whole fingerprint" },
    { "key by its end alone", "", "key 0123456789ABCDEF", "whole fingerprint" },
    { "key with more behind it", "", "key " OFFERED " please", "whole fingerprint" },
    { "key of nobody here", "", "key 4123456789ABCDEF0123456789ABCDEF01234567", "came along" },
    { "key that was not kept", "", "key " LARGE, "too large" },
    { "key that has signed", "", "key " SIGNED, "in use already" },
    { "key that was accepted", "", "key " ACCEPTED, "in use already" },
    { "refuse a key that is in use", "", "key " ACCEPTED " no", "in use already" },
    { "refuse a key of nobody here", "", "key 4123456789ABCDEF0123456789ABCDEF01234567 no",
        "came along" },
    { "resend where nothing waits", "", "resend", "was kept" },
    { "resend no letter", "", "resend 1", "was kept" },
    { "resend something else", "", "resend all", "was kept" },
    { "wiped maybe", "", "wiped maybe", "yes or no" },
    { "disclosure without a ground", "", "disclosure because", "takes a ground" },
};

static void refuses_and_changes_nothing(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct span rest = span_of(refusals[i].before);
        struct case_file file;
        struct verb_done done;
        struct err err = { 0 };
        struct span before, after;

        new_case(&file);
        while (rest.len) {
            size_t end = span_find_char(rest, ';', 0);
            const char *line = arena_text(
                arena, span_part(rest, 0, end == SPAN_NOWHERE ? rest.len : end));

            assert_true(try(&file, arena, line, &done, &err));
            rest = span_part(rest, strlen(line) + 1, rest.len);
        }
        assert_true(case_to_json(&file, arena, &before, &err));
        if (try(&file, arena, refusals[i].line, &done, &err) || !strstr(err.text, refusals[i].want))
            fail_msg("%s: got \"%s\", want \"%s\"", refusals[i].label, err.text, refusals[i].want);
        row_number(refusals[i].label, err.scope, ERR_MESSAGE);
        assert_true(case_to_json(&file, arena, &after, &err));
        row_text(refusals[i].label, after.at, before.at);
    }
    arena_free(&arena);
}

/* Every verb in every state: allowed exactly where its row says. */
static void keeps_to_its_states(void **state)
{
    struct arena *arena = arena_new();
    size_t count;
    const struct verb *verbs = verb_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < CASE_STATES; k++) {
            struct verb_act act = act_of(arena, "nl");
            struct case_file file;
            struct verb_done done;
            struct err err = { 0 };
            bool refused;

            new_case(&file);
            file.state = (enum case_state)k;
            refused = !verb_apply(&verbs[i], &file, &act, SPAN("\x01"), SPAN("x"), &done, &err)
                && strstr(err.text, "kan niet in de toestand");
            row_number(verbs[i].name, refused, !(verbs[i].states & 1U << k));
        }
    row_number("erased is the end", verbs[0].states & 1U << CASE_ERASED, 0);
    arena_free(&arena);
}

static void tells_the_ibd_of_news(void **state)
{
    static const char *const lines[] = { "confirm", "severity high/high", "fixed",
        "consent name yes phone" };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct case_file file;
        struct verb_done done;
        struct err err = { 0 };
        bool told = false;

        new_case(&file);
        file.ibd = IBD_SENT;
        assert_true(try(&file, arena, lines[i], &done, &err));
        for (size_t k = 0; k < done.effects.count; k++)
            told = told || done.effects.at[k].kind == EFFECT_IBD_SEND;
        row_number(lines[i], told && file.ibd_stale, true);
    }
    arena_free(&arena);
}

/* Three letters: one that arrived, two that did not. */
static void sends_again_what_did_not_arrive(void **state)
{
    static const struct {
        const char *line, *want; /* letter, then which are settled */
    } rows[] = {
        { "resend", "reply:Dag. --s" }, { "resend 2", "confirm: -s-" },
        { "resend 1", "fixing: s--" }, { "resend no", "-ss" }, { "resend nee", "-ss" },
        { "resend 9", "-" }, { "resend 4", "-" }, /* the IBD's */
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        static const char *const kinds[] = { "fixing", "confirm", "reply", "ibd_copy" };
        struct buf buf = { .arena = arena };
        struct case_file file;
        struct verb_done done = { 0 };
        struct err err = { 0 };

        new_case(&file);
        for (size_t k = 0; k < COUNT(kinds); k++) {
            struct case_letter *letter = case_add_letter(&file, arena);

            letter->kind = letter->meant = kinds[k];
            letter->to = k == 3 ? PARTY_IBD : PARTY_RESEARCHER;
            letter->words = k == 2 ? "Dag." : "";
            letter->bounced_at = k == 1 || k == 2 ? NOW : 0;
        }
        if (!try(&file, arena, rows[i].line, &done, &err)) {
            row_text(rows[i].line, "-", rows[i].want);
            continue;
        }
        for (size_t k = 0; k < done.effects.count; k++) {
            row_number(rows[i].line, done.effects.at[k].kind, EFFECT_LETTER_AGAIN);
            buf_printf(&buf, "%s:%s ", done.effects.at[k].what, done.effects.at[k].text);
        }
        for (size_t k = 0; k < 3; k++)
            buf_char(&buf, file.letters.at[k].settled ? 's' : '-');
        row_text(rows[i].line, buf_string(&buf), rows[i].want);
    }
    arena_free(&arena);
}

static void refuses_a_key(void **state)
{
    struct arena *arena = arena_new();
    struct case_file file;
    struct verb_done done = { 0 };
    struct err err = { 0 };

    (void)state;
    new_case(&file);
    assert_true(try(&file, arena, "key " OFFERED " no", &done, &err));
    row_number("no key is imported", (int)done.effects.count, 0);
    row_number("refused", file.keys.at[0].refused_at, NOW);
    done = (struct verb_done) { 0 };
    assert_true(try(&file, arena, "key " OFFERED, &done, &err));
    row_number("on second thoughts", (int)done.effects.count, 1);
    row_number("not refused any more", file.keys.at[0].refused_at, 0);
    arena_free(&arena);
}

static void whoever_decides_has_read(void **state)
{
    struct arena *arena = arena_new();
    struct case_file file;
    struct verb_done done = { 0 };
    struct err err = { 0 };

    (void)state;
    new_case(&file);
    assert_false(try(&file, arena, "close", &done, &err));
    row_number("a refusal is none", file.first_read_at, 0);
    assert_true(try(&file, arena, "note gelezen", &done, &err));
    row_number("read", file.first_read_at, NOW);
    file.first_read_at = NOW - 5;
    assert_true(try(&file, arena, "triage", &done, &err));
    row_number("the first time stays", file.first_read_at, NOW - 5);
    arena_free(&arena);
}

static void keeps_the_audit_free_of_people(void **state)
{
    static const char *const lines[] = { "note Jan de Vries belde", "reply |Jan de Vries",
        "contacted Jan de Vries", "consent credit yes as Jan de Vries",
        "reject out_of_scope Jan de Vries", "disclosure court Jan de Vries: naam",
        "hold Jan de Vries", "breach no Jan de Vries", "edit |Jan de Vries",
        "mitigated Jan de Vries" };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct case_file file;
        struct verb_done done;
        struct err err = { 0 };

        new_case(&file);
        if (!try(&file, arena, lines[i], &done, &err))
            fail_msg("%s: %s", lines[i], err.text);
        if (strstr(done.audit, "Jan") || strstr(done.answer, "Jan"))
            fail_msg("%s: audit \"%s\", answer \"%s\"", lines[i], done.audit, done.answer);
    }
    arena_free(&arena);
}

static void records_what_was_said(void **state)
{
    struct arena *arena = arena_new();
    struct case_file file;
    struct verb_done done;
    struct err err = { 0 };

    (void)state;
    new_case(&file);
    assert_true(try(&file, arena, "consent credit yes as Finder 42", &done, &err));
    row_text("credit name", file.credit_name, "Finder 42");
    row_number("given", file.consents[CONSENT_CREDIT].given, true);
    row_text("by", file.consents[CONSENT_CREDIT].by, "ada");
    assert_true(try(&file, arena, "consent name to IBD yes telephone", &done, &err));
    row_number("given", file.consents[CONSENT_NAME_IBD].given, true);
    row_text("how", file.consents[CONSENT_NAME_IBD].how, "telephone");
    assert_true(try(&file, arena, "consent name no", &done, &err));
    row_number("taken back", file.consents[CONSENT_NAME_IBD].given, false);
    assert_true(
        try(&file, arena, "disclosure prosecutor Openbaar Ministerie: address", &done, &err));
    row_text("ground", file.disclosures.at[0].ground, "prosecutor");
    row_text("to", file.disclosures.at[0].to, "Openbaar Ministerie");
    row_text("what", file.disclosures.at[0].what, "address");
    assert_true(try(&file, arena, "confirm", &done, &err));
    row_number("confirmed", file.confirmed_at, NOW);
    row_text("decision", file.decisions.at[4].verb, "confirm");
    row_number("from", file.decisions.at[4].from, CASE_RECEIVED);
    row_number("to", file.decisions.at[4].to, CASE_CONFIRMED);
    row_text("how", file.decisions.at[4].how, "cli");
    arena_free(&arena);
}

/* What the audit log keeps of a decision makes the same one again, and holds no free text. */
static void comes_again_from_its_words(void **state)
{
    static const struct {
        const char *label, *before, *line, *words;
        const char *text; /* of the decision that is made again */
    } rows[] = {
        { "no words", "", "confirm", "", "" },
        { "free text stays out", "", "contacted by Piet", "", "" },
        { "a reason of a list stays", "", "reject out_of_scope Piet's site", "out_of_scope",
            "out_of_scope" },
        { "a number", "", "duplicate ZBR-2026-0001", "ZBR-2026-0001", "ZBR-2026-0001" },
        { "severity", "", "severity high/low", "high/low", "high/low" },
        { "breach", "", "breach yes Piet said so", "yes", "yes" },
        { "consent", "", "consent contact to IBD yes by telephone", "contact yes",
            "contact yes (the text was lost with the index)" },
        { "credit", "", "consent credit yes by mail", "credit yes",
            "credit yes (the text was lost with the index)" },
        { "a name to be credited by", "", "consent credit yes as Piet", "credit no",
            "credit no (the text was lost with the index)" },
        { "credit under a name given before", "consent credit no as Piet",
            "consent credit yes by mail", "credit no",
            "credit no (the text was lost with the index)" },
        { "a note", "", "note Piet called", "", "(the text was lost with the index)" },
        { "an edited text", "", "edit|Piet", "", "" },
        { "a reply", "", "reply|Dear Piet", "", "" },
        { "a ground", "", "disclosure court Piet: all", "court", "court" },
        { "a close with a reason", "fixing", "close Piet", "",
            "(the text was lost with the index)" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct verb_act act = act_of(arena, "en");
        struct case_file file, again;
        struct verb_done done, done_again;
        struct span arguments, text;
        struct err err = { 0 };
        const struct verb *verb;

        new_case(&file);
        file.breach = BREACH_NO;
        if (*rows[i].before)
            assert_true(try(&file, arena, rows[i].before, &done, &err));
        again = file;
        assert_true(try(&file, arena, rows[i].line, &done, &err));
        row_text(rows[i].label, done.words, rows[i].words);
        verb = verb_named(span_of(file.decisions.at[file.decisions.count - 1].verb));
        verb_again(verb, done.words, arena, &arguments, &text);
        if (!verb_apply(verb, &again, &act, arguments, text, &done_again, &err))
            fail_msg("%s: %s", rows[i].label, err.text);
        row_text(rows[i].label, again.decisions.at[again.decisions.count - 1].text, rows[i].text);
        row_text(rows[i].label, shown(&again, &done_again, arena), shown(&file, &done, arena));
        arena_free(&arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_through_states),
        cmocka_unit_test(refuses_and_changes_nothing),
        cmocka_unit_test(keeps_to_its_states),
        cmocka_unit_test(tells_the_ibd_of_news),
        cmocka_unit_test(sends_again_what_did_not_arrive),
        cmocka_unit_test(refuses_a_key),
        cmocka_unit_test(whoever_decides_has_read),
        cmocka_unit_test(keeps_the_audit_free_of_people),
        cmocka_unit_test(records_what_was_said),
        cmocka_unit_test(comes_again_from_its_words),
    };

    return cmocka_run_group_tests_name("verb", tests, NULL, NULL);
}
