#!/bin/sh
# Installs Chromium and a Chinese font for the browser tests, where apt-get and the right to use it are there.
# Ends well either way: a test that finds no browser says so itself, and fails under CI=true.
set -u

have_browser() {
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null && return 0
    done
    return 1
}
have_font() { command -v fc-list >/dev/null && fc-list :lang=zh-cn | grep -q .; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

have_browser && have_font && exit 0
command -v apt-get >/dev/null || { echo "No apt-get here: install Chromium and a Chinese font yourself."; exit 0; }
echo "Installing Chromium and a Chinese font …"
install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >/dev/null; }
# The shell without windows is smaller and quicker; older releases have the whole browser alone.
as_root apt-get -qq update && install fontconfig fonts-noto-cjk &&
    { have_browser || install chromium-headless-shell 2>/dev/null || install chromium; } ||
    echo "They could not be installed: the browser tests will be skipped."
exit 0
