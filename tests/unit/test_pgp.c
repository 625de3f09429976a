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
    { "random text, a bit of it flipped",
        "head -c 200 /dev/urandom | base64 | S -es -r us@ -u good@ | flip 400 > m", CRYPT_INTEGRITY,
        "", "", NULL },
    { "a small one cut in half",
        "head -c 4000 /dev/urandom | S -es -r us@ -u good@ > w; head -c 2000 w > m",
        CRYPT_INTEGRITY, "", "", NULL },
    { "cut within the session key", "S -e -r us@ < p > w; head -c 200 w > m", CRYPT_INTEGRITY, "",
        "", NULL },
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

/* ---- signatures beside and around text ---- */

static const struct {
    const char *label, *commands; /* that make the files m and s */
    const char *signatures;
} detached_rows[] = {
    { "good", "cp p m; S -ab -u good@ -o s m", "good" },
    { "binary", "cp p m; S -b -u good@ -o s m", "good" },
    { "over other bytes", "S -ab -u good@ -o s p; echo other > m", "bad" },
    { "over other line ends", "S -ab -u good@ -o s p; sed 's/$/\r/' p > m", "bad" },
    { "over the same text with other line ends", "S -abt -u good@ -o s p; sed 's/$/\r/' p > m",
        "good" },
    { "by a stranger", "cp p m; S -ab -u stranger@ -o s m", "nokey" },
    { "by a revoked key", "cp p m; S -ab -u gone@ -o s m", "revoked" },
    { "by an expired key", "cp p m; S --faked-system-time 20200601T000000 -ab -u late@ -o s m",
        "expired" },
    { "with MD5", "cp p m; S -ab -u other@ --digest-algo MD5 -o s m", "unsupported" },
    { "twice", "cp p m; S -ab -u good@ -u mixed@ -o s m", "good good" },
    { "twice, one by a stranger", "cp p m; S -ab -u good@ -u stranger@ -o s m", "good nokey" },
    { "one of a version to come",
        "cp p m; S -b -u good@ -o w m; python3 -c 'b = open(\"w\", \"rb\").read(); c = "
        "bytearray(b); c[2] = 6; open(\"s\", \"wb\").write(b + c)'",
        "unsupported unsupported" },
    { "cut", "cp p m; S -b -u good@ -o w m; head -c 60 w > s", "broken" },
    { "rubbish", "cp p m; echo rubbish > s", "broken" },
    { "nothing", "cp p m; : > s", "broken" },
    { "a whole message in place of a signature", "cp p m; cp sig-bin s", "broken" },
    { "an encrypted message in place of a signature", "cp p m; S -ae -r us@ < p > s", "broken" },
    { "two blocks", "cp p m; (S -ab -u good@ < m; S -ab -u good@ < m) > s", "broken" },
};

static void verifies_beside_the_text(void **state)
{
    const struct place *place = *state;

    for (size_t i = 0; i < COUNT(detached_rows); i++) {
        struct arena *arena = arena_new();
        struct pgp_opened opened;
        struct err err = { 0 };

        run(place, detached_rows[i].commands);
        if (!pgp_verify(
                place->pgp, load(place, "m", arena), load(place, "s", arena), arena, &opened, &err))
            fail_msg("%s: %s", detached_rows[i].label, err.text);
        row_text(detached_rows[i].label, verdicts(&opened, arena), detached_rows[i].signatures);
        row_number(detached_rows[i].label, opened.crypt, CRYPT_NONE);
        row_number(detached_rows[i].label, opened.plain.len, 0);
        arena_free(&arena);
    }
}

