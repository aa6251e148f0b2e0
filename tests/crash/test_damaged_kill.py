"""A running till killed while it sells, its journal damaged before the next start: nothing is lost or doubled."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_killed_and_damaged_the_books_agree_after_the_next_start() -> None:
    """A bounded number with a fresh seed. The long run: `python -m tests.crash --kills 300 --damaged`."""
    seed = time.time_ns() % 1_000_000
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--kills", "6", "--damaged", "--seed", str(seed)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "0 violations" in done.stdout
