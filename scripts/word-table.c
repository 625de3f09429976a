/*
 * word-table - writes the word table of redact/ as a C header to standard output.
 *
 *     word-table FROG-FOLDER WORDS.TXT DICTIONARY...
 *
 * Two tables come out. One folds a code point to one byte of the normalised view (Unicode data of
 * libunistring). The other is an open hash table of 8 bytes an entry: 32 bits of the word's hash
 * and 32 feature bits (src/redact/feature.h); no word stands in it as text.
 */
#include "redact/feature.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum { FOLD_SIZE = 0x20000, WORD_MOST = 80 };

struct entry {
    char *word;
    uint32_t given, surname, place, street, flags, class, key, value;
    double common, per, nonper, first, later;
};

static struct entry *entries;
static size_t count, size;
static uint8_t fold[FOLD_SIZE];

static void fail(const char *what, const char *which)
{
    fprintf(stderr, "word-table: %s: %s\n", which, what);
    exit(1);
}

/* Letters that look like Latin ones but do not decompose to them (Unicode TR 39), by pairs. */
static const char like[]
    = "аaеeоoрpсcхxуyіiѕsјjԁdһhԛqԝwвbнhкkмmтtгrпnиuАAВBЕEКKМMНHОOРPСCТTХXУYЅS"
      "ІIЈJαaβbεeιiκkνvοoρpτtυuχxωwΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXøoØOđdĐDłlŁLıi"
      "ßsæaÆAœoŒOþtÞTðdÐDħhĦHŋnŊNəeƏEɑaɡgʼ'´'′'×x⁄/∕/№#。.·.⋅.∙.・.⁃-¦|∣|␣ ⏎ ␤\n";

static void fold_like(void)
{
    const uint8_t *at = (const uint8_t *)like, *end = at + sizeof like - 1;

    while (at < end) {
        ucs4_t from, to;

        at += u8_mbtouc(&from, at, (size_t)(end - at));
        if (at >= end)
            break;
        at += u8_mbtouc(&to, at, (size_t)(end - at));
        if (from < 0x80 || to >= 0x80)
            fail("the pairs of letters are out of step", "like");
        fold[from] = (uint8_t)to;
    }
}

static uint8_t fold_of(ucs4_t uc)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int tag;

    if (uc == '\t' || uc == '\n')
        return (uint8_t)uc;
    if (uc == '\r')
        return FOLD_DROP;
    if (uc == 0x85 || uc == 0x2028 || uc == 0x2029)
        return '\n';
    if (uc < 0x20 || uc == 0x7f)
        return FOLD_OTHER;
    if (uc < 0x7f)
        return (uint8_t)uc;
    if (uc_is_property_default_ignorable_code_point(uc) || uc_is_general_category(uc, UC_MARK)
        || uc_is_general_category(uc, UC_FORMAT))
        return FOLD_DROP;
    if (uc_is_property_white_space(uc))
        return ' ';
    if (uc_decimal_value(uc) >= 0)
        return (uint8_t)('0' + uc_decimal_value(uc));
    if (uc_is_general_category(uc, UC_DASH_PUNCTUATION) || uc == 0x2212)
        return '-';
    if (uc == 0x2018 || uc == 0x2019 || uc == 0x201a || uc == 0x201b || uc == 0x2039
        || uc == 0x203a)
        return '\'';
    if (uc_is_general_category(uc, UC_INITIAL_QUOTE_PUNCTUATION)
        || uc_is_general_category(uc, UC_FINAL_QUOTE_PUNCTUATION) || uc == 0x201e)
        return '"';
    if (uc_decomposition(uc, &tag, parts) > 0 && parts[0] != uc) {
        uint8_t first = fold_of(parts[0]);

        if (first != FOLD_OTHER)
            return first;
    }
    if (uc_is_property_ideographic(uc) || uc_is_general_category(uc, UC_OTHER_LETTER))
        return FOLD_IDEOGRAPH;
    if (uc_is_general_category(uc, UC_UPPERCASE_LETTER))
        return FOLD_UPPER;
    if (uc_is_general_category(uc, UC_LETTER))
        return FOLD_LETTER;
    return FOLD_OTHER;
}