static const struct {
    const char *label, *commands; /* that make the file m */
    const char *plain, *signatures;
} clear_rows[] = {
    { "good", "S --clearsign -u good@ -o m p", "plain text", "good" },
    { "dashes", "printf -- '- a\n-----BEGIN PGP MESSAGE-----\n' > w; S --clearsign -u good@ -o m w",
        "- a\n-----BEGIN PGP MESSAGE-----", "good" },
    { "CRLF", "S --clearsign -u good@ < p | sed 's/$/\r/' > m", "plain text", "good" },
    { "blanks at the ends of lines", "S --clearsign -u good@ < p | sed 's/text/text  /' > m",
        "plain text  ", "good" },
    { "changed", "S --clearsign -u good@ < p | sed 's/plain/other/' > m", "other text", "bad" },
    { "by a stranger", "S --clearsign -u stranger@ -o m p", "plain text", "nokey" },
    { "by two", "S --clearsign -u good@ -u mixed@ -o m p", "plain text", "good good" },
    { "another field in its header",
        "S --clearsign -u good@ < p | sed '2a Comment: not signed' > m", "", "broken" },
    { "no empty line behind its header", "S --clearsign -u good@ < p | sed '0,/^$/{/^$/d}' > m", "",
        "broken" },
    { "text behind it", "(S --clearsign -u good@ < p; echo more) > m", "", "broken" },
    { "text in front", "(echo before; S --clearsign -u good@ < p) > m", "", "broken" },
    { "two blocks", "(S --clearsign -u good@ < p; S --clearsign -u good@ < p) > m", "", "broken" },
    { "another signed message in place of the signature",
        "(S --clearsign -u good@ < p | sed '/BEGIN PGP SIGNATURE/,$d'; echo other | S -as -u good@ "
        "| sed 's/MESSAGE/SIGNATURE/') > m",
        "plain text", "broken" },
    { "no signature", "S --clearsign -u good@ < p | sed '/BEGIN PGP SIGNATURE/,$d' > m", "",
        "broken" },
};

static void verifies_around_the_text(void **state)
{
    const struct place *place = *state;

    for (size_t i = 0; i < COUNT(clear_rows); i++) {
        struct arena *arena = arena_new();
        struct pgp_opened opened;
        struct err err = { 0 };

        run(place, clear_rows[i].commands);
        if (!pgp_verify_clear(place->pgp, load(place, "m", arena), arena, &opened, &err))
            fail_msg("%s: %s", clear_rows[i].label, err.text);
        row_text(clear_rows[i].label, verdicts(&opened, arena), clear_rows[i].signatures);
        row_text(clear_rows[i].label, arena_text(arena, span_trim(opened.plain)),
            arena_text(arena, span_trim(span_of(clear_rows[i].plain))));
        arena_free(&arena);
    }
}

/* ---- sealing, signing, keys ---- */

static const char *fingerprint(
    const struct place *place, const char *home, const char *who, struct arena *arena)
{
    run(place,
        arena_printf(arena,
            "gpg --homedir %s --batch -k --with-colons %s | sed -n "
            "'s/^fpr:*\\([0-9A-F]*\\):/\\1/p' | head -1 > m",
            home, who));
    return arena_text(arena, span_trim(load(place, "m", arena)));
}

static const struct {
    const char *label, *home, *who;
    enum pgp_usable encrypts, signs;
    bool has_secret;
} key_rows[] = {
    { "our own", "own", "us@", PGP_KEY_USABLE, PGP_KEY_USABLE, true },
    { "our own, expired", "own", "old@", PGP_KEY_EXPIRED, PGP_KEY_EXPIRED, true },
    { "a researcher's", "own", "good@", PGP_KEY_USABLE, PGP_KEY_CANNOT, false },
    { "one without encryption", "own", "other@", PGP_KEY_CANNOT, PGP_KEY_CANNOT, false },
    { "expired", "own", "late@", PGP_KEY_EXPIRED, PGP_KEY_EXPIRED, false },
    { "revoked", "own", "gone@", PGP_KEY_REVOKED, PGP_KEY_REVOKED, false },
    { "not here", "they", "stranger@", PGP_KEY_MISSING, PGP_KEY_MISSING, false },
};

