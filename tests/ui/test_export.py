"""The export box: whoever wants the day on a stick gets a whole file or is told why not, by keyboard alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos.till.review.copies import CopyView
from pos.till.review.day_views import Query
from pos.till.review.events import ReportProgress
from pos.till.review.exports import Place, PlaceKind
from pos.till.views import Message
from pos.ui.app import application
from pos.ui.look import Look
from pos.ui.manager.export_presenter import FILE, OPENING, ExportPresenter, Stage
from pos.ui.manager.export_sheet import ExportBox, ExportSheet
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section
from pos.ui.theme import ThemeName
from tests.reports.fake_day import DAY, NOON, FakeReads, rows
from tests.ui.day_shop import Shop
from tests.ui.fake_day import FakeReads as DayReads
from tests.ui.fake_day import busy_rows
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import ManualClock
from tests.ui.shots_export import desk_on, presenter_on


class Box:
    """The box over an empty window, with a stick plugged in."""

    def __init__(self, qtbot: QtBot, stick: Path, language: str = "vi") -> None:
        application()
        self.stick = stick
        self.review, self.clock = FakeReview(), ManualClock()
        self.presenter: ExportPresenter = presenter_on(
            self.review, desk_on(FakeReads(rows(20)), language), self.clock, CopyView("")
        )
        self.host = QWidget()
        self.host.resize(1024, 768)
        qtbot.addWidget(self.host)
        self.presenter.begin(Query(DAY, DAY))
        self.sheet = ExportSheet(Look.of(ThemeName.LIGHT, language), self.presenter, self.host)
        self.host.show()
        qtbot.waitExposed(self.host)
        self.host.activateWindow()
        self.sheet.show()
        self.sheet.focus_home()
        self.review.run(OPENING)
        self.presenter.places = (Place(PlaceKind.STICK, str(stick), "KINGSTON"), Place(PlaceKind.DOCUMENTS, "/nowhere"))
        self.presenter.on_change()

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.sheet, key)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget() or self.sheet, text)

    def words(self) -> str:
        return " ".join((self.sheet._error.text(), self.sheet._says.text(), self.sheet._note.text()))


@pytest.fixture
def box(qtbot: QtBot, tmp_path: Path) -> Box:
    stick = tmp_path / "stick"
    stick.mkdir()
    return Box(qtbot, stick)


def test_enter_writes_the_shown_query_as_excel_and_says_where_it_is(box: Box) -> None:
    box.press(Qt.Key.Key_Return)
    assert box.presenter.stage is Stage.RUNNING
    box.review.run(FILE)
    (file,) = box.stick.iterdir()
    assert file.name == "HN03-T2-2026-11-21-SANDBOX.xlsx"
    assert str(file) in box.words()
    assert openpyxl.load_workbook(file).sheetnames == ["Tổng quan", "Chi tiết"]
    closed: list[bool] = []
    box.sheet.closed.connect(lambda: closed.append(True))
    box.press(Qt.Key.Key_Return)
    assert closed == [True]


def test_digits_choose_the_format_and_the_place_without_colour_alone(box: Box) -> None:
    box.type("35")
    assert [button.accessibleName() for button in box.sheet.form_buttons.values()] == ["Excel", "PDF", "✓ CSV"]
    assert [button.accessibleName() for button in box.sheet.place_buttons[:2]] == ["USB KINGSTON", "✓ Tài liệu"]


def test_a_typed_folder_goes_before_the_chosen_one(box: Box, tmp_path: Path) -> None:
    other = tmp_path / "khác"
    other.mkdir()
    box.sheet.field.setFocus()
    box.sheet.field.setText(str(other))
    box.press(Qt.Key.Key_Return)
    box.review.run(FILE)
    assert [file.suffix for file in other.iterdir()] == [".xlsx"]
    assert list(box.stick.iterdir()) == []


def test_an_older_file_of_that_name_stays(box: Box) -> None:
    for _ in range(2):
        box.press(Qt.Key.Key_Return)
        box.review.run(FILE)
        box.presenter.begin(Query(DAY, DAY))
    names = sorted(file.name for file in box.stick.iterdir())
    assert names == ["HN03-T2-2026-11-21-SANDBOX (2).xlsx", "HN03-T2-2026-11-21-SANDBOX.xlsx"]


def test_a_stick_that_is_gone_is_told_and_the_way_is_open_again(box: Box) -> None:
    box.stick.rmdir()
    box.press(Qt.Key.Key_Return)
    box.review.run(FILE)
    assert box.presenter.stage is Stage.CHOOSE
    said = box.words()
    for part in ("không thấy thư mục", "Số liệu của quầy không đổi", "Cắm lại USB"):
        assert part in said
    box.stick.mkdir()
    box.press(Qt.Key.Key_Return)
    box.review.run(FILE)
    assert len(list(box.stick.iterdir())) == 1


def test_it_says_how_far_it_is_and_esc_stops_it_and_leaves_no_file(box: Box) -> None:
    box.press(Qt.Key.Key_Return)
    box.clock.mono += 7
    ticket = box.presenter._tickets[FILE]
    box.review.say(ReportProgress(FILE, ticket, 12_500, 50_000))
    assert "12.500 / 50.000" in box.words()
    assert "7 giây" in box.words()
    assert box.presenter.share == 0.25
    box.press(Qt.Key.Key_Escape)
    assert box.review.forgotten == [FILE]
    assert box.presenter.stage is Stage.CHOOSE
    assert list(box.stick.iterdir()) == []
    assert box.presenter.take_event(ReportProgress(FILE, ticket, 50_000, 50_000))  # late: not shown any more
    assert box.presenter.stage is Stage.CHOOSE


def test_tab_reaches_every_control_in_reading_order(box: Box) -> None:
    names = []
    box.sheet.form_buttons[next(iter(box.sheet.form_buttons))].setFocus()
    for _ in range(8):
        held = QApplication.focusWidget()
        assert held is not None
        names.append(held.accessibleName())
        box.press(Qt.Key.Key_Tab)
    field = "Thư mục khác (gõ đường dẫn)"
    assert names == ["✓ Excel", "PDF", "CSV", "✓ USB KINGSTON", "Tài liệu", field, "Xuất", "Quay lại"]


def test_how_the_scheduled_copies_stand_is_told_in_words(box: Box) -> None:
    tr = box.sheet.look.tr
    for view, words in (
        (CopyView("/srv/x"), "sẽ ghi vào /srv/x"),
        (CopyView("/srv/x", date(2026, 11, 20), NOON), "ngày 20/11/2026, ghi lúc 12:00 21/11/2026"),
        (CopyView("/srv/x", fault=Message("report.folder_gone", (("file", "a.xlsx"),))), "không thấy thư mục"),
    ):
        presenter = presenter_on(box.review, desk_on(FakeReads()), box.clock, view)
        assert words in presenter.says_copies(tr)


class ExportingShop(Shop):
    """The window with the manager's day and the real box over it."""

    def _sections(self, acting: Acting) -> Sequence[Section]:
        self.presenter = ExportPresenter(
            self.review, desk_on(FakeReads(rows(20))), lambda: CopyView(""), self.clock.mono_s
        )
        self.exports = ExportBox(self.presenter)  # type: ignore[assignment]
        return super()._sections(acting)