/* Folds text to lower-case bytes of the view; false when it does not fit or is empty. */
static bool folded(const char *text, size_t len, char out[WORD_MOST])
{
    const uint8_t *at = (const uint8_t *)text, *end = at + len;
    size_t n = 0;

    while (at < end) {
        ucs4_t uc;

        at += u8_mbtouc(&uc, at, (size_t)(end - at));
        if (uc >= FOLD_SIZE || !fold[uc])
            continue;
        if (n + 1 >= WORD_MOST)
            return false;
        out[n++] = (char)(fold[uc] < 0x80 ? tolower(fold[uc]) : fold[uc]);
    }
    out[n] = 0;
    return n > 0;
}

static uint64_t hash_of(const char *word)
{
    uint64_t hash = WORD_HASH_START;

    for (; *word; word++)
        hash = word_hash_byte(hash, (unsigned char)*word);
    return word_hash_end(hash);
}

/* The entry of a folded word, made when it is new. */
static struct entry *entry_of(const char *word)
{
    size_t i;

    if (!size) {
        size = (size_t)1 << 21;
        entries = calloc(size, sizeof *entries);
        if (!entries)
            fail("out of memory", "entries");
    }
    for (i = hash_of(word) & (size - 1); entries[i].word; i = (i + 1) & (size - 1))
        if (strcmp(entries[i].word, word) == 0)
            return &entries[i];
    if (++count > size / 2)
        fail("too many words", word);
    entries[i].word = strdup(word);
    return &entries[i];
}

static FILE *open_file(const char *folder, const char *name, char *path)
{
    FILE *file;

    snprintf(path, 400, "%s%s%s", folder, *folder ? "/" : "", name);
    file = fopen(path, "r");
    if (!file)
        fail("cannot be read", path);
    return file;
}

static bool only_letters(const char *word)
{
    for (; *word; word++)
        if (!islower((unsigned char)*word))
            return false;
    return true;
}

/* "Jan van Galenstraat": where such a name starts only the list can tell. */
static bool has_tuss(const char *word)
{
    return strstr(word, " van ") || strstr(word, " de ") || strstr(word, " den ")
        || strstr(word, " der ") || strstr(word, " ter ") || strstr(word, " ten ")
        || strstr(word, " 't ");
}

enum list { LIST_GIVEN, LIST_SURNAME, LIST_PLACE, LIST_STREET };