static void knows_its_keys(void **state)
{
    const struct place *place = *state;

    for (size_t i = 0; i < COUNT(key_rows); i++) {
        struct arena *arena = arena_new();
        const char *fpr = fingerprint(place, key_rows[i].home, key_rows[i].who, arena);
        struct pgp_key key;
        struct err err = { 0 };
        struct span sealed;
        const char *both[] = { fingerprint(place, "own", "us@", arena), fpr };

        if (!pgp_key_facts(place->pgp, fpr, arena, &key, &err))
            fail_msg("%s: %s", key_rows[i].label, err.text);
        row_number(key_rows[i].label, key.encrypts, key_rows[i].encrypts);
        row_number(key_rows[i].label, key.signs, key_rows[i].signs);
        row_number(key_rows[i].label, key.has_secret, key_rows[i].has_secret);
        row_number(key_rows[i].label,
            pgp_seal(place->pgp, SPAN("x"), both, 2, NULL, arena, &sealed, &err),
            key_rows[i].encrypts == PGP_KEY_USABLE);
        row_number(key_rows[i].label, err.scope,
            key_rows[i].encrypts == PGP_KEY_USABLE ? ERR_NONE : ERR_MESSAGE);
        row_number(key_rows[i].label,
            pgp_seal(place->pgp, SPAN("x"), both, 1, fpr, arena, &sealed, &err),
            key_rows[i].signs == PGP_KEY_USABLE);
        arena_free(&arena);
    }
}

static struct pgp *open_at(const struct place *place, const char *home, const char *passphrase,
    bool foreign, int timeout_s)
{
    struct pgp *pgp = NULL;
    struct err err = { 0 };
    char path[80];

    snprintf(path, sizeof path, "%s/%s", place->path, home);
    if (!pgp_open(&(struct pgp_options) { .home = path,
                      .passphrase = passphrase,
                      .foreign = foreign,
                      .timeout_s = timeout_s,
                      .largest_plain = 10000000000 },
            &pgp, &err))
        fail_msg("%s", err.text);
    return pgp;
}

/* All keys of a small ring are listed at once, and one that comes later is found all the same. */
static void lists_a_small_ring_once(void **state)
{
    const struct place *place = *state;
    AUTO(arena_free) struct arena *arena = arena_new();
    const char *fpr = fingerprint(place, "own", "us@", arena);
    struct pgp_key keys[4];
    struct err err = { 0 };
    size_t count = 0;
    struct pgp *pgp;

    run(place, "mkdir -m 700 small && cp own/pubring.kbx small/\n");
    pgp = open_at(place, "small", NULL, false, 20);
    if (!pgp_key_facts(pgp, fpr, arena, &keys[0], &err))
        fail_msg("%s", err.text);
    run(place, "mv small/pubring.kbx small/away\n");
    if (!pgp_keys_for(pgp, "good@example.net", arena, keys, COUNT(keys), &count, &err))
        fail_msg("%s", err.text);
    row_number("without another start of gpg", count, 1);
    run(place,
        "mv small/away small/pubring.kbx; S --export stranger@ | G --homedir small --import\n");
    if (!pgp_key_facts(pgp, fingerprint(place, "small", "stranger@", arena), arena, keys, &err))
        fail_msg("%s", err.text);
    row_number("came later", keys[0].encrypts, PGP_KEY_USABLE);
    pgp_close(&pgp);
}

static void seals_what_it_can_open(void **state)
{
    const struct place *place = *state;
    struct arena *arena = arena_new();
    const char *us = fingerprint(place, "own", "us@", arena);
    const char *to[] = { us, fingerprint(place, "own", "good@", arena) };
    struct pgp_opened opened;
    struct err err = { 0 };
    struct span sealed;
    char micalg[32];

    if (!pgp_seal(place->pgp, SPAN("text\0\r\n"), to, 2, us, arena, &sealed, &err)
        || !pgp_decrypt(place->pgp, sealed, arena, &opened, &err))
        fail_msg("%s", err.text);
    row_text("crypt", crypt_word(opened.crypt), "enc");
    row_text("by us", opened.signatures[0].fingerprint, us);
    row_text("good", verdicts(&opened, arena), "good");
    row_number("same", span_equal(opened.plain, SPAN("text\0\r\n")), 1);
    if (!pgp_sign(place->pgp, SPAN("text\r\n"), us, arena, &sealed, micalg, &err)
        || !pgp_verify(place->pgp, SPAN("text\r\n"), sealed, arena, &opened, &err))
        fail_msg("%s", err.text);
    row_text("good", verdicts(&opened, arena), "good");
    row_text("micalg", micalg, "pgp-sha512");
    row_number(
        "no recipients", pgp_seal(place->pgp, SPAN("x"), to, 0, us, arena, &sealed, &err), 0);
    arena_free(&arena);
}