def test_from_the_day_to_the_file_by_keys_alone(qtbot: QtBot, tmp_path: Path) -> None:
    """Ctrl+E, the format's digit, Enter: and the days in sight are on the disk; scanning on is refused by the box."""
    shop = ExportingShop(DayReads(busy_rows()))
    qtbot.addWidget(shop.window)
    shop.open()
    shop.run()
    shop.window.activateWindow()
    shop.press("Ctrl+E")
    shop.run()
    sheet = shop.window.box.sheet
    assert isinstance(sheet, ExportSheet)
    assert sheet.place_buttons[0].isVisible()  # its questions were answered through the window
    shop.presenter.places = (Place(PlaceKind.DOCUMENTS, str(tmp_path)),)
    QTest.keyClick(QApplication.focusWidget() or sheet, Qt.Key.Key_3)
    QTest.keyClick(QApplication.focusWidget() or sheet, Qt.Key.Key_Return)
    shop.settle()
    stages = [shop.presenter.stage]
    shop.run()
    stages.append(shop.presenter.stage)
    assert stages == [Stage.RUNNING, Stage.DONE]
    assert [file.suffix for file in tmp_path.iterdir()] == [".csv"]
    QTest.keyClick(QApplication.focusWidget() or sheet, Qt.Key.Key_Return)
    shop.settle()
    assert shop.window.box.sheet is None
