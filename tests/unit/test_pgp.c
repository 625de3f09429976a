/* Every row makes its message with real gpg in a temporary folder and says what it is worth. */
#include "base/buf.h"
#include "base/file.h"
#include "lib/rows.h"
#include "pgp/pgp.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the rows' commands may use: O works in our home, S in the senders', P packs packets. */
#define PRELUDE                                                                                    \
    "cd %s || exit 1\n"                                                                            \
    "O() { gpg --homedir own --batch --yes --quiet --trust-model always \"$@\"; }\n"               \
    "S() { gpg --homedir they --batch --yes --quiet --trust-model always \"$@\"; }\n"              \
    "G() { gpg --batch --yes --quiet --trust-model always --passphrase '' \"$@\"; }\n"             \
    "flip() { python3 -c 'import sys; b = bytearray(sys.stdin.buffer.read()); "                    \
    "b[int(sys.argv[1])] ^= 1; sys.stdout.buffer.write(b)' \"$1\"; }\n"                            \
    "cut_off() { head -c -\"$1\"; }\n"

static const char *const setup
    = "mkdir -m 700 own they locked empty\n"
      "for who in own they locked; do : > $who/gpg.conf; done\n"
      "G --homedir own --quick-gen-key 'Us <us@example.org>' rsa2048 default "
      "never\n"
      "us=$(G --homedir own -k --with-colons us@ | sed -n "
      "'s/^fpr:*\\([0-9A-F]*\\):/\\1/p' | head -1)\n"
      "G --homedir own --quick-add-key $us rsa2048 encr never\n"
      "G --homedir own --quick-gen-key 'Curve <curve@example.org>' "
      "future-default default never\n"
      "G --homedir own --faked-system-time 20200101T000000 --quick-gen-key "
      "'Old <old@example.org>' future-default default 1y\n"
      "for who in good mixed stranger; do G --homedir they --quick-gen-key "
      "\"$who <$who@example.net>\" future-default default never; done\n"
      "G --homedir they --quick-gen-key 'Other <other@example.net>' rsa2048 "
      "default never\n"
      "G --homedir they --faked-system-time 20200101T000000 --quick-gen-key "
      "'late <late@example.net>' future-default default 1y\n"
      "G --homedir they --quick-gen-key 'gone <gone@example.net>' "
      "future-default default never\n"
      "G --homedir they --quick-add-uid good@example.net 'Second "
      "<second@example.net>'\n"
      "G --homedir they --quick-add-uid good@example.net 'Dropped "
      "<dropped@example.net>'\n"
      "G --homedir they --quick-revoke-uid good@example.net 'Dropped "
      "<dropped@example.net>'\n"
      "S --local-user gone@example.net --sign --detach -o gone.sig own/"
      "gpg.conf\n"
      "S --export good mixed late gone other | O --import\n"
      "fpr=$(S -k --with-colons gone@ | sed -n "
      "'s/^fpr:*\\([0-9A-F]*\\):/\\1/p' | head -1)\n"
      "sed 's/^:---/---/' they/openpgp-revocs.d/$fpr.rev | O --import\n"
      "O --export us curve old | S --import\n"
      "gpg --homedir locked --batch --quiet --pinentry-mode loopback "
      "--passphrase secret --quick-gen-key 'Locked <locked@example.org>' "
      "future-default default never\n"
      "G --homedir locked --export locked@ | S --import\n"
      "printf 'plain text\\n' > p\n"
      "S -s -u good@ -z 0 -o sig-bin p\n"
      "S --store -z 0 -o literal p\n"
      "for h in own they locked; do gpgconf --homedir $h --kill all; done\n";

struct place {
    char path[64];
    struct pgp *pgp;
};

static void run(const struct place *place, const char *commands)
{
    struct arena *arena = arena_new();
    char path[128];
    struct err err = { 0 };

    snprintf(path, sizeof path, "%s/script", place->path);
    if (!file_write_durable(path,
            span_of(arena_printf(arena, PRELUDE "exec 2>> log\nset -x\n%s", place->path, commands)),
            0600, &err))
        fail_msg("%s", err.text);
    if (system(arena_printf(arena, "bash %s", path)) != 0)
        fail_msg("%s: see %s/log", commands, place->path);
    arena_free(&arena);
}

static struct span load(const struct place *place, const char *name, struct arena *arena)
{
    struct span bytes = { 0 };
    struct err err = { 0 };

    if (!file_read(arena_printf(arena, "%s/%s", place->path, name), 100000000, arena, &bytes, &err))
        fail_msg("%s", err.text);
    return bytes;
}

