#include "message/signoff.h"

#include <string.h>

/* What still is a signature block; more or longer lines are somebody's words. */
enum { BELOW_MARK = 30, BELOW_FORMULA = 10, FORMULA_MOST = 60, SHORT_LINE = 100 };

/* Starts of closing lines. A name may stand behind them: "Met vriendelijke groet, Jan". */
static const char *const formulas[] = { "met vriendelijke groet", "met vriendelijk groet",
    "vriendelijke groet", "met hartelijke groet", "hartelijke groet", "met groet", "groet,",
    "groeten", "groetjes", "mvg", "m.v.g", "hoogachtend", "kind regards", "best regards",
    "warm regards", "with kind regards", "with regards", "regards", "sincerely", "yours sincerely",
    "yours faithfully", "best wishes", "all the best", "cheers,", "mit freundlichen gr",
    "sent from my ", "verstuurd vanaf ", "verzonden vanaf ", "get outlook for ", "outlook voor ",
    "sent with proton mail" };

static bool is_mark(struct span line)
{
    return span_equal(line, SPAN("-- ")) || span_equal(line, SPAN("--"))
        || span_equal(line, SPAN("--\xC2\xA0"));
}

static bool is_formula(struct span line)
{
    line = span_trim(line);
    for (size_t i = 0; line.len <= FORMULA_MOST && i < COUNT(formulas); i++)
        if (span_starts_nocase(line, span_of(formulas[i])))
            return true;
    return false;
}

static bool ends_block(struct span line)
{
    return span_starts(line, SPAN(">")) || span_starts(line, SPAN("-----"))
        || span_starts(line, SPAN("_____"));
}

/* Where the block that starts with the line before at ends; SPAN_NOWHERE when it is none. */
static size_t block_end(struct span text, size_t at, bool marked)
{
    struct span rest = span_part(text, at, text.len), line;
    size_t lines = 0;

    while (span_line(&rest, &line)) {
        if (ends_block(line))
            return (size_t)(line.at - text.at);
        if (marked && is_mark(line)) /* the last one counts */
            return SPAN_NOWHERE;
        if (span_trim(line).len
            && (++lines > (marked ? BELOW_MARK : BELOW_FORMULA)
                || (!marked && line.len > SHORT_LINE)))
            return SPAN_NOWHERE;
    }
    return text.len;
}

bool signoff_find(struct span text, size_t from, struct signoff *signoff)
{
    struct span rest = span_part(text, from, text.len), line;

    while (span_line(&rest, &line)) {
        bool marked = is_mark(line);

        if (!marked && !is_formula(line))
            continue;
        signoff->start = (size_t)(line.at - text.at);
        signoff->end = block_end(text, text.len - rest.len, marked);
        if (signoff->end != SPAN_NOWHERE)
            return true;
    }
    return false;
}
