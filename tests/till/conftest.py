from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def issuer(clock: HandClock) -> FakeIssuer:
    issuer = FakeIssuer()
    issuer.date = clock.now_utc
    return issuer


@pytest.fixture
def till(tmp_path: Path, issuer: FakeIssuer, clock: HandClock) -> Iterator[Rig]:
    rig = Rig(tmp_path, issuer, clock, CountingChance())
    yield rig
    rig.close()


@pytest.fixture
def reserving_till(tmp_path: Path, issuer: FakeIssuer, clock: HandClock) -> Iterator[Rig]:
    issuer.set_reserving(True)
    rig = Rig(tmp_path, issuer, clock, CountingChance())
    yield rig
    rig.close()
