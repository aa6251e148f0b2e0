"""The manager's day through the window: what she sees, what her keys do, and that a live day disturbs neither."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from pos.i18n import LANGUAGES, Translator
from pos.till.review.day_views import DayRow, RowStatus, Standing
from pos.till.review.timeline_views import Timeline
from pos.till.views import Message
from pos.ui.app import application
from pos.ui.look import Look
from pos.ui.manager.day.filter_sheet import FilterSheet
from pos.ui.manager.day.model import Act
from pos.ui.manager.day.period_sheet import PeriodSheet
from pos.ui.manager.day.periods import Period
from pos.ui.manager.day.presenter import ROWS, VIEW
from pos.ui.manager.day.rows import columns, status_pill, window_row
from pos.ui.manager.day.saved_sheet import SavedSheet
from pos.ui.manager.timeline.sheet import TimelineSheet
from pos.ui.shell.presenter import Screen
from pos.ui.theme import ThemeName
from pos.ui.widgets.pill import PillPainter
from pos.ui.widgets.window_table import WindowTable
from tests.ui.day_shop import Shop
from tests.ui.fake_day import (
    FakeReads,
    busy_rows,
    cases,
    row_of,
)
from tests.ui.fake_till import NOW_UTC

VI = Translator("vi")


@pytest.fixture
def shop(qtbot: QtBot) -> Iterator[Shop]:
    application()
    made = Shop(FakeReads(busy_rows(), cases()))
    qtbot.addWidget(made.window)
    qtbot.waitExposed(made.window)
    made.window.activateWindow()
    made.open()
    made.run()
    yield made
    made.window.close()


def key(shop: Shop, code: Qt.Key, *, control: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(QApplication.focusWidget() or shop.window, code, modifier)
    shop.settle()


def letters(shop: Shop, text: str) -> None:
    for char in text:
        QTest.keyClicks(QApplication.focusWidget() or shop.window, char)
    shop.settle()


S = TypeVar("S", bound=QWidget)


def box(shop: Shop, kind: type[S]) -> S:
    assert isinstance(shop.window.box.sheet, kind)
    return shop.window.box.sheet


def test_the_first_row_is_chosen_and_enter_opens_its_timeline(shop: Shop) -> None:
    """Arrow, Enter: what happened; Esc: back in the table, at the same row."""
    assert QApplication.focusWidget() is shop.drawn.table
    key(shop, Qt.Key.Key_Down)
    key(shop, Qt.Key.Key_Return)
    sheet = box(shop, TimelineSheet)
    assert "Đang đọc diễn biến…" in texts(sheet)
    shop.run()
    assert "Kết quả đã hiện trên màn hình" in texts(sheet)
    key(shop, Qt.Key.Key_Escape)
    assert shop.window.box.sheet is None
    assert QApplication.focusWidget() is shop.drawn.table
    assert shop.drawn.table.currentIndex().row() == 1


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_ctrl_c_copies_the_timeline(shop: Shop) -> None:
    """One key, and the message to support can be written."""
    key(shop, Qt.Key.Key_Return)
    shop.run()
    key(shop, Qt.Key.Key_C, control=True)
    row = shop.section.presenter.row(0)
    assert row is not None
    assert row.bill_number in QGuiApplication.clipboard().text()
    assert VI.t("timeline.copied") in texts(box(shop, TimelineSheet))


def test_a_timeline_that_cannot_be_read_says_why(shop: Shop) -> None:
    """What is wrong, and what to do."""
    shop.review.faults["day/timeline"] = Message("report.failed")
    key(shop, Qt.Key.Key_Return)
    shop.run()
    assert any("do lỗi của chương trình" in text for text in texts(box(shop, TimelineSheet)))


def test_a_slash_or_any_digit_leads_to_the_search_and_enter_back_to_the_table(shop: Shop) -> None:
    """Four digits and Enter: the voucher a customer asks about."""
    row = shop.section.presenter.row(30)
    assert row is not None
    letters(shop, "/")
    assert QApplication.focusWidget() is shop.drawn.bar.field
    letters(shop, row.ending)
    key(shop, Qt.Key.Key_Return)
    shop.run()
    assert QApplication.focusWidget() is shop.drawn.table
    assert {found.ending for found in found_rows(shop)} == {row.ending}


def found_rows(shop: Shop) -> list[DayRow]:
    presenter = shop.section.presenter
    rows = [presenter.row(number) for number in range(presenter.total())]
    return [row for row in rows if row is not None]


def test_typing_searches_by_itself_after_a_pause_of_the_hand(shop: Shop, qtbot: QtBot) -> None:
    """Nobody has to press Enter."""
    letters(shop, "9")
    letters(shop, "999")
    qtbot.waitUntil(lambda: shop.section.presenter.chosen.query.text == "9999", timeout=2000)
    shop.run()
    assert shop.drawn._title.text() == "Không tìm thấy “9999”."


def test_esc_goes_back_step_by_step_to_today_and_all(shop: Shop) -> None:
    """The way back is one key, and a button says where it leads."""
    presenter = shop.section.presenter
    shop.drawn.cards[1].click()
    shop.run()
    shop.type("9999")
    shop.run()
    assert shop.drawn.back.isVisible()
    key(shop, Qt.Key.Key_Escape)
    shop.run()
    assert presenter.chosen.query.text == ""
    assert presenter.chosen.query.standings == {Standing.AT_RISK}
    key(shop, Qt.Key.Key_Escape)
    shop.run()
    assert presenter.chosen.is_plain
    assert not shop.drawn.back.isVisible()


def test_a_figure_shows_the_rows_it_counts(shop: Shop) -> None:
    """Pressed, "at risk" lists exactly what is at risk."""
    shop.drawn.cards[1].setFocus()
    key(shop, Qt.Key.Key_Return)
    shop.run()
    rows = found_rows(shop)
    assert {row.standing for row in rows} == {Standing.AT_RISK}
    assert sum(row.amount_vnd for row in rows) == 150_000
    assert "150.000" in shop.drawn.cards[1].accessibleName()


def test_other_days_by_one_digit_or_two_dates(shop: Shop) -> None:
    """F4, 2: yesterday. Typed dates may come in any order; one that is none is told and nothing is lost."""
    shop.press("F4")
    letters(shop, "2")
    shop.run()
    assert shop.section.presenter.chosen.period is Period.YESTERDAY
    shop.press("F4")
    sheet = box(shop, PeriodSheet)
    letters(shop, "6")
    letters(shop, "32/13")
    key(shop, Qt.Key.Key_Return)
    assert any("32/13" in text for text in texts(sheet))
    sheet.first.setText("20/11")
    sheet.last.setText("1/11")
    key(shop, Qt.Key.Key_Return)
    query = shop.section.presenter.chosen.query
    assert (query.first, query.last) == (date(2026, 11, 1), date(2026, 11, 20))
    assert shop.drawn.bar.buttons[Act.PERIOD].accessibleName() == "01/11 – 20/11/2026"


def test_filters_are_set_in_one_box_and_cleared_by_one_key(shop: Shop) -> None:
    """Kind, result, issuer, person, amount and time together."""
    shop.press("F6")
    sheet = box(shop, FilterSheet)
    sheet.issuer.setCurrentText("VinID")
    sheet.person.setCurrentText("Minh")
    sheet.low.setText("100k")
    sheet.end.setText("15:00")
    key(shop, Qt.Key.Key_Return)
    shop.run()
    rows = found_rows(shop)
    assert rows
    assert {(row.issuer, row.cashier) for row in rows} == {("vinid", "Minh")}
    assert shop.drawn.bar.buttons[Act.FILTERS].accessibleName() == "Lọc (4)"
    shop.press("F6")
    key(shop, Qt.Key.Key_F6)
    shop.run()
    assert shop.section.presenter.chosen.is_plain


def test_an_entry_that_cannot_be_read_keeps_the_box_and_says_so(shop: Shop) -> None:
    """A wrong amount filters nothing by mistake."""
    shop.press("F6")
    sheet = box(shop, FilterSheet)
    sheet.high.setText("abc")
    sheet.high.setFocus()
    key(shop, Qt.Key.Key_Return)
    assert box(shop, FilterSheet) is sheet
    assert any("abc" in text for text in texts(sheet))
    assert shop.section.presenter.chosen.is_plain


def test_a_filter_is_saved_used_and_deleted(shop: Shop) -> None:
    """Under her name in the journal; a digit uses it; the second press deletes it, the first only asks."""
    shop.drawn.cards[1].click()
    shop.run()
    shop.press("F7")
    shop.run()
    sheet = box(shop, SavedSheet)
    key(shop, Qt.Key.Key_Return)
    letters(shop, "Rui ro")
    key(shop, Qt.Key.Key_Return)
    shop.run()
    assert shop.saved.who == [("Rui ro", "Hương")]
    key(shop, Qt.Key.Key_Escape)
    shop.press("Esc")
    shop.run()
    shop.press("F7")
    shop.run()
    letters(shop, "1")
    shop.run()
    assert shop.section.presenter.chosen.query.standings == {Standing.AT_RISK}
    shop.press("F7")
    shop.run()
    sheet = box(shop, SavedSheet)
    sheet.deletes[0].click()
    shop.run()
    assert "Rui ro" in shop.saved.texts
    sheet.deletes[0].click()
    shop.run()
    assert shop.saved.texts == {}


def test_a_live_day_keeps_choice_place_and_what_is_being_typed(shop: Shop) -> None:
    """A sale at the counter does not disturb the manager's hand or eye."""
    table = shop.drawn.table
    table.verticalScrollBar().setValue(table.verticalHeader().defaultSectionSize() * 20 + 7)
    shop.settle()
    shop.run()
    table.selectRow(22)
    held = shop.section.presenter.row(22)
    top = shop.section.presenter.row(table.rowAt(0))
    shop.drawn.bar.field.setFocus()
    shop.drawn.bar.field.setText("HN03-T2-2026")
    shop.reads.add(row_of(995, NOW_UTC + timedelta(hours=12)))
    shop.review.journal_changed()
    shop.settle()
    shop.run()
    assert shop.section.presenter.row(table.currentIndex().row()) == held
    assert shop.section.presenter.row(table.rowAt(0)) == top
    assert shop.drawn.bar.field.text() == "HN03-T2-2026"
    assert QApplication.focusWidget() is shop.drawn.bar.field


