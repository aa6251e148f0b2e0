"""The running till, killed at random moments, over TLS and with its threads: nothing is lost or doubled."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_killed_at_random_moments_the_books_agree_after_the_next_start() -> None:
    """A bounded number with a fresh seed, and a planted fault that must be noticed. In a process of its own: it forks.

    The long run: `python -m tests.crash --kills 1000`.
    """
    seed = time.time_ns() % 1_000_000
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--kills", "30", "--seed", str(seed)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "0 violations" in done.stdout
    assert "is noticed after" in done.stdout
