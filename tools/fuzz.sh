#!/bin/sh
# Fuzzes every parser of outside input, or those named: tools/fuzz.sh SECONDS [PARSER ...]
# Coverage-guided by libFuzzer, with the address sanitizer. Ends at the first input that a parser does not survive, and keeps it.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
folder=$PWD/target/fuzz
target=$(rustc -vV | sed -n 's/^host: //p')
# What `cargo fuzz` sets; the flags are unstable, so that the pinned compiler is told to take them.
RUSTC_BOOTSTRAP=1
RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Zsanitizer=address"
export RUSTC_BOOTSTRAP RUSTFLAGS
cargo build --release --target "$target" --target-dir "$folder/build" --manifest-path tests/fuzz/Cargo.toml
program=$folder/build/$target/release/parser
[ $# -gt 0 ] || set -- $(sed -n 's/.*name: "\([a-z0-9-]*\)".*/\1/p' crates/probes/src/untrusted.rs) modem-page dhcp-and-arp-frames
for parser in "$@"; do
    mkdir -p "$folder/corpus/$parser" "$folder/found/$parser"
    echo "$parser: $seconds s"
    told=$(PARSER=$parser "$program" "$folder/corpus/$parser" -max_total_time="$seconds" -max_len=8192 -timeout=5 -rss_limit_mb=1024 \
        -artifact_prefix="$folder/found/$parser/" -print_final_stats=1 -verbosity=0 -close_fd_mask=1 2>&1 | grep -E 'ERROR|SUMMARY|stat::number_of_executed_units|panicked' || true)
    echo "$told"
    [ -z "$(ls "$folder/found/$parser")" ] || { echo "$parser does not survive $folder/found/$parser" >&2; exit 1; }
    # A fuzzer that could not start finds nothing either.
    case $told in *stat::number_of_executed_units*) ;; *) echo "$parser was not fuzzed" >&2; exit 1 ;; esac
done
