/* ibd.h - the copy of a report for the IBD: whether it may go by itself, and what it says. */
#ifndef IBD_H
#define IBD_H

#include "cases/case.h"
#include "letters/letters.h"

enum { IBD_FACTS_VERSION = 1 }; /* of facts.json; facts.md tells its fields */

struct ibd_verdict {
    bool goes; /* by itself, without the CISO */
    struct texts reasons; /* why not: plain sentences, nothing personal */
};

/*
 * Decides from what the case knows of its messages. A copy goes by itself only when the report
 * looks like one, nothing was withheld that could matter, and no decision of the redactor was
 * doubtful; and never with mode IBD_ASK or release RELEASE_ASK.
 */
struct ibd_verdict ibd_decide(const struct case_file *file, enum ibd_mode mode,
    enum ibd_release release, const char *language, struct arena *arena);

/* facts.json: the facts for a machine. One JSON object. */
struct span ibd_facts(const struct case_file *file, const struct settings *settings, int64_t now_s,
    struct arena *arena);

/*
 * Tokens of the hole, the same wherever it is found: one for each CVE number, one for each pair of
 * weakness and path without host, values, numbers and our own name. Whoever has one token in
 * common with another report may have the same hole. They are hashes, so that they can be compared
 * without the reports; they are no secret.
 */
struct texts ibd_tokens(
    const struct case_file *file, const struct settings *settings, struct arena *arena);

/* The media type as stated when it is a plain one, else "application/octet-stream": it is the
 * sender's word and could say anything. */
const char *ibd_type(const struct case_attachment *attachment);

/* "TLP:AMBER" until it is disclosed, then "TLP:GREEN" (FIRST, Traffic Light Protocol 2.0). */
const char *ibd_tlp(const struct case_file *file);

/*
 * Writes the copy, or the update when the IBD has had a copy. Only redacted text and what the
 * researcher gave consent for goes in. Fails as letters_write, and with ERR_MESSAGE when there is
 * no redacted text.
 */
bool ibd_copy(const struct letters *letters, const struct case_file *file, int64_t now_s,
    struct arena *arena, struct outgoing *outgoing, struct err *err) MUST_USE;

/* What the redactor took out: of one message, or of all of a case together. */
struct ibd_receipt {
    struct ibd_count {
        const char *type; /* "PERSON" */
        int64_t count;
    } types[32];
    size_t type_count;
    int64_t doubtful; /* decisions below the certainty that is asked for */
    double certainty; /* 0 to 1, of the least certain decision; 1 when there was none */
    const char *version; /* of the redactor */
    size_t messages, unread; /* with a receipt; with one that is missing or cannot be read */
};

/*
 * Those of all messages that go into the copy, added up. A message keeps its receipt as JSON:
 * {"counts": {TYPE: number}, "certainty": 0 to 1, "doubtful": number, "version": text}.
 */
struct ibd_receipt ibd_receipt_of(const struct case_file *file, struct arena *arena);

#endif
