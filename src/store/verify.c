#include "store/verify.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "store/cell.h"
#include "store/folder.h"
#include "store/vault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

bool verify_is_harm(enum verify_kind kind)
{
    return kind != VERIFY_VAULT_STRAY;
}

static void mark_of(const uint8_t *hash, char mark[static VERIFY_MARK])
{
    hash_hex(hash, (VERIFY_MARK - 1) / 2, mark);
}

void verify_mark(
    struct store *store, enum table table, struct span key, char mark[static VERIFY_MARK])
{
    uint8_t hash[CELL_HASH];

    cell_hash(store, table, key, hash);
    mark_of(hash, mark);
}

void verify_case_mark(struct store *store, struct span name, char mark[static VERIFY_MARK])
{
    uint8_t tag[CELL_TAG];

    cell_tag(store, name, tag);
    mark_of(tag, mark);
}

struct verifying {
    struct store *store;
    verify_each *each;
    void *context;
    struct verify_totals *totals;
};

static void tell(struct verifying *verifying, enum verify_kind kind, const char *place,
    const char *key, const char *case_mark, const char *words)
{
    const struct verify_finding finding
        = { .kind = kind, .place = place, .key = key, .case_mark = case_mark, .words = words };

    verifying->totals->findings++;
    verifying->each(verifying->context, &finding);
}

/*
 * The child reads the index and writes one line for each thing it has to say:
 *   T table            begins with this table
 *   V number           values that were read
 *   A number           audit records that were read
 *   F kind TAB place TAB key TAB case mark TAB words
 *   .                  done
 */
struct child {
    struct store *store;
    FILE *out;
    struct txn *txn;
    enum table table;
    uint64_t values;
    struct arena *arena;
};

static void child_tells(struct child *child, enum verify_kind kind, const char *place,
    const char *key, const char *case_mark, const char *words)
{
    fprintf(child->out, "F %d\t%s\t%s\t%s\t%s\n", (int)kind, place, key, case_mark, words);
}

/* A key as one word that can be printed: other bytes as hex. */
static void printable(struct span key, char *text, size_t size)
{
    size_t at = 0;

    for (size_t i = 0; i < key.len && at + 5 < size; i++) {
        unsigned char c = (unsigned char)key.at[i];

        if (c > ' ' && c < 0x7f && c != '\\')
            text[at++] = (char)c;
        else
            at += (size_t)snprintf(text + at, size - at, "\\x%02x", c);
    }
    text[at] = '\0';
}

/* The key of a case, when the tag of a value names one that is there and whole. */
static bool seal_of_case(struct child *child, const uint8_t *tag, uint8_t seal[static SEAL_KEY])
{
    struct span name = { (const char *)tag, CELL_TAG }, cell, key, value;
    uint8_t hash[CELL_HASH];
    struct err err = { 0 };

    cell_hash(child->store, TABLE_CASE_KEYS, name, hash);
    if (db_get(child->txn->db, TABLE_CASE_KEYS, (struct span) { (const char *)hash, CELL_HASH },
            &cell, &err)
            != DB_FOUND
        || !cell_open_sealed(
            child->store->keys->row_seal, TABLE_CASE_KEYS, hash, cell, child->arena, &key, &value)
        || value.len != 1 + SEAL_KEY)
        return false;
    memcpy(seal, value.at + 1, SEAL_KEY);
    return true;
}

static const char *check_sealed(
    struct child *child, struct span key, struct span cell, char case_mark[static VERIFY_MARK])
{
    const uint8_t *tag = cell_case(cell), *hash = (const uint8_t *)key.at;
    uint8_t of_case[SEAL_KEY], again[CELL_HASH];
    const uint8_t *seal = child->store->keys->row_seal;
    struct span real, value;

    if (key.len != CELL_HASH)
        return "a key of another length";
    if (table_kind(child->table) == TABLE_CASE) {
        if (!tag)
            return "damaged value";
        mark_of(tag, case_mark);
        if (!seal_of_case(child, tag, of_case))
            return "damaged value, or its case has no key";
        seal = of_case;
    } else if (tag) {
        return "damaged value";
    }
    if (!cell_open_sealed(seal, child->table, hash, cell, child->arena, &real, &value))
        return "damaged value";
    cell_hash(child->store, child->table, real, again);
    return memcmp(again, hash, CELL_HASH) == 0 ? NULL : "a value under another key";
}

