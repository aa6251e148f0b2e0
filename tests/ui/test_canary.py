"""PySide6 6.12 drops one reference of `True` per `Signal.emit()` on Python 3.11 and aborts the process after some
hundred emits. A till that runs all day must outlive tens of thousands.
"""

from __future__ import annotations

import sys

from pytestqt.qtbot import QtBot

from pos.till.views import StripChanged
from pos.ui.bridge import Bridge
from tests.ui.fake_till import strip

EMITS = 20_000


def test_twenty_thousand_emits_cost_no_reference(qtbot: QtBot) -> None:
    """The reference counts of True and None stay where they were."""
    bridge = Bridge()
    heard: list[object] = []
    bridge.happened.connect(heard.append)
    event = StripChanged(strip())
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(EMITS):
        bridge.post(event)
    after = sys.getrefcount(True), sys.getrefcount(None)
    assert len(heard) == EMITS
    assert abs(after[0] - before[0]) < 100
    assert abs(after[1] - before[1]) < 100
