#include "base/buf.h"
#include "config/town.h"
#include "redact/redact.h"
#include "run/command.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { READ_STEP = 64 << 10 };

struct options {
    bool json_lines, explain;
    const char *settings, *from;
    int language; /* enum redact_language; -1: as the text tells */
};

static bool read_options(int argc, char **argv, struct options *options, struct err *err)
{
    *options = (struct options) { .language = -1 };
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json-lines") == 0)
            options->json_lines = true;
        else if (strcmp(argv[i], "--explain") == 0)
            options->explain = true;
        else if (strcmp(argv[i], "--settings") == 0 && i + 1 < argc)
            options->settings = argv[++i];
        else if (strcmp(argv[i], "--from") == 0 && i + 1 < argc)
            options->from = argv[++i];
        else if (strcmp(argv[i], "--language") == 0 && i + 1 < argc
            && strcmp(argv[i + 1], "nl") == 0)
            options->language = REDACT_DUTCH, i++;
        else if (strcmp(argv[i], "--language") == 0 && i + 1 < argc
            && strcmp(argv[i + 1], "en") == 0)
            options->language = REDACT_ENGLISH, i++;
        else
            return err_exit(err, ERR_RUN, EX_USAGE,
                "redact: '%.40s' is not an option or lacks its value; meldpost redact --help lists "
                "them",
                argv[i]);
    }
    return true;
}

static struct redact_list list_of(const struct texts *texts)
{
    return (struct redact_list) { texts->at, texts->count };
}

static bool read_town(
    const struct options *options, struct arena *arena, struct redact_town *town, struct err *err)
{
    struct town_settings settings = { 0 };

    if (options->settings && !town_read(options->settings, arena, &settings, err))
        return false;
    *town = (struct redact_town) { .own_domains = list_of(&settings.own_domains),
        .public_phones = list_of(&settings.public_phones),
        .office = list_of(&settings.office),
        .functional = list_of(&settings.functional),
        .keep = list_of(&settings.keep) };
    return true;
}

/* The language of placeholders: by the small words of the first pages. */
static enum redact_language language_of(struct span text)
{
    static const char *const dutch[] = { " de ", " het ", " een ", " van ", " ik ", " niet ",
        " op " };
    static const char *const english[] = { " the ", " a ", " of ", " i ", " not ", " on ", " is " };
    struct span start = span_part(text, 0, 4000);
    long balance = 0;

    for (size_t w = 0; w < COUNT(dutch); w++) {
        for (size_t at = 0; (at = span_find_nocase(start, span_of(dutch[w]), at)) != SPAN_NOWHERE;
             at++)
            balance++;
        for (size_t at = 0; (at = span_find_nocase(start, span_of(english[w]), at)) != SPAN_NOWHERE;
             at++)
            balance--;
    }
    return balance >= 0 ? REDACT_DUTCH : REDACT_ENGLISH;
}

static void explain(
    const struct redacted *redacted, struct span text, enum redact_language language)
{
    printf("%-10s %-6s %-11s %-9s %-4s %-18s %s\n", "offset", "bytes", "type", "rule", "sure",
        "placeholder", "value");
    for (size_t i = 0; i < redacted->count; i++) {
        const struct redact_span *span = &redacted->spans[i];
        char placeholder[40];

        snprintf(placeholder, sizeof placeholder, "[%s-%u]",
            redact_placeholder_name((enum redact_type)span->type, language), span->number);
        printf("%-10u %-6u %-11s %-9s %3u%% %-18s ", span->start, span->end - span->start,
            redact_type_name((enum redact_type)span->type),
            redact_rule_name((enum redact_rule)span->rule), span->certainty, placeholder);
        for (uint32_t k = span->start; k < span->end; k++)
            putchar((unsigned char)text.at[k] < ' ' ? ' ' : text.at[k]);
        putchar('\n');
    }
    printf("%zu spans; least certainty %u%%; %s\n", redacted->count, redacted->least_certainty,
        redacted->version);
}

/* What standard input gave: grown in place, so that a large text is in memory once. */
struct input {
    char *at;
    size_t len, size;
};

static void release_input(struct input *input)
{
    if (input->at)
        explicit_bzero(input->at, input->len);
    free(input->at);
}

static bool read_input(struct input *input, struct err *err)
{
    for (;;) {
        ssize_t got;

        if (input->size - input->len < READ_STEP) {
            size_t size = input->size ? input->size * 2 : (size_t)4 * READ_STEP;
            char *larger = realloc(input->at, size);

            if (!larger)
                return err_exit(err, ERR_RUN, EX_OSERR, "redact: standard input: no memory");
            input->at = larger;
            input->size = size;
        }
        got = read(STDIN_FILENO, input->at + input->len, READ_STEP);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_exit(
                err, ERR_RUN, EX_NOINPUT, "redact: standard input: %s", strerror(errno));
        if (got == 0)
            return true;
        input->len += (size_t)got;
        if (input->len > REDACT_MOST)
            return err_exit(err, ERR_RUN, EX_DATAERR,
                "redact: standard input has more than %zu MiB: cut it into parts",
                REDACT_MOST >> 20);
    }
}