def test_a_chosen_row_out_of_sight_does_not_pull_the_list_back(shop: Shop) -> None:
    """She reads further down; a sale comes in; what she reads stays."""
    table = shop.drawn.table
    table.selectRow(2)
    table.verticalScrollBar().setValue(table.verticalHeader().defaultSectionSize() * 60)
    shop.settle()
    shop.run()
    top = shop.section.presenter.row(table.rowAt(0))
    shop.reads.add(row_of(995, NOW_UTC + timedelta(hours=12)))
    shop.review.journal_changed()
    shop.settle()
    shop.run()
    assert shop.section.presenter.row(table.rowAt(0)) == top
    assert table.currentIndex().row() == 3


def test_the_first_sale_of_the_day_appears_by_itself(qtbot: QtBot) -> None:
    """No sales yet is said in words; the first row needs no key."""
    shop = Shop(FakeReads())
    qtbot.addWidget(shop.window)
    shop.open()
    shop.run()
    assert shop.drawn._title.text() == "Hôm nay chưa có giao dịch nào."
    shop.reads.add(row_of(1, NOW_UTC))
    shop.review.journal_changed()
    shop.settle()
    shop.run()
    assert shop.drawn._stack.currentWidget() is shop.drawn.table
    assert shop.drawn.table.model().rowCount() == 1
    assert QApplication.focusWidget() is shop.drawn.table


