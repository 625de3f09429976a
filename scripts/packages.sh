#!/bin/sh
# Installs the Debian packages that building, tests, demo and lint need; only those that are missing.
set -eu

wanted="gcc make pkg-config python3 openssl gnupg gpg-agent
libetpan-dev libgpgme-dev liblmdb-dev libsodium-dev libgnutls28-dev nettle-dev
libseccomp-dev libjansson-dev libconfuse-dev libgumbo-dev libunistring-dev
libcmocka-dev frogdata wdutch wamerican-small libsasl2-modules dovecot-imapd postfix uidmap strace time isync
clang clang-format clang-tidy cppcheck systemd man-db"

missing=
for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    command -v sudo >/dev/null || {
        echo "These packages are missing; install them as root:$missing" >&2
        exit 69
    }
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# Servers that a package brings are for our tests only: keep them from starting.
# shellcheck disable=SC2086
run() { $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 "$@"; }
run apt-get update -qq
# shellcheck disable=SC2086
run apt-get install -y -qq --no-install-recommends $missing >/dev/null