static int open_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    char home[80];
    struct err err = { 0 };

    signal(SIGPIPE, SIG_IGN);
    umask(077);
    snprintf(place->path, sizeof place->path, "/tmp/test_pgp.XXXXXX");
    if (!mkdtemp(place->path))
        return -1;
    run(place, setup);
    snprintf(home, sizeof home, "%s/own", place->path);
    if (!pgp_open(&(struct pgp_options) { .home = home, .timeout_s = 20, .largest_plain = 8000000 },
            &place->pgp, &err)) {
        print_error("%s\n", err.text);
        return -1;
    }
    *state = place;
    return 0;
}

static int close_place(void **state)
{
    struct place *place = *state;
    char command[128];
    int failed = 0;

    pgp_close(&place->pgp);
    snprintf(command, sizeof command, "rm -rf %s", place->path);
    if (!getenv("KEEP"))
        failed = system(command);
    free(place);
    return failed;
}

/* ---- decrypting ---- */

#define PLAIN "plain text\n"

static const struct {
    const char *label, *commands; /* that make the file m */
    enum crypt crypt;
    const char *plain;
    const char *signatures; /* their verdicts, blank between */
    const char *address; /* of the first signer */
} sealed_rows[] = {
    { "sealed and signed, RSA", "S -aes -r us@ -u good@ -o m p", CRYPT_ENC, PLAIN, "good",
        "second@example.net good@example.net" },
    { "binary", "S -es -r us@ -u good@ -o m p", CRYPT_ENC, PLAIN, "good",
        "second@example.net good@example.net" },
    { "sealed to a curve", "S -aes -r curve@ -u mixed@ -o m p", CRYPT_ENC, PLAIN, "good",
        "mixed@example.net" },
    { "not signed", "S -ae -r us@ -o m p", CRYPT_ENC, PLAIN, "", NULL },
    { "empty", "S -aes -r us@ -u good@ -o m /dev/null", CRYPT_ENC, "", "good",
        "second@example.net good@example.net" },
    { "uncompressed", "S -aes -z 0 -r us@ -u good@ -o m p", CRYPT_ENC, PLAIN, "good",
        "second@example.net good@example.net" },
    { "several recipients, ours last", "S -ae -r good@ -r mixed@ -r us@ -o m p", CRYPT_ENC, PLAIN,
        "", NULL },
    { "hidden recipient with three secret keys", "S -ae -R curve@ -o m p", CRYPT_ENC, PLAIN, "",
        NULL },
    { "hidden recipients of whom one is ours", "S -ae -R good@ -R us@ -o m p", CRYPT_ENC, PLAIN, "",
        NULL },
    { "a key or a passphrase", "S -ac -e -r us@ --pinentry-mode loopback --passphrase x -o m p",
        CRYPT_ENC, PLAIN, "", NULL },
    { "signed twice", "S -aes -r us@ -u good@ -u mixed@ -o m p", CRYPT_ENC, PLAIN, "good good",
        NULL },
    { "signed by a known and a stranger", "S -aes -r us@ -u good@ -u stranger@ -o m p", CRYPT_ENC,
        PLAIN, "good nokey", NULL },
    { "by a stranger", "S -aes -r us@ -u stranger@ -o m p", CRYPT_ENC, PLAIN, "nokey", "" },
    { "by a key that has expired since",
        "S --faked-system-time 20200601T000000 -as -u late@ -o s p\n"
        "S -ae --no-literal -z 0 -r us@ -o m <(S --dearmor < s)",
        CRYPT_ENC, PLAIN, "expired", "late@example.net" },
    { "by a signature that has expired",
        "S -aes -r us@ -u good@ --default-sig-expire seconds=1 -o m p; sleep 2", CRYPT_ENC, PLAIN,
        "expired", "second@example.net good@example.net" },
    { "by a revoked key", "S -aes -r us@ -u gone@ -o m p", CRYPT_ENC, PLAIN, "revoked", "" },
    { "with MD5", "S -aes -r us@ -u other@ --digest-algo MD5 --weak-digest SHA1 -o m p", CRYPT_ENC,
        PLAIN, "unsupported", NULL },
    { "a changed text under the signature",
        "sed 's/plain text/other text/' sig-bin > s\nS -ae --no-literal -z 0 -r us@ -o m s",
        CRYPT_ENC, "other text\n", "bad", NULL },
    { "to somebody else", "S -ae -r good@ -o m p", CRYPT_NOKEY, "", "", NULL },
    { "to somebody else, signed", "S -aes -r good@ -u good@ -o m p", CRYPT_NOKEY, "", "", NULL },
    { "hidden and for somebody else", "S -ae -R good@ -o m p", CRYPT_NOKEY, "", "", NULL },
    { "only a passphrase", "S -ac --pinentry-mode loopback --passphrase x -o m p", CRYPT_PASS, "",
        "", NULL },
    { "only a passphrase or somebody else's key",
        "S -ac -e -r good@ --pinentry-mode loopback --passphrase x -o m p", CRYPT_PASS, "", "",
        NULL },
    { "no integrity protection", "S -ae --rfc2440 --cipher-algo 3DES -r us@ -o m p",
        CRYPT_INTEGRITY, "", "", NULL },
    { "no integrity protection, signed",
        "S -aes --rfc2440 --cipher-algo 3DES -r us@ -u good@ -o m p", CRYPT_INTEGRITY, "", "",
        NULL },
    { "a bit of the check flipped", "S -es -z 0 -r us@ -u good@ < p | flip -1 > m", CRYPT_INTEGRITY,
        "", "", NULL },
    { "a bit in the middle flipped",
        "head -c 300000 /dev/urandom | S -es -z 0 -r us@ -u good@ | flip 100000 > m",
        CRYPT_INTEGRITY, "", "", NULL },
    { "a bit of compressed text flipped", "seq 100000 | S -es -r us@ -u good@ | flip 20000 > m",
        CRYPT_INTEGRITY, "", "", NULL },
    { "cut in half", "seq 100000 | S -es -r us@ -u good@ > w; head -c 60000 w > m", CRYPT_INTEGRITY,
        "", "", NULL },
    { "its last byte cut off", "S -es -r us@ -u good@ < p | cut_off 1 > m", CRYPT_INTEGRITY, "", "",
        NULL },
    { "a bit of the session key flipped", "S -e -r us@ < p | flip 100 > m", CRYPT_BROKEN, "", "",
        NULL },
    { "only the session key", "S -e -r us@ < p | head -c 271 > m", CRYPT_BROKEN, "", "", NULL },
    { "nothing", ": > m", CRYPT_BROKEN, "", "", NULL },
    { "no packets", "echo hello > m", CRYPT_BROKEN, "", "", NULL },
    { "rubbish behind it", "(S -es -r us@ -u good@ < p; echo rubbish) > m", CRYPT_BROKEN, "", "",
        NULL },
    { "blanks behind it", "(S -es -r us@ -u good@ < p; echo) > m", CRYPT_ENC, PLAIN, "good",
        "second@example.net good@example.net" },
    { "two messages", "(S -es -r us@ -u good@ < p; S -es -r us@ -u good@ < p) > m", CRYPT_BROKEN,
        "", "", NULL },
    { "a literal in front", "(cat literal; S -es -r us@ -u good@ < p) > m", CRYPT_BROKEN, "", "",
        NULL },
    { "a literal behind", "(S -es -r us@ -u good@ < p; cat literal) > m", CRYPT_BROKEN, "", "",
        NULL },
    { "two literals inside", "cat literal literal | S -e --no-literal -z 0 -r us@ > m",
        CRYPT_BROKEN, "", "", NULL },
    { "a literal before the signed one inside",
        "cat literal sig-bin | S -e --no-literal -z 0 -r us@ > m", CRYPT_BROKEN, "", "", NULL },
    { "sealed twice inside", "S -es -r us@ -u good@ < p | S -e --no-literal -z 0 -r us@ > m",
        CRYPT_BROKEN, "", "", NULL },
    { "sealed inside without integrity protection",
        "S -e --rfc2440 --cipher-algo 3DES -r us@ < p | S -e --no-literal -z 0 -r us@ > m",
        CRYPT_INTEGRITY, "", "", NULL },
    { "larger than allowed", "head -c 9000000 /dev/zero | S -ae -r us@ > m", CRYPT_BOMB, "", "",
        NULL },
    { "far larger than allowed", "head -c 500000000 /dev/zero | S -ae -z 9 -r us@ > m", CRYPT_BOMB,
        "", "", NULL },
    { "compressed 8 times over",
        "python3 -c 'import sys; sys.stdout.buffer.write(b\"\\xa3\\x00\" * 8 + "
        "open(\"literal\", \"rb\").read())' | S -e --no-literal -z 0 -r us@ > m",
        CRYPT_ENC, PLAIN, "", NULL },
    { "compressed 40 times over",
        "python3 -c 'import sys; sys.stdout.buffer.write(b\"\\xa3\\x00\" * 40 + "
        "open(\"literal\", \"rb\").read())' | S -e --no-literal -z 0 -r us@ > m",
        CRYPT_BOMB, "", "", NULL },
    { "two armor blocks", "(S -ae -r us@ < p; S -ae -r us@ < p) > m", CRYPT_BROKEN, "", "", NULL },
    { "a wrong checksum", "S -ae -r us@ < p | sed 's/^=..../=AAAA/' > m", CRYPT_ENC, PLAIN, "",
        NULL },
    { "no checksum", "S -ae -r us@ < p | sed '/^=..../d' > m", CRYPT_ENC, PLAIN, "", NULL },
    { "no empty line in the armor", "S -ae -r us@ < p | sed '/^$/d' > m", CRYPT_ENC, PLAIN, "",
        NULL },
    { "armor headers and CRLF",
        "S -ae -r us@ < p | sed '1a Comment: x: y\\nVersion: 1' | sed "
        "'s/$/\\r/' > m",
        CRYPT_ENC, PLAIN, "", NULL },
    { "letters outside base64", "S -ae -r us@ < p | sed '5s/^./!/' > m", CRYPT_BROKEN, "", "",
        NULL },
    { "armor without its end", "S -ae -r us@ < p | sed '/^-----END/d' > m", CRYPT_ENC, PLAIN, "",
        NULL },
    { "a newer version of the packet",
        "S -e -r us@ < p > w; python3 -c 'b = bytearray(open(\"w\", "
        "\"rb\").read()); b[273] = 2; open(\"m\", \"wb\").write(b)'",
        CRYPT_UNSUPPORTED, "", "", NULL },
    { "to X25519 of RFC 9580 only",
        "S -e -r us@ < p | python3 -c 'import sys; b = "
        "bytearray(sys.stdin.buffer.read()); b[12] = 25; b[4] ^= 9; "
        "sys.stdout.buffer.write(b)' > m",
        CRYPT_UNSUPPORTED, "", "", NULL },
    { "signed only", "S -as -u good@ -o m p", CRYPT_NONE, PLAIN, "good",
        "second@example.net good@example.net" },
    { "compressed only", "S --store -o m p", CRYPT_NONE, PLAIN, "", NULL },
    { "literal only", "cp literal m", CRYPT_NONE, PLAIN, "", NULL },
    { "signed only, text changed", "sed 's/plain text/other text/' sig-bin > m", CRYPT_NONE,
        "other text\n", "bad", NULL },
    { "a literal before a signed one", "cat literal sig-bin > m", CRYPT_NONE, "", "broken", NULL },
    { "a literal behind a signed one", "cat sig-bin literal > m", CRYPT_NONE, "", "broken", NULL },
    { "signed, then rubbish", "(cat sig-bin; echo rubbish) > m", CRYPT_NONE, "", "broken", NULL },
    { "a bomb that is not encrypted", "head -c 500000000 /dev/zero | S --store -z 9 -o m",
        CRYPT_BOMB, "", "", NULL },
    { "a public key", "S -a --export good@ > m", CRYPT_BROKEN, "", "", NULL },
};

