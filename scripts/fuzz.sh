#!/bin/sh
# Fuzzes each parser for FUZZ_SECONDS (60) with libFuzzer under sanitizers; findings stay in
# BUILD/fuzz/NAME/ and belong into tests/samples once they are mended.
set -eu
build=$1
shift
seconds=${FUZZ_SECONDS:-60}
flags="-std=c11 -D_GNU_SOURCE -fvisibility=hidden -O1 -g -Isrc -Itests -I$build/gen"
out=$build/fuzz
mkdir -p "$out/obj"
make --no-print-directory -s BUILD="$build" generated

# What the fuzzers are linked with: everything but main, watched for coverage.
for source in src/*/*.c; do
    object=$out/obj/$(echo "$source" | tr / _).o
    if [ ! "$object" -nt "$source" ]; then
        echo "  compile $source (fuzzed)"
        # shellcheck disable=SC2086
        clang $flags -fsanitize=fuzzer-no-link,address,undefined -c -o "$object" "$source"
    fi
done
ar rcs "$out/all.a" "$out"/obj/*.o
libs="-letpan -lunistring $(pkg-config --libs gnutls gpgme libsodium lmdb libseccomp jansson libconfuse gumbo nettle)"
failed=0
for source in "$@"; do
    name=$(basename "$source" .c)
    corpus=$out/$name
    seeds=tests/fuzz/seeds/${name#fuzz_}
    mkdir -p "$corpus"
    # shellcheck disable=SC2086
    clang $flags -fsanitize=fuzzer,address,undefined -o "$out/$name.run" "$source" "$out/all.a" $libs
    echo "== $name, $seconds s"
    [ -d "$seeds" ] || seeds=tests/samples
    # shellcheck disable=SC2086
    (cd "$corpus" && "../$name.run" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
        -max_len=65536 -print_final_stats=1 . "$OLDPWD/$seeds" 2>&1 | tail -n 12) || failed=1
    if ls "$corpus"/crash-* "$corpus"/timeout-* "$corpus"/oom-* 2>/dev/null; then
        failed=1
    fi
done
exit "$failed"
