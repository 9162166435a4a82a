#!/bin/sh
# Puts Debian's Chromium in place for the browser tests where that is allowed; else says what will be skipped.
set -eu

for name in "${VITASCOPE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

skipped() {
    echo "No Chromium: $1. The tests marked 'browser' will be skipped." >&2
    exit 0
}

command -v apt-get >/dev/null 2>&1 || skipped "this system has no apt-get to install it with"
[ "$(id -u)" -eq 0 ] || skipped "installing it needs root (apt-get install chromium)"

echo "Installing Chromium for the browser tests."
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends chromium >/dev/null ||
    skipped "apt-get could not install it"
