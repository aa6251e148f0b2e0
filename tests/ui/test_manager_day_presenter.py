"""What the manager's day decides: which rows, when to ask, what an answer changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pos.i18n import Translator
from pos.till.review.day_views import DayRow, Query, RowKind, RowsPage, Standing
from pos.till.review.events import Reported, ReviewEvent
from pos.till.views import Message
from pos.ui.manager.day.choosing import Chosen, read_amount, read_clock, words_of
from pos.ui.manager.day.figures import chart
from pos.ui.manager.day.model import Body
from pos.ui.manager.day.periods import Period, dates_of, period_of, read_date
from pos.ui.manager.day.presenter import LOADING_AFTER_S, ROWS, VIEW, DayPresenter, Turn
from pos.ui.manager.day.windows import AHEAD, Windows
from tests.ui.fake_day import (
    TODAY,
    FakeReads,
    FakeSaved,
    ShopClock,
    busy_rows,
    cases,
    fake_desk,
    row_of,
)
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import NOW_UTC, ManualClock

VI = Translator("vi")


def test_a_period_follows_the_calendar_and_two_dates_do_not() -> None:
    """A window left open over night shows the new day; a range that was asked for stays."""
    tomorrow = TODAY + timedelta(days=1)
    assert Chosen.plain(TODAY).on(tomorrow).query == Query(tomorrow, tomorrow)
    fixed = Chosen.plain(TODAY).days(Period.RANGE, date(2026, 11, 1), date(2026, 11, 5))
    assert fixed.on(tomorrow) == fixed


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.TODAY, TODAY, TODAY),
        (Period.YESTERDAY, date(2026, 11, 20), date(2026, 11, 20)),
        (Period.WEEK, date(2026, 11, 15), TODAY),
        (Period.MONTH, date(2026, 11, 1), TODAY),
        (Period.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
    ],
)
def test_each_period_is_the_days_it_says_and_is_known_again(period: Period, first: date, last: date) -> None:
    """A saved filter of yesterday is shown as yesterday."""
    assert dates_of(period, TODAY) == (first, last)
    assert period_of(first, last, TODAY) is period


def test_the_first_of_a_month_is_one_day_and_not_two_words() -> None:
    """On the first, "this month" is today: the commoner word wins."""
    first = date(2026, 12, 1)
    assert period_of(first, first, first) is Period.TODAY


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5/11", date(2026, 11, 5)), ("05.11.2026", date(2026, 11, 5)), ("5", date(2026, 11, 5)),
        ("05112026", date(2026, 11, 5)), ("0511", date(2026, 11, 5)), ("25", date(2026, 10, 25)),
        ("24/12", date(2025, 12, 24)), ("31/12/25", date(2025, 12, 31)), ("31/2", None), ("hôm qua", None),
        ("٣/٤", None), ("", None), ("1/2/3/4", None), ("0/0/0", None),
    ],
)  # fmt: skip
def test_dates_are_read_as_a_person_types_them(typed: str, meant: date | None) -> None:
    """Without a year the newest such day is meant, never one to come."""
    assert read_date(typed, TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("50000", 50_000), ("50.000 đ", 50_000), ("50k", 50_000), ("1,5tr", 1_500_000), ("2tr", 2_000_000),
     ("-5", None), ("năm mươi", None), ("1e9", None), ("tr", None), ("1.5.k", None)],
)  # fmt: skip
def test_amounts_are_read_as_a_person_types_them(typed: str, meant: int | None) -> None:
    """A shop says 50k; what cannot be read is never taken for 0."""
    assert read_amount(typed) == meant


@pytest.mark.parametrize(
    ("typed", "minute"),
    [("9", 540), ("9:05", 545), ("0905", 545), ("9h05", 545), ("24:00", 1440), ("24:01", None), ("9:60", None),
     ("", None), ("chín", None)],
)  # fmt: skip
def test_times_are_read_as_a_person_types_them(typed: str, minute: int | None) -> None:
    """As on a wall clock."""
    assert read_clock(typed) == minute


def test_the_choice_is_said_in_words() -> None:
    """Nobody has to remember which filters she set."""
    query = Query(
        TODAY, TODAY, frozenset({RowKind.REDEMPTION}), frozenset({"gotit"}), frozenset({Standing.LOSS}),
        frozenset({"Lan"}), 100_000, None, 540, None, "2835",
    )  # fmt: skip
    said = words_of(VI, Chosen(Period.TODAY, query))
    assert said == (
        "Hôm nay · Đổi voucher · Bị lỗ · Got It · Lan · từ 100.000\u00a0₫ · từ 09:00 đến 24:00 · tìm “2835”"
    )


class Desk:
    """A presenter over fakes, without a window."""

    def __init__(self, rows: list[DayRow]) -> None:
        self.clock, self.review, self.reads = ManualClock(), FakeReview(), FakeReads(rows, cases())
        desk = fake_desk(self.reads, FakeSaved(), ShopClock(self.clock))
        self.presenter = DayPresenter(
            self.review, desk, self.clock.now_utc, self.clock.mono_s, lambda: "Hương", lambda: self.reads.cases
        )
        self.turns: list[Turn] = []
        self.review.subscribe(self._take)

    def _take(self, event: ReviewEvent) -> None:
        turn = self.presenter.take(event)
        if turn is not None:
            self.turns.append(turn)

    def open(self) -> None:
        self.presenter.opened()
        self.review.run()


@pytest.fixture
def desk() -> Desk:
    made = Desk(busy_rows())
    made.open()
    return made


def test_an_answer_to_what_was_chosen_before_is_dropped(desk: Desk) -> None:
    """Figures of today never stand below the word yesterday."""
    presenter = desk.presenter
    presenter.choose_days(Period.YESTERDAY)
    late = RowsPage(Chosen.plain(TODAY).query, 0, tuple(busy_rows()[:5]), 5, 0, 1)
    assert presenter.take(Reported(ROWS, 1, late)) is None
    assert presenter.shown.period is Period.TODAY
    desk.review.run()
    assert presenter.total() == 0
    assert presenter.model(VI).title == "Hôm qua: không có giao dịch nào."


def test_a_slow_answer_is_said_to_be_under_way_and_a_quick_one_does_not_flicker(desk: Desk) -> None:
    """Over 0.08 s something says that it works, and no figure of another day stands meanwhile."""
    presenter = desk.presenter
    presenter.choose_days(Period.YESTERDAY)
    assert presenter.model(VI).body is Body.ROWS
    desk.clock.mono += LOADING_AFTER_S
    model = presenter.model(VI)
    assert model.body is Body.LOADING
    assert model.figures[0][0].value == "…"


def test_a_live_day_asks_again_one_question_at_a_time(desk: Desk) -> None:
    """A busy counter does not pile up questions on the report thread."""
    before = len(desk.review.asked)
    for _ in range(5):
        desk.review.journal_changed()
    assert desk.review.asked[before:].count(VIEW) == 1
    desk.review.run()
    assert desk.review.asked[before:].count(VIEW) == 2  # once more, for what came in meanwhile


def test_nobody_is_told_of_changes_while_the_day_is_out_of_sight(desk: Desk) -> None:
    """The counter pays nothing for a section that nobody looks at."""
    desk.presenter.closed()
    assert not desk.review.watching
    before = len(desk.review.asked)
    desk.review.journal_changed()
    assert len(desk.review.asked) == before


def test_new_rows_move_the_chosen_one_down_and_keep_what_is_read_in_its_place(desk: Desk) -> None:
    """A sale at the counter neither changes the choice nor scrolls the list under her eyes."""
    presenter = desk.presenter
    presenter.in_sight(10, 18)
    presenter.select(12)
    held = presenter.row(12)
    desk.reads.add(row_of(990, NOW_UTC + timedelta(hours=12)))
    desk.reads.add(row_of(991, NOW_UTC + timedelta(hours=12, minutes=1)))
    desk.turns.clear()
    desk.review.journal_changed()
    desk.review.run()
    assert presenter.selected == 14
    assert presenter.row(14) == held
    assert [turn.moved for turn in desk.turns] == [2, 0]  # the rows, then the figures


def test_at_the_top_new_rows_come_into_sight(desk: Desk) -> None:
    """Who looks at the newest sees the newest."""
    desk.turns.clear()
    desk.reads.add(row_of(990, NOW_UTC + timedelta(hours=12)))
    desk.review.journal_changed()
    desk.review.run()
    assert [turn.moved for turn in desk.turns] == [0, 0]
    row = desk.presenter.row(0)
    assert row is not None
    assert row.id == "r000990"


def test_rows_stand_at_once_while_years_are_still_added_up(desk: Desk) -> None:
    """The table does not wait for the figures, and they say for how long they have been on their way."""
    presenter = desk.presenter
    desk.reads.counting = False
    presenter.choose_days(Period.RANGE, date(2026, 1, 1), TODAY)
    desk.clock.mono += 12
    desk.review.run(ROWS)
    model = presenter.model(VI)
    assert model.body is Body.ROWS
    assert {figure.note for figure, _ in model.figures} == {"Đang cộng, đã 12 giây"}
    desk.review.run()
    assert presenter.total() == len(desk.reads.rows_list)
    assert presenter.model(VI).figures[0][0].value != "…"


def test_a_refresh_whose_page_does_not_count_keeps_the_tables_length(desk: Desk) -> None:
    """Far down in the list a live day does not throw her back to the top."""
    desk.reads.counting = False
    desk.presenter.in_sight(100, 108)
    before = desk.presenter.total()
    desk.reads.add(row_of(990, NOW_UTC + timedelta(hours=12)))
    desk.review.journal_changed()
    desk.review.run(ROWS)
    assert desk.presenter.total() == before
    desk.review.run()
    assert desk.presenter.total() == before + 1


def test_only_what_is_in_sight_is_asked_for() -> None:
    """A million rows cost what a screen of them costs; a question that runs is not overtaken by the next."""
    rows = [row_of(number, NOW_UTC) for number in range(20_000)]
    desk = Desk(rows)
    desk.open()
    presenter = desk.presenter
    desk.reads.asked.clear()
    for first in range(5_000, 6_000, 50):
        presenter.in_sight(first, first + 9)
    desk.review.run()
    desk.review.run()
    assert len(desk.reads.asked) == 2  # where it began to move, and where it came to rest
    assert all(count <= 10 + 2 * AHEAD for _, count in desk.reads.asked)
    assert presenter.row(5_950) is not None


def test_a_row_chosen_while_it_is_on_its_way_stays_chosen(desk: Desk) -> None:
    """The end key goes to the end, and not back to the first row when the page comes."""
    presenter = desk.presenter
    last = presenter.total() - 1
    presenter.select(last)
    presenter.in_sight(last - 8, last)
    desk.review.run()
    assert presenter.selected == last
    assert presenter.row(last) == desk.reads.rows_list[-1]


def test_a_page_of_another_moment_takes_the_place_of_all_older_ones() -> None:
    """Rows of two moments side by side could show one twice and another never."""
    query = Query(TODAY, TODAY)
    rows = tuple(row_of(number, NOW_UTC) for number in range(10))
    windows = Windows()
    windows.take(RowsPage(query, 0, rows[:5], 10, 0, revision=1))
    windows.take(RowsPage(query, 6, rows[5:8], 11, 0, revision=2))
    assert windows.row(0) is None
    assert windows.row(6) == rows[5]
    assert windows.length == 11


def test_a_day_begins_while_the_window_stands_open(desk: Desk) -> None:
    """After midnight the live day is the new one."""
    desk.clock.mono += timedelta(hours=15).total_seconds()
    desk.presenter.tick()
    desk.review.run()
    assert desk.presenter.chosen.query.first == TODAY + timedelta(days=1)
    assert desk.presenter.model(VI).title == "Hôm nay chưa có giao dịch nào."


def test_figures_that_could_not_be_renewed_are_said_to_be_old(desk: Desk) -> None:
    """A fault never leaves old figures standing as if they were new, nor takes them away."""
    desk.review.faults[VIEW] = Message("report.failed")
    desk.review.journal_changed()
    desk.review.run()
    model = desk.presenter.model(VI)
    assert "lần đọc trước" in model.note
    assert model.can_retry
    assert model.body is Body.ROWS


def test_what_cannot_be_read_of_a_damaged_journal_is_said() -> None:
    """What is missing from the figures is told beside them."""
    desk = Desk(busy_rows())
    desk.reads.unreadable = 2
    desk.open()
    assert "2 phần của nhật ký không đọc được" in desk.presenter.model(VI).note


def test_the_chart_is_spoken_with_its_amounts(desk: Desk) -> None:
    """Who cannot see the bars hears each hour."""
    view = desk.presenter._view
    assert view is not None
    model = chart(VI, Chosen.plain(TODAY), view)
    assert sum(sum(bar.parts) for bar in model.bars) == view.figures.redeemed_vnd
    first = next(bar for bar in view.hours)
    assert f"8–9 giờ: Got It {VI.money(first.amount_vnd)} ({first.count})" in model.bars[0].spoken
