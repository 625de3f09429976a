#include "digest/digest.h"

#include "base/buf.h"
#include "base/date.h"
#include "cases/order.h"
#include "cases/undelivered.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
    MOST_DECISIONS = 24,
    MOST_CLOCKS = 10,
    MOST_CASES = 10,
    MOST_ITEMS = 12,
    SUMMARY_LINES = 5,
    SUMMARY_BYTES = 420,
    DAY_S = 24 * 3600,
    KEY_SOON_S = 42 * DAY_S, /* weeks ahead: a key has to reach the IBD and the website too */
    FETCH_LATE_S = 6 * 3600,
    STORE_LOW = 1024 * 1024 * 1024,
};

struct making {
    const struct digest_input *in;
    struct digest *out;
    struct arena *arena;
    const char *language;
    size_t size;
};

/* The words in the language of the digest; both may be formats of the same arguments. */
__attribute__((format_arg(2), format_arg(3))) static const char *say(
    const struct making *making, const char *nl, const char *en)
{
    return making->out->nl ? nl : en;
}

static struct digest_block *add(struct making *making, enum digest_kind kind)
{
    struct digest *out = making->out;
    struct digest_block *block;

    if (out->count == making->size) {
        size_t old = making->size * sizeof *out->blocks;

        making->size = making->size ? 2 * making->size : 32;
        out->blocks = arena_grow(
            making->arena, out->blocks, old, making->size * sizeof *out->blocks);
    }
    block = &out->blocks[out->count++];
    *block = (struct digest_block) {
        .kind = kind, .number = "", .title = "", .text = "", .when = "", .detail = ""
    };
    return block;
}

static void section(struct making *making, enum digest_column column, const char *title)
{
    struct digest_block *block = add(making, DIGEST_SECTION);

    block->column = column;
    block->title = title;
}

/* What a section says when nothing followed it. */
static void section_empty(struct making *making, const char *text)
{
    struct digest_block *last = &making->out->blocks[making->out->count - 1];

    if (last->kind == DIGEST_SECTION)
        last->text = text;
}

static void more(struct making *making, size_t left)
{
    if (left)
        add(making, DIGEST_MORE)->text = making->out->nl
            ? arena_printf(making->arena, "en nog %zu; alle zaken: meldpost cases", left)
            : arena_printf(making->arena, "and %zu more; all cases: meldpost cases", left);
}