def test_export_gets_what_is_shown_and_closing_and_cases_are_one_key_away(shop: Shop) -> None:
    """Ctrl+E exports exactly the rows in sight of the filters; F8 goes to the closing; the card to the cases."""
    shop.drawn.cards[1].click()
    shop.run()
    key(shop, Qt.Key.Key_E, control=True)
    ((query, rows),) = shop.exports.opened
    assert query.standings == {Standing.AT_RISK}
    assert rows == 2
    shop.press("F8")
    assert shop.others[1].seen == 1
    shop.page.show_section("day")
    shop.settle()
    shop.drawn.cases.click()
    shop.settle()
    assert shop.others[0].seen == 1


def test_a_failed_first_reading_says_so_and_f5_asks_again(qtbot: QtBot) -> None:
    """What happened, what is safe, what to do: with a button."""
    shop = Shop(FakeReads(busy_rows()))
    qtbot.addWidget(shop.window)
    shop.review.faults[VIEW] = shop.review.faults[ROWS] = Message("report.failed")
    shop.open()
    shop.run()
    assert shop.drawn._title.text() == "Không lập được báo cáo này do lỗi của chương trình."
    assert shop.drawn.retry.isVisible()
    shop.press("F5")
    shop.run()
    assert shop.drawn._stack.currentWidget() is shop.drawn.table


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_every_standing_fit_their_column(qtbot: QtBot, language: str) -> None:
    """No pill ends in an ellipsis, in either language."""
    application()
    look = Look.of(ThemeName.LIGHT, language, 1.4)
    room = look.px(columns(look.tr, with_date=False)[5].width) - 2 * look.px(10)
    painter = PillPainter(look)
    row = row_of(1, NOW_UTC)
    pills = [status_pill(look.tr, replace(row, status=status)) for status in RowStatus]
    assert [pill.word for pill in pills if painter.size_of(pill).width() > room] == []


