"""The scanner test of the settings: an installer sees what the scanner sends; nothing scanned there is a voucher."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from hardware.scanner.reader import ScanReader
from hardware.scanner.reading import Reading
from hardware.scanner.test_mode import observe
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.scanner_test.sheet import ScannerTestSheet
from pos.ui.window import MainWindow
from tests.ui.fake_till import LAN, FakeTill, ManualClock
from tests.ui.hands import Hands

CODE = "4471902835"


def reading(data: bytes) -> Reading:
    """What the drivers make of these bytes."""
    (said,) = ScanReader().feed(data, 1.0)
    return said


class Counter:
    """A window with a scanner whose test is switched."""

    def __init__(self, qtbot: QtBot, language: str) -> None:
        application()
        self.switched: list[bool] = []
        self.till, clock = FakeTill(), ManualClock()
        config = UiConfig(
            choices=Choices(language=language, volume_percent=0), mono_s=clock.mono_s, now_utc=clock.now_utc,
            test_scanner=self.switched.append,
        )  # fmt: skip
        self.window: MainWindow = build_window(self.till, config)
        qtbot.addWidget(self.window)
        self.window.show()
        self.hands = Hands(qtbot, self.window, self.till, clock)
        self.hands.sign_in(LAN)
        self.hands.press("Ctrl+,")
        self.hands.press("F10")
        self.till.commands.clear()

    @property
    def sheet(self) -> ScannerTestSheet:
        sheet = self.window.box.sheet
        assert isinstance(sheet, ScannerTestSheet)
        return sheet

    def rows(self) -> dict[str, str]:
        return {label.text(): value.text() for label, value in self.sheet.cells if label.text()}


@pytest.mark.parametrize(
    ("language", "kind", "end"), [("vi", "Loại mã", "Ký tự kết thúc"), ("en", "Kind of code", "Line end")]
)
def test_what_the_scanner_sends_is_shown_without_the_code(qtbot: QtBot, language: str, kind: str, end: str) -> None:
    counter = Counter(qtbot, language)
    assert counter.switched == [True]

    counter.window.bridge.scanner_said(observe(reading(b"]C0" + CODE.encode() + b"\r")))
    qtbot.waitUntil(lambda: counter.sheet.verdict.text().startswith("✓"))

    rows = counter.rows()
    assert rows[kind] == "Code 128 (]C0)"
    assert rows[end] == "CR"
    assert "2835" in " ".join(rows.values())
    assert not any(CODE in text or CODE[:-4] in text for text in rows.values())
    assert counter.till.commands == [], "a test is no sale"


def test_noise_is_named_and_closing_gives_the_scanner_back_to_the_counter(qtbot: QtBot) -> None:
    counter = Counter(qtbot, "en")
    counter.window.bridge.scanner_said(observe(reading(b"\xff\xfe\x9c\r")))
    qtbot.waitUntil(lambda: counter.sheet.verdict.text().startswith("✗"))
    assert "baud rate" in counter.sheet.verdict.text()

    counter.hands.press("Esc")
    assert counter.window.box.sheet is None
    assert counter.switched == [True, False]


def test_a_keyboard_scan_is_shown_and_reaches_no_bill(qtbot: QtBot) -> None:
    counter = Counter(qtbot, "en")
    counter.window.scans.take(CODE)
    assert counter.sheet.verdict.text().startswith("✓")
    assert counter.rows()["Kind of code"] == "keyboard scanner"
    counter.window.scans.take_dropped("caps_lock")
    assert "Caps Lock" in counter.sheet.verdict.text()
    assert counter.rows() == {}, "nothing of the reading before is left beside another verdict"
    assert counter.till.commands == []


def test_a_keyboard_scanner_that_types_too_slowly_is_told_and_its_enter_closes_nothing(qtbot: QtBot) -> None:
    """Whoever sets it up must learn why the counter does not take it."""
    counter = Counter(qtbot, "en")
    counter.hands.type(CODE)
    counter.hands.press("Enter")
    assert "too slowly" in counter.sheet.verdict.text()
    counter.hands.press("Enter", "Esc")
    assert counter.switched == [True, False]


def test_a_reading_after_the_box_is_gone_changes_nothing(qtbot: QtBot) -> None:
    """It may have been on its way between two threads."""
    counter = Counter(qtbot, "en")
    late = replace(observe(reading(CODE.encode() + b"\r")), verdict="scan")
    counter.hands.press("Esc")
    counter.window.bridge.scanner_said(late)
    qtbot.wait(1)
    assert counter.till.commands == []
    assert counter.window.box.sheet is None


def test_a_window_drawn_anew_gives_the_scanner_back(qtbot: QtBot) -> None:
    """The box goes with the old screens and says nothing: scans must not go on into nowhere."""
    counter = Counter(qtbot, "en")
    counter.window.resize(1920, 1080)
    qtbot.waitUntil(lambda: counter.window.box.sheet is None)
    assert counter.switched == [True, False]
    counter.window.scans.take(CODE)
    assert counter.till.commands == [("scan", "k1", CODE)]