static void print_redacted(
    const struct redacted *redacted, struct span text, enum redact_language language)
{
    size_t at = 0;

    for (size_t i = 0; i < redacted->count; i++) {
        const struct redact_span *span = &redacted->spans[i];

        fwrite(text.at + at, 1, span->start - at, stdout);
        printf("[%s-%u]", redact_placeholder_name((enum redact_type)span->type, language),
            span->number);
        at = span->end;
    }
    fwrite(text.at + at, 1, text.len - at, stdout);
}

static bool redact_plain(const struct options *options, const struct redact_town *town,
    struct arena *arena, struct err *err)
{
    struct redact_memory memory = { .arena = arena };
    struct redact_known known = { .from_name = span_of(options->from) };
    AUTO(release_input) struct input input = { 0 };
    struct redacted redacted;
    struct span text;
    enum redact_language language;

    if (!read_input(&input, err))
        return false;
    text = (struct span) { input.at, input.len };
    language = options->language < 0 ? language_of(text) : (enum redact_language)options->language;
    if (!redact_spans(town, &known, &memory, text, arena, &redacted, err))
        return false;
    if (options->explain)
        explain(&redacted, text, language);
    else
        print_redacted(&redacted, text, language);
    return true;
}

/* Code points before each span, counted once from left to right. */
static json_t *spans_of(const struct redacted *redacted, struct span text, bool explained)
{
    json_t *spans = json_array();
    size_t at = 0, points = 0;

    for (size_t i = 0; i < redacted->count; i++) {
        const struct redact_span *span = &redacted->spans[i];
        json_t *object = json_object();
        size_t start;

        for (; at < span->start; at++)
            points += ((unsigned char)text.at[at] & 0xc0) != 0x80;
        start = points;
        for (; at < span->end; at++)
            points += ((unsigned char)text.at[at] & 0xc0) != 0x80;
        json_object_set_new(object, "start", json_integer((json_int_t)start));
        json_object_set_new(object, "end", json_integer((json_int_t)points));
        json_object_set_new(
            object, "type", json_string(redact_type_name((enum redact_type)span->type)));
        if (explained) {
            json_object_set_new(
                object, "rule", json_string(redact_rule_name((enum redact_rule)span->rule)));
            json_object_set_new(object, "certainty", json_integer(span->certainty));
        }
        json_array_append_new(spans, object);
    }
    return spans;
}

/* Bytes that are no UTF-8, and escapes of half a surrogate pair, become U+FFFD: JSON has neither.
 */
static struct span repair_line(struct span line, struct arena *arena)
{
    struct buf out = { .arena = arena };

    for (size_t i = 0; i < line.len;) {
        unsigned char c = (unsigned char)line.at[i];
        size_t want = c < 0x80      ? 1
            : c >= 0xc2 && c < 0xe0 ? 2
            : c >= 0xe0 && c < 0xf0 ? 3
            : c >= 0xf0 && c < 0xf5 ? 4
                                    : 0,
               k = 1;

        while (k < want && i + k < line.len && ((unsigned char)line.at[i + k] & 0xc0) == 0x80)
            k++;
        if (c == 0xe0 && want == 3 && k > 1 && (unsigned char)line.at[i + 1] < 0xa0)
            want = 0;
        if (c == 0xed && want == 3 && k > 1 && (unsigned char)line.at[i + 1] > 0x9f)
            want = 0;
        if (c == 0xf0 && want == 4 && k > 1 && (unsigned char)line.at[i + 1] < 0x90)
            want = 0;
        if (c == 0xf4 && want == 4 && k > 1 && (unsigned char)line.at[i + 1] > 0x8f)
            want = 0;
        if (!want || k < want) {
            buf_text(&out, "\xef\xbf\xbd");
            i++;
            continue;
        }
        if (c == '\\' && i + 1 < line.len) {
            struct span left = span_part(line, i, line.len);
            bool high = left.len >= 6 && left.at[1] == 'u' && (left.at[2] | 32) == 'd'
                && strchr("89abAB", left.at[3]) && left.at[3];
            bool low = left.len >= 6 && left.at[1] == 'u' && (left.at[2] | 32) == 'd'
                && strchr("cdefCDEF", left.at[3]) && left.at[3];
            bool pair = high && left.len >= 12 && left.at[6] == '\\' && left.at[7] == 'u'
                && (left.at[8] | 32) == 'd' && strchr("cdefCDEF", left.at[9]) && left.at[9];

            if (pair) {
                buf_add(&out, span_part(left, 0, 12));
                i += 12;
            } else if (high || low) {
                buf_text(&out, "\\ufffd");
                i += 6;
            } else {
                buf_add(&out, span_part(left, 0, 2));
                i += 2;
            }
            continue;
        }
        buf_add(&out, span_part(line, i, i + want));
        i += want;
    }
    return buf_span(&out);
}

