"""The about panel: every part's licence can be read to its end, by key and by finger, without leaving the till."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pos.i18n import Translator
from pos.ui.manager.setup.about.licence_sheet import LicenceSheet
from pos.ui.manager.setup.about.screen import AboutScreen
from tests.ui.setup_office import LICENCES, SetupOffice


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SetupOffice]:
    office = SetupOffice(tmp_path)
    yield office
    office.close()


def parts(office: SetupOffice) -> AboutScreen:
    drawn = office.sight("about")
    assert isinstance(drawn, AboutScreen)
    drawn.focus_home()
    return drawn


def sheet(office: SetupOffice) -> LicenceSheet:
    box = office.box
    assert isinstance(box, LicenceSheet)
    return box


def test_keys_open_a_licence_scroll_it_to_its_end_and_come_back_to_the_list(office: SetupOffice) -> None:
    drawn = parts(office)
    drawn.table.selectRow(1)
    office.key("Enter")
    assert sheet(office).text.toPlainText() == Translator().t("setup.reading")
    office.run()
    assert sheet(office).text.toPlainText() == LICENCES["PySide6"]

    bar = sheet(office).text.verticalScrollBar()
    office.key("Down")
    assert 0 < bar.value() < bar.maximum()
    for _ in range(90):
        QTest.keyClick(QApplication.focusWidget() or office.window, Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum() > 0

    office.key("Esc")
    assert office.window.box.sheet is None
    assert drawn.table.hasFocus()


def test_a_finger_opens_a_licence(office: SetupOffice) -> None:
    drawn = parts(office)
    middle = drawn.table.visualRect(drawn.table.model().index(1, 0)).center()
    QTest.mouseClick(drawn.table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    office.run()
    assert sheet(office).text.toPlainText() == LICENCES["PySide6"]


def test_a_part_whose_text_did_not_come_along_says_where_it_is(office: SetupOffice) -> None:
    drawn = parts(office)
    drawn.table.selectRow(2)
    office.key("Enter")
    office.run()
    assert sheet(office).text.toPlainText() == Translator().t("about.no_text", name="httpx")


def test_an_answer_that_comes_after_the_box_was_closed_is_nobodys(office: SetupOffice) -> None:
    drawn = parts(office)
    drawn.table.selectRow(1)
    office.key("Enter", "Esc")
    office.run()
    assert office.window.box.sheet is None
