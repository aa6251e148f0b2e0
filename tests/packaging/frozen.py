"""The one folder that every package holds, built here from the environment the tests run in."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Frozen:
    """A frozen program with a home of its own."""

    folder: Path
    home: Path

    @property
    def inside(self) -> Path:
        return self.folder / "_internal"

    def quay(self, *words: str, within_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run it with no Python, no display and no desktop around it."""
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LC_ALL": "C.UTF-8", "QUAY_KEYSTORE": "file"}
        return subprocess.run(
            [self.folder / "quay", *words],
            env=env, cwd=self.home, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=within_s,
        )  # fmt: skip


def build(folder: Path) -> Frozen:
    """Freeze this clone.

    Raises:
        AssertionError: it could not be built; the end of what PyInstaller said.
    """
    env = {**os.environ, "PYTHONHASHSEED": "1", "PYINSTALLER_CONFIG_DIR": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--workpath", folder / "work",
         "--distpath", folder / "dist", ROOT / "packaging" / "quay.spec"],
        env=env, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    home = folder / "home"
    home.mkdir()
    return Frozen(folder / "dist" / "quay", home)