/* "do 26 nov", with the year where it is another one. */
static const char *day(const struct making *making, int64_t at_s)
{
    static const char *const days[2][7] = { { "zo", "ma", "di", "wo", "do", "vr", "za" },
        { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" } };
    static const char *const months[2][12] = { { "jan", "feb", "mrt", "apr", "mei", "jun", "jul",
                                                   "aug", "sep", "okt", "nov", "dec" },
        { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" } };
    struct date_civil at = date_civil_at(at_s);
    struct buf buf = { .arena = making->arena };
    bool nl = making->out->nl;

    buf_printf(&buf, "%s %d %s", days[!nl][at.weekday], at.day, months[!nl][at.month - 1]);
    if (at.year != date_civil_at(making->in->now_s).year)
        buf_printf(&buf, " %d", at.year);
    return buf_string(&buf);
}

/* "do 26 nov 14:00"; the hour is left out at a day's end, where terms of days end. */
static const char *moment(const struct making *making, int64_t at_s)
{
    struct date_civil at = date_civil_at(at_s);

    if (at.hour == 23 && at.minute == 59)
        return day(making, at_s);
    return arena_printf(making->arena, "%s %02d:%02d", day(making, at_s), at.hour, at.minute);
}

/* Whole days when there are several: the moment itself stands beside it. */
static const char *left_words(const struct making *making, int64_t then_s)
{
    int64_t days = (then_s - making->in->now_s) / DAY_S;

    if (days < 2)
        return clock_left(then_s, making->in->now_s, making->language, making->arena);
    return arena_printf(making->arena, say(making, "nog %d dagen", "%d days left"), (int)days);
}

static enum digest_tone tone_of_stage(enum clock_stage stage)
{
    static const enum digest_tone tones[] = {
        [CLOCK_QUIET] = TONE_CALM,
        [CLOCK_SOON] = TONE_SOON,
        [CLOCK_LAST] = TONE_TODAY,
        [CLOCK_OVER] = TONE_LATE,
        [CLOCK_ESCALATED] = TONE_LATE,
    };

    return tones[stage];
}

static enum digest_tone clock_tone(
    const struct making *making, const struct case_file *file, enum clock_kind kind)
{
    return tone_of_stage(
        clock_stage_at(&file->clocks[kind], kind, making->in->calendar, making->in->now_s));
}

static bool runs(const struct case_file *file, enum clock_kind kind)
{
    return file->clocks[kind].state == CLOCK_RUNNING;
}

/* --- what must be decided --- */

struct decisions {
    struct digest_block *at;
    int64_t *due;
    size_t count, size;
};

/* One block more; sorted by due before it is shown. */
static struct digest_block *decision(const struct making *making, struct decisions *all,
    const struct case_file *file, int64_t due_s, enum digest_tone tone)
{
    struct digest_block *block;

    if (all->count == all->size) {
        size_t more_size = all->size ? 2 * all->size : 16;

        all->at = arena_grow(
            making->arena, all->at, all->size * sizeof *all->at, more_size * sizeof *all->at);
        all->due = arena_grow(
            making->arena, all->due, all->size * sizeof *all->due, more_size * sizeof *all->due);
        all->size = more_size;
    }
    all->due[all->count] = due_s ? due_s : INT64_MAX;
    block = &all->at[all->count++];
    *block = (struct digest_block) { .kind = DIGEST_DECISION,
        .tone = tone,
        .number = file->number,
        .title = "",
        .text = "",
        .when = due_s ? moment(making, due_s) : "",
        .detail = "" };
    return block;
}

static void command(const struct making *making, const struct case_file *file,
    struct digest_block *block, const char *words)
{
    texts_add(&block->commands, making->arena,
        order_line(file->number,
            making->in->settings->order_code == ORDER_CODE_REQUIRED ? file->code : "", words,
            making->arena));
}

static void decide_breach(
    const struct making *making, struct decisions *all, const struct case_file *file)
{
    struct digest_block *block;
    int64_t due = file->clocks[CLOCK_AP_72H].due_at;

    if (!runs(file, CLOCK_AP_72H))
        return;
    block = decision(making, all, file, due, clock_tone(making, file, CLOCK_AP_72H));
    if (file->breach == BREACH_YES) {
        block->title = say(making, "Meld het datalek bij de AP", "Report the breach to the AP");
        block->text = arena_printf(making->arena,
            say(making, "Wat het formulier vraagt: meldpost worksheet %s. Leg daarna vast:",
                "What the form asks: meldpost worksheet %s. Then record:"),
            file->number);
        command(making, file, block, "disclosure ap");
        return;
    }
    block->title = say(making, "Is dit een datalek?", "Is this a data breach?");
    command(making, file, block, "breach yes");
    command(making, file, block, "breach no");
}

/* One decision while nobody has looked: each of these orders is an answer to the researcher too. */
static void decide_assessment(
    const struct making *making, struct decisions *all, const struct case_file *file)
{
    bool fresh = file->state == CASE_RECEIVED || file->state == CASE_TRIAGE;
    bool waits = runs(file, CLOCK_FIRST_RESPONSE);
    struct digest_block *block;

    if (!fresh && !waits)
        return;
    block = decision(making, all, file, waits ? file->clocks[CLOCK_FIRST_RESPONSE].due_at : 0,
        waits ? clock_tone(making, file, CLOCK_FIRST_RESPONSE) : TONE_CALM);
    if (fresh && waits)
        block->title = say(
            making, "Beoordeel en geef de eerste reactie", "Assess, and give the first response");
    else if (fresh)
        block->title = say(making, "Klopt de melding?", "Is the report right?");
    else
        block->title = say(making, "Geef de eerste reactie", "Give the first response");
    if (fresh) {
        command(making, file, block, "confirm");
        command(making, file, block, "reject not_reproduced");
    }
    if (waits) {
        command(making, file, block, "reply");
        command(making, file, block, "contacted");
    }
}

static void decide_ibd(
    const struct making *making, struct decisions *all, const struct case_file *file)
{
    struct buf why = { .arena = making->arena };
    struct digest_block *block;

    /* The first copy, or what came after it. */
    if (file->ibd != IBD_HELD && !(file->ibd >= IBD_SENT && file->ibd_reasons.count))
        return;
    block = decision(making, all, file, file->clocks[CLOCK_IBD_COPY].due_at,
        clock_tone(making, file, CLOCK_IBD_COPY));
    for (size_t i = 0; i < file->ibd_reasons.count; i++)
        buf_printf(&why, "%s%s", i ? " " : "", file->ibd_reasons.at[i]);
    block->title = say(making, "Mag de IBD deze kopie krijgen?", "May the IBD get this copy?");
    block->text = buf_string(&why);
    command(making, file, block, "release");
    if (file->ibd == IBD_HELD)
        command(making, file, block, "hold");
}

static void decide_consent(
    const struct making *making, struct decisions *all, const struct case_file *file)
{
    static const char *const lines[] = { [CONSENT_NAME_IBD] = "consent name yes",
        [CONSENT_CONTACT_IBD] = "consent contact yes",
        [CONSENT_CREDIT] = "consent credit yes" };
    struct digest_block *block = NULL;

    for (int kind = 0; kind < CONSENT_KINDS; kind++) {
        if (!file->consents[kind].offered || file->consents[kind].given)
            continue;
        if (!block) {
            block = decision(making, all, file, 0, TONE_CALM);
            block->title = say(making, "De melder geeft toestemming: bevestigt u die?",
                "The researcher gives consent: do you confirm it?");
            block->text = say(making,
                "Een mail kan vervalst zijn, en een naam die is genoemd is niet terug te nemen.",
                "A mail can be forged, and a name that was told cannot be taken back.");
        }
        command(making, file, block, lines[kind]);
    }
}

/* A key can be made in anybody's name, so the fingerprint is what there is to compare. */
static void decide_key(
    const struct making *making, struct decisions *all, const struct case_file *file)
{
    struct digest_block *block = NULL;

    if (!file->no_key)
        return;
    for (size_t i = 0; i < file->keys.count; i++) {
        const struct case_key *key = &file->keys.at[i];

        if (!*key->material || key->accepted_at || key->refused_at
            || strcmp(key->how, "attached") != 0)
            continue;
        if (!block) {
            block = decision(making, all, file, 0, TONE_CALM);
            block->title = say(making, "Brieven versleutelen met de meegestuurde sleutel?",
                "Encrypt letters with the key that came along?");
            block->text = say(making,
                "Nu staat er niets inhoudelijks in brieven aan de melder. De sleutel bewijst niet "
                "wie dat is: vergelijk de vingerafdruk als het kan langs een andere weg.",
                "Letters to the researcher say nothing of the content now. The key does not prove "
                "who that is: compare the fingerprint over another channel if you can.");
        }
        command(making, file, block, arena_printf(making->arena, "key %s", key->fingerprint));
        command(making, file, block, arena_printf(making->arena, "key %s no", key->fingerprint));
    }
}

/* What a letter is about, in words for people. */
static const char *letter_name(const struct making *making, const char *kind)
{
    static const struct {
        const char *kind, *nl, *en;
    } names[] = {
        { "acknowledgement", "ontvangstbevestiging", "acknowledgement" },
        { "follow_up", "bevestiging van een aanvulling", "acknowledgement of an addition" },
        { "clear", "brief zonder inhoud", "letter without content" },
        { "unreadable", "brief over de onleesbare mail", "letter on the mail that cannot be read" },
        { "confirm", "brief over de bevestiging", "letter on the confirmation" },
        { "fixing", "brief over de voortgang", "letter on the progress" },
        { "fixed", "brief over de oplossing", "letter on the fix" },
        { "disclosed", "brief over de openbaarmaking", "letter on the disclosure" },
        { "closed", "brief bij het sluiten", "closing letter" },
        { "reject", "brief over de afwijzing", "letter on the rejection" },
        { "duplicate", "brief over de dubbele melding", "letter on the duplicate" },
        { "reply", "uw brief aan de melder", "your letter to the researcher" },
        { "ibd_copy", "kopie aan de IBD", "copy for the IBD" },
        { "ibd_update", "aanvulling aan de IBD", "update for the IBD" },
        { "undelivered", "bericht over een brief die niet aankwam",
            "message on a letter that did not arrive" },
        { "reminder", "herinnering", "reminder" },
        { "escalation", "bericht over een verstreken termijn", "message on a term that passed" },
        { "answer", "antwoord op uw opdrachten", "answer to your orders" },
        { "digest", "een eerder dagoverzicht", "an earlier digest" },
    };

    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(kind, names[i].kind) == 0)
            return say(making, names[i].nl, names[i].en);
    return kind;
}

/* Letters that wait for the CISO: what came back, and what went out without its content while the
 * researcher's key was not known. */
static void decide_letters(
    const struct making *making, struct decisions *all, const struct case_file *file)
{
    struct digest_block *block = NULL;
    struct buf text = { .arena = making->arena };

    for (size_t i = 0; i < file->letters.count; i++) {
        const struct case_letter *letter = &file->letters.at[i];

        if (!undelivered_waits(file, letter))
            continue;
        if (!block) {
            block = decision(making, all, file, 0, letter->bounced_at ? TONE_TODAY : TONE_CALM);
            block->title = say(making, "Brief opnieuw aan de melder sturen?",
                "Send the letter to the researcher again?");
        }
        buf_printf(&text, say(making, "%sBrief %zu (%s): %s", "%sLetter %zu (%s): %s"),
            text.len ? "\n" : "", i + 1, letter_name(making, letter->meant),
            letter->bounced_at
                ? undelivered_words(letter->why_bounced, making->language, making->arena)
                : say(making, "Ging zonder inhoud uit; de sleutel is er nu wel.",
                    "Went out without its content; the key is there now."));
        command(making, file, block, arena_printf(making->arena, "resend %zu", i + 1));
    }
    if (!block)
        return;
    block->text = buf_string(&text);
    command(making, file, block, "resend no");
}

static void decide_state(
    const struct making *making, struct decisions *all, const struct case_file *file)
{
    struct digest_block *block;

    if (file->state == CASE_FIXED || file->state == CASE_DISCLOSED) {
        block = decision(making, all, file, 0, TONE_CALM);
        block->title = say(making, "Kan de zaak dicht?", "Can the case be closed?");
        command(making, file, block, "close");
        if (file->state == CASE_FIXED)
            command(making, file, block, "disclose");
    }
}

/* Clocks of which the end is near or past, that have one order to end them. */
static void decide_terms(
    const struct making *making, struct decisions *all, const struct case_file *file)
{
    static const struct {
        enum clock_kind kind;
        const char *nl, *en, *command;
    } terms[] = {
        { CLOCK_MITIGATE, "Is het gevaar ingeperkt?", "Is the danger contained?", "mitigated" },
        { CLOCK_FIX, "Is het opgelost?", "Has it been fixed?", "fixed" },
        { CLOCK_PROGRESS, "Laat de melder weten hoe het staat",
            "Tell the researcher how things are", "reply" },
        { CLOCK_RETENTION, "De bewaartermijn is om: wissen?", "The retention is over: erase?",
            "erase" },
    };

    for (size_t i = 0; i < COUNT(terms); i++) {
        enum digest_tone tone = clock_tone(making, file, terms[i].kind);
        struct digest_block *block;

        if (!runs(file, terms[i].kind) || tone == TONE_CALM)
            continue;
        if (terms[i].kind == CLOCK_RETENTION && tone != TONE_LATE)
            continue;
        block = decision(making, all, file, file->clocks[terms[i].kind].due_at,
            terms[i].kind == CLOCK_RETENTION ? TONE_CALM : tone);
        block->title = say(making, terms[i].nl, terms[i].en);
        command(making, file, block, terms[i].command);
    }
}

static void sort_decisions(struct decisions *all)
{
    for (size_t i = 1; i < all->count; i++) {
        struct digest_block block = all->at[i];
        int64_t due = all->due[i];
        size_t j = i;

        for (; j > 0
             && (all->due[j - 1] > due
                 || (all->due[j - 1] == due && strcmp(all->at[j - 1].number, block.number) > 0));
             j--) {
            all->at[j] = all->at[j - 1];
            all->due[j] = all->due[j - 1];
        }
        all->at[j] = block;
        all->due[j] = due;
    }
}

static bool is_first_of_case(const struct decisions *all, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(all->at[i].number, all->at[index].number) == 0)
            return false;
    return true;
}

static bool says_something(const char *text)
{
    return strpbrk(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL;
}

/* The subject; where it was hidden or left out ("..."), the weakness or the place. */
static const char *case_title(const struct making *making, const struct case_file *file)
{
    const struct case_message *report = case_report(file);

    if (report && says_something(report->subject))
        return report->subject;
    if (file->facts.weakness[0])
        return file->facts.weakness;
    if (file->facts.hosts.count)
        return file->facts.hosts.at[0];
    return say(making, "(zonder onderwerp)", "(no subject)");
}

/* All of one case below its number, as many as there is room for; gives how many. */
static size_t show_decisions(
    struct making *making, const struct decisions *all, size_t first, size_t shown)
{
    const char *number = all->at[first].number;
    struct digest_block *group;
    size_t added = 0;

    if (shown >= MOST_DECISIONS)
        return 0;
    group = add(making, DIGEST_GROUP);
    group->number = number;
    for (size_t i = 0; i < making->in->case_count; i++)
        if (strcmp(making->in->cases[i]->number, number) == 0)
            group->title = case_title(making, making->in->cases[i]);
    for (size_t i = first; i < all->count; i++)
        if (strcmp(all->at[i].number, number) == 0) {
            *add(making, DIGEST_DECISION) = all->at[i];
            added++;
        }
    return added;
}

static size_t decide(struct making *making, size_t *late)
{
    struct decisions all = { 0 };
    size_t shown = 0;

    section(making, COLUMN_WHOLE, say(making, "Nu te beslissen", "To be decided now"));
    for (size_t i = 0; i < making->in->case_count; i++) {
        const struct case_file *file = making->in->cases[i];

        decide_breach(making, &all, file);
        decide_assessment(making, &all, file);
        decide_ibd(making, &all, file);
        decide_terms(making, &all, file);
        decide_state(making, &all, file);
        decide_consent(making, &all, file);
        decide_key(making, &all, file);
        decide_letters(making, &all, file);
    }
    sort_decisions(&all);
    for (size_t i = 0; i < all.count; i++) {
        *late += all.at[i].tone == TONE_LATE;
        if (is_first_of_case(&all, i))
            shown += show_decisions(making, &all, i, shown);
    }
    more(making, all.count - shown);
    section_empty(making,
        say(making, "Niets. Er wacht geen beslissing op u.",
            "Nothing. No decision is waiting for you."));
    return all.count;
}

/* --- clocks --- */

struct running {
    const struct case_file *file;
    enum clock_kind kind;
};

static int by_due(const void *a, const void *b)
{
    const struct running *one = a, *other = b;
    int64_t first = one->file->clocks[one->kind].due_at;
    int64_t second = other->file->clocks[other->kind].due_at;

    if (first != second)
        return first < second ? -1 : 1;
    return strcmp(one->file->number, other->file->number);
}

static void show_clock(struct making *making, const struct running *running)
{
    const struct clock *clock = &running->file->clocks[running->kind];
    struct digest_block *block = add(making, DIGEST_CLOCK);

    block->number = running->file->number;
    block->title = clock_name(running->kind, making->language);
    if (clock->provisional)
        block->title = arena_printf(
            making->arena, "%s %s", block->title, say(making, "(voorlopig)", "(provisional)"));
    block->tone = clock_tone(making, running->file, running->kind);
    block->when = moment(making, clock->due_at);
    block->text = left_words(making, clock->due_at);
}

static size_t clocks(struct making *making)
{
    struct running *all = arena_array(
        making->arena, making->in->case_count * CLOCK_KINDS + 1, sizeof *all);
    size_t count = 0;

    section(making, COLUMN_LEFT, say(making, "Lopende termijnen", "Running terms"));
    for (size_t i = 0; i < making->in->case_count; i++)
        for (int kind = 0; kind < CLOCK_RETENTION; kind++)
            if (runs(making->in->cases[i], (enum clock_kind)kind))
                all[count++] = (struct running) { making->in->cases[i], (enum clock_kind)kind };
    qsort(all, count, sizeof *all, by_due);
    for (size_t i = 0; i < count && i < MOST_CLOCKS; i++)
        show_clock(making, &all[i]);
    more(making, count > MOST_CLOCKS ? count - MOST_CLOCKS : 0);
    section_empty(making, say(making, "Er loopt geen termijn.", "No term is running."));
    return count;
}

/* --- new cases --- */

/* Some lines of redacted text; "…" where it was cut, never inside a character. */
static const char *shorten(const struct making *making, const char *text)
{
    struct buf buf = { .arena = making->arena };
    struct span rest = span_of(text), line;
    size_t lines = 0;

    while (span_line(&rest, &line)) {
        line = span_trim(line);
        if (!line.len)
            continue;
        if (lines == SUMMARY_LINES || buf.len >= SUMMARY_BYTES) {
            buf_text(&buf, " …");
            break;
        }
        if (buf.len + line.len > SUMMARY_BYTES) {
            size_t to = SUMMARY_BYTES - buf.len;

            while (to > 0 && ((unsigned char)line.at[to] & 0xC0) == 0x80)
                to--;
            line.len = to;
            buf_printf(&buf, "%s%.*s …", lines ? "\n" : "", (int)line.len, line.at);
            break;
        }
        buf_printf(&buf, "%s%.*s", lines ? "\n" : "", (int)line.len, line.at);
        lines++;
    }
    return buf_string(&buf);
}

static void show_case(struct making *making, const struct case_file *file)
{
    const struct case_message *report = case_report(file);
    struct digest_block *block = add(making, DIGEST_CASE);

    block->number = file->number;
    block->title = case_title(making, file);
    if (file->facts.weakness[0] && block->title != file->facts.weakness)
        block->title = arena_printf(making->arena, "%s · %s", block->title, file->facts.weakness);
    block->when = moment(making, file->received_at);
    if (report)
        block->text = making->out->nl ? report->sentence_nl : report->sentence_en;
    block->detail = shorten(making, file->summary);
}

static size_t new_cases(struct making *making)
{
    size_t count = 0;

    section(making, COLUMN_RIGHT, say(making, "Nieuwe meldingen", "New reports"));
    for (size_t i = 0; i < making->in->case_count; i++) {
        if (making->in->cases[i]->received_at < making->in->since_s)
            continue;
        if (count++ < MOST_CASES)
            show_case(making, making->in->cases[i]);
    }
    more(making, count > MOST_CASES ? count - MOST_CASES : 0);
    section_empty(
        making, say(making, "Geen sinds het vorige overzicht.", "None since the last digest."));
    return count;
}

/* --- what did not go well --- */

static void item(struct making *making, enum digest_tone tone, const char *number,
    const char *title, const char *text)
{
    struct digest_block *block = add(making, DIGEST_ITEM);

    block->tone = tone;
    block->number = number;
    block->title = title;
    block->text = text;
}

static void bounced_letters(struct making *making, const struct case_file *file)
{
    for (size_t i = 0; i < file->letters.count; i++) {
        const struct case_letter *letter = &file->letters.at[i];

        if (letter->bounced_at && letter->bounced_at >= making->in->since_s)
            item(making, TONE_TODAY, file->number,
                arena_printf(making->arena, say(making, "Niet bezorgd: %s", "Not delivered: %s"),
                    letter_name(making, *letter->meant ? letter->meant : letter->kind)),
                undelivered_words(letter->why_bounced, making->language, making->arena));
    }
}

static void refused_letters(struct making *making)
{
    const struct digest_input *in = making->in;

    for (size_t i = 0; i < in->refused_count; i++)
        item(making, TONE_TODAY, "",
            arena_printf(making->arena, say(making, "Niet bezorgd: %s", "Not delivered: %s"),
                letter_name(making, in->refused[i].kind)),
            undelivered_words(arena_printf(making->arena, "SMTP %d", in->refused[i].code),
                making->language, making->arena));
}

static void post(struct making *making)
{
    const struct digest_input *in = making->in;
    size_t shown = 0;

    section(making, COLUMN_LEFT,
        say(making, "Post die aandacht vraagt", "Mail that asks for attention"));
    for (size_t i = 0; i < in->case_count; i++)
        bounced_letters(making, in->cases[i]);
    refused_letters(making);
    for (; shown < in->aside_count && shown < MOST_ITEMS; shown++)
        item(making, TONE_TODAY, "",
            arena_printf(making->arena,
                say(making, "Apart gelegd: bericht van %s", "Put aside: message of %s"),
                moment(making, in->aside[shown].received_at)),
            arena_printf(making->arena,
                say(making, "%s Bekijken: meldpost open %s --text",
                    "%s To look at it: meldpost open %s --text"),
                aside_sentence(in->aside[shown].aside, making->language), in->aside[shown].id));
    more(making, in->aside_count - shown);
    section_empty(making,
        say(making, "Alle brieven zijn bezorgd; er is niets apart gelegd.",
            "All letters were delivered; nothing was put aside."));
}

/* --- health --- */

static void fact(struct making *making, enum digest_tone tone, const char *title, const char *text)
{
    struct digest_block *block = add(making, DIGEST_FACT);

    block->tone = tone;
    block->title = title;
    block->text = text;
}

static bool pass_fails(const struct digest_pass *pass)
{
    return pass->failed_at > pass->fine_at;
}

/* What a failure means for who reads; its own words, for the administrator, stand behind. */
static const char *failure_words(const struct making *making, int exit_code)
{
    switch (exit_code) {
    case EX_TEMPFAIL:
        return say(making, "de server is nu niet bereikbaar; het programma probeert het opnieuw",
            "the server cannot be reached now; the program tries again");
    case EX_NOPERM:
        return say(making,
            "het aanmelden of het certificaat is geweigerd; de beheerder moet iets doen",
            "login or certificate refused; the administrator has to act");
    case EX_CONFIG:
        return say(making, "de instellingen kloppen niet; de beheerder moet iets doen",
            "the settings are wrong; the administrator has to act");
    case EX_IOERR:
        return say(making, "de schijf is vol, beschadigd of alleen te lezen; er is niets verloren",
            "the disk is full, damaged or read-only; nothing was lost");
    default:
        return say(making, "er ging iets mis", "something went wrong");
    }
}

static size_t pass_fact(
    struct making *making, const char *title, const struct digest_pass *pass, int64_t late_s)
{
    int64_t now = making->in->now_s;

    if (pass_fails(pass)) {
        const char *since = pass->fine_at
            ? arena_printf(making->arena,
                say(making, " (voor het laatst goed op %s)", " (last went well on %s)"),
                moment(making, pass->fine_at))
            : "";

        fact(making, TONE_LATE, title,
            arena_printf(making->arena,
                say(making, "mislukt%s: %s. Voor de beheerder: %s",
                    "failing%s: %s. For the administrator: %s"),
                since, failure_words(making, pass->exit_code), pass->failure));
        return 1;
    }
    if (!pass->fine_at && !making->in->since_s) { /* the very first digest */
        fact(making, TONE_CALM, title, say(making, "nog niet gedraaid", "has not run yet"));
        return 0;
    }
    if (!pass->fine_at) {
        fact(making, TONE_SOON, title, say(making, "nog nooit gelukt", "never went well yet"));
        return 1;
    }
    if (late_s && now - pass->fine_at > late_s) {
        fact(making, TONE_LATE, title,
            arena_printf(making->arena,
                say(making, "stil sinds %s; loopt de timer nog?",
                    "silent since %s; does the timer still run?"),
                moment(making, pass->fine_at)));
        return 1;
    }
    fact(making, TONE_CALM, title,
        arena_printf(
            making->arena, say(making, "goed, %s", "fine, %s"), moment(making, pass->fine_at)));
    return 0;
}

static size_t key_fact(struct making *making, const struct digest_key *key)
{
    int64_t left = key->expires_at - making->in->now_s;
    int64_t soon_s = key->soon_s ? key->soon_s : KEY_SOON_S;

    if (key->trouble[0]) {
        fact(making, TONE_LATE, key->name, key->trouble);
        return 1;
    }
    if (!key->expires_at) {
        fact(making, TONE_CALM, key->name,
            say(making, "goed, verloopt niet", "fine, never expires"));
        return 0;
    }
    fact(making,
        left <= 0           ? TONE_LATE
            : left < soon_s ? TONE_SOON
                            : TONE_CALM,
        key->name,
        arena_printf(making->arena,
            left <= 0 ? say(making, "verlopen op %s", "expired on %s")
                      : say(making, "goed tot %s", "good until %s"),
            day(making, key->expires_at)));
    return left < soon_s;
}

static const char *bytes_words(const struct making *making, int64_t bytes)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
    double amount = (double)bytes;
    size_t unit = 0;

    while (amount >= 1000 && unit + 1 < COUNT(units)) {
        amount /= 1000;
        unit++;
    }
    return arena_printf(
        making->arena, unit && amount < 10 ? "%.1f %s" : "%.0f %s", amount, units[unit]);
}

static size_t queue_facts(struct making *making)
{
    const struct digest_input *in = making->in;
    bool late = in->waiting && in->now_s - in->oldest_waiting_at > FETCH_LATE_S;
    bool stuck = in->letters_waiting && in->now_s - in->oldest_letter_at > DAY_S;

    fact(making, late ? TONE_LATE : TONE_CALM,
        say(making, "Nog te verwerken", "Waiting to be processed"),
        in->waiting ? arena_printf(making->arena,
            say(making, "%lld, het oudste van %s", "%lld, the oldest of %s"),
            (long long)in->waiting, moment(making, in->oldest_waiting_at))
                    : say(making, "niets", "nothing"));
    fact(making, stuck ? TONE_TODAY : TONE_CALM,
        say(making, "Brieven in de wachtrij", "Letters in the queue"),
        in->letters_waiting ? arena_printf(making->arena,
            say(making, "%lld, de oudste van %s", "%lld, the oldest of %s"),
            (long long)in->letters_waiting, moment(making, in->oldest_letter_at))
                            : say(making, "geen", "none"));
    return (size_t)late + (size_t)stuck;
}

static size_t health(struct making *making)
{
    const struct digest_input *in = making->in;
    bool low = in->free_bytes >= 0 && in->free_bytes < STORE_LOW;
    size_t troubles = low;

    section(making, COLUMN_RIGHT, say(making, "Hoe het programma draait", "How the program runs"));
    troubles += pass_fact(making, say(making, "Ophalen", "Fetching"), &in->fetch, FETCH_LATE_S);
    troubles += pass_fact(making, say(making, "Verwerken", "Processing"), &in->process, 0);
    troubles += pass_fact(making, say(making, "Versturen", "Sending"), &in->send, 0);
    troubles += queue_facts(making);
    if (in->aside_total)
        fact(making, TONE_CALM, say(making, "Apart gelegd, in totaal", "Put aside, in all"),
            arena_printf(making->arena, "%zu", in->aside_total));
    for (size_t i = 0; i < in->key_count; i++)
        troubles += key_fact(making, &in->keys[i]);
    fact(making, low ? TONE_TODAY : TONE_CALM, say(making, "Opslag", "Store"),
        in->free_bytes < 0
            ? bytes_words(making, in->store_bytes)
            : arena_printf(making->arena, say(making, "%s, %s vrij", "%s, %s free"),
                bytes_words(making, in->store_bytes), bytes_words(making, in->free_bytes)));
    if (in->calendar_warning[0]) {
        fact(
            making, TONE_SOON, say(making, "Sluitingsdagen", "Closing days"), in->calendar_warning);
        troubles++;
    }
    return troubles;
}

/* --- numbers --- */

static void number(struct making *making, const char *title, int count)
{
    fact(making, TONE_CALM, title, arena_printf(making->arena, "%d", count));
}

static void kept(struct making *making, const char *title, int in_time, int ended)
{
    if (ended)
        fact(making, TONE_CALM, title,
            arena_printf(making->arena, say(making, "%d van %d", "%d of %d"), in_time, ended));
}

/* What came and is no report: counted, so that nothing is dropped unseen. */
static const char *counts_words(const struct making *making)
{
    const struct digest_counts *counts = &making->in->counts;
    const struct {
        size_t count;
        const char *nl, *en;
    } rows[] = {
        { counts->spam, "spam of leeg", "spam or empty" },
        { counts->automatic, "automatisch", "automatic" },
        { counts->lists, "van lijsten", "from lists" },
        { counts->bounces, "niet bij een zaak horende bounces", "bounces of no case" },
        { counts->duplicates, "dubbel", "double" },
        { counts->others, "overig", "other" },
    };
    struct buf buf = { .arena = making->arena };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].count)
            buf_printf(&buf, "%s%zu %s", buf.len ? ", " : "", rows[i].count,
                say(making, rows[i].nl, rows[i].en));
    return buf.len ? buf_string(&buf) : say(making, "geen", "none");
}

