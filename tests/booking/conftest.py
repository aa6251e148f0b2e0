from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.booking.rig import BookingRig


@pytest.fixture
def till(tmp_path: Path) -> Iterator[BookingRig]:
    rig = BookingRig(tmp_path)
    yield rig
    rig.close()
