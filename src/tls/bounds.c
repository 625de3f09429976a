#include "tls/bounds.h"

#include "base/span.h"

#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * RFC 3501, section 7.5 and 7.1: status responses and continuation requests are text to the end of
 * the line, whatever they end in; the other untagged ones may announce a literal.
 */
static bool is_text(struct span line)
{
    static const char *const starts[] = { "* OK", "* NO", "* BAD", "* BYE", "* PREAUTH" };

    if (!span_starts(line, SPAN("* ")))
        return true;
    for (size_t i = 0; i < COUNT(starts); i++)
        if (span_starts_nocase(line, span_of(starts[i])))
            return true;
    return false;
}

/* A line that ends in {N}; *before is what stands before that. */
static bool announces(struct span line, struct span *before, uint64_t *size)
{
    size_t at;

    if (line.len < 3 || line.at[line.len - 1] != '}')
        return false;
    at = line.len - 1;
    while (at > 0 && digit(line.at[at - 1]))
        at--;
    if (at == 0 || at == line.len - 1 || line.at[at - 1] != '{')
        return false;
    *size = 0;
    for (size_t i = at; i < line.len - 1; i++)
        *size = *size > UINT32_MAX ? *size : *size * 10 + (uint64_t)(line.at[i] - '0');
    *before = span_part(line, 0, at - 1);
    return true;
}

static bool is_body(struct span before)
{
    return span_ends_nocase(before, SPAN("BODY[] "))
        || span_ends_nocase(before, SPAN("BODY[HEADER] "));
}

static bool check_literal(struct bounds *bounds, struct span before, uint64_t size, struct err *err)
{
    bounds->in_body = is_body(before);
    if (size > UINT32_MAX)
        return err_set(err, ERR_SERVICE, "the server announces a text larger than IMAP allows");
    if (!bounds->in_body && size > BOUNDS_LITERAL)
        return err_set(err, ERR_SERVICE, "the server announces %llu bytes where %d are allowed",
            (unsigned long long)size, BOUNDS_LITERAL);
    bounds->literal = size;
    bounds->in_response = true;
    return true;
}

/* The greeting and continuation requests are parsed by the library without what it needs for
 * PERMANENTFLAGS: it would end the process. They have no business there (RFC 3501, 7.1). */
static bool has_flags(struct span line)
{
    return span_find_nocase(line, SPAN("[PERMANENTFLAGS"), 0) != SPAN_NOWHERE;
}

static bool check_greeting(struct span line, struct err *err)
{
    if (span_starts_nocase(line, SPAN("* PREAUTH")))
        return err_set(err, ERR_SERVICE, "the server logs us in unasked (PREAUTH)");
    if (span_starts_nocase(line, SPAN("* BYE")))
        return err_set(err, ERR_SERVICE, "the server turns us away: %.*s", (int)line.len, line.at);
    if (!span_starts_nocase(line, SPAN("* OK")) || has_flags(line))
        return err_set(err, ERR_SERVICE, "the greeting is not that of an IMAP server");
    return true;
}

static bool check_imap(struct bounds *bounds, struct span line, struct err *err)
{
    struct span before;
    uint64_t size;
    bool text = !bounds->in_response && is_text(line);

    bounds->in_response = false;
    if (memchr(line.at, '\0', line.len))
        return err_set(err, ERR_SERVICE, "the server sends a NUL in an answer");
    if (!bounds->greeted && !check_greeting(line, err))
        return false;
    bounds->greeted = true;
    if (text && span_starts(line, SPAN("+")) && has_flags(line))
        return err_set(err, ERR_SERVICE, "the server asks for more in words IMAP does not have");
    if (text && span_starts_nocase(line, SPAN("* BYE")) && !bounds->leaving)
        return err_set(
            err, ERR_SERVICE, "the server ends the session: %.*s", (int)line.len, line.at);
    if (!text && announces(line, &before, &size))
        return check_literal(bounds, before, size, err);
    bounds->response = 0;
    return true;
}

static bool end_line(struct bounds *bounds, struct err *err)
{
    struct span line = { bounds->line, bounds->len };

    bounds->len = 0;
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    if (bounds->protocol == BOUNDS_IMAP)
        return check_imap(bounds, line, err);
    bounds->response = 0;
    return true;
}

void bounds_command(struct bounds *bounds)
{
    bounds->answer = 0;
}

/* Steps over what belongs to a literal. */
static size_t skip_literal(struct bounds *bounds, size_t len)
{
    size_t part = bounds->literal < len ? (size_t)bounds->literal : len;

    bounds->literal -= part;
    if (!bounds->in_body)
        bounds->answer += part;
    return part;
}

/* Adds a piece of a line, up to its LF if that is there. */
static bool take_line(
    struct bounds *bounds, const char *bytes, size_t len, bool ends, struct err *err)
{
    if (bounds->response + len > BOUNDS_LINE)
        return err_set(
            err, ERR_SERVICE, "the server sends an answer of more than %d bytes", BOUNDS_LINE);
    bounds->response += len;
    bounds->answer += len;
    if (bounds->answer > BOUNDS_ANSWER)
        return err_set(err, ERR_SERVICE, "the server answers one command with more than %d bytes",
            BOUNDS_ANSWER);
    memcpy(bounds->line + bounds->len, bytes, len);
    bounds->len += len;
    return !ends || end_line(bounds, err);
}

bool bounds_take(struct bounds *bounds, const char *bytes, size_t len, struct err *err)
{
    while (len > 0) {
        const char *end;
        size_t part;

        if (bounds->literal > 0) {
            part = skip_literal(bounds, len);
            bytes += part;
            len -= part;
            continue;
        }
        end = memchr(bytes, '\n', len);
        part = end ? (size_t)(end - bytes) : len;
        if (!take_line(bounds, bytes, part, end != NULL, err))
            return false;
        part += end != NULL;
        bytes += part;
        len -= part;
    }
    return true;
}
