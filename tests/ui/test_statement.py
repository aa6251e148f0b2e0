"""A manager checks a statement: keys and fingers, from the file to cases, with a way out of everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from pos.domain.statement import DifferenceKind
from pos.domain.statement_layout import Part
from pos.i18n import Translator
from pos.till.ports import Person, Role
from pos.till.review.events import Reported
from pos.till.review.statement import Preview, StatementResult
from pos.till.views import Message, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.manager.statement.boxes import column_pick, masked
from pos.ui.manager.statement.model import Act, Pane, PeriodBox
from pos.ui.manager.statement.presenter import StatementPresenter
from pos.ui.manager.statement.screen import StatementScreen
from pos.ui.manager.statement.section import StatementSection
from pos.ui.manager.statement.sheets import PeriodSheet, PickSheet
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.window import MainWindow
from tests.ui.fake_review import FakeReview
from tests.ui.fake_statement import FakeStore, desk_over, many_lines, put
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.hands import Hands

TR = Translator("vi")


class Desk:
    """The section in a window, with what stands behind it."""

    def __init__(self, qtbot: QtBot, clock: ManualClock) -> None:
        self.store, self.review, self.till = FakeStore(), FakeReview(), FakeTill()
        self.page = ManagerPage(self.review, lambda _: HUONG, self._sections)
        config = UiConfig(
            choices=Choices(volume_percent=0), store="03", till="2", mono_s=clock.mono_s, now_utc=clock.now_utc,
            pages=(self.page,),
        )  # fmt: skip
        self.window: MainWindow = build_window(self.till, config)
        qtbot.addWidget(self.window)
        self.review.subscribe(self.window.bridge.post)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.hands = Hands(qtbot, self.window, self.till, clock)
        self.till.say(StripChanged(strip(person=HUONG)))
        self.till.say(SignedIn(HUONG))
        self.hands.settle()
        self.window._keyboard.press("F9")
        self.run()

    def _sections(self, acting: Acting) -> tuple[StatementSection, ...]:
        self.section = StatementSection(desk_over(self.store), self.review, lambda: acting.name, lambda: 0.0)
        return (self.section,)

    @property
    def result(self) -> StatementResult:
        assert self.section.presenter.result is not None
        return self.section.presenter.result

    @property
    def preview(self) -> Preview:
        assert self.section.presenter.preview is not None
        return self.section.presenter.preview

    @property
    def p(self) -> StatementPresenter:
        return self.section.presenter

    @property
    def drawn(self) -> StatementScreen:
        drawn = self.section._drawn
        assert drawn is not None
        return drawn

    def run(self) -> None:
        for _ in range(3):
            self.review.run()
            self.hands.settle()

    def check(self, path: str) -> None:
        """Issuer 1, this file, compare."""
        if self.p.issuer != "gotit":
            self.hands.type("1")
        self.drawn.home.field.setText(path)
        self.hands.press("Enter")
        self.run()
        self.hands.press("Enter")
        self.run()


@pytest.fixture
def desk(qtbot: QtBot, clock: ManualClock) -> Desk:
    application()
    return Desk(qtbot, clock)


@pytest.fixture
def path(desk: Desk, tmp_path: Path) -> str:
    return put(tmp_path, "thang-11.csv", many_lines(desk.store))


def words(desk: Desk) -> str:
    return "\n".join(label.text() for label in desk.drawn.findChildren(QLabel) if label.isVisible())


def test_from_the_file_to_the_result_by_keyboard_alone(desk: Desk, path: str) -> None:
    desk.check(path)
    assert desk.p.pane is Pane.RESULT
    assert {kind.value: desk.result.count(kind) for kind in DifferenceKind} == {
        "missing_here": 2, "missing_there": 4, "amount_differs": 1, "doubtful": 0, "duplicate": 1, "unreadable": 1,
    }  # fmt: skip
    assert desk.result.checked_by == "Hương"
    assert "1 dòng của quầy khác" in words(desk)
    assert desk.store.layouts["gotit"].column(Part.AMOUNT) == 3


def test_nothing_is_compared_before_the_manager_has_seen_how_it_is_understood(desk: Desk, path: str) -> None:
    desk.hands.type("1")
    desk.drawn.home.field.setText(path)
    desk.hands.press("Enter")
    desk.run()
    assert desk.p.pane is Pane.MAPPING
    assert desk.store.kept == []
    assert desk.drawn.mapping.table.model().rowCount() == 20
    assert "Thành công" in words(desk)


def test_a_column_is_chosen_by_key_and_what_is_missing_is_said(desk: Desk, path: str) -> None:
    desk.hands.type("1")
    desk.section.presenter.look(path)
    desk.run()
    desk.hands.type("4")
    sheet = desk.window.box.sheet
    assert isinstance(sheet, PickSheet)
    sheet.table.selectRow(0)
    desk.hands.press("Enter")
    desk.run()
    assert "Chọn cột số tiền" in words(desk)
    desk.hands.press("Enter")
    desk.run()
    assert desk.store.kept == []  # Enter compares nothing while the amount is missing
    desk.hands.type("4")
    sheet = desk.window.box.sheet
    assert isinstance(sheet, PickSheet)
    sheet.table.selectRow(4)
    desk.hands.press("Enter")
    desk.run()
    assert desk.preview.layout.column(Part.AMOUNT) == 3


def test_cases_need_marks_and_a_reason_and_say_how_many(desk: Desk, path: str) -> None:
    desk.check(path)
    desk.hands.press("F5")
    assert not desk.window.box.sheet  # nothing is marked yet
    desk.hands.press("Enter", "Down", "Enter", "F5")
    sheet = desk.window.box.sheet
    assert isinstance(sheet, ApprovalSheet)
    desk.hands.press("Enter")
    assert desk.store.cases == {}  # no reason, no case
    sheet.field.setText("hỏi Got It")
    desk.hands.press("Enter")
    desk.run()
    assert len(desk.store.cases) == 2
    assert "Đã tạo 2 việc" in words(desk)
    assert [each.case for each in desk.result.differences[:3]] == ["open", "open", ""]


def test_marking_all_marks_what_the_filter_shows_and_has_no_case(desk: Desk, path: str) -> None:
    desk.check(path)
    desk.hands.type("2")
    assert desk.p.total() == 4
    desk.hands.press("F6")
    assert len(desk.p.marked) == 4
    desk.hands.type("0")
    assert desk.p.total() == 9
    desk.hands.press("F6", "F6")
    assert desk.p.marked == frozenset()


def test_a_file_that_is_refused_says_what_what_is_safe_and_what_to_do(desk: Desk, tmp_path: Path) -> None:
    desk.check(put(tmp_path, "x.csv", b"%PDF-1.7"))
    said = TR.message("statement.pdf", {"file": "x.csv"})
    for part in (said.what, said.safe, said.do):
        assert part in words(desk)
    desk.hands.press("Esc")
    desk.run()
    assert desk.p.pane is Pane.HOME


def test_a_run_can_be_left_and_its_answer_comes_to_nobody(desk: Desk, path: str) -> None:
    desk.hands.type("1")
    desk.p.look(path)
    desk.run()
    desk.hands.press("Enter")
    assert desk.p.working
    desk.hands.press("Esc")
    desk.run()
    assert desk.review.forgotten == ["statement/compare"]
    assert (desk.p.pane, desk.store.kept) == (Pane.MAPPING, [])


def test_an_answer_to_an_older_question_changes_nothing(desk: Desk, path: str) -> None:
    desk.hands.type("1")
    desk.p.look(path)
    desk.run()
    preview = desk.preview
    desk.hands.press("Esc")
    desk.run()
    desk.review.say(Reported("statement/preview", 10_000, preview))
    desk.hands.settle()
    assert desk.p.pane is Pane.HOME


def test_what_has_a_case_cannot_be_marked_again(desk: Desk, path: str) -> None:
    desk.check(path)
    desk.p.mark(0)
    desk.p.make_cases("hỏi Got It")
    desk.run()
    desk.p.mark(0)
    assert desk.p.marked == frozenset()


def test_a_comparison_never_begins_while_a_column_is_missing(desk: Desk, path: str) -> None:
    desk.hands.type("1")
    desk.p.look(path)
    desk.run()
    desk.p.picked(Part.AMOUNT.value, "")
    desk.run()
    desk.p.act(Act.COMPARE, TR)
    assert not desk.p.working


def test_a_result_that_could_not_be_kept_is_shown_and_makes_no_cases(desk: Desk, path: str) -> None:
    desk.review.faults["statement/keep"] = Message("journal.disk_full")
    desk.check(path)
    assert desk.p.pane is Pane.RESULT
    assert desk.result.id == 0
    desk.hands.press("F6", "Enter")
    assert desk.p.marked == frozenset()
    assert TR.message("journal.disk_full").what in words(desk)


def test_an_earlier_check_opens_again(desk: Desk, path: str) -> None:
    desk.check(path)
    desk.hands.press("Esc")
    desk.run()
    assert desk.drawn.home.table.model().rowCount() == 1
    desk.drawn.home.table.opened.emit(0)
    desk.run()
    assert (desk.p.pane, desk.p.total()) == (Pane.RESULT, 9)


def test_the_same_file_again_is_said_before_it_is_compared(desk: Desk, path: str) -> None:
    desk.check(path)
    desk.hands.press("Esc")
    desk.run()
    desk.p.look(path)
    desk.run()
    assert "Đúng tệp này đã được Hương đối soát" in words(desk)


def test_a_file_that_agrees_says_so_in_large_words(desk: Desk, tmp_path: Path) -> None:
    desk.store.exact = True
    desk.check(put(tmp_path, "khop.csv", many_lines(desk.store)))
    assert "Khớp hết: 60 dòng" in words(desk)
    assert Act.CASES not in [action.id for action in desk.drawn.bar._actions]


def test_a_file_is_dropped_onto_the_page(desk: Desk, path: str) -> None:
    desk.hands.type("1")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path)])
    event = QDropEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    desk.drawn.dropEvent(event)
    desk.run()
    assert desk.p.pane is Pane.MAPPING


def test_the_period_is_asked_in_days_and_refuses_what_is_none(desk: Desk, path: str, qtbot: QtBot) -> None:
    box = PeriodBox("t", "h", "", "")
    sheet = PeriodSheet(desk.drawn._look, box, desk.window)
    given: list[tuple[object, object]] = []
    sheet.given.connect(lambda first, last: given.append((first, last)))
    sheet.first.setText("30/11/2026")
    sheet.last.setText("01/11/2026")
    sheet.accept()
    assert given == []
    sheet.first.setText("01/11/2026")
    sheet.last.setText("2026-11-30")
    sheet.accept()
    assert [(str(first), str(last)) for first, last in given] == [("2026-11-01", "2026-11-30")]


def test_no_whole_code_is_shown_while_columns_are_chosen(desk: Desk, tmp_path: Path) -> None:
    text = "Mã voucher;Số tiền;Ngày\nGOTIT1234567;50.000;21/11/2026\n"
    desk.hands.type("1")
    desk.p.look(put(tmp_path, "ma.csv", text.encode()))
    desk.run()
    pick = column_pick(TR, desk.preview, Part.TRANSACTION)
    shown = " ".join(cell.text for row in pick.rows for cell in row.cells)
    assert "GOTIT1234567" not in shown + words(desk)
    assert masked("GOTIT1234567") == "••••4567"


def test_everything_can_be_named_and_pressed_by_a_finger(desk: Desk, path: str) -> None:
    states: list[Callable[[], None]] = [lambda: None, lambda: desk.check(path)]
    for state in states:
        state()
        for kind in (QAbstractButton, QLineEdit):
            for widget in desk.drawn.findChildren(kind):
                if widget.isVisible():
                    assert widget.accessibleName()
                    assert widget.height() >= 48
        assert [label.text() for label in desk.drawn.findChildren(QLabel) if label.accessibleName()] == []


def test_a_cashier_who_gave_no_pin_sees_none_of_it(desk: Desk) -> None:
    desk.till.say(SignedIn(Person("p9", "Lan", Role.CASHIER)))
    desk.hands.settle()
    assert not desk.drawn.isVisible()
    QTest.keyClick(QApplication.focusWidget() or desk.window, Qt.Key.Key_1)
    assert desk.p.issuer == ""
