"""A till that sells codes, takes payment for bookings and uses e-vouchers up, killed at random moments, over TLS."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.crash.kill_issuers import STORIES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("story", STORIES)
def test_killed_in_the_middle_the_issuers_books_agree_with_the_tills(story: str) -> None:
    """Bought once and the codes are there, redeemed once, paid once; money and voucher fit; nothing is left open.

    A bounded number with a fresh seed, and a planted fault that must be noticed. In a process of its own: it forks.
    The long run: `python -m tests.crash --issuer-kills 1000`.
    """
    seed = time.time_ns() % 1_000_000
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--issuer-kills", "4", "--story", story, "--seed", str(seed)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "0 violations" in done.stdout
    assert "are noticed after" in done.stdout