static const char *verdicts(const struct pgp_opened *opened, struct arena *arena)
{
    struct buf words = { .arena = arena };

    for (size_t i = 0; i < opened->signature_count; i++)
        buf_printf(&words, "%s%s", i ? " " : "", signature_word(opened->signatures[i].verdict));
    return buf_string(&words);
}

static const char *addresses(const struct pgp_opened *opened, struct arena *arena)
{
    struct buf words = { .arena = arena };

    for (size_t i = 0; opened->signature_count && i < opened->signatures[0].addresses.count; i++)
        buf_printf(&words, "%s%s", i ? " " : "", opened->signatures[0].addresses.at[i]);
    return buf_string(&words);
}

static void says_what_a_message_is_worth(void **state)
{
    const struct place *place = *state;
    int wrong = 0;

    for (size_t i = 0; i < COUNT(sealed_rows); i++) {
        struct arena *arena = arena_new();
        struct pgp_opened opened;
        struct err err = { 0 };
        struct span m;

        run(place, sealed_rows[i].commands);
        m = load(place, "m", arena);
        if (!pgp_decrypt(place->pgp, m, arena, &opened, &err)) {
            print_error("%s: %s\n", sealed_rows[i].label, err.text);
            wrong++;
            arena_free(&arena);
            continue;
        }
#define TELL(what, got, want)                                                                      \
    if (strcmp(got, want) != 0) {                                                                  \
        print_error("%s: %s: got \"%s\", want \"%s\" (%s)\n", sealed_rows[i].label, what, got,     \
            want, opened.reason);                                                                  \
        wrong++;                                                                                   \
    }
        TELL("crypt", crypt_word(opened.crypt), crypt_word(sealed_rows[i].crypt));
        TELL("plain", arena_text(arena, opened.plain), sealed_rows[i].plain);
        TELL("signatures", verdicts(&opened, arena), sealed_rows[i].signatures);
        if (sealed_rows[i].address)
            TELL("addresses", addresses(&opened, arena), sealed_rows[i].address);
        if (opened.crypt < CRYPT_NONE && !opened.reason[0])
            TELL("reason", "", "a sentence");
        arena_free(&arena);
    }
    row_number("rows that went wrong", wrong, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_a_message_is_worth),
    };

    return cmocka_run_group_tests_name("pgp", tests, open_place, close_place);
}