/* A row without its file; but not one that was taken away while we were reading. */
static bool is_lost(struct child *child, struct span key)
{
    struct err err = { 0 };
    struct txn *txn;
    bool lost;

    if (vault_have(child->store, arena_text(child->arena, key)))
        return false;
    txn = txn_begin(child->store, TXN_READ);
    lost = txn_have(txn, TABLE_VAULT, key);
    (void)!txn_end(&txn, &err);
    return lost;
}

static bool check_row(void *context, struct span key, struct span cell)
{
    struct child *child = context;
    char shown[2100] = "", case_mark[VERIFY_MARK] = "";
    const char *words = NULL;
    struct span value;

    child->values++;
    if (table_kind(child->table) == TABLE_PLAIN) {
        printable(key, shown, sizeof shown);
        if (!cell_open_plain(child->table, key, cell, &value))
            words = "damaged value";
    } else {
        if (key.len >= VERIFY_MARK / 2)
            mark_of((const uint8_t *)key.at, shown);
        words = check_sealed(child, key, cell, case_mark);
    }
    if (words)
        child_tells(child, VERIFY_VALUE, table_name(child->table), shown, case_mark, words);
    else if (child->table == TABLE_VAULT && is_lost(child, key))
        child_tells(child, VERIFY_VAULT_LOST, shown, "", "", "the index has it, the vault has not");
    arena_reset(child->arena);
    return true;
}

static void check_table(struct child *child, enum table table)
{
    const char *words = NULL;

    child->table = table;
    child->values = 0;
    fprintf(child->out, "T %d\n", (int)table);
    fflush(child->out);
    if (!db_check(child->txn->db, table, check_row, child, &words))
        child_tells(child, VERIFY_INDEX, table_name(table), "", "", words);
    fprintf(child->out, "V %llu\n", (unsigned long long)child->values);
}

static bool ignore_record(void *context, uint64_t number, struct span record)
{
    (void)context;
    (void)number;
    (void)record;
    return true;
}

static void check_chain(struct child *child)
{
    struct txn *txn = txn_begin(child->store, TXN_READ);
    uint64_t count = audit_count(txn);
    struct err err = { 0 };

    if (count && !audit_walk(txn, 1, ignore_record, NULL))
        child_tells(child, VERIFY_AUDIT, "audit", "", "",
            strstr(txn->err.text, "missing") ? "a record of the chain is missing"
                                             : "the chain of records is broken");
    else if (!txn_failed(txn) && count + (count > 0) != txn_count(txn, TABLE_AUDIT))
        child_tells(child, VERIFY_AUDIT, "audit", "", "", "there are more records than the chain");
    if (!txn_end(&txn, &err))
        return;
    fprintf(child->out, "A %llu\n", (unsigned long long)count);
}

/* What is wrong with a line, or NULL. *txn is begun anew when the line may be younger than it is.
 */
static const char *check_line(
    struct child *child, struct txn **txn, struct span line, uint64_t want_number)
{
    uint8_t hash[AUDIT_HASH] = { 0 }, want[AUDIT_HASH] = { 0 };
    struct span record, again;
    struct err err = { 0 };
    uint64_t number;

    if (!audit_open_line(child->store, line, child->arena, &number, hash, &record))
        return "damaged line";
    if (number != want_number)
        return "a line is missing or out of order";
    if (!audit_find(*txn, number, child->arena, want, &again) && !txn_failed(*txn)) {
        (void)!txn_end(txn, &err);
        *txn = txn_begin(child->store, TXN_READ);
        if (!audit_find(*txn, number, child->arena, want, &again))
            return txn_failed(*txn) ? NULL : "holds a record that the index lacks";
    }
    if (txn_failed(*txn))
        return NULL; /* damage of the index itself is told by its own check */
    return memcmp(hash, want, AUDIT_HASH) == 0 && span_equal(record, again)
        ? NULL
        : "a record differs from the one in the index";
}

/*
 * The lines of audit/log against the records of the index. The file may lack the last ones, and its
 * last line may be torn or just be written: the next unlock for writing mends that.
 */
