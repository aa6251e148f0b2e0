"""A program that runs all day must not end because Python took a window apart on the wrong thread."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QCoreApplication, QObject, QTimerEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos.till.views import SignedIn
from pos.ui.app import application, build_window
from pos.ui.collector import Collector
from pos.ui.config import Choices, UiConfig
from tests.ui.fake_till import LAN, FakeTill


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


def leave_a_window() -> int:
    """Open, somebody signed in, the keyboard in a box; address of the window."""
    till = FakeTill()
    window = build_window(till, UiConfig(choices=Choices(volume_percent=0)))
    window.show()
    window.activateWindow()
    till.say(SignedIn(LAN))
    QCoreApplication.processEvents()
    window.open_settings()
    held = QApplication.focusWidget()
    assert window.box.sheet is not None
    assert held is not None
    assert window.box.sheet.isAncestorOf(held)
    return id(window)


def test_a_window_that_is_left_goes_whole(qtbot: QtBot) -> None:
    """No part of it may hear of its end when the others have gone: that ended the program."""
    left = leave_a_window()
    gc.collect()
    assert left not in [id(window) for window in application().topLevelWidgets()]
