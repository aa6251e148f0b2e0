"""Scheduled copies: at each Z and at the set hour, once; caught up after a start; a failure is told and tried again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pos.i18n import Translator
from pos.reports.copy_memory import CopyFile
from pos.reports.files import Files
from pos.till.review.closing import ClosedBy
from pos.till.review.copies import CopyDesk, CopyView, CopyWish, due
from pos.till.review.day import DayDesk
from pos.till.review.exports import ExportDesk, Format
from tests.reports.fake_day import DAY, SHOP, FakeReads, NoFilters, on_day, rows
from tests.reports.samples import Still
from tests.till.hand_clock import HandClock
from tests.ui.shots_export import StillMoments

EVENING = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)  # 22:30 in the shop
FORMS = (Format.XLSX, Format.PDF, Format.CSV)


def z(day: date, at_utc: datetime, number: int = 1) -> ClosedBy:
    return ClosedBy(number, day, "Hương", at_utc)


class Shop:
    """A till with a stick, and a program that may start anew on the same data folder."""

    def __init__(self, tmp_path: Path) -> None:
        self.stick, self.data = tmp_path / "stick", tmp_path / "data"
        self.stick.mkdir()
        self.data.mkdir()
        self.clock = HandClock(EVENING)
        self.reads = FakeReads(rows(20))
        self.closed: list[ClosedBy] = []
        self.hour: int | None = None
        self.told: list[CopyView] = []
        self.start()

    def start(self) -> None:
        day = DayDesk(self.reads, NoFilters(), self.clock)
        exports = ExportDesk(day, StillMoments(), Files(lambda: SHOP, Translator, self.clock))
        self.copies = CopyDesk(
            exports, lambda: self.closed, self.wish, CopyFile(self.data), self.clock, self.told.append
        )

    def wish(self) -> CopyWish:
        return CopyWish(str(self.stick), self.hour, FORMS)

    def minute(self, minutes: float = 1) -> None:
        self.clock.pass_s(minutes * 60)
        self.copies.look(Still())

    def files(self) -> Sequence[str]:
        return sorted(file.name for file in self.stick.iterdir())


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


ALL = [f"HN03-T2-2026-11-21-SANDBOX.{form}" for form in ("csv", "pdf", "xlsx")]


def test_a_closing_writes_the_days_files_once(shop: Shop) -> None:
    shop.minute()
    assert shop.files() == []
    shop.closed.append(z(DAY, shop.clock.now_utc()))
    shop.minute()
    assert shop.files() == ALL
    written = {file: file.stat().st_mtime_ns for file in shop.stick.iterdir()}
    for _ in range(3):
        shop.minute()
    shop.start()  # the program again
    shop.minute()
    assert {file: file.stat().st_mtime_ns for file in shop.stick.iterdir()} == written
    assert shop.told[-1].day == DAY
    assert shop.told[-1].fault is None


def test_at_the_set_hour_the_day_is_copied_and_again_when_it_is_closed(shop: Shop) -> None:
    shop.hour = 23
    shop.minute()
    assert shop.files() == []
    shop.minute(30)
    assert shop.files() == ALL
    csv_file = shop.stick / ALL[0]
    before = len(csv_file.read_text("utf-8-sig").splitlines())
    shop.reads.stock += on_day(rows(5), DAY)
    shop.minute(30)
    assert len(csv_file.read_text("utf-8-sig").splitlines()) == before  # once a day
    shop.closed.append(z(DAY, shop.clock.now_utc()))
    shop.minute(30)
    assert len(csv_file.read_text("utf-8-sig").splitlines()) == before + 5


def test_what_was_due_while_the_till_was_off_is_made_after_the_start(shop: Shop) -> None:
    yesterday = DAY - timedelta(days=1)
    shop.reads.stock += on_day(rows(3), yesterday)
    shop.closed += [z(yesterday, EVENING - timedelta(days=1)), z(DAY, EVENING, 2)]
    shop.clock.pass_s(2 * 24 * 3600)
    shop.start()
    shop.minute()
    assert {name[8:18] for name in shop.files()} == {"2026-11-20", "2026-11-21"}
    assert len(shop.files()) == 6


def test_a_stick_that_is_not_there_is_told_and_tried_again(shop: Shop) -> None:
    shop.closed.append(z(DAY, shop.clock.now_utc()))
    shop.stick.rmdir()
    shop.minute()
    assert shop.copies.view.fault is not None
    assert shop.copies.view.fault.code == "report.folder_gone"
    shop.stick.mkdir()
    shop.minute()
    assert shop.files() == []  # not at once: a dead folder on the network is not asked all day
    shop.minute(10)
    assert shop.files() == ALL
    assert shop.copies.view.fault is None


def test_a_day_without_a_row_leaves_no_file(shop: Shop) -> None:
    shop.hour = 20
    shop.reads.stock.clear()
    shop.minute()
    assert shop.files() == []


def test_a_copy_that_was_interrupted_is_made_later(shop: Shop) -> None:
    shop.closed.append(z(DAY, shop.clock.now_utc()))
    shop.clock.pass_s(60)
    shop.copies.look(Still(looks=3))
    assert shop.files() != ALL
    shop.minute()
    assert shop.files() == ALL


@pytest.mark.parametrize(
    ("hour", "now_hour", "days"),
    [
        (23, 22, [20]),  # today's is not due yet
        (23, 23, [20, 21]),
        (6, 5, [19]),  # before noon: of the day before
        (6, 6, [19, 20]),
    ],
)
def test_the_hour_says_which_day_is_meant(hour: int, now_hour: int, days: list[int]) -> None:
    now = datetime(2026, 11, 21, now_hour, 0, tzinfo=UTC) - timedelta(hours=7)
    made = {date(2026, 11, day): now - timedelta(days=1) for day in range(1, min(days))}
    assert [day.day for day in due(now, DAY, hour, (), made)] == days


def test_a_clock_that_was_set_back_makes_no_copy_twice() -> None:
    made = {DAY: EVENING + timedelta(hours=5)}
    assert due(EVENING, DAY, None, [z(DAY, EVENING - timedelta(minutes=1))], made) == ()


def test_a_damaged_memory_copies_once_more_and_loses_nothing(shop: Shop) -> None:
    (shop.data / "report-copies.json").write_text('["what"]')
    shop.closed.append(z(DAY, shop.clock.now_utc()))
    shop.minute()
    assert shop.files() == ALL
    assert list(CopyFile(shop.data).load()) == [DAY]
