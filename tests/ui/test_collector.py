"""A program that runs all day must not end because Python took a window apart on the wrong thread."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QCoreApplication, QObject, QTimerEvent
from pytestqt.qtbot import QtBot

from pos.ui.app import application
from pos.ui.collector import Collector


class Cycle:
    """Only the collector ends it."""

    def __init__(self) -> None:
        self.itself = self


def litter() -> weakref.ref[Cycle]:
    """Enough for the collector to be due."""
    for _ in range(5 * gc.get_threshold()[0]):
        last = Cycle()
    return weakref.ref(last)


def test_what_a_thread_leaves_is_collected_on_the_gui_thread(qtbot: QtBot) -> None:
    assert [each for each in application().children() if isinstance(each, Collector)], "the program has one"
    parent = QObject()
    gc.enable()  # the tests' own care is not what is tried here
    collector = Collector(parent)
    ran_on: list[int] = []
    left: list[weakref.ref[Cycle]] = []

    def note(phase: str, facts: dict[str, int]) -> None:
        del phase, facts
        ran_on.append(threading.get_ident())

    gc.callbacks.append(note)
    try:
        thread = threading.Thread(target=lambda: left.append(litter()))
        thread.start()
        thread.join()
        assert ran_on == [], "nothing runs by itself"
        assert left[0]() is not None
        QCoreApplication.sendEvent(collector, QTimerEvent(0))
        assert set(ran_on) == {threading.get_ident()}
        assert left[0]() is None
        ran_on.clear()
        QCoreApplication.sendEvent(collector, QTimerEvent(0))
        assert ran_on == [], "nothing is due"
    finally:
        gc.callbacks.remove(note)
