#!/bin/sh
# Puts program, manual pages, completion, units and example settings under DESTDIR and PREFIX.
set -eu
program=$1
: "${DESTDIR:=}" "${PREFIX:=/usr/local}"
here=$(cd "$(dirname "$0")/.." && pwd)
bin=$PREFIX/bin
share=$PREFIX/share
units=$PREFIX/lib/systemd/system

put() { # MODE FILE FOLDER [NAME]
    install -d -m 755 "$DESTDIR$3"
    install -m "$1" "$2" "$DESTDIR$3/${4:-$(basename "$2")}"
}

put 755 "$program" "$bin"
put 644 "$here/src/man/meldpost.1" "$share/man/man1"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
# The page of the settings has one paragraph a setting, written by the program itself.
"$program" check --manual >"$work/rows"
sed -e "/^@SETTINGS@\$/{r $work/rows" -e 'd}' "$here/src/man/meldpost.conf.5" >"$work/meldpost.conf.5"
put 644 "$work/meldpost.conf.5" "$share/man/man5"
put 644 "$here/scripts/completion.bash" "$share/bash-completion/completions" meldpost
for unit in "$here"/scripts/systemd/*; do
    sed "s|@BINDIR@|$bin|" "$unit" >"$work/$(basename "$unit")"
    put 644 "$work/$(basename "$unit")" "$units"
done
put 644 "$here/src/config/meldpost.conf" "$share/meldpost"
for data in "$here"/src/clocks/closing-days "$here"/src/*/closing-days; do
    [ ! -f "$data" ] || put 644 "$data" "$share/meldpost"
done
echo "Installed under $DESTDIR$PREFIX. Next: man meldpost, chapter SERVICE."
