"""The selling program killed for real, between any two things it does: what the file says is what happened."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pos.till.selling.views import SalePhase
from tests.till.hand_clock import NOON, HandClock
from tests.till.selling.doomed import POINTS, opened

_AFTER = {
    "recorded": (SalePhase.UNSENT, 0),
    "called": (SalePhase.UNSENT, 0),  # asked for ten minutes: it never arrived
    "carried_out": (SalePhase.TO_HAND_OVER, 1),
    "answered": (SalePhase.DONE, 1),  # its slip prints after the restart, the customer still stands there
    "printing": (SalePhase.DOUBTFUL, 1),
    "on_paper": (SalePhase.DOUBTFUL, 1),
}


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_started_again(tmp_path: Path, point: str) -> None:
    (tmp_path / "till").mkdir()
    run = subprocess.run(
        [sys.executable, "-m", "tests.till.selling.doomed", str(tmp_path), point],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
    clock = HandClock(NOON + timedelta(seconds=5))
    clock.reboot()
    rig = opened(tmp_path, clock)
    rig.waiting = False
    rig.print()
    rig.settle_for(900)
    rig.print()
    (number,) = rig.journal.bill_numbers()
    sale = rig.desk.sales.sale_of(number)
    assert sale is not None
    assert (rig.phase(sale.id), len(rig.seller.taken)) == _AFTER[point]
    roll = tmp_path / "roll.txt"
    assert len(roll.read_text().splitlines() if roll.exists() else []) == (point in ("answered", "on_paper"))
    assert rig.journal.verify().whole
    rig.journal.close()
