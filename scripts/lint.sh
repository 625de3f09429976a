#!/bin/sh
# Holds the rules of the house: who may include whom (the table in src/README.md), which library has
# which door, unique file names, the format, clang-tidy and cppcheck.
set -eu
build=${1:-build}
cd "$(dirname "$0")/.."

python3 scripts/rules.py
find src tests -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run --Werror
echo "format: fine"

make --no-print-directory -s BUILD="$build" generated
flags="-std=c11 -D_GNU_SOURCE -Isrc -Itests -I$build/gen $(pkg-config --cflags gpgme)"
find src -name '*.c' -print0 | xargs -0 -P "$(nproc)" -n 1 sh -c '
    clang-tidy --quiet --warnings-as-errors="*" "$@" -- '"$flags"' 2>/dev/null || exit 1' sh
echo "clang-tidy: fine"

# Without the weights of names: it would look at each of a million bytes.
cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr -j "$(nproc)" \
    --enable=warning,performance,portability --suppress=missingIncludeSystem \
    -D_GNU_SOURCE '-DNAME_WEIGHTS="redact/clue.h"' -Isrc -I"$build/gen" src
echo "cppcheck: fine"
