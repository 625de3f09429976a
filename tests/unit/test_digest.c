#include "base/buf.h"
#include "base/date.h"
#include "base/file.h"
#include "digest/digest.h"
#include "lib/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define NOW 1795532400 /* Tuesday 24 November 2026, 16:00 in Amsterdam */

enum { HOUR = 3600, DAY = 24 * HOUR };

static const char *const office[] = { "Raadhuisplein 1", "7999 AA Zandmeer" };

static struct settings house(enum language language)
{
    return (struct settings) { .municipality = "gemeente Zandmeer",
        .prefix = "ZDM",
        .address = "meldingen@zandmeer.example",
        .digest_language = (int)language,
        .office = { (const char **)(uintptr_t)office, 2 } };
}

static void start(struct case_file *file, enum clock_kind kind, int64_t at_s)
{
    static const struct calendar calendar = { 0 };

    clock_start(&file->clocks[kind], kind, &clock_terms_default, &calendar, at_s);
}

/* A report as it is just after it was filed. */
static void received(struct case_file *file, struct arena *arena, const char *number, int64_t at_s,
    const char *subject, const char *weakness, const char *summary)
{
    struct case_message *message;

    case_empty(file);
    file->number = number;
    file->received_at = at_s;
    file->state_at = at_s;
    file->address = "jan.de.vries@melder.example";
    file->name = "Jan de Vries";
    file->summary = summary;
    file->facts.weakness = weakness;
    message = case_add_message(file, arena);
    message->kind = KIND_REPORT;
    message->received_at = at_s;
    message->from = file->address;
    message->from_name = file->name;
    message->subject = subject;
    message->sentence_nl
        = "Versleuteld, en ondertekend met een sleutel die wij voor het eerst zien.";
    message->sentence_en = "Encrypted, and signed with a key that we see for the first time.";
    start(file, CLOCK_FIRST_RESPONSE, at_s);
    start(file, CLOCK_IBD_COPY, at_s);
    start(file, CLOCK_AP_72H, at_s);
    file->clocks[CLOCK_AP_72H].provisional = true;
    start(file, CLOCK_FIX, at_s);
    start(file, CLOCK_PROGRESS, at_s);
}

static void stop(struct case_file *file, enum clock_kind kind, int64_t at_s)
{
    clock_stop(&file->clocks[kind], at_s, "done");
}

enum { CASES = 4 };

struct scene {
    struct case_file files[CASES];
    const struct case_file *cases[CASES];
    struct settings settings;
    struct calendar calendar;
    struct digest_letter refused[1];
    struct digest_aside aside[1];
    struct digest_key keys[3];
    struct digest_input in;
};

