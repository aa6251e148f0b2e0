#!/usr/bin/env bash
# One file for Linux without installing, from a finished one-folder program:
#
#   packaging/appimage/build.sh BUNDLE OUT.AppImage
#
# Not tried to its end: its tool and run-time part come from a code host. What was tried is everything before the last
# line (tests/packaging/test_appimage.py). Needs `appimagetool` in PATH, or its path in APPIMAGETOOL;
# github.com/AppImage/appimagetool, releases.
#
# An AppImage brings no rights to devices: packaging/udev has the rules to install beside it. It needs what the .deb
# depends on (libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1) and libfuse2 or `--appimage-extract-and-run`.
# It does not update itself: a newer file takes its place.
set -euo pipefail

script=$(readlink -f -- "${BASH_SOURCE[0]}")
here=${script%/build.sh}
root=${here%/packaging/appimage}
bundle=${1:?usage: packaging/appimage/build.sh BUNDLE OUT.AppImage}
out=${2:?usage: packaging/appimage/build.sh BUNDLE OUT.AppImage}
readonly here root bundle out

place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
mkdir -p -- "$place/usr/lib"
cp -a -- "$bundle" "$place/usr/lib/quay-voucher"
install -m 755 -- "$here/AppRun" "$place/AppRun"
install -m 644 -- "$here/quay-voucher.desktop" "$place/quay-voucher.desktop"
install -m 644 -- "$root/resources/icons/quay-voucher-256.png" "$place/quay-voucher.png"
ln -s quay-voucher.png "$place/.DirIcon"

# The same commit, the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH ARCH="${ARCH:-$(uname -m)}"
find "$place" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
"${APPIMAGETOOL:-appimagetool}" --no-appstream "$place" "$out"