def test_leaving_the_page_and_coming_back_shows_the_same_choice(shop: Shop) -> None:
    """To the counter and back costs no setting."""
    shop.drawn.cards[1].click()
    shop.run()
    shop.window.navigation.open_screen(Screen.COUNTER)
    shop.settle()
    assert not shop.review.watching
    shop.window.navigation.open_screen(Screen.MANAGER)
    shop.run()
    assert shop.section.presenter.chosen.query.standings == {Standing.AT_RISK}
    assert shop.review.watching


def test_another_language_draws_the_same_rows(shop: Shop) -> None:
    """Choice, search and chosen row outlive a new look."""
    shop.type("9999")
    shop.run()
    shop.window.choose(replace(shop.window.choices, language="en"))
    shop.run()
    assert shop.drawn._title.text() == "Nothing found for “9999”."
    assert shop.drawn.bar.field.text() == "9999"


def test_everything_can_be_spoken_and_touched(shop: Shop) -> None:
    """Names for assistive tools, no label that hides its text, and room for a finger."""
    look = Look.of(ThemeName.LIGHT, "vi")
    controls = [*shop.drawn.bar.buttons.values(), *shop.drawn.cards, shop.drawn.cases, shop.drawn.bar.field]
    assert all(control.accessibleName() for control in controls)
    assert all(control.height() >= look.px(48) for control in controls)
    assert not any(label.accessibleName() for label in shop.drawn.findChildren(QLabel))
    assert "Got It" in shop.drawn.chart.accessibleDescription()
    index = shop.drawn.table.model().index(0, 5)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Kết quả: ")


def test_a_million_rows_are_scrolled_and_only_a_screen_of_them_is_made(qtbot: QtBot) -> None:
    """The end of two years is one key away, and costs a screen of rows."""
    made: list[int] = []

    class Million:
        def total(self) -> int:
            return 1_000_000

        def row(self, number: int) -> object:
            made.append(number)
            return window_row(VI, row_of(number % 999_999, NOW_UTC), with_date=True)

    look = Look.of(ThemeName.LIGHT, "vi")
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1000, 500)
    table = WindowTable(look, "x", columns(VI, with_date=True), Million(), "…", host)  # type: ignore[arg-type]
    table.setGeometry(0, 0, 1000, 500)
    host.show()
    qtbot.waitExposed(host)
    made.clear()
    QTest.keyClick(table, Qt.Key.Key_End)
    QApplication.processEvents()
    assert table.rows_in_sight()[1] == 999_999
    assert len(set(made)) < 50


def test_a_row_on_a_damaged_page_says_so() -> None:
    """Half a row never looks like a whole one."""
    pill = status_pill(VI, row_of(1, NOW_UTC, unreadable=True))
    assert pill.word == "Không đọc được hết"


def test_a_timeline_without_entries_says_so(shop: Shop) -> None:
    """An empty box is explained."""
    row = shop.section.presenter.row(0)
    assert row is not None
    shop.reads.timelines[row.id] = Timeline(row, (), ())
    key(shop, Qt.Key.Key_Return)
    shop.run()
    assert VI.t("timeline.none") in texts(box(shop, TimelineSheet))
