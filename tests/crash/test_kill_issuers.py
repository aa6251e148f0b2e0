"""A till that sells codes, takes payment for bookings and uses e-vouchers up, killed at random moments, over TLS."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.crash.kill_issuers import STORIES

ROOT = Path(__file__).resolve().parents[2]
SLOWEST_S = 280
"""Idle machines need a tenth of it; most of a life is waiting for a processor."""


def kill(*words: str) -> str:
    """What it said. A process of its own, since it forks. The long run: `python -m tests.crash --issuer-kills 1000`."""
    seed = time.time_ns() % 1_000_000
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--issuer-kills", *words, "--seed", str(seed)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=SLOWEST_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.timeout(SLOWEST_S + 10)
def test_killed_in_the_middle_the_issuers_books_agree_with_the_tills() -> None:
    """Bought once and the codes are there, redeemed once, paid once; money and voucher fit; nothing is left open."""
    assert kill("2", "--unchecked").count("; 0 violations") == len(STORIES)


@pytest.mark.timeout(SLOWEST_S + 10)
def test_people_who_hand_over_before_the_verdict_are_noticed() -> None:
    """A judge that finds nothing must be able to find something."""
    assert "are noticed after" in kill("1", "--story", "evoucher")
