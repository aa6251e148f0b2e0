"""Every fault of a counter is named for what it is, and the next slip after it comes out."""

from __future__ import annotations

import pytest

from tests.hardware.printer_faults import FAULTS, play
from tests.hardware.test_cups import HAS_CUPS


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_called_what_it_is_and_heals(name: str) -> None:
    if name.startswith("CUPS") and not HAS_CUPS:
        pytest.skip("CUPS is not installed here (Debian: cups, cups-client)")
    _, said, healed = FAULTS[name]

    row = play(name)

    assert (row.during.outcome.value, row.during.reason) == said
    assert (row.after.outcome.value, row.after.reason) == healed
