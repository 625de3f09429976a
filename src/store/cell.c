#include "store/cell.h"

#include <sodium.h>
#include <string.h>

enum { PLAIN = 1, SEALED, CASE };
enum {
    LENGTH = 1, /* where it starts */
    HEAD = 5,
    SUM = 16,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    MAC = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    MOST_AD = HEAD + CELL_TAG + 32 + CELL_HASH,
};

static const uint8_t *bytes_of(struct span span)
{
    return (const uint8_t *)span.at;
}

static void put_length(uint8_t *at, size_t len)
{
    assert(len <= UINT32_MAX);
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(len >> (24 - 8 * i));
}

static size_t get_length(const uint8_t *at)
{
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

static void hash_row(const uint8_t *key, size_t key_len, enum table table, struct span row,
    struct span value, uint8_t *hash, size_t hash_len)
{
    crypto_generichash_state state;
    const char *name = table_name(table);
    uint8_t len[4];

    put_length(len, row.len);
    crypto_generichash_init(&state, key, key_len, hash_len);
    crypto_generichash_update(&state, (const uint8_t *)name, strlen(name) + 1);
    crypto_generichash_update(&state, len, sizeof len);
    crypto_generichash_update(&state, bytes_of(row), row.len);
    crypto_generichash_update(&state, bytes_of(value), value.len);
    crypto_generichash_final(&state, hash, hash_len);
}

void cell_hash(
    const struct store *store, enum table table, struct span key, uint8_t hash[static CELL_HASH])
{
    assert(store->unlocked);
    hash_row(store->keys->row_name, SEAL_KEY, table, key, (struct span) { 0 }, hash, CELL_HASH);
}

void cell_tag(const struct store *store, struct span name, uint8_t tag[static CELL_TAG])
{
    assert(store->unlocked);
    crypto_generichash(tag, CELL_TAG, bytes_of(name), name.len, store->keys->case_name, SEAL_KEY);
}

struct span cell_plain(enum table table, struct span key, struct span value, struct arena *arena)
{
    size_t len = HEAD + SUM + value.len;
    uint8_t *cell = arena_alloc(arena, len);

    cell[0] = PLAIN;
    put_length(cell + LENGTH, len);
    hash_row(NULL, 0, table, key, value, cell + HEAD, SUM);
    if (value.len)
        memcpy(cell + HEAD + SUM, value.at, value.len);
    return (struct span) { (const char *)cell, len };
}

static bool has_head(struct span cell, int kind, size_t least)
{
    return cell.len >= least && cell.at[0] == kind
        && get_length(bytes_of(cell) + LENGTH) == cell.len;
}

bool cell_open_plain(enum table table, struct span key, struct span cell, struct span *value)
{
    uint8_t sum[SUM];
    struct span rest;

    if (!has_head(cell, PLAIN, HEAD + SUM))
        return false;
    rest = span_part(cell, HEAD + SUM, cell.len);
    hash_row(NULL, 0, table, key, rest, sum, SUM);
    if (memcmp(sum, cell.at + HEAD, SUM) != 0)
        return false;
    *value = rest;
    return true;
}

const uint8_t *cell_case(struct span cell)
{
    return has_head(cell, CASE, HEAD + CELL_TAG + NONCE + MAC + 4) ? bytes_of(cell) + HEAD : NULL;
}

/* What is authenticated beside the text: the cell up to its nonce, the table, the hashed key. */
static size_t bound(
    const uint8_t *cell, size_t head, enum table table, const uint8_t *hash, uint8_t *ad)
{
    const char *name = table_name(table);
    size_t len = strlen(name) + 1;

    assert(len <= 32);
    memcpy(ad, cell, head);
    memcpy(ad + head, name, len);
    memcpy(ad + head + len, hash, CELL_HASH);
    return head + len + CELL_HASH;
}

struct span cell_sealed(const uint8_t seal[static SEAL_KEY], const uint8_t *tag, enum table table,
    const uint8_t hash[static CELL_HASH], struct span key, struct span value, struct arena *arena)
{
    size_t head = HEAD + (tag ? CELL_TAG : 0), text = 4 + key.len + value.len;
    size_t len = head + NONCE + text + MAC;
    uint8_t *cell = arena_alloc(arena, len), *at = cell + head + NONCE;
    uint8_t ad[MOST_AD];

    cell[0] = tag ? CASE : SEALED;
    put_length(cell + LENGTH, len);
    if (tag)
        memcpy(cell + HEAD, tag, CELL_TAG);
    randombytes_buf(cell + head, NONCE);
    put_length(at, key.len);
    memcpy(at + 4, key.at, key.len);
    if (value.len)
        memcpy(at + 4 + key.len, value.at, value.len);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        at, NULL, at, text, ad, bound(cell, head, table, hash, ad), NULL, cell + head, seal);
    return (struct span) { (const char *)cell, len };
}

bool cell_open_sealed(const uint8_t seal[static SEAL_KEY], enum table table,
    const uint8_t hash[static CELL_HASH], struct span cell, struct arena *arena, struct span *key,
    struct span *value)
{
    bool of_case = cell_case(cell) != NULL;
    size_t head = HEAD + (of_case ? CELL_TAG : 0), key_len;
    uint8_t ad[MOST_AD], *text;
    unsigned long long len;

    if (!of_case && !has_head(cell, SEALED, HEAD + NONCE + MAC + 4))
        return false;
    text = arena_alloc(arena, cell.len - head - NONCE - MAC + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(text, &len, NULL, bytes_of(cell) + head + NONCE,
            cell.len - head - NONCE, ad, bound(bytes_of(cell), head, table, hash, ad),
            bytes_of(cell) + head, seal)
        != 0)
        return false;
    key_len = get_length(text);
    if (key_len > len - 4)
        return false;
    *key = (struct span) { (const char *)text + 4, key_len };
    *value = (struct span) { (const char *)text + 4 + key_len, len - 4 - key_len };
    return true;
}
