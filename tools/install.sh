#!/bin/sh
# Installs the system packages that are missing: tools/install.sh run|test|platforms|wifi|peers
# `run` is what building and opening the window takes; `test` adds what the tests of the window, the report and the lab use; `platforms`
# is what checking the code of Windows and macOS takes, `wifi` the machine with an emulated radio, `peers` the tools that Demarc
# is held beside.
set -eu

run='build-essential pkg-config libwebkit2gtk-4.1-dev'
test="$run xvfb xauth webkit2gtk-driver imagemagick poppler-utils qpdf dnsmasq-base nftables iproute2 ethtool iputils-ping iputils-arping miniupnpd-nftables avahi-daemon socat procps util-linux libcap2-bin ca-certificates"
platforms='rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64 wine wine64'

peers="$test iperf3 fping mtr-tiny traceroute"

wifi='qemu-system-x86 cpio kmod hostapd wpasupplicant iw busybox-static wireless-regdb dash util-linux binutils'

case "${1:-}" in
    run) wanted=$run ;;
    test) wanted=$test ;;
    platforms) wanted=$platforms ;;
    wifi) wanted=$wifi ;;
    peers) wanted=$peers ;;
    *) echo "usage: $0 run|test|platforms|wifi|peers" >&2; exit 2 ;;
esac

if ! command -v cargo >/dev/null 2>&1; then
    echo "Demarc is built with Rust, which is not here. Install it from https://rustup.rs and try again." >&2
    exit 1
fi
if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    echo "The window is built with Node.js 20.19 or newer, which is not here. Install it from https://nodejs.org and try again." >&2
    exit 1
fi

if ! command -v apt-get >/dev/null 2>&1; then
    pkg-config --exists webkit2gtk-4.1 2>/dev/null && exit 0
    echo "This script installs Debian and Ubuntu packages. On this system install what corresponds to: $wanted" >&2
    exit 1
fi
missing=
for package in $wanted; do
    # A package whose name differs by release is served by another that provides it.
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "Installing:$missing"
as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