static void numbers(struct making *making)
{
    const struct figures *month = &making->in->month;

    section(making, COLUMN_LEFT, say(making, "Deze maand", "This month"));
    number(making, say(making, "Meldingen ontvangen", "Reports received"), month->received);
    kept(making, say(making, "Eerste reactie op tijd", "First response in time"),
        month->answered_in_time, month->answered);
    number(making, say(making, "Bevestigd", "Confirmed"), month->confirmed);
    number(making, say(making, "Opgelost", "Fixed"), month->fixed);
    kept(making, say(making, "Op tijd opgelost", "Fixed in time"), month->fix_in_time,
        month->fix_ended);
    number(making, say(making, "Gesloten", "Closed"), month->closed);
    number(making, say(making, "Met de IBD gedeeld", "Shared with the IBD"), month->ibd_copies);
    fact(making, TONE_CALM,
        say(making, "Geen melding, sinds het vorige overzicht", "No report, since the last digest"),
        counts_words(making));
}

/* --- the whole --- */

static size_t open_cases(const struct digest_input *in)
{
    size_t count = 0;

    for (size_t i = 0; i < in->case_count; i++)
        count += case_is_open(in->cases[i]->state);
    return count;
}

static const char *headline(
    const struct making *making, size_t decisions, size_t late, size_t troubles)
{
    if (late)
        return arena_printf(making->arena,
            late == 1 ? say(making, "%zu termijn is verstreken.", "%zu term has passed.")
                      : say(making, "%zu termijnen zijn verstreken.", "%zu terms have passed."),
            late);
    if (troubles)
        return say(making, "Het programma zelf vraagt aandacht; zie onderaan.",
            "The program itself asks for attention; see below.");
    if (decisions)
        return arena_printf(making->arena,
            decisions == 1
                ? say(making, "%zu beslissing wacht op u.", "%zu decision waits for you.")
                : say(making, "%zu beslissingen wachten op u.", "%zu decisions wait for you."),
            decisions);
    return say(making, "Alles is rustig.", "All is quiet.");
}

