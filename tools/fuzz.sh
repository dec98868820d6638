#!/bin/bash
# Fuzzes every parser of outside input, or those named: tools/fuzz.sh [--quick|--record] SECONDS [PARSER ...]
# Coverage-guided by libFuzzer, with the address sanitizer, SECONDS of processor time for each, as many at a time as there are processors.
# Each begins with the inputs of tests/fuzz/corpus. The first input that a parser does not survive ends it, and is kept.
# --quick leaves the sanitizer and the optimiser out, because building with them takes longer than a short run.
# --record writes the smallest set of inputs that reaches the same code to tests/fuzz/corpus, and the figures to docs/fuzzing.md.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=release
sanitizer=-Zsanitizer=address
record=
case ${1:-} in
    --quick) profile=dev sanitizer='' && shift ;;
    --record) record=1 && shift ;;
esac
seconds=${1:-60}
[ $# -eq 0 ] || shift
folder=$PWD/target/fuzz/$profile
target=$(rustc -vV | sed -n 's/^host: //p')
# What `cargo fuzz` sets; the flags are unstable, so that the pinned compiler is told to take them.
RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing $sanitizer" \
    cargo build --profile "$profile" --target "$target" --target-dir "$folder/build" --manifest-path tests/fuzz/Cargo.toml
program=$(ls "$folder/build/$target/${profile/dev/debug}/parser")
[ $# -gt 0 ] || set -- $(sed -n 's/.*name: "\([a-z0-9-]*\)".*/\1/p' crates/probes/src/untrusted.rs) modem-page dhcp-and-arp-frames

# One parser, until its processor time is spent: a machine that is busy with other things gives less of it than the clock says.
fuzz() {
    local parser=$1 inputs=0 spent=0 edges=0 told times TIMEFORMAT='%U %S'
    local corpus=$folder/corpus/$parser found=$folder/found/$parser log=$folder/$1.log
    mkdir -p "$corpus" "$found" "tests/fuzz/corpus/$parser"
    while [ "$spent" -lt "$seconds" ]; do
        times=$( { time PARSER=$parser "$program" "$corpus" "tests/fuzz/corpus/$parser" -max_total_time=$((seconds - spent)) -max_len=8192 -timeout=600 -report_slow_units=600 \
            -rss_limit_mb=1024 -artifact_prefix="$found/" -print_final_stats=1 -close_fd_mask=1 >/dev/null 2>"$log" || true; } 2>&1 )
        if [ -n "$(ls "$found")" ]; then
            echo "$parser does not survive what is in $found (see $log)" >&2
            return 255
        fi
        told=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        # A fuzzer that could not start finds nothing either.
        if [ -z "$told" ]; then
            echo "$parser was not fuzzed: $(tail -n 3 "$log")" >&2
            return 255
        fi
        inputs=$((inputs + told))
        spent=$(awk -v times="$times" -v before="$spent" 'BEGIN { split(times, time); printf "%d", before + time[1] + time[2] + 0.5 }')
        edges=$(sed -n 's/.*DONE *cov: \([0-9]*\).*/\1/p' "$log")
    done
    echo "$parser: $inputs inputs in $spent s, $edges edges, none found"
    [ -n "$record" ] || return 0
    local smallest=$folder/smallest/$parser
    rm -rf "$smallest"
    mkdir -p "$smallest"
    PARSER=$parser "$program" -merge=1 -set_cover_merge=1 -use_counters=0 -max_len=512 "$smallest" "tests/fuzz/corpus/$parser" "$corpus" >/dev/null 2>"$log"
    rm -rf "tests/fuzz/corpus/$parser"
    cp -r "$smallest" "tests/fuzz/corpus/$parser"
    (
        flock 9
        [ -e docs/fuzzing.md ] || printf '%s\n' '# Fuzzing' '' \
            'How long each parser of outside input was last fuzzed (`tools/fuzz.sh --record SECONDS`): processor time, inputs, edges of code reached, and' \
            'the commit at which it was. None has an input that it does not survive. What reached new code is kept in `tests/fuzz/corpus`, in its' \
            'smallest form; the tests feed it to the parsers again, and changed forms of it.' '' \
            '| parser | seconds | inputs | edges | commit |' '|---|--:|--:|--:|---|' >docs/fuzzing.md
        row="| $parser | $spent | $inputs | $edges | $(git rev-parse --short HEAD) |"
        { grep -v '^| [a-z0-9-]* | [0-9]' docs/fuzzing.md; { grep '^| [a-z0-9-]* | [0-9]' docs/fuzzing.md | grep -v "^| $parser |" || true; echo "$row"; } | sort; } >"$folder/fuzzing.md"
        mv "$folder/fuzzing.md" docs/fuzzing.md
    ) 9>"$folder/lock"
}
export -f fuzz
export folder program seconds record
# The first that fails stops the others.
printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" bash -euo pipefail -c 'fuzz "$0"'
