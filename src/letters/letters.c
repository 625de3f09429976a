#include "letters/letters.h"

#include "base/buf.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sysexits.h>

enum { LARGEST_TEXT = 64 * 1024 };

static const struct {
    const char *file, *text;
} defaults[] = {
#include "letters/templates.inc"
};

#define HOUSE "municipality ciso_title address telephone office website signature "
#define RESEARCHER HOUSE "case received first_response fingerprint "
#define CONSENT "consent_name consent_contact consent_credit "
#define IBD HOUSE "case tlp facts text receipt withheld researcher "

/* Who may say what; what a letter must say, because the policy promises it. */
static const struct {
    const char *kind;
    const char *auto_submitted; /* RFC 3834, 5 */
    struct template_names names;
} kinds[] = {
    { "signature", "", { "municipality ciso_title address telephone office website", "" } },
    { "acknowledgement", "auto-replied",
        { RESEARCHER CONSENT "missing missing_application missing_url missing_steps ibd_always",
            "case first_response received consent_name consent_contact consent_credit "
            "fingerprint" } },
    { "follow_up", "auto-replied", { RESEARCHER, "case" } },
    { "unreadable", "auto-replied", { RESEARCHER, "case fingerprint" } },
    { "clear", "auto-replied", { RESEARCHER, "case fingerprint" } },
    { "confirm", "auto-generated", { RESEARCHER "fix progress", "case" } },
    { "fixing", "auto-generated", { RESEARCHER "fix progress", "case" } },
    { "fixed", "auto-generated", { RESEARCHER CONSENT "credit", "case consent_credit" } },
    { "disclosed", "auto-generated", { RESEARCHER "credit", "case" } },
    { "closed", "auto-generated", { RESEARCHER "reason", "case" } },
    { "reject", "auto-generated",
        { RESEARCHER "reason not_reproduced out_of_scope", "case reason" } },
    { "duplicate", "auto-generated", { RESEARCHER "reason", "case" } },
    { "reply", "", { RESEARCHER "text", "text" } },
    { "ibd_copy", "auto-generated", { IBD, "case tlp facts text receipt withheld researcher" } },
    { "ibd_update", "auto-generated",
        { IBD "state previous", "case tlp facts text receipt withheld researcher state" } },
    { "answer", "auto-replied",
        { HOUSE "summary lines not_understood verbs", "lines not_understood" } },
    { "undelivered", "auto-generated",
        { HOUSE "case recipient why text words command leave", "case why text command" } },
    { "reminder", "auto-generated",
        { HOUSE "case clock due left state command explain", "case clock due" } },
    { "escalation", "auto-generated",
        { HOUSE "case clock due left state command explain", "case clock due" } },
};

size_t letters_count(void)
{
    return COUNT(defaults);
}

const char *letters_file(size_t index)
{
    assert(index < COUNT(defaults));
    return defaults[index].file;
}

const char *letters_default(size_t index)
{
    assert(index < COUNT(defaults));
    return defaults[index].text;
}

static size_t kind_index(struct span kind)
{
    size_t i = 0;

    while (i < COUNT(kinds) && !span_equal(kind, span_of(kinds[i].kind)))
        i++;
    return i;
}

bool letters_have(const char *kind)
{
    return kind_index(span_of(kind)) < COUNT(kinds);
}

const char *letters_fingerprint(const char *hex, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; hex[i]; i++)
        buf_printf(&buf, "%s%c", i && i % 4 == 0 ? " " : "", hex[i]);
    return buf_string(&buf);
}

static size_t file_index(const char *file)
{
    size_t i = 0;

    while (i < COUNT(defaults) && strcmp(defaults[i].file, file) != 0)
        i++;
    return i;
}

static const struct template_names *names_of(const char *file)
{
    struct span name = span_of(file);
    size_t index = kind_index(span_part(name, 0, span_find_char(name, '.', 0)));

    assert(index < COUNT(kinds));
    return &kinds[index].names;
}

static bool take_file(struct letters *letters, const char *folder, const char *file,
    struct arena *arena, struct err *err)
{
    size_t index = file_index(file);
    char *path = arena_printf(arena, "%s/%s", folder, file);

