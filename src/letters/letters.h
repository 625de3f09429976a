/* letters.h - the letters: their kinds, their texts in Dutch and English, and what goes into them.
 */
#ifndef LETTERS_H
#define LETTERS_H

#include "config/settings.h"
#include "letters/template.h"
#include "message/outgoing.h"

/* The texts in force: those compiled in, or a file KIND.LANGUAGE.txt of the folder in the settings.
 */
struct letters {
    const struct settings *settings;
    struct span *texts; /* a row for each of the files that letters_files names */
    size_t count;
};

/*
 * Reads and checks all texts; keeps settings. Fails with ERR_RUN, EX_CONFIG, with file, line and
 * the names that are allowed; also for a file in the folder that is no letter.
 */
bool letters_open(const struct settings *settings, struct arena *arena, struct letters *letters,
    struct err *err) MUST_USE;

/* What is said in one letter. letters_set takes any name of the kind's list but those of the
 * settings (municipality, ciso_title, address, telephone, office, website) and signature. */
struct letters_values {
    struct template_value at[40];
    size_t count;
};

/* Keeps text; NULL and "" are the same. An unknown name is a programming mistake. */
void letters_set(struct letters_values *values, const char *name, const char *text);

/*
 * Writes the letter of this kind ("acknowledgement") and language ("nl", else English). The outer
 * subject is "[CASE] MUNICIPALITY", for letters without a case the municipality alone. Fails with
 * ERR_RUN for a kind that does not exist.
 */
bool letters_write(const struct letters *letters, const char *kind, const char *language,
    const struct letters_values *values, struct arena *arena, struct outgoing *outgoing,
    struct err *err) MUST_USE;

bool letters_have(const char *kind);

/* A fingerprint in groups of four, as people compare it: "0123 4567 …". */
const char *letters_fingerprint(const char *hex, struct arena *arena);

/* The texts compiled in, for who wants to change them: file name and content. */
size_t letters_count(void);
const char *letters_file(size_t index);
const char *letters_default(size_t index);

#endif