static void scene_set(struct scene *scene, enum language language, struct arena *arena)
{
    struct case_file *files = scene->files;
    struct case_letter *letter;

    *scene = (struct scene) { .settings = house(language) };
    received(&files[0], arena, "ZDM-2026-0014", NOW - 5 * HOUR,
        "SQL-injectie in het parkeerportaal", "sql injection",
        "Via het zoekveld op https://parkeren.zandmeer.example/zoek is het mogelijk om\n"
        "tabellen uit te lezen. Ik ben gestopt na de eerste rij.\n"
        "[PERSOON-1] van de afdeling kan het nabootsen met de stappen hieronder.");
    received(&files[1], arena, "ZDM-2026-0013", NOW - 26 * HOUR,
        "<script>alert(1)</script> & \"open redirect\"", "open redirect",
        "The login page sends people anywhere: ?next=https://evil.example/<b>x</b>\n"
        "ZDM-2026-0014 breach no");
    files[1].ibd = IBD_HELD;
    texts_add(&files[1].ibd_reasons, arena,
        "Een bijlage die ertoe kan doen is achtergehouden: een computer kan haar niet nakijken.");
    files[1].consents[CONSENT_CREDIT].offered = true;
    received(&files[2], arena, "ZDM-2026-0009", NOW - 9 * DAY, "Verouderde webserver", "",
        "De server meldt een versie met bekende lekken.");
    files[2].state = CASE_FIXING;
    files[2].breach = BREACH_NO;
    stop(&files[2], CLOCK_FIRST_RESPONSE, NOW - 8 * DAY);
    stop(&files[2], CLOCK_IBD_COPY, NOW - 9 * DAY + HOUR);
    stop(&files[2], CLOCK_AP_72H, NOW - 8 * DAY);
    letter = case_add_letter(&files[2], arena);
    letter->kind = "fixing";
    letter->to = PARTY_RESEARCHER;
    letter->bounced_at = NOW - 3 * HOUR;
    letter->why_bounced = "SMTP 552";
    received(&files[3], arena, "ZDM-2026-0007", NOW - 20 * DAY, "Open map met back-ups",
        "directory listing", "");
    files[3].state = CASE_FIXED;
    files[3].breach = BREACH_YES;
    files[3].fixed_at = NOW - 2 * DAY;
    stop(&files[3], CLOCK_FIRST_RESPONSE, NOW - 19 * DAY);
    stop(&files[3], CLOCK_IBD_COPY, NOW - 20 * DAY + HOUR);
    stop(&files[3], CLOCK_AP_72H, NOW - 18 * DAY);
    stop(&files[3], CLOCK_FIX, NOW - 2 * DAY);
    start(&files[3], CLOCK_PROGRESS, NOW - 2 * DAY);
    for (size_t i = 0; i < CASES; i++) {
        files[i].code = "k7qm";
        scene->cases[i] = &files[i];
    }
    scene->refused[0] = (struct digest_letter) { "answer", 550 };
    scene->aside[0] = (struct digest_aside) { "3f1c77a0", NOW - 4 * HOUR, ASIDE_LIMIT };
    scene->keys[0] = (struct digest_key) { "Sleutel van het postvak", NOW + 20 * DAY, "", 0 };
    scene->keys[1] = (struct digest_key) { "Sleutel van de IBD", NOW + 400 * DAY, "", 0 };
    scene->keys[2] = (struct digest_key) { "Certificaat van mail.zandmeer.example", NOW + 20 * DAY,
        "", 14 * DAY }; /* not soon yet, as it would be for a key */
    scene->in = (struct digest_input) { .settings = &scene->settings,
        .calendar = &scene->calendar,
        .now_s = NOW,
        .since_s = NOW - 24 * HOUR - 4 * HOUR,
        .cases = scene->cases,
        .case_count = CASES,
        .refused = scene->refused,
        .refused_count = 1,
        .aside = scene->aside,
        .aside_count = 1,
        .keys = scene->keys,
        .key_count = 3,
        .fetch = { NOW - 120, 0, "", 0 },
        .process = { NOW - 100, 0, "", 0 },
        .send = { NOW - 90, 0, "", 0 },
        .store_bytes = 48123000,
        .free_bytes = 212LL * 1000 * 1000 * 1000,
        .counts = { .spam = 12, .automatic = 4, .lists = 1 },
        .month = { .received = 4, .answered = 2, .answered_in_time = 2, .fixed = 1 },
        .aside_total = 1,
        .calendar_warning = "" };
}

