#!/bin/sh
# Installs LibreOffice Calc (40 MB, 300 MB unpacked) for the tests that open our workbooks, where apt-get and the right to use it are there.
# Ends well either way: tests that find none say so themselves, and fail under CI=true.
set -u

{ command -v soffice || command -v libreoffice; } >/dev/null && exit 0
command -v apt-get >/dev/null || { echo "No apt-get here: install LibreOffice Calc yourself."; exit 0; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
echo "Installing LibreOffice Calc …"
as_root apt-get -qq update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends libreoffice-calc >/dev/null ||
    echo "It could not be installed: the tests that open workbooks in it will be skipped."
exit 0