static const struct {
    const char *label, *commands; /* that make the file m */
    size_t keys; /* 0: refused */
    bool imports;
} material_rows[] = {
    { "one key", "S -a --export stranger@ > m", 1, true },
    { "binary", "S --export stranger@ > m", 1, true },
    { "two keys in two blocks", "(S -a --export stranger@; S -a --export good@) > m", 2, true },
    { "a secret key", "G --homedir they -a --export-secret-keys stranger@ > m", 0, false },
    { "a secret key behind a public one",
        "(S -a --export stranger@; G --homedir they -a --export-secret-keys stranger@) > m", 0,
        false },
    { "a message", "S -as -u good@ < p > m", 0, false },
    { "nothing", ": > m", 0, false },
    { "cut", "S --export stranger@ | head -c 100 > m", 0, false },
    { "too large", "head -c 300000 /dev/zero > m", 0, false },
};

static void looks_before_it_imports(void **state)
{
    const struct place *place = *state;

    for (size_t i = 0; i < COUNT(material_rows); i++) {
        struct arena *arena = arena_new();
        struct pgp_key keys[4];
        struct err err = { 0 };
        size_t count = 0, imported = 0;
        struct span material;

        run(place, material_rows[i].commands);
        material = load(place, "m", arena);
        row_number(material_rows[i].label,
            pgp_key_look(place->pgp, material, arena, keys, COUNT(keys), &count, &err),
            material_rows[i].keys > 0);
        row_number(material_rows[i].label, count, material_rows[i].keys);
        row_number(material_rows[i].label, err.scope, count ? ERR_NONE : ERR_MESSAGE);
        row_number(material_rows[i].label,
            pgp_key_import(place->pgp, material, arena, &imported, &err), material_rows[i].imports);
        row_number(material_rows[i].label, imported, material_rows[i].keys);
        arena_free(&arena);
    }
}

static void an_import_lasts(void **state)
{
    const struct place *place = *state;
    struct arena *arena = arena_new();
    const char *fpr = fingerprint(place, "they", "stranger@", arena);
    struct pgp_opened opened;
    struct pgp_key keys[4], key;
    struct err err = { 0 };
    struct span armored;
    size_t count;

    /* Also seen by gpg itself in the real home; run() fails when gpg finds no such key. */
    run(place, "O -k stranger@ > /dev/null; S -aes -r us@ -u stranger@ -o m p");
    if (!pgp_key_facts(place->pgp, fpr, arena, &key, &err)
        || !pgp_decrypt(place->pgp, load(place, "m", arena), arena, &opened, &err)
        || !pgp_keys_for(place->pgp, "Stranger@example.NET", arena, keys, 4, &count, &err)
        || !pgp_key_export(place->pgp, fpr, arena, &armored, &err))
        fail_msg("%s", err.text);
    row_number("usable", key.encrypts, PGP_KEY_USABLE);
    row_text("a stranger no more", verdicts(&opened, arena), "good");
    row_number("by address", count, 1);
    row_text("by address", keys[0].fingerprint, fpr);
    row_number("armored", span_starts(armored, SPAN("-----BEGIN PGP PUBLIC KEY BLOCK-----")), 1);
    if (!pgp_keys_for(place->pgp, "dropped@example.net", arena, keys, 4, &count, &err))
        fail_msg("%s", err.text);
    row_number("an address of a revoked user id", count, 0);
    if (!pgp_keys_for(place->pgp, "example.net", arena, keys, 4, &count, &err))
        fail_msg("%s", err.text);
    row_number("a part of an address", count, 0);
    row_number(
        "a short id is no fingerprint", pgp_key_facts(place->pgp, fpr + 24, arena, &key, &err), 0);
    arena_free(&arena);
}

