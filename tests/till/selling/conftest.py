from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.till.hand_clock import HandClock
from tests.till.selling.fake_seller import FakeSeller
from tests.till.selling.rig import SaleRig


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def seller(clock: HandClock) -> FakeSeller:
    return FakeSeller(clock)


@pytest.fixture
def till(tmp_path: Path, seller: FakeSeller, clock: HandClock) -> Iterator[SaleRig]:
    rig = SaleRig(tmp_path, seller, clock)
    rig.stock_up()
    yield rig
    assert rig.broken_promises() == []
    assert rig.journal.verify().whole
    rig.journal.close()