static bool holds(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static size_t times(const char *text, const char *part)
{
    size_t count = 0;

    while ((text = strstr(text, part))) {
        count++;
        text += strlen(part);
    }
    return count;
}

/* Where MELDPOST_RENDER names a folder, what was rendered can be looked at there. */
static void keep(const char *name, const char *text)
{
    const char *folder = getenv("MELDPOST_RENDER");
    AUTO(arena_free) struct arena *arena = arena_new();
    struct err err = { 0 };

    if (folder)
        assert_true(file_write_durable(
            arena_printf(arena, "%s/%s", folder, name), span_of(text), 0644, &err));
}

static void says_what_to_decide_first(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct scene scene;
    struct digest digest;
    const struct digest_block *first, *second;

    (void)state;
    scene_set(&scene, LANGUAGE_NL, arena);
    digest_make(&scene.in, arena, &digest);
    keep("digest.txt", digest_text(&digest, arena));
    keep("digest.html", digest_html(&digest, arena));
    row_number("starts with a section", digest.blocks[0].kind, DIGEST_SECTION);
    row_number("then the case", digest.blocks[1].kind, DIGEST_GROUP);
    first = &digest.blocks[2];
    second = &digest.blocks[3];
    row_number("a decision", first->kind, DIGEST_DECISION);
    row_text("what ends first: the copy that is two hours late", first->number, "ZDM-2026-0013");
    row_text("the line to send", first->commands.at[0], "ZDM-2026-0013 release");
    row_number("late", first->tone, TONE_LATE);
    row_text("then the breach", second->title, "Is dit een datalek?");
    row_text("yes", second->commands.at[0], "ZDM-2026-0013 breach yes");
    row_text("no", second->commands.at[1], "ZDM-2026-0013 breach no");
    row_text("headline", digest.headline, "1 termijn is verstreken.");
    scene.settings.order_code = ORDER_CODE_REQUIRED;
    digest_make(&scene.in, arena, &digest);
    row_text("with its code, where that is required", digest.blocks[2].commands.at[0],
        "ZDM-2026-0013/k7qm release");
}

static void offers_keys_while_none_is_known(void **state)
{
    static const struct {
        const char *label, *how, *material;
        int64_t accepted_at, refused_at;
        bool no_key, offered;
    } rows[] = {
        { "came along", "attached", "armor", 0, 0, true, true },
        { "another key is known", "attached", "armor", 0, 0, false, false },
        { "was not kept", "attached", "", 0, 0, true, false },
        { "was accepted", "attached", "", NOW, 0, true, false },
        { "was refused", "attached", "armor", 0, NOW, true, false },
        { "has signed", "signed", "armor", 0, 0, true, false },
    };
    AUTO(arena_free) struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        struct scene scene;
        struct digest digest;
        struct case_key *key;
        const char *text;

        scene_set(&scene, i % 2 ? LANGUAGE_EN : LANGUAGE_NL, arena);
        key = case_add_key(&scene.files[0], arena);
        key->fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567";
        key->how = rows[i / 2].how;
        key->material = rows[i / 2].material;
        key->accepted_at = rows[i / 2].accepted_at;
        key->refused_at = rows[i / 2].refused_at;
        scene.files[0].no_key = rows[i / 2].no_key;
        digest_make(&scene.in, arena, &digest);
        text = digest_text(&digest, arena);
        if (i == 0)
            keep("keys.html", digest_html(&digest, arena));
        row_number(rows[i / 2].label,
            strstr(text, "ZDM-2026-0014 key 0123456789ABCDEF0123456789ABCDEF01234567\n") != NULL,
            rows[i / 2].offered);
        row_number(rows[i / 2].label,
            strstr(text, i % 2 ? "compare the fingerprint" : "vergelijk de") != NULL,
            rows[i / 2].offered);
    }
}

/* A letter that did not arrive waits for the CISO until it is sent again or given up; its text is
 * not in the digest, and the reasons are in its language. */
static void offers_letters_again(void **state)
{
    static const struct {
        const char *label, *kind, *meant, *why;
        bool settled, no_key;
        const char *nl, *en; /* "" where nothing is offered */
    } rows[] = {
        { "refused", "confirm", "confirm", "SMTP 550", false, false,
            "De mailserver weigert dit adres: het bestaat niet, of neemt geen post aan (SMTP 550).",
            "The mail server refuses this address: it does not exist, or takes no mail (SMTP "
            "550)." },
        { "never delivered", "reply", "reply", "SMTP 0", false, false,
            "Vijf dagen geprobeerd, maar er was geen mailserver te bereiken.",
            "Tried for five days, but no mail server could be reached." },
        { "came back", "reply", "reply", "bounced", false, false,
            "De brief kwam terug als onbestelbaar.", "The letter came back as undeliverable." },
        { "sent again", "confirm", "confirm", "SMTP 550", true, false, "", "" },
        { "text not kept", "confirm", "", "SMTP 550", false, false, "", "" },
        { "without content, no key yet", "clear", "reply", "", false, true, "", "" },
        { "without content, the key came", "clear", "reply", "", false, false,
            "Ging zonder inhoud uit; de sleutel is er nu wel.",
            "Went out without its content; the key is there now." },
    };
    AUTO(arena_free) struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        const char *want = i % 2 ? rows[i / 2].en : rows[i / 2].nl, *text;
        struct case_letter *letter;
        struct digest digest;
        struct scene scene;

        scene_set(&scene, i % 2 ? LANGUAGE_EN : LANGUAGE_NL, arena);
        scene.files[0].no_key = rows[i / 2].no_key;
        letter = case_add_letter(&scene.files[0], arena);
        letter->to = PARTY_RESEARCHER;
        letter->kind = rows[i / 2].kind;
        letter->meant = rows[i / 2].meant;
        letter->words = letter->text = "GEHEIM";
        letter->bounced_at = *rows[i / 2].why ? NOW - DAY * 30 : 0;
        letter->why_bounced = rows[i / 2].why;
        letter->settled = rows[i / 2].settled;
        digest_make(&scene.in, arena, &digest);
        text = digest_text(&digest, arena);
        row_number(rows[i / 2].label, holds(text, "ZDM-2026-0014 resend 1\n"), *want != '\0');
        row_number(rows[i / 2].label, holds(text, "ZDM-2026-0014 resend no\n"), *want != '\0');
        row_number(rows[i / 2].label, holds(text, "GEHEIM"), false);
        keep(i % 2 ? "letters-en.html" : "letters.html", digest_html(&digest, arena));
        row_text(rows[i / 2].label, holds(text, want) ? want : text, want);
    }
}

