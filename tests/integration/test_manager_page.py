"""The manager's page on a running till: what happens at the counter stands there by itself, and is told in words."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from pos.bootstrap import Program
from pos.i18n import Translator
from pos.office import Office
from pos.running import RunningTill
from pos.till.ports import Person, Role
from pos.till.review.day_views import RowStatus
from pos.till.views import Phase, SignedIn
from pos.ui.app import application, build_window
from pos.ui.bridge import Bridge
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.cases.section import CasesSection
from pos.ui.manager.day.section import DaySection
from pos.ui.manager.page import ManagerPage
from pos.ui.manager.timeline.sheet import TimelineSheet
from pos.ui.shell.presenter import Screen
from pos.ui.start import _pages
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.window import MainWindow
from tests.integration.counter import Counter
from tests.integration.test_running import Window
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def seller(counter: Counter) -> Iterator[Window]:
    running = RunningTill(Program(counter.folder), on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    window = Window(running)
    running.start()
    yield window
    assert running.close(), "a thread did not end"


@pytest.fixture
def shown(qtbot: QtBot, seller: Window) -> tuple[MainWindow, ManagerPage]:
    application()
    bridge = Bridge()
    pages = _pages(seller.running, bridge)
    window = build_window(seller.till, UiConfig(choices=Choices(volume_percent=0), pages=pages), bridge)
    qtbot.addWidget(window)
    window.show()
    bridge.post(SignedIn(Person("p9", "Hương", Role.MANAGER)))
    QApplication.processEvents()
    window.navigation.open_screen(Screen.MANAGER)
    page = next(page for page in pages if isinstance(page, ManagerPage))
    return window, page


def test_a_voucher_used_at_the_counter_stands_on_the_open_day_and_has_its_timeline(
    qtbot: QtBot, seller: Window, shown: tuple[MainWindow, ManagerPage], sandbox: SandboxProcess
) -> None:
    """Nobody presses anything between the customer and the figure; nothing shown holds more than the code's end."""
    window, page = shown
    day = next(section for section in page._sections if isinstance(section, DaySection))
    qtbot.waitUntil(lambda: day.presenter._view is not None, timeout=10_000)
    assert day.presenter.total() == 0
    code = sandbox.labelled("plain")[0]
    key = seller.bill(code)
    seller.till.confirm(key)
    seller.phase(key, Phase.DONE)
    qtbot.waitUntil(lambda: day.presenter.total() == 1, timeout=10_000)
    row = day.presenter.row(0)
    assert row is not None
    assert (row.status, row.ending) == (RowStatus.USED, code[-4:])
    qtbot.waitUntil(lambda: QApplication.focusWidget() is day._drawn.table, timeout=5_000)  # type: ignore[union-attr]
    QTest.keyClick(day._drawn.table, Qt.Key.Key_Return)  # type: ignore[union-attr]
    sheet = window.box.sheet
    assert isinstance(sheet, TimelineSheet)
    qtbot.waitUntil(lambda: bool(sheet._model and sheet._model.steps), timeout=10_000)
    said = [label.text() for label in sheet.findChildren(QLabel)]
    assert any("đánh dấu đã dùng" in text for text in said)
    text = sheet._model.text if sheet._model is not None else ""
    assert not any("timeline." in words or code in words for words in [*said, text])


def test_a_case_of_the_counter_comes_up_by_itself_and_is_ended_with_keys_and_a_reason(
    qtbot: QtBot, seller: Window, shown: tuple[MainWindow, ManagerPage], sandbox: SandboxProcess
) -> None:
    """The customer leaves before her voucher is found used: the manager, on the page already, sees it and decides."""
    window, page = shown
    seller.running.program.people.add("Hương", Role.MANAGER, "482913", actor="Hương")
    window.navigation.open_cases()
    cases = next(section for section in page._sections if isinstance(section, CasesSection))
    key = seller.bill(sandbox.labelled("plain")[0])
    sandbox.faults([{"operation": "mark_use", "fault": "drop_after", "times": 1}])
    seller.till.confirm(key)
    seller.phase(key, Phase.UNKNOWN)
    seller.till.set_aside(key)
    seller.till.customer_left(seller.phase(key, Phase.FINISH).number)
    model = cases.presenter.model
    qtbot.waitUntil(lambda: model(Translator()).panel is not None, timeout=10_000)
    qtbot.waitUntil(lambda: window.screens.strip.cases.isVisible(), timeout=10_000)
    assert window.screens.strip.cases.text() == "1 việc"
    window._keyboard.press("F5")
    sheet = window.box.sheet
    assert isinstance(sheet, TimelineSheet)
    qtbot.waitUntil(lambda: bool(sheet._model and sheet._model.steps), timeout=10_000)
    sheet.dismiss()
    window._keyboard._type("1")
    box = window.box.sheet
    assert isinstance(box, ApprovalSheet)
    box.field.setText("gọi ba lần không nghe máy")
    box.accept()
    qtbot.waitUntil(lambda: [row.kind for row in model(Translator()).rows] == ["Bỏ rồi vẫn bị trừ"], timeout=10_000)
    qtbot.waitUntil(lambda: window.box.sheet is None, timeout=10_000)
    (ended,) = Office(seller.running).cases.inbox(closed=True).rows
    assert (ended.closed_by, ended.closure) == ("Hương", "gọi ba lần không nghe máy")