static struct span text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return (struct span) { json_string_value(value),
        json_is_string(value) ? json_string_length(value) : 0 };
}

static void release_json(json_t **json)
{
    json_decref(*json);
}

static bool redact_line(const struct options *options, const struct redact_town *town,
    struct span line, size_t number, struct arena *arena, struct err *err)
{
    struct redact_memory memory = { .arena = arena };
    struct redact_known known;
    struct redacted redacted;
    json_error_t wrong;
    struct span repaired = repair_line(line, arena), text;
    AUTO(release_json) json_t *in = json_loadb(repaired.at, repaired.len, JSON_ALLOW_NUL, &wrong);
    AUTO(release_json) json_t *out = NULL;
    enum redact_language language;

    if (!in || !json_is_object(in) || !json_is_string(json_object_get(in, "text")))
        return err_exit(
            err, ERR_RUN, EX_DATAERR, "redact: line %zu is not a JSON object with a text", number);
    text = text_of(in, "text");
    known = (struct redact_known) { .from_name = text_of(in, "from_name"),
        .from_email = text_of(in, "from_email") };
    language = options->language >= 0                 ? (enum redact_language)options->language
        : span_equal(text_of(in, "lang"), SPAN("en")) ? REDACT_ENGLISH
        : span_equal(text_of(in, "lang"), SPAN("nl")) ? REDACT_DUTCH
                                                      : language_of(text);
    if (!redact_text(town, &known, &memory, language, text, arena, &redacted, err))
        return err_at(err, "line %zu", number);
    out = json_object();
    json_object_set(out, "id", json_object_get(in, "id"));
    json_object_set_new(out, "spans", spans_of(&redacted, text, options->explain));
    json_object_set_new(
        out, "redacted", json_stringn(redacted.text.at ? redacted.text.at : "", redacted.text.len));
    if (options->explain) {
        json_object_set_new(out, "least_certainty", json_integer(redacted.least_certainty));
        json_object_set_new(out, "version", json_string(redacted.version));
    }
    if (json_dumpf(out, stdout, JSON_COMPACT) != 0)
        return err_exit(err, ERR_RUN, EX_IOERR,
            "redact: line %zu: the answer cannot be written: %s", number, strerror(errno));
    putchar('\n');
    return true;
}

static void release_line(char **line)
{
    free(*line);
}

static bool redact_lines(
    const struct options *options, const struct redact_town *town, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    AUTO(release_line) char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t got;

    while ((got = getline(&line, &room, stdin)) > 0) {
        struct span span = span_trim((struct span) { line, (size_t)got });

        number++;
        if (span.len && !redact_line(options, town, span, number, arena, err))
            return false;
        arena_reset(arena);
    }
    if (ferror(stdin))
        return err_exit(err, ERR_RUN, EX_NOINPUT, "redact: standard input: %s", strerror(errno));
    return true;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct redact_town town;
    struct options options;

    if (!read_options(argc, argv, &options, err) || !read_town(&options, arena, &town, err))
        return false;
    if (options.json_lines)
        return redact_lines(&options, &town, err);
    return redact_plain(&options, &town, arena, err);
}

const struct command command_redact = {
    .name = "redact",
    .arguments = "[--json-lines] [--explain] [--settings FILE] [--from TEXT] < report.txt",
    .line = "take personal data out of a text",
    .help
    = "Reads a text on standard input and prints it with placeholders such as [PERSOON-1] for "
      "names,\n"
      "numbers, addresses, secrets. Technical facts stay.\n\n"
      "  --json-lines     one JSON object a line: {id, lang, from_name, from_email, text} in,\n"
      "                   {id, spans: [{start, end, type}], redacted} out; offsets in code points\n"
      "  --explain        show each span with type, rule and certainty (it shows what was found);\n"
      "                   with --json-lines: rule and certainty in each span\n"
      "  --settings FILE  own_domains, public_phones, office, functional and keep of the "
      "municipality\n"
      "  --from TEXT      the sender: 'Jan Jansen <jan@example.org>'\n"
      "  --language nl|en of the placeholders; else as the text\n\n"
      "A text of more than 256 MiB is refused (exit 65) and nothing is printed.\n",
    .options = "--json-lines --explain --settings --from --language",
    .run = run,
};