static void check_lines(struct child *child, FILE *log)
{
    struct txn *txn = txn_begin(child->store, TXN_READ);
    struct err err = { 0 };
    uint64_t number = 0;
    char *line = NULL, shown[32];
    bool in_order = true;
    size_t room = 0;
    ssize_t len;

    while (in_order && (len = getline(&line, &room, log)) > 0 && line[len - 1] == '\n') {
        const char *words = check_line(
            child, &txn, (struct span) { line, (size_t)len - 1 }, ++number);

        arena_reset(child->arena);
        if (!words)
            continue;
        snprintf(shown, sizeof shown, "%llu", (unsigned long long)number);
        child_tells(child, VERIFY_AUDIT, "audit/log", shown, "", words);
        in_order = !strstr(words, "out of order"); /* all that follows would be told as well */
    }
    free(line);
    (void)!txn_end(&txn, &err);
}

static void check_log(struct child *child)
{
    char path[FOLDER_PATH];
    struct err err = { 0 };
    FILE *log = store_path(child->store, child->store->log, path, &err) ? fopen(path, "re") : NULL;

    if (log) {
        check_lines(child, log);
        fclose(log);
    } else if (errno != ENOENT) {
        child_tells(child, VERIFY_AUDIT, "audit/log", "", "", "cannot be read");
    }
}

static void check_mark(struct child *child, uint64_t mark)
{
    struct txn *txn = txn_begin(child->store, TXN_READ);
    struct err err = { 0 };
    uint64_t commits;

    store_commits(txn, &commits);
    if (txn_end(&txn, &err) && commits < mark)
        child_tells(child, VERIFY_OLD, "index", "", "",
            "is older than the last step that was acknowledged (an old copy, or a damaged page)");
}

static void check_strays(struct child *child)
{
    struct err err = { 0 };
    const char **ids;
    size_t count = 0;
    struct txn *txn;

    if (!vault_list(child->store, child->arena, &ids, &count, &err))
        child_tells(child, VERIFY_INDEX, "vault", "", "", err.text);
    txn = txn_begin(child->store, TXN_READ); /* younger than the list */
    for (size_t i = 0; i < count; i++)
        if (!txn_have(txn, TABLE_VAULT, span_of(ids[i])) && !txn_failed(txn))
            child_tells(child, VERIFY_VAULT_STRAY, ids[i], "", "",
                "no row in the index: a run was cut off, the next one takes it in");
    arena_reset(child->arena);
    (void)!txn_end(&txn, &err);
}

enum { ATTEMPTS = 5 };

/* In the place of a table, after the last one. */
enum { CHECK_CHAIN = TABLE_COUNT, CHECK_LOG, CHECK_MARK, CHECK_STRAYS, CHECK_COUNT };

static const char *name_of(int check)
{
    static const char *const names[] = { "audit", "audit/log", "index", "vault" };

    return check < TABLE_COUNT ? table_name((enum table)check) : names[check - TABLE_COUNT];
}

static void check_one(struct child *child, int check)
{
    struct err err = { 0 };
    uint64_t mark;

    if (check < TABLE_COUNT) {
        child->txn = txn_begin(child->store, TXN_READ);
        if (!txn_failed(child->txn))
            check_table(child, (enum table)check);
        if (!txn_end(&child->txn, &err))
            child_tells(child, VERIFY_INDEX, name_of(check), "", "", err.text);
        return;
    }
    fprintf(child->out, "T %d\n", check);
    fflush(child->out);
    if (check == CHECK_CHAIN)
        check_chain(child);
    else if (check == CHECK_LOG)
        check_log(child);
    else if (check == CHECK_STRAYS)
        check_strays(child);
    else if (store_read_mark(child->store, &mark, &err))
        check_mark(child, mark);
}

/* Handlers of the program are not for a crash that is expected. */
static void die_of_crashes(void)
{
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE };
    const struct rlimit none = { 0 };

    for (size_t i = 0; i < COUNT(crashes); i++)
        signal(crashes[i], SIG_DFL);
    setrlimit(RLIMIT_CORE, &none);
}

static _Noreturn void be_child(struct store *store, int fd, int first)
{
    struct store own = *store; /* its own environment: that of the parent is not for children */
    struct child child = { .store = &own, .out = fdopen(fd, "w"), .arena = arena_new() };
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct err err = { 0 };

    die_of_crashes();
    if (null >= 0)
        dup2(null, STDERR_FILENO); /* where LMDB says that it gives up */
    own.owner = getpid();
    own.db = NULL;
    own.open = 0;
    own.mode = STORE_READ;
    own.migrating = true;
    if (!child.out)
        _exit(EX_OSERR);
    if (!store_open_index(&own, &err)) {
        child_tells(&child, VERIFY_INDEX, "index", "", "", err.text);
        first = CHECK_COUNT;
    }
    for (int i = first; i < CHECK_COUNT; i++)
        check_one(&child, i);
    fputs(".\n", child.out);
    fflush(child.out);
    _exit(0);
}