/* ---- locked keys, other homes, sick engines ---- */

static void needs_the_right_passphrase(void **state)
{
    static const struct {
        const char *label, *passphrase;
        enum crypt crypt;
    } rows[] = {
        { "none", NULL, CRYPT_NOKEY },
        { "wrong", "wrong", CRYPT_NOKEY },
        { "right", "secret", CRYPT_ENC },
    };
    const struct place *place = *state;

    run(place, "S -ae -r locked@ -o m p");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        struct pgp *pgp = open_at(place, "locked", rows[i].passphrase, false, 20);
        struct pgp_opened opened;
        struct err err = { 0 };

        if (!pgp_decrypt(pgp, load(place, "m", arena), arena, &opened, &err))
            fail_msg("%s: %s", rows[i].label, err.text);
        row_text(rows[i].label, crypt_word(opened.crypt), crypt_word(rows[i].crypt));
        pgp_close(&pgp);
        arena_free(&arena);
    }
}

static void never_gives_its_passphrase_for_a_message(void **state)
{
    const struct place *place = *state;
    struct arena *arena = arena_new();
    struct pgp *pgp = open_at(place, "locked", "secret", false, 20);
    struct pgp_opened opened;
    struct err err = { 0 };

    run(place, "S -ac --pinentry-mode loopback --passphrase secret -o m p");
    if (!pgp_decrypt(pgp, load(place, "m", arena), arena, &opened, &err))
        fail_msg("%s", err.text);
    row_text("sealed with the very passphrase", crypt_word(opened.crypt), "pass");
    pgp_close(&pgp);
    arena_free(&arena);
}

static void leaves_a_foreign_home_alone(void **state)
{
    const struct place *place = *state;
    struct arena *arena = arena_new();
    struct pgp_opened opened;
    struct err err = { 0 };
    struct pgp *pgp;

    run(place,
        "S -ae --rfc2440 --cipher-algo 3DES -r us@ -o m p\nrm -rf other; cp -r own other\n"
        "rm -f other/S.*; echo ignore-mdc-error > other/gpg.conf\n"
        "chmod 755 other; ls -lR other | tee before > /dev/null");
    row_number("not ours",
        pgp_open(&(struct pgp_options) { .home = arena_printf(arena, "%s/other", place->path),
                     .timeout_s = 20 },
            &pgp, &err),
        0);
    pgp = open_at(place, "other", NULL, true, 20);
    if (!pgp_decrypt(pgp, load(place, "m", arena), arena, &opened, &err))
        fail_msg("%s", err.text);
    row_text("its dangerous options do not count", crypt_word(opened.crypt), "integrity");
    pgp_close(&pgp);
    run(place, "ls -lR other > after; cmp before after");
    arena_free(&arena);
}

static void works_without_any_keys(void **state)
{
    const struct place *place = *state;
    struct arena *arena = arena_new();
    struct pgp *pgp = open_at(place, "empty", NULL, false, 20);
    struct pgp_opened opened;
    struct err err = { 0 };

    run(place, "S -ae -r us@ -o m p");
    if (!pgp_decrypt(pgp, load(place, "m", arena), arena, &opened, &err))
        fail_msg("%s", err.text);
    row_text("no keys", crypt_word(opened.crypt), "nokey");
    pgp_close(&pgp);
    arena_free(&arena);
}

static void gives_gpg_the_pinned_clock(void **state)
{
    const struct place *place = *state;
    struct arena *arena = arena_new();
    const char *fpr = fingerprint(place, "own", "old@", arena);
    struct err err = { 0 };
    struct pgp_key key;
    struct pgp *pgp;

    setenv("MELDPOST_NOW", "1590969600", 1); /* 2020-06-01, half-way through its year */
    pgp = open_at(place, "own", NULL, false, 20);
    unsetenv("MELDPOST_NOW");
    if (!pgp_key_facts(pgp, fpr, arena, &key, &err))
        fail_msg("%s", err.text);
    row_number("not expired then", key.encrypts, PGP_KEY_USABLE);
    pgp_close(&pgp);
    arena_free(&arena);
}

