"""The tour of training mode: the whole program, window to issuer, as `packaging/dev demo` runs it without a display."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.timeout(150)
def test_every_step_of_the_tour_holds(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    ended = subprocess.run(
        [sys.executable, "-m", "pos.cli.main", "demo", "--tour", "--lang", "en", "--out", str(tmp_path)],
        env=environment, capture_output=True, text=True, timeout=140, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "✗" not in ended.stdout
    assert len(list(tmp_path.glob("slip-*.png"))) == 9
    assert len(list(tmp_path.glob("[0-9]*.png"))) == ended.stdout.count("✓")
