#include "letters/template.h"
#include "lib/rows.h"

static const struct template_names names = { "case who text more", "case" };

static const struct {
    const char *label, *text, *want; /* "": fine */
} checks[] = {
    { "fine", "Subject: {case}\n\nHi {who}\n", "" },
    { "a condition over lines", "Subject: x\n\n{if who}\n{case}\n{end}\n", "" },
    { "unknown name", "Subject: x\n\n{case}\n{name}\n",
        "f:4: unknown placeholder {name}; allowed are: case who text more" },
    { "unknown in a condition", "Subject: x\n\n{case}{if name}{end}\n",
        "f:3: unknown placeholder {name}; allowed are: case who text more" },
    { "part of a name is none", "Subject: x\n\n{case} {tex}\n",
        "f:3: unknown placeholder {tex}; allowed are: case who text more" },
    { "required one is missing", "Subject: x\n\nHi {who}\n",
        "f:1: the text must use {case}; allowed are: case who text more" },
    { "only asked for, not said", "Subject: x\n\n{if case}Hi{end}\n",
        "f:1: the text must use {case}; allowed are: case who text more" },
    { "brace without an end", "Subject: x\n\n{case\n",
        "f:3: not a placeholder: {{case}; allowed are: case who text more" },
    { "capitals", "Subject: x\n\n{Case}\n",
        "f:3: not a placeholder: {Case}; allowed are: case who text more" },
    { "open condition", "Subject: x\n\n{case}\n{if who}\n", "f:4: {if …} without an {end}" },
    { "end of nothing", "Subject: x\n\n{case}\n{end}\n", "f:4: {end} without an {if …}" },
    { "no subject", "Hi {case}\n", "f:1: the first line has to be 'Subject: ' and the subject" },
    { "no gap", "Subject: x\nHi {case}\n", "f:2: has to be empty, between subject and text" },
    { "nothing below", "Subject: {case}\n\n", "f: has no text below the subject" },
    { "Latin 1", "Subject: x\n\n{case} caf\xe9\n", "f: is not UTF-8; save it as UTF-8" },
};

static void complains_with_line_and_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(checks); i++) {
        struct err err = { 0 };
        bool fine = template_check(span_of(checks[i].text), "f", &names, &err);

        row_text(checks[i].label, err.text, checks[i].want);
        row_number(checks[i].label, fine, checks[i].want[0] == '\0');
    }
}

static const struct {
    const char *label, *body, *want;
} fills[] = {
    { "joins a paragraph", "One\ntwo\n\nthree\n", "One two\n\nthree\n" },
    { "items begin a line", "List:\n- a\n  b\n- c\n", "List:\n- a b\n- c\n" },
    { "four blanks stay as they are", "Send\n    this\n    and this\nnow\n",
        "Send\n    this\n    and this\nnow\n" },
    { "a line that ends", "Name\\\nStreet\\\nTown\n", "Name\nStreet\nTown\n" },
    { "value", "Case {case}.\n", "Case 7.\n" },
    { "empty value leaves no line", "a\\\n{more}\\\nb\n", "a\nb\n" },
    { "several lines of a value", "{text}\n", "first\n\nthird {case}\n" },
    { "said", "{if who}\nHi {who}\n{end}\n", "Hi Ann\n" },
    { "not said", "a\n\n{if more}\nHi\n\n{end}\nb\n", "a\n\nb\n" },
    { "otherwise", "{if not more}\nnone\n{end}\n", "none\n" },
    { "within a line", "a{if who}, {who}{end}{if more}, {more}{end}.\n", "a, Ann.\n" },
    { "one in the other", "{if more}\n{if who}\nx\n{end}\ny\n{end}\nz\n", "z\n" },
    { "several gaps are one", "a\n\n\n\nb\n\n", "a\n\nb\n" },
};

static void fills_in(void **state)
{
    static const struct template_value values[] = { { "case", "7" }, { "who", "Ann" },
        { "more", "" }, { "text", "first\n\nthird {case}" } };

    (void)state;
    for (size_t i = 0; i < COUNT(fills); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        const char *subject, *body;

        template_fill(span_of(arena_printf(arena, "Subject: {case} {text}\n\n%s", fills[i].body)),
            values, COUNT(values), arena, &subject, &body);
        row_text(fills[i].label, body, fills[i].want);
        row_text("the subject is one line", subject, "7 first  third {case}");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complains_with_line_and_names),
        cmocka_unit_test(fills_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
