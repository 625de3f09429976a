/* template.h - one letter text with places for values: checked as a whole, then filled. */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "base/err.h"
#include "base/texts.h"

/*
 * A template is "Subject: …", an empty line, and the body:
 *
 *   {case}                     the value of that name
 *   {if missing} … {end}       only when the value is not empty; {if not missing} only when it is
 *   - text                     starts an item; lines that follow are joined to it
 *   four blanks                the line stays as it is
 *   \ at the end of a line     the line ends here; all other lines of a paragraph are joined
 */
struct template_names {
    const char *allowed; /* names that the text may use, a blank between */
    const char *required; /* names that it must use */
};

struct template_value {
    const char *name, *text;
};

/* Whether such a list of names holds this one. */
bool template_names_hold(const char *names, struct span name);

/*
 * Fails with ERR_RUN, EX_CONFIG: "PATH:LINE: what is wrong, which names are allowed". path names
 * the text in errors.
 */
bool template_check(struct span text, const char *path, const struct template_names *names,
    struct err *err) MUST_USE;

/*
 * Fills a text that template_check has passed. Values may hold several lines and are put in as they
 * are: braces in them mean nothing. Values that are not given are empty. The subject is one line.
 */
void template_fill(struct span text, const struct template_value *values, size_t count,
    struct arena *arena, const char **subject, const char **body);

#endif
