#!/bin/sh
# Installs LibreOffice Calc (40 MB, 300 MB unpacked) for the test that opens our workbooks, where apt-get and the right to use it are there.
# Ends well either way: a test that finds none says so itself, and fails under CI=true.
set -u

command -v soffice >/dev/null && exit 0
command -v apt-get >/dev/null || { echo "No apt-get here: install LibreOffice Calc yourself."; exit 0; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
echo "Installing LibreOffice Calc …"
as_root apt-get -qq update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends libreoffice-calc >/dev/null ||
    echo "It could not be installed: the test that opens workbooks in it will be skipped."
exit 0
