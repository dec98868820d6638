#!/bin/sh
# Type-checks the whole workspace for Windows and macOS, then runs the Windows program under Wine.
#
#   tools/check-platforms.sh [windows|macos|wine]...     (all three by default)
#
# Debian's own Rust (rustc-web) is used, because it brings the source of the standard library, from which the library of every target
# can be built: no other toolchain is fetched. Everything is written below target/cross. Wine gets a folder of its own there, no display
# and nothing to ask of the network: `demarc checks` and simulated homes send nothing.
set -eu
cd "$(dirname "$0")/.."

cross=$PWD/target/cross
windows=x86_64-pc-windows-gnu
macos=aarch64-apple-darwin
helpers=$cross/helpers
mkdir -p "$helpers"

debian_cargo() {
    env -u RUSTC -u RUSTUP_TOOLCHAIN RUSTFLAGS="-D warnings" PATH=/usr/bin:/bin RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$cross" \
        /usr/bin/cargo -Zbuild-std=std,panic_abort "$@"
}

timed() {
    what=$1
    shift
    begun=$(date +%s)
    "$@"
    echo "== $what: $(($(date +%s) - begun)) s"
}

check_windows() {
    debian_cargo check --quiet --workspace --all-targets --target "$windows"
}

# There is no compiler of Apple's here. A check links nothing, so that crates with C in them are given empty objects.
check_macos() {
    cat >"$helpers/cc" <<'SCRIPT'
#!/bin/sh
while [ $# -gt 0 ]; do
    if [ "$1" = -o ]; then : >"$2"; fi
    shift
done
SCRIPT
    cat >"$helpers/ar" <<'SCRIPT'
#!/bin/sh
for word in "$@"; do
    case $word in *.a) printf '!<arch>\n' >"$word" ;; esac
done
SCRIPT
    chmod +x "$helpers/cc" "$helpers/ar"
    export CC_aarch64_apple_darwin="$helpers/cc" CXX_aarch64_apple_darwin="$helpers/cc"
    export AR_aarch64_apple_darwin="$helpers/ar" RANLIB_aarch64_apple_darwin=true
    debian_cargo check --quiet --workspace --all-targets --target "$macos"
}

build_windows() {
    debian_cargo build --quiet --target "$windows" -p demarc-cli --bin demarc
}

# Wine 8 lacks bcryptprimitives.dll, which Rust's standard library asks for random numbers. This one asks Wine's advapi32.
stand_in_for_bcryptprimitives() {
    cat >"$helpers/bcryptprimitives.c" <<'CODE'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) { return SystemFunction036(bytes, (ULONG)length); }
CODE
    x86_64-w64-mingw32-gcc -shared -o "$1/bcryptprimitives.dll" "$helpers/bcryptprimitives.c" -ladvapi32
}

under_wine() {
    timeout 300 wine "$program" "$@"
}

run_windows() {
    program=$cross/$windows/debug/demarc.exe
    stand_in_for_bcryptprimitives "$(dirname "$program")"
    export WINEPREFIX="$cross/wine" WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=' WINEARCH=win64
    unset DISPLAY WAYLAND_DISPLAY
    trap 'wineserver -k || true' EXIT
    timeout 300 wineboot --init >"$helpers/wineboot.log" 2>&1

    # Words of the two outputs, and exit status 0, are what is asked for.
    under_wine checks >"$helpers/checks.txt"
    grep -q 'wifi' "$helpers/checks.txt" || { echo "demarc checks does not list the Wi-Fi check" >&2; exit 1; }
    under_wine diagnose --household weak-wifi --profile quick --format json >"$helpers/run.json"
    node -e '
        const { verdict } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        const found = [verdict.party, verdict.segment, verdict.fault].join(" ");
        if (found !== "home wifi wifi-weak-signal") { console.error(`weak-wifi was judged: ${found}`); process.exit(1); }
        console.log(`weak-wifi under Wine: ${verdict.summary}`);
    ' "$helpers/run.json"
    wineserver -k || true
    trap - EXIT
}

[ $# -gt 0 ] || set -- windows macos wine
for part in "$@"; do
    case $part in
        windows) timed 'Windows: types' check_windows ;;
        macos) timed 'macOS: types' check_macos ;;
        wine)
            timed 'Windows: build' build_windows
            timed 'Windows: run under Wine' run_windows
            ;;
        *) echo "usage: $0 [windows|macos|wine]..." >&2; exit 2 ;;
    esac
done
