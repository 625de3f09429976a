#include "lib/statedir.h"
#include "store/seal.h"

static void writes_and_reads_secrets(void **state)
{
    static const struct {
        const char *label, *text;
    } bad[] = {
        { "empty", "" },
        { "another version", "meldpost store keys, version 2\nmaster 00\nseal 00\n" },
        { "no keys", "meldpost store keys, version 1\n" },
        { "short", "meldpost store keys, version 1\nmaster 00\nseal 00\n" },
        { "no hex",
            "meldpost store keys, version 1\n"
            "master gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg\n"
            "seal gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg\n" },
    };
    struct arena *arena = arena_new();
    struct seal_secrets secrets, read = { { 0 }, { 0 } }, none = { { 0 }, { 0 } };
    struct span text;

    (void)state;
    seal_secrets_new(&secrets);
    assert_memory_not_equal(&secrets, &none, sizeof secrets);
    text = seal_secrets_text(&secrets, arena);
    must(seal_secrets_read(text, &read, &err));
    assert_memory_equal(&secrets, &read, sizeof secrets);
    for (size_t i = 0; i < COUNT(bad); i++)
        must_fail(seal_secrets_read(span_of(bad[i].text), &read, &err), EX_CONFIG, "keys.pgp");
    assert_memory_equal(&secrets, &read, sizeof secrets); /* untouched by a failure */
    seal_secrets_wipe(&read);
    assert_memory_equal(&read, &none, sizeof none);
    arena_free(&arena);
}

static void seals_letters_for_send_alone(void **state)
{
    struct statedir dir;
    struct arena *arena = arena_new();
    struct store_options options;
    struct span sealed, plain;
    const char *key, *other;
    struct store *send;

    (void)state;
    statedir_new(&dir, 0);
    key = statedir_path(&dir, "outbox.key");
    other = statedir_path(&dir, "other.key");
    must_fail(seal_to_outbox(dir.store, SPAN("x"), arena, &sealed, &err), EX_CONFIG, "outbox.pub");
    must_fail(seal_outbox_load(dir.store, key, &err), EX_CONFIG, "missing");
    must(seal_outbox_new(dir.store, key, &err));
    must(seal_outbox_new(dir.store, key, &err)); /* the same again */
    must(seal_to_outbox(dir.store, SPAN("Dear researcher"), arena, &sealed, &err));
    assert_int_equal(span_find(sealed, SPAN("researcher"), 0), SPAN_NOWHERE);

    /* send: the outbox key and plain tables, nothing else */
    store_close(&dir.store);
    options = statedir_options(&dir, STORE_WRITE);
    must(store_open(&options, &send, &err));
    must(seal_outbox_load(send, key, &err));
    must(seal_from_outbox(send, sealed, arena, &plain, &err));
    row_text("letter", arena_text(arena, plain), "Dear researcher");
    assert_false(store_unlocked(send));
    for (size_t i = 0; i < sealed.len; i++) {
        char *flipped = arena_text(arena, sealed);

        flipped[i] ^= 1;
        must_fail(
            seal_from_outbox(send, (struct span) { flipped, sealed.len }, arena, &plain, &err),
            EX_DATAERR, "damaged");
        must_fail(seal_from_outbox(send, span_part(sealed, 0, i), arena, &plain, &err), EX_DATAERR,
            "damaged");
    }
    must(seal_to_outbox(send, (struct span) { 0 }, arena, &sealed, &err));
    must(seal_from_outbox(send, sealed, arena, &plain, &err));
    assert_int_equal(plain.len, 0);

    /* another key, none, one that others can read */
    statedir_write(other, SPAN("0123456789abcdef0123456789abcdef"));
    assert_int_equal(chmod(other, 0600), 0);
    must_fail(seal_outbox_load(send, other, &err), EX_CONFIG, "not the outbox key of this store");
    assert_int_equal(chmod(other, 0644), 0);
    must_fail(seal_outbox_load(send, other, &err), EX_CONFIG, "chmod 600");
    assert_int_equal(chmod(other, 0640), 0);
    must_fail(seal_outbox_load(send, other, &err), EX_CONFIG, "chmod 600");
    statedir_write(other, SPAN("too short"));
    assert_int_equal(chmod(other, 0600), 0);
    must_fail(seal_outbox_load(send, other, &err), EX_CONFIG, "32 bytes");
    assert_int_equal(unlink(key), 0);
    must_fail(seal_outbox_new(send, key, &err), EX_CONFIG, "outbox.pub");
    assert_int_not_equal(access(key, F_OK), 0);
    store_close(&send);
    arena_free(&arena);
    statedir_free(&dir);
}

static void hashes_with_a_key(void **state)
{
    struct statedir dir, other;
    uint8_t a[SEAL_HASH], b[SEAL_HASH];

    (void)state;
    statedir_new(&dir, 0);
    statedir_new(&other, 0);
    seal_hash(dir.store, "content", SPAN("text"), a);
    seal_hash(dir.store, "content", SPAN("text"), b);
    assert_memory_equal(a, b, SEAL_HASH);
    seal_hash(dir.store, "address", SPAN("text"), b);
    assert_memory_not_equal(a, b, SEAL_HASH);
    seal_hash(dir.store, "content", SPAN("texts"), b);
    assert_memory_not_equal(a, b, SEAL_HASH);
    seal_hash(other.store, "content", SPAN("text"), b);
    assert_memory_not_equal(a, b, SEAL_HASH);
    store_close(&dir.store);
    statedir_open(&dir, STORE_READ);
    seal_hash(dir.store, "content", SPAN("text"), b);
    assert_memory_equal(a, b, SEAL_HASH); /* for the life of the store */
    statedir_free(&other);
    statedir_free(&dir);
}

static void compares(void **state)
{
    (void)state;
    assert_true(seal_equal(SPAN("abc"), SPAN("abc")));
    assert_true(seal_equal(SPAN(""), (struct span) { 0 }));
    assert_false(seal_equal(SPAN("abc"), SPAN("abd")));
    assert_false(seal_equal(SPAN("abc"), SPAN("ab")));
}

static void gives_random_ids(void **state)
{
    char ids[50][RANDOM_ID];
    bool seen[6] = { false };

    (void)state;
    for (size_t i = 0; i < COUNT(ids); i++) {
        random_id(ids[i]);
        assert_int_equal(strspn(ids[i], "0123456789abcdef"), RANDOM_ID - 1);
        assert_int_equal(ids[i][RANDOM_ID - 1], '\0');
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ids[i], ids[j]);
    }
    for (int i = 0; i < 1000; i++) {
        uint32_t number = random_below(COUNT(seen));

        assert_true(number < COUNT(seen));
        seen[number] = true;
    }
    for (size_t i = 0; i < COUNT(seen); i++)
        assert_true(seen[i]);
    assert_int_equal(random_below(1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads_secrets),
        cmocka_unit_test(seals_letters_for_send_alone),
        cmocka_unit_test(hashes_with_a_key),
        cmocka_unit_test(compares),
        cmocka_unit_test(gives_random_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
