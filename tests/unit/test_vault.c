#include "base/hash.h"
#include "lib/statedir.h"
#include "store/vault.h"

#include <signal.h>

enum { PIECE = 64 * 1024 };

static char *pattern(size_t len)
{
    char *bytes = malloc(len + 1);

    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    return bytes;
}

static const struct {
    const char *label;
    size_t len;
    off_t size; /* on the disk: head 122, label 5 + 17, 17 for each piece */
} sizes[] = {
    { "empty", 0, 122 + 22 + 17 },
    { "one byte", 1, 122 + 22 + 17 + 1 },
    { "a small mail", 3400, 122 + 22 + 17 + 3400 },
    { "one piece less a byte", PIECE - 1, 122 + 22 + 17 + PIECE - 1 },
    { "one full piece", PIECE, 122 + 22 + 17 + PIECE },
    { "one piece and a byte", PIECE + 1, 122 + 22 + 2 * 17 + PIECE + 1 },
    { "three full pieces", 3 * PIECE, 122 + 22 + 3 * 17 + 3 * PIECE },
    { "a large mail", 1000003, 122 + 22 + 16 * 17 + 1000003 },
};

static void gives_back_what_it_got(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();

    (void)state;
    statedir_new(&dir, 0);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char id[VAULT_ID], path[80], *bytes = pattern(sizes[i].len);
        struct vault_facts facts;
        uint8_t hash[SEAL_HASH];
        struct span got, label;

        statedir_keep(&dir, "INBOX", (struct span) { bytes, sizes[i].len }, id);
        snprintf(path, sizeof path, "vault/%s", id);
        row_number(sizes[i].label, statedir_size(statedir_path(&dir, path)), sizes[i].size);
        must(vault_read(dir.store, id, sizes[i].len, arena, &got, &facts, &err));
        row_number(sizes[i].label, got.len, sizes[i].len);
        row_number(sizes[i].label, memcmp(got.at ? got.at : "", bytes, got.len), 0);
        row_number(sizes[i].label, facts.size, sizes[i].len);
        row_text(sizes[i].label, arena_text(arena, facts.label), "INBOX");
        seal_hash(dir.store, "content", (struct span) { bytes, sizes[i].len }, hash);
        row_number(sizes[i].label, memcmp(hash, facts.hash, SEAL_HASH), 0);
        must(vault_label(dir.store, id, arena, &label, &err));
        row_text(sizes[i].label, arena_text(arena, label), "INBOX");
        if (sizes[i].len)
            must_fail(vault_read(dir.store, id, sizes[i].len - 1, arena, &got, &facts, &err),
                EX_DATAERR, "larger than");
        free(bytes);
    }
    arena_free(&arena);
    statedir_free(&dir);
}

/* Does it open? And is the reason, when not, that it is damaged? */
static bool opens(struct statedir *dir, const char *id, const char *what, size_t at)
{
    struct arena *arena = arena_new();
    struct vault_facts facts;
    struct err err = { 0 };
    bool good = vault_stream(dir->store, id, NULL, NULL, arena, &facts, &err);

    if (!good && (err.scope != ERR_MESSAGE || !strstr(err.text, "damaged")))
        fail_msg("%s at %zu: %s", what, at, err.text);
    arena_free(&arena);
    return good;
}

static void notices_every_bit(void **state)
{
    struct statedir dir;
    char id[VAULT_ID], name[64], *bytes = pattern(PIECE + 100);
    const char *path;
    size_t size;

    (void)state;
    statedir_new(&dir, 0);
    statedir_keep(&dir, "INBOX", (struct span) { bytes, PIECE + 100 }, id);
    snprintf(name, sizeof name, "vault/%s", id);
    path = statedir_path(&dir, name);
    size = (size_t)statedir_size(path);
    for (size_t at = 0; at < size; at += at < 400 || at > size - 300 ? 1 : 997)
        for (int bit = at < 200 ? 0 : (int)(at % 8); bit < 8; bit += at < 200 ? 1 : 8) {
            statedir_flip(path, (off_t)at, (unsigned char)(1 << bit));
            if (opens(&dir, id, "flipped", at))
                fail_msg("bit %d at %zu was not noticed", bit, at);
            statedir_flip(path, (off_t)at, (unsigned char)(1 << bit));
        }
    assert_true(opens(&dir, id, "whole again", 0));
    free(bytes);
    statedir_free(&dir);
}