static void says_what_takes_too_long(void **state)
{
    const struct place *place = *state;
    struct arena *arena = arena_new();
    struct pgp *pgp = open_at(place, "own", NULL, false, 1);
    struct pgp_opened opened;
    struct err err = { 0 };

    /* Deflate of zeros, four thousand times the same mebibyte (RFC 9580, 5.6; 5.9). */
    run(place,
        "python3 -c 'import sys, zlib; z = zlib.compressobj(9, zlib.DEFLATED, -15); "
        "f = zlib.Z_FULL_FLUSH; h = z.compress(b\"\\xafb\\0\\0\\0\\0\\0\") + z.flush(f); "
        "z.compress(bytes(2**20)); c = z.compress(bytes(2**20)) + z.flush(f); "
        "c = z.compress(bytes(2**20)) + z.flush(f); "
        "sys.stdout.buffer.write(b\"\\xa3\\1\" + h + c * 4000 + z.flush())' "
        "| S -e --no-literal -z 0 -r us@ > m");
    if (!pgp_decrypt(pgp, load(place, "m", arena), arena, &opened, &err))
        fail_msg("%s", err.text);
    row_text("a message that takes ages", crypt_word(opened.crypt), "bomb");
    run(place, "S -ae -r us@ -o m p");
    if (!pgp_decrypt(pgp, load(place, "m", arena), arena, &opened, &err))
        fail_msg("%s", err.text);
    row_text("the next one", crypt_word(opened.crypt), "enc");
    pgp_close(&pgp);
    arena_free(&arena);
}

/* The agents that this process has started; signals all of them. */
static int signal_agents(const char *signal_name)
{
    char command[128];

    snprintf(command, sizeof command, "pkill -%s -P %ld -x gpg-agent", signal_name, (long)getpid());
    return system(command);
}

static void survives_its_agent(void **state)
{
    const struct place *place = *state;
    struct arena *arena = arena_new();
    struct pgp *pgp = open_at(place, "own", NULL, false, 2);
    struct pgp_opened opened;
    struct err err = { 0 };
    struct span m;

    run(place, "S -ae -r us@ -o m p");
    m = load(place, "m", arena);
    if (!pgp_decrypt(pgp, m, arena, &opened, &err))
        fail_msg("%s", err.text);
    row_number("killed", signal_agents("KILL"), 0);
    if (!pgp_decrypt(pgp, m, arena, &opened, &err))
        fail_msg("%s", err.text);
    row_text("after its death", crypt_word(opened.crypt), "enc");
    row_number("stopped", signal_agents("STOP"), 0);
    if (!pgp_decrypt(pgp, m, arena, &opened, &err))
        fail_msg("%s", err.text);
    row_text("after it hung", crypt_word(opened.crypt), "enc");
    pgp_close(&pgp);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_a_message_is_worth),
        cmocka_unit_test(verifies_beside_the_text),
        cmocka_unit_test(verifies_around_the_text),
        cmocka_unit_test(knows_its_keys),
        cmocka_unit_test(lists_a_small_ring_once),
        cmocka_unit_test(seals_what_it_can_open),
        cmocka_unit_test(looks_before_it_imports),
        cmocka_unit_test(an_import_lasts),
        cmocka_unit_test(needs_the_right_passphrase),
        cmocka_unit_test(never_gives_its_passphrase_for_a_message),
        cmocka_unit_test(leaves_a_foreign_home_alone),
        cmocka_unit_test(works_without_any_keys),
        cmocka_unit_test(gives_gpg_the_pinned_clock),
        cmocka_unit_test(says_what_takes_too_long),
        cmocka_unit_test(survives_its_agent),
    };

    return cmocka_run_group_tests_name("pgp", tests, open_place, close_place);
}
