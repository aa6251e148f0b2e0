"""The service on its threads: commands return at once, the end comes as an event, a long poll holds nothing up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pos.bootstrap import SystemClock
from pos.domain.booking_payment import JourneyFact
from pos.domain.errors import SecurityError
from pos.till.booking.commands import Finding
from pos.till.booking.service import BookingService
from pos.till.booking.views import (
    BookingChanged,
    BookingEnded,
    BookingFailed,
    BookingNews,
    BookingPhase,
    OpenBookingsChanged,
)
from pos.till.ports import Person, Role
from tests.booking.issuer import CODE, NUMBER, Truth
from tests.booking.rig import BookingRig

_PATIENCE_S = 30.0
LAN = Person("1", "Lan", Role.CASHIER)


class Managers:
    """Knows one manager."""

    def everyone(self) -> tuple[Person, ...]:
        return ()

    def add(self, name: str, role: Role, pin: str, *, actor: str) -> Person:
        raise SecurityError("pin.wrong", wait_s=0)

    def verify(self, person_id: str, pin: str) -> Person:
        raise SecurityError("pin.wrong", wait_s=0)

    def manager_by_pin(self, pin: str) -> Person:
        if pin != "2468":
            raise SecurityError("pin.wrong", wait_s=0)
        return Person("m", "Hoa", Role.MANAGER)


class Screen:
    """Hears everything and waits for what it wants to see."""

    def __init__(self) -> None:
        self.news: list[BookingNews] = []
        self._cond = threading.Condition()

    def hear(self, event: BookingNews) -> None:
        with self._cond:
            self.news.append(event)
            self._cond.notify_all()

    def until(self, wanted: Callable[[BookingNews], bool]) -> BookingNews:
        def found() -> BookingNews | None:
            return next((event for event in self.news if wanted(event)), None)

        with self._cond:
            assert self._cond.wait_for(lambda: found() is not None, _PATIENCE_S), self.news[-3:]
            event = found()
            assert event is not None
            return event

    def phase(self, key: str, phase: BookingPhase) -> BookingNews:
        return self.until(lambda e: isinstance(e, BookingChanged) and (e.view.key, e.view.phase) == (key, phase))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[BookingRig, BookingService, Screen]]:
    rig = BookingRig(tmp_path)
    rig.clock = SystemClock()  # type: ignore[assignment]
    rig.journal.close()
    rig.open()
    rig.issuer.bookings[NUMBER].deadline_utc = None
    rig.issuer.bookings[NUMBER].polls_to_issue = 1
    screen = Screen()
    service = BookingService(rig.desk, Managers(), person=lambda: LAN, end_thread=rig.journal.close_thread)
    service.subscribe(screen.hear)
    service.start()
    yield rig, service, screen
    assert service.stop(_PATIENCE_S)
    rig.close()


Served = tuple[BookingRig, BookingService, Screen]


def test_a_booking_is_paid_by_events_alone(served: Served) -> None:
    rig, service, screen = served
    key = service.look_up(NUMBER)
    screen.phase(key, BookingPhase.READY)
    service.try_voucher(key, CODE)
    service.redeem(key)
    service.order(key)
    screen.phase(key, BookingPhase.AMOUNT_DUE)
    service.money_taken(key)
    service.money_taken(key)  # a double press
    screen.phase(key, BookingPhase.DONE)
    refused = screen.until(lambda e: isinstance(e, BookingFailed))
    assert isinstance(refused, BookingFailed)
    assert refused.message.code == "rule.booking_not_now"
    assert len(rig.issuer.commits) == 1


def test_a_hanging_long_poll_keeps_no_other_booking_waiting(served: Served) -> None:
    rig, service, screen = served
    arrived, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        arrived.set()
        assert go_on.wait(_PATIENCE_S)

    rig.issuer.before["await_end"] = [hang]
    rig.issuer.bookings["HDCO2611210000002"] = Truth(product="HOTEL", deadline_utc=None)
    key = service.look_up(NUMBER)
    service.order(key)
    service.money_taken(key)
    assert arrived.wait(_PATIENCE_S)
    service.set_aside(key)
    other = service.look_up("HDCO2611210000002")
    service.order(other)
    screen.phase(other, BookingPhase.AMOUNT_DUE)
    go_on.set()
    ended = screen.until(lambda e: isinstance(e, BookingEnded))
    assert isinstance(ended, BookingEnded)
    assert (ended.view.key, ended.view.phase) == (key, BookingPhase.ISSUED)
    service.close(key)
    screen.phase(key, BookingPhase.DONE)


def test_the_end_of_the_program_does_not_wait_for_a_long_poll(served: Served) -> None:
    rig, service, _screen = served
    arrived, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        arrived.set()
        assert go_on.wait(_PATIENCE_S)

    rig.issuer.before["await_end"] = [hang]
    key = service.look_up(NUMBER)
    service.order(key)
    service.money_taken(key)
    assert arrived.wait(_PATIENCE_S)
    began_s = rig.clock.mono_s()
    assert service.stop(_PATIENCE_S)
    assert rig.clock.mono_s() - began_s < _PATIENCE_S / 2
    assert rig.desk.payment(key).state.journey is JourneyFact.OPEN
    go_on.set()


def test_a_second_look_at_an_open_booking_brings_the_first_back(served: Served) -> None:
    _rig, service, screen = served
    key = service.look_up(NUMBER)
    service.order(key)
    screen.phase(key, BookingPhase.AMOUNT_DUE)
    second = service.look_up(NUMBER)
    told = screen.until(lambda e: isinstance(e, BookingFailed) and e.key == second)
    assert isinstance(told, BookingFailed)
    assert told.message.code == "booking.open_already"
    listed = screen.until(lambda e: isinstance(e, OpenBookingsChanged) and e.count == 1)
    assert isinstance(listed, OpenBookingsChanged)
    assert listed.rows[0].key == key


def test_only_a_manager_settles_and_says_how(served: Served) -> None:
    rig, service, screen = served
    key = service.look_up(NUMBER)
    service.try_voucher(key, CODE)
    service.redeem(key)
    service.give_up(key)
    screen.phase(key, BookingPhase.GIVEN_UP)
    service.settle(key, manager_pin="1357", closure="support took it back")
    screen.until(lambda e: isinstance(e, BookingFailed) and e.message.code == "pin.wrong")
    service.settle(key, manager_pin="2468", closure="  ")
    screen.until(lambda e: isinstance(e, BookingFailed) and e.message.code == "booking.closure_missing")
    service.settle(key, manager_pin="2468", closure="support took it back", finding=Finding.NONE)
    screen.until(lambda e: isinstance(e, BookingChanged) and e.view.phase is BookingPhase.GIVEN_UP and not e.view.cases)
    assert [case.closed_by for case in rig.store.cases(key)] == ["Hoa"]
