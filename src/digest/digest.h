/* digest.h - the daily summary for the CISO: what to decide, which clocks run, what is new, whether
 * all is well. No personal datum stands in it. */
#ifndef DIGEST_H
#define DIGEST_H

#include "cases/aside.h"
#include "cases/figures.h"
#include "config/settings.h"
#include "message/outgoing.h"

/* A letter of no case that the mail server refused: a digest, an answer. */
struct digest_letter {
    const char *kind;
    int code; /* of the mail server; 0 when it gave none for five days */
};

/* A message that a person has to look at. */
struct digest_aside {
    const char *id; /* of its file in the vault */
    int64_t received_at;
    enum aside aside; /* why */
};

/* A key or certificate. */
struct digest_key {
    const char *name; /* "sleutel van het postvak" */
    int64_t expires_at; /* 0: never, or not known */
    const char *trouble; /* "" when it can be used */
    int64_t soon_s; /* how long before its end there is something to do; 0: as for a key */
};

/* How a pass last went. */
struct digest_pass {
    int64_t fine_at; /* last time that all went well; 0 never */
    int64_t failed_at; /* last failure; 0, or before fine_at: all is well */
    const char *failure; /* one line, for the administrator */
    int exit_code; /* of that failure, as in sysexits.h */
};

/* What came since the last digest and is no report. */
struct digest_counts {
    size_t spam, automatic, lists, bounces, duplicates, others; /* spam: or empty */
};

struct digest_input {
    const struct settings *settings;
    const struct calendar *calendar;
    int64_t now_s;
    int64_t since_s; /* of the last digest; 0 for none */
    const struct case_file *const *cases; /* all that are not erased */
    size_t case_count;
    const struct digest_letter *refused; /* since the last digest */
    size_t refused_count;
    const struct digest_aside *aside;
    size_t aside_count; /* since the last digest */
    size_t aside_total; /* ever */
    const struct digest_key *keys;
    size_t key_count;
    struct digest_pass fetch, process, send;
    int64_t waiting; /* messages fetched and not yet processed */
    int64_t oldest_waiting_at;
    int64_t letters_waiting, oldest_letter_at;
    int64_t store_bytes, free_bytes; /* free_bytes < 0: not known */
    struct digest_counts counts;
    struct figures month;
    const char *calendar_warning; /* of a year that the closing days do not cover; "" */
};

/* How urgent. */
enum digest_tone { TONE_CALM, TONE_SOON, TONE_TODAY, TONE_LATE };

/* Where a section stands on paper. */
enum digest_column { COLUMN_WHOLE, COLUMN_LEFT, COLUMN_RIGHT };

enum digest_kind {
    DIGEST_SECTION, /* title; text when there is nothing below it; column on paper */
    DIGEST_GROUP, /* number, title: the case of the decisions that follow */
    DIGEST_DECISION, /* title, text, when, commands */
    DIGEST_CLOCK, /* number, title, when, text: how long from now */
    DIGEST_CASE, /* number, title, text: the verdict, detail: redacted lines */
    DIGEST_ITEM, /* number or "", title, text */
    DIGEST_FACT, /* title, text: two columns */
    DIGEST_MORE, /* text: how many are not shown, and what shows them */
};

/* One thing to show; the text and the HTML show the same, in this order. */
struct digest_block {
    enum digest_kind kind;
    enum digest_tone tone;
    enum digest_column column;
    const char *number, *title, *text, *when, *detail;
    struct texts commands; /* lines that the CISO may send back */
};

struct digest {
    const struct settings *settings;
    bool nl;
    int64_t now_s;
    const char *day; /* in words */
    const char *headline; /* one sentence: what today is about */
    struct {
        const char *value, *label;
        enum digest_tone tone;
    } figures[4];
    struct digest_block *blocks;
    size_t count;
};

/* Decides what to show. All texts are in the arena or of the input. */
void digest_make(const struct digest_input *input, struct arena *arena, struct digest *digest);

/* Both with the same content. The HTML is a whole document: no script, nothing from elsewhere. */
const char *digest_text(const struct digest *digest, struct arena *arena);
const char *digest_html(const struct digest *digest, struct arena *arena);

/* The digest as a letter to the CISO. */
void digest_letter(const struct digest *digest, struct arena *arena, struct outgoing *outgoing);

#endif
