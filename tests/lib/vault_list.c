/*
 * vault_list CONFIG: what the vault holds, for tests that compare it with the mailbox.
 * One line each: file id, state, folder, UIDVALIDITY, UID, claimed size, whole or head, bytes,
 * SHA-256 of the bytes; a stray file (without a row) has - for what is not known. The last line
 * is the health of the fetch pass.
 */
#include "base/hash.h"
#include "run/health.h"
#include "run/inbox.h"
#include "run/office.h"

#include <stdio.h>

static bool list(struct office *office, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct txn *txn = txn_begin(office->store, TXN_READ);
    struct health health;
    const char **ids;
    size_t count;

    if (!vault_list(office->store, arena, &ids, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        AUTO(arena_free) struct arena *bytes_arena = arena_new();
        struct inbox_row row = { .folder = "-" };
        struct vault_facts facts;
        struct span bytes;
        char hex[HASH_SHA256_HEX];
        bool known = inbox_get(txn, ids[i], arena, &row);

        if (!vault_read(office->store, ids[i], SIZE_MAX / 2, bytes_arena, &bytes, &facts, err))
            return false;
        hash_sha256(bytes, hex);
        printf("%s\t%s\t%s\t%u\t%u\t%llu\t%s\t%zu\t%s\n", ids[i], known ? "row" : "stray",
            row.folder, (unsigned)row.uidvalidity, (unsigned)row.uid,
            (unsigned long long)row.size_bytes, row.head_only ? "head" : "whole", bytes.len, hex);
    }
    health_get(txn, "fetch", arena, &health);
    printf("health\t%d\t%d\t%d\t%d\t%llu\t%llu\t%s\n", health.success_s > 0, health.failing_s > 0,
        health.failure_s > 0, health.exit_code, (unsigned long long)health.count,
        (unsigned long long)health.seen, health.words);
    return txn_end(&txn, err);
}

int main(int argc, char **argv)
{
    AUTO(office_close) struct office office = { 0 };
    struct err err = { 0 };

    if (argc == 2 && office_open(argv[1], OFFICE_READ, &office, &err) && list(&office, &err))
        return 0;
    fprintf(stderr, "vault_list: %s\n", err.text);
    return 1;
}
