/* verb.h - the decisions: one function each, for the command line and for signed mail alike. */
#ifndef VERB_H
#define VERB_H

#include "cases/case.h"

/* What a decision asks of others; run carries it out in the same transaction. */
enum effect_kind {
    EFFECT_LETTER, /* compose the letter `what` to `to`; `text` is the body of a reply */
    EFFECT_IBD_SEND, /* the copy; what: "new" or "follow_up", to be held when doubtful; "update" for
                        a decision, without new text of the researcher; "release": the CISO said so
                      */
    EFFECT_IBD_HOLD, /* take a queued copy back, if it has not gone */
    EFFECT_KEY, /* import the attached key with the fingerprint `text`; `what` is the answer that
                   the decision gave, to be taken back when the key cannot be used */
    EFFECT_ERASE, /* of the index it is done; letters and vault files go (cabinet_sweep) */
    EFFECT_LETTER_AGAIN, /* as EFFECT_LETTER, whatever else went to the address that day */
};

struct effect {
    const char *number; /* the case; "" for the answer to a mail with commands */
    enum effect_kind kind;
    const char *what; /* "confirm", "reject", …: the name of a letter; else "" */
    enum case_party to;
    const char *text;
};

struct effects {
    struct effect *at;
    size_t count;
};

void effect_add(struct effects *effects, struct arena *arena, struct effect effect);

/* Who decides, when, and what the decision may know. */
struct verb_act {
    struct arena *arena; /* of the case; keeps what is written into it */
    const struct calendar *calendar;
    const struct clock_terms *terms;
    int64_t now_s;
    const char *by; /* login name, or the pinned fingerprint */
    const char *how; /* "cli" or "mail" */
    const char *language; /* of refusals and answers */
    bool (*have)(void *context, const char *number); /* is there such a case? */
    void *context;
};

/* What came of it. */
struct verb_done {
    struct effects effects;
    const char *answer; /* one sentence of what was done, in the act's language */
    const char *audit; /* the same for the audit log: nothing personal in it, English */
    const char *words; /* the arguments that decide, as the verb reads them; free text is not in
                          them, for they stay in the audit log when the case is erased */
};

struct verb {
    const char *name; /* "confirm" */
    const char *arguments; /* "[REASON]" */
    const char *nl, *en; /* one line of help */
    bool takes_text; /* FILE on the command line, the lines that follow in a mail */
    unsigned states; /* bit 1 << state for each state in which it is allowed */
    bool (*apply)(struct case_file *file, const struct verb_act *act, struct span arguments,
        struct span text, struct verb_done *done, struct err *err);
};

/* The states in which a verb is allowed. */
#define VERB_IN(state) (1U << (state))
#define VERB_NEW (VERB_IN(CASE_RECEIVED) | VERB_IN(CASE_TRIAGE))
#define VERB_OPEN                                                                                  \
    (VERB_NEW | VERB_IN(CASE_CONFIRMED) | VERB_IN(CASE_FIXING) | VERB_IN(CASE_FIXED)               \
        | VERB_IN(CASE_DISCLOSED))
#define VERB_ENDED                                                                                 \
    (VERB_IN(CASE_NOT_REPRODUCED) | VERB_IN(CASE_DUPLICATE) | VERB_IN(CASE_OUT_OF_SCOPE)           \
        | VERB_IN(CASE_NOT_A_REPORT) | VERB_IN(CASE_CLOSED))
#define VERB_ALL (VERB_OPEN | VERB_ENDED) /* but erased */

/* All, as verbs.def lists them. */
const struct verb *verb_table(size_t *count);
const struct verb *verb_named(struct span name); /* NULL; ASCII case does not matter */

/*
 * Applies one decision: *file is changed, or untouched when it gives false. Then *err has
 * ERR_MESSAGE, EX_DATAERR (or EX_USAGE for wrong arguments) and one sentence in the act's language
 * on what is allowed. text is "" for verbs that take none.
 */
bool verb_apply(const struct verb *verb, struct case_file *file, const struct verb_act *act,
    struct span arguments, struct span text, struct verb_done *done, struct err *err) MUST_USE;

/*
 * The decision once more, from what the audit log kept of it: *arguments and *text are such that
 * the verb takes them. Where a free text was needed they hold a sentence that says it is lost.
 */
void verb_again(const struct verb *verb, const char *words, struct arena *arena,
    struct span *arguments, struct span *text);

/* The states in which a verb is allowed, as names for people: "ontvangen, in beoordeling". */
const char *verb_states(const struct verb *verb, const char *language, struct arena *arena);

#endif
