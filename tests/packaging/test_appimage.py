"""`packaging/appimage/build.sh` up to the tool that is not to be had here: what it hands over starts the program."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TOOL = """#!/bin/sh
# Stands in for appimagetool: keeps the folder it is given.
[ "$1" = --no-appstream ] && [ -n "$ARCH" ] && cp -a "$2" "$3"
"""
PROGRAM = '#!/bin/sh\necho "quay|$*"\n'


def test_the_folder_starts_the_till_and_any_command(tmp_path: Path) -> None:
    bundle = tmp_path / "quay"
    bundle.mkdir()
    for file, text in ((bundle / "quay", PROGRAM), (tmp_path / "tool", TOOL)):
        file.write_text(text)
        file.chmod(0o755)
    out = tmp_path / "quay.AppImage"
    env = os.environ | {"APPIMAGETOOL": str(tmp_path / "tool"), "SOURCE_DATE_EPOCH": "1796000000"}
    script = ROOT / "packaging" / "appimage" / "build.sh"
    done = subprocess.run([script, bundle, out], env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr

    assert subprocess.check_output([out / "AppRun"], text=True) == "quay|run\n"
    assert subprocess.check_output([out / "AppRun", "queue", "--json"], text=True) == "quay|queue --json\n"
    assert {file.stat().st_mtime for file in out.rglob("*") if not file.is_symlink()} == {1796000000}
    assert (out / ".DirIcon").resolve().read_bytes() == (ROOT / "resources/icons/quay-voucher-256.png").read_bytes()