/* In the language of the digest, by the code that was kept. */
static void says_why_it_was_put_aside(void **state)
{
    static const char *const nl[ASIDES] = { [ASIDE_UNREADABLE] = "kon niet worden gelezen",
        [ASIDE_DAMAGED] = "zijn beschadigd",
        [ASIDE_LIMIT] = "meer tijd of geheugen",
        [ASIDE_CRASH] = "liep vast",
        [ASIDE_REDACT] = "zonder persoonsgegevens",
        [ASIDE_FILE] = "in een zaak" };
    AUTO(arena_free) struct arena *arena = arena_new();

    (void)state;
    for (int aside = 0; aside < ASIDES; aside++) {
        struct digest digest;
        struct scene scene;
        const char *text;

        scene_set(&scene, LANGUAGE_NL, arena);
        scene.aside[0].aside = (enum aside)aside;
        digest_make(&scene.in, arena, &digest);
        text = digest_text(&digest, arena);
        row_text(aside_word(aside), holds(text, nl[aside]) ? nl[aside] : text, nl[aside]);
        row_number("how to look at it", holds(text, "meldpost open 3f1c77a0 --text"), true);
    }
}

/* What came after a first copy and is held nags as the first copy does. */
static void offers_held_updates(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct digest digest;
    struct scene scene;
    const char *text;

    (void)state;
    scene_set(&scene, LANGUAGE_NL, arena);
    scene.files[1].ibd = IBD_SENT;
    digest_make(&scene.in, arena, &digest);
    text = digest_text(&digest, arena);
    row_number("release", holds(text, "ZDM-2026-0013 release\n"), true);
    row_number("hold: the IBD has a copy", holds(text, "ZDM-2026-0013 hold\n"), false);
    scene.files[1].ibd_reasons.count = 0;
    digest_make(&scene.in, arena, &digest);
    row_number(
        "nothing held", holds(digest_text(&digest, arena), "ZDM-2026-0013 release\n"), false);
}

/* Every text of every block stands in both forms; HTML escapes are undone for the comparison. */
static char *plain_of(const char *html, struct arena *arena)
{
    static const struct {
        const char *code;
        char c;
    } codes[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' },
        { "&#39;", '\'' } };
    struct buf buf = { .arena = arena };
    bool tag = false;

    while (*html) {
        size_t i = 0;

        if (strncmp(html, "<br>", 4) == 0) {
            buf_char(&buf, '\n');
            html += 4;
            continue;
        }
        if (*html == '<' || *html == '>') {
            tag = *html++ == '<';
            continue;
        }
        while (i < COUNT(codes) && strncmp(html, codes[i].code, strlen(codes[i].code)) != 0)
            i++;
        if (!tag)
            buf_char(&buf, i < COUNT(codes) ? codes[i].c : *html);
        html += i < COUNT(codes) ? strlen(codes[i].code) : 1;
    }
    return arena_text(arena, buf_span(&buf));
}