    if (index == COUNT(defaults))
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "%s: there is no such letter; name files KIND.nl.txt or KIND.en.txt as `meldpost"
            " letters` lists them",
            path);
    return file_read(path, LARGEST_TEXT, arena, &letters->texts[index], err)
        && template_check(letters->texts[index], path, names_of(file), err);
}

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

static bool take_folder(
    struct letters *letters, const char *path, struct arena *arena, struct err *err)
{
    AUTO(close_folder) DIR *folder = opendir(path);
    const struct dirent *entry;

    if (!folder)
        return err_exit(err, ERR_RUN, EX_CONFIG, "letters: %s: %s", path, strerrordesc_np(errno));
    while ((entry = readdir(folder))) {
        if (!span_ends_nocase(span_of(entry->d_name), SPAN(".txt")))
            continue;
        if (!take_file(letters, path, entry->d_name, arena, err))
            return false;
    }
    return true;
}

bool letters_open(
    const struct settings *settings, struct arena *arena, struct letters *letters, struct err *err)
{
    letters->settings = settings;
    letters->count = COUNT(defaults);
    letters->texts = arena_array(arena, COUNT(defaults), sizeof *letters->texts);
    for (size_t i = 0; i < COUNT(defaults); i++) {
        letters->texts[i] = span_of(defaults[i].text);
        if (!template_check(letters->texts[i], defaults[i].file, names_of(defaults[i].file), err))
            return false;
    }
    return !settings->letters[0] || take_folder(letters, settings->letters, arena, err);
}

void letters_set(struct letters_values *values, const char *name, const char *text)
{
    bool known = false;

    for (size_t i = 0; !known && i < COUNT(kinds); i++)
        known = template_names_hold(kinds[i].names.allowed, span_of(name));
    assert(known && values->count < COUNT(values->at));
    values->at[values->count++] = (struct template_value) { name, text ? text : "" };
}

static const char *joined(const struct texts *lines, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < lines->count; i++)
        buf_printf(&buf, "%s%s", i ? ", " : "", lines->at[i]);
    return buf_string(&buf);
}

static void fill(const struct letters *letters, const char *kind, const char *language,
    const struct letters_values *values, struct arena *arena, const char **subject,
    const char **body)
{
    const char *file = arena_printf(arena, "%s.%s.txt", kind, language);
    size_t index = file_index(file);

    assert(index < letters->count);
    template_fill(letters->texts[index], values->at, values->count, arena, subject, body);
}

static void set_house(
    struct letters_values *values, const struct settings *settings, struct arena *arena)
{
    letters_set(values, "municipality", settings->municipality);
    letters_set(values, "ciso_title", settings->ciso_title);
    letters_set(values, "address", settings->address);
    letters_set(values, "telephone", settings->telephone);
    letters_set(values, "office", joined(&settings->office, arena));
    letters_set(values, "website", settings->website);
}

static const char *outer_subject(
    const struct settings *settings, const struct letters_values *values, struct arena *arena)
{
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->at[i].name, "case") == 0 && values->at[i].text[0])
            return arena_printf(arena, "[%s] %s", values->at[i].text, settings->municipality);
    return settings->municipality;
}

bool letters_write(const struct letters *letters, const char *kind, const char *language,
    const struct letters_values *values, struct arena *arena, struct outgoing *outgoing,
    struct err *err)
{
    struct letters_values all = *values;
    const char *signature, *unused;
    size_t index = kind_index(span_of(kind));

    if (index == COUNT(kinds))
        return err_set(err, ERR_RUN, "there is no letter '%s'", kind);
    language = strcmp(language, "nl") == 0 ? "nl" : "en";
    set_house(&all, letters->settings, arena);
    fill(letters, "signature", language, &all, arena, &unused, &signature);
    letters_set(&all, "signature", signature);
    outgoing_empty(outgoing);
    fill(letters, kind, language, &all, arena, &outgoing->subject, &outgoing->text);
    outgoing->outer_subject = outer_subject(letters->settings, values, arena);
    outgoing->language = language;
    outgoing->auto_submitted = kinds[index].auto_submitted;
    return true;
}
