"""Started where no window can be seen: a sentence and status 2, never an abort in the middle of Qt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_MAIN = "import sys; from pos.cli import main; sys.exit(main())"


@pytest.mark.parametrize(
    "named", [{}, {"DISPLAY": ":98765"}, {"WAYLAND_DISPLAY": "gone-0"}, {"DISPLAY": "nonsense"}], ids=str
)
def test_a_display_that_does_not_answer_is_no_display(named: dict[str, str], tmp_path: Path) -> None:
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
    environment = {name: value for name, value in os.environ.items() if name not in gone}
    command = [sys.executable, "-c", _MAIN, "--lang", "en", "run", "--data", str(tmp_path / "till")]
    done = subprocess.run(
        command, cwd=ROOT, env=environment | {"QUAY_KEYSTORE": "file", "XDG_RUNTIME_DIR": str(tmp_path)} | named,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "no screen" in done.stderr
    assert not (tmp_path / "till").exists()
