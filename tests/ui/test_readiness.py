"""Who begins her shift hears whether the till is ready: in a line, off the GUI thread, and in nobody's way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtWidgets import QApplication

from pos.checkup.desk import for_shift
from pos.checkup.findings import Finding, Level, found
from pos.domain.errors import JournalUnavailable
from pos.till.ports import Person
from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.readiness.sheet import ReadinessSheet
from pos.ui.readiness.watch import ReadinessFound, ReadinessWatch
from pos.ui.window import MainWindow
from tests.ui.fake_health import RED, WELL
from tests.ui.fake_till import HUONG, LAN, FakeTill, ManualClock, strip

TODAY = date(2026, 11, 21)


class Doctor:
    """Finds what a test says, on the watch's thread, when the test lets it."""

    def __init__(self, findings: tuple[Finding, ...] = RED) -> None:
        self.findings = findings
        self.threads: list[str] = []
        self.may_end = threading.Event()
        self.may_end.set()
        self.fault: JournalUnavailable | None = None

    def look(self) -> tuple[Finding, ...]:
        self.threads.append(threading.current_thread().name)
        self.may_end.wait(5)
        if self.fault is not None:
            raise self.fault
        return self.findings


class Heard:
    """Takes what is posted."""

    def __init__(self) -> None:
        self.events: list[ReadinessFound] = []
        self.some = threading.Semaphore(0)

    def post(self, event: object) -> None:
        assert isinstance(event, ReadinessFound)
        self.events.append(event)
        self.some.release()


def test_the_first_of_the_day_is_looked_over_and_then_she_knows() -> None:
    """Coming back from a break is no new shift; another person, or another day, is."""
    doctor, heard = Doctor(), Heard()
    watch = ReadinessWatch(doctor.look, heard.post)
    for person, day in ((LAN, TODAY), (LAN, TODAY), (HUONG, TODAY), (LAN, TODAY), (LAN, TODAY + timedelta(days=1))):
        watch.signed_in(person, day)
    for _ in range(3):
        assert heard.some.acquire(timeout=5)
    assert sorted(event.person.name for event in heard.events) == sorted([LAN.name, HUONG.name, LAN.name])
    assert doctor.threads == ["readiness"] * 3
    by_name = {event.person.name: event.red for event in heard.events}
    assert by_name[LAN.name] == for_shift(RED, manager=False)
    assert len(by_name[HUONG.name]) > len(by_name[LAN.name])


def test_a_slow_look_holds_up_nobody_and_a_broken_one_says_nothing() -> None:
    doctor, heard = Doctor(), Heard()
    doctor.may_end.clear()
    watch = ReadinessWatch(doctor.look, heard.post)
    watch.signed_in(LAN, TODAY)  # returns although the look hangs
    assert heard.events == []
    doctor.fault = JournalUnavailable("journal.io", file="journal.db")
    doctor.may_end.set()
    doctor_again = Doctor(WELL)
    ReadinessWatch(doctor_again.look, heard.post).signed_in(LAN, TODAY)
    assert heard.some.acquire(timeout=5)
    assert [event.red for event in heard.events] == [()]


class Sitting:
    """Somebody signs in at a window that asks this readiness."""

    def __init__(self, window: MainWindow, till: FakeTill, clock: ManualClock) -> None:
        self.window, self.till, self.clock = window, till, clock
        self.asked: list[tuple[str, date]] = []

    def signed_in(self, person: Person, today: date) -> None:
        self.asked.append((person.name, today))

    def settle(self) -> None:
        for _ in range(6):
            QApplication.processEvents()

    def sign_in(self, person: Person) -> None:
        self.till.say(SignedIn(person))
        self.settle()

    def told(self, person: Person, findings: tuple[Finding, ...]) -> None:
        self.window.bridge.post(ReadinessFound(person, for_shift(findings, manager=person is HUONG)))
        self.settle()

    @property
    def banner(self) -> str:
        model = self.window.shell.banner(self.window.screens.look.tr)
        return model.text if model is not None else ""


@contextmanager
def sitting(language: str = "en") -> Iterator[Sitting]:
    application()
    clock, till = ManualClock(), FakeTill()
    config = UiConfig(
        choices=Choices(language=language, volume_percent=0), store="03", till="2", mono_s=clock.mono_s,
        now_utc=clock.now_utc, maximised=False,
    )  # fmt: skip
    at = Sitting.__new__(Sitting)
    window = build_window(till, replace(config, readiness=at))
    Sitting.__init__(at, window, till, clock)
    window.show()
    till.say(StripChanged(strip(Environment.PRODUCTION)))
    try:
        yield at
    finally:
        window.close()


def test_a_ready_till_says_so_in_a_line_that_goes_by_itself() -> None:
    with sitting() as at:
        at.sign_in(LAN)
        assert at.asked == [(LAN.name, at.window.shell.strip.business_date)]  # type: ignore[union-attr]
        at.told(LAN, WELL)
        assert at.banner == "The till is ready."
        at.clock.mono += 60
        at.window.shell.expire(at.clock.mono_s())
        assert at.banner == ""


@pytest.mark.parametrize(("person", "count"), [(LAN, 4), (HUONG, 6)])
def test_what_is_red_is_counted_above_the_bill_and_told_in_a_box(person: Person, count: int) -> None:
    """A scan goes on reaching the bill; the box comes only when it is asked for, and the banner is gone with it."""
    with sitting() as at:
        at.sign_in(person)
        at.told(person, RED)
        assert at.banner.startswith(f"{count} things to see to. You can sell all the same.")
        assert not at.window.box.is_open
        at.window.scans.take("MTA4NzUyODM1")
        at.settle()
        assert at.window.shell.hint == ""
        at.window._keyboard.press("Ctrl+O")
        at.settle()
        sheet = at.window.box.sheet
        assert isinstance(sheet, ReadinessSheet)
        assert at.banner == ""
        at.window.box.sheet.accept()  # type: ignore[union-attr]
        at.settle()
        assert not at.window.box.is_open


def test_what_was_found_for_somebody_else_is_not_told() -> None:
    """She locked before the look was over: the next one at the till hears her own."""
    with sitting() as at:
        at.sign_in(LAN)
        at.till.say(SignedIn(None))
        at.settle()
        at.told(LAN, RED)
        assert at.banner == ""
        at.sign_in(HUONG)
        at.told(LAN, RED)
        assert at.banner == ""
        assert [name for name, _ in at.asked] == [LAN.name, HUONG.name]


def test_good_news_does_not_cover_what_waits() -> None:
    """A banner about money stays on top of "ready"; a later look takes the earlier one's place."""
    from pos.till.views import Banner, BannerKind, BannerRaised

    with sitting() as at:
        at.sign_in(LAN)
        at.till.say(BannerRaised(Banner(BannerKind.LOSS, "B7", 50_000)))
        at.settle()
        at.told(LAN, WELL)
        assert "B7" in at.banner
        at.told(LAN, RED)
        at.told(LAN, (found("clock", Level.BAD, "clock.off", cashier=True, off_s=300.0),))
        assert at.banner.startswith("One thing to see to.")