static void check_both(const char *label, const char *text, const char *plain, const char *words)
{
    struct span rest = span_of(words), line;

    while (span_line(&rest, &line)) {
        AUTO(arena_free) struct arena *arena = arena_new();
        const char *part = arena_text(arena, line);

        row_text(label, holds(plain, part) ? part : "(not in the HTML)", part);
        row_text(label, holds(text, part) ? part : "(not in the text)", part);
    }
}

static void says_the_same_in_text_and_html(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct scene scene;
    struct digest digest;
    const char *text, *plain;

    (void)state;
    scene_set(&scene, LANGUAGE_EN, arena);
    digest_make(&scene.in, arena, &digest);
    keep("digest-en.txt", digest_text(&digest, arena));
    keep("digest-en.html", digest_html(&digest, arena));
    text = digest_text(&digest, arena);
    plain = plain_of(digest_html(&digest, arena), arena);
    for (size_t i = 0; i < digest.count; i++) {
        const struct digest_block *block = &digest.blocks[i];

        if (block->kind != DIGEST_SECTION) /* its capitals differ */
            check_both("title", text, plain, block->title);
        check_both("number", text, plain, block->number);
        check_both("text", text, plain, block->text);
        check_both("when", text, plain, block->when);
        check_both("detail", text, plain, block->detail);
        for (size_t j = 0; j < block->commands.count; j++)
            check_both("command", text, plain, block->commands.at[j]);
    }
    check_both("headline", text, plain, digest.headline);
}

static void shows_nobody(void **state)
{
    static const char *const people[] = { "Vries", "melder.example", "Jan de", "jan.de" };
    AUTO(arena_free) struct arena *arena = arena_new();
    struct scene scene;
    struct digest digest;

    (void)state;
    scene_set(&scene, LANGUAGE_NL, arena);
    digest_make(&scene.in, arena, &digest);
    for (size_t i = 0; i < COUNT(people); i++) {
        row_number(people[i], holds(digest_text(&digest, arena), people[i]), false);
        row_number(people[i], holds(digest_html(&digest, arena), people[i]), false);
    }
}

static void obeys_no_text_of_others(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct scene scene;
    struct digest digest;
    const char *html, *text;

    (void)state;
    scene_set(&scene, LANGUAGE_NL, arena);
    digest_make(&scene.in, arena, &digest);
    html = digest_html(&digest, arena);
    text = digest_text(&digest, arena);
    row_number("no markup of others", holds(html, "<script") || holds(html, "<b>x"), false);
    row_number("shown as text", holds(html, "&lt;script&gt;alert(1)&lt;/script&gt;"), true);
    row_number("nothing is loaded",
        holds(html, "src=") || holds(html, "url(") || holds(html, "<link"), false);
    row_number("links only write mail", holds(html, "href=\"http"), false);
    row_number(
        "an order in a report is quoted", holds(text, "\n  | ZDM-2026-0014 breach no"), true);
    row_number(
        "and is a link once, in its own case", times(html, "body=ZDM-2026-0014%20breach%20no"), 1);
}

static void is_sent_when_there_is_nothing(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct settings settings = house(LANGUAGE_NL);
    struct calendar calendar = { 0 };
    struct digest_input in = { .settings = &settings,
        .calendar = &calendar,
        .now_s = NOW,
        .since_s = NOW - DAY,
        .fetch = { NOW - 60, 0, "", 0 },
        .process = { NOW - 60, 0, "", 0 },
        .send = { NOW - 60, 0, "", 0 },
        .free_bytes = -1,
        .calendar_warning = "" };
    struct outgoing outgoing;
    struct digest digest;

    (void)state;
    digest_make(&in, arena, &digest);
    digest_letter(&digest, arena, &outgoing);
    keep("digest-empty.html", outgoing.html);
    row_text("outer subject", outgoing.outer_subject, "Dagoverzicht 2026-11-24");
    row_text("subject", outgoing.subject, "Meldingen dinsdag 24 november 2026: Alles is rustig.");
    row_number("says so", holds(outgoing.text, "Niets. Er wacht geen beslissing op u."), true);
}

