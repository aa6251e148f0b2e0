#!/usr/bin/env bash
# The wheel of what is committed, into build/packages: `packaging/dev package wheel` calls it with the venv's Python.
#
#   packaging/wheel.sh PYTHON [OUT]
#
# Promises: nothing that is not committed gets in; the same commit makes the same bytes; no network is needed.
set -euo pipefail

script=$(readlink -f -- "${BASH_SOURCE[0]}")
root=${script%/packaging/wheel.sh}
python=$(realpath -s -- "${1:?usage: packaging/wheel.sh PYTHON [OUT]}")
out=$(realpath -m -- "${2:-$root/build/packages}")
readonly root python out

place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
# The README's pictures stay out.
git -C "$root" archive HEAD -- . ':!resources/screenshots' | tar -x -C "$place"

# A wheel holds files of one time, the commit's, and says which commit it was made from.
SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct)
export SOURCE_DATE_EPOCH
printf '{"commit": "%s", "date": "%s", "package": "wheel"}\n' \
  "$(git -C "$root" rev-parse HEAD)" "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" \
  >"$place/resources/build.json"

mkdir -p -- "$out"
cd -- "$place"
"$python" -m hatchling build -t wheel -d "$out"