void digest_make(const struct digest_input *input, struct arena *arena, struct digest *digest)
{
    struct making making = { .in = input, .out = digest, .arena = arena };
    size_t decisions, late = 0, added, troubles, running;
    char day[DATE_TEXT];

    *digest = (struct digest) { .settings = input->settings,
        .nl = input->settings->digest_language == LANGUAGE_NL,
        .now_s = input->now_s };
    making.language = digest->nl ? "nl" : "en";
    if (digest->nl)
        date_words_nl(input->now_s, day);
    else
        date_words_en(input->now_s, day);
    digest->day = arena_text(arena, span_of(day));
    decisions = decide(&making, &late);
    running = clocks(&making);
    added = new_cases(&making);
    post(&making);
    troubles = health(&making);
    numbers(&making);
    digest->headline = headline(&making, decisions, late, troubles);
    digest->figures[0].value = arena_printf(arena, "%zu", decisions);
    digest->figures[0].label = say(&making, "te beslissen", "to decide");
    digest->figures[0].tone = late ? TONE_LATE : TONE_CALM;
    digest->figures[1].value = arena_printf(arena, "%zu", added);
    digest->figures[1].label = say(&making, "nieuw", "new");
    digest->figures[2].value = arena_printf(arena, "%zu", open_cases(input));
    digest->figures[2].label = say(&making, "open zaken", "open cases");
    digest->figures[3].value = arena_printf(arena, "%zu", running);
    digest->figures[3].label = say(&making, "termijnen", "terms");
}

void digest_letter(const struct digest *digest, struct arena *arena, struct outgoing *outgoing)
{
    char day[DATE_TEXT];

    date_day(digest->now_s, day);
    outgoing_empty(outgoing);
    outgoing->subject = arena_printf(
        arena, digest->nl ? "Meldingen %s: %s" : "Reports %s: %s", digest->day, digest->headline);
    outgoing->outer_subject = arena_printf(
        arena, digest->nl ? "Dagoverzicht %s" : "Daily digest %s", day);
    outgoing->text = digest_text(digest, arena);
    outgoing->html = digest_html(digest, arena);
    outgoing->language = digest->nl ? "nl" : "en";
    outgoing->auto_submitted = "auto-generated";
}