/* A word that looks like the end of a street needs no list: the rules know the endings. */
static bool has_street_end(const char *word)
{
    static const char *const ends[] = { "straat", "laan", "weg", "plein", "kade", "gracht", "dijk",
        "singel", "pad", "hof", "steeg", "markt", "dreef", "park", "plantsoen", "haven", "wal",
        "ring", "brink", "baan" };
    size_t len = strlen(word);

    for (size_t i = 0; i < COUNT(ends); i++)
        if (len > strlen(ends[i]) && strcmp(word + len - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

static bool is_tuss(const char *word)
{
    struct entry *entry = entry_of(word);

    return entry->class == CLASS_TUSS;
}

static void take_list(const char *folder, const char *name, enum list list)
{
    char path[400], *line = NULL;
    size_t room = 0;
    ssize_t got;
    FILE *file = open_file(folder, name, path);

    while ((got = getline(&line, &room, file)) > 0) {
        char word[WORD_MOST], *part, *save = NULL, copy[WORD_MOST];
        bool whole;

        while (got > 0 && isspace((unsigned char)line[got - 1]))
            got--;
        if (!folded(line, (size_t)got, word))
            continue;
        whole = only_letters(word);
        if (list == LIST_STREET) {
            if (whole ? strlen(word) > 3 && !has_street_end(word)
                      : strchr(word, ' ') && (!has_street_end(word) || has_tuss(word)))
                entry_of(word)->street = 1;
            continue;
        }
        if (list == LIST_PLACE) {
            if (whole && strlen(word) > 2)
                entry_of(word)->place = 1;
            continue;
        }
        memcpy(copy, word, sizeof copy);
        for (part = strtok_r(copy, " -'", &save); part; part = strtok_r(NULL, " -'", &save)) {
            struct entry *entry;

            if (!only_letters(part) || strlen(part) < 2 || is_tuss(part))
                continue;
            entry = entry_of(part);
            if (list == LIST_GIVEN)
                entry->given = entry->given ? entry->given : 1;
            else
                entry->surname = entry->surname ? entry->surname : 1;
        }
    }
    free(line);
    fclose(file);
}

/* Counts of words and their tags: "COUNT WORD TAG:COUNT TAG:COUNT ...". */
static void take_counts(const char *folder, const char *name, bool entities)
{
    char path[400], *line = NULL;
    size_t room = 0;
    FILE *file = open_file(folder, name, path);

    while (getline(&line, &room, file) > 0) {
        char *save = NULL, *total = strtok_r(line, " ", &save), *form = strtok_r(NULL, " ", &save),
             *tag;
        char word[WORD_MOST];
        struct entry *entry;
        bool upper;

        if (!total || !form || !folded(form, strlen(form), word) || !only_letters(word))
            continue;
        upper = isupper((unsigned char)form[0])
            || !islower((unsigned char)fold[(unsigned char)form[0] & 0x7f]);
        if (!entities && upper)
            continue;
        if (!entities && strtod(total, NULL) < 2)
            continue;
        entry = entry_of(word);
        if (!entities) {
            entry->common += strtod(total, NULL);
            continue;
        }
        while ((tag = strtok_r(NULL, " \n", &save))) {
            char *colon = strrchr(tag, ':');
            double n = colon ? strtod(colon + 1, NULL) : 0;

            if (!colon || !upper)
                continue;
            if (strncmp(tag, "B-per", 5) == 0) {
                entry->per += n;
                entry->first += n;
            } else if (strncmp(tag, "I-per", 5) == 0) {
                entry->per += n;
                entry->later += n;
            } else
                entry->nonper += n;
        }
    }
    free(line);
    fclose(file);
}

/* A dictionary of lower-case words: those that are names too, and the whole of a small one. */
static void take_dictionary(const char *name, bool whole)
{
    char path[400], *line = NULL;
    size_t room = 0;
    ssize_t got;
    FILE *file = open_file("", name, path);

    while ((got = getline(&line, &room, file)) > 0) {
        char word[WORD_MOST];
        struct entry *entry;

        while (got > 0 && isspace((unsigned char)line[got - 1]))
            got--;
        if (!islower((unsigned char)line[0]) || !folded(line, (size_t)got, word)
            || !only_letters(word) || strlen(word) < 2)
            continue;
        if (!whole) {
            size_t i = hash_of(word) & (size - 1);

            while (entries[i].word && strcmp(entries[i].word, word) != 0)
                i = (i + 1) & (size - 1);
            if (!entries[i].word)
                continue;
        }
        entry = entry_of(word);
        if (entry->common < (whole ? 6 : 2))
            entry->common = whole ? 6 : 2;
    }
    free(line);
    fclose(file);
}

static const struct {
    const char *name;
    enum word_class class;
    uint32_t flag;
} groups[] = {
    { "tuss", CLASS_TUSS, 0 },
    { "title", CLASS_TITLE, 0 },
    { "relation", CLASS_RELATION, 0 },
    { "greet", CLASS_GREET, 0 },
    { "sign", CLASS_SIGN, 0 },
    { "say", CLASS_SAY, 0 },
    { "intro", CLASS_INTRO, 0 },
    { "month", CLASS_MONTH, 0 },
    { "number", CLASS_NUMBER, 0 },
    { "device", CLASS_DEVICE, 0 },
    { "infra", CLASS_INFRA, 0 },
    { "streettype", CLASS_STREET, 0 },
    { "at", CLASS_AT, 0 },
    { "dot", CLASS_DOT, 0 },
    { "legal", CLASS_NONE, FEATURE_LEGAL },
    { "legalperson", CLASS_NONE, FEATURE_TECH },
    { "org", CLASS_NONE, FEATURE_ORG },
    { "tech", CLASS_NONE, FEATURE_TECH },
    { "role", CLASS_NONE, FEATURE_ROLE },
    { "notname", CLASS_NONE, FEATURE_NOTNAME },
    { "place", CLASS_NONE, FEATURE_PLACE },
};

static const char *const keys[] = { "person", "handle", "cred", "phone", "bsn", "iban", "card",
    "dob", "address", "housenr", "postcode", "place", "plate", "iddoc", "vnum", "anum", "vatid",
    "ip", "mac", "email", "not" };

/* A key without what joins its parts: "sofi-nummer" and "sofi_nummer" are "sofinummer". */
static void squeeze(char *word)
{
    char *to = word;

    for (; *word; word++)
        if (isalnum((unsigned char)*word))
            *to++ = *word;
    *to = 0;
}

static void take_words(const char *name)
{
    char path[400], *line = NULL, group[40] = "";
    size_t room = 0;
    FILE *file = open_file("", name, path);

    while (getline(&line, &room, file) > 0) {
        char *save = NULL, *text;
        struct entry *last = NULL;

        if (*line == '#')
            continue;
        if (*line == '[') {
            snprintf(group, sizeof group, "%.*s", (int)strcspn(line + 1, "]"), line + 1);
            continue;
        }
        for (text = strtok_r(line, " \n", &save); text; text = strtok_r(NULL, " \n", &save)) {
            char word[WORD_MOST];
            bool known = false;

            if (isdigit((unsigned char)*text) && !text[strspn(text, "0123456789")]) {
                if (last)
                    last->value = (uint32_t)strtoul(text, NULL, 10) & 15;
                continue;
            }
            if (!folded(text, strlen(text), word))
                continue;
            if (strcmp(group, "given") == 0 || strcmp(group, "surname") == 0) {
                char *save2 = NULL;

                for (char *part = strtok_r(word, "-'", &save2); part;
                     part = strtok_r(NULL, "-'", &save2)) {
                    struct entry *entry = entry_of(part);

                    if (entry->class == CLASS_TUSS)
                        continue;
                    if (*group == 'g')
                        entry->given = 2;
                    else
                        entry->surname = 2;
                }
                continue;
            }
            if (strncmp(group, "key ", 4) == 0 || strcmp(group, "nokey") == 0) {
                squeeze(word);
                last = entry_of(word);
                if (*group == 'n' && group[1] == 'o') {
                    last->key = KEY_NOKEY;
                    continue;
                }
                for (size_t i = 0; i < COUNT(keys); i++)
                    if (strcmp(group + 4, keys[i]) == 0) {
                        if (!last->key)
                            last->key = (uint32_t)i + 1;
                        known = true;
                    }
            } else {
                squeeze(word);
                last = entry_of(word);
                for (size_t i = 0; i < COUNT(groups); i++)
                    if (strcmp(group, groups[i].name) == 0) {
                        if (!last->class)
                            last->class = groups[i].class;
                        last->flags |= groups[i].flag;
                        known = true;
                    }
            }
            if (!known)
                fail("no such group", group);
        }
    }
    free(line);
    fclose(file);
}

static uint32_t level(double n)
{
    static const double steps[] = { 1, 4, 12, 50, 200, 1000, 10000 };
    uint32_t at = 0;

    while (at < COUNT(steps) && n >= steps[at])
        at++;
    return at;
}

static uint32_t features(const struct entry *entry)
{
    uint32_t given = entry->given, surname = entry->surname, seen = 0;
    double total = entry->per + entry->nonper;

    if (total >= 1)
        seen = entry->per < total * 0.3 ? 1 : entry->per < total * 0.75 ? 2 : 3;
    if (seen == 3 && entry->first >= 2)
        given = given ? 3 : 1;
    if (seen == 3 && entry->later >= 2)
        surname = surname ? 3 : 1;
    return given | surname << 2 | level(entry->common) << 4 | seen << 7
        | (entry->place ? FEATURE_PLACE : 0) | (entry->street ? FEATURE_STREET : 0) | entry->flags
        | (entry->value & 15) << 15 | entry->class << 19 | entry->key << 24;
}

static void print_bytes(const char *name, const unsigned char *bytes, size_t len)
{
    static const char hex[] = "01234567";

    printf("static const char %s[] =", name);
    for (size_t i = 0; i < len; i++) {
        unsigned char b = bytes[i];
        char out[5] = { '\\', hex[b >> 6], hex[b >> 3 & 7], hex[b & 7], 0 };

        if (i % 64 == 0)
            fputs("\n\"", stdout);
        fputs(out, stdout);
        if (i % 64 == 63 || i + 1 == len)
            fputs("\"", stdout);
    }
    puts(";");
}

static void print_table(void)
{
    size_t slots = 1024, used = 0;
    uint32_t(*table)[2];
    unsigned char *tags;
    uint64_t sum = WORD_HASH_START;

    for (size_t i = 0; i < size; i++)
        used += entries[i].word && features(&entries[i]);
    while (slots < used + used / 4)
        slots *= 2;
    table = calloc(slots, sizeof *table);
    tags = calloc(slots, 1);
    if (!table || !tags)
        fail("out of memory", "table");
    for (size_t i = 0; i < size; i++) {
        uint64_t hash;
        size_t at;

        if (!entries[i].word || !features(&entries[i]))
            continue;
        hash = hash_of(entries[i].word);
        for (at = hash & (slots - 1); table[at][1]; at = (at + 1) & (slots - 1))
            ;
        table[at][0] = (uint32_t)(hash >> 32);
        table[at][1] = features(&entries[i]);
        tags[at] = word_hash_tag(hash);
    }
    for (size_t i = 0; i < slots * sizeof *table; i++)
        sum = word_hash_byte(sum, ((unsigned char *)table)[i]);
    printf("/* %zu words; written by scripts/word-table.c */\n", used);
    printf("#define WORD_TABLE_SLOTS %zuu\n#define WORD_TABLE_VERSION \"%08x\"\n", slots,
        (unsigned)(sum >> 32));
    print_bytes("word_table", (unsigned char *)table, slots * sizeof *table);
    print_bytes("word_tags", tags, slots);
    print_bytes("fold_table", fold, sizeof fold);
    free(table);
    free(tags);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        enum list list;
    } lists[] = {
        { "voornamen.ner", LIST_GIVEN },
        { "familienamen.ner", LIST_SURNAME },
        { "plaatsen-nld.ner", LIST_PLACE },
        { "gemeenten-nld.ner", LIST_PLACE },
        { "provincies-nld.ner", LIST_PLACE },
        { "regios-nld.ner", LIST_PLACE },
        { "landen-europa.ner", LIST_PLACE },
        { "straten-nld.ner", LIST_STREET },
    };

    if (argc < 4) {
        fputs("usage: word-table FROG-FOLDER WORDS.TXT DICTIONARY...\n", stderr);
        return 64;
    }
    for (ucs4_t uc = 0; uc < FOLD_SIZE; uc++)
        fold[uc] = uc >= 0xd800 && uc < 0xe000 ? FOLD_OTHER : fold_of(uc);
    fold_like();
    fold['`'] = '`';
    take_words(argv[2]);
    for (size_t i = 0; i < COUNT(lists); i++)
        take_list(argv[1], lists[i].name, lists[i].list);
    take_counts(argv[1], "Frog.mbt.1.0.lex", false);
    take_counts(argv[1], "nergen.data.lex", true);
    for (int i = 3; i < argc; i++)
        take_dictionary(argv[i], i > 3);
    print_table();
    return fflush(stdout) ? 1 : 0;
}
