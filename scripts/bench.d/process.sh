#!/bin/bash
# Mails a second: encrypted and signed, half RSA-4096, half cv25519 (BENCH_MAILS of them), opened by
# `meldpost inspect` (the same workers, jail and reading as `process`), by `notmuch new` with
# decryption, and by a bare gpgme loop with two threads.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
mails=${BENCH_MAILS:-500}
work=$(mktemp -d /tmp/bench-XXXXXX)
export GNUPGHOME=$work/home
finish() {
    gpgconf --kill all
    rm -rf "$work"
}
trap finish EXIT
mkdir -m 700 "$GNUPGHOME"
mkdir -p "$work/mail/cur" "$work/mail/new" "$work/mail/tmp" "$work/pgp"

gpg_quiet() { gpg --batch --quiet --trust-model always --pinentry-mode loopback --passphrase '' "$@"; }
gpg_quiet --quick-gen-key 'Rsa <rsa@example.org>' rsa4096 default never 2> /dev/null
fingerprint=$(gpg -k --with-colons rsa@example.org 2> /dev/null | sed -n 's/^fpr:*\([0-9A-F]*\):/\1/p' | head -1)
gpg_quiet --quick-add-key "$fingerprint" rsa4096 encr never
gpg_quiet --quick-gen-key 'Curve <curve@example.org>' future-default default never 2> /dev/null
gpg_quiet --quick-gen-key 'Researcher <researcher@example.net>' future-default default never 2> /dev/null

for ((i = 0; i < mails; i++)); do
    key=rsa
    ((i % 2)) && key=curve
    {
        printf 'Content-Type: text/plain; charset=utf-8\r\n\r\nReport %d\r\n' "$i"
        head -c 3000 /dev/urandom | base64 | sed 's/$/\r/'
    } | gpg_quiet --armor --encrypt --sign -r "$key@example.org" -u researcher@example.net > "$work/pgp/$i.asc"
    {
        printf 'From: Researcher <researcher@example.net>\nTo: %s@example.org\nSubject: ...\n' "$key"
        printf 'Date: Tue, 24 Nov 2026 12:00:00 +0100\nMessage-ID: <%d@example.net>\nMIME-Version: 1.0\n' "$i"
        printf 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\n\n'
        printf -- '--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n'
        printf -- '--b\nContent-Type: application/octet-stream\n\n'
        cat "$work/pgp/$i.asc"
        printf -- '\n--b--\n'
    } > "$work/mail/cur/$i.eml:2,S"
done
gpgconf --kill all

# Seconds that a command takes, with three decimals.
seconds() {
    local start
    start=$(date +%s.%N)
    "$@"
    awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.3f\n", b - a }' > "$work/seconds"
}
rate() { awk -v n="$mails" -v s="$(cat "$work/seconds")" 'BEGIN { printf "%.1f", n / s }'; }
tell() { printf '%-34s %8s mails a second  (%s of %d opened)\n' "$1" "$(rate)" "$2" "$mails"; }

ours() {
    "$MELDPOST" inspect --json --gnupg-home "$GNUPGHOME" "$work"/mail/cur/* > "$work/ours.json"
}
seconds ours
tell 'meldpost' "$(grep -c '"crypt": "enc", "scope": "all", "signature": "good"' "$work/ours.json")"

cc -O2 -o "$work/bare" "$here/tests/bench/bare_gpgme.c" $(pkg-config --cflags --libs gpgme) -lpthread
bare() { "$work/bare" "$GNUPGHOME" 2 "$work"/pgp/*.asc > "$work/opened"; }
seconds bare
tell 'bare gpgme, two threads' "$(cat "$work/opened")"
gpgconf --kill all

if ! command -v notmuch > /dev/null; then
    echo 'notmuch: not installed (apt-get install notmuch)'
    exit
fi
export NOTMUCH_CONFIG=$work/notmuch.conf
printf '[database]\npath=%s\n[user]\nname=x\nprimary_email=x@example.org\n[index]\ndecrypt=true\n[new]\ntags=new\n' \
    "$work/mail" > "$NOTMUCH_CONFIG"
peer() { notmuch new > /dev/null 2>&1; }
seconds peer
tell 'notmuch new, index.decrypt=true' "$(notmuch count property:index.decryption=success)"
