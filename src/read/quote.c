#include "read/quote.h"

#include <string.h>

/* Lines that mail programs put above a mail that is answered below the answer. */
static const char *const separators[] = { "-----Original Message-----",
    "----- Original Message -----", "-----Oorspronkelijk bericht-----",
    "----- Oorspronkelijk bericht -----", "-----Ursprüngliche Nachricht-----",
    "-------- Original Message --------", "-------- Oorspronkelijk bericht --------",
    "------- Original Message -------", "------ Original Message ------",
    "------ Origineel bericht ------", "-------- Original message --------",
    "-------- Oorspronkelijke bericht --------" };

/* First words of header lines that Outlook shows above an answered mail. */
static const char *const from_words[] = { "From:", "Van:", "*From:*", "*Van:*", "Von:", "De:" };
static const char *const next_words[] = { "Sent:", "Verzonden:", "*Sent:*", "*Verzonden:*",
    "Date:", "Datum:", "*Date:*", "*Datum:*", "Gesendet:", "To:", "Aan:", "Envoyé" };

static bool starts_with_any(struct span line, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_starts_nocase(line, span_of(words[i])))
            return true;
    return false;
}

/* "On … wrote:", "Op … schreef …:", and kin. */
static bool introduces(struct span line)
{
    static const struct {
        const char *start, *word;
    } forms[] = { { "On ", "wrote" }, { "Op ", "schreef" }, { "Am ", "schrieb" },
        { "Le ", "écrit" }, { "", " wrote:" }, { "", " schreef op " }, { "", " schreef:" },
        { "", " writes:" }, { "", " schrieb:" } };

    if (!line.len || line.len > 400 || line.at[line.len - 1] != ':')
        return false;
    for (size_t i = 0; i < COUNT(forms); i++)
        if (span_starts(line, span_of(forms[i].start))
            && span_find(line, span_of(forms[i].word), 0) != SPAN_NOWHERE)
            return true;
    return false;
}

/* The start of such a line that may be wrapped once or twice. */
static bool begins_introduction(struct span line)
{
    return line.len && line.len < 200
        && (span_starts(line, SPAN("On ")) || span_starts(line, SPAN("Op "))
            || span_starts(line, SPAN("Am ")) || span_starts(line, SPAN("Le ")))
        && memchr(line.at, '0' + 2, line.len); /* a date holds a 2: 20xx */
}

static bool is_quoted(struct span line)
{
    return line.len && line.at[0] == '>';
}

struct seen {
    size_t separator; /* of the first separator, which ends what was written */
    size_t run; /* where the last run of quoted lines starts, with its introduction */
    bool in_run;
    size_t intro; /* an introduction above the next quoted line */
    size_t maybe; /* the first line of one that is wrapped */
    int maybe_lines;
    size_t from_line;
    int since_from;
    bool signed_off; /* below a signature mark nothing is written any more */
};

static void see_line(struct seen *s, struct span line, size_t at)
{
    struct span said = span_trim(line);

    if (s->separator == SPAN_NOWHERE) {
        if (starts_with_any(said, separators, COUNT(separators)))
            s->separator = at;
        if (s->from_line != SPAN_NOWHERE && ++s->since_from <= 2
            && starts_with_any(said, next_words, COUNT(next_words)))
            s->separator = s->from_line;
        if (at > 0 && starts_with_any(said, from_words, COUNT(from_words))) {
            s->from_line = at;
            s->since_from = 0;
        }
    }
    if (!said.len)
        return;
    if (is_quoted(said)) {
        if (!s->in_run)
            s->run = s->intro != SPAN_NOWHERE ? s->intro : at;
        s->in_run = true;
        return;
    }
    if (said.len == 2 && memcmp(said.at, "--", 2) == 0 && s->in_run)
        s->signed_off = true;
    if (s->signed_off)
        return;
    s->in_run = false;
    s->intro = SPAN_NOWHERE;
    if (introduces(said))
        s->intro = s->maybe != SPAN_NOWHERE && s->maybe_lines < 3 ? s->maybe : at;
    if (begins_introduction(said)) {
        s->maybe = at;
        s->maybe_lines = 0;
    } else if (s->maybe != SPAN_NOWHERE && ++s->maybe_lines > 3)
        s->maybe = SPAN_NOWHERE;
}

size_t quote_at(struct span text)
{
    struct seen s = { .separator = SPAN_NOWHERE,
        .run = SPAN_NOWHERE,
        .intro = SPAN_NOWHERE,
        .maybe = SPAN_NOWHERE,
        .from_line = SPAN_NOWHERE };
    struct span rest = text, line;
    size_t at = 0;

    while (span_line(&rest, &line)) {
        see_line(&s, line, at);
        at = text.len - rest.len;
    }
    if (s.in_run && s.run != SPAN_NOWHERE && s.run < s.separator)
        return s.run;
    return s.separator != SPAN_NOWHERE ? s.separator : text.len;
}