static void hear_finding(struct verifying *verifying, char *line)
{
    char *at = line, *fields[4];
    long kind = strtol(at, &at, 10);

    for (size_t i = 0; i < COUNT(fields); i++) {
        if (*at != '\t')
            return;
        *at++ = '\0';
        fields[i] = at;
        at += i + 1 < COUNT(fields) ? strcspn(at, "\t") : 0;
    }
    tell(verifying, (enum verify_kind)kind, fields[0], fields[1], fields[2], fields[3]);
}

/* Until the child is done or gone; *last is what it was at, heard what it found. */
static bool hear_child(struct verifying *verifying, FILE *in, int *last, struct buf *heard)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    bool done = false;

    while ((len = getline(&line, &room, in)) > 1 && line[len - 1] == '\n') {
        line[len - 1] = '\0';
        if (line[0] == '.')
            done = true;
        else if (line[0] == 'T')
            *last = (int)strtol(line + 2, NULL, 10);
        else if (line[0] == 'V')
            verifying->totals->values += strtoull(line + 2, NULL, 10);
        else if (line[0] == 'A')
            verifying->totals->audit_records = strtoull(line + 2, NULL, 10);
        else
            buf_add(heard, (struct span) { line + 2, (size_t)len - 2 }); /* with its NUL */
    }
    free(line);
    return done;
}

/* Starts a child and hears it out; *done when it came to its end. */
static bool run_child(struct verifying *verifying, int first, int *last, bool *done,
    struct buf *heard, struct err *err)
{
    int ends[2], status = 0;
    FILE *in;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_exit(err, ERR_RUN, EX_OSERR, "verify: %s", strerror(errno));
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        be_child(verifying->store, ends[1], first);
    }
    close(ends[1]);
    in = fdopen(ends[0], "r");
    if (pid < 0 || !in) {
        err_exit(err, ERR_RUN, EX_OSERR, "verify: %s", strerror(errno));
        if (in)
            fclose(in);
        else
            close(ends[0]);
        return false;
    }
    *done = hear_child(verifying, in, last, heard);
    fclose(in);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    *done = *done && status == 0;
    return true;
}

static void tell_heard(struct verifying *verifying, struct buf *heard)
{
    for (size_t at = 0; at < heard->len; at += strlen(heard->at + at) + 1)
        hear_finding(verifying, heard->at + at);
}

static ino_t index_now(const struct verifying *verifying)
{
    char path[FOLDER_PATH];
    struct err err = { 0 };
    struct stat facts;

    return store_path(verifying->store, verifying->store->index, path, &err)
            && stat(path, &facts) == 0
        ? facts.st_ino
        : 0;
}

/*
 * Everything from *first on, as far as a child gets with it. What a child says of an index that was
 * put out of its place meanwhile (store_compact) does not count: log and vault have gone on since.
 */
static bool check_index(struct verifying *verifying, int *first, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    uint64_t values = verifying->totals->values;
    int last = *first - 1;
    bool done = false;

    for (int i = 0; i < ATTEMPTS; i++) {
        struct buf heard = { .arena = arena };
        ino_t before = index_now(verifying);

        verifying->totals->values = values;
        last = *first - 1;
        if (!run_child(verifying, *first, &last, &done, &heard, err))
            return false;
        if (before != index_now(verifying) && i + 1 < ATTEMPTS)
            continue;
        tell_heard(verifying, &heard);
        break;
    }
    if (!done)
        tell(verifying, VERIFY_INDEX, last < *first ? "index" : name_of(last), "", "",
            "reading it ended the process");
    /* One that did not get as far as its first check would not the next time either. */
    *first = done || last < *first ? CHECK_COUNT : last + 1;
    return true;
}