static void notices_cuts_and_additions(void **state)
{
    static const size_t lens[] = { 0, 700, PIECE, 2 * PIECE + 5 };
    struct statedir dir;
    struct arena *arena = arena_new();

    (void)state;
    statedir_new(&dir, 0);
    for (size_t i = 0; i < COUNT(lens); i++) {
        char id[VAULT_ID], name[64], *bytes = pattern(lens[i]);
        struct span whole;
        const char *path;
        char *longer;

        statedir_keep(&dir, "INBOX", (struct span) { bytes, lens[i] }, id);
        snprintf(name, sizeof name, "vault/%s", id);
        path = statedir_path(&dir, name);
        whole = statedir_read(path, arena);
        for (size_t cut = 0; cut < whole.len;
             cut += cut < 300 || cut > whole.len - 300 || cut % (PIECE + 17) < 200 ? 1 : 1009) {
            statedir_write(path, span_part(whole, 0, cut));
            if (opens(&dir, id, "cut", cut))
                fail_msg("a cut at %zu of %zu was not noticed", cut, whole.len);
        }
        longer = arena_alloc(arena, whole.len + PIECE + 17);
        memcpy(longer, whole.at, whole.len);
        for (size_t more = 1; more < PIECE; more *= 3) {
            statedir_write(path, (struct span) { longer, whole.len + more });
            if (opens(&dir, id, "longer", more))
                fail_msg("%zu bytes more were not noticed", more);
        }
        statedir_write(path, whole);
        assert_true(opens(&dir, id, "whole again", 0));
        free(bytes);
        arena_reset(arena);
    }
    arena_free(&arena);
    statedir_free(&dir);
}

/* Pieces of a file in another order, of another file, and a file under another name. */
static void binds_pieces_and_names(void **state)
{
    struct statedir dir;
    char one[VAULT_ID], other[VAULT_ID], name[64], *bytes = pattern(4 * PIECE);
    const size_t head = 122 + 5 + 17, piece = PIECE + 17;
    struct arena *arena = arena_new();
    struct span a, b;
    char *mixed;
    const char *path, *path_b;

    (void)state;
    statedir_new(&dir, 0);
    statedir_keep(&dir, "INBOX", (struct span) { bytes, 4 * PIECE }, one);
    statedir_keep(&dir, "INBOX", (struct span) { bytes, 4 * PIECE }, other);
    snprintf(name, sizeof name, "vault/%s", one);
    path = statedir_path(&dir, name);
    a = statedir_read(path, arena);
    snprintf(name, sizeof name, "vault/%s", other);
    path_b = statedir_path(&dir, name);
    b = statedir_read(path_b, arena);
    assert_int_equal(a.len, head + 4 * piece);

    mixed = arena_text(arena, a);
    memcpy(mixed + head, a.at + head + piece, piece);
    memcpy(mixed + head + piece, a.at + head, piece);
    statedir_write(path, (struct span) { mixed, a.len });
    assert_false(opens(&dir, one, "swapped pieces", 0));

    memcpy(mixed, a.at, a.len);
    memcpy(mixed + head + piece, a.at + head + 2 * piece, a.len - head - 2 * piece);
    statedir_write(path, (struct span) { mixed, a.len - piece });
    assert_false(opens(&dir, one, "a piece left out", 0));

    memcpy(mixed, a.at, a.len);
    memcpy(mixed + head + piece, b.at + head + piece, piece);
    statedir_write(path, (struct span) { mixed, a.len });
    assert_false(opens(&dir, one, "a piece of another file", 0));

    statedir_write(path, b);
    assert_false(opens(&dir, one, "another file under this name", 0));
    statedir_write(path, a);
    assert_true(opens(&dir, one, "whole again", 0));
    free(bytes);
    arena_free(&arena);
    statedir_free(&dir);
}

static void opens_with_its_key_only(void **state)
{
    struct statedir dir, stranger;
    struct arena *arena = arena_new();
    char id[VAULT_ID], from[300], to[300];
    struct vault_facts facts;
    struct span got;

    (void)state;
    statedir_new(&dir, 0);
    statedir_new(&stranger, 0);
    statedir_keep(&dir, "INBOX", SPAN("hello"), id);
    snprintf(from, sizeof from, "%s/vault/%s", dir.dir, id);
    snprintf(to, sizeof to, "%s/vault/%s", stranger.dir, id);
    assert_int_equal(link(from, to), 0);
    must_fail(
        vault_read(stranger.store, id, 100, arena, &got, &facts, &err), EX_DATAERR, "damaged");
    must(vault_read(dir.store, id, 100, arena, &got, &facts, &err));
    arena_free(&arena);
    statedir_free(&stranger);
    statedir_free(&dir);
}

