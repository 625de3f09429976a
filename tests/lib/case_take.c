/*
 * case_take CONFIG FROM MESSAGE-ID IN-REPLY-TO < TEXT: files a mail with this text as the process
 * pass does once a mail is opened, read and redacted (nothing is redacted here), and carries out
 * what follows. "-" for no Message-ID. Prints kind and case.
 */
#include "base/file.h"
#include "base/hash.h"
#include "run/desk.h"
#include "run/posting.h"
#include "store/vault.h"

#include <stdio.h>
#include <string.h>

static void set(struct texts *texts, struct arena *arena, const char *text)
{
    if (strcmp(text, "-") != 0)
        texts_add(texts, arena, text);
}

static bool keep(struct store *store, struct span raw, char id[static VAULT_ID], struct err *err)
{
    struct vault_file *file;
    struct txn *txn;

    if (!vault_new(store, SPAN("test"), &file, err) || !vault_add(file, raw, err)
        || !vault_keep(&file, id, err) || !vault_sync(store, err))
        return false;
    txn = txn_begin(store, TXN_WRITE);
    txn_put(txn, TABLE_VAULT, span_of(id), SPAN("test"));
    return txn_end(&txn, err);
}

static bool take(struct desk *desk, char **argv, struct span text, struct err *err)
{
    struct arena *arena = desk->office->arena;
    const char *plain = arena_text(arena, text);
    struct message message;
    struct piece piece = { plain, CRYPT_NONE, SIGNATURE_NONE, "", text.len };
    char id[VAULT_ID], hash[HASH_SHA256_HEX];
    struct filing_mail mail = { .message = &message,
        .vault = id,
        .row = "INBOX 1 1",
        .hash = hash,
        .received_at = desk->office->now_s,
        .subject = "",
        .redacted = plain,
        .receipt = "",
        .memory = "" };
    struct belongs_known known;
    struct belongs belongs;
    struct filed filed;
    struct txn *txn;

    message_empty(&message);
    message.parse = PARSE_OK;
    message.crypt = CRYPT_NONE;
    message.signature = SIGNATURE_NONE;
    message.language = "nl";
    message.from_name = "Vera Vinder";
    message.text = plain;
    message.pieces = &piece;
    message.piece_count = 1;
    message.message_id = strcmp(argv[3], "-") ? argv[3] : "";
    set(&message.from, arena, argv[2]);
    set(&message.in_reply_to, arena, argv[4]);
    hash_sha256(text, hash);
    if (!keep(desk->office->store, text, id, err))
        return false;
    txn = txn_begin(desk->office->store, TXN_WRITE);
    cabinet_known(txn, &message, &desk->filing.house, hash, arena, &known);
    belongs = belongs_decide(&message, &desk->filing.house, &known, arena);
    filing_file(txn, &desk->filing, &belongs, &mail, arena, &filed);
    if (!posting_do(desk, txn, &filed.effects, &filed, arena, err)) {
        txn_drop(&txn);
        return false;
    }
    printf("%s %s\n", case_kind_word(filed.kind), filed.number);
    return txn_end(&txn, err);
}

int main(int argc, char **argv)
{
    AUTO(office_close) struct office office = { 0 };
    struct err err = { 0 };
    struct span text;
    struct desk desk;

    if (argc == 5 && office_open(argv[1], OFFICE_WRITE, &office, &err)
        && desk_open(&office, &desk, &err) && file_read("-", 1 << 20, office.arena, &text, &err)
        && take(&desk, argv, text, &err))
        return 0;
    fprintf(stderr, "case_take: %s\n", err.text);
    return 1;
}