static void check_vault_file(struct verifying *verifying, const char *id)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct vault_facts facts;
    struct err err = { 0 };

    verifying->totals->vault_files++;
    if (vault_stream(verifying->store, id, NULL, NULL, arena, &facts, &err))
        verifying->totals->vault_bytes += facts.size;
    else if (vault_have(verifying->store, id)) /* not just erased */
        tell(verifying, VERIFY_VAULT_DAMAGED, id, "", "",
            err.scope == ERR_MESSAGE ? "damaged" : err.text);
}

static bool check_vault(struct verifying *verifying, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    const char **ids;
    size_t count;

    if (!vault_list(verifying->store, arena, &ids, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        check_vault_file(verifying, ids[i]);
    return true;
}

/* Files that must be there, and fit the keys at hand. */
static void check_keys(struct verifying *verifying)
{
    static const struct {
        const char *name;
        bool needed;
        off_t size; /* 0: any but nothing */
    } files[] = {
        { "seal.pub", true, SEAL_KEY },
        { "outbox.pub", false, SEAL_KEY },
        { "keys.pgp", true, 0 },
    };
    const struct store *store = verifying->store;

    for (size_t i = 0; i < COUNT(files); i++) {
        AUTO(arena_free) struct arena *arena = arena_new();
        char path[FOLDER_PATH];
        struct err err = { 0 };
        struct stat facts;
        struct span bytes;

        if (!store_path(store, files[i].name, path, &err))
            continue;
        if (lstat(path, &facts) != 0) {
            if (files[i].needed)
                tell(verifying, VERIFY_KEYS, files[i].name, "", "", "missing");
        } else if (files[i].size ? facts.st_size != files[i].size : facts.st_size == 0) {
            tell(verifying, VERIFY_KEYS, files[i].name, "", "", "damaged: of another length");
        } else if (i == 0
            && (!file_read(path, SEAL_KEY, arena, &bytes, &err)
                || memcmp(bytes.at, store->keys->seal_public, SEAL_KEY) != 0)) {
            tell(verifying, VERIFY_KEYS, files[i].name, "", "",
                "does not fit keys.pgp: new mail would be sealed to nobody");
        }
    }
}

static void check_mode(struct verifying *verifying, const char *name)
{
    char path[FOLDER_PATH], words[64];
    struct err err = { 0 };
    struct stat facts;

    if (!store_path(verifying->store, name, path, &err) || lstat(path, &facts) != 0
        || (facts.st_mode & 077) == 0)
        return;
    snprintf(words, sizeof words, "others can use it (mode %03o)", (unsigned)facts.st_mode & 0777);
    tell(verifying, VERIFY_MODES, name, "", "", words);
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

static void check_modes(struct verifying *verifying)
{
    static const char *const folders[] = { ".", "index", "vault", "audit" };

    for (size_t i = 0; i < COUNT(folders); i++) {
        char path[FOLDER_PATH], name[300];
        struct err err = { 0 };
        AUTO(close_dir) DIR *dir = NULL;
        struct dirent *entry;

        check_mode(verifying, folders[i]);
        if (!store_path(verifying->store, folders[i], path, &err) || !(dir = opendir(path)))
            continue;
        while ((entry = readdir(dir))) {
            if (entry->d_type == DT_DIR)
                continue;
            snprintf(name, sizeof name, "%s%s%s", i ? folders[i] : "", i ? "/" : "", entry->d_name);
            check_mode(verifying, name);
        }
    }
}

static bool verify_all(struct verifying *verifying, struct err *err)
{
    for (int first = 0; first < CHECK_COUNT;)
        if (!check_index(verifying, &first, err))
            return false;
    if (!check_vault(verifying, err))
        return false;
    check_keys(verifying);
    check_modes(verifying);
    return true;
}

bool verify_store(const struct store_options *options, const struct seal_secrets *secrets,
    verify_each *each, void *context, struct verify_totals *totals, struct err *err)
{
    struct verifying verifying = { .each = each, .context = context, .totals = totals };
    struct store *store = store_handle(options, err);
    bool good;

    if (!store)
        return false;
    assert(options->mode == STORE_READ);
    *totals = (struct verify_totals) { 0 };
    store_derive(store, secrets);
    crypto_scalarmult_base(store->keys->seal_public, secrets->seal); /* as seal.pub should be */
    store->unlocked = true;
    verifying.store = store;
    fflush(NULL); /* the child has a copy of what waits to be printed */
    good = verify_all(&verifying, err);
    store_close(&store);
    return good;
}
