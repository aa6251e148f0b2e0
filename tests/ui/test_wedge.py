"""A keyboard-wedge scanner: its keys become a scan and are never typed; a person's keys are typed and never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hardware.scanner.wedge import WedgeMachine
from pos.till.views import BillChanged, SignedIn
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from tests.ui.fake_till import LAN, FakeTill, ManualClock
from tests.ui.hands import Hands
from tests.ui.scenes import BILL, scenes

CODE = "4471902835"
SCANNER_MS, TYPIST_MS = 5, 200


class Keyboard:
    """Sends key presses with time stamps of its own."""

    def __init__(self) -> None:
        self.now_ms = 10_000

    def send(self, text: str, gap_ms: int, *, repeats: bool = False) -> None:
        """`repeats`: equal neighbours are marked as a key held down, as X11 does for one time stamp."""
        last = ""
        for char in text:
            held, last = repeats and char == last, char
            self.now_ms += gap_ms
            key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char.upper()))
            event = QKeyEvent(QEvent.Type.KeyPress, key.value, Qt.KeyboardModifier.NoModifier, char, held)
            event.setTimestamp(self.now_ms)
            target = QApplication.focusWidget() or QApplication.activeWindow()
            assert target is not None
            QApplication.sendEvent(target, event)


@pytest.fixture
def hands(qtbot: QtBot, till: FakeTill, clock: ManualClock) -> Iterator[Hands]:
    application()
    config = UiConfig(
        choices=Choices(volume_percent=0), mono_s=clock.mono_s, now_utc=clock.now_utc, wedge=WedgeMachine()
    )
    window = build_window(till, config)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    person = Hands(qtbot, window, till, clock)
    till.say(SignedIn(LAN))
    person.settle()
    person.show(BILL)
    yield person
    window.close()


def test_a_wedge_scan_reaches_the_bill_and_no_field(hands: Hands) -> None:
    """Fast keys and Enter: one scan, an empty field."""
    Keyboard().send(CODE + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", CODE)]
    assert hands.window.counter_screen.entry.text() == ""


def test_two_equal_characters_in_one_moment_do_not_spill_a_scan_into_a_box(hands: Hands) -> None:
    """Seen on X11: the second of two equal keys with one time stamp counts as a key held down."""
    hands.press("F6")
    before = hands.window._sheet.field.text()  # type: ignore[union-attr]
    Keyboard().send("6061183774\r", 1, repeats=True)
    hands.settle()
    assert hands.window._sheet is not None
    assert hands.window._sheet.field.text() == before  # type: ignore[attr-defined]
    assert hands.till.commands == []


def test_a_key_held_down_is_no_scan(hands: Hands) -> None:
    """Thirty times a second, then Enter: typed, not scanned."""
    Keyboard().send("1" * 12, 30, repeats=True)
    hands.settle()
    assert hands.till.commands == []
    assert hands.window.counter_screen.entry.text() == "1" * 12


def test_a_wedge_scan_never_lands_in_a_managers_pin(hands: Hands) -> None:
    """The pad stays empty, the voucher goes on the bill."""
    hands.show("offered-manager")
    Keyboard().send(CODE + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", CODE)]
    pad = hands.window.counter_screen.verdict.pad()
    assert pad is not None
    assert pad.digits == ""


def test_a_wedge_scan_never_lands_in_a_box(hands: Hands) -> None:
    """The bill number stays what it was; its Enter does not accept the box; the cashier hears the refusal."""
    hands.press("F6")
    before = hands.window._sheet.field.text()  # type: ignore[union-attr]
    Keyboard().send(CODE + "\r", SCANNER_MS)
    hands.settle()
    assert hands.window._sheet is not None
    assert hands.window._sheet.field.text() == before  # type: ignore[attr-defined]
    assert hands.till.commands == []


def test_typing_arrives_whole_and_in_order(hands: Hands) -> None:
    """Every letter of a typist gets to the field, the last one after the machine's pause."""
    Keyboard().send("HN-0307", TYPIST_MS)
    hands.qtbot.waitUntil(lambda: hands.window.counter_screen.entry.text() == "HN-0307", timeout=2000)
    assert hands.till.commands == []


def test_a_typed_code_and_enter_still_works(hands: Hands) -> None:
    """The filter does not swallow a person's Enter."""
    keyboard = Keyboard()
    keyboard.send(CODE, TYPIST_MS)
    keyboard.send("\r", TYPIST_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", CODE)]


def test_the_confirming_enter_is_not_held_back(hands: Hands) -> None:
    """Two actions stay two: Enter alone is not mistaken for a scanner."""
    hands.show("usable-one")
    Keyboard().send("\r", TYPIST_MS)
    hands.settle()
    assert hands.till.commands == [("confirm", "k1", False)]


def test_a_burst_longer_than_any_code_is_dropped_aloud(hands: Hands) -> None:
    """A stuck scanner types nothing into the till."""
    Keyboard().send("7" * 600 + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == []
    assert "quá dài" in hands.window.banner_bar._text.text()
    assert hands.window.counter_screen.entry.text() == ""


def test_two_scans_after_each_other_are_two(hands: Hands) -> None:
    """A second voucher right after the first is not lost."""
    keyboard = Keyboard()
    keyboard.send(CODE + "\r", SCANNER_MS)
    hands.till.say(BillChanged(hands.show(scenes()["checking"])))
    keyboard.send("9900112233" + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", "9900112233")]
