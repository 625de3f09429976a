#!/bin/sh
# Measures: runs every file of scripts/bench.d with the program's path; BENCH=NAME runs one of them.
# Each prints figures beside those of a peer or a limit from the same run; none of them judges.
set -eu
program=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
for bench in "$here"/bench.d/*; do
    case $(basename "$bench") in
    ${BENCH:-*}*) ;;
    *) continue ;;
    esac
    echo "== $(basename "$bench" | sed 's/\..*//')"
    MELDPOST=$program "$bench"
    echo
done