static const struct {
    const char *label;
    struct digest_pass pass;
    int64_t free_bytes, waiting, oldest;
    enum digest_tone want; /* the worst in the section on health */
} healths[] = {
    { "fine", { NOW - 60, 0, "", 0 }, -1, 0, 0, TONE_CALM },
    { "failing", { NOW - HOUR, NOW - 60, "imap: wrong password", EX_NOPERM }, -1, 0, 0, TONE_LATE },
    { "failed once, fine since", { NOW - 60, NOW - HOUR, "imap: down", EX_TEMPFAIL }, -1, 0, 0,
        TONE_CALM },
    { "never yet", { 0, 0, "", 0 }, -1, 0, 0, TONE_SOON },
    { "the timer stands still", { NOW - 7 * HOUR, 0, "", 0 }, -1, 0, 0, TONE_LATE },
    { "disk nearly full", { NOW - 60, 0, "", 0 }, 1000, 0, 0, TONE_TODAY },
    { "mail lies unread", { NOW - 60, 0, "", 0 }, -1, 3, NOW - 7 * HOUR, TONE_LATE },
    { "mail just came", { NOW - 60, 0, "", 0 }, -1, 3, NOW - HOUR, TONE_CALM },
};

static void shows_trouble_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(healths); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct settings settings = house(LANGUAGE_NL);
        struct calendar calendar = { 0 };
        struct digest_input in = { .settings = &settings,
            .calendar = &calendar,
            .now_s = NOW,
            .since_s = NOW - DAY,
            .fetch = healths[i].pass,
            .process = { NOW - 60, 0, "", 0 },
            .send = { NOW - 60, 0, "", 0 },
            .waiting = healths[i].waiting,
            .oldest_waiting_at = healths[i].oldest,
            .free_bytes = healths[i].free_bytes,
            .calendar_warning = "" };
        enum digest_tone worst = TONE_CALM;
        struct digest digest;

        digest_make(&in, arena, &digest);
        for (size_t j = 0; j < digest.count; j++)
            if (digest.blocks[j].tone > worst)
                worst = digest.blocks[j].tone;
        row_number(healths[i].label, worst, healths[i].want);
        row_number(healths[i].label, strcmp(digest.headline, "Alles is rustig.") == 0,
            healths[i].want == TONE_CALM);
    }
}

static const struct {
    const char *label;
    int exit_code;
    enum language language;
    const char *says;
} failures[] = {
    { "down", EX_TEMPFAIL, LANGUAGE_NL, "de server is nu niet bereikbaar" },
    { "refused", EX_NOPERM, LANGUAGE_NL, "de beheerder moet iets doen" },
    { "settings", EX_CONFIG, LANGUAGE_NL, "de instellingen kloppen niet" },
    { "disk", EX_IOERR, LANGUAGE_NL, "er is niets verloren" },
    { "else", EX_SOFTWARE, LANGUAGE_NL, "er ging iets mis" },
    { "down, in English", EX_TEMPFAIL, LANGUAGE_EN, "the server cannot be reached now" },
};

static void says_who_must_act(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(failures); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        struct settings settings = house(failures[i].language);
        struct calendar calendar = { 0 };
        struct digest_input in = { .settings = &settings,
            .calendar = &calendar,
            .now_s = NOW,
            .since_s = NOW - DAY,
            .fetch = { NOW - HOUR, NOW - 60, "imap: some words", failures[i].exit_code },
            .process = { NOW - 60, 0, "", 0 },
            .send = { NOW - 60, 0, "", 0 },
            .free_bytes = -1,
            .calendar_warning = "" };
        struct outgoing outgoing;
        struct digest digest;

        digest_make(&in, arena, &digest);
        digest_letter(&digest, arena, &outgoing);
        row_number(failures[i].label, holds(outgoing.text, failures[i].says), true);
        row_number(failures[i].label, holds(outgoing.text, "imap: some words"), true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_to_decide_first),
        cmocka_unit_test(offers_keys_while_none_is_known),
        cmocka_unit_test(offers_letters_again),
        cmocka_unit_test(says_why_it_was_put_aside),
        cmocka_unit_test(offers_held_updates),
        cmocka_unit_test(says_the_same_in_text_and_html),
        cmocka_unit_test(shows_nobody),
        cmocka_unit_test(obeys_no_text_of_others),
        cmocka_unit_test(is_sent_when_there_is_nothing),
        cmocka_unit_test(shows_trouble_of_its_own),
        cmocka_unit_test(says_who_must_act),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