/* What fetch does: no secret at hand, and still a later process can read it. */
static void seals_without_a_secret(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    struct store_options options;
    struct vault_file *file;
    struct vault_facts facts;
    char ids[3][VAULT_ID];
    struct span got;

    (void)state;
    statedir_new(&dir, 0);
    store_close(&dir.store);
    options = statedir_options(&dir, STORE_WRITE);
    must(store_open(&options, &dir.store, &err));
    assert_false(store_unlocked(dir.store));
    for (int i = 0; i < 3; i++) {
        must(vault_new(dir.store, SPAN("label"), &file, &err));
        must(vault_add(file, SPAN("Subject: x\r\n\r\n"), &err));
        must(vault_keep(&file, ids[i], &err));
    }
    must(vault_sync(dir.store, &err));
    statedir_put(&dir, TABLE_CURSORS, "INBOX", "1 17");
    store_close(&dir.store);
    statedir_open(&dir, STORE_READ);
    for (int i = 0; i < 3; i++) {
        must(vault_read(dir.store, ids[i], 100, arena, &got, &facts, &err));
        row_text("mail", arena_text(arena, got), "Subject: x\r\n\r\n");
    }
    row_text("cursor", statedir_get(&dir, TABLE_CURSORS, "INBOX"), "1 17");
    arena_free(&arena);
    statedir_free(&dir);
}

