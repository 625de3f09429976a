#!/bin/sh
# Puts program, its module, manual pages, completion, units and example settings under DESTDIR and PREFIX.
set -eu
program=$1 module=$2
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
put 644 "$module" "$PREFIX/lib/meldpost"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
# The chapters on commands and settings are written by the program itself, from its tables.
for page in meldpost.1:commands meldpost.conf.5:settings; do
    chapter=${page#*:} page=${page%:*}
    mark=@$(echo "$chapter" | tr a-z A-Z)@
    "$program" --manual "$chapter" >"$work/rows"
    sed -e "/^$mark\$/{r $work/rows" -e 'd}' "$here/src/man/$page" >"$work/$page"
    put 644 "$work/$page" "$share/man/man${page##*.}"
done
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