static size_t files_in(const struct statedir *dir, const char *name)
{
    DIR *folder = opendir(statedir_path(dir, name));
    struct dirent *entry;
    size_t count = 0;

    assert_non_null(folder);
    while ((entry = readdir(folder)))
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void keeps_drops_lists_erases(void **state)
{
    enum { GROUP = 20 }; /* more than are synced one by one */
    struct statedir dir;
    struct arena *arena = arena_new();
    struct vault_file *file;
    char ids[GROUP][VAULT_ID], path[64];
    const char **list;
    size_t count;

    (void)state;
    statedir_new(&dir, 0);
    umask(0);
    for (int i = 0; i < GROUP; i++) {
        must(vault_new(dir.store, SPAN(""), &file, &err));
        must(vault_keep(&file, ids[i], &err));
        assert_false(vault_have(dir.store, ids[i])); /* not before the group is synced */
    }
    umask(022);
    must(vault_new(dir.store, SPAN("label"), &file, &err));
    must(vault_add(file, SPAN("half a mail"), &err));
    vault_drop(&file);
    vault_drop(&file);
    must(vault_sync(dir.store, &err));
    must(vault_sync(dir.store, &err));
    must(vault_list(dir.store, arena, &list, &count, &err));
    assert_int_equal(count, GROUP);
    assert_true(vault_unsettled(dir.store)); /* their rows are not there yet */
    assert_int_equal(files_in(&dir, "vault"), GROUP + 1);
    vault_committed(dir.store);
    assert_false(vault_unsettled(dir.store));
    assert_int_equal(files_in(&dir, "vault"), GROUP);
    for (int i = 0; i < GROUP; i++) {
        struct stat facts;

        assert_true(vault_have(dir.store, ids[i]));
        snprintf(path, sizeof path, "vault/%s", ids[i]);
        assert_int_equal(stat(statedir_path(&dir, path), &facts), 0);
        row_number("mode", facts.st_mode & 07777, 0600);
    }
    must(vault_erase(dir.store, ids[3], &err));
    must(vault_erase(dir.store, ids[3], &err)); /* an erasure that is done again */
    assert_false(vault_have(dir.store, ids[3]));
    assert_int_equal(files_in(&dir, "vault"), GROUP - 1);
    must_fail(vault_erase(dir.store, "../index/data.mdb", &err), EX_DATAERR, "no such file");
    arena_free(&arena);
    statedir_free(&dir);
}

/* What is erased cannot be opened by one who had kept the name: the head that makes its key is
 * gone. */
static void erases_the_key(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    char id[VAULT_ID], path[64], kept[300];
    struct span before, after;

    (void)state;
    statedir_new(&dir, 0);
    statedir_keep(&dir, "INBOX", SPAN("to be forgotten"), id);
    snprintf(path, sizeof path, "vault/%s", id);
    snprintf(kept, sizeof kept, "%s/kept", dir.top);
    before = statedir_read(statedir_path(&dir, path), arena);
    assert_int_equal(link(statedir_path(&dir, path), kept), 0);
    must(vault_erase(dir.store, id, &err));
    after = statedir_read(kept, arena);
    assert_int_equal(after.len, before.len);
    assert_int_equal(span_find(after, span_part(before, 16, 122), 0), SPAN_NOWHERE);
    assert_int_equal(link(kept, statedir_path(&dir, path)), 0);
    assert_false(opens(&dir, id, "erased", 0));
    arena_free(&arena);
    statedir_free(&dir);
}

/* A child that is killed between any two steps leaves whole files or none. */
static void survives_kills(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    const char **list;
    size_t count;

    (void)state;
    statedir_new(&dir, 0);
    store_close(&dir.store);
    for (int point = 0; point < 6; point++) {
        pid_t pid = fork();
        int status;

        if (pid == 0) {
            struct store_options options = statedir_options(&dir, STORE_WRITE);
            struct vault_file *file;
            struct err err = { 0 };
            char id[VAULT_ID];
            bool good = store_open(&options, &dir.store, &err);

            for (int i = 0; i < 3 && good; i++) {
                good = vault_new(dir.store, SPAN("label"), &file, &err);
                if (point == 0)
                    kill(getpid(), SIGKILL);
                good = good && vault_add(file, SPAN("mail"), &err);
                if (point == 1 && i == 2)
                    kill(getpid(), SIGKILL);
                good = good && vault_keep(&file, id, &err);
                if (point == 2 + i)
                    kill(getpid(), SIGKILL);
            }
            good = good && vault_sync(dir.store, &err);
            kill(getpid(), good ? SIGKILL : SIGABRT);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        statedir_open(&dir, STORE_WRITE);
        must(vault_list(dir.store, arena, &list, &count, &err));
        row_number("files under their names", count, point == 5 ? 3 : 0);
        for (size_t i = 0; i < count; i++)
            assert_true(opens(&dir, list[i], "kept", i));
        store_close(&dir.store);
    }
    /* What was half-written goes when the next one is begun. */
    statedir_open(&dir, STORE_WRITE);
    statedir_write(
        statedir_path(&dir, "vault/0123456789abcdef0123456789abcdef.part"), SPAN("half"));
    assert_int_equal(files_in(&dir, "vault"), 5);
    assert_true(vault_unsettled(dir.store));
    {
        struct vault_file *file;

        must(vault_new(dir.store, SPAN(""), &file, &err));
        vault_drop(&file);
    }
    assert_int_equal(files_in(&dir, "vault"), 4);
    must(vault_settle(dir.store, &err));
    assert_false(vault_unsettled(dir.store));
    assert_int_equal(files_in(&dir, "vault"), 3);
    arena_free(&arena);
    statedir_free(&dir);
}

static bool stop_at_second(void *context, struct span piece, struct err *err)
{
    int *pieces = context;

    (void)piece;
    return ++*pieces < 2 ? true : err_set(err, ERR_MESSAGE, "enough");
}

static void streams_until_told_to_stop(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    char id[VAULT_ID], *bytes = pattern(5 * PIECE);
    struct vault_facts facts;
    int pieces = 0;

    (void)state;
    statedir_new(&dir, 0);
    statedir_keep(&dir, "", (struct span) { bytes, 5 * PIECE }, id);
    must_fail(vault_stream(dir.store, id, stop_at_second, &pieces, arena, &facts, &err), EX_DATAERR,
        "enough");
    assert_int_equal(pieces, 2);
    free(bytes);
    arena_free(&arena);
    statedir_free(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_it_got),
        cmocka_unit_test(notices_every_bit),
        cmocka_unit_test(notices_cuts_and_additions),
        cmocka_unit_test(binds_pieces_and_names),
        cmocka_unit_test(opens_with_its_key_only),
        cmocka_unit_test(seals_without_a_secret),
        cmocka_unit_test(keeps_drops_lists_erases),
        cmocka_unit_test(erases_the_key),
        cmocka_unit_test(survives_kills),
        cmocka_unit_test(streams_until_told_to_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
